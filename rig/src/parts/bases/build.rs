//! Runs the recipes and keeps the resulting layers.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, Result};
use serde::{Deserialize, Serialize};

use super::ingredients::{Ingredients, NODE_VERSION};
use super::recipe::Base;
use crate::cache::{self, Cache, make_folder, remove_tree};
use crate::command::{Run, path_with};
use crate::digest::digest;
use crate::part::names::BASES as NAME;
use crate::ui;

const CA_BUNDLE: &str = "/etc/ssl/certs/ca-certificates.crt";
const BUSYBOX: &str = include_str!("../../../recipes/busybox.sh");

/// A layer in the cache.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Built {
    key: String,
    /// The path of the layer's tar.
    pub(super) layer: PathBuf,
    /// The layer's SHA-256 digest.
    pub(super) sha256: String,
    /// The version of Node.js or Python in it.
    pub(super) version: String,
}

/// Returns the folder of the part.
pub(super) fn folder(cache: &Cache) -> Result<PathBuf> {
    cache.folder(NAME)
}

/// Whether the layer in the cache was built by the current recipe.
pub(super) fn is_built(cache: &Cache, base: &Base) -> bool {
    built(cache, base).is_ok_and(|built| built.key == base.key() && built.layer.is_file())
}

/// Reads the record of the layer in the cache.
pub(super) fn built(cache: &Cache, base: &Base) -> Result<Built> {
    let record = fs::read(record(cache, base)?).context("no layer was built")?;
    Ok(serde_json::from_slice(&record)?)
}

/// Builds the layer of a base image.
pub(super) fn build(cache: &Cache, base: &Base, from: &Ingredients) -> Result<()> {
    let layer = folder(cache)?.join(format!("{}.tar", base.short));
    let version = if base.short == "node" {
        let busybox = busybox(cache, from)?;
        run_recipe(cache, "node", base.script, &from.folder, &layer, |run| run.env("BUSYBOX", &busybox))?;
        NODE_VERSION.to_owned()
    } else {
        let mirror = from.debian.mirror();
        let security = mirror.security.as_ref().map_or("", |source| source.uri.as_str());
        run_recipe(cache, "python", base.script, &from.folder, &layer, |run| {
            run.env("PACKAGES", from.debian.packages())
                .env("APT_ACCESS", from.debian.access())
                .env("MIRROR", &mirror.main.uri)
                .env("SECURITY_MIRROR", security)
        })?;
        python_version(&from.folder)?
    };
    let sum = Run::new("sha256sum").arg(&layer).text(Duration::from_mins(1))?;
    let sha256 = sum.split(' ').next().unwrap_or_default().to_owned();
    let built = Built { key: base.key(), layer, sha256, version };
    cache::write(&record(cache, base)?, &serde_json::to_vec(&built)?, 0o644)
}

/// Builds the busybox program. It takes longest, so it is kept when only the node recipe changes.
fn busybox(cache: &Cache, from: &Ingredients) -> Result<PathBuf> {
    let program = folder(cache)?.join("busybox");
    let stamp = folder(cache)?.join("busybox.key");
    let key = digest(&[BUSYBOX.as_bytes()]);
    if !cache::holds(&stamp, &key) || !program.is_file() {
        run_recipe(cache, "busybox", BUSYBOX, &from.folder, &program, |run| run)?;
        cache::write(&stamp, key.as_bytes(), 0o644)?;
    }
    Ok(program)
}

/// Runs a recipe in a scratch folder, and moves its result in place atomically.
fn run_recipe(
    cache: &Cache,
    name: &str,
    script: &str,
    downloads: &Path,
    out: &Path,
    more: impl FnOnce(Run) -> Run,
) -> Result<()> {
    ui::step(NAME, &format!("build {name}"), || {
        let work = folder(cache)?.join("work").join(name);
        remove_tree(&work)?;
        make_folder(&work)?;
        let file = work.join("recipe.sh");
        cache::write(&file, script.as_bytes(), 0o755)?;
        let run = Run::contained(&file)
            .env("PATH", path_with(&[])?)
            .env("DOWNLOADS", downloads)
            .env("CA_BUNDLE", CA_BUNDLE)
            .env("WORK", work.join("work"))
            .env("OUT", out);
        more(run).logged(&cache.log(&format!("{NAME}-{name}"))?)?;
        remove_tree(&work)
    })
}

/// Returns the version in the name of the upstream tarball.
fn python_version(downloads: &Path) -> Result<String> {
    let version = fs::read_dir(downloads)?.find_map(|entry| {
        let name = entry.ok()?.file_name().into_string().ok()?;
        Some(name.strip_prefix("python3.13_")?.strip_suffix(".orig.tar.xz")?.to_owned())
    });
    version.context("the upstream tarball of Python was not fetched")
}

fn record(cache: &Cache, base: &Base) -> Result<PathBuf> {
    Ok(folder(cache)?.join(format!("{}.json", base.short)))
}
