//! Finds the headings of a changelog, and where its sections end.

use std::ops::Range;

use shown::replaced;

/// A heading.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Heading {
    /// Its level, from 1.
    pub(super) level: usize,
    /// Its text, without its marks.
    pub(super) text: String,
    /// Its bytes in the file, with its line end.
    pub(super) span: Range<usize>,
}

impl Heading {
    /// Returns the version of the release that the heading names.
    pub(super) fn release(&self) -> Option<String> {
        let mut words = self.text.split(|letter: char| letter.is_whitespace() || "[](),:`".contains(letter));
        let version = |word: &str| {
            let plain = word.strip_prefix('v').unwrap_or(word);
            semver::Version::parse(plain).is_ok().then(|| plain.to_owned())
        };
        match self.level {
            1 | 2 => words.find_map(version),
            // Groups of changes may name versions, too.
            3 => version(words.find(|word| !word.is_empty())?),
            _ => None,
        }
    }

    /// Whether the heading is that of the changes that are not released yet.
    pub(super) fn is_unreleased(&self) -> bool {
        let text = self
            .text
            .strip_prefix('[')
            .map_or(self.text.as_str(), |text| text.split_once(']').map_or(text, |(name, _)| name));
        self.level == 2 && text.trim().eq_ignore_ascii_case("unreleased")
    }
}

/// A block that hides everything up to the end of the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct OpenBlock {
    /// The line on which it begins, from 1.
    pub(super) line: usize,
    /// Whether it is a comment; otherwise it is code.
    pub(super) is_comment: bool,
}

/// Returns the headings, in order. Code and comments have none.
///
/// # Errors
///
/// A comment or code does not end.
pub(super) fn headings(text: &[u8]) -> Result<Vec<Heading>, OpenBlock> {
    let mut headings: Vec<Heading> = Vec::new();
    let (mut block, mut opened_at) = (Block::Text, 0);
    let (mut start, mut before): (usize, Vec<Line>) = (0, Vec::new());
    for (index, bytes) in text.split_inclusive(|byte| *byte == b'\n').enumerate() {
        let words = replaced(bytes);
        let line = words.trim_start_matches('\u{feff}').trim_end();
        let span = start..start + bytes.len();
        start = span.end;
        block = match block {
            Block::Code { mark, length } if !closes(line, mark, length) => block,
            Block::Comment if !line.contains("-->") => block,
            Block::Code { .. } | Block::Comment => Block::Text,
            Block::Text => {
                let opened = opened(line);
                if opened == Block::Text
                    && let Some(heading) = atx(line, &span).or_else(|| underlined(line, &before, &span))
                {
                    headings.push(heading);
                    before.clear();
                    continue;
                }
                opened_at = index + 1;
                opened
            }
        };
        before.push(Line { text: line.to_owned(), start: span.start });
        // Only the line before and the one above it count.
        if before.len() > 2 {
            before.remove(0);
        }
    }
    match block {
        Block::Text => Ok(headings),
        block => Err(OpenBlock { line: opened_at, is_comment: block == Block::Comment }),
    }
}

/// Returns where the section of a heading ends: at the next one of its rank or of another release, or at the references
/// at the end.
pub(super) fn section_end(text: &[u8], headings: &[Heading], of: &Heading) -> usize {
    let is_next = |next: &&Heading| {
        let names_release = next.level <= of.level.max(2) && next.release().is_some();
        next.span.start >= of.span.end && (next.level <= of.level.min(2) || names_release)
    };
    headings.iter().find(is_next).map_or_else(|| content_end(text), |next| next.span.start)
}

/// Returns where the text ends, without definitions of links and blank lines at the end.
pub(super) fn content_end(text: &[u8]) -> usize {
    let lines: Vec<&[u8]> = text.split_inclusive(|byte| *byte == b'\n').collect();
    let is_reference = |line: &str| line.starts_with('[') && line.contains("]:");
    let no_content = |line: &&&[u8]| {
        let words = replaced(line);
        let line = words.trim();
        line.is_empty() || is_reference(line)
    };
    let tail: usize = lines.iter().rev().take_while(no_content).map(|line| line.len()).sum();
    text.len() - tail
}

/// A line that may be the text of a heading.
struct Line {
    text: String,
    start: usize,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Block {
    Text,
    /// Code between lines of at least this many marks.
    Code {
        mark: char,
        length: usize,
    },
    Comment,
}

/// Returns the line without its indentation; none if it is indented like code.
fn outdented(line: &str) -> Option<&str> {
    let text = line.trim_start_matches(' ');
    (line.len() - text.len() <= 3).then_some(text)
}

fn opened(line: &str) -> Block {
    let Some(line) = outdented(line) else { return Block::Text };
    if let Some(comment) = line.strip_prefix("<!--") {
        return if comment.contains("-->") { Block::Text } else { Block::Comment };
    }
    for mark in ['`', '~'] {
        let info = line.trim_start_matches(mark);
        let length = line.len() - info.len();
        if length >= 3 && (mark == '~' || !info.contains('`')) {
            return Block::Code { mark, length };
        }
    }
    Block::Text
}

fn closes(line: &str, mark: char, length: usize) -> bool {
    outdented(line).is_some_and(|line| line.len() >= length && line.chars().all(|letter| letter == mark))
}

fn atx(line: &str, span: &Range<usize>) -> Option<Heading> {
    let line = outdented(line)?;
    let text = line.trim_start_matches('#');
    let level = line.len() - text.len();
    if !(1..=6).contains(&level) || !(text.is_empty() || text.starts_with([' ', '\t'])) {
        return None;
    }
    let open = text.trim_end_matches('#');
    let text = if open.is_empty() || open.ends_with([' ', '\t']) { open } else { text };
    Some(Heading { level, text: text.trim().to_owned(), span: span.clone() })
}

/// Returns the heading that a line underlines: the line before it, which is a paragraph of its own.
fn underlined(line: &str, before: &[Line], span: &Range<usize>) -> Option<Heading> {
    let line = outdented(line)?;
    let level = if line.is_empty() {
        return None;
    } else if line.bytes().all(|byte| byte == b'=') {
        1
    } else if line.bytes().all(|byte| byte == b'-') {
        2
    } else {
        return None;
    };
    let (above, text) = match before {
        [text] => (None, text),
        [above, text] => (Some(above), text),
        _ => return None,
    };
    let words = outdented(&text.text)?.trim();
    let is_paragraph = !words.is_empty() && !words.starts_with(['-', '*', '+', '>', '|', '<', '`', '~']);
    let is_alone = above.is_none_or(|above| above.text.trim().is_empty());
    (is_paragraph && is_alone).then(|| Heading { level, text: words.to_owned(), span: text.start..span.end })
}
