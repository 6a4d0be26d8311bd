//! Replaces the variables of a build in the words of a step's commands.

use std::collections::HashSet;

use super::super::variables::Scope;
use super::command::{ShellCommand, Word};

/// Limit on the length of a value that is put in place of its name, in bytes.
const LONGEST: usize = 256;

/// Replaces variables whose values the file sets, unless the script can set them, too. Blanks in a value split the word,
/// as they do without quotes.
pub(super) fn replaced(commands: &mut [ShellCommand], script: &str, variables: &Scope) {
    if commands.iter().all(|command| command.words.iter().all(|word| word.is_literal)) {
        return;
    }
    let Some(own) = set_by(script) else { return };
    let value = |name: &str| variables.known(name).filter(|value| value.len() <= LONGEST && !own.contains(name));
    for command in commands {
        let words = std::mem::take(&mut command.words);
        for word in words {
            match (!word.is_literal).then(|| text(&word.text, &value)).flatten() {
                Some(text) => {
                    let parts = text.split_whitespace();
                    command.words.extend(parts.map(|part| Word { text: part.to_owned(), is_literal: true }));
                }
                None => command.words.push(word),
            }
        }
        if command.words.is_empty() {
            command.words.push(Word { text: String::new(), is_literal: true });
        }
    }
}

/// Returns the names that a script can set; none if it can set any.
fn set_by(script: &str) -> Option<HashSet<&str>> {
    counted::count(script.len());
    let is_name = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
    let mut names = HashSet::new();
    let (mut rest, mut before) = (script, "");
    while let Some(start) = rest.find(is_name) {
        rest = rest.get(start..)?;
        let end = rest.find(|letter| !is_name(letter)).unwrap_or(rest.len());
        let (name, behind) = rest.split_at(end);
        if ["read", "getopts", "mapfile", "source", "unset"].contains(&name) {
            return None;
        }
        if behind.starts_with('=') || behind.starts_with("+=") || ["for", "select"].contains(&before) {
            names.insert(name);
        }
        (rest, before) = (behind, name);
    }
    Some(names)
}

/// Replaces `$NAME` and `${NAME}` in a word; none if a value is not known, or if there is another expansion.
fn text<'a>(word: &str, value: &dyn Fn(&str) -> Option<&'a str>) -> Option<String> {
    let mut found = String::new();
    let mut rest = word;
    while let Some(at) = rest.find(['$', '`']) {
        found.push_str(rest.get(..at)?);
        let behind = rest.get(at..)?.strip_prefix('$')?;
        let (name, next) = if let Some(inner) = behind.strip_prefix('{') {
            inner.split_once('}')?
        } else {
            let end = behind.find(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_');
            behind.split_at(end.unwrap_or(behind.len()))
        };
        let value = value(name)?;
        counted::count(value.len() + 1);
        found.push_str(value);
        rest = next;
    }
    found.push_str(rest);
    Some(found)
}
