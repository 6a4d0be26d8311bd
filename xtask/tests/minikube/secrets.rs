//! The ban on an engine that keeps images in containerd: its archives are OCI layouts with compressed layers.

use std::fs;
use std::process::{Command, Output, Stdio};

use serde_json::{Value, json};

use crate::samples::expand;
use crate::world::{Engine, Repository, fact};

fn xtask(repository: &Repository, engine: &Engine, args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
    command.args(args).arg("--json").current_dir(&repository.root).stdin(Stdio::null());
    command.envs(engine.env.iter().map(|(name, value)| (name, value))).output().unwrap()
}

fn document(output: &Output, planted: &str) -> Value {
    let said = [&output.stdout, &output.stderr].map(|bytes| String::from_utf8_lossy(bytes).into_owned());
    assert!(!said.concat().contains(planted), "a planted value is shown");
    let document = serde_json::from_str(&said[0]);
    assert!(document.is_ok(), "{}", said.concat());
    document.unwrap()
}

#[test]
fn a_secret_in_an_image_of_the_containerd_store_is_found() {
    let test = "a_secret_in_an_image_of_the_containerd_store_is_found";
    let current = |name: &str| fact(test, "engine-current", name);
    let (Some(host), Some(config)) = (current("docker_host"), current("docker_config")) else { return };
    let engine = Engine::at(&host, Some(&config));
    let repository = Repository::new(&["app"]);
    let token = expand("ghp_{crc}", 17);
    let reference = repository.reference("app");

    repository.build(&engine);
    let output = xtask(&repository, &engine, &["secrets", "scan", &reference]);
    let clean = document(&output, &token);
    assert_eq!((output.status.code(), &clean["findings"]), (Some(0), &json!([])), "{clean}");
    // The build has searched every layer, and a build that changes one file sends one layer more.
    repository.change("app", "second");
    let output = xtask(&repository, &engine, &["build", "--tag", "1.0.0-main"]);
    let built = document(&output, &token);
    let searched = built["components"][0]["secrets_searched_bytes"].as_u64().unwrap();
    assert!((1..5000).contains(&searched), "{built}");

    // Past xtask, which would refuse it: hidden by a later layer, and in the configuration.
    let dockerfile =
        format!("FROM scratch\nCOPY base /base\nCOPY content /content\nCOPY none /content\nLABEL a={token}\n");
    fs::write(repository.root.join("app/Dockerfile"), dockerfile).unwrap();
    fs::write(repository.root.join("app/content"), format!("token = \"{token}\"\n")).unwrap();
    fs::write(repository.root.join("app/none"), "").unwrap();
    let context = repository.root.join("app");
    engine.docker(&["build", "--quiet", "--tag", &reference, &context.to_string_lossy()]);
    for _remembered in 0..2 {
        let output = xtask(&repository, &engine, &["secrets", "scan", &reference]);
        let found = document(&output, &token);
        assert_eq!(output.status.code(), Some(1), "{found}");
        let places: Vec<&str> =
            found["findings"].as_array().unwrap().iter().map(|finding| finding["place"].as_str().unwrap()).collect();
        for place in ["Labels a", "/content"] {
            assert!(places.iter().any(|found| *found == format!("image:app:{place}")), "no {place} in {places:?}");
        }
    }
    repository.forget(&[&engine]);
}
