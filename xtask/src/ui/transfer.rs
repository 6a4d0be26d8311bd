//! Shows the progress of a transfer: as a bar with bytes and rate on a terminal, otherwise as a line for each quarter
//! of a long one.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::Ui;
use crate::domain::text::megabytes;

/// Size from which a transfer gets lines without a terminal, in bytes.
const LONG: u64 = 64 * 1_000_000;

/// The progress of one transfer.
#[derive(Debug)]
pub struct Transfer {
    what: String,
    total: u64,
    /// What is shown after the last byte; nothing if empty.
    then: String,
    bar: Option<ProgressBar>,
    quarters_said: u64,
    silent: bool,
}

impl Transfer {
    /// Starts a transfer of `total` bytes; `what` names its target, `then` what is shown after the last byte.
    pub fn new(ui: Ui, what: &str, then: &str, total: u64) -> Self {
        let terminal = !ProgressDrawTarget::stderr().is_hidden();
        let bar = (terminal && !ui.verbose && !ui.json && !ui.quiet).then(|| ProgressBar::new(total));
        if let Some(bar) = &bar {
            let template = "{spinner} {prefix} {elapsed:>4} [{wide_bar}] {decimal_bytes} of {decimal_total_bytes}, {decimal_bytes_per_sec}";
            if let Ok(template) = ProgressStyle::with_template(template) {
                bar.set_style(template);
            }
            bar.set_prefix(what.to_owned());
            bar.enable_steady_tick(Duration::from_millis(100));
        }
        let silent = ui.quiet || total < LONG;
        Self { what: what.to_owned(), then: then.to_owned(), total, bar, quarters_said: 0, silent }
    }

    /// Shows that this many bytes were sent in this time.
    pub fn show(&mut self, bytes: u64, time: Duration) {
        let is_over = bytes >= self.total && !self.then.is_empty();
        if let Some(bar) = &self.bar {
            bar.set_position(bytes.min(self.total));
            if is_over {
                bar.set_prefix(format!("{}, {}", self.what, self.then));
            }
            return;
        }
        let quarters = bytes.saturating_mul(4).checked_div(self.total).unwrap_or_default().min(4);
        if self.silent || quarters <= self.quarters_said || (quarters == 4 && !is_over) {
            return;
        }
        self.quarters_said = quarters;
        super::say(&format!("{}\n", line(&self.what, &self.then, bytes, self.total, time)));
    }
}

/// Ends the transfer and removes the bar.
impl Drop for Transfer {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

/// Returns a line with the progress and the rate, or what follows the last byte.
pub fn line(what: &str, then: &str, bytes: u64, total: u64, time: Duration) -> String {
    if bytes >= total && !then.is_empty() {
        return format!("{what} | {then}");
    }
    let milliseconds = u64::try_from(time.as_millis()).unwrap_or(u64::MAX).max(1);
    let rate = megabytes(bytes.saturating_mul(1000) / milliseconds);
    format!("{what} | {} of {}, {rate}/s", megabytes(bytes), megabytes(total))
}
