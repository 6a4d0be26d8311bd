//! A running child: starts it, reads its output, waits for its end, and kills it.
//!
//! A child leads a process group of its own. The group is deregistered before its leader is reaped, so that no signal
//! goes to a recycled group number. Descendants of the child may keep its pipes open; their output is read for a grace
//! period after the child's end and then dropped. Dropping a [`Child`] early kills the whole group.

use std::io::{PipeReader, Read};
use std::os::fd::AsFd;
use std::process::ExitStatus;
use std::sync::{Arc, Mutex};
use std::thread::{JoinHandle, Thread};
use std::time::{Duration, Instant};

use duct::{Expression, Handle};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, waitid};

use crate::signals::{Group, received};

/// Interval at which limits are checked while a child writes nothing.
const POLL_INTERVAL: Duration = Duration::from_millis(50);

/// How long the output of descendants is read after the child's end.
const GRACE: Duration = Duration::from_secs(1);

/// How long a child without a limit may live on after the last read of its output.
pub(crate) const AFTER_OUTPUT: Duration = Duration::from_secs(30);

/// The most that the pipes of a child hold, in bytes: two pipes of the largest size that the kernel gives without
/// privileges.
const PIPES: usize = 2 * 1024 * 1024;

/// Signals that the kernel sends to a background process that uses the terminal.
const TERMINAL_SIGNALS: [i32; 2] = [Signal::TTIN.as_raw(), Signal::TTOU.as_raw()];

/// State of a child, as its watcher thread sees it.
#[derive(Debug, Default)]
struct Observed {
    /// When the child ended; none while it runs.
    ended: Option<Instant>,
    /// Whether the kernel has stopped the child because it used the terminal.
    asks: bool,
}

/// A child that is not reaped yet.
#[derive(Debug)]
pub(crate) struct Child {
    handle: Handle,
    pid: Option<Pid>,
    /// None once the group is deregistered.
    group: Option<Group>,
    observed: Arc<Mutex<Observed>>,
    watcher: Option<JoinHandle<()>>,
}

/// Why a child is not waited for any longer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stop {
    /// The time limit has passed.
    Late,
    /// The child uses the terminal, which belongs to the group of this process.
    Asks,
    /// The caller does not need the answer any more.
    Unneeded,
}

impl Child {
    /// Starts a child whose group ends when this process gets a signal.
    pub(crate) fn start(expression: &Expression) -> std::io::Result<Self> {
        Self::registered(expression, Group::register)
    }

    /// Starts a child that undoes something; the first signal does not end it.
    pub(crate) fn for_cleanup(expression: &Expression) -> std::io::Result<Self> {
        Self::registered(expression, Group::for_cleanup)
    }

    fn registered(expression: &Expression, register: impl FnOnce(u32) -> Group) -> std::io::Result<Self> {
        let handle = expression.start()?;
        let id = handle.pids().first().copied().unwrap_or_default();
        let group = register(id);
        let pid = i32::try_from(id).ok().and_then(Pid::from_raw);
        let observed = Arc::new(Mutex::new(Observed::default()));
        let (shared, reader) = (Arc::clone(&observed), std::thread::current());
        let watcher = std::thread::spawn(move || observe(pid, &shared, &reader));
        Ok(Self { handle, pid, group: Some(group), observed, watcher: Some(watcher) })
    }

    /// Returns the process ID.
    pub(crate) fn id(&self) -> u32 {
        self.handle.pids().first().copied().unwrap_or_default()
    }

    /// Kills the whole group at once.
    pub(crate) fn kill(&self) {
        if let Some(group) = &self.group {
            group.kill();
        }
    }

    /// Waits for the child's end without reaping it, deregisters the group, then reaps.
    pub(crate) fn reap(mut self) -> std::io::Result<ExitStatus> {
        self.finish()
    }

    fn finish(&mut self) -> std::io::Result<ExitStatus> {
        if let Some(watcher) = self.watcher.take() {
            let _panicked = watcher.join();
        }
        wait_for_end(self.pid);
        // Descendants that have closed our pipes are still in the group.
        if received().is_some() {
            self.kill();
        }
        self.group = None;
        self.handle.wait().map(|output| output.status)
    }

    fn ended(&self) -> Option<Instant> {
        self.observed.lock().ok().and_then(|observed| observed.ended)
    }

    /// Whether the kernel has stopped it because it uses the terminal.
    pub(crate) fn asks(&self) -> bool {
        self.observed.lock().is_ok_and(|observed| observed.asks)
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        if self.group.is_some() {
            self.kill();
            let _reaped = self.finish();
        }
    }
}

/// Records the end of a child, or that the kernel has stopped it at the terminal. Does not reap it.
fn observe(pid: Option<Pid>, observed: &Mutex<Observed>, reader: &Thread) {
    let Some(pid) = pid else { return };
    let options = WaitIdOptions::EXITED | WaitIdOptions::STOPPED | WaitIdOptions::NOWAIT;
    let asks = loop {
        match waitid(WaitId::Pid(pid), options) {
            Ok(Some(status)) if status.stopped() => {
                if status.stopping_signal().is_some_and(|signal| TERMINAL_SIGNALS.contains(&signal)) {
                    break true;
                }
                // It was stopped by hand and may continue.
                std::thread::sleep(POLL_INTERVAL);
            }
            Err(rustix::io::Errno::INTR) => {}
            // An error means that the process cannot be waited for any more.
            Ok(_) | Err(_) => break false,
        }
    };
    if let Ok(mut observed) = observed.lock() {
        observed.asks = asks;
        observed.ended = (!asks).then(Instant::now);
    }
    reader.unpark();
}

fn wait_for_end(pid: Option<Pid>) {
    let Some(pid) = pid else { return };
    while let Err(rustix::io::Errno::INTR) = waitid(WaitId::Pid(pid), WaitIdOptions::EXITED | WaitIdOptions::NOWAIT) {}
}

/// Reads the output of a child until it has ended and there is no more to read.
pub(crate) struct OutputReader<'a> {
    child: &'a Child,
    begun: Instant,
    limit: Option<Duration>,
    polled: Option<Instant>,
    /// Bytes that were read later than `GRACE` after the child's end.
    late: usize,
}

impl<'a> OutputReader<'a> {
    /// Reads from a child, for at most `limit` from now.
    pub(crate) fn new(child: &'a Child, limit: Option<Duration>) -> Self {
        Self { child, begun: Instant::now(), limit, polled: None, late: 0 }
    }

    /// Reads the next bytes of one of the pipes. Returns the index of the pipe and the number of bytes; none when the
    /// child has ended and nothing more comes. Replaces a pipe that has ended by `None`. Calls `poll` with the child's
    /// process ID about every 50 ms; it returns whether the answer is still needed.
    pub(crate) fn next(
        &mut self,
        pipes: &mut [Option<PipeReader>],
        buffer: &mut [u8],
        poll: &mut dyn FnMut(u32) -> bool,
    ) -> Result<Option<(usize, usize)>, Stop> {
        loop {
            let ended = self.child.ended();
            // Output of the child itself waits in its pipes, however slowly it is read; what comes later is from
            // descendants.
            let is_late = ended.is_some_and(|since| since.elapsed() > GRACE);
            if is_late && self.late >= PIPES {
                return Ok(None);
            }
            if ended.is_none() {
                self.check(poll)?;
            }
            if pipes.iter().all(Option::is_none) {
                if ended.is_some() {
                    return Ok(None);
                }
                std::thread::park_timeout(POLL_INTERVAL);
                continue;
            }
            let Some(ready) = first_ready(pipes, if is_late { Duration::ZERO } else { POLL_INTERVAL }) else {
                if ended.is_some() {
                    return Ok(None);
                }
                continue;
            };
            let Some(place) = pipes.get_mut(ready) else { return Ok(None) };
            match place.as_mut().map(|pipe| pipe.read(buffer)) {
                Some(Ok(count)) if count > 0 => {
                    self.late = if is_late { self.late.saturating_add(count) } else { 0 };
                    return Ok(Some((ready, count)));
                }
                Some(Err(error)) if error.kind() == std::io::ErrorKind::Interrupted => {}
                _ => *place = None,
            }
        }
    }

    /// Waits for the end of a child whose output is not read any more.
    pub(crate) fn end(&mut self) -> Result<(), Stop> {
        self.next(&mut [], &mut [], &mut |_| true).map(|_| ())
    }

    fn check(&mut self, poll: &mut dyn FnMut(u32) -> bool) -> Result<(), Stop> {
        if self.child.asks() {
            return Err(Stop::Asks);
        }
        if self.limit.is_some_and(|limit| self.begun.elapsed() > limit) {
            return Err(Stop::Late);
        }
        if self.polled.is_none_or(|polled| polled.elapsed() >= POLL_INTERVAL) {
            self.polled = Some(Instant::now());
            if !poll(self.child.id()) {
                return Err(Stop::Unneeded);
            }
        }
        Ok(())
    }
}

/// Returns the index of the first pipe that has data or has ended; waits at most `wait`.
fn first_ready(pipes: &[Option<PipeReader>], wait: Duration) -> Option<usize> {
    let open: Vec<usize> =
        pipes.iter().enumerate().filter(|(_, pipe)| pipe.is_some()).map(|(index, _)| index).collect();
    let mut ready: Vec<PollFd<'_>> =
        pipes.iter().flatten().map(|pipe| PollFd::from_borrowed_fd(pipe.as_fd(), PollFlags::IN)).collect();
    let wait = Timespec::try_from(wait).ok();
    poll(&mut ready, wait.as_ref()).ok().filter(|count| *count > 0)?;
    let position = ready.iter().position(|pipe| !pipe.revents().is_empty())?;
    open.get(position).copied()
}

/// Returns the name of the program in the child's group that uses the terminal: the youngest of those that the kernel
/// has stopped. None on systems other than Linux, which have no `/proc`.
pub(crate) fn asker(leader: u32) -> Option<String> {
    let stopped = std::fs::read_dir("/proc").ok()?.filter_map(Result::ok).filter_map(|entry| {
        let pid: u32 = entry.file_name().to_str()?.parse().ok()?;
        let stat = std::fs::read_to_string(entry.path().join("stat")).ok()?;
        // `PID (NAME) STATE PARENT GROUP … START`; a name may contain spaces and parentheses.
        let (before, after) = stat.rsplit_once(") ")?;
        let name = before.split_once(" (")?.1.to_owned();
        let fields: Vec<&str> = after.split(' ').collect();
        let is_stopped = fields.first() == Some(&"T") && fields.get(2)?.parse::<u32>().ok()? == leader;
        let begun: u64 = fields.get(19)?.parse().ok()?;
        is_stopped.then_some(((begun, pid), name))
    });
    stopped.max_by_key(|(order, _)| *order).map(|(_, name)| name)
}
