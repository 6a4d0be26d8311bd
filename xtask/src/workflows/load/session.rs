//! The options of a load, and the state that all of its phases share.

use std::time::Duration;

use process::Runner;

use crate::domain::minikube::events::LoadEvents;
use crate::domain::minikube::plan::LoadTarget;
use crate::effects::minikube::Client;
use crate::effects::minikube::workplace::Workplace;

/// The options of a load.
#[derive(Clone, Debug, Default)]
pub(crate) struct LoadOptions {
    /// The components to load; all if empty.
    pub(crate) components: Vec<String>,
    /// The profile; if none, the environment, taskflow.toml or the client chooses.
    pub(crate) profile: Option<String>,
    /// Whether every tag of each component is loaded, not only the current one.
    pub(crate) all: bool,
    /// Whether the owners of pods that run another image are restarted.
    pub(crate) restart: bool,
    /// The time limit of each call; none for the defaults.
    pub(crate) timeout: Option<Duration>,
    /// Whether the load is only planned.
    pub(crate) dry_run: bool,
}

/// The state of a run whose profile is known.
pub(super) struct Session<'a> {
    pub(super) runner: &'a Runner,
    pub(super) client: Client<'a>,
    pub(super) target: LoadTarget,
    pub(super) workplace: &'a Workplace,
    pub(super) events: &'a dyn LoadEvents,
}
