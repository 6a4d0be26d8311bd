//! One line of text for each instruction, so that tests can state what they expect.

use super::{Command, Content, Dockerfile, Heredoc, Instruction, Located, Outside, Pair, ReadError, Reason, Source};
use super::{Transfer, Value};

/// Reads a text that gets no arg from outside.
pub(super) fn read(text: &str) -> Result<Dockerfile, ReadError> {
    Dockerfile::read(text, Outside::Only(&[]))
}

/// Describes the instructions of a text, one line each.
pub(super) fn described(text: &str) -> Vec<String> {
    read(text).unwrap().instructions.iter().map(instruction).collect()
}

/// Returns the error of a text that cannot be read: its line and reason.
pub(super) fn refused(text: &str) -> (usize, Reason) {
    let error = read(text).unwrap_err();
    (error.line, error.reason)
}

/// `2-4 RUN --mount=x shell words {EOF: body}`: lines, flags, content, heredocs.
fn instruction(instruction: &Instruction) -> String {
    let lines = match (instruction.first_line, instruction.last_line) {
        (first, last) if first == last => first.to_string(),
        (first, last) => format!("{first}-{last}"),
    };
    let flags = instruction.flags.iter().map(|flag| match &flag.value {
        Some(value) => format!("--{}={value}", flag.name),
        None => format!("--{}", flag.name),
    });
    let parts = [lines, instruction.keyword().to_owned()].into_iter().chain(flags);
    let parts = parts.chain([content(instruction)]).chain(instruction.heredocs.iter().map(heredoc));
    parts.filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
}

fn content(of: &Instruction) -> String {
    match &of.content {
        Content::Arg(pairs) | Content::Env(pairs) | Content::Label(pairs) => all(pairs, pair),
        Content::From(from) => {
            let name = from.name.as_ref().map(|name| format!(" as {}", name.text)).unwrap_or_default();
            format!("{}{name}", value(&from.image))
        }
        Content::Run(of) | Content::Cmd(of) | Content::Entrypoint(of) | Content::Healthcheck(Some(of)) => command(of),
        Content::Healthcheck(None) => "NONE".to_owned(),
        Content::Shell(words) => exec(words),
        Content::Copy(transfer) | Content::Add(transfer) => self::transfer(transfer, &of.heredocs),
        Content::User(of) | Content::Workdir(of) | Content::Stopsignal(of) => value(of),
        Content::Expose(values) | Content::Volume(values) => all(values, value),
        Content::Maintainer(text) => text.text.clone(),
        Content::Onbuild(inner) => instruction(inner),
    }
}

fn all<T>(of: &[T], each: impl Fn(&T) -> String) -> String {
    of.iter().map(each).collect::<Vec<_>>().join(" | ")
}

fn exec(words: &[Located]) -> String {
    format!("[{}]", words.iter().map(|word| word.text.as_str()).collect::<Vec<_>>().join("|"))
}

fn command(of: &Command) -> String {
    match of {
        Command::Exec(words) => exec(words),
        Command::Shell(text) => text.text.clone(),
    }
}

fn pair(of: &Pair) -> String {
    let sign = if of.is_legacy { " " } else { "=" };
    let tail = of.value.as_ref().map(|of| format!("{sign}{}", value(of))).unwrap_or_default();
    format!("{}{tail}", value(&of.name))
}

/// The text, and in parentheses the names of variables that are not in it.
fn value(of: &Value) -> String {
    let gaps = [(of.unknown.join(","), "?"), (of.unset.join(","), "unset ")].into_iter();
    let gaps = gaps.filter(|(names, _)| !names.is_empty()).map(|(names, sign)| format!("({sign}{names})"));
    let malformed = of.is_malformed.then(|| "(malformed)".to_owned());
    std::iter::once(of.text.clone()).chain(gaps).chain(malformed).collect()
}

fn transfer(of: &Transfer, heredocs: &[Heredoc]) -> String {
    let source = |source: &Source| match source {
        Source::Path(path) => value(path),
        Source::Heredoc(index) => format!("<<{}", heredocs[*index].name),
    };
    format!("{} -> {}", all(&of.sources, source), value(&of.destination))
}

fn heredoc(of: &Heredoc) -> String {
    format!("{{{}: {}}}", of.name, value(&of.contents).escape_debug())
}
