//! A finding: a rule that something breaks, where, and what mends it. Every family of rules reports in this form, so that
//! renderers and exceptions know no family.

mod day;
mod exception;
mod places;
mod record;
mod rule;
mod site;

pub use day::Day;
pub use exception::{Allowed, Exception, apply};
pub use places::{fixed_part, is_pattern};
pub use record::{Finding, What, sorted};
pub use rule::{Family, Rule, Severity};
pub use site::{ArgSource, FileName, ImageName, Naming, Offset, Position, Site};
