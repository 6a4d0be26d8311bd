//! How often the engine is right, on labelled data that was written beside it. The goals are the issue's; a row that is
//! misjudged is named without its value.

use std::sync::Arc;

use secretscan::{NameVerdict, Origin, judge_name, scan_text};

use crate::labelled::{CLEAN_ROWS, SECRET_ROWS, Score, rows};
use crate::rules::detector;

const SECRET_NAMES: &str = include_str!("data/names-secret.txt");
const CLEAN_NAMES: &str = include_str!("data/names-clean.txt");
/// Rows that were written after the rules, and measured before anything was changed for them.
const LATER_SECRET_ROWS: &str = include_str!("data/later-rows-secret.tsv");
const LATER_CLEAN_ROWS: &str = include_str!("data/later-rows-clean.tsv");

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
