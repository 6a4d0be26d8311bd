//! A finding: a rule, the place that breaks it, and the remedy. Rules of all families report in this form, so that
//! renderers and exceptions do not depend on a family.

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
