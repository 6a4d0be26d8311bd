//! Attestations of pushed images: the line of the preflight, and the builds that push them.

use std::collections::HashMap;

use super::session::Session;
use crate::context::Project;
use crate::domain::engine::EngineFacts;
use crate::domain::image::{Digest, Reference};
use crate::domain::registry::{RegistryTools, host};
use crate::domain::release::attestation::{AttestFacts, attest_line};
use crate::domain::release::preflight::Line;
use crate::effects::docker::{self, EngineError};
use crate::effects::registry::RegistryError;
use crate::effects::tool::ToolError;
use crate::effects::{attested, registry};
use crate::error::CliError;
use crate::workflows::image_build::{self, AttestedBuild};

/// Returns the line of the preflight: whether the engine, its builder, and the registry can have attestations.
///
/// # Errors
///
/// A signal.
pub(super) fn line(project: &Project, push: bool) -> Result<Line, CliError> {
    let settings = &project.config.release;
    let facts = match &settings.registry {
        _ if !settings.attest => AttestFacts::NotSet,
        Some(prefix) if push => match facts(project, prefix) {
            Ok(facts) => facts,
            Err(RegistryError::Engine(EngineError::Client(ToolError::Run(
                error @ process::RunError::Interrupted(_),
            )))) => return Err(error.into()),
            // The line of the engine or of the registry says why.
            Err(_) => AttestFacts::NoEngine,
        },
        _ => AttestFacts::NotPushed,
    };
    Ok(attest_line(&facts))
}

fn facts(project: &Project, prefix: &str) -> Result<AttestFacts, RegistryError> {
    let runner = &project.runner;
    let EngineFacts { builder, context, .. } = docker::engine_facts(runner)?;
    let first = project.config.components.first().map(|component| format!("{prefix}/{}", component.repository));
    let first = first.and_then(|name| name.parse::<Reference>().ok());
    let plain_registry = match &first {
        Some(reference) if registry::is_plain_by_settings(runner, reference)? => Some(host(reference).to_owned()),
        _ => None,
    };
    Ok(AttestFacts::Known {
        in_use: docker::current_builder(runner).filter(|_| builder.has_attestations()),
        builder,
        own: context.unwrap_or_else(|| "default".to_owned()),
        containerd: docker::has_containerd_store(runner)?,
        plain_registry,
    })
}

/// Plans the builds that push candidates with attestations, under references by component.
pub(super) fn builds(
    session: &Session<'_>,
    references: HashMap<String, String>,
) -> Result<Vec<AttestedBuild>, CliError> {
    if references.is_empty() {
        return Ok(Vec::new());
    }
    let project = session.exported(session.candidate_tag()?)?;
    image_build::attested(&project, session.events, references)
}

/// Pushes a candidate with attestations; returns the digest of its index. `digest` is that of the candidate without
/// them.
pub(super) fn push(
    session: &Session<'_>,
    tools: RegistryTools,
    (component, reference): (&str, &Reference),
    digest: &Digest,
    builds: &mut [AttestedBuild],
) -> Result<Digest, CliError> {
    let build = builds.iter_mut().find(|build| build.component == component);
    let build = build.ok_or_else(|| CliError::internal(&format!("there is no build for `{reference}`")))?;
    let AttestedBuild { runner, call, log, .. } = build;
    let index = attested::push_attested(runner, tools, (reference, digest), call, log)?;
    session.events.status("Attested", &format!("{reference}  {index}"));
    Ok(index)
}
