//! The documents of `--json`: the results of workflows in the form that programs read.

pub(crate) mod bootstrap;
pub(crate) mod build;
pub(crate) mod findings;
pub(crate) mod minikube_archive;
pub(crate) mod minikube_load;
pub(crate) mod rules;
pub(crate) mod scan;
pub(crate) mod schema;
pub(crate) mod tags;
pub(crate) mod test;
