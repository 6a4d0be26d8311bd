//! The packages of the base image's distribution, by the databases of apk and dpkg.

use std::collections::BTreeMap;

use shown::replaced;

use super::license::License;
use super::package::{Package, purl};

/// The databases of apk, in old and new versions of Alpine.
pub(super) const APK: [&str; 2] = ["lib/apk/db/installed", "usr/lib/apk/db/installed"];

/// The database of dpkg.
pub(super) const DPKG: &str = "var/lib/dpkg/status";

/// The folder of images without dpkg, with a file for each package.
pub(super) const DPKG_FOLDER: &str = "var/lib/dpkg/status.d/";

/// The files that name the distribution.
pub(super) const RELEASE: [&str; 2] = ["etc/os-release", "usr/lib/os-release"];

/// The distribution of an image.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Distribution {
    /// Its ID, `alpine`.
    id: String,
    /// Its ID with its version, `alpine-3.20.1`.
    full: String,
}

impl Distribution {
    /// Reads an os-release file.
    pub(super) fn read(text: &[u8]) -> Self {
        let text = replaced(text);
        let value = |key: &str| {
            // As in a shell, the last assignment counts.
            let found = text.lines().rev().filter_map(|line| line.split_once('=')).find(|(name, _)| *name == key);
            found.map_or(String::new(), |(_, value)| value.trim().trim_matches(['"', '\'']).to_owned())
        };
        let (id, version) = (value("ID"), value("VERSION_ID"));
        let full = if id.is_empty() || version.is_empty() { id.clone() } else { format!("{id}-{version}") };
        Self { id, full }
    }

    fn package(&self, kind: &str, default: &str, entry: &Entry<'_>) -> Package {
        let id = if self.id.is_empty() { default } else { &self.id };
        let qualifiers = [("arch", entry.architecture), ("distro", self.full.as_str())];
        let url = purl(kind, Some(id), &entry.name.to_lowercase(), Some(entry.version), &qualifiers);
        Package::new(url, Some(id), entry.name, Some(entry.version))
    }
}

/// The fields of a package that both formats have.
struct Entry<'a> {
    name: &'a str,
    version: &'a str,
    architecture: &'a str,
}

/// Returns the packages in a database of apk.
pub(super) fn of_apk(text: &[u8], distribution: &Distribution) -> Vec<Package> {
    let text = replaced(text);
    let package = |fields: BTreeMap<&str, &str>| {
        let value = |key| fields.get(key).copied().unwrap_or_default();
        let entry = Entry { name: fields.get("P")?, version: fields.get("V")?, architecture: value("A") };
        let license = License::of_words(value("L"));
        Some(Package { license, ..distribution.package("apk", "alpine", &entry) })
    };
    stanzas(&text).into_iter().filter_map(package).collect()
}

/// Returns the packages in a database of dpkg that are installed.
pub(super) fn of_dpkg(text: &[u8], distribution: &Distribution) -> Vec<Package> {
    let text = replaced(text);
    let package = |fields: BTreeMap<&str, &str>| {
        // Files in the folder have no status.
        let is_installed = fields.get("Status").is_none_or(|status| status.ends_with(" installed"));
        let architecture = fields.get("Architecture").copied().unwrap_or_default();
        let entry = Entry { name: fields.get("Package")?, version: fields.get("Version")?, architecture };
        is_installed.then(|| distribution.package("deb", "debian", &entry))
    };
    stanzas(&text).into_iter().filter_map(package).collect()
}

/// Returns the fields of each paragraph. Lines that continue a field, and those of files, are not needed.
fn stanzas(text: &str) -> Vec<BTreeMap<&str, &str>> {
    let mut stanzas = vec![BTreeMap::new()];
    for line in text.lines() {
        if line.trim().is_empty() {
            stanzas.push(BTreeMap::new());
        } else if let (Some((key, value)), Some(fields)) = (line.split_once(':'), stanzas.last_mut())
            && !key.starts_with([' ', '\t'])
        {
            fields.entry(key).or_insert(value.trim());
        }
    }
    stanzas
}

#[cfg(test)]
mod tests {
    use super::*;

    fn urls(packages: &[Package]) -> Vec<&str> {
        packages.iter().map(|package| package.purl.as_str()).collect()
    }

    #[test]
    fn packages_of_alpine_are_listed() {
        let distribution = Distribution::read(b"NAME=\"Alpine Linux\"\nID=alpine\nVERSION_ID=3.20.1\n");
        let text = b"C:Q1x=\nP:musl\nV:1.2.5-r0\nA:x86_64\nL:MIT\nF:lib\nR:a\n\nP:busybox\nV:1.36.1-r29\nA:x86_64\nL:GPL-2.0-only\n\n";
        let packages = of_apk(text, &distribution);
        let expected = [
            "pkg:apk/alpine/musl@1.2.5-r0?arch=x86_64&distro=alpine-3.20.1",
            "pkg:apk/alpine/busybox@1.36.1-r29?arch=x86_64&distro=alpine-3.20.1",
        ];
        assert_eq!(urls(&packages), expected);
        assert_eq!(packages[0].license, Some(License::Id("MIT".to_owned())));
        assert_eq!(urls(&of_apk(b"P:a\nV:1", &Distribution::default())), ["pkg:apk/alpine/a@1"]);
    }

    #[test]
    fn packages_of_debian_are_listed() {
        let distribution = Distribution::read(b"ID='debian'\nVERSION_ID=\"13\"\n");
        let text = b"Package: bash\nStatus: install ok installed\nVersion: 5.2+b1\nArchitecture: amd64\nDescription: x\n Version: 9\n\n\
                     Package: gone\nStatus: deinstall ok config-files\nVersion: 1\n\nPackage: half\n";
        let expected = ["pkg:deb/debian/bash@5.2%2Bb1?arch=amd64&distro=debian-13"];
        assert_eq!(urls(&of_dpkg(text, &distribution)), expected);
        let other = Distribution::read(b"ID=ubuntu\n");
        assert_eq!(urls(&of_dpkg(b"Package: a\nVersion: 1:2\n", &other)), ["pkg:deb/ubuntu/a@1:2?distro=ubuntu"]);
    }
}
