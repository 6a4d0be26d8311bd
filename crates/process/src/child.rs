//! A running child: how it is started, read, waited for and ended.
//!
//! A child leads a process group of its own. The group is forgotten before its leader is reaped, so that a recycled
//! number is never hit. Descendants of the child may keep its pipes open; they are heard for a grace period after the
//! child's end and hold nothing up. A value that is dropped early ends the whole group.

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

/// Interval at which limits are checked while a child says nothing.
const LOOK: Duration = Duration::from_millis(50);

/// How long descendants are heard at most after the child's end.
const GRACE: Duration = Duration::from_secs(1);

/// How long a child without a limit may live on once nothing of it is read any more.
pub(crate) const AFTER_OUTPUT: Duration = Duration::from_secs(30);

/// The most that the pipes of a child hold, in bytes: two of the largest ones that the kernel gives without privileges.
const PIPES: usize = 2 * 1024 * 1024;

/// Signals that the kernel sends to a background process that uses the terminal.
const TERMINAL_SIGNALS: [i32; 2] = [Signal::TTIN.as_raw(), Signal::TTOU.as_raw()];

/// What is known of a child from outside.
#[derive(Debug, Default)]
struct Observed {
    /// When it ended.
    ended: Option<Instant>,
    /// Whether the kernel has stopped it, as it uses the terminal.
    asks: bool,
}

/// A child that is not reaped yet.
#[derive(Debug)]
pub(crate) struct Child {
    handle: Handle,
    pid: Option<Pid>,
    /// None once it is forgotten.
    group: Option<Group>,
    observed: Arc<Mutex<Observed>>,
    watcher: Option<JoinHandle<()>>,
}

/// Why a child is not waited for any longer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stop {
    /// The limit is over.
    Late,
    /// It uses the terminal, which belongs to our own group.
    Asks,
    /// Its answer is not needed any more.
    Unneeded,
}

impl Child {
    /// Starts a child whose group ends with a signal to us.
    pub(crate) fn start(expression: &Expression) -> std::io::Result<Self> {
        Self::registered(expression, Group::register)
    }

    /// Starts a child that takes something back, which the first signal does not end.
    pub(crate) fn taking_back(expression: &Expression) -> std::io::Result<Self> {
        Self::registered(expression, Group::taking_back)
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

    /// Its process ID.
    pub(crate) fn id(&self) -> u32 {
        self.handle.pids().first().copied().unwrap_or_default()
    }

    /// Ends the whole group at once.
    pub(crate) fn kill(&self) {
        if let Some(group) = &self.group {
            group.kill();
        }
    }

    /// Waits for the child's end without reaping it, forgets the group, then reaps.
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

/// Notes the end of a child, and that it was stopped at the terminal; leaves the reaping to others.
fn observe(pid: Option<Pid>, observed: &Mutex<Observed>, reader: &Thread) {
    let Some(pid) = pid else { return };
    let options = WaitIdOptions::EXITED | WaitIdOptions::STOPPED | WaitIdOptions::NOWAIT;
    let asks = loop {
        match waitid(WaitId::Pid(pid), options) {
            Ok(Some(status)) if status.stopped() => {
                if status.stopping_signal().is_some_and(|signal| TERMINAL_SIGNALS.contains(&signal)) {
                    break true;
                }
                // Somebody has stopped it by hand and may let it go on.
                std::thread::sleep(LOOK);
            }
            Err(rustix::io::Errno::INTR) => {}
            // An error means that it is not ours to wait for any more.
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

/// Reads what a child says, and says when there is no more to wait for.
pub(crate) struct Ear<'a> {
    child: &'a Child,
    begun: Instant,
    limit: Option<Duration>,
    looked: Option<Instant>,
    /// Bytes that were read later than `GRACE` after the child's end.
    late: usize,
}

impl<'a> Ear<'a> {
    /// Listens to a child, at most for as long as `limit` from now.
    pub(crate) fn new(child: &'a Child, limit: Option<Duration>) -> Self {
        Self { child, begun: Instant::now(), limit, looked: None, late: 0 }
    }

    /// Reads the next bytes of one of the pipes: which one, and how many bytes; none when the child has ended and
    /// nothing more comes. A pipe that has ended is taken out. `look` gets the child's number again and again, and says
    /// whether its answer is still needed.
    pub(crate) fn next(
        &mut self,
        pipes: &mut [Option<PipeReader>],
        buffer: &mut [u8],
        look: &mut dyn FnMut(u32) -> bool,
    ) -> Result<Option<(usize, usize)>, Stop> {
        loop {
            let ended = self.child.ended();
            // What the child wrote waits in its pipes, however slowly it is read; then only its descendants write.
            let is_late = ended.is_some_and(|since| since.elapsed() > GRACE);
            if is_late && self.late >= PIPES {
                return Ok(None);
            }
            if ended.is_none() {
                self.check(look)?;
            }
            if pipes.iter().all(Option::is_none) {
                if ended.is_some() {
                    return Ok(None);
                }
                std::thread::park_timeout(LOOK);
                continue;
            }
            let Some(ready) = first_ready(pipes, if is_late { Duration::ZERO } else { LOOK }) else {
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

    /// Waits for the end of a child whose pipes are of no interest any more.
    pub(crate) fn end(&mut self) -> Result<(), Stop> {
        self.next(&mut [], &mut [], &mut |_| true).map(|_| ())
    }

    fn check(&mut self, look: &mut dyn FnMut(u32) -> bool) -> Result<(), Stop> {
        if self.child.asks() {
            return Err(Stop::Asks);
        }
        if self.limit.is_some_and(|limit| self.begun.elapsed() > limit) {
            return Err(Stop::Late);
        }
        if self.looked.is_none_or(|looked| looked.elapsed() >= LOOK) {
            self.looked = Some(Instant::now());
            if !look(self.child.id()) {
                return Err(Stop::Unneeded);
            }
        }
        Ok(())
    }
}

/// The first pipe that has something to read or has ended, at most after `wait`.
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

/// The program in a child's group that uses the terminal: the last one that was started of those that the kernel has
/// stopped. Only Linux tells.
pub(crate) fn asker(leader: u32) -> Option<String> {
    let stopped = std::fs::read_dir("/proc").ok()?.filter_map(Result::ok).filter_map(|entry| {
        let pid: u32 = entry.file_name().to_str()?.parse().ok()?;
        let stat = std::fs::read_to_string(entry.path().join("stat")).ok()?;
        // `PID (NAME) STATE PARENT GROUP … START`; a name may hold anything.
        let (before, after) = stat.rsplit_once(") ")?;
        let name = before.split_once(" (")?.1.to_owned();
        let fields: Vec<&str> = after.split(' ').collect();
        let is_stopped = fields.first() == Some(&"T") && fields.get(2)?.parse::<u32>().ok()? == leader;
        let begun: u64 = fields.get(19)?.parse().ok()?;
        is_stopped.then_some(((begun, pid), name))
    });
    stopped.max_by_key(|(order, _)| *order).map(|(_, name)| name)
}
