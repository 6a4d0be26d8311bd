//! Values and names that are not UTF-8: they pass through as they are, or are refused by name.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::os::unix::ffi::{OsStrExt, OsStringExt};

use snapbox::str;

use crate::harness::docker;
use crate::harness::run::Run;
use crate::harness::sandbox::Sandbox;

/// A value in an encoding of one byte a character, with a mark by which a test knows its readable part.
const VALUE: &[u8] = b"k9\xe9Qz7w\xffLp2Rt5";

fn os(bytes: &[u8]) -> OsString {
    OsString::from_vec(bytes.to_vec())
}

/// `xtask ARGS` with one argument behind them.
fn xtask(sandbox: &Sandbox, args: &[&str], last: &[u8]) -> Run {
    sandbox.finished(&sandbox.command(args).arg(OsStr::from_bytes(last)).output().unwrap())
}

/// Whether a text shows any part of the value.
fn shows(text: &str) -> bool {
    text.contains("Qz7w") || text.contains("Lp2Rt5")
}

#[test]
fn a_build_arg_in_another_encoding_is_refused_by_name() {
    let mut sandbox = docker::sandbox_with("[component.frontend.build-args.API_URL]\n");
    let given = [b"--build-arg=API_URL=", VALUE].concat();
    let refusal = str![[r#"
error: build arg `API_URL` has a value that is not in UTF-8; it is not shown here
note: docker passes build args as text in UTF-8, and would replace bytes of the value
hint: pass `--build-arg API_URL=VALUE` with the value in UTF-8

"#]];
    let run = xtask(&sandbox, &["build", "frontend", "-n"], &given);
    assert!(!shows(&run.stdout) && !shows(&run.stderr));
    run.code(2).stdout("").stderr(refusal.clone());
    sandbox.set("API_URL", os(VALUE));
    sandbox.xtask(&["build", "frontend", "-n", "--build-arg", "API_URL"]).code(2).stdout("").stderr(refusal);
    let json = sandbox.xtask(&["build", "frontend", "--json", "--build-arg", "API_URL"]).code(2);
    assert!(!shows(&json.stdout), "{}", json.stdout);
    assert!(sandbox.calls().is_empty(), "{}", sandbox.transcript());
    // A proxy is a build arg that docker has of its own.
    sandbox.set("HTTP_PROXY", os(b"http://pr\xf6xy:3128"));
    let run = sandbox.xtask(&["build", "frontend", "-n", "--build-arg", "HTTP_PROXY"]).code(2);
    assert!(run.stderr.starts_with("error: build arg `HTTP_PROXY` has a value that is not in UTF-8"), "{}", run.stderr);
    // What has no name is not repeated.
    let run = xtask(&sandbox, &["build", "-n", "--build-arg"], VALUE).code(2);
    assert!(run.stderr.starts_with("error: invalid `--build-arg`:") && !shows(&run.stderr), "{}", run.stderr);
}

#[test]
fn a_build_secret_reaches_the_builder_byte_by_byte_and_is_masked() {
    let mut sandbox = docker::sandbox_with("[component.frontend.build-secrets.note]\nenv = \"BUILD_NOTE\"\n");
    sandbox.set("BUILD_NOTE", os(VALUE));
    let rule = docker::build("frontend")
        .does("printf %s \"$BUILD_NOTE\" >\"$marks/note\"; echo \"#5 0.1 it is $BUILD_NOTE.\"");
    sandbox.fake("docker", docker::first([rule]));
    let run = sandbox.xtask(&["build", "-v", "frontend"]).code(0);
    assert_eq!(fs::read(sandbox.mark("note")).unwrap(), VALUE);
    let log = sandbox.read("target/xtask/logs/frontend.log");
    assert!(log.contains("#5 0.1 it is ***.") && !shows(&log), "{log}");
    assert!(!shows(&run.stdout) && !shows(&run.stderr), "{}", run.stderr);
}

#[test]
fn known_values_are_found_as_bytes() {
    let mut sandbox = Sandbox::new();
    sandbox.set("DATABASE_URL", os(VALUE));
    let text = [b"caf\xe9 ", VALUE, b"\n"].concat();
    fs::write(sandbox.root.join("frontend/a.txt"), &text).unwrap();
    // As a program writes it that prints nothing but text.
    sandbox.write("frontend/b.txt", &format!("it is {}\n", String::from_utf8_lossy(VALUE)));
    sandbox.xtask(&["secrets", "scan", "-q", "frontend"]).code(1).stdout("").stderr(str![[r#"
error[known-value]: a secret in `frontend/a.txt`: the value of `DATABASE_URL` on this machine
  --> frontend/a.txt:1
hint: let the program read `DATABASE_URL` from its environment, where a Kubernetes Secret puts it
hint: take the secret out, and replace it wherever it opens something

error[known-value]: a secret in `frontend/b.txt`: the value of `DATABASE_URL` on this machine
  --> frontend/b.txt:1
hint: let the program read `DATABASE_URL` from its environment, where a Kubernetes Secret puts it
hint: take the secret out, and replace it wherever it opens something

error: 2 secrets found
note: no value is shown; each rule is explained in docs/secrets.md

"#]]);
}

#[test]
fn values_of_environment_files_are_found_as_bytes() {
    let sandbox = Sandbox::new();
    fs::write(sandbox.root.join(".env"), [b"DATABASE_URL='", VALUE, b"' # caf\xe9\n"].concat()).unwrap();
    fs::write(sandbox.root.join("frontend/a.txt"), VALUE).unwrap();
    let run = sandbox.xtask(&["secrets", "scan", "-q", "frontend"]).code(1);
    assert!(run.stderr.contains("error[known-value]: a secret in `frontend/a.txt`"), "{}", run.stderr);
}

#[test]
fn arguments_that_have_to_be_text_are_named() {
    let sandbox = Sandbox::new();
    let refusal = str![[r#"
error: the argument `caf\xe9` is not in UTF-8

"#]];
    for args in [
        &["build"][..],
        &["build", "--build-arg", "A=b"],
        &["tags"],
        &["minikube-load"],
        &["minikube-load", "--profile"],
    ] {
        xtask(&sandbox, args, b"caf\xe9").code(2).stdout("").stderr(refusal.clone());
    }
    let document = xtask(&sandbox, &["tags", "--json"], b"caf\xe9").code(2).document();
    assert_eq!(document["error"]["problems"][0]["message"], r"the argument `caf\xe9` is not in UTF-8");
    // The value of a build arg is not what is named.
    let mut command = sandbox.command(&["build", "--build-arg"]);
    command.arg(OsStr::from_bytes(&[b"A=", VALUE].concat())).arg(OsStr::from_bytes(b"caf\xe9"));
    sandbox.finished(&command.output().unwrap()).code(2).stdout("").stderr(refusal);
}

#[test]
fn a_file_of_any_name_can_be_searched() {
    let sandbox = Sandbox::new();
    let name = os(b".env-caf\xe9\n");
    fs::write(sandbox.root.join(&name), "A=1\n").unwrap();
    xtask(&sandbox, &["secrets", "scan", "-q"], name.as_bytes()).code(1).stdout("").stderr(str![[r#"
error[secret-file]: a secret in `.env-caf\xe9\u{a}`: it is an environment file
  --> .env-caf\xe9\u{a}
hint: delete the file or move it away, and replace what it holds wherever that opens something

error: 1 secret found
note: no value is shown; each rule is explained in docs/secrets.md

"#]]);
    // No engine is asked for a name that cannot be one.
    let run = xtask(&sandbox, &["secrets", "scan", "-q"], b"gone\xe9").code(2);
    assert!(run.stderr.starts_with("error: cannot read `gone\\xe9`"), "{}", run.stderr);
}

#[test]
fn a_profile_of_the_environment_is_named_as_it_is() {
    let mut sandbox = Sandbox::new();
    sandbox.set("MINIKUBE_PROFILE", os(b"caf\xe9"));
    sandbox.xtask(&["minikube-load", "-q"]).code(2).stdout("").stderr(str![[r#"
error: `caf\xe9` is not the name of a minikube profile
hint: see the names with `minikube profile list`, and choose one with `--profile NAME`

"#]]);
}
