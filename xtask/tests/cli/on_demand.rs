//! Commands without a valid taskflow.toml: those that need none work, the others say what is wrong with it.

use snapbox::str;

use crate::harness::docker::{self, buildx, context, version};
use crate::harness::fakes::on;
use crate::harness::run::compare;
use crate::harness::sandbox::{CONFIG, Sandbox};

/// A taskflow.toml with a misspelt key.
fn broken() -> String {
    CONFIG.replace("context = \"backend\"", "contxt = \"backend\"")
}

/// Places without a valid taskflow.toml, each with the options that lead there.
fn places() -> Vec<(Sandbox, Vec<&'static str>)> {
    let (nowhere, misspelt, not_toml, unnamed) =
        (Sandbox::empty(), Sandbox::new(), Sandbox::new(), Sandbox::without_git());
    misspelt.write("taskflow.toml", &broken());
    not_toml.write("taskflow.toml", "schema = \n");
    vec![(nowhere, vec![]), (misspelt, vec![]), (not_toml, vec![]), (unnamed, vec!["--config", "missing.toml"])]
}

fn with<'a>(args: &[&'a str], options: &[&'a str]) -> Vec<&'a str> {
    args.iter().chain(options).copied().collect()
}

#[test]
fn commands_that_need_no_configuration_do_not_read_it() {
    let valid = Sandbox::new();
    for args in [
        &["secrets", "rules"][..],
        &["secrets", "rules", "--json"],
        &["schema"],
        &["schema", "--json"],
        &["--help"],
        &["build", "--help"],
        &["-V"],
    ] {
        let usual = valid.xtask(args).code(0).stderr("");
        for (place, options) in places() {
            place.xtask(&with(args, &options)).code(0).stderr("").stdout(usual.stdout.clone());
        }
    }
}

#[test]
fn commands_that_need_it_say_what_is_wrong() {
    let commands: [&[&str]; 6] = [
        &["build"],
        &["build", "--bootstrap"],
        &["tags"],
        &["minikube-load"],
        &["secrets", "scan", "."],
        &["test", "--dry-run"],
    ];
    for args in commands {
        for (place, options) in places() {
            let run = place.xtask(&with(&with(args, &["--json"]), &options)).code(2);
            let document = run.document();
            assert_eq!(document["error"]["kind"], "config", "{args:?}: {}", run.stderr);
            assert_eq!(place.transcript(), "", "{args:?} asked other programs");
        }
    }
    let (misspelt, _) = places().swap_remove(1);
    misspelt.xtask(&["tags"]).code(2).stdout("").stderr(str![[r#"
error: unknown key `component.backend.contxt`
  --> taskflow.toml:11:1
   |
11 | contxt
   | ^^^^^^ not known here
hint: did you mean `context`?

"#]]);
}

#[test]
fn bootstrap_leaves_base_images_out_where_the_file_is_not_valid() {
    let sandbox = docker::sandbox();
    sandbox.fake("docker", [version(), buildx(), context("default")]);
    sandbox.write("taskflow.toml", &broken());
    sandbox.xtask(&["bootstrap"]).code(0).stdout("").stderr(str![[r#"
warning: unknown key `component.backend.contxt`
  --> taskflow.toml:11:1
   |
11 | contxt
   | ^^^^^^ not known here
hint: did you mean `context`?

warning: base images are left out: finding them needs a valid taskflow.toml
       Found the Docker engine 26.1.5

"#]]);
    compare(
        &sandbox.transcript(),
        str![[r#"
docker version --format {{json .}}
docker buildx version
docker context show
docker version --format {{json .}}
docker buildx version

"#]],
    );
    sandbox.xtask(&["bootstrap", "--json", "-q"]).code(0).stdout(str![[r#"
{
  "schema": 1,
  "command": "bootstrap",
  "ok": true,
  "dry_run": false,
  "engine": "26.1.5",
  "steps": [],
  "base_images": [],
  "left_out": [
    "base images"
  ],
  "error": null
}

"#]]);
}

#[test]
fn bootstrap_needs_no_repository() {
    let sandbox = Sandbox::empty();
    sandbox.fake("docker", [version(), buildx(), context("default")]);
    sandbox.xtask(&["bootstrap"]).code(0).stdout("").stderr(str![[r#"
warning: no `taskflow.toml` in `[ROOT]` or any folder above it
hint: run the command inside the repository, or pass `--config FILE`

warning: base images are left out: finding them needs a valid taskflow.toml
       Found the Docker engine 26.1.5

"#]]);
    sandbox.xtask(&["bootstrap", "--dry-run", "-q", "--config", "missing.toml"]).code(0).stdout("").stderr(str![[r#"
warning: cannot read `missing.toml`: there is no such file
  --> missing.toml
hint: pass the path of a taskflow.toml with `--config FILE`

warning: base images are left out: finding them needs a valid taskflow.toml

"#]]);
}

#[test]
fn bootstrap_fails_where_no_engine_can_be_had() {
    let sandbox = Sandbox::empty();
    let silent = "Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?\n";
    sandbox.fake("docker", [on("version *").complains(silent).exits(1), context("remote")]);
    sandbox.xtask(&["bootstrap", "-q"]).code(2).stdout("").stderr(str![[r#"
warning: no `taskflow.toml` in `[ROOT]` or any folder above it
hint: run the command inside the repository, or pass `--config FILE`

warning: base images are left out: finding them needs a valid taskflow.toml
error: no Docker engine answers
caused by: Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?
note: the docker client is set to another engine than this machine's: the docker context is `remote`
hint: start that engine, or unset `DOCKER_HOST` and run `docker context use default`

"#]]);
}

#[test]
fn secrets_of_the_contract_stay_hidden_without_a_configuration() {
    let mut sandbox = Sandbox::empty();
    sandbox.set("OPENAI_API_KEY", "pl4nted-in-the-environment");
    sandbox.write(".env", "BETTER_AUTH_SECRET=pl4nted-in-a-file\n");
    let tell = "echo \"dial tcp: no such host${OPENAI_API_KEY-gone} pl4nted-in-the-environment pl4nted-in-a-file\" >&2";
    sandbox.fake("docker", [on("version *").does(tell).exits(1), context("remote")]);
    let run = sandbox.xtask(&["bootstrap", "-v"]).code(2);
    assert!(!run.stderr.contains("pl4nted"), "{}", run.stderr);
    assert!(run.stderr.contains("no such hostgone "), "the child did not get the variable: {}", run.stderr);
}
