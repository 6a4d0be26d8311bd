//! Calls of minikube and kubectl as values. Nothing here starts a process.

use std::path::Path;

use process::Invocation;

/// Returns the call that prints the client's version.
pub fn version() -> Invocation {
    Invocation::new("minikube", ["version", "--output", "json"])
}

/// Returns the call that lists all profiles, without asking their nodes.
pub fn profiles() -> Invocation {
    Invocation::new("minikube", ["profile", "list", "--light", "--output", "json"])
}

/// Returns the call that prints the state of a profile's machines.
pub fn status(profile: &str) -> Invocation {
    of(profile, &["status", "--output", "json"])
}

/// Returns the call that lists the images of a profile, for all nodes together.
pub fn images(profile: &str) -> Invocation {
    of(profile, &["image", "ls", "--format", "json"])
}

/// Returns the call that loads an archive into all nodes. The path is absolute, so that the client cannot take it for
/// the name of an image.
pub fn load(profile: &str, archive: &Path) -> Invocation {
    Invocation::new("minikube", ["image", "load"]).arg(archive).args(["--profile", profile])
}

/// Returns the call that removes images from all nodes.
pub fn remove(profile: &str, references: &[String]) -> Invocation {
    Invocation::new("minikube", ["image", "rm"]).args(references.iter().cloned()).args(["--profile", profile])
}

/// Returns the call that copies a file to a node.
pub fn copy(profile: &str, node: Option<&str>, file: &Path, target: &str) -> Invocation {
    let target = node.map_or_else(|| target.to_owned(), |node| format!("{node}:{target}"));
    Invocation::new("minikube", ["cp"]).arg(file).args([target.as_str(), "--profile", profile])
}

/// Returns the call that runs a script on a node; the name of the node is not needed if the profile has only one.
pub fn ssh(profile: &str, node: Option<&str>, script: &str) -> Invocation {
    match node {
        Some(node) => of(profile, &["ssh", "--node", node, "--", script]),
        None => of(profile, &["ssh", "--", script]),
    }
}

fn of(profile: &str, args: &[&str]) -> Invocation {
    // Everything behind `--` belongs to the script.
    let (own, rest) = args.split_at(args.iter().position(|arg| *arg == "--").unwrap_or(args.len()));
    Invocation::new("minikube", [own, &["--profile", profile], rest].concat())
}

/// Returns the call that lists all pods; it uses only the profile's own context.
pub fn pods(profile: &str) -> Invocation {
    let args = ["--context", profile, "get", "pods", "--all-namespaces", "--output", "json", "--request-timeout", "5s"];
    Invocation::new("kubectl", args)
}

/// Returns the call that restarts the pods of an owner, such as `deployment/api`.
pub fn restart(profile: &str, namespace: &str, owner: &str) -> Invocation {
    Invocation::new("kubectl", ["--context", profile, "--namespace", namespace, "rollout", "restart", owner])
}
