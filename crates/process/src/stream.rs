//! Calls whose standard output is read as a stream.

use std::io::{PipeReader, Read};
use std::sync::OnceLock;
use std::time::Duration;

use rustix::pipe::fcntl_setpipe_size;

use crate::child::{AFTER_OUTPUT, Child, Ear, Stop};
use crate::error::RunError;
use crate::invocation::Invocation;
use crate::runner::{MEGABYTES, Runner, reaped, start, stopped};

/// The room of a pipe that a stream comes through, in bytes; Linux allows everybody a mebibyte.
const STREAM: usize = 1024 * 1024;

impl Runner {
    /// Runs a call whose standard output is a stream. Returns what `read` made of it, the exit code, and the standard
    /// error without the hidden values. The stream itself comes as it is. Without a limit it may take for ever; what
    /// `read` leaves unread is dropped, and a child that runs for half a minute after `read` has returned is ended.
    ///
    /// ```
    /// # use std::path::Path;
    /// # use process::{Invocation, Runner};
    /// let call = Invocation::new("sh", ["-c", "echo data; echo talk >&2"]);
    /// let (data, code, talk) = Runner::new(Path::new("/")).stream(&call, None, |stream| std::io::read_to_string(stream))?;
    /// assert_eq!((data.unwrap().as_str(), code, talk.as_str()), ("data\n", Some(0), "talk\n"));
    /// # Ok::<(), process::RunError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Every [`RunError`] except [`RunError::TooMuch`] and [`RunError::Log`]. What `read` returned is lost then.
    pub fn stream<R>(
        &self,
        invocation: &Invocation,
        limit: Option<Duration>,
        read: impl FnOnce(Stream<'_>) -> R,
    ) -> Result<(R, Option<i32>, String), RunError> {
        let failed = |source| RunError::io(invocation, source);
        let (reader, writer) = std::io::pipe().map_err(failed)?;
        // The more there is room for, the less the two wait for each other; a smaller pipe does, too.
        let _as_it_was = fcntl_setpipe_size(&reader, STREAM);
        let (talk, both) = std::io::pipe().map_err(failed)?;
        let child = start(invocation, self.expression(invocation)?.stdout_file(writer).stderr_file(both))?;
        let stop = OnceLock::new();
        let (result, said) = std::thread::scope(|scope| {
            let listener = scope.spawn(|| listen(&child, talk));
            let result =
                read(Stream { ear: Ear::new(&child, limit), child: &child, pipe: [Some(reader)], stop: &stop });
            // Nothing is read any more, so a child that has more to say ends by itself, or it has hung.
            if let Err(late) = Ear::new(&child, Some(limit.unwrap_or(AFTER_OUTPUT))).end() {
                if late != Stop::Asks {
                    child.kill();
                }
                if limit.is_some() || late == Stop::Asks {
                    let _told_before = stop.set(late);
                }
            }
            (result, listener.join().unwrap_or_default())
        });
        if let Some(stop) = stop.get() {
            return Err(stopped(invocation, &child, *stop, limit.unwrap_or_default()));
        }
        let code = reaped(invocation, child)?;
        let said = String::from_utf8_lossy(&said);
        Ok((result, code, self.masking(invocation).apply_to_talk(&said).into_owned()))
    }
}

/// Reads what a child says besides its stream; what was said before the pipe broke is all there is.
fn listen(child: &Child, talk: PipeReader) -> Vec<u8> {
    let (mut ear, mut pipes, mut said, mut buffer) = (Ear::new(child, None), [Some(talk)], Vec::new(), [0; 8192]);
    while let Ok(Some((_, count))) = ear.next(&mut pipes, &mut buffer, &mut |_| true) {
        if said.len() < MEGABYTES * 1_000_000 {
            said.extend_from_slice(buffer.get(..count).unwrap_or_default());
        }
    }
    said
}

/// The standard output of a running child. It ends with the child, also where a descendant keeps the pipe, and at the
/// call's limit.
pub struct Stream<'a> {
    ear: Ear<'a>,
    child: &'a Child,
    pipe: [Option<PipeReader>; 1],
    stop: &'a OnceLock<Stop>,
}

impl Read for Stream<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        match self.ear.next(&mut self.pipe, buffer, &mut |_| true) {
            Ok(read) => Ok(read.map_or(0, |(_, count)| count)),
            Err(stop) => {
                let _told_before = self.stop.set(stop);
                // A child that asks is looked at before it is ended.
                if stop != Stop::Asks {
                    self.child.kill();
                }
                Ok(0)
            }
        }
    }
}
