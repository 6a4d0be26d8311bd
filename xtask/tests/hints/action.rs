//! What a hint asks its reader to do, read from the printed text.

/// Programs that a hint can call. A span in backticks that begins with one of them is a command.
const PROGRAMS: [&str; 17] = [
    "apk", "brew", "cargo", "chmod", "docker", "eval", "export", "git", "iconv", "kubectl", "minikube", "podman",
    "printf", "sed", "sudo", "tr", "unset",
];

/// Words that a reader replaces.
const PLACEHOLDERS: [&str; 10] =
    ["FILE", "FOLDER", "ID", "IMAGE", "NAME", "SECONDS", "SUITE", "TAG", "VALUE", "VARIABLE"];

/// One thing to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Action {
    /// Run this in a shell.
    Run(String),
    /// Run xtask with these arguments besides.
    Pass(String),
    /// Set a variable of the environment: `NAME=VALUE`, or `NAME` with a value that the row knows.
    Variable(String),
    /// Remove a variable from the environment.
    Unset(String),
    /// Write this in the place of the word that the message complains of.
    Instead(String),
    /// Write a line of a file anew.
    Replace { line: String, file: String, text: String },
    /// Add a line to a file.
    Add { line: String, file: String },
    /// Write a key of a table of taskflow.toml, `KEY = VALUE` or `KEY` alone with a value that the row knows.
    Set { key: String, table: String },
    /// Add a table to taskflow.toml.
    Declare(String),
}

/// The actions of a hint, in the order in which they are printed.
pub(crate) fn actions(hint: &str) -> Vec<Action> {
    let parts: Vec<&str> = hint.split('`').collect();
    let mut actions = Vec::new();
    let mut index = 1;
    while let Some(span) = parts.get(index).copied() {
        let before = parts[index - 1].trim();
        let after = parts.get(index + 1).map_or("", |text| text.trim());
        let next = parts.get(index + 2).copied().unwrap_or_default();
        let owned = span.to_owned();
        let asked = |words: &[&str]| words.iter().any(|word| before == *word || before.ends_with(&format!(" {word}")));
        if is_command(span) {
            actions.push(Action::Run(owned));
        } else if asked(&["did you mean", "exists:"]) {
            actions.push(Action::Instead(owned));
        } else if span.starts_with("--") && asked(&["as", "is", "or", "pass", "with"]) {
            actions.push(Action::Pass(owned));
        } else if asked(&["set the variable", "with the variable"])
            || (asked(&["set"]) && after != "under" && is_assignment(span))
        {
            actions.push(Action::Variable(owned));
        } else if asked(&["unset"]) || (before == "and" && matches!(actions.last(), Some(Action::Unset(_)))) {
            actions.push(Action::Unset(owned));
        } else if asked(&["add"]) && after == "to" {
            actions.push(Action::Add { line: owned, file: next.to_owned() });
            index += 2;
        } else if let Some(line) = before.strip_prefix("replace line ").and_then(|line| line.strip_suffix(" of"))
            && after == "by"
        {
            actions.push(Action::Replace { line: line.to_owned(), file: owned, text: next.to_owned() });
            index += 2;
        } else if asked(&["set", "correct"]) && after == "under" {
            actions.push(Action::Set { key: owned, table: next.to_owned() });
            index += 2;
        } else if span.starts_with('[') && after == "with" && asked(&["add", "add one:", "declare"]) {
            actions.push(Action::Set { key: next.to_owned(), table: owned });
            index += 2;
        } else if span.starts_with('[') && asked(&["declare", "taskflow.toml:"]) {
            actions.push(Action::Declare(owned));
        }
        index += 2;
    }
    actions
}

/// Whether a span is a command: variables may stand before the program.
fn is_command(span: &str) -> bool {
    let mut words = span.split(' ').skip_while(|word| is_assignment(word));
    let program = words.next().unwrap_or_default();
    // A program's name alone is no command.
    PROGRAMS.contains(&program) && words.next().is_some()
}

fn is_assignment(word: &str) -> bool {
    let upper =
        |name: &str| !name.is_empty() && name.chars().all(|letter| letter.is_ascii_uppercase() || letter == '_');
    word.split_once('=').is_some_and(|(name, _)| upper(name))
}

/// The text with a reader's own words in the place of placeholders; all must be replaced.
pub(crate) fn filled(text: &str, fill: &[(&str, String)]) -> String {
    let is_word = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
    let mut filled = String::new();
    let mut rest = text;
    while !rest.is_empty() {
        let length = rest.find(|letter| !is_word(letter)).unwrap_or(rest.len());
        let (word, others) = rest.split_at(length);
        let value = fill.iter().find(|(name, _)| *name == word).map(|(_, value)| value.as_str());
        assert!(value.is_some() || !PLACEHOLDERS.contains(&word), "the row says nothing for {word} in `{text}`");
        filled.push_str(value.unwrap_or(word));
        let separator = others.chars().next().map_or(0, char::len_utf8);
        filled.push_str(&others[..separator]);
        rest = &others[separator..];
    }
    filled
}

#[test]
fn actions_are_read_from_the_text() {
    let run = |text: &str| Action::Run(text.to_owned());
    assert_eq!(actions("run `git init` and make a first commit"), [run("git init")]);
    assert_eq!(
        actions("fetch with `git fetch --tags`, or set `version` under `[project]` in taskflow.toml"),
        [run("git fetch --tags"), Action::Set { key: "version".to_owned(), table: "[project]".to_owned() }]
    );
    assert_eq!(
        actions("build it: `DOCKER_HOST= A_B=x cargo xtask build`"),
        [run("DOCKER_HOST= A_B=x cargo xtask build")]
    );
    assert_eq!(actions("unset `A` and `B`"), [Action::Unset("A".to_owned()), Action::Unset("B".to_owned())]);
    assert_eq!(
        actions("add `*.env` to `a/.dockerignore`, or take it out"),
        [Action::Add { line: "*.env".to_owned(), file: "a/.dockerignore".to_owned() }]
    );
    assert_eq!(
        actions("replace line 2 of `a/.dockerignore` by `.env`, or take it out"),
        [Action::Replace { line: "2".to_owned(), file: "a/.dockerignore".to_owned(), text: ".env".to_owned() }]
    );
    assert_eq!(actions("did you mean `build`?"), [Action::Instead("build".to_owned())]);
    assert_eq!(actions("the `docker` client and `image: x` are named"), []);
}

#[test]
fn placeholders_are_whole_words() {
    let fill = [("NAME", "dev".to_owned()), ("VALUE", "1".to_owned())];
    assert_eq!(filled("--build-arg NAME=VALUE", &fill), "--build-arg dev=1");
    assert_eq!(filled("MY_NAME is NAMED", &fill), "MY_NAME is NAMED");
    assert!(std::panic::catch_unwind(|| filled("see FILE", &[])).is_err());
}
