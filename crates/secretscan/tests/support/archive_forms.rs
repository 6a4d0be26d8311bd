//! An image as an archive of every form that engines write.

use ruzstd::encoding::{CompressionLevel, compress_to_vec};
use serde_json::Value;

use super::image_archives::{classic, gzip, layout};

/// Packed as Zstandard.
pub(crate) fn zstd(bytes: &[u8]) -> Vec<u8> {
    compress_to_vec(bytes, CompressionLevel::Fastest)
}

/// An image of these layers in every form: the name of the form, and the archive.
pub(crate) fn archive_forms(layers: &[Vec<u8>]) -> [(&'static str, Vec<u8>); 5] {
    [
        ("classic", classic(layers, &Value::Null)),
        ("layout, plain", layout(layers, <[u8]>::to_vec, false)),
        ("layout, gzip", layout(layers, gzip, false)),
        ("layout, zstd", layout(layers, zstd, false)),
        ("layout of docker", layout(layers, gzip, true)),
    ]
}
