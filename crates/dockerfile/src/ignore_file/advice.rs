//! How to exclude a file from a build context, and why the existing ignore files do not exclude it.

use super::index::parents;
use super::pattern::Pattern;
use super::{IgnoreFile, cleaned_line, pattern_of};

/// Advice about a file in a build context that no pattern excludes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Advice {
    /// The path of the ignore file that the build uses, or would use if it existed.
    pub file: String,
    /// A pattern that excludes the file, relative to the context.
    pub pattern: String,
    /// A line that looks as if it excluded the file, and does not; none if there is no such line.
    pub nearly: Option<Nearly>,
    /// The path of the context's own ignore file, if the build uses another one in its place.
    pub hidden: Option<String>,
    /// Paths of ignore files in subfolders of the context, which no builder reads.
    pub unread: Vec<String>,
}

/// A line of an ignore file that would exclude a path if Docker followed the rules of git.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Nearly {
    /// The line number, from 1.
    pub line: usize,
    /// The pattern on that line.
    pub text: String,
    /// The difference between git's rules and Docker's.
    pub habit: Habit,
}

/// A form that is valid in `.gitignore` and means something else in `.dockerignore`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Habit {
    /// A comment behind the pattern, which Docker takes as a part of the pattern. Holds the pattern without it.
    Comment(String),
    /// A name without a folder, which Docker matches only in the context's own folder.
    AnyFolder,
    /// A path from the root of the repository instead of the context.
    FromRoot,
}

/// Limit on the number of lines that are tried: files written by hand are shorter.
const TRIED: usize = 1000;

impl Advice {
    /// Makes the advice for a path, relative to the context, that `ignore` does not exclude. `context` is the path of
    /// the context, and `file` that of the ignore file.
    pub fn new(ignore: &IgnoreFile, file: &str, context: &str, path: &[u8]) -> Self {
        Self {
            file: file.to_owned(),
            pattern: pattern_of(path),
            nearly: ignore.nearly(context, path),
            hidden: None,
            unread: Vec::new(),
        }
    }
}

impl Advice {
    /// Applies a function to every name and pattern, for example to escape them for a terminal.
    #[must_use]
    pub fn map_texts(self, change: &dyn Fn(&str) -> String) -> Self {
        let habit = |habit| match habit {
            Habit::Comment(plain) => Habit::Comment(change(&plain)),
            other => other,
        };
        let nearly = |Nearly { line, text, habit: kind }| Nearly { line, text: change(&text), habit: habit(kind) };
        Self {
            file: change(&self.file),
            pattern: change(&self.pattern),
            nearly: self.nearly.map(nearly),
            hidden: self.hidden.as_deref().map(change),
            unread: self.unread.iter().map(|file| change(file)).collect(),
        }
    }
}

impl IgnoreFile {
    /// Finds the first line that would exclude this path by the rules of git.
    fn nearly(&self, context: &str, path: &[u8]) -> Option<Nearly> {
        let mut rules = self.rules.iter().take(TRIED).filter(|rule| !rule.brings_back);
        rules.find_map(|rule| {
            let habit = comment(&rule.text, path)
                .or_else(|| any_folder(&rule.text, path))
                .or_else(|| from_root(&rule.text, context, path))?;
            Some(Nearly { line: rule.line, text: rule.text.clone(), habit })
        })
    }
}

/// Whether a pattern matches a path or one of its parent folders.
fn covers(pattern: &str, path: &[u8]) -> bool {
    let pattern = cleaned_line(pattern).and_then(|text| Pattern::parse(&text).ok());
    pattern.is_some_and(|pattern| parents(path).chain([path]).any(|part| pattern.matches(part)))
}

fn comment(text: &str, path: &[u8]) -> Option<Habit> {
    let marks = text.match_indices('#').filter_map(|(at, _)| text.get(..at));
    let before = marks.filter(|before| before.ends_with(char::is_whitespace)).map(str::trim_end);
    before.filter(|before| covers(before, path)).map(|before| Habit::Comment(before.to_owned())).next()
}

fn any_folder(text: &str, path: &[u8]) -> Option<Habit> {
    // If the pattern itself covers the path, a later line has brought the path back.
    let is_near = !text.contains('/') && !covers(text, path) && covers(&format!("**/{text}"), path);
    is_near.then_some(Habit::AnyFolder)
}

fn from_root(text: &str, context: &str, path: &[u8]) -> Option<Habit> {
    let inside = text.strip_prefix(context)?.strip_prefix('/')?;
    covers(inside, path).then_some(Habit::FromRoot)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn nearly(lines: &str, path: &str) -> Option<(usize, Habit)> {
        let ignore = IgnoreFile::parse(&lines.replace('|', "\n")).unwrap();
        assert!(!ignore.decide(path).excluded, "{lines}");
        let Advice { pattern, nearly, .. } = Advice::new(&ignore, ".dockerignore", "web", path.as_bytes());
        let followed = IgnoreFile::parse(&format!("{}\n{pattern}", lines.replace('|', "\n"))).unwrap();
        assert!(followed.decide(path).excluded, "`{pattern}` behind {lines}");
        nearly.map(|nearly| (nearly.line, nearly.habit))
    }

    #[test]
    fn habits_of_other_ignore_files_are_known_by_their_line() {
        let comment = |text: &str| Habit::Comment(text.to_owned());
        assert_eq!(nearly(".env # local", ".env"), Some((1, comment(".env"))));
        assert_eq!(nearly("docs|config\t# all of it # really", "config/a/.env"), Some((2, comment("config"))));
        assert_eq!(nearly("a#b|.env*#c", ".env"), None);
        assert_eq!(nearly("docs|.env", "config/.env"), Some((2, Habit::AnyFolder)));
        assert_eq!(nearly("*.env|lib", "a/lib/x"), Some((2, Habit::AnyFolder)));
        assert_eq!(nearly("web/.env", ".env"), Some((1, Habit::FromRoot)));
        assert_eq!(nearly("website/.env|/docs", ".env"), None);
        assert_eq!(nearly(".env|!.env", ".env"), None);
    }
}
