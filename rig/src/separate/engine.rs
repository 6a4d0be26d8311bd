//! An engine with all that is its own: a bridge, a containerd and a dockerd, up and down together.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

use super::bridge::Bridge;
use super::containerd::Containerd;
use super::probe;
use crate::apt::{self, need};
use crate::cache::{self, Cache, make_folder, text};
use crate::command::find;
use crate::failure::Failure;
use crate::report::State;
use crate::service::{Launch, Service};
use crate::{firewall, host, mounts, ui};
use shown::shown_path;

/// A socket's path has room for 107 bytes; the engine needs up to 40 below its folder.
const LONGEST: usize = 65;
const FORWARD: &str = "/proc/sys/net/ipv4/ip_forward";

/// An engine, whether it runs or not.
#[derive(Debug)]
pub struct Engine {
    part: &'static str,
    folder: PathBuf,
    bridge: Bridge,
    containerd: Containerd,
    service: Service,
}

/// What kind of engine it is to be.
#[derive(Debug)]
pub struct Setup<'a> {
    /// Its program.
    pub program: &'a Path,
    /// Folders with programs that it and its containerd prefer to the system's.
    pub prefer: &'a [PathBuf],
    /// Its settings, as in `daemon.json`.
    pub settings: &'a serde_json::Value,
    /// Identifies what its programs are made of, if that is ours to say.
    pub made_of: &'a str,
    /// True if its containers reach what this machine reaches.
    pub outside: bool,
}

impl Engine {
    /// The engine of a part, without making anything.
    pub fn look(cache: &Cache, part: &'static str) -> Self {
        let folder = cache.root().join(part);
        let service = Service {
            part,
            what: "the engine",
            program: "dockerd",
            mark: format!("--data-root={}/data", text(&folder)),
            record: folder.join("process.json"),
            log: cache.root().join(format!("logs/{part}-dockerd.log")),
        };
        Self {
            part,
            bridge: Bridge::of(&folder),
            containerd: Containerd::look(cache, part, folder.join("containerd"), false),
            folder,
            service,
        }
    }

    /// Refuses where it cannot run, before anything is done for it.
    pub fn require(&self) -> Result<()> {
        host::require_root(&format!("start {}", self.part))?;
        let folder = text(&self.folder);
        if folder.len() > LONGEST {
            let message = format!("the cache folder's name is too long for the engine's sockets: {folder}");
            return Err(Failure::refusal(message).hint("set TASKFLOW_RIG_DIR to a shorter path").into());
        }
        Ok(())
    }

    /// Installs what every engine needs, where it is missing.
    pub fn ensure_packages(cache: &Cache, part: &'static str) -> Result<()> {
        let needs = [
            need("dockerd", "docker.io"),
            need("containerd", "containerd"),
            need("iptables", "iptables"),
            need("ip", "iproute2"),
        ];
        apt::ensure(cache, part, &needs)
    }

    /// Brings it up. Whatever a killed run or a killed engine left is cleared away first.
    pub fn up(&self, setup: &Setup) -> Result<()> {
        self.require()?;
        make_folder(&self.folder)?;
        let args = self.args();
        let program = shown_path(setup.program);
        let identity = format!("{program} {}\n{}\n{}\n", args.join(" "), setup.settings, setup.made_of);
        let stamp = self.folder.join("identity");
        // Containers hang on all three, so one that is missing takes the others with it.
        let whole = cache::holds(&stamp, &identity)
            && self.bridge.is_up()
            && self.containerd.adopt()?
            && self.service.adopt(|| self.version().is_some())?;
        if !whole {
            self.stop()?;
            self.bridge.up()?;
            let path = path_with(setup.prefer)?;
            self.containerd.start(Some(&path))?;
            cache::write(&self.folder.join("daemon.json"), &serde_json::to_vec(setup.settings)?, 0o644)?;
            cache::write(&stamp, identity.as_bytes(), 0o644)?;
            let launch = Launch { program: setup.program, args: &args, path: Some(&path) };
            self.service.start(&launch, || self.version().is_some())?;
        }
        if setup.outside { self.let_out() } else { Ok(()) }
    }

    /// Ends it and takes its network away; images and containers stay. False if there was nothing to end.
    pub fn down(&self) -> Result<bool> {
        let ran = self.stop()?;
        if let Some(network) = self.bridge.network() {
            firewall::close(&self.bridge.name, &network)?;
        }
        self.bridge.down()?;
        Ok(ran)
    }

    /// How far up it is, in a word and a few more.
    pub fn state(&self, outside: bool) -> (State, String) {
        let Some(record) = self.service.process() else {
            let left = self.containerd.process().is_some() || self.bridge.is_up();
            return if left {
                (State::Partial, "the engine ended, and left its containerd or its network".to_owned())
            } else {
                (State::Down, "no engine".to_owned())
            };
        };
        let Some(version) = self.version() else {
            return (State::Partial, format!("the engine (process {}) does not answer", record.pid));
        };
        let whole = self.bridge.is_up() && self.containerd.process().is_some();
        if !whole || (outside && !self.is_let_out()) {
            return (State::Partial, "the engine lost its network or its containerd".to_owned());
        }
        (State::Up, format!("Docker Engine {version} (process {})", record.pid))
    }

    /// The version, if it answers.
    pub fn version(&self) -> Option<String> {
        probe::engine(&self.socket())
    }

    /// Where it listens, as docker writes it.
    pub fn host(&self) -> String {
        format!("unix://{}", text(&self.socket()))
    }

    /// The folder of all that is its own.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    fn socket(&self) -> PathBuf {
        self.folder.join("docker.sock")
    }

    fn args(&self) -> Vec<String> {
        let folder = text(&self.folder);
        vec![
            format!("--config-file={folder}/daemon.json"),
            format!("--host=unix://{folder}/docker.sock"),
            format!("--data-root={folder}/data"),
            format!("--exec-root={folder}/exec"),
            format!("--pidfile={folder}/dockerd.pid"),
            format!("--containerd={}", text(&self.containerd.socket())),
            format!("--bridge={}", self.bridge.name),
            "--iptables=false".to_owned(),
            "--ip6tables=false".to_owned(),
            "--ip-forward=false".to_owned(),
            "--ip-masq=false".to_owned(),
        ]
    }

    /// Ends everything that runs, and takes away what it needed only while it ran.
    fn stop(&self) -> Result<bool> {
        let engine = self.service.stop()?;
        let containerd = self.containerd.stop()?;
        mounts::unmount_below(&self.folder)?;
        cache::remove_tree(&self.folder.join("exec"))?;
        let _ = std::fs::remove_file(self.folder.join("dockerd.pid"));
        Ok(engine || containerd)
    }

    fn let_out(&self) -> Result<()> {
        let network = self.bridge.network().context("the bridge has no network")?;
        if !forwards() {
            ui::note(self.part, "let the kernel forward packets, as every engine does (net.ipv4.ip_forward=1)");
            std::fs::write(FORWARD, "1").with_context(|| format!("could not write {FORWARD}"))?;
        }
        firewall::open(&self.bridge.name, &network)
    }

    fn is_let_out(&self) -> bool {
        forwards() && self.bridge.network().is_some_and(|network| firewall::is_open(&self.bridge.name, &network))
    }
}

fn forwards() -> bool {
    cache::holds(Path::new(FORWARD), "1\n")
}

/// Our `PATH` with folders in front, and those behind it that a user's may lack.
fn path_with(folders: &[PathBuf]) -> Result<OsString> {
    let ours = std::env::var_os("PATH").unwrap_or_default();
    let system = ["/usr/sbin", "/sbin"].map(PathBuf::from);
    let all = folders.iter().cloned().chain(std::env::split_paths(&ours)).chain(system);
    std::env::join_paths(all).context("the cache folder's name has a colon in it")
}

/// The system's own engine, for [`Setup::program`].
pub fn system_program() -> Result<PathBuf> {
    find("dockerd").context("dockerd is not there")
}
