//! Names by which a hash is told from a key, whose values look the same.

/// Names of hashes, identifiers, and caches.
pub(crate) const HASHES: [&str; 16] = [
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
pub(crate) const KEYS: [&str; 6] =
    ["PRIVATE_KEY", "SIGNER_KEY", "WALLET_KEY", "DEPLOYER_PRIVATE_KEY", "SIGNING_KEY", "ENCRYPTION_KEY"];
