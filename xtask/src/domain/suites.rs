//! The test suites of the repository: a table of what each one needs and runs.

use process::{HiddenValue, Invocation};

use super::bootstrap::{BootstrapStep, rig_up};

/// A suite with its calls.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suite {
    /// The name, for the command line and the summary.
    pub name: &'static str,
    /// The calls in order; the first one that fails ends the suite.
    pub steps: Vec<Invocation>,
}

/// The declaration of a suite.
#[derive(Clone, Copy, Debug)]
pub struct Declared {
    /// The name.
    pub name: &'static str,
    /// Whether the suite runs only if it is named, or with `--rig`.
    pub only_with_rig: bool,
    /// Whether it needs an engine with the base images.
    pub base_images: bool,
    /// The parts of the rig that it needs.
    pub parts: &'static [&'static str],
    /// The test binaries of the suite that need real parts. Their targets have `test = false` in Cargo.toml, so that
    /// `cargo test --workspace` skips them.
    pub real_tests: &'static [RealTests],
    /// Returns the calls that do not run such binaries.
    pub other_steps: fn(&SuiteFacts) -> Vec<Invocation>,
}

/// A test binary that needs real parts, or a module of one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RealTests {
    /// The package of the binary.
    pub package: &'static str,
    /// Its test target.
    pub target: &'static str,
    /// Which of its tests run.
    pub tests: Which,
}

/// Selects tests of a binary.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    /// All tests.
    All,
    /// Tests whose path contains this text.
    With(&'static str),
    /// Tests whose path does not contain this text.
    Without(&'static str),
}

const fn real_tests(package: &'static str, target: &'static str, tests: Which) -> RealTests {
    RealTests { package, target, tests }
}

/// All suites, in the order in which they run.
pub const SUITES: [Declared; 6] = [
    Declared {
        name: "rust",
        only_with_rig: false,
        base_images: false,
        parts: &[],
        real_tests: &[],
        other_steps: |_| rust(),
    },
    Declared {
        name: "frontend",
        only_with_rig: false,
        base_images: false,
        parts: &[],
        real_tests: &[],
        other_steps: frontend,
    },
    Declared {
        name: "backend",
        only_with_rig: false,
        base_images: false,
        parts: &["database"],
        real_tests: &[],
        other_steps: backend,
    },
    Declared {
        name: "images",
        only_with_rig: false,
        base_images: true,
        parts: &["database"],
        real_tests: &[real_tests("xtask", "engine", Which::Without("browser::"))],
        other_steps: |_| Vec::new(),
    },
    Declared {
        name: "browser",
        only_with_rig: false,
        base_images: true,
        parts: &["database", "browser"],
        real_tests: &[real_tests("xtask", "engine", Which::With("browser::"))],
        other_steps: |_| Vec::new(),
    },
    Declared {
        name: "minikube",
        only_with_rig: true,
        base_images: true,
        parts: &["registry", "node", "engine-current", "engine-spare", "containerd-node"],
        real_tests: &[
            real_tests("xtask", "registry", Which::All),
            real_tests("xtask", "minikube", Which::All),
            real_tests("rig", "separate", Which::All),
        ],
        other_steps: |_| Vec::new(),
    },
];

/// Parts of the rig that are brought up in one call, with what the call is for.
const PARTS: [(&[&str], &str); 4] = [
    (&["database"], "starting a PostgreSQL for the tests"),
    (&["browser"], "getting a browser for the tests"),
    (&["registry"], "starting a registry for the tests"),
    (
        &["node", "engine-current", "engine-spare", "containerd-node"],
        "starting a Minikube node and engines for the tests; the first time builds them, for minutes",
    ),
];

/// Returns the steps that bring up the parts that these suites need.
pub fn parts_up(suites: &[&Declared]) -> Vec<BootstrapStep> {
    let is_needed = |part: &&str| suites.iter().any(|suite| suite.parts.contains(part));
    let needed = PARTS.iter().filter(|(parts, _)| parts.iter().any(is_needed));
    needed.map(|(parts, what)| BootstrapStep { what: (*what).to_owned(), invocation: rig_up(parts) }).collect()
}

/// Returns the names of all suites.
pub fn suite_names() -> impl Iterator<Item = &'static str> {
    SUITES.iter().map(|suite| suite.name)
}

/// Returns the suites with these names. Without names, those that need no node; with `rig`, also the others.
pub fn wanted(names: &[String], rig: bool) -> impl Iterator<Item = &'static Declared> {
    SUITES.iter().filter(move |suite| {
        if names.is_empty() { rig || !suite.only_with_rig } else { names.iter().any(|wanted| wanted == suite.name) }
    })
}

/// Facts about the machine that affect the calls of suites.
#[derive(Clone, Debug, Default)]
pub struct SuiteFacts {
    /// The URL of a PostgreSQL for tests, for programs on this machine.
    pub database: Option<String>,
    /// The URL of a PostgreSQL for tests, for programs in containers.
    pub database_in_container: Option<String>,
    /// The path of a Chromium.
    pub chromium: Option<String>,
    /// Whether `frontend/node_modules` is as new as its lock file.
    pub frontend_installed: bool,
    /// Whether `backend/.venv` exists.
    pub backend_environment: bool,
}

impl Declared {
    /// Returns the suite with its calls for a machine with these facts.
    pub fn suite(&self, facts: &SuiteFacts) -> Suite {
        let mut steps = (self.other_steps)(facts);
        steps.extend(self.real_tests.iter().map(|tests| tests.invocation(facts)));
        Suite { name: self.name, steps }
    }
}

impl RealTests {
    /// Returns the call that runs the tests. A missing part makes them fail; they are never skipped.
    fn invocation(&self, facts: &SuiteFacts) -> Invocation {
        let fixed = ["test", "--locked", "--package", self.package, "--test", self.target];
        let which: &[&str] = match &self.tests {
            Which::All => &[],
            Which::With(text) => &[*text],
            Which::Without(text) => &["--", "--skip", *text],
        };
        let call = Invocation::new("cargo", fixed.iter().chain(which).copied());
        with_parts(call.env("TASKFLOW_REQUIRE_ENGINE", "1").env("TASKFLOW_REQUIRE_RIG", "1"), facts)
    }
}

/// Returns the calls for all tests of the workspace that need no real part, including documentation.
fn rust() -> Vec<Invocation> {
    let clippy = |targets: &[&'static str]| {
        let fixed = ["clippy", "--workspace"].into_iter().chain(targets.iter().copied());
        Invocation::new("cargo", fixed.chain(["--locked", "--quiet", "--", "-D", "warnings"]))
    };
    vec![
        Invocation::new("cargo", ["fmt", "--all", "--check"]),
        clippy(&["--all-targets"]),
        // `--all-targets` skips targets with `test = false`.
        clippy(&["--test", "*"]),
        Invocation::new("cargo", ["test", "--workspace", "--locked", "--no-fail-fast"]),
    ]
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

/// Passes the rig's parts to a test run, in environment variables.
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
        let names = |names: &[&str], rig: bool| -> Vec<&str> {
            let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
            wanted(&names, rig).map(|suite| suite.name).collect()
        };
        let all: Vec<&str> = suite_names().collect();
        assert_eq!(names(&[], false), all[..5]);
        assert_eq!(names(&["minikube"], false), ["minikube"]);
        assert_eq!(names(&[], true), all);
        assert_eq!(names(&["images", "rust"], false), ["rust", "images"]);
    }

    #[test]
    fn every_part_of_a_suite_comes_up_with_it() {
        for suite in &SUITES {
            let steps = parts_up(&[suite]);
            let up: Vec<String> = steps.iter().map(|step| step.invocation.to_string()).collect();
            for part in suite.parts {
                let calls = up.iter().filter(|call| call.split(' ').any(|word| word == *part));
                assert_eq!(calls.count(), 1, "{part} of {}: {up:?}", suite.name);
            }
            assert_eq!(up.is_empty(), suite.parts.is_empty(), "{}", suite.name);
        }
    }

    #[test]
    fn the_database_reaches_the_tests_unseen() {
        let facts =
            SuiteFacts { database: Some(["postgresql://u:", "planted@127.0.0.1/x"].concat()), ..SuiteFacts::default() };
        let backend = wanted(&["backend".to_owned()], false).next().unwrap().suite(&facts);
        let pytest = backend.steps.last().unwrap();
        assert_eq!(
            pytest.to_string(),
            "cd backend && TASKFLOW_REQUIRE_RIG=1 TASKFLOW_TEST_DATABASE_URL=*** .venv/bin/pytest -q"
        );
    }
}
