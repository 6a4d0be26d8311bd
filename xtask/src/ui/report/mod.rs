//! Reports of findings, one file for each format. Formats do not depend on rule families: the finding contains
//! everything specific.

pub mod github;
pub mod human;
pub mod junit;
pub mod sarif;

use super::{Ui, say};
use crate::domain::contract::Judgement;
use crate::domain::finding::{Finding, Rule};
use crate::domain::secrets::merged;

/// The formats of a report.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
#[expect(missing_docs, reason = "docs of the variants would make clap print the long help")]
pub enum Format {
    #[default]
    Human,
    Sarif,
    Github,
}

/// The formats of a report of judgements.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
#[expect(missing_docs, reason = "docs of the variants would make clap print the long help")]
pub enum JudgementFormat {
    #[default]
    Human,
    Sarif,
    Github,
    Junit,
}

/// Prints the findings of judgements in a format; for `JUnit`, all judgements. `command` is the name of the command.
pub fn show_judgements(
    ui: Ui,
    format: JudgementFormat,
    command: &str,
    judgements: &[&Judgement],
    findings: &[Finding],
) {
    let format = match format {
        JudgementFormat::Human => Format::Human,
        JudgementFormat::Sarif => Format::Sarif,
        JudgementFormat::Github => Format::Github,
        JudgementFormat::Junit => return ui.document(&junit::document(command, judgements, findings)),
    };
    show(ui, format, findings, merged);
}

/// Prints findings in a format: to people the findings that `for_people` returns, to programs each one.
pub fn show(ui: Ui, format: Format, findings: &[Finding], for_people: impl Fn(&[Finding]) -> Vec<Finding>) {
    match format {
        Format::Human => say(&human::text(&for_people(findings))),
        Format::Sarif => ui.document(&sarif::document(findings)),
        Format::Github => findings.iter().for_each(|finding| ui.result(&github::annotation(finding))),
    }
}

impl Ui {
    /// Prints a line for each rule: its ID and what it finds.
    pub fn rules(self, rules: &[Rule]) {
        let width = rules.iter().map(|rule| rule.id.len()).max().unwrap_or_default();
        for rule in rules {
            self.result(&format!("{:width$}  {}", rule.id, rule.what));
        }
    }
}
