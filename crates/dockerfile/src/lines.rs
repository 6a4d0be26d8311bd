//! Splits a file into the joined lines that the builder reads: handles directives, comments, continuations, and the
//! bodies of heredocs.

use std::collections::HashMap;
use std::ops::Range;

use super::heredoc::Mark;
use super::located::Located;
use super::read_error::Reason;

/// Limit on the length of a line, in bytes, including its end.
const LONGEST_LINE: usize = 64 * 1024;

/// A joined line: the text of one instruction, with continuation lines joined.
pub(super) struct Joined {
    pub(super) text: Located,
    /// The number of its first line, from 1.
    pub(super) first_line: usize,
}

/// Reads joined lines one after the other.
pub(super) struct Reader<'a> {
    /// Each line with its offset, including its end.
    lines: Vec<(usize, &'a str)>,
    next: usize,
    pub(super) escape: char,
    pub(super) syntax: Option<Located>,
    /// The directives so far; none once anything else was read.
    directives: Option<Vec<String>>,
    /// For finding the ends of heredocs: the numbers of the lines by their text, with and without leading tabs.
    ends: HashMap<bool, HashMap<&'a str, Vec<usize>>>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        let mut offset = 0;
        let mut lines = Vec::new();
        for line in text.split_inclusive('\n') {
            lines.push((offset, line));
            offset += line.len();
        }
        // A byte order mark does not belong to the first line.
        if let Some((offset, first)) = lines.first_mut()
            && let Some(rest) = first.strip_prefix('\u{feff}')
        {
            *offset = first.len() - rest.len();
            *first = rest;
        }
        Self { lines, next: 0, escape: '\\', syntax: None, directives: Some(Vec::new()), ends: HashMap::new() }
    }

    /// Returns the number of the last line that was read.
    pub(super) fn line(&self) -> usize {
        self.next
    }

    /// Returns the offset of the end of the last line that was read, without its line end.
    pub(super) fn end(&self) -> usize {
        let last = self.next.checked_sub(1).and_then(|last| self.lines.get(last));
        last.map_or(0, |(offset, line)| offset + without_end(line).len())
    }

    /// Reads the next joined line; none at the end of the file.
    pub(super) fn next(&mut self) -> Result<Option<Joined>, Reason> {
        while let Some((offset, line)) = self.take()? {
            let text = without_end(line).trim_start();
            let offset = offset + (without_end(line).len() - text.len());
            self.directive(text, offset)?;
            let (piece, is_whole) = if text.starts_with('#') { ("", true) } else { self.continued(text) };
            if is_whole && piece.is_empty() {
                continue;
            }
            let first_line = self.line();
            let mut joined = Located::new(piece, offset);
            let mut is_whole = is_whole;
            while !is_whole && let Some((offset, line)) = self.take()? {
                let line = without_end(line);
                let begins_with = line.trim_start().chars().next();
                if begins_with.is_none_or(|first| first == '#') {
                    continue;
                }
                let piece;
                (piece, is_whole) = self.continued(line);
                joined.push(piece, offset);
            }
            return Ok(Some(Joined { text: joined, first_line }));
        }
        Ok(None)
    }

    /// Reads the body of a heredoc; returns it with the range of the line that ends it. None if no line ends it.
    pub(super) fn body(&mut self, mark: &Mark) -> Option<(Located, Range<usize>)> {
        let lines = &self.lines;
        let ends = self.ends.entry(mark.strips_tabs).or_insert_with(|| {
            counted::count(lines.len());
            let mut ends: HashMap<&str, Vec<usize>> = HashMap::new();
            for (number, (_, line)) in lines.iter().enumerate() {
                let line = without_end(line);
                let line = if mark.strips_tabs { line.trim_start_matches('\t') } else { line };
                ends.entry(line).or_default().push(number);
            }
            ends
        });
        let ends = ends.get(mark.name.as_str())?;
        let last = *ends.get(ends.partition_point(|number| *number < self.next))?;
        let rest = self.lines.get(self.next..).unwrap_or_default();
        let length = last - self.next;
        let (end, last) = rest.get(length)?;
        let text: String = rest.get(..length)?.iter().map(|(_, line)| *line).collect();
        counted::count(text.len());
        let body = Located::new(&text, rest.first()?.0);
        self.next += length + 1;
        Some((body, *end..end + without_end(last).len()))
    }

    fn take(&mut self) -> Result<Option<(usize, &'a str)>, Reason> {
        let Some(&(offset, line)) = self.lines.get(self.next) else { return Ok(None) };
        self.next += 1;
        counted::count(line.len());
        if line.len() + usize::from(!line.ends_with('\n')) > LONGEST_LINE {
            return Err(Reason::TooLong);
        }
        Ok(Some((offset, line)))
    }

    /// Returns a line without the escape at its end, and whether it is the last one. An escaped escape does not
    /// continue a line.
    fn continued<'b>(&self, line: &'b str) -> (&'b str, bool) {
        let Some(piece) = line.trim_end_matches([' ', '\t']).strip_suffix(self.escape) else { return (line, true) };
        if piece.ends_with(self.escape) { (line, true) } else { (piece, false) }
    }

    /// Applies `# escape=` and `# syntax=`, which are valid only on the first lines.
    fn directive(&mut self, text: &str, offset: usize) -> Result<(), Reason> {
        let Some(mut seen) = self.directives.take() else { return Ok(()) };
        let Some((name, value)) = text.strip_prefix('#').and_then(|text| text.split_once('=')) else { return Ok(()) };
        let (name, plain) = (name.trim().to_ascii_lowercase(), value.trim());
        if plain.is_empty() || !["syntax", "escape", "check"].contains(&name.as_str()) {
            return Ok(());
        }
        if seen.contains(&name) {
            return Err(Reason::DirectiveTwice);
        }
        match name.as_str() {
            "escape" if plain == "\\" || plain == "`" => self.escape = plain.chars().next().unwrap_or('\\'),
            "escape" => return Err(Reason::Escape),
            "syntax" => {
                let start = offset + text.len() - value.trim_start().len();
                self.syntax = Some(Located::new(plain, start));
            }
            _ => {}
        }
        seen.push(name);
        self.directives = Some(seen);
        Ok(())
    }
}

fn without_end(line: &str) -> &str {
    line.trim_end_matches(['\r', '\n'])
}
