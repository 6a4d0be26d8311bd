//! Tests of the changelog.

#![expect(
    clippy::disallowed_methods,
    clippy::needless_raw_string_hashes,
    reason = "snapbox looks for its own file, and writes raw strings"
)]

use super::*;
use crate::domain::problem::in_words;
use proptest::prelude::*;
use snapbox::{assert_data_eq, str};

/// 2026-11-28, in the evening.
const SECONDS: i64 = 1_795_896_000;

fn commits(messages: &[&str]) -> Vec<ReleasedCommit> {
    let commit = |(index, message): (usize, &&str)| ReleasedCommit {
        hash: format!("{index:040x}").chars().rev().collect(),
        message: message.as_bytes().to_vec(),
    };
    messages.iter().enumerate().map(commit).collect()
}

fn made(existing: Option<&[u8]>, messages: &[&str]) -> Changelog {
    try_made(existing, messages).unwrap()
}

fn try_made(existing: Option<&[u8]>, messages: &[&str]) -> Result<Changelog, Problem> {
    let commits = commits(messages);
    let input = ChangelogInput {
        file: "CHANGELOG.md",
        existing,
        version: "1.1.0".parse().unwrap(),
        seconds: SECONDS,
        commits: &commits,
        contract: &[],
        accepted: &[],
    };
    with_section(&input)
}

fn text(existing: &str, messages: &[&str]) -> String {
    let changelog = made(Some(existing.as_bytes()), messages);
    String::from_utf8(changelog.bytes).unwrap()
}

#[test]
fn contract_changes_stand_above_the_commits() {
    let commits = commits(&[
        "backend: answer faster",
        "feat: sort tasks",
        "fix(api): no <script> in titles",
        "",
        "feat!: new order\n\nBREAKING CHANGE: `sort` is\nrequired\n",
        "rig: a second engine",
    ]);
    let line = |level: &str, text: &str| ContractLine { level: level.to_owned(), text: text.to_owned() };
    let accepted = AcceptedLine {
        finding: "a3f8c21b9d04".to_owned(),
        text: "the port of `backend` was 8000 and is 8080".to_owned(),
        reason: "no caller uses it # yet".to_owned(),
    };
    let input = ChangelogInput {
        file: "CHANGELOG.md",
        existing: None,
        version: "1.1.0".parse().unwrap(),
        seconds: SECONDS,
        commits: &commits,
        contract: &[line("major", "`/healthz` is gone"), line("minor", "new variable `A_B`")],
        accepted: &[accepted],
    };
    let changelog = with_section(&input).unwrap();
    assert_data_eq!(
        String::from_utf8(changelog.bytes).unwrap(),
        str![[r#"
# Changelog

## 1.1.0 - 2026-11-28

### Contract

- major: `/healthz` is gone
- minor: new variable `A_B`
- accepted (`a3f8c21b9d04`): the port of `backend` was 8000 and is 8080; no caller uses it # yet

### Breaking

- new order (`400000000000`): `sort` is required

### Added

- sort tasks (`100000000000`)

### Fixed

- api: no /<script> in titles (`200000000000`)

### Changed

- backend: answer faster (`000000000000`)
- no subject (`300000000000`)
- rig: a second engine (`500000000000`)

"#]]
    );
}

#[test]
fn a_new_section_stands_above_the_other_releases() {
    assert_data_eq!(
        text("# Changelog\n\nAll changes.\n\n## 1.0.0 - 2026-01-01\n\n- first\n", &["fix: a"]),
        str![[r#"
# Changelog

All changes.

## 1.1.0 - 2026-11-28

### Fixed

- a (`000000000000`)

## 1.0.0 - 2026-01-01

- first

"#]]
    );
    assert_data_eq!(
        text("# Changelog\n## [1.0.0]\n- first", &["fix: a"]),
        str![[r#"
# Changelog

## [1.1.0] - 2026-11-28

### Fixed

- a (`000000000000`)

## [1.0.0]
- first
"#]]
    );
    assert_data_eq!(
        text("Changelog\n=========\n\n1.0.0\n-----\n- first\n", &["fix: a"]),
        str![[r#"
Changelog
=========

## 1.1.0 - 2026-11-28

### Fixed

- a (`000000000000`)

1.0.0
-----
- first

"#]]
    );
    assert_data_eq!(
        text("# Changelog\n\nIntroduction.\n\n[link]: http://x\n", &[]),
        str![[r#"
# Changelog

Introduction.

## 1.1.0 - 2026-11-28

No changes.

[link]: http://x

"#]]
    );
    assert_data_eq!(
        text("# Changelog\n\n### [1.0.1](http://x) (2026)\n\n### Bug Fixes\n", &["fix: a"]),
        str![[r#"
# Changelog

## [1.1.0] - 2026-11-28

### Fixed

- a (`000000000000`)

### [1.0.1](http://x) (2026)

### Bug Fixes

"#]]
    );
}

#[test]
fn what_was_written_for_the_next_release_stays_above_the_entries() {
    let before =
        "# Changelog\n\n## [Unreleased]\n\n### Upgrade\n\nSet `A`.  \n\n\n## [1.0.0]\n\n[Unreleased]: http://x\n";
    assert_data_eq!(
        text(before, &["fix: a"]),
        str![[r#"
# Changelog

## [1.1.0] - 2026-11-28

### Upgrade

Set `A`.  

### Fixed

- a (`000000000000`)


## [1.0.0]

[Unreleased]: http://x

"#]]
    );
    assert_data_eq!(
        made(Some(before.as_bytes()), &["fix: a"]).section,
        str![[r#"
## [1.1.0] - 2026-11-28

### Upgrade

Set `A`.  

### Fixed

- a (`000000000000`)

"#]]
    );
    assert_eq!(text("## unreleased\n## 1.0.0\n", &[]), "## 1.1.0 - 2026-11-28\n\nNo changes.\n\n## 1.0.0\n");
    assert_eq!(text("## UNRELEASED\n\n- by hand", &[]), "## 1.1.0 - 2026-11-28\n\n- by hand");
    assert_data_eq!(
        text("## Unreleased", &["fix: a"]),
        str![[r#"
## 1.1.0 - 2026-11-28

### Fixed

- a (`000000000000`)

"#]]
    );
    assert_data_eq!(
        text("Unreleased\n----------\n- by hand\n\n[x]: http://x", &["fix: a"]),
        str![[r#"
## 1.1.0 - 2026-11-28
- by hand

### Fixed

- a (`000000000000`)

[x]: http://x
"#]]
    );
}

#[test]
fn a_section_of_the_version_is_kept() {
    for heading in ["## 1.1.0", "## [1.1.0] - 2026-01-01", "## v1.1.0", "### [1.1.0](http://x)", "# Version 1.1.0"] {
        let before = format!("# Changelog\n\n## Unreleased\n\n- a\n\n{heading}\r\n\r\nBy hand.\r\n\r\n## 1.0.0\n");
        let changelog = made(Some(before.as_bytes()), &["fix: a"]);
        assert!(changelog.was_there, "{heading}");
        assert_eq!(changelog.bytes, before.as_bytes());
        assert_eq!(changelog.section, format!("{heading}\n\nBy hand.\n"));
    }
    for other in ["## 1.1.0-rc.1", "## 11.1.0", "## 1.2.0 (not 1.1.0)", "### Upgrade from 1.1.0", "    ## 1.1.0"] {
        assert!(!made(Some(format!("{other}\n").as_bytes()), &[]).was_there, "{other}");
    }
}

#[test]
fn code_and_comments_have_no_headings() {
    for hidden in [
        "```\n## Unreleased\n```\n",
        "~~~~ x\n## Unreleased\n~~~\n## 1.1.0\n~~~~\n",
        "<!--\n## Unreleased\n-->\n",
        "<!-- ## Unreleased\n## 1.1.0 -->\n",
        "    ## Unreleased\n",
        "##Unreleased\n",
        "- a\n---\n",
    ] {
        let after = text(&format!("# C\n\n{hidden}\n## 1.0.0\n"), &["fix: a"]);
        let expected =
            format!("# C\n\n{hidden}\n## 1.1.0 - 2026-11-28\n\n### Fixed\n\n- a (`000000000000`)\n\n## 1.0.0\n");
        assert_eq!(after, expected);
    }
}

#[test]
fn line_ends_marks_and_other_bytes_stay() {
    let crlf = text("\u{feff}# C\r\n\r\n## Unreleased\r\n\r\n- a\r\n", &["fix: a"]);
    assert_eq!(
        crlf,
        "\u{feff}# C\r\n\r\n## 1.1.0 - 2026-11-28\r\n\r\n- a\r\n\r\n### Fixed\r\n\r\n- a (`000000000000`)\r\n"
    );
    let crlf = text("\u{feff}## 1.0.0\r\n", &["fix: a"]);
    assert_eq!(crlf, "\u{feff}## 1.1.0 - 2026-11-28\r\n\r\n### Fixed\r\n\r\n- a (`000000000000`)\r\n\r\n## 1.0.0\r\n");
    assert_eq!(text("\u{feff}\n", &[]), "\u{feff}# Changelog\n\n## 1.1.0 - 2026-11-28\n\nNo changes.\n");
    let latin = made(Some(b"## Unreleased\n- caf\xe9\n\n## 1.0.0 \xff"), &[]);
    assert_eq!(latin.bytes, b"## 1.1.0 - 2026-11-28\n- caf\xe9\n\n## 1.0.0 \xff");
    assert_eq!(latin.section, "## 1.1.0 - 2026-11-28\n- caf\u{fffd}\n");
}

#[test]
fn what_would_hide_or_break_the_section_is_refused() {
    let problem = |existing: &[u8]| in_words(&try_made(Some(existing), &[]).unwrap_err());
    let wide: Vec<u8> = "\u{feff}# C\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert_data_eq!(
        problem(&wide),
        str![[r#"
`CHANGELOG.md` is in UTF-16, little endian, and `cargo xtask release` reads text in UTF-8
 --> CHANGELOG.md
hint: convert it with `iconv -f UTF-16 -t UTF-8 CHANGELOG.md > CHANGELOG.md.new && mv CHANGELOG.md.new CHANGELOG.md`

"#]]
    );
    assert_data_eq!(
        problem(b"# C\n\n<!-- open\n## 1.0.0\n"),
        str![[r#"
`CHANGELOG.md` cannot get a new section: the comment that begins here does not end
 --> CHANGELOG.md:3
hint: write `-->` at the end of the comment

"#]]
    );
    assert_data_eq!(
        problem(b"# C\n```\n~~~\n"),
        str![[r#"
`CHANGELOG.md` cannot get a new section: the code that begins here does not end
 --> CHANGELOG.md:2
hint: repeat the marks of this line on a line below the code

"#]]
    );
}

#[test]
fn a_block_that_is_closed_as_the_hint_says_hides_nothing() {
    for (open, end) in [("<!-- open\ntext\n", "-->\n"), ("```\ntext\n", "```\n"), ("~~~~ rust\ntext\n", "~~~~\n")] {
        assert!(try_made(Some(open.as_bytes()), &[]).is_err(), "{open}");
        assert!(text(&format!("{open}{end}"), &["fix: a"]).starts_with(&format!("{open}{end}\n## 1.1.0")), "{open}");
    }
}

const LINES: &str =
    "(# C|## Unreleased|## \\[unreleased\\]|## 1\\.0\\.0|### Added|- a|text|<!--|-->|```|\\[a\\]: b|---|==|)(\n|\r\n)";

proptest! {
    #[test]
    fn all_other_lines_stay_and_a_second_run_changes_nothing(
        lines in prop::collection::vec(LINES, 0..12),
        tail in "(|text|# x)",
        messages in prop::collection::vec("(feat|fix|a): [a-z]{1,3}", 0..3),
    ) {
        let before = lines.concat() + &tail;
        let messages: Vec<&str> = messages.iter().map(String::as_str).collect();
        let Ok(first) = try_made(Some(before.as_bytes()), &messages) else {
            prop_assert!(before.contains("<!--") || before.contains("```"));
            return Ok(());
        };
        prop_assert!(!first.was_there);
        let again = made(Some(&first.bytes), &["fix: other"]);
        prop_assert!(again.was_there, "{:?}", String::from_utf8_lossy(&first.bytes));
        prop_assert_eq!(&again.bytes, &first.bytes);
        prop_assert_eq!(&again.section, &first.section);
        // Each line of the file is there in its order, but for the one heading that has another name now.
        let after = String::from_utf8(first.bytes).unwrap();
        let missing = before.lines().count() - common_lines(&before, &after);
        prop_assert!(missing <= usize::from(before.contains("nreleased")), "{:?} {:?}", before, after);
    }
}

/// The length of the longest sequence of lines that both texts have in the same order.
fn common_lines(one: &str, other: &str) -> usize {
    let other: Vec<&str> = other.lines().collect();
    let mut lengths = vec![0; other.len() + 1];
    for line in one.lines() {
        let before = lengths.clone();
        for (index, candidate) in other.iter().enumerate() {
            let longer = if line == *candidate { before[index] + 1 } else { 0 };
            lengths[index + 1] = longer.max(before[index + 1]).max(lengths[index]);
        }
    }
    lengths[other.len()]
}
