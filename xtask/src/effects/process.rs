//! Child processes: run and capture, or run and follow line by line.

use std::fs::File;
use std::io::{PipeReader, Read, Write};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use duct::{Expression, Handle};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{Pid, WaitId, WaitIdOptions, waitid};

use super::signals::{Group, received};
use crate::domain::git_argv::LOCATION_VARIABLES;
use crate::domain::invocation::Invocation;
use crate::domain::masking::Masking;
use crate::domain::secrets::Scanner;

/// Runs invocations below one repository root.
#[derive(Clone, Debug)]
pub struct Runner {
    root: PathBuf,
    /// Secrets that this machine knows: no output of a child shows them.
    known: Masking,
    /// Variables that no child inherits.
    withheld: Vec<String>,
}

/// What a child said.
#[derive(Clone, Debug)]
pub struct Captured {
    /// Exit code; `None` after a signal.
    pub code: Option<i32>,
    /// Standard output.
    pub stdout: String,
    /// Standard output as it came, for what need not be text.
    pub stdout_bytes: Vec<u8>,
    /// Standard error.
    pub stderr: String,
}

impl Captured {
    /// Everything that was said, on both streams.
    pub fn talk(&self) -> String {
        let between = if self.stdout.is_empty() || self.stdout.ends_with('\n') { "" } else { "\n" };
        [self.stdout.as_str(), between, self.stderr.as_str()].concat()
    }
}

/// Why a child gave no answer.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// Not installed.
    #[error("`{0}` is not installed or not on PATH")]
    NotFound(String),
    /// Took too long and was ended.
    #[error("`{program}` gave no answer within {seconds} s")]
    TimedOut {
        /// The program.
        program: String,
        /// The limit.
        seconds: u64,
    },
    /// We were told to end.
    #[error("interrupted")]
    Interrupted(i32),
    /// The log file could not be written.
    #[error("cannot write the log file `{path}`: {source}")]
    Log {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// Anything else that the system said.
    #[error("cannot run `{program}`: {source}")]
    Io {
        /// The program.
        program: String,
        /// Why.
        source: std::io::Error,
    },
}

impl Runner {
    /// A runner for a repository.
    pub fn new(root: &Path) -> Self {
        Self { root: root.to_path_buf(), known: Masking::default(), withheld: Vec::new() }
    }

    /// The same, for a machine that knows secrets: their values are taken out of what children say, and their variables
    /// out of what children get.
    #[must_use]
    pub fn keeping(self, known: Masking, withheld: Vec<String>) -> Self {
        Self { known, withheld, ..self }
    }

    /// The same, for calls that may say secrets that nobody has declared.
    #[must_use]
    pub fn listening(&self, scanner: &Arc<Scanner>) -> Self {
        Self { known: self.known.clone().and_found_by(Arc::clone(scanner)), ..self.clone() }
    }

    /// What is taken out of everything that this call says.
    pub fn masking(&self, invocation: &Invocation) -> Masking {
        Masking::of(invocation).with(&self.known)
    }

    /// Runs a short question and takes its whole answer.
    pub fn capture(&self, invocation: &Invocation, timeout: Duration) -> Result<Captured, RunError> {
        let answer = self.watch(invocation, timeout, &mut |_| true)?;
        answer.ok_or_else(|| io(invocation, std::io::ErrorKind::Interrupted.into()))
    }

    /// Runs a short call that takes back what was done, also after a signal; whether it worked.
    pub fn take_back(&self, invocation: &Invocation, timeout: Duration) -> bool {
        let expression = self.expression(invocation).stdout_null().stderr_null();
        let Ok(handle) = expression.start() else { return false };
        let group = Group::taking_back(handle.pids().first().copied().unwrap_or_default());
        let ended = handle.wait_timeout(timeout).ok().flatten().is_some_and(|output| output.status.success());
        if !ended {
            group.kill();
            let _ended = handle.wait();
        }
        ended
    }

    /// Runs a long call; each line of both streams goes to the log file, then to `each_line`. Returns the exit code.
    ///
    /// `each_line` gets the line as it came, to be understood, and with the hidden values taken out, to be shown.
    pub fn follow(
        &self,
        invocation: &Invocation,
        log: Option<(&mut File, &Path)>,
        mut each_line: impl FnMut(&str, &str),
    ) -> Result<Option<i32>, RunError> {
        let (reader, writer) = std::io::pipe().map_err(|source| io(invocation, source))?;
        let both = writer.try_clone().map_err(|source| io(invocation, source))?;
        let expression = self.expression(invocation).stdout_file(writer).stderr_file(both);
        let handle = start(invocation, &expression)?;
        // The pipe ends when the last writer is gone, so ours must go now.
        drop(expression);
        let group = group_of(&handle);
        let masking = self.masking(invocation);
        let mut lines = Lines { log, masking: &masking, each_line: &mut each_line, rest: Vec::new() };
        let followed = lines.read(reader, &handle);
        if followed.is_err() {
            group.kill();
        }
        let code = reap(invocation, &handle, group)?;
        followed?;
        match received() {
            Some(signal) => Err(RunError::Interrupted(signal)),
            None => Ok(code),
        }
    }

    pub(super) fn expression(&self, invocation: &Invocation) -> Expression {
        let folder = self.root.join(&invocation.cwd);
        // A path is meant from the child's folder, as in a shell; duct would take it from ours.
        let program = match invocation.program.as_str() {
            path if path.contains('/') => folder.join(path).into_os_string(),
            name => name.into(),
        };
        let mut expression =
            duct::cmd(program, &invocation.args).dir(folder).stdin_null().unchecked().before_spawn(|command| {
                command.process_group(0);
                Ok(())
            });
        // What tells git which repository to use was meant for us (a hook sets it), not for every child.
        // duct takes a removal over a value, so what the call sets itself is not removed.
        let own = |name: &&str| invocation.env.iter().any(|(set, _)| set == name);
        let withheld = LOCATION_VARIABLES.into_iter().chain(self.withheld.iter().map(String::as_str));
        for name in withheld.filter(|name| !own(name)) {
            expression = expression.env_remove(name);
        }
        for (name, value) in &invocation.env {
            expression = expression.env(name, value.reveal());
        }
        expression
    }
}

pub(super) fn start(invocation: &Invocation, expression: &Expression) -> Result<Handle, RunError> {
    if let Some(signal) = received() {
        return Err(RunError::Interrupted(signal));
    }
    expression.start().map_err(|source| match source.kind() {
        std::io::ErrorKind::NotFound => RunError::NotFound(invocation.program.clone()),
        _ => io(invocation, source),
    })
}

pub(super) fn group_of(handle: &Handle) -> Group {
    Group::register(handle.pids().first().copied().unwrap_or_default())
}

/// Waits without reaping, forgets the group, then reaps: the number cannot be another process' while we know it.
pub(super) fn reap(invocation: &Invocation, handle: &Handle, group: Group) -> Result<Option<i32>, RunError> {
    for pid in handle.pids() {
        if let Some(pid) = i32::try_from(pid).ok().and_then(Pid::from_raw) {
            let _ended = waitid(WaitId::Pid(pid), WaitIdOptions::EXITED | WaitIdOptions::NOWAIT);
        }
    }
    // Grandchildren that have closed our pipe are still in the group.
    if received().is_some() {
        group.kill();
    }
    drop(group);
    let output = handle.wait().map_err(|source| io(invocation, source))?;
    Ok(output.status.code())
}

/// How often the end of a child is looked for while it says nothing.
const LOOK: Duration = Duration::from_millis(100);

/// What a child says, line by line.
struct Lines<'a, F> {
    log: Option<(&'a mut File, &'a Path)>,
    masking: &'a Masking,
    each_line: &'a mut F,
    /// The beginning of a line that is not complete yet.
    rest: Vec<u8>,
}

impl<F: FnMut(&str, &str)> Lines<'_, F> {
    /// Reads until the pipe ends, or until the child has ended and nothing more comes: a descendant that keeps the
    /// pipe open must not hold us.
    fn read(&mut self, mut reader: PipeReader, handle: &Handle) -> Result<(), RunError> {
        let mut buffer = [0; 8192];
        loop {
            let ended = has_ended(handle);
            let mut ready = [PollFd::new(&reader, PollFlags::IN)];
            let wait = Timespec::try_from(LOOK).ok();
            let something = poll(&mut ready, wait.as_ref()).is_ok_and(|count| count > 0);
            if !something {
                if ended {
                    break;
                }
                continue;
            }
            match reader.read(&mut buffer) {
                Ok(0) | Err(_) => break,
                Ok(bytes) => self.take(buffer.get(..bytes).unwrap_or_default())?,
            }
        }
        let rest = std::mem::take(&mut self.rest);
        if rest.is_empty() { Ok(()) } else { self.line(&rest) }
    }

    fn take(&mut self, bytes: &[u8]) -> Result<(), RunError> {
        for piece in bytes.split_inclusive(|byte| *byte == b'\n') {
            self.rest.extend_from_slice(piece);
            if piece.ends_with(b"\n") {
                let line = std::mem::take(&mut self.rest);
                self.line(&line)?;
            }
        }
        Ok(())
    }

    fn line(&mut self, line: &[u8]) -> Result<(), RunError> {
        let text = String::from_utf8_lossy(line);
        let shown = self.masking.apply_to_talk(&text);
        if let Some((file, path)) = &mut self.log {
            let written = file.write_all(shown.as_bytes());
            written.map_err(|source| RunError::Log { path: path.to_path_buf(), source })?;
        }
        (self.each_line)(last_state(&text), last_state(&shown));
        Ok(())
    }
}

/// Progress that overwrites itself ends in carriage returns; its last state counts.
fn last_state(text: &str) -> &str {
    let text = text.trim_end_matches(['\n', '\r']);
    text.rsplit('\r').next().unwrap_or(text)
}

/// Whether a child has ended, without reaping it.
fn has_ended(handle: &Handle) -> bool {
    let options = WaitIdOptions::EXITED | WaitIdOptions::NOWAIT | WaitIdOptions::NOHANG;
    handle.pids().into_iter().filter_map(|pid| Pid::from_raw(i32::try_from(pid).ok()?)).all(|pid| {
        // An error means that it is not ours to wait for any more.
        waitid(WaitId::Pid(pid), options).map_or(true, |status| status.is_some())
    })
}

pub(super) fn io(invocation: &Invocation, source: std::io::Error) -> RunError {
    RunError::Io { program: invocation.program.clone(), source }
}
