//! The ban on real parts: both images are clean, a planted secret is found wherever a builder puts it, and a mount leaves
//! nothing behind.

use std::collections::BTreeSet;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::build::Untag;
use crate::parts::{docker, engine, images, inspect, repository, root, scratch, xtask_json};
use crate::samples::expand;

fn token() -> String {
    expand("ghp_{crc}", 11)
}

fn password() -> String {
    expand("{w20}", 13)
}

fn xtask(root: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
    command.args(args).current_dir(root).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// The document of a run that may have failed; neither stream shows a planted value.
#[track_caller]
fn document(output: &Output) -> Value {
    let (stdout, stderr) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    for value in [token(), password()] {
        assert!(!stdout.contains(&value) && !stderr.contains(&value), "a planted value is shown");
    }
    serde_json::from_str(&stdout).unwrap_or_else(|_| panic!("{stdout}{stderr}"))
}

/// The places of findings, with their rules.
fn places(findings: &Value) -> BTreeSet<String> {
    let findings = findings.as_array().unwrap().iter();
    let place =
        |finding: &Value| format!("{} {}", finding["place"].as_str().unwrap(), finding["rule"].as_str().unwrap());
    findings.map(place).collect()
}

#[test]
fn both_images_and_both_contexts_are_clean() {
    if !engine("both_images_and_both_contexts_are_clean") {
        return;
    }
    let images = images();
    let document = xtask_json(&["secrets", "scan", &images.frontend, &images.backend]);
    assert_eq!(document["findings"].as_array().unwrap().len(), 0, "{document}");
    for target in document["targets"].as_array().unwrap() {
        assert!(target["layers"].as_u64().unwrap() >= 4, "{target}");
    }
    // The archives, read to their last byte, with nothing remembered.
    for image in [&images.frontend, &images.backend] {
        let mut save = Command::new("docker").args(["save", image]).stdout(Stdio::piped()).spawn().unwrap();
        let pipe = save.stdout.take().unwrap();
        let output = xtask(root(), &["secrets", "scan", "-", "--json"]).stdin(pipe).output().unwrap();
        assert!(save.wait().unwrap().success());
        let document = self::document(&output);
        assert!(output.status.success(), "{document}");
        assert!(document["targets"][0]["bytes"].as_u64().unwrap() > 100_000_000, "{document}");
    }
    // What is sent is judged before every build.
    xtask_json(&["build", "--dry-run"]);
}

/// A secret on every surface that an image has.
fn unfit() -> String {
    let (token, password) = (token(), password());
    format!(
        "FROM python:3.13-slim
ARG DB_PASSWORD
ENV SMTP_PASSWORD={password}
LABEL note=\"see {token}\"
RUN true with an arg
RUN mkdir /app && echo 'TOKEN = \"{token}\"' > /app/deleted.py && rm -f /tmp/none
RUN rm /app/deleted.py
RUN echo 'TOKEN = \"{token}\"' > /app/a.py && python -m compileall -q /app && rm /app/a.py
RUN echo {token} | gzip > /app/log.gz && python -c \"import zipfile; zipfile.ZipFile('/app/a.whl', 'w').writestr('b.py', '{token}')\"
ONBUILD ENV DEPLOY_TOKEN={token}
HEALTHCHECK CMD wget --header 'Authorization: Bearer {token}' http://localhost
ENTRYPOINT [\"server\", \"--password\", \"{password}\"]
CMD [\"--token\", \"{token}\"]
"
    )
}

#[test]
fn a_secret_on_every_surface_of_an_image_is_found_whoever_built_it() {
    if !engine("a_secret_on_every_surface_of_an_image_is_found_whoever_built_it") {
        return;
    }
    for buildkit in ["1", "0"] {
        let project = format!("tf-unfit-{buildkit}-{}", std::process::id());
        let (_folder, root) = repository(&project, &[("image", &unfit())]);
        let reference = format!("{project}-image:planted");
        let _untag = Untag(reference.clone());
        // Past xtask, which would refuse it.
        let mut build = Command::new("docker");
        build.args(["build", "--build-arg", "DB_PASSWORD", "--tag", &reference, "image"]).current_dir(&root);
        let output = build.env("DOCKER_BUILDKIT", buildkit).env("DB_PASSWORD", password()).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let output = xtask(&root, &["secrets", "scan", &reference, "--json"]).output().unwrap();
        let document = document(&output);
        assert_eq!(output.status.code(), Some(1));
        let found = places(&document["findings"]);
        for expected in [
            "Cmd github-token",
            "Entrypoint command-line-secret",
            "Env SMTP_PASSWORD secret-name",
            "Healthcheck.Test github-token",
            "Labels note github-token",
            "OnBuild github-token",
            "history secret-name",
            "history github-token",
            "/app/deleted.py github-token",
            "/app/log.gz github-token",
            "/app/a.whl!/b.py github-token",
        ] {
            assert!(found.contains(&format!("image:image:{expected}")), "{buildkit}: no `{expected}` in {found:#?}");
        }
        let compiled = |place: &String| place.starts_with("image:image:/app/__pycache__/a.") && place.contains(".pyc ");
        assert!(found.iter().any(compiled), "{found:#?}");
        // And before the build, on the same Dockerfile.
        let output = xtask(&root, &["build", "--json"]).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{}", self::document(&output));
    }
}

#[test]
fn an_image_whose_steps_make_a_secret_is_taken_away() {
    if !engine("an_image_whose_steps_make_a_secret_is_taken_away") {
        return;
    }
    let project = format!("tf-made-{}", std::process::id());
    let token = token();
    // No check of the Dockerfile can know what this writes.
    let (first, second) = token.split_at(token.len() / 2);
    let bad = format!("FROM python:3.13-slim\nRUN printf %s%s {first} {second} > /token && rm /token\n");
    let bad = bad.replace("&& rm /token", "") + "RUN rm /token\n";
    let (_folder, root) = repository(&project, &[("bad", &bad)]);
    let reference = format!("{project}-bad:1.0.0-main");
    let _untag = Untag(reference.clone());
    for _ in 0..2 {
        let output = xtask(&root, &["build", "--json"]).output().unwrap();
        let document = document(&output);
        assert_eq!(output.status.code(), Some(1), "{document}");
        let component = &document["components"][0];
        assert_eq!(component["outcome"], "secret-found");
        assert_eq!(places(&component["findings"]).into_iter().collect::<Vec<_>>(), ["image:bad:/token github-token"]);
        assert_eq!(docker(&["image", "ls", "--quiet", &reference]), "");
    }
    let log = std::fs::read_to_string(root.join("target/xtask/logs/bad.log")).unwrap();
    assert!(!log.contains(&token));
}

#[test]
fn a_second_search_reads_only_new_layers() {
    if !engine("a_second_search_reads_only_new_layers") {
        return;
    }
    let project = format!("tf-layers-{}", std::process::id());
    // In archives of the classic store the topmost layer goes by another name than the same layer further down.
    let first = "FROM python:3.13-slim\nRUN head -c 3000000 /dev/urandom > /a\nRUN touch /top\n";
    let (_folder, root) = repository(&project, &[("image", first)]);
    let reference = format!("{project}-image:1.0.0-main");
    let _untag = Untag(reference.clone());
    let build = || {
        let output = xtask(&root, &["build", "--json", "--tag", "1.0.0-main"]).output().unwrap();
        assert!(output.status.success(), "{}", document(&output));
        document(&output)["components"][0]["secrets_searched_bytes"].as_u64().unwrap()
    };
    let all = build();
    assert!(all > 30_000_000, "{all}");
    assert_eq!(build(), 0);
    std::fs::write(root.join("image/Dockerfile"), format!("{first}RUN head -c 5000000 /dev/urandom > /b\n")).unwrap();
    let new = build();
    assert!((5_000_000..6_000_000).contains(&new), "{new} bytes of {all}");
}

#[test]
fn a_mounted_secret_is_read_by_its_step_and_stays_nowhere() {
    if !engine("a_mounted_secret_is_read_by_its_step_and_stays_nowhere") {
        return;
    }
    let project = format!("tf-mount-{}", std::process::id());
    let text = "FROM python:3.13-slim\nRUN --mount=type=secret,id=note sha256sum < /run/secrets/note > /sum\n";
    let (_folder, root) = repository(&project, &[("image", text)]);
    let config = std::fs::read_to_string(root.join("taskflow.toml")).unwrap();
    let declared = format!("{config}[component.image.build-secrets.note]\nenv = \"NOTE\"\n");
    std::fs::write(root.join("taskflow.toml"), declared).unwrap();
    let reference = format!("{project}-image:1.0.0-main");
    let _untag = Untag(reference.clone());
    let mut build = xtask(&root, &["build", "--json", "--tag", "1.0.0-main"]);
    let output = build.env("NOTE", password()).output().unwrap();
    assert!(output.status.success(), "{}", document(&output));
    document(&output);
    let sum = Sha256::digest(password()).iter().fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"));
    let read = docker(&["run", "--rm", "--entrypoint", "cat", &reference, "/sum"]);
    assert_eq!(read.split_whitespace().next(), Some(sum.as_str()));
    let folder = scratch();
    let archive = folder.path().join("image.tar");
    docker(&["save", "--output", archive.to_str().unwrap(), &reference]);
    let everything = [std::fs::read(&archive).unwrap(), inspect(&reference).to_string().into_bytes()].concat();
    let history = docker(&["history", "--no-trunc", &reference]);
    let value = password().into_bytes();
    for text in [everything.as_slice(), history.as_bytes()] {
        assert!(!text.windows(value.len()).any(|window| window == value));
    }
}

#[test]
fn no_value_of_this_machine_reaches_what_docker_is_told() {
    if !engine("no_value_of_this_machine_reaches_what_docker_is_told") {
        return;
    }
    // The process table and the environment of every child, seen by a docker that stands before the real one.
    let folder = scratch();
    let real = docker_path();
    let script = format!(
        "#!/bin/sh\ncat /proc/[0-9]*/cmdline >>{0}/table 2>>{0}/gone\nenv >>{0}/environment\nexec {real} \"$@\"\n",
        folder.path().display()
    );
    let fake = folder.path().join("docker");
    let mut file = std::fs::File::create(&fake).unwrap();
    file.write_all(script.as_bytes()).unwrap();
    drop(file);
    assert!(Command::new("chmod").args(["755", fake.to_str().unwrap()]).status().unwrap().success());
    let path = format!("{}:{}", folder.path().display(), std::env::var("PATH").unwrap());
    let project = format!("tf-table-{}", std::process::id());
    let (_folder, root) = repository(&project, &[("image", "FROM python:3.13-slim\nRUN true\n")]);
    let _untag = Untag(format!("{project}-image:1.0.0-main"));
    let mut build = xtask(&root, &["build", "--json"]);
    build.env("PATH", path).env("BETTER_AUTH_SECRET", password()).env("OPENAI_API_KEY", token());
    let output = build.output().unwrap();
    assert!(output.status.success(), "{}", document(&output));
    for (name, known) in [("table", "buildx"), ("environment", "PATH=")] {
        let seen = std::fs::read(folder.path().join(name)).unwrap();
        let seen = String::from_utf8_lossy(&seen);
        assert!(seen.contains(known), "{name} was not read: {seen}");
        assert!(!seen.contains(&password()) && !seen.contains(&token()), "a planted value stands in {name}");
    }
}

/// The docker on PATH.
fn docker_path() -> String {
    let path = std::env::var_os("PATH").unwrap();
    let found = std::env::split_paths(&path).map(|folder| folder.join("docker")).find(|path| path.is_file());
    found.unwrap().display().to_string()
}
