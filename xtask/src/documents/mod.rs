//! The documents of `--json`: the results of workflows in the form that programs read.

pub(crate) mod bootstrap;
pub(crate) mod build;
pub(crate) mod check;
pub(crate) mod contract;
pub(crate) mod contract_diff;
pub(crate) mod findings;
pub(crate) mod minikube_archive;
pub(crate) mod minikube_load;
pub(crate) mod release;
pub(crate) mod rules;
pub(crate) mod scan;
pub(crate) mod schema;
pub(crate) mod tags;
pub(crate) mod test;
pub(crate) mod verify;

use std::time::Duration;

/// Returns a duration in whole milliseconds.
fn milliseconds(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}
