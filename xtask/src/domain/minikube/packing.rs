//! Decides whether layers are compressed in the archive that is sent, and records their lengths.

use std::collections::BTreeMap;

use crate::domain::text::total;

/// The total size of new layers up to which compression saves more time than it takes, even for a node on this machine,
/// in bytes.
const WORTH_PACKING: u64 = 64 * 1024 * 1024;

/// The compression level; higher levels take longer than the transfer that they save.
pub const LEVEL: u32 = 4;

/// An archive that was written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WrittenArchive {
    /// The length of the archive, in bytes.
    pub bytes: u64,
    /// The lengths of its layers in the archive, by the digest of their content.
    pub layers: BTreeMap<String, u64>,
    /// The lengths of all exported layers of the images, including those that were left out.
    pub exported: BTreeMap<String, u64>,
}

impl WrittenArchive {
    /// Returns the size that its layers take on a node, in bytes.
    pub fn unpacked_bytes(&self) -> u64 {
        total(self.exported.iter().filter(|(layer, _)| self.layers.contains_key(*layer)).map(|(_, bytes)| *bytes))
    }
}

/// Whether the layers of an archive are compressed: that is worth it for a few new layers, not for whole images.
pub fn is_worth_packing(leaves_layers_out: bool, lengths: impl IntoIterator<Item = u64>) -> bool {
    leaves_layers_out && total(lengths) <= WORTH_PACKING
}

/// Whether a layer that begins with these bytes is already compressed with gzip or Zstandard.
pub fn is_packed(start: &[u8]) -> bool {
    matches!(start, [0x1f, 0x8b, ..] | [0x28, 0xb5, 0x2f, 0xfd, ..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_few_new_layers_are_packed() {
        assert!(is_worth_packing(true, [WORTH_PACKING / 2, WORTH_PACKING / 2]));
        assert!(!is_worth_packing(true, [WORTH_PACKING, 1]));
        assert!(!is_worth_packing(true, [u64::MAX, u64::MAX]));
        assert!(!is_worth_packing(false, [1]));
    }

    #[test]
    fn a_packed_layer_is_known_by_its_first_bytes() {
        assert!(is_packed(&[0x1f, 0x8b, 8, 0]) && is_packed(&[0x28, 0xb5, 0x2f, 0xfd]));
        assert!(!is_packed(b"etc/") && !is_packed(&[0x1f]) && !is_packed(&[]));
    }

    #[test]
    fn layers_that_were_left_out_take_no_room() {
        let lengths = |list: &[(&str, u64)]| list.iter().map(|(name, bytes)| ((*name).to_owned(), *bytes)).collect();
        let written =
            WrittenArchive { bytes: 9, layers: lengths(&[("b", 2)]), exported: lengths(&[("a", 100), ("b", 30)]) };
        assert_eq!(written.unpacked_bytes(), 30);
    }
}
