//! The npm packages of a package-lock.json that a build without development dependencies installs.

use std::collections::{BTreeMap, BTreeSet};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde_json::Value;

use super::license::License;
use super::package::{Package, purl};
use crate::domain::problem::{Place, Problem};

/// The parts of the file that are read.
#[derive(Deserialize)]
struct Lock {
    #[serde(default)]
    packages: Option<BTreeMap<String, Entry>>,
}

#[derive(Deserialize)]
struct Entry {
    /// The name, if it is not that of the folder.
    #[serde(default)]
    name: Option<String>,
    #[serde(default)]
    version: Option<String>,
    #[serde(flatten)]
    flags: BTreeMap<String, Value>,
    #[serde(default)]
    integrity: Option<String>,
    #[serde(default)]
    license: Value,
}

impl Entry {
    fn has(&self, flag: &str) -> bool {
        self.flags.get(flag) == Some(&Value::Bool(true))
    }
}

/// The folder of installed packages.
const FOLDER: &str = "node_modules/";

/// Returns the packages of a lock file of version 2 or 3. The project itself, its workspaces, and links to them are left
/// out: they are the source of the image.
///
/// # Errors
///
/// The file is not valid, or has version 1, which does not say which packages are installed.
pub(super) fn packages(path: &str, bytes: &[u8]) -> Result<Vec<Package>, Problem> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let lock: Lock = serde_json::from_slice(bytes).map_err(|error| {
        let place = Place { column: error.column(), ..Place::line(path, error.line()) };
        Problem::new(format!("`{path}` is not a lock file of npm")).at(place)
    })?;
    let Some(entries) = lock.packages else {
        return Err(Problem::new(format!("`{path}` has no `packages`, so it has lockfileVersion 1"))
            .at(Place::file(path))
            .note("the SBOM lists the packages that are installed, and this version does not name them")
            .hint("write it again with `npm install --package-lock-only`, with npm 7 or newer"));
    };
    Ok(entries.iter().filter_map(|(folder, entry)| package(folder, entry)).collect())
}

fn package(folder: &str, entry: &Entry) -> Option<Package> {
    let (_, installed_as) = folder.rsplit_once(FOLDER)?;
    if entry.has("dev") || entry.has("link") {
        return None;
    }
    let full_name = entry.name.as_deref().unwrap_or(installed_as);
    let (group, name) = match full_name.split_once('/') {
        Some((scope, name)) if scope.starts_with('@') => (Some(scope), name),
        _ => (None, full_name),
    };
    let version = entry.version.as_deref();
    // Names are in lower case in package URLs, also those of packages that are older than this rule of npm.
    let url = purl("npm", group.map(str::to_lowercase).as_deref(), &name.to_lowercase(), version, &[]);
    Some(Package {
        is_optional: entry.has("optional") || entry.has("devOptional"),
        hashes: entry.integrity.as_deref().map(hashes).unwrap_or_default(),
        license: license(&entry.license),
        ..Package::new(url, group, name, version)
    })
}

/// Returns the hashes of an integrity value: `sha512-BASE64`, or several with blanks between them.
fn hashes(integrity: &str) -> BTreeSet<(&'static str, String)> {
    let hash = |part: &str| {
        let (algorithm, digest) = part.split_once('-')?;
        let (algorithm, length) = match algorithm {
            "sha1" => ("SHA-1", 20),
            "sha256" => ("SHA-256", 32),
            "sha384" => ("SHA-384", 48),
            "sha512" => ("SHA-512", 64),
            _ => return None,
        };
        let bytes = STANDARD.decode(digest.split('?').next()?).ok().filter(|bytes| bytes.len() == length)?;
        Some((algorithm, bytes.iter().fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"))))
    };
    integrity.split_whitespace().filter_map(hash).collect()
}

/// Returns the license of an entry: a text, or in old packages an object with a text, or a list of such.
fn license(value: &Value) -> Option<License> {
    match value {
        Value::String(text) => License::of_words(text),
        Value::Object(object) => License::of_words(object.get("type")?.as_str()?),
        Value::Array(items) => match items.as_slice() {
            [one] => license(one),
            _ => None,
        },
        _ => None,
    }
}

#[cfg(test)]
#[expect(
    clippy::disallowed_methods,
    clippy::needless_raw_string_hashes,
    reason = "snapbox looks for its own file, and writes raw strings"
)]
mod tests {
    use super::*;
    use crate::domain::problem::in_words;
    use snapbox::{assert_data_eq, str};

    fn found(entries: &str) -> Vec<Package> {
        let text = format!("{{\"lockfileVersion\": 3, \"packages\": {{\"\": {{\"name\": \"web\"}}, {entries}}}}}");
        packages("web/package-lock.json", text.as_bytes()).unwrap()
    }

    #[test]
    fn installed_packages_are_listed() {
        let entries = [
            r#""node_modules/react": {"version": "19.0.0", "license": "MIT", "resolved": "https://r/react.tgz"}"#,
            r#""node_modules/react/node_modules/@a/b": {"version": "1.0.0", "license": {"type": "ISC"}}"#,
            r#""node_modules/JSONStream": {"version": "1.3.5", "license": ["MIT", "ISC"]}"#,
            r#""node_modules/alias": {"name": "@real/name", "version": "2.0.0"}"#,
            r#""node_modules/fsevents": {"version": "2.3.3", "optional": true}"#,
            r#""node_modules/both": {"version": "1.0.0", "devOptional": true}"#,
            r#""node_modules/eslint": {"version": "9.0.0", "dev": true}"#,
            r#""node_modules/own": {"resolved": "packages/own", "link": true}"#,
            r#""packages/own": {"name": "own", "version": "1.0.0"}"#,
        ];
        let listed: Vec<(String, bool, Option<License>)> = found(&entries.join(", "))
            .into_iter()
            .map(|package| (package.purl, package.is_optional, package.license))
            .collect();
        let id = |id: &str| Some(License::Id(id.to_owned()));
        let expected = [
            ("pkg:npm/jsonstream@1.3.5", false, None),
            ("pkg:npm/%40real/name@2.0.0", false, None),
            ("pkg:npm/both@1.0.0", true, None),
            ("pkg:npm/fsevents@2.3.3", true, None),
            ("pkg:npm/react@19.0.0", false, id("MIT")),
            ("pkg:npm/%40a/b@1.0.0", false, id("ISC")),
        ];
        assert_eq!(listed, expected.map(|(purl, is_optional, license)| (purl.to_owned(), is_optional, license)));
    }

    #[test]
    fn integrity_values_become_hex_digits() {
        let sha512 = STANDARD.encode([0xab; 64]);
        let text = format!("sha512-{sha512}?x sha1-{} md5-xx sha256-short", STANDARD.encode([1; 20]));
        let expected = [("SHA-1", "01".repeat(20)), ("SHA-512", "ab".repeat(64))];
        assert_eq!(hashes(&text), BTreeSet::from(expected));
    }

    #[test]
    fn what_is_wrong_is_said() {
        let problem = |text: &str| in_words(&packages("web/package-lock.json", text.as_bytes()).unwrap_err());
        assert_data_eq!(
            problem("{\n\"packages\": 1}"),
            str![[r#"
`web/package-lock.json` is not a lock file of npm
 --> web/package-lock.json:2:13

"#]]
        );
        assert_data_eq!(
            problem("{\"lockfileVersion\": 1, \"dependencies\": {}}"),
            str![[r#"
`web/package-lock.json` has no `packages`, so it has lockfileVersion 1
 --> web/package-lock.json
note: the SBOM lists the packages that are installed, and this version does not name them
hint: write it again with `npm install --package-lock-only`, with npm 7 or newer

"#]]
        );
    }
}
