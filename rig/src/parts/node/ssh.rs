//! The node's ssh server. It listens on the loopback address only, and accepts one key.
//!
//! It has a mount namespace of its own, in which the folder that the client fills on every node (`/var/lib/minikube`)
//! is a folder of the rig.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use serde::{Deserialize, Serialize};

use crate::cache::{self, Cache, make_folder, text};
use crate::command::{Run, find};
use crate::part::names::NODE as NAME;
use crate::service::{Launch, Service};
use crate::{mounts, ports, ui};

/// The folder of the client's files on a node.
const FILES: &str = "/var/lib/minikube";
/// A folder that every sshd requires, empty.
const EMPTY: &str = "/run/sshd";

/// The ssh server.
#[derive(Debug)]
pub(super) struct Ssh {
    folder: PathBuf,
    service: Service,
    /// Its port on the loopback address.
    pub(super) port: u16,
}

/// The settings that are kept with the folder.
#[derive(Debug, Serialize, Deserialize)]
struct Settings {
    port: u16,
}

impl Ssh {
    /// Returns the server as an earlier run set it up.
    pub(super) fn look(cache: &Cache, node: &Path) -> Option<Self> {
        let folder = node.join("ssh");
        let Settings { port } = serde_json::from_slice(&fs::read(folder.join("settings.json")).ok()?).ok()?;
        let ssh = Self { service: service(cache, &folder), folder, port };
        ["host_key", "id_rsa", "id_rsa.pub"].iter().all(|key| ssh.folder.join(key).is_file()).then_some(ssh)
    }

    /// Sets the server up and starts it. The docker client of its sessions speaks to the engine at `docker_host`.
    pub(super) fn up(cache: &Cache, node: &Path, docker_host: &str) -> Result<Self> {
        let ssh = match Self::look(cache, node) {
            Some(ssh) => ssh,
            None => Self::make(cache, node)?,
        };
        let same = cache::holds(&ssh.file(), &ssh.settings(docker_host));
        if same && ssh.has_files() && ssh.service.adopt(|| ssh.answers())? {
            return Ok(ssh);
        }
        ssh.service.stop()?;
        let ssh = if ports::is_free(ssh.port) {
            ssh
        } else {
            let other = ports::random()?;
            ui::note(NAME, &format!("port {} is taken; from now on {other}", ssh.port));
            ssh.with_port(other)?
        };
        ssh.start(docker_host)?;
        Ok(ssh)
    }

    /// Stops the server; returns false if it did not run.
    pub(super) fn down(cache: &Cache, node: &Path) -> Result<bool> {
        // The empty folder stays: removing it would remove it for the node of another rig on this machine.
        service(cache, &node.join("ssh")).stop()
    }

    /// Whether the server accepts connections.
    pub(super) fn answers(&self) -> bool {
        ports::answers(self.port)
    }

    /// Whether the folder of the client's files is the rig's own. Removing the system's folder removes the mount.
    pub(super) fn has_files(&self) -> bool {
        self.service.process().is_some_and(|record| mounts::is_mounted(record.pid, Path::new(FILES)))
    }

    /// Returns the path of the private key for the client's login; the public key is beside it.
    pub(super) fn key(&self) -> PathBuf {
        self.folder.join("id_rsa")
    }

    /// Returns the folder of the client's files, as seen from outside the node.
    pub(super) fn files(&self) -> PathBuf {
        self.folder.join("files")
    }

    /// Returns the path of the node's mount namespace, for `nsenter --mount=`.
    pub(super) fn mount_namespace(&self) -> String {
        self.service.process().map(|record| format!("/proc/{}/ns/mnt", record.pid)).unwrap_or_default()
    }

    fn make(cache: &Cache, node: &Path) -> Result<Self> {
        let folder = node.join("ssh");
        make_folder(&folder)?;
        for key in ["host_key", "id_rsa"] {
            let file = folder.join(key);
            for old in [&file, &file.with_added_extension("pub")] {
                let _ = fs::remove_file(old);
            }
            // The client uses this file name for every key, and can read this type, too.
            let run = Run::new("ssh-keygen").args(["-q", "-t", "ed25519", "-N", "", "-C", "taskflow rig", "-f"]);
            run.arg(&file).logged(&cache.log("node-ssh-keygen")?)?;
        }
        let ssh = Self { service: service(cache, &folder), folder, port: 0 };
        ssh.with_port(ports::random()?)
    }

    fn with_port(self, port: u16) -> Result<Self> {
        cache::write(&self.folder.join("settings.json"), &serde_json::to_vec(&Settings { port })?, 0o644)?;
        Ok(Self { port, ..self })
    }

    fn start(&self, docker_host: &str) -> Result<()> {
        for needed in [Path::new(EMPTY), Path::new(FILES), &self.files()] {
            make_folder(needed)?;
        }
        cache::write(&self.file(), self.settings(docker_host).as_bytes(), 0o600)?;
        let sshd = find("sshd").context("sshd is not there")?;
        let script = "mount --bind \"$1\" \"$2\" && shift 2 && exec \"$@\"";
        let mut args = ["--mount", "--propagation", "slave", "sh", "-c", script, "sh"].map(str::to_owned).to_vec();
        let files = self.files();
        args.extend([files.as_path(), Path::new(FILES), &sshd].map(text));
        args.extend(["-D", "-e", "-f"].map(str::to_owned));
        args.push(text(&self.file()));
        let launch = Launch { program: Path::new("unshare"), args: &args, path: None };
        self.service.start(&launch, || self.answers())
    }

    fn file(&self) -> PathBuf {
        self.folder.join("sshd_config")
    }

    fn settings(&self, docker_host: &str) -> String {
        settings(&text(&self.folder), self.port, docker_host)
    }
}

fn service(cache: &Cache, folder: &Path) -> Service {
    Service {
        part: NAME,
        what: "the ssh server",
        program: "sshd",
        mark: format!("-f {}", text(&folder.join("sshd_config"))),
        record: folder.join("process.json"),
        log: cache.root().join(format!("logs/{NAME}-sshd.log")),
    }
}

/// The settings of sshd: logins only with the key, and only from this machine.
fn settings(folder: &str, port: u16, docker_host: &str) -> String {
    format!(
        "ListenAddress 127.0.0.1:{port}
PidFile none
HostKey \"{folder}/host_key\"
AuthorizedKeysFile \"{folder}/id_rsa.pub\"
AuthenticationMethods publickey
PermitRootLogin prohibit-password
# The folders above may be open to whom they like; the key is not.
StrictModes no
UsePAM no
PrintMotd no
SetEnv \"DOCKER_HOST={docker_host}\"
Subsystem sftp internal-sftp
"
    )
}

#[cfg(test)]
mod tests {
    use super::settings;

    #[test]
    fn only_this_machine_gets_in_and_only_with_the_key() {
        let text = settings("/x/ssh", 20_022, "unix:///x/docker.sock");
        assert!(text.starts_with("ListenAddress 127.0.0.1:20022\n"));
        assert!(text.contains("AuthenticationMethods publickey\n") && !text.contains("yes"));
        assert!(text.contains("SetEnv \"DOCKER_HOST=unix:///x/docker.sock\"\n"));
    }
}
