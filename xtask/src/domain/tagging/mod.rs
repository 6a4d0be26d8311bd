//! Decides the tag of a build from the state of git (contract: Tag Naming).
//!
//! The same state gives the same tag on every machine; nothing is guessed. There are these forms, which never overlap:
//!
//! - `X.Y.Z`: a clean tree at a release tag;
//! - `X.Y.Z-pr-N`: a pull request in CI;
//! - `X.Y.Z-SLUG`: a branch (`slug`);
//! - `X.Y.Z-g<12 hex>`: a detached HEAD;
//! - the last three with a trailing `.dirty` if the tree has changes.

mod base;
mod ci;
mod settings;
mod slug;

use std::borrow::Cow;
use std::collections::HashSet;

use super::image::{ImageError, Tag};
use super::problem::Problem;
use super::repository_state::{Head, RepositoryState};
use super::text::ticked_list;
use super::version::ReleaseVersion;
use base::base_version;
use shown::printable;

pub use base::{conflict, cut_off, shallow_note};
pub use ci::{CiName, CiReference, ci_reference};
pub use settings::TagSettings;
pub use slug::Slug;

/// The longest tag that xtask makes, in bytes: the limit of a Kubernetes label value.
pub const MAX_BYTES: usize = 63;

/// The suffix for a tree with changes.
const DIRTY: &str = ".dirty";

/// What a tag was made from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TagKind {
    /// A clean tree at a release tag.
    Release,
    /// A branch.
    Branch,
    /// A pull request.
    PullRequest,
    /// A detached HEAD.
    Commit,
    /// An option of the command line.
    Given,
    /// A candidate for a release, which gets the name of this version if it is released.
    Candidate(ReleaseVersion),
}

impl TagKind {
    /// Returns the name in JSON documents.
    pub fn name(self) -> &'static str {
        match self {
            Self::Release => "release",
            Self::Branch => "branch",
            Self::PullRequest => "pull-request",
            Self::Commit => "commit",
            Self::Given => "given",
            Self::Candidate(_) => "candidate",
        }
    }
}

/// The tag of a build, with the reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TagDecision {
    /// The tag.
    pub tag: Tag,
    /// What it was made from.
    pub kind: TagKind,
    /// The git tag, file or variable that it was made from, as a sentence fragment.
    pub reason: String,
    /// The branch that was used, as bytes.
    pub branch: Option<Vec<u8>>,
    /// Whether the tree has changes.
    pub dirty: bool,
    /// Notes for the user, such as a changed branch name, or a version that is behind.
    pub notes: Vec<String>,
}

/// Input that takes precedence over the state of git.
#[derive(Clone, Debug, Default)]
pub struct TagRequest {
    /// A tag or version of the command line, with the option that gave it.
    pub given: Option<(Tag, &'static str)>,
    /// A branch in place of HEAD's, with the option or variable that gave it.
    pub branch: Option<(Vec<u8>, &'static str)>,
    /// The branch or pull request according to CI.
    pub ci: Option<CiReference>,
}

/// Returns the release version of a git tag, which is exactly prefix + version.
///
/// With the default prefix `v`, the bare version counts, too. With another prefix it does not, since it may belong to
/// something else in the same repository.
pub fn release_of_git_tag(name: &str, prefix: &str) -> Option<ReleaseVersion> {
    let bare = (prefix == "v").then_some(name);
    name.strip_prefix(prefix).or(bare)?.parse().ok()
}

/// Decides the tag for a state of git.
///
/// # Errors
///
/// There is no version, HEAD has no commit, or the state gives no valid tag.
pub fn decide(settings: &TagSettings, state: &RepositoryState, request: &TagRequest) -> Result<TagDecision, Problem> {
    let branch = effective_branch(state, request);
    let named = branch.as_ref().map(|(name, _)| name.to_vec());
    let decision = decide_tag(settings, state, request, branch)?;
    Ok(TagDecision { branch: named, ..decision })
}

fn decide_tag(
    settings: &TagSettings,
    state: &RepositoryState,
    request: &TagRequest,
    branch: Option<(Cow<'_, [u8]>, &str)>,
) -> Result<TagDecision, Problem> {
    let dirty = !state.changes.is_empty();
    let mut notes = state_notes(state);
    if let Some((tag, option)) = &request.given {
        if dirty {
            notes.push(format!("the tag `{tag}` does not say that the tree has changes"));
        }
        let reason = format!("`{option}` on the command line");
        return Ok(TagDecision { tag: tag.clone(), kind: TagKind::Given, reason, branch: None, dirty, notes });
    }
    let Some(commit) = &state.commit else { return Err(no_commit(state)) };
    let pull_request = match (&request.branch, &request.ci) {
        (None, Some(CiReference { variable, names: CiName::PullRequest(number) })) => Some((number, variable)),
        _ => None,
    };
    if pull_request.is_none()
        && !dirty
        && on_release_line(settings, state, branch.as_ref().map(|(name, _)| name.as_ref()))
        && let Some(release) = state.release_at_head()
    {
        conflict(&state.releases, release.version)?;
        let reason = format!("release tag `{}` at HEAD, clean tree", release.name);
        return finish(&release.version.to_string(), TagKind::Release, reason, false, notes);
    }
    let on_default_branch = branch.as_ref().is_some_and(|(name, _)| name.as_ref() == default_branch(settings, state));
    let (base, source) = base_version(settings, state, on_default_branch && pull_request.is_none(), &mut notes)?;
    let (stem, kind, reason) = match (pull_request, branch) {
        (Some((number, variable)), _) => {
            (format!("pr-{number}"), TagKind::PullRequest, format!("pull request {number} ({variable})"))
        }
        (None, Some((name, from))) => {
            let taken = base.to_string().len() + "-".len() + DIRTY.len();
            let slug = Slug::of_branch(&name, MAX_BYTES.saturating_sub(taken));
            let shown = printable(&name);
            if slug.as_str().as_bytes() != name.as_ref() {
                notes.push(format!("branch `{shown}` is `{slug}` in tags"));
            }
            (slug.to_string(), TagKind::Branch, format!("branch `{shown}` ({from})"))
        }
        (None, None) => {
            let short = commit.id.get(..12).unwrap_or(&commit.id);
            (format!("g{short}"), TagKind::Commit, format!("detached HEAD at {short}"))
        }
    };
    let reason = format!("{reason}, {source}{}", if dirty { ", tree with changes" } else { "" });
    let mark = if dirty { DIRTY } else { "" };
    finish(&format!("{base}-{stem}{mark}"), kind, reason, dirty, notes)
}

fn finish(text: &str, kind: TagKind, reason: String, dirty: bool, notes: Vec<String>) -> Result<TagDecision, Problem> {
    let unusable = |error: ImageError| Problem::new("cannot make a tag from git").cause(error.to_string());
    Ok(TagDecision { tag: text.parse().map_err(unusable)?, kind, reason, branch: None, dirty, notes })
}

/// Returns the branch in effect, with its source: the request, then HEAD, then CI.
fn effective_branch<'a>(state: &'a RepositoryState, request: &'a TagRequest) -> Option<(Cow<'a, [u8]>, &'a str)> {
    if let Some((name, from)) = &request.branch {
        return Some((Cow::Borrowed(name), from));
    }
    match (&state.head, &request.ci) {
        (Head::Branch(name), _) => Some((Cow::Borrowed(name), "HEAD")),
        (Head::Detached, Some(CiReference { variable, names: CiName::Branch(name) })) => {
            Some((Cow::Borrowed(name), variable))
        }
        (Head::Detached, _) => None,
    }
}

/// Whether release tags apply: on a detached HEAD and on the default branch. Another branch has its own name in its
/// tags.
fn on_release_line(settings: &TagSettings, state: &RepositoryState, branch: Option<&[u8]>) -> bool {
    branch.is_none_or(|name| name == default_branch(settings, state))
}

/// Returns the branch that releases are made from: the one in taskflow.toml, then that of `origin`, then `main`.
pub fn default_branch<'a>(settings: &'a TagSettings, state: &'a RepositoryState) -> &'a [u8] {
    let declared = settings.default_branch.as_deref().map(str::as_bytes);
    declared.or(state.origin_default_branch.as_deref()).unwrap_or(b"main")
}

fn state_notes(state: &RepositoryState) -> Vec<String> {
    let missing = state.missing_submodules.iter();
    let mut notes: Vec<String> = missing
        .map(|path| format!("submodule `{path}` is not checked out: its files are missing from what is built"))
        .collect();
    if !state.changes.is_empty() {
        // git lists a file twice that is deleted in the index and still exists.
        let mut seen = HashSet::new();
        let named: Vec<&String> = state.changes.iter().filter(|path| seen.insert(path.as_str())).collect();
        notes.push(format!("the tree has changes: {}", ticked_list(&named)));
    }
    if let Some(doubt) = &state.uncertain {
        notes.push(format!(
            "whether the tree has changes is uncertain without the git program, because of {doubt}; install git"
        ));
    }
    notes
}

fn no_commit(state: &RepositoryState) -> Problem {
    match &state.head {
        Head::Branch(name) => Problem::new(format!("branch `{}` has no commit yet", printable(name)))
            .hint("make a first commit; `build` also takes the tag itself, as `--tag TAG`"),
        Head::Detached => Problem::new("HEAD names neither a branch nor a commit"),
    }
}

#[cfg(test)]
mod tests;
