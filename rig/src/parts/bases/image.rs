//! The stand-in images: their names, loading them into the engine, and telling them apart from real images.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, Result};
use serde_json::json;

use super::build;
use super::recipe::{BASES, Base};
use crate::cache::{self, Cache};
use crate::command::Run;
use crate::part::names::BASES as NAME;
use crate::{docker, ui};

pub(super) const PATIENCE: Duration = Duration::from_mins(2);
const STAND_IN: &str = "dev.taskflow.stand-in";
const RECIPE: &str = "dev.taskflow.rig.recipe";
/// The timestamp of everything in the images, so that the same packages give the same image.
const CREATED: &str = "1970-01-01T00:00:00Z";

/// An image in the engine.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) id: String,
    pub(super) stand_in: bool,
    recipe: String,
    names: Vec<String>,
}

/// The images in the engine that have a name of the rig.
#[derive(Debug)]
pub(super) struct Images(Vec<Found>);

impl Images {
    /// Queries the engine, once for all names.
    pub(super) fn look() -> Self {
        let label = |name: &str| format!("{{{{with .Config.Labels}}}}{{{{index . \"{name}\"}}}}{{{{end}}}}");
        let format =
            format!("{{{{.Id}}}}|{}|{}|{{{{range .RepoTags}}}}{{{{.}}}} {{{{end}}}}", label(STAND_IN), label(RECIPE));
        let mut run = Run::new("docker").args(["image", "inspect", "--format", &format]);
        for base in &BASES {
            run = run.args([base.official, base.own]);
        }
        // The client fails if an image is missing, but prints the others.
        let text = run.output(PATIENCE).map(|output| output.stdout).unwrap_or_default();
        Self::read(&text)
    }

    fn read(text: &str) -> Self {
        let found = text.lines().filter_map(|line| {
            let mut fields = line.split('|');
            Some(Found {
                id: fields.next()?.to_owned(),
                stand_in: fields.next()? == "true",
                recipe: fields.next()?.to_owned(),
                names: fields.next()?.split(' ').map(str::to_owned).collect(),
            })
        });
        Self(found.collect())
    }

    /// Returns the image with a name.
    pub(super) fn get(&self, name: &str) -> Option<&Found> {
        self.0.iter().find(|found| found.names.iter().any(|known| known == name))
    }

    /// Whether there are none.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Base {
    /// Whether the official name exists: as a real image, or as a stand-in of the current recipe.
    pub(super) fn is_up(&self, images: &Images) -> bool {
        images.get(self.official).is_some_and(|found| !found.stand_in || found.recipe == self.key())
    }

    /// Describes the image that has the official name.
    pub(super) fn describe(&self, images: &Images) -> &'static str {
        match images.get(self.official) {
            None => "missing",
            Some(found) if !found.stand_in => "real image",
            Some(found) if found.recipe == self.key() => "stand-in",
            Some(_) => "stand-in of another recipe",
        }
    }

    /// Gives the image its official name, unless a real image has it.
    pub(super) fn tag(&self) -> Result<()> {
        if Images::look().get(self.official).is_some_and(|found| !found.stand_in) {
            ui::note(NAME, &format!("{} is a real image and is kept", self.official));
            return Ok(());
        }
        docker::run(["tag", self.own, self.official], PATIENCE).map(drop)
    }
}

/// Loads a built image under the rig's own name, tests it, and gives it the official name.
pub(super) fn load(cache: &Cache, base: &Base) -> Result<()> {
    let before = Images::look();
    let folder = build::folder(cache)?.join(format!("{}.image", base.short));
    write_archive(&folder, cache, base)?;
    // Links are followed, so the layer need not be copied first.
    let pack = Run::new("tar").args(["--create", "--dereference", "--directory"]).arg(&folder);
    let pack = pack.args(["manifest.json", "config.json", "layer.tar"]);
    pack.piped_to(&Run::new("docker").arg("load"), &cache.log(&format!("{NAME}-load"))?)?;
    check(base)?;
    base.tag()?;
    // The former images have no name any more. One that is in use stays.
    let after = Images::look();
    for old in before.0.iter().filter(|old| old.stand_in && !after.0.iter().any(|new| new.id == old.id)) {
        docker::ask(["image", "rm", &old.id]);
    }
    Ok(())
}

fn check(base: &Base) -> Result<()> {
    let args = ["run", "--rm", "--network", "none", "--entrypoint", "sh", base.own, "-c", base.check];
    docker::run(args, PATIENCE).map(drop).with_context(|| format!("{} does not work", base.own))
}

/// Lays out the files of a `docker save` archive around the layer in the cache.
fn write_archive(folder: &Path, cache: &Cache, base: &Base) -> Result<()> {
    cache::make_folder(folder)?;
    let built = build::built(cache, base)?;
    let config = json!({
        "architecture": "amd64",
        "os": "linux",
        "created": CREATED,
        "config": (base.config)(&built.version, &json!({ STAND_IN: "true", RECIPE: base.key() })),
        "rootfs": { "type": "layers", "diff_ids": [format!("sha256:{}", built.sha256)] },
        "history": [{ "created": CREATED, "created_by": "taskflow rig: stand-in made of packages" }],
    });
    let manifest = json!([{ "Config": "config.json", "RepoTags": [base.own], "Layers": ["layer.tar"] }]);
    cache::write(&folder.join("config.json"), &serde_json::to_vec(&config)?, 0o644)?;
    cache::write(&folder.join("manifest.json"), &serde_json::to_vec(&manifest)?, 0o644)?;
    let link = folder.join("layer.tar");
    let _ = fs::remove_file(&link);
    symlink(&built.layer, &link).context("could not link the layer")
}

#[cfg(test)]
mod tests {
    use super::Images;
    use crate::parts::bases::recipe::BASES;

    #[test]
    fn a_real_image_is_told_from_a_stand_in() {
        let text = "sha256:1||<no value>|node:20-alpine other:1\nsha256:2|true|old|python:3.13-slim\n";
        let images = Images::read(text);
        let [node, python] = &BASES;
        assert_eq!(node.describe(&images), "real image");
        assert!(node.is_up(&images));
        assert_eq!(python.describe(&images), "stand-in of another recipe");
        assert!(!python.is_up(&images));
        assert_eq!(python.describe(&Images::read("")), "missing");
    }
}
