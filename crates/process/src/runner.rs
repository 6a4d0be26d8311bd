//! Starts children and captures short answers whole.

use std::fs::File;
use std::io::PipeReader;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use duct::Expression;

use crate::child::{Child, OutputReader, Stop, asker};
use crate::error::RunError;
use crate::invocation::Invocation;
use crate::masking::Masking;
use crate::signals::received;

/// The size limit of a captured answer, in megabytes.
pub(crate) const MEGABYTES: usize = 256;

/// Runs invocations below one root folder.
///
/// ```
/// use std::path::Path;
/// use std::time::Duration;
/// use process::{Invocation, Runner};
///
/// let runner = Runner::new(Path::new("/")).withholding(["GIT_DIR"]);
/// let answer = runner.capture(&Invocation::new("pwd", ["-P"]).within("tmp"), Duration::from_secs(10))?;
/// assert!(answer.success());
/// # Ok::<(), process::RunError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Runner {
    root: PathBuf,
    /// Values that are masked in the output of all children.
    known: Masking,
    /// Variables that no child inherits.
    withheld: Vec<String>,
    /// Whether children may start after a signal.
    cleans_up: bool,
}

/// The output of a child that has ended, and its exit code.
#[derive(Clone, Debug)]
pub struct Captured {
    /// The exit code; none if a signal ended the child.
    pub code: Option<i32>,
    /// The standard output, without the hidden values.
    pub stdout: String,
    /// The standard output as it came, for binary data. Hidden values are still in it.
    pub stdout_bytes: Vec<u8>,
    /// The standard error, without the hidden values.
    pub stderr: String,
}

impl Captured {
    /// Whether the exit code is 0.
    pub fn success(&self) -> bool {
        self.code == Some(0)
    }

    /// Returns the standard output followed by the standard error.
    pub fn output(&self) -> String {
        let between = if self.stdout.is_empty() || self.stdout.ends_with('\n') { "" } else { "\n" };
        [self.stdout.as_str(), between, self.stderr.as_str()].concat()
    }
}

impl Runner {
    /// Makes a runner whose children run in this folder or in folders below it.
    pub fn new(root: &Path) -> Self {
        Self { root: root.to_path_buf(), known: Masking::default(), withheld: Vec::new(), cleans_up: false }
    }

    /// Runs children in this folder or in folders below it, instead of the runner's root.
    #[must_use]
    pub fn in_root(self, root: &Path) -> Self {
        Self { root: root.to_path_buf(), ..self }
    }

    /// Returns a runner for calls that undo something: [`capture`](Self::capture) may start them after a signal, and the
    /// first signal does not end them.
    #[must_use]
    pub fn for_cleanup(&self) -> Self {
        Self { cleans_up: true, ..self.clone() }
    }

    /// Masks these values, too, in the output of all children.
    #[must_use]
    pub fn hiding(self, more: &Masking) -> Self {
        Self { known: more.with(&self.known), ..self }
    }

    /// Removes more variables of this process from the environment of all children, except from calls that set the
    /// variable themselves.
    #[must_use]
    pub fn withholding<S: Into<String>>(mut self, names: impl IntoIterator<Item = S>) -> Self {
        self.withheld.extend(names.into_iter().map(Into::into));
        self
    }

    /// Returns everything that is masked in the output of a call.
    pub fn masking(&self, invocation: &Invocation) -> Masking {
        Masking::of(invocation).with(&self.known)
    }

    /// Runs a short call and captures its whole answer.
    ///
    /// # Errors
    ///
    /// Every [`RunError`] except [`RunError::Log`]. An exit code other than 0 is an answer, not an error.
    pub fn capture(&self, invocation: &Invocation, limit: Duration) -> Result<Captured, RunError> {
        let answer = self.watch(invocation, limit, &mut |_| true)?;
        answer.ok_or_else(|| RunError::io(invocation, std::io::ErrorKind::Interrupted.into()))
    }

    /// Runs a call and captures its whole answer, as [`capture`](Self::capture) does. Calls `poll` with the child's
    /// process ID about twenty times a second; when it returns false, the child's group is killed and there is no
    /// answer.
    ///
    /// # Errors
    ///
    /// Every [`RunError`] except [`RunError::Log`]; no [`RunError::Interrupted`] from a runner for cleanups.
    pub fn watch(
        &self,
        invocation: &Invocation,
        limit: Duration,
        poll: &mut dyn FnMut(u32) -> bool,
    ) -> Result<Option<Captured>, RunError> {
        let failed = |source| RunError::io(invocation, source);
        let (stdout, out) = std::io::pipe().map_err(failed)?;
        let (stderr, err) = std::io::pipe().map_err(failed)?;
        let expression = self.expression(invocation)?.stdout_file(out).stderr_file(err);
        let child = if self.cleans_up {
            started(invocation, expression, Child::for_cleanup)
        } else {
            start(invocation, expression)
        }?;
        let signal = || if self.cleans_up { None } else { received() };
        let mut output = OutputReader::new(&child, Some(limit));
        let (mut pipes, mut said, mut buffer) =
            ([Some(stdout), Some(stderr)], [Vec::new(), Vec::new()], vec![0; 65536]);
        loop {
            match output.next(&mut pipes, &mut buffer, poll) {
                Ok(Some((which, count))) => {
                    let Some(kept) = said.get_mut(which) else { break };
                    kept.extend_from_slice(buffer.get(..count).unwrap_or_default());
                    if kept.len() > MEGABYTES * 1_000_000 {
                        return Err(RunError::TooMuch { program: invocation.program_name(), megabytes: MEGABYTES });
                    }
                }
                Ok(None) => break,
                Err(Stop::Unneeded) => return Ok(None),
                Err(stop) => {
                    let error = ended(invocation, &child, stop, limit);
                    return Err(signal().map_or(error, RunError::Interrupted));
                }
            }
        }
        let status = child.reap().map_err(failed)?;
        if let Some(signal) = signal() {
            return Err(RunError::Interrupted(signal));
        }
        let [stdout, stderr] = said;
        let masking = self.masking(invocation);
        let text = |bytes: &[u8]| masking.answer(bytes);
        Ok(Some(Captured { code: status.code(), stdout: text(&stdout), stderr: text(&stderr), stdout_bytes: stdout }))
    }

    /// Runs a short call that undoes something, and returns whether it succeeded. It may start after a signal, and the
    /// first signal does not end it. Its output is dropped.
    pub fn clean_up(&self, invocation: &Invocation, limit: Duration) -> bool {
        let Ok(expression) = self.expression(invocation) else { return false };
        let Ok(child) = Child::for_cleanup(&expression.stdout_null().stderr_null()) else { return false };
        let in_time = OutputReader::new(&child, Some(limit)).end().is_ok();
        if !in_time {
            child.kill();
        }
        child.reap().is_ok_and(|status| in_time && status.success())
    }

    /// Converts the call to a duct expression without outputs.
    pub(crate) fn expression(&self, invocation: &Invocation) -> Result<Expression, RunError> {
        self.expression_with(invocation, None)
    }

    /// Converts the call to a duct expression without outputs, with a pipe in the place of the call's own input.
    pub(crate) fn expression_with(
        &self,
        invocation: &Invocation,
        pipe: Option<PipeReader>,
    ) -> Result<Expression, RunError> {
        let folder = self.root.join(&invocation.folder);
        // A path is relative to the child's folder, as in a shell; duct would resolve it from the folder of this
        // process.
        let is_path = invocation.program.as_encoded_bytes().contains(&b'/');
        let program =
            if is_path { folder.join(&invocation.program).into_os_string() } else { invocation.program.clone() };
        let mut expression = duct::cmd(program, &invocation.args).dir(&folder);
        expression = match (pipe, &invocation.input) {
            (Some(pipe), _) => expression.stdin_file(pipe),
            (None, None) => expression.stdin_null(),
            (None, Some(input)) => {
                let path = folder.join(input);
                expression.stdin_file(File::open(&path).map_err(|source| RunError::Input { path, source })?)
            }
        };
        let user = invocation.user;
        expression = expression.unchecked().before_spawn(move |command| {
            command.process_group(0);
            if let Some(user) = user {
                command.uid(user.uid).gid(user.gid);
            }
            Ok(())
        });
        // In duct, a removal takes precedence over a value, so variables that the call sets are not removed.
        let own = |name: &&String| invocation.env.iter().any(|(set, _)| set == *name);
        for name in self.withheld.iter().filter(|name| !own(name)) {
            expression = expression.env_remove(name);
        }
        for (name, value) in &invocation.env {
            expression = expression.env(name, value.reveal());
        }
        Ok(expression)
    }
}

/// Starts a child. Its output ends when the last writer is closed, so the expression, which holds this process's ends
/// of the pipes, is dropped here.
pub(crate) fn start(invocation: &Invocation, expression: Expression) -> Result<Child, RunError> {
    if let Some(signal) = received() {
        return Err(RunError::Interrupted(signal));
    }
    started(invocation, expression, Child::start)
}

fn started(
    invocation: &Invocation,
    expression: Expression,
    start: fn(&Expression) -> std::io::Result<Child>,
) -> Result<Child, RunError> {
    let child = start(&expression);
    drop(expression);
    child.map_err(|source| match source.kind() {
        std::io::ErrorKind::NotFound => RunError::NotFound(invocation.program_name()),
        _ => RunError::io(invocation, source),
    })
}

/// Reaps a child whose output has been read to the end; returns its exit code.
pub(crate) fn reaped(invocation: &Invocation, child: Child) -> Result<Option<i32>, RunError> {
    let status = child.reap().map_err(|source| RunError::io(invocation, source))?;
    match received() {
        Some(signal) => Err(RunError::Interrupted(signal)),
        None => Ok(status.code()),
    }
}

/// Kills the group of a child that is not waited for any longer, and returns the error: the signal, if there was one.
pub(crate) fn stopped(invocation: &Invocation, child: &Child, stop: Stop, limit: Duration) -> RunError {
    let error = ended(invocation, child, stop, limit);
    received().map_or(error, RunError::Interrupted)
}

/// Kills the group of a child that is not waited for any longer, and returns why.
fn ended(invocation: &Invocation, child: &Child, stop: Stop, limit: Duration) -> RunError {
    let program = invocation.program_name();
    let error = match stop {
        Stop::Late => RunError::TimedOut { program, seconds: limit.as_secs() },
        Stop::Unneeded => RunError::io(invocation, std::io::ErrorKind::Interrupted.into()),
        Stop::Asks => {
            let asker = asker(child.id()).unwrap_or_else(|| program.clone());
            RunError::Asked { asker, program, call: invocation.to_string() }
        }
    };
    child.kill();
    error
}
