//! Pods that run another image than the loaded one, and how they get it.

use std::collections::BTreeSet;
use std::panic::resume_unwind;

use process::RunError;

use super::Session;
use super::gather::Facts;
use super::images::{Expected, pairs};
use crate::domain::events::Events;
use crate::domain::image::short_id;
use crate::domain::minikube::argv;
use crate::domain::minikube::pods::{Owner, StalePod, stale};
use crate::domain::problem::Problem;
use crate::effects::kubectl::{self, KubectlError};
use crate::error::{CliError, ErrorKind};

/// What was found, and done about it.
#[derive(Debug, Default)]
pub(super) struct Pods {
    pub(super) stale: Vec<StalePod>,
    /// The owners that were restarted, with their namespaces.
    pub(super) restarted: BTreeSet<(String, Owner)>,
    /// Why nothing is known.
    pub(super) unknown: Option<String>,
}

/// Looks for such pods, and restarts their owners if that is wanted.
pub(super) fn look(
    session: &Session<'_>,
    facts: &mut Facts,
    expected: &[Expected],
    restart: bool,
) -> Result<Pods, (Pods, CliError)> {
    let limit = session.client.limits().or(kubectl::QUESTION);
    // What was asked before a load says nothing of what runs since.
    let said = match (facts.pods.take(), &facts.listed_since) {
        (Some(asked), None) => asked.join().unwrap_or_else(|panic| resume_unwind(panic)),
        _ => kubectl::pods(&session.project.runner, &session.profile, limit),
    };
    let listed = facts.listed_since.as_deref().or(facts.listed.as_deref().ok()).unwrap_or_default();
    let stale = match said {
        Ok(said) => match stale(&said, &pairs(expected), listed) {
            Some(stale) => stale,
            None => return Ok(Pods { unknown: Some("kubectl gave no list of pods".to_owned()), ..Pods::default() }),
        },
        Err(error) => {
            let reason = match error {
                KubectlError::Client(RunError::NotFound(_)) => "kubectl is not installed".to_owned(),
                other => other.to_string(),
            };
            return Ok(Pods { unknown: Some(reason), ..Pods::default() });
        }
    };
    let mut pods = Pods { stale, ..Pods::default() };
    if restart {
        for (namespace, owner) in pods.owners() {
            match kubectl::restart(&session.project.runner, &session.profile, &namespace, &owner, limit) {
                Ok(()) => {
                    let what = format!("{}/{} in namespace `{namespace}`", owner.kind.name(), owner.name);
                    session.project.ui.status("Restarted", &what);
                    pods.restarted.insert((namespace, owner));
                }
                Err(KubectlError::Client(RunError::Interrupted(signal))) => {
                    return Err((pods, CliError::interrupted(signal, "not everything was restarted")));
                }
                Err(error) => {
                    let what = format!("{}/{}", owner.kind.name(), owner.name);
                    let problem = Problem::new(format!("cannot restart `{what}` in namespace `{namespace}`"));
                    let problem = problem.cause(error.to_string()).note("the images are on every node");
                    return Err((pods, CliError::new(ErrorKind::Failed, problem)));
                }
            }
        }
    }
    Ok(pods)
}

impl Pods {
    /// Who can be restarted, each once.
    fn owners(&self) -> BTreeSet<(String, Owner)> {
        let owner = |pod: &StalePod| Some((pod.namespace.clone(), pod.owner.clone()?));
        self.stale.iter().filter_map(owner).collect()
    }

    /// Whether a pod's owner was restarted.
    pub(super) fn is_restarted(&self, pod: &StalePod) -> bool {
        pod.owner.clone().is_some_and(|owner| self.restarted.contains(&(pod.namespace.clone(), owner)))
    }

    /// Says which pods run something else, and what to type.
    pub(super) fn tell(&self, session: &Session<'_>) {
        let ui = session.project.ui;
        if let Some(reason) = &self.unknown {
            ui.note(&format!("which pods run another image is not known: {reason}"));
        }
        let mut told = BTreeSet::new();
        let mut problems = Vec::new();
        for pod in self.stale.iter().filter(|pod| !self.is_restarted(pod)) {
            let StalePod { namespace, pod: name, reference, image_id, owner, .. } = pod;
            let problem = Problem::new(format!(
                "pod `{name}` in namespace `{namespace}` runs another image as `{reference}`: {}",
                short_id(image_id)
            ));
            problems.push(match owner {
                Some(owner) if told.insert((namespace, owner)) => {
                    problem.hint(format!("restart it with `{}`", argv::restart(&session.profile, namespace, owner)))
                }
                Some(_) => problem,
                None => problem.hint(format!(
                    "nothing makes it again: delete it with `kubectl --context {} --namespace {namespace} delete pod {name}`, and start it as you did before",
                    session.profile
                )),
            });
        }
        if !problems.is_empty() {
            ui.warnings(&problems);
        }
    }
}
