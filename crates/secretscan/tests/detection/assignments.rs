//! Assignments of random values to names of secrets, in text of every language: how many are found, and how many clean
//! lines are not told. The rows are lines of programs and settings with places for a name and a value.

use std::collections::BTreeMap;
use std::sync::Arc;

use secretscan::{Detector, NameVerdict, Origin, judge_name, rules, scan_text};

use crate::rules::detector;
use crate::samples::{Chance, expand};

const ASSIGNED: &str = include_str!("data/assignments.tsv");
const CLEAN: &str = include_str!("data/assignments-clean.tsv");
const SECRET_NAMES: &str = include_str!("data/names-secret.txt");
const CLEAN_NAMES: &str = include_str!("data/names-clean.txt");

/// Values as generators of passwords, keys, and tokens make them.
const VALUES: [&str; 12] =
    ["{w16}", "{w20}", "{w32}", "{w43}", "{h24}", "{h32}", "{h40}", "{h64}", "{b44}", "{b32}/x+Z", "{u48}", "{uuid}"];

/// How many names each line is tried with.
const NAMES: usize = 24;

/// Lines with a language before them, `\n` as a line's end.
fn lines(text: &'static str) -> impl Iterator<Item = (&'static str, String)> {
    text.lines().filter_map(|line| line.split_once('\t')).map(|(language, line)| (language, line.replace("\\n", "\n")))
}

/// Names that say secret, or say something else; those that no other word can be told of are left out.
fn names(text: &str, is_secret: bool) -> Vec<&str> {
    let fits = |name: &&str| {
        // A name in every style is one of capital letters first.
        let shouted = name.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_');
        shouted && name.len() > 3 && matches!(judge_name(name), NameVerdict::Secret(_)) == is_secret
    };
    text.split_whitespace().filter(fits).collect()
}

/// A line with a name in the styles that it asks for, and a value.
fn filled(line: &str, name: &str, value: &str) -> String {
    let words: Vec<String> = name.split('_').filter(|word| !word.is_empty()).map(str::to_lowercase).collect();
    let capital = |word: &String| word[..1].to_uppercase() + &word[1..];
    let pascal: String = words.iter().map(capital).collect();
    let camel = words[0].clone() + &words[1..].iter().map(capital).collect::<String>();
    line.replace("{snake}", &words.join("_"))
        .replace("{kebab}", &words.join("-"))
        .replace("{dotted}", &words.join("."))
        .replace("{SHOUT}", name)
        .replace("{camel}", &camel)
        .replace("{Pascal}", &pascal)
        .replace("{value}", value)
}

/// Whether the line is told, at the place of its value.
fn is_told(detector: &Detector, line: &str) -> bool {
    let text = format!("first line\n{line}\nlast line\n");
    let origin = Arc::new(Origin::of_file("notes"));
    let found = scan_text(detector, &origin, text.as_bytes(), 0..text.len(), 0);
    found.iter().any(|found| found.offset > 10)
}

#[test]
fn random_values_of_secret_names_are_found_in_every_language() {
    let names = names(SECRET_NAMES, true);
    let detector = detector();
    let mut chance = Chance::new(11);
    let mut missed: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    let mut tried = 0;
    for (language, line) in lines(ASSIGNED) {
        for _ in 0..NAMES {
            let name = names[chance.below(names.len())];
            let template = VALUES[chance.below(VALUES.len())];
            let value = expand(template, u64::try_from(tried).unwrap());
            tried += 1;
            if !is_told(&detector, &filled(&line, name, &value)) {
                missed.entry(language).or_default().push(filled(&line, name, template));
            }
        }
    }
    let all: usize = missed.values().map(Vec::len).sum();
    assert!(tried > 2000, "{tried}");
    assert!(all * 1000 <= tried * 20, "{all} of {tried} missed\n{missed:#?}");
    for (language, missed) in &missed {
        let tried = lines(ASSIGNED).filter(|(other, _)| other == language).count() * NAMES;
        assert!(missed.len() * 10 <= tried, "{language}: {} of {tried} missed\n{missed:#?}", missed.len());
    }
}

#[test]
fn references_labels_and_other_names_are_clean_in_every_language() {
    let (secret, clean) = (names(SECRET_NAMES, true), names(CLEAN_NAMES, false));
    let detector = detector();
    let mut chance = Chance::new(13);
    let mut told = Vec::new();
    let mut tried = 0;
    for (lines, names) in [(lines(CLEAN).collect::<Vec<_>>(), secret), (lines(ASSIGNED).collect(), clean)] {
        for (language, line) in lines {
            for _ in 0..NAMES {
                let name = names[chance.below(names.len())];
                let template = VALUES[chance.below(VALUES.len())];
                let value = expand(template, u64::try_from(tried).unwrap());
                tried += 1;
                if is_told(&detector, &filled(&line, name, &value)) {
                    told.push(format!("{language}: {}", filled(&line, name, template)));
                }
            }
        }
    }
    assert!(tried > 3000, "{tried}");
    assert!(told.len() * 1000 <= tried, "{} of {tried} told\n{told:#?}", told.len());
}

#[test]
fn the_place_of_a_finding_is_its_line_and_its_rule_is_named() {
    let value = expand("{b44}", 3);
    for (path, text) in [
        ("deploy.conf", format!("HOST=a\nREGISTRY_PASSWORD={value}\n")),
        ("start.sh", format!("#!/bin/sh\nexport PGPASSWORD=\"{value}\"\npsql\n")),
        ("kafka.ini", format!("[kafka]\nsasl_password = {value}\n")),
        ("old.dockerfile.bak", format!("FROM x\nENV DB_PASSWORD={value}\n")),
        ("plain", format!("A=1\nDB_PASSWORD={value}")),
    ] {
        let origin = Arc::new(Origin::of_file(path));
        let found = scan_text(&detector(), &origin, text.as_bytes(), 0..text.len(), 0);
        assert_eq!(found.len(), 1, "{path}");
        assert_eq!(found[0].verdict.rule, rules::ASSIGNED_SECRET, "{path}");
        let place = usize::try_from(found[0].offset).unwrap();
        assert_eq!(text[..place].matches('\n').count(), 1, "{path}");
    }
}

/// Keys that Next.js makes afresh in each build, in the files that it writes.
#[test]
fn keys_that_a_build_makes_for_itself_are_clean() {
    let [id, sign, encrypt, action] =
        [("{h32}", 1), ("{h64}", 2), ("{h64}", 3), ("{b43}=", 4)].map(|(t, s)| expand(t, s));
    let preview = format!(
        r#"{{"previewModeId":"{id}","previewModeSigningKey":"{sign}","previewModeEncryptionKey":"{encrypt}"}}"#
    );
    let env = format!(
        r#"{{"__NEXT_BUILD_ID":"{id}","NEXT_SERVER_ACTIONS_ENCRYPTION_KEY":"{action}","__NEXT_PREVIEW_MODE_SIGNING_KEY":"{sign}"}}"#
    );
    let reference = format!(r#"{{"node":{{}},"encryptionKey":"{action}"}}"#);
    let script = format!("self.__RSC_SERVER_MANIFEST={reference:?}");
    for (path, text) in [
        (".next/prerender-manifest.json", &preview),
        (".next/server/preview-props.json", &preview),
        (".next/server/middleware-manifest.json", &env),
        (".next/server/server-reference-manifest.json", &reference),
        (".next/server/server-reference-manifest.js", &script),
    ] {
        let scan =
            |path: &str| scan_text(&detector(), &Arc::new(Origin::of_file(path)), text.as_bytes(), 0..text.len(), 0);
        assert_eq!(scan(path), [], "{path}");
        let elsewhere = scan("config.json");
        assert_eq!(elsewhere.is_empty(), text == &preview, "{path}: the same text elsewhere");
    }
}
