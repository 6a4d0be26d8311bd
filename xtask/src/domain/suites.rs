//! The test suites of the repository, as lists of calls.

use process::{HiddenValue, Invocation};

/// A suite.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suite {
    /// Its name, for the command line and the summary.
    pub name: &'static str,
    /// Calls in order; the first that fails ends the suite.
    pub steps: Vec<Invocation>,
}

/// The names of all suites, in the order in which they run.
pub const SUITE_NAMES: [&str; 6] = ["rust", "frontend", "backend", "images", "browser", MINIKUBE];

/// The suite that needs a node and engines of the rig's.
pub const MINIKUBE: &str = "minikube";

/// Parts of the rig that only suites with `--rig` need.
pub const RIG_PARTS: [&str; 4] = ["node", "engine-current", "engine-spare", "containerd-node"];

/// Brings these parts up.
pub fn rig_parts_up() -> Invocation {
    Invocation::new("cargo", ["rig", "up"].into_iter().chain(RIG_PARTS))
}

/// Whether a suite runs: one that was named, or any without a name; those of the rig only with `rig`.
pub fn is_wanted(suite: &str, names: &[String], rig: bool) -> bool {
    if names.is_empty() { rig || suite != MINIKUBE } else { names.iter().any(|wanted| wanted == suite) }
}

/// What suites need to know of the machine.
#[derive(Clone, Debug, Default)]
pub struct SuiteFacts {
    /// URL of a PostgreSQL for tests, as the host reaches it.
    pub database: Option<String>,
    /// The same, as a container reaches it.
    pub database_in_container: Option<String>,
    /// A Chromium.
    pub chromium: Option<String>,
    /// Whether `frontend/node_modules` is as new as its lock file.
    pub frontend_installed: bool,
    /// Whether `backend/.venv` is there.
    pub backend_environment: bool,
}

/// The suites that were asked for; all that need no rig when none was named.
pub fn suites(names: &[String], rig: bool, facts: &SuiteFacts) -> Vec<Suite> {
    SUITE_NAMES
        .into_iter()
        .filter(|name| is_wanted(name, names, rig))
        .map(|name| Suite { name, steps: steps(name, facts) })
        .collect()
}

fn steps(name: &str, facts: &SuiteFacts) -> Vec<Invocation> {
    match name {
        "rust" => vec![
            Invocation::new("cargo", ["fmt", "--all", "--check"]),
            Invocation::new(
                "cargo",
                ["clippy", "--workspace", "--all-targets", "--locked", "--quiet", "--", "-D", "warnings"],
            ),
            // The engine's and the browser's tests are suites of their own.
            Invocation::new(
                "cargo",
                [
                    "test",
                    "--workspace",
                    "--locked",
                    "--lib",
                    "--bins",
                    "--test",
                    "children",
                    "--test",
                    "cli",
                    "--test",
                    "git",
                    "--test",
                    "go",
                    "--test",
                    "hints",
                    "--test",
                    "packages",
                    "--test",
                    "secrets",
                    "--test",
                    "tidy",
                ],
            ),
            Invocation::new("cargo", ["test", "--workspace", "--locked", "--doc"]),
        ],
        "frontend" => frontend(facts),
        "backend" => backend(facts),
        MINIKUBE => vec![
            Invocation::new("cargo", ["test", "--locked", "--package", "xtask", "--test", "minikube"])
                .env("TASKFLOW_REQUIRE_ENGINE", "1")
                .env("TASKFLOW_REQUIRE_RIG", "1"),
            Invocation::new("cargo", ["test", "--locked", "--package", "rig", "--test", "separate"])
                .env("TASKFLOW_REQUIRE_RIG", "1"),
        ],
        "images" => vec![engine_tests(&["--", "--skip", "browser::"], facts)],
        _ => vec![engine_tests(&["browser::"], facts)],
    }
}

fn engine_tests(which: &[&str], facts: &SuiteFacts) -> Invocation {
    let fixed = ["test", "--locked", "--package", "xtask", "--test", "engine"];
    // Here a missing engine is a failure, never a skipped test.
    let call = Invocation::new("cargo", fixed.iter().chain(which).copied()).env("TASKFLOW_REQUIRE_ENGINE", "1");
    with_parts(call.env("TASKFLOW_REQUIRE_RIG", "1"), facts)
}

fn frontend(facts: &SuiteFacts) -> Vec<Invocation> {
    let npm = |args: &[&str]| Invocation::new("npm", args.iter().copied()).within("frontend");
    let mut steps = Vec::new();
    if !facts.frontend_installed {
        steps.push(npm(&["ci"]));
    }
    for script in ["lint", "typecheck", "test"] {
        steps.push(npm(&["run", script]));
    }
    steps
}

fn backend(facts: &SuiteFacts) -> Vec<Invocation> {
    let tool = |program: &str, args: &[&str]| {
        Invocation::new(format!(".venv/bin/{program}"), args.iter().copied()).within("backend")
    };
    let mut steps = Vec::new();
    if !facts.backend_environment {
        steps.push(Invocation::new("python3", ["-m", "venv", ".venv"]).within("backend"));
    }
    steps.push(tool("pip", &["install", "--quiet", "--require-hashes", "-r", "requirements-dev.txt"]));
    steps.push(tool("ruff", &["check", "."]));
    steps.push(tool("ruff", &["format", "--check", "."]));
    steps.push(tool("mypy", &[]));
    steps.push(with_parts(tool("pytest", &["-q"]).env("TASKFLOW_REQUIRE_RIG", "1"), facts));
    steps
}

/// Hands the rig's parts to a test run by environment variables.
fn with_parts(mut invocation: Invocation, facts: &SuiteFacts) -> Invocation {
    if let Some(url) = &facts.database {
        invocation = invocation.hidden_env("TASKFLOW_TEST_DATABASE_URL", HiddenValue::new(url));
    }
    if let Some(url) = &facts.database_in_container {
        invocation = invocation.hidden_env("TASKFLOW_TEST_DATABASE_URL_IN_CONTAINER", HiddenValue::new(url));
    }
    if let Some(path) = &facts.chromium {
        invocation = invocation.env("CHROMIUM", path);
    }
    invocation
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn suites_are_chosen_by_name_and_keep_their_order() {
        let names = |wanted: &[&str]| -> Vec<&str> {
            let wanted: Vec<String> = wanted.iter().map(|name| (*name).to_owned()).collect();
            suites(&wanted, false, &SuiteFacts::default()).iter().map(|suite| suite.name).collect()
        };
        assert_eq!(names(&[]), SUITE_NAMES[..5]);
        assert_eq!(names(&["minikube"]), ["minikube"]);
        assert_eq!(suites(&[], true, &SuiteFacts::default()).len(), SUITE_NAMES.len());
        assert_eq!(names(&["images", "rust"]), ["rust", "images"]);
    }

    #[test]
    fn the_database_reaches_the_tests_unseen() {
        let facts =
            SuiteFacts { database: Some(["postgresql://u:", "planted@127.0.0.1/x"].concat()), ..SuiteFacts::default() };
        let backend = suites(&["backend".to_owned()], false, &facts);
        let pytest = backend[0].steps.last().unwrap();
        assert_eq!(
            pytest.to_string(),
            "cd backend && TASKFLOW_REQUIRE_RIG=1 TASKFLOW_TEST_DATABASE_URL=*** .venv/bin/pytest -q"
        );
    }
}
