//! Reads the values of declared secrets on this machine: from the environment, and from environment files beside the
//! components.

use std::ffi::OsString;
use std::fs;
use std::io::Read;
use std::os::unix::ffi::OsStringExt;
use std::path::{Path, PathBuf};

use process::HiddenValue;

use super::environment;
use super::fs::{FileError, open_file};
use crate::domain::encoding::{Encoding, wide};
use secretscan::{
    ENVIRONMENT_FOLDERS, EnvironmentFile, EnvironmentValues, TooLong, environment_values, is_declared_secret,
    is_environment_file,
};
use shown::shown_path;

/// Size from which a file is not considered an environment file, in bytes.
const LARGEST: u64 = 4 * 1024 * 1024;

/// The values that were found.
#[derive(Debug, Default)]
pub struct Known {
    /// Names with their values; a name has one value for each form that some loader reads.
    pub values: Vec<(String, HiddenValue)>,
    /// The environment files that were read, relative to the root.
    pub files: Vec<PathBuf>,
    /// Values whose references expand to too much, with their files.
    pub too_long: Vec<(PathBuf, TooLong)>,
    /// Files with the name of an environment file that could not be read as one, with the reason.
    pub unread: Vec<(PathBuf, Unread)>,
}

/// Why an environment file was not read, or may be read differently by other programs.
#[derive(Debug)]
pub enum Unread {
    /// It cannot be opened, or is not a file.
    File(FileError),
    /// It is larger than an environment file would be.
    TooLarge,
    /// It is not UTF-8; it was read nevertheless.
    Encoding(Encoding),
}

/// Returns the values of the declared names. `folders` and the paths in the result are relative to the root.
pub fn known(root: &Path, folders: &[&str], declared: &[String]) -> Known {
    let mut known = Known { values: in_environment(declared), ..Known::default() };
    for folder in std::iter::once("").chain(folders.iter().copied()) {
        in_folder(root, Path::new(folder), declared, &mut known);
    }
    known.values.sort_by(|first, second| (&first.0, first.1.reveal()).cmp(&(&second.0, second.1.reveal())));
    known.values.dedup();
    known
}

/// Returns the values in the environment.
pub fn in_environment(declared: &[String]) -> Vec<(String, HiddenValue)> {
    environment::declared(declared).map(|(name, value)| (name, HiddenValue::new(value))).collect()
}

fn in_folder(root: &Path, folder: &Path, declared: &[String], known: &mut Known) {
    let (mut paths, mut files) = (Vec::new(), Vec::new());
    for path in environment_files(root, folder) {
        // Links are followed, as by tools that read such a file.
        let unread = match read(&root.join(&path)) {
            Ok(Some(text)) => {
                known.unread.extend(wide(&text).map(|encoding| (path.clone(), Unread::Encoding(encoding))));
                files.push(EnvironmentFile::parse(&text));
                paths.push(path);
                continue;
            }
            Ok(None) => Unread::TooLarge,
            Err(FileError::Gone | FileError::NotAFile("a folder")) => continue,
            Err(error) => Unread::File(error),
        };
        known.unread.push((path, unread));
    }
    let wanted = |name: &str| is_declared_secret(name, declared);
    let found = environment_values(&files, &wanted, &environment::bytes);
    for (path, EnvironmentValues { values, too_long }) in paths.iter().zip(found) {
        known
            .values
            .extend(values.into_iter().map(|(name, value)| (name, HiddenValue::new(OsString::from_vec(value)))));
        known.too_long.extend(too_long.into_iter().map(|too_long| (path.clone(), too_long)));
    }
    known.files.extend(paths);
}

/// Returns the environment files of a folder by their names, and all files of folders for environment files, in order
/// and relative to the root.
fn environment_files(root: &Path, folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut waiting: Vec<PathBuf> = vec![folder.to_path_buf()];
    while let Some(current) = waiting.pop() {
        for entry in fs::read_dir(root.join(&current)).into_iter().flatten().filter_map(Result::ok) {
            let (path, name) = (current.join(entry.file_name()), shown_path(entry.file_name()));
            // Links to folders are not followed, as they could lead back here.
            if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                if current != folder || ENVIRONMENT_FOLDERS.contains(&name.as_str()) {
                    waiting.push(path);
                }
            } else if current != folder || is_environment_file(&name) {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

/// Reads a file; none if it is too large.
fn read(path: &Path) -> Result<Option<Vec<u8>>, FileError> {
    let mut text = Vec::new();
    open_file(path)?.take(LARGEST + 1).read_to_end(&mut text)?;
    Ok((text.len() as u64 <= LARGEST).then_some(text))
}
