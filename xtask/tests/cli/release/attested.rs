//! Releases whose pushed images get attestations.

use snapbox::str;

use super::world::{CONFIG, World, redacted};
use crate::harness::fakes::on;
use crate::harness::stateful_engine::When;

/// The attested build of the second component.
const BUILD: &str = "buildx build *--provenance=mode=min *./b";

/// A world whose releases are pushed, signed, and attested.
fn attested() -> World {
    let world = World::new();
    let release = "[release]\nregistry = \"registry.example/team\"\nsign = [\"sign-it\", \"{image}\"]\npush = true\nattest = true\n";
    world.sandbox.write("taskflow.toml", &format!("{CONFIG}\n{release}"));
    world.sandbox.commit();
    world.remote();
    world.sandbox.fake("sign-it", [on("registry.example/team/tiny-*@sha256:*")]);
    world.engine.has_containerd_store();
    world
}

/// The lines of a run from this word on, up to another one.
fn part<'a>(text: &'a str, from: &str, to: &str) -> &'a str {
    let start = text.find(from).unwrap();
    let end = text[start..].find(to).unwrap();
    &text[start..start + end]
}

#[test]
fn the_index_is_signed_named_and_recorded() {
    let world = attested();
    let run = world.released("1.1.0");
    crate::harness::run::compare(
        part(&run.stderr, "   Uploading", "  Publishing"),
        str![[r#"
   Uploading `registry.example/team/tiny-a:1.1.0-g[ID-1]` and `registry.example/team/tiny-b:1.1.0-g[ID-1]`
      Pushed registry.example/team/tiny-a:1.1.0-g[ID-1]  sha256:[ID-4]
    Attested registry.example/team/tiny-a:1.1.0-g[ID-1]-attested  sha256:[ID-5]
      Pushed registry.example/team/tiny-b:1.1.0-g[ID-1]  sha256:[ID-6]
    Attested registry.example/team/tiny-b:1.1.0-g[ID-1]-attested  sha256:[ID-7]
     Signing each digest
      Signed registry.example/team/tiny-a@sha256:[ID-5]
      Signed registry.example/team/tiny-b@sha256:[ID-7]

"#]],
    );
    let pushed = world.engine.pushed();
    let document = world.sandbox.root.join("target/xtask/releases/1.1.0");
    let digests = std::fs::read_to_string(document.join("digests.txt")).unwrap();
    let signed = format!("{:?}", world.sandbox.take_calls());
    for image in ["tiny-a", "tiny-b"] {
        let released = format!("registry.example/team/{image}:1.1.0");
        let of = |suffix: &str| {
            let fits = |name: &&String| {
                name.starts_with(&format!("{released}-g")) && name.ends_with("-attested") != suffix.is_empty()
            };
            &pushed[pushed.keys().find(fits).unwrap()]
        };
        assert_ne!(of(""), of("-attested"));
        assert_eq!(of("-attested"), &pushed[&released]);
        let digest = pushed[&released].trim_start_matches("sha256:");
        assert!(digests.contains(&format!("{digest}  {released}\n")), "{digests}");
        assert!(signed.contains(&format!("registry.example/team/{image}@sha256:{digest}")), "{signed}");
    }
    assert_eq!(pushed.len(), 6);
    // On this machine everything is as without attestations.
    let tags: Vec<String> = world.engine.tags().into_keys().collect();
    assert_eq!(tags, ["python:3.13-slim", "tiny-a:1.1.0", "tiny-b:1.1.0"]);
    world.release(&["1.1.0"]).code(0);
}

#[test]
fn the_attested_build_is_the_plain_one_with_another_output() {
    let world = attested();
    world.released("1.1.0");
    let calls = world.engine.calls();
    let builds = |word: &str| -> Vec<String> {
        let known = ["--load", "--provenance=false", "--provenance=mode=min", "--output", "--tag"];
        let of_output = |arg: &str| known.contains(&arg) || arg.starts_with("type=image,") || arg.starts_with("tiny-");
        let calls = calls.lines().filter(|call| call.starts_with("buildx build ") && call.contains(word));
        let mut rest: Vec<String> =
            calls.map(|call| call.split(' ').filter(|arg| !of_output(arg)).collect::<Vec<_>>().join(" ")).collect();
        rest.sort();
        rest
    };
    assert_eq!((builds("--load").len(), builds("--load")), (2, builds("mode=min")));
}

#[test]
fn an_attested_build_of_another_image_undoes_the_release() {
    let world = attested();
    world.engine.fault("other", BUILD, When::Before, "echo changed >>b/f");
    world.release(&["-q", "1.1.0", "--yes"]).code(1).stdout("").stderr(str![[r#"
error: `registry.example/team/tiny-b:1.1.0-g[ID-1]-attested` is not the verified image with attestations
note: verified: sha256:[ID-2]
note: in the registry: an index of sha256:[ID-3]
note: the builder makes another image if its cache was emptied after the build
note: release 1.1.0 stopped in step `upload`; everything was undone
hint: run the release again

"#]]);
    assert_eq!(world.engine.tags().len(), 1);
    assert_eq!(world.sandbox.git(&["tag"]), "");
    assert!(world.sandbox.take_calls().is_empty(), "nothing is signed");
}

#[test]
fn an_attested_build_that_fails_undoes_the_release() {
    let world = attested();
    world.engine.fails("broken", BUILD, "ERROR: failed to solve: the builder has lost its cache");
    world.release(&["-q", "1.1.0", "--yes"]).code(1).stdout("").stderr(str![[r#"
error: `registry.example/team/tiny-b:1.1.0-g[ID-1]-attested` was not built with attestations
caused by: ERROR: failed to solve: the builder has lost its cache
note: log of the build: `[BASE]repository/target/xtask/logs/b-attested.log`
note: release 1.1.0 stopped in step `upload`; everything was undone

"#]]);
    assert_eq!(world.engine.tags().len(), 1);
    world.engine.mend("broken");
    world.engine.fails("broken", BUILD, "ERROR: failed to push registry.example/team/tiny-b: 403 Forbidden");
    world.release(&["-q", "1.1.0", "--yes"]).code(1).stdout("").stderr(str![[r#"
error: the registry `registry.example` refuses this user for `registry.example/team/tiny-b:1.1.0-g[ID-1]-attested`
caused by: ERROR: failed to push registry.example/team/tiny-b: 403 Forbidden
note: release 1.1.0 stopped in step `upload`; everything was undone
hint: get the permission to push there, or log in as another user with `docker login registry.example`

"#]]);
    assert_eq!(world.engine.tags().len(), 1);
}

#[test]
fn a_push_that_was_taken_before_the_connection_was_lost_counts() {
    let world = attested();
    world.engine.fault(
        "lost",
        BUILD,
        When::After,
        "echo 'ERROR: failed to push: connection reset by peer' >&2; exit 1",
    );
    world.released("1.1.0");
    let attested = world.engine.pushed().into_keys().filter(|name| name.ends_with("-attested"));
    assert_eq!(attested.count(), 2);
}

#[test]
fn a_dry_run_prints_the_build() {
    let world = attested();
    let before = world.everything();
    let run = world.release(&["-q", "1.1.0", "-n"]).code(0).stderr("");
    assert_eq!(world.everything(), before);
    let lines: Vec<&str> = run.stdout.lines().filter(|line| line.contains("attest")).collect();
    crate::harness::run::compare(
        &redacted(&lines.join("\n")),
        str![[r#"
cd <export> && docker buildx build --progress=plain --provenance=mode=min --sbom=false --output 'type=image,name=registry.example/team/tiny-a:1.1.0-g<commit>-attested,push=true' ./a
cd <export> && docker buildx build --progress=plain --provenance=mode=min --sbom=false --output 'type=image,name=registry.example/team/tiny-b:1.1.0-g<commit>-attested,push=true' ./b
"#]],
    );
    // Without the push, nothing is attested.
    let run = world.release(&["-q", "1.1.0", "-n", "--no-push"]).code(0);
    assert!(!run.stdout.contains("attest"), "{}", run.stdout);
}
