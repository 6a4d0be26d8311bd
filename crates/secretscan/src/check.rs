//! Further conditions on matches, so that documentation, placeholders, and random data are not reported.

use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use base64::{Engine as _, alphabet};

use super::documented;
use super::entropy::{bits_per_byte, distinct, is_wordy};
use super::name::Kind;
use super::value::{ValueKind, classify, is_placeholder, is_reference};

/// Accepts missing padding and any value in the unused bits of the last character.
const LENIENT: GeneralPurposeConfig = GeneralPurposeConfig::new()
    .with_decode_allow_trailing_bits(true)
    .with_decode_padding_mode(DecodePaddingMode::Indifferent);
const STANDARD: GeneralPurpose = GeneralPurpose::new(&alphabet::STANDARD, LENIENT);
const URL_SAFE: GeneralPurpose = GeneralPurpose::new(&alphabet::URL_SAFE, LENIENT);

/// How much of a long text is judged, in bytes.
const JUDGED: usize = 512;

/// A condition on the text that a pattern has matched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Check {
    /// None: the format alone is enough.
    Any,
    /// Random: not typed by hand, and not a placeholder.
    Random,
    /// Random, with digits and letters mixed as in generated values.
    Mixed,
    /// A token of GitHub or npm: the last six characters are a checksum.
    GitHub,
    /// A JSON Web Token that is not public.
    Jwt,
    /// Base64 of `user:password`.
    Basic,
    /// Base64 of a private key.
    EncodedKey,
    /// A password in an address.
    UrlPassword,
    /// A password: anything but a reference or a placeholder.
    Password,
    /// A password in a place where texts for people use plain words: not a single common word.
    UnlikelyWord,
}

impl Check {
    /// Whether a match is a secret; `behind` is the text that follows it.
    pub(crate) fn holds(self, secret: &[u8], behind: &[u8]) -> bool {
        let text = match self {
            Self::Jwt | Self::EncodedKey => String::from_utf8_lossy(secret),
            // The beginning shows whether the value is random.
            _ => String::from_utf8_lossy(secret.get(..JUDGED).unwrap_or(secret)),
        };
        match self {
            Self::Any => true,
            Self::Random => !is_placeholder(&text),
            Self::Mixed => is_mixed(text.as_bytes()) && !is_placeholder(&text),
            // A token with a wrong checksum may be a mistyped one, so only texts that people have made up are dropped.
            Self::GitHub => has_github_checksum(secret) || (is_mixed(text.as_bytes()) && !is_placeholder(&text)),
            Self::Jwt => is_jwt(&text),
            Self::Basic => is_basic(&text),
            Self::EncodedKey => decoded(&text).is_some_and(|key| contains(&key, b"PRIVATE KEY-----")),
            Self::UrlPassword => is_url_password(&text) && !is_documentation(&text, behind),
            Self::Password => is_password(&text),
            Self::UnlikelyWord => {
                is_password(&text) && !(text.len() <= 10 && secret.iter().all(u8::is_ascii_lowercase))
            }
        }
    }
}

impl Check {
    /// Whether a text with this beginning, which is longer than what was read, could be a secret.
    pub(crate) fn may_hold(self, beginning: &[u8]) -> bool {
        match self {
            Self::Jwt => is_jwt_header(beginning),
            _ => true,
        }
    }
}

/// Whether a text in base64, without the word `eyJ`, begins as the header of a token. Source maps and pages contain
/// other JSON in base64, which is long.
fn is_jwt_header(body: &[u8]) -> bool {
    const NAMES: [&[u8]; 4] = [b"\"alg\"", b"\"x5c\"", b"\"jwk\"", b"\"kid\""];
    let first = body.split(|byte| *byte == b'.').next().unwrap_or_default();
    let header = [b"eyJ", first].concat();
    let whole = header.len() - header.len() % 4;
    let json = header.get(..whole).and_then(|text| URL_SAFE.decode(text).ok());
    json.is_some_and(|json| NAMES.iter().any(|name| contains(&json, name)))
}

/// Whether a text is random: many different characters of several kinds, and no words.
pub fn is_mixed(text: &[u8]) -> bool {
    has_variety(text) && !is_wordy(text)
}

/// Whether a text has many different characters of several kinds.
pub(crate) fn has_variety(text: &[u8]) -> bool {
    let digit = text.iter().any(u8::is_ascii_digit);
    let lower = text.iter().any(u8::is_ascii_lowercase);
    let upper = text.iter().any(u8::is_ascii_uppercase);
    let kinds = usize::from(digit) + usize::from(lower) + usize::from(upper);
    kinds >= 2 && distinct(text) >= 8 && bits_per_byte(text) >= 2.9
}

/// Checks GitHub's format since 2021: the CRC-32 of the first thirty characters, in six digits to base 62.
pub(crate) fn has_github_checksum(body: &[u8]) -> bool {
    const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    let Some((random, checksum)) = body.split_at_checked(30) else { return false };
    if checksum.len() != 6 {
        return false;
    }
    let value = checksum.iter().try_fold(0_u64, |value, byte| {
        let digit = DIGITS.iter().position(|digit| digit == byte)?;
        value.checked_mul(62)?.checked_add(u64::try_from(digit).ok()?)
    });
    value == Some(u64::from(crc32fast::hash(random)))
}

/// Whether a token has three or five parts, the first of which is JSON that names an algorithm. Supabase's tokens for
/// anonymous visitors are public, and tokens from documentation are recognized by their signature.
fn is_jwt(body: &str) -> bool {
    // The pattern's word `eyJ` is a part of the header.
    let whole = format!("eyJ{body}");
    let mut parts = whole.split('.');
    let json = |part: Option<&str>| {
        let bytes = URL_SAFE.decode(part?).ok()?;
        serde_json::from_slice::<serde_json::Value>(&bytes).ok()
    };
    let header = json(parts.next());
    let payload = json(parts.next());
    let signature = parts.next().unwrap_or_default();
    let algorithm = header.as_ref().and_then(|header| header.get("alg")).and_then(serde_json::Value::as_str);
    let role = payload.as_ref().and_then(|payload| payload.get("role")).and_then(serde_json::Value::as_str);
    let signed = whole.rsplit_once('.').map_or("", |(signed, _)| signed);
    let known = algorithm == Some("HS256")
        && URL_SAFE.decode(signature).is_ok_and(|signature| documented::is_signed(signed.as_bytes(), &signature));
    let public = role == Some("anon") || known || documented::is_documented(signature) || is_placeholder(signature);
    algorithm.is_some() && !public
}

/// Whether a text is base64 of `user:password`.
fn is_basic(text: &str) -> bool {
    let Some(bytes) = decoded(text) else { return false };
    let Ok(plain) = String::from_utf8(bytes) else { return false };
    let printable = plain.chars().all(|letter| !letter.is_control());
    printable && plain.split_once(':').is_some_and(|(user, password)| !user.contains(' ') && is_password(password))
}

/// Whether a text is the password of an address. It may also be a port with a path behind it, or the next hosts of a
/// list.
fn is_url_password(text: &str) -> bool {
    let port = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let path = text.contains("//") || text.split_once('/').is_some_and(|(first, _)| port(first));
    let text = match text.split_once(',') {
        Some((first, hosts)) if port(first) => hosts.rsplit_once(':').map_or("", |(_, password)| password),
        _ => text,
    };
    let plain = percent_decoded(text);
    // Passwords of one or two letters stand only in explanations such as `u:p@host`.
    !path && plain.chars().count() > 2 && is_password(&plain)
}

/// Whether an address only documents a format: a password such as `xyz`, with a host that is reserved for examples (RFC
/// 2606).
fn is_documentation(password: &str, behind: &[u8]) -> bool {
    const LONGEST: usize = 5;
    let is_host = |byte: &&u8| byte.is_ascii_alphanumeric() || b".-".contains(byte);
    let host: Vec<u8> =
        behind.iter().skip_while(|byte| **byte == b'@').take(253).take_while(is_host).copied().collect();
    let host = String::from_utf8_lossy(&host).to_ascii_lowercase();
    let labels: Vec<&str> = host.trim_end_matches('.').rsplit('.').take(2).collect();
    let reserved =
        matches!(labels.as_slice(), ["example" | "test" | "invalid", ..] | ["com" | "net" | "org", "example"]);
    let digits = password.bytes().all(|byte| byte.is_ascii_digit());
    let letters = password.bytes().all(|byte| byte.is_ascii_alphabetic());
    reserved && password.len() <= LONGEST && (digits || letters)
}

/// Prefixes of expressions that name the place of a value: `args.password`, `self.config.token`.
const HOLDERS: [&str; 14] = [
    "args.",
    "config.",
    "settings.",
    "self.",
    "this.",
    "options.",
    "opts.",
    "params.",
    "env.",
    "process.",
    "os.",
    "props.",
    "conf.",
    "cfg.",
];

/// Whether a text is a part of a template for an address: `%s`, `{password}`, `[PASSWORD]`, `...`.
fn is_format(text: &str) -> bool {
    // `{user}`, `%(password)s`, `prefix-[NAME]`: a name in brackets, and little else.
    let wrapped = [('{', '}'), ('[', ']'), ('<', '>'), ('(', ')')].iter().any(|(open, close)| {
        let parts = text.split_once(*open).and_then(|(before, rest)| Some((before, rest.rsplit_once(*close)?)));
        parts.is_some_and(|(before, (inner, after))| {
            let name =
                inner.chars().all(|letter| letter.is_ascii_alphanumeric() || " _-.:*!?[]{}()'\"".contains(letter));
            name && before.len() + after.len() <= 4 && !before.contains(|letter: char| letter.is_ascii_digit())
        })
    });
    let shouted =
        text.len() >= 4 && text.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_') && text.contains("PASS");
    // `%s`, `%1$s`, `%PASSWORD%`; percent-encoding does not count.
    let percent = text.strip_prefix('%').is_some_and(|rest| {
        rest.len() <= 4 && rest.ends_with(['s', 'd', 'v', 'S', '%']) || rest.ends_with('%') || rest.starts_with('(')
    });
    let identifier = text.bytes().all(|byte| byte.is_ascii_alphabetic() || b"._".contains(&byte));
    let held = identifier && HOLDERS.iter().any(|holder| text.starts_with(holder));
    held || wrapped || shouted || percent || text.contains("...") || text.contains('$') && is_reference(text)
}

/// Whether a text is neither a reference nor a placeholder.
fn is_password(text: &str) -> bool {
    // The comma or semicolon belongs to the text around the password.
    let text = text.trim_end_matches([',', ';']);
    let text = if text.contains('(') { text } else { text.trim_end_matches(')') };
    let documented = documented::is_documented_password(&text.to_ascii_lowercase());
    let kind = classify(text, Kind::Password);
    !documented && !is_format(text) && matches!(kind, ValueKind::Other | ValueKind::Url)
}

/// Decodes base64 of either alphabet, padded or not.
pub(crate) fn decoded(text: &str) -> Option<Vec<u8>> {
    STANDARD.decode(text).or_else(|_| URL_SAFE.decode(text)).ok()
}

/// Decodes percent-encoding.
pub(crate) fn percent_decoded(text: &str) -> String {
    percent_encoding::percent_decode_str(text).decode_utf8_lossy().into_owned()
}

fn contains(text: &[u8], part: &[u8]) -> bool {
    text.windows(part.len()).any(|window| window == part)
}

/// Removes the prefix of `0x12ab`.
pub(crate) fn without_hex_mark(value: &str) -> &str {
    value.strip_prefix("0x").filter(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit())).unwrap_or(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_checksum_tells_a_token_from_any_other_text() {
        let random = "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5";
        let digits = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
        let mut sum = u64::from(crc32fast::hash(random.as_bytes()));
        let mut checksum = Vec::new();
        for _ in 0..6 {
            checksum.insert(0, digits[usize::try_from(sum % 62).unwrap()]);
            sum /= 62;
        }
        let body = [random.as_bytes(), &checksum].concat();
        assert!(has_github_checksum(&body));
        assert!(!has_github_checksum(&body[1..]));
        assert!(!has_github_checksum(b"short"));
        for length in 0..=300 {
            // In base 62, the last letter of the alphabet is the largest digit.
            assert!(!has_github_checksum(&vec![b'z'; length]), "{length}");
        }
        let mut wrong = body.clone();
        wrong[0] = b'z';
        assert!(!has_github_checksum(&wrong));
    }

    #[test]
    fn passwords_are_told_from_pieces_of_programs() {
        for password in ["kD93mPq0Lx7R", "hunter2", "p%40ss-w0rd", "a$b9c"] {
            assert!(Check::UrlPassword.holds(password.as_bytes(), b""), "{password}");
        }
        for piece in [
            "%s",
            "{password}",
            "${PASSWORD}",
            "[PASSWORD]",
            "password",
            "tiger",
            "8080/a/b",
            "PASSWORD",
            "***",
            "$PASS",
        ] {
            assert!(!Check::UrlPassword.holds(piece.as_bytes(), b""), "{piece}");
        }
    }

    #[test]
    fn addresses_of_documentation_are_told_by_their_host() {
        for (password, behind, expected) in [
            ("xyz", "@example.com');", false),
            ("123", "@www.example.org/?a#b", false),
            ("pass", "@db.test:5432/a", false),
            ("xyz", "@example.com.evil.io", true),
            ("xyz", "@myexample.com", true),
            ("k9Qz7", "@example.com", true),
            ("kD93mPq0Lx7R", "@db.example.org:5432/app", true),
        ] {
            assert_eq!(
                Check::UrlPassword.holds(password.as_bytes(), behind.as_bytes()),
                expected,
                "{password}{behind}"
            );
        }
    }

    #[test]
    fn words_are_not_mixed() {
        assert!(is_mixed(b"kD93mPq0Lx7RvT2b"));
        assert!(is_mixed(b"9f86d081884c7d659a2feaa0c55ad015"));
        for words in ["some_long_identifier_v2", "authentication-required", "loadingSpinner2"] {
            assert!(!is_mixed(words.as_bytes()), "{words}");
        }
    }
}
