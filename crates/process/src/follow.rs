//! Long calls: one alone, or two with a pipe between them, followed line by line.

use std::io::{PipeReader, Write};
use std::path::Path;
use std::time::Duration;

use crate::child::{AFTER_OUTPUT, Child, OutputReader, Stop};
use crate::error::RunError;
use crate::invocation::Invocation;
use crate::masking::Masking;
use crate::runner::{Runner, reaped, start, stopped};

/// The longest line that is kept together, in bytes, so that a child that never ends its line cannot fill the memory.
const LONGEST_LINE: usize = 1024 * 1024;

/// The log of a long call.
pub struct Log<'a> {
    /// The writer that gets each line, without the hidden values.
    pub writer: &'a mut dyn Write,
    /// The path of the log, for error messages.
    pub path: &'a Path,
}

impl Runner {
    /// Runs a long call without a limit and returns its exit code. Each line of both outputs goes to the log, then to
    /// `each_line`, which gets it twice: as it came, for parsing, and without the hidden values, for display. Of a line
    /// that overwrites itself with carriage returns, only the last state is passed on.
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

    /// Runs two calls at the same time, with the standard output of the first one as the standard input of the second
    /// one, and returns both exit codes. The pipe replaces the input that the second call has by itself. Follows the
    /// standard error of both and the standard output of the second one as [`follow`](Self::follow) does. Kills the
    /// first child if it runs for half a minute after the end of the second one.
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
        match OutputReader::new(&first, Some(AFTER_OUTPUT)).end() {
            Err(Stop::Asks) => return Err(stopped(from, &first, Stop::Asks, Duration::ZERO)),
            Err(_) => first.kill(),
            Ok(()) => {}
        }
        Ok([reaped(from, first)?, reaped(to, second)?])
    }
}

/// Splits the output of a child into lines and passes them on.
struct Lines<'a, 'l, F> {
    log: Option<Log<'l>>,
    masking: &'a Masking,
    each_line: &'a mut F,
    /// The beginning of a line that is not complete yet, for each pipe.
    rest: Vec<u8>,
}

impl<F: FnMut(&str, &str)> Lines<'_, '_, F> {
    /// Reads all output of a child. The inner error says why the child is not waited for any longer.
    fn all_of(
        mut self,
        child: &Child,
        reader: PipeReader,
        poll: &mut dyn FnMut(u32) -> bool,
    ) -> Result<Result<(), Stop>, RunError> {
        let (mut output, mut pipes, mut buffer) = (OutputReader::new(child, None), [Some(reader)], [0; 8192]);
        loop {
            match output.next(&mut pipes, &mut buffer, poll) {
                Ok(Some((_, count))) => self.take(buffer.get(..count).unwrap_or_default())?,
                Ok(None) => break,
                Err(stop) => return Ok(Err(stop)),
            }
        }
        // The last line may lack a line end.
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
        let shown = self.masking.output(line);
        if let Some(log) = &mut self.log {
            let written = log.writer.write_all(shown.as_bytes());
            written.map_err(|source| RunError::Log { path: log.path.to_path_buf(), source })?;
        }
        (self.each_line)(last_state(&text), last_state(&shown));
        Ok(())
    }
}

/// Returns the last state of a line that overwrites itself with carriage returns.
fn last_state(text: &str) -> &str {
    let text = text.trim_end_matches(['\n', '\r']);
    text.rsplit('\r').next().unwrap_or(text)
}
