//! References: `repository:tag` as xtask makes them, and any other reference in a Dockerfile or an engine.

use std::fmt;
use std::str::FromStr;

use super::{Digest, ImageError, Repository, Tag};

/// A reference that xtask makes: `repository:tag`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ImageReference {
    /// The repository, before the colon.
    pub repository: Repository,
    /// The tag, after the colon.
    pub tag: Tag,
}

impl fmt::Display for ImageReference {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}:{}", self.repository, self.tag)
    }
}

/// The registry of references that name none.
const DEFAULT_REGISTRY: &str = "docker.io";

/// Any image reference: `[registry/]repository[:tag][@digest]`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Reference {
    /// The registry; none for the default one.
    pub registry: Option<String>,
    /// The repository, without the implied `library/` of the default registry.
    pub repository: Repository,
    /// The tag; none for `latest`, unless there is a digest.
    pub tag: Option<Tag>,
    /// The digest; if there is one, engines ignore the tag.
    pub digest: Option<Digest>,
}

impl FromStr for Reference {
    type Err = ImageError;

    fn from_str(text: &str) -> Result<Self, ImageError> {
        let (name, digest) = match text.split_once('@') {
            Some((name, digest)) => (name, Some(digest.parse()?)),
            None => (text, None),
        };
        // A colon before the last slash belongs to the registry's port.
        let last = name.rfind('/').map_or(0, |slash| slash + 1);
        let (name, tag) = match name.get(last..).and_then(|rest| rest.find(':')) {
            Some(colon) => {
                let (name, tag) = name.split_at(last + colon);
                (name, Some(tag.strip_prefix(':').unwrap_or(tag).parse()?))
            }
            None => (name, None),
        };
        let (registry, path) = match name.split_once('/') {
            Some((first, path)) if is_registry(first) => (Some(checked_registry(first)?), path),
            _ => (None, name),
        };
        if registry.is_none() && tag.is_none() && path.len() == 64 && path.bytes().all(|byte| byte.is_ascii_hexdigit())
        {
            return Err(ImageError::LooksLikeId(path.to_owned()));
        }
        let registry = registry.filter(|registry| registry != DEFAULT_REGISTRY && registry != "index.docker.io");
        let path = match &registry {
            None => path.strip_prefix("library/").filter(|name| !name.contains('/')).unwrap_or(path),
            Some(_) => path,
        };
        Ok(Self { registry, repository: path.parse()?, tag, digest })
    }
}

/// Checks a text that is put before a repository: a registry with an optional path, as in `registry.example.org/team`.
///
/// # Errors
///
/// The text is not a registry with an optional path.
pub fn check_registry_prefix(text: &str) -> Result<(), ImageError> {
    let (first, path) = text.split_once('/').map_or((text, None), |(first, path)| (first, Some(path)));
    if !is_registry(first) {
        return Err(ImageError::NoRegistry(text.to_owned()));
    }
    checked_registry(first)?;
    path.map_or(Ok(()), |path| path.parse::<Repository>().map(|_| ()))
}

/// Whether the first part of a name is a registry, and not a folder of the default one.
fn is_registry(first: &str) -> bool {
    first.contains(['.', ':']) || first == "localhost" || first.bytes().any(|byte| byte.is_ascii_uppercase())
}

fn checked_registry(text: &str) -> Result<String, ImageError> {
    let (host, port) = match text.rsplit_once(':') {
        Some((host, port)) if !text.ends_with(']') => (host, Some(port)),
        _ => (text, None),
    };
    let label = |part: &str| {
        part.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
            && !part.is_empty()
            && part.trim_matches('-') == part
    };
    let address = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
    let host_is_valid = match address {
        Some(address) => address.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b':') && !address.is_empty(),
        None => host.split('.').all(label),
    };
    let port_is_valid = port.is_none_or(|port| !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit()));
    if host_is_valid && port_is_valid { Ok(text.to_owned()) } else { Err(ImageError::Registry(text.to_owned())) }
}

impl Reference {
    /// Whether both references name the same image of an engine: `node:20` and `docker.io/library/node:20` do.
    pub fn names_the_same(&self, other: &Self) -> bool {
        let same_repository = self.registry == other.registry && self.repository == other.repository;
        let tag = |reference: &Self| reference.tag.as_ref().map_or("latest".to_owned(), ToString::to_string);
        same_repository
            && match (&self.digest, &other.digest) {
                (None, None) => tag(self) == tag(other),
                (ours, theirs) => ours == theirs,
            }
    }
}

/// Prints the short form, as docker does.
impl fmt::Display for Reference {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = self.repository.to_string();
        // A folder of the default registry that looks like a registry must not be mistaken for one.
        let ambiguous = path.split_once('/').is_some_and(|(first, _)| is_registry(first));
        if let Some(registry) = self.registry.as_deref().or(ambiguous.then_some(DEFAULT_REGISTRY)) {
            write!(out, "{registry}/")?;
        }
        write!(out, "{path}")?;
        if let Some(tag) = &self.tag {
            write!(out, ":{tag}")?;
        }
        match &self.digest {
            Some(digest) => write!(out, "@{digest}"),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const DIGEST: &str = "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

    #[test]
    fn all_parts_are_found() {
        let text = format!("registry.example.org:5000/team/app:1.0@{DIGEST}");
        let reference: Reference = text.parse().unwrap();
        assert_eq!(reference.registry.as_deref(), Some("registry.example.org:5000"));
        assert_eq!(reference.repository.to_string(), "team/app");
        assert_eq!(reference.tag.as_ref().map(Tag::as_str), Some("1.0"));
        assert_eq!(reference.to_string(), text);
    }

    #[test]
    fn the_default_registry_and_library_are_implied() {
        let short: Reference = "node:20-alpine".parse().unwrap();
        for long in ["docker.io/library/node:20-alpine", "docker.io/node:20-alpine", "library/node:20-alpine"] {
            let long: Reference = long.parse().unwrap();
            assert!(short.names_the_same(&long), "{long}");
            assert_eq!(long.to_string(), "node:20-alpine");
        }
        let names =
            |left: &str, right: &str| left.parse::<Reference>().unwrap().names_the_same(&right.parse().unwrap());
        assert!(names("node", "node:latest"));
        assert!(!names("node:20", "localhost/node:20"));
        assert!(!names("node:20", &format!("node:20@{DIGEST}")));
    }

    #[test]
    fn what_is_wrong_is_said() {
        let error = |text: &str| text.parse::<Reference>().unwrap_err().to_string();
        assert_eq!(error(""), "the repository is empty");
        assert_eq!(error("node:"), "the tag is empty");
        assert_eq!(error("a/Node"), "the repository `a/Node` contains uppercase letters");
        assert_eq!(error("host-:80/x"), "the registry `host-:80` is not a host name with an optional port");
        assert!(error("node@sha256:12").starts_with("the digest `sha256:12` is not"));
        assert_eq!(error(&"a".repeat(64)), format!("the repository `{}` looks like an image ID", "a".repeat(64)));
        assert!(format!("{}:1", "a".repeat(64)).parse::<Reference>().is_ok());
        assert!("a\n".parse::<Reference>().is_err());
    }

    #[test]
    fn a_prefix_is_a_registry_with_an_optional_path() {
        for good in ["localhost", "localhost:5000", "docker.io/team", "registry.example.org/a/b-c", "[::1]:5000"] {
            assert_eq!(check_registry_prefix(good), Ok(()), "{good}");
        }
        for bad in ["", "team", "team/a", "a.b/", "a.b/A", "a.b/c:1", "https://a.b", "a b.c", "a.b:x", "-a.b", "a.b//c"]
        {
            assert!(check_registry_prefix(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn digests_are_lower_case_and_of_their_length() {
        assert!(DIGEST.parse::<Digest>().is_ok());
        for bad in [
            "sha256",
            "sha256:",
            "sha256:abc",
            &DIGEST.to_uppercase(),
            &format!("{DIGEST}0"),
            "1a:00112233445566778899aabbccddeeff",
        ] {
            assert!(bad.parse::<Digest>().is_err(), "{bad}");
        }
        assert!("other+v2:00112233445566778899aabbccddeeff".parse::<Digest>().is_ok());
    }

    proptest! {
        #[test]
        fn what_parses_shows_as_the_same_image(text in "([a-zA-Z0-9._/:@-]|library/|docker\\.io/|localhost){1,12}") {
            if let Ok(reference) = text.parse::<Reference>() {
                let again: Reference = reference.to_string().parse().unwrap();
                prop_assert_eq!(again, reference);
            }
        }
    }
}
