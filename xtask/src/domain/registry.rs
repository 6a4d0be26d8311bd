//! What registries are asked and told: the calls as values, their answers, and the problems of what went wrong.
//!
//! A digest is always the registry's own: `docker pull` of the tag reports the same one. Of an index it is that of the
//! index.

use std::fmt;
use std::path::PathBuf;

use process::Invocation;
use serde_json::Value;
use shown::shown_path;

use super::docker_argv;
use super::engine::Builder;
use super::image::{Digest, Reference};
use super::lenient::{document, field, text};
use super::problem::Problem;
use super::registry_words::{Cause, is_absent, reason};

/// What the docker client of this machine can do with a registry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RegistryTools {
    /// Whether buildx answers questions.
    pub inspects: bool,
    /// Whether buildx gives a manifest another tag without changing it. Before 0.15 it puts the manifest of a single
    /// image into an index, which has another digest.
    pub copies: bool,
}

impl RegistryTools {
    /// Returns the tools that come with a builder.
    pub fn of(builder: &Builder) -> Self {
        Self { inspects: matches!(builder, Builder::Buildx { .. }), copies: builder.keeps_single_manifests() }
    }
}

/// An image that a registry has under a tag that nobody relies on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// The reference, with the tag.
    pub reference: Reference,
    /// The registry's digest.
    pub digest: Digest,
}

impl Candidate {
    /// Returns the reference by digest, which nobody can move.
    pub fn by_digest(&self) -> Reference {
        Reference { tag: None, digest: Some(self.digest.clone()), ..self.reference.clone() }
    }
}

/// Returns the call that prints what a registry has under a reference, through buildx.
pub fn inspect(reference: &Reference) -> Invocation {
    Invocation::new("docker", ["buildx", "imagetools", "inspect", "--format", "{{json .Manifest}}"])
        .arg(reference.to_string())
}

/// Returns the call that prints the manifest itself, through buildx.
pub fn inspect_raw(reference: &Reference) -> Invocation {
    Invocation::new("docker", ["buildx", "imagetools", "inspect", "--raw"]).arg(reference.to_string())
}

/// Returns the call that prints what a registry has under a reference, without buildx. `plain` is for registries that
/// speak HTTP: without it, the client says of them that they have no such manifest.
pub fn inspect_manifest(reference: &Reference, plain: bool) -> Invocation {
    let call = Invocation::new("docker", ["manifest", "inspect", "--verbose"]);
    let call = if plain { call.arg("--insecure") } else { call };
    call.arg(reference.to_string())
}

/// Returns the call that prints the registries that the engine uses without TLS.
pub fn engine_registries() -> Invocation {
    Invocation::new("docker", ["info", "--format", "{{json .RegistryConfig}}"])
}

/// Returns the call that pushes an image of the engine.
pub fn push(reference: &Reference) -> Invocation {
    Invocation::new("docker", ["push"]).arg(reference.to_string())
}

/// Returns the call that gives the same manifest another tag in the registry, through buildx.
pub fn copy(from: &Reference, to: &Reference) -> Invocation {
    let fixed = ["buildx", "imagetools", "create", "--prefer-index=false", "--tag"];
    Invocation::new("docker", fixed).args([to.to_string(), from.to_string()])
}

/// Returns the calls that give the manifest of a candidate another tag, for a preview. Without a buildx that copies,
/// the engine's image gets the other name for a moment and is pushed again; the registry has all of it but the tag.
pub fn promotion(tools: RegistryTools, from: &Reference, to: &Reference) -> Vec<Invocation> {
    if tools.copies {
        return vec![copy(from, to)];
    }
    let name = to.to_string();
    vec![docker_argv::tag(&from.to_string(), &name), push(to), docker_argv::untag(&name)]
}

/// Returns the registry's name for messages and for `docker login`.
pub fn host(reference: &Reference) -> &str {
    reference.registry.as_deref().unwrap_or("docker.io")
}

/// Whether the engine speaks HTTP with the registry of a reference: on this machine, or by its settings. `config` is
/// the answer to [`engine_registries`].
pub fn is_plain(reference: &Reference, config: &str) -> bool {
    let registry = host(reference);
    let name = registry.rsplit_once(':').map_or(registry, |(name, _)| name);
    if name == "localhost" || name == "[::1]" || name.starts_with("127.") {
        return true;
    }
    let config = document(config, |value| field(value, "IndexConfigs").is_some());
    let settings = config.as_ref().and_then(|config| field(config, "IndexConfigs")?.get(registry));
    settings.and_then(|settings| field(settings, "Secure")?.as_bool()) == Some(false)
}

/// Reads the answer to [`inspect`]: the digest, or none if the registry has no such tag.
///
/// # Errors
///
/// The refusal, or an answer without a digest.
pub fn read_inspected(
    reference: &Reference,
    (code, stdout, stderr): (Option<i32>, &str, &str),
) -> Result<Option<Digest>, RegistryFailure> {
    if code != Some(0) {
        return absent_or_refused(reference, stdout, stderr);
    }
    let answer = document(stdout, |value| field(value, "digest").is_some());
    digest_in(reference, answer.as_ref()).map(Some)
}

/// Reads the answer to [`inspect_manifest`]: the digest, or none if the registry has no such tag.
///
/// # Errors
///
/// The refusal, an index, or an answer without a digest.
pub fn read_manifest(
    reference: &Reference,
    (code, stdout, stderr): (Option<i32>, &str, &str),
) -> Result<Option<Digest>, RegistryFailure> {
    if code != Some(0) {
        return absent_or_refused(reference, stdout, stderr);
    }
    let is_entry = |value: &Value| field(value, "Descriptor").is_some();
    let answer =
        document(stdout, |value| is_entry(value) || value.as_array().is_some_and(|all| all.iter().any(is_entry)));
    match answer.as_ref() {
        Some(Value::Array(_)) => Err(RegistryFailure::Index { reference: boxed(reference) }),
        answer => digest_in(reference, answer.and_then(|answer| field(answer, "Descriptor"))).map(Some),
    }
}

/// Returns the digest of the configuration that a manifest names; none for an index.
pub fn config_of(manifest: &str) -> Option<String> {
    let manifest =
        document(manifest, |value| field(value, "config").is_some() || field(value, "Descriptor").is_some())?;
    let inner = ["SchemaV2Manifest", "OCIManifest"].iter().find_map(|name| field(&manifest, name));
    text(field(inner.unwrap_or(&manifest), "config")?, "digest")
}

fn absent_or_refused(reference: &Reference, stdout: &str, stderr: &str) -> Result<Option<Digest>, RegistryFailure> {
    let said = [stdout, "\n", stderr].concat();
    if let Some(tag) = &reference.tag
        && said.lines().any(|line| is_absent(line, tag))
    {
        return Ok(None);
    }
    Err(RegistryFailure::refused(reference, &said))
}

fn digest_in(reference: &Reference, value: Option<&Value>) -> Result<Digest, RegistryFailure> {
    let digest = value.and_then(|value| text(value, "digest")).and_then(|digest| digest.parse().ok());
    digest.ok_or_else(|| RegistryFailure::Unreadable { reference: boxed(reference) })
}

/// Why a registry does not have what it should have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RegistryFailure {
    /// The registry refused, or did not answer. Nothing was changed.
    Refused {
        /// What it was asked about.
        reference: Box<Reference>,
        /// The cause.
        cause: Cause,
        /// The words of the client or of the registry.
        words: String,
    },
    /// The registry has another image under the tag.
    OtherImage {
        /// The reference.
        reference: Box<Reference>,
        /// The digest in the registry.
        found: Digest,
        /// The digest that it should be; none if the engine does not know it.
        expected: Option<Digest>,
        /// Whether the registry said that its tags cannot be overwritten.
        immutable: bool,
    },
    /// The registry lost the connection while it was told to change something, and does not say what it has now.
    Unknown {
        /// The reference.
        reference: Box<Reference>,
        /// The words of the client.
        words: String,
    },
    /// The client reported success, but the registry does not have the tag.
    Absent {
        /// The reference.
        reference: Box<Reference>,
    },
    /// The tag is an index, of which the client does not say the digest without buildx.
    Index {
        /// The reference.
        reference: Box<Reference>,
    },
    /// The answer of the client has no digest.
    Unreadable {
        /// The reference.
        reference: Box<Reference>,
    },
    /// The engine has no image under the reference, or one that was never pushed under it.
    NotHere {
        /// The reference.
        reference: Box<Reference>,
        /// The digest that the image should have; none if any will do.
        expected: Option<Digest>,
    },
    /// The build with attestations failed, and not for the registry.
    NotAttested {
        /// The reference that it should push.
        reference: Box<Reference>,
        /// The words of the builder.
        words: String,
        /// The log of the build.
        log: PathBuf,
    },
    /// The registry has something else under a reference than one image with attestations.
    NotVerified {
        /// The reference.
        reference: Box<Reference>,
        /// The digest of the image.
        image: Digest,
        /// What it is instead.
        found: String,
    },
}

impl RegistryFailure {
    /// Makes the failure of a call that printed this.
    pub fn refused(reference: &Reference, said: &str) -> Self {
        let words = reason(said).to_owned();
        Self::Refused { reference: boxed(reference), cause: super::registry_words::cause(&words), words }
    }

    /// Returns the cause of a refusal.
    pub fn cause(&self) -> Option<Cause> {
        match self {
            Self::Refused { cause, .. } => Some(*cause),
            _ => None,
        }
    }

    /// Returns the words of the client or of the registry; the message if there are none.
    pub fn words(&self) -> String {
        match self {
            Self::Refused { words, .. } | Self::Unknown { words, .. } => words.clone(),
            other => other.problem().message,
        }
    }

    /// Whether it is not known what the registry has, so that nothing must be undone and the question has to be asked
    /// again.
    pub fn is_undecided(&self) -> bool {
        matches!(self, Self::Unknown { .. })
    }

    /// Returns the problem with its remedy.
    pub fn problem(&self) -> Problem {
        match self {
            Self::Refused { reference, cause, words } => refused(reference, *cause).cause(words.as_str()),
            Self::OtherImage { reference, found, expected, immutable } => {
                let problem = Problem::new(format!("the registry has another image under `{reference}`"))
                    .note(format!("in the registry: {found}"));
                let problem = match expected {
                    Some(expected) => problem.note(format!("this image: {expected}")),
                    None => problem,
                };
                let problem = if *immutable {
                    problem.note("the registry does not let its tags be overwritten")
                } else {
                    problem
                };
                problem.hint(format!("see what it is with `docker buildx imagetools inspect {reference}`"))
            }
            Self::Unknown { reference, words } => {
                Problem::new(format!("it is not known whether the registry has taken `{reference}`"))
                    .cause(words.as_str())
                    .hint(format!("ask it when it answers again: `docker buildx imagetools inspect {reference}`"))
            }
            Self::Absent { reference } => Problem::new(format!(
                "the registry does not have `{reference}`, though the docker client reported success"
            )),
            Self::Index { reference } => Problem::new(format!("the digest of `{reference}` cannot be read"))
                .note("it is an index of images, and without buildx the docker client does not print its digest")
                .hint("install the buildx plugin of the docker client; `docker buildx version` shows it"),
            Self::Unreadable { reference } => {
                Problem::new(format!("the docker client did not print the digest of `{reference}`"))
                    .hint(format!("run it alone to see its output: `{}`", inspect(reference)))
            }
            Self::NotHere { reference, expected: None } => {
                Problem::new(format!("the engine has no image `{reference}` to push"))
            }
            Self::NotHere { reference, expected: Some(digest) } => {
                Problem::new(format!("the engine's image `{reference}` is not the one that was pushed"))
                    .note(format!("pushed: {digest}"))
            }
            Self::NotAttested { reference, words, log } => {
                Problem::new(format!("`{reference}` was not built with attestations"))
                    .cause(words.as_str())
                    .note(format!("log of the build: `{}`", shown_path(log)))
            }
            Self::NotVerified { reference, image, found } => {
                Problem::new(format!("`{reference}` is not the verified image with attestations"))
                    .note(format!("verified: {image}"))
                    .note(format!("in the registry: {found}"))
                    .note("the builder makes another image if its cache was emptied after the build")
                    .hint("run the release again")
            }
        }
    }
}

impl fmt::Display for RegistryFailure {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.problem().message)
    }
}

impl std::error::Error for RegistryFailure {}

fn boxed(reference: &Reference) -> Box<Reference> {
    Box::new(reference.clone())
}

/// Returns the problem of a refusal, without the words.
fn refused(reference: &Reference, cause: Cause) -> Problem {
    let registry = host(reference);
    let login = match reference.registry.as_deref() {
        Some(registry) => format!("docker login {registry}"),
        None => "docker login".to_owned(),
    };
    match cause {
        Cause::Login => Problem::new(format!("the registry `{registry}` asks for a login for `{reference}`"))
            .hint(format!("log in with `{login}`")),
        Cause::Denied => Problem::new(format!("the registry `{registry}` refuses this user for `{reference}`"))
            .hint(format!("get the permission to push there, or log in as another user with `{login}`")),
        Cause::Immutable => {
            Problem::new(format!("the registry `{registry}` does not let `{reference}` be overwritten"))
        }
        Cause::NoAnswer => Problem::new(format!("the registry `{registry}` gave no answer about `{reference}`")),
        Cause::PlainHttp => Problem::new(format!("the registry `{registry}` speaks HTTP without TLS"))
            .note("the docker client does not use such a registry unless the engine's `insecure-registries` names it"),
        Cause::Other => Problem::new(format!("the registry `{registry}` did not accept `{reference}`")),
    }
}

#[cfg(test)]
#[path = "registry_tests.rs"]
mod tests;
