//! `secrets`: the search for secrets, and its rules.

mod report;
pub(super) mod rules;
pub(super) mod scan;
