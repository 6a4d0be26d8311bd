//! A world in which a message is printed, and the ways to change it that hints ask for.

use std::fs::{self, File};
use std::path::PathBuf;
use std::process::Command;

use crate::action::{Action, filled};
use crate::harness::fakes::{Rule, on};
use crate::harness::run::Run;
use crate::harness::sandbox::Sandbox;

/// A sandbox, and how xtask is called in it.
pub(crate) struct World {
    pub(crate) sandbox: Sandbox,
    args: Vec<String>,
    folder: Option<PathBuf>,
    unset: Vec<String>,
    fill: Vec<(&'static str, String)>,
    values: Vec<(&'static str, String)>,
    replaced: Option<String>,
    printed: Option<String>,
    extra: Vec<String>,
    input: Option<String>,
    held: Option<File>,
    each_time: fn(&Sandbox),
}

impl World {
    /// A world where `xtask ARGS` prints the hint.
    pub(crate) fn new(sandbox: Sandbox, args: &[&str]) -> Self {
        let args = args.iter().map(|arg| (*arg).to_owned()).collect();
        let world = Self {
            sandbox,
            args,
            folder: None,
            unset: Vec::new(),
            fill: Vec::new(),
            values: Vec::new(),
            replaced: None,
            printed: None,
            extra: Vec::new(),
            input: None,
            held: None,
            each_time: |_| (),
        };
        world.cargo([]);
        world
    }

    /// `cargo xtask` is the xtask that is tested; other calls of cargo are given by rules.
    pub(crate) fn cargo(&self, rules: impl IntoIterator<Item = Rule>) {
        let xtask = on("xtask *").does(&format!("shift; exec '{}' \"$@\"", env!("CARGO_BIN_EXE_xtask")));
        self.sandbox.fake("cargo", rules.into_iter().chain([xtask]));
    }

    /// What a reader writes in the place of a placeholder.
    pub(crate) fn fill(mut self, placeholder: &'static str, value: impl Into<String>) -> Self {
        self.fill.push((placeholder, value.into()));
        self
    }

    /// The value that a reader gives to a key of taskflow.toml or to a variable.
    pub(crate) fn value(mut self, key: &'static str, value: impl Into<String>) -> Self {
        self.values.push((key, value.into()));
        self
    }

    /// The argument that goes away when the hint names others.
    pub(crate) fn instead_of(mut self, arg: &str) -> Self {
        self.replaced = Some(arg.to_owned());
        self
    }

    /// xtask is started in this folder and not at the root.
    pub(crate) fn within(mut self, folder: PathBuf) -> Self {
        self.folder = Some(folder);
        self
    }

    /// The text that is printed, where only another machine prints it; xtask itself must fail here, too.
    pub(crate) fn prints(mut self, text: String) -> Self {
        self.printed = Some(text);
        self
    }

    /// What xtask reads from standard input.
    pub(crate) fn input(mut self, text: &str) -> Self {
        self.feed(text);
        self
    }

    /// Changes what xtask reads from standard input.
    pub(crate) fn feed(&mut self, text: &str) {
        self.input = Some(text.to_owned());
    }

    /// A lock that another run holds.
    pub(crate) fn holds(mut self, lock: File) -> Self {
        self.held = Some(lock);
        self
    }

    /// The other run ends.
    pub(crate) fn release(&mut self) {
        self.held = None;
    }

    /// What happens before each run of xtask.
    pub(crate) fn each_time(mut self, happens: fn(&Sandbox)) -> Self {
        self.each_time = happens;
        self
    }

    /// Changes where xtask is started.
    pub(crate) fn go_to(&mut self, folder: PathBuf) {
        self.folder = Some(folder);
    }

    /// Replaces the arguments.
    pub(crate) fn call(&mut self, args: &[&str]) {
        self.args = args.iter().map(|arg| (*arg).to_owned()).collect();
    }

    /// Runs xtask.
    pub(crate) fn xtask(&self) -> Run {
        (self.each_time)(&self.sandbox);
        let args: Vec<&str> = self.args.iter().chain(&self.extra).map(String::as_str).collect();
        self.finish(self.sandbox.command(&args))
    }

    /// What the message is, and how the command ended that prints it.
    pub(crate) fn before(&self) -> (String, i32) {
        let run = self.xtask();
        (self.printed.clone().unwrap_or_else(|| self.real(&run.stderr)), run.code)
    }

    /// A text with this world's own paths and commits in the place of the words that snapshots have for them.
    fn real(&self, text: &str) -> String {
        let commit = self.sandbox.commit_id();
        let root = self.sandbox.root.display().to_string();
        let text = text.replace("[ROOT]", &root).replace("[BASE]", &self.sandbox.outside("").display().to_string());
        text.replace("[COMMIT]", &commit).replace("[SHORT]", commit.get(..12).unwrap_or_default())
    }

    fn finish(&self, mut command: Command) -> Run {
        if let Some(folder) = &self.folder {
            command.current_dir(folder);
        }
        for name in &self.unset {
            command.env_remove(name);
        }
        if let Some(text) = &self.input {
            let file = self.sandbox.mark("input");
            fs::write(&file, text).unwrap();
            command.stdin(File::open(file).unwrap());
        }
        let mut run = self.sandbox.finished(&command.output().unwrap());
        run.stderr = self.real(&run.stderr);
        run.stdout = self.real(&run.stdout);
        run
    }

    /// Carries an action out; gives what a command printed, and its exit code.
    pub(crate) fn act(&mut self, action: &Action, message: &str) -> (String, i32) {
        match action {
            Action::Run(command) => return self.shell(&filled(command, &self.fill)),
            Action::Pass(args) => {
                let passed = filled(args, &self.fill);
                self.drop_replaced();
                self.extra.extend(passed.split(' ').map(str::to_owned));
            }
            Action::Variable(name) => {
                let (name, value) = match name.split_once('=') {
                    Some((name, value)) => (name, value.to_owned()),
                    None => (name.as_str(), self.given(name)),
                };
                self.sandbox.set(name, value);
            }
            Action::Unset(name) => self.unset.push(name.clone()),
            Action::Instead(word) => self.instead(word, message),
            Action::Replace { line, file, text } => {
                let old = self.sandbox.read(file);
                let mut lines: Vec<&str> = old.lines().collect();
                lines[line.parse::<usize>().unwrap() - 1] = text;
                self.sandbox.write(file, &(lines.join("\n") + "\n"));
            }
            Action::Add { line, file } => self.append(file, &filled(line, &self.fill)),
            Action::Set { key, table } => {
                let line =
                    if key.contains('=') { filled(key, &self.fill) } else { format!("{key} = {}", self.given(key)) };
                self.set(&filled(table, &self.fill), &line);
            }
            Action::Declare(table) => {
                let table = filled(table, &self.fill);
                self.append("taskflow.toml", &table);
            }
        }
        (String::new(), 0)
    }

    fn given(&self, key: &str) -> String {
        let found = self.values.iter().find(|(name, _)| *name == key);
        found.unwrap_or_else(|| panic!("the row gives no value for `{key}`")).1.clone()
    }

    fn drop_replaced(&mut self) {
        if let Some(replaced) = self.replaced.take() {
            let place = self.args.iter().position(|arg| *arg == replaced).unwrap();
            self.args.remove(place);
        }
    }

    /// Runs a command of a hint with the sandbox's own tools only.
    fn shell(&mut self, command: &str) -> (String, i32) {
        if command.starts_with("eval ") {
            return self.in_this_shell(command);
        }
        let run = self.finish(self.sandbox.program("/bin/sh", &["-c", command]));
        (run.stdout + &run.stderr, run.code)
    }

    /// Runs a command that changes the shell it runs in: what it removes is not there for xtask.
    fn in_this_shell(&mut self, command: &str) -> (String, i32) {
        let variables = |script: &str| {
            let run = self.finish(self.sandbox.program("/bin/sh", &["-c", script]));
            let names = run.stdout.lines().filter_map(|line| line.strip_prefix("export ")?.split('=').next());
            (names.map(str::to_owned).collect::<Vec<String>>(), run.code)
        };
        let (before, _) = variables("export -p");
        let (after, code) = variables(&format!("{command}; code=$?; export -p; exit $code"));
        self.unset.extend(before.into_iter().filter(|name| !after.contains(name)));
        (String::new(), code)
    }

    /// Writes a word in the place of the nearest one of the message, in an argument or in taskflow.toml.
    fn instead(&mut self, word: &str, message: &str) {
        let message = message.replace('\'', "`");
        // A key is named with its table.
        let named = message.split('`').skip(1).step_by(2);
        let mut wrong: Vec<&str> = named.flat_map(|name| [name, name.rsplit('.').next().unwrap_or_default()]).collect();
        wrong.sort_by_key(|name| strsim::osa_distance(name, word));
        let config = fs::read_to_string(self.sandbox.root.join("taskflow.toml")).unwrap_or_default();
        for wrong in wrong {
            for arg in &mut self.args {
                if let Some(better) = with_word(arg, wrong, word) {
                    *arg = better;
                    return;
                }
            }
            if let Some(better) = with_word(&config, wrong, word) {
                self.sandbox.write("taskflow.toml", &better);
                return;
            }
        }
        panic!("no word to write `{word}` instead of: {message}");
    }

    fn append(&self, file: &str, line: &str) {
        let text = fs::read_to_string(self.sandbox.root.join(file)).unwrap_or_default();
        let end = if text.is_empty() || text.ends_with('\n') { "" } else { "\n" };
        self.sandbox.write(file, &format!("{text}{end}{line}\n"));
    }

    /// Writes a key into a table of taskflow.toml, in the place of an earlier one.
    pub(crate) fn set(&self, table: &str, line: &str) {
        let text = fs::read_to_string(self.sandbox.root.join("taskflow.toml")).unwrap_or_default();
        let key = line.split(['=', ' ']).next().unwrap();
        let mut lines: Vec<&str> = text.lines().collect();
        let Some(start) = lines.iter().position(|line| *line == table) else {
            self.append("taskflow.toml", &format!("{table}\n{line}"));
            return;
        };
        let end =
            lines[start + 1..].iter().position(|line| line.starts_with('[')).map_or(lines.len(), |at| at + start + 1);
        let is_old = |old: &&str| old.split(['=', ' ']).next() == Some(key);
        match lines[start..end].iter().position(is_old) {
            Some(old) => lines[start + old] = line,
            None => lines.insert(start + 1, line),
        }
        self.sandbox.write("taskflow.toml", &(lines.join("\n") + "\n"));
    }

    /// Replaces a part of a file of the repository; it must be there.
    pub(crate) fn edit(&self, file: &str, old: &str, new: &str) {
        let text = self.sandbox.read(file);
        assert!(text.contains(old), "{file} has no `{old}`");
        self.sandbox.write(file, &text.replacen(old, new, 1));
    }
}

/// A text with a word in the place of another that is no part of a longer one.
fn with_word(text: &str, old: &str, new: &str) -> Option<String> {
    let is_word = |letter: char| letter.is_ascii_alphanumeric() || "_-".contains(letter);
    let whole =
        |(at, _): &(usize, &str)| !text[..*at].ends_with(is_word) && !text[at + old.len()..].starts_with(is_word);
    let (at, _) = text.match_indices(old).filter(|_| !old.is_empty()).find(whole)?;
    Some(format!("{}{new}{}", &text[..at], &text[at + old.len()..]))
}
