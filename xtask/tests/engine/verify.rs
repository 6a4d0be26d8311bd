//! `xtask verify` on a real engine: the shipped images, an image for each way to break a rule, and what is left behind.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

use crate::parts::{docker, engine, git_init, images, root, scratch};
use crate::samples::expand;

/// An application with a switch for each way to break the contract. Its good side stops on SIGTERM, finishes running
/// requests, and waits for them for three seconds at most.
const APPLICATION: &str = r#"
import http.server, os, signal, socket, sys, threading, time

BREAKS = sys.argv[1] if len(sys.argv) > 1 else ""
kept = []
if BREAKS == "image-starts":
    sys.exit("there is no configuration")
if BREAKS == "container-startup-time":
    time.sleep(3)
if BREAKS == "container-idle-memory":
    kept.append(bytearray(b"x" * 90_000_000))
if BREAKS == "container-idle-cpu":
    def work():
        while True:
            begin = time.thread_time()
            while time.thread_time() - begin < 0.03:
                pass
            time.sleep(0.04)
    threading.Thread(target=work, daemon=True).start()
if BREAKS == "container-read-only":
    open("/app/state", "w").close()

def has_database():
    try:
        with socket.socket(socket.AF_UNIX) as client:
            client.connect("/run/taskflow-verify/.s.PGSQL.5432")
        return True
    except OSError:
        return False

class Handler(http.server.BaseHTTPRequestHandler):
    def answer(self, status, body):
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        if self.path == "/burn":
            begin = time.process_time()
            while time.process_time() - begin < 1:
                pass
        if self.path == "/eat":
            kept.append(bytearray(b"x" * 40_000_000))
        if BREAKS == "image-health":
            self.answer(200, b'{"status": "unknown"}')
        elif "DATABASE_URL" in os.environ and not has_database() and BREAKS != "image-health-without-database":
            self.answer(503, b'{"status": "unhealthy"}')
        else:
            self.answer(200, b'{"status":"healthy"}')

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        self.answer(201, b"done")

    def log_message(self, *words):
        pass

server = http.server.ThreadingHTTPServer(("0.0.0.0", 8000), Handler)
server.daemon_threads = False

def stop(*_):
    if BREAKS == "container-drains":
        os._exit(0)
    if BREAKS != "container-grace":
        limit = threading.Timer(3, lambda: os._exit(0))
        limit.daemon = True
        limit.start()
    threading.Thread(target=server.shutdown).start()

signal.signal(signal.SIGTERM, stop)
server.serve_forever()
server.server_close()
sys.exit(3 if BREAKS == "container-stops" else 0)
"#;

/// The contract of images that are not run.
const STATIC: &str = r#"
base-images = ["python:3.13-slim"]
workdir = "/app"
user = "appuser"
uid = 1000
ignore = ["*.md", ".env*", "tests"]
stop-signal = "SIGTERM"
max-size-mb = 500
"#;

/// The contract of images that are run, without the rest, which takes time.
const CONTRACT: &str = r#"
base-images = ["python:3.13-slim"]
port = 8000
user = "appuser"
startup-seconds = 20
stop-signal = "SIGTERM"
stop-grace-seconds = 5
[component.NAME.contract.health]
path = "/health"
healthy-body = '{"status": "healthy"}'
[component.NAME.contract.drain-request]
path = "/"
body = "a body in two parts"
"#;

/// The keys of two more containers, which have fewer rights.
const FEWER_RIGHTS: &str = "uid = 1000\nread-only-root = true\n";

const DATABASE: &str = r#"
unhealthy-status = 503
[component.NAME.contract.database]
engine = "postgresql"
variable = "DATABASE_URL"
[component.NAME.contract.env.DATABASE_URL]
from = "secret"
"#;

/// An image: its name, changes of the good Dockerfile, changes of the contract, and the rules that it breaks.
struct Row {
    name: &'static str,
    dockerfile: String,
    contract: String,
    breaks: &'static [&'static str],
}

/// The Dockerfile of an image that keeps the contract.
fn dockerfile(breaks: &str) -> String {
    let argument = if breaks.is_empty() { String::new() } else { format!(", \"{breaks}\"") };
    format!(
        "FROM python:3.13-slim\nRUN groupadd --gid 1000 appuser && useradd --uid 1000 --gid 1000 appuser\n\
         WORKDIR /app\nCOPY app.py ./\nUSER appuser\nEXPOSE 8000\nCMD [\"python\", \"app.py\"{argument}]\n"
    )
}

/// An image whose application breaks rules.
fn breaking(name: &'static str, breaks: &'static [&'static str], more: &str) -> Row {
    Row { name, dockerfile: dockerfile(breaks.first().unwrap_or(&"")), contract: format!("{CONTRACT}{more}"), breaks }
}

/// An image that was built in another way.
fn built(name: &'static str, breaks: &'static [&'static str], from: &str, to: &str) -> Row {
    let good = dockerfile("");
    assert!(good.contains(from), "{from} is not in the Dockerfile");
    Row { name, dockerfile: good.replace(from, to), contract: STATIC.to_owned(), breaks }
}

fn rows() -> Vec<Row> {
    let limits = |key: &str, limit: u32, path: &str| {
        format!("[component.NAME.contract.resources]\n{key} = {limit}\nload-path = \"{path}\"\n")
    };
    let all_limits = "[component.NAME.contract.resources]\nidle-cpu-millicores = 100\nidle-memory-mib = 64\n\
                      load-cpu-millicores = 500\nload-memory-mib = 64\n";
    let with_database = CONTRACT.replace(
        "healthy-body = '{\"status\": \"healthy\"}'\n",
        &format!("healthy-body = '{{\"status\": \"healthy\"}}'{DATABASE}"),
    );
    let command = |mut row: Row, command: &str| {
        row.contract = format!("command = {command}\n{}", row.contract);
        row
    };
    let mut with_env = built("env", &["image-environment"], "USER", "ENV MODE=debug\nUSER");
    with_env.contract += "[component.NAME.contract.env.MODE]\nfrom = \"image\"\ndefault = \"production\"\n";
    let mut size = built("size", &["image-size"], "USER", "USER");
    size.contract = size.contract.replace("500", "100");
    let empty = Row {
        name: "empty",
        dockerfile: "FROM scratch\nLABEL a=b\nUSER 1000\nCMD [\"/none\"]\n".to_owned(),
        contract: String::new(),
        breaks: &["image-built"],
    };
    let other_base = Row {
        name: "base",
        dockerfile: "FROM node:20-alpine\nUSER 1000\nCMD [\"node\"]\n".to_owned(),
        contract: "base-images = [\"python:3.13-slim\"]\n".to_owned(),
        breaks: &["image-base"],
    };
    let database = |name, breaks: &'static [&'static str]| Row {
        name,
        dockerfile: dockerfile(breaks.first().unwrap_or(&"")),
        contract: with_database.clone(),
        breaks,
    };
    vec![
        command(
            Row { contract: format!("{FEWER_RIGHTS}{CONTRACT}{all_limits}"), ..breaking("good", &[], "") },
            "[\"python\", \"app.py\"]",
        ),
        database("good-database", &[]),
        empty,
        other_base,
        size,
        with_env,
        command(
            built("shell", &["image-command"], "CMD [\"python\", \"app.py\"]", "CMD exec python app.py"),
            "[\"python\", \"app.py\"]",
        ),
        Row {
            contract: "port = 8000\n".to_owned(),
            ..built("port", &["image-port"], "EXPOSE 8000", "EXPOSE 8000/udp")
        },
        built("workdir", &["image-workdir"], "WORKDIR /app\nCOPY app.py ./", "WORKDIR /srv\nCOPY app.py ./"),
        built("signal", &["image-stop-signal"], "USER", "STOPSIGNAL SIGINT\nUSER"),
        Row {
            contract: "port = 8000\nuser = \"appuser\"\n".to_owned(),
            ..built("root", &["image-user"], "USER appuser", "USER root")
        },
        built("number", &["image-user"], "USER appuser", "USER 1001"),
        built("notes", &["image-ignored-files"], "COPY app.py ./", "COPY app.py NOTES.md ./"),
        built("deleted", &["image-ignored-files"], "COPY app.py ./", "COPY app.py NOTES.md ./\nRUN rm NOTES.md"),
        built("token", &["image-secrets"], "COPY app.py ./", "COPY app.py token.txt ./"),
        Row {
            contract: format!("{FEWER_RIGHTS}{CONTRACT}"),
            ..built(
                "closed",
                &["container-any-user"],
                "COPY app.py ./",
                "COPY --chown=1000 app.py ./\nRUN chmod go= app.py",
            )
        },
        Row {
            dockerfile: dockerfile("container-read-only").replace("COPY app.py ./", "COPY app.py ./\nRUN chmod 777 ."),
            contract: format!("{FEWER_RIGHTS}{CONTRACT}"),
            ..breaking("writes", &["container-read-only"], "")
        },
        breaking("dead", &["image-starts"], ""),
        Row {
            contract: CONTRACT.replace("startup-seconds = 20", "startup-seconds = 2"),
            ..breaking("slow", &["container-startup-time"], "")
        },
        breaking("sick", &["image-health"], ""),
        database("blind", &["image-health-without-database"]),
        breaking("rude", &["container-drains"], ""),
        breaking("code", &["container-stops"], ""),
        breaking("endless", &["container-grace"], ""),
        breaking("busy", &["container-idle-cpu"], &limits("idle-cpu-millicores", 100, "/")),
        breaking("fat", &["container-idle-memory"], &limits("idle-memory-mib", 64, "/")),
        Row {
            dockerfile: dockerfile(""),
            ..breaking("burns", &["container-load-cpu"], &limits("load-cpu-millicores", 100, "/burn"))
        },
        Row {
            dockerfile: dockerfile(""),
            ..breaking("eats", &["container-load-memory"], &limits("load-memory-mib", 100, "/eat"))
        },
    ]
}

/// A repository with built images, which are removed at the end.
struct World {
    _folder: tempfile::TempDir,
    root: PathBuf,
    references: Vec<String>,
}

impl World {
    fn new(rows: &[Row]) -> Self {
        let folder = scratch();
        let root = folder.path().to_path_buf();
        let project = format!("tf-verify-{}", std::process::id());
        let mut config = format!("schema = 1\n[project]\nname = \"{project}\"\nversion = \"1.0.0\"\n");
        let mut references = Vec::new();
        for Row { name, dockerfile, contract, .. } in rows {
            let context = root.join(name);
            fs::create_dir(&context).unwrap();
            fs::write(context.join("Dockerfile"), dockerfile).unwrap();
            fs::write(context.join("app.py"), APPLICATION).unwrap();
            fs::write(context.join("NOTES.md"), "notes\n").unwrap();
            fs::write(context.join("token.txt"), expand("ghp_{crc}", 17)).unwrap();
            config.push_str(&["[component.", name, "]\ncontext = \"", name, "\"\n"].concat());
            if !contract.is_empty() {
                let contract = contract.replace("NAME", name);
                config.push_str(&["[component.", name, ".contract]\n", &contract, "\n"].concat());
            }
            // Past xtask, which would refuse most of these.
            let reference = format!("{project}-{name}:1.0.0-main");
            docker(&["build", "--quiet", "--tag", &reference, &context.to_string_lossy()]);
            references.push(reference);
        }
        fs::write(root.join("taskflow.toml"), config).unwrap();
        fs::write(root.join(".gitignore"), "/target\n").unwrap();
        git_init(&root);
        Self { _folder: folder, root, references }
    }

    fn verify(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
        command.arg("verify").args(args).args(["--tag", "1.0.0-main"]).current_dir(&self.root);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }
}

impl Drop for World {
    fn drop(&mut self) {
        let mut remove = Command::new("docker");
        let remove = remove.args(["image", "rm", "--force"]).args(&self.references);
        drop(remove.stdout(Stdio::null()).stderr(Stdio::null()).status());
    }
}

fn document(output: &Output) -> Value {
    let said = String::from_utf8_lossy(&output.stderr);
    serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{said}"))
}

/// The judgements with this verdict, by component.
fn with_verdict(document: &Value, verdict: &str) -> BTreeMap<String, BTreeSet<String>> {
    let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for judged in document["judgements"].as_array().unwrap().iter().filter(|judged| judged["verdict"] == verdict) {
        let text = |key: &str| judged[key].as_str().unwrap().to_owned();
        found.entry(text("component")).or_default().insert(text("rule"));
    }
    found
}

/// Waits for the other tests here: a run removes what a killed run has left, and two runs share the time of the machine.
fn turn() -> MutexGuard<'static, ()> {
    static TURN: Mutex<()> = Mutex::new(());
    TURN.lock().unwrap_or_else(PoisonError::into_inner)
}

#[test]
fn both_shipped_images_have_every_box_ticked() {
    if !engine("both_shipped_images_have_every_box_ticked") {
        return;
    }
    let _turn = turn();
    let tag = images().backend.split_once(':').unwrap().1;
    let verify = |args: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
        let output = command.args(["verify", "--json", "--tag", tag]).args(args).current_dir(root()).output().unwrap();
        (output.status.code(), document(&output))
    };
    let (code, measured) = verify(&["--no-cache"]);
    let open = [with_verdict(&measured, "broken"), with_verdict(&measured, "not-decided")];
    assert_eq!((code, &open), (Some(0), &Default::default()), "{measured:#}");
    assert_eq!(with_verdict(&measured, "held")["frontend"].len(), 22);
    assert_eq!(with_verdict(&measured, "held")["backend"].len(), 24);
    // A second run starts no container.
    let start = Instant::now();
    let (code, remembered) = verify(&[]);
    let of_containers = |judged: &&Value| judged["rule"].as_str().unwrap().starts_with("container-");
    let mut judgements = remembered["judgements"].as_array().unwrap().iter().filter(of_containers);
    assert!(code == Some(0) && judgements.all(|judged| judged["remembered"] == true), "{remembered:#}");
    assert!(start.elapsed() < Duration::from_secs(10), "{:?}", start.elapsed());
}

#[test]
fn each_rule_is_broken_by_images_of_its_own_and_by_no_other() {
    if !engine("each_rule_is_broken_by_images_of_its_own_and_by_no_other") {
        return;
    }
    let _turn = turn();
    let rows = rows();
    let world = World::new(&rows);
    let output = world.verify(&["--json"]).output().unwrap();
    let document = document(&output);
    let expected = rows.iter().filter(|row| !row.breaks.is_empty());
    let expected =
        expected.map(|row| (row.name.to_owned(), row.breaks.iter().map(|rule| (*rule).to_owned()).collect()));
    assert_eq!(with_verdict(&document, "broken"), expected.collect(), "{document:#}");
    // A container that ends leaves the other boxes open, and so does an image that cannot be started.
    let open = with_verdict(&document, "not-decided");
    assert_eq!(open.keys().collect::<Vec<_>>(), ["dead"], "{open:#?}");
    let rules: BTreeSet<&str> = rows.iter().flat_map(|row| row.breaks).copied().collect();
    let all: BTreeSet<String> = with_verdict(&document, "held").into_values().flatten().collect();
    assert_eq!(all.iter().map(String::as_str).collect::<BTreeSet<_>>(), rules, "each rule is held and broken once");
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(left(&format!("tf-verify-{}", std::process::id())), [] as [String; 0]);
}

/// The containers of `verify` whose image is one of this test's.
fn left(project: &str) -> Vec<String> {
    let listed = docker(&[
        "ps",
        "--all",
        "--no-trunc",
        "--filter",
        "label=dev.taskflow.verify",
        "--format",
        "{{.Names}} {{.Image}}",
    ]);
    let images = docker(&["image", "ls", "--no-trunc", "--format", "{{.Repository}} {{.ID}}"]);
    let of_project = images.lines().filter(|line| line.starts_with(project));
    let ids: Vec<&str> = of_project.filter_map(|line| line.split_whitespace().nth(1)).collect();
    listed.lines().filter(|line| ids.iter().any(|id| line.contains(id))).map(str::to_owned).collect()
}

/// The folders for data of databases whose run is this process.
fn folders(process: u32) -> Vec<PathBuf> {
    let entries = fs::read_dir(std::env::temp_dir()).unwrap().filter_map(Result::ok).map(|entry| entry.path());
    let start = format!("taskflow-verify-{process}-");
    entries.filter(|path| path.file_name().unwrap().to_string_lossy().starts_with(&start)).collect()
}

fn until(what: &str, is_so: impl Fn() -> bool) {
    let start = Instant::now();
    while !is_so() {
        assert!(start.elapsed() < Duration::from_mins(1), "{what} did not come");
        std::thread::sleep(Duration::from_millis(50));
    }
}

#[test]
fn nothing_is_left_after_ctrl_c_and_after_a_kill_by_the_next_run() {
    if !engine("nothing_is_left_after_ctrl_c_and_after_a_kill_by_the_next_run") {
        return;
    }
    let _turn = turn();
    let rows: Vec<Row> = rows().into_iter().filter(|row| row.name == "good-database").collect();
    let world = World::new(&rows);
    let project = world.references[0].split(':').next().unwrap().to_owned();
    let signalled = |signal: Signal| {
        let child = world.verify(&["--no-cache", "-q"]).spawn().unwrap();
        let process = child.id();
        until("a container", || left(&project).len() > 1);
        kill_process(Pid::from_raw(i32::try_from(process).unwrap()).unwrap(), signal).unwrap();
        (child.wait_with_output().unwrap(), process)
    };
    // On a busy machine, a run may end before the container that it has started is seen.
    let interrupted = |signal: Signal| {
        let tries = std::iter::repeat_with(|| signalled(signal)).take(5);
        let mut ended = tries.skip_while(|(output, _): &(Output, u32)| output.status.success());
        ended.next().expect("each run ended before its signal")
    };
    for (signal, code) in [(Signal::INT, 130), (Signal::TERM, 143)] {
        let (output, process) = interrupted(signal);
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(code), "{said}");
        assert!(said.contains("what it started is removed"), "{said}");
        assert_eq!((left(&project), folders(process)), (Vec::new(), Vec::new()));
    }
    let (_, process) = interrupted(Signal::KILL);
    assert!(!left(&project).is_empty());
    let folders_before = folders(process);
    let output = world.verify(&["--no-cache"]).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && said.contains("of a run of `verify` that was killed"), "{said}");
    assert_eq!((left(&project), folders(process)), (Vec::new(), Vec::new()));
    // The server of the killed run does not go on either.
    for folder in folders_before {
        assert!(!is_in_use(&folder), "a server still runs in {}", folder.display());
    }
}

/// Whether a process works in a folder.
fn is_in_use(folder: &Path) -> bool {
    let processes = fs::read_dir("/proc").into_iter().flatten().filter_map(Result::ok);
    processes
        .map(|entry| entry.path().join("cwd"))
        .any(|link| fs::read_link(link).is_ok_and(|here| here.starts_with(folder)))
}
