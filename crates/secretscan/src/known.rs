//! The values that are known to be secret on this machine: those of declared names, from the environment and from
//! `.env*` files. They are searched for as they are and in the forms in which tools write them. Matches are exact.

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode, percent_encode};
use shown::replaced;

use super::documented::is_documented_password;
use super::lossless::{lossless, raw};
use super::value::{is_placeholder, is_reference};

/// Length of the shortest value that is searched for, in bytes: shorter ones occur everywhere.
const SHORTEST: usize = 8;

/// Length of the shortest lower-case word that is searched for, in bytes: shorter ones cannot be told apart from other
/// words.
const WORD: usize = 16;

/// Characters that URLs never encode.
const UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// A value, with the name that it is declared under.
#[derive(Clone)]
pub struct KnownValue {
    name: String,
    forms: Vec<Vec<u8>>,
}

/// Prints the name, never the value.
impl fmt::Debug for KnownValue {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "KnownValue({})", self.name)
    }
}

impl KnownValue {
    /// Makes a value in all its forms; none if it is too short, a word, a reference, or a value from documentation.
    pub fn new(name: &str, value: impl AsRef<[u8]>) -> Option<Self> {
        let value = lossless(value.as_ref());
        let value = value.trim();
        let whole = (is_secret(value)).then(|| value.to_owned());
        let password = password_of(value).filter(|password| is_secret(password));
        let mut forms: Vec<Vec<u8>> = whole.iter().chain(&password).flat_map(|text| forms(text)).collect();
        forms.sort_by(|first, second| (second.len(), second).cmp(&(first.len(), first)));
        forms.dedup();
        (!forms.is_empty()).then(|| Self { name: name.to_owned(), forms })
    }

    /// Returns the name that the value is declared under.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the byte sequences to search for, the longest first.
    pub fn forms(&self) -> &[Vec<u8>] {
        &self.forms
    }
}

/// Whether a value can be searched for. A single word also occurs in unrelated texts.
fn is_secret(value: &str) -> bool {
    let word = value.len() < WORD && value.bytes().all(|byte| byte.is_ascii_lowercase() || b"-_.".contains(&byte));
    let lower = value.to_ascii_lowercase();
    value.len() >= SHORTEST
        && !word
        && !is_reference(value)
        && !is_placeholder(value)
        && !is_documented_password(&lower)
}

/// Whether a value is typical of what people choose, and so may occur by chance: digits, or letters followed by at most
/// four digits and a sign.
pub(crate) fn is_word_or_number(value: &[u8]) -> bool {
    const LONGEST_NUMBER: usize = 16;
    let letters = value.iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
    let rest = value.get(letters..).unwrap_or_default();
    let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let signs = rest.get(digits..).unwrap_or_default();
    match (letters, digits) {
        (0, _) => signs.is_empty() && digits <= LONGEST_NUMBER,
        (_, 0..=4) => {
            signs.len() <= 1 && signs.iter().all(u8::is_ascii_punctuation) && is_one_case(value.get(..letters))
        }
        _ => false,
    }
}

/// Whether letters are all of one case, with perhaps a capital in front.
fn is_one_case(letters: Option<&[u8]>) -> bool {
    let Some([_, rest @ ..]) = letters else { return false };
    rest.iter().all(u8::is_ascii_lowercase) || letters.is_some_and(|all| all.iter().all(u8::is_ascii_uppercase))
}

/// Whether a part of a text is not a part of a longer word or number.
pub(crate) fn stands_alone(text: &[u8], part: Range<usize>) -> bool {
    let is_part = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_alphanumeric);
    let before = part.start.checked_sub(1).and_then(|before| text.get(before));
    // The letter of `
    // ` and the last digit of `%3D` do not belong to the word behind them.
    let escape =
        part.start.checked_sub(2).and_then(|at| text.get(at..part.start)).is_some_and(|pair| pair.starts_with(b"\\"));
    let percent = part
        .start
        .checked_sub(3)
        .and_then(|at| text.get(at..part.start))
        .is_some_and(|triple| triple.starts_with(b"%"));
    let glued_before = is_part(before) && !escape && !percent;
    let ends_in_word = text.get(part.clone()).and_then(<[u8]>::last).is_some_and(u8::is_ascii_alphanumeric);
    let glued_behind = ends_in_word && is_part(text.get(part.end));
    !glued_before && !glued_behind
}

/// Returns the password of a URL, as it is written there; none if it occurs elsewhere in the URL, too.
fn password_of(value: &str) -> Option<String> {
    let (_, rest) = value.split_once("://")?;
    let (authority, address) = rest.rsplit_once('@')?;
    let (user, password) = authority.split_once(':')?;
    (!user.eq_ignore_ascii_case(password) && !address.contains(password)).then(|| password.to_owned())
}

/// As it is; percent-encoded and decoded; as JSON writes it; as base64, wherever it stands in the encoded text. What is
/// not UTF-8 also as programs write it that print nothing but text.
fn forms(value: &str) -> Vec<Vec<u8>> {
    let value = raw(value);
    let decoded: Vec<u8> = percent_decode(&value).collect();
    let encoded = [&value, &decoded].map(|bytes| percent_encode(bytes, UNRESERVED).to_string());
    let texts = [replaced(&value), String::from_utf8_lossy(&value)].map(Cow::into_owned);
    let json = |text: &String| serde_json::Value::from(text.as_str()).to_string().trim_matches('"').to_owned();
    let mut written = encoded.iter().map(|text| small_digits(text)).collect::<Vec<_>>();
    written.extend((0..3).map(|offset| base64_at(&value, offset)));
    written.extend(texts.iter().map(json));
    written.extend(encoded);
    written.extend(texts);
    let mut forms: Vec<Vec<u8>> = written.into_iter().map(String::into_bytes).chain([value, decoded]).collect();
    forms.retain(|form| form.len() >= SHORTEST);
    forms
}

/// Rewrites `%2F` as the equivalent `%2f`.
fn small_digits(encoded: &str) -> String {
    let mut parts = encoded.split('%');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, part| {
        let (digits, rest) = part.split_at_checked(2).unwrap_or((part, ""));
        text + "%" + &digits.to_ascii_lowercase() + rest
    })
}

/// Returns the characters of base64 that depend on the value alone if `offset` bytes stand before it.
fn base64_at(value: &[u8], offset: usize) -> String {
    let mut bytes = vec![0; offset];
    bytes.extend_from_slice(value);
    let text = STANDARD.encode(&bytes);
    // The first characters depend on the bytes before the value, the last ones on the bytes behind it.
    let start = [0, 2, 3].get(offset).copied().unwrap_or_default();
    let end = bytes.len() / 3 * 4 + [0, 1, 2].get(bytes.len() % 3).copied().unwrap_or_default();
    text.get(start..end).unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use percent_encoding::utf8_percent_encode;
    use proptest::prelude::*;

    fn known(value: &str) -> Option<KnownValue> {
        KnownValue::new("DATABASE_URL", value)
    }

    fn holds(known: &KnownValue, text: &[u8]) -> bool {
        known.forms().iter().any(|form| text.windows(form.len()).any(|window| window == form.as_slice()))
    }

    #[test]
    fn what_everybody_knows_is_not_looked_for() {
        for value in ["", "short", "changeme", "postgres", "${DATABASE_URL}", "password", "xxxxxxxxxxxx", "taskflow"] {
            assert!(known(value).is_none(), "{value}");
        }
    }

    #[test]
    fn brackets_make_no_template_of_a_password() {
        for value in ["k9(Qz)7wLp2Rt5", "a[b]c{d}e9Xq2", "%k9...Lx7R2q"] {
            assert!(known(value).is_some(), "{value}");
        }
    }

    #[test]
    fn a_password_that_the_address_says_itself_is_not_looked_for() {
        for (user, password) in [("taskflow", "taskflow"), ("app", "Taskflow1")] {
            let url = format!("postgresql://{user}:{password}@localhost/{password}");
            let known = known(&url).unwrap();
            assert!(!holds(&known, b"taskflow") && !holds(&known, b"Taskflow1"), "{url}");
            assert!(holds(&known, url.as_bytes()));
        }
    }

    #[test]
    fn the_password_of_an_address_is_looked_for_too() {
        let known = known(concat!("postgresql://app:", "kD93mPq0%2FLx7R@db.example.net/app")).unwrap();
        for text in ["kD93mPq0%2FLx7R", "x kD93mPq0/Lx7R y", "kD93mPq0%2fLx7R"] {
            assert!(holds(&known, text.as_bytes()), "{text}");
        }
        assert!(!holds(&known, b"db.example.net/app"));
    }

    #[test]
    fn words_and_numbers_are_told_from_what_machines_make() {
        for word in ["12345678", "20240131", "Frankfurt2024!", "production1", "FRANKFURT", "Passwort99"] {
            assert!(is_word_or_number(word.as_bytes()), "{word}");
        }
        for other in
            ["kD93mPq0Lx7R", "a1b2c3d4", "12345678901234567", "production-1a", "ABCdefgh", "secret12345", "12 34"]
        {
            assert!(!is_word_or_number(other.as_bytes()), "{other}");
        }
    }

    #[test]
    fn a_word_stands_alone_where_it_is_no_part_of_another() {
        for text in
            ["12345678", "a=12345678;", "'12345678'", "x_12345678_y", "\\n12345678", "%3A12345678@", "é12345678"]
        {
            let at = text.find("12345678").unwrap();
            assert!(stands_alone(text.as_bytes(), at..at + 8), "{text}");
        }
        for text in ["012345678", "123456789", "a12345678", "12345678b"] {
            let at = text.find("12345678").unwrap();
            assert!(!stands_alone(text.as_bytes(), at..at + 8), "{text}");
        }
    }

    #[test]
    fn a_value_in_another_encoding_is_looked_for_as_bytes_and_as_text() {
        let value = b"k9\xe9Qz7w\xffLp2Rt5";
        let known = KnownValue::new("DATABASE_URL", value).unwrap();
        let texts = [replaced(value), String::from_utf8_lossy(value)].map(Cow::into_owned);
        for text in texts {
            assert!(holds(&known, format!("a={text};").as_bytes()), "{text}");
        }
        assert!(holds(&known, &[b"a=", &value[..], b";"].concat()));
        assert!(holds(&known, b"k9%E9Qz7w%FFLp2Rt5") && holds(&known, b"k9%e9Qz7w%ffLp2Rt5"));
        assert!(holds(&known, STANDARD.encode([b"xy", &value[..], b"z"].concat()).as_bytes()));
        // The password of an address.
        let address = [b"db://app:", &value[..], b"@host/long-name"].concat();
        let address = KnownValue::new("DATABASE_URL", address).unwrap();
        assert!(holds(&address, value) && !holds(&address, b"host/long-name"));
    }

    #[test]
    fn a_value_is_never_shown() {
        assert_eq!(format!("{:?}", known("kD93mPq0Lx7R")), "Some(KnownValue(DATABASE_URL))");
    }

    proptest! {
        #[test]
        fn every_form_is_found_wherever_it_stands(value in "[a-zA-Z0-9+/&?\"\\\\ %-]{10,40}k9", before in "[ -~]{0,9}", after in "[ -~]{0,9}") {
            let Some(known) = known(&value) else { return Ok(()) };
            let value = value.trim();
            let percent = utf8_percent_encode(value, UNRESERVED).to_string();
            let json = serde_json::Value::from(value).to_string();
            for text in [format!("{before}{value}{after}"), percent, json, STANDARD.encode(format!("{before}{value}{after}"))] {
                prop_assert!(holds(&known, text.as_bytes()), "{}", text);
            }
        }
    }
}
