//! What a load says while it goes on. The workflow says it to a value of `LoadEvents`; `ui` shows it.

use std::time::Duration;

use super::images::ExpectedImage;
use super::plan::LoadTarget;
use super::pods::Owner;
use super::transfer_stats::TransferStats;
use crate::domain::events::Events;

/// One thing that happens during a load.
#[derive(Clone, Copy, Debug)]
pub enum LoadEvent<'a> {
    /// A line of the client's output.
    ClientLine(&'a str),
    /// Images begin to go to nodes.
    Loading {
        /// The images.
        images: &'a [&'a ExpectedImage],
        /// Where they go.
        target: &'a LoadTarget,
        /// The number of nodes.
        nodes: usize,
    },
    /// After a signal, the archive is being removed from the nodes.
    RemovingArchives,
    /// Every node has every image.
    Finished {
        /// All images, also those that were there before.
        images: &'a [ExpectedImage],
        /// The number of nodes.
        nodes: usize,
        /// What was sent.
        stats: &'a TransferStats,
        /// The time of the load alone.
        load: Duration,
        /// The time of the whole run.
        run: Duration,
    },
    /// An owner of pods starts them anew.
    Restarted {
        /// Its namespace.
        namespace: &'a str,
        /// The owner.
        owner: &'a Owner,
    },
}

/// A transfer of bytes that takes a while.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TransferKind {
    /// Where the bytes go.
    pub what: String,
    /// What follows the last byte; nothing where it is empty.
    pub then: &'static str,
    /// The number of bytes.
    pub total: u64,
}

/// Shows the progress of one transfer, which is over when the value is dropped.
pub trait TransferProgress {
    /// So many bytes have gone, in this time.
    fn advance(&mut self, bytes: u64, time: Duration);
}

/// Receives what a load says.
pub trait LoadEvents: Events {
    /// Something happens.
    fn event(&self, event: LoadEvent<'_>);
    /// A transfer begins.
    fn transfer(&self, kind: TransferKind) -> Box<dyn TransferProgress>;
}
