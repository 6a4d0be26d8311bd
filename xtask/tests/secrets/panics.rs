//! What a panic says: where it happened, never with which values.

use std::process::Command;

use snapbox::{Assert, str};

use crate::samples::expand;

/// Set in the process that is to panic.
const VARIABLE: &str = "TASKFLOW_TEST_PANIC";

#[test]
fn a_panic_shows_no_value() {
    let planted = expand("ghp_{crc}", 3);
    if std::env::var_os(VARIABLE).is_some() {
        xtask::ui::panics::keep_quiet();
        panic!("cannot use {planted}");
    }
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "panics::a_panic_shows_no_value", "--nocapture"]).env(VARIABLE, "1");
    command.env_remove("RUST_BACKTRACE").env_remove("RUST_LIB_BACKTRACE").env("NO_COLOR", "1");
    let output = command.output().unwrap();
    let (stdout, stderr) = (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap());
    assert!(!output.status.success() && stdout.contains("FAILED"), "{stdout}");
    assert!(!stdout.contains(&planted) && !stderr.contains(&planted));
    Assert::new().action_env("SNAPSHOTS").eq(
        stderr,
        str![[r#"
error: internal error at xtask/tests/secrets/panics.rs:17; its message is not shown
hint: run it again with RUST_BACKTRACE=1, and report its output

"#]],
    );
}
