//! Calls whose standard output is read as a stream.

use std::io::{PipeReader, Read};
use std::sync::OnceLock;
use std::time::Duration;

use rustix::pipe::fcntl_setpipe_size;

use crate::child::{AFTER_OUTPUT, Child, OutputReader, Stop};
use crate::error::RunError;
use crate::invocation::Invocation;
use crate::runner::{MEGABYTES, Runner, reaped, start, stopped};

/// The size of a stream's pipe, in bytes: a mebibyte, the most that Linux allows without privileges.
const STREAM: usize = 1024 * 1024;

impl Runner {
    /// Runs a call and passes its standard output to `read` as a stream, as it comes and unmasked. Returns the result
    /// of `read`, the exit code, and the masked standard error. Without a limit the call may take for ever. What `read`
    /// leaves unread is dropped, and a child that runs for half a minute after `read` has returned is killed.
    ///
    /// ```
    /// # use std::path::Path;
    /// # use process::{Invocation, Runner};
    /// let call = Invocation::new("sh", ["-c", "echo data; echo note >&2"]);
    /// let runner = Runner::new(Path::new("/"));
    /// let (data, code, stderr) = runner.stream(&call, None, |stream| std::io::read_to_string(stream))?;
    /// assert_eq!((data.unwrap().as_str(), code, stderr.as_str()), ("data\n", Some(0), "note\n"));
    /// # Ok::<(), process::RunError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Every [`RunError`] except [`RunError::TooMuch`] and [`RunError::Log`]. The result of `read` is lost then.
    pub fn stream<R>(
        &self,
        invocation: &Invocation,
        limit: Option<Duration>,
        read: impl FnOnce(Stream<'_>) -> R,
    ) -> Result<(R, Option<i32>, String), RunError> {
        let failed = |source| RunError::io(invocation, source);
        let (reader, writer) = std::io::pipe().map_err(failed)?;
        // A larger pipe makes writer and reader wait less for each other; the call works without one.
        let _as_it_was = fcntl_setpipe_size(&reader, STREAM);
        let (stderr, writer_of_stderr) = std::io::pipe().map_err(failed)?;
        let child = start(invocation, self.expression(invocation)?.stdout_file(writer).stderr_file(writer_of_stderr))?;
        let stop = OnceLock::new();
        let (result, said) = std::thread::scope(|scope| {
            let listener = scope.spawn(|| listen(&child, stderr));
            let result = read(Stream {
                output: OutputReader::new(&child, limit),
                child: &child,
                pipe: [Some(reader)],
                stop: &stop,
            });
            // Nothing is read any more: a child that still writes ends by itself, and one that hangs is killed.
            if let Err(late) = OutputReader::new(&child, Some(limit.unwrap_or(AFTER_OUTPUT))).end() {
                if late != Stop::Asks {
                    child.kill();
                }
                if limit.is_some() || late == Stop::Asks {
                    let _set_before = stop.set(late);
                }
            }
            (result, listener.join().unwrap_or_default())
        });
        if let Some(stop) = stop.get() {
            return Err(stopped(invocation, &child, *stop, limit.unwrap_or_default()));
        }
        let code = reaped(invocation, child)?;
        let masking = self.masking(invocation);
        Ok((result, code, masking.output(&said)))
    }
}

/// Reads the standard error of a child, as far as it comes.
fn listen(child: &Child, stderr: PipeReader) -> Vec<u8> {
    let (mut output, mut pipes, mut said, mut buffer) =
        (OutputReader::new(child, None), [Some(stderr)], Vec::new(), [0; 8192]);
    while let Ok(Some((_, count))) = output.next(&mut pipes, &mut buffer, &mut |_| true) {
        if said.len() < MEGABYTES * 1_000_000 {
            said.extend_from_slice(buffer.get(..count).unwrap_or_default());
        }
    }
    said
}

/// The standard output of a running child. It ends when the child ends, even if a descendant keeps the pipe open, and
/// at the call's limit.
pub struct Stream<'a> {
    output: OutputReader<'a>,
    child: &'a Child,
    pipe: [Option<PipeReader>; 1],
    stop: &'a OnceLock<Stop>,
}

impl Read for Stream<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        match self.output.next(&mut self.pipe, buffer, &mut |_| true) {
            Ok(read) => Ok(read.map_or(0, |(_, count)| count)),
            Err(stop) => {
                let _set_before = self.stop.set(stop);
                // The name of the program that uses the terminal is looked up before the child is killed.
                if stop != Stop::Asks {
                    self.child.kill();
                }
                Ok(0)
            }
        }
    }
}
