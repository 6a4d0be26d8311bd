//! Reads an export of images from the engine: its documents are kept in memory, its layers by their position in the
//! file.

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::{self, BufWriter, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use process::{RunError, Runner};
use shown::shown_path;

use crate::domain::docker_argv;
use crate::domain::minikube::limits;
use crate::domain::text::last_words;
use crate::effects::fs::open_file;
use crate::effects::tool::ToolError;
use secretscan::archive::cleaned;
use secretscan::archive::linked;

/// The size of the largest document, in bytes.
const DOCUMENT: u64 = 16 * 1024 * 1024;

/// An export of images.
#[derive(Debug)]
pub struct Export {
    /// The path of its file; none if only the documents were wanted.
    pub path: Option<PathBuf>,
    /// JSON documents by name.
    pub documents: BTreeMap<String, Vec<u8>>,
    /// The start and the length of each file in the export.
    pub files: BTreeMap<String, (u64, u64)>,
    /// The engine's IDs of the exported images.
    pub ids: Vec<String>,
}

/// Why there is no export.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The client gave no export.
    #[error(transparent)]
    Client(#[from] ToolError),
    /// The export cannot be read, or cannot be written to its file.
    #[error("cannot keep it in `{path}`: {source}", path = shown_path(.path))]
    Io {
        /// The path of the file.
        path: PathBuf,
        /// The error of the system.
        source: io::Error,
    },
}

impl From<RunError> for ExportError {
    fn from(error: RunError) -> Self {
        Self::Client(error.into())
    }
}

/// Exports images into a file, or reads only the documents of an export. Counts bytes in `written` meanwhile, and stops
/// reading once `unneeded` is set.
///
/// # Errors
///
/// The client gives no export, or the export cannot be read or written.
pub fn export(
    runner: &Runner,
    ids: &[String],
    path: Option<&Path>,
    written: &AtomicU64,
    unneeded: &AtomicBool,
) -> Result<Export, ExportError> {
    let cannot = |source| ExportError::Io { path: path.map(Path::to_path_buf).unwrap_or_default(), source };
    let open = |path| OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(path);
    let file = path.map(open).transpose().map_err(cannot)?;
    let mut unkept = None;
    let call = docker_argv::save(ids);
    let (read, code, said) = runner.stream(&call, Some(limits::EXPORT), |pipe| {
        let to = file.map(|file| BufWriter::with_capacity(1024 * 1024, file));
        let mut copying = Copying { from: pipe, to, written, unneeded, unkept: &mut unkept };
        let content = index(&mut copying)?;
        // Behind the end of an archive are only zeros; if the reader stopped before them, the client would fail with a
        // broken pipe.
        io::copy(&mut copying, &mut io::sink())?;
        copying.to.as_mut().map_or(Ok(()), BufWriter::flush)?;
        Ok(content)
    })?;
    // The client fails only because reading has stopped.
    if let Some(source) = unkept {
        return Err(cannot(source));
    }
    if code != Some(0) {
        return Err(ToolError::refused(&call, last_words(&said)).into());
    }
    let (documents, files) = read.map_err(cannot)?;
    Ok(Export { path: path.map(Path::to_path_buf), documents, files, ids: ids.to_vec() })
}

/// Reads an export in a file.
///
/// # Errors
///
/// The file cannot be read, or is no archive.
pub fn open(path: &Path) -> io::Result<Export> {
    let (documents, files) = index(open_file(path).map_err(io::Error::other)?)?;
    Ok(Export { path: Some(path.to_path_buf()), documents, files, ids: Vec::new() })
}

type Content = (BTreeMap<String, Vec<u8>>, BTreeMap<String, (u64, u64)>);

fn index(reader: impl Read) -> io::Result<Content> {
    let (mut documents, mut files, mut links) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
    let mut archive = tar::Archive::new(reader);
    for entry in archive.entries()? {
        let mut entry = entry?;
        let name = cleaned(&entry.path()?);
        let kind = entry.header().entry_type();
        if kind.is_symlink() || kind.is_hard_link() {
            // The classic store writes a layer only once if two images share it.
            if let Some(target) = entry.link_name()? {
                links.insert(name.clone(), linked(&name, &target, kind.is_hard_link()));
            }
        } else if kind.is_file() {
            files.insert(name.clone(), (entry.raw_file_position(), entry.size()));
            let mut start = [0];
            let is_document =
                entry.size() <= DOCUMENT && entry.read(&mut start)? == 1 && matches!(start, [b'{' | b'[']);
            if is_document {
                let mut bytes = start.to_vec();
                entry.read_to_end(&mut bytes)?;
                documents.insert(name, bytes);
            }
        }
    }
    let of_links: Vec<_> = links.into_iter().filter_map(|(name, target)| Some((name, *files.get(&target)?))).collect();
    files.extend(of_links);
    Ok((documents, files))
}

/// A reader that copies its data into a file.
struct Copying<'a, R> {
    from: R,
    to: Option<BufWriter<File>>,
    written: &'a AtomicU64,
    unneeded: &'a AtomicBool,
    /// Why the data could not be written.
    unkept: &'a mut Option<io::Error>,
}

impl<R: Read> Read for Copying<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.unneeded.load(Ordering::SeqCst) {
            return Err(io::ErrorKind::BrokenPipe.into());
        }
        let count = self.from.read(buffer)?;
        let kept = buffer.get(..count).unwrap_or_default();
        if let Err(error) = self.to.as_mut().map_or(Ok(()), |to| to.write_all(kept)) {
            let kind = error.kind();
            *self.unkept = Some(error);
            return Err(kind.into());
        }
        self.written.fetch_add(u64::try_from(count).unwrap_or_default(), Ordering::SeqCst);
        Ok(count)
    }
}
