//! The fake client and its folder.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use crate::parts::scratch;
use crate::world::{Engine, Load, Repository, program};

/// What runs on a node.
#[derive(Clone, Debug)]
pub(crate) enum NodeKind {
    /// An engine at this address.
    Docker(String),
    /// containerd at this one.
    Containerd(String),
}

/// A client over real runtimes, for one repository.
pub(crate) struct Fake {
    folder: tempfile::TempDir,
    repository: PathBuf,
    host: Engine,
}

impl Fake {
    /// A client with one profile, `minikube`, of these machines.
    pub(crate) fn new(repository: &Repository, nodes: &[(&str, NodeKind)]) -> Self {
        let folder = scratch();
        let path = folder.path();
        fs::create_dir_all(path.join("shims")).unwrap();
        program(&path.join("minikube"), include_str!("fake-minikube.sh"));
        program(&path.join("kubectl"), "#!/bin/sh\necho 'error: context \"minikube\" does not exist' >&2\nexit 1\n");
        program(&path.join("shims/sudo"), "#!/bin/sh\nexec \"$@\"\n");
        let mut runtime = "docker";
        for (machine, kind) in nodes {
            let node = path.join("nodes").join(machine);
            fs::create_dir_all(node.join("files/images")).unwrap();
            match kind {
                NodeKind::Docker(host) => fs::write(node.join("docker_host"), host).unwrap(),
                NodeKind::Containerd(address) => {
                    runtime = "containerd";
                    fs::write(node.join("containerd"), address).unwrap();
                    program(&path.join("shims/crictl"), include_str!("shim-crictl.sh"));
                    let ctr = "#!/bin/sh\nexec /usr/bin/ctr --address \"$CONTAINERD\" \"$@\"\n";
                    program(&path.join("shims/ctr"), ctr);
                }
            }
        }
        let fake = Self { folder, repository: repository.root.clone(), host: Engine::own() };
        let listed: Vec<Value> = nodes
            .iter()
            .enumerate()
            .map(|(index, (machine, _))| {
                let name = if index == 0 { "" } else { machine.trim_start_matches("minikube-") };
                json!({"Name": name, "IP": "192.168.49.2", "Port": 8443, "ControlPlane": index == 0, "Worker": true})
            })
            .collect();
        let config = json!({"Name": "minikube", "Driver": "docker", "Nodes": listed,
            "KubernetesConfig": {"KubernetesVersion": "v1.35.1", "ContainerRuntime": runtime}});
        let valid = json!([{"Name": "minikube", "Status": "Skipped", "Config": config, "Active": true}]);
        fs::write(fake.folder().join("profiles.json"), json!({"invalid": [], "valid": valid}).to_string()).unwrap();
        fake
    }

    /// The same with images of another engine.
    pub(crate) fn with_host(self, host: &Engine) -> Self {
        Self { host: host.clone(), ..self }
    }

    /// Its folder.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Puts a program on the nodes' PATH.
    pub(crate) fn shim(&self, name: &str, script: &str) {
        program(&self.folder().join("shims").join(name), script);
    }

    /// Runs `minikube-load` with a client that tells this lie; with an empty one it is honest.
    pub(crate) fn load(&self, lie: &str, env: &[(&str, &str)]) -> Load {
        self.load_with(lie, env, &[])
    }

    /// The same with further arguments.
    pub(crate) fn load_with(&self, lie: &str, env: &[(&str, &str)], args: &[&str]) -> Load {
        let path = std::env::var("PATH").unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
        command.args(["minikube-load", "--json"]).args(args).current_dir(&self.repository).stdin(Stdio::null());
        command.env("PATH", format!("{}:{path}", self.folder().display())).env("FAKE", self.folder()).env("LIE", lie);
        command.envs(env.iter().copied()).envs(self.host.env.iter().map(|(name, value)| (name, value)));
        Load::of(&command.env_remove("MINIKUBE_PROFILE").env_remove("MINIKUBE_ACTIVE_DOCKERD").output().unwrap())
    }

    /// What is in the client's folder on a node.
    pub(crate) fn files(&self, machine: &str) -> Vec<String> {
        names(&self.folder().join("nodes").join(machine).join("files/images"))
    }

    /// The archives in the repository's own folder.
    pub(crate) fn archives(&self) -> Vec<String> {
        let all = names(&self.repository.join("target/xtask/minikube"));
        all.into_iter().filter(|name| name.contains(".tar") || name.contains(".export")).collect()
    }
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok);
    entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect()
}
