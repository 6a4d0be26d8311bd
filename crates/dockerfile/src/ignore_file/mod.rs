//! What a `.dockerignore` keeps out of the build context, with the rules of Docker and not those of git.
//!
//! The rules are those of moby's `patternmatcher` and of its reader of ignore files, which the docker client and
//! BuildKit share: patterns are anchored at the context's root, letter case counts, and the last pattern that matches a
//! path or one of its parents decides, so that a file below an excluded folder can come back (contract: .dockerignore
//! Requirements). Paths are bytes, as names of files are; patterns are text, as builders make text of what they read.
//! One habit of the builders' walks is followed, too: a pattern that changes nothing for a folder is not
//! tried on it, and so does not count as matching what is inside. (Where only that habit lets a file in, BuildKit
//! through buildx 0.13 sends it empty.) Knows no file: a walk hands in paths.
//!
//! Stricter than Docker in two things: a malformed pattern is always found, not only when a walk comes to try it, and
//! what would mean something only to the regular expressions inside Docker is refused.

mod advice;
mod error;
mod index;
mod pattern;

use std::collections::BTreeSet;

pub use advice::{Advice, Habit, Nearly};
pub use error::{IgnoreError, IgnoreReason};
use index::{Index, parents};
use pattern::Pattern;

use shown::{is_unseen, replaced};

/// The name of the file in a build context.
pub const FILE_NAME: &str = ".dockerignore";

/// Bytes that a line may have, its end included; whoever reads it for a build stops at longer ones.
const LONGEST_LINE: usize = 64 * 1024;

/// The patterns of one ignore file.
#[derive(Clone, Debug, Default)]
pub struct IgnoreFile {
    rules: Vec<Rule>,
    index: Index,
}

#[derive(Clone, Debug)]
struct Rule {
    /// From 1.
    line: usize,
    /// Whether it begins with `!`.
    brings_back: bool,
    text: String,
    pattern: Pattern,
}

/// What an ignore file says of one path.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Decision {
    /// Whether the path stays out of the build context.
    pub excluded: bool,
    /// The line of the pattern that decided, from 1; none when no pattern counts.
    pub by: Option<usize>,
}

/// What a walk knows of a folder when it is inside; the default is the context itself, which is never excluded.
#[derive(Clone, Debug, Default)]
pub struct Folder {
    /// What was decided on it.
    pub decision: Decision,
    path: Vec<u8>,
    /// The patterns that count for all that is inside, by their number.
    counting: BTreeSet<usize>,
}

impl IgnoreFile {
    /// Reads the text of an ignore file. Bytes that are not UTF-8 become replacement characters, as on their way to the
    /// builder.
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
                None => (false, text.as_str()),
            };
            let pattern = Pattern::parse(text).map_err(failed)?;
            rules.push(Rule { line, brings_back, text: text.to_owned(), pattern });
        }
        let index = Index::new(rules.iter().map(|rule| (&rule.pattern, rule.brings_back)));
        Ok(Self { rules, index })
    }

    /// Decides on a path of the build context: relative to its root, `/` between names, no `.` or `..`.
    pub fn decide(&self, path: &(impl AsRef<[u8]> + ?Sized)) -> Decision {
        let path = path.as_ref();
        let folder = parents(path).fold(Folder::default(), |folder, parent| self.enter(&folder, parent));
        self.decide_inside(&folder, path)
    }

    /// Decides on a path for a walk that is in the folder around it.
    pub fn decide_inside(&self, folder: &Folder, path: &(impl AsRef<[u8]> + ?Sized)) -> Decision {
        self.follow(folder, path.as_ref(), |_| ())
    }

    /// Takes a walk from a folder into one that is in it.
    pub fn enter(&self, folder: &Folder, path: &(impl AsRef<[u8]> + ?Sized)) -> Folder {
        let path = path.as_ref();
        let mut counting = BTreeSet::new();
        let decision = self.follow(folder, path, |index| {
            counting.insert(index);
        });
        Folder { decision, path: path.to_owned(), counting }
    }

    /// Goes through the patterns in their order, as far as they can matter, and tells which ones count.
    fn follow(&self, folder: &Folder, path: &[u8], mut counts: impl FnMut(usize)) -> Decision {
        let mut decision = Decision::default();
        // The context itself is never excluded.
        if path.is_empty() || path == b"." {
            return decision;
        }
        let mut candidates = self.index.candidates(path);
        candidates.extend(&folder.counting);
        candidates.sort_unstable();
        candidates.dedup();
        counted::count(candidates.len() + 1);
        for index in candidates {
            let Some(rule) = self.rules.get(index) else { continue };
            let changes = rule.brings_back == decision.excluded;
            if folder.counting.contains(&index) || changes && rule.pattern.matches(path) {
                counts(index);
                decision = Decision { excluded: !rule.brings_back, by: Some(rule.line) };
            }
        }
        decision
    }

    /// Whether a walk need not look into a folder: it is excluded, and no later `!` can bring back anything inside. A
    /// `!**/name` could match below every folder, so it keeps all of them from being skipped.
    pub fn may_skip(&self, folder: &Folder) -> bool {
        folder.decision.excluded && self.leads_inside(folder).is_none()
    }

    /// The `!` pattern for which a walk looks into an excluded folder, with its line.
    pub fn leads_inside(&self, folder: &Folder) -> Option<(usize, String)> {
        let line = folder.decision.by.filter(|_| folder.decision.excluded)?;
        // Lines rise with the numbers of the rules.
        let later = self.rules.partition_point(|rule| rule.line <= line);
        let index = self.index.brings_back_inside(&folder.path, later, |index| {
            self.rules.get(index).is_some_and(|rule| rule.pattern.may_match_inside(&folder.path))
        })?;
        self.rules.get(index).map(|rule| (rule.line, format!("!{}", rule.text)))
    }

    /// Whether a walk need not look into the folder of this path.
    pub fn may_skip_folder(&self, path: &(impl AsRef<[u8]> + ?Sized)) -> bool {
        let path = path.as_ref();
        self.may_skip(&parents(path).chain([path]).fold(Folder::default(), |folder, path| self.enter(&folder, path)))
    }

    /// Whether the classic builder skips a folder, and so sends less than the patterns say: it enters an excluded one
    /// only for a `!` pattern whose text begins with the folder's path. (Seen with client 28.2 and engine 20.10.)
    pub fn is_skipped_by_the_classic_builder(&self, folder: &Folder) -> bool {
        let leads_inside = |rule: &Rule| {
            let rest = rule.text.as_bytes().strip_prefix(folder.path.as_slice());
            rule.brings_back && rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(b"/"))
        };
        folder.decision.excluded && !self.rules.iter().any(leads_inside)
    }

    /// Whether there is no pattern at all.
    pub fn is_empty(&self) -> bool {
        self.rules.is_empty()
    }
}

/// The pattern of a line, with its `!`; none for comments and empty lines.
///
/// Two readers in a row: the first takes lines apart, the second cleans once more what the first made of them.
fn cleaned_line(content: &str) -> Option<String> {
    // Only the very first character makes a comment; an indented `#` begins a pattern.
    if content.starts_with('#') {
        return None;
    }
    let text = content.trim();
    let (mark, path) = text.strip_prefix('!').map_or(("", text), |path| ("!", path.trim()));
    let path = if path.is_empty() { String::new() } else { cleaned_path(path) };
    let relative = path.strip_prefix('/').filter(|rest| !rest.is_empty()).unwrap_or(&path);
    let text = format!("{mark}{relative}");
    let text = text.trim();
    (!text.is_empty()).then(|| cleaned_path(text))
}

/// The shortest path that means the same, as Go's `filepath.Clean` writes it.
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

/// A pattern that excludes this path of the build context, and all that is in it.
///
/// What a pattern cannot say as it is, a `?` stands for: wildcards, blanks at the ends, control characters, and what is
/// not UTF-8.
pub fn pattern_of(path: &(impl AsRef<[u8]> + ?Sized)) -> String {
    let path = replaced(path.as_ref());
    let last = path.chars().count().saturating_sub(1);
    let letter = |(at, letter): (usize, char)| {
        let is_special = "*?[]\\^\u{fffd}".contains(letter) || letter.is_control() || is_unseen(letter);
        let is_lost = (at == 0 || at == last) && letter.is_whitespace() || at == 0 && "!#".contains(letter);
        if is_special || is_lost { '?' } else { letter }
    };
    path.chars().enumerate().map(letter).collect()
}

/// The ignore file that a build obeys, and the one that it therefore does not look at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AppliedIgnoreFile {
    /// Its path, in the form of the paths that were asked for.
    pub path: String,
    /// The context's own ignore file, if it exists and is not used.
    pub hidden: Option<String>,
}

/// Which ignore file a build obeys.
///
/// BuildKit takes `NAME.dockerignore` beside the Dockerfile `NAME` instead of the context's `.dockerignore`; nothing is
/// merged. The classic builder knows only the latter.
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
