//! Typed questions to the minikube client, and its load. Returns what was seen; exit code 0 of a load says nothing.

pub mod archive;
pub mod export;
pub mod host;
mod progress;
pub mod workplace;

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use process::{Captured, Invocation, Runner};

use super::clock::Stopwatch;
use super::tool::ToolError;
use crate::domain::minikube::argv;
use crate::domain::minikube::client::{ClientVersion, read_version};
use crate::domain::minikube::limits::{self, Limits};
use crate::domain::minikube::listing::{ListedImage, read_list};
use crate::domain::minikube::node::{NodeFacts, read_answer};
use crate::domain::minikube::profile::{Profile, read_hosts, read_profiles};

/// The client of one run.
#[derive(Clone, Debug)]
pub struct Client<'a> {
    runner: &'a Runner,
    limits: Limits,
}

impl<'a> Client<'a> {
    /// A client whose calls have these limits.
    pub fn new(runner: &'a Runner, limits: Limits) -> Self {
        Self { runner, limits }
    }

    /// The limits.
    pub fn limits(&self) -> Limits {
        self.limits
    }

    /// Its version.
    pub fn version(&self) -> Result<ClientVersion, ToolError> {
        self.ask(&argv::version(), limits::OFFLINE, |answer| read_version(&answer.stdout))
    }

    /// All profiles.
    pub fn profiles(&self) -> Result<Vec<Profile>, ToolError> {
        self.ask(&argv::profiles(), limits::OFFLINE, |answer| read_profiles(&answer.stdout))
    }

    /// The images of a profile, of all nodes together.
    pub fn images(&self, profile: &str) -> Result<Vec<ListedImage>, ToolError> {
        self.ask(&argv::images(profile), limits::NODE, |answer| {
            read_list(&answer.stdout).filter(|_| answer.code == Some(0))
        })
    }

    /// The states of a profile's hosts; its exit code speaks of Kubernetes, too.
    pub fn hosts(&self, profile: &str) -> Result<Vec<(String, String)>, ToolError> {
        self.ask(&argv::status(profile), limits::NODE, |answer| Some(read_hosts(&answer.stdout)))
    }

    /// What a node answers to a script of ours.
    pub fn node(&self, call: &Invocation) -> Result<NodeFacts, ToolError> {
        self.ask(call, limits::NODE, |answer| read_answer(&answer.stdout))
    }

    /// What a node answers to a script that waits for a load. The script has its grace from the moment when `loaded` is
    /// set; none where the answer has not come by then.
    pub fn waiting_node(
        &self,
        call: &Invocation,
        limit: Duration,
        loaded: &AtomicBool,
    ) -> Result<Option<NodeFacts>, ToolError> {
        let mut since: Option<Stopwatch> = None;
        let grace = self.limits.grace();
        let mut look = |_pid| {
            if since.is_none() && loaded.load(Ordering::SeqCst) {
                since = Some(Stopwatch::start());
            }
            since.is_none_or(|since| since.elapsed() < grace)
        };
        let answer = self.runner.watch(call, limit.saturating_add(grace), &mut look)?;
        Ok(answer.and_then(|answer| read_answer(&answer.stdout)))
    }

    /// The words of a script whose exit code means nothing.
    pub fn words(&self, call: &Invocation, limit: Duration) -> Result<String, ToolError> {
        let answer = self.runner.capture(call, limit)?;
        Ok(answer.stdout.replace('\r', ""))
    }

    /// Runs a call that sends an archive; its answer. How much was sent so far goes to `sent` meanwhile.
    pub fn send(&self, call: &Invocation, limit: Duration, sent: &AtomicU64) -> Result<Captured, ToolError> {
        let mut look = |pid| {
            if let Some(bytes) = progress::written(pid) {
                sent.store(bytes, Ordering::SeqCst);
            }
            true
        };
        let answer = self.runner.watch(call, limit, &mut look)?;
        answer.ok_or_else(|| refused(call, String::new()))
    }

    /// Takes something back after a signal; whether that worked.
    pub fn clean_up(&self, call: &Invocation) -> bool {
        self.runner.clean_up(call, self.limits.or(limits::CLEANUP))
    }

    fn ask<T>(
        &self,
        call: &Invocation,
        usual: Duration,
        read: impl Fn(&Captured) -> Option<T>,
    ) -> Result<T, ToolError> {
        let answer = self.runner.capture(call, self.limits.or(usual))?;
        let words = || [answer.stderr.as_str(), answer.stdout.as_str()].concat();
        read(&answer).ok_or_else(|| refused(call, words()))
    }
}

fn refused(call: &Invocation, words: String) -> ToolError {
    ToolError::Refused { call: call.to_string(), words }
}
