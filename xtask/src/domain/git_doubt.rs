//! Decides where libgit2 may differ from git, so that the git program has to answer.
//!
//! libgit2 opens most repositories and is fast, but it does not support all of git's settings, attributes, index flags
//! and ignore rules. Where none of the doubts in this module applies, libgit2 is known to be right.
//! `tests/git/states.rs` compares both on a real repository for each kind of doubt, and `tests/git/ignored.rs` on
//! generated ignore files.

use shown::printable;

/// Limit on the index entries for which libgit2 is used: with more of them, `git status` is faster, even with the start
/// of a process.
pub const MOST_ENTRIES: usize = 4_096;

/// A reason to ask the git program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Doubt {
    /// An environment variable that changes what git reads.
    Variable(&'static str),
    /// Objects that replace others: `git replace`, grafts.
    Replaced,
    /// A setting of git; holds its key.
    Setting(String),
    /// A file with settings or attributes that libgit2 does not read, or reads differently; holds its path.
    File(String),
    /// An entry of the index; holds its path.
    Entry(Mark, String),
    /// An ignore file with more than plain patterns; holds its path.
    IgnoreRules(String),
    /// A folder that is neither tracked nor ignored, or another repository's; holds its path. libgit2 and git treat
    /// folders without files differently.
    Folder(String),
    /// A large index, with which git is faster.
    Large,
}

/// A flag or mode of an index entry that libgit2 treats differently.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// A submodule.
    Submodule,
    /// Excluded from the working tree, or marked as unchanged.
    LeftOut,
    /// An unfinished addition or merge.
    Unfinished,
}

impl Doubt {
    /// Whether the doubt concerns more than the working tree; the git program then answers everything.
    pub fn concerns_history(&self) -> bool {
        matches!(self, Self::Variable(_) | Self::Replaced)
    }

    /// Describes why libgit2's answer is uncertain; none if it is only slower than git's.
    pub fn uncertainty(&self) -> Option<String> {
        Some(match self {
            Self::Variable(name) => format!("the variable `{name}`"),
            Self::Replaced => "replaced objects".to_owned(),
            Self::Setting(key) => format!("the setting `{key}`"),
            Self::File(path) | Self::IgnoreRules(path) | Self::Folder(path) => format!("`{path}`"),
            Self::Entry(Mark::Submodule, path) => format!("the submodule `{path}`"),
            Self::Entry(_, path) => format!("the index entry `{path}`"),
            Self::Large => return None,
        })
    }
}

/// Settings that change the output of `git status`, each with the values that change nothing.
const SETTINGS: [(&str, &[&str]); 17] = [
    ("attr.tree", &[]),
    ("core.attributesfile", &[]),
    ("core.autocrlf", &["false"]),
    ("core.checkstat", &["default"]),
    ("core.eol", &[]),
    ("core.excludesfile", &[]),
    ("core.filemode", &["true"]),
    ("core.fsmonitor", &["false"]),
    ("core.ignorecase", &["false"]),
    ("core.ignorestat", &["false"]),
    ("core.precomposeunicode", &["false"]),
    ("core.sparsecheckout", &["false"]),
    ("core.splitindex", &["false"]),
    ("core.symlinks", &["true"]),
    ("core.trustctime", &["true"]),
    ("core.worktree", &[]),
    ("extensions.worktreeconfig", &["false"]),
];

/// Returns the doubt because of a setting. libgit2 passes the key's last part in lower case.
pub fn of_setting(key: &[u8], value: &[u8]) -> Option<Doubt> {
    let doubt = || Some(Doubt::Setting(printable(key)));
    // libgit2 does not support all conditions.
    if key.starts_with(b"includeif.") {
        return doubt();
    }
    let (_, harmless) = SETTINGS.iter().find(|(known, _)| known.as_bytes() == key)?;
    if harmless.iter().any(|harmless| harmless.as_bytes() == value) { None } else { doubt() }
}

/// Variables that libgit2 follows as git does; any other one of `git_argv::LOCATION_VARIABLES` is a doubt.
pub const FOLLOWED: [&str; 4] = ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX"];

/// Variables that change what git reads, besides those that select the repository.
pub const READING_VARIABLES: [&str; 3] = ["GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM", "GIT_ATTR_SOURCE"];

/// Returns the doubt because of one of `READING_VARIABLES`. Tests and build systems set them to nothing or to an empty
/// file to disable settings, which changes nothing that libgit2 reads.
pub fn of_reading_variable(name: &'static str, value: &[u8]) -> Option<Doubt> {
    (!value.is_empty() && value != b"/dev/null").then_some(Doubt::Setting(name.to_owned()))
}

/// Settings files of git programs that are built for another prefix than `/etc`.
pub const UNREAD_FILES: [&str; 7] = [
    "/etc/gitattributes",
    "/usr/etc/gitconfig",
    "/usr/etc/gitattributes",
    "/usr/local/etc/gitconfig",
    "/usr/local/etc/gitattributes",
    "/opt/homebrew/etc/gitconfig",
    "/opt/homebrew/etc/gitattributes",
];

/// Returns the doubt because of an index entry, by the mode and flags of git's index format.
pub fn of_entry(mode: u32, flags: u16, extended: u16, path: &[u8]) -> Option<Doubt> {
    const ASSUME_VALID: u16 = 0x8000;
    const STAGE: u16 = 0x3000;
    const SKIP_WORKTREE: u16 = 0x4000;
    const INTENT_TO_ADD: u16 = 0x2000;
    let mark = if !matches!(mode, 0o100_644 | 0o100_755 | 0o120_000) {
        Mark::Submodule
    } else if flags & ASSUME_VALID != 0 || extended & SKIP_WORKTREE != 0 {
        Mark::LeftOut
    } else if flags & STAGE != 0 || extended & INTENT_TO_ADD != 0 {
        Mark::Unfinished
    } else {
        return None;
    };
    Some(Doubt::Entry(mark, printable(path)))
}

/// Whether libgit2 applies all rules of an ignore file as git does.
///
/// These are names and paths without wildcards (`/target`, `node_modules/`, `a/b`), and names with one `*` (`*.pyc`,
/// `.env*`). libgit2 treats others differently: `*/` ignores files, too.
pub fn is_plain_ignore_file(text: &[u8]) -> bool {
    text.split(|byte| *byte == b'\n').all(|line| line.is_empty() || line.starts_with(b"#") || is_plain_rule(line))
}

/// Returns the number, from 1, of the first line of an ignore file that can crash libgit2 1.9.7.
///
/// libgit2 compares a negated rule with those above it, and follows a null pointer if nothing is left of the rule's
/// name: after `!`, it removes a `/` at either end and a `\` before the end of the line.
pub fn fatal_rule(text: &[u8]) -> Option<usize> {
    let text = text.strip_prefix("\u{feff}".as_bytes()).unwrap_or(text);
    let nameless = |rule: &[u8]| {
        let rule = rule.strip_prefix(b"!").unwrap_or_default();
        let mut signs = rule.iter().filter(|byte| !byte.is_ascii_whitespace());
        signs.clone().all(|byte| b"/\\".contains(byte))
            && !matches!((signs.next(), signs.next()), (None | Some(b'/'), None))
    };
    // In libgit2, lines also begin behind a CR.
    let fatal = |line: &[u8]| line.split(|byte| *byte == b'\r').any(nameless);
    text.split(|byte| *byte == b'\n').zip(1..).find_map(|(line, number)| fatal(line).then_some(number))
}

fn is_plain_rule(line: &[u8]) -> bool {
    let letter = |byte: &u8| byte.is_ascii_alphanumeric() || b"._-+@~,=%$".contains(byte);
    let name = |part: &[u8]| part.iter().all(letter) && part.iter().any(u8::is_ascii_alphanumeric);
    let path = line.strip_prefix(b"/").unwrap_or(line);
    let path = path.strip_suffix(b"/").unwrap_or(path);
    if path.split(|byte| *byte == b'/').all(name) {
        return true;
    }
    let mut parts = line.splitn(2, |byte| *byte == b'*');
    let (before, after) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    before.iter().chain(after).all(letter) && before.iter().chain(after).any(u8::is_ascii_alphanumeric)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_negated_rule_without_a_name_is_fatal() {
        for fatal in ["!\\\r", "!\\", "!//", "!/\\", "!\\/", "!///", "\r!//", "!\\ "] {
            assert_eq!(fatal_rule(format!("*x\n{fatal}\n?").as_bytes()), Some(2), "{fatal:?}");
        }
        assert_eq!(fatal_rule("\u{feff}!//".as_bytes()), Some(1));
        for other in ["", "!", "!/", "!a", "!/a/", "!*", "//", "\\", "#!//", "!\\#", "!é"] {
            assert_eq!(fatal_rule(format!("*x\n{other}\n").as_bytes()), None, "{other:?}");
        }
    }

    #[test]
    fn plain_rules_have_no_more_than_one_star_in_a_name() {
        for plain in ["/target", "node_modules/", "*.pyc", ".env*", "a/b/c.d", "a*b", "# !x", ""] {
            assert!(is_plain_ignore_file(plain.as_bytes()), "{plain}");
        }
        for other in [
            "*/", "*", "!a", "a?", "a/*", "*a/", "/a*", "**", "a*b*", "[a]", "a ", "a\\b", "a//b", ".", "a/../b",
            "a\r", "é", "//a",
        ] {
            assert!(!is_plain_ignore_file(format!("x\n{other}\n").as_bytes()), "{other}");
        }
    }
}
