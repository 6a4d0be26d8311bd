//! Starts and stops the server's process.

use std::path::PathBuf;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::Result;
use rustix::process::Signal;

use super::cluster::Settings;
use super::place::Place;
use super::programs::Programs;
use crate::cache::{Cache, text};
use crate::command::with_log;
use crate::daemon::Daemon;
use crate::failure::Failure;
use crate::part::names::DATABASE as NAME;
use crate::record::Record;
use crate::{ports, ui};

const PATIENCE: Duration = Duration::from_mins(1);
/// Signals that stop Postgres: "fast" disconnects clients and saves, "immediate" does not save.
const STOP: [(Signal, Duration); 2] = [(Signal::INT, Duration::from_secs(30)), (Signal::QUIT, Duration::from_secs(10))];
/// Limit on the length of the folder's path, in bytes: the path of a socket has at most 107 bytes, and the name of the
/// socket takes 20 of them.
const LONGEST: usize = 85;

/// Returns the server's process, if it runs.
pub(super) fn process(place: &Place) -> Option<Record> {
    let mark = mark(place);
    let known = Record::read(&record(place)).filter(Record::alive);
    known.or_else(|| {
        // A run that was killed before it recorded the process: the server's own pid file names it.
        let file = std::fs::read_to_string(place.data().join("postmaster.pid")).ok()?;
        Record::of(file.lines().next()?.trim().parse().ok()?, &mark)
    })
}

/// Chooses another port if the port is taken.
pub(super) fn free_port(place: &Place, settings: Settings) -> Result<Settings> {
    if process(place).is_some() || ports::is_free(settings.port) {
        return Ok(settings);
    }
    let port = ports::random()?;
    ui::note(NAME, &format!("port {} is taken; from now on {port}", settings.port));
    let settings = Settings { port, ..settings };
    settings.write(place)?;
    Ok(settings)
}

/// Starts the server and waits until it accepts connections.
pub(super) fn start(cache: &Cache, place: &Place, programs: &Programs, settings: &Settings) -> Result<()> {
    let folder = text(place.folder());
    if folder.len() > LONGEST {
        let message = format!("the cache folder's name is too long for the server's socket: {folder}");
        return Err(Failure::refusal(message).hint("set TASKFLOW_RIG_DIR to a shorter path").into());
    }
    let log = cache.log("postgres")?;
    ui::step(NAME, &format!("start PostgreSQL on port {}", settings.port), || {
        let running = process(place);
        let record = match running {
            Some(record) => record,
            None => spawn(place, programs, settings, &folder, &log)?,
        };
        record.write(&self::record(place))?;
        let end = Instant::now() + PATIENCE;
        while !ready(place, programs, settings.port) {
            let failure = if !record.alive() {
                Failure::new("the server ended while it started")
            } else if Instant::now() > end {
                Failure::new(format!("the server does not answer after {} s", PATIENCE.as_secs()))
            } else {
                thread::sleep(Duration::from_millis(50));
                continue;
            };
            return Err(with_log(failure, &log).into());
        }
        Ok(())
    })
}

/// Stops the server.
pub(super) fn stop(record: &Record) -> Result<()> {
    record.stop(&STOP)
}

fn spawn(
    place: &Place,
    programs: &Programs,
    settings: &Settings,
    folder: &str,
    log: &std::path::Path,
) -> Result<Record> {
    let option = |name: &str, value: &str| ["-c".to_owned(), format!("{name}={value}")];
    let port = settings.port.to_string();
    // The data need not survive a crash of the machine, so nothing waits for the disk.
    let options = [
        option("listen_addresses", "0.0.0.0"),
        option("port", &port),
        option("unix_socket_directories", folder),
        option("password_encryption", "scram-sha-256"),
        option("max_connections", "200"),
        option("fsync", "off"),
        option("synchronous_commit", "off"),
        option("full_page_writes", "off"),
    ];
    let mut args = vec!["-D".to_owned(), text(&place.data())];
    args.extend(options.into_iter().flatten());
    let mark = mark(place);
    let program = programs.path("postgres");
    Daemon { program: &program, name: "postgres", args: &args, mark: &mark, log, path: None, user: place.user }.start()
}

/// Whether the server has finished its start; before that, it refuses connections.
fn ready(place: &Place, programs: &Programs, port: u16) -> bool {
    let probe = programs.path("pg_isready");
    if !probe.is_file() {
        return ports::answers(port);
    }
    let port = port.to_string();
    let run = place.run(&probe).args(["--quiet", "--host=127.0.0.1", "--timeout=2", "--port", &port]);
    run.output(Duration::from_secs(5)).is_ok_and(|output| output.success())
}

fn record(place: &Place) -> PathBuf {
    place.folder().join("process.json")
}

/// The text that identifies the server: its arguments contain its data folder.
fn mark(place: &Place) -> String {
    text(&place.data())
}
