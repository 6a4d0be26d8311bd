//! Keys of an installed package: one message, and one exception for all of them.

use serde_json::Value;
use snapbox::str;

use super::with_config;
use crate::harness::docker;
use crate::harness::images::{Image, engine, with_images};
use crate::harness::planted::quiet;
use crate::harness::samples::Chance;
use crate::harness::sandbox::{CONFIG, Sandbox};

const FOLDER: &str = "app/node_modules/public-encrypt";

/// A private key, put together here so that no file holds one.
fn key(seed: u64) -> String {
    let mut chance = Chance::new(seed);
    let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let lines: Vec<String> = (0..6).map(|_| chance.text(alphabet, 64)).collect();
    let word = "PRIVATE KEY-----";
    format!("-----BEGIN {word}\n{}\n-----END {word}\n", lines.join("\n"))
}

/// An image with twelve keys of one package, which a later layer does not take away.
fn image() -> Image {
    let files: Vec<(String, String)> =
        (0..12).map(|number| (format!("{FOLDER}/test/key{number}.pem"), key(number))).collect();
    let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    Image::of("backend").layer(&files).layer(&[("app/main.py", "print()\n")])
}

fn exception(place: &str) -> String {
    format!(
        "{CONFIG}\n[[allow]]\nplace = \"{place}\"\nrule = \"private-key\"\nreason = \"test keys of a package\"\n\
         expires = 2999-12-31\n"
    )
}

#[test]
fn the_keys_of_a_package_are_one_message() {
    let sandbox = engine(&[image()], []);
    sandbox.xtask(&["build", "-q", "backend"]).code(1).stdout("").stderr(str![[r#"
error[private-key]: 12 secrets in package `public-encrypt` in a layer of `taskflow-backend:1.0.0-main`: private key
note: they are in `/app/node_modules/public-encrypt/test/key0.pem`, `/app/node_modules/public-encrypt/test/key1.pem`, `/app/node_modules/public-encrypt/test/key10.pem`, `/app/node_modules/public-encrypt/test/key11.pem`, `/app/node_modules/public-encrypt/test/key2.pem`, and 7 more
note: contract: No Secrets in Image Layers; a file that a later step deletes stays in its layer
note: `taskflow-backend:1.0.0-main` was taken away; the builder's cache still has its steps
hint: remove `/app/node_modules/public-encrypt/test` in the step that installs the package
hint: if they are test data that opens nothing, allow them together with `[[allow]]` in taskflow.toml: rule `private-key`, place `image:backend:/app/node_modules/public-encrypt/**`
hint: empty the cache with `docker builder prune` when the secret is out of the source

"#]]);
    // The document still has each of them.
    with_images(&sandbox, &[image()], []);
    let document = sandbox.xtask(&["build", "-q", "backend", "--json"]).code(1).document();
    assert_eq!(document["error"]["problems"].as_array().unwrap().len(), 1);
    assert_eq!(document["components"][0]["findings"].as_array().unwrap().len(), 12);
    // A search says the same.
    let run = sandbox.xtask(&["secrets", "scan", "-q", "taskflow-backend:1.0.0-main"]).code(1);
    assert!(run.stderr.starts_with("error[private-key]: 12 secrets in package `public-encrypt`"), "{}", run.stderr);
}

#[test]
fn one_exception_allows_a_folder_or_a_pattern() {
    for end in ["/test", "/test/", "/test/*", "/test/**", "/**", "", "/test/key*.pem", "/**/*.pem"] {
        let sandbox = engine(&[image()], []);
        sandbox.write("taskflow.toml", &exception(&format!("image:backend:/{FOLDER}{end}")));
        sandbox.commit();
        sandbox.xtask(&["build", "-q", "backend"]).code(0).stderr("");
    }
    // Those that the pattern leaves out are still found.
    let sandbox = engine(&[image()], []);
    sandbox.write("taskflow.toml", &exception(&format!("image:backend:/{FOLDER}/test/key?.pem")));
    let run = sandbox.xtask(&["build", "-q", "backend", "--tag", "1.0.0-main"]).code(1);
    assert!(run.stderr.starts_with("error[private-key]: 2 secrets in package"), "{}", run.stderr);
}

#[test]
fn a_pattern_that_allows_nothing_is_an_error() {
    let sandbox = engine(&[Image::of("backend").layer(&[("app/main.py", "print()\n")])], []);
    sandbox.write("taskflow.toml", &exception("image:backend:/app/node_modules/**"));
    sandbox.xtask(&["build", "-q", "backend", "--tag", "1.0.0-main"]).code(1).stderr(str![[r#"
error: the exception for rule `private-key` at `image:backend:/app/node_modules/**` allows nothing
  --> taskflow.toml:13:1
   |
13 | [[allow]]
   | ^^^^^^^^^
note: `taskflow-backend:1.0.0-main` was taken away; the builder's cache still has its steps
hint: remove it: what it allowed is gone
hint: empty the cache with `docker builder prune` when the secret is out of the source

"#]]);
    for place in ["backend/tests/**", "backend/*.pem"] {
        let sandbox = engine(&[], []);
        sandbox.write("taskflow.toml", &exception(place));
        let run = sandbox.xtask(&["build", "-q", "backend", "--dry-run"]).code(2);
        assert!(run.stderr.contains("allows nothing"), "{place}: {}", run.stderr);
    }
}

#[test]
fn a_place_that_covers_everything_is_refused() {
    let refused = |place: &str| {
        let sandbox = Sandbox::new();
        sandbox.write("taskflow.toml", &exception(place));
        sandbox.xtask(&["build"]).code(2).stdout("").stderr
    };
    snapbox::Assert::new().action_env("SNAPSHOTS").eq(
        refused("image:backend:/**"),
        str![[r#"
error: `allow.place` covers too much: `image:backend:/**`
  --> taskflow.toml:14:9
   |
14 | place = "image:backend:/**"
   |         ^^^^^^^^^^^^^^^^^^^
note: a folder or a pattern begins with the name of a folder that is not a whole image or context
hint: name the folder that it is for, such as `image:frontend:/app/node_modules/NAME/**`

"#]],
    );
    snapbox::Assert::new().action_env("SNAPSHOTS").eq(
        refused("backend/**"),
        str![[r#"
error: `allow.place` covers the whole context of component `backend`: `backend/**`
  --> taskflow.toml:13:1
   |
13 | [[allow]]
   | ^^^^^^^^^
hint: name the folder or the file that it is for, such as `backend/tests`

"#]],
    );
    for place in ["**", "*/key.pem", "image:backend:/", "image:backend:*", "image:*:/app", "build-arg:*", "proxy:*"] {
        assert!(refused(place).contains("covers too much"), "{place}");
    }
    for place in ["backend", "backend/", "backend/*", "backend/**/*"] {
        assert!(refused(place).contains("covers the whole context"), "{place}");
    }
}

#[test]
fn packages_in_the_context_are_groups_too() {
    let sandbox = with_config("");
    for number in 0..3 {
        let path = format!("backend/.venv/lib/python3.13/site-packages/aiohttp/tests/key{number}.pem");
        sandbox.write(&path, &key(number));
    }
    sandbox.fake("docker", docker::builds_everything());
    quiet(sandbox.xtask(&["build", "backend"]).code(2)).stderr(str![[r#"
error[private-key]: 3 secrets in package `aiohttp`: private key
  --> backend/.venv/lib/python3.13/site-packages/aiohttp
note: they are in `backend/.venv/lib/python3.13/site-packages/aiohttp/tests/key0.pem`, `backend/.venv/lib/python3.13/site-packages/aiohttp/tests/key1.pem`, and `backend/.venv/lib/python3.13/site-packages/aiohttp/tests/key2.pem`
note: the files would be sent to the builder
hint: add `.venv/lib/python3.13/site-packages/aiohttp/tests` to `backend/.dockerignore`, or take the secrets out of the files
hint: if they are test data that opens nothing, allow them together with `[[allow]]` in taskflow.toml: rule `private-key`, place `backend/.venv/lib/python3.13/site-packages/aiohttp/**`

"#]]);
    // The search of a folder has no ignore file to name.
    sandbox.xtask(&["secrets", "scan", "-q", "backend"]).code(1).stderr(str![[r#"
error[private-key]: 3 secrets in package `aiohttp`: private key
  --> backend/.venv/lib/python3.13/site-packages/aiohttp
note: they are in `backend/.venv/lib/python3.13/site-packages/aiohttp/tests/key0.pem`, `backend/.venv/lib/python3.13/site-packages/aiohttp/tests/key1.pem`, and `backend/.venv/lib/python3.13/site-packages/aiohttp/tests/key2.pem`
hint: take the secrets out, and replace them wherever they open something
hint: if they are test data that opens nothing, allow them together with `[[allow]]` in taskflow.toml: rule `private-key`, place `backend/.venv/lib/python3.13/site-packages/aiohttp/**`

error: 3 secrets found
note: no value is shown; each rule is explained in docs/secrets.md

"#]]);
    // Every place of the document is one that an exception can name.
    let document = sandbox.xtask(&["secrets", "scan", "backend", "--json"]).code(1).document();
    let places: Vec<&Value> =
        document["findings"].as_array().unwrap().iter().map(|finding| &finding["place"]).collect();
    assert_eq!(places.len(), 3);
    sandbox.write("taskflow.toml", &exception("backend/.venv/lib/python3.13/site-packages/aiohttp"));
    sandbox.xtask(&["secrets", "scan", "-q", "backend"]).code(0);
}

#[test]
fn more_patterns_than_a_message_offers_are_counted() {
    let sandbox = Sandbox::new();
    let context = "vendor/node_modules/acme";
    sandbox.write("taskflow.toml", &CONFIG.replace("context = \"frontend\"", &format!("context = \"{context}\"")));
    sandbox.write(&format!("{context}/Dockerfile"), "FROM node:20-alpine\n");
    for number in 0..7 {
        sandbox.write(&format!("{context}/folder{number}/key.pem"), &key(number));
    }
    sandbox.fake("docker", docker::builds_everything());
    quiet(sandbox.xtask(&["build", "frontend"]).code(2)).stderr(str![[r#"
error[private-key]: 7 secrets in package `acme`: private key
  --> vendor/node_modules/acme
note: they are in `vendor/node_modules/acme/folder0/key.pem`, `vendor/node_modules/acme/folder1/key.pem`, `vendor/node_modules/acme/folder2/key.pem`, `vendor/node_modules/acme/folder3/key.pem`, `vendor/node_modules/acme/folder4/key.pem`, and 2 more
note: the files would be sent to the builder
note: patterns needed besides those of the hints: 2; the next build names them
hint: add `folder0/key.pem` to `vendor/node_modules/acme/.dockerignore`, or take the secrets out of the files
hint: add `folder1/key.pem` to `vendor/node_modules/acme/.dockerignore`, or take the secrets out of the files
hint: add `folder2/key.pem` to `vendor/node_modules/acme/.dockerignore`, or take the secrets out of the files
hint: add `folder3/key.pem` to `vendor/node_modules/acme/.dockerignore`, or take the secrets out of the files
hint: add `folder4/key.pem` to `vendor/node_modules/acme/.dockerignore`, or take the secrets out of the files
hint: if they are test data that opens nothing, allow them together with `[[allow]]` in taskflow.toml: rule `private-key`, place `vendor/node_modules/acme/**`

"#]]);
}
