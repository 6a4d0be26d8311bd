//! The cache of verdicts and of the files in layers. What cannot be read counts as unknown; what cannot be written is
//! measured again.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde::Serialize;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};

use super::layers::LayerFiles;
use crate::effects::fs::{Readers, replace_file};

/// The cache.
#[derive(Debug)]
pub struct Remembered {
    folder: PathBuf,
}

/// The rules that an image keeps, with the measured figures.
pub type Figures = BTreeMap<String, Option<String>>;

impl Remembered {
    /// Opens the cache below the repository's root; `version` is that of the rules.
    pub fn open(root: &Path, version: u32) -> Self {
        let parent = root.join("target/xtask/verify");
        let folder = parent.join(version.to_string());
        if fs::create_dir_all(&folder).is_ok() {
            // The cache must not make the working tree dirty, whatever the repository ignores.
            let _dirty = fs::write(parent.join(".gitignore"), "*\n");
        }
        Self { folder }
    }

    /// Returns the rules that an image keeps.
    pub fn verdicts(&self, image: &str, contract: &str) -> Figures {
        read(&self.verdicts_file(image, contract)).unwrap_or_default()
    }

    /// Records the rules that an image keeps.
    pub fn remember(&self, image: &str, contract: &str, figures: &Figures) {
        write(&self.verdicts_file(image, contract), figures);
    }

    /// Returns the files of a layer.
    pub fn layer(&self, digest: &str) -> Option<LayerFiles> {
        read(&self.layer_file(digest))
    }

    /// Records the files of a layer.
    pub fn remember_layer(&self, digest: &str, files: &LayerFiles) {
        write(&self.layer_file(digest), files);
    }

    fn verdicts_file(&self, image: &str, contract: &str) -> PathBuf {
        let mut sum = Sha256::new();
        sum.update(image.len().to_le_bytes());
        sum.update(image);
        sum.update(contract);
        let name = sum.finalize().iter().take(16).fold(String::new(), |name, byte| name + &format!("{byte:02x}"));
        self.folder.join(format!("image-{name}.json"))
    }

    fn layer_file(&self, digest: &str) -> PathBuf {
        let plain: String = digest.chars().filter(char::is_ascii_alphanumeric).collect();
        self.folder.join(format!("layer-{plain}.json"))
    }
}

fn read<T: DeserializeOwned>(path: &Path) -> Option<T> {
    serde_json::from_slice(&fs::read(path).ok()?).ok()
}

fn write(path: &Path, value: &impl Serialize) {
    if let Ok(text) = serde_json::to_vec(value) {
        let _measured_again = replace_file(path, &text, Readers::Everyone);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn verdicts_hold_for_one_image_one_contract_and_one_version() {
        let root = tempfile::tempdir().unwrap();
        let figures =
            Figures::from([("image-size".to_owned(), Some("1 MB".to_owned())), ("image-port".to_owned(), None)]);
        let cache = Remembered::open(root.path(), 1);
        cache.remember("sha256:1", "contract", &figures);
        assert_eq!(cache.verdicts("sha256:1", "contract"), figures);
        let none = Figures::new();
        assert_eq!(cache.verdicts("sha256:1", "other"), none);
        assert_eq!(cache.verdicts("sha256:2", "contract"), none);
        assert_eq!(Remembered::open(root.path(), 2).verdicts("sha256:1", "contract"), none);
        let layer = LayerFiles { passwd: Some("root".to_owned()), ..LayerFiles::default() };
        cache.remember_layer("sha256:3", &layer);
        assert_eq!((cache.layer("sha256:3"), cache.layer("sha256:4")), (Some(layer), None));
    }
}
