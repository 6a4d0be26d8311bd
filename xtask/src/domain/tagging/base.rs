//! The version that a tag begins with: the higher of the highest reachable release and the declared one.

use super::TagSettings;
use crate::domain::problem::Problem;
use crate::domain::repository_state::{ReleaseTag, RepositoryState};
use crate::domain::version::ReleaseVersion;

/// The base and where it comes from, as a sentence fragment.
pub(super) fn base_version(
    settings: &TagSettings,
    state: &RepositoryState,
    notes: &mut Vec<String>,
) -> Result<(ReleaseVersion, String), Problem> {
    let at_head = state.release_at_head().map(|release| release.version);
    if state.shallow && at_head.is_none() {
        if settings.version.is_none() {
            return Err(shallow());
        }
        notes.push("this is a shallow clone: release tags in the history that was cut off are not seen".to_owned());
    }
    let tagged = state.highest_release.max(at_head);
    if let Some(tagged) = tagged {
        conflict(&state.releases, tagged)?;
    }
    match (tagged, settings.version) {
        (Some(tagged), Some(declared)) if tagged > declared => {
            notes
                .push(format!("taskflow.toml says version {declared}, the release tag {tagged} is higher and is used"));
            Ok((tagged, from_tag(state, tagged)))
        }
        (_, Some(declared)) => Ok((declared, format!("version {declared} from taskflow.toml"))),
        (Some(tagged), None) => Ok((tagged, from_tag(state, tagged))),
        (None, None) => Err(no_version(&settings.tag_prefix)),
    }
}

fn from_tag(state: &RepositoryState, version: ReleaseVersion) -> String {
    let name = state.releases.iter().find(|release| release.version == version).map(|release| release.name.as_str());
    format!("version {version} from release tag `{}`", name.unwrap_or_default())
}

/// `v1.0.0` and `1.0.0` on different commits: nobody can say which one is meant.
pub(super) fn conflict(releases: &[ReleaseTag], version: ReleaseVersion) -> Result<(), Problem> {
    let mut same = releases.iter().filter(|release| release.version == version);
    let Some(first) = same.next() else { return Ok(()) };
    let Some(other) = same.find(|release| release.commit != first.commit) else { return Ok(()) };
    let mut names = [first.name.as_str(), other.name.as_str()];
    names.sort_unstable();
    let [one, two] = names;
    Err(Problem::new(format!("the release tags `{one}` and `{two}` name different commits"))
        .note("both mean the same version")
        .hint(format!("delete the wrong one with `git tag -d {one}` or `git tag -d {two}`")))
}

fn shallow() -> Problem {
    Problem::new("cannot tell the version: this is a shallow clone without a release tag on HEAD")
        .note("the highest release tag may lie in the history that was cut off")
        .hint("fetch the history with `git fetch --unshallow --tags`, or set `version` under `[project]` in taskflow.toml")
}

fn no_version(prefix: &str) -> Problem {
    Problem::new("cannot tell the version: no release tag is reachable from HEAD")
        .note(format!("a release tag is `{prefix}MAJOR.MINOR.PATCH` in git"))
        .hint(format!("make one with `git tag -a {prefix}1.0.0 -m 1.0.0`, or set `version = \"1.0.0\"` under `[project]` in taskflow.toml"))
}
