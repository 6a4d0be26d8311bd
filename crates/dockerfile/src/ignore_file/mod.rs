//! Decides which paths a `.dockerignore` excludes from the build context, by Docker's rules, which differ from git's.
//!
//! The rules are those of moby's `patternmatcher` and of its reader of ignore files, which the docker client and
//! BuildKit share. Patterns are anchored at the context's root and case-sensitive. The last pattern that matches a path
//! or one of its parents decides, so a file below an excluded folder can be included again (contract: .dockerignore
//! Requirements). Paths are bytes, as file names are. Patterns are text, because builders convert what they read to
//! text. This module also follows one detail of the builders' walks: a pattern that changes nothing for a folder is not
//! tried on it, and so does not count as matching what is inside. (Where only that detail includes a file, BuildKit
//! through buildx 0.13 sends it empty.) This module reads no files: a walk passes paths to it.
//!
//! It is stricter than Docker in two points: it reports a malformed pattern always, not only when a walk reaches it,
//! and it refuses patterns that have a meaning only to the regular expressions inside Docker.

mod advice;
mod error;
mod index;
mod pattern;

use std::borrow::Cow;
use std::collections::BTreeSet;

pub use advice::{Advice, Habit, Nearly};
pub use error::{IgnoreError, IgnoreReason};
use index::{Index, parents};
use pattern::Pattern;

use shown::{is_invisible, replaced};

/// The name of an ignore file in a build context.
pub const FILE_NAME: &str = ".dockerignore";

/// Limit on the length of a line, in bytes, including its end: Docker's reader refuses longer ones.
const LONGEST_LINE: usize = 64 * 1024;

/// Number of patterns up to which all of them are tried on a path: looking into the index takes longer.
const FEW: usize = 24;

/// The patterns of one ignore file.
#[derive(Clone, Debug, Default)]
pub struct IgnoreFile {
    rules: Vec<Rule>,
    index: Index,
}

#[derive(Clone, Debug)]
struct Rule {
    /// The line number, from 1.
    line: usize,
    /// Whether the pattern begins with `!`.
    brings_back: bool,
    text: String,
    pattern: Pattern,
}

/// The decision of an ignore file on one path.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Decision {
    /// Whether the path is excluded from the build context.
    pub excluded: bool,
    /// The line of the pattern that decided, from 1; none if no pattern matches.
    pub by: Option<usize>,
}

/// The state of a walk inside a folder. The default is the context itself, which is never excluded.
#[derive(Clone, Debug, Default)]
pub struct Folder {
    /// The decision on the folder.
    pub decision: Decision,
    path: Vec<u8>,
    /// The numbers of the patterns that match the folder, and so everything inside.
    counting: BTreeSet<usize>,
}

impl IgnoreFile {
    /// Parses the text of an ignore file. Bytes that are not UTF-8 become replacement characters, as in the builders.
    ///
    /// # Errors
    ///
    /// The first line that is not valid; Docker stops the build at such a line.
    pub fn parse(text: &(impl AsRef<[u8]> + ?Sized)) -> Result<Self, IgnoreError> {
        let mut rules = Vec::new();
        for (line, content) in (1..).zip(text.as_ref().split_inclusive(|byte| *byte == b'\n')) {
            let failed = |reason| IgnoreError { line, reason };
            let whole = content.len() + usize::from(!content.ends_with(b"\n"));
            if whole > LONGEST_LINE {
                return Err(failed(IgnoreReason::TooLong));
            }
            let content = replaced(content);
            let content = content.strip_prefix('\u{feff}').filter(|_| line == 1).unwrap_or(&content);
            let Some(text) = cleaned_line(content) else { continue };
            let (brings_back, text) = match text.strip_prefix('!') {
                Some("") => return Err(failed(IgnoreReason::Alone)),
                Some(text) => (true, text),
                None => (false, &*text),
            };
            let pattern = Pattern::parse(text).map_err(failed)?;
            rules.push(Rule { line, brings_back, text: text.to_owned(), pattern });
        }
        let index = Index::new(rules.iter().map(|rule| (&rule.pattern, rule.brings_back)));
        Ok(Self { rules, index })
    }

    /// Returns the patterns behind `!`, without what has no meaning in them, such as `./` at the beginning.
    pub fn brought_back(&self) -> impl Iterator<Item = &str> {
        self.rules.iter().filter(|rule| rule.brings_back).map(|rule| rule.text.as_str())
    }

    /// Decides on a path of the build context. The path is relative to the context's root, with `/` between names and
    /// without `.` and `..`.
    pub fn decide(&self, path: &(impl AsRef<[u8]> + ?Sized)) -> Decision {
        let path = path.as_ref();
        let folder = parents(path).fold(Folder::default(), |folder, parent| self.enter(&folder, parent));
        self.decide_inside(&folder, path)
    }

    /// Decides on a path during a walk; `folder` is the state in its parent folder.
    pub fn decide_inside(&self, folder: &Folder, path: &(impl AsRef<[u8]> + ?Sized)) -> Decision {
        self.follow(folder, path.as_ref(), |_| ())
    }

    /// Returns the state of a walk that enters a subfolder.
    pub fn enter(&self, folder: &Folder, path: &(impl AsRef<[u8]> + ?Sized)) -> Folder {
        let path = path.as_ref();
        let mut counting = BTreeSet::new();
        let decision = self.follow(folder, path, |index| {
            counting.insert(index);
        });
        Folder { decision, path: path.to_owned(), counting }
    }

    /// Tries the patterns in their order, as far as they can match, and calls `counts` with the number of each that
    /// does.
    fn follow(&self, folder: &Folder, path: &[u8], mut counts: impl FnMut(usize)) -> Decision {
        let mut decision = Decision::default();
        // The context itself is never excluded.
        if path.is_empty() || path == b"." {
            return decision;
        }
        let mut follow = |index: usize| {
            let Some(rule) = self.rules.get(index) else { return };
            let changes = rule.brings_back == decision.excluded;
            if folder.counting.contains(&index) || changes && rule.pattern.matches(path) {
                counts(index);
                decision = Decision { excluded: !rule.brings_back, by: Some(rule.line) };
            }
        };
        if self.rules.len() <= FEW {
            counted::count(self.rules.len() + 1);
            (0..self.rules.len()).for_each(follow);
            return decision;
        }
        let mut candidates = self.index.candidates(path);
        candidates.extend(&folder.counting);
        candidates.sort_unstable();
        candidates.dedup();
        counted::count(candidates.len() + 1);
        candidates.into_iter().for_each(&mut follow);
        decision
    }

    /// Whether a walk can skip a folder: it is excluded, and no later `!` pattern can match anything inside. A
    /// `!**/name` could match below every folder, so with one no folder can be skipped.
    pub fn may_skip(&self, folder: &Folder) -> bool {
        folder.decision.excluded && self.leads_inside(folder).is_none()
    }

    /// Returns the `!` pattern because of which a walk must enter an excluded folder, with its line.
    pub fn leads_inside(&self, folder: &Folder) -> Option<(usize, String)> {
        let line = folder.decision.by.filter(|_| folder.decision.excluded)?;
        // Line numbers rise with the numbers of the rules.
        let later = self.rules.partition_point(|rule| rule.line <= line);
        let index = self.index.brings_back_inside(&folder.path, later, |index| {
            self.rules.get(index).is_some_and(|rule| rule.pattern.may_match_inside(&folder.path))
        })?;
        self.rules.get(index).map(|rule| (rule.line, format!("!{}", rule.text)))
    }

    /// Whether a walk can skip the folder at this path.
    pub fn may_skip_folder(&self, path: &(impl AsRef<[u8]> + ?Sized)) -> bool {
        let path = path.as_ref();
        self.may_skip(&parents(path).chain([path]).fold(Folder::default(), |folder, path| self.enter(&folder, path)))
    }

    /// Whether the classic builder skips a folder, and so sends less than the patterns allow: it enters an excluded
    /// folder only for a `!` pattern whose text begins with the folder's path. (Seen with client 28.2 and engine
    /// 20.10.)
    pub fn is_skipped_by_the_classic_builder(&self, folder: &Folder) -> bool {
        let leads_inside = |rule: &Rule| {
            let rest = rule.text.as_bytes().strip_prefix(folder.path.as_slice());
            rule.brings_back && rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(b"/"))
        };
        folder.decision.excluded && !self.rules.iter().any(leads_inside)
    }

    /// Whether there are no patterns.
    pub fn is_empty(&self) -> bool {
        self.rules.is_empty()
    }
}

/// Returns the pattern of a line, with its `!`; none for comments and empty lines.
///
/// Docker has two readers in a row: the first splits lines, the second trims the result of the first once more.
fn cleaned_line(content: &str) -> Option<Cow<'_, str>> {
    // Only a `#` in the first column makes a comment; an indented `#` begins a pattern.
    if content.starts_with('#') {
        return None;
    }
    let text = content.trim();
    let (mark, path) = text.strip_prefix('!').map_or(("", text), |path| ("!", path.trim()));
    if is_clean(path) && mark.len() + path.len() == text.len() {
        return Some(Cow::Borrowed(text));
    }
    let path = if path.is_empty() { String::new() } else { cleaned_path(path) };
    let relative = path.strip_prefix('/').filter(|rest| !rest.is_empty()).unwrap_or(&path);
    let text = format!("{mark}{relative}");
    let text = text.trim();
    (!text.is_empty()).then(|| Cow::Owned(cleaned_path(text)))
}

/// Whether a path is relative, and the shortest of all equivalent ones. Most are.
fn is_clean(path: &str) -> bool {
    path.split('/').all(|name| !matches!(name, "" | "." | ".."))
}

/// Returns the shortest equivalent path, as Go's `filepath.Clean` does.
fn cleaned_path(path: &str) -> String {
    let rooted = path.starts_with('/');
    let mut names: Vec<&str> = Vec::new();
    for name in path.split('/').filter(|name| !name.is_empty() && *name != ".") {
        match (name, names.last()) {
            ("..", Some(last)) if *last != ".." => drop(names.pop()),
            ("..", None) if rooted => {}
            _ => names.push(name),
        }
    }
    match (rooted, names.join("/")) {
        (true, names) => format!("/{names}"),
        (false, names) if names.is_empty() => ".".to_owned(),
        (false, names) => names,
    }
}

/// Returns a pattern that excludes this path of the build context and everything in it.
///
/// Characters that a pattern cannot express are written as `?`: wildcards, blanks at the ends, control characters, and
/// bytes that are not UTF-8.
pub fn pattern_of(path: &(impl AsRef<[u8]> + ?Sized)) -> String {
    let path = replaced(path.as_ref());
    let last = path.chars().count().saturating_sub(1);
    let letter = |(at, letter): (usize, char)| {
        let is_special = "*?[]\\^\u{fffd}".contains(letter) || letter.is_control() || is_invisible(letter);
        let is_lost = (at == 0 || at == last) && letter.is_whitespace() || at == 0 && "!#".contains(letter);
        if is_special || is_lost { '?' } else { letter }
    };
    path.chars().enumerate().map(letter).collect()
}

/// The ignore file that a build uses, and the one that it therefore ignores.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AppliedIgnoreFile {
    /// The path of the ignore file, in the same form as the paths passed to [`applied`].
    pub path: String,
    /// The path of the context's own ignore file, if it exists and is not used.
    pub hidden: Option<String>,
}

/// Returns which ignore file a build uses.
///
/// For the Dockerfile `NAME`, BuildKit uses `NAME.dockerignore` beside it instead of the context's `.dockerignore`; it
/// does not merge the two. The classic builder knows only `.dockerignore`.
pub fn applied(
    dockerfile: &str,
    context: &str,
    is_buildkit: bool,
    exists: &dyn Fn(&str) -> bool,
) -> Option<AppliedIgnoreFile> {
    let of_dockerfile = format!("{dockerfile}{FILE_NAME}");
    let of_context = match context.trim_end_matches('/') {
        "" if context.is_empty() => FILE_NAME.to_owned(),
        folder => format!("{folder}/{FILE_NAME}"),
    };
    let in_context = exists(&of_context).then_some(of_context);
    if is_buildkit && exists(&of_dockerfile) {
        return Some(AppliedIgnoreFile { path: of_dockerfile, hidden: in_context });
    }
    Some(AppliedIgnoreFile { path: in_context?, hidden: None })
}

#[cfg(test)]
mod property_tests;
#[cfg(test)]
mod tests;
