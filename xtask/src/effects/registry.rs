//! What registries have, and how they get images: through the docker client, which has the user's credentials and
//! contexts. After each change the registry is asked what it has; what a client prints about a change proves nothing.

use std::time::Duration;

use process::{Captured, Invocation, RunError, Runner};
use serde::Deserialize;

use crate::domain::docker_argv;
use crate::domain::image::{Digest, Reference};
use crate::domain::registry::{self, Candidate, RegistryFailure, RegistryTools};
use crate::domain::registry_words::{Cause, is_about_engine};
use crate::effects::docker::{self, EngineError, REMOVAL};
use crate::effects::tool::ToolError;

/// Time limit of a question to a registry.
const QUESTION: Duration = Duration::from_mins(1);

/// Time limit of giving a manifest another tag.
const COPY: Duration = Duration::from_mins(2);

/// Why a registry does not have what it should have.
#[derive(Debug, thiserror::Error)]
pub enum RegistryError {
    /// The client or the engine cannot be used, or a signal ended the call.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// The registry, or what it has.
    #[error(transparent)]
    Registry(#[from] RegistryFailure),
}

impl From<RunError> for RegistryError {
    fn from(error: RunError) -> Self {
        Self::Engine(error.into())
    }
}

impl RegistryError {
    /// Returns the signal that ended the call.
    pub fn interrupted(&self) -> Option<i32> {
        match self {
            Self::Engine(EngineError::Client(ToolError::Run(RunError::Interrupted(signal)))) => Some(*signal),
            _ => None,
        }
    }

    /// Whether it is not known what the registry has.
    pub fn is_undecided(&self) -> bool {
        matches!(self, Self::Registry(failure) if failure.is_undecided())
    }
}

/// A manifest that has got a tag.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Promoted {
    /// The registry's digest, the same under both tags.
    pub digest: Digest,
    /// Whether the registry had it under the tag before.
    pub was_there: bool,
}

/// Returns the digest that a registry has under a reference; none if it has no such tag.
///
/// # Errors
///
/// The client cannot be used, the registry refuses or does not answer, or there is no digest in the answer.
pub fn digest_of(
    runner: &Runner,
    tools: RegistryTools,
    reference: &Reference,
) -> Result<Option<Digest>, RegistryError> {
    if tools.inspects {
        let answer = ask(runner, &registry::inspect(reference), reference)?;
        match registry::read_inspected(reference, parts(&answer)) {
            // buildx does not know the engine's settings.
            Err(failure) if failure.cause() == Some(Cause::PlainHttp) => {}
            other => return other.map_err(of_engine),
        }
    }
    let plain = is_plain(runner, reference)?;
    let answer = ask(runner, &registry::inspect_manifest(reference, plain), reference)?;
    registry::read_manifest(reference, parts(&answer)).map_err(of_engine)
}

/// Pushes the engine's image with this reference, and returns the registry's digest. The registry's manifest names the
/// image's configuration, or is the image itself, so it is this image and no other one. A push that loses its
/// connection is repeated once. `on_line` gets each line of the output, without hidden values.
///
/// # Errors
///
/// The client cannot be used or is interrupted; the engine does not have the image; the registry refuses, does not
/// answer, or has another image under the reference.
pub fn push(
    runner: &Runner,
    tools: RegistryTools,
    reference: &Reference,
    on_line: &mut dyn FnMut(&str),
) -> Result<Digest, RegistryError> {
    let not_here = || RegistryFailure::NotHere { reference: Box::new(reference.clone()), expected: None };
    if local(runner, reference)?.is_none() {
        return Err(not_here().into());
    }
    let mut refused = push_once(runner, reference, on_line)?;
    if refused.as_ref().and_then(RegistryFailure::cause) == Some(Cause::NoAnswer) {
        refused = push_once(runner, reference, on_line)?;
    }
    let found = digest_of(runner, tools, reference);
    // The classic store records the digest when it has pushed an image.
    let image = local(runner, reference)?.ok_or_else(not_here)?;
    let expected = match &found {
        Ok(Some(found)) if is_of(runner, tools, reference, &image, found)? => Some(found.clone()),
        _ => image.digests.into_iter().next(),
    };
    settled(reference, refused, found, expected.as_ref())
}

/// Gives a candidate's manifest another tag in its registry, which gets nothing but the tag. If the tag is there with
/// the same digest, nothing is done. A tag with another digest is not touched. `on_line` gets each line of the output.
///
/// # Errors
///
/// As of [`push`]. [`RegistryFailure::OtherImage`] has both digests; [`RegistryFailure::Unknown`] means that the
/// registry may or may not have taken the tag.
pub fn promote(
    runner: &Runner,
    tools: RegistryTools,
    candidate: &Candidate,
    to: &Reference,
    on_line: &mut dyn FnMut(&str),
) -> Result<Promoted, RegistryError> {
    let expected = Some(&candidate.digest);
    let before = digest_of(runner, tools, to)?;
    if before.is_some() {
        let digest = settled(to, None, Ok(before), expected)?;
        return Ok(Promoted { digest, was_there: true });
    }
    let refused = match copied(runner, tools, candidate, to, on_line)? {
        Copied::No => push_as(runner, tools, candidate, to, on_line)?,
        Copied::Yes => None,
        Copied::Refused(failure) => Some(failure),
    };
    let digest = settled(to, refused, digest_of(runner, tools, to), expected)?;
    Ok(Promoted { digest, was_there: false })
}

/// Whether buildx has copied a manifest.
enum Copied {
    Yes,
    /// This buildx cannot copy it.
    No,
    Refused(RegistryFailure),
}

fn copied(
    runner: &Runner,
    tools: RegistryTools,
    candidate: &Candidate,
    to: &Reference,
    on_line: &mut dyn FnMut(&str),
) -> Result<Copied, RegistryError> {
    if !tools.copies {
        return Ok(Copied::No);
    }
    let answer = match runner.capture(&registry::copy(&candidate.by_digest(), to), COPY) {
        Ok(answer) => answer,
        Err(error @ RunError::TimedOut { .. }) => {
            return Ok(Copied::Refused(RegistryFailure::refused(to, &error.to_string())));
        }
        Err(error) => return Err(error.into()),
    };
    let said = answer.output();
    said.lines().for_each(&mut *on_line);
    if answer.success() {
        return Ok(Copied::Yes);
    }
    let failure = RegistryFailure::refused(to, &said);
    // buildx does not know the engine's settings.
    Ok(if failure.cause() == Some(Cause::PlainHttp) { Copied::No } else { Copied::Refused(failure) })
}

/// Pushes the engine's image of a candidate under another reference. The engine has that reference only meanwhile; an
/// image that had it before gets it back.
fn push_as(
    runner: &Runner,
    tools: RegistryTools,
    candidate: &Candidate,
    to: &Reference,
    on_line: &mut dyn FnMut(&str),
) -> Result<Option<RegistryFailure>, RegistryError> {
    let Candidate { reference, digest } = candidate;
    let not_here =
        || RegistryFailure::NotHere { reference: Box::new(reference.clone()), expected: Some(digest.clone()) };
    let image = local(runner, reference)?.ok_or_else(not_here)?;
    if !is_of(runner, tools, reference, &image, digest)? {
        return Err(not_here().into());
    }
    let (name, before) = (to.to_string(), local(runner, to)?);
    docker::tag(runner, &image.id, &name)?;
    let pushed = push_once(runner, to, on_line);
    // If this fails, the reference has the image that the registry has under it.
    let _has_its_name_back = match before {
        Some(before) => runner.clean_up(&docker_argv::tag(&before.id, &name), REMOVAL),
        None => runner.clean_up(&docker_argv::untag(&name), REMOVAL),
    };
    pushed
}

/// Pushes an image; returns why it was refused.
fn push_once(
    runner: &Runner,
    reference: &Reference,
    on_line: &mut dyn FnMut(&str),
) -> Result<Option<RegistryFailure>, RegistryError> {
    let mut said = String::new();
    let code = runner.follow(&registry::push(reference), None, |_, shown| {
        said.push_str(shown);
        said.push('\n');
        on_line(shown);
    })?;
    if code == Some(0) {
        return Ok(None);
    }
    match of_engine(RegistryFailure::refused(reference, &said)) {
        RegistryError::Registry(failure) => Ok(Some(failure)),
        error @ RegistryError::Engine(_) => Err(error),
    }
}

/// Decides by what the registry has now: the expected digest is a success, whatever was said before.
pub(super) fn settled(
    reference: &Reference,
    refused: Option<RegistryFailure>,
    found: Result<Option<Digest>, RegistryError>,
    expected: Option<&Digest>,
) -> Result<Digest, RegistryError> {
    let reference = Box::new(reference.clone());
    let cause = refused.as_ref().and_then(RegistryFailure::cause);
    let failure = match found {
        Ok(Some(found)) if Some(&found) == expected => return Ok(found),
        Ok(Some(found)) => {
            let immutable = cause == Some(Cause::Immutable);
            RegistryFailure::OtherImage { reference, found, expected: expected.cloned(), immutable }
        }
        Ok(None) => refused.unwrap_or(RegistryFailure::Absent { reference }),
        Err(RegistryError::Registry(silent)) => match (refused, cause) {
            (Some(refused), Some(Cause::Immutable | Cause::Login | Cause::Denied)) => refused,
            (Some(RegistryFailure::Refused { words, .. }), _) => RegistryFailure::Unknown { reference, words },
            _ => RegistryFailure::Unknown { reference, words: silent.words() },
        },
        Err(error) => return Err(error),
    };
    Err(failure.into())
}

/// An image of the engine, as far as registries are concerned.
pub(super) struct Local {
    pub(super) id: String,
    /// The digests that it has in the repository of the reference.
    digests: Vec<Digest>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Inspected {
    id: String,
    #[serde(default)]
    repo_digests: Option<Vec<String>>,
}

/// Returns the engine's image with this reference.
pub(super) fn local(runner: &Runner, reference: &Reference) -> Result<Option<Local>, RegistryError> {
    let image = docker::inspected::<Inspected>(runner, &[reference.to_string()])?.pop();
    Ok(image.map(|Inspected { id, repo_digests }| {
        let names = repo_digests.into_iter().flatten().filter_map(|name| name.parse::<Reference>().ok());
        let same = |name: &Reference| name.registry == reference.registry && name.repository == reference.repository;
        Local { id, digests: names.filter(same).filter_map(|name| name.digest).collect() }
    }))
}

/// Whether a manifest of the registry is that of an image: the image's ID is its digest (containerd store), or the
/// digest of the configuration that it names (classic store), or the engine has recorded it.
fn is_of(
    runner: &Runner,
    tools: RegistryTools,
    reference: &Reference,
    image: &Local,
    digest: &Digest,
) -> Result<bool, RegistryError> {
    if image.digests.contains(digest) || image.id == digest.to_string() {
        return Ok(true);
    }
    let by_digest = Reference { tag: None, digest: Some(digest.clone()), ..reference.clone() };
    let call = if tools.inspects {
        registry::inspect_raw(&by_digest)
    } else {
        registry::inspect_manifest(&by_digest, is_plain(runner, reference)?)
    };
    let manifest = ask(runner, &call, reference)?;
    Ok(manifest.success() && registry::config_of(&manifest.stdout).is_some_and(|config| config == image.id))
}

/// Whether the engine speaks HTTP with the registry.
fn is_plain(runner: &Runner, reference: &Reference) -> Result<bool, RegistryError> {
    Ok(registry::is_plain(reference, "") || is_plain_by_settings(runner, reference)?)
}

/// Whether only the settings of the engine say that the registry speaks HTTP: buildx does not know them.
///
/// # Errors
///
/// The client cannot be used, or gives no answer.
pub fn is_plain_by_settings(runner: &Runner, reference: &Reference) -> Result<bool, RegistryError> {
    if registry::is_plain(reference, "") {
        return Ok(false);
    }
    let answer = ask(runner, &registry::engine_registries(), reference)?;
    Ok(registry::is_plain(reference, &answer.stdout))
}

/// Asks the client; no answer in time is the registry's failure.
pub(super) fn ask(runner: &Runner, call: &Invocation, reference: &Reference) -> Result<Captured, RegistryError> {
    match runner.capture(call, QUESTION) {
        Err(error @ RunError::TimedOut { .. }) => Err(RegistryFailure::refused(reference, &error.to_string()).into()),
        other => Ok(other?),
    }
}

fn parts(answer: &Captured) -> (Option<i32>, &str, &str) {
    (answer.code, &answer.stdout, &answer.stderr)
}

/// Converts the failure of a call for which there was no engine.
pub(super) fn of_engine(failure: RegistryFailure) -> RegistryError {
    match failure {
        RegistryFailure::Refused { words, .. } if is_about_engine(&words) => EngineError::Silent(words).into(),
        failure => failure.into(),
    }
}
