//! A daemon with a record: it is started once, found again by later runs even if a run was killed, and stopped
//! reliably.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::Result;
use rustix::process::Signal;

use crate::cache::make_folder;
use crate::command::with_log;
use crate::daemon::Daemon;
use crate::failure::Failure;
use crate::record::{self, Record};
use crate::ui;

const PATIENCE: Duration = Duration::from_mins(1);
/// Time limit for a daemon that an earlier run started; that run may have been killed while it waited.
const GRACE: Duration = Duration::from_secs(15);
const PULSE: Duration = Duration::from_millis(20);
const STOP: [(Signal, Duration); 2] =
    [(Signal::TERM, Duration::from_secs(30)), (Signal::KILL, Duration::from_secs(10))];

/// A daemon of a part.
#[derive(Debug)]
pub struct Service {
    /// The part that it belongs to.
    pub part: &'static str,
    /// Its name in messages.
    pub what: &'static str,
    /// The name of its program.
    pub program: &'static str,
    /// A text that only its command line contains: a path of the rig with the option before it.
    pub mark: String,
    /// The path of its record.
    pub record: PathBuf,
    /// The path of its log.
    pub log: PathBuf,
}

/// How a [`Service`] is started.
#[derive(Debug)]
pub struct Launch<'a> {
    /// The path of the program, or of a wrapper that executes it.
    pub program: &'a Path,
    /// The arguments.
    pub args: &'a [String],
    /// The `PATH` of the daemon; none for the one of this process.
    pub path: Option<&'a OsStr>,
}

impl Service {
    /// Returns the process: from the record, or by its command line.
    pub fn process(&self) -> Option<Record> {
        let known = Record::read(&self.record).filter(Record::alive);
        known.or_else(|| record::marked(self.program, &self.mark).into_iter().next())
    }

    /// Returns whether it runs and answers. Stops one that does not answer.
    ///
    /// # Errors
    ///
    /// The process does not end, or its record cannot be written.
    pub fn adopt(&self, ready: impl Fn() -> bool) -> Result<bool> {
        let Some(record) = self.process() else {
            return Ok(false);
        };
        record.write(&self.record)?;
        if ready() {
            return Ok(true);
        }
        let what = format!("wait for {}, which runs", self.what);
        let answers = ui::step(self.part, &what, || self.wait(&record, GRACE, &ready)).is_ok();
        if !answers {
            self.stop()?;
        }
        Ok(answers)
    }

    /// Starts it and waits until it answers.
    ///
    /// # Errors
    ///
    /// It cannot be started, ends during its start, or does not answer in time.
    pub fn start(&self, launch: &Launch, ready: impl Fn() -> bool) -> Result<()> {
        let Launch { program, args, path } = *launch;
        let (mark, log, name) = (self.mark.as_str(), self.log.as_path(), self.program);
        if let Some(folder) = log.parent() {
            make_folder(folder)?;
        }
        let daemon = Daemon { program, name, args, mark, log, path, user: None };
        ui::step(self.part, &format!("start {}", self.what), || {
            let record = daemon.start()?;
            record.write(&self.record)?;
            self.wait(&record, PATIENCE, &ready)
        })
    }

    /// Stops it; returns false if it did not run.
    ///
    /// # Errors
    ///
    /// The process does not end, or its record cannot be removed.
    pub fn stop(&self) -> Result<bool> {
        let process = self.process();
        if let Some(record) = &process {
            ui::step(self.part, &format!("stop {} (process {})", self.what, record.pid), || record.stop(&STOP))?;
        }
        let _ = std::fs::remove_file(&self.record);
        Ok(process.is_some())
    }

    fn wait(&self, record: &Record, limit: Duration, ready: &impl Fn() -> bool) -> Result<()> {
        let end = Instant::now() + limit;
        while !ready() {
            let failure = if !record.alive() {
                Failure::new(format!("{} ended while it started", self.what))
            } else if Instant::now() > end {
                Failure::new(format!("{} does not answer after {} s", self.what, limit.as_secs()))
            } else {
                thread::sleep(PULSE);
                continue;
            };
            return Err(with_log(failure, &self.log).into());
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{Launch, Service};

    fn service(folder: &Path) -> Service {
        Service {
            part: "test",
            what: "the sleeper",
            program: "sh",
            mark: folder.to_str().unwrap().to_owned(),
            record: folder.join("process.json"),
            log: folder.join("log"),
        }
    }

    #[test]
    fn a_service_is_found_without_its_record_and_goes_down_once() {
        let folder = tempfile::tempdir().unwrap();
        let service = service(folder.path());
        let args = ["-c".to_owned(), "sleep 61.875; :".to_owned(), service.mark.clone()];
        let launch = Launch { program: Path::new("/bin/sh"), args: &args, path: None };
        assert!(!service.adopt(|| true).unwrap());
        service.start(&launch, || true).unwrap();
        let first = service.process().unwrap();
        std::fs::remove_file(&service.record).unwrap();
        assert!(service.adopt(|| true).unwrap());
        assert_eq!(service.process(), Some(first));
        assert!(service.record.exists());
        assert!(service.stop().unwrap());
        assert!(!service.stop().unwrap());
    }

    #[test]
    fn one_that_ends_at_once_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let service = service(folder.path());
        let args = ["-c".to_owned(), "echo why; exit 3".to_owned(), service.mark.clone()];
        let launch = Launch { program: Path::new("/bin/sh"), args: &args, path: None };
        let error = service.start(&launch, || false).unwrap_err();
        assert!(format!("{error:#}").contains("ended"), "{error:#}");
    }
}
