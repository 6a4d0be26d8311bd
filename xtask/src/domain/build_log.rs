//! Parses the builder's output, line by line: the step that runs, and after a failure the failed step with its last
//! lines.
//!
//! It supports BuildKit's plain progress (of buildx and of old clients) and the output of the classic builder.
//! Decisions by English text are only in this file and in `builder_words`, with the versions in which the text was
//! seen.

use std::collections::HashMap;
use std::collections::VecDeque;

use super::builder_words::{BuilderInUse, FailedPart, missing_builder, part_of_line, part_of_step};

/// How many of a step's last lines are kept for the message.
const KEPT_LINES: usize = 10;

/// An event of a build.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BuildEvent {
    /// A step began (`[builder 3/6] RUN npm ci`).
    Started(String),
    /// A step was taken from the layer cache.
    Cached(String),
}

/// What is known about a failure.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FailureDetail {
    /// The step, as the builder names it.
    pub step: Option<String>,
    /// The line of the step in the Dockerfile.
    pub line: Option<usize>,
    /// The exit code of the step's process.
    pub exit_code: Option<i32>,
    /// The last lines of the step.
    pub last_lines: Vec<String>,
    /// Whether a disk is full.
    pub disk_full: bool,
    /// Whether an image could not be fetched from its registry.
    pub unreachable_registry: bool,
    /// The part of the build that failed.
    pub part: FailedPart,
    /// The builder of buildx, if it printed its name.
    pub builder: Option<BuilderInUse>,
    /// The name of a builder that was chosen and does not exist.
    pub missing_builder: Option<String>,
}

#[derive(Debug, Default)]
struct Step {
    name: String,
    lines: VecDeque<String>,
    announced: bool,
}

/// The parser of one build's output.
#[derive(Debug, Default)]
pub struct BuildLog {
    steps: HashMap<String, Step>,
    /// The current step of the classic builder, which runs one step at a time.
    current: Option<String>,
    failed: Option<String>,
    line: Option<usize>,
    exit_code: Option<i32>,
    recent: VecDeque<String>,
    disk_full: bool,
    unreachable_registry: bool,
    part: Option<FailedPart>,
    builder: Option<BuilderInUse>,
    missing_builder: Option<String>,
    started: usize,
    cached: usize,
}

impl BuildLog {
    /// Parses one line of output, given without its line end.
    pub fn feed(&mut self, line: &str) -> Option<BuildEvent> {
        let line = line.trim_end();
        self.watch(line);
        let event = self.buildkit(line).or_else(|| self.classic(line));
        match &event {
            Some(BuildEvent::Started(step)) if !is_from(step) => self.started += 1,
            Some(BuildEvent::Cached(step)) if !is_from(step) => self.cached += 1,
            _ => {}
        }
        // Lines of the builder's own bookkeeping do not explain a failure.
        if event.is_none() && !line.trim().is_empty() && !line.starts_with('#') {
            push_bounded(&mut self.recent, line);
        }
        event
    }

    /// Returns the number of steps other than FROM, and how many of them came from the layer cache.
    pub fn steps(&self) -> (usize, usize) {
        (self.started, self.cached)
    }

    /// Returns what is known about the failure of the build.
    pub fn failure(&self) -> FailureDetail {
        let step = self.failed.as_ref().or(self.current.as_ref()).and_then(|key| self.steps.get(key));
        let own: Vec<String> = step.map(|step| step.lines.iter().cloned().collect()).unwrap_or_default();
        let last_lines = if own.is_empty() { self.recent.iter().cloned().collect() } else { own };
        FailureDetail {
            part: self.part(step.map(|step| step.name.as_str())),
            builder: self.builder.clone(),
            missing_builder: self.missing_builder.clone(),
            step: step.map(|step| step.name.clone()).filter(|name| name.starts_with('[') || name.starts_with("Step")),
            line: self.line,
            exit_code: self.exit_code,
            last_lines,
            disk_full: self.disk_full,
            unreachable_registry: self.unreachable_registry,
        }
    }

    /// Returns the builder of buildx, if it printed its name.
    pub fn builder(&self) -> Option<&BuilderInUse> {
        self.builder.as_ref()
    }

    fn part(&self, step: Option<&str>) -> FailedPart {
        match step.map(part_of_step) {
            Some(FailedPart::Unknown) | None => self.part.clone(),
            of_step @ Some(FailedPart::BaseImage(_)) => {
                self.part.clone().filter(|part| matches!(part, FailedPart::CredentialHelper(_))).or(of_step)
            }
            of_step => of_step,
        }
        .or_else(|| self.line.map(|_| FailedPart::Dockerfile))
        .unwrap_or_default()
    }

    /// Looks for facts that may be in any line.
    fn watch(&mut self, line: &str) {
        // The kernel's own words, seen with engines 20.10 and 26.1 and both builders.
        self.disk_full |= line.to_lowercase().contains("no space left on device");
        self.unreachable_registry |= is_unreachable_registry(line);
        self.builder = self.builder.take().or_else(|| BuilderInUse::announced(line));
        if let Some(part) = part_of_line(line) {
            self.missing_builder = missing_builder(line).map(str::to_owned).or_else(|| self.missing_builder.take());
            self.part = Some(part);
        }
        // "did not complete successfully: exit code: 7" (buildx 0.13), "executor failed running […]: exit code: 7"
        // (client 20.10), "returned a non-zero code: 7" (classic, client 28.2).
        for marker in ["exit code: ", "returned a non-zero code: "] {
            if let Some((_, code)) = line.rsplit_once(marker)
                && (line.contains("ERROR") || line.contains("error") || marker.starts_with("returned"))
            {
                self.exit_code = code.trim().parse().ok().or(self.exit_code);
            }
        }
        // "dockerfile parse error line 3: …" (buildx 0.13), "dockerfile parse error on line 3: …" (newer ones).
        if let Some((_, rest)) = line.split_once("parse error ") {
            let number = rest.trim_start_matches("on ").trim_start_matches("line ").split(':').next();
            self.line = number.and_then(|number| number.trim().parse().ok()).or(self.line);
        }
        // buildx prints the place as `Dockerfile:7`, then the lines around it.
        if let Some((_, number)) = line.rsplit_once(':')
            && !line.starts_with('#')
            && !line.contains(' ')
            && self.failed.is_some()
        {
            self.line = number.parse().ok().or(self.line);
        }
    }

    /// Parses a line of BuildKit: `#7 [builder 3/6] RUN npm ci`, `#7 CACHED`, `#7 1.5 text`, `#7 ERROR: …`.
    fn buildkit(&mut self, line: &str) -> Option<BuildEvent> {
        let (number, rest) = line.strip_prefix('#')?.split_once(' ')?;
        number.parse::<u32>().ok()?;
        let step = self.steps.entry(number.to_owned()).or_default();
        if step.name.is_empty() {
            rest.clone_into(&mut step.name);
        }
        if rest == "CACHED" {
            return (is_step(&step.name)).then(|| BuildEvent::Cached(step.name.clone()));
        }
        if rest.starts_with("ERROR") {
            self.failed = Some(number.to_owned());
            let reason = rest.trim_start_matches("ERROR: ");
            if step.lines.is_empty() {
                push_bounded(&mut step.lines, reason);
            }
            return None;
        }
        if rest.starts_with('[') && !step.announced {
            step.announced = true;
            if !is_step(rest) {
                return None;
            }
            return Some(BuildEvent::Started(rest.to_owned()));
        }
        if let Some((time, text)) = rest.split_once(' ')
            && time.parse::<f64>().is_ok()
        {
            push_bounded(&mut step.lines, text);
        }
        None
    }

    /// Parses a line of the classic builder: `Step 3/9 : RUN npm ci` and what follows it.
    fn classic(&mut self, line: &str) -> Option<BuildEvent> {
        if let Some(rest) = line.strip_prefix("Step ")
            && rest.contains(" : ")
        {
            self.current = Some(line.to_owned());
            self.steps.insert(line.to_owned(), Step { name: line.to_owned(), ..Step::default() });
            return Some(BuildEvent::Started(line.to_owned()));
        }
        let current = self.current.clone()?;
        if line == " ---> Using cache" {
            return Some(BuildEvent::Cached(current));
        }
        if !line.starts_with(" --->") && !line.trim().is_empty() {
            push_bounded(&mut self.steps.get_mut(&current)?.lines, line);
        }
        None
    }
}

/// Whether an error text means that a registry could not be reached, rather than that it refused.
///
/// Seen with engines 20.10 and 26.1 and buildx 0.13; the texts are those of Go's network library.
pub fn is_unreachable_registry(text: &str) -> bool {
    const TEXTS: [&str; 8] = [
        "no such host",
        "connection refused",
        "i/o timeout",
        "TLS handshake timeout",
        "network is unreachable",
        "server misbehaving",
        "certificate signed by unknown authority",
        "request canceled while waiting for connection",
    ];
    TEXTS.iter().any(|marker| text.contains(marker))
}

/// Whether a name is that of a step in the Dockerfile, and not of the builder's own bookkeeping.
fn is_step(name: &str) -> bool {
    name.starts_with('[') && !name.starts_with("[internal]") && !name.starts_with("[auth]")
}

/// Whether a step is a FROM. Base images are looked up, not built, and builders differ in whether they call that
/// cached.
pub fn is_from(step: &str) -> bool {
    step.contains("] FROM ") || step.contains(" : FROM ")
}

fn push_bounded(lines: &mut VecDeque<String>, line: &str) {
    if lines.len() == KEPT_LINES {
        lines.pop_front();
    }
    lines.push_back(line.to_owned());
}

#[cfg(test)]
#[path = "build_log_tests.rs"]
mod tests;
