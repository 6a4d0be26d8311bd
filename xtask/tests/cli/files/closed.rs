//! Folders and files that the user who builds cannot read.

use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt, chown, lchown};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

use snapbox::str;

use super::sandbox;
use crate::harness::run::Run;
use crate::harness::sandbox::Sandbox;

/// Somebody who cannot read everything, as root can.
const NOBODY: u32 = 65_534;

/// A context with a folder that is closed.
fn with_closed_folder(ignore_file: &str) -> Sandbox {
    let sandbox = sandbox();
    sandbox.write("frontend/pgdata/f", "data");
    sandbox.write("frontend/.dockerignore", ignore_file);
    fs::set_permissions(sandbox.root.join("frontend/pgdata"), Permissions::from_mode(0o000)).unwrap();
    sandbox
}

/// Runs xtask as somebody who is not root.
fn run(sandbox: &Sandbox, args: &[&str]) -> Run {
    if !rustix::process::geteuid().is_root() {
        return sandbox.xtask(args);
    }
    let program = sandbox.outside("xtask");
    // Another process writes the program, as with fakes.
    let copied = Command::new("cp").arg(env!("CARGO_BIN_EXE_xtask")).arg(&program).status().unwrap();
    assert!(copied.success());
    give_away(&sandbox.outside(""));
    let mut command = sandbox.program(program.to_str().unwrap(), args);
    sandbox.finished(&command.uid(NOBODY).gid(NOBODY).output().unwrap())
}

fn give_away(path: &Path) {
    lchown(path, Some(NOBODY), Some(NOBODY)).unwrap();
    if path.is_dir() && !path.is_symlink() {
        chown(path, Some(NOBODY), Some(NOBODY)).unwrap();
        for entry in fs::read_dir(path).unwrap() {
            give_away(&entry.unwrap().path());
        }
    }
}

#[test]
fn a_closed_folder_is_no_obstacle_where_the_builder_does_not_enter_it() {
    for ignored in ["pgdata\n", "**/pgdata/\n", "*\n!a.txt\n!Dockerfile\n", "*\n!src\n!Dockerfile\n"] {
        run(&with_closed_folder(ignored), &["build", "--dry-run", "--quiet"]).code(0).stderr("");
    }
}

#[test]
fn a_closed_folder_that_would_be_sent_is_named() {
    run(&with_closed_folder(""), &["build", "--dry-run", "--quiet"]).code(2).stdout("").stderr(str![[r#"
error: cannot read `frontend/pgdata`, a folder of the build context of `frontend`
  --> frontend/pgdata
caused by: Permission denied (os error 13)
hint: add `pgdata` to `frontend/.dockerignore`, or make the folder readable for the user who builds

"#]]);
}

#[test]
fn the_exception_that_leads_into_a_closed_folder_is_named() {
    let sandbox = with_closed_folder("# all\n*\n!**/*.py\n");
    run(&sandbox, &["build", "--dry-run", "--quiet"]).code(2).stdout("").stderr(str![[r#"
error: cannot read `frontend/pgdata`, a folder of the build context of `frontend`
  --> frontend/pgdata
caused by: Permission denied (os error 13)
note: it is excluded, but `!**/*.py` in line 3 of `frontend/.dockerignore` lets the builder look into it
hint: replace `!**/*.py` by patterns that name the folders that they are for, or make the folder readable for the user who builds

"#]]);
}

#[test]
fn a_search_says_that_a_closed_folder_was_not_searched() {
    let sandbox = with_closed_folder("");
    let document = run(&sandbox, &["secrets", "scan", "frontend", "--json"]).code(1).document();
    assert_eq!(document["findings"][0]["rule"], "not-searched");
    assert_eq!(document["findings"][0]["file"], "frontend/pgdata");
}

#[test]
fn a_closed_file_that_would_be_sent_is_named() {
    let sandbox = sandbox();
    sandbox.write("frontend/other.txt", "key");
    fs::set_permissions(sandbox.root.join("frontend/other.txt"), Permissions::from_mode(0o000)).unwrap();
    run(&sandbox, &["build", "--dry-run", "--quiet"]).code(2).stdout("").stderr(str![[r#"
error[not-searched]: `frontend/other.txt` could not be searched: Permission denied (os error 13)
  --> frontend/other.txt
hint: add `other.txt` to `frontend/.dockerignore`, or mend it: what cannot be searched may hold anything

"#]]);
    sandbox.write("frontend/.dockerignore", "other.txt\n");
    run(&sandbox, &["build", "--dry-run", "--quiet"]).code(0);
    fs::set_permissions(sandbox.root.join("frontend/Dockerfile"), Permissions::from_mode(0o000)).unwrap();
    run(&sandbox, &["build", "--dry-run", "--quiet"]).code(2).stdout("").stderr(str![[r#"
error: cannot read `frontend/Dockerfile`: Permission denied (os error 13)
  --> frontend/Dockerfile
hint: make `frontend/Dockerfile` readable for the user who runs this

"#]]);
}
