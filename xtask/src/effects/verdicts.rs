//! The cache of verdicts on layers. A layer never changes, so its verdict holds as long as the rules, the program, and
//! the known values are the same. The cache contains no value, and nothing from which a value could be guessed without
//! the key.
//!
//! If an entry cannot be read, the layer counts as unknown; if one cannot be written, the layer is searched again.

use std::fs;
use std::io::Read;
use std::os::unix::fs::{DirBuilderExt, MetadataExt};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::effects::fs::{Readers, replace_file};
use secretscan::KnownValue;

/// A finding in a layer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LayerFinding {
    /// The ID of the rule.
    pub rule: String,
    /// The reason.
    pub reason: String,
    /// The path of the file.
    pub path: String,
    /// The offset in bytes.
    pub offset: u64,
    /// The text whose bytes the offset counts, if it is not the file itself.
    pub offset_of: Option<String>,
}

/// The valid verdicts.
#[derive(Debug)]
pub struct Verdicts {
    folder: Option<PathBuf>,
}

impl Verdicts {
    /// Opens the cache in a folder, for these declared names and known values.
    pub fn open(folder: &Path, declared: &[String], known: &[KnownValue]) -> Self {
        let open = || -> std::io::Result<PathBuf> {
            make_folder(folder)?;
            // Like the logs, the cache must not make the working tree dirty, whatever the repository ignores.
            if !folder.join(".gitignore").is_file() {
                replace(&folder.join(".gitignore"), b"*\n")?;
            }
            let mut sum = Sha256::new();
            sum.update(key(&folder.join("key"))?);
            sum.update(declared.join(" "));
            sum.update(program());
            for form in known.iter().flat_map(KnownValue::forms) {
                sum.update(form.len().to_le_bytes());
                sum.update(form);
            }
            let name = sum.finalize().iter().take(8).fold(String::new(), |name, byte| name + &format!("{byte:02x}"));
            let current = folder.join(name);
            if !current.is_dir() {
                forget_others(folder);
                make_folder(&current)?;
            }
            Ok(current)
        };
        Self { folder: open().ok() }
    }

    /// Returns the findings in a layer; none if the layer is not known.
    pub fn layer(&self, digest: &str) -> Option<Vec<LayerFinding>> {
        serde_json::from_slice(&fs::read(self.path(digest)?).ok()?).ok()
    }

    /// Returns the total size of the files in a layer, in bytes; none if it is not known.
    pub fn size(&self, digest: &str) -> Option<u64> {
        fs::read_to_string(self.path(&size(digest))?).ok()?.parse().ok()
    }

    /// Records the total size of the files in a layer.
    pub fn remember_size(&self, digest: &str, bytes: u64) {
        if let Some(path) = self.path(&size(digest)) {
            let _counted_again = replace(&path, bytes.to_string().as_bytes());
        }
    }

    /// Records the findings in a layer that was searched completely.
    pub fn remember(&self, digest: &str, findings: &[LayerFinding]) {
        if let (Some(path), Ok(text)) = (self.path(digest), serde_json::to_vec(findings)) {
            let _searched_again = replace(&path, &text);
        }
    }

    /// Returns the layer that had this name in an archive.
    pub fn layer_of(&self, name: &str) -> Option<String> {
        let hex = name.strip_prefix("blobs/sha256/").map(|hex| format!("sha256:{hex}"));
        hex.filter(|digest| self.layer(digest).is_some()).or_else(|| fs::read_to_string(self.path(&alias(name))?).ok())
    }

    /// Records the name of a layer in archives.
    pub fn name(&self, name: &str, digest: &str) {
        if let Some(path) = self.path(&alias(name)) {
            let _asked_again = replace(&path, digest.as_bytes());
        }
    }

    fn path(&self, key: &str) -> Option<PathBuf> {
        let plain = key.chars().map(|letter| if letter.is_ascii_alphanumeric() { letter } else { '-' });
        Some(self.folder.as_ref()?.join(plain.collect::<String>()))
    }
}

fn size(digest: &str) -> String {
    format!("size-{digest}")
}

fn alias(name: &str) -> String {
    format!("name-{name}")
}

/// Returns the random key of this folder, and makes it once: without the key, nobody can tell which values are known.
fn key(path: &Path) -> std::io::Result<Vec<u8>> {
    if let Ok(key) = fs::read(path)
        && key.len() == 32
    {
        return Ok(key);
    }
    let mut key = vec![0; 32];
    fs::File::open("/dev/urandom")?.read_exact(&mut key)?;
    replace(path, &key)?;
    Ok(key)
}

/// Returns an identity of this program's file: another build may judge differently.
fn program() -> String {
    let facts = std::env::current_exe().and_then(fs::metadata);
    facts.map_or(String::new(), |facts| format!("{} {} {}", facts.len(), facts.mtime(), facts.mtime_nsec()))
}

fn make_folder(folder: &Path) -> std::io::Result<()> {
    fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)
}

/// Removes verdicts that were made with other rules.
fn forget_others(folder: &Path) {
    let others =
        fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok).filter(|entry| entry.path().is_dir());
    for other in others {
        let _stays = fs::remove_dir_all(other.path());
    }
}

/// Writes a file atomically; no other user can read it.
fn replace(path: &Path, content: &[u8]) -> std::io::Result<()> {
    replace_file(path, content, Readers::Owner)
}
