//! The version at the start of a tag: the higher one of the highest reachable release and the declared version.
//!
//! Release tags may be missing: cut off in a shallow clone, not fetched, or outside the history of HEAD. The version is
//! never guessed then; a note or the error names the command that fetches the tags.

use process::shell_quoted;

use super::settings::TagSettings;
use crate::domain::problem::Problem;
use crate::domain::repository_state::{ReleaseTag, Remote, RepositoryState};
use crate::domain::version::ReleaseVersion;
use shown::printable;

/// Returns the base version, with its source as a sentence fragment.
///
/// # Errors
///
/// There is no version, or two release tags of the version contradict each other.
pub(super) fn base_version(
    settings: &TagSettings,
    state: &RepositoryState,
    on_default_branch: bool,
    notes: &mut Vec<String>,
) -> Result<(ReleaseVersion, String), Problem> {
    let at_head = state.release_at_head().map(|release| release.version);
    let cut_off = state.shallow && at_head.is_none();
    if cut_off && settings.version.is_none() {
        return Err(shallow(state));
    }
    let tagged = state.highest_release.max(at_head);
    if let Some(tagged) = tagged {
        conflict(&state.releases, tagged)?;
    }
    let Some(base) = tagged.max(settings.version) else { return Err(no_version(&settings.tag_prefix, state)) };
    if cut_off {
        notes.push(shallow_note(state));
    } else if at_head.is_none() {
        notes.extend(tagless_remote(state).map(tagless_note));
        notes.extend(
            state.highest_known_release().filter(|_| on_default_branch).and_then(|release| beside(release, base)),
        );
    }
    match (tagged, settings.version) {
        (_, Some(declared)) if declared == base => Ok((declared, format!("version {declared} from taskflow.toml"))),
        (_, declared) => {
            notes.extend(declared.map(|declared| {
                format!("taskflow.toml says version {declared}, the release tag {base} is higher and is used")
            }));
            Ok((base, from_tag(state, base)))
        }
    }
}

fn from_tag(state: &RepositoryState, version: ReleaseVersion) -> String {
    let name = state.releases.iter().find(|release| release.version == version).map(|release| release.name.as_str());
    format!("version {version} from release tag `{}`", name.unwrap_or_default())
}

/// Refuses `v1.0.0` and `1.0.0` on different commits: they contradict each other.
///
/// # Errors
///
/// The problem of two release tags for this version.
pub fn conflict(releases: &[ReleaseTag], version: ReleaseVersion) -> Result<(), Problem> {
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

/// Returns the remote of the release tags if git is configured not to fetch its tags.
fn tagless_remote(state: &RepositoryState) -> Option<&Remote> {
    state.release_remote().filter(|remote| !remote.tags)
}

fn shallow(state: &RepositoryState) -> Problem {
    let set = "set `version` under `[project]` in taskflow.toml";
    let hint = fetch_history(state)
        .map_or_else(|| set.to_owned(), |fetch| format!("fetch the history with {fetch}, or {set}"));
    Problem::new("cannot determine the version: this is a shallow clone without a release tag on HEAD")
        .note("the highest release tag may lie in the history that was cut off")
        .hint(hint)
}

/// Returns the note on a shallow clone.
pub fn shallow_note(state: &RepositoryState) -> String {
    let fetch = fetch_history(state).map(|fetch| format!("; fetch it with {fetch}")).unwrap_or_default();
    format!("this is a shallow clone: release tags in the history that was cut off are not seen{fetch}")
}

/// Returns the problem of a shallow clone without a release in its history, in which a release is looked for.
pub fn cut_off(state: &RepositoryState) -> Problem {
    let problem =
        Problem::new("cannot find the last release: this is a shallow clone without a release in its history");
    let problem = problem.note("the last release tag may lie in the history that was cut off");
    match fetch_history(state) {
        Some(fetch) => problem.hint(format!("fetch the history with {fetch}")),
        None => problem,
    }
}

/// Returns the command that completes a shallow clone; none without a remote.
fn fetch_history(state: &RepositoryState) -> Option<String> {
    Some(format!("`git fetch --unshallow --tags {}`", word(state.release_remote()?)))
}

fn tagless_note(remote: &Remote) -> String {
    let (name, word) = (printable(&remote.name), word(remote));
    format!(
        "git is set not to fetch tags from `{name}`: higher release tags may be missing; get them with \
         `git config --unset-all {} && git fetch --tags {word}`",
        tag_option(remote)
    )
}

/// Returns a note on a release outside of the history of HEAD that is higher than the version in use.
fn beside(release: &ReleaseTag, base: ReleaseVersion) -> Option<String> {
    let ReleaseTag { version, name, .. } = release;
    (*version > base).then(|| {
        format!(
            "release tag `{name}` is higher than {base}, but is not in the history of HEAD: merge it with \
             `git merge {}`, or set `version = \"{version}\"` under `[project]` in taskflow.toml",
            shell_quoted(name)
        )
    })
}

fn no_version(prefix: &str, state: &RepositoryState) -> Problem {
    let mut problem = Problem::new("cannot determine the version: no release tag is reachable from HEAD");
    let known = state.highest_known_release();
    if let Some(release) = known {
        problem =
            problem.note(format!("the highest release tag is `{}`, which is not in the history of HEAD", release.name));
    }
    if let Some(remote) = tagless_remote(state) {
        let name = printable(&remote.name);
        return problem
            .note(format!("git is set not to fetch tags from `{name}`: {} is `--no-tags`", tag_option(remote)))
            .hint(format!(
                "fetch the tags with `git fetch --tags {}`, or set `version` under `[project]` in taskflow.toml",
                word(remote)
            ));
    }
    if let Some(release) = known {
        let version = release.version;
        return problem.hint(format!("set `version = \"{version}\"` under `[project]` in taskflow.toml"));
    }
    let tag = shell_quoted(&format!("{prefix}1.0.0"));
    problem.note(format!("a release tag is `{prefix}MAJOR.MINOR.PATCH` in git")).hint(format!(
        "make one with `git tag -a {tag} -m 1.0.0`, or set `version = \"1.0.0\"` under `[project]` in taskflow.toml"
    ))
}

/// Returns the key of git's configuration for fetching the tags of a remote.
fn tag_option(remote: &Remote) -> String {
    shell_quoted(&format!("remote.{}.tagOpt", printable(&remote.name)))
}

/// Returns the name of a remote as a word of a command line.
fn word(remote: &Remote) -> String {
    shell_quoted(&printable(&remote.name))
}
