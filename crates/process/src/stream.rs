//! Calls whose answer is kept whole, and calls whose standard output is a stream; both with a limit that holds.

use std::io::{PipeReader, Read};
use std::sync::OnceLock;
use std::time::Duration;

use rustix::pipe::fcntl_setpipe_size;

use crate::child::{Child, Ear, Stop};
use crate::invocation::Invocation;
use crate::runner::{Captured, RunError, Runner, io, start, stopped};
use crate::signals::received;

/// The room of a pipe that a stream comes through, in bytes; Linux allows everybody a mebibyte.
const STREAM: usize = 1024 * 1024;

/// The longest answer that is kept, in megabytes.
const MEGABYTES: usize = 256;

/// How long a child may live on once its stream has ended, where it has no limit.
const AFTER_STREAM: Duration = Duration::from_secs(30);

impl Runner {
    /// Runs a call and takes its whole answer. `look` gets the child's number again and again; when it returns false
    /// the call is ended, and there is no answer.
    pub fn watch(
        &self,
        invocation: &Invocation,
        limit: Duration,
        look: &mut dyn FnMut(u32) -> bool,
    ) -> Result<Option<Captured>, RunError> {
        let failed = |source| io(invocation, source);
        let (stdout, out) = std::io::pipe().map_err(failed)?;
        let (stderr, err) = std::io::pipe().map_err(failed)?;
        let expression = self.expression(invocation).stdout_file(out).stderr_file(err);
        let child = start(invocation, &expression)?;
        // The pipes end when the last writers are gone, so ours must go now.
        drop(expression);
        let mut ear = Ear::new(&child, Some(limit));
        let (mut pipes, mut said, mut buffer) =
            ([Some(stdout), Some(stderr)], [Vec::new(), Vec::new()], vec![0; 65536]);
        loop {
            match ear.next(&mut pipes, &mut buffer, look) {
                Ok(Some((which, count))) => {
                    let Some(kept) = said.get_mut(which) else { break };
                    kept.extend_from_slice(buffer.get(..count).unwrap_or_default());
                    if kept.len() > MEGABYTES * 1_000_000 {
                        return Err(RunError::TooMuch { program: invocation.program.clone(), megabytes: MEGABYTES });
                    }
                }
                Ok(None) => break,
                Err(Stop::Unneeded) => return Ok(None),
                Err(stop) => return Err(stopped(invocation, &child, stop, limit)),
            }
        }
        let status = child.reap().map_err(failed)?;
        if let Some(signal) = received() {
            return Err(RunError::Interrupted(signal));
        }
        let [stdout, stderr] = said;
        let masking = self.masking(invocation);
        let text = |bytes: &[u8]| masking.apply(&String::from_utf8_lossy(bytes)).into_owned();
        Ok(Some(Captured { code: status.code(), stdout: text(&stdout), stderr: text(&stderr), stdout_bytes: stdout }))
    }

    /// Runs a call whose standard output is a stream; returns what `read` made of it, the exit code, and what was said.
    /// Without a limit the stream may take as long as it will.
    pub fn stream<R>(
        &self,
        invocation: &Invocation,
        limit: Option<Duration>,
        read: impl FnOnce(Stream<'_>) -> R,
    ) -> Result<(R, Option<i32>, String), RunError> {
        let failed = |source| io(invocation, source);
        let (reader, writer) = std::io::pipe().map_err(failed)?;
        // The more there is room for, the less the two wait for each other; a smaller pipe does, too.
        let _as_it_was = fcntl_setpipe_size(&reader, STREAM);
        let (talk, both) = std::io::pipe().map_err(failed)?;
        let expression = self.expression(invocation).stdout_file(writer).stderr_file(both);
        let child = start(invocation, &expression)?;
        drop(expression);
        let stop = OnceLock::new();
        let (result, said) = std::thread::scope(|scope| {
            let listener = scope.spawn(|| listen(&child, talk));
            let result =
                read(Stream { ear: Ear::new(&child, limit), child: &child, pipe: [Some(reader)], stop: &stop });
            // Nothing is read any more, so a child that has more to say ends by itself, or it has hung.
            if let Err(late) = Ear::new(&child, Some(limit.unwrap_or(AFTER_STREAM))).end() {
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
        let status = child.reap().map_err(failed)?;
        if let Some(signal) = received() {
            return Err(RunError::Interrupted(signal));
        }
        let said = String::from_utf8_lossy(&said);
        Ok((result, status.code(), self.masking(invocation).apply_to_talk(&said).into_owned()))
    }
}

/// What a child says besides its stream; what was said before the pipe broke is all there is.
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
                // One that asks is looked at before it is ended.
                if stop != Stop::Asks {
                    self.child.kill();
                }
                Ok(0)
            }
        }
    }
}
