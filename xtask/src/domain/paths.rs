//! Paths in taskflow.toml. They are relative to it, inside the repository, and never its root (contract: Build
//! Context).

/// Why a path is not valid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PathFault {
    /// The path is empty.
    Empty,
    /// The path is absolute.
    Absolute,
    /// The path leaves the repository.
    Outside,
    /// The path is the repository's root.
    Root,
}

/// Resolves `.` and `..` without reading the disk. The result has no leading `./` and no trailing `/`.
///
/// # Errors
///
/// The path is empty, absolute, or not below the repository's root.
pub fn normalize(path: &str) -> Result<String, PathFault> {
    if path.is_empty() {
        return Err(PathFault::Empty);
    }
    if path.starts_with('/') {
        return Err(PathFault::Absolute);
    }
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                if parts.pop().is_none() {
                    return Err(PathFault::Outside);
                }
            }
            other => parts.push(other),
        }
    }
    if parts.is_empty() { Err(PathFault::Root) } else { Ok(parts.join("/")) }
}

/// Converts a path to the form of taskflow.toml: `path` is relative to the folder `here`, and the result to `root`;
/// both are absolute. Empty for the root itself, none outside of it.
pub fn from_root(root: &str, here: &str, path: &str) -> Option<String> {
    let absolute = if path.starts_with('/') { path.to_owned() } else { format!("{here}/{path}") };
    let plain = |path: &str| match normalize(path.trim_start_matches('/')) {
        Ok(path) => Some(path),
        Err(PathFault::Root | PathFault::Empty) => Some(String::new()),
        Err(PathFault::Absolute | PathFault::Outside) => None,
    };
    let (root, absolute) = (plain(root)?, plain(&absolute)?);
    if root.is_empty() {
        return Some(absolute);
    }
    let rest = absolute.strip_prefix(&root)?;
    if rest.is_empty() { Some(String::new()) } else { rest.strip_prefix('/').map(str::to_owned) }
}

/// The state of a path on the disk, which `effects::fs` reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PathFacts {
    /// There is nothing at the path.
    Missing,
    /// There is something at the path, inside the repository after resolving links.
    Inside {
        /// Whether it is a folder.
        folder: bool,
    },
    /// A link leads to the repository's root.
    Root,
    /// A link leads out of the repository.
    Outside,
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn paths_are_seen_from_the_root() {
        let seen = |here, path| from_root("/repo/app", here, path);
        assert_eq!(seen("/repo/app", "web/x.ts").as_deref(), Some("web/x.ts"));
        assert_eq!(seen("/repo/app/web", "./x.ts").as_deref(), Some("web/x.ts"));
        assert_eq!(seen("/repo/app/web", "../api/").as_deref(), Some("api"));
        assert_eq!(seen("/repo/app/web", "..").as_deref(), Some(""));
        assert_eq!(seen("/tmp", "/repo/app/a").as_deref(), Some("a"));
        assert_eq!(seen("/repo/app", "../application"), None);
        assert_eq!(seen("/", "../.."), None);
        assert_eq!(from_root("/", "/a", "b").as_deref(), Some("a/b"));
    }

    #[test]
    fn paths_stay_inside_and_are_never_the_root() {
        assert_eq!(normalize("frontend"), Ok("frontend".to_owned()));
        assert_eq!(normalize("./a//b/../c/"), Ok("a/c".to_owned()));
        assert_eq!(normalize(""), Err(PathFault::Empty));
        assert_eq!(normalize("/etc"), Err(PathFault::Absolute));
        assert_eq!(normalize(".."), Err(PathFault::Outside));
        assert_eq!(normalize("a/../../b"), Err(PathFault::Outside));
        for root in [".", "./", "a/..", "./."] {
            assert_eq!(normalize(root), Err(PathFault::Root), "{root}");
        }
    }

    proptest! {
        #[test]
        fn normalizing_twice_changes_nothing(path in "[a./]{1,12}") {
            if let Ok(once) = normalize(&path) {
                prop_assert!(!once.split('/').any(|part| part.is_empty() || part == "." || part == ".."));
                prop_assert_eq!(normalize(&once), Ok(once));
            }
        }
    }
}
