//! What is found and what is not: every rule's own examples, labelled rows, archives, and what must hold of any text.
#![expect(
    clippy::indexing_slicing,
    clippy::needless_raw_string_hashes,
    clippy::unwrap_used,
    reason = "tests may fail by panic, their helpers too; snapbox writes the raw strings"
)]

mod accuracy;
mod archives;
mod assignments;
mod clean;
mod harmless;
mod lengths;
mod packed;
mod properties;
mod rules;
mod work;

#[path = "../support/archive_forms.rs"]
mod archive_forms;
#[path = "../support/hashes.rs"]
mod hashes;
#[path = "../support/image_archives.rs"]
mod image_archives;
#[path = "../support/labelled.rs"]
mod labelled;
#[path = "../support/samples.rs"]
mod samples;
