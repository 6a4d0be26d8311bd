//! A separate engine: a bridge, a containerd and a dockerd that are started and stopped together.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

use super::bridge::Bridge;
use super::containerd::Containerd;
use super::probe;
use crate::apt::{self, need};
use crate::cache::{self, Cache, make_folder, text};
use crate::command::{find, path_with};
use crate::failure::Failure;
use crate::report::State;
use crate::service::{Launch, Service};
use crate::{firewall, host, mounts, ui};
use shown::shown_path;

/// Limit on the length of the folder's path, in bytes: the path of a socket has at most 107 bytes, and the engine needs
/// up to 40 below its folder.
const LONGEST: usize = 65;
const FORWARD: &str = "/proc/sys/net/ipv4/ip_forward";

/// A separate engine, whether it runs or not.
#[derive(Debug)]
pub struct Engine {
    part: &'static str,
    folder: PathBuf,
    bridge: Bridge,
    containerd: Containerd,
    service: Service,
}

/// The configuration of a separate engine.
#[derive(Debug)]
pub struct Setup<'a> {
    /// The path of dockerd.
    pub program: &'a Path,
    /// Folders whose programs the engine and its containerd prefer to the system's.
    pub prefer: &'a [PathBuf],
    /// The engine's settings, as in `daemon.json`.
    pub settings: &'a serde_json::Value,
    /// An identifier of the programs' sources, if the rig built them; otherwise empty.
    pub made_of: &'a str,
    /// Whether its containers can reach the network.
    pub outside: bool,
}

impl Engine {
    /// Returns the engine of a part, without making anything.
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

    /// Checks whether the engine can run here, before anything is done for it.
    ///
    /// # Errors
    ///
    /// A refusal without root, or if the path of the cache folder is too long.
    pub fn require(&self) -> Result<()> {
        host::require_root(&format!("start {}", self.part))?;
        let folder = text(&self.folder);
        if folder.len() > LONGEST {
            let message = format!("the cache folder's name is too long for the engine's sockets: {folder}");
            return Err(Failure::refusal(message).hint("set TASKFLOW_RIG_DIR to a shorter path").into());
        }
        Ok(())
    }

    /// Installs the packages that every engine needs.
    ///
    /// # Errors
    ///
    /// A refusal without apt; an error if apt fails.
    pub fn ensure_packages(cache: &Cache, part: &'static str) -> Result<()> {
        let needs = [
            need("dockerd", "docker.io"),
            need("containerd", "containerd"),
            need("iptables", "iptables"),
            need("ip", "iproute2"),
        ];
        apt::ensure(cache, part, &needs)
    }

    /// Starts the engine. First removes what a killed run or a killed engine left behind.
    ///
    /// # Errors
    ///
    /// A part of it cannot be started or does not answer in time.
    pub fn up(&self, setup: &Setup) -> Result<()> {
        self.require()?;
        make_folder(&self.folder)?;
        let args = self.args();
        let program = shown_path(setup.program);
        let identity = format!("{program} {}\n{}\n{}\n", args.join(" "), setup.settings, setup.made_of);
        let stamp = self.folder.join("identity");
        // Containers depend on all three, so if one is missing, all are restarted.
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

    /// Stops the engine and removes its network; images and containers stay. Returns false if there was nothing to
    /// stop.
    ///
    /// # Errors
    ///
    /// A process does not end, or the network cannot be removed.
    pub fn down(&self) -> Result<bool> {
        let ran = self.stop()?;
        if let Some(network) = self.bridge.network() {
            firewall::close(&self.bridge.name, &network)?;
        }
        self.bridge.down()?;
        Ok(ran)
    }

    /// Returns the state, with a few words about it.
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

    /// Returns the engine's version, if it answers.
    pub fn version(&self) -> Option<String> {
        probe::engine(&self.socket())
    }

    /// Returns the engine's address for `DOCKER_HOST`.
    pub fn host(&self) -> String {
        format!("unix://{}", text(&self.socket()))
    }

    /// Returns the engine's folder.
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

    /// Stops all processes and removes their run-time files.
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

/// Returns the path of the system's own dockerd, for [`Setup::program`].
///
/// # Errors
///
/// There is no dockerd on this machine.
pub fn system_program() -> Result<PathBuf> {
    find("dockerd").context("dockerd is not there")
}
