//! Long calls: one alone, or two with a pipe between them, followed line by line.

use std::io::{PipeReader, Write};
use std::path::Path;
use std::time::Duration;

use crate::child::{AFTER_OUTPUT, Child, Ear, Stop};
use crate::error::RunError;
use crate::invocation::Invocation;
use crate::masking::Masking;
use crate::runner::{Runner, reaped, start, stopped};

/// The longest line that is kept together, in bytes: a child that never ends its line must not fill the memory.
const LONGEST_LINE: usize = 1024 * 1024;

/// Where the lines of a long call are kept.
pub struct Log<'a> {
    /// The writer that gets each line, without the hidden values.
    pub writer: &'a mut dyn Write,
    /// The path that errors name.
    pub path: &'a Path,
}

impl Runner {
    /// Runs a long call without a limit and returns its exit code. Each line of both outputs goes to the log, then to
    /// `each_line`, which gets the line twice: as it came, to be understood, and without the hidden values, to be shown.
    /// A line that overwrites itself by carriage returns is given as it stands at the end.
    ///
    /// ```
    /// # use std::path::Path;
    /// # use process::{Invocation, Runner};
    /// let mut lines = Vec::new();
    /// let call = Invocation::new("sh", ["-c", "echo one; echo two >&2; exit 3"]);
    /// let code = Runner::new(Path::new("/")).follow(&call, None, |_, shown| lines.push(shown.to_owned()))?;
    /// assert_eq!((code, lines.join(" ")), (Some(3), "one two".to_owned()));
    /// # Ok::<(), process::RunError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Every [`RunError`] except [`RunError::TimedOut`] and [`RunError::TooMuch`].
    pub fn follow(
        &self,
        invocation: &Invocation,
        log: Option<Log<'_>>,
        mut each_line: impl FnMut(&str, &str),
    ) -> Result<Option<i32>, RunError> {
        let failed = |source| RunError::io(invocation, source);
        let (reader, out) = std::io::pipe().map_err(failed)?;
        let err = out.try_clone().map_err(failed)?;
        let child = start(invocation, self.expression(invocation)?.stdout_file(out).stderr_file(err))?;
        let masking = self.masking(invocation);
        let lines = Lines { log, masking: &masking, each_line: &mut each_line, rest: Vec::new() };
        if let Err(stop) = lines.all_of(&child, reader, &mut |_| true)? {
            return Err(stopped(invocation, &child, stop, Duration::ZERO));
        }
        reaped(invocation, child)
    }

    /// Runs two calls at the same time, the standard output of the first one being the standard input of the second one,
    /// and returns both exit codes. The pipe replaces the input that
    /// the second call would have alone. The standard error of both and the standard output of the second one are followed as
    /// [`follow`](Self::follow) does. The first child is ended if it runs for half a minute after the second one's end.
    ///
    /// ```
    /// # use std::path::Path;
    /// # use process::{Invocation, Runner};
    /// let (from, to) = (Invocation::new("echo", ["a\nb"]), Invocation::new("sort", ["-r"]));
    /// let mut lines = Vec::new();
    /// let codes = Runner::new(Path::new("/")).pipe(&from, &to, None, |line, _| lines.push(line.to_owned()))?;
    /// assert_eq!((codes, lines.concat()), ([Some(0), Some(0)], "ba".to_owned()));
    /// # Ok::<(), process::RunError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Every [`RunError`] except [`RunError::TimedOut`] and [`RunError::TooMuch`].
    pub fn pipe(
        &self,
        from: &Invocation,
        to: &Invocation,
        log: Option<Log<'_>>,
        mut each_line: impl FnMut(&str, &str),
    ) -> Result<[Option<i32>; 2], RunError> {
        let failed = |source| RunError::io(from, source);
        let (reader, out) = std::io::pipe().map_err(failed)?;
        let (to_err, from_err) = (out.try_clone().map_err(failed)?, out.try_clone().map_err(failed)?);
        let (input, output) = std::io::pipe().map_err(failed)?;
        let first = self.expression(from)?.stdout_file(output).stderr_file(from_err);
        let second = self.expression_with(to, Some(input))?.stdout_file(out).stderr_file(to_err);
        let first = start(from, first)?;
        let second = start(to, second)?;
        let masking = self.masking(from).with(&Masking::of(to));
        let lines = Lines { log, masking: &masking, each_line: &mut each_line, rest: Vec::new() };
        match lines.all_of(&second, reader, &mut |_| !first.asks())? {
            Ok(()) => {}
            Err(Stop::Unneeded) => return Err(stopped(from, &first, Stop::Asks, Duration::ZERO)),
            Err(stop) => return Err(stopped(to, &second, stop, Duration::ZERO)),
        }
        match Ear::new(&first, Some(AFTER_OUTPUT)).end() {
            Err(Stop::Asks) => return Err(stopped(from, &first, Stop::Asks, Duration::ZERO)),
            Err(_) => first.kill(),
            Ok(()) => {}
        }
        Ok([reaped(from, first)?, reaped(to, second)?])
    }
}

/// What a child says, line by line.
struct Lines<'a, 'l, F> {
    log: Option<Log<'l>>,
    masking: &'a Masking,
    each_line: &'a mut F,
    /// The beginning of a line that is not complete yet.
    rest: Vec<u8>,
}

impl<F: FnMut(&str, &str)> Lines<'_, '_, F> {
    /// Reads everything that a child says; an inner error where it is not waited for any longer.
    fn all_of(
        mut self,
        child: &Child,
        reader: PipeReader,
        look: &mut dyn FnMut(u32) -> bool,
    ) -> Result<Result<(), Stop>, RunError> {
        let (mut ear, mut pipes, mut buffer) = (Ear::new(child, None), [Some(reader)], [0; 8192]);
        loop {
            match ear.next(&mut pipes, &mut buffer, look) {
                Ok(Some((_, count))) => self.take(buffer.get(..count).unwrap_or_default())?,
                Ok(None) => break,
                Err(stop) => return Ok(Err(stop)),
            }
        }
        // The last line may have no end.
        let rest = std::mem::take(&mut self.rest);
        if !rest.is_empty() {
            self.line(&rest)?;
        }
        Ok(Ok(()))
    }

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
