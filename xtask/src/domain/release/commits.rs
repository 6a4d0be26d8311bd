//! The commits of a release: their subjects, and what conventional prefixes and footers say about them.

use shown::replaced;

/// A commit that belongs to a release.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReleasedCommit {
    /// Its ID in hex digits.
    pub hash: String,
    /// Its message, as git stores it.
    pub message: Vec<u8>,
}

/// What a commit changes, as its message says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum CommitKind {
    /// `type!:`, or a footer `BREAKING CHANGE:`.
    Breaking,
    /// `feat:`.
    Added,
    /// `fix:`.
    Fixed,
    /// All others.
    Changed,
}

/// A message in parts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommitText {
    /// What the commit changes.
    pub kind: CommitKind,
    /// The subject. It has no conventional type in front, as the kind says the same, but a scope or an area.
    pub subject: String,
    /// What the footer `BREAKING CHANGE:` says.
    pub breaking: Option<String>,
}

/// The types of conventional commits. Any other word before the colon is an area.
const TYPES: [&str; 11] =
    ["build", "chore", "ci", "docs", "feat", "fix", "perf", "refactor", "revert", "style", "test"];

impl ReleasedCommit {
    /// Returns the message in parts.
    pub fn text(&self) -> CommitText {
        let message = replaced(&self.message);
        let (head, body) = subject_and_body(&message);
        let breaking = breaking_footer(body);
        let (kind, subject) = kind_and_subject(&head);
        let kind = if breaking.is_some() { CommitKind::Breaking } else { kind };
        CommitText { kind, subject, breaking }
    }
}

/// Parses the answer of `git log -z` with the format `%H%n%B`.
pub fn released_commits(answer: &[u8]) -> Vec<ReleasedCommit> {
    let commit = |entry: &[u8]| {
        let end = entry.iter().position(|byte| *byte == b'\n')?;
        let (hash, message) = entry.split_at_checked(end)?;
        let hash = std::str::from_utf8(hash).ok().filter(|hash| hash.bytes().all(|byte| byte.is_ascii_hexdigit()))?;
        Some(ReleasedCommit { hash: hash.to_owned(), message: message.get(1..).unwrap_or_default().to_vec() })
    };
    answer.split(|byte| *byte == 0).filter_map(commit).collect()
}

/// Returns the first paragraph as one line, as git does for subjects, and the rest.
fn subject_and_body(message: &str) -> (String, &str) {
    let message = message.trim_start_matches(['\n', '\r']);
    let mut end = 0;
    let mut words = Vec::new();
    for line in message.split_inclusive('\n') {
        if line.trim().is_empty() {
            break;
        }
        words.push(line.trim());
        end += line.len();
    }
    (words.join(" "), message.get(end..).unwrap_or_default())
}

/// Returns the text of the first footer about a breaking change, up to the next footer or blank line.
fn breaking_footer(body: &str) -> Option<String> {
    let mut lines = body.lines();
    let first = lines.find_map(breaking_text)?;
    let is_footer = |line: &str| {
        let token = line.split_once(": ").or_else(|| line.split_once(" #")).map_or("", |(token, _)| token);
        !token.is_empty() && token.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '-')
    };
    let more = lines.take_while(|line| !line.trim().is_empty() && !is_footer(line));
    let words: Vec<&str> = std::iter::once(first).chain(more).map(str::trim).collect();
    Some(words.join(" ").trim().to_owned())
}

/// Returns what is behind `BREAKING CHANGE:` or `BREAKING-CHANGE:`; a footer can have ` #` in the place of the colon.
fn breaking_text(line: &str) -> Option<&str> {
    let behind = line.strip_prefix("BREAKING")?.strip_prefix([' ', '-'])?.strip_prefix("CHANGE")?;
    behind.strip_prefix(": ").or_else(|| behind.strip_prefix(" #"))
}

/// Reads `type(scope)!: text`.
fn kind_and_subject(subject: &str) -> (CommitKind, String) {
    let other = || (CommitKind::Changed, subject.to_owned());
    let Some((prefix, text)) = subject.split_once(": ") else { return other() };
    let (prefix, is_breaking) = prefix.strip_suffix('!').map_or((prefix, false), |prefix| (prefix, true));
    let (word, scope) = match prefix.strip_suffix(')').and_then(|prefix| prefix.split_once('(')) {
        Some((word, scope)) => (word, Some(scope)),
        None => (prefix, None),
    };
    if word.is_empty() || word.contains(char::is_whitespace) {
        return other();
    }
    let known = TYPES.iter().find(|known| known.eq_ignore_ascii_case(word)).copied();
    let kind = match known {
        _ if is_breaking => CommitKind::Breaking,
        Some("feat") => CommitKind::Added,
        Some("fix") => CommitKind::Fixed,
        _ => return other(),
    };
    let area = scope.or(known.is_none().then_some(word));
    let text = text.trim();
    (kind, area.map_or_else(|| text.to_owned(), |area| format!("{area}: {text}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(message: &str) -> (CommitKind, String, Option<String>) {
        let commit = ReleasedCommit { hash: "0".repeat(40), message: message.as_bytes().to_vec() };
        let CommitText { kind, subject, breaking } = commit.text();
        (kind, subject, breaking)
    }

    #[test]
    fn the_kind_comes_from_the_prefix() {
        for (message, kind, subject) in [
            ("feat: sort tasks", CommitKind::Added, "sort tasks"),
            ("Feat(api): sort tasks\n", CommitKind::Added, "api: sort tasks"),
            ("fix: a\n\nbody\n", CommitKind::Fixed, "a"),
            ("fix!: a", CommitKind::Breaking, "a"),
            ("refactor(db)!: a", CommitKind::Breaking, "db: a"),
            ("backend!: other port", CommitKind::Breaking, "backend: other port"),
            ("backend: a", CommitKind::Changed, "backend: a"),
            ("docs: a", CommitKind::Changed, "docs: a"),
            ("Fix the thing: really", CommitKind::Changed, "Fix the thing: really"),
            ("fix:no blank", CommitKind::Changed, "fix:no blank"),
            (": a", CommitKind::Changed, ": a"),
            ("", CommitKind::Changed, ""),
            ("feat: a\r\nb\r\n\r\nc", CommitKind::Added, "a b"),
        ] {
            assert_eq!(text(message), (kind, subject.to_owned(), None), "{message:?}");
        }
    }

    #[test]
    fn a_footer_makes_a_commit_breaking() {
        let of = |message: &str| {
            let (kind, _, breaking) = text(message);
            assert_eq!(kind == CommitKind::Breaking, breaking.is_some(), "{message:?}");
            breaking
        };
        let footer = "fix: a\n\nWhy.\n\nBREAKING CHANGE: the port is\nnow 8080\nSigned-off-by: A\n";
        assert_eq!(of(footer).as_deref(), Some("the port is now 8080"));
        assert_eq!(of("a\n\nBREAKING-CHANGE: x\r\n\r\ny").as_deref(), Some("x"));
        assert_eq!(of("a\n\nno BREAKING CHANGE: x"), None);
        assert_eq!(of("BREAKING CHANGE: only a subject"), None);
        assert_eq!(of("a\n\nbreaking change: x"), None);
    }

    #[test]
    fn the_answer_of_git_is_read_as_bytes() {
        let answer = b"12ab\nfix: caf\xe9\n\nbody\n\x0034cd\n\n\x00not hex\nx\n\0";
        let commits = released_commits(answer);
        let hashes: Vec<&str> = commits.iter().map(|commit| commit.hash.as_str()).collect();
        assert_eq!(hashes, ["12ab", "34cd"]);
        assert_eq!(commits[0].message, b"fix: caf\xe9\n\nbody\n");
        assert_eq!(commits[0].text().subject, "caf\u{fffd}");
        assert_eq!(released_commits(b""), Vec::new());
    }
}
