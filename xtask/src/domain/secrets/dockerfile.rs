//! Searches all stages of a Dockerfile (contract: No Secrets in Image Layers, "NEVER use ENV or ARG").
//!
//! Values are judged as the builder sees them. A variable that is made from a secret one is a secret, too, in every
//! stage that inherits it.

use std::collections::{HashMap, HashSet};

use rpds::HashTrieSet;

use super::image::judge_instruction;
use super::report::secret;
use crate::domain::finding::{FileName, Finding, Position, Site};
use crate::domain::problem::Lines;
use dockerfile::{Base, Command, Content, Dockerfile, Instruction, Located, Outside, Pair, ReadError, Source};
use secretscan::rules;
use secretscan::secret_file;
use secretscan::{Detector, Scanned, TextKind, Verdict, not_searched, verdict};
use secretscan::{in_command, judge_unset};

/// Returns the findings in a Dockerfile, in the order of its lines; `component` is the one that is built from it.
pub fn dockerfile_findings(detector: &Detector, of: (Option<&str>, &str), text: &str) -> Vec<Finding> {
    read_dockerfile_findings(detector, of, text, &Dockerfile::read(text, Outside::Only(&[])))
}

/// Returns the findings in a Dockerfile that was read from this text without any build arg from outside.
pub fn read_dockerfile_findings(
    detector: &Detector,
    (component, file): (Option<&str>, &str),
    text: &str,
    read: &Result<Dockerfile, ReadError>,
) -> Vec<Finding> {
    let (lines, tainted) = (Lines::new(text), HashMap::new());
    let file = FileName::new(detector.shown(file));
    let mut search =
        Search { detector, component, file, text, lines, tainted, findings: Vec::new(), reported: HashSet::new() };
    match read {
        Ok(dockerfile) => {
            dockerfile.instructions.iter().for_each(|instruction| search.instruction(dockerfile, instruction, ""));
        }
        Err(_) => search.by_lines(),
    }
    search.text_as_such();
    let mut findings = search.findings;
    findings.sort_by_key(line_of);
    findings
}

fn line_of(finding: &Finding) -> usize {
    finding.site.file().and_then(|(_, at)| at.line).unwrap_or_default()
}

struct Search<'a> {
    detector: &'a Detector,
    component: Option<&'a str>,
    file: FileName,
    text: &'a str,
    lines: Lines,
    /// Variables that hold a secret, by stage.
    tainted: HashMap<Option<usize>, HashTrieSet<String>>,
    findings: Vec<Finding>,
    /// The line, rule, and instruction of each finding so far.
    reported: HashSet<(usize, &'static str, String)>,
}

impl Search<'_> {
    fn report(&mut self, line: usize, what: &str, name: Option<&str>, verdict: Verdict) {
        let what = self.detector.shown(what);
        // Each rule is reported once at each place of a line.
        if !self.reported.insert((line, verdict.rule, what.clone())) {
            return;
        }
        let name = name.map(|name| self.detector.shown(name));
        let (file, component) = (self.file.clone(), self.component.map(str::to_owned));
        let site = Site::Instruction { file, at: Position::line(line), what, name, component };
        self.findings.push(secret(verdict, site));
    }

    fn line_at(&self, offset: usize) -> usize {
        self.lines.line(offset)
    }

    /// Searches an instruction; `leader` is the text before it, such as `ONBUILD `.
    fn instruction(&mut self, dockerfile: &Dockerfile, instruction: &Instruction, leader: &str) {
        let line = instruction.first_line;
        let what = format!("{leader}{}", instruction.keyword());
        match &instruction.content {
            Content::Arg(pairs) | Content::Env(pairs) | Content::Label(pairs) => {
                for pair in pairs {
                    self.pair(instruction, &what, pair);
                }
            }
            Content::From(from) => {
                self.inherit(dockerfile, instruction.stage);
                self.words(line, &what, &from.image.text);
            }
            Content::Run(command) | Content::Cmd(command) | Content::Entrypoint(command) => {
                self.command(line, &what, command);
            }
            Content::Healthcheck(Some(command)) => self.command(line, &what, command),
            Content::Shell(words) => self.command(line, &what, &Command::Exec(words.clone())),
            Content::Copy(transfer) | Content::Add(transfer) => {
                for source in &transfer.sources {
                    match source {
                        Source::Path(path) => self.source(line, &what, &path.text),
                        Source::Heredoc(_) => {}
                    }
                }
            }
            Content::User(value) | Content::Workdir(value) | Content::Stopsignal(value) => {
                self.words(line, &what, &value.text);
            }
            Content::Expose(values) | Content::Volume(values) => {
                for value in values {
                    self.words(line, &what, &value.text);
                }
            }
            Content::Maintainer(name) => self.words(line, &what, &name.text),
            Content::Onbuild(inner) => self.instruction(dockerfile, inner, "ONBUILD "),
            Content::Healthcheck(None) => {}
        }
        for flag in instruction.flags.iter().filter_map(|flag| flag.value.as_deref()) {
            self.words(line, &what, flag);
        }
        for heredoc in &instruction.heredocs {
            self.located(&what, &heredoc.contents.raw);
        }
    }

    /// Copies the secret variables of the stage that a stage begins from.
    fn inherit(&mut self, dockerfile: &Dockerfile, stage: Option<usize>) {
        let base = stage.and_then(|stage| dockerfile.stages.get(stage)).map(|stage| &stage.base);
        if let Some(Base::Stage(base)) = base {
            let inherited = self.tainted.get(&Some(*base)).cloned().unwrap_or_default();
            self.tainted.insert(stage, inherited);
        }
    }

    fn pair(&mut self, instruction: &Instruction, keyword: &str, pair: &Pair) {
        let name = pair.name.text.as_str();
        let line = self.line_at(pair.name.raw.span.start).max(instruction.first_line);
        let is_arg = matches!(instruction.content, Content::Arg(_));
        let mut found: Vec<Verdict> = match &pair.value {
            None => judge_unset(self.detector, name).into_iter().collect(),
            Some(value) => {
                // A variable without a value leaves nothing here, but may get one in another build.
                let refers = value.text.is_empty() && !value.names.is_empty();
                let text = if refers { value.raw.text.as_str() } else { value.text.as_str() };
                let empty = text.is_empty();
                let found = self.detector.judge_all(name, Some(text)).into_iter();
                // An empty variable of the image contains no secret; an empty arg gets its value later.
                found.filter(|verdict| is_arg || !empty || verdict.rule == rules::DECLARED_NAME).collect()
            }
        };
        let tainted = self.tainted.get(&instruction.stage);
        counted::count(pair.value.as_ref().map_or(0, |value| value.text.len() + value.names.len()) + 1);
        let source = pair
            .value
            .iter()
            .flat_map(|value| &value.names)
            .find(|used| tainted.is_some_and(|known| known.contains(*used)));
        let made = source.map(|source| Verdict {
            rule: rules::FROM_SECRET,
            reason: format!("it is made from `{}`, which is a secret", self.detector.shown(source)),
        });
        // A value is judged with what it is made from.
        if found.iter().all(Verdict::is_not_searched) {
            found.splice(0..0, made);
        }
        if found.iter().any(|verdict| !verdict.is_not_searched()) {
            self.tainted.entry(instruction.stage).or_default().insert_mut(name.to_owned());
        }
        let variable = (!matches!(instruction.content, Content::Label(_))).then_some(name);
        for verdict in found {
            self.report(line, &format!("{keyword} {name}"), variable, verdict);
        }
    }

    fn command(&mut self, line: usize, what: &str, command: &Command) {
        match command {
            Command::Shell(text) => self.located(what, text),
            Command::Exec(words) => {
                let words: Vec<&str> = words.iter().map(|word| word.text.as_str()).collect();
                for (_, verdict) in in_command(self.detector, &words.join(" ")) {
                    self.report(line, what, None, verdict);
                }
            }
        }
    }

    /// Searches a command, or a file, in the Dockerfile; each finding is reported on its own line.
    fn located(&mut self, what: &str, text: &Located) {
        for (at, verdict) in in_command(self.detector, &text.text) {
            let line = self.line_at(text.place(at..at + 1).start);
            self.report(line, what, None, verdict);
        }
    }

    /// Judges a source of COPY or ADD: a file that holds secrets, or an address with a password.
    fn source(&mut self, line: usize, what: &str, path: &str) {
        if let Some(file) = secret_file(path.trim_end_matches('*')) {
            let verdict =
                Verdict { rule: rules::SECRET_FILE, reason: format!("`{}` is {file}", self.detector.shown(path)) };
            self.report(line, what, None, verdict);
        }
        self.words(line, what, path);
    }

    fn words(&mut self, line: usize, what: &str, text: &str) {
        for verdict in self.detector.judge_text_all(text, TextKind::Text) {
            self.report(line, what, None, verdict);
        }
    }

    /// Searches a text that cannot be parsed as a Dockerfile, line by line; the builder reports why it cannot.
    fn by_lines(&mut self) {
        for (index, line) in self.text.lines().enumerate() {
            for verdict in judge_instruction(self.detector, line.trim()) {
                self.report(index + 1, "", None, verdict);
            }
        }
    }

    /// Searches comments and all other text outside of instructions, since the whole file is sent to the builder.
    fn text_as_such(&mut self) {
        let Scanned { matches, cut } = self.detector.scanner().scan(self.text.as_bytes(), TextKind::Text);
        let found = matches.iter().map(|found| (found.start, verdict(&found.rule)));
        let lines: HashSet<usize> = self.reported.iter().map(|(line, ..)| *line).collect();
        for (place, verdict) in found.chain(cut.map(|cut| (cut.at, not_searched(cut.reason())))) {
            let line = self.line_at(place);
            if !lines.contains(&line) {
                self.report(line, "", None, verdict);
            }
        }
    }
}

#[cfg(test)]
#[path = "dockerfile_tests.rs"]
mod tests;
