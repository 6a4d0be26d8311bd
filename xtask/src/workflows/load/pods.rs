//! Finds pods that run another image than the loaded one, and restarts their owners.

use std::panic::resume_unwind;
use std::thread::JoinHandle;

use process::RunError;

use super::session::Session;
use crate::domain::minikube::events::LoadEvent;
use crate::domain::minikube::images::{ExpectedImage, names_and_digests};
use crate::domain::minikube::limits;
use crate::domain::minikube::listing::ListedImage;
use crate::domain::minikube::pods::{Owner, Pods, StalePod, stale};
use crate::domain::problem::Problem;
use crate::effects::kubectl;
use crate::effects::tool::ToolError;
use crate::error::{CliError, ErrorKind};

/// A question about all pods that was asked early. It runs detached: its answer is needed only at the end, and a
/// kubectl that hangs must not delay the load.
pub(super) type EarlyQuestion = JoinHandle<Result<String, ToolError>>;

/// The pods, and the error that stopped the restarts.
#[derive(Default)]
pub(super) struct FoundPods {
    pub(super) pods: Pods,
    pub(super) failure: Option<CliError>,
}

/// Finds pods that run another image than the nodes list, and restarts their owners if that is wanted.
pub(super) fn look(
    session: &Session<'_>,
    early: Option<EarlyQuestion>,
    listed: &[ListedImage],
    expected: &[ExpectedImage],
    restart: bool,
) -> FoundPods {
    let stale = match found(session, early, listed, expected) {
        Ok(stale) => stale,
        Err(reason) => return FoundPods { pods: Pods { unknown: Some(reason), ..Pods::default() }, failure: None },
    };
    let mut pods = Pods { stale, ..Pods::default() };
    let owners = if restart { pods.owners() } else { std::collections::BTreeSet::new() };
    for (namespace, owner) in owners {
        if let Err(error) = restarted(session, &namespace, &owner) {
            return FoundPods { pods, failure: Some(error) };
        }
        session.events.event(LoadEvent::Restarted { namespace: &namespace, owner: &owner });
        pods.restarted.insert((namespace, owner));
    }
    FoundPods { pods, failure: None }
}

/// Returns the pods that run another image, or why they are not known.
fn found(
    session: &Session<'_>,
    early: Option<EarlyQuestion>,
    listed: &[ListedImage],
    expected: &[ExpectedImage],
) -> Result<Vec<StalePod>, String> {
    let said = match early {
        Some(asked) => asked.join().unwrap_or_else(|panic| resume_unwind(panic)),
        None => kubectl::pods(session.runner, &session.target.profile, session.target.limits.or(limits::CLUSTER)),
    };
    match said {
        Ok(said) => {
            stale(&said, &names_and_digests(expected), listed).ok_or_else(|| "kubectl gave no list of pods".to_owned())
        }
        Err(ToolError::Run(RunError::NotFound(_))) => Err("kubectl is not installed".to_owned()),
        Err(error) => Err(error.to_string()),
    }
}

fn restarted(session: &Session<'_>, namespace: &str, owner: &Owner) -> Result<(), CliError> {
    let limit = session.target.limits.or(limits::CLUSTER);
    match kubectl::restart(session.runner, &session.target.profile, namespace, owner, limit) {
        Ok(()) => Ok(()),
        Err(ToolError::Run(RunError::Interrupted(signal))) => {
            Err(CliError::interrupted(signal, "not everything was restarted"))
        }
        Err(error) => {
            let problem = Problem::new(format!("cannot restart `{}` in namespace `{namespace}`", owner.argument()));
            let problem = problem.cause(error.to_string()).note("the images are on every node");
            Err(CliError::new(ErrorKind::Failed, problem))
        }
    }
}
