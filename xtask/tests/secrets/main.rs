//! What taskflow makes of the scanner: the surfaces that are searched, its documents, and that no value is ever shown.
#![expect(
    clippy::disallowed_methods,
    clippy::indexing_slicing,
    clippy::needless_raw_string_hashes,
    clippy::unwrap_used,
    reason = "tests talk to the outside and may fail by panic, their helpers too; snapbox writes the raw strings"
)]

mod dockerfile;
mod documentation;
mod image_documents;
mod panics;
mod repository;
mod searched;

#[path = "../../../crates/secretscan/tests/support/archive_forms.rs"]
mod archive_forms;
#[path = "../../../crates/secretscan/tests/support/hashes.rs"]
mod hashes;
#[expect(dead_code, reason = "shared with the tests of the scanner, which use all of it")]
#[path = "../../../crates/secretscan/tests/support/image_archives.rs"]
mod image_archives;
#[path = "../../../crates/secretscan/tests/support/labelled.rs"]
mod labelled;
#[path = "../../../crates/secretscan/tests/support/samples.rs"]
mod samples;

use secretscan::{Detector, Scanner};
use xtask::domain::name::CONTRACT_SECRETS;

/// A detector that knows the contract's secrets, and no value of them.
fn detector() -> Detector {
    Detector::new(&CONTRACT_SECRETS.map(str::to_owned), Scanner::new(Vec::new()))
}
