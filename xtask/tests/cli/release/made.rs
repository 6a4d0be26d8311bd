//! A release that is made: what it says, and what it leaves.

use std::fs;

use snapbox::str;

use super::world::{World, redacted};
use crate::harness::run::compare;
use crate::harness::stateful_engine::When;

#[test]
fn a_release_says_what_it_does_and_prints_the_images() {
    let world = World::new();
    // The other build is done before this one says anything.
    world.engine.fault("later", "buildx build *./b", When::Before, "sleep 0.3");
    world.released("1.0.0").stdout(str![[r#"
tiny-a:1.0.0
tiny-b:1.0.0

"#]]).stderr(str![[r#"
          ok git.tree            the working tree is clean
          ok git.history         the history is complete
          ok git.branch          branch `main`
          ok git.submodules      no submodule is missing
          ok git.tag             tag `v1.0.0` does not exist yet
          ok git.identity        git has a name and an email address for commits
     skipped git.signature       `commit.gpgSign` and `tag.gpgSign` are off
     skipped git.remote          there is no remote
     skipped git.push            branch and tag are not pushed without `--push`
          ok project.files       the release commit changes `CHANGELOG.md`; commits that touch the components: 1
          ok project.check       Dockerfiles and build contexts pass `cargo xtask check`
          ok engine              engine 26.1.5, BuildKit through buildx 0.16.2
          ok engine.names        no image has a tag of this release yet
          ok engine.base-images  the engine has all base images
     skipped registry            images are not pushed without `--push`
     skipped attest              `attest` under `[release]` is not set
     skipped sign                `sign` under `[release]` is not set
     skipped minikube            images are not loaded without `--minikube`
note: no release is in the history of HEAD, so nothing is compared: the first release can have any version, and 1.0.0 is usual
  Committing the release commit and tag `v1.0.0`
   Preparing `tiny-a:1.0.0-g[ID-1]` and `tiny-b:1.0.0-g[ID-1]`
    Building `tiny-a:1.0.0-g[ID-1]` and `tiny-b:1.0.0-g[ID-1]` with BuildKit through buildx 0.16.2
a | [2/2] COPY . .
b | [2/2] COPY . .
       Built tiny-a:1.0.0-g[ID-1]  [ID-2]  0.0 MB
       Built tiny-b:1.0.0-g[ID-1]  [ID-3]  0.0 MB
   Verifying the candidates against the contract
   Verifying tiny-a:1.0.0-g[ID-1] ([ID-2])
   Verifying tiny-b:1.0.0-g[ID-1] ([ID-3])
    Verified 6 of 6 boxes
  Publishing 1.0.0 as git tag `v1.0.0`
    Released 1.0.0 at [ID-1] in [TIME]
      Record `target/xtask/releases/1.0.0`

"#]]);
}

#[test]
fn a_quiet_release_only_prints_the_images() {
    let world = World::new();
    world.release(&["-q", "1.0.0", "--yes"]).code(0).stdout("tiny-a:1.0.0\ntiny-b:1.0.0\n").stderr("");
}

#[test]
fn a_quiet_preflight_only_prints_what_needs_attention() {
    let world = World::new();
    world.engine.image("tiny-a:1.1.0", "{\"Labels\":null}");
    world.sandbox.git(&["tag", "v1.1.0"]);
    world.release(&["-q", "1.1.0", "--check"]).code(3).stdout("").stderr(str![[r#"
     refused git.tag             tag `v1.1.0` already exists, at commit [ID-1]
                                 hint: release another version; if the tag was never pushed, delete it with `git tag -d v1.1.0`
     warning project.files       the release commit changes `taskflow.toml` and `CHANGELOG.md`; commits that touch the components: 0
     warning engine.names        tiny-a:1.1.0 ([ID-2]) already exists; the release moves the tag, and moves it back if it fails
error: release 1.1.0 is refused by 1 check of the preflight
note: nothing was changed
hint: repair what the lines marked `refused` name, and run the command again

error: version 1.1.0 is not higher than 1.1.0, the previous release
hint: release 1.1.1 or 1.2.0 or 2.0.0

"#]]);
}

#[test]
fn commit_tag_and_images_belong_together() {
    let world = World::new();
    let before = world.sandbox.git(&["rev-parse", "HEAD"]);
    world.released("1.1.0");
    let git = |args: &[&str]| world.sandbox.git(args);
    let commit = git(&["rev-parse", "main"]);
    assert_eq!(git(&["rev-parse", "v1.1.0^{commit}", "main^", "HEAD"]), format!("{commit}\n{before}\n{commit}"));
    assert_eq!(git(&["cat-file", "-t", "v1.1.0"]), "tag");
    assert_eq!(git(&["log", "-1", "--format=%s|%an|%ae|%cn"]), "Release 1.1.0|Test|test@example.org|Test");
    assert_eq!(git(&["status", "--porcelain"]), "");
    for image in ["tiny-a", "tiny-b"] {
        let inspected = world.engine.inspected(&format!("{image}:1.1.0"));
        for (label, value) in [("revision", commit.as_str()), ("version", "1.1.0"), ("title", image)] {
            let wanted = format!("\"org.opencontainers.image.{label}\":\"{value}\"");
            assert!(inspected.contains(&wanted), "{wanted} in {inspected}");
        }
    }
    let names: Vec<String> = world.engine.tags().into_keys().collect();
    assert_eq!(names, ["python:3.13-slim", "tiny-a:1.1.0", "tiny-b:1.1.0"]);
    assert!(!world.sandbox.root.join(".git/taskflow-release").exists());
}

#[test]
fn the_changelog_is_the_message_of_the_tag() {
    let world = World::new();
    world.released("1.0.0");
    world.sandbox.write("a/f", "better\n");
    world.sandbox.git(&["commit", "--quiet", "--all", "--message=a: answer faster"]);
    world.sandbox.write("README.md", "more\n");
    world.sandbox.git(&["add", "README.md"]);
    world.sandbox.git(&["commit", "--quiet", "--message=docs: no component"]);
    world.released("1.0.1");
    let message = world.sandbox.git(&["for-each-ref", "--format=%(contents)", "refs/tags/v1.0.1"]);
    let day = message.get(11..21).unwrap().to_owned();
    compare(
        &redacted(&message.replace(&day, "[DAY]")),
        str![[r#"
## 1.0.1 - [DAY]

### Changed

- a: answer faster (`[ID-1]`)
"#]],
    );
    let text = world.sandbox.read("CHANGELOG.md");
    compare(
        &redacted(&text.replace(&day, "[DAY]")),
        str![[r#"
# Changelog

## 1.0.1 - [DAY]

### Changed

- a: answer faster (`[ID-1]`)

## 1.0.0 - [DAY]

### Changed

- state (`[ID-2]`)

"#]],
    );
}

#[test]
fn a_release_leaves_a_record() {
    let world = World::new();
    world.released("1.1.0");
    let folder = world.sandbox.root.join("target/xtask/releases/1.1.0");
    let mut names: Vec<String> =
        fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    assert_eq!(names.join(" "), "changelog.md digests.txt record.json sbom-a.cdx.json sbom-b.cdx.json");
    let digests = fs::read_to_string(folder.join("digests.txt")).unwrap();
    let tags = world.engine.tags();
    let expected = ["tiny-a:1.1.0", "tiny-b:1.1.0"].map(|name| format!("{}  {name}\n", &tags[name][7..]));
    assert_eq!(digests, expected.concat());
}

#[test]
fn the_images_of_an_older_release_are_replaced() {
    let world = World::new();
    let old = world.engine.image("tiny-a:1.1.0", "{\"Labels\":null}");
    world.released("1.1.0");
    assert_ne!(world.engine.tags()["tiny-a:1.1.0"], old);
}
