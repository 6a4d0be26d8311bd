//! Pushes images with attestations: a build whose steps are all in the cache, with a registry as its output.

use process::{Invocation, Runner};

use crate::domain::image::{Digest, Reference};
use crate::domain::registry::{self, RegistryFailure, RegistryTools};
use crate::domain::registry_words::Cause;
use crate::domain::release::attestation::check_index;
use crate::effects::fs::LogFile;
use crate::effects::registry::{RegistryError, ask, digest_of, local, of_engine, settled};

/// Builds and pushes an image with attestations under a reference, and returns the registry's digest of its index. The
/// index has the manifest `image` and attestations of it, and nothing else. If the engine and the registry have the
/// same index under the reference already, nothing is built.
///
/// # Errors
///
/// The client cannot be used or is interrupted; the builder fails; the registry refuses, does not answer, or has
/// another image under the reference; or what was pushed is not the image `image`.
pub fn push_attested(
    runner: &Runner,
    tools: RegistryTools,
    (reference, image): (&Reference, &Digest),
    call: &Invocation,
    log: &mut LogFile,
) -> Result<Digest, RegistryError> {
    let digest = match pushed_before(runner, tools, reference)? {
        Some(digest) => digest,
        None => built(runner, tools, reference, call, log)?,
    };
    let by_digest = Reference { tag: None, digest: Some(digest.clone()), ..reference.clone() };
    let answer = ask(runner, &registry::inspect_raw(&by_digest), reference)?;
    if !answer.success() {
        return Err(of_engine(RegistryFailure::refused(reference, &answer.output())));
    }
    match check_index(&answer.stdout, image) {
        Ok(()) => Ok(digest),
        Err(found) => {
            let (reference, image) = (Box::new(reference.clone()), image.clone());
            Err(RegistryFailure::NotVerified { reference, image, found }.into())
        }
    }
}

/// Returns the digest of the index that an attempt before has pushed: the engine has it under the same reference.
fn pushed_before(
    runner: &Runner,
    tools: RegistryTools,
    reference: &Reference,
) -> Result<Option<Digest>, RegistryError> {
    let Some(here) = local(runner, reference)? else { return Ok(None) };
    let there = digest_of(runner, tools, reference)?;
    Ok(there.filter(|there| there.to_string() == here.id))
}

/// Builds and pushes, and returns the digest that both the engine and the registry have under the reference then.
fn built(
    runner: &Runner,
    tools: RegistryTools,
    reference: &Reference,
    call: &Invocation,
    log: &mut LogFile,
) -> Result<Digest, RegistryError> {
    let mut refused = build_once(runner, reference, call, log)?;
    if refused.as_ref().and_then(RegistryFailure::cause) == Some(Cause::NoAnswer) {
        refused = build_once(runner, reference, call, log)?;
    }
    let found = digest_of(runner, tools, reference);
    let here = local(runner, reference)?.and_then(|image| image.id.parse().ok());
    match settled(reference, refused, found, here.as_ref()) {
        Err(RegistryError::Registry(RegistryFailure::Refused { reference, cause: Cause::Other, words })) => {
            Err(RegistryFailure::NotAttested { reference, words, log: log.path.clone() }.into())
        }
        other => other,
    }
}

/// Runs the build; returns why it failed.
fn build_once(
    runner: &Runner,
    reference: &Reference,
    call: &Invocation,
    log: &mut LogFile,
) -> Result<Option<RegistryFailure>, RegistryError> {
    let mut said = String::new();
    let code = runner.follow(call, Some(log.log()), |_, shown| {
        said.push_str(shown);
        said.push('\n');
    })?;
    if code == Some(0) {
        return Ok(None);
    }
    match of_engine(RegistryFailure::refused(reference, &said)) {
        RegistryError::Registry(failure) => Ok(Some(failure)),
        error @ RegistryError::Engine(_) => Err(error),
    }
}
