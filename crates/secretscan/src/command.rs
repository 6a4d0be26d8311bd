//! Finds secrets in command lines: assignments, options, and texts that match a pattern.

use std::sync::LazyLock;

use regex::bytes::Regex;

use super::judge::{Detector, Verdict, distinct, not_searched, verdict};
use super::name::{NameVerdict, judge_name};
use super::rules;
use super::scan::Scanned;
use super::text_kind::TextKind;

/// `NAME=value`, at the beginning of a word; the value is in quotes, a substitution, or a plain word.
static ASSIGNMENT: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let value = r#""(?:[^"\\]|\\.)*"|'[^']*'|\$\([^)]*\)|`[^`]*`|\$\{[^}]*\}|[^\s;&|)"'`]*"#;
    Regex::new(&format!(r#"(?-u)(?:^|[\s;&|("'])(-D)?([A-Za-z_][A-Za-z0-9_.-]*)=({value})"#)).ok()
});

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
    let assignments = ASSIGNMENT.as_ref().map(|regex| regex.captures_iter(text.as_bytes()));
    for (name, value) in assignments.into_iter().flatten().filter_map(|found| Some((found.get(2)?, found.get(3)?))) {
        let plain = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let (place, end) = (name.start(), value.end());
        let (name, value) = (plain(name.as_bytes()), plain(value.as_bytes()));
        // An empty assignment removes a secret.
        let empty = value.trim_matches(['"', '\'']).is_empty();
        let seen = matches.iter().any(|found| place <= found.start && found.start < end);
        if !empty && !seen {
            found.extend(detector.judge_all(&name, Some(&value)).into_iter().map(|verdict| (place, verdict)));
        }
    }
    found.sort_by_key(|(place, _)| *place);
    found
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

    fn rule(text: &str) -> Option<&'static str> {
        let detector = Detector::new(&["DATABASE_URL".to_owned()], Scanner::new(Vec::new()).unwrap());
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
}
