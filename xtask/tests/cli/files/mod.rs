//! Files and folders as they are: any names, anything in the place of a file, files that come and go, any encoding.

mod closed;
mod coming;
mod encodings;
mod heredocs;
mod ignoring;
mod names;
mod special;

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;

use crate::harness::docker::sandbox;
use crate::harness::run::Run;
use crate::harness::sandbox::Sandbox;

/// Writes a file whose name can hold any bytes.
fn write(sandbox: &Sandbox, path: &[u8], content: impl AsRef<[u8]>) {
    let path = sandbox.root.join(OsStr::from_bytes(path));
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, content).unwrap();
}

/// What `build --dry-run` would do.
fn plan(sandbox: &Sandbox) -> Run {
    sandbox.xtask(&["build", "--dry-run", "--quiet"])
}
