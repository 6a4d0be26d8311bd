//! Runs checkers that other projects make, where they are installed.

use std::time::Duration;

use process::RunError;

use super::files::Files;
use crate::context::Project;
use crate::domain::config::Component;
use crate::domain::contract::checkers::Checker;
use crate::domain::events::Events;
use crate::domain::finding::Finding;
use crate::domain::problem::Problem;
use crate::domain::text::last_words;
use crate::error::CliError;

/// Time limit of one call.
const LIMIT: Duration = Duration::from_mins(1);

/// Returns the findings of the checkers. A checker that gives no answer is a warning.
///
/// # Errors
///
/// `ErrorKind::Interrupted` after a signal.
pub(super) fn findings(
    project: &Project,
    events: &dyn Events,
    components: &[&Component],
    checkers: &[Checker],
) -> Result<Vec<Finding>, CliError> {
    let mut findings = Vec::new();
    for checker in checkers {
        for component in components {
            let call = checker.call(component);
            let file = Files::dockerfile(project, component, None)?;
            let reason = match project.runner.capture(&call, LIMIT) {
                Ok(answer) => match checker.findings(&answer.stdout, component, &file) {
                    Some(found) => {
                        findings.extend(found);
                        continue;
                    }
                    None => last_words(&answer.stderr).to_owned(),
                },
                Err(RunError::Interrupted(signal)) => {
                    return Err(CliError::interrupted(signal, "nothing was done"));
                }
                Err(error) => error.to_string(),
            };
            let problem = Problem::new(format!("{} did not check `{}`", checker.name(), component.name));
            events.warnings(&[problem.cause(reason)]);
            // The next component would get the same answer.
            break;
        }
    }
    Ok(findings)
}
