//! While we install packages, they start no service and make no database cluster.
//!
//! Nothing outside our folder says so: the programs by which their scripts would do it are covered by ours, only on the
//! `PATH` of our own calls. However a run ends, and whatever is installed beside it, the machine's own rules hold.

use std::time::Duration;

use anyhow::Result;

use shown::shown_path;

use crate::cache::{self, Cache, text};
use crate::command::Run;
use crate::failure::Failure;

/// What packages' scripts call, by name, as Debian's policy wants it.
const COVERED: [&str; 3] = ["invoke-rc.d", "deb-systemd-invoke", "pg_createcluster"];
/// Answers as the system's own programs do where a policy forbids everything.
const COVER: &str = "#!/bin/sh
echo \"taskflow rig: not done while it installs packages: ${0##*/} $*\" >&2
for word; do
    case $word in --query | --disclose-deny) exit 101 ;; esac
done
exit 0
";
/// What apt gives to dpkg by itself (`DPkg::Path`).
const USUAL: &str = "/usr/sbin:/usr/bin:/sbin:/bin";

/// The `PATH` for packages' scripts.
pub(super) fn path(cache: &Cache) -> Result<String> {
    let folder = cache.folder("apt/bin")?;
    for name in COVERED {
        cache::write(&folder.join(name), COVER.as_bytes(), 0o755)?;
    }
    let path = format!("{}:{USUAL}", text(&folder));
    // A colon in the name, or a file system without programs, would let the services start.
    let answer = Run::new("invoke-rc.d").arg("--query").env("PATH", &path).output(Duration::from_secs(10));
    if answer.is_ok_and(|output| output.code == Some(101)) {
        return Ok(path);
    }
    let message = format!("programs in {} cannot be found or run", shown_path(&folder));
    Err(Failure::refusal(message)
        .hint("set TASKFLOW_RIG_DIR to a folder that can hold programs, without a colon")
        .into())
}
