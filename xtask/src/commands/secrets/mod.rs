//! `secrets`: the search for secrets, and its rules.

pub(super) mod rules;
pub(super) mod scan;
