//! A repository with two small components, a remote, and an engine with a registry that keep what they are told.
//!
//! Commits have a fixed time, and the IDs of images depend only on their files and labels. So two releases of the same
//! commit have the same IDs everywhere, and pictures can be compared as they are.

use std::ffi::OsString;
use std::fs;
use std::io::{BufRead as _, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use snapbox::{Assert, IntoData};
use tempfile::TempDir;

use crate::picture::Picture;
use crate::stateful_engine::{StatefulEngine, When};
use crate::stateful_node::StatefulNode;

/// The components' base image.
pub(crate) const BASE: &str = "python:3.13-slim";

/// What taskflow.toml says.
pub(crate) const CONFIG: &str = "\
schema = 1

[project]
name = \"tiny\"
version = \"0.9.0\"
default-branch = \"main\"

[component.a]
context = \"a\"

[component.b]
context = \"b\"

[release]
registry = \"registry.test/team\"
version-files = [\"a/package.json\"]
sign = [\"signer\", \"{image}\"]
";

/// The time of all commits.
const TIME: &str = "2026-01-02T03:04:05Z";

/// The arguments of a release that is pushed.
pub(crate) const PUSHED: &[&str] = &["1.0.0", "--yes", "--push"];

/// A repository, its machine, its remote, and its engine.
pub(crate) struct World {
    _folder: TempDir,
    base: PathBuf,
    /// The root of the working tree in which xtask runs.
    pub(crate) root: PathBuf,
    pub(crate) engine: StatefulEngine,
    pub(crate) node: StatefulNode,
    variables: Vec<(String, OsString)>,
}

/// A run of xtask that has ended.
#[derive(Debug)]
pub(crate) struct Run {
    /// The exit code; 1000 and the number of the signal that ended it.
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl World {
    /// One commit on `main`, which the remote has, too; and an engine with the base image.
    pub(crate) fn new() -> Self {
        let world = Self::of(folder());
        let quiet = ["init", "--quiet", "--initial-branch=main", "--template="];
        world.git_in(&world.base, &[&quiet[..], &["--bare", "remote.git"]].concat());
        world.git(&quiet);
        for (key, value) in [
            ("user.name", "Test"),
            ("user.email", "test@example.org"),
            ("remote.origin.url", "../remote.git"),
            ("remote.origin.fetch", "+refs/heads/*:refs/remotes/origin/*"),
        ] {
            world.git(&["config", key, value]);
        }
        world.write("taskflow.toml", CONFIG);
        world.write(".gitignore", "target\n");
        world.write("a/package.json", "{\n  \"name\": \"a\",\n  \"version\": \"0.9.0\"\n}\n");
        for component in ["a", "b"] {
            let dockerfile = format!("FROM {BASE}\nCOPY f /f\nUSER 1000\nCMD [\"cat\", \"/f\"]\n");
            world.write(&format!("{component}/Dockerfile"), &dockerfile);
            world.write(&format!("{component}/f"), &format!("file of {component}\n"));
        }
        world.commit();
        world.git(&["push", "--quiet", "origin", "main"]);
        world.engine.base(BASE, false);
        world
    }

    /// The same world in another folder, as it is now. Nothing may be running in this one.
    pub(crate) fn copy(&self) -> Self {
        let folder = folder();
        let status = Command::new("cp").arg("-a").arg(self.base.join(".")).arg(folder.path()).status().unwrap();
        assert!(status.success());
        Self { variables: self.variables.clone(), ..Self::of(folder) }
    }

    /// Waits until the children of a release that was killed have ended.
    pub(crate) fn settle(&self) {
        if let Ok(children) = fs::File::open(self.root.join(".git/taskflow-release/children")) {
            children.lock().unwrap();
        }
    }

    fn of(folder: TempDir) -> Self {
        let base = folder.path().canonicalize().unwrap();
        for name in ["repository", "home", "bin", "marks", "tmp", "git-faults"] {
            fs::create_dir_all(base.join(name)).unwrap();
        }
        let (bin, state) = (base.join("bin"), base.join("engine"));
        let (engine, node) = (StatefulEngine::install(&bin, &state), StatefulNode::install(&bin, &state));
        let world = Self { _folder: folder, root: base.join("repository"), base, engine, node, variables: Vec::new() };
        world.program("kubectl", "#!/bin/sh\necho '{\"items\":[]}'\n");
        let path = std::env::var_os("PATH").unwrap();
        let git = std::env::split_paths(&path).map(|folder| folder.join("git")).find(|git| git.is_file()).unwrap();
        let named = format!("#!/bin/sh\nbase='{}'\ngit='{}'\n", world.base.display(), git.display());
        world.program("git", &(named + include_str!("git.sh")));
        world.signer("");
        world
    }

    /// A file or folder beside the repository.
    pub(crate) fn outside(&self, name: &str) -> PathBuf {
        self.base.join(name)
    }

    /// A file that faults and tests leave for each other. In shell text, its folder is `$marks`.
    pub(crate) fn mark(&self, name: &str) -> PathBuf {
        self.base.join("marks").join(name)
    }

    /// Whether somebody has left a mark.
    pub(crate) fn has_mark(&self, name: &str) -> bool {
        self.mark(name).exists()
    }

    /// Puts a program on PATH.
    pub(crate) fn program(&self, name: &str, script: &str) {
        self.script(&self.base.join("bin").join(name), script);
    }

    /// Writes an executable file. Another process writes it: a descriptor of this one that the child of some other test
    /// inherits while it is open for writing would make the system refuse to run it.
    pub(crate) fn script(&self, path: &Path, script: &str) {
        let source = self.base.join("script");
        fs::write(&source, script).unwrap();
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        let copy = "cat \"$1\" >\"$2.new\" && chmod 755 \"$2.new\" && mv -f \"$2.new\" \"$2\" && rm \"$1\"";
        let status = Command::new("sh").args(["-c", copy, "sh"]).arg(source).arg(path).status().unwrap();
        assert!(status.success());
    }

    /// Puts the program that signs images on PATH, with shell text that it runs first.
    pub(crate) fn signer(&self, text: &str) {
        let marks = self.base.join("marks").display().to_string();
        self.program("signer", &format!("#!/bin/sh\nmarks='{marks}'\n{text}\necho \"$1\" >>\"$marks/signed\"\n"));
    }

    /// Writes a hook of the repository, or of the remote.
    pub(crate) fn hook(&self, repository: &str, name: &str, text: &str) {
        let marks = self.base.join("marks").display().to_string();
        let script = format!("#!/bin/sh\nmarks='{marks}'\n{text}\n");
        self.script(&self.base.join(repository).join("hooks").join(name), &script);
    }

    /// Writes a file of the working tree, and the folders above it.
    pub(crate) fn write(&self, path: &str, text: &str) {
        let path = self.root.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// Reads a file of the working tree.
    pub(crate) fn read(&self, path: &str) -> String {
        fs::read_to_string(self.root.join(path)).unwrap()
    }

    /// Sets a variable for all later runs of git and xtask.
    pub(crate) fn set(&mut self, name: &str, value: impl Into<OsString>) {
        self.variables.push((name.to_owned(), value.into()));
    }

    /// Runs git in the working tree; returns what it prints.
    pub(crate) fn git(&self, args: &[&str]) -> String {
        self.git_in(&self.root, args)
    }

    /// Runs git in a folder; returns what it prints.
    pub(crate) fn git_in(&self, folder: &Path, args: &[&str]) -> String {
        let mut command = Command::new("git");
        let output = self.at_home(command.args(args).current_dir(folder)).output().unwrap();
        assert!(output.status.success(), "git {args:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap().trim_end().to_owned()
    }

    /// Runs git in the remote.
    pub(crate) fn remote_git(&self, args: &[&str]) -> String {
        self.git_in(&self.base.join("remote.git"), args)
    }

    /// Runs shell text in the working tree.
    #[track_caller]
    pub(crate) fn shell(&self, text: &str) {
        let mut command = Command::new("sh");
        assert!(self.at_home(command.args(["-ec", text]).current_dir(&self.root)).status().unwrap().success());
    }

    /// Runs docker.
    #[track_caller]
    pub(crate) fn docker(&self, args: &[&str]) {
        let mut command = Command::new(self.base.join("bin/docker"));
        assert!(self.at_home(command.args(args).stdout(Stdio::null())).status().unwrap().success());
    }

    /// Commits everything.
    pub(crate) fn commit(&self) {
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "--allow-empty", "--message=state"]);
    }

    /// Gives a command the environment of this world: nothing of the machine but PATH.
    fn at_home<'a>(&self, command: &'a mut Command) -> &'a mut Command {
        command.env_clear().env("PATH", std::env::var_os("PATH").unwrap()).env("HOME", self.base.join("home"));
        command.env("TMPDIR", self.base.join("tmp")).env("LC_ALL", "C").env("COLUMNS", "100");
        command.env("GIT_CONFIG_NOSYSTEM", "1").env("GIT_AUTHOR_DATE", TIME).env("GIT_COMMITTER_DATE", TIME);
        command.envs(self.variables.iter().map(|(name, value)| (name, value))).stdin(Stdio::null())
    }

    /// xtask with these arguments after `release`, not yet started. No signal is ignored.
    pub(crate) fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new("env");
        command.arg("--default-signal=HUP,INT,TERM,XFSZ").arg(env!("CARGO_BIN_EXE_xtask")).arg("release").args(args);
        let folders = std::iter::once(self.base.join("bin"));
        let path = std::env::var_os("PATH").unwrap();
        let path = std::env::join_paths(folders.chain(std::env::split_paths(&path))).unwrap();
        self.at_home(&mut command).env("PATH", path).current_dir(&self.root);
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    /// Runs `xtask release` with these arguments.
    #[track_caller]
    pub(crate) fn release(&self, args: &[&str]) -> Run {
        self.finished(&self.command(args).output().unwrap())
    }

    /// Starts `xtask release` with these arguments.
    pub(crate) fn start(&self, args: &[&str]) -> Child {
        self.command(args).spawn().unwrap()
    }

    /// What came out of a run; the engine may not have met a call that it does not know.
    #[track_caller]
    pub(crate) fn finished(&self, output: &Output) -> Run {
        use std::os::unix::process::ExitStatusExt;
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).replace(&self.base.display().to_string(), "[BASE]");
        let code = output.status.code().or(output.status.signal().map(|signal| 1000 + signal)).unwrap();
        let run = Run { code, stdout: text(&output.stdout), stderr: text(&output.stderr) };
        assert_eq!(self.engine.unexpected(), "", "{run:?}");
        run
    }

    /// Everything that a release may change, as it is now.
    pub(crate) fn picture(&self) -> Picture {
        Picture::of(self, &self.root)
    }

    /// The steps that have begun and not ended, by the journal.
    pub(crate) fn running_step(&self) -> Option<String> {
        let common = self.git(&["rev-parse", "--path-format=absolute", "--git-common-dir"]);
        let text = fs::read(Path::new(&common).join("taskflow-release/journal.json")).ok()?;
        let journal: serde_json::Value = serde_json::from_slice(&text).unwrap();
        let step = journal["steps"].as_array().unwrap().last()?;
        (step["state"] == "begun").then(|| step["step"].as_str().unwrap().to_owned())
    }

    /// Adds a fault of a program, `git`, `docker`, `minikube`, or `signer`: shell text, one line, that is run before or after calls whose
    /// arguments match a shell pattern. It can end the call with `exit`.
    pub(crate) fn fault(&self, program: &str, name: &str, pattern: &str, when: When, text: &str) {
        if program == "signer" {
            return self.signer(text);
        }
        let text = format!("marks='{}'; {text}", self.base.join("marks").display());
        match program {
            "docker" => return self.engine.fault(name, pattern, when, &text),
            "minikube" => return self.node.fault(name, pattern, when, &text),
            _ => assert_eq!(program, "git"),
        }
        let when = if when == When::Before { "before" } else { "after" };
        let new = self.base.join("git-fault.new");
        fs::write(&new, format!("{pattern}\n{when}\n{text}\n")).unwrap();
        fs::rename(new, self.base.join("git-faults").join(name)).unwrap();
    }
}

/// A folder in memory, if the system has one from which programs can be run: hundreds of worlds are made.
fn folder() -> TempDir {
    let mounts = fs::read_to_string("/proc/mounts").unwrap_or_default();
    let mut fields = mounts.lines().map(|line| line.split(' ').collect::<Vec<_>>());
    let is_usable = |fields: Vec<&str>| matches!(fields.as_slice(), [_, "/dev/shm", "tmpfs", options, ..] if !options.split(',').any(|option| option == "noexec"));
    let in_memory = fields.any(is_usable).then(|| tempfile::tempdir_in("/dev/shm").ok()).flatten();
    in_memory.unwrap_or_else(|| tempfile::tempdir().unwrap())
}

/// Reads standard error of a child until it has a text; returns what was read, and the rest to read.
#[track_caller]
pub(crate) fn read_until(child: &mut Child, text: &str) -> (String, impl Read + use<>) {
    let mut rest = BufReader::new(child.stderr.take().unwrap());
    let mut said = String::new();
    while !said.contains(text) {
        assert_ne!(rest.read_line(&mut said).unwrap(), 0, "no `{text}` in: {said}");
    }
    (said, rest)
}

impl Run {
    /// Checks the exit code.
    #[track_caller]
    pub(crate) fn code(self, expected: i32) -> Self {
        assert_eq!(self.code, expected, "\nstdout: {}\nstderr: {}", self.stdout, self.stderr);
        self
    }

    /// Compares the last error with a snapshot; `SNAPSHOTS=overwrite` takes it as the new one.
    #[track_caller]
    pub(crate) fn error(&self, expected: impl IntoData) {
        let error = self.stderr.split_inclusive('\n').skip_while(|line| !line.starts_with("error: "));
        let error: String = error.collect();
        Assert::new().action_env("SNAPSHOTS").normalize_paths(false).eq(error, expected);
    }

    /// Checks that standard error has a text.
    #[track_caller]
    pub(crate) fn says(self, text: &str) -> Self {
        assert!(self.stderr.contains(text), "`{text}` is not in: {}", self.stderr);
        self
    }
}
