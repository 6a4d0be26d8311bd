//! Events of a load while it runs. The workflow sends them to a value of `LoadEvents`; `ui` shows them.

use std::time::Duration;

use super::images::ExpectedImage;
use super::plan::LoadTarget;
use super::pods::Owner;
use super::transfer_stats::TransferStats;
use crate::domain::events::Events;

/// An event of a load.
#[derive(Clone, Copy, Debug)]
pub enum LoadEvent<'a> {
    /// A line of the client's output.
    ClientLine(&'a str),
    /// The transfer of images to the nodes begins.
    Loading {
        /// The images.
        images: &'a [&'a ExpectedImage],
        /// The target of the load.
        target: &'a LoadTarget,
        /// The number of nodes.
        nodes: usize,
    },
    /// After a signal, the archive is being removed from the nodes.
    RemovingArchives,
    /// Every node has every image.
    Finished {
        /// All images, including those that were there before.
        images: &'a [ExpectedImage],
        /// The number of nodes.
        nodes: usize,
        /// The bytes that were sent.
        stats: &'a TransferStats,
        /// The duration of the load alone.
        load: Duration,
        /// The duration of the whole run.
        run: Duration,
    },
    /// The pods of an owner were restarted.
    Restarted {
        /// The namespace of the owner.
        namespace: &'a str,
        /// The owner.
        owner: &'a Owner,
    },
}

/// A transfer of bytes that takes a while.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TransferKind {
    /// The target of the bytes, for display.
    pub what: String,
    /// What follows the last byte, for display; empty if nothing does.
    pub then: &'static str,
    /// The number of bytes.
    pub total: u64,
}

/// Shows the progress of one transfer. Dropping the value ends the transfer.
pub trait TransferProgress {
    /// So many bytes were sent in this time.
    fn advance(&mut self, bytes: u64, time: Duration);
}

/// Receives the events of a load.
pub trait LoadEvents: Events {
    /// Handles an event.
    fn event(&self, event: LoadEvent<'_>);
    /// Starts a transfer.
    fn transfer(&self, kind: TransferKind) -> Box<dyn TransferProgress>;
}
