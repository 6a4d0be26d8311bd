//! Ends the process groups of all children on Ctrl-C, SIGTERM and when the terminal closes.
//!
//! Each child leads a group of its own, so the terminal's Ctrl-C reaches only this process. This process passes the
//! signal on, and kills the groups that have not ended after the grace period. A call of
//! [`Runner::clean_up`](crate::Runner::clean_up) may start after the signal. The process stays alive for such a call
//! and for every [`KeepAlive`] until a second signal comes, for 30 s at most.

use std::collections::BTreeSet;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicI32, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process_group};
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::iterator::Signals;

/// The default grace period: how long children may take to end by themselves after a signal.
pub const GRACE: Duration = Duration::from_millis(1200);

/// How long this process may take to exit by itself once its children have ended.
const EXIT_DELAY: Duration = Duration::from_millis(600);

/// How long cleanups may keep this process alive after a signal.
const CLEANING: Duration = Duration::from_secs(30);

/// Polling interval while waiting for cleanups.
const POLL_INTERVAL: Duration = Duration::from_millis(50);

static RECEIVED: AtomicI32 = AtomicI32::new(0);
static GRACE_IS_OVER: AtomicBool = AtomicBool::new(false);
static GROUPS: Mutex<BTreeSet<i32>> = Mutex::new(BTreeSet::new());
static KEPT_ALIVE: AtomicUsize = AtomicUsize::new(0);
static CLOSED: AtomicBool = AtomicBool::new(false);
static CLEANUPS: Mutex<BTreeSet<i32>> = Mutex::new(BTreeSet::new());

/// Starts to handle SIGINT, SIGTERM and SIGHUP. Call it once, at the start, before any child runs.
///
/// If the parent of this process has a grace period of its own, use a shorter one here, so that this process can end
/// its children before it is killed.
///
/// ```
/// process::signals::listen(process::signals::GRACE)?;
/// # Ok::<(), std::io::Error>(())
/// ```
///
/// # Errors
///
/// The system refuses to install the signal handlers.
#[expect(clippy::exit, reason = "the last resort, when this process does not end by itself")]
pub fn listen(grace: Duration) -> std::io::Result<()> {
    // Signals that the parent made this process ignore stay ignored: by `nohup`, or in the background of a script.
    let heard = [SIGHUP, SIGINT, SIGTERM].into_iter().filter(|signal| !is_ignored(*signal));
    let mut signals = Signals::new(heard)?;
    std::thread::spawn(move || {
        if let Some(signal) = signals.forever().next() {
            RECEIVED.store(signal, Ordering::SeqCst);
            send_to_all(&GROUPS, passed_on(signal));
            std::thread::sleep(grace);
            GRACE_IS_OVER.store(true, Ordering::SeqCst);
            send_to_all(&GROUPS, Signal::KILL);
            // This process exits by itself as soon as its children have ended; if it does not, it hangs.
            std::thread::sleep(EXIT_DELAY);
            let since = Instant::now();
            let is_asked_again = || signals.pending().next().is_some();
            if wait_for_cleaning(since, is_asked_again) {
                std::thread::sleep(EXIT_DELAY);
            }
            std::process::exit(128 + signal);
        }
    });
    Ok(())
}

/// Kills all children that still run. Call it just before the process exits, so that no child outlives it. A child that
/// a detached thread starts later is killed at once.
pub fn end_children() {
    CLOSED.store(true, Ordering::SeqCst);
    send_to_all(&GROUPS, Signal::KILL);
    send_to_all(&CLEANUPS, Signal::KILL);
}

/// Waits for cleanups; returns whether there were any.
fn wait_for_cleaning(since: Instant, mut is_asked_again: impl FnMut() -> bool) -> bool {
    let is_cleaning =
        || KEPT_ALIVE.load(Ordering::SeqCst) > 0 || CLEANUPS.lock().is_ok_and(|groups| !groups.is_empty());
    let waits = is_cleaning();
    while is_cleaning() && since.elapsed() < CLEANING {
        if is_asked_again() {
            send_to_all(&CLEANUPS, Signal::KILL);
            break;
        }
        std::thread::sleep(POLL_INTERVAL);
    }
    waits
}

/// Keeps the process alive after a signal until the cleanup that holds it has finished, half a minute at most.
#[derive(Debug)]
pub struct KeepAlive(());

impl KeepAlive {
    /// Keeps the process alive from now on.
    #[expect(clippy::new_without_default, reason = "a default value has no effect on the process")]
    pub fn new() -> Self {
        KEPT_ALIVE.fetch_add(1, Ordering::SeqCst);
        Self(())
    }
}

impl Drop for KeepAlive {
    fn drop(&mut self) {
        KEPT_ALIVE.fetch_sub(1, Ordering::SeqCst);
    }
}

/// Whether the parent made this process ignore the signal; false on systems other than Linux.
fn is_ignored(signal: i32) -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| u64::from_str_radix(line.strip_prefix("SigIgn:")?.trim(), 16).ok());
    mask.is_some_and(|mask| signal != SIGTERM && mask & (1 << (signal - 1)) != 0)
}

/// Returns the number of the signal that was received, if one was.
pub fn received() -> Option<i32> {
    match RECEIVED.load(Ordering::SeqCst) {
        0 => None,
        signal => Some(signal),
    }
}

/// Returns the signal that is passed on to children: SIGINT as it is, SIGTERM for the others.
fn passed_on(signal: i32) -> Signal {
    if signal == SIGINT { Signal::INT } else { Signal::TERM }
}

/// A registered process group; deregistered when dropped.
#[derive(Debug)]
pub(crate) struct Group(i32, &'static Mutex<BTreeSet<i32>>);

impl Group {
    /// Registers the group that a child leads.
    pub(crate) fn register(pid: u32) -> Self {
        let group = Self::among(&GROUPS, pid);
        // A signal may have come between the start of the child and its registration, and the grace period may be over.
        if let Some(signal) = received() {
            send(group.0, passed_on(signal));
        }
        if GRACE_IS_OVER.load(Ordering::SeqCst) || CLOSED.load(Ordering::SeqCst) {
            send(group.0, Signal::KILL);
        }
        group
    }

    /// Registers the group of a cleanup, which the first signal does not end.
    pub(crate) fn for_cleanup(pid: u32) -> Self {
        Self::among(&CLEANUPS, pid)
    }

    fn among(groups: &'static Mutex<BTreeSet<i32>>, pid: u32) -> Self {
        let pid = i32::try_from(pid).unwrap_or_default();
        if let Ok(mut groups) = groups.lock() {
            groups.insert(pid);
        }
        Self(pid, groups)
    }

    /// Kills the group at once.
    pub(crate) fn kill(&self) {
        send(self.0, Signal::KILL);
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        if let Ok(mut groups) = self.1.lock() {
            groups.remove(&self.0);
        }
    }
}

fn send_to_all(groups: &Mutex<BTreeSet<i32>>, signal: Signal) {
    if let Ok(groups) = groups.lock() {
        for pid in groups.iter() {
            send(*pid, signal);
        }
    }
}

fn send(pid: i32, signal: Signal) {
    if let Some(pid) = Pid::from_raw(pid) {
        // The only possible error is that the group has ended already.
        let _gone = kill_process_group(pid, signal);
    }
}
