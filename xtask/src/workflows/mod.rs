//! Workflows: they take options, return values, and send events to `domain::events::Events`. They neither print nor
//! know the command line.

pub(crate) mod bootstrap;
pub(crate) mod check;
pub(crate) mod contract_diff;
pub(crate) mod image_build;
pub(crate) mod load;
pub(crate) mod release;
pub(crate) mod scan;
pub(crate) mod suites;
pub(crate) mod tag;
pub(crate) mod verify;
