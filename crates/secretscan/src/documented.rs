//! Secrets that vendors and projects print in their documentation. They are copied often and protect nothing.

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};

/// The first eight bytes of SHA-256 of each value. The values themselves would be reported by every other scanner.
///
/// In this order: GitHub's token, Stripe's two test keys, the signatures of the tokens of jwt.io, RFC 7519, and
/// `PyJWT`, Google's key for maps, `SendGrid`'s key, the account keys of Azure's storage and database emulators, the
/// tokens of RFC 6749 and RFC 5849, the secret that explains one-time passwords, more secrets of RFC 6749 and RFC 6750
/// (a client's, a device's, a bearer token), and the key that a local Supabase signs with.
const DOCUMENTED: [u64; 23] = [
    0x7e49_8f91_828a_193c,
    0x153a_1825_8645_1358,
    0x74e1_1884_b07b_1d51,
    0x051d_093c_4bde_dbf2,
    0x13d3_1e96_1a1a_d8ec,
    0xd9bf_94f9_b743_2f05,
    0xac92_65e5_6c79_b234,
    0xf68e_ba71_5d16_3d70,
    0x0011_cc25_eb43_2071,
    0xaa65_4743_9583_c3a2,
    0x6c96_130f_130a_b0d6,
    0x00cf_4c78_1dc3_7003,
    0x4c20_e6f5_cc11_b937,
    0x6aa1_4267_d949_44e6,
    0xbb9b_1163_338b_2a51,
    0x649e_1f5c_769e_718b,
    0x2ff8_b0fb_93ac_a981,
    0x9d03_b692_e941_d5ac,
    0x8be5_d113_c087_1ce1,
    0x53f5_da0a_aa93_d64c,
    0xe997_4c50_7d2a_8021,
    0xb8e1_4854_5b13_c78b,
    0xa064_b502_e61d_27e9,
];

/// Passwords in documentation: of Oracle and `SQLAlchemy`, httpx, dotenv, Mozilla's pages on addresses, and RFC 7617.
const URL_PASSWORDS: [&str; 5] = ["tiger", "a secret", "key_1234", "flabada", "open sesame"];

/// Signing keys in documentation, which do not prove who has signed: of a local Supabase and of jwt.io.
const SIGNING: [&str; 4] = [
    concat!("super-secret-jwt-token-", "with-at-least-32-characters-long"),
    concat!("a-string-secret-", "at-least-256-bits-long"),
    concat!("your-256-bit-", "secret"),
    "secret",
];

/// Whether a text is one of the documented values.
pub(crate) fn is_documented(text: &str) -> bool {
    DOCUMENTED.contains(&sum(text))
}

/// Whether a password is one of the documented ones.
pub(crate) fn is_documented_password(text: &str) -> bool {
    URL_PASSWORDS.contains(&text)
}

/// Whether a text is signed with a documented key (HMAC with SHA-256).
pub(crate) fn is_signed(text: &[u8], signature: &[u8]) -> bool {
    SIGNING.iter().any(|key| {
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key.as_bytes()) else { return false };
        mac.update(text);
        mac.verify_slice(signature).is_ok()
    })
}

fn sum(text: &str) -> u64 {
    Sha256::digest(text.as_bytes()).iter().take(8).fold(0, |sum, byte| sum << 8 | u64::from(*byte))
}
