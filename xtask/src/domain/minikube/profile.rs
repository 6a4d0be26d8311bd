//! Parses profiles, in the output of `profile list` and `status`.

use serde_json::Value;

use crate::domain::lenient::{document, field, is_list_with, list, text};

/// The profile that the client uses if none is chosen.
pub const DEFAULT_PROFILE: &str = "minikube";

/// Whether a name is valid for a profile: it becomes the name of a file, and an argument.
pub fn is_profile_name(name: &str) -> bool {
    let plain = |letter: char| letter.is_ascii_alphanumeric() || "._-".contains(letter);
    name.chars().all(plain) && !name.is_empty() && !name.starts_with(['.', '-'])
}

/// The container runtime of the nodes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Runtime {
    /// Docker.
    Docker,
    /// containerd by itself.
    Containerd,
    /// CRI-O.
    CriO,
}

impl Runtime {
    /// Returns the runtime with this name; none for an unknown one.
    pub fn of(name: &str) -> Option<Self> {
        match name {
            "docker" => Some(Self::Docker),
            "containerd" => Some(Self::Containerd),
            "cri-o" | "crio" => Some(Self::CriO),
            _ => None,
        }
    }

    /// Returns the name that the client uses.
    pub fn name(self) -> &'static str {
        match self {
            Self::Docker => "docker",
            Self::Containerd => "containerd",
            Self::CriO => "cri-o",
        }
    }
}

/// A profile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Profile {
    /// Its name, which is also that of its context for kubectl.
    pub name: String,
    /// The driver of its machines; empty if it is not known.
    pub driver: String,
    /// The name of its runtime; empty if it is not known.
    pub runtime: String,
    /// The names of its machines, at least one.
    pub nodes: Vec<String>,
    /// Whether it is the active profile, which the client uses if none is chosen.
    pub active: bool,
    /// Whether the client can read its configuration.
    pub valid: bool,
}

/// Parses all profiles, including those that the client cannot use; none if the text is no such list.
pub fn read_profiles(said: &str) -> Option<Vec<Profile>> {
    let fits = |value: &Value| ["valid", "invalid", "error"].iter().any(|name| value.get(name).is_some());
    let document = document(said, fits)?;
    if !document.is_object() || field(&document, "error").is_some() {
        return None;
    }
    let of = |name, valid| list(&document, name).filter_map(move |value| profile(value, valid)).collect::<Vec<_>>();
    Some([of("valid", true), of("invalid", false)].concat())
}

fn profile(value: &Value, valid: bool) -> Option<Profile> {
    let name = text(value, "Name")?;
    let config = field(value, "Config").unwrap_or(&Value::Null);
    let nodes: Vec<&Value> = list(config, "Nodes").collect();
    let kubernetes = field(config, "KubernetesConfig").unwrap_or(&Value::Null);
    let of_a_node = || nodes.iter().find_map(|node| text(node, "ContainerRuntime"));
    let runtime = text(kubernetes, "ContainerRuntime").or_else(of_a_node);
    let driver = text(config, "Driver").or_else(|| text(config, "VMDriver"));
    let machine = |(index, node): (usize, &&Value)| match text(node, "Name") {
        Some(node) if index > 0 => format!("{name}-{node}"),
        // The first machine has the name of the profile, whatever its own name is.
        _ => name.clone(),
    };
    let mut machines: Vec<String> = nodes.iter().enumerate().map(machine).collect();
    if machines.is_empty() {
        machines.push(name.clone());
    }
    Some(Profile {
        driver: driver.unwrap_or_default(),
        runtime: runtime.unwrap_or_default(),
        nodes: machines,
        active: field(value, "Active").and_then(Value::as_bool).unwrap_or_default(),
        name,
        valid,
    })
}

/// Parses the state of each machine's host in the output of `status`; empty if the client knows no machine.
pub fn read_hosts(said: &str) -> Vec<(String, String)> {
    let host = |value: &Value| Some((text(value, "Name")?, text(value, "Host")?));
    let is_node = |value: &Value| field(value, "Name").is_some() && field(value, "Host").is_some();
    match document(said, |value| is_node(value) || is_list_with(value, "Host")) {
        Some(Value::Array(nodes)) => nodes.iter().filter_map(host).collect(),
        Some(node) => host(&node).into_iter().collect(),
        None => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn profiles_of_several_shapes_are_read() {
        let said = r#"{"invalid":[{"Name":"old","Status":"","Config":null}],"valid":[
            {"Name":"minikube","Status":"Skipped","Active":true,"Config":{"Driver":"docker",
             "KubernetesConfig":{"ContainerRuntime":"containerd"},
             "Nodes":[{"Name":"","ControlPlane":true},{"Name":"m02"}]}},
            {"name":"other","config":{"VMDriver":"kvm2","nodes":[{"Name":"m01","ContainerRuntime":"crio"}]}}]}"#;
        let profiles = read_profiles(said).unwrap();
        let [first, other, old] = &profiles[..] else { panic!("{profiles:?}") };
        assert_eq!((first.driver.as_str(), first.runtime.as_str(), first.active), ("docker", "containerd", true));
        assert_eq!(first.nodes, ["minikube", "minikube-m02"]);
        assert_eq!((other.driver.as_str(), Runtime::of(&other.runtime)), ("kvm2", Some(Runtime::CriO)));
        assert_eq!(other.nodes, ["other"]);
        assert!(!old.valid && old.nodes == ["old"] && old.runtime.is_empty());
        assert_eq!(read_profiles(r#"{"valid":null,"invalid":null}"#), Some(Vec::new()));
        assert_eq!(read_profiles(r#"{"error":"no"}"#), None);
        assert_eq!(read_profiles("[]"), None);
    }

    #[test]
    fn names_that_are_paths_or_options_are_no_profiles() {
        assert!(["minikube", "a.b_c-1"].into_iter().all(is_profile_name));
        assert!(!["", "../x", ".x", "-x", "a b", "a/b"].into_iter().any(is_profile_name));
    }

    #[test]
    fn hosts_are_read_alone_and_in_lists() {
        let one = r#"{"Name":"minikube","Host":"Running","Kubelet":"Stopped"}"#;
        let running = || ("minikube".to_owned(), "Running".to_owned());
        assert_eq!(read_hosts(one), [running()]);
        let second = r#"{"Name":"minikube-m02","Host":"Stopped"}"#;
        assert_eq!(
            read_hosts(&format!("[{one},{second}]")),
            [running(), ("minikube-m02".to_owned(), "Stopped".to_owned())]
        );
        assert_eq!(read_hosts("null"), []);
        assert_eq!(read_hosts(r#"{"specversion":"1.0","data":{"name":"x"}}"#), []);
    }
}
