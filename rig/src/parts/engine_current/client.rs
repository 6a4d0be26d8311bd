//! Settings of the docker client for this engine, so that its buildx does not affect other engines.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

use shown::shown_path;

use crate::cache::make_folder;

/// Returns the folder for `DOCKER_CONFIG`.
pub(super) fn settings(engine: &Path) -> PathBuf {
    engine.join("client")
}

/// Links the plugin.
pub(super) fn provide(engine: &Path, buildx: &Path) -> Result<()> {
    if is_provided(engine, buildx) {
        return Ok(());
    }
    let link = link(engine);
    if let Some(folder) = link.parent() {
        make_folder(folder)?;
    }
    let _ = fs::remove_file(&link);
    symlink(buildx, &link).with_context(|| format!("could not link {}", shown_path(&link)))
}

/// Whether the plugin is linked.
pub(super) fn is_provided(engine: &Path, buildx: &Path) -> bool {
    fs::read_link(link(engine)).is_ok_and(|target| target == buildx) && buildx.is_file()
}

fn link(engine: &Path) -> PathBuf {
    settings(engine).join("cli-plugins/docker-buildx")
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::{is_provided, provide};

    #[test]
    fn a_link_to_another_plugin_is_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let [old, new] = ["old", "new"].map(|name| folder.path().join(name));
        fs::write(&old, "").unwrap();
        fs::write(&new, "").unwrap();
        provide(folder.path(), &old).unwrap();
        assert!(is_provided(folder.path(), &old) && !is_provided(folder.path(), &new));
        provide(folder.path(), &new).unwrap();
        assert!(is_provided(folder.path(), &new));
        fs::remove_file(&new).unwrap();
        assert!(!is_provided(folder.path(), &new));
    }
}
