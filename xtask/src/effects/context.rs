//! The files of a build context that a builder would send: those that the ignore file does not exclude.

use std::ffi::OsStr;
use std::fs::{self, DirEntry};
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use dockerfile::ignore_file::{Folder, IgnoreFile};

/// The files that a context would send, relative to it.
#[derive(Debug, Default)]
pub struct Sent {
    /// Files, in order. Links are sent as links, so their targets are not read.
    pub files: Vec<PathBuf>,
    /// Ignore files below the context's own folder, which no builder reads.
    pub unread_ignore_files: Vec<PathBuf>,
}

/// A folder that the builder would enter and that cannot be read.
#[derive(Debug)]
pub struct ClosedFolder {
    /// Its path, relative to the context.
    pub path: PathBuf,
    /// The `!` pattern because of which the builder enters the folder although it is excluded, with its line.
    pub led_by: Option<(usize, String)>,
    /// The error of the system.
    pub error: io::Error,
}

/// Walks through a context as the builder does. Files that disappear before they are read are left out.
///
/// # Errors
///
/// The first folder that the builder would enter and that cannot be read.
pub fn files(context: &Path, ignore: &IgnoreFile) -> Result<Sent, ClosedFolder> {
    let mut sent = Sent::default();
    let mut waiting = vec![(Vec::new(), Folder::default())];
    while let Some((path, folder)) = waiting.pop() {
        let relative = Path::new(OsStr::from_bytes(&path));
        let closed = |error| ClosedFolder { path: relative.into(), led_by: ignore.leads_inside(&folder), error };
        for entry in entries(&context.join(relative)).map_err(closed)? {
            let name = entry.file_name();
            let inner = if path.is_empty() { name.into_encoded_bytes() } else { [&path, name.as_bytes()].join(&b'/') };
            // On a file system whose listings lack the type, this asks again, and the entry may have disappeared.
            let Ok(kind) = entry.file_type() else { continue };
            if kind.is_dir() {
                let below = ignore.enter(&folder, &inner);
                if !ignore.may_skip(&below) {
                    waiting.push((inner, below));
                }
            } else if kind.is_file() {
                let inner_path = || PathBuf::from(OsStr::from_bytes(&inner));
                if entry.file_name() == dockerfile::ignore_file::FILE_NAME && !path.is_empty() {
                    sent.unread_ignore_files.push(inner_path());
                }
                if !ignore.decide_inside(&folder, &inner).excluded {
                    sent.files.push(inner_path());
                }
            }
        }
    }
    sent.files.sort();
    sent.unread_ignore_files.sort();
    Ok(sent)
}

/// Returns the entries of a folder; none if the folder disappears.
pub(super) fn entries(folder: &Path) -> io::Result<Vec<DirEntry>> {
    let is_gone = |error: &io::Error| matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory);
    let listing = match fs::read_dir(folder) {
        Err(error) if is_gone(&error) => return Ok(Vec::new()),
        listing => listing?,
    };
    listing.filter(|entry| !entry.as_ref().is_err_and(is_gone)).collect()
}
