//! The files of an image that name its packages: what its layers add, replace, and remove.

use std::collections::BTreeMap;
use std::ops::Bound;

use super::package::Package;
use super::python::{METADATA, distribution};
use super::system::{APK, DPKG, DPKG_FOLDER, Distribution, RELEASE, of_apk, of_dpkg};
use crate::domain::problem::Problem;

/// The beginning of names that remove a file of a lower layer.
const WHITEOUT: &str = ".wh.";

/// The name that hides all files that lower layers have in a folder.
const OPAQUE: &str = ".wh..wh..opq";

/// The content of a layer, as far as it concerns packages.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LayerContent {
    /// The paths of all files and links, without a leading slash.
    pub paths: Vec<String>,
    /// The content of the files that [`is_wanted`] accepts, by path.
    pub kept: BTreeMap<String, Vec<u8>>,
    /// The targets of those that are hard links.
    pub links: BTreeMap<String, String>,
}

/// Whether a file of an image names packages or the distribution.
pub fn is_wanted(path: &str) -> bool {
    path.ends_with(METADATA)
        || APK.contains(&path)
        || RELEASE.contains(&path)
        || path == DPKG
        || path.strip_prefix(DPKG_FOLDER).is_some_and(|name| !name.ends_with(".md5sums") && !name.contains('/'))
}

/// Returns the packages of an image, given its layers from the lowest one.
///
/// # Errors
///
/// The content of a file is not in its layer.
pub(super) fn packages(layers: &[LayerContent]) -> Result<Vec<Package>, Problem> {
    let files = merged(layers)?;
    let file = |path: &str| files.get(path).map(Vec::as_slice);
    let distribution_of = RELEASE.iter().find_map(|path| file(path)).map(Distribution::read).unwrap_or_default();
    let python = files.iter().filter(|(path, _)| path.ends_with(METADATA));
    let mut packages: Vec<Package> = python.map(|(path, content)| distribution(path, content)).collect();
    for content in APK.iter().filter_map(|path| file(path)) {
        packages.extend(of_apk(content, &distribution_of));
    }
    let in_folder =
        files.iter().filter(|(path, _)| path.starts_with(DPKG_FOLDER)).map(|(_, content)| content.as_slice());
    for content in file(DPKG).into_iter().chain(in_folder) {
        packages.extend(of_dpkg(content, &distribution_of));
    }
    Ok(packages)
}

/// Returns the kept files that the image has.
fn merged(layers: &[LayerContent]) -> Result<BTreeMap<String, Vec<u8>>, Problem> {
    let mut files: BTreeMap<String, Vec<u8>> = BTreeMap::new();
    for layer in layers {
        for path in &layer.paths {
            let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
            let below = |name: &str| if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") };
            if name == OPAQUE {
                remove_below(&mut files, folder);
            } else if let Some(removed) = name.strip_prefix(WHITEOUT) {
                remove(&mut files, &below(removed));
            } else {
                // A file or a link replaces what was there, also a folder.
                remove(&mut files, path);
            }
        }
        for (path, target) in &layer.links {
            let content = layer.kept.get(target).ok_or_else(|| {
                Problem::new(format!("the packages of the image are not known: `/{path}` is a link to `/{target}`"))
                    .note("this file is not in the same layer, or its name is not that of a list of packages")
            })?;
            files.insert(path.clone(), content.clone());
        }
        files.extend(layer.kept.iter().map(|(path, content)| (path.clone(), content.clone())));
    }
    Ok(files)
}

fn remove(files: &mut BTreeMap<String, Vec<u8>>, path: &str) {
    files.remove(path);
    remove_below(files, path);
}

/// Removes all files in a folder; the root has no name.
fn remove_below(files: &mut BTreeMap<String, Vec<u8>>, folder: &str) {
    let start = if folder.is_empty() { String::new() } else { format!("{folder}/") };
    let inside = files.range::<str, _>((Bound::Included(start.as_str()), Bound::Unbounded));
    let inside: Vec<String> =
        inside.map(|(path, _)| path.clone()).take_while(|path| path.starts_with(&start)).collect();
    for path in inside {
        files.remove(&path);
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

    fn layer(files: &[(&str, &str)]) -> LayerContent {
        let wanted = files.iter().filter(|(path, _)| is_wanted(path));
        LayerContent {
            paths: files.iter().map(|(path, _)| (*path).to_owned()).collect(),
            kept: wanted.map(|(path, text)| ((*path).to_owned(), text.as_bytes().to_vec())).collect(),
            links: BTreeMap::new(),
        }
    }

    fn urls(layers: &[LayerContent]) -> Vec<String> {
        packages(layers).unwrap().into_iter().map(|package| package.purl).collect()
    }

    const A: &str = "app/a-1.dist-info/METADATA";
    const B: &str = "app/lib/b-1.dist-info/METADATA";

    #[test]
    fn upper_layers_replace_and_remove() {
        let base = || layer(&[(A, "Name: a\nVersion: 1\n"), (B, "Name: b\nVersion: 1\n"), ("app/other", "")]);
        assert_eq!(urls(&[base()]), ["pkg:pypi/a@1", "pkg:pypi/b@1"]);
        assert_eq!(urls(&[base(), layer(&[(A, "Name: a\nVersion: 2\n")])]), ["pkg:pypi/a@2", "pkg:pypi/b@1"]);
        assert_eq!(urls(&[base(), layer(&[("app/a-1.dist-info/.wh.METADATA", "")])]), ["pkg:pypi/b@1"]);
        assert_eq!(urls(&[base(), layer(&[("app/.wh.a-1.dist-info", "")])]), ["pkg:pypi/b@1"]);
        assert_eq!(urls(&[base(), layer(&[("app/.wh.lib", "")])]), ["pkg:pypi/a@1"]);
        assert_eq!(urls(&[base(), layer(&[("app/.wh.li", "")])]).len(), 2);
        assert_eq!(urls(&[base(), layer(&[(".wh.app", "")])]), Vec::<String>::new());
        assert_eq!(urls(&[base(), layer(&[("app/lib/.wh..wh..opq", "")])]), ["pkg:pypi/a@1"]);
        assert_eq!(urls(&[base(), layer(&[(".wh..wh..opq", "")])]), Vec::<String>::new());
        assert_eq!(urls(&[base(), layer(&[("app/lib", "a link")])]), ["pkg:pypi/a@1"], "a folder became a link");
        let hides_and_adds = layer(&[("app/c-1.dist-info/METADATA", ""), ("app/.wh..wh..opq", "")]);
        assert_eq!(urls(&[base(), hides_and_adds]), ["pkg:pypi/c@1"]);
    }

    #[test]
    fn lists_of_distributions_are_read() {
        let layers = [
            layer(&[("usr/lib/os-release", "ID=alpine\nVERSION_ID=3.20\n"), ("lib/apk/db/installed", "P:musl\nV:1\n")]),
            layer(&[
                ("var/lib/dpkg/status", "Package: a\nVersion: 1\n"),
                ("var/lib/dpkg/status.d/b", "Package: b\nVersion: 2\n"),
            ]),
            layer(&[("var/lib/dpkg/status.d/b.md5sums", "x")]),
        ];
        let expected = [
            "pkg:apk/alpine/musl@1?distro=alpine-3.20",
            "pkg:deb/alpine/a@1?distro=alpine-3.20",
            "pkg:deb/alpine/b@2?distro=alpine-3.20",
        ];
        assert_eq!(urls(&layers), expected);
    }

    #[test]
    fn hard_links_have_the_content_of_their_target() {
        let mut linked = layer(&[(A, "Name: a\nVersion: 1\n"), (B, "")]);
        linked.kept.remove(B);
        linked.links.insert(B.to_owned(), A.to_owned());
        assert_eq!(urls(&[linked.clone()]), ["pkg:pypi/a@1", "pkg:pypi/a@1"]);
        linked.kept.clear();
        assert_data_eq!(
            in_words(&packages(&[linked]).unwrap_err()),
            str![[r#"
the packages of the image are not known: `/app/lib/b-1.dist-info/METADATA` is a link to `/app/a-1.dist-info/METADATA`
note: this file is not in the same layer, or its name is not that of a list of packages

"#]]
        );
    }
}
