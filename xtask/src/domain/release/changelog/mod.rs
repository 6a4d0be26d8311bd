//! The section of a release in the changelog, and the changelog with it.
//!
//! All other text of the file keeps its bytes. A section that a person has written for the version is kept as it is.

mod escape;
mod outline;
mod section;

use serde::{Deserialize, Serialize};
use shown::replaced;

use crate::domain::encoding::{Encoding, foreign};
use crate::domain::finding::Day;
use crate::domain::problem::{Place, Problem};
use crate::domain::release::commits::ReleasedCommit;
use crate::domain::version::ReleaseVersion;
use outline::{Heading, OpenBlock, content_end, headings, section_end};

/// A change of the contract.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContractLine {
    /// The version step that it requires: `major`, `minor`, or `patch`.
    pub level: String,
    /// What has changed, with the values before and after.
    pub text: String,
}

/// A change of the contract that taskflow.toml accepts for a smaller step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AcceptedLine {
    /// The ID of the finding.
    pub finding: String,
    /// What has changed, with the values before and after.
    pub text: String,
    /// Why it is accepted.
    pub reason: String,
}

/// What a section is made from.
#[derive(Clone, Debug)]
pub struct ChangelogInput<'a> {
    /// The path of the file, for messages.
    pub file: &'a str,
    /// The content of the file; none if it does not exist.
    pub existing: Option<&'a [u8]>,
    /// The version.
    pub version: ReleaseVersion,
    /// The time of the release commit, in seconds since 1970.
    pub seconds: i64,
    /// The commits that touch the components, the newest first.
    pub commits: &'a [ReleasedCommit],
    /// The changes of the contract.
    pub contract: &'a [ContractLine],
    /// The accepted changes of the contract.
    pub accepted: &'a [AcceptedLine],
}

/// A changelog with the section of a release.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Changelog {
    /// The content of the file.
    pub bytes: Vec<u8>,
    /// The section with its heading, with plain line ends. It is the message of the git tag, too: lines that begin with
    /// `#` would be taken for comments there, so git needs `--cleanup=verbatim`.
    pub section: String,
    /// Whether the file had a section for the version, so that it is unchanged.
    pub was_there: bool,
}

/// Returns the changelog with a section for the version: the one that it has, its section `Unreleased` with the entries
/// below its content, or a new one above the other releases.
///
/// # Errors
///
/// The file is in an encoding whose line ends cannot be found, or has a comment or code that does not end.
pub fn with_section(input: &ChangelogInput<'_>) -> Result<Changelog, Problem> {
    let existing = input.existing.unwrap_or_default();
    if let Some(encoding) = foreign(existing).filter(|encoding| !matches!(encoding, Encoding::OneByte(_))) {
        return Err(encoding.problem(input.file, "`cargo xtask release`"));
    }
    let headings = headings(existing).map_err(|block| open_block(input.file, block))?;
    let version = input.version.to_string();
    if let Some(own) = headings.iter().find(|heading| heading.release().as_deref() == Some(version.as_str())) {
        let end = section_end(existing, &headings, own);
        let section = plain(existing.get(own.span.start..end).unwrap_or_default());
        return Ok(Changelog { bytes: existing.to_vec(), section, was_there: true });
    }
    let text = Text { bytes: existing, line_end: line_end(existing) };
    let entries = section::entries(input.contract, input.accepted, input.commits);
    if let Some(unreleased) = headings.iter().find(|heading| heading.is_unreleased()) {
        return Ok(text.renamed(
            unreleased,
            section_end(existing, &headings, unreleased),
            &title(input, unreleased),
            &entries,
        ));
    }
    let first = headings.iter().find(|heading| heading.level == 2 || heading.release().is_some());
    let entries = if entries.is_empty() { NOTHING } else { entries.as_str() };
    let title = first.map_or_else(|| plain_title(input), |first| title(input, first));
    let section = format!("{title}\n\n{entries}");
    let bytes = match first {
        _ if replaced(existing).trim_matches(['\u{feff}', ' ', '\t', '\r', '\n']).is_empty() => {
            let start = if existing.starts_with(MARK) { MARK } else { &[] };
            [start, text.lines(&format!("# Changelog\n\n{section}")).as_slice()].concat()
        }
        Some(first) => text.inserted(first.span.start, &section),
        None => text.inserted(content_end(existing), &section),
    };
    Ok(Changelog { bytes, section, was_there: false })
}

/// Returns the problem of a block that would hide a section below it.
fn open_block(file: &str, block: OpenBlock) -> Problem {
    let problem = |what: &str| {
        let message = format!("`{file}` cannot get a new section: {what} that begins here does not end");
        Problem::new(message).at(Place::line(file, block.line))
    };
    if block.is_comment {
        return problem("the comment").hint("write `-->` at the end of the comment");
    }
    problem("the code").hint("repeat the marks of this line on a line below the code")
}

/// The content of a section without entries.
const NOTHING: &str = "No changes.\n";

/// The byte order mark.
const MARK: &[u8] = b"\xef\xbb\xbf";

fn plain_title(input: &ChangelogInput<'_>) -> String {
    format!("## {} - {}", input.version, Day::of_seconds(input.seconds))
}

/// Returns the heading of the section, in the style of another one.
fn title(input: &ChangelogInput<'_>, other: &Heading) -> String {
    if other.text.starts_with('[') {
        return format!("## [{}] - {}", input.version, Day::of_seconds(input.seconds));
    }
    plain_title(input)
}

/// Returns the line end of the first line.
fn line_end(text: &[u8]) -> &'static str {
    let first = text.split_inclusive(|byte| *byte == b'\n').next().unwrap_or_default();
    if first.ends_with(b"\r\n") { "\r\n" } else { "\n" }
}

/// Returns a part of the file as text with plain line ends, and without blank lines at its end.
fn plain(bytes: &[u8]) -> String {
    let text = replaced(bytes).trim_start_matches('\u{feff}').replace("\r\n", "\n");
    format!("{}\n", text.trim_end())
}

/// The content of the file, and its line end.
struct Text<'a> {
    bytes: &'a [u8],
    line_end: &'static str,
}

impl Text<'_> {
    /// Returns text with the line ends of the file.
    fn lines(&self, text: &str) -> Vec<u8> {
        text.replace('\n', self.line_end).into_bytes()
    }

    /// Returns the content with a section at an offset, between blank lines.
    fn inserted(&self, offset: usize, section: &str) -> Vec<u8> {
        let mark = if self.bytes.starts_with(MARK) { MARK.len() } else { 0 };
        let (before, behind) = self.bytes.split_at_checked(offset.max(mark)).unwrap_or((self.bytes, &[]));
        let start = before.get(mark..).unwrap_or_default();
        let gap = match start {
            [] => "",
            _ if start.ends_with(b"\n\n") || start.ends_with(b"\n\r\n") => "",
            _ if start.ends_with(b"\n") => "\n",
            _ => "\n\n",
        };
        let section = format!("{gap}{section}{}", gap_before(behind));
        [before, self.lines(&section).as_slice(), behind].concat()
    }

    /// Returns the content with another heading for a section that ends at an offset, and entries below its content.
    fn renamed(&self, heading: &Heading, end: usize, title: &str, entries: &str) -> Changelog {
        let (above, behind_heading) = self.bytes.split_at_checked(heading.span.end).unwrap_or((self.bytes, &[]));
        let before = above.get(..heading.span.start).unwrap_or_default();
        let mark = if before.is_empty() && above.starts_with(MARK) { MARK } else { &[] };
        let length = last_line_end(behind_heading.get(..end - above.len()).unwrap_or_default());
        let (content, behind) = behind_heading.split_at_checked(length).unwrap_or_default();
        let entries = if content.is_empty() && entries.is_empty() { NOTHING } else { entries };
        let gap = if content.is_empty() || content.ends_with(b"\n") { "\n" } else { "\n\n" };
        let added = match entries {
            "" => String::new(),
            entries => format!("{gap}{entries}"),
        };
        let section = plain(&[title.as_bytes(), b"\n", content, added.as_bytes()].concat());
        let head = self.lines(&format!("{title}\n"));
        let added = self.lines(&(added + gap_before(behind)));
        Changelog { bytes: [before, mark, &head, content, &added, behind].concat(), section, was_there: false }
    }
}

/// Returns where the last line ends that is not blank; 0 if all lines are blank.
fn last_line_end(text: &[u8]) -> usize {
    let is_blank = |line: &&&[u8]| line.iter().all(u8::is_ascii_whitespace);
    let lines: Vec<&[u8]> = text.split_inclusive(|byte| *byte == b'\n').collect();
    let blank: usize = lines.iter().rev().take_while(is_blank).map(|line| line.len()).sum();
    text.len() - blank
}

/// Returns the blank line between a section and what is behind it, if it needs one.
fn gap_before(behind: &[u8]) -> &'static str {
    if behind.is_empty() || behind.starts_with(b"\n") || behind.starts_with(b"\r\n") { "" } else { "\n" }
}

#[cfg(test)]
#[path = "changelog_tests.rs"]
mod tests;
