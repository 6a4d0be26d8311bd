//! Renders verdicts as `JUnit` XML, which CI systems show as a list of tests.

use std::fmt::Write;

use crate::domain::contract::{Judgement, Verdict};
use crate::domain::finding::{Finding, Naming, Severity};

/// Renders the document: a suite for each component with a test for each rule. Findings of other families are tests of a
/// suite with the family's name, and errors among them are failed ones. `command` is the name of the command.
pub fn document(command: &str, judgements: &[&Judgement], findings: &[Finding]) -> String {
    let mut xml = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n".to_owned();
    let mut suites: Vec<(&str, Vec<Test<'_>>)> = Vec::new();
    for judgement in judgements {
        let component = judgement.component.as_str();
        match suites.iter_mut().find(|(name, _)| *name == component) {
            Some((_, tests)) => tests.push(Test::of(judgement)),
            None => suites.push((component, vec![Test::of(judgement)])),
        }
    }
    let is_other =
        |finding: &&Finding| judgements.first().is_none_or(|first| first.rule.rule().family != finding.rule.family);
    for finding in findings.iter().filter(is_other) {
        let family = finding.rule.family;
        match suites.iter_mut().find(|(name, _)| *name == family) {
            Some((_, tests)) => tests.push(Test::of_finding(finding)),
            None => suites.push((family, vec![Test::of_finding(finding)])),
        }
    }
    let all = || suites.iter().flat_map(|(_, tests)| tests);
    let _ = writeln!(xml, "<testsuites name=\"xtask {command}\"{}>", counts(all()));
    for (name, tests) in &suites {
        let _ = writeln!(xml, "  <testsuite name=\"{}\"{}>", escaped(name), counts(tests.iter()));
        for test in tests {
            test.write(name, &mut xml);
        }
        xml.push_str("  </testsuite>\n");
    }
    xml.push_str("</testsuites>");
    xml
}

/// A test in the document.
struct Test<'a> {
    name: &'a str,
    outcome: Outcome,
}

enum Outcome {
    Passed(Option<String>),
    Failed(Vec<String>),
    Skipped(String),
}

impl<'a> Test<'a> {
    fn of(judgement: &'a Judgement) -> Self {
        let outcome = match &judgement.verdict {
            Verdict::Held(figure) => Outcome::Passed(figure.clone()),
            Verdict::NotDecided(reason) => Outcome::Skipped(reason.clone()),
            Verdict::Broken(findings) if findings.iter().any(|finding| finding.severity == Severity::Error) => {
                Outcome::Failed(findings.iter().map(line).collect())
            }
            Verdict::Broken(findings) => {
                let lines: Vec<String> = findings.iter().map(line).collect();
                Outcome::Passed(Some(lines.join("\n")))
            }
        };
        Self { name: judgement.rule.id, outcome }
    }

    fn of_finding(finding: &'a Finding) -> Self {
        let outcome = match finding.severity {
            Severity::Error => Outcome::Failed(vec![line(finding)]),
            Severity::Warning => Outcome::Passed(Some(line(finding))),
        };
        Self { name: finding.rule.id, outcome }
    }

    fn write(&self, suite: &str, text: &mut String) {
        let (suite, name) = (escaped(suite), escaped(self.name));
        let _ = match &self.outcome {
            Outcome::Passed(None) => writeln!(text, "    <testcase classname=\"{suite}\" name=\"{name}\"/>"),
            Outcome::Passed(Some(figure)) => writeln!(
                text,
                "    <testcase classname=\"{suite}\" name=\"{name}\"><system-out>{}</system-out></testcase>",
                escaped(figure)
            ),
            Outcome::Skipped(reason) => writeln!(
                text,
                "    <testcase classname=\"{suite}\" name=\"{name}\"><skipped message=\"{}\"/></testcase>",
                escaped(reason)
            ),
            Outcome::Failed(lines) => writeln!(
                text,
                "    <testcase classname=\"{suite}\" name=\"{name}\"><failure message=\"{}\">{}</failure></testcase>",
                escaped(lines.first().map_or("", String::as_str)),
                escaped(&lines.join("\n"))
            ),
        };
    }
}

/// Returns a finding in one line, with its place.
fn line(finding: &Finding) -> String {
    let message = finding.message(Naming::FromRoot);
    match finding.site.file() {
        Some((file, at)) => {
            let line = at.line.map_or(String::new(), |line| format!(":{line}"));
            format!("{}{line}: {message}", file.name(Naming::FromRoot))
        }
        None => format!("{}: {message}", finding.site.place()),
    }
}

fn counts<'a>(tests: impl Iterator<Item = &'a Test<'a>>) -> String {
    let (mut all, mut failures, mut skipped) = (0, 0, 0);
    for test in tests {
        all += 1;
        match test.outcome {
            Outcome::Passed(_) => {}
            Outcome::Failed(_) => failures += 1,
            Outcome::Skipped(_) => skipped += 1,
        }
    }
    format!(" tests=\"{all}\" failures=\"{failures}\" skipped=\"{skipped}\"")
}

/// Escapes a text for XML. Characters that XML does not have become replacement characters.
fn escaped(text: &str) -> String {
    let mut escaped = String::new();
    for letter in text.chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\n' => escaped.push_str("&#10;"),
            '\t' => escaped.push(letter),
            letter if letter.is_control() || matches!(letter, '\u{fffe}' | '\u{ffff}') => escaped.push('\u{fffd}'),
            letter => escaped.push(letter),
        }
    }
    escaped
}
