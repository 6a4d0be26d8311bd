//! A program call as data. Dry run, `--json`, tests and the real run all take this one value.

use std::fmt;

use crate::hidden_value::HiddenValue;
use crate::shell::shell_quoted;

/// A program with everything it gets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invocation {
    /// Its name on PATH, or its path.
    pub program: String,
    /// Its arguments.
    pub args: Vec<String>,
    /// Its working folder, relative to the repository root; the root itself when empty.
    pub cwd: String,
    /// What is set in its environment besides our own.
    pub env: Vec<(String, EnvValue)>,
}

/// A value in a child's environment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EnvValue {
    /// May be shown.
    Plain(String),
    /// Is never shown.
    Hidden(HiddenValue),
}

impl EnvValue {
    /// The value, for the child only.
    pub fn reveal(&self) -> &str {
        match self {
            Self::Plain(value) => value,
            Self::Hidden(value) => value.reveal(),
        }
    }
}

impl Invocation {
    /// A call in the repository root.
    pub fn new<S: Into<String>>(program: impl Into<String>, args: impl IntoIterator<Item = S>) -> Self {
        Self {
            program: program.into(),
            args: args.into_iter().map(Into::into).collect(),
            cwd: String::new(),
            env: Vec::new(),
        }
    }

    /// The same call in a folder of the repository.
    #[must_use]
    pub fn within(mut self, cwd: impl Into<String>) -> Self {
        self.cwd = cwd.into();
        self
    }

    /// The same call with a variable that may be shown.
    #[must_use]
    pub fn env(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.env.push((name.into(), EnvValue::Plain(value.into())));
        self
    }

    /// The same call with a variable that is never shown.
    #[must_use]
    pub fn hidden_env(mut self, name: impl Into<String>, value: HiddenValue) -> Self {
        self.env.push((name.into(), EnvValue::Hidden(value)));
        self
    }
}

/// The call as a shell would take it; hidden values stand as `***`.
impl fmt::Display for Invocation {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.cwd.is_empty() {
            write!(out, "cd {} && ", shell_quoted(&self.cwd))?;
        }
        for (name, value) in &self.env {
            match value {
                EnvValue::Plain(value) => write!(out, "{name}={} ", shell_quoted(value))?,
                EnvValue::Hidden(_) => write!(out, "{name}=*** ")?,
            }
        }
        write!(out, "{}", shell_quoted(&self.program))?;
        for arg in &self.args {
            write!(out, " {}", shell_quoted(arg))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_can_be_pasted_and_hides_what_it_must() {
        let call = Invocation::new("docker", ["build", "--label", "a=b c", "./x"])
            .within("sub dir")
            .env("DOCKER_BUILDKIT", "1")
            .hidden_env("NODE_ENV", HiddenValue::new("planted"));
        assert_eq!(call.to_string(), "cd 'sub dir' && DOCKER_BUILDKIT=1 NODE_ENV=*** docker build --label 'a=b c' ./x");
        assert!(!format!("{call:?}").contains("planted"));
    }
}
