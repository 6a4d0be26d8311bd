//! The name around a word, and its context.

use std::ops::Range;

/// The longest name, in bytes.
const LONGEST_NAME: usize = 96;

/// Whether a byte can belong to a name; a blank or a quote ends it.
fn is_name_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"_.-$".contains(&byte)
}

/// Whether the text behind a word can be the rest of a name and the beginning of an assignment. A cheap test that most
/// words fail.
pub(crate) fn may_be_assigned(text: &[u8], word: usize) -> bool {
    const SIGNS: &[u8] = b"=:\"'`\\][?!>|)\n\r";
    const BEHIND_BLANKS: &[u8] = b"=:?+|\"'`";
    const KEYWORDS: [&[u8]; 8] = [b"or ", b"by ", b"BY ", b"By ", b"str", b"String", b"[]byte", b"*string"];
    let rest = text.get(word..text.len().min(word + LONGEST_NAME)).unwrap_or_default();
    // Some words include the operator.
    let operator = word.checked_sub(1).and_then(|last| text.get(last)).is_some_and(|last| !is_name_byte(*last));
    let end = rest.iter().position(|byte| !is_name_byte(*byte));
    let behind = end.and_then(|end| rest.get(end..)).unwrap_or_default();
    match behind {
        _ if operator => true,
        [b' ' | b'\t', ..] => {
            let after = behind.trim_ascii_start();
            let stands = after.first().is_some_and(|byte| BEHIND_BLANKS.contains(byte));
            stands || after.is_empty() || KEYWORDS.iter().any(|word| after.starts_with(word)) || {
                let before = text.get(word.saturating_sub(LONGEST_NAME)..word).unwrap_or_default();
                let name = before.iter().rev().take_while(|byte| is_name_byte(**byte)).count();
                begins_line(text, word - name)
            }
        }
        [sign, ..] => SIGNS.contains(sign),
        [] => false,
    }
}

/// Returns the name around a word.
pub(crate) fn name_around(text: &[u8], word: Range<usize>) -> Option<Range<usize>> {
    // The word may begin with a blank or end with an operator.
    let first = text.get(word.clone())?.iter().position(|byte| is_name_byte(*byte))?;
    let inside = word.start + first;
    let before = text.get(inside.saturating_sub(LONGEST_NAME)..inside)?;
    let behind = text.get(inside..text.len().min(inside + LONGEST_NAME))?;
    let left = before.iter().rev().take_while(|byte| is_name_byte(**byte)).count();
    let right = behind.iter().take_while(|byte| is_name_byte(**byte)).count();
    if left + right >= LONGEST_NAME {
        return None;
    }
    let name = text.get(inside - left..inside + right)?;
    // Removes what does not belong to the name: `-Dname`, `--name`, `$name`, the end of a sentence.
    let lead = name.iter().take_while(|byte| b"-.$".contains(byte)).count();
    let tail = name.iter().rev().take_while(|byte| b"-.$".contains(byte)).count();
    let name = inside - left + lead..inside + right - tail;
    (name.len() > 1 && !is_file(text, &name)).then_some(name)
}

/// Whether a name is that of a file, as in lists of checksums: `keys/server.key`, `private-key.pem`.
fn is_file(text: &[u8], name: &Range<usize>) -> bool {
    const ENDINGS: [&str; 24] = [
        "pem", "json", "txt", "yml", "yaml", "md", "rs", "py", "js", "mjs", "cjs", "ts", "tsx", "jsx", "go", "html",
        "css", "java", "rb", "php", "c", "h", "der", "crt",
    ];
    let in_folder =
        name.start.checked_sub(1).and_then(|before| text.get(before)).is_some_and(|byte| b"/\\".contains(byte));
    let name = text.get(name.clone()).unwrap_or_default();
    let ending = name.rsplit(|byte| *byte == b'.').next().filter(|ending| ending.len() < name.len());
    in_folder || ending.is_some_and(|ending| ENDINGS.iter().any(|known| known.as_bytes() == ending))
}

/// Whether a name is the type of another one: `password: SecretStr = …`.
pub(crate) fn is_type(text: &[u8], name: usize) -> bool {
    const REACH: usize = 8;
    let before = text.get(name.saturating_sub(REACH)..name).unwrap_or_default();
    before.strip_suffix(b": ").is_some_and(|before| before.last().is_some_and(u8::is_ascii_alphanumeric))
}

/// Whether only a keyword stands before a name on its line: `ENV`, `export`, `set`, `#define`.
pub(crate) fn begins_line(text: &[u8], name: usize) -> bool {
    const KEYWORDS: [&str; 17] = [
        "",
        "ENV",
        "ARG",
        "export",
        "set",
        "set -x",
        "set -gx",
        "set -Ux",
        "set -lx",
        "setenv",
        "setx",
        "#define",
        "-",
        "env",
        "local",
        "readonly",
        "declare -x",
    ];
    const REACH: usize = 40;
    let before = text.get(name.saturating_sub(REACH)..name).unwrap_or_default();
    let line = before.iter().rposition(|byte| *byte == b'\n').map(|end| end + 1);
    let line = line.or_else(|| (before.len() < REACH).then_some(0));
    let prefix = line.and_then(|start| std::str::from_utf8(before.get(start..)?).ok());
    prefix.is_some_and(|prefix| KEYWORDS.contains(&prefix.trim()))
}
