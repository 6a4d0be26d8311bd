//! A repository with two small components, a real git, and an engine that keeps what it is told.

use std::fmt::Write as _;
use std::fs;
use std::io::{Read, Write as _};
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::{Output, Stdio};

use crate::harness::run::Run;
use crate::harness::sandbox::Sandbox;
use crate::harness::stateful_engine::StatefulEngine;
use crate::harness::tiny;
pub(crate) use crate::harness::tiny::{BASE, CONFIG};

/// What a question ends with.
const QUESTION_END: &[u8] = b"[y/N] ";

/// A repository, its machine, and its engine.
pub(crate) struct World {
    pub(crate) sandbox: Sandbox,
    pub(crate) engine: StatefulEngine,
}

impl World {
    /// One commit on `main`, and an engine with the base image.
    pub(crate) fn new() -> Self {
        let world = Self::in_folder("");
        world.sandbox.commit();
        world
    }

    /// A repository whose taskflow.toml and components are in a folder; nothing is committed.
    pub(crate) fn in_folder(folder: &str) -> Self {
        let (sandbox, engine) = tiny::in_folder(folder);
        Self { sandbox, engine }
    }

    /// Adds a bare repository as the remote `origin`, with what was committed; returns its path.
    pub(crate) fn remote(&self) -> PathBuf {
        tiny::remote(&self.sandbox)
    }

    /// Runs `release` with these arguments.
    pub(crate) fn release(&self, args: &[&str]) -> Run {
        self.finished(&self.sandbox.command(&[&["release"], args].concat()).output().unwrap())
    }

    /// Releases a version without a question; it must work.
    #[track_caller]
    pub(crate) fn released(&self, version: &str) -> Run {
        self.release(&[version, "--yes"]).code(0)
    }

    /// Runs only the preflight; returns the exit code, and the lines with this name and their repairs.
    pub(crate) fn line(&self, name: &str, args: &[&str]) -> (i32, String) {
        let run = self.release(&[&["1.1.0", "--check"], args].concat());
        let mut found = String::new();
        let mut is_repair_of_it = false;
        for line in run.stderr.lines() {
            let mut words = line.split_whitespace();
            let first = words.next();
            let is_it = words.next() == Some(name);
            if is_it || is_repair_of_it && first == Some("hint:") {
                found.push_str(line);
                found.push('\n');
            }
            is_repair_of_it = is_it || is_repair_of_it && first == Some("hint:");
        }
        (run.code, found)
    }

    /// Runs `release` on a terminal of its own, and types this when it asks; returns the exit code and what it says.
    pub(crate) fn on_a_terminal(&self, args: &str, typed: &str) -> (i32, String) {
        let call = format!("{} release {args}", env!("CARGO_BIN_EXE_xtask"));
        // `script` gives the run a terminal of its own, whose foreground is xtask's group.
        let mut command =
            self.sandbox.program("/usr/bin/script", &["--quiet", "--return", "--command", &call, "/dev/null"]);
        let mut child = command.env("TERM", "dumb").stdin(Stdio::piped()).spawn().unwrap();
        let (mut input, mut output) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
        let (mut said, mut part) = (Vec::new(), [0; 4096]);
        while let Ok(length @ 1..) = output.read(&mut part) {
            let asked_before = said.ends_with(QUESTION_END);
            said.extend_from_slice(&part[..length]);
            if said.ends_with(QUESTION_END) && !asked_before {
                input.write_all(typed.as_bytes()).unwrap();
            }
        }
        let status = child.wait().unwrap();
        let output = Output { status, stdout: said, stderr: Vec::new() };
        let run = self.finished(&output);
        (run.code, run.stdout.replace('\r', ""))
    }

    /// Everything that a release could change: all files of the repository with `.git`, of the engine, of the registry,
    /// and of the remote.
    pub(crate) fn everything(&self) -> Vec<(PathBuf, u32, Vec<u8>)> {
        let [engine, registry] = self.engine.folders();
        let mut folders = vec![self.sandbox.root.clone(), engine, registry, self.sandbox.outside("remote.git")];
        let mut files = Vec::new();
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).into_iter().flatten().map(Result::unwrap) {
                let facts = entry.metadata().unwrap();
                let content = if facts.is_file() { fs::read(entry.path()).unwrap() } else { Vec::new() };
                files.push((entry.path(), facts.permissions().mode(), content));
                if facts.is_dir() {
                    folders.push(entry.path());
                }
            }
        }
        files.sort();
        files
    }

    /// What came out of a run; the engine may not have met a call that it does not know.
    #[track_caller]
    pub(crate) fn finished(&self, output: &Output) -> Run {
        let run = Run::new(output, &self.sandbox.outside(""), "");
        assert_eq!(self.engine.unexpected(), "", "stdout: {}\nstderr: {}", run.stdout, run.stderr);
        Run { code: run.code, stdout: redacted(&run.stdout), stderr: redacted(&run.stderr) }
    }
}

/// Numbers commits and digests, and removes times in seconds: they differ from run to run.
pub(crate) fn redacted(text: &str) -> String {
    let mut known: Vec<String> = Vec::new();
    let mut shown = String::new();
    let mut rest = text;
    while let Some(start) = rest.find(|letter: char| letter.is_ascii_digit() || ('a'..='f').contains(&letter)) {
        shown.push_str(&rest[..start]);
        let found = &rest[start..];
        let end = found.find(|letter: char| !letter.is_ascii_alphanumeric()).unwrap_or(found.len());
        let word = &found[..end];
        let is_hex = word.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte));
        if is_hex && [12, 40, 64].contains(&word.len()) {
            let id = word[..12].to_owned();
            let number = known.iter().position(|known| *known == id).unwrap_or_else(|| {
                known.push(id);
                known.len() - 1
            });
            write!(shown, "[ID-{}]", number + 1).unwrap();
        } else if word.len() == 10 && word.bytes().all(|byte| byte.is_ascii_digit()) {
            shown.push_str("[SECONDS]");
        } else {
            shown.push_str(word);
        }
        rest = &found[end..];
    }
    shown + rest
}
