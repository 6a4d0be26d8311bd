//! Long calls under watch: with a limit, looked after while they run, and ended early when nobody needs them any more.

use std::io::{PipeReader, Read};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use rustix::pipe::fcntl_setpipe_size;

use super::process::{Captured, RunError, Runner, group_of, io, reap, start};
use super::signals::received;
use crate::domain::invocation::Invocation;

/// How often a call is looked after.
const LOOK: Duration = Duration::from_millis(50);

/// The room of a pipe that a stream comes through, in bytes; Linux allows everybody a mebibyte.
const STREAM: usize = 1024 * 1024;

impl Runner {
    /// Runs a call and takes its whole answer. `look` gets the child's number again and again; when it returns false
    /// the call is ended, and there is no answer.
    pub fn watch(
        &self,
        invocation: &Invocation,
        limit: Duration,
        look: &mut dyn FnMut(u32) -> bool,
    ) -> Result<Option<Captured>, RunError> {
        let expression = self.expression(invocation).stdout_capture().stderr_capture();
        let handle = start(invocation, &expression)?;
        let group = group_of(&handle);
        let pid = handle.pids().first().copied().unwrap_or_default();
        let begun = Instant::now();
        let output = loop {
            if let Some(output) = handle.wait_timeout(LOOK).map_err(|source| io(invocation, source))? {
                break output.clone();
            }
            let late = begun.elapsed() > limit;
            if late || !look(pid) {
                group.kill();
                let _ended = handle.wait();
                return if late { Err(timed_out(invocation, limit)) } else { Ok(None) };
            }
        };
        if let Some(signal) = received() {
            return Err(RunError::Interrupted(signal));
        }
        let masking = self.masking(invocation);
        let text = |bytes: &[u8]| masking.apply(&String::from_utf8_lossy(bytes)).into_owned();
        Ok(Some(Captured {
            code: output.status.code(),
            stdout: text(&output.stdout),
            stderr: text(&output.stderr),
            stdout_bytes: output.stdout,
        }))
    }

    /// Runs a call whose standard output is a stream; returns what `read` made of it, the exit code, and what was said.
    /// Without a limit it may take as long as it will.
    pub fn stream<R>(
        &self,
        invocation: &Invocation,
        limit: Option<Duration>,
        read: impl FnOnce(PipeReader) -> R,
    ) -> Result<(R, Option<i32>, String), RunError> {
        let failed = |source| io(invocation, source);
        let (reader, writer) = std::io::pipe().map_err(failed)?;
        // The more there is room for, the less the two wait for each other; a smaller pipe does, too.
        let _as_it_was = fcntl_setpipe_size(&reader, STREAM);
        let (mut talk, both) = std::io::pipe().map_err(failed)?;
        let expression = self.expression(invocation).stdout_file(writer).stderr_file(both);
        let handle = start(invocation, &expression)?;
        drop(expression);
        let group = group_of(&handle);
        let (done, waiting) = channel::<()>();
        let (result, said, late) = std::thread::scope(|scope| {
            let listener = scope.spawn(move || {
                let mut said = Vec::new();
                // What was said before the pipe broke is all there is.
                let _broken = talk.read_to_end(&mut said);
                said
            });
            let watched = &group;
            let timer = limit.map(|limit| {
                scope.spawn(move || {
                    let late = matches!(waiting.recv_timeout(limit), Err(RecvTimeoutError::Timeout));
                    if late {
                        watched.kill();
                    }
                    late.then_some(limit)
                })
            });
            let result = read(reader);
            let said = listener.join().unwrap_or_default();
            drop(done);
            (result, said, timer.and_then(|timer| timer.join().unwrap_or_default()))
        });
        let code = reap(invocation, &handle, group)?;
        if let Some(signal) = received() {
            return Err(RunError::Interrupted(signal));
        }
        if let Some(limit) = late {
            return Err(timed_out(invocation, limit));
        }
        let said = String::from_utf8_lossy(&said);
        Ok((result, code, self.masking(invocation).apply_to_talk(&said).into_owned()))
    }
}

fn timed_out(invocation: &Invocation, limit: Duration) -> RunError {
    RunError::TimedOut { program: invocation.program.clone(), seconds: limit.as_secs() }
}
