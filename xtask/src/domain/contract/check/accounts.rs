//! The users that the steps of an image create, change, and remove.

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use dockerfile::shell::ShellCommand;
use dockerfile::{Base, Content, ImageConfig, Instruction};

use super::installs::{Install, install};

/// The users of an image, as far as its steps say.
#[derive(Debug, Default)]
pub(super) struct Accounts<'a> {
    created: HashMap<String, Created<'a>>,
    /// Commands that fail in the base image.
    pub(super) faults: Vec<(&'a Instruction, Range<usize>, String)>,
    /// Why a user may exist that no command is known to create.
    pub(super) undecided: Option<String>,
    /// The base image, if it is known.
    pub(super) base: Option<String>,
}

/// A user that a step creates.
#[derive(Debug)]
pub(super) struct Created<'a> {
    /// The user ID.
    pub(super) uid: Uid,
    /// The instruction with the step.
    pub(super) by: &'a Instruction,
    /// The place of the command that sets the ID.
    pub(super) span: Range<usize>,
}

/// A user ID.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Uid {
    /// This one.
    Is(u32),
    /// The next free one.
    Next,
    /// It depends on a variable.
    Unknown,
}

impl<'a> Accounts<'a> {
    /// Returns a user by name.
    pub(super) fn of(&self, name: &str) -> Option<&Created<'a>> {
        self.created.get(name)
    }
}

/// Options of `adduser` and `useradd` that have a value.
const SHORT_WITH_VALUE: [(&str, &str); 3] =
    [("adduser", "hgsGuk"), ("useradd", "bcdefgGkKpRPsuZ"), ("usermod", "cdefgGlpRPsuvVwWZ")];
const LONG_WITHOUT_VALUE: [&str; 25] = [
    "--system",
    "--disabled-password",
    "--disabled-login",
    "--empty-password",
    "--no-create-home",
    "--group",
    "--quiet",
    "--force-badname",
    "--allow-bad-names",
    "--badname",
    "--badnames",
    "--create-home",
    "--no-log-init",
    "--non-unique",
    "--no-user-group",
    "--user-group",
    "--append",
    "--lock",
    "--unlock",
    "--move-home",
    "--remove",
    "--remove-home",
    "--remove-all-files",
    "--backup",
    "--force",
];

/// The words of a command that creates or changes a user.
#[derive(Debug, Default, PartialEq, Eq)]
struct Call {
    /// The options with their values: the letter or the name without dashes.
    options: Vec<(String, Option<String>)>,
    /// The other words.
    names: Vec<String>,
}

impl Call {
    fn parse(command: &ShellCommand) -> Self {
        let program = command.program().unwrap_or_default();
        let with_value = SHORT_WITH_VALUE.iter().find(|(name, _)| *name == program).map_or("", |(_, letters)| letters);
        let mut call = Self::default();
        let mut words = command.words.iter().skip(1).map(|word| word.text.as_str());
        while let Some(word) = words.next() {
            if let Some(long) = word.strip_prefix("--") {
                match long.split_once('=') {
                    Some((name, value)) => call.options.push((name.to_owned(), Some(value.to_owned()))),
                    None if LONG_WITHOUT_VALUE.contains(&word) => call.options.push((long.to_owned(), None)),
                    None => call.options.push((long.to_owned(), words.next().map(str::to_owned))),
                }
            } else if let Some(letters) = word.strip_prefix('-').filter(|letters| !letters.is_empty()) {
                for (at, letter) in letters.char_indices() {
                    if !with_value.contains(letter) {
                        call.options.push((letter.to_string(), None));
                        continue;
                    }
                    let rest = letters.get(at + letter.len_utf8()..).unwrap_or_default();
                    let value = if rest.is_empty() { words.next() } else { Some(rest) };
                    call.options.push((letter.to_string(), value.map(str::to_owned)));
                    break;
                }
            } else {
                call.names.push(word.to_owned());
            }
        }
        call
    }

    fn get(&self, names: &[&str]) -> Option<&str> {
        self.options
            .iter()
            .rev()
            .find(|(name, _)| names.contains(&name.as_str()))
            .and_then(|(_, value)| value.as_deref())
    }

    fn has(&self, name: &str) -> bool {
        self.options.iter().any(|(option, _)| option == name)
    }

    fn uid(&self) -> Uid {
        match self.get(&["u", "uid"]) {
            None => Uid::Next,
            Some(text) => text.parse().map_or(Uid::Unknown, Uid::Is),
        }
    }
}

/// Returns the users of an image.
pub(super) fn accounts<'a>(image: &ImageConfig<'a>) -> Accounts<'a> {
    let mut accounts = Accounts { base: base_of(image).map(str::to_owned), ..Accounts::default() };
    let mut installed: HashSet<String> = HashSet::new();
    let mut shells = image.runs().into_iter();
    for instruction in &image.instructions {
        match &instruction.content {
            Content::Run(_) => {
                let shell = shells.next().and_then(|(_, shell)| shell);
                for command in instruction.shell_commands(shell).iter() {
                    if let Some(Install::Packages(packages)) = install(command) {
                        installed.extend(packages);
                    }
                    apply(&mut accounts, &installed, instruction, command);
                }
            }
            Content::Copy(transfer) | Content::Add(transfer) => {
                let path = transfer.destination.known().unwrap_or("/etc/passwd");
                if path.ends_with("etc/passwd") || path.trim_end_matches('/') == "/etc" {
                    accounts.undecided = Some(format!("line {} copies a list of users", instruction.first_line));
                }
            }
            _ => {}
        }
    }
    accounts
}

fn base_of<'a>(image: &ImageConfig<'a>) -> Option<&'a str> {
    match image.base {
        Base::Image(name) => Some(name),
        _ => None,
    }
}

/// Applies one command of a step.
fn apply<'a>(accounts: &mut Accounts<'a>, installed: &HashSet<String>, by: &'a Instruction, command: &ShellCommand) {
    let span = command.span.clone();
    let Some(program) = command.program() else { return };
    if command.words.iter().any(|word| word.text.contains("/etc/passwd")) {
        accounts.undecided = Some(format!("line {} writes to the list of users", by.first_line));
    }
    let call = Call::parse(command);
    if let Some(what) = missing_tool(accounts.base.as_deref(), installed, program, &call) {
        accounts.faults.push((by, span.clone(), what));
    }
    match program {
        "adduser" | "useradd" => {
            // `adduser USER GROUP` adds a user to a group.
            let name = if program == "adduser" { call.names.first() } else { call.names.last() };
            let adds_to_group = program == "adduser" && call.names.len() == 2 && call.options.is_empty();
            if let Some(name) = name.filter(|_| !adds_to_group) {
                accounts.created.insert(name.clone(), Created { uid: call.uid(), by, span });
            }
        }
        "usermod" => {
            let Some(name) = call.names.last() else { return };
            if let (Some(created), true) = (accounts.created.get_mut(name), call.uid() != Uid::Next) {
                (created.uid, created.by, created.span) = (call.uid(), by, span.clone());
            } else if call.uid() != Uid::Next {
                accounts.created.insert(name.clone(), Created { uid: call.uid(), by, span: span.clone() });
            }
            if let Some(new) = call.get(&["l", "login"])
                && let Some(created) = accounts.created.remove(name)
            {
                accounts.created.insert(new.to_owned(), Created { by, span, ..created });
            }
        }
        "userdel" | "deluser" => {
            if let [name] = call.names.as_slice() {
                accounts.created.remove(name);
            }
        }
        _ => {}
    }
}

/// Returns why a command that changes users fails in the base image.
fn missing_tool(base: Option<&str>, installed: &HashSet<String>, program: &str, call: &Call) -> Option<String> {
    let base = base?;
    let is_missing = |package: &str| !installed.contains(package);
    match (program, has_busybox(base)?) {
        ("useradd" | "groupadd" | "usermod" | "groupmod" | "userdel", true) if is_missing("shadow") => {
            Some(format!("`{base}` has no `{program}` without the package `shadow`"))
        }
        ("adduser", false) if ["S", "D", "H"].iter().any(|option| call.has(option)) => {
            Some("Debian's `adduser` has no such options; they are those of BusyBox".to_owned())
        }
        ("adduser" | "addgroup" | "deluser", false) if is_slim_without_adduser(base) && is_missing("adduser") => {
            Some(format!("`{base}` has no `{program}` without the package `adduser`"))
        }
        _ => None,
    }
}

/// Whether a base image has the tools of `BusyBox`, as Alpine does, or those of Debian, by its name; none if it is not
/// known.
pub(super) fn has_busybox(base: &str) -> Option<bool> {
    let debian = ["slim", "bookworm", "trixie", "bullseye", "debian", "ubuntu"];
    if base.contains("alpine") {
        Some(true)
    } else if debian.iter().any(|word| base.contains(word)) {
        Some(false)
    } else {
        None
    }
}

/// Whether a slim image has no `adduser`, as since Debian 13 (trixie).
fn is_slim_without_adduser(base: &str) -> bool {
    base.contains("slim") && !["bookworm", "bullseye", "buster", ":12", ":11"].iter().any(|word| base.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_way_to_give_an_id_is_read() {
        let read = |script: &str| {
            let commands = dockerfile::shell::commands(script);
            let call = Call::parse(&commands[0]);
            (call.names.clone(), call.uid())
        };
        for (script, name, uid) in [
            ("adduser -S nextjs -u 1001", "nextjs", Uid::Is(1001)),
            ("adduser -S -u 1001 -G nodejs nextjs", "nextjs", Uid::Is(1001)),
            ("adduser -Su1001 nextjs", "nextjs", Uid::Is(1001)),
            ("adduser --system --uid 1001 --ingroup nodejs nextjs", "nextjs", Uid::Is(1001)),
            ("adduser --uid=1001 --disabled-password --gecos '' nextjs", "nextjs", Uid::Is(1001)),
            ("useradd -ms /bin/bash -u 1000 app", "app", Uid::Is(1000)),
            ("useradd -rmu 1000 app", "app", Uid::Is(1000)),
            ("useradd --uid 1000 --gid app --no-create-home --shell /sbin/nologin app", "app", Uid::Is(1000)),
            ("useradd app", "app", Uid::Next),
            ("useradd -u \"$UID_OF_APP\" app", "app", Uid::Unknown),
        ] {
            assert_eq!(read(script), (vec![name.to_owned()], uid), "{script}");
        }
    }
}
