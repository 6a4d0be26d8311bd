//! Environment files in the readings of their loaders.

use std::fmt::Write as _;

use proptest::prelude::*;

use super::*;

/// Returns the values of `NAME` in a text, with these variables in the environment.
fn values_with(text: &str, environment: &[(&str, &str)]) -> (Vec<String>, usize) {
    let files = [EnvironmentFile::parse(text)];
    let variable =
        |name: &str| environment.iter().find(|(known, _)| *known == name).map(|(_, value)| value.as_bytes().to_vec());
    let mut all = environment_values(&files, &|name| name == "NAME", &variable);
    let EnvironmentValues { values, too_long } = all.remove(0);
    (values.into_iter().map(|(_, value)| String::from_utf8(value).unwrap()).collect(), too_long.len())
}

fn values(text: &str) -> Vec<String> {
    values_with(text, &[]).0
}

#[test]
fn environment_files_are_read_as_tools_read_them() {
    let text = "A=one # a comment\nexport B='two # 2'\nC=\"three\nfour\" # more\n# D=no\nE=\"five\\nsix\"\nF=x#y\nG=\"";
    let files = [EnvironmentFile::parse(text)];
    let found = environment_values(&files, &|_| true, &|_| None).remove(0);
    let pair = |name: &str, value: &str| (name.to_owned(), value.as_bytes().to_vec());
    let expected = [
        pair("A", "one"),
        pair("B", "two # 2"),
        pair("C", "three\nfour"),
        pair("E", "five\nsix"),
        pair("E", "five\\nsix"),
        pair("F", "x#y"),
        pair("G", ""),
    ];
    for pair in &expected {
        assert!(found.values.contains(pair), "{pair:?} is not in {:?}", found.values);
    }
    // Docker's `--env-file` has no comments, so it reads further values.
    let further: Vec<_> = found.values.into_iter().filter(|pair| !expected.contains(pair)).collect();
    let expected = [pair("A", "one # a comment"), pair("G", "\"")];
    assert_eq!(further, expected);
}

#[test]
fn a_value_is_known_as_written_and_as_loaded() {
    // The line, the value as loaded, the value as written.
    let table = [
        ("NAME=a1b2c3d4", "a1b2c3d4", "a1b2c3d4"),
        ("NAME = a1b2c3d4 ", "a1b2c3d4", "a1b2c3d4"),
        ("NAME: a1b2c3d4", "a1b2c3d4", "a1b2c3d4"),
        ("export\tNAME=a1b2c3d4", "a1b2c3d4", "a1b2c3d4"),
        ("NAME=a1b2c3d4\r", "a1b2c3d4", "a1b2c3d4"),
        ("NAME='a1 b2#c3'", "a1 b2#c3", "a1 b2#c3"),
        ("NAME=\"a1 b2#c3\" # why", "a1 b2#c3", "a1 b2#c3"),
        ("NAME=`a1\"b2'c3`", "a1\"b2'c3", "a1\"b2'c3"),
        ("NAME=a1b2 # why", "a1b2", "a1b2 # why"),
        ("NAME=a1\\$b2", "a1$b2", "a1\\$b2"),
        ("NAME=\"a1\\$b2\"", "a1$b2", "a1\\$b2"),
        ("NAME='a1$b2'", "a1$b2", "a1$b2"),
        ("NAME='a1\\'b2'", "a1'b2", "a1\\'b2"),
        ("NAME=\"a1\\\"b2\"", "a1\"b2", "a1\\\"b2"),
        ("NAME=\"a1\\\\b2\"", "a1\\b2", "a1\\\\b2"),
        ("NAME=\"a1\\tb2\"", "a1\tb2", "a1\\tb2"),
        ("NAME=\"C:\\dir\\\"", "C:\\dir\\", "C:\\dir\\"),
        ("NAME=a1\\ b2", "a1 b2", "a1\\ b2"),
        ("NAME=\"a1\nb2\n\"", "a1\nb2\n", "a1\nb2\n"),
        ("NAME='a1\r\nb2'", "a1\nb2", "a1\nb2"),
        ("NAME=\"a1b2c3d4\"e5f6", "a1b2c3d4e5f6", "\"a1b2c3d4\"e5f6"),
        ("NAME=a1b2c3d4'e5f6'", "a1b2c3d4e5f6", "a1b2c3d4'e5f6'"),
        ("NAME=a1b2c3d4e5f6#g7", "a1b2c3d4e5f6", "a1b2c3d4e5f6#g7"),
        ("NAME=\"a1b2", "\"a1b2", "\"a1b2"),
        ("\u{feff}NAME=a1b2", "a1b2", "a1b2"),
    ];
    for (text, loaded, written) in table {
        let values = values(text);
        for expected in [loaded, written] {
            assert!(values.iter().any(|value| value == expected), "{expected:?} of {text:?} is not in {values:?}");
        }
    }
}

#[test]
fn references_are_replaced() {
    let table = [
        ("P=s3\nNAME=a${P}b", "as3b"),
        ("P=s3\nNAME=a$P/b", "as3/b"),
        ("NAME=\"a${P}b\"\nP='s3'", "as3b"),
        ("NAME='a${P}b'\nP=s3", "as3b"),
        ("P=s3\nNAME=a${P:-x}b", "as3b"),
        ("NAME=a${P:-x}b", "axb"),
        ("NAME=a${P-x}b", "axb"),
        ("P=\nNAME=a${P:-x}b", "axb"),
        ("P=\nNAME=a1b2c3d4${P-x}e5f6", "a1b2c3d4e5f6"),
        ("P=s3\nNAME=a${P:+x}b", "axb"),
        ("NAME=a${P:-${Q:-y}}b", "ayb"),
        ("Q=s3\nNAME=a${P:-$Q}b", "as3b"),
        ("P=s3\nNAME=a${P:?is missing}b", "as3b"),
        ("A=1\nB=${A}2\nC=${B}3\nNAME=$C", "123"),
        ("P=old\nP=s3\nNAME=$P", "s3"),
        ("NAME=a1b2c3d4${P}e5f6", "a1b2c3d4e5f6"),
        ("NAME=a${P", "a${P"),
        ("NAME=a$1b$", "a$1b$"),
        ("OUTER=s3\nNAME=a${OUTER}b", "as3b"),
        ("NAME=a1b2c3d4${NAME}e5f6", "a1b2c3d4e5f6"),
        ("A=$B\nB=$A\nNAME=a1b2c3d4${A}e5f6", "a1b2c3d4e5f6"),
    ];
    for (text, expected) in table {
        let values = values(text);
        assert!(values.iter().any(|value| value == expected), "{expected:?} of {text:?} is not in {values:?}");
    }
}

#[test]
fn what_is_left_of_an_address_is_no_value() {
    let none = [
        "NAME=${SCHEME}://localhost:5432/app",
        "NAME=postgresql://app:${PASSWORD}@localhost:5432/app",
        "PASSWORD=\nNAME=postgresql://app:$PASSWORD@localhost:5432/app",
        "NAME=https://${HOST}/api",
    ];
    for text in none {
        assert_eq!(values(text).len(), 1, "{text}: only as written: {:?}", values(text));
    }
    assert!(!values(concat!("NAME=postgresql://app:", "#a1@db/app")).contains(&"postgresql://app:".to_owned()));
    let found = values(concat!("NAME=postgresql://app:", "a1b2c3d4@${HOST}/app"));
    assert!(found.contains(&["postgresql://app:", "a1b2c3d4@/app"].concat()), "{found:?}");
}

#[test]
fn references_reach_the_environment_and_the_other_files() {
    let (values, _) = values_with("P=file\nNAME=a${P}b$Q", &[("P", "outside"), ("Q", "s3")]);
    assert!(values.contains(&"afilebs3".to_owned()) && values.contains(&"aoutsidebs3".to_owned()), "{values:?}");
    let (values, _) = values_with("NAME=x${NAME}y", &[("NAME", "outside")]);
    assert!(values.contains(&"xoutsidey".to_owned()), "{values:?}");
    let files = [EnvironmentFile::parse("P=s3"), EnvironmentFile::parse("NAME=a${P}b")];
    let found = environment_values(&files, &|name| name == "NAME", &|_| None);
    assert!(found[0].values.is_empty() && found[1].values.contains(&("NAME".to_owned(), b"as3b".to_vec())));
}

#[test]
fn values_in_another_encoding_keep_their_bytes() {
    let files = [EnvironmentFile::parse(b"P=caf\xe9\nNAME=\"a ${P} ${Q}\xff \xc3\xa0\" # b\xe9\n")];
    let variable = |name: &str| (name == "Q").then(|| b"\xfe\x80".to_vec());
    let found = environment_values(&files, &|name| name == "NAME", &variable).remove(0);
    let expected = ("NAME".to_owned(), b"a caf\xe9 \xfe\x80\xff \xc3\xa0".to_vec());
    assert!(found.values.contains(&expected), "{:?}", found.values);
    let wide: Vec<u8> = "\u{feff}NAME=größe 12".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let found = environment_values(&[EnvironmentFile::parse(&wide)], &|_| true, &|_| None).remove(0);
    assert_eq!(found.values, [("NAME".to_owned(), "größe 12".as_bytes().to_vec())]);
}

#[test]
fn an_open_quote_costs_no_more_than_its_line() {
    let text = format!("A=\"never closed\n{}NAME=s3\n", "B='neither\n".repeat(2));
    assert_eq!(values(&text), ["s3"]);
    // 200,000 lines, none of which is read twice for the unclosed quote.
    let lines = format!("{}\nNAME=s3\n", "A=\"open\nB=\\\"".repeat(100_000));
    assert_eq!(values(&lines), ["s3"]);
}

#[test]
fn doubling_has_a_limit_that_is_told() {
    let mut text = "A0=0123456789\n".to_owned();
    for step in 1..40 {
        writeln!(text, "A{step}=$A{0}$A{0}", step - 1).unwrap();
    }
    let (found, too_long) = values_with(&format!("{text}NAME=$A39"), &[]);
    assert_eq!((found, too_long), (vec!["$A39".to_owned()], 1));
    // Doubles a value that stays empty.
    let (found, too_long) = values_with(&format!("{text}A0=\nNAME=a1b2c3d4e5f6$A20"), &[]);
    assert!(found.contains(&"a1b2c3d4e5f6".to_owned()) && too_long == 0, "{found:?}");
    // A long chain, and nested defaults.
    let mut chain = String::new();
    for step in 1..10_000 {
        writeln!(chain, "A{step}=$A{}", step - 1).unwrap();
    }
    assert_eq!(values_with(&format!("{chain}NAME=$A9999"), &[]).1, 1);
    let nested = format!("NAME={}s3{}", "${A:-".repeat(10_000), "}".repeat(10_000));
    assert_eq!(values_with(&nested, &[]).1, 1);
    assert_eq!(values_with("A=1\nNAME=$A", &[]).1, 0);
}

proptest! {
    #[test]
    fn any_text_is_read(text in "(?s)[ -~\n\r\t\"'`$\\\\{}#=é]{0,200}") {
        let text = format!("NAME={text}\nNAME=last1234\n");
        let found = values(&text);
        prop_assert!(found.iter().any(|value| value.contains("last1234")), "{:?}", found);
    }

    #[test]
    fn quotes_of_each_kind_keep_what_stands_in_them(value in "[a-zA-Z0-9 #=:/@!%+-]{1,40}") {
        for quote in ['"', '\'', '`'] {
            let found = values(&format!("A=1\nNAME={quote}{value}{quote} # note\nB=2"));
            prop_assert!(found.contains(&value), "{:?}", found);
        }
    }
}
