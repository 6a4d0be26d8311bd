//! `verify`: the boxes of images, on an engine and with applications that a test plays.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};

use serde_json::{Value, json};
use snapbox::str;

use crate::harness::docker;
use crate::harness::fakes::{Rule, on};
use crate::harness::images::{Image, engine};
use crate::harness::planted::{quiet, token};
use crate::harness::run::Run;
use crate::harness::sandbox::{CONFIG, Sandbox};

/// The contract of a component that is only looked at.
const STATIC: &str = r#"
[component.backend.contract]
base-images = ["python:3.13-slim"]
command = ["python", "main.py"]
workdir = "/app"
user = "appuser"
uid = 1000
max-size-mb = 1
ignore = [".env*", "tests"]
stop-signal = "SIGTERM"

[component.backend.contract.env.PORT]
from = "image"
default = "8000"
"#;

/// The contract of a component that runs.
const RUNNING: &str = r#"
[component.backend.contract]
port = 8000
startup-seconds = 20
stop-grace-seconds = 5
read-only-root = true
uid = 1000

[component.backend.contract.env.MODE]
from = "config-map"
allowed = ["production"]
[component.backend.contract.env.SIGNING_SECRET]
from = "secret"

[component.backend.contract.health]
path = "/health"
healthy-body = '{"status": "healthy"}'

[component.backend.contract.drain-request]
path = "/echo"
body = "a body in two parts"
"#;

/// The limits of that component, which take some seconds to measure.
const LIMITS: &str = r"
[component.backend.contract.resources]
idle-cpu-millicores = 100
idle-memory-mib = 128
load-cpu-millicores = 500
load-memory-mib = 256
";

fn good() -> Value {
    json!({
        "Cmd": ["python", "main.py"], "WorkingDir": "/app", "User": "appuser", "Env": ["PORT=8000"],
        "ExposedPorts": { "8000/tcp": {} },
    })
}

fn base() -> Image {
    let passwd = "root:x:0:0:root:/root:/bin/sh\nappuser:x:1000:1000::/app:/bin/false\n";
    Image::new("python:3.13-slim").layer(&[("etc/passwd", passwd), ("usr/bin/python", "python")])
}

/// The backend's image on that base.
fn image(config: Value, files: &[(&str, &str)]) -> Image {
    let base = base();
    let mut image = Image::of("backend").layer(files).config(config);
    image.layers.insert(0, base.layers[0].clone());
    image
}

/// Nothing is left of earlier runs.
fn nothing_left() -> Vec<Rule> {
    vec![
        on("ps --all --no-trunc --filter label=dev.taskflow.verify *"),
        on("volume ls *"),
        on("context inspect *").says("unix:///var/run/docker.sock\n"),
    ]
}

/// A sandbox with this image of the backend, and this contract.
fn sandbox(image: Image, contract: &str, rules: impl IntoIterator<Item = Rule>) -> Sandbox {
    let sandbox = engine(&[base(), image], rules.into_iter().chain(nothing_left()));
    sandbox.write("taskflow.toml", &format!("{CONFIG}{contract}"));
    sandbox.commit();
    sandbox
}

#[test]
fn missing_images_are_named_together_and_nothing_is_done() {
    let sandbox = Sandbox::new();
    sandbox.fake("docker", [on("image inspect *").says("[]\n").complains("Error: No such image\n").exits(1)]);
    sandbox.xtask(&["verify"]).code(2).stdout("").stderr(str![[r#"
error: the engine has no image `taskflow-frontend:1.0.0-main`
hint: build it with `cargo xtask build frontend`

error: the engine has no image `taskflow-backend:1.0.0-main`
hint: build it with `cargo xtask build backend`

"#]]);
    let tag = sandbox.xtask(&["verify", "backend", "--tag", "2.0.0", "--json"]).code(2);
    assert_eq!(tag.document()["error"]["kind"], "environment");
    sandbox.xtask(&["verify", "backnd"]).code(2).stderr(str![[r#"
error: no component `backnd` in taskflow.toml
note: the components are `frontend` and `backend`
hint: did you mean `backend`?

"#]]);
}

#[test]
fn an_image_that_keeps_its_contract_has_every_box_ticked() {
    let sandbox = sandbox(image(good(), &[("app/main.py", "print()\n")]), STATIC, []);
    sandbox
        .xtask(&["verify", "backend"])
        .code(0)
        .stdout(str![[r#"
taskflow-backend:1.0.0-main (cb937ca88592)
  [x] image-built          ID cb937ca88592, 2 layers
  [x] image-size           0.0 MB of 1 MB (base 0.0 MB, application 0.0 MB)
  [x] image-secrets        2 layers searched
  [x] image-ignored-files  1 file above the base image
  [x] image-user           `appuser` (UID 1000), by the configuration and /etc/passwd
  [x] image-base           python:3.13-slim, 1 of 2 layers
  [x] image-command        `["python", "main.py"]`
  [x] image-workdir        /app
  [x] image-stop-signal    SIGTERM
  [x] image-environment    1 declared variable

"#]])
        .stderr(str![[r#"
   Verifying taskflow-backend:1.0.0-main (cb937ca88592)
    Verified 10 of 10 boxes in [TIME]

"#]]);
    // What depends on the image only is remembered; `--no-cache` forgets it.
    let again = sandbox.xtask(&["verify", "backend", "--json"]).code(0).document();
    let remembered = |document: &Value| {
        document["judgements"].as_array().unwrap().iter().filter(|judged| judged["remembered"] == true).count()
    };
    assert_eq!(remembered(&again), 1, "{again}");
    assert_eq!(remembered(&sandbox.xtask(&["verify", "backend", "--json", "--no-cache"]).code(0).document()), 0);
}

#[test]
fn each_broken_box_is_named_and_the_others_stay_ticked() {
    let config = json!({
        "Cmd": ["/bin/sh", "-c", "python main.py"], "WorkingDir": "/srv", "User": "root",
        "Env": ["PORT=80"], "StopSignal": "SIGKILL", "ExposedPorts": {},
    });
    let files = [("app/tests/data.txt", "MODE=1\n"), ("app/tests/test_a.py", "")];
    let sandbox = sandbox(image(config, &files), STATIC, []);
    sandbox.xtask(&["verify", "backend"]).code(1).stdout(str![[r#"
taskflow-backend:1.0.0-main (cb937ca88592)
  [x] image-built          ID cb937ca88592, 2 layers
  [x] image-size           0.0 MB of 1 MB (base 0.0 MB, application 0.0 MB)
  [x] image-secrets        2 layers searched
  [ ] image-ignored-files  `/app/tests/data.txt` is in `taskflow-backend:1.0.0-main`, although the ignore file must exclude `tests/data.txt`; and 1 more
  [ ] image-user           a container of `taskflow-backend:1.0.0-main` runs as root
  [x] image-base           python:3.13-slim, 1 of 2 layers
  [ ] image-command        the command of `taskflow-backend:1.0.0-main` is `["/bin/sh", "-c", "python main.py"]`, and must be `["python", "main.py"]`
  [ ] image-workdir        the working directory of `taskflow-backend:1.0.0-main` is `/srv`, and must be `/app`
  [ ] image-stop-signal    the stop signal of `taskflow-backend:1.0.0-main` is SIGKILL, and must be SIGTERM
  [ ] image-environment    variable `PORT` of `taskflow-backend:1.0.0-main` is not the declared `8000`

"#]]).stderr(str![[r#"
   Verifying taskflow-backend:1.0.0-main (cb937ca88592)
error[image-ignored-files]: `/app/tests/data.txt` is in `taskflow-backend:1.0.0-main`, although the ignore file must exclude `tests/data.txt`
note: contract: Validation Checklist, ".dockerignore excludes unnecessary files"
hint: add the entry to the ignore file, and build the image again

error[image-ignored-files]: `/app/tests/test_a.py` is in `taskflow-backend:1.0.0-main`, although the ignore file must exclude `tests/test_a.py`
note: contract: Validation Checklist, ".dockerignore excludes unnecessary files"
hint: add the entry to the ignore file, and build the image again

error[image-user]: a container of `taskflow-backend:1.0.0-main` runs as root
note: contract: Validation Checklist, "Container runs as non-root user"
hint: create the user in the last stage, and name it in the last `USER`

error[image-command]: the command of `taskflow-backend:1.0.0-main` is `["/bin/sh", "-c", "python main.py"]`, and must be `["python", "main.py"]`
note: contract: Entry Command
hint: set the last `CMD` to the declared words in exec form, and remove `ENTRYPOINT`

error[image-workdir]: the working directory of `taskflow-backend:1.0.0-main` is `/srv`, and must be `/app`
note: contract: Entry Command, "Working Directory"
hint: set the last `WORKDIR` of the last stage to the declared path

error[image-stop-signal]: the stop signal of `taskflow-backend:1.0.0-main` is SIGKILL, and must be SIGTERM
note: contract: Graceful Shutdown, "Signal"
hint: remove `STOPSIGNAL` from the last stage, or set it to the declared signal

error[image-environment]: variable `PORT` of `taskflow-backend:1.0.0-main` is not the declared `8000`
note: contract: Environment Variables
hint: set `ENV` to the declared defaults, and remove the variables that come from outside

    Verified 4 of 10 boxes, 6 broken in [TIME]
error: 6 of 10 boxes broken: `image-ignored-files`, `image-user`, `image-command`, `image-workdir`, `image-stop-signal`, and 1 more

"#]]);
    let run = sandbox.xtask(&["verify", "backend", "-q", "--format", "github"]).code(1);
    assert!(run.stdout.contains("::error title=image-user::a container of "), "{}", run.stdout);
    let run = sandbox.xtask(&["verify", "backend", "-q", "--format", "junit"]).code(1);
    let failed = "<testcase classname=\"backend\" name=\"image-user\"><failure message=\"";
    assert!(run.stdout.contains("<testsuites name=\"xtask verify\"") && run.stdout.contains(failed), "{}", run.stdout);
    let document = sandbox.xtask(&["verify", "backend", "--json"]).code(1).document();
    let user = document["judgements"].as_array().unwrap().iter().find(|judged| judged["rule"] == "image-user").unwrap();
    snapbox::assert_data_eq!(
        format!("{user:#}"),
        str![[r#"
{
  "component": "backend",
  "documentation": "docs/contract/image-user.md#image-user",
  "findings": [
    {
      "documentation": "docs/contract/image-user.md#image-user",
      "place": "image:backend:User",
      "remedy": "create the user in the last stage, and name it in the last `USER`",
      "rule": "image-user",
      "severity": "error",
      "wanted": "contract: Validation Checklist, /"Container runs as non-root user/"",
      "what": "a container of `taskflow-backend:1.0.0-main` runs as root"
    }
  ],
  "remembered": false,
  "rule": "image-user",
  "verdict": "broken",
  "what": "the container does not run as root, but as the declared user"
}
"#]]
    );
}

#[test]
fn a_secret_in_an_image_breaks_one_box() {
    let sandbox = sandbox(image(good(), &[("app/main.py", &token())]), STATIC, []);
    quiet(sandbox.xtask(&["verify", "backend"]).code(1)).stderr(str![[r#"
   Verifying taskflow-backend:1.0.0-main (cb937ca88592)
error[github-token]: a secret in `/app/main.py` in a layer of `taskflow-backend:1.0.0-main`: GitHub token
note: layer sha256:58d325339f83061dcfca12d76b8a131ed3c1e44e5e46bfe05eccceafb842e354, byte 4
note: contract: No Secrets in Image Layers; a file that a later step deletes stays in its layer
hint: keep it out of the step that writes it, with `RUN --mount=type=secret`, and replace the secret

    Verified 9 of 10 boxes, 1 broken in [TIME]
error: 1 of 10 boxes broken: `image-secrets`

"#]]);
}

#[test]
fn a_component_without_a_contract_has_the_general_boxes() {
    let sandbox = sandbox(image(good(), &[]), "", []);
    sandbox
        .xtask(&["verify", "backend", "-q"])
        .code(0)
        .stdout(str![[r#"
taskflow-backend:1.0.0-main (cb937ca88592)
  [x] image-built    ID cb937ca88592, 2 layers
  [x] image-secrets  2 layers searched
  [x] image-user     `appuser` (UID 1000), by the configuration and /etc/passwd

"#]])
        .stderr("");
}

#[test]
fn a_box_that_is_not_decided_fails_only_if_that_is_wanted() {
    let contract = "\n[component.backend.contract]\nbase-images = [\"debian:12-slim\"]\n";
    let missing = docker::inspect("debian:12-slim", &[], true);
    let sandbox = sandbox(image(good(), &[]), contract, [missing]);
    sandbox
        .xtask(&["verify", "backend"])
        .code(0)
        .stdout(str![[r#"
taskflow-backend:1.0.0-main (cb937ca88592)
  [x] image-built    ID cb937ca88592, 2 layers
  [x] image-secrets  2 layers searched
  [x] image-user     `appuser` (UID 1000), by the configuration and /etc/passwd
  [?] image-base     not decided: the engine has no image `debian:12-slim`

"#]])
        .stderr(str![[r#"
   Verifying taskflow-backend:1.0.0-main (cb937ca88592)
    Verified 3 of 4 boxes, 1 not decided in [TIME]

"#]]);
    sandbox.xtask(&["verify", "backend", "--strict", "-q"]).code(1).stderr(str![[r#"
error: 1 of 4 boxes not decided: `image-base`

"#]]);
    let broken = image(json!({}), &[]);
    let sandbox = self::sandbox(broken, contract, [docker::inspect("debian:12-slim", &[], true)]);
    let run = sandbox.xtask(&["verify", "backend", "--strict"]).code(1);
    run.stderr(str![[r#"
   Verifying taskflow-backend:1.0.0-main (cb937ca88592)
error[image-user]: a container of `taskflow-backend:1.0.0-main` runs as root
note: contract: Validation Checklist, "Container runs as non-root user"
hint: create the user in the last stage, and name it in the last `USER`

    Verified 2 of 4 boxes, 1 broken, 1 not decided in [TIME]
error: 1 of 4 boxes broken, and 1 not decided: `image-user`

"#]]);
}

#[test]
fn an_exception_allows_a_finding_and_one_that_allows_nothing_is_an_error() {
    let of = |place: &str, rule: &str, expires: &str| {
        format!(
            "\n[[allow]]\nplace = \"{place}\"\nrule = \"{rule}\"\nreason = \"the port is moved next month\"\n\
             expires = {expires}\n"
        )
    };
    let contract = "\n[component.backend.contract]\nworkdir = \"/srv\"\n";
    let allowed = of("image:backend:WorkingDir", "image-workdir", "9999-12-31");
    let sandbox = sandbox(image(good(), &[]), &format!("{contract}{allowed}"), []);
    sandbox.xtask(&["verify", "backend"]).code(0).stdout(str![[r#"
taskflow-backend:1.0.0-main (cb937ca88592)
  [x] image-built    ID cb937ca88592, 2 layers
  [x] image-secrets  2 layers searched
  [x] image-user     `appuser` (UID 1000), by the configuration and /etc/passwd
  [x] image-workdir  allowed: the port is moved next month

"#]]).stderr(str![[r#"
   Verifying taskflow-backend:1.0.0-main (cb937ca88592)
note: `image-workdir` is allowed in `WorkingDir` in the configuration of `taskflow-backend:1.0.0-main`: the port is moved next month
    Verified 4 of 4 boxes in [TIME]

"#]]);
    let unused = of("image:backend:User", "image-user", "9999-12-31");
    let expired = of("image:backend:WorkingDir", "image-workdir", "2020-01-01");
    let sandbox = self::sandbox(image(good(), &[]), &format!("{contract}{unused}{expired}"), []);
    sandbox.xtask(&["verify", "backend"]).code(1).stderr(str![[r#"
   Verifying taskflow-backend:1.0.0-main (cb937ca88592)
error[image-workdir]: the working directory of `taskflow-backend:1.0.0-main` is `/app`, and must be `/srv`
note: contract: Entry Command, "Working Directory"
hint: set the last `WORKDIR` of the last stage to the declared path

    Verified 3 of 4 boxes, 1 broken in [TIME]
error: the exception for rule `image-user` at `image:backend:User` allows nothing
  --> taskflow.toml:16:1
   |
16 | [[allow]]
   | ^^^^^^^^^
hint: remove it: what it allowed is gone

error: the exception for rule `image-workdir` at `image:backend:WorkingDir` has expired on 2020-01-01
  --> taskflow.toml:22:1
   |
22 | [[allow]]
   | ^^^^^^^^^
hint: fix what it allows, or give the exception a later day and a reason that still holds

error: 1 of 4 boxes broken: `image-workdir`

"#]]);
}

#[test]
fn the_report_is_one_page_with_escaped_texts() {
    let config = json!({ "Cmd": ["<script>", "a & b"], "User": "appuser" });
    let contract = "\n[component.backend.contract]\ncommand = [\"python\"]\nmax-size-mb = 1\n";
    let sandbox = sandbox(image(config, &[("app/main.py", "print()\n")]), contract, []);
    let report = sandbox.outside("report.html");
    let path = report.display().to_string();
    sandbox.xtask(&["verify", "backend", "--report", &path, "--json"]).code(1);
    let page = fs::read_to_string(&report).unwrap();
    for outside in ["<script", "http://", "https://", "src=", "href=", "@import", "url("] {
        assert!(!page.contains(outside), "{outside} is in the page");
    }
    assert!(page.contains("prefers-color-scheme: dark"));
    let (start, rest) = page.split_once("<style>").unwrap();
    let shown = format!("{start}<style>[STYLE]</style>{}", rest.split_once("</style>").unwrap().1);
    snapbox::assert_data_eq!(
        shown,
        str![[r#"
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Verified images</title>
<style>[STYLE]</style>
</head>
<body>
<main>
<h1>Verified images</h1>
<p class="sum">4 of 5 boxes, 1 broken</p>
<section>
<h2>taskflow-backend:1.0.0-main</h2>
<p class="id">sha256:cb937ca88592dcc69f447d4838244aead6359830d94882fd88837b1510be149c</p>
<figure>
<svg viewBox="-2 0 1004 52" role="img" aria-label="the sizes of the layers" preserveAspectRatio="none">
<rect class="base" x="0.00" y="6" width="0.07" height="40"><title>layer 1, 73 B, base image, 43ae6e3f0d54</title></rect>
<rect class="own" x="0.07" y="6" width="0.01" height="40"><title>layer 2, 8 B, application, 92104e582ea1</title></rect>
<line class="limit" x1="1000.00" x2="1000.00" y1="0" y2="52"><title>the limit</title></line>
</svg>
<figcaption>0.0 MB of 1 MB (the line) in 2 layers; base image 0.0 MB, application 0.0 MB</figcaption>
<ol>
<li class="base"><span></span>1: 73 B <code>43ae6e3f0d54</code></li>
<li class="own"><span></span>2: 8 B <code>92104e582ea1</code></li>
</ol>
</figure>
<table>
<thead><tr><th>Box</th><th>Rule</th><th>Measured, and the limit</th></tr></thead>
<tbody>
<tr class="held"><td><span class="mark" role="img" aria-label="held">✓</span></td><td><code>image-built</code><p class="what">the build of the image completes, and the image has content</p></td><td><p>ID cb937ca88592, 2 layers</p></td></tr>
<tr class="held"><td><span class="mark" role="img" aria-label="held">✓</span></td><td><code>image-size</code><p class="what">the image is smaller than the limit</p></td><td><p>0.0 MB of 1 MB (base 0.0 MB, application 0.0 MB)</p></td></tr>
<tr class="held"><td><span class="mark" role="img" aria-label="held">✓</span></td><td><code>image-secrets</code><p class="what">no layer, no line of the history, and no part of the configuration contains a secret</p></td><td><p>2 layers searched</p></td></tr>
<tr class="held"><td><span class="mark" role="img" aria-label="held">✓</span></td><td><code>image-user</code><p class="what">the container does not run as root, but as the declared user</p></td><td><p><code>appuser</code> (UID 1000), by the configuration and /etc/passwd</p></td></tr>
<tr class="broken"><td><span class="mark" role="img" aria-label="broken">✗</span></td><td><code>image-command</code><p class="what">the command is the declared one, word for word</p></td><td><p>the command of <code>taskflow-backend:1.0.0-main</code> is <code>[&quot;&lt;script&gt;&quot;, &quot;a &amp; b&quot;]</code>, and must be <code>[&quot;python&quot;]</code></p><p class="what">set the last <code>CMD</code> to the declared words in exec form, and remove <code>ENTRYPOINT</code></p></td></tr>
</tbody>
</table>
</section>
</main>
</body>
</html>

"#]]
    );
    let nowhere = sandbox.outside("no/folder/report.html").display().to_string();
    sandbox.xtask(&["verify", "backend", "--report", &nowhere, "-q"]).code(2).stderr(str![[r#"
error[image-command]: the command of `taskflow-backend:1.0.0-main` is `["<script>", "a & b"]`, and must be `["python"]`
note: contract: Entry Command
hint: set the last `CMD` to the declared words in exec form, and remove `ENTRYPOINT`

error: cannot write the report to `[BASE]/no/folder/report.html`: No such file or directory (os error 2)

"#]]);
}

/// How an application of these tests behaves.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Behavior {
    Good,
    /// The health check says something else.
    Sick,
    /// It answers before it has read the body.
    Hasty,
    /// It ends requests without an answer.
    Rude,
    /// It fails under load.
    Weak,
}

/// Starts an application; returns its port.
fn application(behavior: Behavior) -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for (number, connection) in listener.incoming().enumerate() {
            std::thread::spawn(move || connection.and_then(|stream| serve(stream, behavior, number)));
        }
    });
    port
}

fn serve(stream: TcpStream, behavior: Behavior, number: usize) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream);
    let (mut head, mut length) = (String::new(), 0);
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        if let Some(value) = line.strip_prefix("Content-Length: ") {
            length = value.trim().parse().map_err(std::io::Error::other)?;
        }
        if line.trim().is_empty() {
            break;
        }
        head += &line;
    }
    if behavior != Behavior::Hasty {
        std::io::copy(&mut reader.by_ref().take(length), &mut std::io::sink())?;
    }
    let is_health = head.starts_with("GET /health");
    if behavior == Behavior::Rude && !is_health {
        return Ok(());
    }
    let (status, body) = match behavior {
        Behavior::Sick if is_health => (200, r#"{"status": "sick"}"#),
        Behavior::Weak if number > 8 => (503, "busy"),
        _ => (200, r#"{"status":"healthy"}"#),
    };
    write!(
        reader.get_mut(),
        "HTTP/1.1 {status} OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    )
}

/// The state of a container as the engine tells it.
fn state(running: bool, code: i32, port: u16) -> String {
    let port = port.to_string();
    json!([{ "State": { "Running": running, "ExitCode": code, "OOMKilled": code == 137 },
             "NetworkSettings": { "Ports": { "8000/tcp": [{ "HostIp": "127.0.0.1", "HostPort": port }] } } }])
    .to_string()
}

/// Containers that an engine starts, with an application behind their port. Each ends with this code when it gets a
/// signal; `usage` is what it uses.
fn containers(port: u16, code: i32, usage: (&str, &str)) -> Vec<Rule> {
    let (cpu, memory) = usage;
    let ended = |what: &str| {
        let name = format!("container inspect taskflow-verify-*-backend-{what}");
        [on(&name).says(state(true, 0, port)).until(what), on(&name).says(state(false, code, port))]
    };
    let mut rules = vec![
        on("run --detach *").says("0123456789abcdef\n"),
        on("kill --signal SIGTERM taskflow-verify-*-main").does(": >\"$marks/main\""),
        on("kill --signal SIGTERM taskflow-verify-*-alone").does(": >\"$marks/alone\""),
        on("stats --no-stream *").says(json!({ "CPUPerc": cpu, "MemUsage": memory }).to_string()),
        on("exec taskflow-verify-* id -u").says("1000\n"),
        on("exec taskflow-verify-* whoami").says("appuser\n"),
        on("rm --force --volumes *"),
    ];
    rules.extend(["main", "alone", "load", "read-only", "any-user"].into_iter().flat_map(ended));
    rules
}

/// A sandbox whose backend behaves in a way.
fn running(behavior: Behavior, code: i32, limits: &str, usage: (&str, &str)) -> Sandbox {
    let rules = containers(application(behavior), code, usage);
    sandbox(image(good(), &[]), &format!("{RUNNING}{limits}"), rules)
}

/// What an idle container uses.
const IDLE: (&str, &str) = ("0.10%", "60MiB / 1GiB");

/// The lines of these rules.
fn lines(run: &Run, rules: &[&str]) -> String {
    let wanted = |line: &&str| rules.iter().any(|rule| line.split_whitespace().any(|word| word == *rule));
    // Times and numbers of answers differ from run to run.
    let plain = |line: &str| {
        let words = line.split(' ').map(|word| if word.parse::<f64>().is_ok() { "N" } else { word });
        words.collect::<Vec<_>>().join(" ")
    };
    run.stdout.lines().filter(wanted).map(plain).collect::<Vec<_>>().join("\n")
}

#[test]
fn running_containers_are_measured_and_removed() {
    let sandbox = running(Behavior::Good, 143, LIMITS, IDLE);
    let run = sandbox.xtask(&["verify", "backend"]).code(0);
    let rules = [
        "image-starts",
        "image-health",
        "image-user",
        "container-startup-time",
        "container-drains",
        "container-stops",
        "container-grace",
        "container-idle-cpu",
        "container-idle-memory",
        "container-load-cpu",
        "container-load-memory",
        "container-read-only",
        "container-any-user",
    ];
    snapbox::assert_data_eq!(
        lines(&run, &rules),
        str![[r#"
  [x] image-starts            status N on port N
  [x] image-health            N {"status":"healthy"}
  [x] image-user              `appuser` (UID 1000), by `whoami` and `id -u` in the container
  [x] container-startup-time  [TIME] of N s
  [x] container-drains        N after the signal
  [x] container-stops         [TIME] of N s, exit code N
  [x] container-grace         [TIME] of N s, exit code N
  [x] container-idle-cpu      N of N millicores
  [x] container-idle-memory   N of N MiB
  [x] container-load-cpu      N of N millicores, N answers in [TIME], the slowest after N ms
  [x] container-load-memory   N of N MiB
  [x] container-read-only     status N on port N
  [x] container-any-user      status N on port N
"#]]
    );
    let calls = sandbox.transcript();
    let started: Vec<&str> = calls.lines().filter(|line| line.starts_with("docker run ")).collect();
    assert_eq!(started.len(), 5, "{calls}");
    for call in started {
        assert!(call.contains(" --publish 127.0.0.1::8000/tcp ") && call.contains(" --env MODE=production "), "{call}");
        assert!(call.contains(" --env SIGNING_SECRET ") && !call.contains("SIGNING_SECRET="), "{call}");
    }
    for what in ["main", "alone", "load", "read-only", "any-user"] {
        let removed = calls.lines().any(|line| line.starts_with("docker rm ") && line.ends_with(what));
        assert!(removed, "{what} is not removed: {calls}");
    }
    // Nothing is started for an image that is known.
    sandbox.take_calls();
    let run = sandbox.xtask(&["verify", "backend"]).code(0);
    snapbox::assert_data_eq!(
        lines(&run, &["image-user", "container-any-user"]),
        str![[r#"
  [x] image-user              `appuser` (UID 1000), by `whoami` and `id -u` in the container (remembered)
  [x] container-any-user      status N on port N (remembered)
"#]]
    );
    assert!(!sandbox.transcript().contains("docker run "), "{}", run.stdout);
}

#[test]
fn applications_that_break_the_contract_are_named() {
    let errors = |behavior, code| {
        let run = running(behavior, code, "", IDLE).xtask(&["verify", "backend", "-q"]).code(1);
        let told = run.stderr.lines().filter(|line| line.starts_with("error"));
        told.map(|line| line.replace("0.0 s", "N")).collect::<Vec<_>>().join("\n")
    };
    snapbox::assert_data_eq!(
        errors(Behavior::Sick, 0),
        str![[r#"
error[image-health]: `/health` of `taskflow-backend:1.0.0-main` answers `{"status": "sick"}`, and must answer `{"status": "healthy"}`
error: 1 of 13 boxes broken: `image-health`
"#]]
    );
    snapbox::assert_data_eq!(
        errors(Behavior::Rude, 0),
        str![[r#"
error[container-drains]: a request to `taskflow-backend:1.0.0-main` that runs when the stop signal comes gets no answer: the connection ended before the answer was complete
error: 1 of 13 boxes broken: `container-drains`
"#]]
    );
    snapbox::assert_data_eq!(
        errors(Behavior::Good, 1),
        str![[r#"
error[container-stops]: a container of `taskflow-backend:1.0.0-main` ends with exit code 1 after SIGTERM
error[container-grace]: a container of `taskflow-backend:1.0.0-main`, with a request that does not end, ends with exit code 1 after SIGTERM
error: 2 of 13 boxes broken: `container-stops` and `container-grace`
"#]]
    );
}

#[test]
fn a_container_that_uses_too_much_is_measured_more_than_once() {
    let sandbox = running(Behavior::Good, 0, LIMITS, ("99.00%", "500MiB / 1GiB"));
    let run = sandbox.xtask(&["verify", "backend"]).code(1);
    let stats = sandbox.transcript().lines().filter(|line| line.starts_with("docker stats ")).count();
    assert_eq!(stats, 5, "four of the idle container, and one under load");
    let rules = ["container-idle-cpu", "container-idle-memory", "container-load-memory"];
    snapbox::assert_data_eq!(
        lines(&run, &rules),
        str![[r#"
  [ ] container-idle-cpu      a container of `taskflow-backend:1.0.0-main` uses N millicores of CPU at idle, and must use less than N
  [ ] container-idle-memory   a container of `taskflow-backend:1.0.0-main` uses N MiB of memory at idle, and must use less than N
  [ ] container-load-memory   a container of `taskflow-backend:1.0.0-main` uses N MiB of memory under load, and must use less than N
"#]]
    );
}

#[test]
fn an_application_that_answers_early_leaves_two_boxes_open() {
    let run = running(Behavior::Hasty, 0, "", IDLE).xtask(&["verify", "backend"]).code(0);
    snapbox::assert_data_eq!(
        lines(&run, &["container-drains", "container-grace"]),
        str![[r#"
  [?] container-drains        not decided: the application answers `drain-request` with status N before it has read the body
  [?] container-grace         not decided: the application answers `drain-request` with status N before it has read the body
"#]]
    );
}

#[test]
fn requests_that_fail_under_load_are_counted() {
    let run = running(Behavior::Weak, 0, LIMITS, IDLE).xtask(&["verify", "backend"]).code(1);
    let is_told = |line: &str| line.contains("container-load-cpu") && line.contains("without an answer: status 503");
    assert!(run.stdout.lines().any(is_told), "{}", run.stdout);
}

#[test]
fn a_container_that_ends_or_cannot_start_breaks_one_box_and_leaves_others_open() {
    let dead = [
        on("container inspect taskflow-verify-*-main").says(state(false, 3, 1)),
        on("logs --tail 20 taskflow-verify-*-main").complains("Traceback\nModuleNotFoundError: main\n"),
    ];
    let rules = dead.into_iter().chain(containers(1, 0, IDLE));
    let sandbox = sandbox(image(good(), &[]), RUNNING, rules);
    sandbox
        .xtask(&["verify", "backend"])
        .code(1)
        .stdout(str![[r#"
taskflow-backend:1.0.0-main (cb937ca88592)
  [x] image-built             ID cb937ca88592, 2 layers
  [ ] image-starts            a container of `taskflow-backend:1.0.0-main` ends with exit code 3
  [?] image-health            not decided: the container gives no answer
  [x] image-secrets           2 layers searched
  [x] image-user              `appuser` (UID 1000), by the configuration and /etc/passwd
  [x] image-port              8000/tcp
  [x] image-environment       2 declared variables
  [?] container-startup-time  not decided: the container gives no answer
  [?] container-drains        not decided: the container gives no answer
  [?] container-stops         not decided: the container gives no answer
  [?] container-grace         not decided: the container gives no answer
  [?] container-read-only     not decided: the container gives no answer
  [?] container-any-user      not decided: the container gives no answer

"#]])
        .stderr(str![[r#"
   Verifying taskflow-backend:1.0.0-main (cb937ca88592)
error[image-starts]: a container of `taskflow-backend:1.0.0-main` ends with exit code 3
note: its output ends with: ModuleNotFoundError: main
note: contract: Validation Checklist, "Image runs successfully with docker run -p"
hint: find the cause in the output of the container; listen on `0.0.0.0` and on the declared port

    Verified 5 of 13 boxes, 1 broken, 7 not decided in [TIME]
error: 1 of 13 boxes broken: `image-starts`

"#]]);
    let refused = on("run --detach *").complains("docker: Error response from daemon: no space left.\n").exits(125);
    let rules = [refused].into_iter().chain(containers(1, 0, IDLE));
    let run = self::sandbox(image(good(), &[]), RUNNING, rules).xtask(&["verify", "backend", "-q"]).code(1);
    run.stderr(str![[r#"
error[image-starts]: a container of `taskflow-backend:1.0.0-main` cannot be started
note: docker says: docker: Error response from daemon: no space left.
note: contract: Validation Checklist, "Image runs successfully with docker run -p"
hint: find the cause in the output of the container; listen on `0.0.0.0` and on the declared port

error: 1 of 13 boxes broken: `image-starts`

"#]]);
}

#[test]
fn an_image_without_programs_is_judged_by_its_files() {
    let silent = [on("exec taskflow-verify-* *").complains("OCI runtime exec failed\n").exits(126)];
    let rules = silent.into_iter().chain(containers(application(Behavior::Good), 0, IDLE));
    let sandbox = sandbox(image(good(), &[]), RUNNING, rules);
    let run = sandbox.xtask(&["verify", "backend"]).code(0);
    snapbox::assert_data_eq!(
        lines(&run, &["image-user"]),
        str!["  [x] image-user              `appuser` (UID 1000), by the configuration and /etc/passwd"]
    );
}

#[test]
fn a_container_that_needs_its_rights_breaks_those_boxes_only() {
    let dead = |what: &str| on(&format!("container inspect taskflow-verify-*-{what}")).says(state(false, 1, 1));
    let logs = on("logs --tail 20 taskflow-verify-*").says("EROFS: read-only file system\n");
    let rules = [dead("read-only"), dead("any-user"), logs].into_iter();
    let rules = rules.chain(containers(application(Behavior::Good), 0, IDLE));
    let run = sandbox(image(good(), &[]), RUNNING, rules).xtask(&["verify", "backend", "-q"]).code(1);
    run.stderr(str![[r#"
error[container-read-only]: a container of `taskflow-backend:1.0.0-main` with a read-only root file system and without capabilities ends with exit code 1
note: its output ends with: EROFS: read-only file system
note: contract: Read-Only Filesystem
hint: write temporary files to /tmp, and everything else to other services

error[container-any-user]: a container of `taskflow-backend:1.0.0-main` that runs as user 12345 ends with exit code 1
note: its output ends with: EROFS: read-only file system
note: contract: Security Contracts, "Non-Root User"
hint: make the files of the application readable for all users

error: 2 of 13 boxes broken: `container-read-only` and `container-any-user`

"#]]);
}

#[test]
fn over_tcp_only_the_start_and_the_end_are_judged() {
    let tcp = RUNNING.replace("port = 8000", "port = 8000\nprotocol = \"tcp\"");
    let rules = containers(application(Behavior::Good), 0, IDLE);
    let run = sandbox(image(good(), &[]), &tcp, rules).xtask(&["verify", "backend"]).code(0);
    run.stdout(str![[r#"
taskflow-backend:1.0.0-main (cb937ca88592)
  [x] image-built             ID cb937ca88592, 2 layers
  [x] image-starts            accepts connections on port 8000
  [?] image-health            not decided: xtask sends requests over HTTP only
  [x] image-secrets           2 layers searched
  [x] image-user              `appuser` (UID 1000), by `whoami` and `id -u` in the container
  [x] image-port              8000/tcp
  [x] image-environment       2 declared variables
  [x] container-startup-time  [TIME] of 20 s
  [?] container-drains        not decided: xtask sends requests over HTTP only
  [x] container-stops         [TIME] of 5 s, exit code 0
  [?] container-grace         not decided: xtask sends requests over HTTP only
  [x] container-read-only     accepts connections on port 8000
  [x] container-any-user      accepts connections on port 8000

"#]]);
}

/// The backend of these tests with a database, on an engine that has an image of PostgreSQL.
fn with_database(rules: impl IntoIterator<Item = Rule>) -> Sandbox {
    let contract = "
[component.backend.contract]
port = 8000

[component.backend.contract.env.DATABASE_URL]
from = \"secret\"

[component.backend.contract.health]
path = \"/health\"
unhealthy-status = 200

[component.backend.contract.database]
engine = \"postgresql\"
variable = \"DATABASE_URL\"
";
    let of_database = [
        on("image ls --format {{.Tag}} postgres").says("17\n<none>\n"),
        on("volume create --label dev.taskflow.verify=* taskflow-verify-*-database"),
        on("exec taskflow-verify-*-database sh -c *"),
        on("volume rm --force taskflow-verify-*-database"),
    ];
    let rules = rules.into_iter().chain(of_database);
    sandbox(image(good(), &[]), contract, rules.chain(containers(application(Behavior::Good), 0, IDLE)))
}

#[test]
fn a_database_comes_from_a_local_image_and_goes_with_its_volume() {
    let sandbox = with_database([]);
    let run = sandbox.xtask(&["verify", "backend"]).code(0).stderr(str![[r#"
   Verifying taskflow-backend:1.0.0-main (cb937ca88592)
    Starting a database from `postgres:17`
    Verified 8 of 8 boxes in [TIME]

"#]]);
    snapbox::assert_data_eq!(
        lines(&run, &["image-health", "image-health-without-database"]),
        str![[r#"
  [x] image-health                   N {"status":"healthy"}
  [x] image-health-without-database  N {"status":"healthy"}
"#]]
    );
    let calls = sandbox.transcript();
    let started = calls.lines().filter(|line| line.starts_with("docker run "));
    let mounts = started.filter(|line| line.contains("-database:/run/taskflow-verify")).count();
    assert_eq!(mounts, 1, "the container with a database mounts the socket, the one without does not: {calls}");
    let removed = calls.lines().position(|line| line.starts_with("docker rm ") && line.contains("-database"));
    let volume = calls.lines().position(|line| line.starts_with("docker volume rm "));
    assert!(removed.is_some() && removed < volume, "{calls}");
}

#[test]
fn a_database_that_does_not_start_leaves_its_boxes_open() {
    let refused = on("run --detach * postgres:17 *").complains("docker: no space left.\n").exits(125);
    let run = with_database([refused]).xtask(&["verify", "backend"]).code(0);
    snapbox::assert_data_eq!(
        lines(&run, &["image-health"]),
        str![
            "  [?] image-health                   not decided: `postgres:17` cannot be started: docker: no space left."
        ]
    );
    let dead = [
        on("exec taskflow-verify-*-database sh -c *").exits(1),
        on("container inspect taskflow-verify-*-database").says(state(false, 1, 1)),
        on("logs --tail 20 taskflow-verify-*-database").complains("initdb: error: no locale\n"),
    ];
    let run = with_database(dead).xtask(&["verify", "backend"]).code(0);
    snapbox::assert_data_eq!(
        lines(&run, &["image-health"]),
        str![
            "  [?] image-health                   not decided: `postgres:17` accepts no connections: initdb: error: no locale"
        ]
    );
}

#[test]
fn nothing_is_started_on_an_engine_elsewhere() {
    let elsewhere = on("context inspect *").says("ssh://user@build.example.org\n");
    let sandbox = sandbox(image(good(), &[]), RUNNING, [elsewhere]);
    let run = sandbox.xtask(&["verify", "backend"]).code(0);
    snapbox::assert_data_eq!(
        lines(&run, &["image-starts", "image-user"]),
        str![[r#"
  [?] image-starts            not decided: the engine is on another machine, whose containers cannot be reached on the loopback
  [x] image-user              `appuser` (UID 1000), by the configuration and /etc/passwd
"#]]
    );
    assert!(!sandbox.transcript().contains("docker run "), "{}", run.stdout);
}

#[test]
fn udp_and_a_contract_without_a_request_leave_boxes_open() {
    let udp = RUNNING.replace("port = 8000", "port = 8000\nprotocol = \"udp\"");
    let sandbox = sandbox(image(good(), &[]), &udp, []);
    let run = sandbox.xtask(&["verify", "backend"]).code(1);
    snapbox::assert_data_eq!(
        lines(&run, &["image-starts", "container-grace"]),
        str![[r#"
  [?] image-starts            not decided: xtask sends requests over HTTP only
  [?] container-grace         not decided: xtask sends requests over HTTP only
"#]]
    );
    let (start, _) = RUNNING.split_once("[component.backend.contract.drain-request]").unwrap();
    let without = format!("{start}[component.backend.contract.resources]\nidle-cpu-millicores = 9\n");
    let rules = containers(application(Behavior::Good), 0, ("--", "-- / --"));
    let run = self::sandbox(image(good(), &[]), &without, rules).xtask(&["verify", "backend"]).code(0);
    snapbox::assert_data_eq!(
        lines(&run, &["container-drains", "container-grace", "container-idle-cpu"]),
        str![[r#"
  [?] container-drains        not decided: the contract declares no `drain-request`
  [?] container-grace         not decided: the contract declares no `drain-request`
  [?] container-idle-cpu      not decided: the engine does not measure CPU
"#]]
    );
}

#[test]
fn what_a_killed_run_has_left_is_removed() {
    let left = [
        on("ps --all --no-trunc --filter label=dev.taskflow.verify *")
            .says("0123\tother-1-1-1\n4567\tanother machine\n89ab\tother-1-1-99999999999\n"),
        on("volume ls *").says("taskflow-verify-1\tother-1-1-1\n"),
        on("rm --force --volumes 0123"),
        on("volume rm --force taskflow-verify-1"),
    ];
    let sandbox = sandbox(image(good(), &[]), "", left);
    sandbox.xtask(&["verify", "backend"]).code(0).stderr(str![[r#"
note: removed 2 containers of a run of `verify` that was killed
   Verifying taskflow-backend:1.0.0-main (cb937ca88592)
    Verified 3 of 3 boxes in [TIME]

"#]]);
}
