//! Secrets that tests plant, and that no output may show.

use super::run::Run;
use super::samples::expand;

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
pub(crate) fn quiet(run: Run) -> Run {
    shows_nothing(&run.stdout);
    shows_nothing(&run.stderr);
    run
}
