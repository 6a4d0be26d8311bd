//! Finds images in the documents of an export, and writes the manifest of the archive that is sent.
//!
//! The archive has the plain format that every runtime reads, whatever the engine's own format is: one `manifest.json`,
//! the unchanged configs, so that IDs stay the same, and layers, which may be fewer than the manifest names.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::CANONICAL;
use crate::domain::image::ImageReference;
use crate::domain::image_archive::{ArchiveError, ArchivedImage, images};
use crate::domain::lenient::{field, list, text};

/// An exported image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SavedImage {
    /// The digest of its config, computed from the config itself.
    pub digest: String,
    /// The bytes of the config.
    pub config: Vec<u8>,
    /// The layers: the digest of each unpacked layer, and its name in the export.
    pub layers: Vec<(String, String)>,
}

/// Why an export cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SavedError {
    /// Its documents cannot be read.
    #[error(transparent)]
    Archive(#[from] ArchiveError),
    /// It does not contain the image with this ID.
    #[error("it does not hold the image `{0}`")]
    Other(String),
}

/// Finds the image with the engine's ID in an export.
///
/// # Errors
///
/// The documents of the export cannot be read, or it does not contain the image.
pub fn saved_image(documents: &BTreeMap<String, Vec<u8>>, id: &str) -> Result<SavedImage, SavedError> {
    let other = || SavedError::Other(id.to_owned());
    let configs = configs_of(documents, id.strip_prefix("sha256:").unwrap_or(id), 0);
    let is_meant = |image: &ArchivedImage| configs.iter().any(|hex| image.config_name.contains(hex));
    let image = images(documents)?.into_iter().find(is_meant).ok_or_else(other)?;
    let config = documents.get(&image.config_name).cloned().ok_or_else(other)?;
    let digest = sum(&config);
    let is_whole = configs.iter().any(|hex| digest == format!("sha256:{hex}"));
    if !is_whole || image.layers.len() != image.diff_ids.len() {
        return Err(other());
    }
    Ok(SavedImage { digest, config, layers: image.diff_ids.into_iter().zip(image.layers).collect() })
}

/// Follows an engine's ID to configs: it may be the ID of an index, a manifest, or a config. An index may lead to one
/// config for each platform that the engine has; the archive's own manifest decides which of them is this machine's.
fn configs_of(documents: &BTreeMap<String, Vec<u8>>, hex: &str, depth: usize) -> Vec<String> {
    if documents.contains_key(&format!("{hex}.json")) {
        return vec![hex.to_owned()];
    }
    // Objects that were not exported are missing.
    let document = documents.get(&format!("blobs/sha256/{hex}")).and_then(|bytes| serde_json::from_slice(bytes).ok());
    let Some(document): Option<Value> = document else { return Vec::new() };
    let of =
        |descriptor: &Value| text(descriptor, "digest").map(|digest| digest.trim_start_matches("sha256:").to_owned());
    if let Some(config) = field(&document, "config").filter(|_| field(&document, "rootfs").is_none()) {
        return of(config).into_iter().collect();
    }
    if field(&document, "manifests").is_none() {
        return vec![hex.to_owned()];
    }
    // Attestations are listed beside the images, with the architecture `unknown`.
    let is_image = |entry: &&Value| entry.pointer("/platform/architecture").and_then(Value::as_str) != Some("unknown");
    let entries = list(&document, "manifests").filter(is_image).filter_map(of).filter(|_| depth < 3);
    entries.flat_map(|entry| configs_of(documents, &entry, depth + 1)).collect()
}

fn sum(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().fold("sha256:".to_owned(), |text, byte| text + &format!("{byte:02x}"))
}

/// Returns the name of a layer in the archive that is sent.
pub fn layer_name(diff_id: &str) -> String {
    format!("{}.tar", diff_id.trim_start_matches("sha256:"))
}

/// Returns the name of a config in the archive that is sent.
pub fn config_name(digest: &str) -> String {
    format!("{}.json", digest.trim_start_matches("sha256:"))
}

/// Returns the manifest of the archive that is sent. Names are complete, so that no runtime completes them in its own
/// way.
pub fn manifest(images: &[(&SavedImage, &ImageReference)]) -> Vec<u8> {
    let mut entries: Vec<Value> = Vec::new();
    let mut seen = BTreeSet::new();
    for (image, _) in images.iter().filter(|(image, _)| seen.insert(image.digest.as_str())) {
        let same = images.iter().filter(|(other, _)| other.digest == image.digest);
        let names: Vec<String> = same.map(|(_, reference)| format!("{CANONICAL}{reference}")).collect();
        let layers: Vec<String> = image.layers.iter().map(|(diff_id, _)| layer_name(diff_id)).collect();
        entries.push(json!({ "Config": config_name(&image.digest), "RepoTags": names, "Layers": layers }));
    }
    Value::from(entries).to_string().into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    const CONFIG: &str = r#"{"architecture":"amd64","config":{"Cmd":["x"]},"rootfs":{"type":"layers","diff_ids":["sha256:01","sha256:02"]}}"#;

    fn hex() -> String {
        sum(CONFIG.as_bytes()).trim_start_matches("sha256:").to_owned()
    }

    fn documents(list: &[(&str, String)]) -> BTreeMap<String, Vec<u8>> {
        list.iter().map(|(name, text)| ((*name).to_owned(), text.clone().into_bytes())).collect()
    }

    fn layers(image: &SavedImage) -> Vec<&str> {
        image.layers.iter().map(|(_, name)| name.as_str()).collect()
    }

    #[test]
    fn the_classic_form_is_read() {
        let manifest =
            format!(r#"[{{"Config":"{}.json","RepoTags":null,"Layers":["a/layer.tar","b/layer.tar"]}}]"#, hex());
        let documents = documents(&[("manifest.json", manifest), (&format!("{}.json", hex()), CONFIG.to_owned())]);
        let image = saved_image(&documents, &format!("sha256:{}", hex())).unwrap();
        assert_eq!((image.digest, image.config), (sum(CONFIG.as_bytes()), CONFIG.as_bytes().to_vec()));
        assert_eq!(saved_image(&documents, "sha256:77"), Err(SavedError::Other("sha256:77".to_owned())));
    }

    #[test]
    fn ids_of_manifests_and_indexes_lead_to_the_config() {
        let manifest =
            format!(r#"[{{"Config":"blobs/sha256/{}","Layers":["blobs/sha256/x","blobs/sha256/y"]}}]"#, hex());
        let oci = format!(r#"{{"schemaVersion":2,"config":{{"digest":"sha256:{}"}},"layers":[]}}"#, hex());
        let index = r#"{"manifests":[{"digest":"sha256:ee","platform":{"architecture":"unknown"}},{"digest":"sha256:dd"},
            {"digest":"sha256:aa","platform":{"architecture":"amd64"}}]}"#;
        let documents = documents(&[
            ("manifest.json", manifest),
            (&format!("blobs/sha256/{}", hex()), CONFIG.to_owned()),
            ("blobs/sha256/aa", oci.clone()),
            ("blobs/sha256/ee", oci),
            ("blobs/sha256/bb", index.to_owned()),
        ]);
        for id in ["sha256:aa", "sha256:bb", &sum(CONFIG.as_bytes())] {
            let image = saved_image(&documents, id).unwrap();
            assert_eq!(
                (image.digest.clone(), layers(&image)),
                (sum(CONFIG.as_bytes()), vec!["blobs/sha256/x", "blobs/sha256/y"])
            );
        }
    }

    #[test]
    fn of_several_platforms_the_one_that_the_archive_names_is_meant() {
        let foreign = CONFIG.replace("amd64", "arm64");
        let hex_of = |text: &str| sum(text.as_bytes()).trim_start_matches("sha256:").to_owned();
        let manifest =
            format!(r#"[{{"Config":"blobs/sha256/{}","Layers":["blobs/sha256/x","blobs/sha256/y"]}}]"#, hex());
        let oci = |config: &str| format!(r#"{{"schemaVersion":2,"config":{{"digest":"sha256:{}"}}}}"#, hex_of(config));
        let index = r#"{"manifests":[{"digest":"sha256:dd","platform":{"architecture":"arm64"}},
            {"digest":"sha256:aa","platform":{"architecture":"amd64"}}]}"#;
        let documents = documents(&[
            ("manifest.json", manifest),
            (&format!("blobs/sha256/{}", hex()), CONFIG.to_owned()),
            (&format!("blobs/sha256/{}", hex_of(&foreign)), foreign.clone()),
            ("blobs/sha256/dd", oci(&foreign)),
            ("blobs/sha256/aa", oci(CONFIG)),
            ("blobs/sha256/bb", index.to_owned()),
        ]);
        assert_eq!(saved_image(&documents, "sha256:bb").unwrap().digest, sum(CONFIG.as_bytes()));
    }

    #[test]
    fn a_config_that_was_changed_is_no_image_of_ours() {
        let manifest = format!(r#"[{{"Config":"{}.json","Layers":["a","b"]}}]"#, hex());
        let changed = CONFIG.replace("\"x\"", "\"y\"");
        let documents = documents(&[("manifest.json", manifest), (&format!("{}.json", hex()), changed)]);
        assert!(saved_image(&documents, &hex()).is_err());
    }

    #[test]
    fn one_image_with_two_names_is_sent_once() {
        let image = SavedImage {
            digest: "sha256:aa".to_owned(),
            config: Vec::new(),
            layers: vec![("sha256:01".to_owned(), "x".to_owned())],
        };
        let reference = |tag: &str| ImageReference { repository: "app".parse().unwrap(), tag: tag.parse().unwrap() };
        let (first, second) = (reference("1"), reference("2"));
        let text = String::from_utf8(manifest(&[(&image, &first), (&image, &second)])).unwrap();
        let names = r#"["docker.io/library/app:1","docker.io/library/app:2"]"#;
        assert_eq!(text, format!(r#"[{{"Config":"aa.json","Layers":["01.tar"],"RepoTags":{names}}}]"#));
    }
}
