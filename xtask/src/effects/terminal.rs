//! Questions to the person at the terminal.

use std::io::{self, BufRead, IsTerminal};

/// Whether a person can answer: standard input is a terminal.
pub fn can_answer() -> bool {
    io::stdin().is_terminal()
}

/// Reads a line that the person types, without its end; empty if the terminal was closed.
///
/// # Errors
///
/// Standard input cannot be read.
pub fn answer() -> io::Result<String> {
    let mut line = String::new();
    io::stdin().lock().read_line(&mut line)?;
    Ok(line.trim().to_owned())
}
