//! A package that an image contains, and its package URL.

use std::collections::{BTreeMap, BTreeSet};

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::license::License;

/// What a package URL escapes. A colon stays as it is, as in versions of Debian.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'.').remove(b'-').remove(b'_').remove(b'~').remove(b':');

/// The same for the values of qualifiers, which may be paths.
const ESCAPED_IN_VALUES: &AsciiSet = &ESCAPED.remove(b'/');

/// A package.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Package {
    /// The package URL, which identifies the package.
    pub(super) purl: String,
    /// The group: the scope in npm, the distribution for packages of one.
    pub(super) group: Option<String>,
    /// The name.
    pub(super) name: String,
    /// The version.
    pub(super) version: Option<String>,
    /// Whether it may not be installed.
    pub(super) is_optional: bool,
    /// The hashes, in hex digits, by the name of the algorithm.
    pub(super) hashes: BTreeSet<(&'static str, String)>,
    /// The license.
    pub(super) license: Option<License>,
}

impl Package {
    /// Makes a package without hashes and license.
    pub(super) fn new(purl: String, group: Option<&str>, name: &str, version: Option<&str>) -> Self {
        Self {
            purl,
            group: group.map(str::to_owned),
            name: name.to_owned(),
            version: version.map(str::to_owned),
            is_optional: false,
            hashes: BTreeSet::new(),
            license: None,
        }
    }
}

/// Makes a package URL. Qualifiers without a value are left out.
pub(super) fn purl(
    kind: &str,
    group: Option<&str>,
    name: &str,
    version: Option<&str>,
    qualifiers: &[(&str, &str)],
) -> String {
    let escaped = |text: &str| utf8_percent_encode(text, ESCAPED).to_string();
    let group = group.map_or(String::new(), |group| escaped(group) + "/");
    let version = version.map_or(String::new(), |version| format!("@{}", escaped(version)));
    let values: BTreeMap<&str, &str> = qualifiers.iter().copied().filter(|(_, value)| !value.is_empty()).collect();
    let pairs = values.iter().map(|(key, value)| format!("{key}={}", utf8_percent_encode(value, ESCAPED_IN_VALUES)));
    let pairs = pairs.collect::<Vec<_>>().join("&");
    let mark = if pairs.is_empty() { "" } else { "?" };
    format!("pkg:{kind}/{group}{}{version}{mark}{pairs}", escaped(name))
}

/// Sorts packages by their package URL, and joins those that have the same.
pub(super) fn joined(packages: impl IntoIterator<Item = Package>) -> Vec<Package> {
    let mut by_purl: BTreeMap<String, Package> = BTreeMap::new();
    for package in packages {
        match by_purl.get_mut(&package.purl) {
            None => {
                by_purl.insert(package.purl.clone(), package);
            }
            Some(known) => {
                known.is_optional &= package.is_optional;
                known.hashes.extend(package.hashes);
                known.license = known.license.take().or(package.license);
            }
        }
    }
    by_purl.into_values().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn package_urls_are_escaped_and_sorted() {
        for (url, expected) in [
            (purl("npm", Some("@types"), "node", Some("20.1.0"), &[]), "pkg:npm/%40types/node@20.1.0"),
            (purl("pypi", None, "a-b", Some("1.0+x"), &[]), "pkg:pypi/a-b@1.0%2Bx"),
            (
                purl(
                    "deb",
                    Some("debian"),
                    "attr",
                    Some("1:2.4~rc1-2+b1"),
                    &[("distro", "debian-13"), ("arch", "amd64")],
                ),
                "pkg:deb/debian/attr@1:2.4~rc1-2%2Bb1?arch=amd64&distro=debian-13",
            ),
            (
                purl("oci", None, "web", None, &[("tag", ""), ("repository_url", "r:5000/a/web")]),
                "pkg:oci/web?repository_url=r:5000/a/web",
            ),
            (purl("npm", None, "a b/é", None, &[]), "pkg:npm/a%20b%2F%C3%A9"),
        ] {
            assert_eq!(url, expected);
        }
    }

    #[test]
    fn packages_with_one_url_are_joined() {
        let package = |name: &str| Package::new(purl("npm", None, name, Some("1"), &[]), None, name, Some("1"));
        let optional = Package { is_optional: true, license: License::of_words("MIT"), ..package("a") };
        let hashed = Package { hashes: BTreeSet::from([("SHA-1", "00".to_owned())]), ..package("a") };
        let all = joined([package("b"), optional.clone(), hashed.clone()]);
        assert_eq!(all, [Package { license: optional.license, ..hashed }, package("b")]);
    }
}
