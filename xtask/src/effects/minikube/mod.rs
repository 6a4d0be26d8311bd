//! Typed questions to the minikube client, and its load. Returns what was seen; exit code 0 of a load says nothing.

pub mod archive;
pub mod export;
pub mod host;
mod progress;
pub mod workplace;

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use process::{Captured, Invocation, RunError, Runner};

use super::clock::Stopwatch;
use crate::domain::minikube::argv;
use crate::domain::minikube::client::{ClientVersion, read_version};
use crate::domain::minikube::listing::{ListedImage, read_list};
use crate::domain::minikube::node::{NodeFacts, read_answer};
use crate::domain::minikube::profile::{Profile, read_hosts, read_profiles};

/// How long an answer may take that needs no node.
const OFFLINE: Duration = Duration::from_secs(30);

/// How long an answer of a node may take.
const QUESTION: Duration = Duration::from_mins(1);

/// How long a load may take, besides a second for each megabyte.
const LOAD: Duration = Duration::from_mins(2);

/// How long something may take that a person waits for who wants to leave.
const TAKING_BACK: Duration = Duration::from_secs(15);

/// How long nodes may take to show what was loaded.
const GRACE: Duration = Duration::from_secs(4);

/// How long every call may take, if the user has said so.
#[derive(Clone, Copy, Debug, Default)]
pub struct Limits(pub Option<Duration>);

impl Limits {
    /// The limit of a call that usually has this one.
    pub fn or(self, usual: Duration) -> Duration {
        self.0.unwrap_or(usual)
    }

    /// The limit of a load of so many bytes.
    pub fn load(self, bytes: u64) -> Duration {
        self.or(LOAD.saturating_add(Duration::from_secs(bytes / 1_000_000)))
    }

    /// How long to wait for what was loaded to be seen.
    pub fn grace(self) -> Duration {
        self.or(GRACE).min(GRACE)
    }
}

/// Why there is no answer.
#[derive(Clone, Debug, thiserror::Error)]
pub enum ClientError {
    /// The client is not there.
    #[error("`minikube` is not installed or not on PATH")]
    NotFound,
    /// We were told to end.
    #[error("interrupted")]
    Interrupted(i32),
    /// It could not be run, or took too long.
    #[error("{0}")]
    Run(String),
    /// It said something that is no answer; its own words.
    #[error("{said}")]
    Unreadable {
        /// The call.
        call: String,
        /// The words.
        said: String,
    },
}

impl From<RunError> for ClientError {
    fn from(error: RunError) -> Self {
        match error {
            RunError::NotFound(_) => Self::NotFound,
            RunError::Interrupted(signal) => Self::Interrupted(signal),
            other => Self::Run(other.to_string()),
        }
    }
}

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
    pub fn version(&self) -> Result<ClientVersion, ClientError> {
        self.ask(&argv::version(), OFFLINE, |answer| read_version(&answer.stdout))
    }

    /// All profiles.
    pub fn profiles(&self) -> Result<Vec<Profile>, ClientError> {
        self.ask(&argv::profiles(), OFFLINE, |answer| read_profiles(&answer.stdout))
    }

    /// The images of a profile, of all nodes together.
    pub fn images(&self, profile: &str) -> Result<Vec<ListedImage>, ClientError> {
        self.ask(&argv::images(profile), QUESTION, |answer| {
            read_list(&answer.stdout).filter(|_| answer.code == Some(0))
        })
    }

    /// The states of a profile's hosts; its exit code speaks of Kubernetes, too.
    pub fn hosts(&self, profile: &str) -> Result<Vec<(String, String)>, ClientError> {
        self.ask(&argv::status(profile), QUESTION, |answer| Some(read_hosts(&answer.stdout)))
    }

    /// What a node answers to a script of ours.
    pub fn node(&self, profile: &str, node: Option<&str>, script: &str) -> Result<NodeFacts, ClientError> {
        self.ask(&argv::ssh(profile, node, script), QUESTION, |answer| read_answer(&answer.stdout))
    }

    /// The same for a script that waits for a load. It has its grace from the moment when `loaded` is set; what has not
    /// come by then is none.
    pub fn waiting_node(
        &self,
        profile: &str,
        script: &str,
        limit: Duration,
        loaded: &AtomicBool,
    ) -> Result<Option<NodeFacts>, ClientError> {
        let mut since: Option<Stopwatch> = None;
        let grace = self.limits.grace();
        let mut look = |_pid| {
            if since.is_none() && loaded.load(Ordering::SeqCst) {
                since = Some(Stopwatch::start());
            }
            since.is_none_or(|since| since.elapsed() < grace)
        };
        let answer = self.runner.watch(&argv::ssh(profile, None, script), limit.saturating_add(grace), &mut look)?;
        Ok(answer.and_then(|answer| read_answer(&answer.stdout)))
    }

    /// Runs a script of which only the words count.
    pub fn words(
        &self,
        profile: &str,
        node: Option<&str>,
        script: &str,
        limit: Duration,
    ) -> Result<String, ClientError> {
        let answer = self.runner.capture(&argv::ssh(profile, node, script), limit)?;
        Ok(answer.stdout.replace('\r', ""))
    }

    /// Runs a call that sends an archive; its answer. How much was sent so far goes to `sent` meanwhile.
    pub fn send(&self, call: &Invocation, limit: Duration, sent: &AtomicU64) -> Result<Captured, ClientError> {
        let mut look = |pid| {
            if let Some(bytes) = progress::written(pid) {
                sent.store(bytes, Ordering::SeqCst);
            }
            true
        };
        let answer = self.runner.watch(call, limit, &mut look)?;
        answer.ok_or_else(|| unreadable(call, String::new()))
    }

    /// Takes something back after a signal; whether that worked.
    pub fn take_back(&self, call: &Invocation) -> bool {
        self.runner.take_back(call, self.limits.or(TAKING_BACK))
    }

    fn ask<T>(
        &self,
        call: &Invocation,
        usual: Duration,
        read: impl Fn(&Captured) -> Option<T>,
    ) -> Result<T, ClientError> {
        let answer = self.runner.capture(call, self.limits.or(usual))?;
        let words = || [answer.stderr.as_str(), answer.stdout.as_str()].concat();
        read(&answer).ok_or_else(|| unreadable(call, words()))
    }
}

fn unreadable(call: &Invocation, said: String) -> ClientError {
    ClientError::Unreadable { call: call.to_string(), said }
}
