//! Removes mounts that killed engines leave behind.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use rustix::mount::{UnmountFlags, unmount};
use shown::shown_path;

/// Unmounts everything below a folder, innermost first.
///
/// # Errors
///
/// The table of mounts cannot be read, or a mount cannot be removed.
pub fn unmount_below(folder: &Path) -> Result<()> {
    let table = fs::read_to_string("/proc/self/mountinfo").context("could not read the mounts")?;
    for point in points_below(&table, folder).iter().rev() {
        unmount(point.as_path(), UnmountFlags::DETACH)
            .with_context(|| format!("could not unmount {}", shown_path(point)))?;
    }
    Ok(())
}

/// Whether something is mounted at a folder in the mount namespace of a process.
pub fn is_mounted(pid: i32, folder: &Path) -> bool {
    let table = fs::read_to_string(format!("/proc/{pid}/mountinfo")).unwrap_or_default();
    points(&table).any(|point| point == folder)
}

/// Returns the mount points below a folder, in the order in which they were mounted.
fn points_below(table: &str, folder: &Path) -> Vec<PathBuf> {
    points(table).filter(|point| point.starts_with(folder) && point != folder).collect()
}

fn points(table: &str) -> impl Iterator<Item = PathBuf> {
    table.lines().filter_map(|line| Some(PathBuf::from(plain(line.split(' ').nth(4)?))))
}

/// Decodes the octal escapes that the kernel writes for blanks and backslashes.
fn plain(text: &str) -> String {
    [("\\040", " "), ("\\011", "\t"), ("\\012", "\n"), ("\\134", "\\")]
        .iter()
        .fold(text.to_owned(), |text, (code, sign)| text.replace(code, sign))
}

#[cfg(test)]
mod tests {
    use std::path::{Path, PathBuf};

    use super::points_below;

    #[test]
    fn only_mounts_below_the_folder() {
        let table = "21 1 254:0 / / rw - ext4 /dev/vda rw\n\
            30 21 0:40 / /c/engine/data/overlay2/a/merged rw - overlay overlay rw\n\
            31 21 0:41 / /c/engine\\040b/x rw - tmpfs tmpfs rw\n\
            32 21 0:41 / /c/engine rw - tmpfs tmpfs rw\n\
            33 21 0:42 net:[1] /c/engine/exec/netns/1 rw - nsfs nsfs rw\n";
        let found = points_below(table, Path::new("/c/engine"));
        let want = ["/c/engine/data/overlay2/a/merged", "/c/engine/exec/netns/1"];
        assert_eq!(found, want.map(PathBuf::from));
        assert_eq!(points_below(table, Path::new("/c/engine b")), [PathBuf::from("/c/engine b/x")]);
    }
}
