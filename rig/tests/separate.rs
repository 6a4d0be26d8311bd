//! Engines beside the machine's own, for real: up, found again, killed, repaired, down. The machine's own is not touched.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may end with a panic")]

use std::collections::BTreeMap;
use std::fs;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use rustix::process::{Pid, Signal, geteuid, kill_process};
use serde_json::Value;

/// What must be there already: a test installs nothing.
const PROGRAMS: [&str; 7] = ["dockerd", "docker", "containerd", "ctr", "iptables", "ip", "docker-registry"];

/// A rig with a folder of its own; what is up in it goes down with it.
struct Rig {
    folder: tempfile::TempDir,
}

impl Rig {
    /// None, and a reason for the reader, where engines cannot be started.
    fn new() -> Option<Self> {
        let folders = ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"];
        let missing = PROGRAMS.iter().find(|name| !folders.iter().any(|folder| Path::new(folder).join(name).exists()));
        let why = match missing {
            Some(program) => format!("no {program}"),
            None if !geteuid().is_root() => "not root".to_owned(),
            None => return Some(Self { folder: tempfile::tempdir().unwrap() }),
        };
        assert!(std::env::var_os("TASKFLOW_REQUIRE_RIG").is_none_or(|value| value != "1"), "{why}");
        // Past the capture of the test runner.
        let _ = writeln!(std::io::stderr(), "SKIPPED engines beside the machine's own: {why}");
        None
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn call(&self, args: &[&str]) -> Output {
        let output = Command::new(env!("CARGO_BIN_EXE_rig"))
            .args(args)
            .env("TASKFLOW_RIG_DIR", self.folder.path())
            .output()
            .unwrap();
        assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
        output
    }

    /// State and facts of a part.
    fn look(&self, part: &str) -> (String, BTreeMap<String, String>) {
        let report: Value = serde_json::from_slice(&self.call(&["status", "--json"]).stdout).unwrap();
        let parts = report["parts"].as_array().unwrap();
        let entry = parts.iter().find(|entry| entry["name"] == part).unwrap();
        let facts = serde_json::from_value(entry["facts"].clone()).unwrap();
        (entry["state"].as_str().unwrap().to_owned(), facts)
    }

    fn pid(&self, record: &str) -> i32 {
        let record: Value = serde_json::from_slice(&fs::read(self.path(record)).unwrap()).unwrap();
        i32::try_from(record["pid"].as_i64().unwrap()).unwrap()
    }

    fn kill(&self, record: &str) {
        let pid = self.pid(record);
        kill_process(Pid::from_raw(pid).unwrap(), Signal::KILL).unwrap();
        // Until it is gone it still answers.
        let alive = || fs::read_to_string(format!("/proc/{pid}/stat")).is_ok_and(|stat| !stat.contains(") Z "));
        while alive() {
            std::thread::sleep(std::time::Duration::from_millis(5));
        }
    }

    /// An image of one file, as `docker load` and `ctr images import` read it.
    fn archive(&self) -> PathBuf {
        let folder = self.path("archive");
        fs::create_dir_all(&folder).unwrap();
        let run = |program: &str, args: &[&str]| {
            let output = Command::new(program).args(args).current_dir(&folder).output().unwrap();
            assert!(output.status.success(), "{program}: {}", String::from_utf8_lossy(&output.stderr));
            String::from_utf8(output.stdout).unwrap()
        };
        fs::write(folder.join("file"), "content\n").unwrap();
        run("tar", &["--create", "--file=layer.tar", "file"]);
        let sum = run("sha256sum", &["layer.tar"]);
        let layer = sum.split(' ').next().unwrap();
        let config = serde_json::json!({
            "architecture": "amd64", "os": "linux", "config": {},
            "rootfs": { "type": "layers", "diff_ids": [format!("sha256:{layer}")] },
        });
        let manifest = serde_json::json!([
            { "Config": "config.json", "RepoTags": ["rig-test:1"], "Layers": ["layer.tar"] },
        ]);
        fs::write(folder.join("config.json"), config.to_string()).unwrap();
        fs::write(folder.join("manifest.json"), manifest.to_string()).unwrap();
        run("tar", &["--create", "--file=image.tar", "manifest.json", "config.json", "layer.tar"]);
        folder.join("image.tar")
    }
}

impl Drop for Rig {
    fn drop(&mut self) {
        let rig = Command::new(env!("CARGO_BIN_EXE_rig"))
            .args(["down", "engine-spare", "containerd-node", "registry"])
            .env("TASKFLOW_RIG_DIR", self.folder.path())
            .output();
        assert!(std::thread::panicking() || rig.unwrap().status.success());
    }
}

fn docker(host: &str, args: &[&str]) -> String {
    let output = Command::new("docker").args(["--host", host]).args(args).output().unwrap();
    assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// Bridges of this machine that the rig made, by the folder in their alias.
fn bridges(rig: &Rig) -> Vec<String> {
    let folder = rig.folder.path().to_str().unwrap();
    let names = fs::read_dir("/sys/class/net").unwrap().map(|entry| entry.unwrap());
    names
        .filter(|entry| fs::read_to_string(entry.path().join("ifalias")).is_ok_and(|alias| alias.contains(folder)))
        .map(|entry| entry.file_name().into_string().unwrap())
        .collect()
}

#[test]
fn an_engine_keeps_its_images_whatever_happens_to_it() {
    let Some(rig) = Rig::new() else {
        return;
    };
    let default_bridge = fs::read_to_string("/sys/class/net/docker0/address").ok();
    rig.call(&["up", "engine-spare"]);
    let (state, facts) = rig.look("engine-spare");
    assert_eq!(state, "up");
    let host = facts["docker_host"].as_str();
    assert_eq!(host, format!("unix://{}/engine-spare/docker.sock", rig.folder.path().display()));
    docker(host, &["load", "--input", rig.archive().to_str().unwrap()]);
    let image = docker(host, &["image", "inspect", "--format", "{{.Id}}", "rig-test:1"]);

    // Nothing happens to one that is up.
    let engine = rig.pid("engine-spare/process.json");
    rig.call(&["up", "engine-spare"]);
    assert_eq!(rig.pid("engine-spare/process.json"), engine);

    for killed in [&["process.json"][..], &["containerd/process.json"], &["process.json", "containerd/process.json"]] {
        for record in killed {
            rig.kill(&format!("engine-spare/{record}"));
        }
        rig.call(&["up", "engine-spare"]);
        assert_eq!(docker(host, &["image", "inspect", "--format", "{{.Id}}", "rig-test:1"]), image, "{killed:?}");
    }

    // A bridge that is gone comes back, and its hardware address with it.
    let [bridge] = bridges(&rig).try_into().unwrap();
    let address = || fs::read_to_string(format!("/sys/class/net/{bridge}/address")).unwrap();
    let before = address();
    assert!(Command::new("ip").args(["link", "delete", &bridge]).status().unwrap().success());
    assert_eq!(rig.look("engine-spare").0, "partial");
    rig.call(&["up", "engine-spare"]);
    assert_eq!(address(), before);

    rig.call(&["down", "engine-spare"]);
    assert_eq!(rig.look("engine-spare").0, "down");
    assert!(bridges(&rig).is_empty());
    assert!(!fs::read_to_string("/proc/mounts").unwrap().contains(rig.folder.path().to_str().unwrap()));
    rig.call(&["up", "engine-spare"]);
    assert_eq!(docker(host, &["image", "inspect", "--format", "{{.Id}}", "rig-test:1"]), image);
    assert_eq!(fs::read_to_string("/sys/class/net/docker0/address").ok(), default_bridge);
}

#[test]
fn two_rigs_stand_in_nobodys_way() {
    let (Some(one), Some(other)) = (Rig::new(), Rig::new()) else {
        return;
    };
    let hosts = [&one, &other].map(|rig| {
        rig.call(&["up", "engine-spare"]);
        rig.look("engine-spare").1["docker_host"].clone()
    });
    docker(&hosts[0], &["load", "--input", one.archive().to_str().unwrap()]);
    let gateways =
        hosts.each_ref().map(|host| docker(host, &["network", "inspect", "bridge", "--format", "{{.IPAM.Config}}"]));
    assert_ne!(gateways[0], gateways[1]);
    assert_eq!(docker(&hosts[1], &["image", "ls", "--quiet"]), "");
    one.call(&["down", "engine-spare"]);
    assert_eq!((one.look("engine-spare").0.as_str(), other.look("engine-spare").0.as_str()), ("down", "up"));
}

#[test]
fn a_containerd_lists_what_was_imported_as_a_kubelet_sees_it() {
    let Some(rig) = Rig::new() else {
        return;
    };
    rig.call(&["up", "containerd-node"]);
    let (state, facts) = rig.look("containerd-node");
    assert_eq!(state, "up");
    let ctr = |args: &[&str]| {
        let prefix = ["--address", &facts["address"], "--namespace", &facts["namespace"], "images"];
        let output = Command::new(&facts["ctr"]).args(prefix).args(args).output().unwrap();
        assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    };
    ctr(&["import", rig.archive().to_str().unwrap()]);
    // The kubelet's plugin adds a name made of the image's ID; it does so a moment later.
    let by_id = || ctr(&["list", "--quiet"]).lines().any(|name| name.starts_with("sha256:"));
    let found = (0..100).any(|_| {
        std::thread::sleep(std::time::Duration::from_millis(50));
        by_id()
    });
    assert!(found);
    rig.kill("containerd-node/process.json");
    rig.call(&["up", "containerd-node"]);
    assert!(by_id());
    rig.call(&["down", "containerd-node"]);
    assert_eq!(rig.look("containerd-node").0, "down");
}

/// The status and the body of an answer to a GET request.
fn get(address: &str, path: &str) -> (u16, String) {
    let mut stream = TcpStream::connect(address).unwrap();
    write!(stream, "GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    (head.split(' ').nth(1).unwrap().parse().unwrap(), body.trim().to_owned())
}

#[test]
fn a_registry_answers_is_found_again_and_starts_empty() {
    let Some(rig) = Rig::new() else {
        return;
    };
    rig.call(&["up", "registry"]);
    let (state, facts) = rig.look("registry");
    assert_eq!(state, "up");
    let address = facts["address"].as_str();
    assert!(address.starts_with("127.0.0.1:"), "{address}");
    assert_eq!(get(address, "/v2/_catalog"), (200, r#"{"repositories":[]}"#.to_owned()));
    let pid = rig.pid("registry/process.json");
    rig.call(&["up", "registry"]);
    assert_eq!(rig.pid("registry/process.json"), pid, "one that is up is left alone");
    // What a push leaves: the registry lists folders with layers.
    let left = rig.path("registry/data/docker/registry/v2/repositories/app/_layers");
    fs::create_dir_all(left).unwrap();
    assert_eq!(get(address, "/v2/_catalog").1, r#"{"repositories":["app"]}"#);
    rig.kill("registry/process.json");
    assert_eq!(rig.look("registry").0, "down");
    rig.call(&["up", "registry"]);
    assert_eq!(rig.look("registry").1["address"], address, "the address is kept");
    assert_eq!(get(address, "/v2/_catalog").1, r#"{"repositories":[]}"#);
    rig.call(&["down", "registry"]);
    assert_eq!(rig.look("registry").0, "down");
}
