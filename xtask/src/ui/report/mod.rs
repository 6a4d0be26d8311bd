//! Reports of findings, one file for each form. No form knows the family of a rule: what is special about one comes in the
//! finding.

pub mod github;
pub mod human;
pub mod sarif;

use super::{Ui, say};
use crate::domain::finding::Finding;

/// The forms of a report.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    // Documentation comments here would make the help longer than its options.
    #[default]
    Human,
    Sarif,
    Github,
}

/// Shows findings in a form: to people those that `for_people` makes of them, to programs each one.
pub fn show(ui: Ui, format: Format, findings: &[Finding], for_people: impl Fn(&[Finding]) -> Vec<Finding>) {
    match format {
        Format::Human => say(&human::text(&for_people(findings))),
        Format::Sarif => ui.document(&sarif::document(findings)),
        Format::Github => findings.iter().for_each(|finding| ui.result(&github::annotation(finding))),
    }
}
