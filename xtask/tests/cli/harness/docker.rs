//! A docker client that answers as a real one does.

use super::fakes::{Rule, on};
use super::sandbox::{CONFIG, Call, Sandbox};

/// Label and text of an image that `cargo rig up bases` made.
const STAND_IN: &str = r#"{"dev.taskflow.stand-in":"true"}"#;

/// Client and engine answer.
pub(crate) fn version() -> Rule {
    on("version --format {{json .}}").says(r#"{"Client":{"Version":"26.1.5"},"Server":{"Version":"26.1.5"}}"#)
}

/// The client answers, no engine does.
pub(crate) fn silent() -> Rule {
    on("version --format {{json .}}")
        .says("{\"Client\":{\"Version\":\"26.1.5\"},\"Server\":null}\n")
        .complains(
            "Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?\n",
        )
        .exits(1)
}

/// The buildx plugin is there.
pub(crate) fn buildx() -> Rule {
    on("buildx version").says("github.com/docker/buildx v0.13.1 788433953af10f2a698f5c07611dddce2e08c7a0\n")
}

/// The buildx plugin is not there.
pub(crate) fn no_buildx() -> Rule {
    on("buildx version").complains("docker: 'buildx' is not a docker command.\nSee 'docker --help'\n").exits(1)
}

/// What the client says of itself: plugins that it finds.
pub(crate) fn plugins(plugins: &str) -> Rule {
    on("info --format {{json .ClientInfo}}").says(format!("{{\"Plugins\":[{plugins}],\"Warnings\":null}}\n"))
}

/// Asked who builds, buildx says the engine's own builder.
pub(crate) fn builder() -> Rule {
    on("buildx inspect").says("Name:   default\nDriver: docker\n")
}

/// The docker context in use.
pub(crate) fn context(name: &str) -> Rule {
    on("context show").says(format!("{name}\n"))
}

/// An image as `docker image inspect` shows it.
pub(crate) fn image(name: &str) -> String {
    image_with(name, "null")
}

/// An image that is a stand-in.
pub(crate) fn stand_in(name: &str) -> String {
    image_with(name, STAND_IN)
}

fn image_with(name: &str, labels: &str) -> String {
    // Different names, different IDs; the multiplier is that of the FNV hash.
    let id = name
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |sum, byte| (sum ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    format!(
        r#"{{"Id":"sha256:{id:016x}{id:016x}{id:016x}{id:016x}","RepoTags":["{name}"],"RepoDigests":[],"Size":123456789,"Config":{{"Labels":{labels}}}}}"#
    )
}

/// The answer to `docker image inspect NAMES`: the images that are there; the exit code says whether one is missing.
pub(crate) fn inspect(names: &str, found: &[String], missing: bool) -> Rule {
    let rule = on(&format!("image inspect {names}")).says(format!("[{}]\n", found.join(",")));
    if !missing {
        return rule;
    }
    // The client says it of each image; which one it is does not matter here.
    let lacking = names.split(' ').count().saturating_sub(found.len()).max(1);
    rule.complains("Error: No such image\n".repeat(lacking)).exits(1)
}

/// Both base images are there.
pub(crate) fn bases() -> Rule {
    inspect("node:20-alpine python:3.13-slim", &[image("node:20-alpine"), image("python:3.13-slim")], false)
}

/// Base images are there; images with the release tags of these components are not.
fn unreleased(bases: &[&str], components: &[&str]) -> Rule {
    let released = components.iter().map(|component| format!("taskflow-{component}:*"));
    let names: Vec<String> = bases.iter().map(|base| (*base).to_owned()).chain(released).collect();
    inspect(&names.join(" "), &bases.iter().map(|base| image(base)).collect::<Vec<_>>(), true)
}

/// The reference of a component's image in an unchanged sandbox.
pub(crate) fn reference(component: &str) -> String {
    format!("taskflow-{component}:1.0.0-main")
}

/// The image of a component is there after its build.
pub(crate) fn built(component: &str) -> Rule {
    let name = reference(component);
    inspect(&name, &[image(&name)], false)
}

/// How an image was made: nothing that is of interest.
pub(crate) fn history() -> Rule {
    on("history --no-trunc --format {{json .}} sha256:*").says("{\"CreatedBy\":\"RUN true # buildkit\"}\n")
}

/// An image loses its name.
pub(crate) fn untag() -> Rule {
    on("image rm --no-prune taskflow-*")
}

/// `docker buildx build` of one component.
pub(crate) fn build(component: &str) -> Rule {
    on(&format!("buildx build * ./{component}"))
}

/// What a build says that works.
pub(crate) fn progress(base: &str, step: &str) -> String {
    format!(
        "\
#1 [internal] load build definition from Dockerfile
#1 DONE 0.0s
#4 [1/3] FROM {base}
#4 CACHED
#5 [2/3] COPY . .
#5 DONE 0.1s
#6 [3/3] RUN {step}
#6 0.312 working
#6 DONE 0.5s
"
    )
}

/// What a build says when its last step fails.
pub(crate) fn failure(step: &str, line: &str) -> String {
    format!(
        "\
#5 [2/3] COPY . .
#5 DONE 0.1s
#6 [3/3] RUN {step}
#6 0.312 {line}
#6 ERROR: process \"/bin/sh -c {step}\" did not complete successfully: exit code: 7
------
 > [3/3] RUN {step}:
0.312 {line}
------
Dockerfile:3
--------------------
   1 |     FROM base
   3 | >>> RUN {step}
--------------------
ERROR: failed to solve: process \"/bin/sh -c {step}\" did not complete successfully: exit code: 7
"
    )
}

/// An engine with buildx and both bases that builds both components.
pub(crate) fn builds_everything() -> Vec<Rule> {
    vec![
        version(),
        buildx(),
        plugins(""),
        builder(),
        bases(),
        inspect("node:20-alpine", &[image("node:20-alpine")], false),
        inspect("python:3.13-slim", &[image("python:3.13-slim")], false),
        unreleased(&["node:20-alpine", "python:3.13-slim"], &["frontend", "backend"]),
        unreleased(&["node:20-alpine"], &["frontend"]),
        unreleased(&["python:3.13-slim"], &["backend"]),
        build("frontend").says(progress("node:20-alpine", "npm ci")),
        build("backend").says(progress("python:3.13-slim", "pip install .")),
        built("frontend"),
        built("backend"),
        history(),
        untag(),
    ]
}

/// The rules before those of `builds_everything`, which they override.
pub(crate) fn first(rules: impl IntoIterator<Item = Rule>) -> Vec<Rule> {
    rules.into_iter().chain(builds_everything()).collect()
}

/// A sandbox with a docker client that builds everything.
pub(crate) fn sandbox() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.fake("docker", builds_everything());
    sandbox
}

/// The same, whose taskflow.toml declares more.
pub(crate) fn sandbox_with(more: &str) -> Sandbox {
    let sandbox = sandbox();
    sandbox.write("taskflow.toml", &format!("{CONFIG}\n{more}"));
    sandbox.take_declared();
    sandbox.commit();
    sandbox
}

/// Whether a call builds an image.
pub(crate) fn is_build(call: &Call) -> bool {
    call.argv.iter().any(|arg| arg == "build")
}
