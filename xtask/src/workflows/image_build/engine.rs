//! The facts about the engine that a build needs.

use std::collections::HashMap;

use process::RunError;

use super::options::BuildOptions;
use crate::context::Project;
use crate::domain::engine::{BrokenPlugin, Builder, EngineFacts, ImageFacts};
use crate::domain::events::Events;
use crate::domain::problem::Problem;
use crate::effects::docker::{self, EngineError};
use crate::effects::tool::ToolError;
use crate::error::CliError;

/// The facts about the engine that a plan needs.
pub(super) struct Engine {
    pub(super) builder: Builder,
    pub(super) broken_plugin: Option<BrokenPlugin>,
    pub(super) context: Option<String>,
    pub(super) images: HashMap<String, ImageFacts>,
}

impl Engine {
    /// Makes the facts for an engine of which only the builder is known.
    pub(super) fn unknown(builder: Builder, broken_plugin: Option<BrokenPlugin>) -> Self {
        Self { builder, broken_plugin, context: None, images: HashMap::new() }
    }

    /// Warns that an installed plugin is not used.
    pub(super) fn warn_of_plugin(&self, events: &dyn Events) {
        if let Some(plugin) = &self.broken_plugin {
            let problem = Problem::new(plugin.describe()).note(format!("{} builds instead", self.builder.describe()));
            events.warnings(&[problem.hint(plugin.remedy())]);
        }
    }

    /// Asks the engine about itself and about images; in a dry run, there need not be one.
    pub(super) fn ask(
        project: &Project,
        events: &dyn Events,
        options: &BuildOptions,
        images: &[String],
    ) -> Result<Engine, CliError> {
        match docker::engine_facts(&project.runner) {
            Ok(facts) => {
                for warning in &facts.warnings {
                    events.warning(&format!("the docker client says: {warning}"));
                }
                let images = docker::images(&project.runner, images)?;
                let EngineFacts { builder, broken_plugin, context, .. } = facts;
                Ok(Engine { builder, broken_plugin, context, images })
            }
            // A dry run only needs the builder, which the client knows without an engine.
            Err(EngineError::Silent(_)) if options.dry_run => {
                events.warning("no Docker engine answers: what is known of the base images is left out");
                let (builder, broken_plugin) = docker::builder(&project.runner)?;
                Ok(Engine::unknown(builder, broken_plugin))
            }
            Err(EngineError::Client(ToolError::Run(RunError::NotFound(_)))) if options.dry_run && options.bootstrap => {
                events.warning(
                    "there is no docker client yet: the commands are those for the builder that comes with it",
                );
                Ok(Engine::unknown(Builder::of_bootstrap(), None))
            }
            Err(error) => Err(error.into()),
        }
    }
}
