//! The preflight of a release: everything that must hold before anything is changed, each as one line with the command
//! that repairs it.

use process::shell_quoted;
use shown::printable;

use super::git_words::reason;
use super::settings::{RELEASE_BRANCHES, ReleaseSettings};
use crate::domain::image::short_id;
use crate::domain::repository_state::{Head, Operation, RepositoryState};
use crate::domain::text::{count, ticked_all, ticked_list};
use crate::domain::version::ReleaseVersion;

/// What people run to see why git cannot sign.
pub const SIGNING_TRIAL: &str = "`git commit-tree -S -m trial HEAD^{tree}`; check `user.signingKey` and `gpg.format`";

/// The state of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LineState {
    /// The condition holds.
    Ok,
    /// The condition holds, and there is something to know.
    Warning,
    /// The condition does not hold, so there is no release.
    Refused,
    /// The condition was not asked for.
    Skipped,
}

impl LineState {
    /// Returns the name, for documents and messages.
    pub fn name(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warning => "warning",
            Self::Refused => "refused",
            Self::Skipped => "skipped",
        }
    }
}

/// A condition and whether it holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The name of the condition, such as `git.tree`.
    pub name: &'static str,
    /// Whether it holds.
    pub state: LineState,
    /// What was found.
    pub text: String,
    /// The commands and edits that repair it.
    pub repairs: Vec<String>,
}

impl Line {
    /// Makes the line of a condition that holds.
    pub fn ok(name: &'static str, text: impl Into<String>) -> Self {
        Self { name, state: LineState::Ok, text: text.into(), repairs: Vec::new() }
    }

    /// Makes the line of a condition that holds, with something to know.
    pub fn warning(name: &'static str, text: impl Into<String>) -> Self {
        Self { name, state: LineState::Warning, text: text.into(), repairs: Vec::new() }
    }

    /// Makes the line of a condition that does not hold.
    pub fn refused(name: &'static str, text: impl Into<String>, repair: impl Into<String>) -> Self {
        Self { name, state: LineState::Refused, text: text.into(), repairs: vec![repair.into()] }
    }

    /// Makes the line of a condition that was not asked for.
    pub fn skipped(name: &'static str, text: impl Into<String>) -> Self {
        Self { name, state: LineState::Skipped, text: text.into(), repairs: Vec::new() }
    }
}

/// Whether a release may go on.
pub fn passes(lines: &[Line]) -> bool {
    lines.iter().all(|line| line.state != LineState::Refused)
}

/// What is known about git on this machine.
#[derive(Clone, Debug)]
pub struct GitFacts<'a> {
    /// The state of the repository.
    pub state: &'a RepositoryState,
    /// The version to release.
    pub version: ReleaseVersion,
    /// The name of the tag to make.
    pub tag: &'a str,
    /// The settings of releases.
    pub settings: &'a ReleaseSettings,
    /// The default branch.
    pub default_branch: &'a str,
    /// The words of git if it does not know who commits.
    pub identity: Option<String>,
    /// Whether the user's signature works.
    pub signature: Trial,
}

/// The result of a trial that changes nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trial {
    /// It was not asked for.
    NotAsked,
    /// It was left out; holds the reason.
    LeftOut(&'static str),
    /// It works.
    Works,
    /// It fails; holds the words of the program.
    Fails(String),
}

/// What is known about the remote.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RemoteFacts {
    /// There is no remote.
    None,
    /// The remote gives no answer; holds its name and the words of git.
    Silent(String, String),
    /// The remote answers.
    Answers {
        /// The name of the remote.
        name: String,
        /// The names of its tags of this version.
        tags: Vec<String>,
        /// Whether its branch has commits that are missing here.
        is_ahead: bool,
    },
}

/// Returns the lines about git on this machine.
pub fn git_lines(facts: &GitFacts<'_>) -> Vec<Line> {
    vec![
        tree(facts.state),
        history(facts.state),
        branch(facts),
        submodules(facts.state),
        tag(facts),
        identity(facts),
        signature(facts),
    ]
}

fn tree(state: &RepositoryState) -> Line {
    const NAME: &str = "git.tree";
    let operation = state.changes.first().and_then(|first| Operation::of_name(first));
    let changes: Vec<&String> = state.changes.iter().collect();
    match (operation, changes.len()) {
        (Some(operation), _) => {
            let command = operation.command();
            let finish = format!("finish it with `git {command} --continue`, or end it with `git {command} --abort`");
            let finish =
                if operation == Operation::Bisect { "end it with `git bisect reset`".to_owned() } else { finish };
            Line::refused(NAME, format!("there is {}", operation.name()), finish)
        }
        (None, 0) => Line::ok(NAME, "the working tree is clean"),
        (None, many) => Line::refused(
            NAME,
            format!("the working tree has {}: {}", count(many, "change"), ticked_all(&changes)),
            "commit them, or put them aside with `git stash --include-untracked`",
        ),
    }
}

fn history(state: &RepositoryState) -> Line {
    const NAME: &str = "git.history";
    if !state.shallow {
        return Line::ok(NAME, "the history is complete");
    }
    let remote = state.release_remote().map_or("origin".to_owned(), |remote| shell_quoted(&printable(&remote.name)));
    Line::refused(
        NAME,
        "this is a shallow clone: releases may be in the history that was cut off",
        format!("fetch it with `git fetch --unshallow --tags {remote}`"),
    )
}

fn branch(facts: &GitFacts<'_>) -> Line {
    const NAME: &str = "git.branch";
    let allowed = match facts.settings.branches.as_slice() {
        [] => vec![facts.default_branch, RELEASE_BRANCHES],
        set => set.iter().map(String::as_str).collect(),
    };
    let switch = || match allowed.iter().find(|pattern| !pattern.contains(['*', '?'])) {
        Some(name) => format!("switch to one with `git switch {}`", shell_quoted(*name)),
        None => "switch to one with `git switch BRANCH`".to_owned(),
    };
    let name = match &facts.state.head {
        Head::Detached => return Line::refused(NAME, "HEAD is detached: a release moves a branch", switch()),
        Head::Branch(name) => name,
    };
    let shown = printable(name);
    let Ok(text) = std::str::from_utf8(name) else {
        return Line::refused(NAME, format!("the name of branch `{shown}` is not in UTF-8"), switch());
    };
    if facts.state.commit.is_none() {
        return Line::refused(
            NAME,
            format!("branch `{shown}` has no commit"),
            "make a first commit with `git add --all && git commit --message first`",
        );
    }
    if facts.settings.releases_from(text, facts.default_branch) {
        return Line::ok(NAME, format!("branch `{shown}`"));
    }
    let text = format!("releases are made from {}, and this is branch `{shown}`", ticked_list(&allowed));
    Line::refused(NAME, text, format!("{}, or add it to `branches` under `[release]` in taskflow.toml", switch()))
}

fn submodules(state: &RepositoryState) -> Line {
    const NAME: &str = "git.submodules";
    if state.missing_submodules.is_empty() {
        return Line::ok(NAME, "no submodule is missing");
    }
    let text = format!("not checked out: {}", ticked_all(&state.missing_submodules));
    Line::refused(NAME, text, "check them out with `git submodule update --init --recursive`")
}

fn tag(facts: &GitFacts<'_>) -> Line {
    const NAME: &str = "git.tag";
    let version = facts.version;
    let taken = facts.state.releases.iter().find(|release| release.version == version);
    let Some(taken) = taken else { return Line::ok(NAME, format!("tag `{}` does not exist yet", facts.tag)) };
    let commit = taken.commit.get(..12).unwrap_or(&taken.commit);
    let text = format!("tag `{}` already exists, at commit {commit}", taken.name);
    let repair =
        format!("release another version; if the tag was never pushed, delete it with `git tag -d {}`", taken.name);
    Line::refused(NAME, text, repair)
}

fn identity(facts: &GitFacts<'_>) -> Line {
    const NAME: &str = "git.identity";
    match &facts.identity {
        None => Line::ok(NAME, "git has a name and an email address for commits"),
        Some(words) => Line::refused(
            NAME,
            format!("git has no name or email address for commits: {}", reason(words)),
            "set them with `git config user.name NAME` and `git config user.email ADDRESS`",
        ),
    }
}

fn signature(facts: &GitFacts<'_>) -> Line {
    const NAME: &str = "git.signature";
    match &facts.signature {
        Trial::NotAsked => Line::skipped(NAME, "`commit.gpgSign` and `tag.gpgSign` are off"),
        Trial::LeftOut(why) => Line::skipped(NAME, format!("no trial signature: {why}")),
        Trial::Works => Line::ok(NAME, "a trial signature works"),
        Trial::Fails(words) => {
            Line::refused(NAME, format!("git cannot sign: {}", reason(words)), format!("see why with {SIGNING_TRIAL}"))
        }
    }
}

/// Returns the lines about the remote. `push` is the result of a trial push; if none is asked for, a silent remote is
/// only a warning.
pub fn remote_lines(facts: &RemoteFacts, push: &Trial, branch: &str) -> Vec<Line> {
    let remote = match facts {
        RemoteFacts::Silent(name, _) | RemoteFacts::Answers { name, .. } => name,
        RemoteFacts::None => "origin",
    };
    vec![remote_line(facts, push, branch), trial_push(push, remote, branch)]
}

fn remote_line(facts: &RemoteFacts, push: &Trial, branch: &str) -> Line {
    const NAME: &str = "git.remote";
    let asked = *push != Trial::NotAsked;
    match facts {
        RemoteFacts::None if asked => Line::refused(
            NAME,
            "there is no remote to push to",
            "add one with `git remote add origin URL`, or release without `--push`",
        ),
        RemoteFacts::None => Line::skipped(NAME, "there is no remote"),
        RemoteFacts::Silent(name, words) if asked => Line::refused(
            NAME,
            format!("remote `{name}` gives no answer: {}", reason(words)),
            format!("see why with `git ls-remote {}`", shell_quoted(name)),
        ),
        RemoteFacts::Silent(name, words) => Line::warning(
            NAME,
            format!("remote `{name}` gives no answer, so its tags are not known: {}", reason(words)),
        ),
        RemoteFacts::Answers { name, tags, .. } if !tags.is_empty() => Line::refused(
            NAME,
            format!("remote `{name}` already has tag {}", ticked_list(tags)),
            format!("get it with `git fetch --tags {}`, and release another version", shell_quoted(name)),
        ),
        RemoteFacts::Answers { name, is_ahead: true, .. } => Line::refused(
            NAME,
            format!("branch `{branch}` of remote `{name}` has commits that are missing here"),
            format!("get them with `git pull {} {}`", shell_quoted(name), shell_quoted(branch)),
        ),
        RemoteFacts::Answers { name, .. } => {
            Line::ok(NAME, format!("remote `{name}` has no newer commit and no such tag"))
        }
    }
}

fn trial_push(push: &Trial, remote: &str, branch: &str) -> Line {
    const NAME: &str = "git.push";
    match push {
        Trial::NotAsked => Line::skipped(NAME, "branch and tag are not pushed without `--push`"),
        Trial::LeftOut(why) => Line::skipped(NAME, format!("no trial push: {why}")),
        Trial::Works => Line::ok(NAME, "a trial push works"),
        Trial::Fails(words) => Line::refused(
            NAME,
            format!("a trial push fails: {}", reason(words)),
            format!(
                "see what the hook or the remote says with `git push --dry-run {} {}`",
                shell_quoted(remote),
                shell_quoted(branch)
            ),
        ),
    }
}

/// An image name of the release that the engine has already.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TakenName {
    /// The reference.
    pub reference: String,
    /// The ID of the image.
    pub id: String,
}

/// Returns the line about images that have a name of the release already.
pub fn names_line(taken: &[TakenName]) -> Line {
    const NAME: &str = "engine.names";
    if taken.is_empty() {
        return Line::ok(NAME, "no image has a tag of this release yet");
    }
    let names: Vec<String> =
        taken.iter().map(|taken| format!("{} ({})", taken.reference, short_id(&taken.id))).collect();
    let text = format!("{} already exists; the release moves the tag, and moves it back if it fails", names.join(", "));
    Line::warning(NAME, text)
}

/// A base image of a component's Dockerfile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BaseFact {
    /// The reference.
    pub name: String,
    /// Whether the engine has it.
    pub present: bool,
    /// Whether it is a stand-in from packages.
    pub stand_in: bool,
}

/// Returns the line about base images.
pub fn bases_line(bases: &[BaseFact], allow_stand_in: bool) -> Line {
    const NAME: &str = "engine.base-images";
    let named = |fits: &dyn Fn(&&BaseFact) -> bool| -> Vec<&str> {
        let mut names: Vec<&str> = bases.iter().filter(fits).map(|base| base.name.as_str()).collect();
        names.sort_unstable();
        names.dedup();
        names
    };
    let (stand_ins, missing) = (named(&|base| base.stand_in), named(&|base| !base.present));
    match (stand_ins.as_slice(), missing.as_slice()) {
        ([], []) => Line::ok(NAME, "the engine has all base images"),
        ([], missing) => Line::warning(
            NAME,
            format!("the engine does not have {}; the build pulls what is missing", ticked_list(missing)),
        ),
        (stand_ins, _) if allow_stand_in => Line::warning(
            NAME,
            format!("stand-ins of base images, allowed by `--allow-stand-in`: {}", ticked_list(stand_ins)),
        ),
        (stand_ins, _) => Line::refused(
            NAME,
            format!("images on stand-ins of base images are not released: {}", ticked_list(stand_ins)),
            format!("pull the real ones with {}, or allow them with `--allow-stand-in`", pulls(stand_ins)),
        ),
    }
}

fn pulls(names: &[&str]) -> String {
    let calls: Vec<String> = names.iter().map(|name| format!("`docker pull {}`", shell_quoted(*name))).collect();
    calls.join(" and ")
}
