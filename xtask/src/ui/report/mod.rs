//! Reports of findings, one file for each format. Formats do not depend on rule families: the finding contains
//! everything specific.

pub mod github;
pub mod human;
pub mod sarif;

use super::{Ui, say};
use crate::domain::finding::Finding;

/// The formats of a report.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
#[expect(missing_docs, reason = "docs of the variants would make clap print the long help")]
pub enum Format {
    #[default]
    Human,
    Sarif,
    Github,
}

/// Prints findings in a format: to people the findings that `for_people` returns, to programs each one.
pub fn show(ui: Ui, format: Format, findings: &[Finding], for_people: impl Fn(&[Finding]) -> Vec<Finding>) {
    match format {
        Format::Human => say(&human::text(&for_people(findings))),
        Format::Sarif => ui.document(&sarif::document(findings)),
        Format::Github => findings.iter().for_each(|finding| ui.result(&github::annotation(finding))),
    }
}
