//! Which tag a build gets, from the state of git alone (contract: Tag Naming).
//!
//! The same state gives the same tag on every machine; nothing is guessed.

use sha2::{Digest, Sha256};

use super::image::{ImageError, Tag};
use super::problem::Problem;
use super::repository_state::{Head, RepositoryState};
use super::version::ReleaseVersion;

/// The longest tag we make, in bytes: what a Kubernetes label value may hold.
const MAX_BYTES: usize = 63;

/// What a tag was made from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TagKind {
    /// A clean tree at a release tag.
    Release,
    /// A branch.
    Branch,
    /// A detached HEAD.
    Commit,
}

/// The tag of a build and where it comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TagDecision {
    /// The tag.
    pub tag: Tag,
    /// What it was made from.
    pub kind: TagKind,
    /// Whether the tree has changes.
    pub dirty: bool,
    /// Things worth saying: a changed branch name, a version that is behind.
    pub notes: Vec<String>,
}

/// The project's settings that matter for tags.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TagSettings {
    /// What git tags begin with, normally `v`.
    pub tag_prefix: String,
    /// The default branch, if taskflow.toml names it.
    pub default_branch: Option<String>,
    /// The version being worked on, if taskflow.toml names it.
    pub version: Option<ReleaseVersion>,
}

/// The release version of a git tag: exactly prefix + version, or the bare version.
pub fn release_of_git_tag(name: &str, prefix: &str) -> Option<ReleaseVersion> {
    name.strip_prefix(prefix).unwrap_or(name).parse().ok()
}

/// Decides the tag for a state of git.
pub fn decide(settings: &TagSettings, state: &RepositoryState) -> Result<TagDecision, Problem> {
    let dirty = !state.changes.is_empty();
    let mut notes = Vec::new();
    if !dirty
        && on_release_line(settings, state)
        && let Some(version) = state.releases_at_head.last()
    {
        return finish(&version.to_string(), TagKind::Release, false, notes);
    }
    let base = base_version(settings, state, &mut notes)?;
    let (stem, kind) = match (&state.head, &state.commit) {
        (Head::Branch(name), _) => {
            let slug = branch_slug(name, &base);
            if slug.as_bytes() != name.as_slice() {
                notes.push(format!("branch `{}` becomes `{slug}` in tags", String::from_utf8_lossy(name)));
            }
            (format!("{base}-{slug}"), TagKind::Branch)
        }
        (Head::Detached, Some(commit)) => {
            (format!("{base}-g{}", commit.id.get(..12).unwrap_or(&commit.id)), TagKind::Commit)
        }
        (Head::Detached, None) => {
            return Err(Problem::new("cannot tell what HEAD is: it names no commit and no branch"));
        }
    };
    finish(&if dirty { format!("{stem}.dirty") } else { stem }, kind, dirty, notes)
}

fn finish(text: &str, kind: TagKind, dirty: bool, notes: Vec<String>) -> Result<TagDecision, Problem> {
    let tag = text
        .parse()
        .map_err(|error: ImageError| Problem::new("cannot make a tag from git").cause(error.to_string()))?;
    Ok(TagDecision { tag, kind, dirty, notes })
}

/// Release tags count on a detached HEAD and on the default branch; a branch cut from a release has its own name.
fn on_release_line(settings: &TagSettings, state: &RepositoryState) -> bool {
    let default = settings.default_branch.as_deref().or(state.origin_default_branch.as_deref()).unwrap_or("main");
    match &state.head {
        Head::Detached => true,
        Head::Branch(name) => name.as_slice() == default.as_bytes(),
    }
}

fn base_version(
    settings: &TagSettings,
    state: &RepositoryState,
    notes: &mut Vec<String>,
) -> Result<ReleaseVersion, Problem> {
    let known_at_head = state.releases_at_head.last().copied();
    if state.shallow && known_at_head.is_none() && settings.version.is_none() {
        return Err(Problem::new("cannot tell the version: this is a shallow clone without a release tag on HEAD")
            .note("the highest release tag may lie in the history that was cut off")
            .hint("fetch the history with `git fetch --unshallow --tags`, or set `version` under `[project]` in taskflow.toml"));
    }
    match (state.highest_release.max(known_at_head), settings.version) {
        (Some(tagged), Some(declared)) => {
            if tagged > declared {
                notes.push(format!("taskflow.toml says version {declared}, the release tag {tagged} is higher and is used"));
            }
            Ok(tagged.max(declared))
        }
        (Some(version), None) | (None, Some(version)) => Ok(version),
        (None, None) => Err(Problem::new("cannot tell the version: no release tag is reachable from HEAD")
            .note(format!("a release tag is `{}MAJOR.MINOR.PATCH` in git", settings.tag_prefix))
            .hint(format!("make one with `git tag -a {}1.0.0 -m 1.0.0`, or set `version = \"1.0.0\"` under `[project]` in taskflow.toml", settings.tag_prefix))),
    }
}

/// The part of a tag that stands for a branch: readable when the name allows it, with a hash otherwise.
///
/// Different names give different slugs, and none looks like another form of tag.
pub fn branch_slug(name: &[u8], base: &ReleaseVersion) -> String {
    let room = MAX_BYTES - base.to_string().len() - "-".len() - ".dirty".len();
    if let Some(slug) = readable_slug(name)
        && slug.len() <= room
    {
        return slug;
    }
    hashed_slug(name, room)
}

/// The name with `/` written as `.`, if every part is plain and the whole looks like no other form.
fn readable_slug(name: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(name).ok()?;
    let plain = |part: &str| {
        let letters = !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        let trimmed = part.trim_matches('-') == part;
        let zero_led = part.len() > 1 && part.starts_with('0') && part.bytes().all(|byte| byte.is_ascii_digit());
        letters && trimmed && !zero_led
    };
    if !text.split('/').all(plain) || is_reserved(text) {
        return None;
    }
    Some(text.replace('/', "."))
}

/// Names that could be taken for a commit, a pull request, `latest`, a dirty tree or a hashed slug.
fn is_reserved(name: &str) -> bool {
    let hex = |text: &str| text.bytes().all(|byte| byte.is_ascii_hexdigit());
    let commit = name.strip_prefix('g').is_some_and(|rest| (7..=64).contains(&rest.len()) && hex(rest));
    let pull_request =
        name.strip_prefix("pr-").is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_digit()));
    let hashed = name.rsplit_once('-').is_some_and(|(_, last)| last.len() == 8 && hex(last));
    let dirty = name.rsplit('/').next() == Some("dirty");
    commit || pull_request || hashed || dirty || name == "latest"
}

fn hashed_slug(name: &[u8], room: usize) -> String {
    let mut stem = String::new();
    for byte in name {
        if byte.is_ascii_alphanumeric() {
            stem.push(char::from(*byte));
        } else if !stem.ends_with('-') {
            stem.push('-');
        }
    }
    let stem = stem.trim_matches('-');
    let cut = stem.get(..room.saturating_sub("-".len() + 8)).unwrap_or(stem).trim_matches('-');
    let stem = if cut.is_empty() { "b" } else { cut };
    let digest: [u8; 32] = Sha256::digest(name).into();
    let [first, second, third, fourth, ..] = digest;
    format!("{stem}-{:08x}", u32::from_be_bytes([first, second, third, fourth]))
}

#[cfg(test)]
#[path = "tagging_tests.rs"]
mod tests;
