//! Programs that start another program: `sudo`, `env`, `xargs`, shells with `-c` and similar ones.

use std::ops::Range;

use super::command::{Piece, sets_variable};

/// A program whose arguments end with another program and its arguments.
struct Wrapper {
    name: &'static str,
    /// The letters of options with a value.
    letters: &'static str,
    /// The long options with a value in the next word.
    long: &'static [&'static str],
    /// The number of operands before the program.
    operands: usize,
    /// Whether `NAME=value` can stand before the program.
    assigns: bool,
}

const fn wrapper(name: &'static str, letters: &'static str, long: &'static [&'static str]) -> Wrapper {
    Wrapper { name, letters, long, operands: 0, assigns: false }
}

const WRAPPERS: [Wrapper; 22] = [
    wrapper("exec", "a", &[]),
    wrapper("command", "", &[]),
    wrapper("builtin", "", &[]),
    Wrapper { assigns: true, ..wrapper("env", "uC", &["--unset", "--chdir"]) },
    Wrapper { assigns: true, ..wrapper("sudo", "ugphCDrtTUR", &SUDO) },
    wrapper("doas", "uC", &[]),
    wrapper("time", "fo", &["--format", "--output"]),
    wrapper("nice", "n", &["--adjustment"]),
    wrapper("ionice", "cn", &["--class", "--classdata"]),
    wrapper("nohup", "", &[]),
    wrapper("setsid", "", &[]),
    wrapper("stdbuf", "ioe", &["--input", "--output", "--error"]),
    Wrapper { operands: 1, ..wrapper("timeout", "ks", &["--kill-after", "--signal"]) },
    wrapper("xargs", "InPLsdaE", &["--arg-file", "--delimiter", "--max-args", "--max-procs", "--max-chars"]),
    Wrapper { operands: 1, ..wrapper("gosu", "", &[]) },
    Wrapper { operands: 1, ..wrapper("su-exec", "", &[]) },
    Wrapper { operands: 1, ..wrapper("chroot", "", &[]) },
    wrapper("setpriv", "", &["--reuid", "--regid", "--groups"]),
    wrapper("tini", "pe", &[]),
    wrapper("dumb-init", "r", &["--rewrite"]),
    wrapper("busybox", "", &[]),
    wrapper("runuser", "ugG", &["--user", "--group", "--supp-group"]),
];

const SUDO: [&str; 11] = [
    "--user",
    "--group",
    "--prompt",
    "--host",
    "--close-from",
    "--chdir",
    "--role",
    "--type",
    "--command-timeout",
    "--other-user",
    "--chroot",
];

/// Shells that read POSIX scripts.
const SHELLS: [&str; 8] = ["sh", "bash", "dash", "ash", "zsh", "ksh", "mksh", "rbash"];

/// Limit on the number of programs that start one another in one command.
const LONGEST: usize = 16;

/// The program that a command really starts.
pub(super) struct Unwrapped {
    /// The index of its word.
    pub(super) start: usize,
    /// The programs before it.
    pub(super) through: Vec<&'static str>,
    pub(super) kind: Kind,
}

/// How the command goes on.
pub(super) enum Kind {
    /// The program runs with the words behind it.
    Program,
    /// The program is a shell whose script is its standard input.
    Input(&'static str),
    /// The program is a shell, and this is its script.
    Script(Piece),
}

/// Follows the programs at the beginning of a command to the one that does the work.
pub(super) fn unwrap(words: &[Piece]) -> Unwrapped {
    let (mut start, mut through) = (0, Vec::new());
    let mut kind = Kind::Program;
    for _ in 0..LONGEST {
        let rest = words.get(start..).unwrap_or_default();
        let Some((program, arguments)) = rest.split_first() else { break };
        let Some(name) = program.name() else { break };
        if let Some(shell) = SHELLS.iter().find(|shell| **shell == name) {
            kind = of_shell(shell, arguments);
            through.extend(matches!(kind, Kind::Script(_)).then_some(*shell));
            break;
        }
        let other_user = ["su", "runuser"].into_iter().find(|known| *known == name);
        if let Some((user, script)) = other_user.and_then(|user| Some((user, script_of_su(arguments)?))) {
            through.push(user);
            kind = Kind::Script(script.clone());
            break;
        }
        if name == "eval" && !arguments.is_empty() {
            through.push("eval");
            kind = Kind::Script(joined(arguments));
            break;
        }
        let wrapper = WRAPPERS.iter().find(|wrapper| wrapper.name == name);
        let Some((wrapper, skipped)) = wrapper.and_then(|wrapper| Some((wrapper, wrapper.skipped(arguments)?))) else {
            break;
        };
        through.push(wrapper.name);
        start += 1 + skipped;
    }
    Unwrapped { start, through, kind }
}

impl Wrapper {
    /// Returns the number of words before the program that it starts; none if it starts none.
    fn skipped(&self, arguments: &[Piece]) -> Option<usize> {
        let mut at = 0;
        while let Some(word) = arguments.get(at).map(|word| word.text.as_str()) {
            counted::count(1);
            if word == "--" {
                at += 1;
                break;
            }
            // `command -v` looks for the program and does not start it.
            if self.name == "command" && word.starts_with('-') && word.contains(['v', 'V']) {
                return None;
            }
            let is_option = word.starts_with('-') && (word.len() > 1 || self.name == "env");
            if !is_option {
                break;
            }
            at += 1 + usize::from(self.takes_next(word));
        }
        at += self.operands;
        let sets = |word: &&Piece| self.assigns && sets_variable(&word.text);
        at += arguments.get(at..).unwrap_or_default().iter().take_while(sets).count();
        (at < arguments.len()).then_some(at)
    }

    /// Whether the value of an option is the next word.
    fn takes_next(&self, option: &str) -> bool {
        if option.starts_with("--") {
            return self.long.contains(&option);
        }
        // What follows the letter of an option with a value is the value.
        let letters = option.trim_start_matches('-');
        letters.find(|letter| self.letters.contains(letter)).is_some_and(|at| at + 1 == letters.len())
    }
}

/// Returns what a shell with these arguments runs: the script of `-c`, its standard input, or a file.
fn of_shell(shell: &'static str, arguments: &[Piece]) -> Kind {
    let (mut is_command, mut reads_input, mut at) = (false, false, 0);
    while let Some(word) = arguments.get(at).map(|word| word.text.as_str()) {
        counted::count(1);
        if word == "--" || word == "-" {
            at += 1;
            break;
        }
        let Some(letters) = word.strip_prefix(['-', '+']) else { break };
        at += 1;
        if letters.starts_with('-') {
            at += usize::from(["-rcfile", "-init-file"].contains(&letters));
            continue;
        }
        is_command |= word.starts_with('-') && letters.contains('c');
        reads_input |= letters.contains('s');
        at += usize::from(letters.contains(['o', 'O']));
    }
    match arguments.get(at) {
        Some(script) if is_command => Kind::Script(script.clone()),
        None if !is_command => Kind::Input(shell),
        Some(_) if reads_input => Kind::Input(shell),
        _ => Kind::Program,
    }
}

/// Returns the script of `su -c`.
fn script_of_su(arguments: &[Piece]) -> Option<&Piece> {
    let is_command = |word: &Piece| {
        let letters = word.text.strip_prefix('-').filter(|letters| !letters.starts_with('-'));
        word.text == "--command" || letters.is_some_and(|letters| letters.ends_with('c'))
    };
    let option = arguments.iter().position(is_command)?;
    arguments.get(option + 1)
}

/// Joins the words of `eval` to one script.
fn joined(words: &[Piece]) -> Piece {
    let mut script = Piece { span: span(words), ..Piece::default() };
    for word in words {
        if !script.text.is_empty() {
            script.text.push(' ');
        }
        counted::count(word.text.len());
        let offset = script.text.len();
        script.text.push_str(&word.text);
        let moved = word.expansions.iter().map(|range| offset + range.start..offset + range.end);
        script.expansions.extend(moved);
    }
    script
}

/// Returns the range from the first word to the last.
pub(super) fn span(words: &[Piece]) -> Range<usize> {
    let start = words.first().map_or(0, |word| word.span.start);
    start..words.last().map_or(start, |word| word.span.end)
}
