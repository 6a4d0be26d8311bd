//! Writes to a repository with the git program, so that signing, hooks, and credentials are the user's own.
//!
//! Objects are made before any reference points to them. Files that git reads or writes on the way are in a scratch
//! folder.

mod objects;
mod questions;
mod references;
mod working_tree;

use std::ffi::OsStr;
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use process::{Captured, Invocation, Runner};

use crate::domain::git_answers::{self, one_line};
use crate::domain::release::git_argv;
use crate::effects::clock;
use crate::effects::environment;
use crate::effects::tool::ToolError;

pub use objects::Draft;

/// Time limit of a call on this machine. Hooks and signatures take their time.
const LOCAL: Duration = Duration::from_mins(5);

/// Time limit of a call of a remote.
const REMOTE: Duration = Duration::from_mins(10);

/// How often a call is tried while another process holds a lock of git.
const ATTEMPTS: u32 = 20;

/// The time between two attempts.
const BETWEEN: Duration = Duration::from_millis(250);

/// Why git did not do something.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// Git refused, or gave no answer.
    #[error(transparent)]
    Tool(#[from] ToolError),
    /// A file in the scratch folder cannot be written.
    #[error("{0}")]
    Io(#[from] io::Error),
}

impl From<process::RunError> for WriteError {
    fn from(error: process::RunError) -> Self {
        Self::Tool(error.into())
    }
}

/// The repository around the runner's root.
#[derive(Clone, Debug)]
pub struct GitWriter<'a> {
    runner: &'a Runner,
    /// The folder that all working trees of the repository share.
    common: PathBuf,
    /// The folder of the runner's root in the working tree; empty for the top.
    prefix: PathBuf,
}

/// A file of the release commit: its path from the root of the working tree, and its content.
pub type Change = (PathBuf, Vec<u8>);

impl<'a> GitWriter<'a> {
    /// Finds the repository.
    ///
    /// # Errors
    ///
    /// Git gives no answer.
    pub fn open(runner: &'a Runner, root: &Path) -> Result<Self, WriteError> {
        let mut writer = Self { runner, common: PathBuf::new(), prefix: PathBuf::new() };
        let common = writer.answer(&["rev-parse", "--git-common-dir"])?;
        writer.common = root.join(path_of(&common));
        writer.prefix = path_of(&writer.answer(&["rev-parse", "--show-prefix"])?);
        Ok(writer)
    }

    /// Returns the same repository with another runner, such as one for cleanups.
    pub fn with<'b>(&self, runner: &'b Runner) -> GitWriter<'b> {
        GitWriter { runner, common: self.common.clone(), prefix: self.prefix.clone() }
    }

    /// Returns the folder that all working trees of the repository share.
    pub fn common(&self) -> &Path {
        &self.common
    }

    /// Returns the folder of taskflow.toml in the working tree; empty for its root.
    pub fn prefix(&self) -> &Path {
        &self.prefix
    }

    #[expect(clippy::unused_self, reason = "a call belongs to a repository")]
    fn call<A: AsRef<OsStr>>(&self, args: &[A]) -> Invocation {
        git_argv::call(args, &environment::git_location())
    }

    fn ask(&self, call: &Invocation, limit: Duration) -> Result<Captured, WriteError> {
        Ok(self.runner.capture(call, limit)?)
    }

    /// Returns the answer of a call that must succeed.
    fn answered(&self, call: &Invocation) -> Result<Vec<u8>, WriteError> {
        let answer = self.ask(call, LOCAL)?;
        if answer.success() { Ok(answer.stdout_bytes) } else { Err(ToolError::refused(call, words(&answer)).into()) }
    }

    fn answer<A: AsRef<OsStr>>(&self, args: &[A]) -> Result<Vec<u8>, WriteError> {
        self.answered(&self.call(args))
    }

    /// Repeats a call while a lock of git is held. A process that was killed leaves children that still hold one.
    fn patient(&self, call: &Invocation) -> Result<Vec<u8>, WriteError> {
        let mut attempt = 1;
        loop {
            match self.answered(call) {
                Err(WriteError::Tool(ToolError::Refused { words, .. }))
                    if attempt < ATTEMPTS && git_answers::is_locked(&words) =>
                {
                    attempt += 1;
                    clock::pause(BETWEEN);
                }
                other => return other,
            }
        }
    }
}

/// Returns what git said: its errors, or its output without them, as one line each.
fn words(answer: &Captured) -> String {
    let said = if answer.stderr.trim().is_empty() { &answer.stdout } else { &answer.stderr };
    let text: Vec<&str> = said.lines().map(str::trim_end).filter(|line| !line.is_empty()).collect();
    if text.is_empty() { "git gives no reason".to_owned() } else { text.join("\n") }
}

fn one_text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(one_line(bytes)).into_owned()
}

fn path_of(answer: &[u8]) -> PathBuf {
    PathBuf::from(OsStr::from_bytes(one_line(answer)))
}
