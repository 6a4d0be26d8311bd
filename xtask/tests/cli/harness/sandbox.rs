//! A repository of its own for a test, with fake tools and nothing of the machine: no user settings, no other PATH.
//!
//! Fakes are strict: a call that no rule expects fails, and so does the test.

use std::ffi::OsString;
use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

use super::fakes::Rule;
use super::run::Run;

/// What the repository holds before a test changes it.
pub(crate) const CONFIG: &str = "\
schema = 1

[project]
name = \"taskflow\"
version = \"1.0.0\"

[component.frontend]
context = \"frontend\"

[component.backend]
context = \"backend\"
";

/// The environment variables that fakes note down when they are set.
const NOTED: [&str; 7] = [
    "DOCKER_BUILDKIT",
    "NODE_ENV",
    "API_URL",
    "BUILD_NOTE",
    "TASKFLOW_TEST_DATABASE_URL",
    "TASKFLOW_TEST_DATABASE_URL_IN_CONTAINER",
    "CHROMIUM",
];

/// Ends every item of a noted call, so that blanks and quotes need no care.
const SEPARATOR: char = '\u{1f}';

/// A temporary world: `repository/`, `home/`, `bin/`, and what the fakes noted.
pub(crate) struct Sandbox {
    _folder: TempDir,
    base: PathBuf,
    /// The root of the repository.
    pub(crate) root: PathBuf,
    variables: Vec<(String, OsString)>,
}

/// A call that a fake noted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Call {
    /// The folder, relative to the repository.
    pub(crate) folder: String,
    /// The variables of `NOTED` that were set, as `NAME=VALUE`.
    pub(crate) env: Vec<String>,
    /// The program and its arguments.
    pub(crate) argv: Vec<String>,
}

impl Sandbox {
    /// A folder with nothing in it: no git, no taskflow.toml.
    pub(crate) fn empty() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let base = folder.path().canonicalize().unwrap();
        for name in ["repository", "home", "bin", "marks"] {
            fs::create_dir(base.join(name)).unwrap();
        }
        Self { _folder: folder, root: base.join("repository"), base, variables: Vec::new() }
    }

    /// Two components, committed on `main`.
    pub(crate) fn new() -> Self {
        let sandbox = Self::without_git();
        sandbox.git(&["init", "--quiet", "--initial-branch=main"]);
        sandbox.commit();
        sandbox
    }

    /// Two components that no git knows of.
    pub(crate) fn without_git() -> Self {
        let sandbox = Self::empty();
        sandbox.write("taskflow.toml", CONFIG);
        sandbox.write(".gitignore", "/target\n");
        sandbox.write("frontend/Dockerfile", "FROM node:20-alpine\nCOPY . .\nRUN npm ci\n");
        sandbox.write("backend/Dockerfile", "FROM python:3.13-slim\nCOPY . .\nRUN pip install .\n");
        sandbox
    }

    /// Adds what taskflow.toml declares to the Dockerfiles: an `ARG` for each build arg, and a step for each secret.
    pub(crate) fn take_declared(&self) {
        let text = self.read("taskflow.toml");
        let Ok(config) = xtask::domain::config::parse("taskflow.toml", &text) else { return };
        for component in config.components {
            let dockerfile = self.read(&component.dockerfile);
            let args = component.build_args.iter().map(|arg| format!("ARG {}\n", arg.name));
            let steps =
                component.build_secrets.iter().map(|secret| format!("RUN --mount=type=secret,id={} true\n", secret.id));
            let added: String = args.chain(steps).filter(|line| !dockerfile.contains(line.as_str())).collect();
            self.write(&component.dockerfile, &(dockerfile + &added));
        }
    }

    /// A folder or file of the sandbox itself, outside the repository.
    pub(crate) fn outside(&self, name: &str) -> PathBuf {
        self.base.join(name)
    }

    /// A file that fakes and tests leave for each other.
    pub(crate) fn mark(&self, name: &str) -> PathBuf {
        self.base.join("marks").join(name)
    }

    /// Writes a file of the repository, and the folders above it.
    pub(crate) fn write(&self, path: &str, text: &str) {
        let path = self.root.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// Reads a file of the repository.
    pub(crate) fn read(&self, path: &str) -> String {
        fs::read_to_string(self.root.join(path)).unwrap()
    }

    /// Sets a variable for every later run.
    pub(crate) fn set(&mut self, name: &str, value: impl Into<OsString>) {
        self.variables.push((name.to_owned(), value.into()));
    }

    /// Runs the real git, without anybody's settings; returns what it printed.
    pub(crate) fn git(&self, args: &[&str]) -> String {
        let mut command = Command::new("git");
        command.args(args).current_dir(&self.root).env_clear().env("PATH", std::env::var_os("PATH").unwrap());
        command.env("HOME", self.base.join("home")).env("GIT_CONFIG_NOSYSTEM", "1");
        command.env("GIT_CONFIG_SYSTEM", "/dev/null").env("GIT_CONFIG_GLOBAL", "/dev/null").env("LC_ALL", "C");
        for role in ["AUTHOR", "COMMITTER"] {
            command.env(format!("GIT_{role}_NAME"), "Test").env(format!("GIT_{role}_EMAIL"), "test@example.org");
            command.env(format!("GIT_{role}_DATE"), "2026-01-02T03:04:05Z");
        }
        let output = command.output().unwrap();
        assert!(output.status.success(), "git {args:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    }

    /// Commits everything.
    pub(crate) fn commit(&self) {
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "--allow-empty", "--message=state"]);
    }

    /// Puts a fake tool on PATH, in the place of an earlier one of that name.
    pub(crate) fn fake(&self, program: &str, rules: impl IntoIterator<Item = Rule>) {
        let (calls, marks) = (self.base.join("calls"), self.base.join("marks"));
        let mut script = format!("#!/bin/sh\ncalls='{}' marks='{}' env=''\n", calls.display(), marks.display());
        for name in NOTED {
            writeln!(script, "[ -z \"${{{name}+set}}\" ] || env=\"${{env}}{name}=${name}$(printf '\\036')\"").unwrap();
        }
        script += "separator=$(printf '\\037')\nline=$PWD$separator$env$separator${0##*/}$separator\n";
        script += "for arg in \"$@\"; do line=\"$line$arg$separator\"; done\nprintf '%s\\n' \"$line\" >>\"$calls\"\n";
        for (number, rule) in rules.into_iter().enumerate() {
            script += &rule.script(&format!("{program}.{number}.used"));
        }
        script += "printf 'unexpected call: %s %s\\n' \"${0##*/}\" \"$*\" >>\"$marks/unexpected\"\nexit 97\n";
        // Another process writes the program: a descriptor of ours that some other test's child inherits while it is
        // open for writing would make the system refuse to run it.
        let source = self.base.join("script");
        fs::write(&source, script).unwrap();
        let copy = "cat \"$1\" >\"$2.new\" && chmod 755 \"$2.new\" && mv -f \"$2.new\" \"$2\"";
        let target = self.base.join("bin").join(program);
        let status = Command::new("sh").args(["-c", copy, "sh"]).arg(source).arg(target).status().unwrap();
        assert!(status.success());
    }

    /// Puts a real tool on PATH, for what fakes need.
    pub(crate) fn real(&self, program: &str) {
        let path = std::env::var_os("PATH").unwrap();
        let real = std::env::split_paths(&path).map(|folder| folder.join(program)).find(|path| path.is_file());
        std::os::unix::fs::symlink(real.unwrap(), self.base.join("bin").join(program)).unwrap();
    }

    /// xtask in the repository, not yet started.
    pub(crate) fn command(&self, args: &[&str]) -> Command {
        self.program(env!("CARGO_BIN_EXE_xtask"), args)
    }

    /// Any program in the repository, with the sandbox's environment.
    pub(crate) fn program(&self, program: &str, args: &[&str]) -> Command {
        let mut command = Command::new(program);
        command.args(args).current_dir(&self.root).env_clear().env("PATH", self.base.join("bin"));
        command.env("HOME", self.base.join("home")).env("LC_ALL", "C").env("COLUMNS", "100");
        command.envs(self.variables.iter().map(|(name, value)| (name, value)));
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    /// Runs xtask in the repository.
    pub(crate) fn xtask(&self, args: &[&str]) -> Run {
        self.finished(&self.command(args).output().unwrap())
    }

    /// What came out of a run that was started by `command`; no fake may have met a call that it does not know.
    pub(crate) fn finished(&self, output: &Output) -> Run {
        let run = Run::new(output, &self.base, &self.commit_id());
        let unexpected = fs::read_to_string(self.mark("unexpected")).unwrap_or_default();
        assert_eq!(unexpected, "", "stdout: {}\nstderr: {}", run.stdout, run.stderr);
        run
    }

    /// The commit that HEAD was moved to last; empty without one.
    pub(crate) fn commit_id(&self) -> String {
        let moves = fs::read_to_string(self.root.join(".git/logs/HEAD")).unwrap_or_default();
        moves.lines().next_back().and_then(|line| line.split(' ').nth(1)).unwrap_or_default().to_owned()
    }

    /// The calls that fakes have noted since the last time somebody asked here.
    pub(crate) fn take_calls(&self) -> Vec<Call> {
        let calls = self.calls();
        let _none_yet = fs::remove_file(self.base.join("calls"));
        calls
    }

    /// The calls that fakes have noted.
    pub(crate) fn calls(&self) -> Vec<Call> {
        let text = fs::read_to_string(self.base.join("calls")).unwrap_or_default();
        text.lines().map(|line| self.call(line)).collect()
    }

    fn call(&self, line: &str) -> Call {
        let mut items = line.strip_suffix(SEPARATOR).unwrap().split(SEPARATOR).map(str::to_owned);
        let folder = PathBuf::from(items.next().unwrap());
        let env = items.next().unwrap().split_terminator('\u{1e}').map(str::to_owned).collect();
        let folder = folder.strip_prefix(&self.root).unwrap_or(&folder).display().to_string();
        Call { folder, env, argv: items.collect() }
    }

    /// The calls as one text, a line each.
    pub(crate) fn transcript(&self) -> String {
        self.calls().iter().fold(String::new(), |text, call| text + &call.argv.join(" ") + "\n")
    }
}
