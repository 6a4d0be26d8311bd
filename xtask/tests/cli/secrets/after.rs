//! What happens to an image that holds a secret, or that cannot be searched: it is taken away.

use serde_json::json;
use snapbox::{IntoData, str};

use crate::harness::fakes::on;
use crate::harness::image_archives::tar_of;
use crate::harness::images::{Image, engine, unfit, with_images};
use crate::harness::planted::{address, quiet, token};

#[test]
fn an_image_with_a_secret_is_taken_away() {
    let sandbox = engine(&unfit(), []);
    let run = quiet(sandbox.xtask(&["build", "backend"]).code(1));
    run.stdout("").stderr(str![[r#"
    Building `taskflow-backend:1.0.0-main` with BuildKit through buildx 0.13.1
backend | [2/3] COPY . .
backend | [3/3] RUN pip install .
error[github-token]: a secret in `Cmd` in the configuration of `taskflow-backend:1.0.0-main`: GitHub token
note: contract: No Secrets in Image Layers; whoever has the image can read it
hint: take it out of the Dockerfile and of the build args, build again, and replace the secret

error[secret-name]: a secret in `Env SMTP_PASS` in the configuration of `taskflow-backend:1.0.0-main`: its name says that it is a password
note: contract: No Secrets in Image Layers; whoever has the image can read it
hint: take it out of the Dockerfile and of the build args, build again, and replace the secret

error[command-line-secret]: a secret in `Healthcheck.Test` in the configuration of `taskflow-backend:1.0.0-main`: secret on a command line
note: contract: No Secrets in Image Layers; whoever has the image can read it
hint: take it out of the Dockerfile and of the build args, build again, and replace the secret

error[url-password]: a secret in `Labels note` in the configuration of `taskflow-backend:1.0.0-main`: password in an address
note: contract: No Secrets in Image Layers; whoever has the image can read it
hint: take it out of the Dockerfile and of the build args, build again, and replace the secret

error[github-token]: a secret in `OnBuild` in the configuration of `taskflow-backend:1.0.0-main`: GitHub token
note: contract: No Secrets in Image Layers; whoever has the image can read it
hint: take it out of the Dockerfile and of the build args, build again, and replace the secret

error[secret-name]: a secret in entry 3 in the history of `taskflow-backend:1.0.0-main`: its name says that it is a password
note: contract: No Secrets in Image Layers; whoever has the image can read it
hint: take it out of the Dockerfile and of the build args, build again, and replace the secret

error[url-password]: a secret in `/app/deleted.py` in a layer of `taskflow-backend:1.0.0-main`: password in an address
note: layer sha256:8a7d04d428ac91e69f69d829445d49c0591c5dbcdc8d00d71860715f558da0a5, byte 25
note: contract: No Secrets in Image Layers; a file that a later step deletes stays in its layer
note: `taskflow-backend:1.0.0-main` was taken away; the builder's cache still has its steps
hint: keep it out of the step that writes it, with `RUN --mount=type=secret`, and replace the secret
hint: empty the cache with `docker builder prune` when the secret is out of the source

"#]]);
    let removed = "docker image rm --no-prune taskflow-backend:1.0.0-main\n";
    assert!(sandbox.transcript().ends_with(removed), "{}", sandbox.transcript());
}

#[test]
fn the_document_has_the_findings() {
    let sandbox = engine(&unfit(), []);
    let run = quiet(sandbox.xtask(&["build", "backend", "--json"]).code(1));
    let document = run.document();
    let component = &document["components"][0];
    assert_eq!(component["outcome"], "secret-found");
    assert_eq!(component["image_id"], json!(null));
    let places: Vec<&str> =
        component["findings"].as_array().unwrap().iter().map(|finding| finding["place"].as_str().unwrap()).collect();
    assert!(places.contains(&"image:backend:Env SMTP_PASS"), "{places:?}");
    assert!(places.contains(&"image:backend:/app/deleted.py"), "{places:?}");
}

#[test]
fn all_tags_are_taken_away() {
    let [base, image] = <[Image; 2]>::try_from(unfit()).ok().unwrap();
    let sandbox = engine(&[base, image], []);
    quiet(sandbox.xtask(&["build", "-q", "backend", "--latest"]).code(1));
    let calls = sandbox.transcript();
    assert!(calls.contains("image rm --no-prune taskflow-backend:latest"), "{calls}");
}

#[test]
fn a_secret_of_the_base_image_is_a_warning() {
    let base = Image::new("python:3.13-slim").layer(&[("usr/share/base.txt", &token())]);
    let label = json!({ "Labels": { "org.opencontainers.image.base.name": "python:3.13-slim" } });
    let image = Image::of("backend").layer(&[("usr/share/base.txt", &token())]).config(label);
    let sandbox = engine(&[base, image], []);
    let run = quiet(sandbox.xtask(&["build", "-q", "backend"]).code(0));
    run.stdout("taskflow-backend:1.0.0-main\n").stderr(str![[r#"
warning[github-token]: a secret in `/usr/share/base.txt` in a layer of `taskflow-backend:1.0.0-main`: GitHub token
note: layer sha256:ccaa85645ba3f99cf652f601e59f86778fd03a2d1f321ff468f619009fae5754, byte 4
hint: it comes with the base image: take one without it, and report it to its maintainers

"#]]);
    // It is said again: a warning is nothing that one gets used to.
    let run = quiet(sandbox.xtask(&["build", "-q", "--json", "backend"]).code(0));
    assert_eq!(run.document()["components"][0]["findings"][0]["severity"], "warning");
}

#[test]
fn a_clean_image_is_searched_once() {
    let image = || Image::of("backend").layer(&[("app/main.py", "print()\n")]);
    let sandbox = engine(&[image()], []);
    sandbox.xtask(&["build", "-q", "backend"]).code(0).stderr("");
    assert!(sandbox.transcript().contains("docker save"), "{}", sandbox.transcript());
    sandbox.take_calls();
    let run = sandbox.xtask(&["build", "-q", "--json", "backend"]).code(0);
    assert_eq!(run.document()["components"][0]["secrets_searched_bytes"], 0);
    assert!(!sandbox.transcript().contains("docker save"), "{}", sandbox.transcript());
    // Other known values, another verdict.
    sandbox.write("backend/.env", &format!("DATABASE_URL={}\n", address()));
    sandbox.write("backend/.dockerignore", ".env\n");
    sandbox.xtask(&["build", "-q", "backend", "--tag", "1.0.0-main"]).code(0);
    assert!(sandbox.transcript().contains("docker save"), "{}", sandbox.transcript());
}

#[test]
fn an_image_that_cannot_be_searched_is_taken_away() {
    let image = || Image::of("backend").layer(&[("app/main.py", "print()\n")]);
    for (rule, expected) in [
        (
            on("save sha256:*").complains("Error response from daemon: no space left on device\n").exits(1),
            str![[r#"
error: building `taskflow-backend:1.0.0-main` failed
caused by: the image could not be searched for secrets: `docker save` did not export the image: Error response from daemon: no space left on device
note: a disk is full: the engine's, or the one of the log files
hint: see what the engine keeps with `docker system df`, and free it with `docker builder prune` and `docker image prune`

"#]],
        ),
        (
            on("save sha256:*").exits(1),
            str![[r#"
error: building `taskflow-backend:1.0.0-main` failed
caused by: the image could not be searched for secrets: `docker save` did not export the image: it printed nothing

"#]],
        ),
        (
            on("save sha256:*").says("not an archive"),
            str![[r#"
error: building `taskflow-backend:1.0.0-main` failed
caused by: the image could not be searched for secrets: `docker save` did not export the image: it ends in the middle of a file

"#]],
        ),
    ] {
        let sandbox = engine(&[image()], [rule]);
        sandbox.xtask(&["build", "-q", "backend"]).code(1).stdout("").stderr(expected);
        assert!(sandbox.transcript().contains("image rm --no-prune"), "{}", sandbox.transcript());
    }
    let other = Image::of("frontend").layer(&[("a", "b")]).archive();
    exports(
        &other,
        str![[r#"
error: building `taskflow-backend:1.0.0-main` failed
caused by: the image could not be searched for secrets: `docker save` did not export the image: the archive holds another image

"#]],
    );
    exports(
        &tar_of(&[("a", b"b")]),
        str![[r#"
error: building `taskflow-backend:1.0.0-main` failed
caused by: the image could not be searched for secrets: `docker save` did not export the image: it is no image archive: it has neither a manifest.json nor an index.json

"#]],
    );
}

/// The engine exports something else than the image.
#[track_caller]
fn exports(archive: &[u8], expected: impl IntoData) {
    let image = || Image::of("backend").layer(&[("app/main.py", "print()\n")]);
    let sandbox = engine(&[image()], []);
    let path = sandbox.mark("other.tar");
    std::fs::write(&path, archive).unwrap();
    let rule = on("save sha256:*").does(&format!("cat '{}'", path.display()));
    with_images(&sandbox, &[image()], [rule]);
    sandbox.xtask(&["build", "-q", "backend"]).code(1).stdout("").stderr(expected);
}

#[test]
fn an_image_that_calls_itself_its_base_is_no_less_to_blame() {
    let label = json!({ "Labels": { "org.opencontainers.image.base.name": "taskflow-backend:1.0.0-main" } });
    let image = Image::of("backend").layer(&[("token", &token())]).config(label);
    let sandbox = engine(&[image], []);
    let run = quiet(sandbox.xtask(&["secrets", "scan", "-q", "--json", "taskflow-backend:1.0.0-main"]).code(1));
    assert_eq!(run.document()["findings"][0]["severity"], "error");
}

#[test]
fn files_in_layers_are_known_by_their_names() {
    let image =
        Image::of("backend").layer(&[("app/.env", "FOO=1\n"), ("var/lib/.docker/config.json", "{}"), ("a.p12", "")]);
    let sandbox = engine(&[image], []);
    quiet(sandbox.xtask(&["build", "-q", "backend"]).code(1)).stderr(str![[r#"
error[secret-file]: a secret in `/a.p12` in a layer of `taskflow-backend:1.0.0-main`: it is a key store
note: layer sha256:8ac93583ad29366b8651d72dd990b527c3817ccf332d16938e1ca8d5c55103ab, byte 0
note: contract: No Secrets in Image Layers; a file that a later step deletes stays in its layer
hint: keep it out of the step that writes it, with `RUN --mount=type=secret`, and replace the secret

error[secret-file]: a secret in `/app/.env` in a layer of `taskflow-backend:1.0.0-main`: it is an environment file
note: layer sha256:8ac93583ad29366b8651d72dd990b527c3817ccf332d16938e1ca8d5c55103ab, byte 0
note: contract: No Secrets in Image Layers; a file that a later step deletes stays in its layer
hint: keep it out of the step that writes it, with `RUN --mount=type=secret`, and replace the secret

error[secret-file]: a secret in `/var/lib/.docker/config.json` in a layer of `taskflow-backend:1.0.0-main`: it is a file of credentials for registries
note: layer sha256:8ac93583ad29366b8651d72dd990b527c3817ccf332d16938e1ca8d5c55103ab, byte 0
note: contract: No Secrets in Image Layers; a file that a later step deletes stays in its layer
note: `taskflow-backend:1.0.0-main` was taken away; the builder's cache still has its steps
hint: keep it out of the step that writes it, with `RUN --mount=type=secret`, and replace the secret
hint: empty the cache with `docker builder prune` when the secret is out of the source

"#]]);
}

#[test]
fn an_image_that_stays_is_not_called_gone() {
    let image = Image::of("backend").layer(&[("token", &token())]);
    let sandbox = engine(&[image], [on("image rm --no-prune taskflow-*").complains("Error: conflict\n").exits(1)]);
    quiet(sandbox.xtask(&["build", "-q", "backend"]).code(1)).stderr(str![[r#"
error[github-token]: a secret in `/token` in a layer of `taskflow-backend:1.0.0-main`: GitHub token
note: layer sha256:5d5997faf5e58307207c1c28e65862efd3afebbd3293e41b8d1769b31e28aa31, byte 4
note: contract: No Secrets in Image Layers; a file that a later step deletes stays in its layer
note: `taskflow-backend:1.0.0-main` could not be taken away
hint: keep it out of the step that writes it, with `RUN --mount=type=secret`, and replace the secret
hint: take the image away with `docker image rm --force taskflow-backend:1.0.0-main`
hint: empty the cache with `docker builder prune` when the secret is out of the source

"#]]);
}
