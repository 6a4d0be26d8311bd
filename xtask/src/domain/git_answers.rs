//! What the git program answers, read from its bytes.
//!
//! Names are bytes: git puts no encoding on paths, branches and remotes. Each answer is read once from its beginning to
//! its end, and text in an unexpected form is skipped.

use super::repository_state::Remote;

/// Keys and values as `git config --null --get-regexp` prints them; a key without a value has an empty one.
pub fn config_entries(answer: &[u8]) -> impl Iterator<Item = (&[u8], &[u8])> {
    answer.split(|byte| *byte == 0).filter(|entry| !entry.is_empty()).map(|entry| {
        let mut parts = entry.splitn(2, |byte| *byte == b'\n');
        (parts.next().unwrap_or_default(), parts.next().unwrap_or_default())
    })
}

/// What the configuration says about remotes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RemoteSettings {
    /// The remotes that have a URL, sorted by name.
    pub remotes: Vec<Remote>,
    /// The URL of `origin`; the last one where there are several.
    pub origin: Option<Vec<u8>>,
}

/// Reads `remote.NAME.url` and `remote.NAME.tagOpt`; a later entry overrides an earlier one, as in git.
pub fn remote_settings<'a>(entries: impl IntoIterator<Item = (&'a [u8], &'a [u8])>) -> RemoteSettings {
    let mut found: std::collections::BTreeMap<&[u8], (bool, bool)> = std::collections::BTreeMap::new();
    let mut origin = None;
    for (key, value) in entries {
        let Some(rest) = key.strip_prefix(b"remote.") else { continue };
        let Some(dot) = rest.iter().rposition(|byte| *byte == b'.') else { continue };
        let (Some(name), Some(option)) = (rest.get(..dot), rest.get(dot.saturating_add(1)..)) else { continue };
        let (has_url, tags) = found.entry(name).or_insert((false, true));
        if option.eq_ignore_ascii_case(b"url") {
            *has_url = true;
            if name == b"origin" {
                origin = Some(value.to_vec());
            }
        } else if option.eq_ignore_ascii_case(b"tagopt") {
            *tags = value != b"--no-tags";
        }
    }
    let remotes = found.into_iter().filter(|(_, (has_url, _))| *has_url);
    RemoteSettings { remotes: remotes.map(|(name, (_, tags))| Remote { name: name.to_vec(), tags }).collect(), origin }
}
