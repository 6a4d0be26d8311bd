//! Child processes: run and capture, or run and follow line by line.

use std::io::Write;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use duct::Expression;

use crate::child::{Child, Ear, Stop, asker};
use crate::invocation::Invocation;
use crate::masking::Masking;
use crate::signals::received;

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

/// Where the lines of a long call are kept.
pub struct Log<'a> {
    /// Gets the lines.
    pub writer: &'a mut dyn Write,
    /// The path that errors name.
    pub path: &'a Path,
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
    /// It, or a program that it has started, wants to ask on the terminal, where nobody can answer it.
    #[error("`{asker}` wants to ask something on the terminal{}", started_by(.program, .asker))]
    Asked {
        /// Who asks.
        asker: String,
        /// The program that was called.
        program: String,
        /// The whole call.
        call: String,
    },
    /// It says more than anybody could use, and was ended.
    #[error("`{program}` printed more than {megabytes} MB")]
    TooMuch {
        /// The program.
        program: String,
        /// The limit.
        megabytes: usize,
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

fn started_by(program: &str, asker: &str) -> String {
    if program == asker { String::new() } else { format!(", started by `{program}`") }
}

impl Runner {
    /// A runner for a repository.
    pub fn new(root: &Path) -> Self {
        Self { root: root.to_path_buf(), known: Masking::default(), withheld: Vec::new() }
    }

    /// The same runner, whose children's output loses these values, too.
    #[must_use]
    pub fn hiding(self, more: &Masking) -> Self {
        Self { known: more.with(&self.known), ..self }
    }

    /// The same runner, whose children do not inherit these variables either.
    #[must_use]
    pub fn withholding<S: Into<String>>(mut self, names: impl IntoIterator<Item = S>) -> Self {
        self.withheld.extend(names.into_iter().map(Into::into));
        self
    }

    /// What is taken out of everything that this call says.
    pub fn masking(&self, invocation: &Invocation) -> Masking {
        Masking::of(invocation).with(&self.known)
    }

    /// Runs a short question and takes its whole answer.
    pub fn capture(&self, invocation: &Invocation, limit: Duration) -> Result<Captured, RunError> {
        let answer = self.watch(invocation, limit, &mut |_| true)?;
        answer.ok_or_else(|| io(invocation, std::io::ErrorKind::Interrupted.into()))
    }

    /// Runs a short call that takes back what was done, also after a signal; whether it worked.
    pub fn take_back(&self, invocation: &Invocation, limit: Duration) -> bool {
        let expression = self.expression(invocation).stdout_null().stderr_null();
        let Ok(child) = Child::taking_back(&expression) else { return false };
        let in_time = Ear::new(&child, Some(limit)).end().is_ok();
        if !in_time {
            child.kill();
        }
        child.reap().is_ok_and(|status| in_time && status.success())
    }

    /// Runs a long call; each line of both streams goes to the log file, then to `each_line`. Returns the exit code.
    ///
    /// `each_line` gets the line as it came, to be understood, and with the hidden values taken out, to be shown.
    pub fn follow(
        &self,
        invocation: &Invocation,
        log: Option<Log<'_>>,
        mut each_line: impl FnMut(&str, &str),
    ) -> Result<Option<i32>, RunError> {
        let (reader, writer) = std::io::pipe().map_err(|source| io(invocation, source))?;
        let both = writer.try_clone().map_err(|source| io(invocation, source))?;
        let expression = self.expression(invocation).stdout_file(writer).stderr_file(both);
        let child = start(invocation, &expression)?;
        // The pipe ends when the last writer is gone, so ours must go now.
        drop(expression);
        let masking = self.masking(invocation);
        let mut lines = Lines { log, masking: &masking, each_line: &mut each_line, rest: Vec::new() };
        let mut ear = Ear::new(&child, None);
        let mut pipes = [Some(reader)];
        let mut buffer = [0; 8192];
        loop {
            match ear.next(&mut pipes, &mut buffer, &mut |_| true) {
                Ok(Some((_, count))) => lines.take(buffer.get(..count).unwrap_or_default())?,
                Ok(None) => break,
                Err(stop) => return Err(stopped(invocation, &child, stop, Duration::ZERO)),
            }
        }
        lines.finish()?;
        let status = child.reap().map_err(|source| io(invocation, source))?;
        match received() {
            Some(signal) => Err(RunError::Interrupted(signal)),
            None => Ok(status.code()),
        }
    }

    pub(crate) fn expression(&self, invocation: &Invocation) -> Expression {
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
        // duct takes a removal over a value, so what the call sets itself is not removed.
        let own = |name: &&str| invocation.env.iter().any(|(set, _)| set == name);
        for name in self.withheld.iter().map(String::as_str).filter(|name| !own(name)) {
            expression = expression.env_remove(name);
        }
        for (name, value) in &invocation.env {
            expression = expression.env(name, value.reveal());
        }
        expression
    }
}

pub(crate) fn start(invocation: &Invocation, expression: &Expression) -> Result<Child, RunError> {
    if let Some(signal) = received() {
        return Err(RunError::Interrupted(signal));
    }
    Child::start(expression).map_err(|source| match source.kind() {
        std::io::ErrorKind::NotFound => RunError::NotFound(invocation.program.clone()),
        _ => io(invocation, source),
    })
}

/// The error of a child that is not waited for any longer; its group ends here.
pub(crate) fn stopped(invocation: &Invocation, child: &Child, stop: Stop, limit: Duration) -> RunError {
    let program = invocation.program.clone();
    let error = match stop {
        Stop::Late => RunError::TimedOut { program, seconds: limit.as_secs() },
        Stop::Unneeded => io(invocation, std::io::ErrorKind::Interrupted.into()),
        Stop::Asks => {
            let asker = asker(child.id()).unwrap_or_else(|| program.clone());
            RunError::Asked { asker, program, call: invocation.to_string() }
        }
    };
    child.kill();
    match received() {
        Some(signal) => RunError::Interrupted(signal),
        None => error,
    }
}

/// The longest line that is kept together, in bytes: a child that never ends its line must not fill the memory.
const LONGEST_LINE: usize = 1024 * 1024;

/// What a child says, line by line.
struct Lines<'a, 'l, F> {
    log: Option<Log<'l>>,
    masking: &'a Masking,
    each_line: &'a mut F,
    /// The beginning of a line that is not complete yet.
    rest: Vec<u8>,
}

impl<F: FnMut(&str, &str)> Lines<'_, '_, F> {
    fn take(&mut self, bytes: &[u8]) -> Result<(), RunError> {
        for piece in bytes.split_inclusive(|byte| *byte == b'\n') {
            self.rest.extend_from_slice(piece);
            if piece.ends_with(b"\n") || self.rest.len() >= LONGEST_LINE {
                let line = std::mem::take(&mut self.rest);
                self.line(&line)?;
            }
        }
        Ok(())
    }

    /// The last line may have no end.
    fn finish(&mut self) -> Result<(), RunError> {
        let rest = std::mem::take(&mut self.rest);
        if rest.is_empty() { Ok(()) } else { self.line(&rest) }
    }

    fn line(&mut self, line: &[u8]) -> Result<(), RunError> {
        let text = String::from_utf8_lossy(line);
        let shown = self.masking.apply_to_talk(&text);
        if let Some(log) = &mut self.log {
            let written = log.writer.write_all(shown.as_bytes());
            written.map_err(|source| RunError::Log { path: log.path.to_path_buf(), source })?;
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

pub(crate) fn io(invocation: &Invocation, source: std::io::Error) -> RunError {
    RunError::Io { program: invocation.program.clone(), source }
}
