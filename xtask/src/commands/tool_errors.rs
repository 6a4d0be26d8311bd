//! Other programs that gave no answer, as the end of a command that had done nothing yet.

use process::RunError;

use crate::domain::docker_problems::{ClientSettings, no_engine};
use crate::domain::docker_words::{Cause, cause};
use crate::domain::problem::Problem;
use crate::effects::docker::EngineError;
use crate::effects::environment;
use crate::error::{CliError, ErrorKind};

/// A child that gave no answer.
pub(super) fn run_error(error: &RunError) -> CliError {
    match error {
        RunError::Interrupted(signal) => CliError::interrupted(*signal, "nothing was done"),
        RunError::NotFound(program) if program == "docker" => CliError::new(
            ErrorKind::Environment,
            Problem::new("there is no docker client: `docker` is not installed or not on PATH")
                .hint("run `cargo xtask bootstrap`, which installs it or says how"),
        ),
        other => {
            let problem = Problem::new(other.to_string());
            let hint = run_hint(other);
            CliError::new(ErrorKind::Environment, hint.into_iter().fold(problem, Problem::hint))
        }
    }
}

/// What helps where a child gave no answer, if it is known.
pub(super) fn run_hint(error: &RunError) -> Option<String> {
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
pub(super) fn engine_error(error: &EngineError) -> CliError {
    match error {
        EngineError::Client(error) => run_error(error),
        EngineError::Silent(words) => CliError::new(ErrorKind::Environment, no_engine(words, &client_settings())),
        EngineError::NotDocker(program) => {
            let path = environment::program("docker");
            CliError::new(ErrorKind::Environment, program.problem(path.as_deref()))
        }
        EngineError::Refused { words, .. } if cause(words) != Cause::Unknown => {
            CliError::new(ErrorKind::Environment, no_engine(words, &client_settings()))
        }
        EngineError::Refused { question, words } => {
            let problem = Problem::new(format!("`{question}` gives no answer")).cause(words.as_str());
            let problem = problem.hint(format!("see what it says by itself: `{question}`"));
            CliError::new(ErrorKind::Environment, problem)
        }
        EngineError::Unreadable { question, .. } => {
            let problem = Problem::new(error.to_string());
            CliError::new(ErrorKind::Environment, problem.hint(format!("see what it says by itself: `{question}`")))
        }
    }
}

/// What the user chose for the docker client by environment.
fn client_settings() -> ClientSettings {
    ClientSettings {
        api_version: environment::text("DOCKER_API_VERSION").filter(|version| !version.is_empty()),
        endpoint: environment::docker_endpoint(),
        context_variable: environment::is_set("DOCKER_CONTEXT"),
    }
}
