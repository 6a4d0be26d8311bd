//! A program call as a value.

use std::ffi::{OsStr, OsString};
use std::fmt;
use std::path::PathBuf;

use shown::shown_path;

use crate::hidden_value::HiddenValue;
use crate::shell::shell_quoted;

/// A program call: program, arguments, folder, environment, input and user. A preview prints this value and a
/// [`Runner`](crate::Runner) runs it, so the preview shows exactly what runs.
///
/// ```
/// use process::{HiddenValue, Invocation};
///
/// let call = Invocation::new("psql", ["--command", "SELECT 1"])
///     .within("db")
///     .env("PGUSER", "app")
///     .hidden_env("PGPASSWORD", HiddenValue::new("correct horse"));
/// assert_eq!(call.to_string(), "cd db && PGUSER=app PGPASSWORD=*** psql --command 'SELECT 1'");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invocation {
    /// The name of the program on `PATH`, or its path relative to `folder`.
    pub program: OsString,
    /// The arguments.
    pub args: Vec<OsString>,
    /// The working folder, relative to the runner's root; the root itself when empty.
    pub folder: PathBuf,
    /// The variables that are set in addition to the inherited ones.
    pub env: Vec<(String, EnvValue)>,
    /// The file that becomes the standard input, relative to `folder`; none for an empty standard input.
    pub input: Option<PathBuf>,
    /// The user to run as; none for the user of this process.
    pub user: Option<User>,
}

/// User and group IDs of a call; the user has no other groups.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct User {
    /// The user ID.
    pub uid: u32,
    /// The group ID.
    pub gid: u32,
}

/// A value in a child's environment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EnvValue {
    /// A value that may be shown.
    Plain(OsString),
    /// A value that is never shown.
    Hidden(HiddenValue),
}

impl EnvValue {
    /// Returns the value, hidden or not. Only for the child's environment.
    pub fn reveal(&self) -> &OsStr {
        match self {
            Self::Plain(value) => value,
            Self::Hidden(value) => value.reveal(),
        }
    }
}

impl Invocation {
    /// Makes a call of a program in the runner's root, with an empty standard input.
    pub fn new<S: Into<OsString>>(program: impl Into<OsString>, args: impl IntoIterator<Item = S>) -> Self {
        Self {
            program: program.into(),
            args: args.into_iter().map(Into::into).collect(),
            folder: PathBuf::new(),
            env: Vec::new(),
            input: None,
            user: None,
        }
    }

    /// Adds an argument.
    #[must_use]
    pub fn arg(mut self, arg: impl Into<OsString>) -> Self {
        self.args.push(arg.into());
        self
    }

    /// Adds arguments.
    #[must_use]
    pub fn args<S: Into<OsString>>(mut self, args: impl IntoIterator<Item = S>) -> Self {
        self.args.extend(args.into_iter().map(Into::into));
        self
    }

    /// Sets the working folder.
    #[must_use]
    pub fn within(mut self, folder: impl Into<PathBuf>) -> Self {
        self.folder = folder.into();
        self
    }

    /// Sets a variable that may be shown.
    #[must_use]
    pub fn env(mut self, name: impl Into<String>, value: impl Into<OsString>) -> Self {
        self.env.push((name.into(), EnvValue::Plain(value.into())));
        self
    }

    /// Sets a variable that is never shown.
    #[must_use]
    pub fn hidden_env(mut self, name: impl Into<String>, value: HiddenValue) -> Self {
        self.env.push((name.into(), EnvValue::Hidden(value)));
        self
    }

    /// Reads the standard input from a file.
    #[must_use]
    pub fn reading(mut self, input: impl Into<PathBuf>) -> Self {
        self.input = Some(input.into());
        self
    }

    /// Runs the call as another user, in that group and no other one. Only a privileged process can do so.
    #[must_use]
    pub fn as_user(mut self, uid: u32, gid: u32) -> Self {
        self.user = Some(User { uid, gid });
        self
    }

    /// Returns the name of the program for messages.
    pub(crate) fn program_name(&self) -> String {
        shown_path(&self.program)
    }
}

/// Prints the call in shell syntax, with `***` for hidden values.
impl fmt::Display for Invocation {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.folder.as_os_str().is_empty() {
            write!(out, "cd {} && ", shell_quoted(&self.folder))?;
        }
        for (name, value) in &self.env {
            match value {
                EnvValue::Plain(value) => write!(out, "{name}={} ", shell_quoted(value))?,
                EnvValue::Hidden(_) => write!(out, "{name}=*** ")?,
            }
        }
        if let Some(User { uid, gid }) = self.user {
            write!(out, "setpriv --reuid={uid} --regid={gid} --clear-groups ")?;
        }
        write!(out, "{}", shell_quoted(&self.program))?;
        for arg in &self.args {
            write!(out, " {}", shell_quoted(arg))?;
        }
        if let Some(input) = &self.input {
            write!(out, " <{}", shell_quoted(input))?;
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

    #[test]
    fn a_call_shows_its_input_and_its_user() {
        let call =
            Invocation::new("postgres", ["--single"]).arg("-D").args(["data"]).reading("a b.sql").as_user(70, 71);
        assert_eq!(
            call.to_string(),
            "setpriv --reuid=70 --regid=71 --clear-groups postgres --single -D data <'a b.sql'"
        );
    }
}
