//! The clock.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use crate::domain::finding::Day;

/// A stopwatch that starts when it is made.
#[derive(Clone, Copy, Debug)]
pub struct Stopwatch(Instant);

impl Stopwatch {
    /// Starts a stopwatch.
    pub fn start() -> Self {
        Self(Instant::now())
    }

    /// Returns the time since the start.
    pub fn elapsed(self) -> Duration {
        self.0.elapsed()
    }
}

/// Returns the current time, in seconds since 1970.
pub fn now() -> i64 {
    let seconds = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    i64::try_from(seconds).unwrap_or_default()
}

/// Returns the current day in UTC.
pub fn today() -> Day {
    Day::of_seconds(now())
}

/// Waits for a while.
pub fn pause(time: Duration) {
    std::thread::sleep(time);
}
