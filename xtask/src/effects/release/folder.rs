//! The folder of a release, `target/xtask/releases/VERSION`, with what the release leaves.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::domain::release::digests::{self, Digests};
use crate::domain::release::record::{self, ReleaseRecord, sbom_file};
use crate::domain::version::ReleaseVersion;
use crate::effects::fs::{Readers, UNFINISHED, replace_file};
use shown::shown_path;

/// The name of the file with the section of the changelog.
pub const CHANGELOG: &str = "changelog.md";

/// The folder of a release.
#[derive(Clone, Debug)]
pub struct ReleaseFolder {
    path: PathBuf,
}

/// What a release leaves.
#[derive(Clone, Debug)]
pub struct ReleaseFiles<'a> {
    /// The record.
    pub record: &'a ReleaseRecord,
    /// The digests of the images.
    pub digests: &'a Digests,
    /// The section of the changelog.
    pub section: &'a str,
}

/// A file of the folder cannot be written.
#[derive(Debug, thiserror::Error)]
#[error("cannot write `{}`: {source}", shown_path(.path))]
pub struct ReleaseFolderError {
    /// The path of the file or the folder.
    pub path: PathBuf,
    /// The error of the system.
    pub source: io::Error,
}

impl ReleaseFolder {
    /// Returns the folder of a version below the repository's root. It need not exist.
    pub fn of(root: &Path, version: ReleaseVersion) -> Self {
        Self { path: root.join("target/xtask/releases").join(version.to_string()) }
    }

    /// Returns the path of the folder.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Returns the record; none if the release is not finished, or if the record has another format.
    pub fn record(&self) -> Option<ReleaseRecord> {
        ReleaseRecord::parse(&fs::read(self.path.join(record::FILE_NAME)).ok()?)
    }

    /// Writes the SBOMs, each with the name of its component, which come before all other files.
    ///
    /// # Errors
    ///
    /// A file cannot be written.
    pub fn write_sboms(&self, sboms: &[(String, String)]) -> Result<(), ReleaseFolderError> {
        self.prepare()?;
        let files = sboms.iter().map(|(component, text)| (sbom_file(component), text.clone()));
        self.write_files(files).map(drop)
    }

    /// Writes all files but the SBOMs, each as a whole; the record is the last one, so a folder with a record is
    /// complete. Files that have the same content already are not touched. Returns the names of the files that were
    /// written.
    ///
    /// # Errors
    ///
    /// A file cannot be written; the others may be written then.
    pub fn write(&self, files: &ReleaseFiles<'_>) -> Result<Vec<String>, ReleaseFolderError> {
        self.prepare()?;
        let own =
            [(digests::FILE_NAME.to_owned(), files.digests.text()), (CHANGELOG.to_owned(), files.section.to_owned())];
        let record = (record::FILE_NAME.to_owned(), files.record.text());
        self.write_files(own.into_iter().chain([record]))
    }

    fn write_files(&self, files: impl Iterator<Item = (String, String)>) -> Result<Vec<String>, ReleaseFolderError> {
        let mut written = Vec::new();
        for (name, text) in files {
            let path = self.path.join(&name);
            if fs::read(&path).is_ok_and(|found| found == text.as_bytes()) {
                continue;
            }
            replace_file(&path, text.as_bytes(), Readers::Everyone)
                .map_err(|source| ReleaseFolderError { path, source })?;
            written.push(name);
        }
        Ok(written)
    }

    /// Removes the folder with all files, and the one above it if it has no other release; it need not exist.
    ///
    /// # Errors
    ///
    /// A file cannot be removed.
    pub fn remove(&self) -> Result<(), ReleaseFolderError> {
        match fs::remove_dir_all(&self.path) {
            Err(source) if !matches!(source.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
                return Err(ReleaseFolderError { path: self.path.clone(), source });
            }
            _ => {}
        }
        let Some(parent) = self.path.parent() else { return Ok(()) };
        let is_last =
            |mut entries: fs::ReadDir| entries.all(|entry| entry.is_ok_and(|entry| entry.file_name() == ".gitignore"));
        if fs::read_dir(parent).is_ok_and(is_last) {
            fs::remove_dir_all(parent).map_err(|source| ReleaseFolderError { path: parent.to_path_buf(), source })?;
        }
        Ok(())
    }

    /// Makes the folder, and removes what a killed run has left in it. Only one release runs at a time.
    fn prepare(&self) -> Result<(), ReleaseFolderError> {
        let cannot = |source| ReleaseFolderError { path: self.path.clone(), source };
        fs::create_dir_all(&self.path).map_err(cannot)?;
        if let Some(parent) = self.path.parent() {
            // The files must not make the working tree dirty, whatever the repository ignores.
            fs::write(parent.join(".gitignore"), "*\n").map_err(cannot)?;
        }
        for entry in fs::read_dir(&self.path).map_err(cannot)?.flatten() {
            if entry.file_name().as_encoded_bytes().ends_with(UNFINISHED.as_bytes()) {
                fs::remove_file(entry.path()).map_err(cannot)?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::release::record::SCHEMA;
    use snapbox::{assert_data_eq, str};

    fn record() -> ReleaseRecord {
        ReleaseRecord {
            schema: SCHEMA,
            version: "1.1.0".to_owned(),
            previous: None,
            commit: "0".repeat(40),
            tag: "v1.1.0".to_owned(),
            branch: "main".to_owned(),
            components: Vec::new(),
            contract: Vec::new(),
            accepted: Vec::new(),
            findings: Vec::new(),
            steps: Vec::new(),
        }
    }

    #[test]
    fn a_second_write_touches_nothing() {
        let root = tempfile::tempdir().unwrap();
        let folder = ReleaseFolder::of(root.path(), "1.1.0".parse().unwrap());
        let (record, sboms) = (record(), [("web".to_owned(), "{}\n".to_owned())]);
        let files = ReleaseFiles { record: &record, digests: &Digests::default(), section: "## 1.1.0\n" };
        folder.write_sboms(&sboms).unwrap();
        assert_eq!(folder.record(), None);
        let all = ["digests.txt", "changelog.md", "record.json"];
        assert_eq!(folder.write(&files).unwrap(), all);
        assert_eq!(folder.record(), Some(record.clone()));
        fs::write(folder.path().join("record.json.1-2.new"), "half").unwrap();
        assert_eq!(folder.write(&files).unwrap(), Vec::<String>::new());
        let mut names: Vec<_> = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        names.sort();
        assert_eq!(names, ["changelog.md", "digests.txt", "record.json", "sbom-web.cdx.json"]);
        let other = ReleaseFiles { section: "## 1.1.0\n\nOther.\n", ..files };
        assert_eq!(folder.write(&other).unwrap(), ["changelog.md"]);
        assert_eq!(fs::read(root.path().join("target/xtask/releases/.gitignore")).unwrap(), b"*\n");
    }

    #[test]
    fn a_file_that_cannot_be_written_is_named() {
        let root = tempfile::tempdir().unwrap();
        let folder = ReleaseFolder::of(root.path(), "1.1.0".parse().unwrap());
        fs::create_dir_all(folder.path().join("changelog.md/inside")).unwrap();
        let files = ReleaseFiles { record: &record(), digests: &Digests::default(), section: "" };
        let error = folder.write(&files).unwrap_err().to_string();
        let shown = error.replace(&root.path().display().to_string(), "ROOT");
        assert_data_eq!(
            shown,
            str!["cannot write `ROOT/target/xtask/releases/1.1.0/changelog.md`: Is a directory (os error 21)"]
        );
        assert_eq!(folder.record(), None, "the record comes last");
    }
}
