//! The only place that prints. Receives values and events, never asks the outside.
//!
//! stdout is data, stderr is talk. Only the main thread talks.

pub mod diagnostic;
pub mod json;
pub mod progress;
pub mod style;

use std::io::Write;

use crate::domain::problem::Problem;

/// When colours are used; `auto` means on a terminal, unless `NO_COLOR` is set.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum ColorChoice {
    // Documentation comments here would make the help of every command longer than its own options.
    #[default]
    Auto,
    Always,
    Never,
}

/// Writes to standard error. A reader that has gone away, or a full disk behind it, is no reason to stop the work.
fn say(text: &str) {
    let mut out = anstream::stderr().lock();
    let _unheard = out.write_all(text.as_bytes());
}

/// How much is said and in which form.
#[derive(Clone, Copy, Debug)]
pub struct Ui {
    /// stdout gets one JSON document.
    pub json: bool,
    /// Only warnings and errors are said.
    pub quiet: bool,
    /// Tools' output is shown, too.
    pub verbose: bool,
}

impl Ui {
    /// A right-aligned word and what it is about, as cargo does it.
    pub fn status(&self, word: &str, text: &str) {
        if !self.quiet {
            let style = style::STATUS;
            say(&format!("{style}{word:>12}{style:#} {text}\n"));
        }
    }

    /// A fact that is easily missed.
    pub fn warning(&self, text: &str) {
        let style = style::WARNING;
        say(&format!("{style}warning{style:#}: {text}\n"));
    }

    /// A fact worth knowing.
    pub fn note(&self, text: &str) {
        if !self.quiet {
            let style = style::NOTE;
            say(&format!("{style}note{style:#}: {text}\n"));
        }
    }

    /// A line that a tool said.
    pub fn tool_line(&self, line: &str) {
        if !self.quiet {
            say(&format!("{line}\n"));
        }
    }

    /// Problems with everything that is known about them, an empty line between two.
    pub fn errors(&self, problems: &[Problem]) {
        let rendered: Vec<String> = problems.iter().map(diagnostic::render).collect();
        say(&rendered.join("\n"));
    }

    /// A line of the result. A reader that has gone away is no error.
    pub fn result(&self, line: &str) {
        let mut out = anstream::stdout().lock();
        let _reader_gone = writeln!(out, "{line}");
    }
}
