//! Building Go programs, with a Go of our own on `PATH`: nothing is downloaded or compiled.

#![expect(clippy::unwrap_used, reason = "a test may end with a panic")]

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::process::{Command, Output};

use rustix::process::geteuid;

/// Says what it was asked for, and fails to build, so that no engine is started.
const GO: &str = r#"#!/bin/sh
if [ "$1" = env ]; then
    printf '%s\n%s\n' "$FAKE_VERSION" local
    exit
fi
{ echo "$*"; pwd; env; cat go.mod; } > "${0%/*}/call"
echo "cannot compile today" >&2
exit 1
"#;

/// A folder with our programs, before the system's on `PATH`.
struct Machine {
    folder: tempfile::TempDir,
}

impl Machine {
    fn new() -> Self {
        let machine = Self { folder: tempfile::tempdir().unwrap() };
        fs::create_dir(machine.path("bin")).unwrap();
        // On a machine without a C compiler one would be installed.
        for (name, text) in
            [("go", GO), ("gcc", "#!/bin/sh\n"), ("pkg-config", "#!/bin/sh\n"), ("apt-get", "#!/bin/sh\n")]
        {
            let file = machine.path("bin").join(name);
            fs::write(&file, text).unwrap();
            fs::set_permissions(&file, fs::Permissions::from_mode(0o755)).unwrap();
        }
        machine
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn up_node(&self, version: &str) -> Output {
        Command::new(env!("CARGO_BIN_EXE_rig"))
            .args(["up", "node"])
            .env("TASKFLOW_RIG_DIR", self.path("cache"))
            .env("PATH", format!("{}:/usr/bin:/bin", self.path("bin").display()))
            .env("FAKE_VERSION", version)
            .env("GOFLAGS", "-mod=mod")
            .output()
            .unwrap()
    }
}

fn talk(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

#[test]
fn a_go_that_is_too_old_is_refused_before_anything_is_done() {
    let machine = Machine::new();
    let output = machine.up_node("go1.19.8");
    assert_eq!(output.status.code(), Some(2));
    let message = talk(&output);
    if !geteuid().is_root() {
        assert!(message.contains("cannot start node: not root"), "{message}");
        return;
    }
    assert!(message.contains("error: cannot build minikube v1.38.1: ") && message.contains("is go1.19.8"), "{message}");
    assert!(message.contains("hint: get Go 1.25.0 or newer"), "{message}");
    assert!(!machine.path("bin/call").exists() && !machine.path("cache/node").exists());
}

#[test]
fn a_program_is_built_from_what_is_committed_and_a_failure_is_told() {
    let machine = Machine::new();
    if !geteuid().is_root() {
        return;
    }
    let output = machine.up_node("go1.99.0");
    assert_eq!(output.status.code(), Some(1));
    let message = talk(&output);
    assert!(message.contains("build minikube v1.38.1 with go1.99.0 (once; "), "{message}");
    assert!(message.contains("hint:   cannot compile today"), "{message}");
    let call = fs::read_to_string(machine.path("bin/call")).unwrap();
    let line = |wanted: &str| call.lines().any(|line| line == wanted);
    let work = machine.path("cache/go/work");
    assert!(call.starts_with("build -o ") && call.contains("-X k8s.io/minikube/pkg/version.version=v1.38.1"), "{call}");
    assert!(line("GOFLAGS=-mod=readonly -trimpath -modcacherw -buildvcs=false"), "{call}");
    assert!(line("GOWORK=off") && line("CGO_ENABLED=1"), "{call}");
    assert!(line(&format!("GOMODCACHE={}/modules", work.display())), "{call}");
    assert!(line(&work.join("minikube").display().to_string()), "{call}");
    assert!(line("tool k8s.io/minikube/cmd/minikube"), "{call}");
    assert!(!machine.path("cache/go/minikube").exists());
}
