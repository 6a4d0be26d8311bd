//! What a release would do, as commands that people can read. What is not known before it is made stands in angle
//! brackets.

use process::{Invocation, shell_quoted};

use super::attestation::SUFFIX;
use super::journal::Journal;
use super::settings::IMAGE_PLACEHOLDER;
use crate::domain::docker_argv::{BuildRequest, Output, build};
use crate::domain::engine::Builder;

/// A release that is planned.
#[derive(Clone, Copy, Debug)]
pub struct Planned<'a> {
    /// Its journal, in which nothing has begun.
    pub journal: &'a Journal,
    /// The build contexts of the journal's images.
    pub contexts: &'a [&'a str],
    /// The words of the command that signs an image.
    pub sign: &'a [String],
}

/// Returns the commands of all steps, in their order.
pub fn commands(planned: &Planned<'_>) -> Vec<String> {
    let Planned { journal, contexts, sign } = *planned;
    let Journal { version, branch, git_tag: tag, before, .. } = journal;
    let candidate = format!("{version}-g<commit>");
    let mut lines = vec![
        format!("git commit-tree -p {before} -F <message> <tree>"),
        format!("git tag --annotate --cleanup=verbatim --file <section> {tag} <commit>"),
        "git checkout-index --all --prefix=<export>/".to_owned(),
    ];
    let images = || journal.images.iter();
    lines.extend(images().zip(contexts).map(|(image, context)| {
        format!("cd <export> && docker build --tag {} ./{}", image.reference(&candidate), shell_quoted(*context))
    }));
    lines.extend(images().map(|image| format!("cargo xtask verify {} --tag {candidate}", image.component)));
    if journal.profile.is_some() {
        lines.push(format!("cargo xtask minikube-load  # of the images with tag {candidate}"));
    }
    if let Some(registry) = &journal.registry {
        for (image, context) in images().zip(contexts) {
            let pushed = image.pushed_reference(registry, &candidate);
            lines.push(format!("docker tag {} {pushed}", image.reference(&candidate)));
            lines.push(format!("docker push {pushed}"));
            if journal.attest {
                lines.push(format!("cd <export> && {}", attested(&format!("{pushed}{SUFFIX}"), context)));
            }
            if !sign.is_empty() {
                let digest = format!("{registry}/{}@<digest>", image.repository);
                let words: Vec<String> = sign.iter().map(|word| word.replace(IMAGE_PLACEHOLDER, &digest)).collect();
                lines.push(words.join(" "));
            }
        }
    }
    lines.extend(
        images().map(|image| format!("docker tag {} {}", image.reference(&candidate), image.reference(version))),
    );
    lines.push(format!(
        "git update-ref --stdin  # refs/heads/{branch} to <commit>, refs/tags/{tag} to <tag>, both or none"
    ));
    if let Some(remote) = &journal.remote {
        let remote = shell_quoted(remote);
        lines.push(format!("git push --atomic {remote} <commit>:refs/heads/{branch} <tag>:refs/tags/{tag}"));
    }
    if let Some(registry) = &journal.registry {
        lines.extend(images().map(|image| {
            let released = image.pushed_reference(registry, version);
            let digest = format!("{registry}/{}@<digest>", image.repository);
            format!("docker buildx imagetools create --prefer-index=false --tag {released} {digest}")
        }));
    }
    if journal.profile.is_some() {
        lines.push(format!("cargo xtask minikube-load  # of the images with tag {version}"));
    }
    lines
}

/// Returns the call that pushes a candidate with attestations. Like those of the other builds, it leaves out what the
/// project adds.
fn attested(reference: &str, context: &str) -> Invocation {
    let dockerfile = format!("{context}/Dockerfile");
    let request = BuildRequest {
        context,
        dockerfile: &dockerfile,
        target: None,
        references: &[],
        labels: &[],
        build_args: &[],
        proxies: &[],
        secrets: &[],
        no_cache: false,
        output: Output::Attested(reference),
    };
    build(&Builder::of_bootstrap(), &request)
}
