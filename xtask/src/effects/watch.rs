//! Long calls under watch: with a limit, looked after while they run, and ended early when nobody needs them any more.

use std::io::PipeReader;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use super::process::{Captured, RunError, Runner, group_of, io, reap, start};
use super::signals::received;
use crate::domain::invocation::Invocation;

/// How often a call is looked after.
const LOOK: Duration = Duration::from_millis(50);

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

    /// Runs a call whose standard output is a stream, with a limit; returns what `read` made of it, the exit code, and
    /// what was said.
    pub fn stream_within<R>(
        &self,
        invocation: &Invocation,
        limit: Duration,
        read: impl FnOnce(PipeReader) -> R,
    ) -> Result<(R, Option<i32>, String), RunError> {
        let failed = |source| io(invocation, source);
        let (reader, writer) = std::io::pipe().map_err(failed)?;
        let (mut talk, both) = std::io::pipe().map_err(failed)?;
        let expression = self.expression(invocation).stdout_file(writer).stderr_file(both);
        let handle = start(invocation, &expression)?;
        drop(expression);
        let group = group_of(&handle);
        let (done, waiting) = channel::<()>();
        let (result, said, late) = std::thread::scope(|scope| {
            let listener = scope.spawn(move || std::io::read_to_string(&mut talk).unwrap_or_default());
            let of_watcher = &group;
            let watcher = scope.spawn(move || {
                let late = matches!(waiting.recv_timeout(limit), Err(RecvTimeoutError::Timeout));
                if late {
                    of_watcher.kill();
                }
                late
            });
            let result = read(reader);
            let said = listener.join().unwrap_or_default();
            drop(done);
            (result, said, watcher.join().unwrap_or_default())
        });
        let code = reap(invocation, &handle, group)?;
        match received() {
            Some(signal) => Err(RunError::Interrupted(signal)),
            None if late => Err(timed_out(invocation, limit)),
            None => Ok((result, code, self.masking(invocation).apply(&said).into_owned())),
        }
    }
}

fn timed_out(invocation: &Invocation, limit: Duration) -> RunError {
    RunError::TimedOut { program: invocation.program.clone(), seconds: limit.as_secs() }
}
