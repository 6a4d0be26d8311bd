//! Checkers that other projects make: how they are called, and their answers as findings. The findings are marked as
//! theirs, and are warnings: the rules of the contract decide.

use process::Invocation;
use serde_json::Value;

use super::check::ReadFile;
use crate::domain::config::Component;
use crate::domain::finding::{FileName, Finding, Position, Rule, Severity, Site, What};
use crate::domain::lenient::{document, field, is_list_with, list, text};
use crate::domain::problem::Place;

/// A checker that another project makes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Checker {
    /// The build checks of BuildKit, through the buildx plugin of docker.
    Buildkit,
    /// hadolint.
    Hadolint,
}

/// The rule of findings of a checker. They have rules of their own, which the messages name.
const fn rule(id: &'static str, what: &'static str) -> Rule {
    let page = "docs/contract/index.md";
    Rule { id, family: "checkers", severity: Severity::Warning, what, never_allowed: None, page }
}

impl Checker {
    /// Returns the name for messages.
    pub fn name(self) -> &'static str {
        match self {
            Self::Buildkit => "BuildKit's build checks",
            Self::Hadolint => "hadolint",
        }
    }

    /// Returns the call that checks the Dockerfile of a component.
    pub fn call(self, component: &Component) -> Invocation {
        let file = component.dockerfile.as_str();
        match self {
            Self::Buildkit => {
                let mut words = vec!["buildx", "build", "--call=check,format=json", "--file", file];
                if let Some(target) = component.target.as_deref() {
                    words.extend(["--target", target]);
                }
                let context = format!("./{}", component.context);
                words.push(&context);
                Invocation::new("docker", words)
            }
            Self::Hadolint => Invocation::new("hadolint", ["--no-fail", "--format", "json", file]),
        }
    }

    /// Returns the findings in an answer; none if it is no answer of the checker.
    pub fn findings(self, answer: &str, component: &Component, file: &ReadFile) -> Option<Vec<Finding>> {
        let found = match self {
            Self::Buildkit => of_buildkit(&document(answer, |value| {
                field(value, "warnings").is_some() || field(value, "sources").is_some()
            })?),
            Self::Hadolint => of_hadolint(&document(answer, |value| is_list_with(value, "code"))?),
        };
        Some(found.into_iter().map(|found| self.finding(found, component, file)).collect())
    }

    fn finding(self, found: Found, component: &Component, file: &ReadFile) -> Finding {
        let rule = match self {
            Self::Buildkit => rule("buildkit", "finding of BuildKit's build checks"),
            Self::Hadolint => rule("hadolint", "finding of hadolint"),
        };
        let Found { id, message, line, url } = found;
        let instruction = file.read.as_ref().ok().and_then(|dockerfile| {
            dockerfile.instructions.iter().find(|at| Some(at.first_line) <= line && line <= Some(at.last_line))
        });
        let site = Site::Instruction {
            file: FileName::new(file.path.clone()),
            at: Position { line, column: None },
            what: instruction.map_or(String::new(), |instruction| instruction.keyword().to_owned()),
            name: None,
            component: Some(component.name.to_string()),
        };
        let snippet = line.and_then(|line| {
            let start = file.source.start_of(line);
            let text = file.source.text.get(start..)?.lines().next()?;
            Place::in_source(&file.path, &file.source, start..start + text.len(), "").snippet
        });
        let sentence = format!("{}, {id}: {message}", self.name());
        Finding { notes: url.into_iter().collect(), snippet, ..Finding::new(rule, site, What::Sentence(sentence)) }
    }
}

/// A finding in an answer.
struct Found {
    id: String,
    message: String,
    line: Option<usize>,
    url: Option<String>,
}

fn of_buildkit(answer: &Value) -> Vec<Found> {
    let found = list(answer, "warnings").map(|warning| {
        let location = field(warning, "location");
        let range = location.and_then(|location| list(location, "ranges").next());
        let line = range.and_then(|range| field(range, "start")).and_then(|start| number(start, "line"));
        let message = text(warning, "detail").or_else(|| text(warning, "description")).unwrap_or_default();
        Found { id: text(warning, "ruleName").unwrap_or_default(), message, line, url: text(warning, "url") }
    });
    found.collect()
}

fn of_hadolint(answer: &Value) -> Vec<Found> {
    let items = answer.as_array().into_iter().flatten();
    let found = items.map(|item| Found {
        id: text(item, "code").unwrap_or_default(),
        message: text(item, "message").unwrap_or_default(),
        line: number(item, "line"),
        url: None,
    });
    found.collect()
}

fn number(value: &Value, name: &str) -> Option<usize> {
    field(value, name)?.as_u64().and_then(|number| usize::try_from(number).ok())
}
