//! The ban on secrets: what is one, and where one may hide (contract: Build Arguments, No Secrets in Image Layers).
//!
//! Rules are data (`patterns`, `words`). A verdict names the rule and the reason and never holds a value.

mod assignments;
mod before;
mod check;
mod collected;
mod command;
mod dockerfile;
mod documented;
mod entropy;
mod environment_file;
mod exceptions;
mod expansion;
mod files;
mod finding;
mod first_pass;
mod groups;
mod image;
mod judge;
mod known;
mod labels;
mod layers;
mod name;
mod packages;
mod packing;
mod pairs;
mod patterns;
mod places;
pub mod rules;
mod scan;
mod surroundings;
mod telling;
mod text;
mod value;
mod wide;
mod words;

pub use before::{build_arg_findings, call_findings, context_findings, declared_arg_findings, proxy_findings};
pub use collected::Collected;
pub use dockerfile::dockerfile_findings;
pub use environment_file::{EnvironmentFile, EnvironmentValues, TooLong, environment_values};
pub use exceptions::{Allowed, Day, Exception, apply, sorted, unseen};
pub use expansion::LONGEST_VALUE;
pub use files::{ENVIRONMENT_FOLDERS, FileKind, file_kind, is_environment_file, secret_file};
pub use finding::{ArgSource, SecretFinding, Severity, Site};
pub use groups::grouped;
pub use image::{ImageFacts, image_findings, inherited_history, without_numbers};
pub use judge::{Detector, Verdict, declared_verdict, verdict};
pub use known::KnownValue;
pub use layers::{InLayer, LayerReport, common_layers, layer_findings};
pub use name::{Kind, NameVerdict, judge_name};
pub use packing::{Packing, START, Stream, ends_as_zip};
pub use patterns::{At, Pattern, Scope, all as patterns};
pub use places::{fixed_part, is_pattern};
pub use scan::{Match, OVERLAP, Rule, Scanner, Source};
pub use text::{Found, Origin, plain_text, scan_text, utf16};
pub use wide::scan_wide;
