//! What must hold of any text: no panic, the same answer however it is cut, and no value in any answer.

use std::sync::Arc;

use proptest::prelude::*;
use secretscan::Detector;
use secretscan::KnownValue;
use secretscan::Match;
use secretscan::MatchRule;
use secretscan::OVERLAP;
use secretscan::Origin;
use secretscan::Scanner;
use secretscan::SearchResult;
use secretscan::TextKind;
use secretscan::patterns;
use secretscan::rules;
use secretscan::scan_text;
use secretscan::search;

use crate::rules::detector;
use crate::samples::expand;

/// A secret of any kind that stands in text, made from a number.
fn secret(number: usize) -> String {
    let all: Vec<_> = patterns().filter(|pattern| !pattern.words.is_empty()).collect();
    expand(all[number % all.len()].examples[0], u64::try_from(number).unwrap())
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..600), number in 0..2000_usize, at in 0..600_usize) {
        let secret = secret(number);
        let at = at.min(bytes.len());
        let cut = secret.len() * at / 600;
        let text = [&bytes[..at], &secret.as_bytes()[..cut], &bytes[at..]].concat();
        let detector = detector();
        for source in [TextKind::Text, TextKind::Value, TextKind::Command] {
            for found in detector.scanner().scan(&text, source).matches {
                prop_assert!(found.start <= found.end && found.end <= text.len());
            }
        }
        let lossy = String::from_utf8_lossy(&text);
        let _any_answer = detector.judge(&lossy, Some(&lossy));
    }

    #[test]
    fn no_answer_holds_a_value(number in 0..2000_usize, name in "[A-Z_]{1,12}") {
        let value = secret(number);
        if let Some(verdict) = detector().judge(&name, Some(&value)) {
            let said = format!("{verdict:?}");
            // Words of a form, such as `password`, may stand in both; what chance has made has digits.
            for piece in value.as_bytes().windows(10).filter(|piece| piece.iter().any(u8::is_ascii_digit)) {
                prop_assert!(!said.contains(&*String::from_utf8_lossy(piece)), "{}", said);
            }
        }
    }

    #[test]
    fn a_text_that_is_cut_into_pieces_gives_the_same_findings(
        numbers in proptest::collection::vec((0..2000_usize, 0..60_000_usize), 1..5),
        cut in OVERLAP..60_000_usize,
    ) {
        let mut text: Vec<u8> = (0..120_000_u32).map(|byte| if byte % 71 == 0 { b'\n' } else { b'-' }).collect();
        for (number, at) in numbers {
            let secret = format!("\n{}\n", secret(number));
            if at + secret.len() < text.len() {
                text[at..at + secret.len()].copy_from_slice(secret.as_bytes());
            }
        }
        let detector = detector();
        let scanner = detector.scanner();
        prop_assert_eq!(in_two_pieces(scanner, &text, cut), scanner.scan(&text, TextKind::Text).matches);
    }
}

/// What the two pieces of a text find together, each of which sees as much of the other one as it may.
fn in_two_pieces(scanner: &Scanner, text: &[u8], cut: usize) -> Vec<Match> {
    let (first, second) = (..cut + OVERLAP, cut - OVERLAP..);
    let mut found = scanner.scan_piece(&text[first], 0..cut, TextKind::Text).matches;
    let rest = scanner.scan_piece(&text[second], OVERLAP..text.len() - cut + OVERLAP, TextKind::Text).matches;
    found.extend(rest.into_iter().map(|Match { rule, start, end }| {
        let offset = cut - OVERLAP;
        Match { rule, start: start + offset, end: end + offset }
    }));
    found
}

#[test]
fn a_cut_at_any_place_of_a_secret_finds_it_once_and_by_the_same_rule() {
    let detector = detector();
    let scanner = detector.scanner();
    let around = "-------\n".repeat(OVERLAP / 8 + 1);
    let mut cuts = 0;
    for pattern in patterns().filter(|pattern| !pattern.words.is_empty()) {
        let secret = expand(pattern.examples[0], 7);
        // A name of several words, each of which could be the beginning of another finding.
        for written in [secret.clone(), format!("aws_secret_access_key = {secret}"), format!("password: \"{secret}\"")]
        {
            let text = [around.as_bytes(), written.as_bytes(), b"\n", around.as_bytes()].concat();
            let whole = scanner.scan(&text, TextKind::Text).matches;
            let step = if pattern.id == "aws-secret-key" { 1 } else { written.len() / 8 + 1 };
            for cut in (0..=written.len()).step_by(step) {
                let found = in_two_pieces(scanner, &text, around.len() + cut);
                assert_eq!(found, whole, "{}, {cut} bytes of {} in front", pattern.id, written.len());
                cuts += 1;
            }
        }
    }
    assert!(cuts > 1000, "{cuts}");
}

#[test]
fn a_cut_at_any_place_of_a_line_of_settings_finds_the_same() {
    let detector = detector();
    let before = "# a comment, and nothing else\n".repeat(OVERLAP / 30 + 1);
    let line = format!("ORDERS_DB_PASSWORD=\"{}\"\n", expand("{b40}", 3));
    let text = [&before, &line, &before].map(String::as_bytes).concat();
    let origin = Arc::new(Origin::of_file("settings/.env"));
    let scan =
        |text: &[u8], own, offset: usize| scan_text(&detector, &origin, text, own, u64::try_from(offset).unwrap());
    let whole = scan(&text, 0..text.len(), 0);
    assert_eq!(whole.len(), 1, "{whole:?}");
    for cut in before.len()..=before.len() + line.len() {
        let mut found = scan(&text[..cut + OVERLAP], 0..cut, 0);
        let offset = cut - OVERLAP;
        found.extend(scan(&text[offset..], OVERLAP..text.len() - offset, offset));
        assert_eq!(found, whole, "{} bytes of the line in front", cut - before.len());
    }
}

#[test]
fn a_file_that_is_larger_than_a_buffer_is_searched_at_every_place() {
    let (secret, size) = (expand("ghp_{crc}", 5), 3 * 1024 * 1024);
    for at in (0..size - 100).step_by(50_021) {
        let mut text = vec![b' '; size];
        text[at..at + secret.len()].copy_from_slice(secret.as_bytes());
        let SearchResult { found, bytes, .. } =
            search(&detector(), |feeder| feeder.file(Origin::of_file("a"), &mut text.as_slice()).unwrap());
        let offsets: Vec<u64> = found.iter().map(|found| found.offset).collect();
        assert_eq!(offsets, [u64::try_from(at + 4).unwrap()], "the token's body begins behind its prefix");
        assert_eq!(bytes, u64::try_from(size).unwrap());
    }
}

#[test]
fn known_values_are_found_in_every_file() {
    let value = KnownValue::new("DATABASE_URL", "plain words as a secret 99").unwrap();
    let detector = Detector::new(&[], Scanner::new(vec![value]));
    for text in ["x plain words as a secret 99 y", "plain%20words%20as%20a%20secret%2099"] {
        let found = scan_text(&detector, &Arc::new(Origin::of_file("a")), text.as_bytes(), 0..text.len(), 0);
        assert_eq!(found.len(), 1, "{text}");
        assert_eq!(found[0].verdict.reason, "the value of `DATABASE_URL` on this machine");
    }
    let found = detector.scanner().scan(b"cGxhaW4gd29yZHMgYXMgYSBzZWNyZXQgOTk=", TextKind::Text).matches;
    assert_eq!(found[0].rule, MatchRule::Known("DATABASE_URL".to_owned()));
}

#[test]
fn no_value_and_no_name_takes_for_ever() {
    let detector = detector();
    let deep = "${A:-".repeat(100_000) + &"}".repeat(100_000);
    let long: String = (0..60_000).map(|at| char::from(b'A' + u8::try_from(at * 7 % 26).unwrap())).collect();
    assert_eq!(detector.judge("A", Some(&deep)).map(|verdict| verdict.rule), Some(rules::NOT_SEARCHED));
    assert!(detector.judge(&long, Some("value")).is_none());
    assert!(detector.judge(&format!("{long}PASSWORD"), Some("hunter2hunter2")).is_some() || long.len() > 40);
    // A few references in each other are what people write.
    assert!(detector.judge("A", Some("${A:-${B:-ghp_not_a_token}}")).is_none());
    let address = concat!("postgresql://app:", "kD93mPq0Lx7R@db/app");
    assert!(detector.judge("A", Some(&format!("${{A:-${{B:-{address}}}}}"))).is_some());
}
