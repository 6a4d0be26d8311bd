//! Progress of bytes: a bar with bytes and rate on a terminal, a line for each quarter of a long one elsewhere.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::Ui;
use crate::domain::text::megabytes;

/// Shorter transfers are over before anybody wonders, in bytes.
const LONG: u64 = 64 * 1_000_000;

/// One transfer.
#[derive(Debug)]
pub struct Transfer {
    what: String,
    total: u64,
    bar: Option<ProgressBar>,
    quarters_said: u64,
    silent: bool,
}

impl Transfer {
    /// Begins one of so many bytes; `what` is where they go.
    pub fn new(ui: Ui, what: &str, total: u64) -> Self {
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
        Self { what: what.to_owned(), total, bar, quarters_said: 0, silent: ui.quiet || total < LONG }
    }

    /// So many bytes have gone so far, in this time.
    pub fn advance(&mut self, bytes: u64, time: Duration) {
        if let Some(bar) = &self.bar {
            bar.set_position(bytes.min(self.total));
            return;
        }
        let quarters = (bytes * 4).checked_div(self.total).unwrap_or_default();
        if self.silent || quarters <= self.quarters_said || quarters >= 4 {
            return;
        }
        self.quarters_said = quarters;
        super::say(&format!("{}\n", line(&self.what, bytes, self.total, time)));
    }

    /// It is over; the bar goes away.
    pub fn finish(self) {
        if let Some(bar) = self.bar {
            bar.finish_and_clear();
        }
    }
}

/// How far a transfer is, with its rate.
pub fn line(what: &str, bytes: u64, total: u64, time: Duration) -> String {
    let milliseconds = u64::try_from(time.as_millis()).unwrap_or(u64::MAX).max(1);
    let rate = megabytes(bytes.saturating_mul(1000) / milliseconds);
    format!("{what} | {} of {}, {rate}/s", megabytes(bytes), megabytes(total))
}
