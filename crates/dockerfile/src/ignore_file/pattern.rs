//! A compiled pattern of an ignore file: whether it matches a path, and whether it could match below a folder.
//!
//! Docker compiles every pattern but the simplest to a regular expression; the automata here are equivalent. `*` and
//! `?` stop at `/`, `**` does not, and a negated class matches `/`, as it does in the regular expression.

use shown::replaced;

use super::error::IgnoreReason;

/// A compiled pattern.
#[derive(Clone, Debug)]
pub(super) struct Pattern {
    /// The first and the last byte of every path that the pattern matches, where they are known: a cheap first test.
    ends: (Option<u8>, Option<u8>),
    form: Form,
}

#[derive(Clone, Debug)]
enum Form {
    /// Matches exactly this path.
    Exact(Vec<u8>),
    /// Matches all paths with this prefix: literal text with a trailing `**`.
    Prefix(Vec<u8>),
    /// Matches all paths with this suffix: literal text behind a leading `**`. `**/name` also matches `name` itself.
    Suffix(Vec<u8>),
    /// Matches all paths with one `*`, or `*` in the last name: most patterns with a wildcard.
    Star(Star),
    /// Any other pattern.
    Automaton(Automaton),
}

/// A literal text, `*`, and a literal text, perhaps behind `**/`.
#[derive(Clone, Debug)]
struct Star {
    in_any_folder: bool,
    before: Vec<u8>,
    behind: Vec<u8>,
}

/// What all paths that a pattern matches have in common, for the index.
pub(super) enum Key<'a> {
    /// The whole path.
    Path(&'a [u8]),
    /// The last name of the path.
    LastName(&'a [u8]),
    /// The first name of the path.
    FirstName(&'a [u8]),
    /// Nothing that the index can use.
    None,
}

/// A chain of steps, and the longest literal text in it, which serves as a cheap first test.
#[derive(Clone, Debug)]
pub(super) struct Automaton {
    steps: Vec<Step>,
    /// The literal text before the first wildcard.
    start: String,
    needle: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Step {
    Plain(char),
    /// `?`: one character other than `/`.
    One,
    /// `*`: any number of characters other than `/`.
    Star,
    /// `**` before more of the pattern: folders, each with its `/`, or nothing.
    Folders,
    /// The loop over the characters of those folders, which ends behind a `/`; always follows `Folders`.
    InFolders,
    /// `**` at the end: any characters.
    Rest,
    /// `[…]`: a character class.
    Class {
        negated: bool,
        ranges: Vec<(char, char)>,
    },
    /// `^` outside of a class, which the regular expression takes as an anchor: it matches only at the start.
    Start,
}

impl Pattern {
    /// Compiles the cleaned text of a pattern, without its `!`.
    pub(super) fn parse(text: &str) -> Result<Self, IgnoreReason> {
        const MARK: char = '\u{feff}';
        let is_plain = |text: &str| !text.contains(['*', '?', '[', ']', '\\']);
        let (first, last) = (|text: &str| text.bytes().next(), |text: &str| text.bytes().last());
        if is_plain(text) {
            return Ok(Self { ends: (first(text), last(text)), form: Form::Exact(text.as_bytes().to_owned()) });
        }
        if let Some(suffix) = text.strip_prefix("**").filter(|suffix| is_plain(suffix)) {
            return Ok(Self { ends: (None, last(suffix)), form: Form::Suffix(suffix.as_bytes().to_owned()) });
        }
        // The builder loses a byte order mark before a pattern when it makes a regular expression of it, and only then.
        // It replaces the first two bytes, which it takes for the stars, and those are bytes of the mark.
        let body = text.strip_prefix(MARK).unwrap_or(text);
        if body.len() < text.len() && body.strip_prefix("**").is_some_and(is_plain) {
            return Ok(Self { ends: (None, last(body)), form: Form::Suffix([b"\xbf", body.as_bytes()].concat()) });
        }
        if let Some(prefix) = text.strip_suffix("**").filter(|prefix| is_plain(prefix)) {
            return Ok(Self { ends: (first(prefix), None), form: Form::Prefix(prefix.as_bytes().to_owned()) });
        }
        if let Some(star) = Star::parse(text) {
            let first = star.before.first().copied().filter(|_| !star.in_any_folder);
            return Ok(Self { ends: (first, star.behind.last().copied()), form: Form::Star(star) });
        }
        let steps = steps(body)?;
        // A byte of the file that is not UTF-8 matches any other byte that is not.
        let plain = |step: &Step| match step {
            Step::Plain(character) if *character != char::REPLACEMENT_CHARACTER => Some(*character),
            _ => None,
        };
        let runs =
            steps.split(|step| plain(step).is_none()).map(|run| run.iter().filter_map(plain).collect::<String>());
        let runs: Vec<String> = runs.collect();
        let ends = (runs.first().and_then(|run| first(run)), runs.last().and_then(|run| last(run)));
        let start = runs.first().cloned().unwrap_or_default();
        let needle = runs.into_iter().max_by_key(String::len).unwrap_or_default();
        Ok(Self { ends, form: Form::Automaton(Automaton { steps, start, needle }) })
    }

    /// Returns what all paths that the pattern matches have in common.
    pub(super) fn key(&self) -> Key<'_> {
        let first = |text: &'_ [u8]| text.iter().position(|byte| *byte == b'/');
        match &self.form {
            Form::Exact(path) => Key::Path(path),
            Form::Suffix(suffix) => match suffix.iter().rposition(|byte| *byte == b'/') {
                Some(slash) => Key::LastName(suffix.get(slash + 1..).unwrap_or_default()),
                None => Key::None,
            },
            Form::Prefix(prefix) => match first(prefix) {
                Some(slash) => Key::FirstName(prefix.get(..slash).unwrap_or_default()),
                None => Key::None,
            },
            Form::Star(Star { in_any_folder: true, .. }) => Key::None,
            Form::Star(star) => match first(&star.before) {
                Some(slash) => Key::FirstName(star.before.get(..slash).unwrap_or_default()),
                None => Key::None,
            },
            Form::Automaton(automaton) => {
                let start = automaton.start.as_bytes();
                match first(start) {
                    Some(slash) => Key::FirstName(start.get(..slash).unwrap_or_default()),
                    None => Key::None,
                }
            }
        }
    }

    /// Whether the pattern matches this path itself; parents are not considered.
    pub(super) fn matches(&self, path: &[u8]) -> bool {
        let (first, last) = self.ends;
        if first.is_some() && first != path.first().copied() || last.is_some() && last != path.last().copied() {
            return false;
        }
        match &self.form {
            Form::Exact(exact) => path == exact,
            Form::Prefix(prefix) => path.starts_with(prefix),
            Form::Suffix(suffix) => path.ends_with(suffix) || suffix.strip_prefix(b"/") == Some(path),
            Form::Star(star) => star.matches(path),
            Form::Automaton(automaton) => automaton.matches(&replaced(path)),
        }
    }

    /// Whether the pattern could match some path below the folder; `true` when in doubt.
    pub(super) fn may_match_inside(&self, folder: &[u8]) -> bool {
        let start = [folder, b"/"].concat();
        match &self.form {
            Form::Exact(exact) => exact.starts_with(&start),
            Form::Prefix(prefix) => prefix.starts_with(&start) || start.starts_with(prefix),
            Form::Suffix(_) => true,
            // `.` in a regular expression, of which the folders of `**` consist, does not match a line end.
            Form::Star(Star { in_any_folder: true, .. }) => !folder.contains(&b'\n'),
            Form::Star(star) => star.before.starts_with(&start),
            Form::Automaton(automaton) => {
                // Any open position except the end of the chain can continue.
                let open = automaton.run(&replaced(&start));
                open.iter().take(automaton.steps.len()).any(|open| *open)
            }
        }
    }
}

impl Star {
    /// Returns the pattern if it has this form.
    fn parse(text: &str) -> Option<Self> {
        // The signs of other wildcards, the anchor of the regular expression, and what bytes that are not UTF-8, or a
        // byte order mark, are read as.
        let is_plain =
            |text: &str| !text.contains(['*', '?', '[', ']', '\\', '^', '\u{feff}', char::REPLACEMENT_CHARACTER]);
        let inside = text.strip_prefix("**/");
        let (before, behind) = inside.unwrap_or(text).split_once('*')?;
        let is_name = !behind.contains('/') && (inside.is_none() || !before.contains('/'));
        let (before_bytes, behind_bytes) = (before.as_bytes().to_owned(), behind.as_bytes().to_owned());
        (is_plain(before) && is_plain(behind) && is_name).then_some(Self {
            in_any_folder: inside.is_some(),
            before: before_bytes,
            behind: behind_bytes,
        })
    }

    fn matches(&self, path: &[u8]) -> bool {
        counted::count(path.len());
        let name = if self.in_any_folder {
            let (folder, name) =
                path.split_at(path.iter().rposition(|byte| *byte == b'/').map_or(0, |slash| slash + 1));
            if folder.contains(&b'\n') {
                return false;
            }
            name
        } else {
            path
        };
        let rest = name.strip_prefix(self.before.as_slice()).and_then(|rest| rest.strip_suffix(self.behind.as_slice()));
        rest.is_some_and(|rest| !rest.contains(&b'/'))
    }
}

impl Automaton {
    /// Whether the automaton matches the whole path. Most paths fail the tests on length and literal text.
    fn matches(&self, path: &str) -> bool {
        let shortest = self.steps.iter().filter(|step| step.takes_one()).take(path.len() + 1).count();
        shortest <= path.len() && path.contains(self.needle.as_str()) && self.run(path).last() == Some(&true)
    }

    /// Returns which positions between steps are reached after the text; the last one is the end of the chain.
    fn run(&self, text: &str) -> Vec<bool> {
        let mut open = vec![false; self.steps.len() + 1];
        let mut next = open.clone();
        set(&mut open, 0);
        self.pass_empty(&mut open, true);
        counted::count(text.len().saturating_mul(self.steps.len()));
        for character in text.chars() {
            next.fill(false);
            for (at, (step, _)) in self.steps.iter().zip(&open).enumerate().filter(|(_, (_, open))| **open) {
                let (stays, goes_on) = step.read(character);
                if stays {
                    set(&mut next, at);
                }
                if goes_on {
                    set(&mut next, at + 1);
                }
            }
            self.pass_empty(&mut next, false);
            std::mem::swap(&mut open, &mut next);
        }
        open
    }

    /// Opens the positions that are reached without reading a character.
    fn pass_empty(&self, open: &mut [bool], at_start: bool) {
        for (at, step) in self.steps.iter().enumerate() {
            if !open.get(at).is_some_and(|open| *open) {
                continue;
            }
            match step {
                Step::Star | Step::Rest => set(open, at + 1),
                Step::Folders => [at + 1, at + 2].into_iter().for_each(|place| set(open, place)),
                Step::Start if at_start => set(open, at + 1),
                _ => {}
            }
        }
    }
}

fn set(open: &mut [bool], place: usize) {
    if let Some(place) = open.get_mut(place) {
        *place = true;
    }
}

impl Step {
    /// Whether the step reads a character.
    fn takes_one(&self) -> bool {
        matches!(self, Self::Plain(_) | Self::One | Self::Class { .. })
    }

    /// Returns what reading a character does: whether the automaton can stay at this step, and whether it can go to the
    /// next.
    fn read(&self, character: char) -> (bool, bool) {
        match self {
            Self::Plain(plain) => (false, *plain == character),
            Self::One => (false, character != '/'),
            Self::Star => (character != '/', false),
            // `.` in a regular expression does not match a line end.
            Self::InFolders => (character != '\n', character == '/'),
            Self::Rest => (character != '\n', false),
            Self::Class { negated, ranges } => {
                (false, ranges.iter().any(|(low, high)| (*low..=*high).contains(&character)) != *negated)
            }
            Self::Folders | Self::Start => (false, false),
        }
    }
}

fn steps(text: &str) -> Result<Vec<Step>, IgnoreReason> {
    let mut steps = Vec::new();
    let mut rest = text.chars();
    while let Some(character) = rest.next() {
        match character {
            '*' if rest.as_str().starts_with('*') => {
                rest.next();
                // The `/` belongs to the folders.
                if rest.as_str().starts_with('/') {
                    rest.next();
                }
                if rest.as_str().is_empty() {
                    steps.push(Step::Rest);
                } else if steps.last() != Some(&Step::InFolders) {
                    // A repeated `**` is equivalent to one.
                    steps.extend([Step::Folders, Step::InFolders]);
                }
            }
            '*' => steps.push(Step::Star),
            '?' => steps.push(Step::One),
            '[' => steps.push(class(&mut rest)?),
            '\\' => steps.push(Step::Plain(escaped(&mut rest)?)),
            '^' => steps.push(Step::Start),
            other => steps.push(Step::Plain(other)),
        }
    }
    Ok(steps)
}

fn escaped(rest: &mut std::str::Chars<'_>) -> Result<char, IgnoreReason> {
    let character = rest.next().ok_or(IgnoreReason::Escape)?;
    if character.is_ascii() && !character.is_ascii_alphanumeric() { Ok(character) } else { Err(IgnoreReason::Regular) }
}

/// Parses a class behind its `[`.
fn class(rest: &mut std::str::Chars<'_>) -> Result<Step, IgnoreReason> {
    let negated = rest.as_str().starts_with('^');
    if negated {
        rest.next();
    }
    let mut ranges = Vec::new();
    loop {
        if rest.as_str().starts_with(']') && !ranges.is_empty() {
            rest.next();
            return Ok(Step::Class { negated, ranges });
        }
        let low = member(rest)?;
        let high = if rest.as_str().starts_with('-') {
            rest.next();
            member(rest)?
        } else {
            low
        };
        if low > high {
            return Err(IgnoreReason::Class);
        }
        ranges.push((low, high));
    }
}

fn member(rest: &mut std::str::Chars<'_>) -> Result<char, IgnoreReason> {
    match rest.next() {
        None | Some('-' | ']') => Err(IgnoreReason::Class),
        Some('*' | '?' | '[') => Err(IgnoreReason::Regular),
        Some('\\') => {
            escaped(rest).map_err(|reason| if rest.as_str().is_empty() { IgnoreReason::Class } else { reason })
        }
        Some(character) => Ok(character),
    }
}
