//! The folder of the minikube client: a profile with one node, and the login for it.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use serde_json::{Value, json};

use super::ssh::Ssh;
use crate::cache::{self, make_folder};
use shown::shown_path;

/// The Kubernetes version of the profile; no Kubernetes runs on the node.
const KUBERNETES: &str = "v1.34.3";

/// The folder for `MINIKUBE_HOME`.
#[derive(Debug)]
pub(super) struct Home {
    path: PathBuf,
}

impl Home {
    /// Returns the client's folder for the node in a folder.
    pub(super) fn of(node: &Path) -> Self {
        Self { path: node.join("home") }
    }

    /// Returns the path of the folder; the client adds `.minikube`.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Writes the client's files. Other files in the folder stay.
    pub(super) fn write(&self, profile: &str, ssh: &Ssh) -> Result<()> {
        if self.is_written(profile, ssh) {
            return Ok(());
        }
        for (file, value) in self.files(profile, ssh) {
            if let Some(folder) = file.parent() {
                make_folder(folder)?;
            }
            cache::write(&file, text(&value).as_bytes(), 0o600)?;
        }
        for (from, to) in self.keys(profile, ssh) {
            let key = fs::read(&from).with_context(|| format!("could not read {}", shown_path(&from)))?;
            cache::write(&to, &key, 0o600)?;
        }
        Ok(())
    }

    /// Whether all of the client's files are there.
    pub(super) fn is_written(&self, profile: &str, ssh: &Ssh) -> bool {
        self.files(profile, ssh).iter().all(|(file, value)| cache::holds(file, &text(value)))
            && self
                .keys(profile, ssh)
                .iter()
                .all(|(from, to)| fs::read_to_string(from).is_ok_and(|key| cache::holds(to, &key)))
    }

    fn files(&self, profile: &str, ssh: &Ssh) -> [(PathBuf, Value); 3] {
        let store = self.store();
        let node = json!({
            "Name": "", "IP": "127.0.0.1", "Port": 8443, "KubernetesVersion": KUBERNETES, "ContainerRuntime": "docker",
            "ControlPlane": true, "Worker": true,
        });
        let profile_settings = json!({
            "Name": profile,
            "Driver": "ssh",
            "APIServerPort": 8443,
            "KubernetesConfig": {
                "KubernetesVersion": KUBERNETES,
                "ClusterName": profile,
                "APIServerName": "minikubeCA",
                "ContainerRuntime": "docker",
            },
            "Nodes": [node],
        });
        let machine = json!({
            "ConfigVersion": 3,
            "DriverName": "ssh",
            "Name": profile,
            "HostOptions": {},
            "Driver": {
                "MachineName": profile,
                "IPAddress": "127.0.0.1",
                "SSHPort": ssh.port,
                "SSHUser": "root",
                "SSHKeyPath": self.machine(profile).join("id_rsa"),
                "StorePath": store,
                "EnginePort": 2376,
            },
        });
        // The client must neither print news of newer versions nor ask for them on the network.
        let settings = json!({ "WantUpdateNotification": false });
        [
            (store.join("profiles").join(profile).join("config.json"), profile_settings),
            (self.machine(profile).join("config.json"), machine),
            (store.join("config/config.json"), settings),
        ]
    }

    fn keys(&self, profile: &str, ssh: &Ssh) -> [(PathBuf, PathBuf); 2] {
        let machine = self.machine(profile);
        let public = |path: PathBuf| path.with_added_extension("pub");
        let (from, to) = (ssh.key(), machine.join("id_rsa"));
        [(from.clone(), to.clone()), (public(from), public(to))]
    }

    fn store(&self) -> PathBuf {
        self.path.join(".minikube")
    }

    fn machine(&self, profile: &str) -> PathBuf {
        self.store().join("machines").join(profile)
    }
}

fn text(value: &Value) -> String {
    format!("{value:#}\n")
}
