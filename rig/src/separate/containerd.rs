//! A separate containerd: its data, state and sockets are in a folder of the rig, and it uses nothing of the machine's
//! containerd.

use std::ffi::OsStr;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context as _, Result};
use rustix::process::Signal;

use super::probe;
use crate::cache::{self, Cache, make_folder, text};
use crate::command::find;
use crate::service::{Launch, Service};
use crate::{mounts, record, ui};

const STOP: [(Signal, Duration); 2] = [(Signal::TERM, Duration::from_secs(5)), (Signal::KILL, Duration::from_secs(10))];

/// A separate containerd, whether it runs or not.
#[derive(Debug)]
pub struct Containerd {
    folder: PathBuf,
    /// Whether the plugin for the kubelet is enabled.
    kubernetes: bool,
    service: Service,
}

impl Containerd {
    /// Returns the containerd in a folder.
    pub fn look(cache: &Cache, part: &'static str, folder: PathBuf, kubernetes: bool) -> Self {
        let service = Service {
            part,
            what: "containerd",
            program: "containerd",
            mark: format!("--config {}", text(&folder.join("config.toml"))),
            record: folder.join("process.json"),
            log: cache.root().join(format!("logs/{part}-containerd.log")),
        };
        Self { folder, kubernetes, service }
    }

    /// Returns the path of its socket.
    pub fn socket(&self) -> PathBuf {
        self.folder.join("containerd.sock")
    }

    /// Returns the process ID, if it runs.
    pub fn process(&self) -> Option<i32> {
        self.service.process().map(|record| record.pid)
    }

    /// Whether it accepts connections.
    pub fn answers(&self) -> bool {
        probe::listens(&self.socket())
    }

    /// Returns whether it runs with these settings and answers. Stops one that does not answer.
    ///
    /// # Errors
    ///
    /// The process does not end.
    pub fn adopt(&self) -> Result<bool> {
        let same = cache::holds(&self.file(), &self.settings());
        Ok(same && self.service.adopt(|| self.answers())?)
    }

    /// Starts it. `path` is its `PATH`, in which it finds the programs that run containers.
    ///
    /// # Errors
    ///
    /// There is no containerd, its files cannot be written, or it does not answer in time.
    pub fn start(&self, path: Option<&OsStr>) -> Result<()> {
        make_folder(&self.folder)?;
        let file = self.file();
        cache::write(&file, self.settings().as_bytes(), 0o644)?;
        let program = find("containerd").context("containerd is not there")?;
        let args = ["--config".to_owned(), text(&file)];
        self.service.start(&Launch { program: &program, args: &args, path }, || self.answers())
    }

    /// Stops it and its containers, and removes its run-time files; returns false if it did not run.
    ///
    /// # Errors
    ///
    /// A process does not end, or a file cannot be removed.
    pub fn stop(&self) -> Result<bool> {
        let ran = self.service.stop()?;
        for shim in record::marked("containerd-shim", &format!("-address {}", text(&self.socket()))) {
            ui::note(self.service.part, &format!("end a container that was left (process {})", shim.pid));
            // A container without its engine would run on unnoticed.
            shim.kill_children()?;
            shim.stop(&STOP)?;
        }
        mounts::unmount_below(&self.folder)?;
        cache::remove_tree(&self.folder.join("state"))?;
        Ok(ran)
    }

    fn file(&self) -> PathBuf {
        self.folder.join("config.toml")
    }

    fn settings(&self) -> String {
        settings(&text(&self.folder), self.kubernetes)
    }
}

/// Every containerd since 1.3 reads the second version of the format.
fn settings(folder: &str, kubernetes: bool) -> String {
    let disabled = if kubernetes { "" } else { "\"io.containerd.grpc.v1.cri\"" };
    let text = format!(
        "version = 2
root = \"{folder}/root\"
state = \"{folder}/state\"
disabled_plugins = [{disabled}]

[grpc]
address = \"{folder}/containerd.sock\"

[ttrpc]
address = \"{folder}/containerd.sock.ttrpc\"

[debug]
address = \"{folder}/debug.sock\"

[plugins.\"io.containerd.internal.v1.opt\"]
path = \"{folder}/opt\"
"
    );
    let plugin = format!(
        "
[plugins.\"io.containerd.grpc.v1.cri\"]
disable_tcp_service = true

[plugins.\"io.containerd.grpc.v1.cri\".cni]
conf_dir = \"{folder}/cni\"
"
    );
    if kubernetes { text + &plugin } else { text }
}

#[cfg(test)]
mod tests {
    use super::settings;

    #[test]
    fn everything_is_in_the_folder() {
        for kubernetes in [false, true] {
            let text = settings("/x/containerd", kubernetes);
            let paths = text.lines().filter(|line| line.contains("= \"/"));
            assert_eq!(paths.clone().count(), if kubernetes { 7 } else { 6 });
            assert!(paths.clone().all(|line| line.contains("\"/x/containerd/")), "{text}");
            assert_eq!(text.contains("disable_tcp_service"), kubernetes);
            assert_eq!(text.contains("disabled_plugins = []"), kubernetes);
        }
    }
}
