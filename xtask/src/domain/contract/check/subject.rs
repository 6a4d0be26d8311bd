//! What the rules judge: a component with its files.

use std::ops::Range;

use dockerfile::{Command, Dockerfile, ImageConfig, Instruction, Located};

use super::facts::{ContextFacts, IgnoreFacts, Manifest, ReadFile};
use super::required::RequiredEntries;
use crate::domain::config::Component;
use crate::domain::contract::declared::Contract;
use crate::domain::contract::rule::{RuleText, Verdict};
use crate::domain::finding::{FileName, Finding, Position, Site, What};
use crate::domain::problem::Place;

/// A component with everything that its rules need.
#[derive(Debug)]
pub struct Subject<'a> {
    /// The component.
    pub component: &'a Component,
    /// The path of taskflow.toml, for messages.
    pub config_file: &'a str,
    /// Its contract; an empty one if it has none.
    pub contract: &'a Contract,
    /// Its Dockerfile.
    pub file: &'a ReadFile,
    /// Its ignore file.
    pub ignore: &'a IgnoreFacts,
    /// The entries that its contract requires in the ignore file, and maybe those of other contracts.
    pub entries: &'a RequiredEntries<'a>,
    /// The files that its context would send.
    pub context: &'a ContextFacts,
    /// The containers of manifests in the repository that run its image.
    pub manifests: &'a [Manifest],
}

impl<'a> Subject<'a> {
    /// Returns the Dockerfile if it is valid, and if its own rules decide what it means.
    ///
    /// # Errors
    ///
    /// The verdict of every rule about the Dockerfile if there is nothing to judge.
    pub(super) fn dockerfile(&self) -> Result<&'a Dockerfile, Verdict> {
        let file = self.file.read.as_ref();
        let file = file.map_err(|_| Verdict::NotDecided("the Dockerfile is not valid".to_owned()))?;
        match file.syntax.as_ref().filter(|syntax| !is_known_frontend(&syntax.text)) {
            Some(syntax) => {
                Err(Verdict::NotDecided(format!("the frontend `{}` decides what the Dockerfile means", syntax.text)))
            }
            None => Ok(file),
        }
    }

    /// Returns the configuration of the image that is built.
    ///
    /// # Errors
    ///
    /// As `dockerfile`, and if the stage to build is missing.
    pub(super) fn image(&self) -> Result<ImageConfig<'a>, Verdict> {
        let file = self.dockerfile()?;
        let stage = file.built_stage(self.component.target.as_deref());
        let stage = stage.ok_or_else(|| Verdict::NotDecided("the stage to build is missing".to_owned()))?;
        Ok(file.image_of(stage))
    }

    /// Makes a finding at an instruction, with its first line and the marked range.
    pub(super) fn at(&self, rule: &RuleText, instruction: &Instruction, span: Range<usize>, what: String) -> Finding {
        let place = Place::in_source(&self.file.path, &self.file.source, span, "");
        let site = Site::Instruction {
            file: FileName::new(self.file.path.clone()),
            at: Position { line: Some(place.line), column: Some(place.column) },
            what: instruction.keyword().to_owned(),
            name: None,
            component: Some(self.component.name.to_string()),
        };
        Finding { snippet: place.snippet, ..finding(rule, site, what) }
    }

    /// Makes a finding at a whole instruction.
    pub(super) fn at_all(&self, rule: &RuleText, instruction: &Instruction, what: String) -> Finding {
        let start = instruction.span.start;
        let text = self.file.source.text.get(instruction.span.clone()).unwrap_or_default();
        let end = text.find('\n').map_or(instruction.span.end, |end| start + end);
        self.at(rule, instruction, start..end, what)
    }

    /// Makes a finding about something absent, at the key of the contract that requires it.
    pub(super) fn at_key(&self, rule: &RuleText, key: &str, line: usize, what: String) -> Finding {
        let site = Site::Key {
            file: FileName::in_root(self.config_file),
            at: Position::line(line),
            key: format!("component.{}.{key}", self.component.name),
        };
        finding(rule, site, what)
    }
}

/// Makes a finding at a line of a file.
pub(super) fn at_file(rule: &RuleText, file: &str, line: Option<usize>, what: String) -> Finding {
    let at = Position { line, column: None };
    finding(rule, Site::File { file: FileName::new(file), at, offset: None, ignore: None }, what)
}

/// Makes a finding of a rule at a site.
fn finding(rule: &RuleText, site: Site, what: String) -> Finding {
    let wanted = format!("contract: {}", rule.section);
    Finding { wanted: Some(wanted.into()), ..Finding::new(rule.rule(), site, What::Sentence(what)) }
}

/// The frontends that read Dockerfiles by the rules of `crates/dockerfile`: Docker's own.
fn is_known_frontend(syntax: &str) -> bool {
    let name = syntax.split(['@', ' ']).next().unwrap_or_default();
    let name = name.strip_prefix("docker.io/").unwrap_or(name);
    let repository = name.split(':').next().unwrap_or_default();
    matches!(repository, "docker/dockerfile" | "docker/dockerfile-upstream")
}

/// Returns the words of a command in exec form.
pub(super) fn exec_words(command: &Command) -> Option<Vec<&str>> {
    match command {
        Command::Exec(words) => Some(words.iter().map(|word: &Located| word.text.as_str()).collect()),
        Command::Shell(_) => None,
    }
}

/// Renders words as the JSON array of exec form.
pub(super) fn json_array(words: &[impl AsRef<str>]) -> String {
    let words: Vec<String> = words.iter().map(|word| serde_json::Value::from(word.as_ref()).to_string()).collect();
    format!("[{}]", words.join(", "))
}
