//! The formats of secrets, as data: the words that begin them, the expression that follows, and the exceptions.
//!
//! They are based on what vendors document or show of their tokens. Examples are templates, so that no file of the
//! repository contains a text that looks like a secret: `{w36}` stands for 36 characters of an alphabet, which
//! `Pattern::examples` lists.

mod ai;
mod clouds;
mod code;
mod context;
mod data;
mod messaging;
mod money;
mod operations;
mod work;

use super::check::Check;
use super::near::{self, Near};

/// How one kind of secret is recognized in text.
#[derive(Debug)]
pub struct Pattern {
    /// Its ID: the rule in findings, and the anchor in docs/secrets.md.
    pub id: &'static str,
    /// What it is, as a noun phrase for messages.
    pub what: &'static str,
    /// Words that begin a match (`At::Start`) or occur in it (`At::Around`). They are case-sensitive.
    pub words: &'static [&'static str],
    /// The position of the match relative to the word.
    pub at: At,
    /// For `At::Around`, a regular expression for what stands directly behind a word in every match; empty if it is not
    /// known. It is compared with the text before `regex` is compiled.
    pub behind: &'static str,
    /// For `At::Around`, a cheap test that passes at a word of every match.
    pub(crate) near: Near,
    /// A regular expression over bytes for the text behind the word (`At::Start`), or for the whole match
    /// (`At::Around`). Its first group is the secret; without a group, the whole match is.
    pub regex: &'static str,
    /// A further condition on the secret.
    pub check: Check,
    /// The texts that are searched for it.
    pub scope: Scope,
    /// A secret, and a similar text that is not one, as templates.
    ///
    /// Alphabets: `w` letters and digits, `x` the same in lower case, `X` in upper case, `l` and `U` letters, `d`
    /// digits, `h` and `H` hexadecimal, `b` base64, `u` base64 for URLs, `3` and `v` base32, `9` base58, `2` and `B`
    /// those of bech32; `{uuid}`, `{jwt}`, `{jwtanon}`, `{basic}`, `{crc}` (30 characters and GitHub's checksum of
    /// them), `{pem64}`.
    pub examples: [&'static str; 2],
}

/// The position of a match relative to its word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum At {
    /// The match begins with the word.
    Start,
    /// The match contains the word, after at most this many bytes.
    Around(usize),
    /// The match is the whole value; there is no word.
    Whole,
}

/// The texts that are searched for a pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// All texts.
    Text,
    /// All texts, but not under a public name: vendors allow some keys to be published.
    Publishable,
    /// Values of names only: other texts contain too much that looks similar.
    Value,
    /// Command lines, and values, which may be command-line options.
    Command,
}

macro_rules! patterns {
    ($($id:literal $what:literal $(in $scope:ident)? $(at $at:ident $(($bytes:literal))? $(then $behind:literal)? $(if $near:ident)?)? $(is $check:ident)?:
        [$($word:literal)*] $regex:literal => $yes:literal, $no:literal;)+) => {
        &[$(Pattern {
            id: $id,
            what: $what,
            words: &[$($word),*],
            at: patterns!(@at $($at $(($bytes))?)?),
            behind: concat!($($($behind)?)?),
            near: patterns!(@near $($($near)?)?),
            regex: $regex,
            check: patterns!(@check $($check)?),
            scope: patterns!(@scope $($scope)?),
            examples: [$yes, $no],
        }),+]
    };
    (@at) => { At::Start };
    (@at $at:ident $(($bytes:literal))?) => { At::$at $(($bytes))? };
    (@near) => { near::anything };
    (@near $near:ident) => { near::$near };
    (@check) => { Check::Random };
    (@check $check:ident) => { Check::$check };
    (@scope) => { Scope::Text };
    (@scope $scope:ident) => { Scope::$scope };
}
use patterns;

/// Returns all patterns, in the order in which they are tried if several match at one place.
pub fn all() -> impl Iterator<Item = &'static Pattern> {
    [
        code::PATTERNS,
        clouds::PATTERNS,
        ai::PATTERNS,
        money::PATTERNS,
        messaging::PATTERNS,
        work::PATTERNS,
        operations::PATTERNS,
        data::PATTERNS,
        // The context of a secret says less than its own format, so these patterns come last.
        context::PATTERNS,
    ]
    .into_iter()
    .flatten()
}
