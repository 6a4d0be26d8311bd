//! A database for the containers: from a local image, or from the packages of this machine.

use std::time::Duration;

use process::{HiddenValue, Runner};
use shown::shown_path;

use super::workbench::Workbench;
use crate::domain::contract::verify::postgres::{self, REPOSITORY, SOCKET_FOLDER};
use crate::domain::events::Events;
use crate::effects::clock::Stopwatch;
use crate::effects::verify::containers;
use crate::effects::verify::postgres::{DatabaseError, Server, programs};
use crate::error::CliError;

/// Time limit of the start of a container with PostgreSQL.
const START: Duration = Duration::from_mins(1);

/// The interval at which it is asked.
const POLL_INTERVAL: Duration = Duration::from_millis(200);

/// A running database. It is removed when the value is dropped.
pub(super) struct Database {
    /// The address for containers.
    pub(super) address: HiddenValue,
    /// What containers mount, as `--volume` takes it.
    pub(super) volume: String,
    /// Ends the server of packages when it is dropped.
    _server: Option<Server>,
    /// Removes the volume of a container when it is dropped.
    _volume: Option<Volume>,
}

struct Volume {
    runner: Runner,
    name: String,
}

impl Drop for Volume {
    fn drop(&mut self) {
        containers::remove_volumes(&self.runner, std::slice::from_ref(&self.name));
    }
}

impl Database {
    /// Starts a database; returns the reason if this machine has none.
    pub(super) fn start(
        bench: &Workbench,
        events: &dyn Events,
        password: &str,
    ) -> Result<Result<Self, String>, CliError> {
        if let Some(image) = containers::tags_of(&bench.runner, REPOSITORY)?.into_iter().next() {
            events.status("Starting", &format!("a database from `{image}`"));
            return Self::of_image(bench, &image, password);
        }
        let Some(programs) = programs() else {
            return Ok(Err(postgres::none_there()));
        };
        events.status("Starting", &format!("a database from `{}`", shown_path(&programs)));
        match Server::start(&bench.runner, &programs, &bench.label, password) {
            Ok(server) => Ok(Ok(Self {
                address: postgres::address(password),
                volume: format!("{}:{SOCKET_FOLDER}", shown_path(server.socket_folder())),
                _server: Some(server),
                _volume: None,
            })),
            Err(DatabaseError::Run(error)) => Err(error.into()),
            Err(error) => Ok(Err(error.to_string())),
        }
    }

    fn of_image(bench: &Workbench, image: &str, password: &str) -> Result<Result<Self, String>, CliError> {
        let name = bench.name("database");
        let volume = Volume { runner: bench.runner.clone(), name: name.clone() };
        containers::create_volume(&bench.runner, &name, &bench.label)?;
        let request = postgres::container(&name, image, &name, &HiddenValue::new(password), &bench.label);
        if let Err(words) = containers::start(&bench.runner, &request)? {
            return Ok(Err(format!("`{image}` cannot be started: {words}")));
        }
        let watch = Stopwatch::start();
        while containers::exec(&bench.runner, &name, &postgres::readiness())?.is_none() {
            let runs = containers::state(&bench.runner, &name)?.is_some_and(|state| state.runs);
            if !runs || watch.elapsed() > START {
                let words = containers::last_words(&bench.runner, &name);
                return Ok(Err(format!("`{image}` accepts no connections: {words}")));
            }
            bench.pause(POLL_INTERVAL)?;
        }
        Ok(Ok(Self {
            address: postgres::address(password),
            volume: format!("{name}:{SOCKET_FOLDER}"),
            _server: None,
            _volume: Some(volume),
        }))
    }
}
