//! `cargo bench --bench secrets_image`: what the search of an image costs on top of `docker save`, with nothing remembered
//! and with one new layer, each beside the bare export in the same run. Goals: export and search together at most 1.25
//! times the export, less than 0.3 s more for 5 MB of new layers, at most 150 MB of memory. Needs an engine and the images.
#![expect(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::cast_precision_loss,
    reason = "a benchmark talks to the outside and to its reader"
)]

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

const RUNS: usize = 7;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

fn xtask(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
    command.args(args).current_dir(root()).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    command
}

fn export(reference: &str) -> Duration {
    let start = Instant::now();
    let status = Command::new("docker").args(["save", reference]).stdout(Stdio::null()).status().unwrap();
    assert!(status.success());
    start.elapsed()
}

fn forget() {
    let _never_searched = std::fs::remove_dir_all(root().join("target/xtask/secrets"));
}

/// Searches an image; the time, the bytes that were read, and the peak of memory in MB.
fn searched(reference: &str) -> (Duration, u64, u64) {
    let start = Instant::now();
    let child = xtask(&["secrets", "scan", reference, "--json"]).spawn().unwrap();
    let status = format!("/proc/{}/status", child.id());
    let peak = std::thread::spawn(move || {
        let mut peak = 0;
        while let Ok(text) = std::fs::read_to_string(&status) {
            let Some(line) = text.lines().find_map(|line| line.strip_prefix("VmHWM:")) else { break };
            peak = line.trim().trim_end_matches(" kB").parse::<u64>().unwrap();
            std::thread::sleep(Duration::from_millis(5));
        }
        peak / 1000
    });
    let output = child.wait_with_output().unwrap();
    let time = start.elapsed();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    let document: Value = serde_json::from_slice(&output.stdout).unwrap();
    let bytes = document.pointer("/targets/0/bytes").and_then(Value::as_u64).unwrap();
    (time, bytes, peak.join().unwrap())
}

fn median(times: &mut [Duration]) -> f64 {
    times.sort();
    times.get(times.len() / 2).unwrap().as_secs_f64()
}

/// Pairs of a bare export and a search, one after the other.
fn compare(what: &str, reference: &str, prepare: impl Fn()) {
    let (mut bare, mut ours, mut most, mut read) = (Vec::new(), Vec::new(), 0, 0);
    for _ in 0..RUNS {
        bare.push(export(reference));
        prepare();
        let (time, bytes, peak) = searched(reference);
        ours.push(time);
        (most, read) = (most.max(peak), bytes);
    }
    let (bare, ours) = (median(&mut bare), median(&mut ours));
    println!(
        "{what:28} docker save {bare:5.2} s   with search {ours:5.2} s   ratio {:.2}   {:+.2} s   {:6.1} MB read   \
         {most} MB of memory",
        ours / bare,
        ours - bare,
        read as f64 / 1e6,
    );
}

/// An image with one layer more.
fn with_layer(reference: &str, tag: &str, step: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    let text = format!("FROM {reference}\nUSER 0\nRUN {step}\n");
    std::fs::write(folder.path().join("Dockerfile"), text).unwrap();
    let tag = format!("taskflow-bench:{tag}");
    let mut build = Command::new("docker");
    build.args(["build", "--quiet", "--no-cache", "--tag", &tag]).arg(folder.path()).stdout(Stdio::null());
    assert!(build.env("DOCKER_BUILDKIT", "1").status().unwrap().success());
    tag
}

fn main() {
    // `cargo test --benches` only wants to know that it starts.
    if std::env::args().any(|arg| arg == "--test") {
        return;
    }
    let output = xtask(&["build", "--json"]).output().unwrap();
    let document: Value = serde_json::from_slice(&output.stdout).unwrap();
    for at in 0..2 {
        let reference = document.pointer(&format!("/components/{at}/references/0")).and_then(Value::as_str).unwrap();
        let name = reference.split(':').next().unwrap();
        compare(&format!("{name}, all"), reference, forget);
        // In archives of the classic store a topmost layer goes by another name than the same one further down.
        let below = with_layer(reference, "below", "touch /below");
        searched(&below);
        let (mut bare, mut ours) = (Vec::new(), Vec::new());
        for _ in 0..RUNS {
            let tag = with_layer(&below, "new", "head -c 5000000 /dev/urandom > /new");
            bare.push(export(&tag));
            let (time, bytes, _) = searched(&tag);
            assert!((5_000_000..6_000_000).contains(&bytes), "{bytes}");
            ours.push(time);
        }
        for tag in [&below, "taskflow-bench:new"] {
            assert!(
                Command::new("docker").args(["image", "rm", tag]).stdout(Stdio::null()).status().unwrap().success()
            );
        }
        let (bare, ours) = (median(&mut bare), median(&mut ours));
        println!(
            "{name}, 5 MB new{:12}docker save {bare:5.2} s   with search {ours:5.2} s   {:+.2} s",
            "",
            ours - bare
        );
    }
}
