//! What the tests of the command line stand on: a sandbox, fake tools, and what came out of a run. It holds no test.

pub(crate) mod docker;
pub(crate) mod encodings;
pub(crate) mod failing_builds;
pub(crate) mod fakes;
pub(crate) mod images;
pub(crate) mod minikube;
pub(crate) mod planted;
pub(crate) mod run;
pub(crate) mod sandbox;
pub(crate) mod suites;
pub(crate) mod tiny;

#[path = "../../../../crates/secretscan/tests/support/image_archives.rs"]
pub(crate) mod image_archives;
#[path = "../../../../crates/process/tests/support/processes.rs"]
pub(crate) mod processes;
#[path = "../../../../crates/secretscan/tests/support/samples.rs"]
pub(crate) mod samples;
#[path = "../../support/stateful_engine.rs"]
pub(crate) mod stateful_engine;
#[path = "../../support/stateful_node.rs"]
pub(crate) mod stateful_node;
