//! What must hold of a match beside its form, so that documentation, placeholders, and chance are no findings.

use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use base64::{Engine as _, alphabet};

use super::documented;
use super::entropy::{bits_per_byte, distinct, is_wordy};
use super::name::Kind;
use super::value::{Look, is_placeholder, is_reference, look};

/// Padding and the unused bits of the last character are nobody's proof of anything.
const LENIENT: GeneralPurposeConfig = GeneralPurposeConfig::new()
    .with_decode_allow_trailing_bits(true)
    .with_decode_padding_mode(DecodePaddingMode::Indifferent);
const STANDARD: GeneralPurpose = GeneralPurpose::new(&alphabet::STANDARD, LENIENT);
const URL_SAFE: GeneralPurpose = GeneralPurpose::new(&alphabet::URL_SAFE, LENIENT);

/// How much of a long text is looked at to judge it, in bytes.
const JUDGED: usize = 512;

/// A check of a match.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Check {
    /// The form alone is enough.
    Any,
    /// Not typed by hand and no placeholder.
    Random,
    /// The same, with digits and letters mixed as machines do it.
    Mixed,
    /// GitHub's and npm's tokens, whose last six characters are a checksum.
    GitHub,
    /// A JSON Web Token that opens something.
    Jwt,
    /// Base64 of a user and a password.
    Basic,
    /// Base64 of a private key.
    EncodedKey,
    /// A password in an address.
    UrlPassword,
    /// A password: anything but a reference or a placeholder.
    Password,
    /// The same where texts for people use plain words.
    UnlikelyWord,
}

impl Check {
    /// Whether a secret, as its pattern found it, is one; `behind` is what follows it.
    pub(crate) fn holds(self, secret: &[u8], behind: &[u8]) -> bool {
        let text = match self {
            Self::Jwt | Self::EncodedKey => String::from_utf8_lossy(secret),
            // What chance has made shows it at the beginning.
            _ => String::from_utf8_lossy(secret.get(..JUDGED).unwrap_or(secret)),
        };
        match self {
            Self::Any => true,
            Self::Random => !is_placeholder(&text),
            Self::Mixed => is_mixed(text.as_bytes()) && !is_placeholder(&text),
            // A token whose checksum is wrong is a mistyped one at least; what people write by hand is sorted out.
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
    /// Whether what begins like this, and is longer than what was looked at, could be a secret.
    pub(crate) fn may_hold(self, beginning: &[u8]) -> bool {
        match self {
            Self::Jwt => is_jwt_header(beginning),
            _ => true,
        }
    }
}

/// Whether a text in base64, without the word `eyJ`, begins as the header of a token. JSON of any other kind is packed
/// into source maps and pages, and is long.
fn is_jwt_header(body: &[u8]) -> bool {
    const NAMES: [&[u8]; 4] = [b"\"alg\"", b"\"x5c\"", b"\"jwk\"", b"\"kid\""];
    let first = body.split(|byte| *byte == b'.').next().unwrap_or_default();
    let header = [b"eyJ", first].concat();
    let whole = header.len() - header.len() % 4;
    let json = header.get(..whole).and_then(|text| URL_SAFE.decode(text).ok());
    json.is_some_and(|json| NAMES.iter().any(|name| contains(&json, name)))
}

/// Whether chance has made a text: many different characters of several kinds, and no words.
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

/// GitHub's form since 2021: the CRC-32 of the first thirty characters, in six digits to base 62.
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

/// The three or five parts of a token, whose first one is JSON that names an algorithm. Supabase's tokens for anonymous
/// visitors are public, and everybody knows those of the documentation by their signature.
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

/// Base64 of `user:password`.
fn is_basic(text: &str) -> bool {
    let Some(bytes) = decoded(text) else { return false };
    let Ok(plain) = String::from_utf8(bytes) else { return false };
    let printable = plain.chars().all(|letter| !letter.is_control());
    printable && plain.split_once(':').is_some_and(|(user, password)| !user.contains(' ') && is_password(password))
}

/// The password of an address. What looks like one may be a port with a path behind it, or further hosts of a list.
fn is_url_password(text: &str) -> bool {
    let port = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let path = text.contains("//") || text.split_once('/').is_some_and(|(first, _)| port(first));
    let text = match text.split_once(',') {
        Some((first, hosts)) if port(first) => hosts.rsplit_once(':').map_or("", |(_, password)| password),
        _ => text,
    };
    let plain = percent_decoded(text);
    // Nobody protects anything with a letter or two; whoever explains addresses writes `u:p@host`.
    !path && plain.chars().count() > 2 && is_password(&plain)
}

/// Whether an address only shows how addresses are written: a password that nobody uses, such as `xyz`, for a host that
/// stands for others (RFC 2606).
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

/// What a piece of a program begins with that names where a value is: `args.password`, `self.config.token`.
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

/// A piece of a program that puts an address together: `%s`, `{password}`, `[PASSWORD]`, `...`.
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
    // `%s`, `%1$s`, `%PASSWORD%`; percent-encoding is none.
    let percent = text.strip_prefix('%').is_some_and(|rest| {
        rest.len() <= 4 && rest.ends_with(['s', 'd', 'v', 'S', '%']) || rest.ends_with('%') || rest.starts_with('(')
    });
    let identifier = text.bytes().all(|byte| byte.is_ascii_alphabetic() || b"._".contains(&byte));
    let held = identifier && HOLDERS.iter().any(|holder| text.starts_with(holder));
    held || wrapped || shouted || percent || text.contains("...") || text.contains('$') && is_reference(text)
}

/// Anything but a reference or a placeholder.
fn is_password(text: &str) -> bool {
    // What the sentence or the call around it ends with; a substitution has its own bracket.
    let text = text.trim_end_matches([',', ';']);
    let text = if text.contains('(') { text } else { text.trim_end_matches(')') };
    let documented = documented::is_documented_password(&text.to_ascii_lowercase());
    let look = look(text, Kind::Password);
    !documented && !is_format(text) && matches!(look, Look::Other | Look::Url)
}

/// Base64 of either alphabet, padded or not.
pub(crate) fn decoded(text: &str) -> Option<Vec<u8>> {
    STANDARD.decode(text).or_else(|_| URL_SAFE.decode(text)).ok()
}

/// `%2F` and its like as the characters they are.
pub(crate) fn percent_decoded(text: &str) -> String {
    percent_encoding::percent_decode_str(text).decode_utf8_lossy().into_owned()
}

fn contains(text: &[u8], part: &[u8]) -> bool {
    text.windows(part.len()).any(|window| window == part)
}

/// `0x12ab` without its mark.
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
            // As a number to base 62, the last letter of the alphabet is the largest digit.
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
