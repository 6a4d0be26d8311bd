//! The contract of a component, as taskflow.toml declares it. A key that is not set requires nothing.

use crate::domain::image::Reference;
use crate::domain::name::VariableName;

/// The contract of one component.
#[derive(Clone, Debug, Default)]
pub struct Contract {
    /// The line of its header in taskflow.toml.
    pub line: usize,
    /// The images that a stage may begin from, or copy files from.
    pub base_images: Option<Declared<Vec<Reference>>>,
    /// The names of the stages, in order; the last one becomes the image.
    pub stages: Option<Declared<Vec<String>>>,
    /// The port that the container listens on.
    pub port: Option<Declared<u16>>,
    /// The transport protocol of the port.
    pub protocol: Protocol,
    /// The words of `CMD`.
    pub command: Option<Declared<Vec<String>>>,
    /// The working directory.
    pub workdir: Option<Declared<String>>,
    /// The name of the user.
    pub user: Option<Declared<String>>,
    /// The user ID.
    pub uid: Option<Declared<u32>>,
    /// The size that the image must stay below, in megabytes (10^6 bytes) of all layers without compression.
    pub max_size_mb: Option<Declared<u64>>,
    /// The size that the sent build context must stay below, in megabytes (10^6 bytes).
    pub max_context_mb: Option<Declared<u64>>,
    /// What the ignore file must exclude: patterns as in an ignore file.
    pub ignore: Option<Declared<Vec<String>>>,
    /// The time from the start of a container to its first answer, in seconds.
    pub startup_seconds: Option<Declared<u64>>,
    /// The signal that ends the container.
    pub stop_signal: Option<Declared<StopSignal>>,
    /// The time that the container may take to end, in seconds.
    pub stop_grace_seconds: Option<Declared<u64>>,
    /// Whether the container runs with a read-only root file system.
    pub read_only_root: bool,
    /// The variables of the container's environment.
    pub environment: Vec<RuntimeVariable>,
    /// The health check.
    pub health: Option<Health>,
    /// A request that the application answers only when it has read the body.
    pub drain_request: Option<DrainRequest>,
    /// The database that the component needs.
    pub database: Option<Database>,
    /// The limits on CPU and memory.
    pub resources: Option<Resources>,
}

/// A declared value and its line in taskflow.toml.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Declared<T> {
    /// The value.
    pub value: T,
    /// The line of the value, from 1.
    pub line: usize,
}

/// A transport protocol.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Protocol {
    /// HTTP, on TCP.
    #[default]
    Http,
    /// TCP.
    Tcp,
    /// UDP.
    Udp,
}

impl Protocol {
    /// The names in taskflow.toml.
    pub const NAMES: [&str; 3] = ["http", "tcp", "udp"];

    /// Parses a name of taskflow.toml.
    pub fn parse(name: &str) -> Option<Self> {
        match name {
            "http" => Some(Self::Http),
            "tcp" => Some(Self::Tcp),
            "udp" => Some(Self::Udp),
            _ => None,
        }
    }

    /// Returns the protocol as `EXPOSE` names it.
    pub fn transport(self) -> &'static str {
        match self {
            Self::Http | Self::Tcp => "tcp",
            Self::Udp => "udp",
        }
    }
}

/// A signal that ends a container.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StopSignal(String);

/// The names of signals and their numbers, as on every platform that containers run on.
const SIGNALS: [(&str, &str); 7] =
    [("HUP", "1"), ("INT", "2"), ("QUIT", "3"), ("KILL", "9"), ("USR1", "10"), ("USR2", "12"), ("TERM", "15")];

impl StopSignal {
    /// The signal of images that set none.
    pub const DEFAULT: &str = "SIGTERM";

    /// Parses a signal: `SIGTERM`, `TERM`, or `15`, in any case.
    pub fn parse(text: &str) -> Self {
        let upper = text.trim().to_ascii_uppercase();
        let name = upper.strip_prefix("SIG").unwrap_or(&upper);
        let by_number = SIGNALS.iter().find(|(_, number)| *number == name).map(|(name, _)| *name);
        Self(format!("SIG{}", by_number.unwrap_or(name)))
    }

    /// Whether this signal can be a stop signal of a container: SIGKILL ends it without a chance to finish requests.
    pub fn is_known(&self) -> bool {
        SIGNALS.iter().any(|(name, _)| self.0.strip_prefix("SIG") == Some(*name))
    }

    /// Returns the name, such as `SIGTERM`.
    pub fn name(&self) -> &str {
        &self.0
    }
}

/// A variable of the container's environment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuntimeVariable {
    /// The name.
    pub name: VariableName,
    /// Where its value comes from.
    pub source: VariableSource,
    /// Whether the container needs it.
    pub required: bool,
    /// The value without one from outside; the value in the image for `VariableSource::Image`.
    pub default: Option<String>,
    /// The values that are valid; empty if all are.
    pub allowed: Vec<String>,
    /// A value for the containers that `verify` starts.
    pub example: Option<String>,
    /// The line in taskflow.toml.
    pub line: usize,
}

/// Where the value of a variable comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VariableSource {
    /// A `ConfigMap` of Kubernetes.
    ConfigMap,
    /// A `Secret` of Kubernetes.
    Secret,
    /// `ENV` in the Dockerfile.
    Image,
}

impl VariableSource {
    /// The names in taskflow.toml.
    pub const NAMES: [&str; 3] = ["config-map", "secret", "image"];

    /// Parses a name of taskflow.toml.
    pub fn parse(name: &str) -> Option<Self> {
        match name {
            "config-map" => Some(Self::ConfigMap),
            "secret" => Some(Self::Secret),
            "image" => Some(Self::Image),
            _ => None,
        }
    }
}

/// A health check over HTTP.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Health {
    /// The path.
    pub path: String,
    /// The method.
    pub method: String,
    /// The status of a healthy container.
    pub healthy_status: u16,
    /// The body of a healthy container, as JSON or as text; none if every body is valid.
    pub healthy_body: Option<String>,
    /// The status of a container that is not healthy, such as one whose database is unreachable.
    pub unhealthy_status: Option<u16>,
    /// The body of a container that is not healthy.
    pub unhealthy_body: Option<String>,
    /// The line in taskflow.toml.
    pub line: usize,
}

/// A request whose body `verify` sends slowly, so that it is in flight while the container ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DrainRequest {
    /// The path.
    pub path: String,
    /// The method.
    pub method: String,
    /// The content type.
    pub content_type: String,
    /// The body.
    pub body: String,
    /// The line in taskflow.toml.
    pub line: usize,
}

/// A database that the component needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Database {
    /// The kind of the database. `postgresql` is the only one.
    pub engine: String,
    /// The variable that has its address.
    pub variable: VariableName,
    /// The line in taskflow.toml.
    pub line: usize,
}

/// Limits on CPU, in thousandths of a core, and on memory, in MiB.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Resources {
    /// CPU at idle.
    pub idle_cpu_millicores: Option<u64>,
    /// Memory at idle.
    pub idle_memory_mib: Option<u64>,
    /// CPU under load.
    pub load_cpu_millicores: Option<u64>,
    /// Memory under load.
    pub load_memory_mib: Option<u64>,
    /// The path of the requests of the load.
    pub load_path: Option<String>,
    /// The line in taskflow.toml.
    pub line: usize,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signal_has_one_name_however_it_is_written() {
        for text in ["SIGTERM", "TERM", "15", "sigterm", " term "] {
            assert_eq!(StopSignal::parse(text).name(), "SIGTERM", "{text}");
        }
        assert_eq!(StopSignal::parse("9"), StopSignal::parse("SIGKILL"));
        assert_eq!(StopSignal::parse("SIGRTMIN+3").name(), "SIGRTMIN+3");
        assert!(StopSignal::parse("2").is_known() && !StopSignal::parse("SIGNOSUCH").is_known());
    }

    #[test]
    fn names_of_taskflow_toml_are_all_parsed() {
        assert!(Protocol::NAMES.iter().all(|name| Protocol::parse(name).is_some()));
        assert!(VariableSource::NAMES.iter().all(|name| VariableSource::parse(name).is_some()));
        assert_eq!((Protocol::parse("sctp"), VariableSource::parse("")), (None, None));
    }
}
