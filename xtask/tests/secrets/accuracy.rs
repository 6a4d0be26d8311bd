//! How often the engine is right, on labelled data that was written beside it. The goals are the issue's; a row that is
//! misjudged is named without its value.

use std::sync::Arc;

use secretscan::{NameVerdict, Origin, judge_name, scan_text};
use xtask::domain::secrets::dockerfile_findings;

use crate::rules::detector;
use crate::samples::expand;

const SECRET_NAMES: &str = include_str!("data/names-secret.txt");
const CLEAN_NAMES: &str = include_str!("data/names-clean.txt");
const SECRET_ROWS: &str = include_str!("data/rows-secret.tsv");
const CLEAN_ROWS: &str = include_str!("data/rows-clean.tsv");
/// Rows that were written after the rules, and measured before anything was changed for them.
const LATER_SECRET_ROWS: &str = include_str!("data/later-rows-secret.tsv");
const LATER_CLEAN_ROWS: &str = include_str!("data/later-rows-clean.tsv");

/// How many values are made from each template.
const SEEDS: u64 = 5;

fn rows(text: &'static str) -> impl Iterator<Item = (&'static str, String)> {
    let parsed = text.lines().filter_map(|line| line.split_once('\t'));
    parsed.flat_map(|(name, template)| (0..SEEDS).map(move |seed| (name, expand(template, seed))))
}

/// Right and wrong answers.
#[derive(Debug, Default)]
struct Score {
    found: usize,
    missed: Vec<String>,
    alarms: Vec<String>,
    clean: usize,
}

impl Score {
    fn take(&mut self, what: &str, is_secret: bool, found: bool) {
        match (is_secret, found) {
            (true, true) => self.found += 1,
            (true, false) => self.missed.push(what.to_owned()),
            (false, true) => self.alarms.push(what.to_owned()),
            (false, false) => self.clean += 1,
        }
    }

    /// Shares in per mille: of the secrets that were found, of the alarms that were right, of clean rows with an alarm.
    fn shares(&self) -> (usize, usize, usize) {
        let share = |part: usize, whole: usize| (part * 1000).checked_div(whole).unwrap_or_default();
        let alarms = self.alarms.len();
        (
            share(self.found, self.found + self.missed.len()),
            share(self.found, self.found + alarms),
            share(alarms, alarms + self.clean),
        )
    }
}

#[test]
fn names_with_values_are_judged_as_their_labels_say() {
    let detector = detector();
    let mut score = Score::default();
    for (text, is_secret) in [(SECRET_ROWS, true), (CLEAN_ROWS, false)] {
        for (name, value) in rows(text) {
            let verdict = detector.judge(name, Some(&value));
            let rule = verdict.map(|verdict| verdict.rule);
            score.take(&format!("{name} {}", rule.unwrap_or("-")), is_secret, rule.is_some());
        }
    }
    let (recall, precision, _) = score.shares();
    assert!(recall >= 930 && precision >= 990, "recall {recall}, precision {precision} of 1000\n{score:#?}");
}

#[test]
fn rows_that_were_written_later_are_judged_as_their_labels_say() {
    let detector = detector();
    let mut score = Score::default();
    for (text, is_secret) in [(LATER_SECRET_ROWS, true), (LATER_CLEAN_ROWS, false)] {
        for (name, value) in rows(text) {
            let rule = detector.judge(name, Some(&value)).map(|verdict| verdict.rule);
            score.take(&format!("{name} {}", rule.unwrap_or("-")), is_secret, rule.is_some());
        }
    }
    let (recall, precision, _) = score.shares();
    assert!(recall >= 980 && precision >= 990, "recall {recall}, precision {precision} of 1000\n{score:#?}");
}

#[test]
fn names_alone_are_judged_as_their_labels_say() {
    let detector = detector();
    let mut score = Score::default();
    for (text, is_secret) in [(SECRET_NAMES, true), (CLEAN_NAMES, false)] {
        for name in text.split_whitespace() {
            let found = detector.judge(name, None).is_some();
            assert_eq!(found, detector.judge(name, Some("")).is_some(), "{name}");
            score.take(name, is_secret, found);
        }
    }
    let (recall, _, false_alarms) = score.shares();
    assert!(recall >= 970 && false_alarms <= 20, "recall {recall}, false alarms {false_alarms} of 1000\n{score:#?}");
}

#[test]
fn the_way_a_name_is_written_changes_nothing() {
    for (upper, others) in [
        ("DB_PASSWORD", ["dbPassword", "db-password", "db.password", "DbPassword"]),
        ("API_KEY", ["apiKey", "api-key", "api.key", "APIKey"]),
        ("PASSWORD_FILE", ["passwordFile", "password-file", "password.file", "PasswordFile"]),
        ("TOKEN_TTL", ["tokenTtl", "token-ttl", "token.ttl", "TokenTTL"]),
    ] {
        for other in others {
            assert_eq!(judge_name(other), judge_name(upper), "{other}");
        }
    }
    assert_eq!(judge_name("PWD"), NameVerdict::Plain);
}

/// A row as an instruction of a Dockerfile; none where the value has no such form.
fn instruction(keyword: &str, name: &str, value: &str) -> Option<String> {
    let plain = |letter: char| letter.is_ascii_alphanumeric() || "_.-".contains(letter);
    let fits = !value.contains('\n') && name.chars().all(plain);
    let quoted = if value.contains('\'') {
        format!("\"{}\"", value.replace('\\', "\\\\").replace('"', "\\\""))
    } else {
        format!("'{value}'")
    };
    fits.then(|| format!("FROM scratch\n{keyword} {name}={quoted}\n"))
}

#[test]
fn the_same_rows_are_judged_as_lines_of_a_dockerfile() {
    let detector = detector();
    let mut score = Score::default();
    let mut left_out = 0;
    for (text, is_secret) in [(SECRET_ROWS, true), (CLEAN_ROWS, false)] {
        for (name, value) in rows(text) {
            for keyword in ["ENV", "ARG"] {
                let Some(text) = instruction(keyword, name, &value) else {
                    left_out += 1;
                    continue;
                };
                let found = !dockerfile_findings(&detector, (None, "Dockerfile"), &text).is_empty();
                score.take(&format!("{keyword} {name}"), is_secret, found);
            }
        }
    }
    let (recall, precision, _) = score.shares();
    assert!(recall >= 930 && precision >= 990, "recall {recall}, precision {precision} of 1000\n{score:#?}");
    assert!(left_out < 40, "{left_out} rows have no such form");
}

#[test]
fn the_same_rows_are_judged_as_lines_of_a_file() {
    let detector = detector();
    let origin = Arc::new(Origin::of_file("settings.env"));
    let mut score = Score::default();
    for (text, is_secret) in [(SECRET_ROWS, true), (CLEAN_ROWS, false)] {
        for (name, value) in rows(text).filter(|(_, value)| !value.contains('\n')) {
            let line = format!("{name}={value}\n");
            let found = !scan_text(&detector, &origin, line.as_bytes(), 0..line.len(), 0).is_empty();
            score.take(name, is_secret, found);
        }
    }
    let (recall, precision, _) = score.shares();
    assert!(recall >= 930 && precision >= 990, "recall {recall}, precision {precision} of 1000\n{score:#?}");
}
