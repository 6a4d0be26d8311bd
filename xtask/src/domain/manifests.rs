//! Kubernetes manifests of the repository: which files they are, and the images of their containers.
//!
//! Manifests are parsed with saphyr, which implements YAML 1.2 with positions and is maintained. A line-based reader
//! would be misled by anchors, flow style and several documents in one file. Templates are not YAML and are skipped.

use std::path::Path;

use saphyr::{LoadableYamlNode, MarkedYaml};

use super::image::{Reference, Repository};

/// The size of the largest file that is considered a manifest, in bytes.
const LARGEST: u64 = 1024 * 1024;

/// Folders whose contents do not belong to the repository.
const FOREIGN: [&str; 4] = ["node_modules", "target", "venv", "vendor"];

/// Whether a folder with this name can contain manifests of the repository. Hidden folders contain workflows and the
/// like.
pub fn may_hold_manifests(folder: &str) -> bool {
    !folder.starts_with('.') && !FOREIGN.contains(&folder)
}

/// Whether a file with this name can be a manifest.
pub fn may_be_manifest(file: &Path) -> bool {
    file.extension().is_some_and(|extension| extension == "yaml" || extension == "yml")
}

/// Whether a file of this size, in bytes, is read.
pub fn is_read(bytes: u64) -> bool {
    bytes <= LARGEST
}

/// The size of the largest file that is read, in MiB.
pub const LARGEST_MIB: u64 = LARGEST >> 20;

/// A container in a manifest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Container {
    /// The image as it is written.
    pub image: String,
    /// The line of the image.
    pub line: usize,
    /// The pull policy and its line; none if it is not set.
    pub policy: Option<(String, usize)>,
}

/// Returns the containers in the manifests of a text; none if it is not YAML.
pub fn containers(text: &str) -> Vec<Container> {
    let documents = MarkedYaml::load_from_str(text.strip_prefix('\u{feff}').unwrap_or(text)).unwrap_or_default();
    let is_manifest = |document: &&MarkedYaml<'_>| ["apiVersion", "kind"].iter().all(|key| at(document, key).is_some());
    let mut found = Vec::new();
    for document in documents.iter().filter(is_manifest) {
        walk(document, &mut |node| found.extend(container(node)));
    }
    found
}

fn container(node: &MarkedYaml<'_>) -> Option<Container> {
    let image = at(node, "image")?;
    let policy = at(node, "imagePullPolicy");
    let policy = policy.and_then(|policy| Some((policy.data.as_str()?.to_owned(), policy.span.start.line())));
    Some(Container { image: image.data.as_str()?.to_owned(), line: image.span.start.line(), policy })
}

/// Whether an image of a manifest is one of a repository, in any registry.
pub(super) fn of_repository(image: &str, repository: &Repository) -> bool {
    let repository = repository.to_string();
    image.parse::<Reference>().is_ok_and(|reference| {
        let name = reference.repository.to_string();
        name.strip_suffix(repository.as_str()).is_some_and(|before| before.is_empty() || before.ends_with('/'))
    })
}

fn at<'a, 'b>(node: &'a MarkedYaml<'b>, key: &str) -> Option<&'a MarkedYaml<'b>> {
    node.data.as_mapping_get(key)
}

/// Visits every mapping with an image, at any depth.
fn walk(node: &MarkedYaml<'_>, found: &mut impl FnMut(&MarkedYaml<'_>)) {
    if let Some(mapping) = node.data.as_mapping() {
        if mapping.iter().any(|(key, _)| key.data.as_str() == Some("image")) {
            found(node);
        }
        for (_, value) in mapping {
            walk(value, found);
        }
    } else if let Some(items) = node.data.as_sequence() {
        for item in items {
            walk(item, found);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_repository_is_known_in_every_registry() {
        let repository: Repository = "taskflow-frontend".parse().unwrap();
        for image in ["taskflow-frontend", "taskflow-frontend:1", "registry.example.org/team/taskflow-frontend:1.0.0"] {
            assert!(of_repository(image, &repository), "{image}");
        }
        for image in ["other-taskflow-frontend:1", "taskflow-frontend-next", "a/taskflow-frontend/b"] {
            assert!(!of_repository(image, &repository), "{image}");
        }
    }

    #[test]
    fn only_small_yaml_files_of_the_repository_are_read() {
        assert!(may_hold_manifests("k8s") && may_hold_manifests("targets"));
        assert!(!may_hold_manifests(".github") && !may_hold_manifests("node_modules") && !may_hold_manifests("target"));
        let may = |name: &str| may_be_manifest(Path::new(name));
        assert!(may("a/b.yaml") && may("b.yml") && !may("b.json") && !may("yaml"));
        assert!(is_read(0) && is_read(LARGEST) && !is_read(LARGEST + 1));
    }
}
