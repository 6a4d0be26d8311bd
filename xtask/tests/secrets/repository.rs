//! Everything that this repository keeps is clean, without exceptions: nobody learns here to pass over findings.

use std::path::Path;
use std::process::Command;

#[test]
fn every_file_in_git_is_clean() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let listed = Command::new("git").args(["ls-files", "-z"]).current_dir(root).output().unwrap();
    let listed = String::from_utf8(listed.stdout).unwrap();
    let files: Vec<&str> = listed.split_terminator('\0').filter(|name| root.join(name).is_file()).collect();
    assert!(files.len() > 300, "{} files", files.len());
    let mut scan = Command::new(env!("CARGO_BIN_EXE_xtask"));
    let output = scan.args(["secrets", "scan", "--"]).args(&files).current_dir(root).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}
