//! Every rule finds its own example of a secret, wherever it stands, and not its example of something else.

use std::collections::HashSet;

use secretscan::rules::RuleFacts;
use secretscan::{
    At, Detector, KnownValue, MatchRule, Origin, Pattern, Scanner, Scope, TextKind, patterns, rules, secret_file,
};
use secretscan::{Feeder, search};

use crate::image_archives::gzip;
use crate::samples::expand;

pub(crate) fn detector() -> Detector {
    let declared = ["DATABASE_URL", "BETTER_AUTH_SECRET", "OPENAI_API_KEY"].map(str::to_owned);
    Detector::new(&declared, Scanner::new(Vec::new()))
}

fn found(scanner: &Scanner, text: &str, source: TextKind) -> Vec<&'static str> {
    let name = |rule: MatchRule| match rule {
        MatchRule::Pattern(id) => id,
        MatchRule::Known(_) | MatchRule::KnownWord(_) => rules::KNOWN_VALUE,
        MatchRule::Assigned => rules::ASSIGNED_SECRET,
    };
    scanner.scan(text.as_bytes(), source).matches.into_iter().map(|found| name(found.rule)).collect()
}

#[test]
fn every_pattern_finds_its_secret_and_leaves_its_counterexample() {
    let scanner = Scanner::new(Vec::new());
    let mut wrong = Vec::new();
    for (pattern, seed) in patterns().flat_map(|pattern| (0..20).map(move |seed| (pattern, seed))) {
        let [secret, clean] = pattern.examples.map(|template| expand(template, seed));
        let source = match pattern.scope {
            Scope::Text | Scope::Publishable => TextKind::Text,
            Scope::Value => TextKind::Value,
            Scope::Command => TextKind::Command,
        };
        let ids = found(&scanner, &secret, source);
        if !ids.contains(&pattern.id) {
            wrong.push(format!("{}: {} finds {ids:?}", pattern.id, pattern.examples[0]));
        }
        let ids = found(&scanner, &clean, source);
        if ids.contains(&pattern.id) {
            wrong.push(format!("{}: {} is no secret", pattern.id, pattern.examples[1]));
        }
    }
    wrong.dedup();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn keyword_arguments_are_no_connection_string() {
    let scanner = Scanner::new(Vec::new());
    for clean in [
        "connect(host=db, user=app, password=settings_password, dbname=app)",
        "@given(user=WORDS, password=WORDS, name=WORDS)",
        "Client(password=PASSWORD, host=HOST)",
    ] {
        assert_eq!(found(&scanner, clean, TextKind::Text), Vec::<&str>::new(), "{clean}");
    }
    for secret in ["host=a,b user=app password={w12} dbname=app", "password={w12} host=db"] {
        assert_eq!(found(&scanner, &expand(secret, 5), TextKind::Text), ["connection-string"], "{secret}");
    }
}

#[test]
fn a_secret_is_found_wherever_it_stands() {
    let scanner = Scanner::new(Vec::new());
    for pattern in patterns().filter(|pattern| matches!(pattern.scope, Scope::Text | Scope::Publishable)) {
        let secret = expand(pattern.examples[0], 7);
        let mut texts =
            vec![format!("const x = \"{secret}\";"), format!("\0\u{1}{secret}\0\0"), format!("line\n{secret}\nline\n")];
        // One that must stand at a line's beginning, or ends in a certain way, is no word in a sentence.
        if pattern.at == At::Start && !secret.contains([' ', '\n']) {
            texts.push(format!("first\\n{secret}\\nlast"));
            texts.push(format!("https://example.org/?x%3D{secret}&y=1"));
        }
        for text in texts {
            let ids = found(&scanner, &text, TextKind::Text);
            assert!(ids.contains(&pattern.id), "{}: {ids:?} in {text:?}", pattern.id);
        }
    }
}

#[test]
fn a_token_is_found_in_compiled_files() {
    let scanner = Scanner::new(Vec::new());
    let mut tried = 0;
    let short = |pattern: &&Pattern| pattern.at == At::Start && pattern.scope == Scope::Text;
    for (pattern, seed) in patterns().filter(short).flat_map(|pattern| (0..5).map(move |seed| (pattern, seed))) {
        let secret = expand(pattern.examples[0], seed);
        let Ok(length) = u8::try_from(secret.len()) else { continue };
        tried += 1;
        let sentence = format!("send {secret}");
        let longer = u8::try_from(sentence.len()).ok();
        let texts = [
            // Python: a tuple of two texts, an interned one, one that ends with the token.
            Some([b"\xa7\r\r\n)\x02z", &[length][..], secret.as_bytes(), b"Nz\x03abcr\x02"].concat()),
            Some([b"\xda\x04nameZ", &[length][..], secret.as_bytes(), b"r\0\0\0"].concat()),
            longer.map(|longer| [b")\x01\xfa", &[longer][..], sentence.as_bytes(), b"N)\x01"].concat()),
            // Java, and protocol buffers.
            Some([b"\x07\0\x03\x01\0", &[length][..], secret.as_bytes(), b"\x08\0\x05"].concat()),
            Some([b"\x08\x01\x12", &[length][..], secret.as_bytes(), b"\x1a\x01x"].concat()),
        ];
        for text in texts.into_iter().flatten() {
            let found: Vec<MatchRule> =
                scanner.scan(&text, TextKind::Text).matches.into_iter().map(|found| found.rule).collect();
            assert!(
                found.contains(&MatchRule::Pattern(pattern.id)),
                "{}: {found:?} in {}",
                pattern.id,
                text.escape_ascii()
            );
        }
    }
    assert!(tried > 500, "{tried}");
}

#[test]
fn names_of_rules_are_words_and_stand_once() {
    let mut seen = HashSet::new();
    for rule in rules::all() {
        assert!(seen.insert(rule.id), "{} stands twice", rule.id);
        assert!(
            rule.id.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-'),
            "{}",
            rule.id
        );
    }
    assert!(seen.len() > 150, "{} rules", seen.len());
}

/// Whether the rule of that name finds its example of a secret, and its example of something else.
fn examples(rule: &str) -> Option<[bool; 2]> {
    let secret = expand("{w24}", 3);
    let detector = detector();
    let by = |name: &str, value: &str| detector.judge(name, Some(value)).is_some_and(|verdict| verdict.rule == rule);
    let in_file = |bytes: &[u8]| {
        let read = |feeder: &mut Feeder| feeder.file(Origin::of_file("a.gz"), &mut &*bytes);
        search(&detector, read).found.iter().any(|found| found.verdict.rule == rule)
    };
    Some(match rule {
        rules::KNOWN_VALUE => {
            let known = KnownValue::new("DATABASE_URL", &secret).unwrap();
            let detector = Detector::new(&[], Scanner::new(vec![known]));
            let by = |value: &str| detector.judge("A", Some(value)).is_some_and(|verdict| verdict.rule == rule);
            [by(&secret), by(&expand("{w24}", 4))]
        }
        rules::DECLARED_NAME => [by("database_url", ""), by("DATABASE_URL_FILE", "")],
        rules::SECRET_NAME => [by("DB_PASSWORD", &secret), by("DB_PASSWORD_FILE", "/run/secrets/db")],
        rules::RANDOM_VALUE => [by("X_AUTH", &secret), by("X_AUTH", "optional")],
        rules::ASSIGNED_SECRET => {
            [in_file(format!("password = \"{secret}\"").as_bytes()), in_file(b"password = get()")]
        }
        rules::SECRET_FILE => [secret_file("a/id_rsa").is_some(), secret_file("a/id_rsa.pub").is_some()],
        rules::NOT_SEARCHED => {
            let packed = gzip(b"text");
            [in_file(&packed[..packed.len() - 4]), in_file(&packed)]
        }
        _ => return None,
    })
}

#[test]
fn every_other_rule_finds_its_secret_and_leaves_its_counterexample() {
    // Only a reader of Dockerfiles knows what a variable is made from.
    let is_tested = |rule: &RuleFacts| rule.id != rules::FROM_SECRET && patterns().all(|pattern| pattern.id != rule.id);
    for rule in rules::all().filter(is_tested) {
        assert_eq!(examples(rule.id), Some([true, false]), "{}", rule.id);
    }
}
