//! The files in a tar, one after the other.

use std::io::{self, Read};

use super::tail::Tail;
use crate::Reader;
use shown::printable;

/// An archive that is read to the end of its stream: what stands behind its own end is an archive, too, or an error.
pub(crate) fn opened(reader: Reader<'_>) -> tar::Archive<Tail<'_>> {
    let mut archive = tar::Archive::new(Tail::new(reader));
    archive.set_ignore_zeros(true);
    archive
}

/// Whether an entry has the content of a file.
pub(crate) fn holds_a_file(kind: tar::EntryType) -> bool {
    matches!(kind, tar::EntryType::Regular | tar::EntryType::Continuous | tar::EntryType::GNUSparse)
}

/// Hands on every file of an archive with its name; of a link, where it leads. Returns the bytes of all files
/// and links, which is what engines with the classic store call a layer's size.
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
        } else if holds_a_file(kind) {
            bytes = bytes.saturating_add(entry.size());
            take(&path, &mut entry)?;
        }
    }
    Ok(bytes)
}
