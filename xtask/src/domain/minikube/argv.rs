//! Calls of minikube and kubectl as data. Nothing here spawns.

use std::path::Path;

use process::Invocation;

/// Asks for the client's version.
pub fn version() -> Invocation {
    Invocation::new("minikube", ["version", "--output", "json"])
}

/// Asks for all profiles, without asking their nodes.
pub fn profiles() -> Invocation {
    Invocation::new("minikube", ["profile", "list", "--light", "--output", "json"])
}

/// Asks for the state of a profile's machines.
pub fn status(profile: &str) -> Invocation {
    of(profile, &["status", "--output", "json"])
}

/// Asks for the images of a profile, those of all nodes together.
pub fn images(profile: &str) -> Invocation {
    of(profile, &["image", "ls", "--format", "json"])
}

/// Loads an archive into all nodes. With an absolute path it can be nothing else.
pub fn load(profile: &str, archive: &Path) -> Invocation {
    Invocation::new("minikube", ["image", "load"]).arg(archive).args(["--profile", profile])
}

/// Copies a file to a node.
pub fn copy(profile: &str, node: Option<&str>, file: &Path, target: &str) -> Invocation {
    let target = node.map_or_else(|| target.to_owned(), |node| format!("{node}:{target}"));
    Invocation::new("minikube", ["cp"]).arg(file).args([target.as_str(), "--profile", profile])
}

/// Runs a script on a node; a profile with one needs no name.
pub fn ssh(profile: &str, node: Option<&str>, script: &str) -> Invocation {
    match node {
        Some(node) => of(profile, &["ssh", "--node", node, "--", script]),
        None => of(profile, &["ssh", "--", script]),
    }
}

fn of(profile: &str, args: &[&str]) -> Invocation {
    // Behind `--` everything is the script's.
    let (own, rest) = args.split_at(args.iter().position(|arg| *arg == "--").unwrap_or(args.len()));
    Invocation::new("minikube", [own, &["--profile", profile], rest].concat())
}

/// Asks for all pods; only the profile's own context is used.
pub fn pods(profile: &str) -> Invocation {
    let args = ["--context", profile, "get", "pods", "--all-namespaces", "--output", "json", "--request-timeout", "5s"];
    Invocation::new("kubectl", args)
}

/// Makes an owner, such as `deployment/api`, start its pods anew.
pub fn restart(profile: &str, namespace: &str, owner: &str) -> Invocation {
    Invocation::new("kubectl", ["--context", profile, "--namespace", namespace, "rollout", "restart", owner])
}
