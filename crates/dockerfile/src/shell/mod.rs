//! Splits shell scripts into simple commands: which programs a script starts, and with which words.
//!
//! This is no interpreter. Every text has a result, in time that grows linearly with its length: all branches count,
//! and what depends on a value stays as it is written. The rules are those of POSIX shells, with the forms of bash that
//! change where a command begins. Scripts in scripts are read up to a depth of 20.

mod command;
mod instruction;
mod known_commands;
mod lexer;
mod script;
mod unwrap;
mod variables;

pub use command::{ShellCommand, Word};
pub(crate) use known_commands::KnownCommands;

/// Splits a script into the commands that it can run, in the order of the text. Commands in the expansions of a command
/// follow it.
///
/// Keywords, assignments, redirections, comments and the bodies of heredocs are no words. `sudo`, `env`, and other
/// programs that start a program are left out of `words` and are in `through`, and so are shells with a script in a
/// word. The body of a heredoc is read if its command is a shell.
pub fn commands(script: &str) -> Vec<ShellCommand> {
    script::Script::new(script).commands()
}

#[cfg(test)]
mod instruction_tests;
#[cfg(test)]
mod property_tests;
#[cfg(test)]
mod tests;
