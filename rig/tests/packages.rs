//! Installing packages, with an apt-get of our own on `PATH`: the machine's apt and dpkg are never run.

#![expect(clippy::unwrap_used, reason = "a test may end with a panic")]

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;

use rustix::process::{Pid, Signal, geteuid, kill_process_group, test_kill_process};

const POLICY: &str = "/usr/sbin/policy-rc.d";
const CLUSTER_RULES: &str = "/etc/postgresql-common/createcluster.d/taskflow-rig.conf";
/// As dpkg runs packages' scripts: with the `PATH` that apt was told.
const APT: &str = r#"#!/bin/sh
here=${0%/*}
echo "$*" >> "$here/calls"
for word; do
    case $word in
    DPkg::Path=*) PATH=${word#DPkg::Path=} ;;
    install) doing=install ;;
    esac
done
[ "$doing" ] || exit 0
invoke-rc.d no-service start; echo "start $?" >> "$here/answers"
invoke-rc.d --query no-service start; echo "query $?" >> "$here/answers"
deb-systemd-invoke start no.service; echo "systemd $?" >> "$here/answers"
pg_createcluster 0 none; echo "cluster $?" >> "$here/answers"
echo $$ > "$here/pid"
printf '#!/bin/sh\n' > "$here/chromium"
chmod 755 "$here/chromium"
[ ! -e "$here/hang" ] || sleep 60
"#;

/// A folder with nothing on `PATH` but the stand-ins.
struct Machine {
    folder: tempfile::TempDir,
}

impl Machine {
    fn new() -> Self {
        let machine = Self { folder: tempfile::tempdir().unwrap() };
        fs::create_dir(machine.path("bin")).unwrap();
        for (name, text) in [("apt-get", APT), ("dpkg", "#!/bin/sh\n")] {
            let file = machine.path("bin").join(name);
            fs::write(&file, text).unwrap();
            fs::set_permissions(&file, fs::Permissions::from_mode(0o755)).unwrap();
        }
        machine
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn text(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap_or_default()
    }

    fn rig(&self, cache: &Path) -> Command {
        // No signal is ignored, whatever whoever started these tests ignores.
        let mut command = Command::new("/usr/bin/env");
        command
            .args(["--default-signal=HUP,INT,TERM", env!("CARGO_BIN_EXE_rig"), "up", "browser"])
            .env("TASKFLOW_RIG_DIR", cache)
            .env("PATH", self.path("bin"));
        command.stdout(Stdio::null()).stderr(Stdio::piped());
        command
    }
}

/// Whoever is not root is refused; that is tested as well as one can.
fn not_root(machine: &Machine) -> bool {
    if geteuid().is_root() {
        return false;
    }
    assert_eq!(machine.rig(&machine.path("cache")).output().unwrap().status.code(), Some(2));
    true
}

#[test]
fn services_do_not_start_and_the_machine_gets_no_policy() {
    let machine = Machine::new();
    if not_root(&machine) {
        return;
    }
    let before = [POLICY, CLUSTER_RULES].map(|file| fs::read(file).ok());
    let output = machine.rig(&machine.path("cache")).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(machine.text("bin/answers"), "start 0\nquery 101\nsystemd 0\ncluster 0\n");
    assert!(
        machine
            .text("cache/logs/browser-apt.log")
            .contains("not done while it installs packages: invoke-rc.d no-service")
    );
    assert_eq!([POLICY, CLUSTER_RULES].map(|file| fs::read(file).ok()), before);
    assert!(!machine.path("cache/apt/unfinished").exists());
}

#[test]
fn an_interrupted_installation_is_finished_by_the_next_up() {
    let machine = Machine::new();
    if not_root(&machine) {
        return;
    }
    let cache = machine.path("cache");
    for (signal, code) in [(Signal::INT, Some(130)), (Signal::TERM, Some(143)), (Signal::KILL, None)] {
        let before = [POLICY, CLUSTER_RULES].map(|file| fs::read(file).ok());
        fs::write(machine.path("bin/hang"), "").unwrap();
        let mut run = machine.rig(&cache).stderr(Stdio::null()).process_group(0).spawn().unwrap();
        // The program is there before the package is configured.
        while !machine.path("bin/chromium").exists() {
            assert_eq!(run.try_wait().unwrap(), None);
            thread::sleep(Duration::from_millis(10));
        }
        kill_process_group(Pid::from_child(&run), signal).unwrap();
        assert_eq!(run.wait().unwrap().code(), code);
        // apt-get leads a group of its own: the rig ends it, unless it is itself killed.
        let apt: i32 = machine.text("bin/pid").trim().parse().unwrap();
        let apt = Pid::from_raw(apt).unwrap();
        assert_eq!(test_kill_process(apt).is_ok(), code.is_none());
        let _ended = kill_process_group(apt, Signal::KILL);
        assert_eq!([POLICY, CLUSTER_RULES].map(|file| fs::read(file).ok()), before);
        assert!(machine.text("cache/apt/unfinished").contains("chromium"));
        fs::remove_file(machine.path("bin/hang")).unwrap();
        fs::remove_file(machine.path("bin/calls")).unwrap();
        let output = machine.rig(&cache).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let calls = machine.text("bin/calls");
        assert!(calls.lines().any(|call| call.contains("install --no-install-recommends chromium")), "{calls}");
        assert!(!cache.join("apt/unfinished").exists());
        fs::remove_file(machine.path("bin/chromium")).unwrap();
    }
}

#[test]
fn a_folder_from_which_no_program_is_found_is_refused() {
    let machine = Machine::new();
    if not_root(&machine) {
        return;
    }
    let output = machine.rig(&machine.path("with:colon")).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("hint: set TASKFLOW_RIG_DIR"));
    assert!(!machine.path("bin/calls").exists());
}
