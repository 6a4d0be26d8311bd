//! What holds for all patterns with a cheap test or a gate: neither of them rejects a match, however it is spelled.

use std::ops::Range;
use std::sync::LazyLock;

use proptest::prelude::*;
use regex::bytes::Regex;

use super::extent::Extent;
use super::gate::Admission;
use super::matcher::{Matcher, SHORTEST_WHOLE};
use super::patterns::{self, At};
use super::scan::Scanner;
use super::text_kind::TextKind;

/// The beginnings of expressions that have no gate of their own, and what stands between and in secrets.
const PIECES: [&str; 95] = [
    "password=",
    "Password=",
    "PASSWORD=",
    "password =",
    "Password = ",
    "PWD=",
    "pwd=",
    "passwd=",
    "Pwd =",
    "host=",
    "Host=",
    "user=",
    "dbname=",
    "Server=",
    "User Id=",
    "database =",
    "port=5",
    "sslmode=a",
    "//",
    "?",
    "&",
    ";",
    " ",
    "\n",
    "\t",
    "\"",
    "'",
    ",",
    "=",
    "a",
    "kD9",
    "x_y",
    "@",
    "://",
    ":",
    "/",
    ".",
    "-",
    "https",
    "app",
    "curl ",
    "curl",
    "curl\\t",
    "npm config set ",
    "_authToken=",
    "redis-cli ",
    "-a ",
    "openssl x ",
    "-passin pass:",
    "-u ",
    "--user ",
    "me:pw",
    "login ",
    "nologin ",
    "docker ",
    "-p ",
    "-p=",
    "|",
    "access_token=",
    "token=",
    "X-Amz-Security-Token=",
    "api_key=",
    "clientSecret=",
    "secret=",
    "auth=",
    "kD93mPq0Lx7RvT2b",
    "kD93mPq0Lx7RvT2bQ9",
    "Bearer ",
    "bearer  ",
    "x-api-key: ",
    "X-Api-Key: ",
    "x-auth-token\": \"",
    "-us1",
    "0123456789abcdef",
    "0123456789abcdef",
    ":AA",
    "12345678",
    "AZDO",
    "8Q~",
    "msh",
    "p1",
    "\\n",
    "password\t=",
    "pWd=",
    "pwD =",
    "pwd\n=",
    "paSsWoRd=",
    "passwOrd\n= ",
    "BEARER ",
    "bEaReR\n",
    "X-API-KEY:",
    "x-api-kEy\": \"",
    "private-Token' :",
    "x-vault-tokeN:\n'",
    "ocp-apim-subscription-key: ",
];

static AROUND: LazyLock<Vec<(Matcher, Regex)>> = LazyLock::new(|| {
    let around = patterns::all().filter(|pattern| matches!(pattern.at, At::Around(_)));
    around.map(|pattern| (Matcher::new(0, pattern), Regex::new(&format!("(?-u){}", pattern.regex)).unwrap())).collect()
});

/// Every match contains a word at which the gate and the cheap test pass.
fn check(text: &[u8]) {
    for (matcher, regex) in AROUND.iter() {
        let places = matcher.pattern.words.iter().flat_map(|word| {
            let starts = (0..text.len()).filter(|at| text[*at..].starts_with(word.as_bytes()));
            starts.map(|at| at..at + word.len())
        });
        let places: Vec<Range<usize>> = places.collect();
        for start in 0..text.len() {
            let Some(found) = regex.find_at(text, start) else { break };
            let inside = places.iter().filter(|word| found.start() <= word.start && word.end <= found.end());
            let inside: Vec<&Range<usize>> = inside.collect();
            let passes = |word: &&&Range<usize>| {
                (matcher.pattern.near)(text, word)
                    && matcher.gate().admits(&text[word.end..], false) == Admission::Maybe
            };
            assert!(
                inside.iter().any(|word| passes(&word)),
                "{} in {:?}: {:?}",
                matcher.pattern.id,
                String::from_utf8_lossy(text),
                String::from_utf8_lossy(found.as_bytes()),
            );
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 20_000, ..ProptestConfig::default() })]

    #[test]
    fn every_match_passes_its_gate(pieces in proptest::collection::vec(proptest::sample::select(&PIECES[..]), 1..14)) {
        check(pieces.concat().as_bytes());
    }
}

#[test]
fn a_name_is_found_however_it_is_spelled() {
    let spelled = |name: &str, upper: u32| -> String {
        let letters = name.chars().enumerate();
        letters.map(|(at, letter)| if upper >> at & 1 == 1 { letter.to_ascii_uppercase() } else { letter }).collect()
    };
    let value = "kD93mPq0Lx7RvT2b";
    for (name, before, behind) in [
        ("pwd", "Server=db;", "="),
        ("pwd", "Server=db; ", "\t= "),
        ("password", "Server=db;", " ="),
        ("password", "host=db ", "="),
        ("bearer", "Authorization: ", "\t"),
        ("x-api-key", "", ":"),
        ("x-api-key", "\"", "\": \""),
        ("job-token", "", ": '"),
    ] {
        for upper in 0..1 << name.len() {
            let name = spelled(name, upper);
            let text = format!("{before}{name}{behind}{value}");
            check(text.as_bytes());
            let found = Scanner::new(Vec::new()).scan(text.as_bytes(), TextKind::Text).matches;
            assert_eq!(found.len(), 1, "{text}");
        }
    }
}

#[test]
fn a_test_that_reads_no_further_admits() {
    let long = "x".repeat(600);
    for text in
        [format!("password={long};server=a"), format!("password={long} host=a"), format!("curl {long} -u a:bcdef")]
    {
        check(text.as_bytes());
    }
}

#[test]
fn a_value_without_a_blank_and_of_some_length_can_be_a_secret_as_a_whole() {
    for pattern in patterns::all().filter(|pattern| pattern.at == At::Whole) {
        let extent = Extent::of(pattern);
        let shortest = extent.hir().unwrap().properties().minimum_len().unwrap();
        assert!(shortest >= SHORTEST_WHOLE, "{}: {shortest}", pattern.id);
        assert!((0..=u8::MAX).all(|byte| byte.is_ascii_graphic() || !extent.passes(&[byte])), "{}", pattern.id);
    }
}
