//! Progress of components that are built at the same time: bars on a terminal, prefixed lines elsewhere.

use std::time::Duration;

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::{Ui, style};

/// Shows what each component is doing.
#[derive(Debug)]
pub struct Board {
    rows: Vec<Row>,
    bars: Option<MultiProgress>,
    width: usize,
    silent: bool,
}

#[derive(Debug)]
struct Row {
    name: String,
    bar: Option<ProgressBar>,
}

impl Board {
    /// A board with a row for each component.
    pub fn new(ui: Ui, names: &[&str]) -> Self {
        // Hidden where stderr is no terminal, or one that cannot move its cursor.
        let terminal = !ProgressDrawTarget::stderr().is_hidden();
        let bars = (terminal && !ui.verbose && !ui.json && !ui.quiet).then(MultiProgress::new);
        let width = names.iter().map(|name| name.len()).max().unwrap_or_default();
        let rows = names.iter().map(|name| Row { name: (*name).to_owned(), bar: None }).collect();
        Self { rows, bars, width, silent: ui.quiet }
    }

    /// A component begins.
    pub fn begin(&mut self, row: usize) {
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

    /// A step of a component, or a line that it said.
    pub fn step(&self, row: usize, text: &str) {
        let Some(row) = self.rows.get(row) else { return };
        match &row.bar {
            Some(bar) => bar.set_message(text.to_owned()),
            None if !self.silent => {
                let (dim, width) = (style::DIM, self.width);
                anstream::eprintln!("{dim}{:width$} |{dim:#} {text}", row.name);
            }
            None => {}
        }
    }

    /// A component has ended; its bar goes away.
    pub fn end(&mut self, row: usize) {
        if let Some(bar) = self.rows.get_mut(row).and_then(|row| row.bar.take()) {
            bar.finish_and_clear();
        }
    }

    /// Prints something without tearing the bars.
    pub fn suspend(&self, print: impl FnOnce()) {
        match &self.bars {
            Some(bars) => bars.suspend(print),
            None => print(),
        }
    }
}
