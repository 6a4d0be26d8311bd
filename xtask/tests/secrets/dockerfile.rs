//! The lines of a Dockerfile are judged as the same names and values are elsewhere.

use secretscan::rules;
use xtask::domain::secrets::dockerfile_findings;

use crate::detector;
use crate::hashes::named_values;
use crate::labelled::{CLEAN_ROWS, SECRET_ROWS, Score, rows};

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
fn the_name_tells_a_hash_from_a_key() {
    let detector = detector();
    for (name, template, value, is_key) in named_values() {
        let text = format!("FROM scratch\nENV {name}={value}\n");
        let found = !dockerfile_findings(&detector, (None, "Dockerfile"), &text).is_empty();
        assert_eq!(found, is_key, "ENV {name} {template}");
    }
}

#[test]
fn a_variable_that_is_made_from_a_secret_is_found() {
    let detector = detector();
    let found = |text: &str| {
        let findings = dockerfile_findings(&detector, (None, "Dockerfile"), text);
        findings.iter().any(|finding| finding.rule.id == rules::FROM_SECRET)
    };
    assert!(found("FROM a\nARG DATABASE_URL\nENV DB=$DATABASE_URL\n"));
    assert!(!found("FROM a\nARG DATABASE_HOST\nENV DB=$DATABASE_HOST\n"));
}
