//! What the README says of the images: the lines that run both on this machine, pasted into a shell, and the build it shows.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::containers::get;
use crate::parts::{database, docker, engine, images, root, scratch};

const README: &str = include_str!("../../../README.md");

/// What the README calls the network, and what the names of the containers begin with.
const NAME: &str = "taskflow-demo";

/// The shell blocks of a section.
fn blocks(section: &str) -> Vec<&'static str> {
    let (_, text) = README.split_once(&format!("\n## {section}\n")).unwrap();
    let text = text.split("\n## ").next().unwrap();
    text.split("```sh\n").skip(1).map(|block| block.split("```").next().unwrap()).collect()
}

/// The README's lines with names of this run's own, in a shell that finds the xtask of this build.
struct Demonstration {
    name: String,
    programs: tempfile::TempDir,
}

impl Demonstration {
    fn new() -> Self {
        let programs = scratch();
        let cargo = std::env::var("CARGO").unwrap();
        let script = format!(
            "#!/bin/sh\n[ \"$1\" = xtask ] || exec {cargo} \"$@\"\nshift\nexec {} \"$@\"\n",
            env!("CARGO_BIN_EXE_xtask")
        );
        let file = programs.path().join("cargo");
        std::fs::write(&file, script).unwrap();
        make_executable(&file);
        Self { name: format!("tf-demo-{}", std::process::id()), programs }
    }

    fn paste(&self, block: &str) -> bool {
        assert!(block.contains(NAME), "{block}");
        let block = block.replace(NAME, &self.name).replace("127.0.0.1:3000:", "127.0.0.1::");
        let path = std::env::var("PATH").unwrap();
        let mut shell = Command::new("sh");
        shell.args(["-euc", &block]).env("PATH", format!("{}:{path}", self.programs.path().display()));
        shell.current_dir(root()).stdin(Stdio::null()).status().unwrap().success()
    }

    fn left(&self) -> String {
        let of = format!("name={}", self.name);
        docker(&["ps", "--all", "--quiet", "--filter", &of]) + &docker(&["network", "ls", "--quiet", "--filter", &of])
    }
}

impl Drop for Demonstration {
    fn drop(&mut self) {
        for container in ["frontend", "backend", "database"] {
            let name = format!("{}-{container}", self.name);
            drop(Command::new("docker").args(["rm", "--force", "--volumes", &name]).output());
        }
        drop(Command::new("docker").args(["network", "rm", &self.name]).output());
    }
}

fn make_executable(file: &Path) {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(file, std::fs::Permissions::from_mode(0o755)).unwrap();
}

/// The text between two others.
fn between<'a>(text: &'a str, begin: &str, end: &str) -> Option<&'a str> {
    text.split_once(begin)?.1.split_once(end).map(|(found, _)| found)
}

/// Fills in the form of a page and sends it, as a browser without scripts does; returns status, place, and cookie.
fn sign_up(site: &str) -> (u16, String, String) {
    let (status, page) = get(&format!("{site}/sign-up")).unwrap();
    assert_eq!(status, 200, "{page}");
    let form = between(&page, "<form", "</form>").unwrap();
    let boundary = "----the-form";
    let mut parts = Vec::new();
    for input in form.split("<input ").skip(1).map(|input| input.split('>').next().unwrap()) {
        let name = between(input, " name=\"", "\"").or(between(input, "name=\"", "\"")).unwrap();
        let value = match name {
            "email" => format!("{}-{}@example.org", std::process::id(), input.len()),
            "password" => "correct horse battery".to_owned(),
            _ => between(input, "value=\"", "\"").unwrap_or_default().replace("&quot;", "\"").replace("&amp;", "&"),
        };
        parts.push(format!("--{boundary}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"));
    }
    let body = format!("{}--{boundary}--\r\n", parts.concat());
    let config = ureq::Agent::config_builder().http_status_as_error(false).max_redirects(0);
    let agent: ureq::Agent = config.timeout_global(Some(Duration::from_secs(30))).build().into();
    let response = agent
        .post(format!("{site}/sign-up"))
        .header("Origin", site)
        .header("Content-Type", format!("multipart/form-data; boundary={boundary}"))
        .send(&body)
        .unwrap();
    let header = |name: &str| {
        let value = response.headers().get(name).map(|value| value.to_str().unwrap().to_owned());
        value.unwrap_or_default()
    };
    (response.status().as_u16(), header("location"), header("set-cookie").split(';').next().unwrap().to_owned())
}

#[test]
fn both_images_run_by_the_lines_of_the_readme() {
    let test = "both_images_run_by_the_lines_of_the_readme";
    let (true, Some(_)) = (engine(test), database(test)) else { return };
    images();
    let demonstration = Demonstration::new();
    let blocks = blocks("In a browser");
    let [start, end] = blocks[..] else { panic!("the README has the lines to start and to end: {blocks:?}") };
    assert!(demonstration.paste(start), "the lines to start failed");
    let ports = docker(&["port", &format!("{}-frontend", demonstration.name), "3000"]);
    let site = format!("http://{}", ports.lines().next().unwrap());
    let began = Instant::now();
    let (mut status, mut place, mut cookie) = (0, String::new(), String::new());
    // The README says that it takes some seconds; until then the page says that the service cannot be reached.
    while status != 303 && began.elapsed() < Duration::from_mins(1) {
        std::thread::sleep(Duration::from_millis(500));
        if get(&format!("{site}/healthz")).is_ok() {
            (status, place, cookie) = sign_up(&site);
        }
    }
    assert_eq!((status, place.as_str()), (303, "/tasks"), "sign-up");
    for (path, title) in [("/tasks", "Tasks"), ("/chat", "Assistant")] {
        let agent = ureq::Agent::new_with_defaults();
        let mut response = agent.get(format!("{site}{path}")).header("Cookie", &cookie).call().unwrap();
        let page = response.body_mut().read_to_string().unwrap();
        assert!(page.contains(&format!("<title>{title} · taskflow")), "{path}: {page}");
    }
    assert!(demonstration.paste(end), "the lines to end failed");
    assert_eq!(demonstration.left(), "");
}

/// A line without what differs from build to build: numbers, IDs, `.dirty`, the branch, width.
fn shape(line: &str) -> String {
    let mut words = line.split_whitespace().map(|word| {
        let id = word.len() == 12 && word.bytes().all(|byte| byte.is_ascii_hexdigit());
        match word.split_once(":1.0.0-") {
            Some((repository, _)) => format!("{}:TAG", repository.trim_matches('`')),
            None if id => "ID".to_owned(),
            None if word.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') => "N".to_owned(),
            None => word.to_owned(),
        }
    });
    let first = words.next().unwrap_or_default();
    words.fold(first, |line, word| line + " " + &word).replace("N min N s", "N s")
}

/// The megabytes of a `Built` line.
fn megabytes(line: &str) -> Option<f64> {
    let words: Vec<&str> = line.split_whitespace().collect();
    let unit = words.iter().position(|word| *word == "MB")?;
    words.get(unit.checked_sub(1)?)?.parse().ok()
}

#[test]
fn a_build_looks_as_the_readme_shows_it() {
    if !engine("a_build_looks_as_the_readme_shows_it") {
        return;
    }
    images();
    let shown = between(README, "$ cargo xtask build\n", "```").unwrap().split("\n$ ").next().unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_xtask")).arg("build").current_dir(root()).output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap() + &String::from_utf8(output.stdout).unwrap();
    // Which builder there is differs, and so does which steps it tells of.
    let lines = |text: &str| -> Vec<String> {
        let lines = text
            .lines()
            .filter(|line| !line.contains(" | ") && !line.starts_with("note: ") && !line.starts_with("warning: "));
        let mut lines: Vec<String> = lines.map(|line| shape(line.split(" with BuildKit").next().unwrap())).collect();
        lines.sort();
        lines
    };
    assert_eq!(lines(shown), lines(&said), "{said}");
    let sizes = |text: &str| -> Vec<f64> {
        let mut built: Vec<&str> = text.lines().filter(|line| line.trim().starts_with("Built ")).collect();
        built.sort_by_key(|line| shape(line));
        built.into_iter().filter_map(megabytes).collect()
    };
    let (wanted, found) = (sizes(shown), sizes(&said));
    assert_eq!((wanted.len(), found.len()), (2, 2), "{said}");
    for (wanted, found) in wanted.iter().zip(found) {
        // The base images decide about most of it, and they change.
        assert!((wanted - found).abs() < found / 10.0, "the README says {wanted} MB, it is {found} MB");
    }
}
