//! What stands in no file of the repository: paths of one machine, addresses of registries, tests that are switched off.

use std::path::Path;

use crate::Finding;

/// Folders of machines; none of ours begins there.
const MACHINE: [&str; 3] = ["root", "home", "work"];

/// Paths inside images, which are the same everywhere.
const INSIDE_IMAGES: [&str; 5] = ["/root/.cache", "/root/.npm", "/root/.local", "/home/node", "/home/appuser"];

/// Hosts to download packages or images from; which ones are used is a matter of the machine's settings.
const REGISTRIES: [&str; 8] = [
    "crates.io",
    "registry.npmjs.org",
    "registry.yarnpkg.com",
    "pypi.org",
    "files.pythonhosted.org",
    "deb.debian.org",
    "security.debian.org",
    "docker.io",
];

/// What is wrong with a tracked file.
pub(crate) fn check(name: &str, text: &str) -> Vec<Finding> {
    let mut findings = Vec::new();
    let is = |wanted: &str| Path::new(name).extension().is_some_and(|extension| extension == wanted);
    for (index, line) in text.lines().enumerate() {
        let mut report = |rule: String| findings.push(Finding::new(name, index + 1, rule));
        if let Some(path) = machine_path(line) {
            report(format!("`{path}` is a path of one machine"));
        }
        if let Some(host) = registry(line) {
            report(format!("`{host}` is the address of a registry"));
        }
        if name.ends_with("package-lock.json") && line.trim_start().starts_with("\"resolved\"") {
            report(
                "a lock file without addresses works with every registry: run `npm install` with our .npmrc".to_owned(),
            );
        }
        let switched_off =
            ["ignore", "should_panic"].iter().find(|word| line.trim_start().starts_with(&format!("#[{word}")));
        if let Some(word) = switched_off.filter(|_| is("rs")) {
            report(format!("`#[{word}]` hides what a test says"));
        }
    }
    findings
}

/// The first absolute path that leads into somebody's folder.
fn machine_path(line: &str) -> Option<String> {
    MACHINE.iter().find_map(|folder| {
        let needle = format!("/{folder}/");
        line.match_indices(&needle).find_map(|(at, _)| {
            let continued = |before: char| before.is_alphanumeric() || "_-./~$}*]>".contains(before);
            let rest = &line[at..];
            let known = INSIDE_IMAGES.iter().any(|inside| rest.starts_with(inside));
            (!line[..at].ends_with(continued) && !known).then(|| {
                rest.chars()
                    .take_while(|character| character.is_alphanumeric() || "_-./".contains(*character))
                    .collect()
            })
        })
    })
}

/// The first registry whose URL stands in a line; a registry's name as a part of an image's name is none.
fn registry(line: &str) -> Option<&str> {
    line.match_indices("://").find_map(|(at, separator)| {
        let rest = &line[at + separator.len()..];
        let end = rest.find(|character: char| !character.is_alphanumeric() && !"-.@_:".contains(character));
        let authority = &rest[..end.unwrap_or(rest.len())];
        let host = authority.rsplit('@').next()?.split(':').next()?;
        let known = |name: &str| host == name || host.ends_with(&format!(".{name}"));
        REGISTRIES.iter().any(|name| known(name)).then_some(host)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Samples are put together here, so that this file itself is tidy.
    fn rules(name: &str, parts: &[&str]) -> usize {
        check(name, &parts.concat()).len()
    }

    #[test]
    fn bad_samples_are_found() {
        for (name, parts) in [
            ("a.md", &["see /", "home/me/notes"][..]),
            ("a.rs", &["let path = \"/", "work/main\";"]),
            ("a.sh", &["cp x=/", "root/secret y"]),
            (".npmrc", &["registry=https://registry", ".npmjs.org/"]),
            ("a.sh", &["pip install -i https:/", "/me:token@pypi.org/simple x"]),
            ("a.sh", &["curl https:/", "/registry-1.docker.io/v2/"]),
            ("Cargo.lock", &["source = \"sparse+https:/", "/index.crates.io/\""]),
            ("web/package-lock.json", &["      \"resol", "ved\": \"x\","]),
            ("a.rs", &["#[ign", "ore]"]),
            ("a.rs", &["    #[should_", "panic(expected = \"x\")]"]),
        ] {
            assert_eq!(rules(name, parts), 1, "{name}: {}", parts.concat());
        }
    }

    #[test]
    fn good_samples_are_not() {
        for (name, text) in [
            ("Dockerfile", "RUN --mount=type=cache,target=/root/.npm npm ci"),
            ("a.sh", "mkdir -p \"$root/home/node\" ../../home/x ~/work/x"),
            ("a.rs", "FROM docker.io/library/node, apt-get install docker.io"),
            ("Cargo.lock", "source = \"registry+https://github.com/rust-lang/crates.io-index\""),
            ("a.json", "\"resolved\": \"x\""),
            ("a.md", "`#[ignore]` is not used, https://docs.example.org/pypi.org"),
        ] {
            assert_eq!(check(name, text), Vec::new(), "{name}: {text}");
        }
    }
}
