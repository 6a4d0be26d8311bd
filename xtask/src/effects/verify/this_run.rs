//! Facts about this process and others, and random secrets.

use std::fs;
use std::io::{self, Read};
use std::os::unix::fs::MetadataExt;
use std::time::{SystemTime, UNIX_EPOCH};

use crate::domain::contract::verify::run_label::RunLabel;

/// Returns the label of this run.
pub fn label() -> RunLabel {
    let boot = fs::read_to_string("/proc/sys/kernel/random/boot_id").unwrap_or_default();
    let boot: String = boot.chars().filter(char::is_ascii_hexdigit).take(12).collect();
    let namespace = fs::metadata("/proc/self/ns/pid").map_or(0, |facts| facts.ino());
    let seconds = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    let process = std::process::id();
    RunLabel { place: format!("x{boot}.{namespace}"), process, started: start_of(process).unwrap_or_default(), seconds }
}

/// Returns the start of a process that is alive, in ticks of the kernel. On systems without /proc, all processes count
/// as alive.
pub fn start_of(process: u32) -> Option<u64> {
    if fs::metadata("/proc/self/stat").is_err() {
        return Some(0);
    }
    let text = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    // The name of the program is in parentheses, and may contain anything. The start is field 22.
    text.rsplit_once(')')?.1.split_whitespace().nth(19)?.parse().ok()
}

/// Returns a new random secret of 40 hexadecimal digits.
///
/// # Errors
///
/// The system gives no random bytes.
pub fn secret() -> io::Result<String> {
    let mut bytes = [0_u8; 20];
    fs::File::open("/dev/urandom")?.read_exact(&mut bytes)?;
    Ok(bytes.iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_process_is_alive_and_its_label_is_read_back() {
        let label = label();
        assert_eq!(start_of(label.process), Some(label.started));
        assert!(!label.has_ended(&label, start_of));
        assert_eq!(label.to_string().parse(), Ok(label));
        assert_eq!(start_of(u32::MAX), None);
    }

    #[test]
    fn secrets_are_long_and_different() {
        let (one, other) = (secret().unwrap(), secret().unwrap());
        assert!(one != other && one.len() == 40 && one.bytes().all(|byte| byte.is_ascii_hexdigit()));
    }
}
