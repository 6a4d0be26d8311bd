//! Finds secrets in command lines: assignments, options, and texts that match a pattern.

use std::ops::Range;

use super::judge::{Detector, Verdict, distinct, not_searched, verdict};
use super::name::{NameVerdict, judge_name};
use super::rules;
use super::scan::Scanned;
use super::text_kind::TextKind;

/// Returns the secrets of a command line or script, each rule once, and at the end whether a part of it could not be
/// searched.
pub fn judge_command(detector: &Detector, text: &str) -> Vec<Verdict> {
    let mut found: Vec<Verdict> = in_command(detector, text).into_iter().map(|(_, verdict)| verdict).collect();
    found.sort_by_key(Verdict::is_not_searched);
    distinct(found)
}

/// Returns all secrets of a command line or script with their positions, and the first position that could not be
/// searched.
pub fn in_command(detector: &Detector, text: &str) -> Vec<(usize, Verdict)> {
    let Scanned { matches, cut } = detector.scanner().scan(text.as_bytes(), TextKind::Command);
    let mut found: Vec<(usize, Verdict)> = matches.iter().map(|found| (found.start, verdict(&found.rule))).collect();
    found.extend(cut.map(|cut| (cut.at, not_searched(cut.reason()))));
    for (name, value) in assignments(text.as_bytes()) {
        let (place, end) = (name.start, value.end);
        let (name, value) = (text.get(name).unwrap_or_default(), text.get(value).unwrap_or_default());
        // An empty assignment removes a secret.
        let empty = value.trim_matches(['"', '\'']).is_empty();
        let seen = matches.iter().any(|found| place <= found.start && found.start < end);
        if !empty && !seen {
            found.extend(detector.judge_all(name, Some(value)).into_iter().map(|verdict| (place, verdict)));
        }
    }
    found.sort_by_key(|(place, _)| *place);
    found
}

/// Returns the assignments of a command line, as ranges of the names and of the values: `NAME=value` or `-DNAME=value`
/// behind a blank or a sign that separates commands. The value is in quotes, a substitution, or a plain word. No
/// assignment is inside of another one.
fn assignments(text: &[u8]) -> Vec<(Range<usize>, Range<usize>)> {
    let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || b"_.-".contains(byte);
    let is_first = |byte: &u8| byte.is_ascii_alphabetic() || *byte == b'_';
    // A substitution behind the last of these signs is not closed; looking for its end each time would take long.
    let last = [b')', b'}'].map(|close| text.iter().rposition(|byte| *byte == close).unwrap_or_default());
    let mut found = Vec::new();
    // Where the last value ends.
    let mut end = 0;
    for sign in text.iter().enumerate().filter(|(_, byte)| **byte == b'=').map(|(at, _)| at) {
        let before = text.get(end..sign).unwrap_or_default();
        let length = before.iter().rev().take_while(|byte| is_name(byte)).count();
        let start = sign - length;
        let separator = start.checked_sub(1).filter(|at| *at >= end).and_then(|at| text.get(at));
        let begins = start == 0 || separator.is_some_and(|byte| is_blank(*byte) || b";&|(\"'".contains(byte));
        let name = match text.get(start..sign).unwrap_or_default() {
            [first, ..] if is_first(first) => start..sign,
            [b'-', b'D', first, ..] if is_first(first) => start + 2..sign,
            _ => continue,
        };
        if sign >= end && begins {
            let closes = last.map(|last| sign < last);
            end = sign + 1 + value_length(text.get(sign + 1..).unwrap_or_default(), closes);
            found.push((name, sign + 1..end));
        }
    }
    found
}

/// Returns the length of the value at the start of a text. `parenthesis` and `brace` say whether the text has one that
/// closes.
fn value_length(text: &[u8], [parenthesis, brace]: [bool; 2]) -> usize {
    let closed = |start: usize, close: u8| {
        let length = text.get(start..)?.iter().position(|byte| *byte == close)?;
        Some(start + length + 1)
    };
    let whole = match text {
        [b'"', ..] => quoted_length(text),
        [b'\'', ..] => closed(1, b'\''),
        [b'$', b'(', ..] if parenthesis => closed(2, b')'),
        [b'`', ..] => closed(1, b'`'),
        [b'$', b'{', ..] if brace => closed(2, b'}'),
        _ => None,
    };
    let ends = |byte: &u8| is_blank(*byte) || b";&|)\"'`".contains(byte);
    whole.unwrap_or_else(|| text.iter().position(ends).unwrap_or(text.len()))
}

/// Returns the length of the text in double quotes at the start; none if it is not closed. A backslash escapes any
/// character but the end of a line.
fn quoted_length(text: &[u8]) -> Option<usize> {
    let mut bytes = text.iter().enumerate().skip(1);
    while let Some((at, byte)) = bytes.next() {
        match byte {
            b'"' => return Some(at + 1),
            b'\\' if bytes.next()?.1 == &b'\n' => return None,
            _ => {}
        }
    }
    None
}

/// Whether a byte is a blank of regular expressions.
fn is_blank(byte: u8) -> bool {
    byte.is_ascii_whitespace() || byte == b'\x0b'
}

/// Returns the args that a builder wrote before a command: `|2 A=1 B=two words /bin/sh -c …`.
pub fn history_args(created_by: &str) -> Vec<(String, String)> {
    let text = created_by.strip_prefix("RUN ").unwrap_or(created_by);
    let counted = text.strip_prefix('|').and_then(|rest| rest.split_once(' '));
    let Some((count, rest)) = counted.and_then(|(count, rest)| Some((count.parse::<usize>().ok()?, rest))) else {
        return Vec::new();
    };
    // Values are not quoted: each ends where the next name or the shell begins.
    let end = rest.find(" /bin/").unwrap_or(rest.len());
    let rest = rest.get(..end).unwrap_or(rest);
    let mut args: Vec<(String, String)> = Vec::new();
    for word in rest.split(' ') {
        let named = word.split_once('=').filter(|(name, _)| is_name(name) && args.len() < count);
        match (named, args.last_mut()) {
            (Some((name, value)), _) => args.push((name.to_owned(), value.to_owned())),
            (None, Some((_, value))) => {
                value.push(' ');
                value.push_str(word);
            }
            (None, None) => {}
        }
    }
    args
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

/// Judges a name without a value in a place where the value comes from outside: `ARG TOKEN`, `ARG TOKEN=`.
pub fn judge_unset(detector: &Detector, name: &str) -> Option<Verdict> {
    detector.judge(name, None).map(|verdict| match judge_name(name) {
        NameVerdict::Secret(_) if verdict.rule == rules::SECRET_NAME => {
            Verdict { reason: format!("{}, and its value would stay in the image", verdict.reason), ..verdict }
        }
        _ => verdict,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Scanner;
    use proptest::prelude::*;
    use regex::bytes::Regex;

    fn rule(text: &str) -> Option<&'static str> {
        let detector = Detector::new(&["DATABASE_URL".to_owned()], Scanner::new(Vec::new()));
        judge_command(&detector, text).first().map(|verdict| verdict.rule)
    }

    #[test]
    fn assignments_and_options_are_judged() {
        assert_eq!(rule("export DB_PASSWORD=\"h4nter two\" && run"), Some("secret-name"));
        assert_eq!(rule("DB_PASS='x y z' psql"), Some("secret-name"));
        assert_eq!(rule("docker run -e DATABASE_URL=x image"), Some("declared-name"));
        assert_eq!(rule("curl -u me:s3cr3tw0rd https://x"), Some("command-line-secret"));
        assert_eq!(rule("java -Dspring.datasource.password=s3cr3tw0rd -jar a.jar"), Some("secret-name"));
        for clean in [
            "npm ci --omit=dev",
            "TOKEN=$(cat /run/secrets/token) npm ci",
            "PASSWORD=$PASSWORD run",
            "unset TOKEN; TOKEN= run",
            "PGPASSWORD=\"${PGPASSWORD}\" psql",
            "curl -u \"$USER:$TOKEN\" https://x",
            "apt-get install -y curl",
        ] {
            assert_eq!(rule(clean), None, "{clean}");
        }
    }

    #[test]
    fn args_in_a_history_are_taken_apart() {
        let args = history_args("RUN |3 A=1 B=two words C= /bin/sh -c echo D=4 # buildkit");
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        assert_eq!(args, [pair("A", "1"), pair("B", "two words"), pair("C", "")]);
        assert_eq!(history_args("|1 A=x /bin/sh -c true"), [pair("A", "x")]);
        assert!(history_args("/bin/sh -c #(nop)  ENV A=1").is_empty());
        assert!(history_args("RUN /bin/sh -c echo a | b").is_empty());
    }

    /// The assignments as an expression.
    fn by_expression(text: &[u8]) -> Vec<(Range<usize>, Range<usize>)> {
        let value = r#""(?:[^"\\]|\\.)*"|'[^']*'|\$\([^)]*\)|`[^`]*`|\$\{[^}]*\}|[^\s;&|)"'`]*"#;
        let regex = format!(r#"(?-u)(?:^|[\s;&|("'])(-D)?([A-Za-z_][A-Za-z0-9_.-]*)=({value})"#);
        let regex = Regex::new(&regex).unwrap();
        regex.captures_iter(text).map(|found| (found.get(2).unwrap().range(), found.get(3).unwrap().range())).collect()
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 20_000, ..ProptestConfig::default() })]

        #[test]
        fn assignments_are_those_of_the_expression(text in r#"([aD_.1 \n\t\x0b;&|()"'`$={}\\-]|A=|-Db=|\$\(|\\\n| c="){0,24}"#) {
            prop_assert_eq!(assignments(text.as_bytes()), by_expression(text.as_bytes()));
        }
    }
}
