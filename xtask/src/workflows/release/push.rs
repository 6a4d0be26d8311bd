//! Makes a release public: candidates under a tag that says nothing, signatures, then branch and tag of git, then the
//! names in the registry. A digest never changes on the way.

use std::ffi::OsString;
use std::time::Duration;

use process::Invocation;

use super::attest;
use super::session::{Ended, Session};
use crate::domain::image::{Digest, Reference};
use crate::domain::problem::Problem;
use crate::domain::registry::{Candidate, RegistryFailure, RegistryTools};
use crate::domain::release::journal::Reach;
use crate::domain::release::settings::IMAGE_PLACEHOLDER;
use crate::domain::release::step::Step;
use crate::domain::text::ticked_list;
use crate::effects::git::write::{GitWriter, WriteError};
use crate::effects::tool::ToolError;
use crate::effects::{clock, docker, registry};
use crate::error::{CliError, ErrorKind};

/// How often a remote is asked whether it has a push that did not end well: it may still be at work.
const QUESTIONS: u32 = 3;

/// The time between two questions.
const BETWEEN: Duration = Duration::from_secs(1);

/// Time limit of a signature.
const SIGNATURE: Duration = Duration::from_mins(10);

/// An image that is pushed: its index in the journal, its component, and its references in the registry.
struct Pushed {
    index: usize,
    component: String,
    candidate: Reference,
    /// The candidate with attestations; none if it gets none.
    attested: Option<Reference>,
    released: Reference,
}

/// Pushes the candidates under a tag that nobody relies on, and refuses a release whose names are taken there.
pub(super) fn upload(session: &mut Session<'_>) -> Result<Ended, CliError> {
    let Some(images) = pushed(session)? else { return Ok(Ended::Skipped) };
    let names: Vec<String> = images.iter().map(|image| image.candidate.to_string()).collect();
    session.begin(Step::Upload, &ticked_list(&names));
    let tools = tools(session)?;
    let attested =
        images.iter().filter_map(|image| Some((image.component.clone(), image.attested.as_ref()?.to_string())));
    let mut attested = attest::builds(session, attested.collect())?;
    let runner = &session.project.runner;
    for image in images {
        let id = session.journal.images.get(image.index).and_then(|image| image.id.clone()).unwrap_or_default();
        let name = image.candidate.to_string();
        docker::tag(runner, &id, &name)?;
        let digest = registry::push(runner, tools, &image.candidate, &mut |line| session.tool_line(line))?;
        session.events.status("Pushed", &format!("{name}  {digest}"));
        let digest = match &image.attested {
            Some(reference) => attest::push(session, tools, (&image.component, reference), &digest, &mut attested)?,
            None => digest,
        };
        let there = registry::digest_of(runner, tools, &image.released)?;
        if let Some(found) = there.filter(|found| *found != digest) {
            let reference = Box::new(image.released.clone());
            let failure = RegistryFailure::OtherImage { reference, found, expected: Some(digest), immutable: false };
            return Err(taken(&failure));
        }
        if let Some(entry) = session.journal.images.get_mut(image.index) {
            entry.digest = Some(digest.to_string());
        }
    }
    session.save()?;
    Ok(Ended::Done)
}

fn taken(failure: &RegistryFailure) -> CliError {
    let problem = failure.problem().note("a version that others may have is never used for another image");
    CliError::new(ErrorKind::Refused, problem.hint("release a higher version"))
}

/// Signs each digest with the command of taskflow.toml.
pub(super) fn sign(session: &mut Session<'_>) -> Result<Ended, CliError> {
    let words = session.project.config.release.sign.clone();
    let Some(images) = pushed(session)?.filter(|_| !words.is_empty()) else { return Ok(Ended::Skipped) };
    session.begin(Step::Sign, "each digest");
    for image in images {
        let candidate = image.candidate(session)?;
        let name = candidate.by_digest().to_string();
        let call = signature(&words, &name);
        let answer = session.project.runner.capture(&call, SIGNATURE)?;
        if !answer.success() {
            let problem =
                Problem::new(format!("`{name}` was not signed: `{call}` failed")).cause(answer.output().trim_end());
            let hint = "run the command alone, or correct `sign` under `[release]` in taskflow.toml";
            return Err(CliError::new(ErrorKind::Failed, problem.hint(hint)));
        }
        session.events.status("Signed", &name);
    }
    Ok(Ended::Done)
}

/// Returns the call that signs an image.
fn signature(words: &[String], image: &str) -> Invocation {
    let mut words = words.iter().map(|word| OsString::from(word.replace(IMAGE_PLACEHOLDER, image)));
    let program = words.next().unwrap_or_default();
    Invocation::new(program, words)
}

/// Pushes branch and tag together. From here on, the release may be public.
pub(super) fn push(session: &mut Session<'_>) -> Result<Ended, CliError> {
    let Some(remote) = session.journal.remote.clone() else { return Ok(Ended::Skipped) };
    let (branch, tag) = (session.journal.branch.clone(), session.journal.git_tag.clone());
    session.begin(Step::Push, &format!("branch `{branch}` and tag `{tag}` to `{remote}`"));
    if has_release(session, &session.git, &remote)? {
        return found_public(session);
    }
    session.journal.reach = Reach::Uncertain;
    session.save()?;
    let Err(error) = send(session, &session.git, &remote) else { return now_public(session) };
    // The connection may have been lost after the remote had taken both.
    match find_out(session) {
        Ok(true) => found_public(session),
        Ok(false) => Err(refused(&remote, error)),
        Err(_) => Err(undecided(&remote, error)),
    }
}

fn send(session: &Session<'_>, git: &GitWriter<'_>, remote: &str) -> Result<(), WriteError> {
    let journal = &session.journal;
    let objects = (journal.commit.as_deref().unwrap_or_default(), journal.tag_object.as_deref().unwrap_or_default());
    git.push(remote, &journal.branch, &journal.git_tag, objects, false)
}

/// Asks the remote whether it has taken a push that was cut off, also after a signal, and writes the answer to the
/// journal.
pub(super) fn find_out(session: &mut Session<'_>) -> Result<bool, CliError> {
    let remote = session.journal.remote.clone().unwrap_or_default();
    let runner = session.project.runner.for_cleanup();
    let mut is_public = false;
    for question in 1..=QUESTIONS {
        is_public = has_release(session, &session.git.with(&runner), &remote)?;
        if is_public {
            break;
        }
        if question < QUESTIONS {
            clock::pause(BETWEEN);
        }
    }
    session.journal.reach = if is_public { Reach::Public } else { Reach::Here };
    session.save()?;
    Ok(is_public)
}

/// The remote has the release by a push that was cut off. Git has not recorded this in its own name for the remote's
/// branch, which another push does. Nothing depends on it, so it may fail.
fn found_public(session: &mut Session<'_>) -> Result<Ended, CliError> {
    now_public(session)?;
    let runner = session.project.runner.for_cleanup();
    let remote = session.journal.remote.clone().unwrap_or_default();
    let _not_recorded = send(session, &session.git.with(&runner), &remote);
    Ok(Ended::Done)
}

fn now_public(session: &mut Session<'_>) -> Result<Ended, CliError> {
    session.journal.reach = Reach::Public;
    session.save()?;
    Ok(Ended::Done)
}

/// Whether the remote has the tag of this release.
fn has_release(session: &Session<'_>, git: &GitWriter<'_>, remote: &str) -> Result<bool, WriteError> {
    let name = format!("refs/tags/{}", session.journal.git_tag);
    let found = git.remote_references(remote, std::slice::from_ref(&name))?;
    Ok(found.iter().any(|(found, object)| *found == name && Some(object) == session.journal.tag_object.as_ref()))
}

/// The error of a push that the remote or a hook refused.
fn refused(remote: &str, error: WriteError) -> CliError {
    let WriteError::Tool(ToolError::Refused { words, .. }) = error else { return error.into() };
    let problem = Problem::new(format!("the push to remote `{remote}` failed")).cause(words);
    let hint = format!("mend what the remote or the hook says; `git ls-remote {remote}` shows what the remote has");
    CliError::new(ErrorKind::Refused, problem.hint(hint))
}

/// The error of a push that failed, and of which the remote does not say whether it has taken it.
fn undecided(remote: &str, error: WriteError) -> CliError {
    let WriteError::Tool(ToolError::Refused { words, .. }) = error else { return error.into() };
    let problem = Problem::new(format!("the push to remote `{remote}` failed, and the remote gives no answer"));
    CliError::new(ErrorKind::Unfinished, problem.cause(words))
}

/// Gives the candidates' manifests their names in the registry.
pub(super) fn promote(session: &mut Session<'_>) -> Result<Ended, CliError> {
    let Some(images) = pushed(session)? else { return Ok(Ended::Skipped) };
    let names: Vec<String> = images.iter().map(|image| image.released.to_string()).collect();
    session.begin(Step::Promote, &ticked_list(&names));
    let tools = tools(session)?;
    for image in images {
        let candidate = image.candidate(session)?;
        let mut on_line = |line: &str| session.tool_line(line);
        let promoted = registry::promote(&session.project.runner, tools, &candidate, &image.released, &mut on_line)?;
        let word = if promoted.was_there { "Present" } else { "Named" };
        session.events.status(word, &format!("{}  {}", image.released, promoted.digest));
    }
    Ok(Ended::Done)
}

/// Returns the images with their references in the registry; none if images are not pushed.
fn pushed(session: &Session<'_>) -> Result<Option<Vec<Pushed>>, CliError> {
    let Some(registry) = &session.journal.registry else { return Ok(None) };
    let candidate = session.journal.candidate_tag().unwrap_or_default();
    let attested = session.journal.attested_tag();
    let parsed = |text: String| {
        text.parse::<Reference>().map_err(|error| CliError::internal(&format!("`{text}` is no reference: {error}")))
    };
    let images = session.journal.images.iter().enumerate().map(|(index, image)| {
        Ok(Pushed {
            index,
            component: image.component.clone(),
            candidate: parsed(image.pushed_reference(registry, &candidate))?,
            attested: attested.as_ref().map(|tag| parsed(image.pushed_reference(registry, tag))).transpose()?,
            released: parsed(image.pushed_reference(registry, &session.journal.version))?,
        })
    });
    images.collect::<Result<_, CliError>>().map(Some)
}

impl Pushed {
    /// Returns the candidate with the digest that the journal has.
    fn candidate(&self, session: &Session<'_>) -> Result<Candidate, CliError> {
        let digest = session.journal.images.get(self.index).and_then(|image| image.digest.as_deref());
        let digest: Option<Digest> = digest.and_then(|digest| digest.parse().ok());
        let digest =
            digest.ok_or_else(|| CliError::internal(&format!("the journal has no digest of `{}`", self.candidate)))?;
        let reference = self.attested.as_ref().unwrap_or(&self.candidate).clone();
        Ok(Candidate { reference, digest })
    }
}

fn tools(session: &Session<'_>) -> Result<RegistryTools, CliError> {
    let (builder, _) = docker::builder(&session.project.runner)?;
    Ok(RegistryTools::of(&builder))
}
