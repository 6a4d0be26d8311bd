//! Provides buildx: the system's package, or Debian 13's package unpacked into the cache and linked.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context as _, Result};

use shown::shown_path;

use crate::apt::debian13::Debian13;
use crate::cache::{Cache, make_folder, remove_tree};
use crate::command::Run;
use crate::failure::Failure;
use crate::part::names::ENGINE as NAME;
use crate::{apt, docker, host, ui};

const PACKAGE: &str = "docker-buildx";
const PLUGIN: &str = "usr/libexec/docker/cli-plugins/docker-buildx";

/// Provides buildx. Builds also work without it, so a failure is only printed.
pub(super) fn provide(cache: &Cache) {
    if let Err(error) = try_provide(cache) {
        ui::note(NAME, &format!("no buildx: {error:#}"));
        ui::note(NAME, "builds use the client's own builder");
    }
}

/// Removes the rig's link; a plugin that the rig did not link stays.
pub(super) fn unlink(cache: &Cache) -> Result<()> {
    let Some(link) = link() else {
        return Ok(());
    };
    if fs::read_link(&link).is_ok_and(|target| target.starts_with(cache.root())) {
        fs::remove_file(&link).with_context(|| format!("could not remove {}", shown_path(&link)))?;
        ui::note(NAME, &format!("removed the link {}", shown_path(&link)));
    }
    Ok(())
}

fn try_provide(cache: &Cache) -> Result<()> {
    if host::is_root() && apt::offers(PACKAGE) {
        return apt::install(cache, NAME, &[PACKAGE]);
    }
    host::require_x86_64("fetch buildx")?;
    let plugin = unpacked(cache)?;
    let link = link().context("HOME is not set")?;
    if link.symlink_metadata().is_ok() {
        let ours = fs::read_link(&link).is_ok_and(|target| target.starts_with(cache.root()));
        if !ours {
            return Err(Failure::new(format!("{} is there but does not work", shown_path(&link))).into());
        }
        fs::remove_file(&link)?;
    }
    if let Some(folder) = link.parent() {
        make_folder(folder)?;
    }
    symlink(&plugin, &link).with_context(|| format!("could not link {}", shown_path(&link)))?;
    ui::note(NAME, &format!("linked {} (`down` removes the link)", shown_path(&link)));
    docker::run(["buildx", "version"], Duration::from_secs(20)).map(drop)
}

/// Returns the plugin's path in the cache, and fetches it if needed.
fn unpacked(cache: &Cache) -> Result<PathBuf> {
    let folder = cache.folder(NAME)?.join("buildx");
    let plugin = folder.join(PLUGIN);
    if plugin.is_file() {
        return Ok(plugin);
    }
    let debian = Debian13::new(cache)?;
    debian.refresh(cache, NAME)?;
    ui::step(NAME, "fetch buildx (Debian 13's package, unpacked into the cache)", || {
        let fetched = folder.with_extension("fetched");
        let temporary = folder.with_extension("tmp");
        debian.download(cache, NAME, &[PACKAGE], &[], &fetched)?;
        remove_tree(&temporary)?;
        let package = fs::read_dir(&fetched)?.find_map(|entry| Some(entry.ok()?.path()));
        let package = package.context("nothing was fetched")?;
        Run::new("dpkg-deb").arg("-x").arg(package).arg(&temporary).logged(&cache.log("engine-buildx")?)?;
        remove_tree(&folder)?;
        fs::rename(&temporary, &folder)?;
        remove_tree(&fetched)
    })?;
    Ok(plugin)
}

fn link() -> Option<PathBuf> {
    Some(docker::config_folder()?.join("cli-plugins/docker-buildx"))
}
