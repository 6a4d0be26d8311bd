//! Keys that a framework generates in each build and writes into its output. They protect nothing outside of the image
//! that contains them, the build cannot work without them, and they are not secret before the build.

/// Names that only Next.js uses: the keys of its preview mode.
const EVERYWHERE: [&str; 4] = [
    "previewModeSigningKey",
    "previewModeEncryptionKey",
    "__NEXT_PREVIEW_MODE_SIGNING_KEY",
    "__NEXT_PREVIEW_MODE_ENCRYPTION_KEY",
];

/// Names that other programs use, too, and the prefixes of the files in which Next.js writes them: the key of its
/// server actions.
const IN_MANIFESTS: [&str; 2] = ["encryptionKey", "NEXT_SERVER_ACTIONS_ENCRYPTION_KEY"];
const MANIFESTS: [&str; 2] = ["server-reference-manifest.js", "middleware-manifest.js"];

/// Whether the value behind this text is such a key.
pub(in super::super) fn is_build_key(path: &str, before: &[u8]) -> bool {
    let base = path.rsplit('/').next().unwrap_or_default();
    let in_manifest = MANIFESTS.iter().any(|manifest| base.starts_with(manifest));
    let is_mark = |byte: &u8| b"\"'\\:= ".contains(byte);
    let end = before.iter().rposition(|byte| !is_mark(byte)).map_or(0, |last| last + 1);
    let before = before.get(..end).unwrap_or_default();
    let start =
        before.iter().rposition(|byte| !byte.is_ascii_alphanumeric() && *byte != b'_').map_or(0, |last| last + 1);
    let name = before.get(start..).unwrap_or_default();
    let is = |names: &[&str]| names.iter().any(|known| known.as_bytes() == name);
    is(&EVERYWHERE) || (in_manifest && is(&IN_MANIFESTS))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_keys_of_a_build_are_known_by_name_and_place() {
        let manifest = "app/.next/server/server-reference-manifest.json";
        assert!(is_build_key(manifest, b"{\"node\":{},\"encryptionKey\":\""));
        assert!(is_build_key("server-reference-manifest.js", b"=\"{\\\"encryptionKey\\\":\\\""));
        assert!(is_build_key("x.js", b"previewModeSigningKey: \""));
        assert!(!is_build_key("config.json", b"{\"encryptionKey\":\""));
        assert!(!is_build_key(manifest, b"{\"apiKey\":\""));
        assert!(!is_build_key(manifest, b""));
    }
}
