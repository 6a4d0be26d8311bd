//! Files: where a text comes from, and what was found in it.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::Arc;

use super::assignments::is_build_key;
use super::files::{FileKind, file_kind, setting};
use super::judge::{Detector, Verdict, unseen, verdict};
use super::labels::is_label;
use super::matched::{Match, Rule};
use super::rules;
use super::scan::Scanned;
use super::source::Source;

/// Where a text comes from.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Origin {
    /// The layer of an image, by its name in the archive; empty for other files.
    pub layer: String,
    /// The path, and the path inside of an archive behind `!/`.
    pub path: String,
    /// How the text was made of the file's bytes.
    pub reading: Reading,
}

/// How a text was made of the bytes of a file; offsets count the bytes of the text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Reading {
    /// The bytes are the text.
    #[default]
    AsStored,
    /// The text was packed.
    Unpacked,
    /// The text was in UTF-16.
    Decoded,
}

impl Reading {
    /// What offsets count the bytes of, as messages and documents name it; none for the file itself.
    pub fn text(self) -> Option<&'static str> {
        match self {
            Self::AsStored => None,
            Self::Unpacked => Some("the unpacked text"),
            Self::Decoded => Some("the text in UTF-8"),
        }
    }

    /// The reading whose text has this name.
    pub fn of_text(text: Option<&str>) -> Option<Self> {
        [Self::AsStored, Self::Unpacked, Self::Decoded].into_iter().find(|reading| reading.text() == text)
    }
}

impl Origin {
    /// A file of a layer.
    pub fn of_layer(layer: &str, path: &str) -> Self {
        Self { layer: layer.to_owned(), path: path.to_owned(), reading: Reading::AsStored }
    }

    /// Any other file.
    pub fn of_file(path: &str) -> Self {
        Self::of_layer("", path)
    }

    /// A file inside of this one; one without a name is all that this one holds.
    #[must_use]
    pub fn inside(&self, name: &str) -> Self {
        let path = if name.is_empty() { self.path.clone() } else { format!("{}!/{name}", self.path) };
        Self { layer: self.layer.clone(), path, reading: Reading::Unpacked }
    }

    /// The text of this file in UTF-8, which is in UTF-16 as it is stored.
    #[must_use]
    pub fn decoded(&self) -> Self {
        Self { reading: Reading::Decoded, ..self.clone() }
    }
}

/// A secret in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// The file.
    pub origin: Arc<Origin>,
    /// Where in the file, in bytes from its beginning.
    pub offset: u64,
    /// What it is.
    pub verdict: Verdict,
}

/// A text in UTF-16 with a mark in front, as UTF-8; any other text as it is, without its mark.
pub fn plain_text(text: &[u8]) -> Cow<'_, str> {
    match utf16(text) {
        Some(text) => Cow::Owned(text),
        None => String::from_utf8_lossy(text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text)),
    }
}

/// What stands in a text in UTF-16, which Windows' editors write; it begins with a mark.
pub fn utf16(text: &[u8]) -> Option<String> {
    let (read, text): (fn([u8; 2]) -> u16, _) = match text {
        [0xff, 0xfe, rest @ ..] => (u16::from_le_bytes, rest),
        [0xfe, 0xff, rest @ ..] => (u16::from_be_bytes, rest),
        _ => return None,
    };
    let units = text.chunks_exact(2).filter_map(|pair| pair.try_into().ok().map(read));
    Some(char::decode_utf16(units).map(|letter| letter.unwrap_or(char::REPLACEMENT_CHARACTER)).collect())
}

/// Searches a text, or a part of one that stands at `offset` in its file.
pub fn scan_text(detector: &Detector, origin: &Arc<Origin>, text: &[u8], own: Range<usize>, offset: u64) -> Vec<Found> {
    let at = |place: usize, verdict: Verdict| Found {
        origin: Arc::clone(origin),
        offset: offset.saturating_add(u64::try_from(place).unwrap_or(u64::MAX)),
        verdict,
    };
    let begins = offset == 0 && own.start == 0;
    let inside = in_text(detector, &origin.path, text, own).into_iter();
    let mut found: Vec<Found> = inside.map(|(place, verdict)| at(place, verdict)).collect();
    if begins {
        found.extend(detector.judge_text(&origin.path, Source::Text).map(|verdict| at(0, verdict.in_name())));
    }
    found.sort_by_key(|found| found.offset);
    found
}

/// What stands in a part of a text that is the content of this file, with its places.
pub(crate) fn in_text(detector: &Detector, path: &str, text: &[u8], own: Range<usize>) -> Vec<(usize, Verdict)> {
    let Scanned { mut matches, cut } = detector.scanner().scan_piece(text, own.clone(), Source::Text);
    matches.retain(|found| found.rule != Rule::Assigned || !of_build(path, text, found));
    let settings = match file_kind(path) {
        FileKind::Settings => settings(detector, path, text, &own),
        FileKind::Other => Vec::new(),
    };
    // What a line of settings says is more exact.
    let is_judged = |place: usize| {
        let after = settings.partition_point(|(line, _)| line.end <= place);
        settings.get(after).is_some_and(|(line, verdict)| line.contains(&place) && !verdict.is_unseen())
    };
    matches.retain(|found| found.rule != Rule::Assigned || !is_judged(found.start));
    let mut found: Vec<(usize, Verdict)> = matches.iter().map(|found| (found.start, verdict(&found.rule))).collect();
    let settings = settings.into_iter().map(|(line, verdict)| (line.start, verdict));
    found.extend(settings.filter(|(start, _)| own.contains(start)));
    found.extend(cut.map(|cut| (cut.at, unseen(cut.reason()))));
    found
}

/// Whether an assigned value is a key that every build makes afresh.
fn of_build(path: &str, text: &[u8], Match { start, .. }: &Match) -> bool {
    const REACH: usize = 120;
    is_build_key(path, text.get(start.saturating_sub(REACH)..*start).unwrap_or_default())
}

/// What lines of names and values hold, beside what the search for patterns finds in them; of the lines that reach into
/// this part of the text. Of one that begins before all of the text, the beginning is not known: it is left out.
fn settings(detector: &Detector, path: &str, text: &[u8], own: &Range<usize>) -> Vec<(Range<usize>, Verdict)> {
    let mut found = Vec::new();
    let before = text.get(..own.start).unwrap_or_default();
    let line_begins = before.iter().rposition(|byte| *byte == b'\n').map(|end| end + 1);
    let next_begins = || text.iter().position(|byte| *byte == b'\n').map_or(text.len(), |end| end + 1);
    let first = if own.start == 0 { 0 } else { line_begins.unwrap_or_else(next_begins) };
    let mut place = first;
    for line in text.get(first..).unwrap_or_default().split_inclusive(|byte| *byte == b'\n') {
        if place >= own.end {
            break;
        }
        let lossy = String::from_utf8_lossy(line);
        if let Some((name, value)) = setting(&lossy)
            && !value.is_empty()
            && detector.scanner().scan(line, Source::Text).matches.iter().all(|found| found.rule == Rule::Assigned)
            && let Some(verdict) = detector.judge(name, Some(value))
            && !(verdict.rule == rules::SECRET_NAME && is_label(path, value))
        {
            found.push((place..place + line.len(), verdict));
        }
        place += line.len();
    }
    found
}
