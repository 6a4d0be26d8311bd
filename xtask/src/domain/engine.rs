//! Facts about the engine and the builder, and what follows from them.

use process::shell_quoted;
use serde_json::Value;

use super::lenient::{document, field, list, text};

/// Facts about the engine behind the docker client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EngineFacts {
    /// The version of the engine.
    pub server_version: String,
    /// The builder.
    pub builder: Builder,
    /// The buildx plugin, if it is installed but cannot be run.
    pub broken_plugin: Option<BrokenPlugin>,
    /// The docker context in use, if the client prints it. The engine's own builder has the same name.
    pub context: Option<String>,
    /// The client's warnings.
    pub warnings: Vec<String>,
}

/// A plugin that the docker client finds and cannot run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BrokenPlugin {
    /// The path of its file.
    pub path: String,
    /// The client's reason; empty if it gives none.
    pub reason: String,
}

impl BrokenPlugin {
    /// Reads the buildx plugin from `docker info --format '{{json .ClientInfo}}'`; none if it is missing or works.
    pub fn read(said: &str) -> Option<Self> {
        let client = document(said, |value| field(value, "Plugins").is_some())?;
        let broken = |plugin: &Value| {
            let is_buildx = text(plugin, "Name").as_deref() == Some("buildx");
            let error = field(plugin, "Err").filter(|_| is_buildx)?;
            // Clients before 23 write an error as an empty object.
            let reason = error.as_str().unwrap_or_default().to_owned();
            Some(Self { path: text(plugin, "Path")?, reason })
        };
        list(&client, "Plugins").find_map(broken)
    }

    /// Describes the fact in a sentence.
    pub fn describe(&self) -> String {
        match self.reason.as_str() {
            "" => format!("the buildx plugin `{}` cannot be run", self.path),
            reason => format!("the buildx plugin `{}` cannot be run: {reason}", self.path),
        }
    }

    /// Returns the remedy.
    pub fn remedy(&self) -> String {
        let path = shell_quoted(&self.path);
        if self.reason.contains("permission denied") {
            return format!("make it a program with `chmod +x {path}`");
        }
        format!("replace `{path}` by the buildx plugin for this machine, or remove it")
    }
}

/// The builder of images.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Builder {
    /// BuildKit through the buildx plugin.
    Buildx {
        /// The version of the plugin, without a leading `v`.
        version: String,
    },
    /// BuildKit inside a docker client before 23, which needs no plugin.
    BuildKitInClient,
    /// The classic builder.
    Classic,
}

impl Builder {
    /// Chooses the builder that the client would use.
    pub fn choose(buildx_version: Option<&str>, client_version: &str) -> Self {
        match buildx_version {
            Some(version) => Self::Buildx { version: version.trim_start_matches('v').to_owned() },
            None if major_minor(client_version).is_some_and(|version| ((18, 9)..(23, 0)).contains(&version)) => {
                Self::BuildKitInClient
            }
            None => Self::Classic,
        }
    }

    /// Returns the builder that `bootstrap` provides at least, for a preview on a machine without one: Debian 13's
    /// buildx.
    pub fn of_bootstrap() -> Self {
        Self::Buildx { version: "0.13.1".to_owned() }
    }

    /// Whether Dockerfiles may use features that only BuildKit has.
    pub fn is_buildkit(&self) -> bool {
        *self != Self::Classic
    }

    /// Whether the builder accepts `--provenance` and `--sbom`. Attestations would change the image ID with every
    /// build.
    pub fn has_attestations(&self) -> bool {
        matches!(self, Self::Buildx { version } if major_minor(version).is_some_and(|version| version >= (0, 10)))
    }

    /// Whether the builder gives the manifest of a single image another tag without putting it into an index.
    pub fn keeps_single_manifests(&self) -> bool {
        matches!(self, Self::Buildx { version } if major_minor(version).is_some_and(|version| version >= (0, 15)))
    }

    /// Returns the name for messages.
    pub fn describe(&self) -> String {
        match self {
            Self::Buildx { version } => format!("BuildKit through buildx {version}"),
            Self::BuildKitInClient => "BuildKit of the docker client".to_owned(),
            Self::Classic => "the classic builder".to_owned(),
        }
    }
}

fn major_minor(version: &str) -> Option<(u64, u64)> {
    let mut parts = version.split(['.', '-', '+']);
    Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
}

/// Facts about a local image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImageFacts {
    /// The engine's ID of the image.
    pub id: String,
    /// The size in bytes, as the engine counts it.
    pub size_bytes: u64,
    /// The digest in its registry; none if the image was not pulled.
    pub digest: Option<String>,
    /// Whether it is a stand-in made by `cargo rig up bases`.
    pub stand_in: bool,
}

/// The label that marks stand-ins for official base images.
pub const STAND_IN_LABEL: &str = "dev.taskflow.stand-in";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn builders_are_told_apart() {
        let choose = |buildx, client| Builder::choose(buildx, client).describe();
        assert_eq!(choose(Some("v0.13.1"), "28.2.2"), "BuildKit through buildx 0.13.1");
        assert_eq!(choose(None, "20.10.24+dfsg1"), "BuildKit of the docker client");
        assert_eq!(choose(None, "28.2.2"), "the classic builder");
        assert_eq!(choose(None, "18.06.3"), "the classic builder");
        assert_eq!(choose(None, "library-import"), "the classic builder");
    }

    #[test]
    fn a_plugin_that_cannot_be_run_is_found() {
        // docker 28.2.2 with a file that is not executable, and a client without plugins.
        let said = r#"{"Plugins":[{"Name":"compose","Err":"x","Path":"/c"},{"Name":"buildx","Path":"/p/docker-buildx",
            "Err":"failed to fetch metadata: fork/exec /p/docker-buildx: permission denied"}],"Warnings":null}"#;
        let plugin = BrokenPlugin::read(said).unwrap();
        assert_eq!((plugin.path.as_str(), plugin.remedy().contains("chmod +x")), ("/p/docker-buildx", true));
        let said = r#"{"Plugins":[{"Name":"buildx","Path":"/p/docker-buildx","Err":{}}]}"#;
        let plugin = BrokenPlugin::read(said).unwrap();
        assert_eq!((plugin.reason.as_str(), plugin.remedy().contains("replace")), ("", true));
        assert_eq!(BrokenPlugin::read(r#"{"Plugins":[{"Name":"buildx","Path":"/p","Version":"0.13.1"}]}"#), None);
        assert_eq!((BrokenPlugin::read(r#"{"Plugins":[]}"#), BrokenPlugin::read("null")), (None, None));
    }

    #[test]
    fn attestations_came_with_buildx_0_10() {
        assert!(Builder::choose(Some("v0.10.0"), "").has_attestations());
        assert!(Builder::choose(Some("0.13.1+ds1"), "").has_attestations());
        assert!(!Builder::choose(Some("v0.9.1"), "").has_attestations());
        assert!(!Builder::BuildKitInClient.has_attestations());
    }

    #[test]
    fn manifests_are_copied_as_they_are_since_buildx_0_15() {
        assert!(Builder::choose(Some("v0.15.0"), "").keeps_single_manifests());
        assert!(Builder::choose(Some("v1.0.0"), "").keeps_single_manifests());
        assert!(!Builder::choose(Some("0.14.1"), "").keeps_single_manifests());
        assert!(!Builder::choose(Some("0.13.1+ds1"), "").keeps_single_manifests());
        assert!(!Builder::Classic.keeps_single_manifests());
    }
}
