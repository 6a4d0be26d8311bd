//! The texts of files: where a text comes from, and what was found in it.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::Arc;

use super::assignments::is_build_key;
use super::files::{FileKind, file_kind, setting};
use super::judge::{Detector, Verdict, not_searched, verdict};
use super::labels::is_label;
use super::matched::{Match, MatchRule};
use super::rules;
use super::scan::Scanned;
use super::text_kind::TextKind;

/// Where a text comes from.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Origin {
    /// The layer of an image, by its name in the archive; empty for other files.
    pub layer: String,
    /// The path; for a file in an archive, followed by `!/` and the path inside.
    pub path: String,
    /// How the text was read from the bytes of the file.
    pub reading: Reading,
}

/// How a text was read from the bytes of a file. Offsets count the bytes of the text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Reading {
    /// The bytes are the text.
    #[default]
    AsStored,
    /// The text was unpacked.
    Unpacked,
    /// The text was decoded from UTF-16.
    Decoded,
}

impl Reading {
    /// Returns the name of the text whose bytes are counted, for messages and documents; none for the file itself.
    pub fn text(self) -> Option<&'static str> {
        match self {
            Self::AsStored => None,
            Self::Unpacked => Some("the unpacked text"),
            Self::Decoded => Some("the text in UTF-8"),
        }
    }

    /// Returns the reading whose text has this name.
    pub fn of_text(text: Option<&str>) -> Option<Self> {
        [Self::AsStored, Self::Unpacked, Self::Decoded].into_iter().find(|reading| reading.text() == text)
    }
}

impl Origin {
    /// The origin of a file in a layer.
    pub fn of_layer(layer: &str, path: &str) -> Self {
        Self { layer: layer.to_owned(), path: path.to_owned(), reading: Reading::AsStored }
    }

    /// The origin of any other file.
    pub fn of_file(path: &str) -> Self {
        Self::of_layer("", path)
    }

    /// Returns the origin of a file inside of this one; a file without a name is the only one inside.
    #[must_use]
    pub fn inside(&self, name: &str) -> Self {
        let path = if name.is_empty() { self.path.clone() } else { format!("{}!/{name}", self.path) };
        Self { layer: self.layer.clone(), path, reading: Reading::Unpacked }
    }

    /// Returns the origin of the decoded text of this file, which is stored in UTF-16.
    #[must_use]
    pub fn decoded(&self) -> Self {
        Self { reading: Reading::Decoded, ..self.clone() }
    }
}

/// A secret in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LocatedVerdict {
    /// The file.
    pub origin: Arc<Origin>,
    /// The position in the file, in bytes from its beginning.
    pub offset: u64,
    /// The rule and the reason.
    pub verdict: Verdict,
}

impl LocatedVerdict {
    /// Locates a verdict at a place in a text that begins at `offset` in its file.
    pub(crate) fn at(origin: &Arc<Origin>, offset: u64, place: usize, verdict: Verdict) -> Self {
        let offset = offset.saturating_add(u64::try_from(place).unwrap_or(u64::MAX));
        Self { origin: Arc::clone(origin), offset, verdict }
    }
}

/// Decodes a text in UTF-16 with a byte order mark; returns any other text unchanged, without its mark.
pub fn plain_text(text: &[u8]) -> Cow<'_, [u8]> {
    match utf16(text) {
        Some(text) => Cow::Owned(text.into_bytes()),
        None => Cow::Borrowed(text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text)),
    }
}

/// Decodes a text in UTF-16 with a byte order mark, as Windows' editors write it.
pub fn utf16(text: &[u8]) -> Option<String> {
    let (read, text): (fn([u8; 2]) -> u16, _) = match text {
        [0xff, 0xfe, rest @ ..] => (u16::from_le_bytes, rest),
        [0xfe, 0xff, rest @ ..] => (u16::from_be_bytes, rest),
        _ => return None,
    };
    let units = text.chunks_exact(2).filter_map(|pair| pair.try_into().ok().map(read));
    Some(char::decode_utf16(units).map(|letter| letter.unwrap_or(char::REPLACEMENT_CHARACTER)).collect())
}

/// Searches a text, or a part of one that begins at `offset` in its file.
pub fn scan_text(
    detector: &Detector,
    origin: &Arc<Origin>,
    text: &[u8],
    own: Range<usize>,
    offset: u64,
) -> Vec<LocatedVerdict> {
    let at = |place: usize, verdict: Verdict| LocatedVerdict::at(origin, offset, place, verdict);
    let begins = offset == 0 && own.start == 0;
    let inside = in_text(detector, &origin.path, text, own).into_iter();
    let mut found: Vec<LocatedVerdict> = inside.map(|(place, verdict)| at(place, verdict)).collect();
    if begins {
        found.extend(detector.judge_text(&origin.path, TextKind::Text).map(|verdict| at(0, verdict.in_name())));
    }
    found.sort_by_key(|found| found.offset);
    found
}

/// Searches a part of a text that is the content of this file; returns verdicts with their positions.
pub(crate) fn in_text(detector: &Detector, path: &str, text: &[u8], own: Range<usize>) -> Vec<(usize, Verdict)> {
    let Scanned { mut matches, cut } = detector.scanner().scan_piece(text, own.clone(), TextKind::Text);
    matches.retain(|found| found.rule != MatchRule::Assigned || !of_build(path, text, found));
    let settings = match file_kind(path) {
        FileKind::Settings => settings(detector, path, text, &own),
        FileKind::Other => Vec::new(),
    };
    // The verdict on a line of settings is more exact.
    let is_judged = |place: usize| {
        let after = settings.partition_point(|(line, _)| line.end <= place);
        settings.get(after).is_some_and(|(line, verdict)| line.contains(&place) && !verdict.is_not_searched())
    };
    matches.retain(|found| found.rule != MatchRule::Assigned || !is_judged(found.start));
    let mut found: Vec<(usize, Verdict)> = matches.iter().map(|found| (found.start, verdict(&found.rule))).collect();
    let settings = settings.into_iter().map(|(line, verdict)| (line.start, verdict));
    found.extend(settings.filter(|(start, _)| own.contains(start)));
    found.extend(cut.map(|cut| (cut.at, not_searched(cut.reason()))));
    found
}

/// Whether an assigned value is a key that every build generates.
fn of_build(path: &str, text: &[u8], Match { start, .. }: &Match) -> bool {
    const REACH: usize = 120;
    is_build_key(path, text.get(start.saturating_sub(REACH)..*start).unwrap_or_default())
}

/// Returns the verdicts on lines of settings, in addition to what the patterns find, for the lines that overlap this
/// part of the text. A line that begins before the text is skipped, because its name is not known.
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
            && detector
                .scanner()
                .scan(line, TextKind::Text)
                .matches
                .iter()
                .all(|found| found.rule == MatchRule::Assigned)
        {
            let verdicts = detector.judge_all(name, Some(value)).into_iter();
            let verdicts = verdicts.filter(|verdict| !(verdict.rule == rules::SECRET_NAME && is_label(path, value)));
            found.extend(verdicts.map(|verdict| (place..place + line.len(), verdict)));
        }
        place += line.len();
    }
    found
}
