//! The ban on secrets as people meet it: what is refused, what is said of it, and that no value is ever seen.

mod after;
mod allow;
mod before;
mod build_secrets;
mod groups;
pub(crate) mod images;
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

use crate::docker;
use crate::run::Run;
use crate::samples::expand;
use crate::sandbox::{CONFIG, Sandbox};

/// A token with the form and the checksum of GitHub's.
pub(crate) fn token() -> String {
    expand("ghp_{crc}", 3)
}

/// An address with a password.
pub(crate) fn address() -> String {
    expand("postgresql://app:{w20}@db.acme.dev:5432/app", 5)
}

/// A password that nothing but its name gives away.
pub(crate) fn password() -> String {
    expand("{w18}", 7)
}

/// Every value that these tests plant.
fn planted() -> Vec<String> {
    vec![token(), address(), password()]
}

/// No planted value stands in a text.
#[track_caller]
pub(crate) fn shows_nothing(text: &str) {
    for value in planted() {
        assert!(!text.contains(&value), "a planted value is shown: {text}");
        // The password alone would be bad enough.
        let secret = value.rsplit_once('@').map_or(value.as_str(), |(user, _)| user.rsplit(':').next().unwrap());
        assert!(!text.contains(secret), "a planted value is shown: {text}");
    }
}

/// Both streams of a run, which show nothing.
#[track_caller]
fn quiet(run: Run) -> Run {
    shows_nothing(&run.stdout);
    shows_nothing(&run.stderr);
    run
}

/// A build of this sandbox is refused before docker is told anything; in JSON it is the same.
#[track_caller]
fn refused(sandbox: &Sandbox, args: &[&str], expected: impl IntoData) {
    sandbox.fake("docker", docker::builds_everything());
    quiet(sandbox.xtask(&[&["build"], args].concat()).code(2).stdout("").stderr(expected));
    let run = quiet(sandbox.xtask(&[&["build", "--json"], args].concat()).code(2));
    assert_eq!(run.document()["ok"], false);
    assert!(sandbox.calls().iter().all(|call| !super::building::is_build(call)), "{}", sandbox.transcript());
}

/// A sandbox whose taskflow.toml says more.
fn with_config(more: &str) -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write("taskflow.toml", &format!("{CONFIG}\n{more}"));
    sandbox
}
