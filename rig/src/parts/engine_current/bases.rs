//! Copies the base images from the machine's own engine, whether they are real images or stand-ins.

use std::time::Duration;

use anyhow::{Context as _, Result};

use crate::cache::{self, Cache};
use crate::command::Run;
use crate::part::names::ENGINE_CURRENT as NAME;
use crate::parts::bases::OFFICIAL;
use crate::separate::Engine;
use crate::{docker, ui};

const PATIENCE: Duration = Duration::from_secs(20);

/// Copies the base images, unless the same ones were copied before and still exist.
pub(super) fn copy(cache: &Cache, engine: &Engine) -> Result<()> {
    let inspect = ["image", "inspect", "--format", "{{.Id}}"];
    let ids = docker::run(inspect.iter().chain(&OFFICIAL), PATIENCE).context("the base images are not there")?;
    // IDs differ between engines, so the rig records which ones were copied.
    let stamp = engine.folder().join("bases");
    let host = engine.host();
    let there = Run::new("docker").args(["--host", &host]).args(inspect).args(OFFICIAL).output(PATIENCE)?.success();
    if there && cache::holds(&stamp, &ids) {
        return Ok(());
    }
    ui::step(NAME, &format!("copy {} from the machine's own engine", OFFICIAL.join(" and ")), || {
        let load = Run::new("docker").args(["--host", &host, "load"]);
        let save = Run::new("docker").arg("save").args(OFFICIAL);
        save.piped_to(&load, &cache.log(&format!("{NAME}-bases"))?)?;
        cache::write(&stamp, ids.as_bytes(), 0o644)
    })
}
