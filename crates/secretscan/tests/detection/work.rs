//! The work of the search grows as its input does. Bytes that patterns look at are counted, not seconds.

use secretscan::search;
use secretscan::{Origin, TextKind, patterns, rules};

use crate::image_archives::{gzip, tar_of, zip};
use crate::rules::detector;

/// The most that all patterns of a word together may look at for each byte of a text.
const MOST: u64 = 512;

type Packer = fn(&[u8]) -> Vec<u8>;

/// The work for a text of one piece, repeated to this length, and for one twice as long.
fn works(piece: &str, work: impl Fn(&str) -> u64) -> (u64, u64) {
    const LENGTH: usize = 16_000;
    let text = piece.repeat(2 * LENGTH / piece.len() + 1);
    let of = |length: usize| work(text.get(..length).unwrap());
    (of(LENGTH), of(2 * LENGTH))
}

fn check(piece: &str, work: impl Fn(&str) -> u64) {
    let (once, twice) = works(piece, work);
    assert!(twice <= 2 * once + once / 2 + 100_000, "{piece:?}: {once}, then {twice}");
    assert!(twice <= MOST * 32_000 + 100_000, "{piece:?}: {twice}");
}

#[test]
fn words_that_are_repeated_on_one_line_cost_what_their_length_says() {
    const BETWEEN: [&str; 12] = ["", "-", " ", ".", "=", ":", "/", ";", "&", "\"", "a", "aaaaaaaaaaaa.a."];
    let detector = detector();
    let scanner = detector.scanner();
    let words = patterns().flat_map(|pattern| pattern.words);
    for (at, word) in words.enumerate() {
        // Another one for the next word.
        check(&format!("{word}{}", BETWEEN[at % 12]), |text| {
            let before = scanner.examined();
            scanner.scan(text.as_bytes(), TextKind::Command);
            scanner.examined() - before
        });
    }
}

#[test]
fn what_is_opened_and_never_closed_costs_what_its_length_says() {
    let opened = [
        "\"",
        "'",
        "`",
        "A=\"",
        "A=\"\n",
        "export TOKEN='\n",
        "${",
        "$(",
        "{{",
        "${A:-",
        "{\"",
        "[",
        "<",
        "<password>",
        "\"kty\":{",
        "-----BEGIN PRIVATE KEY-----\n",
        "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: a\n",
        "PuTTY-User-Key-File-3: a\n",
        "https://a:",
        "https://a:b@\"",
        "?sv=&sig=",
        "Server=a;Password=",
        concat!("Server=a;P", "wd=b;"),
        concat!("pass", "word=a host=b "),
        "--password ",
        "Authorization: Basic ",
        "//r/:_authToken=",
        "mysql -p",
        "machine a login b password ",
        "x = \"\"\"",
    ];
    let detector = detector();
    for name in ["a.txt", ".env", "a.properties", "a.json", "a.py", "a.yaml"] {
        for piece in opened {
            check(piece, |text| {
                let before = detector.scanner().examined();
                let read = search(&detector, |feeder| feeder.file(Origin::of_file(name), &mut text.as_bytes()));
                read.result.unwrap();
                detector.scanner().examined() - before
            });
        }
    }
    for piece in opened {
        check(piece, |text| {
            let before = detector.scanner().examined();
            detector.judge("A", Some(text));
            detector.scanner().examined() - before
        });
    }
}

#[test]
fn archives_in_archives_cost_what_comes_out_of_them() {
    let text = b"a line of text\n".repeat(2000);
    let size = u64::try_from(text.len()).unwrap();
    let packers: [Packer; 3] = [gzip, |bytes| zip("a", bytes), |bytes| tar_of(&[("a", bytes)])];
    for pack in packers {
        let mut packed = text.clone();
        for depth in 1..=12 {
            packed = pack(&packed);
            let searched = search(&detector(), |feeder| feeder.file(Origin::of_file("a"), &mut packed.as_slice()));
            searched.result.unwrap();
            assert!(searched.bytes <= 2 * size + 10_000, "{depth}: {}", searched.bytes);
        }
    }
    // Copies of a file in a file cost what comes out, and no more than the limit.
    let layer = gzip(&vec![0; 4 * 1024 * 1024]);
    let many: Vec<(String, &[u8])> = (0..40).map(|at| (format!("{at}.gz"), layer.as_slice())).collect();
    let files: Vec<(&str, &[u8])> = many.iter().map(|(name, bytes)| (name.as_str(), *bytes)).collect();
    let searched = search(&detector(), |feeder| feeder.file(Origin::of_file("a"), &mut tar_of(&files).as_slice()));
    assert!(searched.bytes <= 170 * 1024 * 1024, "{}", searched.bytes);
}

/// Why a file could not be searched, and where.
fn not_searched(text: &str) -> Vec<(u64, String)> {
    let searched = search(&detector(), |feeder| feeder.file(Origin::of_file("a.js"), &mut text.as_bytes()));
    searched.result.unwrap();
    let found = searched.found.into_iter().filter(|found| found.verdict.rule == rules::NOT_SEARCHED);
    found.map(|found| (found.offset, found.verdict.reason)).collect()
}

#[test]
fn a_secret_that_a_short_reach_may_have_missed_is_told_once_a_file() {
    const SHORT: &str = "secrets of more than 320 bytes were not looked for";
    const LONG: &str = "may go on behind the 8 KiB that were looked at";
    // More than one piece of a file, each of which is cut.
    for (piece, length, reason) in [
        ("https://a:", 7_000, SHORT),
        ("https://a:", 100_000, LONG),
        ("https://a:", 3_000_000, LONG),
        ("?sig=", 7_000, SHORT),
        ("?sig=", 100_000, SHORT),
    ] {
        let told = not_searched(&piece.repeat(length / piece.len()));
        assert_eq!(told.len(), 1, "{piece} {length}: {told:?}");
        assert!(told[0].1.ends_with(reason), "{piece} {length}: {told:?}");
    }
}

#[test]
fn a_short_reach_that_misses_nothing_is_not_told() {
    // No address goes on behind the end of its line.
    let list = "http://a:b@\"\n".repeat(20_000);
    assert_eq!(not_searched(&list), []);
    let plain = "http://a.co/\n".repeat(20_000);
    assert_eq!(not_searched(&format!("{plain}http://{}\n", "a".repeat(400))), []);
    // The reach is short there: what goes on for longer is told, with its place.
    let long = format!("{list}http://{}\n", "a".repeat(400));
    let place = u64::try_from(list.len() + "http".len()).unwrap();
    assert_eq!(not_searched(&long).into_iter().map(|(place, _)| place).collect::<Vec<_>>(), [place]);
    // The matches of this pattern have a length, whatever stands behind them.
    assert_eq!(not_searched(&"-us-us9".repeat(30_000)), []);
}

#[test]
fn a_minified_bundle_is_searched_whole() {
    let module = concat!(
        "(self.webpackChunk=self.webpackChunk||[]).push([[1],{42:(e,t,n)=>{\"use strict\";n.d(t,{Z:()=>o});",
        "var r=n(7),i=\"https://example.org/docs?page=2&token=\"+e.token;function o(e){let{password:t,user:n}=e;",
        "return fetch(\"https://api.example.org/v1/login\",{method:\"POST\",headers:{Authorization:\"Bearer \"+n.token,",
        "\"X-Api-Key\":r.apiKey},body:JSON.stringify({password:t,user:n,kty:\"RSA\"})})}}}]);",
    );
    assert_eq!(not_searched(&module.repeat(3000)), []);
}
