//! `cargo bench --bench tags`: `xtask tags` on this repository and on one with 10,000 tags and 100,000 commits, each
//! beside a plain `git` question in the same run. Goals: 20 ms here, 200 ms there.
#![expect(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a benchmark talks to the outside and to its reader"
)]

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

const COMMITS: usize = 100_000;
const TAGS: usize = 10_000;
const RUNS: usize = 15;

fn git(folder: &Path, args: &[&str]) -> Command {
    let mut command = Command::new("git");
    command.args(args).current_dir(folder).stdout(Stdio::null()).stderr(Stdio::null());
    command
}

/// A line of commits with a release tag on every tenth, half of them annotated, and one on a branch aside.
fn large_repository(folder: &Path) {
    let mut stream = String::new();
    let config = "schema = 1\n[project]\nname = \"t\"\n[component.a]\ncontext = \"a\"\n";
    let who = "Bench <bench@example.org>";
    for number in 1..=COMMITS {
        let _infallible = writeln!(
            stream,
            "commit refs/heads/main\nmark :{number}\ncommitter {who} {} +0000",
            1_700_000_000 + number
        );
        let _infallible = writeln!(stream, "data 1\nx");
        if number == 1 {
            let _infallible = writeln!(stream, "M 644 inline taskflow.toml\ndata {}\n{config}", config.len());
        }
        if number % (COMMITS / TAGS) == 0 {
            let version = format!("v1.{}.{}", number / 1_000, number % 1_000);
            if number % 20 == 0 {
                let _infallible =
                    writeln!(stream, "tag {version}\nfrom :{number}\ntagger {who} 1700000000 +0000\ndata 1\nx");
            } else {
                let _infallible = writeln!(stream, "reset refs/tags/{version}\nfrom :{number}\n");
            }
        }
    }
    // Not reachable from HEAD and higher than all that is: the walk has to go all the way.
    let _infallible =
        writeln!(stream, "commit refs/heads/aside\ncommitter {who} 1800000000 +0000\ndata 1\ny\nfrom :5\n");
    let _infallible = writeln!(stream, "reset refs/tags/v99.0.0\nfrom refs/heads/aside\n");
    assert!(git(folder, &["init", "--quiet", "--initial-branch", "main"]).status().unwrap().success());
    let mut import = git(folder, &["fast-import", "--quiet"]).stdin(Stdio::piped()).spawn().unwrap();
    import.stdin.take().unwrap().write_all(stream.as_bytes()).unwrap();
    assert!(import.wait().unwrap().success(), "git fast-import");
    assert!(git(folder, &["pack-refs", "--all"]).status().unwrap().success());
    assert!(git(folder, &["reset", "--quiet", "--hard"]).status().unwrap().success());
    std::fs::create_dir(folder.join("a")).unwrap();
}

fn median(mut run: impl FnMut() -> bool) -> Duration {
    let mut times: Vec<Duration> = (0..RUNS)
        .map(|_| {
            let start = Instant::now();
            assert!(run());
            start.elapsed()
        })
        .collect();
    times.sort();
    *times.get(RUNS / 2).unwrap()
}

fn compare(what: &str, folder: &Path, question: &[&str]) {
    let bare = median(|| git(folder, question).status().unwrap().success());
    let ours = median(|| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
        command.arg("tags").current_dir(folder).stdout(Stdio::null()).stderr(Stdio::null());
        command.status().unwrap().success()
    });
    let (bare, ours) = (bare.as_secs_f64() * 1e3, ours.as_secs_f64() * 1e3);
    println!(
        "{what:45} xtask tags {ours:7.1} ms   git {} {bare:7.1} ms   ratio {:.2}",
        question.join(" "),
        ours / bare
    );
}

fn main() {
    // `cargo test --benches` only wants to know that it starts.
    if std::env::args().any(|arg| arg == "--test") {
        return;
    }
    let here = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    compare("this repository", here, &["describe", "--tags", "--always", "--dirty"]);
    let folder = tempfile::tempdir().unwrap();
    large_repository(folder.path());
    let question = ["for-each-ref", "--merged=HEAD", "refs/tags"];
    compare("10,000 tags, highest one far aside", folder.path(), &question);
    assert!(git(folder.path(), &["tag", "--delete", "v99.0.0"]).status().unwrap().success());
    compare("10,000 tags, highest one near", folder.path(), &question);
    assert!(git(folder.path(), &["commit-graph", "write", "--reachable"]).status().unwrap().success());
    assert!(git(folder.path(), &["tag", "v99.0.0", "aside"]).status().unwrap().success());
    compare("the same with a commit-graph, far aside", folder.path(), &question);
}
