//! The list of digests of a release: a line `HEX  NAME` for each, as `sha256sum --check` and attestation tools read it.

use std::collections::BTreeMap;

use crate::domain::problem::{Place, Problem};

/// The name of the file.
pub const FILE_NAME: &str = "digests.txt";

/// SHA-256 digests, by the name of what they identify.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Digests(BTreeMap<String, String>);

impl Digests {
    /// Adds a digest, `sha256:…` or its hex digits alone. Returns false if it is no such digest, if the name cannot stand
    /// in a line, or if the name has another digest already.
    #[must_use]
    pub fn add(&mut self, name: &str, digest: &str) -> bool {
        let hex = digest.strip_prefix("sha256:").unwrap_or(digest);
        let is_valid = is_hex(hex) && is_name(name);
        is_valid && self.0.entry(name.to_owned()).or_insert_with(|| hex.to_owned()) == hex
    }

    /// Returns the hex digits of the digest of a name.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// Returns the names with the hex digits of their digests, sorted by name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, hex)| (name.as_str(), hex.as_str()))
    }

    /// Returns the content of the file, sorted by name.
    pub fn text(&self) -> String {
        self.iter().fold(String::new(), |text, (name, hex)| text + hex + "  " + name + "\n")
    }

    /// Parses the content of a file.
    ///
    /// # Errors
    ///
    /// A line has another form, or a name has two digests.
    pub fn parse(file: &str, text: &str) -> Result<Self, Problem> {
        let mut digests = Self::default();
        for (index, line) in text.lines().enumerate() {
            let at = || Place::line(file, index + 1);
            let Some((hex, name)) = line.split_once("  ").filter(|(hex, name)| is_hex(hex) && is_name(name)) else {
                return Err(Problem::new(format!("`{file}` is not a list of digests"))
                    .at(at())
                    .note("each line is a SHA-256 digest in hex digits, two blanks, and a name"));
            };
            if !digests.add(name, hex) {
                return Err(Problem::new(format!("`{file}` has two digests of `{name}`")).at(at()));
            }
        }
        Ok(digests)
    }
}

fn is_hex(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

/// Whether a name can stand in a line: `sha256sum` escapes all other names.
fn is_name(name: &str) -> bool {
    !name.is_empty()
        && !name.starts_with([' ', '*'])
        && !name.chars().any(|letter| letter.is_control() || letter == '\\')
}

#[cfg(test)]
#[expect(
    clippy::disallowed_methods,
    clippy::needless_raw_string_hashes,
    reason = "snapbox looks for its own file, and writes raw strings"
)]
mod tests {
    use super::*;
    use crate::domain::problem::in_words;
    use proptest::prelude::*;
    use snapbox::{assert_data_eq, str};

    #[test]
    fn lines_are_sorted_by_name() {
        let mut digests = Digests::default();
        assert!(digests.add("taskflow-frontend:1.1.0", &format!("sha256:{}", "b".repeat(64))));
        assert!(digests.add("taskflow-backend:1.1.0", &"a".repeat(64)));
        assert!(digests.add("taskflow-backend:1.1.0", &"a".repeat(64)), "the same once more");
        assert_data_eq!(
            digests.text(),
            str![[r#"
aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa  taskflow-backend:1.1.0
bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb  taskflow-frontend:1.1.0

"#]]
        );
        for (name, digest) in [
            ("taskflow-backend:1.1.0", "b".repeat(64)),
            ("x", "A".repeat(64)),
            ("x", "a".repeat(63)),
            ("a\nb", "a".repeat(64)),
            ("", "a".repeat(64)),
        ] {
            assert!(!digests.add(name, &digest), "{name:?} {digest}");
        }
        assert_eq!(digests.get("taskflow-backend:1.1.0"), Some("a".repeat(64).as_str()));
    }

    #[test]
    fn what_is_wrong_is_said() {
        let problem = |text: &str| in_words(&Digests::parse("digests.txt", text).unwrap_err());
        let (a, b) = ("a".repeat(64), "b".repeat(64));
        assert_data_eq!(
            problem(&format!("{a}  x\n{a} y\n")),
            str![[r#"
`digests.txt` is not a list of digests
 --> digests.txt:2
note: each line is a SHA-256 digest in hex digits, two blanks, and a name

"#]]
        );
        assert_data_eq!(
            problem(&format!("{a}  x\n{b}  x\n")),
            str![[r#"
`digests.txt` has two digests of `x`
 --> digests.txt:2

"#]]
        );
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(entries in prop::collection::btree_map("[a-z0-9/:.@-]{1,12}", "[0-9a-f]{64}", 0..5)) {
            let digests = Digests(entries);
            prop_assert_eq!(Digests::parse("x", &digests.text()), Ok(digests));
        }
    }
}
