//! Undoes a release that nobody else can have seen. Every part asks what is there, so it can be repeated.

use process::Runner;

use super::on_nodes;
use super::session::Session;
use crate::domain::image::short_id;
use crate::domain::release::events::ReleaseEvent;
use crate::domain::release::journal::JournalImage;
use crate::domain::release::step::{Step, StepState};
use crate::domain::release::{git_argv, leftovers};
use crate::effects::docker::{self, EngineError};
use crate::effects::git::write::{GitWriter, WriteError};
use crate::effects::minikube::workplace::Workplace;
use crate::effects::release::folder::ReleaseFolder;
use crate::workflows::verify;

/// Undoes everything; returns a note on each thing that could not be undone. The journal stays if there is one.
pub(super) fn undo(session: &mut Session<'_>) -> Vec<String> {
    session.events.release(ReleaseEvent::Undoing);
    // A signal may have ended the release; it must not end this.
    let runner = session.project.runner.for_cleanup();
    let mut left = Vec::new();
    left.extend(
        references(session, &session.git.with(&runner)).unwrap_or_else(|error| vec![not("branch and tag", &error)]),
    );
    left.extend(images(session, &runner));
    left.extend(nodes(session, &runner));
    if session.journal.state(Step::Publish).is_some()
        && let Err(error) = ReleaseFolder::of(&session.project.home, session.version).remove()
    {
        left.push(error.to_string());
    }
    if left.is_empty()
        && let Err(error) = session.folder.clear()
    {
        left.push(error.to_string());
    }
    session.folder.clear_scratch();
    left
}

/// The note on a part that could not be undone.
fn not(part: &str, error: &dyn std::error::Error) -> String {
    format!("{part} could not be put back: {error}")
}

/// Moves branch and tag back, then index and working tree.
fn references(session: &Session<'_>, git: &GitWriter<'_>) -> Result<Vec<String>, WriteError> {
    let journal = &session.journal;
    let (Some(commit), Some(object)) = (&journal.commit, &journal.tag_object) else { return Ok(Vec::new()) };
    if journal.state(Step::Publish).is_none() {
        return Ok(Vec::new());
    }
    let (branch, before) = (&journal.branch, &journal.before);
    let at = git.reference(&format!("refs/heads/{branch}"))?;
    let moves = journal.has_own_commit() && at.as_ref() == Some(commit);
    let has_tag = git.reference(&format!("refs/tags/{}", journal.git_tag))?.as_ref() == Some(object);
    if moves || has_tag {
        let scratch = session.folder.scratch().map_err(std::io::Error::other)?;
        let input = git_argv::unpublish(
            moves.then_some((branch.as_str(), before.as_str(), commit.as_str())),
            has_tag.then_some((journal.git_tag.as_str(), object.as_str())),
        );
        git.transaction(&input, &format!("release: undo {}", journal.version), &scratch)?;
    }
    if !journal.has_own_commit() || !journal.moving {
        return Ok(Vec::new());
    }
    if let Some(at) = at.filter(|at| !moves && at != before) {
        // Whoever has moved it has either built on the release, or was first.
        let (commit, before) = (short_id(commit), short_id(before));
        let text = format!(
            "branch `{branch}` was moved meanwhile, and keeps the release commit {commit}; take it out with \
             `git rebase --onto {before} {commit} {branch}`"
        );
        return Ok(if git.is_ancestor(commit, &at)? { vec![text] } else { Vec::new() });
    }
    if git.is_on_branch(branch)? {
        git.check_out(commit, before, false)?;
    }
    Ok(Vec::new())
}

/// Gives the names of the release back to the images that had them, and removes the names of candidates. Returns a
/// sentence about each name that is left.
fn images(session: &Session<'_>, runner: &Runner) -> Vec<String> {
    let journal = &session.journal;
    if journal.state(Step::Build).is_none() {
        return Vec::new();
    }
    if journal.state(Step::Verify) == Some(StepState::Begun) {
        // Containers of a verification that was killed use the candidates. An engine that is gone is named below.
        let _unknown = verify::remove_left(runner, session.events);
    }
    let is_named = |image: &&JournalImage| image.named && journal.state(Step::Publish).is_some();
    let released = journal.images.iter().filter(is_named);
    let released: Vec<(String, &JournalImage)> =
        released.map(|image| (image.reference(&journal.version), image)).collect();
    let candidates: Vec<String> = journal.candidate_names();
    let names: Vec<String> = released.iter().map(|(name, _)| name).chain(&candidates).cloned().collect();
    let found = match docker::images(runner, &names) {
        Ok(found) => found,
        Err(error) => return vec![leftovers::engine_is_silent(&names, &error.to_string())],
    };
    let is_ours = |name: &str, image: &JournalImage| {
        image.id.is_some() && found.get(name).map(|found| &found.id) == image.id.as_ref()
    };
    let mut done: Vec<(&String, Result<(), EngineError>)> = Vec::new();
    for (name, image) in released.iter().filter(|(name, image)| is_ours(name, image)) {
        done.push((name, give_back(session, runner, name, image.replaced.as_deref())));
    }
    for name in candidates.iter().filter(|name| found.contains_key(*name)) {
        done.push((name, docker::untag(runner, name).map(drop)));
    }
    let failed = done.into_iter().filter_map(|(name, done)| Some((name, done.err()?)));
    failed.map(|(name, error)| leftovers::name_stays(name, &error.to_string())).collect()
}

/// Gives a name back to the image that had it. If there was none, or if somebody has removed it meanwhile, the name
/// goes.
fn give_back(session: &Session<'_>, runner: &Runner, name: &str, before: Option<&str>) -> Result<(), EngineError> {
    if let Some(before) = before {
        if docker::image_details(runner, before)?.is_some() {
            return docker::tag(runner, before, name);
        }
        session.events.note(&leftovers::image_is_gone(name, before));
    }
    docker::untag(runner, name).map(drop)
}

/// Removes the images from the nodes.
fn nodes(session: &Session<'_>, runner: &Runner) -> Vec<String> {
    let journal = &session.journal;
    let begun = journal.profile.as_ref().filter(|_| journal.state(Step::Load).is_some());
    let Some(profile) = begun else { return Vec::new() };
    let delivered = journal.state(Step::Deliver).is_some().then(|| journal.version.clone());
    let tags = journal.candidate_tag().into_iter().chain(delivered);
    let names: Vec<String> =
        tags.flat_map(|tag| journal.images.iter().map(move |image| image.reference(&tag))).collect();
    // A load that was killed has left its files; opening their folder and leaving it removes them.
    drop(Workplace::open(&session.project.home, &session.project.config.project, profile));
    on_nodes::remove(runner, profile, &names)
}
