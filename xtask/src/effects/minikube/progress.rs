//! Measures the progress of the minikube client, which prints none: the bytes that the process writes are those that it
//! sends. Only on Linux.

use std::fs;

/// Returns the bytes that a process has written so far, including those to connections.
pub(super) fn written(pid: u32) -> Option<u64> {
    let facts = fs::read_to_string(format!("/proc/{pid}/io")).ok()?;
    facts.lines().find_map(|line| line.strip_prefix("wchar:")?.trim().parse().ok())
}
