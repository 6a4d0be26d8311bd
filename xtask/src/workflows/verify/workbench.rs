//! What the threads of a run share: they start containers, and wait.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use process::signals::received;
use process::{RunError, Runner};

use crate::domain::contract::verify::run_label::RunLabel;
use crate::effects::clock;
use crate::effects::verify::containers;

/// The wait before containers are removed once more after a signal: the engine may be making one.
const ONCE_MORE: Duration = Duration::from_millis(500);

/// The containers of a run. They are removed when the value is dropped.
pub(super) struct Workbench {
    /// Runs docker; masks the secrets that are made for this run.
    pub(super) runner: Runner,
    /// The label of everything that is started.
    pub(super) label: RunLabel,
    /// Names of containers that were started, or are about to be.
    containers: Mutex<Vec<String>>,
    /// Whether nothing needs to be measured any more.
    is_over: AtomicBool,
}

impl Workbench {
    /// Makes the workbench of a run.
    pub(super) fn new(runner: Runner, label: RunLabel) -> Self {
        Self { runner, label, containers: Mutex::default(), is_over: AtomicBool::new(false) }
    }

    /// Returns a name for a container, and removes it at the end of the run.
    pub(super) fn name(&self, what: &str) -> String {
        let name = format!("taskflow-verify-{}-{}-{what}", self.label.process, self.label.started);
        if let Ok(mut containers) = self.containers.lock() {
            containers.push(name.clone());
        }
        name
    }

    /// Removes a container that is not needed any more.
    pub(super) fn remove(&self, name: &str) {
        if containers::remove(&self.runner, &[name.to_owned()])
            && let Ok(mut containers) = self.containers.lock()
        {
            containers.retain(|other| other != name);
        }
    }

    /// Makes everything that waits give up.
    pub(super) fn give_up(&self) {
        self.is_over.store(true, Ordering::SeqCst);
    }

    /// Waits for a while.
    ///
    /// # Errors
    ///
    /// A signal was received, or nothing needs to be measured any more.
    pub(super) fn pause(&self, time: Duration) -> Result<(), RunError> {
        clock::pause(time);
        match received() {
            Some(signal) => Err(RunError::Interrupted(signal)),
            None if self.is_over() => Err(RunError::Interrupted(0)),
            None => Ok(()),
        }
    }

    /// Whether nothing needs to be measured any more.
    pub(super) fn is_over(&self) -> bool {
        self.is_over.load(Ordering::SeqCst)
    }
}

impl Drop for Workbench {
    fn drop(&mut self) {
        let names = self.containers.get_mut().map(std::mem::take).unwrap_or_default();
        containers::remove(&self.runner, &names);
        if received().is_some() && !names.is_empty() {
            clock::pause(ONCE_MORE);
            containers::remove(&self.runner, &names);
        }
    }
}
