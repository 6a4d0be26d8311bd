//! `secrets scan` of images: those of the engine, archives, and layouts.

use std::fs;
use std::path::PathBuf;

use serde_json::{Value, json};
use snapbox::str;

use super::rows::fed;
use crate::harness::image_archives::{diff_id, gzip, layout, tar_of, zip};
use crate::harness::images::{Image, engine, unfit};
use crate::harness::planted::{quiet, shows_nothing, token};
use crate::harness::sandbox::{CONFIG, Sandbox};

#[test]
fn every_surface_of_an_image_is_searched() {
    let sandbox = engine(&unfit(), []);
    let run = quiet(sandbox.xtask(&["secrets", "scan", "taskflow-backend:1.0.0-main"]).code(1));
    run.stdout("").stderr(str![[r#"
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
hint: keep it out of the step that writes it, with `RUN --mount=type=secret`, and replace the secret

warning[github-token]: a secret in `Env BASE_TOKEN` in the configuration of `taskflow-backend:1.0.0-main`: GitHub token
hint: it comes with the base image: take one without it, and report it to its maintainers

warning[github-token]: a secret in entry 2 in the history of `taskflow-backend:1.0.0-main`: GitHub token
hint: it comes with the base image: take one without it, and report it to its maintainers

warning[github-token]: a secret in `/usr/share/base.txt` in a layer of `taskflow-backend:1.0.0-main`: GitHub token
note: layer sha256:ccaa85645ba3f99cf652f601e59f86778fd03a2d1f321ff468f619009fae5754, byte 4
hint: it comes with the base image: take one without it, and report it to its maintainers

    Searched 1.1 kB in [TIME]
error: 7 secrets found
note: no value is shown; each rule is explained in docs/secrets.md

"#]]);
    let run = quiet(sandbox.xtask(&["secrets", "scan", "taskflow-backend:1.0.0-main", "--json"]).code(1));
    run.stdout(str![[r#"
{
  "schema": 1,
  "command": "secrets scan",
  "ok": false,
  "targets": [
    {
      "name": "taskflow-backend:1.0.0-main",
      "kind": "image",
      "bytes": 0,
      "layers": 3,
      "layers_remembered": 3
    }
  ],
  "findings": [
    {
      "rule": "github-token",
      "severity": "error",
      "reason": "GitHub token",
      "place": "image:backend:Cmd",
      "what": "a secret in `Cmd` in the configuration of `taskflow-backend:1.0.0-main`: GitHub token",
      "wanted": "contract: No Secrets in Image Layers; whoever has the image can read it",
      "remedy": "take it out of the Dockerfile and of the build args, build again, and replace the secret",
      "documentation": "docs/secrets.md#github-token"
    },
    {
      "rule": "secret-name",
      "severity": "error",
      "reason": "its name says that it is a password",
      "place": "image:backend:Env SMTP_PASS",
      "what": "a secret in `Env SMTP_PASS` in the configuration of `taskflow-backend:1.0.0-main`: its name says that it is a password",
      "wanted": "contract: No Secrets in Image Layers; whoever has the image can read it",
      "remedy": "take it out of the Dockerfile and of the build args, build again, and replace the secret",
      "documentation": "docs/secrets.md#secret-name"
    },
    {
      "rule": "command-line-secret",
      "severity": "error",
      "reason": "secret on a command line",
      "place": "image:backend:Healthcheck.Test",
      "what": "a secret in `Healthcheck.Test` in the configuration of `taskflow-backend:1.0.0-main`: secret on a command line",
      "wanted": "contract: No Secrets in Image Layers; whoever has the image can read it",
      "remedy": "take it out of the Dockerfile and of the build args, build again, and replace the secret",
      "documentation": "docs/secrets.md#command-line-secret"
    },
    {
      "rule": "url-password",
      "severity": "error",
      "reason": "password in an address",
      "place": "image:backend:Labels note",
      "what": "a secret in `Labels note` in the configuration of `taskflow-backend:1.0.0-main`: password in an address",
      "wanted": "contract: No Secrets in Image Layers; whoever has the image can read it",
      "remedy": "take it out of the Dockerfile and of the build args, build again, and replace the secret",
      "documentation": "docs/secrets.md#url-password"
    },
    {
      "rule": "github-token",
      "severity": "error",
      "reason": "GitHub token",
      "place": "image:backend:OnBuild",
      "what": "a secret in `OnBuild` in the configuration of `taskflow-backend:1.0.0-main`: GitHub token",
      "wanted": "contract: No Secrets in Image Layers; whoever has the image can read it",
      "remedy": "take it out of the Dockerfile and of the build args, build again, and replace the secret",
      "documentation": "docs/secrets.md#github-token"
    },
    {
      "rule": "secret-name",
      "severity": "error",
      "reason": "its name says that it is a password",
      "place": "image:backend:history",
      "what": "a secret in entry 3 in the history of `taskflow-backend:1.0.0-main`: its name says that it is a password",
      "wanted": "contract: No Secrets in Image Layers; whoever has the image can read it",
      "remedy": "take it out of the Dockerfile and of the build args, build again, and replace the secret",
      "documentation": "docs/secrets.md#secret-name"
    },
    {
      "rule": "url-password",
      "severity": "error",
      "reason": "password in an address",
      "place": "image:backend:/app/deleted.py",
      "offset": 25,
      "layer": "sha256:8a7d04d428ac91e69f69d829445d49c0591c5dbcdc8d00d71860715f558da0a5",
      "what": "a secret in `/app/deleted.py` in a layer of `taskflow-backend:1.0.0-main`: password in an address",
      "wanted": "contract: No Secrets in Image Layers; a file that a later step deletes stays in its layer",
      "remedy": "keep it out of the step that writes it, with `RUN --mount=type=secret`, and replace the secret",
      "documentation": "docs/secrets.md#url-password"
    },
    {
      "rule": "github-token",
      "severity": "warning",
      "reason": "GitHub token",
      "place": "image:backend:Env BASE_TOKEN",
      "what": "a secret in `Env BASE_TOKEN` in the configuration of `taskflow-backend:1.0.0-main`: GitHub token",
      "remedy": "it comes with the base image: take one without it, and report it to its maintainers",
      "documentation": "docs/secrets.md#github-token"
    },
    {
      "rule": "github-token",
      "severity": "warning",
      "reason": "GitHub token",
      "place": "image:backend:history",
      "what": "a secret in entry 2 in the history of `taskflow-backend:1.0.0-main`: GitHub token",
      "remedy": "it comes with the base image: take one without it, and report it to its maintainers",
      "documentation": "docs/secrets.md#github-token"
    },
    {
      "rule": "github-token",
      "severity": "warning",
      "reason": "GitHub token",
      "place": "image:backend:/usr/share/base.txt",
      "offset": 4,
      "layer": "sha256:ccaa85645ba3f99cf652f601e59f86778fd03a2d1f321ff468f619009fae5754",
      "what": "a secret in `/usr/share/base.txt` in a layer of `taskflow-backend:1.0.0-main`: GitHub token",
      "remedy": "it comes with the base image: take one without it, and report it to its maintainers",
      "documentation": "docs/secrets.md#github-token"
    }
  ],
  "error": {
    "kind": "failed",
    "exit_code": 1,
    "problems": [
      {
        "message": "7 secrets found",
        "file": null,
        "line": null,
        "column": null,
        "causes": [],
        "notes": [
          "no value is shown; each rule is explained in docs/secrets.md"
        ],
        "hints": []
      }
    ]
  }
}

"#]]);
}

#[test]
fn layers_that_were_searched_are_not_exported_again() {
    let sandbox = engine(&unfit(), []);
    let scan = ["secrets", "scan", "-q", "taskflow-backend:1.0.0-main"];
    let first = quiet(sandbox.xtask(&scan).code(1));
    sandbox.take_calls();
    let second = quiet(sandbox.xtask(&scan).code(1));
    assert_eq!(first.stderr, second.stderr);
    assert!(!sandbox.transcript().contains("docker save"), "{}", sandbox.transcript());
    // What is remembered shows nothing either.
    let folder = sandbox.root.join("target/xtask/secrets");
    let files = fs::read_dir(&folder).unwrap().flat_map(|entry| files_below(entry.unwrap().path()));
    files.for_each(|file| shows_nothing(&String::from_utf8_lossy(&fs::read(file).unwrap())));
    assert_eq!(fs::read_to_string(folder.join(".gitignore")).unwrap(), "*\n");
}

fn files_below(path: PathBuf) -> Vec<PathBuf> {
    if path.is_dir() {
        fs::read_dir(path).unwrap().flat_map(|entry| files_below(entry.unwrap().path())).collect()
    } else {
        vec![path]
    }
}

#[test]
fn archives_and_layouts_are_searched_like_images() {
    let sandbox = Sandbox::new();
    let [_, image] = <[Image; 2]>::try_from(unfit()).ok().unwrap();
    fs::write(sandbox.root.join("image.tar"), image.archive()).unwrap();
    fs::write(sandbox.root.join("image.tar.gz"), gzip(&image.archive())).unwrap();
    fs::write(sandbox.root.join("layout.tar"), layout(&image.layers, gzip, false)).unwrap();
    let folder = sandbox.root.join("layout");
    tar::Archive::new(fs::File::open(sandbox.root.join("layout.tar")).unwrap()).unpack(&folder).unwrap();
    let run = quiet(sandbox.xtask(&["secrets", "scan", "image.tar"]).code(1));
    run.stdout("").stderr(str![[r#"
error[github-token]: a secret in `Cmd` in the configuration of `a:1`: GitHub token
note: contract: No Secrets in Image Layers; whoever has the image can read it
hint: take it out of the Dockerfile and of the build args, build again, and replace the secret

error[github-token]: a secret in `Env BASE_TOKEN` in the configuration of `a:1`: GitHub token
note: contract: No Secrets in Image Layers; whoever has the image can read it
hint: take it out of the Dockerfile and of the build args, build again, and replace the secret

error[secret-name]: a secret in `Env SMTP_PASS` in the configuration of `a:1`: its name says that it is a password
note: contract: No Secrets in Image Layers; whoever has the image can read it
hint: take it out of the Dockerfile and of the build args, build again, and replace the secret

error[command-line-secret]: a secret in `Healthcheck.Test` in the configuration of `a:1`: secret on a command line
note: contract: No Secrets in Image Layers; whoever has the image can read it
hint: take it out of the Dockerfile and of the build args, build again, and replace the secret

error[url-password]: a secret in `Labels note` in the configuration of `a:1`: password in an address
note: contract: No Secrets in Image Layers; whoever has the image can read it
hint: take it out of the Dockerfile and of the build args, build again, and replace the secret

error[github-token]: a secret in `OnBuild` in the configuration of `a:1`: GitHub token
note: contract: No Secrets in Image Layers; whoever has the image can read it
hint: take it out of the Dockerfile and of the build args, build again, and replace the secret

error[github-token]: a secret in `/usr/share/base.txt` in a layer of `a:1`: GitHub token
note: layer sha256:ccaa85645ba3f99cf652f601e59f86778fd03a2d1f321ff468f619009fae5754, byte 4
note: contract: No Secrets in Image Layers; a file that a later step deletes stays in its layer
hint: keep it out of the step that writes it, with `RUN --mount=type=secret`, and replace the secret

error[url-password]: a secret in `/app/deleted.py` in a layer of `a:1`: password in an address
note: layer sha256:8a7d04d428ac91e69f69d829445d49c0591c5dbcdc8d00d71860715f558da0a5, byte 25
note: contract: No Secrets in Image Layers; a file that a later step deletes stays in its layer
hint: keep it out of the step that writes it, with `RUN --mount=type=secret`, and replace the secret

    Searched 1.1 kB in [TIME]
error: 8 secrets found
note: no value is shown; each rule is explained in docs/secrets.md

"#]]);
    quiet(sandbox.xtask(&["secrets", "scan", "-q", "layout"]).code(1)).stdout("").stderr(str![[r#"
error[github-token]: a secret in `/usr/share/base.txt` in a layer of `docker.io/library/a:1`: GitHub token
note: layer sha256:ccaa85645ba3f99cf652f601e59f86778fd03a2d1f321ff468f619009fae5754, byte 4
note: contract: No Secrets in Image Layers; a file that a later step deletes stays in its layer
hint: keep it out of the step that writes it, with `RUN --mount=type=secret`, and replace the secret

error[url-password]: a secret in `/app/deleted.py` in a layer of `docker.io/library/a:1`: password in an address
note: layer sha256:8a7d04d428ac91e69f69d829445d49c0591c5dbcdc8d00d71860715f558da0a5, byte 25
note: contract: No Secrets in Image Layers; a file that a later step deletes stays in its layer
hint: keep it out of the step that writes it, with `RUN --mount=type=secret`, and replace the secret

error: 2 secrets found
note: no value is shown; each rule is explained in docs/secrets.md

"#]]);
    let findings = |args: &[&str]| {
        let run = quiet(sandbox.xtask(&[&["secrets", "scan", "--json"], args].concat()).code(1));
        run.document()["findings"].as_array().unwrap().len()
    };
    assert_eq!(findings(&["image.tar"]), findings(&["image.tar.gz"]));
    assert_eq!(findings(&["layout.tar"]), findings(&["layout"]));
    let run = fed(&sandbox, &["secrets", "scan", "--json", "-"], &image.archive()).code(1);
    assert_eq!(run.document()["findings"].as_array().unwrap().len(), findings(&["image.tar"]));
    assert_eq!(run.document()["targets"][0]["layers"], 3);
}

#[test]
fn an_archive_that_ends_early_is_no_clean_one() {
    let sandbox = Sandbox::new();
    let image = Image::of("backend").layer(&[("a", "b")]);
    let archive = image.archive();
    fs::write(sandbox.root.join("half.tar"), &archive[..1536]).unwrap();
    sandbox.xtask(&["secrets", "scan", "half.tar"]).code(1).stdout("").stderr(str![[r#"
error[not-searched]: `half.tar!/0000000000000000000000000000000000000000000000000000000000000000/layer.tar` could not be searched: it ends without the mark of an archive's end
  --> half.tar!/0000000000000000000000000000000000000000000000000000000000000000/layer.tar
hint: mend it or take it away: what cannot be searched may hold anything

error[not-searched]: `half.tar` could not be searched: it ends in the middle of a file
  --> half.tar
hint: mend it or take it away: what cannot be searched may hold anything

    Searched 1 B in [TIME]
error: 2 places could not be searched
note: no value is shown; each rule is explained in docs/secrets.md

"#]]);
    sandbox.xtask(&["secrets", "scan", "/proc/self/mem"]).code(1).stdout("").stderr(str![[r#"
error: cannot read `/proc/self/mem` to its end
caused by: Input/output error (os error 5)

"#]]);
    let end = archive.len() - 1024;
    fs::write(sandbox.root.join("cut.tar"), &archive[..end]).unwrap();
    sandbox.xtask(&["secrets", "scan", "cut.tar"]).code(1).stdout("").stderr(str![[r#"
error[not-searched]: `cut.tar` could not be searched: it ends without the mark of an archive's end
  --> cut.tar
hint: mend it or take it away: what cannot be searched may hold anything

    Searched 319 B in [TIME]
error: 1 place could not be searched
note: no value is shown; each rule is explained in docs/secrets.md

"#]]);
    fs::write(sandbox.root.join("other.tar"), tar_of(&[("manifest.json", b"[{\"Config\":1}]")])).unwrap();
    sandbox.xtask(&["secrets", "scan", "other.tar"]).code(1).stdout("").stderr(str![[r#"
error: cannot search `other.tar` as an image
caused by: `manifest.json` in it is not what it should be, at line 1, column 12

"#]]);
    let named = b"[{\"Config\":\"a.json\",\"Layers\":[]}]";
    fs::write(sandbox.root.join("less.tar"), tar_of(&[("manifest.json", named)])).unwrap();
    sandbox.xtask(&["secrets", "scan", "less.tar"]).code(1).stdout("").stderr(str![[r#"
error: cannot search `less.tar` as an image
caused by: `a.json` is named in it but is not in it

"#]]);
    let config = format!("{{\"rootfs\":{{\"diff_ids\":[\"{}\"]}}}}", diff_id(b""));
    let named = b"[{\"Config\":\"a.json\",\"Layers\":[\"gone/layer.tar\"]}]";
    let gone = tar_of(&[("manifest.json", named), ("a.json", config.as_bytes())]);
    fs::write(sandbox.root.join("gone.tar"), gone).unwrap();
    sandbox.xtask(&["secrets", "scan", "-q", "gone.tar"]).code(1).stdout("").stderr(str![[r#"
error[not-searched]: a layer of `gone.tar` could not be searched: the archive does not hold it
note: layer sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855, byte 0
hint: mend it or take it away: what cannot be searched may hold anything

error: 1 place could not be searched
note: no value is shown; each rule is explained in docs/secrets.md

"#]]);
    let layers = [tar_of(&[("a", b"b")])];
    fs::write(sandbox.root.join("unknown.tar"), layout(&layers, |_| vec![7; 900], false)).unwrap();
    sandbox.xtask(&["secrets", "scan", "-q", "unknown.tar"]).code(1).stdout("").stderr(str![[r#"
error[not-searched]: a layer of `docker.io/library/a:1` could not be searched: it is packed in a way that is not known
note: layer sha256:4902062e348eff8e1ddb095be928f951a856d83575a07aabd390e2c5c11bc473, byte 0
hint: mend it or take it away: what cannot be searched may hold anything

error: 1 place could not be searched
note: no value is shown; each rule is explained in docs/secrets.md

"#]]);
}

#[test]
fn any_other_archive_is_searched_file_by_file() {
    let sandbox = Sandbox::new();
    let text = format!("see {}\n", token());
    let inner = gzip(&tar_of(&[("b.py", text.as_bytes())]));
    let files: [(&str, &[u8]); 4] =
        [("a.txt", text.as_bytes()), ("a.log.gz", &gzip(text.as_bytes())), ("b.tgz", &inner), ("cut.gz", &inner[..40])];
    fs::write(sandbox.root.join("files.tar"), tar_of(&files)).unwrap();
    quiet(sandbox.xtask(&["secrets", "scan", "files.tar"]).code(1).stdout("").stderr(str![[r#"
error[github-token]: a secret in `files.tar!/a.log.gz`: GitHub token
  --> files.tar!/a.log.gz
note: at byte 8 of the unpacked text
hint: take the secret out, and replace it wherever it opens something

error[github-token]: a secret in `files.tar!/a.txt`: GitHub token
  --> files.tar!/a.txt
note: at byte 8
hint: take the secret out, and replace it wherever it opens something

error[not-searched]: `files.tar!/cut.gz` could not be searched: it ends early
  --> files.tar!/cut.gz
hint: mend it or take it away: what cannot be searched may hold anything

error[github-token]: a secret in `files.tar!/b.tgz/b.py`: GitHub token
  --> files.tar!/b.tgz/b.py
note: at byte 8
hint: take the secret out, and replace it wherever it opens something

    Searched 175 B in [TIME]
error: 3 secrets found, and 1 place could not be searched
note: no value is shown; each rule is explained in docs/secrets.md

"#]]));
    fed(&sandbox, &["secrets", "scan", "-q", "-"], &tar_of(&files[..1])).code(1).stdout("").stderr(str![[r#"
error[github-token]: a secret in `-!/a.txt`: GitHub token
  --> -!/a.txt
note: at byte 8
hint: take the secret out, and replace it wherever it opens something

error: 1 secret found
note: no value is shown; each rule is explained in docs/secrets.md

"#]]);
}

/// Files whose names alone say that they hold secrets, and some that say nothing.
const NAMED: [&str; 8] = [
    ".env",
    "app/.env.production",
    "home/.docker/config.json",
    "home/.pypirc",
    "id_rsa",
    "keys/store.p12",
    "app/.env.example",
    "app/id_rsa.pub",
];

#[test]
fn files_are_judged_by_their_names_wherever_they_are() {
    let sandbox = Sandbox::new();
    let files: Vec<(&str, &[u8])> = NAMED.iter().map(|name| (*name, &b"nothing"[..])).collect();
    let tar = tar_of(&files);
    let image = Image::of("backend").layer(&NAMED.map(|name| (name, "nothing")));
    let zipped = zip(".env", b"nothing");
    for name in NAMED {
        sandbox.write(&format!("folder/{name}"), "nothing");
    }
    for (name, content) in [
        ("files.tar", tar.as_slice()),
        ("files.tgz", &gzip(&tar)),
        ("image.tar", &image.archive()),
        ("folder/files.tar", &tar),
        ("folder/nested.tar", &tar_of(&[("files.tgz", gzip(&tar).as_slice())])),
        ("folder/env.zip", &zipped),
    ] {
        fs::write(sandbox.root.join(name), content).unwrap();
    }
    let sorted = |mut places: Vec<String>| {
        places.sort_unstable();
        places
    };
    let places = |target: &str| {
        let document = if target == "-" {
            fed(&sandbox, &["secrets", "scan", "--json", "-"], &tar).code(1).document()
        } else {
            sandbox.xtask(&["secrets", "scan", "--json", target]).code(1).document()
        };
        let place = |finding: &Value| {
            assert_eq!(finding["rule"], "secret-file", "{finding}");
            finding["place"].as_str().unwrap().to_owned()
        };
        sorted(document["findings"].as_array().unwrap().iter().map(place).collect())
    };
    let behind = |start: &str| NAMED[..6].iter().map(|name| format!("{start}{name}")).collect::<Vec<_>>();
    for (target, start) in
        [("files.tar", "files.tar!/"), ("files.tgz", "files.tgz!/"), ("-", "-!/"), ("image.tar", "image:a:1:/")]
    {
        assert_eq!(places(target), sorted(behind(start)), "{target}");
    }
    let in_folder = ["folder/", "folder/files.tar!/", "folder/nested.tar!/files.tgz!/"].map(behind).concat();
    let in_zip = vec!["folder/env.zip!/.env".to_owned()];
    assert_eq!(places("folder"), sorted([in_folder, in_zip].concat()));
    sandbox.xtask(&["secrets", "scan", "-q", "folder/env.zip"]).code(1).stdout("").stderr(str![[r#"
error[secret-file]: a secret in `folder/env.zip!/.env`: it is an environment file
  --> folder/env.zip!/.env
hint: delete the file or move it away, and replace what it holds wherever that opens something

error: 1 secret found
note: no value is shown; each rule is explained in docs/secrets.md

"#]]);
}

#[test]
fn what_belongs_to_no_image_of_an_archive_is_searched_too() {
    let sandbox = Sandbox::new();
    let image = Image::of("backend").layer(&[("a", "b")]);
    let mut archive = tar::Builder::new(Vec::new());
    for entry in tar::Archive::new(image.archive().as_slice()).entries().unwrap() {
        let mut entry = entry.unwrap();
        let header = entry.header().clone();
        archive.append(&header, &mut entry).unwrap();
    }
    let orphan = tar_of(&[("etc/token", token().as_bytes())]);
    let mut header = tar::Header::new_ustar();
    header.set_size(u64::try_from(orphan.len()).unwrap());
    archive.append_data(&mut header, "orphan/layer.tar", orphan.as_slice()).unwrap();
    fs::write(sandbox.root.join("image.tar"), archive.into_inner().unwrap()).unwrap();
    quiet(sandbox.xtask(&["secrets", "scan", "-q", "image.tar"]).code(1).stdout("").stderr(str![[r#"
error[github-token]: a secret in `image.tar!/orphan/layer.tar/etc/token`: GitHub token
  --> image.tar!/orphan/layer.tar/etc/token
note: at byte 4
hint: take the secret out, and replace it wherever it opens something

error: 1 secret found
note: no value is shown; each rule is explained in docs/secrets.md

"#]]));
}

#[test]
fn streams_are_read_once_and_whatever_they_are() {
    let sandbox = Sandbox::new();
    let image = Image::of("backend").layer(&[("a", &token())]);
    let packed = gzip(&image.archive());
    for args in [&["secrets", "scan", "--json", "-"][..], &["secrets", "scan", "--json", "/dev/stdin"]] {
        for input in [&packed, &gzip(token().as_bytes()), &token().into_bytes(), &image.archive()] {
            let run = fed(&sandbox, args, input).code(1);
            assert_eq!(run.document()["findings"][0]["rule"], "github-token", "{}", run.stdout);
        }
    }
    fed(&sandbox, &["secrets", "scan", "-q", "-"], b"\xfd7zXZ\0\0\x04").code(1).stderr(str![[r#"
error[not-searched]: `-` could not be searched: it ends early
  --> -
hint: mend it or take it away: what cannot be searched may hold anything

error: 1 place could not be searched
note: no value is shown; each rule is explained in docs/secrets.md

"#]]);
    fs::write(sandbox.root.join("a.tar.bz2"), b"BZh91AY&SY").unwrap();
    sandbox.xtask(&["secrets", "scan", "-q", "a.tar.bz2"]).code(1).stderr(str![[r#"
error[not-searched]: `a.tar.bz2` could not be searched: it ends early
  --> a.tar.bz2
hint: mend it or take it away: what cannot be searched may hold anything

error: 1 place could not be searched
note: no value is shown; each rule is explained in docs/secrets.md

"#]]);
}

#[test]
fn texts_of_a_configuration_that_belong_to_no_part_are_searched_too() {
    let sandbox = Sandbox::new();
    let layer = tar_of(&[("a", b"b")]);
    let ids = [diff_id(&layer)];
    for config in [
        json!({ "author": format!("me {}", token()) }),
        json!({ "config": { "Labels": { token(): "x" } } }),
        json!({ "config": { "Env": [token()] } }),
        json!({ "history": [{ "created_by": "RUN x", "comment": token() }] }),
    ] {
        let mut config = config;
        config["rootfs"] = json!({ "diff_ids": ids });
        let config = config.to_string();
        let manifest = json!([{ "Config": "c.json", "Layers": ["l/layer.tar"] }]).to_string();
        let files: [(&str, &[u8]); 3] =
            [("c.json", config.as_bytes()), ("l/layer.tar", &layer), ("manifest.json", manifest.as_bytes())];
        fs::write(sandbox.root.join("image.tar"), tar_of(&files)).unwrap();
        let run = quiet(sandbox.xtask(&["secrets", "scan", "--json", "image.tar"]).code(1));
        assert_eq!(run.document()["findings"].as_array().unwrap().len(), 1, "{}", run.stdout);
        if config.contains("author") {
            quiet(sandbox.xtask(&["secrets", "scan", "-q", "image.tar"])).stderr(str![[r#"
error[github-token]: a secret in `other text` in the configuration of `image.tar`: GitHub token
note: contract: No Secrets in Image Layers; whoever has the image can read it
hint: take it out of the Dockerfile and of the build args, build again, and replace the secret

error: 1 secret found
note: no value is shown; each rule is explained in docs/secrets.md

"#]]);
        }
    }
}

#[test]
fn a_layer_that_nobody_has_seen_cannot_be_allowed() {
    let sandbox = Sandbox::new();
    let layers = [tar_of(&[("a", token().as_bytes())])];
    let broken = |layer: &[u8]| {
        let mut packed = gzip(layer);
        let end = packed.len() - 6;
        packed[end] ^= 1;
        packed
    };
    fs::write(sandbox.root.join("image.tar"), layout(&layers, broken, false)).unwrap();
    let exception = "[[allow]]\nplace = \"image:backend:\"\nrule = \"not-searched\"\nreason = \"nobody knows why\"\n\
                     expires = 2999-12-31\n";
    sandbox.write("taskflow.toml", &format!("{CONFIG}{exception}"));
    quiet(sandbox.xtask(&["secrets", "scan", "-q", "image.tar"]).code(1)).stderr(str![[r#"
error[github-token]: a secret in `/a` in a layer of `docker.io/library/a:1`: GitHub token
note: layer sha256:ee3e09b7d11ed884f0a89e9d13838f6a84b0974cfefd152fa83d52e836da196a, byte 4
note: contract: No Secrets in Image Layers; a file that a later step deletes stays in its layer
hint: keep it out of the step that writes it, with `RUN --mount=type=secret`, and replace the secret

error[not-searched]: a layer of `docker.io/library/a:1` could not be searched: corrupt gzip stream does not have a matching checksum
note: layer sha256:ee3e09b7d11ed884f0a89e9d13838f6a84b0974cfefd152fa83d52e836da196a, byte 0
hint: mend it or take it away: what cannot be searched may hold anything

error: 1 secret found, and 1 place could not be searched
note: no value is shown; each rule is explained in docs/secrets.md

"#]]);
}
