//! Checks names of branches and tags by the rules of `git check-ref-format`.

/// Why git refuses a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NameFault {
    /// The name is empty.
    #[error("the name is empty")]
    Empty,
    /// `git branch` and `git tag` would parse the name as an option.
    #[error("it begins with `-`")]
    Option,
    /// `HEAD` is git's own name for the commit that is checked out.
    #[error("`HEAD` is no branch")]
    Head,
    /// The name contains a space, a control character, or a special character.
    #[error("it contains a space, a control character, or one of `~ ^ : ? * [` and the backslash")]
    Character,
    /// The name contains text that git parses as a range or as a reference to another name.
    #[error("it contains `..` or `@{{`")]
    Sequence,
    /// A slash has no name on one of its sides.
    #[error("it begins or ends with `/`, or contains `//`")]
    Slash,
    /// A part between slashes begins with a dot, or the name ends with one.
    #[error("it ends with `.`, or a part of it begins with `.`")]
    Dot,
    /// A part has the extension of git's lock files.
    #[error("a part of it ends with `.lock`")]
    Lock,
}

/// Checks the name of a branch.
///
/// # Errors
///
/// The first of git's rules that the name breaks.
pub fn check_branch(name: &str) -> Result<(), NameFault> {
    match name {
        "" => Err(NameFault::Empty),
        "HEAD" => Err(NameFault::Head),
        _ => check(name),
    }
}

/// Checks the prefix of release tags, which may be empty.
///
/// # Errors
///
/// The first of git's rules that `PREFIX1.0.0` breaks.
pub fn check_tag_prefix(prefix: &str) -> Result<(), NameFault> {
    check(&format!("{prefix}1.0.0"))
}

/// Checks the name of a remote.
///
/// # Errors
///
/// The first of git's rules that the name breaks.
pub fn check_remote(name: &str) -> Result<(), NameFault> {
    if name.is_empty() { Err(NameFault::Empty) } else { check(name) }
}

fn check(name: &str) -> Result<(), NameFault> {
    let special = |byte: u8| matches!(byte, b' ' | b'~' | b'^' | b':' | b'?' | b'*' | b'[' | b'\\');
    let refused = |byte: u8| byte.is_ascii_control() || special(byte);
    if name.starts_with('-') {
        return Err(NameFault::Option);
    }
    if name.bytes().any(refused) {
        return Err(NameFault::Character);
    }
    if name.contains("..") || name.contains("@{") {
        return Err(NameFault::Sequence);
    }
    if name.split('/').any(str::is_empty) {
        return Err(NameFault::Slash);
    }
    if name.ends_with('.') || name.split('/').any(|part| part.starts_with('.')) {
        return Err(NameFault::Dot);
    }
    if name.split('/').any(|part| part.as_bytes().ends_with(b".lock")) {
        return Err(NameFault::Lock);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_rule_refuses_a_name() {
        for (name, fault) in [
            ("", NameFault::Empty),
            ("HEAD", NameFault::Head),
            ("-main", NameFault::Option),
            ("my branch", NameFault::Character),
            ("a\u{7f}", NameFault::Character),
            ("a..b", NameFault::Sequence),
            ("@{-1}", NameFault::Sequence),
            ("/main", NameFault::Slash),
            ("main/", NameFault::Slash),
            ("a//b", NameFault::Slash),
            ("main.", NameFault::Dot),
            ("a/.b", NameFault::Dot),
            ("a.lock/b", NameFault::Lock),
        ] {
            assert_eq!(check_branch(name), Err(fault), "{name}");
        }
        for name in ["main", "feature/login", "@", "größe", "release-1.0", "a./b", "x/-y"] {
            assert_eq!(check_branch(name), Ok(()), "{name}");
        }
    }

    #[test]
    fn a_remote_has_a_name_that_git_accepts() {
        assert_eq!((check_remote("origin"), check_remote("team/a")), (Ok(()), Ok(())));
        assert_eq!((check_remote(""), check_remote("-o")), (Err(NameFault::Empty), Err(NameFault::Option)));
        assert_eq!(check_remote("https://example.org"), Err(NameFault::Character));
    }

    #[test]
    fn a_prefix_is_judged_with_a_version_behind_it() {
        for prefix in ["", "v", "release-", "web/", "web/v", "a.lock", "1.", "HEAD"] {
            assert_eq!(check_tag_prefix(prefix), Ok(()), "{prefix}");
        }
        assert_eq!(check_tag_prefix("-v"), Err(NameFault::Option));
        assert_eq!(check_tag_prefix("v "), Err(NameFault::Character));
        assert_eq!(check_tag_prefix("v.."), Err(NameFault::Sequence));
        assert_eq!(check_tag_prefix("/v"), Err(NameFault::Slash));
        assert_eq!(check_tag_prefix("."), Err(NameFault::Dot));
        assert_eq!(check_tag_prefix("a.lock/"), Err(NameFault::Lock));
    }
}
