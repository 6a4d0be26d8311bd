//! Time limits for the calls of a load.

use std::time::Duration;

/// Limit of a call that needs no node.
pub const OFFLINE: Duration = Duration::from_secs(30);

/// Limit of a call that asks a node.
pub const NODE: Duration = Duration::from_mins(1);

/// Limit of a call that asks a cluster; the cluster itself has five seconds of it.
pub const CLUSTER: Duration = Duration::from_secs(8);

/// Limit of an export by this machine's engine.
pub const EXPORT: Duration = Duration::from_mins(15);

/// Limit of removing an archive from a node after a signal, while the user waits.
pub const CLEANUP: Duration = Duration::from_secs(15);

/// How long after a load nodes may take to list what was loaded.
const GRACE: Duration = Duration::from_secs(4);

/// Limit of a load without any bytes.
const LOAD: Duration = Duration::from_mins(2);

/// The slowest rate of a load that is waited for, in bytes per second.
const SLOWEST: u64 = 1_000_000;

/// The limits of a run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Limits {
    /// The limit for every call that the user chose; none for the defaults.
    pub chosen: Option<Duration>,
}

impl Limits {
    /// Returns the chosen limit, or this default.
    pub fn or(self, usual: Duration) -> Duration {
        self.chosen.unwrap_or(usual)
    }

    /// Returns the limit of a load of so many bytes.
    pub fn load(self, bytes: u64) -> Duration {
        self.or(LOAD.saturating_add(Duration::from_secs(bytes / SLOWEST)))
    }

    /// Returns how long to wait until nodes list what was loaded.
    pub fn grace(self) -> Duration {
        self.or(GRACE).min(GRACE)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_load_has_a_second_for_each_megabyte() {
        assert_eq!(Limits::default().load(30_000_000), Duration::from_secs(150));
        assert!(Limits::default().load(u64::MAX) > LOAD);
    }

    #[test]
    fn a_chosen_limit_counts_for_every_call_and_only_shortens_the_grace() {
        let chosen = |seconds| Limits { chosen: Some(Duration::from_secs(seconds)) };
        assert_eq!([chosen(1).or(NODE), chosen(1).load(30_000_000), chosen(1).grace()], [Duration::from_secs(1); 3]);
        assert_eq!(chosen(600).grace(), GRACE);
    }
}
