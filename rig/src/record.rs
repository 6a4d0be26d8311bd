//! Identifies processes, so that a recycled process ID is not mistaken for the process.

use std::fs;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use rustix::process::{Pid, PidfdFlags, Signal, pidfd_open, pidfd_send_signal};
use serde::{Deserialize, Serialize};

use crate::cache;
use crate::failure::Failure;

/// The identity of a process. A process ID alone is not enough, since the kernel reuses it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// The process ID.
    pub pid: i32,
    /// When the process started, in clock ticks since boot.
    started: u64,
    /// The ID of the boot.
    boot: String,
    /// A text that its command line contains, usually a path of the rig.
    mark: String,
}

impl Record {
    /// Returns the record of a running process whose command line contains the mark; none otherwise.
    pub fn of(pid: i32, mark: &str) -> Option<Self> {
        let started = start_time(pid)?;
        // Processes in containers are visible from outside, but their paths refer to other files.
        let here = namespace("self")? == namespace(&pid.to_string())?;
        (here && arguments(pid)?.contains(mark)).then(|| Self { pid, started, boot: boot(), mark: mark.to_owned() })
    }

    /// Reads a record; none if it is missing or cannot be read.
    pub fn read(path: &Path) -> Option<Self> {
        serde_json::from_slice(&fs::read(path).ok()?).ok()
    }

    /// Writes the record to a file.
    ///
    /// # Errors
    ///
    /// The file cannot be written.
    pub fn write(&self, path: &Path) -> Result<()> {
        cache::write(path, &serde_json::to_vec(self)?, 0o600)
    }

    /// Whether this process still runs.
    pub fn alive(&self) -> bool {
        Self::of(self.pid, &self.mark).as_ref() == Some(self)
    }

    /// Sends each signal in turn, and waits up to its time for the process to end.
    ///
    /// # Errors
    ///
    /// A signal cannot be sent, or the process does not end.
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

    /// Kills the children of this process, whatever they are.
    ///
    /// # Errors
    ///
    /// A signal cannot be sent.
    pub fn kill_children(&self) -> Result<()> {
        for child in processes().filter(|pid| parent(*pid) == Some(self.pid)) {
            send(child, Signal::KILL, || self.alive() && parent(child) == Some(self.pid))?;
        }
        Ok(())
    }

    /// Sends a signal to this process, and never to another one with the same ID.
    fn signal(&self, signal: Signal) -> Result<()> {
        send(self.pid, signal, || self.alive())
    }
}

/// Returns every running process of a program (by the prefix of its name) whose command line contains `mark`.
pub fn marked(program: &str, mark: &str) -> Vec<Record> {
    let own = i32::try_from(std::process::id()).unwrap_or_default();
    processes().filter(|pid| *pid != own && runs(*pid, program)).filter_map(|pid| Record::of(pid, mark)).collect()
}

/// Sends a signal to the process with this ID if `is_right` accepts it.
fn send(pid: i32, signal: Signal, is_right: impl Fn() -> bool) -> Result<()> {
    // The descriptor refers to the process that has the ID now. It is checked only afterwards, so the ID cannot be
    // recycled in between.
    let Some(process) = Pid::from_raw(pid).and_then(|pid| pidfd_open(pid, PidfdFlags::empty()).ok()) else {
        return Ok(());
    };
    if is_right() {
        pidfd_send_signal(&process, signal).with_context(|| format!("could not send {signal:?} to process {pid}"))?;
    }
    Ok(())
}

fn processes() -> impl Iterator<Item = i32> {
    let entries = fs::read_dir("/proc").into_iter().flatten();
    entries.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
}

/// Returns the start time of a process that is not a zombie.
fn start_time(pid: i32) -> Option<u64> {
    let fields = stat(pid)?;
    let ended = fields.first().is_some_and(|state| state == "Z" || state == "X");
    if ended { None } else { fields.get(19)?.parse().ok() }
}

fn parent(pid: i32) -> Option<i32> {
    stat(pid)?.get(1)?.parse().ok()
}

/// Returns the kernel's fields about a process, from its state on.
fn stat(pid: i32) -> Option<Vec<String>> {
    let text = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The name in parentheses may contain any character, including parentheses.
    let (_, rest) = text.rsplit_once(')')?;
    Some(rest.split_ascii_whitespace().map(str::to_owned).collect())
}

/// Whether the process runs a program whose name has this prefix.
pub(crate) fn runs(pid: i32, program: &str) -> bool {
    let line = arguments(pid).unwrap_or_default();
    let path = line.split(' ').next().unwrap_or_default();
    path.rsplit('/').next().unwrap_or_default().starts_with(program)
}

fn arguments(pid: i32) -> Option<String> {
    let bytes = fs::read(format!("/proc/{pid}/cmdline")).ok()?;
    Some(String::from_utf8_lossy(&bytes).replace('\0', " "))
}

fn namespace(process: &str) -> Option<PathBuf> {
    fs::read_link(format!("/proc/{process}/ns/pid")).ok()
}

fn boot() -> String {
    let id = fs::read_to_string("/proc/sys/kernel/random/boot_id").unwrap_or_default();
    id.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use std::process::{Child, Command};
    use std::time::Duration;

    use rustix::process::Signal;

    use super::Record;

    const STEPS: &[(Signal, Duration)] = &[(Signal::TERM, Duration::from_secs(5))];

    fn sleeper(seconds: &str) -> (Child, i32) {
        let child = Command::new("sleep").arg(seconds).spawn().unwrap();
        let pid = i32::try_from(child.id()).unwrap();
        // Between fork and exec, the child still has the command line of this process.
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
}
