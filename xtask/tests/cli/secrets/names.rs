//! Secrets that no edit of a file takes out: the name of a file is a secret, or says that the file is one.

use snapbox::str;

use super::{refused, with_config};
use crate::harness::image_archives::tar_of;
use crate::harness::images::{Image, engine};
use crate::harness::planted::{quiet, token};
use crate::harness::sandbox::{CONFIG, Sandbox};

/// A package in the frontend's build context.
const PACKAGE: &str = "frontend/node_modules/x";

#[test]
fn a_file_that_a_build_would_send_is_renamed() {
    let sandbox = Sandbox::new();
    sandbox.write(&format!("frontend/{}.txt", token()), "");
    refused(
        &sandbox,
        &["frontend"],
        str![[r#"
error[github-token]: a secret in `frontend/ghp_***.txt`: GitHub token, in its name
  --> frontend/ghp_***.txt
note: the file would be sent to the builder
hint: add `ghp_*.txt` to `frontend/.dockerignore`, or rename it

"#]],
    );
    // The pattern of the message names the file without its secret.
    sandbox.write("frontend/.dockerignore", "ghp_*.txt\n");
    sandbox.xtask(&["build", "-q", "frontend", "--tag", "1.0.0-main"]).code(0).stderr("");
}

#[test]
fn ignore_files_are_named_without_the_secret_in_a_name() {
    let sandbox = Sandbox::new();
    sandbox.write(&format!("frontend/{}/a.txt", token()), "");
    sandbox.write(&format!("frontend/{}/.dockerignore", token()), "");
    sandbox.write("frontend/.dockerignore", &format!("{}/*.txt # old\n", token()));
    refused(
        &sandbox,
        &["frontend"],
        str![[r#"
error[github-token]: a secret in `frontend/.dockerignore`: GitHub token
  --> frontend/.dockerignore:1
note: the file would be sent to the builder
hint: add `.dockerignore` to `frontend/.dockerignore`, or take the secret out of the file

error[github-token]: a secret in `frontend/ghp_***/.dockerignore`: GitHub token, in its name
  --> frontend/ghp_***/.dockerignore
note: the file would be sent to the builder
note: `frontend/ghp_*/.dockerignore` is not read: the builder reads no ignore file in a folder of the build context
hint: add `ghp_*/.dockerignore` to `frontend/.dockerignore`, or rename it

error[github-token]: a secret in `frontend/ghp_***/a.txt`: GitHub token, in its name
  --> frontend/ghp_***/a.txt
note: the file would be sent to the builder
note: `frontend/ghp_*/.dockerignore` is not read: the builder reads no ignore file in a folder of the build context
note: `ghp_*/*.txt # old` in line 1 of `frontend/.dockerignore` is one pattern: nothing behind a pattern is a comment
hint: replace line 1 of `frontend/.dockerignore` by `ghp_*/*.txt`, or rename it

"#]],
    );
}

#[test]
fn no_report_of_a_folder_shows_the_secret_in_its_name() {
    let sandbox = Sandbox::new();
    let folder = format!("web/{}", token());
    let text = format!("FROM scratch\nENV A={}\n", token());
    sandbox.write(&format!("{folder}/Dockerfile"), &text);
    sandbox.write(&format!("{folder}/.env"), &format!("A={}\n", token()));
    std::fs::write(sandbox.root.join(&folder).join("a.tar"), tar_of(&[(&format!("{}.p12", token()), b"")])).unwrap();
    quiet(sandbox.xtask(&["secrets", "scan", "-q", "web"]).code(1)).stdout("").stderr(str![[r#"
error[github-token]: a secret in `web/ghp_***/.env`: GitHub token, in its name
  --> web/ghp_***/.env
hint: rename it, and replace the secret wherever it opens something

error[secret-file]: a secret in `web/ghp_***/.env`: it is an environment file
  --> web/ghp_***/.env
hint: delete the file or move it away, and replace what it holds wherever that opens something

error[github-token]: a secret in `web/ghp_***/.env`: GitHub token
  --> web/ghp_***/.env:1
hint: take the secret out, and replace it wherever it opens something

error[github-token]: a secret in `web/ghp_***/Dockerfile`: GitHub token, in its name
  --> web/ghp_***/Dockerfile
hint: rename it, and replace the secret wherever it opens something

error[github-token]: a secret in `ENV A`: GitHub token
  --> web/ghp_***/Dockerfile:2
note: contract: No Secrets in Image Layers, "NEVER use ENV or ARG for secrets"
hint: remove it, and inject `A` from a Kubernetes Secret at run time
hint: for a secret that only the build needs, declare `[component.NAME.build-secrets.a]` with `env = "A"`, and read /run/secrets/a in `RUN --mount=type=secret,id=a …`

error[github-token]: a secret in `web/ghp_***/a.tar!/ghp_***.p12`: GitHub token, in its name
  --> web/ghp_***/a.tar!/ghp_***.p12
hint: rename it, and replace the secret wherever it opens something

error[secret-file]: a secret in `web/ghp_***/a.tar!/ghp_***.p12`: it is a key store
  --> web/ghp_***/a.tar!/ghp_***.p12
hint: delete the file or move it away, and replace what it holds wherever that opens something

error: 7 secrets found
note: no value is shown; each rule is explained in docs/secrets.md

"#]]);
    for format in ["human", "sarif", "github"] {
        quiet(sandbox.xtask(&["secrets", "scan", "web", "--format", format]).code(1));
    }
    quiet(sandbox.xtask(&["secrets", "scan", "web", "--json"]).code(1));
}

#[test]
fn a_file_of_a_layer_is_renamed_in_its_step() {
    let path = format!("app/{}.txt", token());
    let sandbox = engine(&[Image::of("backend").layer(&[(path.as_str(), "text\n")])], []);
    quiet(sandbox.xtask(&["build", "-q", "backend"]).code(1)).stdout("").stderr(str![[r#"
error[github-token]: a secret in `/app/ghp_***.txt` in a layer of `taskflow-backend:1.0.0-main`: GitHub token, in its name
note: layer sha256:93910d81cab0a6aee6ba47d8999120642f5122e0263b1a093f1c2f8ffc592d8e, byte 0
note: contract: No Secrets in Image Layers; a file that a later step deletes stays in its layer
note: `taskflow-backend:1.0.0-main` was taken away; the builder's cache still has its steps
hint: rename it in the step that writes it, and replace the secret wherever it opens something
hint: empty the cache with `docker builder prune` when the secret is out of the source

"#]]);
}

#[test]
fn key_files_of_a_package_are_moved_away() {
    let sandbox = Sandbox::new();
    for name in ["id_rsa", "store.p12"] {
        sandbox.write(&format!("{PACKAGE}/test/{name}"), "not a key at all\n");
    }
    sandbox.xtask(&["secrets", "scan", "-q", "frontend"]).code(1).stdout("").stderr(str![[r#"
error[secret-file]: 2 secrets in package `x`: it is a key store; it is a private SSH key
  --> frontend/node_modules/x
note: they are in `frontend/node_modules/x/test/id_rsa` and `frontend/node_modules/x/test/store.p12`
hint: delete the files or move them away, and replace what they hold wherever that opens something
hint: if they are test data that opens nothing, allow them together with `[[allow]]` in taskflow.toml: rule `secret-file`, place `frontend/node_modules/x/**`

error: 2 secrets found
note: no value is shown; each rule is explained in docs/secrets.md

"#]]);
    refused(
        &sandbox,
        &["frontend"],
        str![[r#"
error[secret-file]: 2 secrets in package `x`: it is a key store; it is a private SSH key
  --> frontend/node_modules/x
note: they are in `frontend/node_modules/x/test/id_rsa` and `frontend/node_modules/x/test/store.p12`
note: the files would be sent to the builder
hint: add `node_modules/x/test` to `frontend/.dockerignore`
hint: if they are test data that opens nothing, allow them together with `[[allow]]` in taskflow.toml: rule `secret-file`, place `frontend/node_modules/x/**`

"#]],
    );
}

#[test]
fn files_of_a_package_are_renamed() {
    let sandbox = Sandbox::new();
    for folder in ["a", "b"] {
        sandbox.write(&format!("{PACKAGE}/{folder}/{}.js", token()), "");
    }
    quiet(sandbox.xtask(&["secrets", "scan", "-q", "frontend"]).code(1)).stdout("").stderr(str![[r#"
error[github-token]: 2 secrets in package `x`: GitHub token, in its name
  --> frontend/node_modules/x
note: they are in `frontend/node_modules/x/a/ghp_***.js` and `frontend/node_modules/x/b/ghp_***.js`
hint: rename them, and replace the secrets wherever they open something
hint: if they are test data that opens nothing, allow them together with `[[allow]]` in taskflow.toml: rule `github-token`, place `frontend/node_modules/x/**`

error: 2 secrets found
note: no value is shown; each rule is explained in docs/secrets.md

"#]]);
    refused(
        &sandbox,
        &["frontend"],
        str![[r#"
error[github-token]: 2 secrets in package `x`: GitHub token, in its name
  --> frontend/node_modules/x
note: they are in `frontend/node_modules/x/a/ghp_***.js` and `frontend/node_modules/x/b/ghp_***.js`
note: the files would be sent to the builder
hint: add `node_modules/x` to `frontend/.dockerignore`, or rename them
hint: if they are test data that opens nothing, allow them together with `[[allow]]` in taskflow.toml: rule `github-token`, place `frontend/node_modules/x/**`

"#]],
    );
}

#[test]
fn a_package_that_is_the_whole_build_context_has_a_pattern_for_each_file() {
    let context = "vendor/acme/web";
    let sandbox = with_config("");
    sandbox.write("taskflow.toml", &CONFIG.replace("context = \"frontend\"", &format!("context = \"{context}\"")));
    sandbox.write(&format!("{context}/Dockerfile"), "FROM node:20-alpine\nCOPY . .\n");
    for path in ["a.js", "b.js", "lib/a.js", "lib/b.js"] {
        sandbox.write(&format!("{context}/{path}"), &format!("const token = \"{}\";\n", token()));
    }
    refused(
        &sandbox,
        &["frontend"],
        str![[r#"
error[github-token]: 4 secrets in package `acme/web`: GitHub token
  --> vendor/acme/web
note: they are in `vendor/acme/web/a.js`, `vendor/acme/web/b.js`, `vendor/acme/web/lib/a.js`, and `vendor/acme/web/lib/b.js`
note: the files would be sent to the builder
hint: add `a.js` to `vendor/acme/web/.dockerignore`, or take the secrets out of the files
hint: add `b.js` to `vendor/acme/web/.dockerignore`, or take the secrets out of the files
hint: add `lib` to `vendor/acme/web/.dockerignore`, or take the secrets out of the files
hint: if they are test data that opens nothing, allow them together with `[[allow]]` in taskflow.toml: rule `github-token`, place `vendor/acme/web/**`

"#]],
    );
    sandbox.write(&format!("{context}/.dockerignore"), "a.js\nb.js\nlib\n");
    sandbox.xtask(&["build", "-q", "frontend", "--dry-run"]).code(0).stderr("");
}
