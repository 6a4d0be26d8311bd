//! The hints of the rig: what can be done without root and without changing this machine is done as it is printed.

#![expect(clippy::unwrap_used, reason = "a test may end with a panic")]

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// Hints that a test below carries out.
const FOLDER: &str = "set TASKFLOW_RIG_DIR to an absolute path";
const TEXT_FOLDER: &str = "set TASKFLOW_RIG_DIR to an absolute path in UTF-8";
const ENDPOINT: &str = "start that engine, or unset `DOCKER_HOST` and run `docker context use default`";

/// The other hints, and why no test carries them out.
const OTHERS: [(&str, &str); 14] = [
    ("parts: {}", "it lists names, and asks for nothing"),
    ("facts: {}", "it lists names, and asks for nothing"),
    ("run `cargo rig up {part}` first", "a part is started as root, and the other suites start all of them"),
    ("run the same command as root", "a test has one user"),
    ("run the same command as root, or by hand:", "a test has one user"),
    ("  {step}", "a step by hand installs packages, which only root can do"),
    ("the log is {}; its last lines:", "it shows something and asks for nothing"),
    ("  {line}", "a line of a log"),
    ("get Go {major}.{minor}.{patch} or newer: https://go.dev/doc/install", "it needs another network"),
    ("it is looked for on PATH and in /usr/local/go", "it says where, and asks for nothing"),
    (
        "use a machine with Debian, or provide by other means what the part provides (rig/README.md)",
        "it asks for another machine",
    ),
    ("wait for it, or end it, then try again", "it needs a second engine that hangs on the default socket"),
    ("set TASKFLOW_RIG_DIR to a shorter path", "only a root who starts an engine or a server is told so"),
    (
        "set TASKFLOW_RIG_DIR to a folder that can hold programs, without a colon",
        "only a root who installs packages is told so",
    ),
];

/// A docker client without an engine at `DOCKER_HOST` or in the context `elsewhere`, and with one at the default.
const CLIENT: &str = "#!/bin/sh
folder=${0%/*}
case \"$*\" in
'context show') if [ -e \"$folder/default\" ]; then echo default; else echo elsewhere; fi ;;
'context use default') : >\"$folder/default\" ;;
'version --format {{.Server.Version}}') [ -z \"$DOCKER_HOST\" ] && [ -e \"$folder/default\" ] && echo 26.1.5 ;;
'buildx version') echo 'github.com/docker/buildx v0.13.1 0' ;;
*) exit 1 ;;
esac
";

struct Machine {
    folder: tempfile::TempDir,
}

impl Machine {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let client = folder.path().join("docker");
        fs::write(&client, CLIENT).unwrap();
        fs::set_permissions(&client, fs::Permissions::from_mode(0o755)).unwrap();
        Self { folder }
    }

    fn command(&self, program: &str, args: &[&str]) -> Command {
        let mut command = Command::new(program);
        command.args(args).env_clear().env("PATH", self.folder.path()).current_dir(self.folder.path());
        command
    }

    fn rig(&self, args: &[&str]) -> Command {
        self.command(env!("CARGO_BIN_EXE_rig"), args)
    }
}

fn hints(output: &Output) -> Vec<String> {
    let told = String::from_utf8(output.stderr.clone()).unwrap();
    told.lines().filter_map(|line| line.strip_prefix("hint: ").map(str::to_owned)).collect()
}

#[test]
fn a_folder_for_the_cache_helps() {
    let machine = Machine::new();
    for (folder, hint) in [(None, FOLDER), (Some(&b"here"[..]), FOLDER), (Some(b"/caf\xe9"), TEXT_FOLDER)] {
        let mut command = machine.rig(&["status"]);
        let folder = folder.map(|folder| ("TASKFLOW_RIG_DIR", OsStr::from_bytes(folder)));
        let output = command.envs(folder).output().unwrap();
        let hints = hints(&output);
        assert_eq!((output.status.code(), hints.as_slice()), (Some(2), [hint.to_owned()].as_slice()));
        let variable = hints[0].split(' ').nth(1).unwrap();
        let output = machine.rig(&["status"]).env(variable, machine.folder.path().join("cache")).output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    }
}

#[test]
fn the_default_endpoint_helps() {
    let machine = Machine::new();
    let cache = machine.folder.path().join("cache");
    let up = || {
        let mut command = machine.rig(&["up", "engine"]);
        command.env("TASKFLOW_RIG_DIR", &cache).env("HOME", machine.folder.path());
        command
    };
    let output = up().env("DOCKER_HOST", "unix:///nonexistent/docker.sock").output().unwrap();
    let hints = hints(&output);
    assert_eq!((output.status.code(), hints.as_slice()), (Some(2), [ENDPOINT.to_owned()].as_slice()));
    let spans: Vec<&str> = hints[0].split('`').skip(1).step_by(2).collect();
    let [variable, call] = spans[..] else { panic!("{spans:?}") };
    let (program, args) = call.split_once(' ').unwrap();
    let program = machine.folder.path().join(program);
    let status = machine.command(program.to_str().unwrap(), &args.split(' ').collect::<Vec<_>>()).status().unwrap();
    assert!(status.success(), "{call}");
    let output = up().env("DOCKER_HOST", "unix:///nonexistent/docker.sock").env_remove(variable).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
}

/// The texts of all hints in the sources.
fn written() -> Vec<String> {
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src")];
    let mut files: Vec<PathBuf> = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() { folders.push(path) } else { files.push(path) }
        }
    }
    let mut hints = Vec::new();
    for file in files {
        let text = fs::read_to_string(file).unwrap();
        // Tests stand at the end of a file.
        let code = text.split("#[cfg(test)]").next().unwrap();
        for call in code.split(".hint(").skip(1) {
            let argument = call.trim_start().trim_start_matches("format!(").trim_start();
            let literal = argument.strip_prefix('"').and_then(|rest| rest.split('"').next());
            hints.push(literal.unwrap_or_else(|| argument.split(')').next().unwrap()).to_owned());
        }
    }
    hints
}

#[test]
fn every_hint_is_carried_out_or_says_why_not() {
    let written = written();
    assert!(written.len() > 10, "{written:?}");
    // Constants, and the parameter of the function itself.
    let names = ["ABSOLUTE"];
    let known = |hint: &String| {
        *hint == ENDPOINT
            || *hint == TEXT_FOLDER
            || names.contains(&hint.as_str())
            || OTHERS.iter().any(|(other, _)| other == hint)
    };
    let unknown: Vec<&String> = written.iter().filter(|hint| !known(hint)).collect();
    assert!(unknown.is_empty(), "no test carries out {unknown:?}");
    let unused: Vec<_> = OTHERS.iter().filter(|(other, _)| !written.iter().any(|hint| hint == other)).collect();
    assert!(unused.is_empty(), "no code has these hints: {unused:?}");
}
