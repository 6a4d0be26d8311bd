//! Texts of every length behind the word of every form: an answer, and never a number that does not fit.

use secretscan::{TextKind, patterns};

use crate::rules::detector;
use crate::samples::Chance;

/// Every short length, and those around the limits of what a pattern looks at.
fn lengths() -> impl Iterator<Item = usize> + Clone {
    (0..=44).chain([64, 100, 128, 255, 256, 513, 1281])
}

#[test]
fn a_text_of_every_length_behind_a_word_has_an_answer() {
    let detector = detector();
    let letters = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    let longest = lengths().max().unwrap();
    let runs = ["A".repeat(longest), "9".repeat(longest), Chance::new(93).text(letters, longest)];
    let mut tried = 0;
    let words = patterns().flat_map(|pattern| pattern.words);
    for (word, run, length) in
        words.flat_map(|word| runs.iter().flat_map(move |run| lengths().map(move |length| (word, run, length))))
    {
        let text = [word.as_bytes(), &run.as_bytes()[..length]].concat();
        let source = [TextKind::Text, TextKind::Value, TextKind::Command][tried % 3];
        for found in detector.scanner().scan(&text, source).matches {
            assert!(found.start <= found.end && found.end <= text.len(), "{word} and {length}");
        }
        tried += 1;
    }
    assert!(tried > 20_000, "{tried}");
}

#[test]
fn a_name_and_a_value_of_every_length_have_a_verdict_or_none() {
    let detector = detector();
    for (word, length) in patterns().flat_map(|pattern| pattern.words).zip(lengths().cycle()) {
        let value = format!("{word}{}", "A".repeat(length));
        for name in ["SOME_TEXT", "API_KEY", &value] {
            let _any_answer = detector.judge(name, Some(&value));
        }
    }
}
