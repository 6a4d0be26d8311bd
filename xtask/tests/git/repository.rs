//! A real repository in a folder of its own, with a fixed author and fixed dates.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

/// A repository; its folder goes away with it.
pub(crate) struct Repo {
    _folder: Option<tempfile::TempDir>,
    pub(crate) path: PathBuf,
}

pub(crate) const CONFIG: &str = "schema = 1\n[project]\nname = \"t\"\n[component.a]\ncontext = \"a\"\n";

impl Repo {
    /// A repository without a commit; taskflow.toml declares no version and no default branch but `main`.
    pub(crate) fn empty(init: &[&str]) -> Self {
        let folder = tempfile::Builder::new().prefix("taskflow-git-").tempdir().unwrap();
        let path = folder.path().join("repo");
        std::fs::create_dir_all(path.join("a")).unwrap();
        std::fs::write(path.join("taskflow.toml"), CONFIG).unwrap();
        std::fs::write(path.join("a/Dockerfile"), "FROM scratch\n").unwrap();
        let repo = Self { _folder: Some(folder), path };
        repo.git(&[&["init", "--quiet", "--initial-branch", "main"], init].concat());
        repo
    }

    /// A repository with one commit and the release tag v1.0.0 on it.
    pub(crate) fn new() -> Self {
        let repo = Self::empty(&[]);
        repo.commit("first");
        repo.git(&["tag", "--annotate", "v1.0.0", "--message", "1.0.0"]);
        repo
    }

    /// Another working tree.
    pub(crate) fn at(path: PathBuf) -> Self {
        Self { _folder: None, path }
    }

    /// A path beside the repository.
    pub(crate) fn beside(&self, name: &str) -> PathBuf {
        self.path.parent().unwrap().join(name)
    }

    /// Writes a file and commits everything.
    pub(crate) fn commit(&self, name: &str) {
        std::fs::write(self.path.join(format!("{name}.txt")), name).unwrap();
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "--message", name]);
    }

    /// Runs git; it must succeed.
    pub(crate) fn git(&self, args: &[&str]) -> String {
        let output = self.try_git(args);
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "git {args:?}: {said}");
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    }

    /// Runs git.
    pub(crate) fn try_git(&self, args: &[&str]) -> Output {
        self.command("git").args(args).output().unwrap()
    }

    /// A program in the repository with a clean environment.
    pub(crate) fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(program);
        command.current_dir(&self.path).env_clear().env("PATH", std::env::var_os("PATH").unwrap());
        for (name, value) in [
            ("HOME", "/nonexistent"),
            ("GIT_CONFIG_GLOBAL", "/dev/null"),
            ("GIT_CONFIG_SYSTEM", "/dev/null"),
            ("GIT_AUTHOR_NAME", "Test"),
            ("GIT_AUTHOR_EMAIL", "test@example.org"),
            ("GIT_COMMITTER_NAME", "Test"),
            ("GIT_COMMITTER_EMAIL", "test@example.org"),
            ("GIT_AUTHOR_DATE", "2026-01-02T03:04:05Z"),
            ("GIT_COMMITTER_DATE", "2026-01-02T03:04:05Z"),
            ("GIT_ALLOW_PROTOCOL", "file"),
            ("LC_ALL", "C"),
        ] {
            command.env(name, value);
        }
        command
    }

    /// `xtask tags` with further arguments.
    pub(crate) fn tags(&self) -> Command {
        let mut command = self.command(env!("CARGO_BIN_EXE_xtask"));
        command.args(["tags", "--json"]);
        command
    }

    /// The one tag that the repository gets now.
    pub(crate) fn tag(&self) -> String {
        tag_of(&document(&mut self.tags()))
    }

    /// The message of the error that the repository gives now.
    pub(crate) fn error(&self) -> String {
        error_of(&mut self.tags())
    }

    /// The full ID of HEAD's commit.
    pub(crate) fn head(&self) -> String {
        self.git(&["rev-parse", "HEAD"])
    }

    /// `g` and twelve digits of HEAD.
    pub(crate) fn short(&self) -> String {
        format!("g{}", &self.head()[..12])
    }

    /// Declares a version in taskflow.toml and commits that.
    pub(crate) fn declare(&self, version: &str) {
        let text = CONFIG.replace("[component", &format!("version = \"{version}\"\n[component"));
        std::fs::write(self.path.join("taskflow.toml"), text).unwrap();
        self.git(&["commit", "--quiet", "--all", "--message", "declare"]);
    }
}

/// The document of a call that must succeed.
pub(crate) fn document(command: &mut Command) -> Value {
    let output = command.output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    serde_json::from_slice(&output.stdout).unwrap()
}

/// The one tag of a document.
pub(crate) fn tag_of(document: &Value) -> String {
    document["components"][0]["tags"][0]["tag"].as_str().unwrap().to_owned()
}

/// The reason of the one tag of a document.
pub(crate) fn reason_of(document: &Value) -> String {
    document["components"][0]["tags"][0]["reason"].as_str().unwrap().to_owned()
}

/// The message of the first error of a call that must end with exit code 2.
pub(crate) fn error_of(command: &mut Command) -> String {
    let output = command.output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{said}");
    let document: Value = serde_json::from_slice(&output.stdout).unwrap();
    document["error"]["problems"][0]["message"].as_str().unwrap().to_owned()
}

/// Bytes as an argument.
pub(crate) fn bytes(name: &[u8]) -> &OsStr {
    OsStr::from_bytes(name)
}

/// Whether a path is there, for what git may or may not have made.
pub(crate) fn exists(path: &Path) -> bool {
    path.exists()
}
