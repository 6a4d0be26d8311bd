//! cargo's aliases: a build that is needed first is shown, and a call that needs none adds nothing to what xtask says.

use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, SystemTime};

use rustix::process::{Pid, Signal, kill_process_group};
use snapbox::str;

use crate::harness::run::compare;

const ROOT_MANIFEST: &str = r#"[workspace]
resolver = "3"
members = ["crates/launch", "xtask"]
[workspace.package]
version = "0.1.0"
edition = "2024"
rust-version = "1.85"
license = "MIT"
publish = false
[workspace.lints]
"#;

const MANIFEST: &str = "[package]\nname = \"xtask\"\nversion = \"0.1.0\"\nedition = \"2024\"\n";

/// Says which one it is and what it was given; exits with 7.
const PROGRAM: &str = r#"mod version;
fn main() {
    println!("{} {:?}", version::VERSION, std::env::args().skip(1).collect::<Vec<_>>());
    std::process::exit(7)
}
"#;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

/// A workspace with the aliases and the launcher of this one, and a small program in xtask's place.
struct Workspace {
    folder: tempfile::TempDir,
}

impl Workspace {
    fn new() -> Self {
        let workspace = Self { folder: tempfile::tempdir().unwrap() };
        for path in [
            ".cargo/config.toml",
            "crates/launch/Cargo.toml",
            "crates/launch/src/main.rs",
            "crates/launch/src/freshness.rs",
        ] {
            workspace.write(path, &fs::read_to_string(root().join(path)).unwrap());
        }
        workspace.write("Cargo.toml", ROOT_MANIFEST);
        // A name with a space is written with a backslash where cargo lists the sources.
        workspace.write(
            "xtask/Cargo.toml",
            &format!("{MANIFEST}[[bin]]\nname = \"xtask\"\npath = \"the source/main.rs\"\n"),
        );
        workspace.write("xtask/the source/main.rs", PROGRAM);
        workspace.version("first");
        workspace
    }

    fn path(&self, path: &str) -> PathBuf {
        self.folder.path().join(path)
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn version(&self, version: &str) {
        self.write("xtask/the source/version.rs", &format!("pub const VERSION: &str = {version:?};\n"));
    }

    /// Calls the alias in a folder, with the workspace's own target folder.
    fn alias(&self, folder: &str, args: &[&str]) -> Output {
        let mut command = Command::new("cargo");
        command.arg("xtask").args(args).current_dir(self.path(folder)).env("CARGO_TARGET_DIR", self.path("target"));
        command.output().unwrap()
    }

    #[track_caller]
    fn says(&self, stdout: &str, builds: bool) {
        let output = self.alias("xtask", &["--flag", "two words"]);
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(7), "{stderr}");
        assert_eq!(String::from_utf8(output.stdout).unwrap(), format!("{stdout} [\"--flag\", \"two words\"]\n"));
        if builds {
            compare(
                &stderr,
                str![[r#"
   Compiling xtask; the first time this takes minutes

"#]],
            );
        } else {
            assert_eq!(stderr, "");
        }
    }
}

#[test]
fn a_build_is_said_once_and_a_warm_call_adds_nothing() {
    let workspace = Workspace::new();
    workspace.says("first", true);
    workspace.says("first", false);
    workspace.version("second");
    workspace.says("second", true);
    workspace.says("second", false);
    // A manifest that has changed can change what is compiled, in any folder above a source.
    for manifest in ["Cargo.toml", "Cargo.lock", "xtask/Cargo.toml", ".cargo/config.toml"] {
        File::options().append(true).open(workspace.path(manifest)).unwrap().set_modified(SystemTime::now()).unwrap();
        workspace.says("second", true);
        workspace.says("second", false);
    }
    fs::remove_file(workspace.path("target/debug/xtask")).unwrap();
    workspace.says("second", true);
}

#[test]
fn a_program_that_does_not_compile_is_not_started() {
    let workspace = Workspace::new();
    workspace.says("first", true);
    workspace.write("xtask/the source/version.rs", "broken");
    for _ in 0..2 {
        let output = workspace.alias("", &[]);
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert_eq!((output.status.code(), output.stdout), (Some(101), Vec::new()), "{stderr}");
        assert!(stderr.contains("version.rs:1:1"), "{stderr}");
    }
    workspace.version("mended");
    workspace.says("mended", true);
}

#[test]
fn a_cargo_that_is_not_there_is_named() {
    let workspace = Workspace::new();
    workspace.says("first", true);
    workspace.version("second");
    let launcher = Command::new(workspace.path("target/debug/launch"))
        .arg("xtask")
        .env("CARGO", workspace.path("no-cargo"))
        .env("CARGO_MANIFEST_DIR", workspace.path("crates/launch"))
        .output()
        .unwrap();
    assert_eq!(launcher.status.code(), Some(101));
    compare(
        &String::from_utf8(launcher.stderr).unwrap(),
        str![[r#"
   Compiling xtask; the first time this takes minutes
error: cannot start `xtask`: No such file or directory (os error 2)

"#]],
    );
}

/// The lines of a command's output until one has the text; what it has started is ended then.
fn until(command: &mut Command, text: &str) -> Vec<String> {
    let (reader, writer) = std::io::pipe().unwrap();
    command.process_group(0).stdin(Stdio::null()).stdout(writer.try_clone().unwrap()).stderr(writer);
    let mut child = command.spawn().unwrap();
    // The command keeps ends of the pipe, which would never be at its end.
    *command = Command::new("true");
    let group = Pid::from_child(&child);
    let (sender, lines) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        for line in BufReader::new(reader).split(b'\n').map_while(Result::ok) {
            let _unheard = sender.send(String::from_utf8_lossy(&line).into_owned());
        }
    });
    let mut said = Vec::new();
    while !said.iter().any(|line: &String| line.contains(text)) {
        let Ok(line) = lines.recv_timeout(Duration::from_mins(2)) else { break };
        said.push(line);
    }
    let _ended_already = kill_process_group(group, Signal::KILL);
    child.wait().unwrap();
    said
}

#[test]
fn the_first_call_in_a_new_checkout_shows_that_it_compiles() {
    for on_terminal in [false, true] {
        let target = tempfile::tempdir().unwrap();
        let call: &[&str] = if on_terminal {
            &["script", "--quiet", "--return", "--command", "cargo xtask --version", "/dev/null"]
        } else {
            &["cargo", "xtask", "--version"]
        };
        let mut command = Command::new(call[0]);
        command.args(&call[1..]);
        command.current_dir(root()).env("CARGO_TARGET_DIR", target.path());
        let said = until(&mut command, "Compiling");
        assert!(said.last().is_some_and(|line| line.contains("Compiling")), "terminal: {on_terminal}, {said:?}");
        assert!(!target.path().join("debug/xtask").exists(), "it was said before the program was there");
    }
}
