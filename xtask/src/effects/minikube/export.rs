//! An export of images by the engine, kept in a file: its documents in memory, its layers by their place in the file.

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

/// The largest document, in bytes.
const DOCUMENT: u64 = 16 * 1024 * 1024;

/// An export.
#[derive(Debug)]
pub struct Export {
    /// The file; none where only the documents were wanted.
    pub path: Option<PathBuf>,
    /// JSON documents by name.
    pub documents: BTreeMap<String, Vec<u8>>,
    /// Where each file begins, and its length.
    pub files: BTreeMap<String, (u64, u64)>,
    /// The engine's IDs that were asked for.
    pub ids: Vec<String>,
}

/// Why there is no export.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The client gave no export.
    #[error(transparent)]
    Client(#[from] ToolError),
    /// What came cannot be read or kept.
    #[error("cannot keep it in `{path}`: {source}", path = shown_path(.path))]
    Io {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

impl From<RunError> for ExportError {
    fn from(error: RunError) -> Self {
        Self::Client(error.into())
    }
}

/// Exports images into a file, or reads an export for its documents only; `written` counts bytes meanwhile, and nothing more is read once `unneeded` is set.
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
        // Behind the end of an archive there are only zeros; a reader that stops before them is taken for broken.
        io::copy(&mut copying, &mut io::sink())?;
        copying.to.as_mut().map_or(Ok(()), BufWriter::flush)?;
        Ok(content)
    })?;
    // The client only sees that nobody listens any more.
    if let Some(source) = unkept {
        return Err(cannot(source));
    }
    if code != Some(0) {
        return Err(ToolError::Refused { call: call.to_string(), words: last_words(&said).to_owned() }.into());
    }
    let (documents, files) = read.map_err(cannot)?;
    Ok(Export { path: path.map(Path::to_path_buf), documents, files, ids: ids.to_vec() })
}

/// Reads an export that stands in a file.
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
            // The classic store writes a layer that two images have in common once.
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

/// A reader that keeps what goes by.
struct Copying<'a, R> {
    from: R,
    to: Option<BufWriter<File>>,
    written: &'a AtomicU64,
    unneeded: &'a AtomicBool,
    /// Why it could not be kept.
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
