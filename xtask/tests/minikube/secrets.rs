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

#[test]
fn the_size_of_an_image_is_the_same_on_every_engine() {
    let test = "the_size_of_an_image_is_the_same_on_every_engine";
    let current = |name: &str| fact(test, "engine-current", name);
    let (Some(host), Some(config)) = (current("docker_host"), current("docker_config")) else { return };
    let repository = Repository::new(&["app"]);
    // Small files take whole blocks of a disk, and are packed for the way to a registry.
    for number in 0..200 {
        fs::write(repository.root.join(format!("app/{number}.txt")), "x".repeat(number * 13)).unwrap();
    }
    let dockerfile = "FROM node:20-alpine\nCOPY . /files\nRUN rm /files/1.txt && touch /empty\n";
    fs::write(repository.root.join("app/Dockerfile"), dockerfile).unwrap();
    let built = |engine: &Engine| {
        let output = xtask(&repository, engine, &["build", "--tag", "1.0.0-main"]);
        let document = document(&output, "nothing is planted");
        document["components"][0]["size_bytes"].as_u64().unwrap_or_else(|| panic!("{document}"))
    };
    let (own, current) = (Engine::own(), Engine::at(&host, Some(&config)));
    let layers = built(&own);
    let classic = own.docker(&["image", "inspect", "--format", "{{.Size}}", &repository.reference("app")]);
    // The classic store counts the links of some layers and not of others.
    let classic: u64 = classic.parse().unwrap();
    assert!(layers.abs_diff(classic) < 100_000, "{layers} and {classic}: the classic store says nearly the same");
    // Searched before, and not read again.
    assert_eq!(built(&own), layers);
    // The base image of the other engine is a stand-in of its own; what is above it is the same.
    let above = |engine: &Engine| {
        let base = Repository::new(&["app"]);
        fs::write(base.root.join("app/Dockerfile"), "FROM node:20-alpine\n").unwrap();
        let output = xtask(&base, engine, &["build", "--tag", "1.0.0-main"]);
        let bytes = document(&output, "nothing is planted")["components"][0]["size_bytes"].as_u64().unwrap();
        base.forget(&[engine]);
        built(engine) - bytes
    };
    assert_eq!(above(&own), above(&current));
    repository.forget(&[&own, &current]);
}
