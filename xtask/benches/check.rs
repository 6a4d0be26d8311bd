//! `cargo bench --bench check`: `xtask check` on this repository and on one with 500 components, whole processes. Goals:
//! 8 ms here, 150 ms there. `xtask --version` in the same run is what a process costs that does nothing.
#![expect(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a benchmark talks to the outside and to its reader"
)]

use std::fmt::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

const COMPONENTS: usize = 500;
const RUNS: usize = 31;

/// A repository with many components, each with a contract, a Dockerfile, an ignore file, and four sources.
fn many_components(root: &Path) {
    let dockerfile = include_str!("../../backend/Dockerfile");
    let ignore = include_str!("../../backend/.dockerignore");
    let shipped = include_str!("../../taskflow.toml");
    let contract = shipped.split("[component.backend.contract]").nth(1).unwrap().split("\n[minikube]").next().unwrap();
    let mut config = "schema = 1\n[project]\nname = \"many\"\n".to_owned();
    for number in 0..COMPONENTS {
        let name = format!("c{number}");
        let folder = root.join(&name);
        std::fs::create_dir(&folder).unwrap();
        std::fs::write(folder.join("Dockerfile"), dockerfile).unwrap();
        std::fs::write(folder.join(".dockerignore"), ignore).unwrap();
        for file in ["main.py", "requirements.txt", "a.py", "b.py"] {
            std::fs::write(folder.join(file), "import os\n\nprint(os.getcwd())\n").unwrap();
        }
        let own = contract.replace("component.backend.", &format!("component.{name}."));
        let _infallible =
            writeln!(config, "[component.{name}]\ncontext = \"{name}\"\n[component.{name}.contract]{own}");
    }
    std::fs::write(root.join("taskflow.toml"), config).unwrap();
}

/// The median duration of a call of xtask in a folder.
fn median(folder: &Path, args: &[&str]) -> Duration {
    let mut times: Vec<Duration> = (0..RUNS)
        .map(|_| {
            let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
            command.args(args).current_dir(folder).stdout(Stdio::null()).stderr(Stdio::null());
            let start = Instant::now();
            assert!(command.status().unwrap().success(), "{args:?} in {}", folder.display());
            start.elapsed()
        })
        .collect();
    times.sort();
    *times.get(RUNS / 2).unwrap()
}

fn main() {
    let folder = tempfile::tempdir().unwrap();
    many_components(folder.path());
    let here = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let nothing = median(&here, &["--version"]);
    println!("{:36} {:8.2} ms", "xtask --version", nothing.as_secs_f64() * 1000.0);
    for (what, folder, goal) in
        [("check, this repository", here.as_path(), 8.0), ("check, 500 components", folder.path(), 150.0)]
    {
        let time = median(folder, &["check", "--quiet"]).as_secs_f64() * 1000.0;
        println!("{what:36} {time:8.2} ms (goal: {goal} ms)");
    }
}
