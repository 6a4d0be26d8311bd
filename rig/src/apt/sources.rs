//! Finds the mirror that this machine takes its packages from, in apt's configuration.

use std::fs;
use std::path::{Path, PathBuf};

/// A package repository, as a stanza of `debian.sources` or a line of `sources.list` names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// Address of the repository.
    pub uri: String,
    /// Its suites.
    pub suites: Vec<String>,
    /// Its components.
    pub components: Vec<String>,
    /// The keyring that signs it; none if the entry names no file.
    pub signed_by: Option<String>,
}

/// The Debian mirror of this machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mirror {
    /// The main archive.
    pub main: Source,
    /// The archive of security updates, if there is one.
    pub security: Option<Source>,
}

impl Mirror {
    /// Returns the mirror that apt's configuration under `etc` (usually `/etc/apt`) names for the release `codename`.
    pub fn of(etc: &Path, codename: &str) -> Option<Self> {
        let sources = read(etc);
        let first = |ending: &str| {
            let names = [codename, "stable", "oldstable", "testing"].map(|name| format!("{name}{ending}"));
            sources.iter().find(|source| {
                source.uri.starts_with("http")
                    && source.components.iter().any(|component| component == "main")
                    && source.suites.iter().any(|suite| names.contains(suite))
            })
        };
        Some(Self { main: first("")?.clone(), security: first("-security").cloned() })
    }
}

/// Reads all package sources of a configuration folder, in apt's order.
fn read(etc: &Path) -> Vec<Source> {
    let mut files: Vec<PathBuf> = fs::read_dir(etc.join("sources.list.d"))
        .map(|entries| entries.filter_map(|entry| Some(entry.ok()?.path())).collect())
        .unwrap_or_default();
    files.sort();
    files.insert(0, etc.join("sources.list"));
    let mut sources = Vec::new();
    for file in files {
        let Ok(text) = fs::read_to_string(&file) else {
            continue;
        };
        match file.extension().and_then(|extension| extension.to_str()) {
            Some("sources") => sources.extend(stanzas(&text)),
            Some("list") => sources.extend(text.lines().filter_map(line)),
            _ => {}
        }
    }
    sources
}

/// Parses the one-line format: `deb [signed-by=FILE] URI SUITE COMPONENT...`.
fn line(text: &str) -> Option<Source> {
    let text = text.split('#').next()?.trim().strip_prefix("deb ")?.trim();
    let (options, rest) = match text.strip_prefix('[') {
        Some(rest) => rest.split_once(']')?,
        None => ("", text),
    };
    let mut words = rest.split_whitespace().map(str::to_owned);
    Some(Source {
        uri: words.next()?,
        suites: vec![words.next()?],
        components: words.collect(),
        signed_by: options.split_whitespace().find_map(|o| o.strip_prefix("signed-by=")).and_then(keyring),
    })
}

/// Parses the stanza format; one stanza may name several repositories.
fn stanzas(text: &str) -> Vec<Source> {
    let lines: Vec<&str> = text.lines().filter(|line| !line.starts_with('#')).collect();
    lines.split(|line| line.trim().is_empty()).flat_map(stanza).collect()
}

fn stanza(lines: &[&str]) -> Vec<Source> {
    let field = |name: &str| -> Vec<String> {
        let mut words = Vec::new();
        let mut inside = false;
        for line in lines {
            if line.starts_with([' ', '\t']) {
                if inside {
                    words.extend(line.split_whitespace().map(str::to_owned));
                }
                continue;
            }
            inside = line.split_once(':').is_some_and(|(key, _)| key.eq_ignore_ascii_case(name));
            if let (true, Some((_, value))) = (inside, line.split_once(':')) {
                words.extend(value.split_whitespace().map(str::to_owned));
            }
        }
        words
    };
    let off = field("Enabled").iter().any(|word| word == "no");
    if off || !field("Types").iter().any(|word| word == "deb") {
        return Vec::new();
    }
    let sources = field("URIs").into_iter().map(|uri| Source {
        uri,
        suites: field("Suites"),
        components: field("Components"),
        signed_by: field("Signed-By").first().and_then(|word| keyring(word)),
    });
    sources.collect()
}

/// Returns the keyring if it is a file. A key in the entry itself cannot be passed on.
fn keyring(word: &str) -> Option<String> {
    word.split(',').next().filter(|path| path.starts_with('/')).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::Mirror;

    fn mirror(files: &[(&str, &str)]) -> Option<Mirror> {
        let etc = tempfile::tempdir().unwrap();
        fs::create_dir(etc.path().join("sources.list.d")).unwrap();
        for (name, text) in files {
            fs::write(etc.path().join(name), text).unwrap();
        }
        Mirror::of(etc.path(), "bookworm")
    }

    #[test]
    fn stanzas_name_the_mirror() {
        let text = "Types: deb\n# a comment\nURIs: http://mirror.example/debian\nSuites: bookworm bookworm-updates\n\
            Components: main\nSigned-By: /usr/share/keyrings/k.gpg\n\n\
            Types: deb\nURIs: http://mirror.example/security\nSuites: bookworm-security\nComponents: main contrib\n";
        let found = mirror(&[("sources.list.d/debian.sources", text)]).unwrap();
        assert_eq!(found.main.uri, "http://mirror.example/debian");
        assert_eq!(found.main.signed_by.as_deref(), Some("/usr/share/keyrings/k.gpg"));
        assert_eq!(found.security.unwrap().uri, "http://mirror.example/security");
    }

    #[test]
    fn lines_name_the_mirror() {
        let text = "# deb http://old.example/debian bookworm main\n\
            deb [arch=amd64 signed-by=/k.gpg] https://m.example/debian bookworm main contrib # why\n\
            deb-src http://src.example/debian bookworm main\n";
        let found = mirror(&[("sources.list", text)]).unwrap();
        assert_eq!(found.main.uri, "https://m.example/debian");
        assert_eq!(found.main.signed_by.as_deref(), Some("/k.gpg"));
        assert_eq!(found.security, None);
    }

    #[test]
    fn others_are_passed_over() {
        let text = "Types: deb\nURIs: http://off.example/debian\nSuites: bookworm\nComponents: main\nEnabled: no\n\n\
            Types: deb-src\nURIs: http://src.example/debian\nSuites: bookworm\nComponents: main\n\n\
            Types: deb\nURIs: http://vendor.example/apt\nSuites: nodistro\nComponents: main\n\n\
            Types: deb\nURIs: http://m.example/debian\nSuites: bookworm\nComponents: main\n\
            Signed-By:\n -----BEGIN PGP PUBLIC KEY BLOCK-----\n .\n mDMEY865UxYJKwYBBAHaRw8BAQdAd7Z0srwu\n";
        let found = mirror(&[("sources.list.d/x.sources", text)]).unwrap();
        assert_eq!(found.main.uri, "http://m.example/debian");
        assert_eq!(found.main.signed_by, None);
        assert_eq!(mirror(&[("sources.list.d/x.sources.disabled", text)]), None);
    }
}
