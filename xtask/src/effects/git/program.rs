//! The state of a repository through the git program: for formats that libgit2 does not know.
//!
//! Only plumbing and formats made for programs are read, never sentences.

use std::collections::HashSet;
use std::path::Path;
use std::time::Duration;

use super::{GitError, NAMED_CHANGES, REMOTES, ReleaseOf, run_failed, shown_origin};
use crate::domain::git_answers::{config_entries, remote_settings};
use crate::domain::git_argv;
use crate::domain::repository_state::{Commit, Head, ReleaseTag, RepositoryState};
use crate::effects::environment;
use crate::effects::process::{Captured, Runner};

/// How long one question may take.
const QUESTION: Duration = Duration::from_mins(1);

struct Git<'a> {
    runner: &'a Runner,
    folder: &'a Path,
}

impl Git<'_> {
    /// The answer, whatever the exit code.
    fn ask(&self, args: &[&str]) -> Result<Captured, GitError> {
        let folder = self.folder.display().to_string();
        let call = git_argv::question(&folder, args, &environment::git_location());
        self.runner.capture(&call, QUESTION).map_err(|error| run_failed(self.folder, &error))
    }

    /// The answer of a question that must succeed.
    fn tell(&self, args: &[&str]) -> Result<String, GitError> {
        let answer = self.ask(args)?;
        if answer.code == Some(0) {
            return Ok(answer.stdout);
        }
        Err(GitError::Unreadable { path: self.folder.to_path_buf(), message: reason(&answer) })
    }

    /// The answer of a question that may have none.
    fn maybe(&self, args: &[&str]) -> Result<Option<String>, GitError> {
        let answer = self.ask(args)?;
        Ok((answer.code == Some(0)).then(|| answer.stdout.trim_end().to_owned()).filter(|text| !text.is_empty()))
    }
}

/// What git said last, as one line: warnings may stand before it, and a list below it.
fn reason(answer: &Captured) -> String {
    let text = answer.stderr.trim();
    let last = text.rfind("fatal: ").and_then(|start| text.get(start..)).unwrap_or(text);
    let words: Vec<&str> = last.trim_start_matches("fatal: ").split_whitespace().collect();
    if words.is_empty() { "no reason given".to_owned() } else { words.join(" ") }
}

pub(super) fn state(runner: &Runner, folder: &Path, release_of: ReleaseOf<'_>) -> Result<RepositoryState, GitError> {
    let git = Git { runner, folder };
    git.tell(&["rev-parse", "--git-dir"])?;
    let head = match git.ask(&["symbolic-ref", "--quiet", "HEAD"])? {
        answer if answer.code == Some(0) => {
            let name = answer.stdout_bytes.strip_suffix(b"\n").unwrap_or(&answer.stdout_bytes);
            super::head_of(name)
        }
        _ => Head::Detached,
    };
    let commit = commit(&git)?;
    let merged = if commit.is_some() { merged_tags(&git)? } else { HashSet::new() };
    let releases = releases(&git, release_of)?;
    let remotes = git.ask(&["config", "--null", "--get-regexp", REMOTES])?;
    let remotes = remote_settings(config_entries(&remotes.stdout_bytes));
    let reachable = releases.iter().filter(|release| merged.contains(&release.name));
    Ok(RepositoryState {
        head,
        highest_release: reachable.map(|release| release.version).max(),
        commit,
        releases,
        changes: changes(&git)?,
        missing_submodules: missing_submodules(&git)?,
        shallow: git.tell(&["rev-parse", "--is-shallow-repository"])?.trim() == "true",
        origin: remotes.origin.as_deref().and_then(shown_origin),
        origin_default_branch: git
            .maybe(&["symbolic-ref", "--quiet", "refs/remotes/origin/HEAD"])?
            .and_then(|name| name.strip_prefix("refs/remotes/origin/").map(|name| name.as_bytes().to_vec())),
        remotes: remotes.remotes,
    })
}

fn commit(git: &Git<'_>) -> Result<Option<Commit>, GitError> {
    let Some(id) = git.maybe(&["rev-parse", "--verify", "--quiet", "HEAD"])? else { return Ok(None) };
    let answer = git.ask(&["show", "--no-patch", "--no-show-signature", "--format=%H %ct", &id, "--"])?;
    let words: Vec<&str> = answer.stdout.split_whitespace().collect();
    match words.as_slice() {
        [id, seconds] if answer.code == Some(0) => {
            Ok(Some(Commit { id: (*id).to_owned(), seconds: seconds.parse().unwrap_or_default() }))
        }
        _ => Err(GitError::Broken { reference: "HEAD".to_owned(), message: reason(&answer) }),
    }
}

fn merged_tags(git: &Git<'_>) -> Result<HashSet<String>, GitError> {
    let names = git.tell(&["for-each-ref", "--merged=HEAD", "--format=%(refname:strip=2)", "refs/tags"])?;
    Ok(names.lines().map(str::to_owned).collect())
}

fn releases(git: &Git<'_>, release_of: ReleaseOf<'_>) -> Result<Vec<ReleaseTag>, GitError> {
    let format = "--format=%(objecttype) %(objectname) %(refname:strip=2)";
    let mut found = Vec::new();
    for line in git.tell(&["for-each-ref", format, "refs/tags"])?.lines() {
        let mut words = line.splitn(3, ' ');
        let (Some(kind), Some(id), Some(name)) = (words.next(), words.next(), words.next()) else { continue };
        let Some(version) = release_of(name) else { continue };
        let commit = match kind {
            "commit" => Some(id.to_owned()),
            "tag" => git.maybe(&["rev-parse", "--verify", "--quiet", &format!("{id}^{{commit}}")])?,
            _ => None,
        };
        found.extend(commit.map(|commit| ReleaseTag { version, name: name.to_owned(), commit }));
    }
    Ok(found)
}

fn changes(git: &Git<'_>) -> Result<Vec<String>, GitError> {
    let mut found = Vec::new();
    let operations = [
        ("MERGE_HEAD", "an unfinished merge"),
        ("REVERT_HEAD", "an unfinished revert"),
        ("CHERRY_PICK_HEAD", "an unfinished cherry-pick"),
        ("BISECT_LOG", "an unfinished bisect"),
        ("rebase-merge", "an unfinished rebase"),
        ("rebase-apply", "an unfinished am or rebase"),
    ];
    for (file, operation) in operations {
        let path = git.tell(&["rev-parse", "--git-path", file])?;
        if git.folder.join(path.trim_end_matches('\n')).exists() {
            found.push(operation.to_owned());
        }
    }
    let status = git.tell(&["status", "--porcelain=v1", "-z", "--untracked-files=normal"])?;
    let mut entries = status.split('\0').filter(|entry| !entry.is_empty());
    while let Some(entry) = entries.next() {
        if found.len() < NAMED_CHANGES {
            found.push(entry.get(3..).unwrap_or(entry).to_owned());
        }
        // A renamed path is followed by its old name.
        if entry.starts_with('R') || entry.starts_with('C') {
            entries.next();
        }
    }
    Ok(found)
}

fn missing_submodules(git: &Git<'_>) -> Result<Vec<String>, GitError> {
    let Some(status) = git.maybe(&["submodule", "status"])? else { return Ok(Vec::new()) };
    let missing = status.lines().filter_map(|line| line.strip_prefix('-')?.split_once(' '));
    Ok(missing.map(|(_, path)| path.to_owned()).collect())
}
