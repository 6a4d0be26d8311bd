//! The only module that prints. It receives values and events, and does not ask for anything.
//!
//! Results go to standard output, messages to standard error. Only the main thread prints.

mod contract_diff;
pub mod diagnostic;
pub mod json;
pub mod minikube_load;
pub mod panics;
pub mod progress;
mod release;
pub mod report;
pub mod style;
pub mod transfer;
mod verify;
pub mod verify_page;

use std::borrow::Cow;
use std::io::Write;
use std::sync::RwLock;

use process::Masking;

use crate::domain::events::Events;
use crate::domain::problem::Problem;

/// Whether output has colours. `auto` means on a terminal, unless `NO_COLOR` is set.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
#[expect(missing_docs, reason = "docs of the variants would make clap print the long help for every command")]
pub enum ColorChoice {
    #[default]
    Auto,
    Always,
    Never,
}

/// The values that no output may show.
static KEPT: RwLock<Option<Masking>> = RwLock::new(None);

/// Masks the secrets that are known on this machine in everything that is printed from now on.
pub fn keep(known: Masking) {
    // No code panics while it holds the lock.
    if let Ok(mut kept) = KEPT.write() {
        *kept = Some(known);
    }
}

/// Masks a text.
fn kept(text: &str) -> Cow<'_, str> {
    let kept = KEPT.read().ok();
    kept.as_deref().and_then(Option::as_ref).map_or(Cow::Borrowed(text), |masking| masking.apply(text))
}

/// Masks a JSON document.
fn kept_document(text: &str) -> String {
    let kept = KEPT.read().ok();
    let document =
        kept.as_deref().and_then(Option::as_ref).map_or(Cow::Borrowed(text), |masking| masking.apply_to_json(text));
    format!("{document}\n")
}

/// Writes to standard error. A closed reader or a full disk does not stop the work.
fn say(text: &str) {
    let mut out = anstream::stderr().lock();
    let _unheard = out.write_all(kept(text).as_bytes());
}

/// Writes to standard output. A closed reader is not an error.
fn print(text: &str) {
    let mut out = anstream::stdout().lock();
    let _reader_gone = out.write_all(text.as_bytes());
}

/// Prints help of clap on standard output and its errors on standard error.
pub fn told_by_clap(error: &clap::Error) {
    let text = error.render().ansi().to_string();
    if error.use_stderr() { say(&text) } else { print(&kept(&text)) }
}

/// How much is printed, and in which form.
#[derive(Clone, Copy, Debug)]
pub struct Ui {
    /// Print one JSON document on standard output.
    pub json: bool,
    /// Print only warnings and errors.
    pub quiet: bool,
    /// Print the output of tools, too.
    pub verbose: bool,
}

impl Events for Ui {
    /// Prints a status line; its first word is right-aligned, as in cargo.
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
    /// Prints problems with all their details, separated by an empty line.
    pub fn errors(&self, problems: &[Problem]) {
        let rendered: Vec<String> = problems.iter().map(diagnostic::render).collect();
        say(&rendered.join("\n"));
    }

    /// Prints a line of the result on standard output.
    pub fn result(&self, line: &str) {
        print(&format!("{}\n", kept(line)));
    }

    /// Prints the result as one JSON document on standard output.
    pub fn document(&self, document: &str) {
        print(&kept_document(document));
    }
}
