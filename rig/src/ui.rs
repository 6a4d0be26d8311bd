//! The only module that prints: messages on standard error, data on standard output.

use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};

use crate::failure::Failure;
use crate::report::Report;

/// Prints a line about a part. A closed standard error is ignored.
pub fn note(part: &str, text: &str) {
    let _ = writeln!(io::stderr(), "{part}: {text}");
}

/// Prints a line about a part, and below it lines that can be copied as they are.
pub fn lines(part: &str, text: &str, lines: &[String]) {
    note(part, text);
    for line in lines {
        let _ = writeln!(io::stderr(), "  {line}");
    }
}

/// Prints what is about to be done, does it, and prints how long it took.
///
/// # Errors
///
/// The error of `run`, with the step as its context.
pub fn step<T>(part: &str, what: &str, run: impl FnOnce() -> Result<T>) -> Result<T> {
    note(part, &format!("{what} ..."));
    let start = Instant::now();
    let done = run().with_context(|| format!("{part}: could not {what}"))?;
    note(part, &format!("{what}: {}", seconds(start.elapsed())));
    Ok(done)
}

/// Prints an error with its causes and hints.
pub fn error(error: &anyhow::Error) {
    let _ = io::stderr().write_all(render_error(error).as_bytes());
}

/// Prints the states of all parts as a JSON document.
///
/// # Errors
///
/// Standard output cannot be written.
pub fn json(report: &Report) -> Result<()> {
    let mut text = serde_json::to_string_pretty(report)?;
    text.push('\n');
    data(&text)
}

/// Prints the states of all parts as a table.
///
/// # Errors
///
/// Standard output cannot be written.
pub fn table(report: &Report) -> Result<()> {
    data(&render_table(report))
}

/// Prints one fact of a part.
///
/// # Errors
///
/// Standard output cannot be written.
pub fn fact(value: &str) -> Result<()> {
    data(&format!("{value}\n"))
}

fn data(text: &str) -> Result<()> {
    match io::stdout().write_all(text.as_bytes()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(error).context("could not write to standard output")
        }
        _ => Ok(()),
    }
}

fn seconds(time: Duration) -> String {
    format!("{:.1} s", time.as_secs_f64())
}

fn render_error(error: &anyhow::Error) -> String {
    let mut text = String::new();
    for (depth, cause) in error.chain().enumerate() {
        let word = if depth == 0 { "error" } else { "caused by" };
        let _ = writeln!(text, "{word}: {cause}");
    }
    let failures = error.chain().filter_map(|c| c.downcast_ref::<Failure>());
    for hint in failures.flat_map(Failure::hints) {
        let _ = writeln!(text, "hint: {hint}");
    }
    text
}

fn render_table(report: &Report) -> String {
    let mut text = format!("{:<16} {:<8} DETAIL\n", "PART", "STATE");
    for part in &report.parts {
        let _ = writeln!(text, "{:<16} {:<8} {}", part.name, part.state.as_str(), part.detail);
    }
    text
}

#[cfg(test)]
mod tests {
    use anyhow::{Context as _, anyhow};

    use super::render_error;
    use crate::failure::Failure;

    #[test]
    fn an_error_shows_its_causes_and_hints() {
        let inner = anyhow!(Failure::refusal("not root").hint("run it with sudo"));
        let text = render_error(&Err::<(), _>(inner).context("could not install").unwrap_err());
        assert_eq!(text, "error: could not install\ncaused by: not root\nhint: run it with sudo\n");
    }
}
