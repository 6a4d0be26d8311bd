//! Starts processes that outlive this one, in a session of their own and without open files of the caller.
//!
//! `crates/process` cannot start them, since its children end with this process.

use std::ffi::OsStr;
use std::fs::OpenOptions;
use std::os::unix::fs::OpenOptionsExt as _;
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;

use anyhow::{Context as _, Result};

use shown::shown_path;

use crate::command::with_log;
use crate::failure::Failure;
use crate::record::{Record, runs};

/// A daemon to start.
#[derive(Debug)]
pub struct Daemon<'a> {
    /// The path of the program, or of a wrapper that executes it.
    pub program: &'a Path,
    /// The prefix of the first word of its command line, once it runs.
    pub name: &'a str,
    /// The arguments; one of them contains `mark`.
    pub args: &'a [String],
    /// A text in the command line that identifies the process.
    pub mark: &'a str,
    /// The file for its output.
    pub log: &'a Path,
    /// The `PATH` of the daemon; none for the one of this process.
    pub path: Option<&'a OsStr>,
    /// The user and group to run as; none for those of this process.
    pub user: Option<(u32, u32)>,
}

impl Daemon<'_> {
    /// Starts the daemon, detached from the terminal, from the caller's pipes and from the process group.
    ///
    /// # Errors
    ///
    /// The log cannot be written, `setsid` cannot be run, or the daemon ends at once.
    pub fn start(&self) -> Result<Record> {
        let log = OpenOptions::new()
            .create(true)
            .append(true)
            .mode(0o600)
            .open(self.log)
            .with_context(|| format!("could not write {}", shown_path(self.log)))?;
        // A fresh child leads no process group, so `setsid` executes the daemon without another fork, and the process
        // ID stays the same.
        let mut command = Command::new("setsid");
        command.arg(self.program).args(self.args).current_dir("/");
        command.stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log);
        if let Some(path) = self.path {
            command.env("PATH", path);
        }
        if let Some((user, group)) = self.user {
            command.uid(user).gid(group);
        }
        let mut child = command.spawn().context("could not run setsid")?;
        let pid = i32::try_from(child.id()).context("pid out of range")?;
        // Until `setsid` has executed the daemon, the command line is not yet the daemon's, and for a moment it is
        // empty.
        while child.try_wait()?.is_none() {
            if let Some(record) = Record::of(pid, self.mark).filter(|_| runs(pid, self.name)) {
                return Ok(record);
            }
            thread::sleep(Duration::from_millis(1));
        }
        let message = format!("{} ended at once", shown_path(self.program));
        Err(with_log(Failure::new(message), self.log).into())
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::time::Duration;

    use rustix::process::Signal;

    use super::Daemon;
    use crate::record::{Record, marked};

    const STEPS: &[(Signal, Duration)] = &[(Signal::TERM, Duration::from_secs(5))];

    #[test]
    fn a_daemon_is_detached_and_can_be_stopped() {
        let folder = tempfile::tempdir().unwrap();
        let log = folder.path().join("daemon.log");
        let mark = log.to_str().unwrap();
        let args = ["-c".to_owned(), "ps -o sid= -p $$; sleep 61.75; :".to_owned(), mark.to_owned()];
        let program = Path::new("/bin/sh");
        let daemon = Daemon { program, name: "sh", args: &args, mark, log: &log, path: None, user: None };
        let record = daemon.start().unwrap();
        let file = folder.path().join("pid");
        record.write(&file).unwrap();
        assert_eq!(Record::read(&file), Some(record.clone()));
        assert!(marked("sh", mark).contains(&record));
        assert!(marked("dockerd", mark).is_empty());
        let own_session = || std::fs::read_to_string(&log).is_ok_and(|sid| sid.trim() == record.pid.to_string());
        for _ in 0..200 {
            if own_session() {
                break;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        assert!(own_session());
        record.stop(STEPS).unwrap();
        assert!(!record.alive());
    }
}
