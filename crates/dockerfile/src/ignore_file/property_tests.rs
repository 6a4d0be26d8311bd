//! Properties of all ignore files, tested against a naive matcher and against each other.

use super::*;
use proptest::prelude::*;

/// The rules in their simplest form: tries every way to match, and asks every parent. Supports no classes, no escapes,
/// and `**` only as a whole name.
mod naive {
    pub(super) fn matches(pattern: &[char], path: &[char]) -> bool {
        match pattern {
            [] => path.is_empty(),
            ['*', '*'] | ['*', '*', '/'] => true,
            ['*', '*', '/', rest @ ..] => {
                matches(rest, path) || (0..path.len()).any(|at| path[at] == '/' && matches(rest, &path[at + 1..]))
            }
            ['*', rest @ ..] => {
                (0..=path.len()).any(|length| !path[..length].contains(&'/') && matches(rest, &path[length..]))
            }
            ['?', rest @ ..] => path.first().is_some_and(|first| *first != '/') && matches(rest, &path[1..]),
            [first, rest @ ..] => path.first() == Some(first) && matches(rest, &path[1..]),
        }
    }

    /// Goes from folder to folder as moby's `MatchesUsingParentResults` does, which the builders' walks call.
    pub(super) fn excluded(lines: &[String], path: &str) -> bool {
        let ends = path.match_indices('/').map(|(at, _)| at).chain([path.len()]);
        let mut before = vec![false; lines.len()];
        let mut excluded = false;
        for end in ends {
            let mut counting = vec![false; lines.len()];
            excluded = false;
            for (index, line) in lines.iter().enumerate() {
                let (exclude, text) = line.strip_prefix('!').map_or((true, line.as_str()), |text| (false, text));
                let pattern: Vec<char> = text.chars().collect();
                let part: Vec<char> = path[..end].chars().collect();
                if before[index] || exclude != excluded && matches(&pattern, &part) {
                    counting[index] = true;
                    excluded = exclude;
                }
            }
            before = counting;
        }
        excluded
    }
}

/// A kind of ignore file, by its number of lines, with a path by its number.
type Kind = (&'static str, fn(usize) -> String, fn(usize) -> String);

/// Lines that people and generators write by the thousand.
const KINDS: [Kind; 6] = [
    ("paths", |at| format!("dir/file{at}"), |at| format!("dir/file{}", at * 2)),
    ("names in any folder", |at| format!("**/file{at}"), |at| format!("a/b/file{}", at * 2)),
    (
        "paths that come back",
        |at| if at == 0 { "*".to_owned() } else { format!("!dir{at}/file") },
        |at| format!("dir{at}/x"),
    ),
    ("globs in folders", |at| format!("dir{at}/*.log"), |at| format!("dir{at}/x.log")),
    ("folders", |at| format!("dir{at}/**"), |at| format!("dir{at}/x/y")),
    (
        "CRLF, comments and nothing",
        |at| if at % 2 == 0 { "# c\r".to_owned() } else { "\r".to_owned() },
        |at| format!("a{at}"),
    ),
];

#[test]
fn twice_the_lines_and_paths_are_twice_the_work() {
    for (kind, line, path) in KINDS {
        let steps = |number: usize| {
            let text: String = (0..number).map(|at| line(at) + "\n").collect();
            counted::of(|| {
                let file = IgnoreFile::parse(&text).unwrap();
                for path in (0..number).map(path) {
                    let walk =
                        parents(path.as_bytes()).fold(Folder::default(), |folder, path| file.enter(&folder, path));
                    if !file.may_skip(&walk) {
                        file.decide_inside(&walk, &path);
                    }
                }
            })
        };
        let (small, large) = (steps(500), steps(1000));
        assert!(large * 10 <= small * 22, "{kind}: {small} steps become {large}");
        let largest = steps(20_000);
        assert!(largest < 6_000_000, "{kind}: {largest} steps");
    }
}

fn name() -> impl Strategy<Value = String> {
    "[ab.]{0,2}[ab]"
}

fn path() -> impl Strategy<Value = String> {
    prop::collection::vec(name(), 1..5).prop_map(|names| names.join("/"))
}

fn pattern() -> impl Strategy<Value = String> {
    let part = prop_oneof![3 => name(), 1 => Just("*".to_owned()), 1 => Just("**".to_owned()), 2 => "[ab?]{0,2}[*]?[ab?]{1,2}"];
    let text = prop::collection::vec(part, 1..4).prop_map(|parts| parts.join("/"));
    (prop::bool::weighted(0.3), text).prop_map(|(back, text)| if back { format!("!{text}") } else { text })
}

proptest! {
    #[test]
    fn it_decides_as_the_naive_matcher(lines in prop::collection::vec(pattern(), 1..5), path in path()) {
        let file = IgnoreFile::parse(&lines.join("\n")).unwrap();
        prop_assert_eq!(file.decide(&path).excluded, naive::excluded(&lines, &path));
    }

    #[test]
    fn nothing_below_a_skipped_folder_is_sent(lines in prop::collection::vec(pattern(), 1..5), folder in path(), below in path()) {
        let file = IgnoreFile::parse(&lines.join("\n")).unwrap();
        if file.may_skip_folder(&folder) {
            let path = format!("{folder}/{below}");
            prop_assert!(file.decide(&path).excluded, "{}", path);
        }
    }

    #[test]
    fn no_text_makes_it_panic(text in "([a*?!#/\\\\\\[\\]^. -]|\r?\n|\u{feff}|é){0,30}", path in "[a*!/é\n]{0,9}") {
        if let Ok(file) = IgnoreFile::parse(&text) {
            let decision = file.decide(&path);
            prop_assert_eq!(decision.excluded, decision.by.is_some() && decision.excluded);
            prop_assert!(decision.excluded || !file.may_skip_folder(&path));
        }
    }
}

proptest! {
    #[test]
    fn the_pattern_of_a_path_excludes_it(names in prop::collection::vec("[^\0/]{1,8}", 1..4), bytes in prop::collection::vec(1_u8.., 1..6)) {
        for path in [names.join("/").into_bytes(), bytes] {
            let is_path = |name: &[u8]| !name.is_empty() && name != b"." && name != b"..";
            if path.split(|byte| *byte == b'/').all(is_path) {
                let file = IgnoreFile::parse(&pattern_of(&path)).unwrap();
                prop_assert!(file.decide(&path).excluded, "{}", pattern_of(&path));
            }
        }
    }

    #[test]
    fn the_index_leaves_no_pattern_out(lines in prop::collection::vec(pattern(), 1..5), path in path()) {
        let file = IgnoreFile::parse(&lines.join("\n")).unwrap();
        let candidates = file.index.candidates(path.as_bytes());
        for (number, rule) in file.rules.iter().enumerate() {
            prop_assert!(candidates.contains(&number) || !rule.pattern.matches(path.as_bytes()), "{}", rule.text);
        }
    }

    #[test]
    fn the_exception_that_leads_inside_is_found(lines in prop::collection::vec(pattern(), 1..5), folder in path()) {
        let file = IgnoreFile::parse(&lines.join("\n")).unwrap();
        let walked = parents(folder.as_bytes()).chain([folder.as_bytes()]).fold(Folder::default(), |folder, path| file.enter(&folder, path));
        let decisive = walked.decision.by.unwrap_or_default();
        let leads = |rule: &Rule| rule.brings_back && rule.line > decisive && rule.pattern.may_match_inside(folder.as_bytes());
        let found = file.leads_inside(&walked).map(|(line, _)| line);
        prop_assert_eq!(found.is_some(), walked.decision.excluded && file.rules.iter().any(leads));
        if let Some(line) = found {
            prop_assert!(file.rules.iter().any(|rule| rule.line == line && leads(rule)));
        }
    }
}

#[test]
fn patterns_and_paths_of_every_length_are_read_or_refused() {
    let lengths = (0..20).chain([255, 256, 65_534, 65_535, 65_536]);
    for length in lengths {
        for part in ["a", "*", "?", "**/", "a*", "[a]", "\\a", "!", "/", "../", "é", "\u{feff}", " ", "#"] {
            let text = part.repeat(length);
            if let Ok(file) = IgnoreFile::parse(&text) {
                for path in ["a/b", &text.chars().take(200).collect::<String>(), &"x/".repeat(200)] {
                    file.decide(path.trim_matches('/'));
                    file.may_skip_folder(path);
                }
            }
        }
    }
}

proptest! {
    #[test]
    fn cleaning_changes_nothing_of_a_clean_path(path in "[a.*/]{0,8}") {
        let cleaned = |line: String| cleaned_line(&line).map(Cow::into_owned);
        if is_clean(&path) {
            let back = format!("!{path}");
            prop_assert_eq!(&cleaned_path(&path), &path);
            prop_assert_eq!(cleaned(format!("! {path}")), Some(back.clone()));
            prop_assert_eq!(cleaned(back.clone()), Some(back));
            prop_assert_eq!(cleaned(format!("\t{path} \r\n")), Some(path));
        }
    }
}
