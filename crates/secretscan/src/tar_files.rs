//! The files in a tar, one after the other.

use std::io::{self, Read};

use super::tail::Tail;
use crate::Reader;
use shown::printable;

/// Opens an archive that is read to the end of its stream: what stands behind its own end must be another archive.
pub(crate) fn opened(reader: Reader<'_>) -> tar::Archive<Tail<'_>> {
    let mut archive = tar::Archive::new(Tail::new(reader));
    archive.set_ignore_zeros(true);
    archive
}

/// Whether an entry has contents.
pub(crate) fn holds_a_file(kind: tar::EntryType) -> bool {
    matches!(kind, tar::EntryType::Regular | tar::EntryType::Continuous | tar::EntryType::GNUSparse)
}

/// Passes on every file of an archive with its name, every symbolic link with its target as contents, and every hard
/// link without contents. Returns the total size of files and links in bytes, which engines with the classic store
/// report as a layer's size.
pub(crate) fn each_file(
    archive: &mut tar::Archive<Tail<'_>>,
    take: &mut dyn FnMut(&str, &mut dyn Read) -> io::Result<()>,
) -> io::Result<u64> {
    let mut bytes: u64 = 0;
    for entry in archive.entries()? {
        let mut entry = entry?;
        let path = printable(entry.path_bytes()).trim_start_matches("./").to_owned();
        let kind = entry.header().entry_type();
        if kind.is_symlink() {
            let target = entry.link_name_bytes().unwrap_or_default().into_owned();
            bytes = bytes.saturating_add(u64::try_from(target.len()).unwrap_or_default());
            take(&path, &mut target.as_slice())?;
        } else if kind.is_hard_link() {
            // Its contents are those of its target, which is another entry.
            take(&path, &mut io::empty())?;
        } else if holds_a_file(kind) {
            bytes = bytes.saturating_add(entry.size());
            take(&path, &mut entry)?;
        }
    }
    Ok(bytes)
}
