//! Quoting of words for a shell.

use std::ffi::OsStr;

/// Quotes a word for a POSIX shell. A word without special characters stays as it is; any other one gets single quotes.
/// A word that is not UTF-8 gets the form `$'…'`, which bash, zsh and the shells of POSIX 2024 understand.
///
/// ```
/// assert_eq!(process::shell_quoted("a/b.txt"), "a/b.txt");
/// assert_eq!(process::shell_quoted("it's"), r"'it'\''s'");
/// ```
pub fn shell_quoted<W: AsRef<OsStr> + ?Sized>(word: &W) -> String {
    let bytes = word.as_ref().as_encoded_bytes();
    let Ok(text) = std::str::from_utf8(bytes) else {
        return format!("$'{}'", bytes.escape_ascii());
    };
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_-./:=@,+%^".contains(&byte);
    if !text.is_empty() && text.bytes().all(plain) {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use std::os::unix::ffi::OsStrExt;

    use super::*;

    #[test]
    fn shell_words_survive_a_shell() {
        assert_eq!(shell_quoted("./frontend"), "./frontend");
        assert_eq!(shell_quoted(""), "''");
        assert_eq!(shell_quoted("a b"), "'a b'");
        assert_eq!(shell_quoted("it's $HOME"), r"'it'\''s $HOME'");
        assert_eq!(shell_quoted(OsStr::from_bytes(b"caf\xe9's\n")), r"$'caf\xe9\'s\n'");
    }
}
