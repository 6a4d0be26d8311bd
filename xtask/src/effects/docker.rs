//! Typed calls of the docker client. No policy.

use std::collections::HashMap;
use std::time::Duration;

use process::{Captured, Invocation, RunError, Runner};
use serde::Deserialize;
use serde_json::Value;

use crate::domain::builder_words::BuilderInUse;
use crate::domain::docker_argv;
use crate::domain::docker_words::{self, NotDocker, Versions};
use crate::domain::engine::{BrokenPlugin, Builder, EngineFacts, ImageFacts, STAND_IN_LABEL};
use crate::domain::image::Reference;
use crate::domain::secrets::without_numbers;
use crate::effects::tool::ToolError;

/// Time limit of a question.
pub(super) const QUESTION: Duration = Duration::from_secs(20);

/// Time limit of removing an image.
pub const REMOVAL: Duration = Duration::from_mins(1);

/// Why the engine cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// The client gave no usable answer.
    #[error(transparent)]
    Client(#[from] ToolError),
    /// The client ran, but no engine answered; holds the client's own words.
    #[error("{0}")]
    Silent(String),
    /// The program is not docker's client.
    #[error("{}", .0.problem(None).message)]
    NotDocker(NotDocker),
    /// The answer cannot be parsed. The parser's message is not used, as it may contain a part of the answer.
    #[error("cannot read the answer of `{question}`, at line {line}, column {column}")]
    Unreadable {
        /// The call.
        question: String,
        /// The line of the error.
        line: usize,
        /// The column of the error.
        column: usize,
    },
}

impl From<RunError> for EngineError {
    fn from(error: RunError) -> Self {
        Self::Client(error.into())
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Image {
    id: String,
    size: u64,
    #[serde(default)]
    repo_tags: Option<Vec<String>>,
    #[serde(default)]
    repo_digests: Option<Vec<String>>,
    #[serde(default)]
    config: Option<ImageConfig>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct HistoryEntry {
    #[serde(default)]
    created_by: String,
    #[serde(default)]
    comment: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ImageConfig {
    #[serde(default)]
    labels: Option<HashMap<String, String>>,
}

/// Returns the facts about the engine and the builder.
///
/// # Errors
///
/// The client gives no answer, is another program, or has no engine; or its answer cannot be parsed.
pub fn engine_facts(runner: &Runner) -> Result<EngineFacts, EngineError> {
    let (versions, answer) = versions(runner)?;
    let Some(server) = versions.server.filter(|_| answer.code == Some(0)) else {
        return Err(EngineError::Silent(refusal(&answer)));
    };
    let (builder, broken_plugin) = builder_of(runner, &versions.client)?;
    let warnings = docker_words::warnings(&answer.stderr);
    Ok(EngineFacts { server_version: server, builder, broken_plugin, context: versions.context, warnings })
}

/// Returns the builder, which the client knows without an engine.
///
/// # Errors
///
/// The client gives no answer, is another program, or its answer cannot be parsed.
pub fn builder(runner: &Runner) -> Result<(Builder, Option<BrokenPlugin>), EngineError> {
    let (versions, _) = versions(runner)?;
    builder_of(runner, &versions.client)
}

fn versions(runner: &Runner) -> Result<(Versions, Captured), EngineError> {
    let answer = runner.capture(&docker_argv::version(), QUESTION)?;
    let versions = docker_words::versions_of(&answer.stdout, &answer.stderr).map_err(EngineError::NotDocker)?;
    Ok((versions, answer))
}

fn builder_of(runner: &Runner, client: &str) -> Result<(Builder, Option<BrokenPlugin>), EngineError> {
    let answer = runner.capture(&docker_argv::buildx_version(), QUESTION)?;
    // `github.com/docker/buildx v0.13.1 788433953af10f2a698f5c07611dddce2e08c7a0`
    let buildx = answer.stdout.split_whitespace().nth(1).filter(|_| answer.code == Some(0));
    let broken = match buildx {
        Some(_) => None,
        // If the client does not support the call, there is no broken plugin to report.
        None => BrokenPlugin::read(&runner.capture(&docker_argv::client_info(), QUESTION)?.stdout),
    };
    Ok((Builder::choose(buildx, client), broken))
}

/// Returns the name and the driver of buildx's current builder, if it prints them.
pub fn current_builder(runner: &Runner) -> Option<BuilderInUse> {
    let answer = runner.capture(&docker_argv::inspect_builder(), QUESTION).ok()?;
    BuilderInUse::inspected(&answer.stdout)
}

/// Whether the engine keeps images in the containerd store, where IDs are digests of manifests.
///
/// # Errors
///
/// The client or the engine gives no answer.
pub fn has_containerd_store(runner: &Runner) -> Result<bool, EngineError> {
    let question = docker_argv::store();
    let answer = answered(&question, runner.capture(&question, QUESTION)?)?;
    Ok(docker_words::is_containerd_store(&answer.stdout))
}

/// Returns facts about those of the images that the engine has, by the name that was asked for.
///
/// # Errors
///
/// The client or the engine gives no answer, or an answer that cannot be parsed.
pub fn images(runner: &Runner, references: &[String]) -> Result<HashMap<String, ImageFacts>, EngineError> {
    let mut found = HashMap::new();
    if references.is_empty() {
        return Ok(found);
    }
    for image in inspected::<Image>(runner, references)? {
        let names = image.repo_tags.iter().flatten().chain(image.repo_digests.iter().flatten());
        for name in names.filter_map(|name| asked_name(name, references)) {
            found.insert(name, facts(&image));
        }
    }
    Ok(found)
}

/// Everything that the engine knows about an image.
#[derive(Clone, Debug)]
pub struct ImageDetails {
    /// The facts that a build reports.
    pub facts: ImageFacts,
    /// The configuration: `Env`, `Labels`, `Cmd` and more.
    pub config: Value,
    /// The digests of its unpacked layers, the lowest first.
    pub layers: Vec<String>,
    /// Everything else, as JSON without numbers.
    pub text: String,
}

/// Returns everything about an image; none if the engine does not have it.
///
/// # Errors
///
/// The client or the engine gives no answer, or an answer that cannot be parsed.
pub fn image_details(runner: &Runner, reference: &str) -> Result<Option<ImageDetails>, EngineError> {
    let Some(mut image) = inspected::<Value>(runner, &[reference.to_owned()])?.pop() else { return Ok(None) };
    let described: Image = read(&docker_argv::inspect_images(&[reference.to_owned()]), &image.to_string())?;
    let layers = image.pointer("/RootFS/Layers").and_then(Value::as_array).cloned().unwrap_or_default();
    let mut taken = |key: &str| image.as_object_mut().and_then(|fields| fields.remove(key)).unwrap_or(Value::Null);
    let config = taken("Config");
    // The container of the last step, which repeats the configuration.
    taken("ContainerConfig");
    Ok(Some(ImageDetails {
        facts: facts(&described),
        config,
        layers: layers.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        text: without_numbers(image).to_string(),
    }))
}

/// Returns how each layer of an image was made, the oldest first.
///
/// # Errors
///
/// The client or the engine gives no answer, or an answer that cannot be parsed.
pub fn history(runner: &Runner, reference: &str) -> Result<Vec<String>, EngineError> {
    let question = docker_argv::history(reference);
    let answer = answered(&question, runner.capture(&question, QUESTION)?)?;
    let text = String::from_utf8_lossy(&answer.stdout_bytes).into_owned();
    let entry = |line: &str| {
        let HistoryEntry { created_by, comment } = read(&question, line)?;
        // The comment of a builder names the builder.
        let said = [created_by, comment].into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>();
        Ok(said.join(" # "))
    };
    let mut entries: Vec<String> =
        text.lines().filter(|line| !line.trim().is_empty()).map(entry).collect::<Result<_, EngineError>>()?;
    entries.reverse();
    Ok(entries)
}

fn read<T: serde::de::DeserializeOwned>(question: &Invocation, text: &str) -> Result<T, EngineError> {
    serde_json::from_str(text).map_err(|error| EngineError::Unreadable {
        question: question.to_string(),
        line: error.line(),
        column: error.column(),
    })
}

/// Returns what the engine prints about those of the images that it has, unmasked: masked text would differ from the
/// text in the image.
pub(super) fn inspected<T: serde::de::DeserializeOwned>(
    runner: &Runner,
    references: &[String],
) -> Result<Vec<T>, EngineError> {
    let question = docker_argv::inspect_images(references);
    let answer = runner.capture(&question, QUESTION)?;
    let text = String::from_utf8_lossy(&answer.stdout_bytes);
    // The client reports each image as present or missing; if some are neither, the engine has failed meanwhile.
    let missing = answer.stderr.lines().filter(|line| docker_words::is_no_such_image(line)).count();
    let found = serde_json::from_str::<Vec<Value>>(text.trim()).map_or(0, |images| images.len());
    if answer.code != Some(0) && found.saturating_add(missing) < references.len() {
        return Err(refused(&question, &answer));
    }
    read(&question, text.trim())
}

/// Returns an answer with exit code 0, otherwise an error.
pub(super) fn answered(question: &Invocation, answer: Captured) -> Result<Captured, EngineError> {
    if answer.code == Some(0) { Ok(answer) } else { Err(refused(question, &answer)) }
}

fn refused(question: &Invocation, answer: &Captured) -> EngineError {
    ToolError::refused(question, refusal(answer)).into()
}

/// Returns the name under which an image was asked for: engines add or leave out the default registry.
fn asked_name(name: &str, references: &[String]) -> Option<String> {
    let found: Reference = name.parse().ok()?;
    let is_meant = |asked: &&String| asked.parse::<Reference>().is_ok_and(|asked| asked.names_the_same(&found));
    references.iter().find(is_meant).cloned()
}

fn facts(image: &Image) -> ImageFacts {
    let digest = image.repo_digests.iter().flatten().find_map(|name| name.split_once('@'));
    let labels = image.config.as_ref().and_then(|config| config.labels.as_ref());
    ImageFacts {
        id: image.id.clone(),
        size_bytes: image.size,
        digest: digest.map(|(_, digest)| digest.to_owned()),
        stand_in: labels.and_then(|labels| labels.get(STAND_IN_LABEL)).is_some_and(|value| value == "true"),
    }
}

/// Gives an image, by its ID or a reference, another reference. The reference is taken from any other image.
///
/// # Errors
///
/// The client or the engine gives no answer, or refuses.
pub fn tag(runner: &Runner, image: &str, reference: &str) -> Result<(), EngineError> {
    let call = docker_argv::tag(image, reference);
    answered(&call, runner.capture(&call, QUESTION)?).map(drop)
}

/// Removes a reference from its image, and the image if it has no other one; returns false if there was no such
/// reference.
///
/// # Errors
///
/// The client or the engine gives no answer, or refuses.
pub fn untag(runner: &Runner, reference: &str) -> Result<bool, EngineError> {
    let call = docker_argv::untag(reference);
    let answer = runner.capture(&call, REMOVAL)?;
    if answer.code != Some(0) && answer.stderr.lines().any(docker_words::is_no_such_image) {
        return Ok(false);
    }
    answered(&call, answer).map(|_| true)
}

/// Returns the name of the docker context in use; none if the client does not print it.
pub fn current_context(runner: &Runner) -> Option<String> {
    let answer = runner.capture(&docker_argv::context_show(), QUESTION).ok()?;
    let name = answer.stdout.trim();
    (answer.code == Some(0) && !name.is_empty()).then(|| name.to_owned())
}

pub(super) fn refusal(answer: &Captured) -> String {
    let said = [answer.stdout.as_str(), "\n", answer.stderr.as_str()].concat();
    docker_words::reason(&said).unwrap_or("the docker client printed nothing").to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::text::megabytes;
    use proptest::prelude::*;

    /// Numbers of every size and form in JSON, and other values.
    fn value() -> impl Strategy<Value = String> {
        prop_oneof![
            any::<u64>().prop_map(|number| number.to_string()),
            any::<i64>().prop_map(|number| number.to_string()),
            any::<f64>()
                .prop_filter("JSON has finite numbers only", |number| number.is_finite())
                .prop_map(|number| format!("{number:e}")),
            "-?[1-9][0-9]{0,40}(\\.[0-9]{1,20})?([eE][-+]?[0-9]{1,4})?",
            ".{0,12}".prop_map(|text| Value::from(text).to_string()),
            prop_oneof![Just("null"), Just("true"), Just("[]"), Just("{}"), Just("[[1]]"), Just("")]
                .prop_map(str::to_owned),
        ]
    }

    proptest! {
        #[test]
        fn any_answer_about_an_image_has_facts_or_an_error(
            size in value(), id in value(), tags in value(), digests in value(), label in value(), created in value(),
        ) {
            let question = docker_argv::inspect_images(&["app:1".to_owned()]);
            let config = format!(r#"{{"Labels":{{"{STAND_IN_LABEL}":{label}}}}}"#);
            let text = format!(
                r#"[{{"Id":{id},"Size":{size},"RepoTags":{tags},"RepoDigests":{digests},"Config":{config},"CreatedBy":{created}}}]"#
            );
            match read::<Vec<Image>>(&question, &text) {
                Ok(images) => {
                    let facts = facts(&images[0]);
                    prop_assert_eq!(facts.size_bytes.to_string(), size.clone());
                    prop_assert!(megabytes(facts.size_bytes).ends_with(" MB"));
                }
                Err(error) => {
                    // The error names only the position, since the answer may contain a secret.
                    let message = error.to_string();
                    prop_assert!(message.starts_with("cannot read the answer of `docker "), "{message}");
                }
            }
            let history = format!(r#"{{"CreatedBy":{created},"Comment":{label}}}"#);
            let _entry_or_error = read::<HistoryEntry>(&question, &history);
        }
    }

    #[test]
    fn the_largest_size_is_read_and_a_larger_one_is_none() {
        let question = docker_argv::inspect_images(&["app:1".to_owned()]);
        let of = |size: &str| read::<Vec<Image>>(&question, &format!(r#"[{{"Id":"a","Size":{size}}}]"#)).ok();
        assert_eq!(of("18446744073709551615").map(|images| images[0].size), Some(u64::MAX));
        for size in ["18446744073709551616", "-1", "1.5", "1e3", "\"5\"", "null"] {
            assert!(of(size).is_none(), "{size}");
        }
    }
}
