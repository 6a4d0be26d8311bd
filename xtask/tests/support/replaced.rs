//! A release tag that is built again with other content, on an engine with any store.

use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::Value;

use super::parts::repository;
use super::samples::expand;

/// A repository with one component, on an engine that clients find by these variables.
struct World<'a> {
    root: &'a Path,
    project: String,
    env: &'a [(String, String)],
}

impl World<'_> {
    /// Builds version 1.0.0 of an image with these steps; returns the exit code, its document, and what it said.
    fn build(&self, steps: &str) -> (Option<i32>, Value, String) {
        let dockerfile = format!("FROM python:3.13-slim\n{steps}\n");
        std::fs::write(self.root.join("app/Dockerfile"), dockerfile).unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
        command.args(["build", "-q", "--json", "--version", "1.0.0"]).current_dir(self.root).stdin(Stdio::null());
        let output = command.envs(self.env.iter().map(|(name, value)| (name, value))).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        let document: Value = serde_json::from_slice(&output.stdout).unwrap();
        (output.status.code(), document["components"][0].clone(), said)
    }

    /// The ID of the image that a successful build gave the tag to, and the one that had it before.
    #[track_caller]
    fn built(&self, steps: &str) -> (String, Option<String>) {
        let (code, component, said) = self.build(steps);
        assert_eq!(code, Some(0), "{said}");
        let text = |value: &Value| value.as_str().map(str::to_owned);
        (text(&component["image_id"]).unwrap(), text(&component["replaced"]["image_id"]))
    }

    fn docker(&self, args: &[&str]) -> Option<String> {
        let env = self.env.iter().map(|(name, value)| (name, value));
        let output = Command::new("docker").args(args).envs(env).stdin(Stdio::null()).output().unwrap();
        output.status.success().then(|| String::from_utf8(output.stdout).unwrap().trim().to_owned())
    }

    fn id(&self, image: &str) -> Option<String> {
        self.docker(&["image", "inspect", "--format", "{{.Id}}", image])
    }

    fn reference(&self) -> String {
        format!("{}-app:1.0.0", self.project)
    }

    /// The tags of the repository, but for the release.
    fn other_tags(&self) -> Vec<String> {
        let listed = self.docker(&["image", "ls", "--format", "{{.Tag}}", &format!("{}-app", self.project)]).unwrap();
        listed.lines().filter(|tag| *tag != "1.0.0").map(str::to_owned).collect()
    }
}

impl Drop for World<'_> {
    fn drop(&mut self) {
        let tags = self.other_tags().into_iter().chain(["1.0.0".to_owned()]);
        for tag in tags.collect::<Vec<_>>() {
            let _gone = self.docker(&["image", "rm", "--force", &format!("{}-app:{tag}", self.project)]);
        }
    }
}

/// Builds a release again and again.
pub(crate) fn a_release_tag_never_changes_in_silence(kind: &str, env: &[(String, String)]) {
    let project = format!("tf-replaced-{kind}-{}", std::process::id());
    let (_folder, root) = repository(&project, &[("app", "FROM scratch\n")]);
    let world = World { root: &root, project, env };
    let reference = world.reference();

    let (first, before) = world.built("RUN echo first > /content");
    assert_eq!((before, world.other_tags().len()), (None, 0));
    assert_eq!(world.built("RUN echo first > /content"), (first.clone(), None), "the same image replaces nothing");
    assert!(world.other_tags().is_empty());

    let (second, before) = world.built("RUN echo second > /content");
    assert_eq!((before, world.id(&reference)), (Some(first.clone()), Some(second.clone())));
    assert_ne!(first, second);
    // The image that lost its tag is there, and gets it back as it is said.
    assert_eq!(world.id(&first), Some(first.clone()));
    assert_eq!(world.other_tags(), [format!("replaced-{}", &first[7..19])]);
    let (_, _, said) = world.build("RUN echo third > /content");
    let hint = said.lines().find_map(|line| line.strip_prefix("hint: give it its name back with `docker tag "));
    let names = hint.and_then(|hint| hint.strip_suffix('`'));
    assert!(names.is_some(), "{said}");
    let words: Vec<&str> = std::iter::once("tag").chain(names.unwrap().split(' ')).collect();
    world.docker(&words).unwrap();
    assert_eq!(world.id(&reference), Some(second.clone()));

    // An image that is rejected gives the tag back, and a build that fails never takes it.
    // It needs no other name then.
    let kept = [format!("replaced-{}", &first[7..19])];
    let token = expand("ghp_{crc}", 23);
    let (start, end) = token.split_at(token.len() / 2);
    let (code, component, said) = world.build(&format!("RUN printf %s%s {start} {end} > /token"));
    assert_eq!((code, &component["outcome"]), (Some(1), &Value::from("secret-found")), "{said}");
    assert!(!said.contains(&token));
    assert!(said.contains(&format!("`{reference}` names the image {} again", &second[7..19])), "{said}");
    assert_eq!((world.id(&reference), world.other_tags()), (Some(second.clone()), kept.to_vec()));
    let (code, _, said) = world.build("RUN exit 7");
    assert_eq!(code, Some(1), "{said}");
    assert_eq!((world.id(&reference), world.other_tags()), (Some(second), kept.to_vec()));
}
