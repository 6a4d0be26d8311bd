//! Shows the progress of components that are built at the same time: as bars on a terminal, otherwise as prefixed
//! lines.

use std::time::Duration;

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::{Ui, style};
use crate::domain::events::{BuildProgress, BuildRows};

/// Shows the current step of each component.
#[derive(Debug)]
pub struct Board {
    ui: Ui,
    rows: Vec<Row>,
    bars: Option<MultiProgress>,
    width: usize,
}

#[derive(Debug)]
struct Row {
    name: String,
    bar: Option<ProgressBar>,
    /// A step that has started and is not printed yet.
    waiting: Option<String>,
}

impl Board {
    /// Makes a board without rows.
    pub fn new(ui: Ui) -> Self {
        Self { ui, rows: Vec::new(), bars: None, width: 0 }
    }

    /// Starts the row of a component.
    fn begin_row(&mut self, row: usize) {
        let width = self.width;
        if let (Some(bars), Some(row)) = (&self.bars, self.rows.get_mut(row)) {
            let template = ProgressStyle::with_template("{spinner} {prefix} {elapsed:>4} {wide_msg}");
            let bar = bars.add(ProgressBar::new_spinner());
            if let Ok(template) = template {
                bar.set_style(template);
            }
            bar.set_prefix(format!("{:width$}", row.name));
            bar.enable_steady_tick(Duration::from_millis(100));
            row.bar = Some(bar);
        }
    }

    /// Prints a line of a component's tool.
    fn line(&self, row: usize, text: &str) {
        if let Some(row) = self.rows.get(row).filter(|_| !self.ui.quiet) {
            let (dim, width) = (style::DIM, self.width);
            super::say(&format!("{dim}{:width$} |{dim:#} {text}\n", row.name));
        }
    }

    /// Starts a step of a component. Without a terminal, its line is printed by `settle`, in case the step is taken
    /// from the cache.
    fn step(&mut self, row: usize, text: &str) {
        self.settle_row(row);
        if let Some(row) = self.rows.get_mut(row) {
            match &row.bar {
                Some(bar) => bar.set_message(text.to_owned()),
                None => row.waiting = Some(text.to_owned()),
            }
        }
    }

    /// Shows what a component does besides its steps; only a bar shows it.
    fn say(&mut self, row: usize, text: &str) {
        self.settle_row(row);
        if let Some(bar) = self.rows.get(row).and_then(|row| row.bar.as_ref()) {
            bar.set_message(text.to_owned());
        }
    }

    /// Drops the step that has just started, since it is taken from the cache.
    fn cached(&mut self, row: usize) {
        if let Some(row) = self.rows.get_mut(row) {
            row.waiting = None;
        }
    }

    fn settle_row(&mut self, row: usize) {
        if let Some(text) = self.rows.get_mut(row).and_then(|row| row.waiting.take()) {
            self.line(row, &text);
        }
    }

    /// Ends a component; its bar is removed.
    fn end(&mut self, row: usize) {
        self.settle_row(row);
        if let Some(bar) = self.rows.get_mut(row).and_then(|row| row.bar.take()) {
            bar.finish_and_clear();
        }
    }
}

impl BuildRows for Board {
    fn begin(&mut self, names: &[&str]) {
        // Bars are hidden if standard error is no terminal, or one that cannot move its cursor.
        let terminal = !ProgressDrawTarget::stderr().is_hidden();
        let ui = self.ui;
        self.bars = (terminal && !ui.verbose && !ui.json && !ui.quiet).then(MultiProgress::new);
        self.width = names.iter().map(|name| name.len()).max().unwrap_or_default();
        self.rows = names.iter().map(|name| Row { name: (*name).to_owned(), bar: None, waiting: None }).collect();
    }

    fn progress(&mut self, row: usize, progress: BuildProgress) {
        match progress {
            BuildProgress::Began => self.begin_row(row),
            BuildProgress::Step(text) => self.step(row, &text),
            BuildProgress::Cached => self.cached(row),
            BuildProgress::Line(text) => self.line(row, &text),
            BuildProgress::Searching => self.say(row, "looking for secrets in the image"),
            BuildProgress::Ended => self.end(row),
        }
    }

    fn settle(&mut self) {
        (0..self.rows.len()).for_each(|row| self.settle_row(row));
    }
}
