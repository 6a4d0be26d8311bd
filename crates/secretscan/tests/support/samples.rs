//! Texts that look like secrets, made from templates: no file of ours holds one.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

const LOWER: &str = "abcdefghijklmnopqrstuvwxyz";
const UPPER: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
const DIGITS: &str = "0123456789";

/// Numbers that are the same in every run (xorshift).
pub(crate) struct Chance(u64);

impl Chance {
    /// Numbers that depend on a seed alone.
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    /// A number below `limit`.
    pub(crate) fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from((self.0 >> 33) % u64::try_from(limit).unwrap()).unwrap()
    }

    /// Characters of an alphabet.
    pub(crate) fn text(&mut self, alphabet: &str, length: usize) -> String {
        let letters: Vec<char> = alphabet.chars().collect();
        (0..length).map(|_| letters[self.below(letters.len())]).collect()
    }
}

/// The text of a template: `{w36}` is 36 characters of the alphabet `w`, other braces stay; `encode:` makes base64 of the rest.
pub(crate) fn expand(template: &str, seed: u64) -> String {
    if let Some(inner) = template.strip_prefix("encode:") {
        return STANDARD.encode(expand(inner, seed));
    }
    let mut chance = Chance::new(seed + 1);
    let mut text = String::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        text.push_str(before);
        let token = after.split_once('}').and_then(|(inner, rest)| Some((made(inner, &mut chance)?, rest)));
        if let Some((made, behind)) = token {
            text.push_str(&made);
            rest = behind;
        } else {
            text.push('{');
            rest = after;
        }
    }
    text + rest
}

fn made(inner: &str, chance: &mut Chance) -> Option<String> {
    match inner {
        "uuid" => {
            return Some([8, 4, 4, 4, 12].map(|length| chance.text("0123456789abcdef", length)).join("-"));
        }
        "jwt" => return Some(jwt("{\"sub\":\"u1\",\"iat\":1700000000}", chance)),
        "jwtanon" => return Some(jwt("{\"role\":\"anon\",\"iat\":1700000000}", chance)),
        "basic" => return Some(STANDARD.encode(format!("robot:{}", chance.text(&words(), 14)))),
        "pem64" => {
            let body = chance.text(&format!("{}+/", words()), 128);
            return Some(STANDARD.encode(format!("-----BEGIN PRIVATE KEY-----\n{body}\n-----END PRIVATE KEY-----\n")));
        }
        "crc" => return Some(with_checksum(&chance.text(&words(), 30))),
        _ => {}
    }
    let (kind, length) = inner.split_at_checked(1)?;
    let length = length.parse().ok()?;
    let alphabet = match kind {
        "w" => words(),
        "x" => format!("{LOWER}{DIGITS}"),
        "X" => format!("{UPPER}{DIGITS}"),
        "l" => LOWER.to_owned(),
        "U" => format!("{LOWER}{UPPER}"),
        "d" => DIGITS.to_owned(),
        "h" => "0123456789abcdef".to_owned(),
        "H" => "0123456789ABCDEF".to_owned(),
        "b" => format!("{}+/", words()),
        "u" => format!("{}_-", words()),
        "3" => format!("{UPPER}234567"),
        "v" => format!("{LOWER}234567"),
        "9" => words().replace(['0', 'O', 'I', 'l'], ""),
        "2" => "qpzry9x8gf2tvdw0s3jn54khce6mua7l".to_owned(),
        "B" => "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L".to_owned(),
        _ => return None,
    };
    Some(chance.text(&alphabet, length))
}

fn words() -> String {
    format!("{DIGITS}{UPPER}{LOWER}")
}

fn jwt(payload: &str, chance: &mut Chance) -> String {
    let part = |text: &str| URL_SAFE_NO_PAD.encode(text);
    let signature = chance.text(&format!("{}_-", words()), 43);
    format!("{}.{}.{signature}", part("{\"alg\":\"HS256\",\"typ\":\"JWT\"}"), part(payload))
}

/// A body with GitHub's checksum.
fn with_checksum(random: &str) -> String {
    let digits: Vec<char> = words().chars().collect();
    let mut sum = usize::try_from(crc32fast::hash(random.as_bytes())).unwrap();
    let mut checksum = String::new();
    for _ in 0..6 {
        checksum.insert(0, digits[sum % 62]);
        sum /= 62;
    }
    format!("{random}{checksum}")
}
