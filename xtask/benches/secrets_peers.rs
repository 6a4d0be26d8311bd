//! `cargo bench --bench secrets_peers`: our labelled rows, one file each, given to this tool and to whatever of its peers is
//! on PATH: recall, precision, and time. A peer that is not installed is said and left out.
#![expect(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::cast_precision_loss,
    reason = "a benchmark talks to the outside and to its reader"
)]

use std::collections::BTreeSet;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

#[expect(dead_code, reason = "shared with the tests of the scanner, which use all of it")]
#[path = "../../crates/secretscan/tests/support/labelled.rs"]
mod labelled;
#[path = "../../crates/secretscan/tests/support/samples.rs"]
mod samples;

use labelled::{CLEAN_ROWS, SECRET_ROWS, rows};

/// A tool that reads a folder, and how it is told to; what it prints names the files.
struct Peer {
    name: &'static str,
    program: &'static str,
    args: &'static [&'static str],
}

const PEERS: [Peer; 6] = [
    Peer { name: "xtask", program: env!("CARGO_BIN_EXE_xtask"), args: &["secrets", "scan", ".", "--json"] },
    Peer {
        name: "gitleaks",
        program: "gitleaks",
        args: &["dir", ".", "--no-banner", "--redact", "--report-format", "json", "--report-path", "-"],
    },
    Peer { name: "detect-secrets", program: "detect-secrets", args: &["scan", "--all-files", "."] },
    Peer {
        name: "trufflehog",
        program: "trufflehog",
        args: &["filesystem", ".", "--json", "--no-verification", "--no-update"],
    },
    Peer { name: "ripsecrets", program: "ripsecrets", args: &["."] },
    Peer { name: "trivy", program: "trivy", args: &["fs", "--scanners", "secret", "--format", "json", "--quiet", "."] },
];

/// Writes one file for each row; the names of those with a secret.
fn write_rows(folder: &Path) -> (BTreeSet<String>, usize) {
    let mut secrets = BTreeSet::new();
    let mut number = 0;
    for (text, is_secret) in [(SECRET_ROWS, true), (CLEAN_ROWS, false)] {
        for (name, value) in rows(text) {
            let file = format!("row-{number:05}.txt.env");
            std::fs::write(folder.join(&file), format!("{name}={value}\n")).unwrap();
            if is_secret {
                secrets.insert(file);
            }
            number += 1;
        }
    }
    (secrets, number)
}

/// The files that a tool's output names.
fn named(output: &str) -> BTreeSet<String> {
    output.match_indices("row-").filter_map(|(at, _)| Some(output.get(at..at + 17)?.to_owned())).collect()
}

fn main() {
    // `cargo test --benches` only wants to know that it starts.
    if std::env::args().any(|arg| arg == "--test") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let config = "schema = 1\n[project]\nname = \"t\"\nversion = \"1.0.0\"\n[component.a]\ncontext = \"a\"\n";
    std::fs::write(folder.path().join("taskflow.toml"), config).unwrap();
    let rows = folder.path().join("rows");
    std::fs::create_dir(&rows).unwrap();
    let (secrets, all) = write_rows(&rows);
    println!("{all} rows, {} with a secret", secrets.len());
    for Peer { name, program, args } in PEERS {
        let start = Instant::now();
        let mut command = Command::new(program);
        let Ok(output) = command.args(args).current_dir(&rows).stdin(Stdio::null()).stderr(Stdio::null()).output()
        else {
            println!("{name:16} is not installed");
            continue;
        };
        let time = start.elapsed();
        let found = named(&String::from_utf8_lossy(&output.stdout));
        let right = found.intersection(&secrets).count();
        println!(
            "{name:16} recall {:.3}   precision {:.3}   {:6.2} s",
            right as f64 / secrets.len() as f64,
            right as f64 / found.len().max(1) as f64,
            time.as_secs_f64(),
        );
    }
}
