//! Inputs, outputs and users of children.

use std::io::Write;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::time::Duration;

use process::{HiddenValue, Invocation, Log, Masking, RunError};

use crate::{LONG, SOON, is_ended, shell, soon, world};

#[test]
fn a_child_reads_a_file_from_its_own_folder() {
    let (folder, runner) = world();
    std::fs::create_dir(folder.path().join("inner")).unwrap();
    std::fs::write(folder.path().join("inner/text"), "words").unwrap();
    let call = Invocation::new("cat", ["-"]).within("inner").reading("text");
    assert_eq!(runner.capture(&call, LONG).unwrap().stdout, "words");
    let missing = Invocation::new("cat", ["-"]).within("inner").reading("missing");
    let error = runner.capture(&missing, LONG).unwrap_err();
    assert!(matches!(&error, RunError::Input { path, .. } if path.ends_with("inner/missing")), "{error}");
}

#[test]
fn without_an_input_there_is_nothing_to_read() {
    let (_folder, runner) = world();
    assert_eq!(soon(|| runner.capture(&Invocation::new("cat", ["-"]), LONG)).unwrap().stdout, "");
}

#[test]
fn a_child_runs_as_another_user() {
    let (_folder, runner) = world();
    // Only a privileged process can change its user; any other one gets an error.
    let own = std::fs::metadata("/proc/self").unwrap().uid();
    let answer = runner.capture(&Invocation::new("id", ["-u"]).within("/").as_user(65_534, 65_533), LONG);
    if own == 0 {
        assert_eq!(answer.unwrap().stdout, "65534\n");
        let groups = Invocation::new("id", ["-G"]).within("/").as_user(65_534, 65_533);
        assert_eq!(runner.capture(&groups, LONG).unwrap().stdout, "65533\n");
    } else {
        let error = answer.unwrap_err();
        assert!(matches!(error, RunError::Io { .. }), "{error}");
    }
}

#[test]
fn one_child_reads_what_another_one_writes() {
    let (folder, runner) = world();
    let from = shell("echo talk-of-first >&2; head -c 3000000 /dev/zero");
    let to = shell("wc -c; echo \"$TOKEN\" >&2; exit 3").hidden_env("TOKEN", HiddenValue::new("planted"));
    let (mut log, mut lines) = (Vec::new(), Vec::new());
    let into = Log { writer: &mut log, path: folder.path() };
    let codes = soon(|| runner.pipe(&from, &to, Some(into), |_, shown| lines.push(shown.trim().to_owned()))).unwrap();
    assert_eq!(codes, [Some(0), Some(3)]);
    lines.sort();
    assert_eq!(lines, ["***", "3000000", "talk-of-first"]);
    let mut logged: Vec<&str> = std::str::from_utf8(&log).unwrap().lines().map(str::trim).collect();
    logged.sort_unstable();
    assert_eq!(logged, lines);
}

#[test]
fn a_reader_that_ends_early_ends_the_writer() {
    let (_folder, runner) = world();
    let (from, to) = (Invocation::new("yes", ["again"]), Invocation::new("true", ["x"]));
    assert_eq!(soon(|| runner.pipe(&from, &to, None, |_, _| ())).unwrap(), [None, Some(0)]);
}

/// Whether a child has written its line; it may be killed before it does.
fn has_line(folder: &Path, name: &str) -> bool {
    std::fs::read_to_string(folder.join(name)).is_ok_and(|text| text.ends_with('\n'))
}

#[test]
fn neither_child_is_left_when_the_other_one_is_missing() {
    let (folder, runner) = world();
    let waits = shell("echo $$ >waits; exec sleep 600");
    let missing = Invocation::new("no-such-program", ["x"]);
    let error = soon(|| runner.pipe(&waits, &missing, None, |_, _| ())).unwrap_err();
    assert!(matches!(&error, RunError::NotFound(name) if name == "no-such-program"), "{error}");
    if has_line(folder.path(), "waits") {
        is_ended(folder.path(), "waits");
    }
    let error = runner.pipe(&missing, &waits, None, |_, _| ()).unwrap_err();
    assert!(matches!(error, RunError::NotFound(_)), "{error}");
}

/// A log on a full disk.
struct Full;

impl Write for Full {
    fn write(&mut self, _: &[u8]) -> std::io::Result<usize> {
        Err(std::io::ErrorKind::StorageFull.into())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_log_that_cannot_be_written_ends_the_child() {
    let (folder, runner) = world();
    let call = shell("sleep 600 & echo $! >grandchild; echo line; wait");
    let log = Log { writer: &mut Full, path: &folder.path().join("x.log") };
    let error = soon(|| runner.follow(&call, Some(log), |_, _| ())).unwrap_err();
    assert!(matches!(&error, RunError::Log { path, .. } if path.ends_with("x.log")), "{error}");
    is_ended(folder.path(), "grandchild");
}

#[test]
fn a_cleanup_is_ended_at_its_limit_and_says_whether_it_worked() {
    let (folder, runner) = world();
    assert!(runner.clean_up(&shell("exit 0"), SOON));
    assert!(!runner.clean_up(&shell("exit 1"), SOON));
    assert!(!runner.clean_up(&Invocation::new("no-such-program", ["x"]), SOON));
    let late = shell("sleep 600 & echo $! >late; wait");
    assert!(!soon(|| runner.clean_up(&late, Duration::from_secs(1))));
    is_ended(folder.path(), "late");
}

#[test]
fn withheld_variables_come_to_the_calls_that_set_them() {
    let (_folder, runner) = world();
    let runner = runner.withholding(["HOME"]);
    let home = |call: Invocation| runner.capture(&call, LONG).unwrap().stdout;
    assert_eq!(home(shell("echo \"<$HOME>\"")), "<>\n");
    assert_eq!(home(shell("echo \"<$HOME>\"").env("HOME", "mine")), "<mine>\n");
}

#[test]
fn an_unneeded_answer_is_not_waited_for() {
    let (folder, runner) = world();
    let call = shell("echo $$ >asked; exec sleep 600");
    let answer = soon(|| runner.watch(&call, LONG, &mut |_| !has_line(folder.path(), "asked"))).unwrap();
    assert!(answer.is_none());
    is_ended(folder.path(), "asked");
}

#[test]
fn a_runner_in_another_root_keeps_everything_else() {
    let (folder, runner) = world();
    std::fs::create_dir_all(folder.path().join("other/inner")).unwrap();
    std::fs::write(folder.path().join("other/text"), "words").unwrap();
    let other =
        runner.hiding(&Masking::of_values(["planted"])).withholding(["HOME"]).in_root(&folder.path().join("other"));
    let said = |call: Invocation| other.capture(&call, LONG).unwrap().stdout;
    assert_eq!(said(Invocation::new("cat", ["-"]).reading("text")), "words");
    assert_eq!(
        said(shell("pwd -P").within("inner")),
        format!("{}/other/inner\n", folder.path().canonicalize().unwrap().display())
    );
    assert_eq!(said(shell("echo planted \"<$HOME>\"")), "*** <>\n");
    // So does a runner for cleanups.
    let cleanup = other.for_cleanup();
    let answer = cleanup.capture(&shell("cat text; echo planted"), LONG).unwrap();
    assert_eq!(answer.stdout, "words***\n");
    let error = cleanup.capture(&Invocation::new("no-such-program", ["x"]), LONG).unwrap_err();
    assert!(matches!(&error, RunError::NotFound(name) if name == "no-such-program"), "{error}");
}
