//! Names by which a hash is told from a key, whose values look the same.

use super::samples::expand;

/// Names of hashes, identifiers, and caches.
const HASHES: [&str; 16] = [
    "SETTLEMENT_TX",
    "EAS_SCHEMA_UID",
    "TOKENIZATION_ID",
    "DEPLOY_KEY_SHA256",
    "NEXT_PUBLIC_CONTRACT_KEY_HASH",
    "CACHE_KEY",
    "ETAG_KEY",
    "PARTITION_KEY",
    "DEDUP_KEY",
    "CONTENT_KEY",
    "GIT_COMMIT",
    "TRACE_ID",
    "TOKEN_DIGEST",
    "SECRET_CHECKSUM",
    "API_KEY_FINGERPRINT",
    "PASSWORD_MD5",
];

/// Names of keys that sign.
const KEYS: [&str; 6] =
    ["PRIVATE_KEY", "SIGNER_KEY", "WALLET_KEY", "DEPLOYER_PRIVATE_KEY", "SIGNING_KEY", "ENCRYPTION_KEY"];

/// Each name with each value that such names have: the name, the template of the value, the value, and whether the name
/// is that of a key.
pub(crate) fn named_values() -> impl Iterator<Item = (&'static str, &'static str, String, bool)> {
    let templates = ["0x{h64}", "{h64}", "{h40}", "{h32}"].into_iter();
    let values = templates.flat_map(|template| (0..10).map(move |seed| (template, expand(template, seed))));
    let names = || HASHES.map(|name| (name, false)).into_iter().chain(KEYS.map(|name| (name, true)));
    values.flat_map(move |(template, value)| names().map(move |(name, is_key)| (name, template, value.clone(), is_key)))
}
