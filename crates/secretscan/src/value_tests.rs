//! The classification of values, kind by kind.

use proptest::prelude::*;

use super::*;

#[track_caller]
fn all(kind: Kind, expected: ValueKind, values: &[&str]) {
    for value in values {
        assert_eq!(classify(value, kind), expected, "{value}");
    }
}

#[test]
fn references_name_where_the_value_is() {
    all(
        Kind::Key,
        ValueKind::Reference,
        &[
            "$TOKEN",
            "${TOKEN}",
            "%TOKEN%",
            "$(cat token)",
            "{{ .Values.token }}",
            "op://vault/item/field",
            "<%= token %>",
            "[[ .Token ]]",
        ],
    );
    all(Kind::Password, ValueKind::Reference, &["\"${DB_PASSWORD:?not set}\"", "vault:secret/data/app#key"]);
    assert_ne!(classify("p$ss", Kind::Password), ValueKind::Reference);
}

#[test]
fn placeholders_are_there_to_be_filled_in() {
    all(
        Kind::Password,
        ValueKind::Placeholder,
        &["changeme", "change-me", "<your password>", "your_password_here", "xxxxxxxxxxxx", "********", "REPLACE_ME"],
    );
    all(Kind::Key, ValueKind::Placeholder, &["__ACCESS_TOKEN__", "whsec_...", "sk-…"]);
    all(Kind::Password, ValueKind::Other, &["hunter2", "Tr0ub4dor&3", "__aB3xK9__", "kD93mPq0..."]);
}

#[test]
fn what_is_chosen_counted_or_named_is_no_secret() {
    all(Kind::Key, ValueKind::Choice, &["true", "off", "disabled", "bearer"]);
    all(Kind::Key, ValueKind::Number, &["30s", "4096", "3.12.1", "2026-01-01"]);
    all(Kind::Key, ValueKind::Path, &["/run/secrets/token", "./keys/id.pem", "C:\\keys\\id.pfx", "~/.ssh/id_rsa"]);
    all(Kind::Key, ValueKind::Url, &["https://issuer.acme.dev/keys", "Server=db;Database=app"]);
    all(Kind::Key, ValueKind::Prose, &["the key of the front door"]);
    all(Kind::Key, ValueKind::Public, &["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5", "-----BEGIN CERTIFICATE-----", "phc_x"]);
    all(Kind::Key, ValueKind::Empty, &["", "  ", "\"\""]);
    // A password may be a number or a sentence.
    all(Kind::Password, ValueKind::Other, &["30331", "a sentence of words"]);
}

#[test]
fn base64_that_begins_with_a_slash_is_no_path() {
    all(Kind::Key, ValueKind::Other, &["/9j4AAQ7Skz3RgAB8Qxv2Tn5Wd1ZpLc6Hf0Mb"]);
}

#[test]
fn quotes_and_blanks_around_a_value_are_taken_off_once() {
    assert_eq!(trimmed(" \"a b\" "), "a b");
    assert_eq!(trimmed("'\"a\"'"), "\"a\"");
    assert_eq!(trimmed("\"a"), "\"a");
}

#[test]
fn the_default_of_a_reference_is_a_value() {
    for (value, expected) in [
        ("${A:-b}", Some("b")),
        ("${A-b c}", Some("b c")),
        ("${A:=b}", Some("b")),
        ("\"${A:-b}\"", Some("b")),
        ("${A}", None),
        ("${A:-}", None),
        ("${A:?b}", None),
        ("$A", None),
    ] {
        assert_eq!(default_of_reference(value), expected, "{value}");
    }
}

proptest! {
    #[test]
    fn any_value_has_a_look(value in "\\PC{0,60}") {
        classify(&value, Kind::Key);
        classify(&value, Kind::Password);
        default_of_reference(&value);
    }
}
