//! What the boxes of a run share: the runner, the label, and everything that was started.

use std::cell::OnceCell;

use process::signals::KeepAlive;
use process::{Masking, Runner};

use super::database::Database;
use super::workbench::Workbench;
use crate::context::Project;
use crate::domain::contract::verify::run_label::RunLabel;
use crate::domain::events::Events;
use crate::domain::text::count;
use crate::effects::verify::{containers, postgres, this_run};
use crate::error::{CliError, ErrorKind};

/// A run of `verify`.
pub(super) struct Session<'a> {
    /// The project.
    pub(super) project: &'a Project,
    /// The receiver of messages.
    pub(super) events: &'a dyn Events,
    /// The containers of the run. They are removed before the database, whose socket or volume they mount.
    pub(super) bench: Workbench,
    /// The secrets that are made for this run.
    secrets: Secrets,
    /// The database; made when a component first needs it.
    database: OnceCell<Result<Database, String>>,
    /// Keeps the process alive after a signal until everything is removed.
    _alive: KeepAlive,
}

/// The secrets of a run: they exist for a minute, and only in containers that are removed.
struct Secrets {
    database: String,
    others: String,
}

impl<'a> Session<'a> {
    /// Begins a run: removes what runs that were killed have left.
    pub(super) fn new(project: &'a Project, events: &'a dyn Events) -> Result<Self, CliError> {
        let label = this_run::label();
        let random = || this_run::secret().map_err(|error| CliError::internal(&error.to_string()));
        let secrets = Secrets { database: random()?, others: random()? };
        let runner = project.runner.clone().hiding(&Masking::of_values([&secrets.database, &secrets.others]));
        remove_left(&runner, events, &label)?;
        Ok(Self {
            project,
            events,
            bench: Workbench::new(runner, label),
            secrets,
            database: OnceCell::new(),
            _alive: KeepAlive::new(),
        })
    }

    /// Returns a secret for a variable of a container.
    pub(super) fn secret(&self) -> String {
        self.secrets.others.clone()
    }

    /// Returns the password of the database.
    pub(super) fn password(&self) -> &str {
        &self.secrets.database
    }

    /// Returns the database, or why there is none; starts it when it is first asked for.
    pub(super) fn database(&self) -> Result<&Result<Database, String>, CliError> {
        if let Some(database) = self.database.get() {
            return Ok(database);
        }
        let started = Database::start(&self.bench, self.events, &self.secrets.database)?;
        Ok(self.database.get_or_init(|| started))
    }
}

/// Removes what runs that were killed have left.
///
/// # Errors
///
/// The client or the engine gives no answer.
pub(super) fn remove_left(runner: &Runner, events: &dyn Events, current: &RunLabel) -> Result<(), CliError> {
    let stale = containers::remove_stale(runner, current);
    postgres::remove_stale(runner, current);
    let stale = stale?;
    if stale > 0 {
        events.note(&format!("removed {} of a run of `verify` that was killed", count(stale, "container")));
    }
    Ok(())
}

/// Says in the error of a signal what has become of the run.
pub(super) fn unfinished(error: CliError) -> CliError {
    match error.kind {
        ErrorKind::Interrupted(signal) => {
            CliError::interrupted(signal, "the verification was not finished, and what it started is removed")
        }
        _ => error,
    }
}
