//! What the images themselves say: size, user, port, command, labels, history.

use crate::parts::{docker, engine, images, inspect};
use serde_json::{Value, json};

const SECRETS: [&str; 3] = ["DATABASE_URL", "BETTER_AUTH_SECRET", "OPENAI_API_KEY"];

fn config(reference: &str) -> Value {
    inspect(reference)["Config"].clone()
}

#[test]
fn the_frontend_image_is_what_the_contract_says() {
    if !engine("the_frontend_image_is_what_the_contract_says") {
        return;
    }
    let config = config(&images().frontend);
    assert_eq!(config["WorkingDir"], "/app");
    assert_eq!(config["User"], "nextjs");
    assert_eq!(config["Cmd"], json!(["node", "server.js"]));
    assert_eq!(config["ExposedPorts"], json!({"3000/tcp": {}}));
    let id = ["run", "--rm", "--entrypoint", "id", &images().frontend, "-u"];
    assert_eq!(docker(&id), "1001");
    assert_eq!(docker(&["run", "--rm", "--entrypoint", "whoami", &images().frontend]), "nextjs");
}

#[test]
fn the_backend_image_is_what_the_contract_says() {
    if !engine("the_backend_image_is_what_the_contract_says") {
        return;
    }
    let config = config(&images().backend);
    assert_eq!(config["WorkingDir"], "/app");
    assert_eq!(config["User"], "appuser");
    assert_eq!(config["Cmd"], json!(["uvicorn", "main:app", "--host", "0.0.0.0", "--port", "8000"]));
    assert_eq!(config["ExposedPorts"], json!({"8000/tcp": {}}));
    assert_eq!(docker(&["run", "--rm", "--entrypoint", "id", &images().backend, "-u"]), "1000");
    assert_eq!(docker(&["run", "--rm", "--entrypoint", "whoami", &images().backend]), "appuser");
    let tools = "for tool in gcc cc make; do command -v $tool && exit 1; done; true";
    docker(&["run", "--rm", "--entrypoint", "sh", &images().backend, "-c", tools]);
}

#[test]
fn both_images_are_smaller_than_the_contract_allows() {
    if !engine("both_images_are_smaller_than_the_contract_allows") {
        return;
    }
    for (reference, limit) in [(&images().frontend, 200_000_000), (&images().backend, 300_000_000)] {
        let size = inspect(reference)["Size"].as_u64().unwrap();
        assert!(size > 50_000_000 && size < limit, "{reference}: {size} bytes, the limit is {limit}");
    }
}

#[test]
fn labels_say_where_an_image_comes_from() {
    if !engine("labels_say_where_an_image_comes_from") {
        return;
    }
    let labels = config(&images().backend)["Labels"].clone();
    let tag = images().backend.split_once(':').unwrap().1;
    let (version, dirty) = tag.strip_suffix(".dirty").map_or((tag, false), |version| (version, true));
    assert_eq!(labels["org.opencontainers.image.title"], "taskflow-backend");
    assert_eq!(labels["org.opencontainers.image.version"], version);
    assert_eq!(labels["org.opencontainers.image.base.name"], "python:3.13-slim");
    assert_eq!(labels["dev.taskflow.component"], "backend");
    let revision = labels["org.opencontainers.image.revision"].as_str().unwrap();
    assert_eq!(revision.ends_with("-dirty"), dirty, "{revision} {tag}");
    assert!(revision.bytes().take(40).all(|byte| byte.is_ascii_hexdigit()), "{revision}");
}

#[test]
fn no_secret_stands_in_history_or_configuration() {
    if !engine("no_secret_stands_in_history_or_configuration") {
        return;
    }
    for reference in [&images().frontend, &images().backend] {
        let history = docker(&["history", "--no-trunc", "--format", "{{json .}}", reference]);
        assert!(history.lines().count() > 3, "{history}");
        let config = config(reference).to_string();
        for secret in SECRETS {
            assert!(!history.contains(secret), "{reference}: {secret} in its history");
            assert!(!config.contains(secret), "{reference}: {secret} in its configuration");
        }
    }
}

#[test]
fn only_what_runs_is_in_the_application_folder() {
    if !engine("only_what_runs_is_in_the_application_folder") {
        return;
    }
    for reference in [&images().frontend, &images().backend] {
        let files =
            docker(&["run", "--rm", "--entrypoint", "find", reference, "/app", "-not", "-path", "*/node_modules/*"]);
        assert!(files.lines().count() > 3, "{files}");
        let unwanted = ["Dockerfile", ".dockerignore", ".env", ".git", "README.md", "tests", "requirements.txt"];
        let found = files.lines().find(|path| unwanted.contains(&path.rsplit('/').next().unwrap_or_default()));
        assert_eq!(found, None, "{reference}");
    }
}
