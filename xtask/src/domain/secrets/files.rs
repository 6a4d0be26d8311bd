//! Files that hold secrets by what they are called, and files whose lines are names with values.

/// What kind of text a file holds, as far as its name says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileKind {
    /// Lines of `NAME=VALUE`.
    Settings,
    /// Anything.
    Other,
}

/// What a file's name says of its text.
pub fn file_kind(path: &str) -> FileKind {
    let name = base(path);
    let dotenv = name == ".env" || name.starts_with(".env.") || ends_in(name, "env") || name == ".envrc";
    let others = [".npmrc", ".pypirc", ".pgpass", ".flaskenv"];
    let properties = ends_in(name, "properties");
    if dotenv || properties || others.contains(&name) { FileKind::Settings } else { FileKind::Other }
}

/// What a file is, where its name alone says that it holds secrets.
pub fn secret_file(path: &str) -> Option<&'static str> {
    const NAMES: [(&str, &str); 18] = [
        (".netrc", "a netrc, which holds passwords"),
        ("_netrc", "a netrc, which holds passwords"),
        (".pgpass", "a password file of PostgreSQL"),
        (".git-credentials", "git's file of credentials"),
        (".htpasswd", "a password file of a web server"),
        (".pypirc", "a file of credentials for a package registry"),
        (".dockercfg", "a file of credentials for registries"),
        (".vault-token", "a token of Vault"),
        ("id_rsa", "a private SSH key"),
        ("id_dsa", "a private SSH key"),
        ("id_ecdsa", "a private SSH key"),
        ("id_ed25519", "a private SSH key"),
        ("terraform.tfstate", "the state of Terraform, which holds secrets in plain text"),
        ("terraform.tfstate.backup", "the state of Terraform, which holds secrets in plain text"),
        ("kubeconfig", "a kubeconfig, which holds keys of a cluster"),
        ("secring.gpg", "a private key ring"),
        ("master.key", "a master key"),
        ("credentials.json", "a file of credentials"),
    ];
    const ENDS: [(&str, &str); 10] = [
        (".tfstate", "the state of Terraform, which holds secrets in plain text"),
        (".ppk", "a private SSH key"),
        (".p12", "a key store"),
        (".pfx", "a key store"),
        (".jks", "a key store"),
        (".keystore", "a key store"),
        (".kdbx", "a password database"),
        (".ovpn", "a VPN's configuration with its keys"),
        (".agekey", "a private key of age"),
        (".keytab", "a keytab"),
    ];
    const PATHS: [(&str, &str); 5] = [
        (".docker/config.json", "a file of credentials for registries"),
        (".aws/credentials", "a file of credentials for AWS"),
        (".kube/config", "a kubeconfig, which holds keys of a cluster"),
        (".config/gcloud/application_default_credentials.json", "a file of credentials for Google Cloud"),
        (".azure/accessTokens.json", "a file of credentials for Azure"),
    ];
    let name = base(path.trim_end_matches('/'));
    if [".ssh", ".gnupg", ".aws", ".kube"].contains(&name) {
        return Some("a folder of keys");
    }
    if is_dotenv(name) {
        return Some("an environment file");
    }
    let named = NAMES.iter().find(|(known, _)| *known == name);
    let ended = || ENDS.iter().find(|(end, _)| name.len() > end.len() && name.ends_with(end));
    let placed = || PATHS.iter().find(|(known, _)| path == *known || path.ends_with(&format!("/{known}")));
    named.or_else(ended).or_else(placed).map(|(_, what)| *what)
}

/// `.env`, `.env.local`, `.env.production`; samples are there to be read.
fn is_dotenv(name: &str) -> bool {
    const SAMPLES: [&str; 7] = ["example", "sample", "template", "dist", "defaults", "schema", "tpl"];
    let Some(rest) = name.strip_prefix(".env") else { return false };
    (rest.is_empty() || rest.starts_with('.')) && !rest.split('.').any(|part| SAMPLES.contains(&part))
}

/// Whether a name has this extension.
fn ends_in(name: &str, extension: &str) -> bool {
    name.rsplit_once('.').is_some_and(|(_, end)| end == extension)
}

fn base(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// The name and value of a line of settings: `export NAME=VALUE`, `name: value`, with or without quotes.
pub(super) fn setting(line: &str) -> Option<(&str, &str)> {
    let line = line.trim_start_matches('\u{feff}').trim();
    let line = line.strip_prefix("export ").unwrap_or(line);
    if line.starts_with(['#', ';', '!']) {
        return None;
    }
    let (name, value) = line.split_once('=').or_else(|| line.split_once(": "))?;
    let name = name.trim();
    let valid =
        !name.is_empty() && name.chars().all(|letter| letter.is_ascii_alphanumeric() || "_.-:/@".contains(letter));
    valid.then(|| (name, value.trim()))
}

/// The names and values of an environment file: quotes go, values in quotes may have several lines, and what stands
/// behind ` #` is a comment.
pub fn environment(text: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        let Some((name, value)) = setting(line) else { continue };
        let quote = value.chars().next().filter(|first| "\"'`".contains(*first));
        let value = match quote {
            None => value.split(" #").next().unwrap_or_default().trim().to_owned(),
            Some(quote) => {
                let mut value = value.get(1..).unwrap_or_default().to_owned();
                while !value.contains(quote) {
                    let Some(line) = lines.next() else { break };
                    value.push('\n');
                    value.push_str(line);
                }
                value.split(quote).next().unwrap_or_default().to_owned()
            }
        };
        // In quotes a line's end may be written as such.
        if value.contains("\\n") {
            found.push((name.to_owned(), value.replace("\\n", "\n")));
        }
        found.push((name.to_owned(), value));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secret_files_are_known_by_name() {
        for path in [
            ".env",
            "a/.env.local",
            "b/id_rsa",
            "x/store.p12",
            "home/.docker/config.json",
            "terraform.tfstate",
            ".netrc",
        ] {
            assert!(secret_file(path).is_some(), "{path}");
        }
        for path in [
            ".env.example",
            "env",
            ".environment",
            "id_rsa.pub",
            "config.json",
            "a.key.md",
            ".p12",
            "src/.envrc.ts",
            "key.pem",
        ] {
            assert!(secret_file(path).is_none(), "{path}");
        }
    }

    #[test]
    fn environment_files_are_read_as_tools_read_them() {
        let text =
            "A=one # a comment\nexport B='two # 2'\nC=\"three\nfour\" # more\n# D=no\nE=\"five\\nsix\"\nF=x#y\nG=\"";
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let expected = [
            pair("A", "one"),
            pair("B", "two # 2"),
            pair("C", "three\nfour"),
            pair("E", "five\nsix"),
            pair("E", "five\\nsix"),
            pair("F", "x#y"),
            pair("G", ""),
        ];
        assert_eq!(environment(text), expected);
    }

    #[test]
    fn settings_are_read_line_by_line() {
        assert_eq!(setting("export A_B=c d"), Some(("A_B", "c d")));
        assert_eq!(setting("a.b: c"), Some(("a.b", "c")));
        assert_eq!(setting("//r.example/:_authToken=x"), Some(("//r.example/:_authToken", "x")));
        for none in ["# A=b", "", "just words", "=x", "a b=c"] {
            assert_eq!(setting(none), None, "{none}");
        }
    }
}
