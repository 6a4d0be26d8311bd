//! Where libgit2 can differ from git, so that the git program decides.
//!
//! libgit2 opens most repositories and is fast, but it does not know all of git's settings, attributes, marks in the
//! index and rules for ignored files. This module is the one place that says where libgit2 is known to be right: where
//! none of its doubts applies. `tests/git/states.rs` compares both on a real repository for each kind of doubt, and
//! `tests/git/ignored.rs` on generated ignore files.

use shown::printable;

/// The most entries of an index that libgit2 is asked about: above them `git status` is faster, process included.
pub const MOST_ENTRIES: usize = 4_096;

/// A reason to ask the git program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Doubt {
    /// A variable of the environment that changes what git reads.
    Variable(&'static str),
    /// Objects that stand in the place of others: `git replace`, grafts.
    Replaced,
    /// A setting of git, by its key.
    Setting(String),
    /// A file of settings or attributes that libgit2 does not read, or reads otherwise, by its path.
    File(String),
    /// An entry of the index, by its path.
    Entry(Mark, String),
    /// Ignore rules with more than plain patterns, by the path of their file.
    IgnoreRules(String),
    /// A folder that is neither tracked nor ignored, or another repository's, by its path. libgit2 does not see what git
    /// sees in folders without files.
    Folder(String),
    /// A large index, where git is faster.
    Large,
}

/// What an entry of the index can have that libgit2 treats otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// Another repository.
    Submodule,
    /// Left out of the working tree, or not looked at.
    LeftOut,
    /// An unfinished addition or merge.
    Unfinished,
}

impl Doubt {
    /// Whether it is about more than the working tree: the git program then answers everything.
    pub fn concerns_history(&self) -> bool {
        matches!(self, Self::Variable(_) | Self::Replaced)
    }

    /// What makes libgit2's answer uncertain, in words; nothing where it is only slower than git's.
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

/// Settings that change what `git status` says, each with the values that change nothing.
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

/// The doubt that a setting gives rise to. libgit2 gives the key's last part in small letters.
pub fn of_setting(key: &[u8], value: &[u8]) -> Option<Doubt> {
    let doubt = || Some(Doubt::Setting(printable(key)));
    // libgit2 does not know all conditions.
    if key.starts_with(b"includeif.") {
        return doubt();
    }
    let (_, harmless) = SETTINGS.iter().find(|(known, _)| known.as_bytes() == key)?;
    if harmless.iter().any(|harmless| harmless.as_bytes() == value) { None } else { doubt() }
}

/// Variables that libgit2 follows as git does; any other one of `git_argv::LOCATION_VARIABLES` is a doubt.
pub const FOLLOWED: [&str; 4] = ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX"];

/// Variables besides those that say where a repository is, and that change what git reads.
pub const READING_VARIABLES: [&str; 3] = ["GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM", "GIT_ATTR_SOURCE"];

/// The doubt that one of `READING_VARIABLES` gives rise to. Tests and build systems set them to nothing or to an empty
/// file to have no settings at all, which takes nothing away from what libgit2 reads.
pub fn of_reading_variable(name: &'static str, value: &[u8]) -> Option<Doubt> {
    (!value.is_empty() && value != b"/dev/null").then_some(Doubt::Setting(name.to_owned()))
}

/// Files of git programs that are built for another place than `/etc`.
pub const UNREAD_FILES: [&str; 7] = [
    "/etc/gitattributes",
    "/usr/etc/gitconfig",
    "/usr/etc/gitattributes",
    "/usr/local/etc/gitconfig",
    "/usr/local/etc/gitattributes",
    "/opt/homebrew/etc/gitconfig",
    "/opt/homebrew/etc/gitattributes",
];

/// What the flags of an index entry mean, as git's index format has them.
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

/// Whether libgit2 reads all rules of an ignore file as git does.
///
/// Those are names and paths without wildcards (`/target`, `node_modules/`, `a/b`), and names with one `*`
/// (`*.pyc`, `.env*`). It reads others otherwise: `*/` ignores files, too.
pub fn is_plain_ignore_file(text: &[u8]) -> bool {
    text.split(|byte| *byte == b'\n').all(|line| line.is_empty() || line.starts_with(b"#") || is_plain_rule(line))
}

/// The number, from 1, of the first line of an ignore file that can end the process of libgit2 1.9.7.
///
/// It compares a rule that negates with those above it, and follows a null pointer when no name is left of the rule:
/// after `!`, it takes away a `/` at either end and a `\` before the end of the line.
pub fn fatal_rule(text: &[u8]) -> Option<usize> {
    let text = text.strip_prefix("\u{feff}".as_bytes()).unwrap_or(text);
    let nameless = |rule: &[u8]| {
        let rule = rule.strip_prefix(b"!").unwrap_or_default();
        let mut signs = rule.iter().filter(|byte| !byte.is_ascii_whitespace());
        signs.clone().all(|byte| b"/\\".contains(byte))
            && !matches!((signs.next(), signs.next()), (None | Some(b'/'), None))
    };
    // Its lines begin behind a CR, too.
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
