//! A PostgreSQL server for tests. It accepts connections from this machine and its containers, with a random password.
//!
//! Postgres refuses to run as root. If the rig runs as root, the server runs as the package's user `postgres`, which
//! must be able to reach the files. If the cache folder is closed to that user (as below `/root`), the files are in
//! `/var/lib/taskflow-rig`.

use anyhow::{Context as _, Result};

use shown::shown_path;

use crate::apt;
use crate::cache::Cache;
use crate::part::names::DATABASE as NAME;
use crate::part::{Part, Status};
use crate::report::State;
use crate::{host, ports, ui};

mod cluster;
mod place;
mod programs;
mod server;

use cluster::Settings;
use place::Place;
use programs::Programs;

/// The name of the host machine in a container that is started with `--add-host host.docker.internal:host-gateway`.
const FROM_CONTAINER: &str = "host.docker.internal";

/// The part `database`.
#[derive(Debug)]
pub struct Database;

impl Part for Database {
    fn name(&self) -> &'static str {
        NAME
    }

    fn up(&self, cache: &Cache) -> Result<()> {
        if self.status(cache).state != State::Up {
            let programs = install(cache)?;
            let place = Place::make(cache)?;
            let settings = cluster::create(cache, &place, &programs)?;
            let settings = server::free_port(&place, settings)?;
            server::start(cache, &place, &programs, &settings)?;
        }
        ui::note(NAME, &format!("up ({})", self.status(cache).detail));
        Ok(())
    }

    fn down(&self, cache: &Cache) -> Result<()> {
        let process = Place::look(cache).and_then(|place| server::process(&place));
        let Some(record) = process else {
            ui::note(NAME, "was not up");
            return Ok(());
        };
        ui::step(NAME, &format!("stop the server (process {})", record.pid), || server::stop(&record))
    }

    fn status(&self, cache: &Cache) -> Status {
        let Some(place) = Place::look(cache) else {
            return Status::new(State::Down, "no server");
        };
        let Some(settings) = Settings::read(&place).filter(|_| place.data().is_dir()) else {
            return Status::new(State::Down, "no data yet");
        };
        let Some(record) = server::process(&place) else {
            return Status::new(State::Down, format!("stopped; data in {}", shown_path(place.folder())));
        };
        let port = settings.port;
        if !ports::answers(port) {
            let detail = format!("process {} does not answer on port {port}", record.pid);
            return Status::new(State::Partial, detail);
        }
        Status::new(State::Up, format!("PostgreSQL on port {port} (process {})", record.pid))
            .fact("url", settings.url("127.0.0.1"))
            .fact("container_url", settings.url(FROM_CONTAINER))
            .fact("port", port.to_string())
    }
}

fn install(cache: &Cache) -> Result<Programs> {
    if let Some(programs) = Programs::find() {
        return Ok(programs);
    }
    let by_hand = ["apt-get update && apt-get install --no-install-recommends postgresql"];
    host::require_apt("install PostgreSQL", &by_hand)?;
    apt::install(cache, NAME, &["postgresql"])?;
    Programs::find().context("the package brought no server")
}
