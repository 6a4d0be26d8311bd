//! Writes a release's version into the files that carry it: only the characters of the version change.

mod in_json;
mod in_toml;
mod version_text;

use crate::domain::config::FILE_NAME;
use crate::domain::encoding::foreign;
use crate::domain::problem::Problem;
use crate::domain::text::ticked_all;
use crate::domain::version::ReleaseVersion;
use version_text::{VersionSource, VersionText};

/// A file with its version set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VersionEdit {
    /// The content of the file, with the version.
    pub bytes: Vec<u8>,
    /// The version that the file had; none for a taskflow.toml without one, which is left as it is.
    pub before: Option<String>,
    /// Whether the content has changed.
    pub changed: bool,
}

/// A kind of file that carries a version.
struct VersionFile {
    /// The name of the file.
    name: &'static str,
    format: Format,
    /// The keys with the version; a file has at least one of them.
    keys: &'static [&'static [&'static str]],
}

#[derive(Clone, Copy)]
enum Format {
    Json,
    Toml,
}

/// The supported files.
const VERSION_FILES: [VersionFile; 5] = [
    VersionFile { name: FILE_NAME, format: Format::Toml, keys: &[&["project", "version"]] },
    VersionFile { name: "package.json", format: Format::Json, keys: &[&["version"]] },
    VersionFile {
        name: "package-lock.json",
        format: Format::Json,
        keys: &[&["version"], &["packages", "", "version"]],
    },
    VersionFile {
        name: "pyproject.toml",
        format: Format::Toml,
        keys: &[&["project", "version"], &["tool", "poetry", "version"]],
    },
    VersionFile {
        name: "Cargo.toml",
        format: Format::Toml,
        keys: &[&["package", "version"], &["workspace", "package", "version"]],
    },
];

/// Sets the version in the content of a file, whose name decides on its kind.
///
/// # Errors
///
/// The kind is not supported, the file is not valid, or it has no version of its own.
pub fn set_version(path: &str, bytes: &[u8], version: ReleaseVersion) -> Result<VersionEdit, Problem> {
    let kind = kind_of(path)?;
    if let Some(encoding) = foreign(bytes) {
        return Err(encoding.problem(path, "`cargo xtask release`"));
    }
    let text = std::str::from_utf8(bytes).unwrap_or_default();
    let found = versions(kind, path, text, version)?;
    let Some(first) = found.first() else {
        return Ok(VersionEdit { bytes: bytes.to_vec(), before: None, changed: false });
    };
    let new = replaced(text, &found, version);
    verify(kind, path, &new, version)?;
    Ok(VersionEdit { changed: new != text, before: Some(first.value.clone()), bytes: new.into_bytes() })
}

fn kind_of(path: &str) -> Result<&'static VersionFile, Problem> {
    let name = path.rsplit('/').next().unwrap_or_default();
    VERSION_FILES.iter().find(|kind| kind.name == name).ok_or_else(|| {
        let names: Vec<&str> = VERSION_FILES.iter().map(|kind| kind.name).collect();
        Problem::new(format!("xtask cannot set a version in `{path}`"))
            .note(format!("it knows where the version stands in {}", ticked_all(&names)))
            .hint("correct `version-files` under `[release]`; another file can take its version from one of these")
    })
}

/// Returns the versions of a file, which all are the same; none only for a taskflow.toml without a version.
fn versions(kind: &VersionFile, path: &str, text: &str, wanted: ReleaseVersion) -> Result<Vec<VersionText>, Problem> {
    let source = VersionSource { path, text, wanted };
    let found = match kind.format {
        Format::Json => in_json::find(&source, kind.keys)?,
        Format::Toml => in_toml::find(&source, kind.keys)?,
    };
    if found.is_empty() && kind.name != FILE_NAME {
        let keys: Vec<String> = kind.keys.iter().map(|key| version_text::dotted(key)).collect();
        return Err(Problem::new(format!("`{path}` has no version"))
            .note(format!("looked for {}", ticked_all(&keys)))
            .hint("add a version to it, or correct `version-files` under `[release]`"));
    }
    if let [first, others @ ..] = found.as_slice()
        && let Some(other) = others.iter().find(|other| other.value != first.value)
    {
        return Err(Problem::new(format!(
            "`{path}` has two versions: `{}` is not the same as `{}`",
            other.key, first.key
        ))
        .at(source.place(other.span.start))
        .hint("write the same version in both places"));
    }
    Ok(found)
}

/// Returns the text with the version in each of these places.
fn replaced(text: &str, places: &[VersionText], version: ReleaseVersion) -> String {
    let mut spans: Vec<_> = places.iter().map(|place| place.span.clone()).collect();
    spans.sort_by_key(|span| span.start);
    let (mut new, mut end) = (String::with_capacity(text.len() + 16), 0);
    for span in spans {
        new.push_str(text.get(end..span.start).unwrap_or_default());
        new.push_str(&version.to_string());
        end = span.end;
    }
    new + text.get(end..).unwrap_or_default()
}

/// Reads a changed file again.
fn verify(kind: &VersionFile, path: &str, text: &str, version: ReleaseVersion) -> Result<(), Problem> {
    let found = versions(kind, path, text, version)?;
    if found.iter().all(|found| found.value == version.to_string()) {
        return Ok(());
    }
    Err(Problem::new(format!("`{path}` would not have version {version} after the change"))
        .note("this is a defect of xtask; the file is not changed"))
}

#[cfg(test)]
#[path = "version_files_tests.rs"]
mod tests;
