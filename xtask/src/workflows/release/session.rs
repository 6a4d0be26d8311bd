//! A release that was begun, and what all of its steps use.

use std::path::PathBuf;

use crate::context::Project;
use crate::domain::image::Tag;
use crate::domain::release::events::{ReleaseEvent, ReleaseEvents};
use crate::domain::release::journal::Journal;
use crate::domain::release::step::Step;
use crate::domain::repository_state::{Commit, Head, RepositoryState};
use crate::domain::tagging::{TagDecision, TagKind};
use crate::domain::version::ReleaseVersion;
use crate::effects::git::write::GitWriter;
use crate::effects::release::journal_folder::JournalFolder;
use crate::error::CliError;
use crate::workflows::tag::state;

/// A release that was begun.
pub(super) struct Session<'a> {
    pub(super) project: &'a Project,
    pub(super) events: &'a dyn ReleaseEvents,
    pub(super) git: GitWriter<'a>,
    pub(super) folder: JournalFolder,
    pub(super) journal: Journal,
    pub(super) version: ReleaseVersion,
    /// The folder with the record, when it is written.
    pub(super) record: Option<PathBuf>,
}

/// How a step has ended.
pub(super) enum Ended {
    /// It has done its work.
    Done,
    /// It was not asked for.
    Skipped,
}

impl Session<'_> {
    /// Announces a step that has work to do.
    pub(super) fn begin(&self, step: Step, what: &str) {
        self.events.release(ReleaseEvent::Begins(step, what));
    }

    /// Passes on a line of a program's output.
    pub(super) fn tool_line(&self, line: &str) {
        self.events.release(ReleaseEvent::ToolLine(line));
    }

    /// Writes the journal.
    pub(super) fn save(&self) -> Result<(), CliError> {
        Ok(self.folder.write(&self.journal)?)
    }

    /// Returns the tag of the candidates.
    pub(super) fn candidate_tag(&self) -> Result<Tag, CliError> {
        let tag = self.journal.candidate_tag().unwrap_or_default();
        tag.parse().map_err(|error| CliError::internal(&format!("`{tag}` is no tag: {error}")))
    }

    /// Returns the tag of the release.
    pub(super) fn version_tag(&self) -> Result<Tag, CliError> {
        let tag = &self.journal.version;
        tag.parse().map_err(|error| CliError::internal(&format!("`{tag}` is no tag: {error}")))
    }

    /// Exports the release commit, and returns its project, whose images have this tag.
    pub(super) fn exported(&self, tag: Tag) -> Result<Project, CliError> {
        let commit = self.journal.commit.clone().unwrap_or_default();
        let (target, scratch) = (self.folder.export(), self.folder.scratch()?);
        self.git.export(&commit, &target, &scratch)?;
        let seconds = self.git.time_of(&commit)?;
        let state = RepositoryState {
            head: Head::Detached,
            commit: Some(Commit { id: commit, seconds }),
            changes: Vec::new(),
            ..state(self.project)?
        };
        let reason = format!("release {} of git tag `{}`", self.version, self.journal.git_tag);
        let kind = TagKind::Candidate(self.version);
        let decision = TagDecision { tag, kind, reason, branch: None, dirty: false, notes: Vec::new() };
        self.project.exported(&target.join(self.git.prefix()), state, decision)
    }
}
