//! `cargo bench --bench minikube`: `xtask minikube-load` beside `minikube image load NAME`, for both images, on the rig's
//! node: first load, nothing changed, one source file of the frontend changed.
//!
//! Each pair in the same run, one after the other, so that ratios count and seconds only tell the size. Bytes are those
//! of what is copied to the node. Needs the base images and `cargo rig up node`, which is emptied.
#![expect(
    clippy::disallowed_methods,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a benchmark talks to the outside and to its reader"
)]

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

/// How often each is measured.
const TIMES: usize = 3;

/// How often the first load is.
const FIRST_TIMES: usize = 2;

struct Bench {
    folder: PathBuf,
    node: Value,
    references: [String; 2],
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

fn run(command: &mut Command) -> String {
    let output = command.stdin(Stdio::null()).output().unwrap();
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

impl Bench {
    /// A copy of both components in a repository of its own.
    fn new() -> Self {
        let status = run(Command::new("cargo").args(["rig", "status", "--json"]).current_dir(root()));
        let status: Value = serde_json::from_str(&status).unwrap();
        let node = status["parts"].as_array().unwrap().iter().find(|part| part["name"] == "node").unwrap().clone();
        assert_eq!(node["state"], "up", "run `cargo rig up node` first");
        let folder = root().join("target/bench-minikube");
        let _none_yet = std::fs::remove_dir_all(&folder);
        let files = run(Command::new("git")
            .args(["ls-files", "frontend", "backend", "taskflow.toml", ".gitignore"])
            .current_dir(root()));
        for name in files.lines() {
            let target = folder.join(name);
            std::fs::create_dir_all(target.parent().unwrap()).unwrap();
            std::fs::copy(root().join(name), target).unwrap();
        }
        let config = folder.join("taskflow.toml");
        let text = std::fs::read_to_string(&config).unwrap();
        std::fs::write(&config, text.replace("name = \"taskflow\"", "name = \"bench\"")).unwrap();
        for args in [
            &["init", "--quiet", "--initial-branch", "main"][..],
            &["add", "--all"],
            &["-c", "user.name=Bench", "-c", "user.email=bench@example.org", "commit", "--quiet", "--message", "first"],
            &["update-index", "--assume-unchanged", "frontend/app/page.tsx"],
        ] {
            run(Command::new("git").args(args).current_dir(&folder));
        }
        let references = ["frontend", "backend"].map(|name| format!("bench-{name}:1.0.0-main"));
        let bench = Self { folder, node, references };
        bench.clock();
        bench.build();
        bench
    }

    fn fact(&self, name: &str) -> &str {
        self.node["facts"][name].as_str().unwrap()
    }

    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command.current_dir(&self.folder).env("MINIKUBE_HOME", self.fact("minikube_home"));
        let clock = self.folder.join("target/clock").display().to_string();
        command.env("PATH", format!("{clock}:{}", std::env::var("PATH").unwrap()));
        command
    }

    /// Puts a client on PATH that notes how long `image ls` takes.
    fn clock(&self) {
        let folder = self.folder.join("target/clock");
        std::fs::create_dir_all(&folder).unwrap();
        let client = self.fact("minikube");
        let script = format!(
            "#!/bin/sh\n[ \"$1 $2\" = 'image ls' ] || exec {client} \"$@\"\nbegin=$(date +%s%N)\n{client} \"$@\"\ncode=$?\n\
             echo $(($(date +%s%N) - begin)) >{}\nexit $code\n",
            folder.join("answered").display()
        );
        std::fs::write(folder.join("minikube"), script).unwrap();
        run(Command::new("chmod").arg("755").arg(folder.join("minikube")));
    }

    /// How long the last answer took.
    fn answered(&self) -> Duration {
        let text = std::fs::read_to_string(self.folder.join("target/clock/answered")).unwrap();
        Duration::from_nanos(text.trim().parse().unwrap())
    }

    fn build(&self) {
        run(self.command(env!("CARGO_BIN_EXE_xtask")).args(["build", "--tag", "1.0.0-main", "--quiet"]));
    }

    /// One source file of the frontend as nobody has seen it.
    fn change(&self, number: usize) {
        let page = self.folder.join("frontend/app/page.tsx");
        let text = std::fs::read_to_string(root().join("frontend/app/page.tsx")).unwrap();
        let stamp = format!("\"/tasks?{}-{number}\"", std::process::id());
        std::fs::write(page, text.replace("\"/tasks\"", &stamp)).unwrap();
        self.build();
    }

    /// Both images by name, in one call or in one each; the time, and the bytes that the client copied.
    fn by_name(&self, together: bool) -> (Duration, u64) {
        let start = Instant::now();
        if together {
            run(self.command(self.fact("minikube")).args(["image", "load"]).args(&self.references));
        } else {
            for reference in &self.references {
                run(self.command(self.fact("minikube")).args(["image", "load", reference]));
            }
        }
        let time = start.elapsed();
        let files = std::fs::read_dir(Path::new(self.fact("files")).join("images")).unwrap().filter_map(Result::ok);
        let ours = files.filter(|file| file.file_name().to_string_lossy().starts_with("bench-"));
        (time, ours.map(|file| file.metadata().unwrap().len()).sum())
    }

    /// Both images with our command; the time, and its own account.
    fn ours(&self) -> (Duration, Value) {
        let start = Instant::now();
        let document = run(self.command(env!("CARGO_BIN_EXE_xtask")).args(["minikube-load", "--json", "--quiet"]));
        (start.elapsed(), serde_json::from_str(&document).unwrap())
    }

    fn docker(&self, args: &[&str]) {
        let mut command = Command::new("docker");
        drop(command.args(["--host", self.fact("docker_host")]).args(args).output());
    }

    /// Takes every image from the node, and what the client keeps there: a first load finds nothing.
    fn empty(&self) {
        let host = self.fact("docker_host");
        let ids = run(Command::new("docker").args(["--host", host, "image", "ls", "--all", "--quiet"]));
        for id in ids.lines() {
            self.docker(&["image", "rm", "--force", id]);
        }
        let folder = Path::new(self.fact("files")).join("images");
        for file in std::fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok) {
            if file.file_name().to_string_lossy().starts_with("bench-") {
                std::fs::remove_file(file.path()).unwrap();
            }
        }
    }
}

fn median(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}

struct Rows {
    ours: Vec<f64>,
    together: Vec<f64>,
    each: Vec<f64>,
    our_bytes: u64,
    their_bytes: u64,
}

impl Rows {
    fn new() -> Self {
        Self { ours: Vec::new(), together: Vec::new(), each: Vec::new(), our_bytes: 0, their_bytes: 0 }
    }

    #[expect(clippy::cast_precision_loss, reason = "a ratio of bytes")]
    fn tell(self, what: &str) {
        let [ours, together, each] = [self.ours, self.together, self.each].map(median);
        let megabytes = |bytes: u64| bytes as f64 / 1e6;
        println!(
            "{what:22} minikube-load {ours:6.2} s {:8.2} MB   by name, one call each {each:6.2} s {:8.2} MB (x {:.1})   both in one call {together:6.2} s (x {:.1})   bytes x {:.1}",
            megabytes(self.our_bytes),
            megabytes(self.their_bytes),
            each / ours,
            together / ours,
            self.their_bytes as f64 / self.our_bytes.max(1) as f64
        );
    }
}

fn main() {
    // `cargo test --benches` only wants to know that it starts.
    if std::env::args().any(|arg| arg == "--test") {
        return;
    }
    let bench = Bench::new();
    let mut first = Rows::new();
    for _ in 0..FIRST_TIMES {
        for together in [true, false] {
            bench.empty();
            let (time, bytes) = bench.by_name(together);
            first.their_bytes = bytes;
            if together { &mut first.together } else { &mut first.each }.push(time.as_secs_f64());
        }
        bench.empty();
        let (time, document) = bench.ours();
        first.ours.push(time.as_secs_f64());
        first.our_bytes = document["bytes_sent"].as_u64().unwrap();
    }
    first.tell("first load");
    let (mut same, mut own) = (Rows::new(), Vec::new());
    for _ in 0..TIMES {
        for together in [true, false] {
            let (time, bytes) = bench.by_name(together);
            same.their_bytes = bytes;
            if together { &mut same.together } else { &mut same.each }.push(time.as_secs_f64());
        }
        let (time, document) = bench.ours();
        assert_eq!(document["bytes_sent"], 0);
        same.ours.push(time.as_secs_f64());
        own.push((time.saturating_sub(bench.answered())).as_secs_f64() * 1000.0);
    }
    same.tell("nothing changed");
    println!("{:22} of which our own: {:.0} ms", "", median(own));
    let mut changed = Rows::new();
    for number in 0..TIMES {
        bench.change(3 * number);
        let (time, document) = bench.ours();
        changed.ours.push(time.as_secs_f64());
        changed.our_bytes = document["bytes_sent"].as_u64().unwrap();
        for together in [true, false] {
            bench.change(3 * number + 1 + usize::from(together));
            let (time, bytes) = bench.by_name(together);
            changed.their_bytes = bytes;
            if together { &mut changed.together } else { &mut changed.each }.push(time.as_secs_f64());
        }
    }
    changed.tell("one source file changed");
    bench.empty();
    for reference in &bench.references {
        drop(Command::new("docker").args(["image", "rm", "--force", reference]).output());
    }
}
