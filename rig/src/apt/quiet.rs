//! Prevents packages from starting services or creating database clusters during their installation.
//!
//! The programs by which package scripts do these things are shadowed on the `PATH` of the rig's own calls. Nothing
//! outside of the cache folder changes, so the machine's own rules hold for every other installation, however a run
//! ends.

use std::time::Duration;

use anyhow::Result;

use shown::shown_path;

use crate::cache::{self, Cache, text};
use crate::command::Run;
use crate::failure::Failure;

/// Programs that package scripts call, by Debian's policy.
const COVERED: [&str; 3] = ["invoke-rc.d", "deb-systemd-invoke", "pg_createcluster"];
/// Prints a line and exits as the system's programs do if a policy forbids everything.
const COVER: &str = "#!/bin/sh
echo \"taskflow rig: not done while it installs packages: ${0##*/} $*\" >&2
for word; do
    case $word in --query | --disclose-deny) exit 101 ;; esac
done
exit 0
";
/// The `PATH` that apt gives to dpkg by default (`DPkg::Path`).
const USUAL: &str = "/usr/sbin:/usr/bin:/sbin:/bin";

/// Returns the `PATH` for package scripts.
pub(super) fn path(cache: &Cache) -> Result<String> {
    let folder = cache.folder("apt/bin")?;
    for name in COVERED {
        cache::write(&folder.join(name), COVER.as_bytes(), 0o755)?;
    }
    let path = format!("{}:{USUAL}", text(&folder));
    // A colon in the name, or a file system mounted without `exec`, would disable the shadowing.
    let answer = Run::new("invoke-rc.d").arg("--query").env("PATH", &path).output(Duration::from_secs(10));
    if answer.is_ok_and(|output| output.code == Some(101)) {
        return Ok(path);
    }
    let message = format!("programs in {} cannot be found or run", shown_path(&folder));
    Err(Failure::refusal(message)
        .hint("set TASKFLOW_RIG_DIR to a folder that can hold programs, without a colon")
        .into())
}
