//! An additional, plain engine for tests that need a second node or an engine to fill and empty.

use anyhow::Result;
use serde_json::json;

use crate::cache::Cache;
use crate::part::names::ENGINE_SPARE as NAME;
use crate::part::{Part, Status};
use crate::separate::{Engine, Setup, system_program};
use crate::ui;

/// The part `engine-spare`.
#[derive(Debug)]
pub struct EngineSpare;

impl Part for EngineSpare {
    fn name(&self) -> &'static str {
        NAME
    }

    fn up(&self, cache: &Cache) -> Result<()> {
        let engine = Engine::look(cache, NAME);
        engine.require()?;
        Engine::ensure_packages(cache, NAME)?;
        let settings = json!({ "storage-driver": "overlay2" });
        let program = system_program()?;
        let setup = Setup { program: &program, prefer: &[], settings: &settings, made_of: "", outside: false };
        engine.up(&setup)?;
        ui::note(NAME, &format!("up ({})", self.status(cache).detail));
        Ok(())
    }

    fn down(&self, cache: &Cache) -> Result<()> {
        if !Engine::look(cache, NAME).down()? {
            ui::note(NAME, "was not up");
        }
        Ok(())
    }

    fn status(&self, cache: &Cache) -> Status {
        let engine = Engine::look(cache, NAME);
        let (state, detail) = engine.state(false);
        let status = Status::new(state, detail);
        match engine.version() {
            Some(version) => status.fact("docker_host", engine.host()).fact("version", version),
            None => status,
        }
    }
}
