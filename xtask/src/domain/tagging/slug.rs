//! Slugs: the part of a tag that stands for a branch.
//!
//! A slug is readable if the name allows it; otherwise it contains a hash. Different names give different slugs on
//! every machine, and no slug looks like another form of tag: a commit, a pull request, `latest`, a dirty tree.

use std::fmt;

use sha2::{Digest as _, Sha256};

/// The number of hex digits of the hash.
const HASH_DIGITS: usize = 8;

/// The slug of a branch: dot-separated semver identifiers.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Slug(String);

impl Slug {
    /// Makes the slug of a branch name (any bytes that git allows) in at most `room` bytes, which must be 20 or more.
    pub fn of_branch(name: &[u8], room: usize) -> Self {
        let readable = readable(name).filter(|slug| slug.len() <= room);
        Self(readable.unwrap_or_else(|| hashed(name, room)))
    }

    /// Returns the slug as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Slug {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

/// Returns the name with `/` replaced by `.`; none unless every part is plain and the whole looks like no other form.
fn readable(name: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(name).ok()?;
    let plain = |part: &str| {
        let letters = !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        let trimmed = part.trim_matches('-') == part;
        let zero_led = part.len() > 1 && part.starts_with('0') && part.bytes().all(|byte| byte.is_ascii_digit());
        letters && trimmed && !zero_led
    };
    if !text.split('/').all(plain) || is_reserved(text) {
        return None;
    }
    Some(text.replace('/', "."))
}

/// Whether a name could be taken for a commit, a pull request, `latest`, a dirty tree or a hashed slug.
fn is_reserved(name: &str) -> bool {
    let hex = |text: &str| text.bytes().all(|byte| byte.is_ascii_hexdigit());
    let commit = name.strip_prefix('g').is_some_and(|rest| (7..=64).contains(&rest.len()) && hex(rest));
    let pull_request =
        name.strip_prefix("pr-").is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_digit()));
    let hashed = name.rsplit_once('-').is_some_and(|(_, last)| last.len() == HASH_DIGITS && hex(last));
    let dirty = name.rsplit('/').next() == Some("dirty");
    commit || pull_request || hashed || dirty || name == "latest"
}

/// Returns the readable part of the name, shortened, with the first digits of a hash of all its bytes.
fn hashed(name: &[u8], room: usize) -> String {
    let mut stem = String::new();
    for byte in name {
        if byte.is_ascii_alphanumeric() {
            stem.push(char::from(*byte));
        } else if !stem.ends_with('-') {
            stem.push('-');
        }
    }
    let stem = stem.trim_matches('-');
    let cut = stem.get(..room.saturating_sub("-".len() + HASH_DIGITS)).unwrap_or(stem).trim_matches('-');
    let stem = if cut.is_empty() { "b" } else { cut };
    let digest: [u8; 32] = Sha256::digest(name).into();
    let [first, second, third, fourth, ..] = digest;
    format!("{stem}-{:08x}", u32::from_be_bytes([first, second, third, fourth]))
}
