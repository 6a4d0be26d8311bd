//! The engine's process: a service where systemd runs, otherwise a dockerd with all its state in the cache folder.

use std::ffi::OsString;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use rustix::process::Signal;

use crate::cache::{self, Cache, make_folder, text};
use crate::command::{Run, find, path_with, with_log};
use crate::daemon::Daemon;
use crate::failure::Failure;
use crate::part::names::ENGINE as NAME;
use crate::record::{self, Record};
use crate::{docker, firewall, mounts, ui};

const PATIENCE: Duration = Duration::from_mins(1);
const GRACE: Duration = Duration::from_secs(15);
const STOP: [(Signal, Duration); 2] =
    [(Signal::TERM, Duration::from_secs(30)), (Signal::KILL, Duration::from_secs(10))];
/// Limit on the length of the folder's path, in bytes: the path of a socket has at most 107 bytes, and the engine needs
/// up to 40 below its folder.
const LONGEST: usize = 65;

/// The engine's files.
#[derive(Debug)]
pub(super) struct Dockerd {
    folder: PathBuf,
    record: PathBuf,
    service: PathBuf,
    log: PathBuf,
}

impl Dockerd {
    /// Returns the engine's files, and makes their folder.
    pub(super) fn new(cache: &Cache) -> Result<Self> {
        cache.folder(NAME)?;
        cache.folder("logs")?;
        Ok(Self::look(cache))
    }

    /// Returns the engine's files, without making anything.
    pub(super) fn look(cache: &Cache) -> Self {
        let folder = cache.root().join(NAME);
        Self {
            record: folder.join("process.json"),
            service: folder.join("service-started"),
            log: cache.root().join("logs/dockerd.log"),
            folder,
        }
    }

    /// Describes how the rig started the engine; none if it did not.
    pub(super) fn owner(&self) -> Option<String> {
        if let Some(record) = self.process() {
            return Some(format!("started by the rig (process {})", record.pid));
        }
        self.service.exists().then(|| "started by the rig (systemd)".to_owned())
    }

    /// Starts the service and records that the rig did.
    pub(super) fn start_service(&self) -> Result<()> {
        cache::write(&self.service, b"", 0o644)?;
        ui::step(NAME, "start the engine (systemctl start docker)", || {
            Run::new("systemctl").args(["start", "docker"]).logged(&self.log)?;
            self.wait(PATIENCE, || true)
        })
    }

    /// Starts dockerd directly.
    pub(super) fn start(&self) -> Result<()> {
        let folder = text(&self.folder);
        if folder.len() > LONGEST {
            let message = format!("the cache folder's name is too long for the engine's sockets: {folder}");
            return Err(Failure::refusal(message).hint("set TASKFLOW_RIG_DIR to a shorter path").into());
        }
        if let Some(record) = self.process() {
            // An earlier run may have been killed while it waited.
            record.write(&self.record)?;
            let waited = ui::step(NAME, "wait for our engine, which runs", || self.wait(GRACE, || record.alive()));
            if waited.is_ok() {
                return waited;
            }
            ui::step(NAME, "end our engine, which does not answer", || record.stop(&STOP))?;
        }
        Self::refuse_second_engine()?;
        self.sweep()?;
        let path = self.firewall_path()?;
        let program = find("dockerd").context("dockerd is not there")?;
        let args = [
            format!("--host=unix://{}", docker::SOCKET),
            format!("--data-root={folder}/data"),
            format!("--exec-root={folder}/exec"),
            format!("--pidfile={folder}/dockerd.pid"),
        ];
        let mark = self.mark();
        let (name, path) = ("dockerd", path.as_deref());
        let daemon = Daemon { program: &program, name, args: &args, mark: &mark, log: &self.log, path, user: None };
        ui::step(NAME, &format!("start the engine (dockerd, state in {folder})"), || {
            let record = daemon.start()?;
            record.write(&self.record)?;
            self.wait(PATIENCE, || record.alive())
        })
    }

    /// Records an engine that was started by a run which was killed before it could record it.
    pub(super) fn adopt(&self) -> Result<()> {
        match self.process() {
            Some(record) => record.write(&self.record),
            None => Ok(()),
        }
    }

    /// Stops the engine that the rig started; returns false if there is none.
    pub(super) fn stop(&self) -> Result<bool> {
        if self.service.exists() {
            ui::step(NAME, "stop the engine (systemctl stop docker)", || {
                Run::new("systemctl").args(["stop", "docker.socket", "docker"]).logged(&self.log)
            })?;
            fs::remove_file(&self.service)?;
            return Ok(true);
        }
        let process = self.process();
        let found = process.is_some();
        if let Some(record) = process {
            ui::step(NAME, &format!("stop the engine (process {})", record.pid), || record.stop(&STOP))?;
        }
        self.sweep()?;
        let _ = fs::remove_file(&self.record);
        Ok(found)
    }

    /// Returns the process of dockerd: from the record, or from the engine's own pid file.
    fn process(&self) -> Option<Record> {
        let known = Record::read(&self.record).filter(Record::alive);
        known.or_else(|| {
            let pid = fs::read_to_string(self.folder.join("dockerd.pid")).ok()?.trim().parse().ok()?;
            Record::of(pid, &self.mark())
        })
    }

    /// The text that identifies the engine: its arguments contain its folder.
    fn mark(&self) -> String {
        format!("{}/data", text(&self.folder))
    }

    /// Ends helper processes that a killed engine left, and removes its mounts and run-time files.
    fn sweep(&self) -> Result<()> {
        let exec = self.folder.join("exec");
        for helper in record::marked("containerd", &format!("{}/", text(&exec))) {
            ui::note(NAME, &format!("end a helper left by the engine (process {})", helper.pid));
            // A container without its engine would run on unnoticed.
            if record::runs(helper.pid, "containerd-shim") {
                helper.kill_children()?;
            }
            helper.stop(&STOP)?;
        }
        mounts::unmount_below(&self.folder)?;
        cache::remove_tree(&exec)?;
        let _ = fs::remove_file(self.folder.join("dockerd.pid"));
        Ok(())
    }

    /// Refuses if another dockerd runs: a second engine would take over its socket.
    fn refuse_second_engine() -> Result<()> {
        let system = fs::read_to_string("/var/run/docker.pid").ok().and_then(|pid| pid.trim().parse().ok());
        let Some(record) = system.and_then(|pid: i32| Record::of(pid, "dockerd")) else {
            return Ok(());
        };
        let message = format!("another dockerd runs (process {}) but does not answer", record.pid);
        Err(Failure::refusal(message).hint("wait for it, or end it, then try again").into())
    }

    /// Returns a `PATH` with the legacy iptables in front, if the kernel supports only that.
    fn firewall_path(&self) -> Result<Option<OsString>> {
        let Some(legacy) = firewall::legacy() else {
            return Ok(None);
        };
        ui::note(NAME, "the kernel lacks nftables: this engine uses iptables-legacy");
        let folder = self.folder.join("bin");
        make_folder(&folder)?;
        for name in ["iptables", "ip6tables"] {
            let link = folder.join(name);
            let _ = fs::remove_file(&link);
            symlink(legacy.with_file_name(format!("{name}-legacy")), &link)?;
        }
        path_with(&[folder]).map(Some)
    }

    /// Waits until the engine answers.
    fn wait(&self, limit: Duration, lives: impl Fn() -> bool) -> Result<()> {
        let end = Instant::now() + limit;
        while docker::engine().is_none() {
            let failure = if !lives() {
                Failure::new("the engine ended while it started")
            } else if Instant::now() > end {
                Failure::new(format!("the engine does not answer after {} s", limit.as_secs()))
            } else {
                thread::sleep(Duration::from_millis(100));
                continue;
            };
            return Err(with_log(failure, Path::new(&self.log)).into());
        }
        Ok(())
    }
}
