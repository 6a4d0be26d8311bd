//! Images that a fake engine has, with secrets in them.

use std::fs;

use serde_json::{Value, json};

use super::docker::{self, first};
use super::fakes::{Rule, on};
use super::image_archives::{classic, diff_id, tar_of};
use super::planted::{address, password, token};
use super::sandbox::Sandbox;

/// An image that a fake engine has.
pub(crate) struct Image {
    reference: String,
    /// Its layers, each a tar.
    pub(crate) layers: Vec<Vec<u8>>,
    config: Value,
    history: Vec<String>,
}

impl Image {
    /// One without anything in it.
    pub(crate) fn new(reference: &str) -> Self {
        let history = vec!["CMD".to_owned()];
        Self { reference: reference.to_owned(), layers: Vec::new(), config: json!({}), history }
    }

    /// The image of a component, as a build leaves it.
    pub(crate) fn of(component: &str) -> Self {
        Self::new(&docker::reference(component))
    }

    /// One layer more, with these files.
    pub(crate) fn layer(mut self, files: &[(&str, &str)]) -> Self {
        let files: Vec<(&str, &[u8])> = files.iter().map(|(path, text)| (*path, text.as_bytes())).collect();
        self.layers.push(tar_of(&files));
        self
    }

    /// What it says of itself.
    pub(crate) fn config(mut self, config: Value) -> Self {
        self.config = config;
        self
    }

    /// One line of history more.
    pub(crate) fn made_by(mut self, line: &str) -> Self {
        self.history.push(line.to_owned());
        self
    }

    /// Its archive.
    pub(crate) fn archive(&self) -> Vec<u8> {
        classic(&self.layers, &self.config)
    }

    fn id(&self) -> String {
        diff_id(self.reference.as_bytes())
    }

    /// How `docker image inspect` shows it, in a list with others.
    pub(crate) fn described(&self) -> String {
        let layers: Vec<String> = self.layers.iter().map(|layer| diff_id(layer)).collect();
        let reference = self.reference.as_str();
        json!({ "Id": self.id(), "RepoTags": [reference], "RepoDigests": [], "Size": 123_456_789,
                "Config": self.config, "RootFS": { "Type": "layers", "Layers": layers } })
        .to_string()
    }

    /// What the engine says of it, and how it exports it.
    fn rules(&self, sandbox: &Sandbox) -> Vec<Rule> {
        let archive = sandbox.mark(&format!("{}.tar", self.id().replace(':', "-")));
        fs::write(&archive, self.archive()).unwrap();
        // The newest line comes first.
        let lines =
            self.history.iter().fold(String::new(), |text, line| format!("{}\n{text}", json!({ "CreatedBy": line })));
        vec![
            on(&format!("image inspect {}", self.reference)).says(format!("[{}]", self.described())),
            on(&format!("history --no-trunc --format {{{{json .}}}} {}", self.id())).says(lines),
            on(&format!("save {}", self.id())).does(&format!("cat '{}'", archive.display())),
        ]
    }
}

/// A sandbox whose engine has these images, and builds them.
pub(crate) fn engine(images: &[Image], before: impl IntoIterator<Item = Rule>) -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.real("cat");
    with_images(&sandbox, images, before);
    sandbox
}

/// Puts the images into the engine of a sandbox.
pub(crate) fn with_images(sandbox: &Sandbox, images: &[Image], before: impl IntoIterator<Item = Rule>) {
    let of_images = images.iter().flat_map(|image| image.rules(sandbox));
    sandbox.fake("docker", first(before.into_iter().chain(of_images)));
}

/// An image with a secret on every surface, on a base with one of its own.
pub(crate) fn unfit() -> Vec<Image> {
    let base = Image::new("python:3.13-slim")
        .layer(&[("usr/share/base.txt", &token())])
        .config(json!({ "Env": [format!("BASE_TOKEN={}", token())] }))
        .made_by(&format!("ENV BASE_TOKEN={}", token()));
    let labels = json!({
        "org.opencontainers.image.base.name": "python:3.13-slim", "note": format!("see {}", address()) });
    let image = Image::of("backend")
        .layer(&[("usr/share/base.txt", &token())])
        .layer(&[("app/deleted.py", &format!("\nDSN = '{}'\n", address())), ("app/clean.py", "print()\n")])
        .layer(&[("app/.wh.deleted.py", "")])
        .made_by(&format!("ENV BASE_TOKEN={}", token()))
        .made_by(&format!("RUN |1 DB_PASSWORD={} /bin/sh -c true # buildkit", password()))
        .config(json!({
            "Env": [format!("BASE_TOKEN={}", token()), "PATH=/usr/bin", format!("SMTP_PASS={}", password())],
            "Labels": labels,
            "Cmd": ["server", "--token", token()],
            "OnBuild": [format!("ENV A={}", token())],
            "Healthcheck": { "Test": ["CMD-SHELL", format!("curl -u robot:{} localhost", password())] },
        }));
    vec![base, image]
}
