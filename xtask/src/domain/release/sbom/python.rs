//! The Python distributions that an image contains, by their metadata.

use shown::replaced;

use super::license::License;
use super::package::{Package, purl};

/// The end of the path of a distribution's metadata.
pub(super) const METADATA: &str = ".dist-info/METADATA";

/// Returns the distribution of a metadata file. If the file does not state a name and a version, they are those of its
/// folder, `NAME-VERSION.dist-info`.
pub(super) fn distribution(path: &str, metadata: &[u8]) -> Package {
    let text = replaced(metadata);
    let folder = path.strip_suffix(METADATA).unwrap_or(path);
    let folder = folder.rsplit('/').next().unwrap_or(folder);
    let (folder_name, folder_version) =
        folder.split_once('-').map_or((folder, None), |(name, version)| (name, Some(version)));
    let name = field(&text, "Name").unwrap_or_else(|| folder_name.to_owned());
    let version = field(&text, "Version").or_else(|| folder_version.map(str::to_owned));
    let expression = field(&text, "License-Expression").and_then(|text| License::of_expression(&text));
    let license = expression.or_else(|| License::of_words(&field(&text, "License")?));
    let url = purl("pypi", None, &normalized(&name), version.as_deref(), &[]);
    Package { license, ..Package::new(url, None, &name, version.as_deref()) }
}

/// Returns the value of a field in the header, with the lines that continue it.
fn field(text: &str, name: &str) -> Option<String> {
    let mut lines = text.lines().take_while(|line| !line.trim_end().is_empty());
    let own = |line: &str| {
        let (key, value) = line.split_once(':')?;
        key.eq_ignore_ascii_case(name).then(|| value.trim().to_owned())
    };
    let first = lines.find_map(own)?;
    let more = lines.take_while(|line| line.starts_with([' ', '\t']));
    let value = more.fold(first, |value, line| value + "\n" + line.trim());
    (!value.is_empty()).then_some(value)
}

/// Returns the name in the form that indexes compare: in lower case, with one dash for each run of `-`, `_` and `.`.
fn normalized(name: &str) -> String {
    let lower = name.to_lowercase();
    let parts: Vec<&str> = lower.split(['-', '_', '.']).filter(|part| !part.is_empty()).collect();
    parts.join("-")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(path: &str, text: &str) -> (String, Option<License>) {
        let package = distribution(path, text.as_bytes());
        (package.purl, package.license)
    }

    #[test]
    fn the_header_names_the_distribution() {
        let path = "usr/lib/python3.13/site-packages/zope.interface-7.0.dist-info/METADATA";
        let text =
            "Metadata-Version: 2.1\r\nName: Zope._Interface\r\nVersion: 7.0+local\r\nLicense: ZPL\r\n\r\nName: x\r\n";
        let name = Some(License::Name("ZPL".to_owned()));
        assert_eq!(read(path, text), ("pkg:pypi/zope-interface@7.0%2Blocal".to_owned(), name));
        let text = "name: a\nVersion: 1\nLicense-Expression: MIT OR X-1\nLicense: other\n";
        let expression = Some(License::Expression("MIT OR X-1".to_owned()));
        assert_eq!(read(path, text), ("pkg:pypi/a@1".to_owned(), expression));
        let text = "Name: a\nVersion: 1\nLicense: Copyright\n        All rights\nSummary: s\n";
        assert_eq!(read(path, text), ("pkg:pypi/a@1".to_owned(), None));
    }

    #[test]
    fn a_folder_names_a_distribution_without_a_header() {
        assert_eq!(read("a/my_pkg-1.2.dist-info/METADATA", "").0, "pkg:pypi/my-pkg@1.2");
        assert_eq!(read("a/odd.dist-info/METADATA", "\nName: x").0, "pkg:pypi/odd");
    }
}
