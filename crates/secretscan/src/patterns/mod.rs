//! The formats of secrets, as data: by what word each is found, how it goes on, and what is known to be no such secret.
//!
//! Written from what vendors document or show of their tokens. Examples are written as templates, so that no file of
//! ours holds anything that looks like a secret: `{w36}` stands for 36 characters of an alphabet, as `Pattern::examples`
//! lists them.

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

/// How one kind of secret is recognized in text.
#[derive(Debug)]
pub struct Pattern {
    /// Its stable name: the rule in findings, the anchor in docs/secrets.md.
    pub id: &'static str,
    /// What it is.
    pub what: &'static str,
    /// Words that begin a match (`At::Start`) or stand in it (`At::Around`); letter case counts.
    pub words: &'static [&'static str],
    /// Where the match lies.
    pub at: At,
    /// A regular expression over bytes: what follows the word (`At::Start`), or the whole (`At::Around`). Its first
    /// group is the secret; without one, the whole match is.
    pub regex: &'static str,
    /// What must hold besides.
    pub check: Check,
    /// Where it is looked for.
    pub scope: Scope,
    /// A secret and a text that is none, as templates.
    ///
    /// Alphabets: `w` letters and digits, `x` the same in lower case, `X` in upper case, `l` and `U` letters, `d` digits,
    /// `h` and `H` hexadecimal, `b` base64, `u` base64 for URLs, `3` and `v` base32, `9` base58, `2` and `B` those of
    /// bech32; `{uuid}`, `{jwt}`, `{jwtanon}`, `{basic}`, `{crc}` (30
    /// characters and GitHub's checksum of them), `{pem64}`.
    pub examples: [&'static str; 2],
}

/// Where a match lies in relation to its word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum At {
    /// It begins with the word.
    Start,
    /// The word stands in it, after at most this many bytes.
    Around(usize),
    /// It is the whole value; there is no word.
    Whole,
}

/// Where a pattern is looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// In all text.
    Text,
    /// The same, but a public name clears it: vendors let some keys be seen.
    Publishable,
    /// In values of names only: in other text too much looks like it.
    Value,
    /// In command lines, and in values, which may be the options of one.
    Command,
}

macro_rules! patterns {
    ($($id:literal $what:literal $(in $scope:ident)? $(at $at:ident $(($bytes:literal))?)? $(is $check:ident)?:
        [$($word:literal)*] $regex:literal => $yes:literal, $no:literal;)+) => {
        &[$(Pattern {
            id: $id,
            what: $what,
            words: &[$($word),*],
            at: patterns!(@at $($at $(($bytes))?)?),
            regex: $regex,
            check: patterns!(@check $($check)?),
            scope: patterns!(@scope $($scope)?),
            examples: [$yes, $no],
        }),+]
    };
    (@at) => { At::Start };
    (@at $at:ident $(($bytes:literal))?) => { At::$at $(($bytes))? };
    (@check) => { Check::Random };
    (@check $check:ident) => { Check::$check };
    (@scope) => { Scope::Text };
    (@scope $scope:ident) => { Scope::$scope };
}
use patterns;

/// All patterns, in the order in which they are tried where several match at one place.
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
        // What stands around a secret says less than its own form.
        context::PATTERNS,
    ]
    .into_iter()
    .flatten()
}
