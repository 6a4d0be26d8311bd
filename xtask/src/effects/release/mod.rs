//! The files of a release: its journal with the lock, and the folder with its record.

pub mod folder;
pub mod journal_folder;
