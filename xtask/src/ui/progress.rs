//! Progress of components that are built at the same time: bars on a terminal, prefixed lines elsewhere.

use std::time::Duration;

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::{Ui, style};
use crate::domain::events::{BuildProgress, BuildRows};

/// Shows what each component is doing.
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
    /// A step that has begun and was not said yet.
    waiting: Option<String>,
}

impl Board {
    /// A board without rows.
    pub fn new(ui: Ui) -> Self {
        Self { ui, rows: Vec::new(), bars: None, width: 0 }
    }

    /// A component begins.
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

    /// A line that a component's tool said.
    fn line(&self, row: usize, text: &str) {
        if let Some(row) = self.rows.get(row).filter(|_| !self.ui.quiet) {
            let (dim, width) = (style::DIM, self.width);
            super::say(&format!("{dim}{:width$} |{dim:#} {text}\n", row.name));
        }
    }

    /// A component begins a step. As a line it waits for `settle`, in case the step is taken from the cache.
    fn step(&mut self, row: usize, text: &str) {
        self.settle_row(row);
        if let Some(row) = self.rows.get_mut(row) {
            match &row.bar {
                Some(bar) => bar.set_message(text.to_owned()),
                None => row.waiting = Some(text.to_owned()),
            }
        }
    }

    /// What a component is doing besides its steps; only a bar has room for it.
    fn say(&mut self, row: usize, text: &str) {
        self.settle_row(row);
        if let Some(bar) = self.rows.get(row).and_then(|row| row.bar.as_ref()) {
            bar.set_message(text.to_owned());
        }
    }

    /// The step that has just begun is taken from the cache: there is nothing to say.
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

    /// A component has ended; its bar goes away.
    fn end(&mut self, row: usize) {
        self.settle_row(row);
        if let Some(bar) = self.rows.get_mut(row).and_then(|row| row.bar.take()) {
            bar.finish_and_clear();
        }
    }
}

impl BuildRows for Board {
    fn begin(&mut self, names: &[&str]) {
        // Hidden where stderr is no terminal, or one that cannot move its cursor.
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
