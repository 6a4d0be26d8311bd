//! Typed calls of the minikube client. They return what the client prints; exit code 0 of a load proves nothing.

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

/// The client during one run.
#[derive(Clone, Debug)]
pub struct Client<'a> {
    runner: &'a Runner,
    limits: Limits,
}

impl<'a> Client<'a> {
    /// Makes a client whose calls have these limits.
    pub fn new(runner: &'a Runner, limits: Limits) -> Self {
        Self { runner, limits }
    }

    /// Returns the limits.
    pub fn limits(&self) -> Limits {
        self.limits
    }

    /// Returns the version of the client.
    ///
    /// # Errors
    ///
    /// The client gives no answer, or one that cannot be parsed.
    pub fn version(&self) -> Result<ClientVersion, ToolError> {
        self.ask(&argv::version(), limits::OFFLINE, |answer| read_version(&answer.stdout))
    }

    /// Returns all profiles.
    ///
    /// # Errors
    ///
    /// The client gives no answer, or one that cannot be parsed.
    pub fn profiles(&self) -> Result<Vec<Profile>, ToolError> {
        self.ask(&argv::profiles(), limits::OFFLINE, |answer| read_profiles(&answer.stdout))
    }

    /// Returns the images of a profile, for all nodes together.
    ///
    /// # Errors
    ///
    /// The client gives no answer, or one that cannot be parsed.
    pub fn images(&self, profile: &str) -> Result<Vec<ListedImage>, ToolError> {
        self.ask(&argv::images(profile), limits::NODE, |answer| {
            read_list(&answer.stdout).filter(|_| answer.code == Some(0))
        })
    }

    /// Returns the states of a profile's hosts. The exit code is ignored, since it includes the state of Kubernetes.
    ///
    /// # Errors
    ///
    /// The client gives no answer.
    pub fn hosts(&self, profile: &str) -> Result<Vec<(String, String)>, ToolError> {
        self.ask(&argv::status(profile), limits::NODE, |answer| Some(read_hosts(&answer.stdout)))
    }

    /// Returns a node's answer to a script.
    ///
    /// # Errors
    ///
    /// The client gives no answer, or one that is not complete.
    pub fn node(&self, call: &Invocation) -> Result<NodeFacts, ToolError> {
        self.ask(call, limits::NODE, |answer| read_answer(&answer.stdout))
    }

    /// Returns a node's answer to a script that waits for a load. After `loaded` is set, the script has a grace period;
    /// none if it has not answered by then.
    ///
    /// # Errors
    ///
    /// The client gives no answer, or one that is not complete.
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

    /// Returns the output of a script whose exit code has no meaning.
    ///
    /// # Errors
    ///
    /// The client gives no answer.
    pub fn words(&self, call: &Invocation, limit: Duration) -> Result<String, ToolError> {
        let answer = self.runner.capture(call, limit)?;
        Ok(answer.stdout.replace('\r', ""))
    }

    /// Runs a call that sends an archive; returns its answer. Stores the number of bytes sent so far in `sent`.
    ///
    /// # Errors
    ///
    /// The client gives no answer.
    pub fn send(&self, call: &Invocation, limit: Duration, sent: &AtomicU64) -> Result<Captured, ToolError> {
        let mut look = |pid| {
            if let Some(bytes) = progress::written(pid) {
                sent.store(bytes, Ordering::SeqCst);
            }
            true
        };
        let answer = self.runner.watch(call, limit, &mut look)?;
        answer.ok_or_else(|| ToolError::refused(call, String::new()))
    }

    /// Runs a cleanup after a signal; returns whether it succeeded.
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
        read(&answer).ok_or_else(|| ToolError::refused(call, words()))
    }
}
