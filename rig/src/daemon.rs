//! Processes that outlive us: started in a session of their own, remembered, and ended only if they are still the same.

use std::fs::{self, OpenOptions};
use std::os::unix::fs::OpenOptionsExt as _;
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use rustix::process::{Pid, PidfdFlags, Signal, pidfd_open, pidfd_send_signal};
use serde::{Deserialize, Serialize};

use crate::cache;
use crate::failure::Failure;

/// Who a process is. A pid alone says nothing: it is given to another process soon after.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// The process.
    pub pid: i32,
    /// When it started, in clock ticks since the boot.
    started: u64,
    /// Which boot that was.
    boot: String,
    /// Text that its command line holds: a path of ours.
    mark: String,
}

/// What to start.
#[derive(Debug)]
pub struct Daemon<'a> {
    /// Path of the program.
    pub program: &'a Path,
    /// Its arguments; one of them holds `mark`.
    pub args: &'a [String],
    /// Text by which the process is told from a stranger.
    pub mark: &'a str,
    /// Where its output goes.
    pub log: &'a Path,
    /// `PATH` for it, if not ours.
    pub path: Option<&'a str>,
    /// User and group to run as, if not ours.
    pub user: Option<(u32, u32)>,
}

impl Daemon<'_> {
    /// Starts it, detached from the terminal, from the caller's pipes and from our process group.
    pub fn start(&self) -> Result<Record> {
        let log = OpenOptions::new()
            .create(true)
            .append(true)
            .mode(0o600)
            .open(self.log)
            .with_context(|| format!("could not write {}", self.log.display()))?;
        // A fresh child leads no process group, so setsid becomes the daemon without another fork: the pid stays.
        let mut command = Command::new("setsid");
        command.arg(self.program).args(self.args).current_dir("/");
        command.stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log);
        if let Some(path) = self.path {
            command.env("PATH", path);
        }
        if let Some((user, group)) = self.user {
            command.uid(user).gid(group);
        }
        let child = command.spawn().context("could not run setsid")?;
        let pid = i32::try_from(child.id()).context("pid out of range")?;
        Record::of(pid, self.mark).ok_or_else(|| {
            let message = format!("{} ended at once", self.program.display());
            crate::command::with_log(Failure::new(message), self.log).into()
        })
    }
}

impl Record {
    /// The process as it is now, if it lives and carries the mark.
    pub fn of(pid: i32, mark: &str) -> Option<Self> {
        let started = start_time(pid)?;
        arguments(pid)?.contains(mark).then(|| Self { pid, started, boot: boot(), mark: mark.to_owned() })
    }

    /// Reads a record; an unreadable one counts as none.
    pub fn read(path: &Path) -> Option<Self> {
        serde_json::from_slice(&fs::read(path).ok()?).ok()
    }

    /// Keeps the record.
    pub fn write(&self, path: &Path) -> Result<()> {
        cache::write(path, &serde_json::to_vec(self)?, 0o600)
    }

    /// True while the very process lives.
    pub fn alive(&self) -> bool {
        Self::of(self.pid, &self.mark).as_ref() == Some(self)
    }

    /// Sends each signal in turn and waits up to its time for the process to end.
    pub fn stop(&self, steps: &[(Signal, Duration)]) -> Result<()> {
        for (signal, patience) in steps {
            self.signal(*signal)?;
            let end = Instant::now() + *patience;
            while self.alive() {
                if Instant::now() > end {
                    break;
                }
                thread::sleep(Duration::from_millis(20));
            }
        }
        if self.alive() {
            return Err(Failure::new(format!("process {} does not end", self.pid)).into());
        }
        Ok(())
    }

    /// Sends a signal to this very process, or to nobody.
    fn signal(&self, signal: Signal) -> Result<()> {
        let Some(pid) = Pid::from_raw(self.pid) else {
            return Ok(());
        };
        // The descriptor holds on to the process that has the pid now; only then is it compared.
        let Ok(process) = pidfd_open(pid, PidfdFlags::empty()) else {
            return Ok(());
        };
        if self.alive() {
            pidfd_send_signal(&process, signal)
                .with_context(|| format!("could not send {signal:?} to process {}", self.pid))?;
        }
        Ok(())
    }
}

/// Every living process of a program (by the beginning of its name) whose command line holds `mark`.
pub fn marked(program: &str, mark: &str) -> Vec<Record> {
    let Ok(entries) = fs::read_dir("/proc") else {
        return Vec::new();
    };
    let own = i32::try_from(std::process::id()).unwrap_or_default();
    entries
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
        .filter(|pid| *pid != own && runs(*pid, program))
        .filter_map(|pid| Record::of(pid, mark))
        .collect()
}

/// Start time of a process that is not a zombie.
fn start_time(pid: i32) -> Option<u64> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The name in parentheses may hold anything, even parentheses; fields count from after the last one.
    let (_, rest) = stat.rsplit_once(')')?;
    let mut fields = rest.split_ascii_whitespace();
    let state = fields.next()?;
    let started = fields.nth(18)?.parse().ok()?;
    (state != "Z" && state != "X").then_some(started)
}

fn runs(pid: i32, program: &str) -> bool {
    let line = arguments(pid).unwrap_or_default();
    let path = line.split(' ').next().unwrap_or_default();
    path.rsplit('/').next().unwrap_or_default().starts_with(program)
}

fn arguments(pid: i32) -> Option<String> {
    let bytes = fs::read(format!("/proc/{pid}/cmdline")).ok()?;
    Some(String::from_utf8_lossy(&bytes).replace('\0', " "))
}

fn boot() -> String {
    let id = fs::read_to_string("/proc/sys/kernel/random/boot_id").unwrap_or_default();
    id.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::process::{Child, Command};
    use std::time::Duration;

    use rustix::process::Signal;

    use super::{Daemon, Record, marked};

    const STEPS: &[(Signal, Duration)] = &[(Signal::TERM, Duration::from_secs(5))];

    fn sleeper(seconds: &str) -> (Child, i32) {
        let child = Command::new("sleep").arg(seconds).spawn().unwrap();
        let pid = i32::try_from(child.id()).unwrap();
        // Between fork and exec the child still shows our command line.
        while Record::of(pid, seconds).is_none() {
            std::thread::sleep(Duration::from_millis(1));
        }
        (child, pid)
    }

    #[test]
    fn a_recycled_pid_is_never_signalled() {
        let (mut child, pid) = sleeper("61.25");
        let honest = Record::of(pid, "61.25").unwrap();
        let strangers = [
            Record { started: honest.started + 1, ..honest.clone() },
            Record { boot: "another boot".to_owned(), ..honest.clone() },
            Record { mark: "/elsewhere".to_owned(), ..honest.clone() },
        ];
        for stranger in strangers {
            assert!(!stranger.alive());
            stranger.stop(STEPS).unwrap();
            assert_eq!(child.try_wait().unwrap(), None);
        }
        assert!(honest.alive());
        child.kill().unwrap();
        child.wait().unwrap();
        assert!(!honest.alive());
    }

    #[test]
    fn a_process_without_the_mark_is_not_ours() {
        let (mut child, pid) = sleeper("61.5");
        assert_eq!(Record::of(pid, "/some/folder"), None);
        child.kill().unwrap();
        child.wait().unwrap();
    }

    #[test]
    fn a_daemon_is_detached_and_can_be_stopped() {
        let folder = tempfile::tempdir().unwrap();
        let log = folder.path().join("daemon.log");
        let mark = log.to_str().unwrap();
        let args = ["-c".to_owned(), "ps -o sid= -p $$; sleep 61.75; :".to_owned(), mark.to_owned()];
        let daemon = Daemon { program: Path::new("/bin/sh"), args: &args, mark, log: &log, path: None, user: None };
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
