//! The commands of an instruction, kept so that they are read once.

use std::borrow::Cow;
use std::fmt::{self, Debug, Formatter};
use std::sync::OnceLock;

use super::super::located::Located;
use super::command::ShellCommand;

/// The commands of an instruction, once they were read, with the SHELL that applied. Several rules ask for them.
#[derive(Default)]
pub(crate) struct KnownCommands(OnceLock<(Option<Vec<Located>>, Vec<ShellCommand>)>);

/// They depend on the instruction alone, so they are no part of its value.
impl PartialEq for KnownCommands {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for KnownCommands {}

impl Clone for KnownCommands {
    fn clone(&self) -> Self {
        Self::default()
    }
}

impl Debug for KnownCommands {
    fn fmt(&self, to: &mut Formatter<'_>) -> fmt::Result {
        to.write_str("_")
    }
}

impl KnownCommands {
    /// Returns the commands for a SHELL, and keeps those for the first one.
    pub(crate) fn of(
        &self,
        shell: Option<&[Located]>,
        read: impl Fn() -> Vec<ShellCommand>,
    ) -> Cow<'_, [ShellCommand]> {
        let (applied, commands) = self.0.get_or_init(|| (shell.map(<[Located]>::to_vec), read()));
        if applied.as_deref() == shell { Cow::Borrowed(commands) } else { Cow::Owned(read()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_kept_for_the_first_shell_only() {
        let (known, shell) = (KnownCommands::default(), [Located::new("sh", 0)]);
        let command = |program| vec![ShellCommand { words: Vec::new(), through: vec![program], span: 0..0 }];
        assert_eq!(*known.of(None, || command("a")), command("a"));
        assert_eq!(*known.of(None, || command("b")), command("a"));
        assert_eq!(*known.of(Some(&shell), || command("c")), command("c"));
        assert_eq!(*known.of(None, || command("d")), command("a"));
    }
}
