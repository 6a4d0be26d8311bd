//! `cargo bench --bench build`: what `xtask build` costs on top of the bare `docker build`s run in parallel.
//!
//! Cold (no layer cache) and no-op, each pair measured in the same run, one after the other, so that ratios count and
//! seconds only tell the size. Needs an engine and the base images.
#![expect(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a benchmark talks to the outside and to its reader"
)]

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// Pairs of each kind; the cold ones build everything.
const COLD_PAIRS: usize = 2;
const NO_OP_PAIRS: usize = 7;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

fn quiet(program: &str, args: &[&str]) -> Command {
    let mut command = Command::new(program);
    command.args(args).current_dir(root()).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command
}

/// `xtask build`.
fn ours(extra: &[&str]) -> Duration {
    let start = Instant::now();
    let status = quiet(env!("CARGO_BIN_EXE_xtask"), &["build"]).args(extra).status().unwrap();
    assert!(status.success(), "xtask build: {status}");
    start.elapsed()
}

/// The calls that `xtask build` makes, as its dry run prints them, started by hand at the same time.
fn bare(extra: &[&str]) -> Duration {
    let preview = Command::new(env!("CARGO_BIN_EXE_xtask"))
        .args(["build", "--dry-run", "--quiet"])
        .args(extra)
        .current_dir(root())
        .output()
        .unwrap();
    let commands = String::from_utf8(preview.stdout).unwrap();
    let start = Instant::now();
    let children: Vec<_> = commands.lines().map(|line| quiet("sh", &["-c", line]).spawn().unwrap()).collect();
    assert_eq!(children.len(), 2, "two components:\n{commands}");
    for mut child in children {
        assert!(child.wait().unwrap().success());
    }
    start.elapsed()
}

fn median(times: &mut [Duration]) -> f64 {
    times.sort();
    times.get(times.len() / 2).unwrap().as_secs_f64()
}

fn compare(what: &str, pairs: usize, extra: &[&str]) {
    let (mut bare_times, mut our_times) = (Vec::new(), Vec::new());
    for _ in 0..pairs {
        bare_times.push(bare(extra));
        our_times.push(ours(extra));
    }
    let (bare, ours) = (median(&mut bare_times), median(&mut our_times));
    println!(
        "{what:8} docker build {bare:7.2} s   xtask build {ours:7.2} s   ratio {:.2}   ({pairs} pairs)",
        ours / bare
    );
}

fn main() {
    // `cargo test --benches` only wants to know that it starts.
    if std::env::args().any(|arg| arg == "--test") {
        return;
    }
    ours(&[]);
    compare("no-op", NO_OP_PAIRS, &[]);
    compare("cold", COLD_PAIRS, &["--no-cache"]);
}
