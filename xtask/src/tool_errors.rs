//! Converts the errors of programs and git into the error of a command that has done nothing yet. Errors of a single
//! workflow are converted in that workflow.

use process::{RunError, shell_quoted};

use crate::domain::docker_problems::{ClientSettings, no_engine};
use crate::domain::docker_words::{Cause, cause};
use crate::domain::problem::Problem;
use crate::domain::registry::RegistryFailure;
use crate::effects::docker::EngineError;
use crate::effects::environment;
use crate::effects::git::GitError;
use crate::effects::registry::RegistryError;
use crate::effects::tool::ToolError;
use crate::error::{CliError, ErrorKind};
use shown::shown_path;

/// The error of a program that gave no answer.
impl From<RunError> for CliError {
    fn from(error: RunError) -> Self {
        match &error {
            RunError::Interrupted(signal) => Self::interrupted(*signal, "nothing was done"),
            RunError::NotFound(program) if program == "docker" => Self::new(
                ErrorKind::Environment,
                Problem::new("there is no docker client: `docker` is not installed or not on PATH")
                    .hint("run `cargo xtask bootstrap`, which installs it or says how"),
            ),
            other => {
                let problem = Problem::new(other.to_string());
                Self::new(ErrorKind::Environment, run_hint(other).into_iter().fold(problem, Problem::hint))
            }
        }
    }
}

/// Returns the remedy for a program that gave no answer, where one is known.
pub(crate) fn run_hint(error: &RunError) -> Option<String> {
    match error {
        RunError::Asked { asker, .. } if asker == "ssh" => {
            Some("load the key with `ssh-add`, and connect to the host once with `ssh` to accept its key".to_owned())
        }
        RunError::Asked { call, .. } => {
            Some(format!("run it by itself once and answer it there: `{call}`; then run this command again"))
        }
        _ => None,
    }
}

/// An engine that is of no use.
impl From<EngineError> for CliError {
    fn from(error: EngineError) -> Self {
        let told = error.to_string();
        let see = |question: &str| format!("run it alone to see its output: `{question}`");
        let problem = match error {
            EngineError::Client(ToolError::Run(error)) => return error.into(),
            EngineError::Silent(words) => no_engine(&words, &client_settings()),
            EngineError::NotDocker(program) => {
                program.problem(environment::program("docker").map(shown_path).as_deref())
            }
            EngineError::Client(ToolError::Refused { words, .. }) if cause(&words) != Cause::Unknown => {
                no_engine(&words, &client_settings())
            }
            EngineError::Client(ToolError::Refused { call, words }) => {
                Problem::new(format!("`{call}` failed")).cause(words).hint(see(&call))
            }
            EngineError::Unreadable { question, .. } => Problem::new(told).hint(see(&question)),
        };
        Self::new(ErrorKind::Environment, problem)
    }
}

/// A registry that does not have what it should have.
impl From<RegistryError> for CliError {
    fn from(error: RegistryError) -> Self {
        match error {
            RegistryError::Engine(error) => error.into(),
            RegistryError::Registry(failure) => {
                let refused =
                    matches!(failure, RegistryFailure::OtherImage { .. } | RegistryFailure::NotVerified { .. });
                let kind = if refused { ErrorKind::Refused } else { ErrorKind::Environment };
                Self::new(kind, failure.problem())
            }
        }
    }
}

/// What the user chose for the docker client by environment.
fn client_settings() -> ClientSettings {
    ClientSettings {
        api_version: environment::shown("DOCKER_API_VERSION"),
        endpoint: environment::docker_endpoint(),
        context_variable: environment::is_set("DOCKER_CONTEXT"),
    }
}

/// A repository whose state cannot be read.
impl From<GitError> for CliError {
    fn from(error: GitError) -> Self {
        let problem = Problem::new(error.to_string());
        let problem = match &error {
            GitError::Program(RunError::Interrupted(signal)) => return Self::interrupted(*signal, "nothing was done"),
            GitError::NoRepository(_) => {
                problem.note("tags are made from the state of git").hint("run `git init` and make a first commit")
            }
            GitError::NoSuchGitDir(_) => problem.hint("unset `GIT_DIR`, or set it to the repository's git folder"),
            GitError::Bare(_) => problem.hint("run the command in a clone that has one"),
            GitError::OtherWorkTree { .. } => {
                problem.hint("unset `GIT_DIR` and `GIT_WORK_TREE`, or run the command in that working tree")
            }
            GitError::Owner(path) => problem
                .note("git refuses such repositories, too")
                .hint(format!("trust it with `git config --global --add safe.directory {}`", shell_quoted(path))),
            GitError::Broken { .. } => problem.hint("look at it with `git fsck` and `git reflog`"),
            GitError::IgnoreFile { .. } => problem.hint("install git"),
            GitError::Unsupported { .. } | GitError::Program(_) => {
                problem.hint("install git, or a newer version of it")
            }
            GitError::Unreadable { .. } => problem.hint("look at it with `git status` and `git fsck`"),
        };
        Self::new(ErrorKind::Config, problem)
    }
}
