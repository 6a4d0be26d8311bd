//! Conditions that must hold before anything is sent. All violations are reported at once.

use super::images::WantedImage;
use super::node::{Disk, NodeFacts};
use super::profile::{Profile, Runtime};
use super::words::with_reason;
use crate::domain::problem::Problem;
use crate::domain::text::{megabytes, ticked_list};

/// Returns the refusal for a shell whose docker client uses the engine of a node.
pub fn refuse_active_engine(profile: &str) -> Problem {
    Problem::new(format!("this shell's docker client is set to the engine of minikube profile `{profile}`"))
        .note("what is built with it is on the node already; `minikube image load` would read another engine")
        .hint("run `eval $(minikube docker-env --unset)`, and `cargo xtask build` again")
}

/// Returns the problem of a missing client.
pub fn missing_client() -> Problem {
    Problem::new("there is no minikube client: `minikube` is not installed or not on PATH")
        .hint("install minikube and run `minikube start`")
        .hint("where no Minikube can be had, on Debian as root, `cargo rig up node` makes a node to try it with")
}

/// Returns the problem of an answer of the client that cannot be parsed.
pub fn unreadable(call: &str, said: &str) -> Problem {
    let problem = Problem::new(format!("cannot read the answer of `{call}`"));
    with_reason(problem, said).hint(format!("run it alone to see its output: `{call}`"))
}

/// Returns the problem of a client that gives no answer.
pub fn silent_client(reason: &str) -> Problem {
    Problem::new("the minikube client gives no answer")
        .cause(reason)
        .hint("see what `minikube profile list` says, or give it more time with `--timeout SECONDS`")
}

/// Chooses the profile with this name; returns it with its runtime.
///
/// # Errors
///
/// The problem of a missing or unusable profile, with its remedy.
pub fn choose<'a>(profiles: &'a [Profile], name: &str) -> Result<(&'a Profile, Runtime), Problem> {
    let Some(profile) = profiles.iter().find(|profile| profile.name == name) else {
        let problem = Problem::new(format!("there is no minikube profile `{name}`"));
        let names: Vec<&str> = profiles.iter().map(|profile| profile.name.as_str()).collect();
        let problem = match names.as_slice() {
            [] => problem,
            [only] => problem.note(format!("the only profile is `{only}`")),
            _ => problem.note(format!("the profiles are {}", ticked_list(&names))),
        };
        return Err(problem
            .hint(format!("start it with `minikube start --profile {name}`, or choose one with `--profile NAME`")));
    };
    if !profile.valid {
        return Err(Problem::new(format!("minikube cannot read its profile `{name}`")).hint(format!(
            "make it anew: `minikube delete --profile {name}`, then `minikube start --profile {name}`"
        )));
    }
    if profile.driver == "none" {
        return Err(Problem::new(format!("minikube profile `{name}` has no machine of its own (driver `none`)"))
            .note("it runs what this machine's engine has: there is nothing to load")
            .hint("choose another one with `--profile NAME`"));
    }
    match Runtime::of(&profile.runtime) {
        Some(runtime) => Ok((profile, runtime)),
        None if profile.runtime.is_empty() => {
            Err(Problem::new(format!("minikube does not say which container runtime profile `{name}` has"))
                .hint(format!(
                    "look at it with `minikube profile list --output json`, or start it anew with `minikube start --profile {name}`"
                )))
        }
        None => Err(Problem::new(format!(
            "profile `{name}` has container runtime `{}`, which is not known",
            profile.runtime
        ))
        .note("known are `docker`, `containerd`, and `cri-o`")
        .hint(format!("make it anew with one of them: `minikube start --profile {name} --container-runtime docker`"))),
    }
}

/// Returns the problem of an image that was not built.
pub fn missing_image(reference: &str, component: &str) -> Problem {
    Problem::new(format!("the engine has no image `{reference}`"))
        .hint(format!("build it with `cargo xtask build {component}`"))
}

/// Returns the problem of a node that cannot be reached; `host` is its state according to the client.
pub fn not_running(profile: &str, node: &str, host: Option<&str>, said: &str) -> Problem {
    let start = format!("start it with `minikube start --profile {profile}`");
    match host {
        Some("Running") => {
            let problem = Problem::new(format!("node `{node}` of profile `{profile}` runs but gives no answer"));
            with_reason(problem, said).hint(format!(
                "see why with `minikube logs --profile {profile}`, or start it anew with `minikube start --profile {profile}`"
            ))
        }
        Some(state) => {
            Problem::new(format!("node `{node}` of profile `{profile}` is not running: its host is {state}"))
                .hint(start)
        }
        None => {
            let problem = Problem::new(format!("node `{node}` of profile `{profile}` gives no answer"));
            with_reason(problem, said).note("`minikube status` does not know it either").hint(start)
        }
    }
}

/// Returns the problems of sending images to a node.
pub fn node_problems(profile: &str, node: &str, facts: &NodeFacts, wanted: &[&WantedImage]) -> Vec<Problem> {
    let mut problems: Vec<Problem> = wanted.iter().filter_map(|wanted| wrong_platform(node, facts, wanted)).collect();
    if let Err(said) = &facts.images {
        let problem = Problem::new(format!("the container runtime of node `{node}` does not list its images"));
        let said = if said.is_empty() { "it printed nothing" } else { said.as_str() };
        let hint = format!(
            "look into the node with `minikube ssh --profile {profile}`, or start it anew with `minikube start --profile {profile}`"
        );
        problems.push(problem.cause(said).hint(hint));
    }
    problems
}

/// Returns the problem of an image for another processor than the node's; engines load such images without an error.
pub fn wrong_platform(node: &str, facts: &NodeFacts, wanted: &WantedImage) -> Option<Problem> {
    let platform = format!("linux/{}", facts.architecture.as_ref()?);
    if platform == wanted.image.platform {
        return None;
    }
    let WantedImage { component, reference, image } = wanted;
    let problem = Problem::new(format!("`{reference}` is for {}, and node `{node}` is {platform}", image.platform));
    Some(
        problem
            .hint(format!("build it for the node: `DOCKER_DEFAULT_PLATFORM={platform} cargo xtask build {component}`")),
    )
}

/// Returns the problem of too little space for an archive and its contents. An engine unpacks an archive beside the
/// images first.
pub fn no_space(
    profile: &str,
    runtime: Runtime,
    node: &str,
    facts: &NodeFacts,
    archive: u64,
    unpacked: u64,
) -> Option<Problem> {
    let (files, store) = (facts.files.as_ref(), facts.store.as_ref());
    let same = matches!((files, store), (Some(files), Some(store)) if files.mounted_on == store.mounted_on);
    let for_images = archive.saturating_add(unpacked);
    let needs = [(files, if same { archive.saturating_add(for_images) } else { archive }), (store, for_images)];
    let short = |(disk, needed): (Option<&Disk>, u64)| {
        disk.filter(|disk| disk.free_bytes < needed).map(|disk| (disk.clone(), needed))
    };
    let (Disk { mounted_on, free_bytes }, needed) = needs.into_iter().find_map(short)?;
    let prune = match runtime {
        Runtime::Docker => "docker image prune",
        Runtime::Containerd | Runtime::CriO => "sudo crictl rmi --prune",
    };
    let (free, needed) = (megabytes(free_bytes), megabytes(needed));
    let problem = Problem::new(format!("node `{node}` has {free} free on `{mounted_on}`, loading needs {needed}"));
    Some(problem.hint(format!("free some with `minikube ssh --profile {profile} -- {prune}`")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts(files: (u64, &str), store: (u64, &str)) -> NodeFacts {
        let disk = |(free_bytes, mounted_on): (u64, &str)| Some(Disk { mounted_on: mounted_on.to_owned(), free_bytes });
        let (images, layers, architecture) = (Ok(Vec::new()), std::collections::BTreeMap::new(), None);
        NodeFacts {
            images,
            layers,
            architecture,
            files: disk(files),
            store: disk(store),
            holders: Vec::new(),
            removed: None,
        }
    }

    #[test]
    fn an_archive_and_its_images_need_room_together_where_they_share_a_disk() {
        let short = |files, store| no_space("p", Runtime::Docker, "n", &facts(files, store), 10, 20).is_some();
        assert!(!short((10, "/a"), (30, "/b")));
        assert!(short((9, "/a"), (30, "/b")) && short((10, "/a"), (29, "/b")));
        assert!(!short((40, "/a"), (40, "/a")));
        assert!(short((39, "/a"), (39, "/a")));
        for most in [u64::MAX, u64::MAX / 2 + 1] {
            let problem = no_space("p", Runtime::Docker, "n", &facts((7, "/a"), (7, "/a")), most, most);
            assert!(problem.is_some(), "{most}");
        }
        let unknown = NodeFacts { files: None, store: None, ..facts((0, ""), (0, "")) };
        assert_eq!(no_space("p", Runtime::Docker, "n", &unknown, 10, 20), None);
    }
}
