//! Releases that are pushed, signed, and loaded.

use std::fs;

use snapbox::str;

use super::world::{CONFIG, World};
use crate::harness::fakes::on;

/// A world whose releases are pushed to a remote and a registry, and signed.
fn published() -> World {
    let world = World::new();
    let release = "[release]\nregistry = \"registry.example/team\"\nsign = [\"sign-it\", \"--key\", \"k\", \"{image}\"]\npush = true\n";
    world.sandbox.write("taskflow.toml", &format!("{CONFIG}\n{release}"));
    world.sandbox.commit();
    world.remote();
    world.sandbox.fake("sign-it", [on("--key k registry.example/team/tiny-*@sha256:*")]);
    world
}

#[test]
fn a_release_is_pushed_signed_and_named_by_its_digest() {
    let world = published();
    world.engine.fault("later", "buildx build *./b", crate::harness::stateful_engine::When::Before, "sleep 0.3");
    world.released("1.1.0").stdout(str![[r#"
tiny-a:1.1.0
tiny-b:1.1.0

"#]]).stderr(str![[r#"
          ok git.tree            the working tree is clean
          ok git.history         the history is complete
          ok git.branch          branch `main`
          ok git.submodules      no submodule is missing
          ok git.tag             tag `v1.1.0` does not exist yet
          ok git.identity        git has a name and an email address for commits
     skipped git.signature       `commit.gpgSign` and `tag.gpgSign` are off
          ok git.remote          remote `origin` has no newer commit and no such tag
          ok git.push            a trial push works
          ok project.files       the release commit changes `taskflow.toml` and `CHANGELOG.md`; commits that touch the components: 1
          ok project.check       Dockerfiles and build contexts pass `cargo xtask check`
          ok engine              engine 26.1.5, BuildKit through buildx 0.16.2
          ok engine.names        no image has a tag of this release yet
          ok engine.base-images  the engine has all base images
          ok registry            `registry.example/team/tiny-a:1.1.0` does not exist yet
          ok registry            `registry.example/team/tiny-b:1.1.0` does not exist yet
     skipped attest              `attest` under `[release]` is not set
          ok sign                `sign-it` signs each digest
     skipped minikube            images are not loaded without `--minikube`
note: no release is in the history of HEAD, so nothing is compared: the first release can have any version, and 1.0.0 is usual
  Committing the release commit and tag `v1.1.0`
   Preparing `tiny-a:1.1.0-g[ID-1]` and `tiny-b:1.1.0-g[ID-1]`
    Building `tiny-a:1.1.0-g[ID-1]` and `tiny-b:1.1.0-g[ID-1]` with BuildKit through buildx 0.16.2
a | [2/2] COPY . .
b | [2/2] COPY . .
       Built tiny-a:1.1.0-g[ID-1]  [ID-2]  0.0 MB
       Built tiny-b:1.1.0-g[ID-1]  [ID-3]  0.0 MB
   Verifying the candidates against the contract
   Verifying tiny-a:1.1.0-g[ID-1] ([ID-2])
   Verifying tiny-b:1.1.0-g[ID-1] ([ID-3])
    Verified 6 of 6 boxes
   Uploading `registry.example/team/tiny-a:1.1.0-g[ID-1]` and `registry.example/team/tiny-b:1.1.0-g[ID-1]`
      Pushed registry.example/team/tiny-a:1.1.0-g[ID-1]  sha256:[ID-4]
      Pushed registry.example/team/tiny-b:1.1.0-g[ID-1]  sha256:[ID-5]
     Signing each digest
      Signed registry.example/team/tiny-a@sha256:[ID-4]
      Signed registry.example/team/tiny-b@sha256:[ID-5]
  Publishing 1.1.0 as git tag `v1.1.0`
     Pushing branch `main` and tag `v1.1.0` to `origin`
      Naming `registry.example/team/tiny-a:1.1.0` and `registry.example/team/tiny-b:1.1.0`
       Named registry.example/team/tiny-a:1.1.0  sha256:[ID-4]
       Named registry.example/team/tiny-b:1.1.0  sha256:[ID-5]
    Released 1.1.0 at [ID-1] in [TIME]
      Record `target/xtask/releases/1.1.0`

"#]]);
    let pushed = world.engine.pushed();
    let names: Vec<String> = pushed.keys().map(|name| super::world::redacted(name)).collect();
    assert_eq!(names.len(), 4, "{names:?}");
    for image in ["tiny-a", "tiny-b"] {
        let released = format!("registry.example/team/{image}:1.1.0");
        let candidate = pushed.keys().find(|name| name.starts_with(&format!("{released}-g"))).unwrap();
        assert_eq!(pushed[candidate], pushed[&released]);
    }
    let remote = world.sandbox.git(&["ls-remote", "origin"]);
    let here = world.sandbox.git(&["rev-parse", "main", "v1.1.0"]);
    assert!(here.lines().all(|id| remote.contains(id)), "{remote}");
    assert_eq!(world.sandbox.take_calls().len(), 2);
    assert_eq!(world.engine.tags().len(), 3);
    world.release(&["1.1.0"]).code(0);
}

#[test]
fn no_push_overrides_taskflow_toml() {
    let world = published();
    world.release(&["-q", "1.1.0", "--yes", "--no-push"]).code(0);
    assert!(world.engine.pushed().is_empty());
    assert!(!world.sandbox.git(&["ls-remote", "origin"]).contains("v1.1.0"));
}

#[test]
fn a_signature_that_fails_undoes_the_release() {
    let world = published();
    world.sandbox.fake("sign-it", [on("*").complains("no key k\n").exits(1)]);
    world.release(&["-q", "1.1.0", "--yes"]).code(1).stdout("").stderr(str![[r#"
error: `registry.example/team/tiny-a@sha256:[ID-1]` was not signed: `sign-it --key k registry.example/team/tiny-a@sha256:[ID-1]` failed
caused by: no key k
note: release 1.1.0 stopped in step `sign`; everything was undone
hint: run the command alone, or correct `sign` under `[release]` in taskflow.toml

"#]]);
    assert_eq!(world.engine.tags().len(), 1);
    assert_eq!(world.sandbox.git(&["tag"]), "");
}

#[test]
fn a_registry_with_another_image_of_the_version_is_refused() {
    let world = published();
    world.engine.push_other("registry.example/team/tiny-b:1.1.0");
    world.release(&["-q", "1.1.0", "--yes"]).code(1).stdout("").stderr(str![[r#"
     warning registry            `registry.example/team/tiny-b:1.1.0` already exists as sha256:[ID-1]; the release fails if its image is another one
error: the registry has another image under `registry.example/team/tiny-b:1.1.0`
note: in the registry: sha256:[ID-1]
note: this image: sha256:[ID-2]
note: a version that others may have is never used for another image
note: release 1.1.0 stopped in step `upload`; everything was undone
hint: see what it is with `docker buildx imagetools inspect registry.example/team/tiny-b:1.1.0`
hint: release a higher version

"#]]);
    assert_eq!(world.sandbox.git(&["tag"]), "");
}

#[test]
fn a_remote_that_refuses_undoes_the_release() {
    let world = published();
    let hook = world.sandbox.outside("remote.git/hooks/update");
    fs::create_dir_all(hook.parent().unwrap()).unwrap();
    fs::write(&hook, "#!/bin/sh\ncase $1 in refs/tags/*) echo 'tags are protected' >&2; exit 1;; esac\n").unwrap();
    fs::set_permissions(&hook, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    world.release(&["-q", "1.1.0", "--yes"]).code(1).stdout("").stderr(str![[r#"
error: the push to remote `origin` failed
caused by: remote: tags are protected
  remote: error: hook declined to update refs/tags/v1.1.0
  error: failed to push some refs to '[BASE]remote.git'
note: release 1.1.0 stopped in step `push`; everything was undone
hint: mend what the remote or the hook says; `git ls-remote origin` shows what the remote has

"#]]);
    assert_eq!(world.sandbox.git(&["tag"]), "");
}

#[test]
fn after_the_push_a_release_is_finished_and_not_undone() {
    let world = published();
    world.engine.fails("down", "buildx imagetools create *tiny-b:1.1.0*", "ERROR: 503 Service Unavailable");
    world.release(&["-q", "1.1.0", "--yes"]).code(5).stdout("").stderr(str![[r#"
error: the registry `registry.example` gave no answer about `registry.example/team/tiny-b:1.1.0`
caused by: ERROR: 503 Service Unavailable
note: release 1.1.0 stopped in step `promote`; it is public already, so nothing was undone
hint: finish it with `cargo xtask release 1.1.0 --resume`

"#]]);
    world.release(&["-q", "1.1.0", "--yes"]).code(3).stdout("").stderr(str![[r#"
error: release 1.1.0 is not finished: it stopped in step `promote`
hint: finish it with `cargo xtask release 1.1.0 --resume`

"#]]);
    world.release(&["-q", "1.1.0", "--abort"]).code(5).stdout("").stderr(str![[r#"
error: release 1.1.0 is public and cannot be undone
note: remote `origin` has its tag
hint: finish it with `cargo xtask release 1.1.0 --resume`

"#]]);
    world.engine.mend("down");
    world.release(&["-q", "1.1.0", "--resume"]).code(0).stdout("tiny-a:1.1.0\ntiny-b:1.1.0\n").stderr("");
    assert_eq!(world.engine.pushed().len(), 4);
}
