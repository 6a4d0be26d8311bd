//! Properties of this machine, and the rights of this process.

use std::fs;
use std::path::Path;

use crate::command;
use crate::failure::Failure;

/// Returns a value of `/etc/os-release`.
pub fn os_release(key: &str) -> Option<String> {
    value(&fs::read_to_string("/etc/os-release").ok()?, key)
}

/// Whether systemd is the init system.
pub fn has_systemd() -> bool {
    Path::new("/run/systemd/system").is_dir()
}

/// Whether this process runs as root.
pub fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

/// Requires that this process runs as root.
///
/// # Errors
///
/// A refusal if it does not.
pub fn require_root(purpose: &str) -> Result<(), Failure> {
    if is_root() {
        return Ok(());
    }
    Err(Failure::refusal(format!("cannot {purpose}: not root")).hint("run the same command as root"))
}

/// Requires apt and root. `steps` are hints for doing the same by hand.
///
/// # Errors
///
/// A refusal without apt, or without root.
pub fn require_apt(purpose: &str, steps: &[&str]) -> Result<(), Failure> {
    let refusal = if command::find("apt-get").is_none() {
        Failure::refusal(format!("cannot {purpose}: only Debian and Ubuntu are supported (no apt-get here)"))
    } else if is_root() {
        return Ok(());
    } else {
        Failure::refusal(format!("cannot {purpose}: not root")).hint("run the same command as root, or by hand:")
    };
    Err(steps.iter().fold(refusal, |refusal, step| refusal.hint(format!("  {step}"))))
}

/// Requires an x86-64 processor.
///
/// # Errors
///
/// A refusal on any other processor.
pub fn require_x86_64(purpose: &str) -> Result<(), Failure> {
    if std::env::consts::ARCH == "x86_64" {
        return Ok(());
    }
    let here = std::env::consts::ARCH;
    Err(Failure::refusal(format!("cannot {purpose}: only done for x86_64, this is {here}")))
}

fn value(text: &str, key: &str) -> Option<String> {
    let line = text.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix('='))?;
    Some(line.trim().trim_matches(['"', '\'']).to_owned())
}

#[cfg(test)]
mod tests {
    use super::value;

    #[test]
    fn values_of_os_release() {
        let text = "PRETTY_NAME=\"Debian GNU/Linux 12\"\nID=debian\nVERSION_ID='12'\n";
        assert_eq!(value(text, "ID").as_deref(), Some("debian"));
        assert_eq!(value(text, "VERSION_ID").as_deref(), Some("12"));
        assert_eq!(value(text, "NAME"), None);
    }
}
