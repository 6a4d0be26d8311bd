//! A full disk, for real: an engine of its own whose data lies on a small file system.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::parts::{engine, found, repository, scratch};

/// An engine with 400 MB of disk; ended and taken away when dropped.
struct SmallEngine {
    folder: tempfile::TempDir,
    data: PathBuf,
    bridge: String,
    daemon: Option<Child>,
}

fn run(program: &str, args: &[&str]) -> bool {
    let status = Command::new(program).args(args).stdout(Stdio::null()).stderr(Stdio::null()).status();
    status.is_ok_and(|status| status.success())
}

impl SmallEngine {
    fn start() -> Self {
        let folder = scratch();
        let data = folder.path().join("data");
        std::fs::create_dir(&data).unwrap();
        let bridge = format!("tfdisk{}", std::process::id() % 100_000);
        let mut engine = Self { data, bridge, daemon: None, folder };
        assert!(run("mount", &["-t", "tmpfs", "-o", "size=400m", "tmpfs", engine.data.to_str().unwrap()]), "mount");
        // Its own bridge: with none, it would take away the bridge of the first engine.
        assert!(run("ip", &["link", "add", &engine.bridge, "type", "bridge"]), "ip link add");
        assert!(run("ip", &["address", "add", "10.199.77.1/24", "dev", &engine.bridge]), "ip address add");
        assert!(run("ip", &["link", "set", &engine.bridge, "up"]), "ip link set up");
        let path = |name: &str| engine.folder.path().join(name).display().to_string();
        let log = std::fs::File::create(path("log")).unwrap();
        let daemon = Command::new("dockerd")
            .args(["--host", &engine.host(), "--data-root", engine.data.to_str().unwrap()])
            .args(["--exec-root", &path("exec"), "--pidfile", &path("pid"), "--bridge", &engine.bridge])
            .args(["--iptables=false", "--ip6tables=false", "--ip-forward=false", "--ip-masq=false"])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .unwrap();
        engine.daemon = Some(daemon);
        let start = Instant::now();
        while !run("docker", &["--host", &engine.host(), "version"]) {
            let log = std::fs::read_to_string(engine.folder.path().join("log")).unwrap_or_default();
            assert!(start.elapsed() < Duration::from_mins(1), "the small engine does not answer:\n{log}");
            std::thread::sleep(Duration::from_millis(100));
        }
        engine
    }

    fn host(&self) -> String {
        format!("unix://{}/docker.sock", self.folder.path().display())
    }

    /// Brings in a base image from the first engine.
    fn load_base(&self) {
        let mut save = Command::new("docker").args(["save", "node:20-alpine"]).stdout(Stdio::piped()).spawn().unwrap();
        let mut load = Command::new("docker");
        load.args(["--host", &self.host(), "load", "--quiet"]).stdin(save.stdout.take().unwrap()).stdout(Stdio::null());
        assert!(load.status().unwrap().success(), "docker load");
        assert!(save.wait().unwrap().success(), "docker save");
    }
}

impl Drop for SmallEngine {
    fn drop(&mut self) {
        if let Some(mut daemon) = self.daemon.take() {
            let pid = rustix::process::Pid::from_child(&daemon);
            let _gone = rustix::process::kill_process(pid, rustix::process::Signal::TERM);
            let start = Instant::now();
            while daemon.try_wait().is_ok_and(|ended| ended.is_none()) && start.elapsed() < Duration::from_secs(20) {
                std::thread::sleep(Duration::from_millis(50));
            }
            let _gone = daemon.kill();
            let _reaped = daemon.wait();
        }
        run("umount", &["--recursive", self.data.to_str().unwrap_or_default()]);
        run("ip", &["link", "delete", &self.bridge]);
    }
}

#[test]
fn a_full_disk_is_named_with_the_remedy() {
    let test = "a_full_disk_is_named_with_the_remedy";
    if !engine(test) {
        return;
    }
    let root_user = rustix::process::geteuid().is_root();
    let installed = ["/usr/sbin/dockerd", "/usr/bin/dockerd"].iter().any(|path| Path::new(path).exists());
    if !found(root_user && installed, test, "root and an installed dockerd", "TASKFLOW_REQUIRE_ENGINE") {
        return;
    }
    let small = SmallEngine::start();
    small.load_base();
    let dockerfile = "FROM node:20-alpine\nRUN dd if=/dev/zero of=/big bs=1M count=1000\n";
    let (_folder, repository) = repository("tf-full", &[("a", dockerfile)]);
    let output = Command::new(env!("CARGO_BIN_EXE_xtask"))
        .arg("build")
        .current_dir(&repository)
        .env("DOCKER_HOST", small.host())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("a disk is full"), "{said}");
    assert!(said.contains("docker builder prune"), "{said}");
    let tagged = Command::new("docker").args(["--host", &small.host(), "image", "ls", "--quiet", "tf-full-a"]).output();
    assert!(tagged.unwrap().stdout.is_empty(), "a tag was left behind");
}
