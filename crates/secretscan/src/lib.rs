//! Finds secrets in names, values, commands, files, and archives.
//!
//! Rules are data ([`patterns`], [`rules`]). A verdict holds the rule and the reason, and never the value.

pub mod archive;
mod assignments;
mod attempts;
mod check;
mod collected;
mod command;
mod documented;
mod entropy;
mod environment_file;
mod environment_values;
mod expansion;
mod expression;
mod extent;
mod feeder;
mod files;
mod first_pass;
mod gate;
mod hit;
mod job;
mod judge;
mod known;
mod labels;
mod lossless;
mod matched;
mod matcher;
#[cfg(test)]
mod matcher_tests;
mod name;
mod near;
mod nested;
mod packing;
mod pairs;
mod patterns;
pub mod rules;
mod scan;
mod search;
mod start;
mod surroundings;
mod tail;
mod tar_files;
mod text;
mod text_kind;
mod unpack;
mod value;
mod wide;
mod word_automaton;
mod word_tables;
mod words;
mod zstd;

pub use attempts::Cut;
pub use check::is_mixed;
pub use collected::Collected;
pub use command::{history_args, in_command, judge_command, judge_unset};
pub use environment_file::EnvironmentFile;
pub use environment_values::{EnvironmentValues, TooLong, environment_values};
pub use expansion::LONGEST_VALUE;
pub use feeder::Feeder;
pub use files::{ENVIRONMENT_FOLDERS, FileKind, file_kind, is_environment_file, secret_file};
pub use judge::{Detector, Verdict, declared_verdict, distinct, not_searched, verdict};
pub use known::KnownValue;
pub use matched::{Match, MatchRule};
pub use name::{Kind, NameVerdict, is_declared_secret, judge_name};
pub use packing::{Packing, START, Stream, ends_as_zip};
pub use patterns::{At, Pattern, Scope, all as patterns};
pub use scan::{OVERLAP, Scanned, Scanner};
pub use search::{SearchResult, search};
pub use text::{LocatedVerdict, Origin, Reading, plain_text, scan_text, utf16};
pub use text_kind::TextKind;
pub use wide::scan_wide;

/// A reader of any kind. The readers of archives are large and compiled once for each type, so all of them use this
/// one.
pub(crate) type Reader<'a> = Box<dyn std::io::Read + 'a>;

#[cfg(test)]
mod growth_tests;

/// Runs the examples of the README as tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
