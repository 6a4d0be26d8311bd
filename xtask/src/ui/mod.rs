//! The only place that prints. Receives values and events, never asks the outside.
//!
//! stdout is data, stderr is talk. Only the main thread talks.

pub mod diagnostic;
pub mod json;
pub mod minikube_load;
pub mod panics;
pub mod progress;
pub mod report;
pub mod style;
pub mod transfer;

use std::borrow::Cow;
use std::io::Write;
use std::sync::RwLock;

use process::Masking;

use crate::domain::events::Events;
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

/// What no output may show.
static KEPT: RwLock<Option<Masking>> = RwLock::new(None);

/// Keeps the secrets that this machine knows out of everything that is printed from now on, whatever way they came.
pub fn keep(known: Masking) {
    // Nothing panics while it holds the lock.
    if let Ok(mut kept) = KEPT.write() {
        *kept = Some(known);
    }
}

/// The text as it may be printed.
fn kept(text: &str) -> Cow<'_, str> {
    let kept = KEPT.read().ok();
    kept.as_deref().and_then(Option::as_ref).map_or(Cow::Borrowed(text), |masking| masking.apply(text))
}

/// A JSON document as it may be printed.
fn kept_document(text: &str) -> String {
    let kept = KEPT.read().ok();
    let document =
        kept.as_deref().and_then(Option::as_ref).map_or(Cow::Borrowed(text), |masking| masking.apply_to_json(text));
    format!("{document}\n")
}

/// Writes to standard error. A reader that has gone away, or a full disk behind it, is no reason to stop the work.
fn say(text: &str) {
    let mut out = anstream::stderr().lock();
    let _unheard = out.write_all(kept(text).as_bytes());
}

/// Writes to standard output. A reader that has gone away is no error.
fn print(text: &str) {
    let mut out = anstream::stdout().lock();
    let _reader_gone = out.write_all(text.as_bytes());
}

/// What clap has to say: help on standard output, errors on standard error.
pub fn told_by_clap(error: &clap::Error) {
    let text = error.render().ansi().to_string();
    if error.use_stderr() { say(&text) } else { print(&kept(&text)) }
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

impl Events for Ui {
    /// The word is right-aligned, as cargo does it.
    fn status(&self, word: &str, text: &str) {
        if !self.quiet {
            let style = style::STATUS;
            say(&format!("{style}{word:>12}{style:#} {text}\n"));
        }
    }

    fn warning(&self, text: &str) {
        let style = style::WARNING;
        say(&format!("{style}warning{style:#}: {text}\n"));
    }

    fn note(&self, text: &str) {
        if !self.quiet {
            let style = style::NOTE;
            say(&format!("{style}note{style:#}: {text}\n"));
        }
    }

    fn tool_line(&self, line: &str) {
        if !self.quiet {
            say(&format!("{line}\n"));
        }
    }

    fn warnings(&self, problems: &[Problem]) {
        let rendered: Vec<String> = problems.iter().map(diagnostic::render_warning).collect();
        say(&rendered.join("\n"));
    }
}

impl Ui {
    /// Problems with everything that is known about them, an empty line between two.
    pub fn errors(&self, problems: &[Problem]) {
        let rendered: Vec<String> = problems.iter().map(diagnostic::render).collect();
        say(&rendered.join("\n"));
    }

    /// A line of the result.
    pub fn result(&self, line: &str) {
        print(&format!("{}\n", kept(line)));
    }

    /// The result as one JSON document.
    pub fn document(&self, document: &str) {
        print(&kept_document(document));
    }
}
