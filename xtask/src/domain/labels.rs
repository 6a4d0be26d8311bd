//! The labels of an image: the source that it was made from.

use shown::MASK;

use super::repository_state::RepositoryState;
use super::tagging::{TagDecision, TagKind};
use super::text::rfc3339;
use shown::printable;

/// Returns the labels in a fixed order. Every value depends only on the source, never on the time.
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
    let version = match tag.kind {
        TagKind::Candidate(version) => version.to_string(),
        _ => tag.tag.as_str().trim_end_matches(".dirty").to_owned(),
    };
    add("org.opencontainers.image.version", version);
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

/// Returns the public form of a remote's URL; none for a path on this machine, which has no meaning elsewhere.
pub fn public_origin(url: &[u8]) -> Option<String> {
    let url = std::str::from_utf8(url).ok()?;
    let scp_like = url.split_once(':').is_some_and(|(host, _)| !host.contains('/'));
    let remote = if url.contains("://") { !url.starts_with("file:") } else { scp_like };
    remote.then(|| public_url(url))
}

/// Returns a remote's address without the parts that may contain a token: user, password, query, fragment, and the
/// command of a helper. If an unencoded password cannot be told apart from the path behind it, too much is removed
/// rather than too little.
pub fn public_url(url: &str) -> String {
    // `helper::address`; `ext::` is followed by a command line.
    if let Some((helper, address)) = url.split_once("::")
        && helper.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    {
        let address = if helper == "ext" { String::new() } else { public_url(address) };
        return format!("{helper}::{address}");
    }
    let is_scheme = |scheme: &str| scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte));
    if let Some((scheme, rest)) = url.split_once("://").filter(|(scheme, _)| is_scheme(scheme)) {
        return format!("{scheme}://{}", public_authority(rest));
    }
    match url.split_once('@') {
        // `git@host:path` is the usual form; any other user may be a token.
        Some(("git", rest)) if !rest.split(':').next().unwrap_or_default().contains('@') => {
            format!("git@{}", without_query(rest))
        }
        Some((user, _)) if user.contains(':') => without_query(url.rsplit('@').next().unwrap_or_default()).to_owned(),
        Some((_, rest)) => public_url(rest),
        None => without_query(url).to_owned(),
    }
}

/// Returns host and path of an address behind its scheme.
fn public_authority(rest: &str) -> &str {
    let head = without_query(rest);
    if rest.get(head.len()..).is_some_and(|tail| tail.contains('@')) {
        // A query with an `@`, or a password with a `?`.
        return if head.contains(':') || !head.contains('/') { MASK } else { head };
    }
    let authority = head.split('/').next().unwrap_or_default();
    match head.rsplit_once('@') {
        // A password may contain a `/`, so the last `@` ends it.
        Some((before, after)) if before.contains(':') => after,
        Some(_) if authority.contains('@') => {
            let user = authority.rfind('@').map_or(0, |at| at + 1);
            head.get(user..).unwrap_or_default()
        }
        _ => head,
    }
}

fn without_query(address: &str) -> &str {
    address.split(['?', '#']).next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn remotes_lose_their_credentials() {
        assert_eq!(public_url("https://user:token@example.org/a/b.git"), "https://example.org/a/b.git");
        assert_eq!(public_url("https://oauth2:p@ss@example.org/a?private_token=x"), "https://example.org/a");
        assert_eq!(public_url("git@example.org:a/b.git"), "git@example.org:a/b.git");
        assert_eq!(public_url("ssh://git@example.org"), "ssh://example.org");
        assert_eq!(public_url("token@example.org:a/b.git"), "example.org:a/b.git");
    }

    #[test]
    fn ordinary_addresses_stay_what_they_are() {
        for url in [
            "https://example.org/a/b.git",
            "https://example.org:8443/a/b.git",
            "https://example.org/@scope/b",
            "git@example.org:a/b.git",
            "git@example.org:a/b@2.git",
            "/srv/git/a.git",
            "../a.git",
            "file:///srv/git/a.git",
            "codecommit::eu-central-1://a",
        ] {
            assert_eq!(public_url(url), url);
        }
        assert_eq!(public_url("ssh://git@example.org:2222/a/b.git"), "ssh://example.org:2222/a/b.git");
    }

    proptest! {
        #[test]
        fn no_password_survives(user in "[a-z]{1,8}", password in "[!-~]{0,8}t0k3n[!-~]{0,8}") {
            let path = "git.example.org/o/r.git";
            let forms = [
                format!("https://{user}:{password}@{path}"),
                format!("https://oauth2:{password}@{path}"),
                format!("HTTPS://{user}:{password}@{path}"),
                format!("https:///{user}:{password}@{path}"),
                format!("ssh://git:{password}@{path}"),
                format!("git+https://{user}:{password}@{path}"),
                format!("//{user}:{password}@{path}"),
                format!("{user}:{password}@git.example.org:o/r.git"),
                format!("git:{password}@git.example.org:o/r.git"),
                format!("https://{path}?private_token={password}"),
                format!("https://{path}#{password}"),
                format!("git@git.example.org:o/r.git?token={password}"),
                format!("ext::sh -c fetch %S {password}"),
                format!("gcrypt::https://{user}:{password}@{path}"),
            ];
            for form in forms {
                let shown = public_url(&form);
                prop_assert!(!shown.contains("t0k3n"), "{} {}", form, shown);
            }
        }

        #[test]
        fn no_token_in_the_place_of_the_user_survives(token in "[a-zA-Z0-9_.%+-]{0,8}t0k3n[a-zA-Z0-9_.%+-]{0,8}") {
            for form in [format!("https://{token}@example.org/o/r.git"), format!("{token}@example.org:o/r.git")] {
                prop_assert!(!public_url(&form).contains("t0k3n"));
            }
        }
    }
}
