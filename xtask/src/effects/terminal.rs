//! Questions to the person at the terminal.

use std::io::{self, BufRead, IsTerminal};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::Duration;

use process::signals;

/// Polling interval for signals while a person thinks.
const POLL_INTERVAL: Duration = Duration::from_millis(20);

/// What came from the terminal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// A line without its end; empty if the terminal was closed.
    Line(String),
    /// A signal, by its number.
    Signal(i32),
}

/// Whether a person can answer: standard input is a terminal.
pub fn can_answer() -> bool {
    io::stdin().is_terminal()
}

/// Reads a line that the person types, or returns the signal that comes first.
///
/// # Errors
///
/// Standard input cannot be read.
pub fn answer() -> io::Result<Answer> {
    let (sender, lines) = channel();
    // A read from the terminal does not end by a signal.
    std::thread::spawn(move || {
        let mut line = String::new();
        let read = io::stdin().lock().read_line(&mut line);
        // Nobody waits for the line after a signal.
        let _unheard = sender.send(read.map(|_| line.trim().to_owned()));
    });
    loop {
        if let Some(signal) = signals::received() {
            return Ok(Answer::Signal(signal));
        }
        match lines.recv_timeout(POLL_INTERVAL) {
            Ok(line) => return line.map(Answer::Line),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return Ok(Answer::Line(String::new())),
        }
    }
}
