//! Docker calls as values. Nothing here starts a process.

use std::ffi::OsString;

use process::{HiddenValue, Invocation};

use super::engine::Builder;
use super::image::ImageReference;

/// Where a build puts its image.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Output<'a> {
    /// Into the engine, without attestations, under the references of the build.
    Engine,
    /// Into a registry, with provenance, under this reference. Only BuildKit in an engine with the containerd store
    /// can do it.
    Attested(&'a str),
}

/// The parameters of a `docker build`.
#[derive(Clone, Debug)]
pub struct BuildRequest<'a> {
    /// The build context, relative to the repository root.
    pub context: &'a str,
    /// The Dockerfile, relative to the repository root.
    pub dockerfile: &'a str,
    /// The stage to build; none for the last one.
    pub target: Option<&'a str>,
    /// The references of the image, the main one first.
    pub references: &'a [ImageReference],
    /// The labels to set.
    pub labels: &'a [(String, String)],
    /// The build args.
    pub build_args: &'a [(String, HiddenValue)],
    /// Proxies without a password. They are passed on the command line, since in the client's environment they would
    /// redirect the client itself.
    pub proxies: &'a [(String, HiddenValue)],
    /// Secrets for `RUN --mount=type=secret`: the ID, the variable that holds it, and its value.
    pub secrets: &'a [(String, String, HiddenValue)],
    /// Whether the layer cache is ignored.
    pub no_cache: bool,
    /// Where the image goes.
    pub output: Output<'a>,
}

/// Returns the `docker build` of one component. Values of build args are in its environment only, except for proxies.
pub fn build(builder: &Builder, request: &BuildRequest<'_>) -> Invocation {
    let mut args: Vec<OsString> = Vec::new();
    let push = |args: &mut Vec<OsString>, words: &[&str]| args.extend(words.iter().map(OsString::from));
    match builder {
        Builder::Buildx { .. } => push(&mut args, &["buildx", "build", "--progress=plain"]),
        Builder::BuildKitInClient => push(&mut args, &["build", "--progress=plain"]),
        Builder::Classic => push(&mut args, &["build"]),
    }
    match request.output {
        Output::Engine => {
            if matches!(builder, Builder::Buildx { .. }) {
                push(&mut args, &["--load"]);
            }
            if builder.has_attestations() {
                push(&mut args, &["--provenance=false", "--sbom=false"]);
            }
        }
        // The mode `max` would contain the values of build args.
        Output::Attested(reference) => {
            let output = format!("type=image,name={reference},push=true");
            push(&mut args, &["--provenance=mode=min", "--sbom=false", "--output", &output]);
        }
    }
    if request.no_cache {
        push(&mut args, &["--no-cache"]);
    }
    if request.dockerfile != format!("{}/Dockerfile", request.context) {
        push(&mut args, &["--file", request.dockerfile]);
    }
    if let Some(target) = request.target {
        push(&mut args, &["--target", target]);
    }
    for (name, _) in request.build_args {
        push(&mut args, &["--build-arg", name]);
    }
    for (name, value) in request.proxies {
        let mut proxy = OsString::from(format!("{name}="));
        proxy.push(value.reveal());
        args.extend(["--build-arg".into(), proxy]);
    }
    for (id, variable, _) in request.secrets {
        push(&mut args, &["--secret", &format!("id={id},env={variable}")]);
    }
    for (name, value) in request.labels {
        push(&mut args, &["--label", &format!("{name}={value}")]);
    }
    if request.output == Output::Engine {
        for reference in request.references {
            push(&mut args, &["--tag", &reference.to_string()]);
        }
    }
    push(&mut args, &[&format!("./{}", request.context)]);
    let mut invocation = Invocation::new("docker", args);
    match builder {
        Builder::Buildx { .. } => {}
        Builder::BuildKitInClient => invocation = invocation.env("DOCKER_BUILDKIT", "1"),
        Builder::Classic => invocation = invocation.env("DOCKER_BUILDKIT", "0"),
    }
    for (name, value) in request.build_args {
        invocation = invocation.hidden_env(name, value.clone());
    }
    for (_, variable, value) in request.secrets {
        invocation = invocation.hidden_env(variable, value.clone());
    }
    invocation
}

/// Returns the call that prints the versions of client and engine.
pub fn version() -> Invocation {
    Invocation::new("docker", ["version", "--format", "{{json .}}"])
}

/// Returns the call that prints the version of the buildx plugin.
pub fn buildx_version() -> Invocation {
    Invocation::new("docker", ["buildx", "version"])
}

/// Returns the call that prints the context in use.
pub fn context_show() -> Invocation {
    Invocation::new("docker", ["context", "show"])
}

/// Returns the call that describes images. It prints those that exist as one JSON list, even if others are missing.
pub fn inspect_images(references: &[String]) -> Invocation {
    let fixed = ["image", "inspect"].map(str::to_owned);
    Invocation::new("docker", fixed.into_iter().chain(references.iter().cloned()))
}

/// Returns the call that prints the history of an image, untruncated.
pub fn history(reference: &str) -> Invocation {
    Invocation::new("docker", ["history", "--no-trunc", "--format", "{{json .}}", reference])
}

/// Returns the call that writes images to standard output as an archive.
pub fn save(references: &[String]) -> Invocation {
    Invocation::new("docker", std::iter::once("save".to_owned()).chain(references.iter().cloned()))
}

/// Returns the call that prints the tags of a repository, one on each line.
pub fn list_repository(repository: &str) -> Invocation {
    Invocation::new("docker", ["image", "ls", "--format", "{{.Tag}}", repository])
}

/// Returns the call that prints the engine's image store.
pub fn store() -> Invocation {
    Invocation::new("docker", ["info", "--format", "{{json .DriverStatus}}"])
}

/// Returns the call that describes the client, including its plugins.
pub fn client_info() -> Invocation {
    Invocation::new("docker", ["info", "--format", "{{json .ClientInfo}}"])
}

/// Returns the call that describes the builder of buildx.
pub fn inspect_builder() -> Invocation {
    Invocation::new("docker", ["buildx", "inspect"])
}

/// Returns the call that gives an image another reference. It takes the reference from any other image.
pub fn tag(image: &str, reference: &str) -> Invocation {
    Invocation::new("docker", ["tag", image, reference])
}

/// Returns the call that removes a reference from its image.
pub fn untag(reference: &str) -> Invocation {
    Invocation::new("docker", ["image", "rm", "--no-prune", reference])
}

/// Returns the call that pulls an image from its registry.
pub fn pull(reference: &str) -> Invocation {
    Invocation::new("docker", ["pull", reference])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request<'a>(references: &'a [ImageReference], args: &'a [(String, HiddenValue)]) -> BuildRequest<'a> {
        BuildRequest {
            context: "frontend",
            dockerfile: "frontend/Dockerfile",
            target: None,
            references,
            labels: &[],
            build_args: args,
            proxies: &[],
            secrets: &[],
            no_cache: false,
            output: Output::Engine,
        }
    }

    #[test]
    fn each_builder_has_its_own_words() {
        let reference =
            ImageReference { repository: "taskflow-frontend".parse().unwrap(), tag: "1.0.0-main".parse().unwrap() };
        let references = [reference];
        let args =
            [("NODE_ENV".to_owned(), HiddenValue::new("planted")), ("CI".to_owned(), HiddenValue::new("planted"))];
        let shown = |builder| build(&builder, &request(&references, &args)).to_string();
        assert_eq!(
            shown(Builder::Buildx { version: "0.13.1".to_owned() }),
            "NODE_ENV=*** CI=*** docker buildx build --progress=plain --load --provenance=false --sbom=false \
             --build-arg NODE_ENV --build-arg CI --tag taskflow-frontend:1.0.0-main ./frontend"
        );
        assert_eq!(
            shown(Builder::BuildKitInClient),
            "DOCKER_BUILDKIT=1 NODE_ENV=*** CI=*** docker build --progress=plain \
             --build-arg NODE_ENV --build-arg CI --tag taskflow-frontend:1.0.0-main ./frontend"
        );
        assert_eq!(
            shown(Builder::Classic),
            "DOCKER_BUILDKIT=0 NODE_ENV=*** CI=*** docker build \
             --build-arg NODE_ENV --build-arg CI --tag taskflow-frontend:1.0.0-main ./frontend"
        );
    }

    #[test]
    fn the_attested_build_differs_from_the_plain_one_in_its_output_only() {
        let reference =
            ImageReference { repository: "taskflow-frontend".parse().unwrap(), tag: "1.0.0-g1".parse().unwrap() };
        let references = [reference];
        let args = [("NODE_ENV".to_owned(), HiddenValue::new("planted"))];
        let secrets = [("npm".to_owned(), "NPM_TOKEN".to_owned(), HiddenValue::new("planted"))];
        let plain = BuildRequest {
            secrets: &secrets,
            labels: &[("a".to_owned(), "b".to_owned())],
            dockerfile: "docker/Web",
            target: Some("runner"),
            ..request(&references, &args)
        };
        let pushed = "r.example/team/taskflow-frontend:1.0.0-g1-attested";
        let attested = BuildRequest { output: Output::Attested(pushed), ..plain.clone() };
        let builder = Builder::Buildx { version: "0.29.1".to_owned() };
        let (plain, attested) = (build(&builder, &plain), build(&builder, &attested));
        assert_eq!(
            attested.to_string(),
            "NODE_ENV=*** NPM_TOKEN=*** docker buildx build --progress=plain --provenance=mode=min --sbom=false \
             --output type=image,name=r.example/team/taskflow-frontend:1.0.0-g1-attested,push=true \
             --file docker/Web --target runner --build-arg NODE_ENV --secret id=npm,env=NPM_TOKEN --label a=b \
             ./frontend"
        );
        let output = [
            "--load",
            "--provenance=false",
            "--provenance=mode=min",
            "--output",
            &format!("type=image,name={pushed},push=true"),
            "--tag",
            "taskflow-frontend:1.0.0-g1",
        ];
        let rest = |call: &Invocation| -> Vec<OsString> {
            call.args.iter().filter(|arg| !output.iter().any(|word| arg == word)).cloned().collect()
        };
        assert_eq!(rest(&plain), rest(&attested));
        assert_eq!(plain.env, attested.env);
    }

    #[test]
    fn another_dockerfile_and_a_target_are_named() {
        let special = BuildRequest {
            dockerfile: "docker/Web",
            target: Some("runner"),
            no_cache: true,
            labels: &[("a".to_owned(), "b c".to_owned())],
            proxies: &[("http_proxy".to_owned(), HiddenValue::new("http://proxy:3128"))],
            ..request(&[], &[])
        };
        assert_eq!(
            build(&Builder::Classic, &special).to_string(),
            "DOCKER_BUILDKIT=0 docker build --no-cache --file docker/Web --target runner \
             --build-arg http_proxy=http://proxy:3128 --label 'a=b c' ./frontend"
        );
    }
}
