//! The secret engine on data: every rule's own examples, labelled rows, and what must hold of any text.
#![expect(
    clippy::disallowed_methods,
    clippy::indexing_slicing,
    clippy::needless_raw_string_hashes,
    clippy::unwrap_used,
    reason = "tests talk to the outside and may fail by panic, their helpers too; snapbox writes the raw strings"
)]

mod accuracy;
mod archives;
mod assignments;
mod clean;
mod documentation;
mod harmless;
mod lengths;
mod packed;
mod panics;
mod properties;
mod repository;
mod rules;
mod searched;
mod work;

#[path = "../support/image_archives.rs"]
mod image_archives;
#[path = "../support/samples.rs"]
mod samples;
