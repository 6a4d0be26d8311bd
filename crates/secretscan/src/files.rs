//! Files that hold secrets according to their names, and files whose lines are settings.

/// The format of a file, according to its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileKind {
    /// Lines of `NAME=VALUE`.
    Settings,
    /// Any other format.
    Other,
}

/// Returns the format that a file's name indicates.
pub fn file_kind(path: &str) -> FileKind {
    let name = base(path);
    let others = [".npmrc", ".pypirc", ".pgpass"];
    let properties = ends_in(name, "properties");
    if is_environment_file(path) || properties || others.contains(&name) { FileKind::Settings } else { FileKind::Other }
}

/// Whether a file's name, or the folder that contains it, indicates an environment file: `.env`, `.env.local`,
/// `.env-prod`, `prod.env`, `env.production`, `.envrc`, `.env~`, `.envs/.production/.django`.
pub fn is_environment_file(path: &str) -> bool {
    let mut folders = path.split('/').rev().skip(1);
    let inside = |folder: &str| ENVIRONMENT_FOLDERS.contains(&folder.to_ascii_lowercase().as_str());
    if is_dotenv_name(base(path)) || folders.clone().any(inside) {
        return true;
    }
    let name = base(path).to_ascii_lowercase();
    // `env` alone is also the name of a program.
    let program =
        ends_in_any(&name, PROGRAM) || name == "env" && folders.next().is_some_and(|last| last.ends_with("bin"));
    words(&name).any(|word| is_environment_word(word) || ["envrc", "flaskenv"].contains(&word)) && !program
}

/// Folders whose files are environment files, whatever their names are.
pub const ENVIRONMENT_FOLDERS: [&str; 3] = [".envs", ".env.d", "env.d"];

/// Extensions of source code, documents, and programs, whose lines are not settings even if their name contains `env`.
const PROGRAM: &[&str] = &[
    "a", "adoc", "astro", "bash", "bat", "c", "cc", "cjs", "class", "cmd", "cpp", "cs", "css", "cts", "d", "dll",
    "exe", "fish", "go", "h", "hpp", "htm", "html", "jar", "java", "js", "json", "jsonc", "jsx", "kt", "kts", "lock",
    "lua", "map", "md", "mdx", "mjs", "mts", "node", "o", "php", "pl", "pm", "png", "ps1", "py", "pyc", "pyi", "rb",
    "rs", "rst", "scala", "scss", "sh", "snap", "so", "sql", "svelte", "svg", "swift", "toml", "ts", "tsx", "vue",
    "wasm", "xml", "yaml", "yml", "zsh",
];

/// Splits a name into words.
fn words(name: &str) -> impl Iterator<Item = &str> {
    name.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty())
}

/// Whether a word is `env`, perhaps with a number: `env2`.
fn is_environment_word(word: &str) -> bool {
    word.strip_prefix("env").is_some_and(|rest| rest.bytes().all(|byte| byte.is_ascii_digit()))
}

/// Whether a name is `.env`, perhaps with a suffix or with an editor's marks: `.env.local`, `.env-prod`, `.env~`,
/// `#.env#`.
fn is_dotenv_name(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    let plain = lower.trim_start_matches(['#', '.']);
    let begins = words(plain).next().is_some_and(|word| plain.starts_with(word) && is_environment_word(word));
    let dotted = plain.trim_start_matches(char::is_alphanumeric).starts_with('.');
    begins && plain.len() < lower.len() && (dotted || !ends_in_any(&lower, PROGRAM))
}

fn ends_in_any(name: &str, extensions: &[&str]) -> bool {
    name.rsplit_once('.').is_some_and(|(_, end)| extensions.contains(&end))
}

/// Returns what a file is, if its name alone says that it holds secrets.
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
    let ends_as = |known: &str| path.strip_suffix(known).is_some_and(|rest| rest.is_empty() || rest.ends_with('/'));
    let placed = || PATHS.iter().find(|(known, _)| ends_as(known));
    named.or_else(ended).or_else(placed).map(|(_, what)| *what)
}

/// Whether a file is an environment file and not a sample; samples are meant to be published.
fn is_dotenv(name: &str) -> bool {
    const SAMPLES: [&str; 8] = ["example", "examples", "sample", "template", "dist", "defaults", "schema", "tpl"];
    is_dotenv_name(name) && !words(&name.to_ascii_lowercase()).any(|word| SAMPLES.contains(&word))
}

/// Whether a name has this extension.
fn ends_in(name: &str, extension: &str) -> bool {
    name.rsplit_once('.').is_some_and(|(_, end)| end == extension)
}

fn base(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// Returns the name and value of a line of settings: `export NAME=VALUE`, `name: value`, with or without quotes.
pub(crate) fn setting(line: &str) -> Option<(&str, &str)> {
    let line = line.trim_start_matches('\u{feff}').trim();
    let line = line.strip_prefix("export").filter(|rest| rest.starts_with([' ', '\t'])).unwrap_or(line).trim_start();
    if line.starts_with(['#', ';', '!']) {
        return None;
    }
    let (name, value) = line.split_once('=').or_else(|| line.split_once(": "))?;
    let name = name.trim();
    let valid =
        !name.is_empty() && name.chars().all(|letter| letter.is_ascii_alphanumeric() || "_.-:/@".contains(letter));
    valid.then(|| (name, value.trim()))
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
    fn environment_files_are_known_by_all_their_names() {
        let dotenv = [
            ".env",
            ".env.server",
            ".env.e2e",
            ".env~",
            ".env-prod",
            ".env_prod",
            ".env.local.bak",
            ".env copy",
            ".env (1)",
            ".env1",
            ".ENV",
            ".Env.Local",
            "#.env#",
            ".#.env",
            "..env.swp",
            ".env.production.local",
            ".env.txt",
            ".env.keys",
            ".env-cmdrc",
            ".env.old",
            ".env.ts",
        ];
        for name in dotenv {
            assert_eq!(secret_file(&format!("a/{name}")), Some("an environment file"), "{name}");
            assert_eq!(file_kind(name), FileKind::Settings, "{name}");
        }
        let by_content = [
            "deploy/prod.env",
            "prod.env.local",
            "env.production",
            ".envrc",
            ".envrc.private",
            "app.env.bak",
            "prod.env~",
            "env",
            "env_prod",
            "prod-env",
            "docker.env",
            "env.txt",
            ".envs/.production/.django",
            "config/.envs/local/web",
            ".env.d/10-database",
            ".flaskenv",
            ".env.example",
            ".env-example",
            ".env_sample",
            "example.env",
            ".env.e2e.example",
        ];
        for name in by_content {
            assert_eq!(secret_file(name), None, "{name}");
            assert_eq!(file_kind(name), FileKind::Settings, "{name}");
        }
        let others = [
            "env.ts",
            "src/env.mjs",
            "env.py",
            "environment",
            ".environment",
            "usr/bin/env",
            "envoy.yaml",
            "src/.envrc.ts",
            ".env-loader.js",
            "venv/bin/activate",
            "prod-env.sh",
            "environments/prod.tf",
            "denv",
            ".venv/pyvenv.cfg",
        ];
        for name in others {
            assert_eq!((secret_file(name), file_kind(name)), (None, FileKind::Other), "{name}");
        }
    }

    #[test]
    fn settings_are_read_line_by_line() {
        assert_eq!(setting("export A_B=c d"), Some(("A_B", "c d")));
        assert_eq!(setting("export\t A_B=c"), Some(("A_B", "c")));
        assert_eq!(setting("exported=c"), Some(("exported", "c")));
        assert_eq!(setting("a.b: c"), Some(("a.b", "c")));
        assert_eq!(setting("//r.example/:_authToken=x"), Some(("//r.example/:_authToken", "x")));
        for none in ["# A=b", "", "just words", "=x", "a b=c"] {
            assert_eq!(setting(none), None, "{none}");
        }
    }
}
