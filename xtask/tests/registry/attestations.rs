//! Releases with `attest`: the registry gets the verified image with an attestation of its build, which has no value
//! of a build arg, and nothing changes on this machine.

use std::collections::BTreeMap;
use std::fs;
use std::process::Command;

use rustix::process::Signal;
use serde_json::Value;

use crate::parts::{engine, scratch};
use crate::registry::{content, digest};
use crate::releases::{PLAIN, Run, World, assert_same};
use crate::releases_to_registries::Public;
use crate::rig::{Engine, fact};

/// The call that pushes the second image with attestations.
const BUILD: &str = "docker buildx build *--provenance=mode=min*-b:*-attested*";

/// A value that nothing else has.
fn random() -> String {
    let bytes = fs::read("/proc/sys/kernel/random/uuid").unwrap();
    format!("flavour {}", String::from_utf8(bytes).unwrap().trim())
}

/// A repository with a build arg, whose releases get attestations. The client has a current buildx or the machine's own.
fn attested(test: &str, current_client: bool) -> Option<(Public, String)> {
    let registry = fact(test, "registry", "address")?;
    let current = |name: &str| fact(test, "engine-current", name);
    let (host, config) = (current("docker_host")?, current("docker_config")?);
    let engine = Engine::at(&host, current_client.then_some(config.as_str()));
    let value = random();
    Some((Public::of(registry, with_arg(&engine, &value), "attest = true\n"), value))
}

/// Two components, of which the first one has a build arg with this value.
fn with_arg(engine: &Engine, value: &str) -> World {
    let dockerfile = PLAIN.replacen('\n', "\nARG FLAVOUR\n", 1);
    let arg = format!("[component.a.build-args.FLAVOUR]\ndefault = \"{value}\"\n");
    World::new(engine, &[("a", &dockerfile), ("b", PLAIN)], &arg)
}

/// Whether a text stands in some bytes: as it is, or in base64 at any offset.
fn has(bytes: &[u8], text: &str) -> bool {
    let has = |part: &[u8]| bytes.windows(part.len()).any(|window| window == part);
    let base64 = |offset: usize| {
        let text = &text[offset..];
        encoded(&text.as_bytes()[..text.len() / 3 * 3])
    };
    has(text.as_bytes()) || (0..3).any(|offset| has(base64(offset).as_bytes()))
}

/// Bytes in base64; their number is a multiple of three.
fn encoded(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let letters = bytes.chunks(3).flat_map(|three| {
        let bits = three.iter().fold(0, |bits, byte| bits << 8 | usize::from(*byte));
        [18, 12, 6, 0].map(|shift| char::from(LETTERS[bits >> shift & 63]))
    });
    letters.collect()
}

/// Checks that a release is public as the verified images with attestations.
#[track_caller]
fn is_attested(public: &Public, version: &str, run: &Run, value: &str) {
    public.world.is_released(version, &run.ids());
    let candidate = run.document["release"]["candidate_tag"].as_str().unwrap();
    let record = public.world.record(version);
    for (component, id) in run.ids() {
        let repository = public.repository(component);
        let image = public.digest(component, candidate).unwrap();
        let index = public.digest(component, version).unwrap();
        assert_eq!(Some(&index), public.digest(component, &format!("{candidate}-attested")).as_ref());
        // The engine's ID is the digest of the verified image, and the record has that of the index.
        assert_eq!(image, id);
        let recorded = record["components"].as_array().unwrap().iter().find(|one| one["component"] == component);
        assert_eq!(recorded.unwrap()["digest"], index.as_str());
        let all = content(&public.registry, &repository, version);
        let parsed: Value = serde_json::from_slice(&all[&index]).unwrap();
        let [first, second] = parsed["manifests"].as_array().unwrap().as_slice() else { panic!("{parsed}") };
        assert_eq!(first["digest"], image.as_str());
        let about = &second["annotations"]["vnd.docker.reference.digest"];
        assert_eq!(
            (&second["annotations"]["vnd.docker.reference.type"], about),
            (&"attestation-manifest".into(), &image.as_str().into())
        );
        let hex = image.strip_prefix("sha256:").unwrap();
        assert!(statements(&all).any(|bytes| has_text(bytes, hex)));
        // The image itself has the value in its history, as on this machine.
        let own = content(&public.registry, &repository, &image);
        assert_eq!(own.values().any(|bytes| has(bytes, value)), component == "a");
        let added: Vec<_> = all.iter().filter(|(digest, _)| !own.contains_key(*digest)).collect();
        assert!(added.len() >= 3, "an index, a manifest, and a statement: {added:?}");
        for (digest, bytes) in added {
            assert!(!has(bytes, value), "{component}: {digest}");
        }
        // No name with the registry is left here.
        let name = format!("{}/{repository}", public.front.address());
        assert_eq!(public.world.engine.docker(&["image", "ls", "--quiet", &name]), "");
        // What others pull is the verified image.
        let by_digest = format!("{name}@{image}");
        public.world.engine.docker(&["pull", "--quiet", &by_digest]);
        assert_eq!(public.world.engine.id(&by_digest), Some(id));
        public.world.engine.forget(&[&by_digest]);
    }
}

/// What is said about builds.
fn statements(all: &BTreeMap<String, Vec<u8>>) -> impl Iterator<Item = &Vec<u8>> {
    all.values().filter(|bytes| has_text(bytes, "\"predicateType\":\"https://slsa.dev/provenance/"))
}

fn has_text(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|window| window == text.as_bytes())
}

#[test]
fn the_verified_image_is_pushed_with_an_attestation() {
    let test = "the_verified_image_is_pushed_with_an_attestation";
    let Some((public, value)) = attested(test, true) else { return };
    // Without a push nothing is attested. The next release of the version is from the same commit.
    let run = public.release("1.0.0", &["--yes"]).ends(0, "released");
    let plain: Vec<(String, String)> = run.ids().into_iter().map(|(name, id)| (name.to_owned(), id)).collect();
    public.world.git(&["tag", "--delete", "v1.0.0"]);
    fs::remove_dir_all(public.world.root.join("target/xtask/releases")).unwrap();
    let builds = |calls: Vec<String>| calls.into_iter().filter(|call| call.contains("--provenance=mode=")).count();
    assert_eq!(builds(public.world.calls()), 0);
    public.world.engine.forget(&[&public.world.reference("a", "1.0.0"), &public.world.reference("b", "1.0.0")]);
    let run = public.release("1.0.0", &["--yes", "--push"]).ends(0, "released");
    let ids: Vec<(String, String)> = run.ids().into_iter().map(|(name, id)| (name.to_owned(), id)).collect();
    assert_eq!(ids, plain, "the IDs on this machine are those without attestations");
    is_attested(&public, "1.0.0", &run, &value);
    assert_eq!(builds(public.world.calls()), 2);
    public.release("1.0.0", &["--yes", "--push"]).ends(0, "already-released");
}

#[test]
fn an_older_buildx_attests_too() {
    let Some((public, value)) = attested("an_older_buildx_attests_too", false) else { return };
    let run = public.release("1.0.0", &["--yes", "--push"]).ends(0, "released");
    is_attested(&public, "1.0.0", &run, &value);
}

#[test]
fn a_value_in_an_attestation_would_be_found() {
    let test = "a_value_in_an_attestation_would_be_found";
    let Some((public, value)) = attested(test, true) else { return };
    let name = format!("{}/{}:max", public.front.address(), public.repository("a"));
    let arg = format!("FLAVOUR={value}");
    let output = format!("type=image,name={name},push=true");
    let folder = public.world.root.join("a").to_string_lossy().into_owned();
    let fixed = ["buildx", "build", "--quiet", "--provenance=mode=max", "--build-arg"];
    public.world.engine.docker(&[&fixed[..], &[&arg, "--output", &output, &folder]].concat());
    let all = content(&public.registry, &public.repository("a"), "max");
    assert!(statements(&all).any(|bytes| has(bytes, &value)));
    // In base64 at each offset, too.
    for before in ["", "x", "xy"] {
        let padded = format!("{before}{value}xyz");
        assert!(has(encoded(&padded.as_bytes()[..padded.len() / 3 * 3]).as_bytes(), &value), "{before}");
    }
}

#[test]
fn the_classic_store_is_refused() {
    let test = "the_classic_store_is_refused";
    let Some(registry) = fact(test, "registry", "address").filter(|_| engine(test)) else { return };
    let public = Public::of(registry, with_arg(&Engine::own(), "plain"), "attest = true\n");
    let everything = public.world.everything();
    let run = public.release("1.0.0", &["--yes", "--push"]).ends(3, "nothing-done");
    let lines = run.document["preflight"].as_array().unwrap();
    let line = lines.iter().find(|line| line["name"] == "attest").unwrap();
    assert_eq!(line["state"], "refused");
    let run = run.says("the engine keeps images in the classic store, whose builder makes no attestations");
    run.says("\"containerd-snapshotter\": true");
    assert_same(&everything, &public.world.everything(), "after the refusal");
    assert!(public.front.written().is_empty());
    // The line is true: the builder of this engine refuses.
    let folder = scratch();
    fs::write(folder.path().join("Dockerfile"), "FROM scratch\nLABEL a=b\n").unwrap();
    let mut build = Command::new("docker");
    build.args(["buildx", "build", "--provenance=mode=min"]).arg(folder.path());
    let output = build.output().unwrap();
    assert!(!output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    public.release("1.0.0", &["--yes"]).ends(0, "released");
}

#[test]
fn a_release_that_ends_while_it_attests_is_resumed_or_undone() {
    let test = "a_release_that_ends_while_it_attests_is_resumed_or_undone";
    let Some((public, value)) = attested(test, true) else { return };
    let before = public.picture();
    for call_happens in [true, false] {
        public.world.held("1.0.0", &["--push"], "upload", BUILD).killed(call_happens);
        public.release("1.0.0", &["--abort"]).ends(0, "undone");
        assert_same(&before, &public.picture(), "after the release was undone");
    }
    public.world.held("1.0.0", &["--push"], "upload", BUILD).interrupted(Signal::TERM).ends(143, "undone");
    assert_same(&before, &public.picture(), "after the signal");
    // The index that was pushed before the release was killed stays as it is.
    public.world.held("1.0.0", &["--push"], "upload", "docker *imagetools inspect *-b:*-attested").killed(true);
    let tag = format!("{}-attested", public.world.candidate_tag());
    let index = digest(&public.registry, &public.repository("b"), &tag).unwrap();
    let run = public.release("1.0.0", &["--resume"]).ends(0, "released");
    is_attested(&public, "1.0.0", &run, &value);
    assert_eq!(public.digest("b", "1.0.0"), Some(index));
    for (version, pattern) in [("1.1.0", "docker tag *-b:*"), ("1.2.0", "git *update-ref*")] {
        let step = if version == "1.1.0" { "upload" } else { "publish" };
        public.world.held(version, &["--push"], step, pattern).killed(true);
        let run = public.release(version, &["--resume"]).ends(0, "released");
        is_attested(&public, version, &run, &value);
    }
}
