//! Parses the documents of `docker save` archives and OCI layouts: which images an archive contains, and their layers.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use serde_json::Value;

/// An image in an archive.
#[derive(Clone, Debug, PartialEq)]
pub struct ArchivedImage {
    /// The references of the image.
    pub references: Vec<String>,
    /// The name of its configuration in the archive.
    pub config_name: String,
    /// Its configuration.
    pub config: Value,
    /// The names of its layers in the archive, the lowest first.
    pub layers: Vec<String>,
    /// The digests of the same layers, unpacked.
    pub diff_ids: Vec<String>,
}

/// Why the documents of an archive cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ArchiveError {
    /// The archive has neither format.
    #[error("it is no image archive: it has neither a manifest.json nor an index.json")]
    NoManifest,
    /// A document is missing; holds its name.
    #[error("`{0}` is named in it but is not in it")]
    Missing(String),
    /// A document is not valid.
    #[error("`{name}` in it is not what it should be, at line {line}, column {column}")]
    Unreadable {
        /// The name of the document.
        name: String,
        /// The line of the error. The parser's message is not used, as it may contain text of the document.
        line: usize,
        /// The column of the error.
        column: usize,
    },
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct DockerImage {
    config: String,
    #[serde(default)]
    repo_tags: Option<Vec<String>>,
    layers: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct OciDocument {
    #[serde(default)]
    manifests: Vec<Descriptor>,
    #[serde(default)]
    config: Option<Descriptor>,
    #[serde(default)]
    layers: Vec<Descriptor>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Descriptor {
    digest: String,
    #[serde(default)]
    annotations: BTreeMap<String, String>,
}

#[derive(Deserialize)]
struct RootFs {
    #[serde(default)]
    diff_ids: Vec<String>,
}

/// Returns the images of an archive, given its JSON documents by name.
///
/// # Errors
///
/// The archive has neither format, or one of its documents is missing or not valid.
pub fn images(documents: &BTreeMap<String, Vec<u8>>) -> Result<Vec<ArchivedImage>, ArchiveError> {
    if let Some(bytes) = documents.get("manifest.json") {
        let images: Vec<DockerImage> = read("manifest.json", bytes)?;
        return images
            .into_iter()
            .map(|image| of_config(documents, image.repo_tags.unwrap_or_default(), image.config, image.layers))
            .collect();
    }
    let mut images = Vec::new();
    let mut seen = BTreeSet::new();
    // An index may refer to other indexes, to any depth.
    let mut waiting = vec![("index.json".to_owned(), Vec::new())];
    while let Some((name, references)) = waiting.pop() {
        if !seen.insert(name.clone()) {
            continue;
        }
        let missing =
            || if name == "index.json" { ArchiveError::NoManifest } else { ArchiveError::Missing(name.clone()) };
        let document: OciDocument = read(&name, documents.get(&name).ok_or_else(missing)?)?;
        if let Some(config) = document.config {
            let layers = document.layers.iter().map(|layer| blob(&layer.digest)).collect();
            images.push(of_config(documents, references.clone(), blob(&config.digest), layers)?);
        }
        // The list is processed from its end.
        waiting.extend(document.manifests.into_iter().rev().filter_map(|descriptor| named(descriptor, &references)));
    }
    Ok(images)
}

/// Returns the document that a descriptor points to, with the references of its images. None for attestations, whose
/// documents are searched like all others.
fn named(descriptor: Descriptor, references: &[String]) -> Option<(String, Vec<String>)> {
    let Descriptor { digest, mut annotations } = descriptor;
    if annotations.get("vnd.docker.reference.type").is_some_and(|kind| kind == "attestation-manifest") {
        return None;
    }
    let own = ["io.containerd.image.name", "org.opencontainers.image.ref.name"]
        .iter()
        .find_map(|key| annotations.remove(*key));
    Some((blob(&digest), own.map_or_else(|| references.to_vec(), |own| vec![own])))
}

fn of_config(
    documents: &BTreeMap<String, Vec<u8>>,
    references: Vec<String>,
    config_name: String,
    layers: Vec<String>,
) -> Result<ArchivedImage, ArchiveError> {
    let bytes = documents.get(&config_name).ok_or_else(|| ArchiveError::Missing(config_name.clone()))?;
    let config: Value = read(&config_name, bytes)?;
    let root = config.get("rootfs").cloned().unwrap_or(Value::Null);
    let root: RootFs = serde_json::from_value(root).unwrap_or(RootFs { diff_ids: Vec::new() });
    Ok(ArchivedImage { references, config_name, config, layers, diff_ids: root.diff_ids })
}

fn read<T: serde::de::DeserializeOwned>(name: &str, bytes: &[u8]) -> Result<T, ArchiveError> {
    serde_json::from_slice(bytes).map_err(|error| ArchiveError::Unreadable {
        name: name.to_owned(),
        line: error.line(),
        column: error.column(),
    })
}

/// Returns the path of the blob for `sha256:…`.
fn blob(digest: &str) -> String {
    format!("blobs/{}", digest.replace(':', "/"))
}
