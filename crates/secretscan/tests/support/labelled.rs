//! Names and values with labels, and how often an answer agrees with them.

use super::samples::expand;

/// Rows that hold a secret: a name, and the template of its value.
pub(crate) const SECRET_ROWS: &str = include_str!("../detection/data/rows-secret.tsv");
/// Rows that hold none.
pub(crate) const CLEAN_ROWS: &str = include_str!("../detection/data/rows-clean.tsv");

/// How many values are made from each template.
const SEEDS: u64 = 5;

/// The rows of a table: each name with values that are made from its template.
pub(crate) fn rows(text: &'static str) -> impl Iterator<Item = (&'static str, String)> {
    let parsed = text.lines().filter_map(|line| line.split_once('\t'));
    parsed.flat_map(|(name, template)| (0..SEEDS).map(move |seed| (name, expand(template, seed))))
}

/// Right and wrong answers.
#[derive(Debug, Default)]
pub(crate) struct Score {
    found: usize,
    missed: Vec<String>,
    alarms: Vec<String>,
    clean: usize,
}

impl Score {
    /// Takes note of an answer.
    pub(crate) fn take(&mut self, what: &str, is_secret: bool, found: bool) {
        match (is_secret, found) {
            (true, true) => self.found += 1,
            (true, false) => self.missed.push(what.to_owned()),
            (false, true) => self.alarms.push(what.to_owned()),
            (false, false) => self.clean += 1,
        }
    }

    /// Shares in per mille: of the secrets that were found, of the alarms that were right, of clean rows with an alarm.
    pub(crate) fn shares(&self) -> (usize, usize, usize) {
        let share = |part: usize, whole: usize| (part * 1000).checked_div(whole).unwrap_or_default();
        let alarms = self.alarms.len();
        (
            share(self.found, self.found + self.missed.len()),
            share(self.found, self.found + alarms),
            share(alarms, alarms + self.clean),
        )
    }
}
