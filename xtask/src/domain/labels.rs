//! The labels of an image: which source it was made from.

use super::repository_state::RepositoryState;
use super::tagging::TagDecision;
use super::text::{printable, rfc3339};

/// The labels in a fixed order; every value depends on the source alone, never on the clock.
pub fn labels(
    component: &str,
    repository: &str,
    tag: &TagDecision,
    state: &RepositoryState,
    base: Option<(&str, Option<&str>)>,
) -> Vec<(String, String)> {
    let mut labels = Vec::new();
    let mut add = |name: &str, value: String| labels.push((name.to_owned(), value));
    add("org.opencontainers.image.title", repository.to_owned());
    add("org.opencontainers.image.version", tag.tag.as_str().trim_end_matches(".dirty").to_owned());
    if let Some(commit) = &state.commit {
        let suffix = if tag.dirty { "-dirty" } else { "" };
        add("org.opencontainers.image.revision", format!("{}{suffix}", commit.id));
        add("org.opencontainers.image.created", rfc3339(commit.seconds));
    }
    if let Some(origin) = &state.origin {
        add("org.opencontainers.image.source", origin.clone());
    }
    if let Some((name, digest)) = base {
        add("org.opencontainers.image.base.name", name.to_owned());
        if let Some(digest) = digest {
            add("org.opencontainers.image.base.digest", digest.to_owned());
        }
    }
    add("dev.taskflow.component", component.to_owned());
    if let Some(branch) = &tag.branch {
        add("dev.taskflow.branch", printable(branch));
    }
    labels
}

/// A remote's URL without user, password, query and fragment, which may hold a token.
pub fn public_url(url: &str) -> String {
    let url = url.split(['?', '#']).next().unwrap_or_default();
    match url.split_once("://") {
        Some((scheme, rest)) => {
            let (authority, path) = rest.split_once('/').map_or((rest, String::new()), |(a, p)| (a, format!("/{p}")));
            let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
            format!("{scheme}://{host}{path}")
        }
        // `git@host:path` is how everybody says it; another user may be a token.
        None => match url.split_once('@') {
            Some((user, rest)) if user != "git" => rest.to_owned(),
            _ => url.to_owned(),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn remotes_lose_their_credentials() {
        assert_eq!(public_url("https://user:token@example.org/a/b.git"), "https://example.org/a/b.git");
        assert_eq!(public_url("https://oauth2:p@ss@example.org/a?private_token=x"), "https://example.org/a");
        assert_eq!(public_url("git@example.org:a/b.git"), "git@example.org:a/b.git");
        assert_eq!(public_url("ssh://git@example.org"), "ssh://example.org");
        assert_eq!(public_url("token@example.org:a/b.git"), "example.org:a/b.git");
    }
}
