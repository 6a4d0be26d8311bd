//! The images: what they are, how they get into the engine, and how they are told from real ones.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, Result};
use serde_json::{Value, json};

use super::{NAME, build};
use crate::cache::{self, Cache};
use crate::command::Run;
use crate::{docker, ui};

pub(super) const PATIENCE: Duration = Duration::from_mins(2);
const STAND_IN: &str = "dev.taskflow.stand-in";
const RECIPE: &str = "dev.taskflow.rig.recipe";
/// The time of everything in the images, so that the same packages give the same image.
const CREATED: &str = "1970-01-01T00:00:00Z";

/// Both images.
pub(super) const BASES: [Base; 2] = [
    Base {
        short: "node",
        official: "node:20-alpine",
        own: "taskflow-rig/node:20-alpine",
        script: include_str!("../../../recipes/node.sh"),
        more: include_str!("../../../recipes/busybox.sh"),
        config: node_config,
        check: "set -e; node --version; npm --version; npx --version; adduser -S rig; addgroup -S rigs; id rig; apk --version",
    },
    Base {
        short: "python",
        official: "python:3.13-slim",
        own: "taskflow-rig/python:3.13-slim",
        script: include_str!("../../../recipes/python.sh"),
        more: "",
        config: python_config,
        check: "set -e; python --version; pip --version; groupadd rigs; useradd -m rig; apt-get --version; \
                python -c 'import ssl, sqlite3, ctypes, readline, bz2, lzma, zlib, uuid, venv'",
    },
];

/// One base image.
#[derive(Debug)]
pub(super) struct Base {
    /// Its name in the cache.
    pub(super) short: &'static str,
    /// The name that Dockerfiles use.
    pub(super) official: &'static str,
    /// The name that only we use.
    pub(super) own: &'static str,
    /// The recipe.
    pub(super) script: &'static str,
    /// What else the image depends on.
    pub(super) more: &'static str,
    config: fn(version: &str, labels: &Value) -> Value,
    check: &'static str,
}

/// An image in the engine.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) id: String,
    pub(super) stand_in: bool,
    recipe: String,
}

impl Base {
    /// True if the official name is there: a real image, or a stand-in by the present recipe.
    pub(super) fn is_up(&self) -> bool {
        find(self.official).is_some_and(|found| !found.stand_in || found.recipe == self.recipe())
    }

    /// What the official name is now.
    pub(super) fn describe(&self) -> &'static str {
        match find(self.official) {
            None => "missing",
            Some(found) if !found.stand_in => "real image",
            Some(found) if found.recipe == self.recipe() => "stand-in",
            Some(_) => "stand-in of another recipe",
        }
    }

    /// Identifies the recipe and what this machine adds to it.
    pub(super) fn recipe(&self) -> String {
        build::key(self)
    }

    /// Gives the image its official name, unless a real image has it.
    pub(super) fn tag(&self) -> Result<()> {
        if find(self.official).is_some_and(|found| !found.stand_in) {
            ui::note(NAME, &format!("{} is a real image and stays", self.official));
            return Ok(());
        }
        docker::run(["tag", self.own, self.official], PATIENCE).map(drop)
    }
}

/// Looks an image up.
pub(super) fn find(name: &str) -> Option<Found> {
    let format =
        format!("{{{{.Id}}}}|{{{{index .Config.Labels \"{STAND_IN}\"}}}}|{{{{index .Config.Labels \"{RECIPE}\"}}}}");
    let line = docker::ask(["image", "inspect", "--format", &format, name])?;
    let mut fields = line.split('|');
    Some(Found { id: fields.next()?.to_owned(), stand_in: fields.next()? == "true", recipe: fields.next()?.to_owned() })
}

/// Loads a built image under our own name and tries it out.
pub(super) fn load(cache: &Cache, base: &Base) -> Result<()> {
    let before = find(base.own);
    let folder = build::folder(cache)?.join(format!("{}.image", base.short));
    write_archive(&folder, cache, base)?;
    // Links are followed: the layer is not copied first.
    let mut pack = Run::new("tar").args(["--create", "--dereference", "--directory"]).arg(&folder);
    pack = pack.args(["manifest.json", "config.json", "layer.tar"]);
    let mut pack = pack.piped()?;
    let stream = pack.stdout.take().context("no output of tar")?;
    let loaded = Run::new("docker").arg("load").stdin(stream).logged(&cache.log(&format!("{NAME}-load"))?);
    let packed = pack.wait()?;
    loaded?;
    anyhow::ensure!(packed.success(), "tar failed ({packed})");
    check(base)?;
    if let Some(old) = before.filter(|old| find(base.own).is_some_and(|new| new.id != old.id)) {
        // One that is in use stays.
        if find(base.official).is_none_or(|official| official.id != old.id) {
            docker::ask(["image", "rm", &old.id]);
        }
    }
    Ok(())
}

fn check(base: &Base) -> Result<()> {
    let args = ["run", "--rm", "--network", "none", "--entrypoint", "sh", base.own, "-c", base.check];
    docker::run(args, PATIENCE).map(drop).with_context(|| format!("{} does not work", base.own))
}

/// Lays out what `docker save` would write, around the layer in the cache.
fn write_archive(folder: &Path, cache: &Cache, base: &Base) -> Result<()> {
    cache::make_folder(folder)?;
    let built = build::built(cache, base)?;
    let config = json!({
        "architecture": "amd64",
        "os": "linux",
        "created": CREATED,
        "config": (base.config)(&built.version, &json!({ STAND_IN: "true", RECIPE: base.recipe() })),
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

fn node_config(version: &str, labels: &Value) -> Value {
    let path = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
    json!({
        "Env": [path, format!("NODE_VERSION={version}")],
        "Entrypoint": ["docker-entrypoint.sh"],
        "Cmd": ["node"],
        "Labels": labels,
    })
}

fn python_config(version: &str, labels: &Value) -> Value {
    let path = "PATH=/usr/local/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
    json!({
        "Env": [path, format!("PYTHON_VERSION={version}")],
        "Cmd": ["python3"],
        "Labels": labels,
    })
}
