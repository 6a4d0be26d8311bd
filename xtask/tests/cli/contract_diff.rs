//! `contract diff` and `contract changes`: changes since a release, and the step that they need.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};
use snapbox::str;
use xtask::domain::contract::change::{page, rows};

use crate::harness::docker;
use crate::harness::fakes::on;
use crate::harness::images::{Image, with_images};
use crate::harness::sandbox::{CONFIG, Sandbox};

/// The contract of the frontend in the release.
const RELEASED: &str = r#"
[component.frontend.contract]
base-images = ["node:20-alpine"]
port = 3000
command = ["node", "server.js"]
workdir = "/app"
user = "nextjs"
uid = 1001
max-size-mb = 1
startup-seconds = 15

[component.frontend.contract.env.API_URL]
from = "config-map"
"#;

/// A repository with the release 1.0.0, with the real git and an engine without images.
fn released(contract: &str) -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.real("git");
    sandbox.write("taskflow.toml", &format!("{CONFIG}{contract}"));
    sandbox.commit();
    sandbox.git(&["tag", "v1.0.0"]);
    without_engine(&sandbox);
    sandbox
}

/// An engine that does not answer.
fn without_engine(sandbox: &Sandbox) {
    sandbox.fake("docker", [on("image inspect *").complains("no engine\n").exits(1)]);
}

/// Replaces a part of taskflow.toml and commits.
fn change(sandbox: &Sandbox, from: &str, to: &str) {
    let text = sandbox.read("taskflow.toml");
    assert!(text.contains(from), "{from}");
    sandbox.write("taskflow.toml", &text.replacen(from, to, 1));
    sandbox.commit();
}

#[test]
fn every_change_is_a_line() {
    let sandbox = released(RELEASED);
    sandbox
        .xtask(&["contract", "diff"])
        .code(0)
        .stderr(str![[r#"
note: the images are not compared: `docker image inspect taskflow-frontend:1.0.0` failed: no engine

"#]])
        .stdout(str![[r#"
no change since `v1.0.0`: a patch step is enough, to 1.0.1 or 1.1.0 or 2.0.0

"#]]);
    change(&sandbox, "node:20", "node:22");
    change(&sandbox, "startup-seconds = 15", "startup-seconds = 20\nstop-signal = \"SIGTERM\"");
    sandbox.xtask(&["contract", "diff", "-q"]).code(0).stderr(str![[r#"
warning: startup.slower of component `frontend`: compare it with the startup and liveness probes of the deployments

"#]]).stdout(str![[r#"
patch    promise.added   frontend  not declared -> `stop-signal` is SIGTERM  (derived: it is a stronger promise)  [c81586478d75]
minor    base.version    frontend  `node:20-alpine` -> `node:22-alpine`  (derived: the runtime is another one, and the interface of the image is the same)  [7f2702f3a7d4]
minor    startup.slower  frontend  `startup-seconds` is 15 s -> `startup-seconds` is 20 s  (derived: it is a weaker promise)  [aee238a4208a]
required after `v1.0.0`: a minor step, to 1.1.0 or 2.0.0

"#]]);
    change(&sandbox, "port = 3000", "port = 8080");
    change(&sandbox, "env.API_URL]\nfrom = \"config-map\"", "env.TOKEN]\nfrom = \"secret\"");
    sandbox.xtask(&["contract", "diff", "-q"]).code(0).stderr(str![[r#"
warning: env.added-required of component `frontend`: a deployment that does not set the variable fails
warning: startup.slower of component `frontend`: compare it with the startup and liveness probes of the deployments

"#]]).stdout(str![[r#"
major    port.changed        frontend  3000 (http) -> 8080 (http)  (contract: services, probes, and other containers connect to the port)  [8217954cfec8]
patch    promise.added       frontend  not declared -> `stop-signal` is SIGTERM  (derived: it is a stronger promise)  [c81586478d75]
minor    env.added-required  frontend  none -> `TOKEN` from a Secret, required  (contract: the contract counts a new variable as additive)  [d07de47ba0c6]
major    env.removed         frontend  `API_URL` from a ConfigMap, required -> none  (derived: what a deployment sets has no effect)  [bdcc363f6704]
minor    base.version        frontend  `node:20-alpine` -> `node:22-alpine`  (derived: the runtime is another one, and the interface of the image is the same)  [7f2702f3a7d4]
minor    startup.slower      frontend  `startup-seconds` is 15 s -> `startup-seconds` is 20 s  (derived: it is a weaker promise)  [aee238a4208a]
required after `v1.0.0`: a major step, to 2.0.0

"#]]);
    let document = sandbox.xtask(&["contract", "diff", "--json"]).code(0).document();
    assert_eq!(document["required_step"], "major");
    assert_eq!(document["sufficient"], json!(["2.0.0"]));
    assert_eq!(document["release"]["tag"], "v1.0.0");
    assert_eq!(document["changes"].as_array().map(Vec::len), Some(6));
    assert_eq!(document["changes"][0]["id"], "port.changed");
}

#[test]
fn both_sides_of_a_change_are_shown() {
    let before = r#"
[component.frontend.build-args.A]
default = "pl4nted"
[component.frontend.build-args.B]
[component.frontend.build-args.C]
default = "pl4nted"
[component.frontend.contract]
read-only-root = true
[component.frontend.contract.env.A]
from = "image"
default = "1"
[component.frontend.contract.env.B]
from = "config-map"
[component.frontend.contract.env.C]
from = "config-map"
required = false
default = "1"
"#;
    let after = r#"
[component.frontend.build-args.A]
default = "pl4nted too"
[component.frontend.build-args.B]
default = "pl4nted"
[component.frontend.build-args.C]
[component.frontend.build-secrets.note]
env = "NOTE"
[component.frontend.contract]
max-size-mb = 200
[component.frontend.contract.env.A]
from = "image"
default = "2"
[component.frontend.contract.env.B]
from = "config-map"
allowed = ["x", "y"]
[component.frontend.contract.env.C]
from = "config-map"
required = false
[component.frontend.contract.health]
path = "/health"
"#;
    let sandbox = released(before);
    change(&sandbox, before, after);
    let run = sandbox.xtask(&["contract", "diff", "-q"]).code(0).stderr("").stdout(str![[r#"
major    root.writable        frontend  read-only -> not promised  (derived: deployments with `readOnlyRootFilesystem` fail)  [13d3d9952469]
major    env.default-changed  frontend  `A` is `1` by default -> `A` is `2` by default  (derived: a deployment that does not set the variable behaves differently)  [dd7840acf5d3]
major    env.values-narrowed  frontend  `B` accepts any value -> `B` accepts `x` and `y`  (derived: a deployment may set this value)  [aee8430a88e2]
major    env.default-changed  frontend  `C` is `1` by default -> `C` has no default  (derived: a deployment that does not set the variable behaves differently)  [731213db7db8]
minor    health.added         frontend  none -> `GET /health` answers 200  (derived: nothing that runs today calls it)  [0176f1ffee0c]
patch    size.limit-lowered   frontend  `max-size-mb` is not declared -> `max-size-mb` is 200 MB  (derived: it is a stronger promise)  [a9c2b09ec31b]
patch    build-arg.optional   frontend  `A` with a default -> `A` with another default  (derived: the image can be built as before)  [c47416a9dccd]
patch    build-arg.optional   frontend  `B` without a default -> `B` with a default  (derived: the image can be built as before)  [246622896b71]
minor    build-arg.required   frontend  `C` with a default -> `C` without a default  (derived: those who build the image may have to set it)  [1ddb4bce958e]
minor    build-secret.added   frontend  none -> `note` from `NOTE`  (derived: those who build the image may have to set its variable)  [a9a58e94e100]
required after `v1.0.0`: a major step, to 2.0.0

"#]]);
    assert!(!run.stdout.contains("pl4nted"), "{}", run.stdout);
}

#[test]
fn a_step_that_is_too_small_fails() {
    let sandbox = released(RELEASED);
    for step in ["patch", "minor", "major"] {
        sandbox.xtask(&["contract", "diff", "-q", "--require-step", step]).code(0).stderr("");
    }
    change(&sandbox, "env.API_URL]\nfrom = \"config-map\"", "env.TOKEN]\nfrom = \"secret\"");
    sandbox.xtask(&["contract", "diff", "-q", "--require-step", "minor"]).code(1).stderr(str![[r#"
warning: env.added-required of component `frontend`: a deployment that does not set the variable fails
error: version 1.1.0 is a minor step after 1.0.0, and 1 change of the contract needs a major step
note: env.removed of component `frontend`: `API_URL` from a ConfigMap, required -> none (derived) [bdcc363f6704]
hint: release 2.0.0
hint: or accept each change with a reason under `[[release.accept]]` in taskflow.toml

"#]]).stdout(str![[r#"
minor    env.added-required  frontend  none -> `TOKEN` from a Secret, required  (contract: the contract counts a new variable as additive)  [d07de47ba0c6]
major    env.removed         frontend  `API_URL` from a ConfigMap, required -> none  (derived: what a deployment sets has no effect)  [bdcc363f6704]
required after `v1.0.0`: a major step, to 2.0.0

"#]]);
    sandbox.xtask(&["contract", "diff", "-q", "--require-step", "major"]).code(0).stderr(str![[r#"
warning: env.added-required of component `frontend`: a deployment that does not set the variable fails

"#]]);
    let document = sandbox.xtask(&["contract", "diff", "-q", "--json", "--require-step=minor"]).code(1).document();
    assert_eq!(document["error"]["kind"], "failed");
    let print = document["changes"][1]["fingerprint"].as_str().unwrap().to_owned();
    let entry = |version: &str| {
        format!(
            "\n[[release.accept]]\nfinding = \"{print}\"\nversion = \"{version}\"\nreason = \"nothing sets it\"\n[component.frontend]\n"
        )
    };
    // The entry is for the version that a minor step gives.
    change(&sandbox, "\n[component.frontend]\n", &entry("1.1.0"));
    sandbox.xtask(&["contract", "diff", "-q", "--require-step", "minor"]).code(0).stdout(str![[r#"
minor    env.added-required  frontend  none -> `TOKEN` from a Secret, required  (contract: the contract counts a new variable as additive)  [d07de47ba0c6]
major    env.removed         frontend  `API_URL` from a ConfigMap, required -> none  (derived: what a deployment sets has no effect, accepted for 1.1.0: nothing sets it)  [bdcc363f6704]
required after `v1.0.0`: a major step, to 2.0.0

"#]]);
    change(&sandbox, "env.TOKEN]\nfrom = \"secret\"", "env.API_URL]\nfrom = \"config-map\"");
    sandbox.xtask(&["contract", "diff", "-q", "--require-step", "minor"]).code(1).stderr(str![[r#"
error: the entry for change bdcc363f6704 accepts nothing in 1.1.0
  --> taskflow.toml:7
note: the contract has no such change since the previous release
hint: remove the entry, or correct `finding`: `cargo xtask contract diff` shows the changes

"#]]);
    sandbox.xtask(&["contract", "diff", "-q", "--require-step", "major"]).code(0).stderr("");
}

#[test]
fn refused_changes_have_no_version() {
    let sandbox = released(RELEASED);
    change(&sandbox, "node:20-alpine", "node:20");
    sandbox.xtask(&["contract", "diff", "-q"]).code(0).stderr("").stdout(str![[r#"
refused  base.other   frontend  `node:20-alpine` -> `node:20`  (contract: only alpine and slim variants are allowed)  [43168438b259]
major    base.family  frontend  `node:20-alpine` -> `node:20`  (derived: probes and commands rely on the C library, the shell, and paths)  [3039c890e034]
refused: no version after `v1.0.0` can have these changes

"#]]);
    sandbox.xtask(&["contract", "diff", "-q", "--require-step", "major"]).code(1).stderr(str![[r#"
error: no version can have this change of the contract: a base image that is no alpine or slim variant
note: base.other of component `frontend`: `node:20-alpine` -> `node:20` (contract) [43168438b259]
note: only alpine and slim variants are allowed

"#]]);
}

#[test]
fn releases_are_chosen_from_the_history() {
    let sandbox = Sandbox::new();
    sandbox.real("git");
    without_engine(&sandbox);
    sandbox.xtask(&["contract", "diff", "--require-step", "patch"]).code(0).stderr(str![[r#"
note: no release is in the history of HEAD, so nothing is compared: the first release can have any version, and 1.0.0 is usual
note: the images are not compared: `docker image inspect taskflow-frontend:1.0.0-main` failed: no engine

"#]]).stdout("");
    sandbox.xtask(&["contract", "diff", "--from", "1.0.0"]).code(2).stderr(str![[r#"
error: there is no release `1.0.0`: git has no tag for it
note: git has no release tag at all

"#]]);
    sandbox.git(&["tag", "v1.0.0"]);
    change(&sandbox, "[component.backend]", "[component.api]");
    sandbox.git(&["tag", "-a", "v1.1.0", "-m", "1.1.0"]);
    sandbox.git(&["switch", "--quiet", "--create", "other", "v1.0.0"]);
    sandbox.xtask(&["contract", "diff", "-q"]).code(0).stdout(str![[r#"
no change since `v1.0.0`: a patch step is enough, to 1.0.1 or 1.1.0 or 2.0.0

"#]]);
    // A release beside the history can be named.
    sandbox.xtask(&["contract", "diff", "-q", "--from", "1.1.0"]).code(0).stdout(str![[r#"
minor    component.added    backend  none -> `taskflow-backend`  (derived: nothing that runs today uses it)  [f33442f68ab6]
major    component.removed  api      `taskflow-api` -> none  (derived: its image has no further version, and manifests name it)  [6a19e3be4d9c]
required after `v1.1.0`: a major step, to 2.0.0

"#]]);
    sandbox.xtask(&["contract", "diff", "--from", "1.0.9"]).code(2).stderr(str![[r#"
error: there is no release `1.0.9`: git has no tag for it
note: the releases are `1.1.0` and `1.0.0`
hint: did you mean `1.0.0`?

"#]]);
    sandbox.xtask(&["contract", "diff", "--from", "v1.0.0"]).code(2).stderr(str![[r#"
error: invalid value 'v1.0.0' for '--from <X.Y.Z>': `v1.0.0` begins with `v`, which belongs to git tags only

For more information, try '--help'.

"#]]);
}

#[test]
fn below_one_breaking_changes_need_a_minor_step() {
    let sandbox = Sandbox::new();
    sandbox.real("git");
    without_engine(&sandbox);
    sandbox.git(&["tag", "v0.3.1"]);
    change(&sandbox, "[component.backend]", "[component.api]");
    sandbox.xtask(&["contract", "diff", "-q"]).code(0).stdout(str![[r#"
patch    component.added    api      none -> `taskflow-api`  (derived: nothing that runs today uses it)  [70843b2fc902]
minor    component.removed  backend  `taskflow-backend` -> none  (derived: its image has no further version, and manifests name it)  [6139c7bf0229]
required after `v0.3.1`: a minor step, to 0.4.0 or 1.0.0

"#]]);
}

#[test]
fn the_file_of_a_release_is_read_from_its_commit() {
    let sandbox = Sandbox::new();
    sandbox.real("git");
    without_engine(&sandbox);
    let config = sandbox.read("taskflow.toml");
    sandbox.git(&["rm", "--quiet", "taskflow.toml"]);
    sandbox.commit();
    sandbox.git(&["tag", "v0.1.0"]);
    sandbox
        .write("taskflow.toml", "schema = 1\n[project]\nname = \"a\"\nunknown = 1\n[component.a]\ncontext = \"a\"\n");
    sandbox.commit();
    sandbox.git(&["tag", "v0.2.0"]);
    fs::write(sandbox.root.join("taskflow.toml"), b"# \xe9\n").unwrap();
    sandbox.commit();
    sandbox.git(&["tag", "v0.3.0"]);
    fs::remove_file(sandbox.root.join("taskflow.toml")).unwrap();
    std::os::unix::fs::symlink("other.toml", sandbox.root.join("taskflow.toml")).unwrap();
    sandbox.commit();
    sandbox.git(&["tag", "v0.4.0"]);
    fs::remove_file(sandbox.root.join("taskflow.toml")).unwrap();
    sandbox.write("taskflow.toml/file", "");
    sandbox.commit();
    sandbox.git(&["tag", "v0.4.1"]);
    fs::remove_dir_all(sandbox.root.join("taskflow.toml")).unwrap();
    sandbox.write("taskflow.toml", &config);
    sandbox.commit();
    sandbox.git(&["tag", "v0.5.0"]);
    let from = |version: &'static str| sandbox.xtask(&["contract", "diff", "--from", version]);
    from("0.1.0")
        .code(0)
        .stderr(str![[r#"
note: release `v0.1.0` has no taskflow.toml, so nothing is compared with it
note: the images are not compared: `docker image inspect taskflow-frontend:0.5.0` failed: no engine

"#]])
        .stdout("");
    from("0.2.0").code(2).stderr(str![[r#"
error: unknown key `project.unknown`
 --> v0.2.0:taskflow.toml:4:1
  |
4 | unknown
  | ^^^^^^^ not known here
note: known here: `name`, `default-branch`, `tag-prefix`, and `version`
note: this xtask cannot read taskflow.toml of release `v0.2.0`, so it cannot be compared with
hint: compare with a later release: `--from X.Y.Z`

"#]]);
    from("0.3.0").code(2).stderr(str![[r#"
error: taskflow.toml of release `v0.3.0` is not in UTF-8
  --> v0.3.0:taskflow.toml
hint: compare with a later release: `--from X.Y.Z`

"#]]);
    from("0.4.0").code(2).stderr(str![[r#"
error: taskflow.toml of release `v0.4.0` is a symbolic link
  --> v0.4.0:taskflow.toml
hint: compare with a later release: `--from X.Y.Z`

"#]]);
    from("0.4.1").code(2).stderr(str![[r#"
error: taskflow.toml of release `v0.4.1` is a folder or a submodule
  --> v0.4.1:taskflow.toml
hint: compare with a later release: `--from X.Y.Z`

"#]]);
    from("0.5.0").code(0).stdout(str![[r#"
no change since `v0.5.0`: a patch step is enough, to 0.5.1 or 0.6.0 or 1.0.0

"#]]);
    // The working tree is compared, and not the commit of HEAD.
    let text = sandbox.read("taskflow.toml").replace("[component.backend]", "[component.api]");
    sandbox.write("taskflow.toml", &text);
    sandbox.xtask(&["contract", "diff", "-q"]).code(0).stdout(str![[r#"
patch    component.added    api      none -> `taskflow-api`  (derived: nothing that runs today uses it)  [70843b2fc902]
minor    component.removed  backend  `taskflow-backend` -> none  (derived: its image has no further version, and manifests name it)  [6139c7bf0229]
required after `v0.5.0`: a minor step, to 0.6.0 or 1.0.0

"#]]);
}

#[test]
fn taskflow_toml_may_lie_in_a_folder_of_the_repository() {
    let sandbox = Sandbox::new();
    sandbox.real("git");
    without_engine(&sandbox);
    sandbox.write("app/taskflow.toml", &format!("{CONFIG}{RELEASED}"));
    sandbox.commit();
    sandbox.git(&["tag", "v1.0.0"]);
    let changed = sandbox.read("app/taskflow.toml").replace("uid = 1001", "uid = 1002");
    sandbox.write("app/taskflow.toml", &changed);
    sandbox.xtask(&["contract", "diff", "-q", "--config", "app/taskflow.toml"]).code(0).stdout(str![[r#"
major    user.uid  frontend  UID 1001 -> UID 1002  (derived: the owner of files in volumes and `runAsUser` in manifests rely on it)  [5b9b900c604b]
required after `v1.0.0`: a major step, to 2.0.0

"#]]);
}

#[test]
fn git_is_needed_only_for_a_release() {
    let sandbox = released(RELEASED);
    fs::remove_file(sandbox.outside("bin").join("git")).unwrap();
    sandbox.xtask(&["contract", "diff"]).code(2).stderr(str![[r#"
error: `git` is not installed or not on PATH
hint: install git, or a newer version of it

"#]]);
    sandbox.git(&["tag", "-d", "v1.0.0"]);
    sandbox.xtask(&["contract", "diff", "-q"]).code(0).stderr("");
}

/// The configuration of an image that keeps the contract.
fn config() -> Value {
    json!({
        "User": "nextjs", "WorkingDir": "/app", "Cmd": ["node", "server.js"], "ExposedPorts": { "3000/tcp": {} },
        "Entrypoint": ["docker-entrypoint.sh"],
    })
}

/// The configuration with another value of a key.
fn config_with(key: &str, value: Value) -> Value {
    let mut config = config();
    config[key] = value;
    config
}

/// The images of the frontend: the released one and the present one. Nothing else is in the engine.
fn has_images(sandbox: &Sandbox, released: Option<Value>, present: Value) {
    let mut missing = vec![docker::inspect("taskflow-backend:1.0.0-main", &[], true)];
    let mut images = vec![Image::new("taskflow-frontend:1.0.0-main").config(present)];
    match released {
        Some(config) => images.push(Image::new("taskflow-frontend:1.0.0").config(config)),
        None => missing.push(docker::inspect("taskflow-frontend:1.0.0", &[], true)),
    }
    with_images(sandbox, &images, missing);
}

#[test]
fn images_are_compared_with_the_contract_and_with_each_other() {
    let sandbox = released(RELEASED);
    // HEAD is not the release, so the present image has another tag.
    change(&sandbox, "max-size-mb = 1", "max-size-mb = 1\nmax-context-mb = 1");
    has_images(&sandbox, Some(config()), config());
    sandbox.xtask(&["contract", "diff"]).code(0).stderr(str![[r#"
note: the engine does not have `taskflow-backend:1.0.0-main`, so it is not compared with the contract

"#]]).stdout(str![[r#"
patch    build.changed  frontend  `max-context-mb` is not declared -> `max-context-mb` is 1 MB  (derived: they cannot be seen at run time)  [423fe5704fac]
required after `v1.0.0`: a patch step, to 1.0.1 or 1.1.0 or 2.0.0

"#]]);
    has_images(&sandbox, None, config());
    sandbox.xtask(&["contract", "diff"]).code(0).stderr(str![[r#"
note: the engine does not have `taskflow-frontend:1.0.0`, so entry point, volumes, and root of both images are not compared
note: the engine does not have `taskflow-backend:1.0.0-main`, so it is not compared with the contract

"#]]);
    let mut other = config_with("Entrypoint", json!(["/bin/sh", "-c"]));
    other["Volumes"] = json!({ "/data": {} });
    has_images(&sandbox, Some(config()), other);
    sandbox.xtask(&["contract", "diff", "-q"]).code(0).stdout(str![[r#"
patch    build.changed       frontend  `max-context-mb` is not declared -> `max-context-mb` is 1 MB  (derived: they cannot be seen at run time)  [423fe5704fac]
major    cmd.form            frontend  exec form -> shell form  (contract: a shell as the first process does not pass the stop signal on, and arguments mean something else)  [72a05f2bfc72]
major    entrypoint.changed  frontend  entry point `["docker-entrypoint.sh"]` -> entry point `["/bin/sh", "-c"]`  (contract: manifests that set `args` rely on the entry point)  [b7860ee1151a]
minor    volume.added        frontend  none -> `/data`  (derived: the engine makes an anonymous volume where none is mounted)  [23ac7e616ee9]
required after `v1.0.0`: a major step, to 2.0.0

"#]]);
    has_images(&sandbox, Some(config()), config_with("User", json!("root")));
    sandbox.xtask(&["contract", "diff", "-q", "--require-step=major"]).code(1).stdout(str![[r#"
patch    build.changed          frontend  `max-context-mb` is not declared -> `max-context-mb` is 1 MB  (derived: they cannot be seen at run time)  [423fe5704fac]
refused  user.non-root-to-root  frontend  `nextjs` -> `root`  (contract: the container must run as a user other than root)  [3d385f15a366]
refused: no version after `v1.0.0` can have these changes

"#]]).stderr(str![[r#"
error[image-user]: a container of `taskflow-frontend:1.0.0-main` runs as root
note: contract: Validation Checklist, "Container runs as non-root user"
hint: create the user in the last stage, and name it in the last `USER`

error: no version can have this change of the contract: another user becomes root
note: user.non-root-to-root of component `frontend`: `nextjs` -> `root` (contract) [3d385f15a366]
note: the container must run as a user other than root

"#]]);
    for (key, value) in [("ExposedPorts", json!({ "8080/tcp": {} })), ("User", json!("node")), ("User", json!("5"))] {
        has_images(&sandbox, Some(config()), config_with(key, value));
        sandbox.xtask(&["contract", "diff", "-q"]).code(1);
    }
    has_images(&sandbox, Some(config()), config_with("User", json!("node")));
    let run = sandbox.xtask(&["contract", "diff", "-q"]).code(1);
    run.stderr(str![[r#"
error[image-user]: the user of `taskflow-frontend:1.0.0-main` is `node`, and must be `nextjs` (UID 1001)
note: contract: Validation Checklist, "Container runs as non-root user"
hint: create the user in the last stage, and name it in the last `USER`

"#]]);
}

#[test]
fn an_exception_allows_a_difference() {
    let sandbox = released(RELEASED);
    let exception = "[[allow]]\nplace = \"image:frontend:Cmd\"\nrule = \"image-command\"\n\
                     reason = \"the image of a demonstration\"\nexpires = 2999-12-31\n[component.frontend]\n";
    change(&sandbox, "max-size-mb = 1", "max-size-mb = 2");
    has_images(&sandbox, Some(config()), config_with("Cmd", json!(["node", "other.js"])));
    sandbox.xtask(&["contract", "diff", "-q"]).code(1).stderr(str![[r#"
error[image-command]: the command of `taskflow-frontend:1.0.0-main` is `["node", "other.js"]`, and must be `["node", "server.js"]`
note: contract: Entry Command
hint: set the last `CMD` to the declared words in exec form, and remove `ENTRYPOINT`

"#]]);
    let document = sandbox.xtask(&["contract", "diff", "-q", "--json"]).code(1).document();
    assert_eq!(document["findings"][0]["rule"], "image-command");
    assert_eq!(document["images"][0]["reference"], "taskflow-frontend:1.0.0-main");
    let place = document["findings"][0]["place"].as_str().unwrap().to_owned();
    change(&sandbox, "[component.frontend]\n", &exception.replace("image:frontend:Cmd", &place));
    sandbox.xtask(&["contract", "diff", "-q"]).code(0).stderr("");
}

#[test]
fn an_image_above_its_limit_has_no_version() {
    let sandbox = released(RELEASED);
    change(&sandbox, "max-size-mb = 1", "max-size-mb = 1\nmax-context-mb = 1");
    sandbox.real("cat");
    let large = "x".repeat(1_000_001);
    let image = Image::new("taskflow-frontend:1.0.0-main").config(config()).layer(&[("app/large", &large)]);
    let missing =
        ["taskflow-frontend:1.0.0", "taskflow-backend:1.0.0-main"].map(|name| docker::inspect(name, &[], true));
    with_images(&sandbox, &[image], missing);
    // Nothing has counted the bytes of the layers yet.
    let document = sandbox.xtask(&["contract", "diff", "--json"]).code(0).document();
    assert_eq!(document["changes"].as_array().map(Vec::len), Some(1));
    sandbox.xtask(&["secrets", "scan", "taskflow-frontend:1.0.0-main"]).code(0);
    sandbox.xtask(&["contract", "diff", "-q"]).code(0).stdout(str![[r#"
patch    build.changed  frontend  `max-context-mb` is not declared -> `max-context-mb` is 1 MB  (derived: they cannot be seen at run time)  [423fe5704fac]
refused  size.exceeded  frontend  below 1 MB -> 1000001 bytes  (contract: the image must stay below the limit of its contract)  [81bc5416302f]
refused: no version after `v1.0.0` can have these changes

"#]]);
    sandbox.xtask(&["contract", "diff", "-q", "--require-step", "major"]).code(1);
}

#[test]
fn a_shallow_clone_does_not_pass_as_a_first_release() {
    let sandbox = released(RELEASED);
    change(&sandbox, "port = 3000", "port = 8080");
    let path = sandbox.outside("shallow");
    let from = format!("file://{}", sandbox.root.display());
    sandbox.git(&["clone", "--quiet", "--depth=1", &from, &path.display().to_string()]);
    let config = path.join("taskflow.toml").display().to_string();
    sandbox.xtask(&["contract", "diff", "--config", &config]).code(2).stderr(str![[r#"
error: cannot find the last release: this is a shallow clone without a release in its history
note: the last release tag may lie in the history that was cut off
hint: fetch the history with `git fetch --unshallow --tags origin`

"#]]);
}

#[test]
fn the_table_is_listed() {
    let sandbox = Sandbox::empty();
    let run = sandbox.xtask(&["contract", "changes"]).code(0).stderr("");
    let ids: Vec<&str> = run.stdout.lines().filter_map(|line| line.split_whitespace().nth(1)).collect();
    assert_eq!(ids, rows::ROWS.iter().map(|row| row.id).collect::<Vec<_>>());
    let document = sandbox.xtask(&["contract", "changes", "--json"]).code(0).document();
    assert_eq!(document["changes"].as_array().unwrap().len(), ids.len());
    let run = sandbox.xtask(&["contract", "changes", "--format", "markdown"]).code(0).stderr("");
    assert_eq!(run.stdout, page::page());
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/contract/changes.md");
    let command = "cargo xtask contract changes --format markdown > docs/contract/changes.md";
    assert_eq!(page::page(), fs::read_to_string(file).unwrap_or_default(), "write it anew: {command}");
}
