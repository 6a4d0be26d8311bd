//! The ban on secrets as people meet it: what is refused, what is said of it, and that no value is ever seen.

mod after;
mod allow;
mod before;
mod build_secrets;
mod groups;
mod images;
mod known;
mod leaks;
mod names;
mod places;
mod proxies;
mod remotes;
mod rows;
mod rules;
mod scan;
mod unsearched;

use snapbox::IntoData;

use crate::harness::docker;
use crate::harness::planted::quiet;
use crate::harness::sandbox::{CONFIG, Sandbox};

/// A build of this sandbox is refused before docker is told anything; in JSON it is the same.
#[track_caller]
fn refused(sandbox: &Sandbox, args: &[&str], expected: impl IntoData) {
    sandbox.fake("docker", docker::builds_everything());
    quiet(sandbox.xtask(&[&["build"], args].concat()).code(2).stdout("").stderr(expected));
    let run = quiet(sandbox.xtask(&[&["build", "--json"], args].concat()).code(2));
    assert_eq!(run.document()["ok"], false);
    assert!(sandbox.calls().iter().all(|call| !docker::is_build(call)), "{}", sandbox.transcript());
}

/// A sandbox whose taskflow.toml says more.
fn with_config(more: &str) -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write("taskflow.toml", &format!("{CONFIG}\n{more}"));
    sandbox
}
