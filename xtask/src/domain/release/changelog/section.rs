//! The entries of a release in the changelog.

use super::escape::inline;
use super::{AcceptedLine, ContractLine};
use crate::domain::release::commits::{CommitKind, ReleasedCommit};

/// The digits of a commit's ID that an entry has.
const SHOWN_DIGITS: usize = 12;

/// Returns the entries in groups, each with a heading; empty if there is nothing to tell.
pub(super) fn entries(contract: &[ContractLine], accepted: &[AcceptedLine], commits: &[ReleasedCommit]) -> String {
    let mut groups = Vec::new();
    let changes = contract.iter().map(|line| format!("{}: {}", inline(&line.level), inline(&line.text)));
    let accepted = accepted.iter().map(|line| {
        format!("accepted (`{}`): {}; {}", inline(&line.finding), inline(&line.text), inline(&line.reason))
    });
    groups.push(("Contract", changes.chain(accepted).collect::<Vec<_>>()));
    let mut texts: Vec<(CommitKind, String)> = commits.iter().map(entry).collect();
    // Commits of one kind stay in their order.
    texts.sort_by_key(|(kind, _)| *kind);
    for (kind, name) in [
        (CommitKind::Breaking, "Breaking"),
        (CommitKind::Added, "Added"),
        (CommitKind::Fixed, "Fixed"),
        (CommitKind::Changed, "Changed"),
    ] {
        let of_kind = texts.iter().filter(|(other, _)| *other == kind);
        groups.push((name, of_kind.map(|(_, text)| text.clone()).collect()));
    }
    let group = |(name, items): &(&str, Vec<String>)| {
        let items = items.iter().fold(String::new(), |text, item| text + "- " + item + "\n");
        format!("### {name}\n\n{items}")
    };
    groups.iter().filter(|(_, items)| !items.is_empty()).map(group).collect::<Vec<_>>().join("\n")
}

fn entry(commit: &ReleasedCommit) -> (CommitKind, String) {
    let text = commit.text();
    let hash: String = commit.hash.chars().take(SHOWN_DIGITS).collect();
    let subject = inline(&text.subject);
    let subject = if subject.is_empty() { "no subject".to_owned() } else { subject };
    let breaking = text.breaking.map_or(String::new(), |breaking| format!(": {}", inline(&breaking)));
    (text.kind, format!("{subject} (`{hash}`){breaking}"))
}
