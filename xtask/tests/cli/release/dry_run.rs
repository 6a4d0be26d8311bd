//! `--dry-run` and `--check`: what they print, and that they change nothing.

use snapbox::str;

use super::world::{BASE, CONFIG, World};

/// A world in which a release is pushed, signed, and loaded.
fn full() -> World {
    let world = World::new();
    let release =
        "[release]\nregistry = \"registry.example/team\"\nsign = [\"sign-it\", \"--key\", \"k\", \"{image}\"]\n";
    world.sandbox.write("taskflow.toml", &format!("{CONFIG}\n{release}"));
    world.sandbox.commit();
    world.remote();
    world
}

#[test]
fn a_dry_run_prints_the_commands() {
    let world = World::new();
    world.release(&["-q", "1.1.0", "--dry-run"]).code(0).stderr("").stdout(str![[r#"
git commit-tree -p [ID-1] -F <message> <tree>
git tag --annotate --cleanup=verbatim --file <section> v1.1.0 <commit>
git checkout-index --all --prefix=<export>/
cd <export> && docker build --tag tiny-a:1.1.0-g<commit> ./a
cd <export> && docker build --tag tiny-b:1.1.0-g<commit> ./b
cargo xtask verify a --tag 1.1.0-g<commit>
cargo xtask verify b --tag 1.1.0-g<commit>
docker tag tiny-a:1.1.0-g<commit> tiny-a:1.1.0
docker tag tiny-b:1.1.0-g<commit> tiny-b:1.1.0
git update-ref --stdin  # refs/heads/main to <commit>, refs/tags/v1.1.0 to <tag>, both or none

"#]]);
}

#[test]
fn a_dry_run_prints_the_commands_that_publish() {
    let world = full();
    world.release(&["-q", "1.1.0", "-n", "--push"]).code(3).stdout("").stderr(str![[r#"
     refused sign                `sign-it` is not on PATH
                                 hint: install `sign-it`, or correct `sign` under `[release]`
error: release 1.1.0 is refused by 1 check of the preflight
note: nothing was changed
hint: repair what the lines marked `refused` name, and run the command again

"#]]);
    world.sandbox.fake("sign-it", []);
    let before = world.everything();
    world.release(&["-q", "1.1.0", "-n", "--push"]).code(0).stderr("").stdout(str![[r#"
git commit-tree -p [ID-1] -F <message> <tree>
git tag --annotate --cleanup=verbatim --file <section> v1.1.0 <commit>
git checkout-index --all --prefix=<export>/
cd <export> && docker build --tag tiny-a:1.1.0-g<commit> ./a
cd <export> && docker build --tag tiny-b:1.1.0-g<commit> ./b
cargo xtask verify a --tag 1.1.0-g<commit>
cargo xtask verify b --tag 1.1.0-g<commit>
docker tag tiny-a:1.1.0-g<commit> registry.example/team/tiny-a:1.1.0-g<commit>
docker push registry.example/team/tiny-a:1.1.0-g<commit>
sign-it --key k registry.example/team/tiny-a@<digest>
docker tag tiny-b:1.1.0-g<commit> registry.example/team/tiny-b:1.1.0-g<commit>
docker push registry.example/team/tiny-b:1.1.0-g<commit>
sign-it --key k registry.example/team/tiny-b@<digest>
docker tag tiny-a:1.1.0-g<commit> tiny-a:1.1.0
docker tag tiny-b:1.1.0-g<commit> tiny-b:1.1.0
git update-ref --stdin  # refs/heads/main to <commit>, refs/tags/v1.1.0 to <tag>, both or none
git push --atomic origin <commit>:refs/heads/main <tag>:refs/tags/v1.1.0
docker buildx imagetools create --prefer-index=false --tag registry.example/team/tiny-a:1.1.0 registry.example/team/tiny-a@<digest>
docker buildx imagetools create --prefer-index=false --tag registry.example/team/tiny-b:1.1.0 registry.example/team/tiny-b@<digest>

"#]]);
    assert_eq!(world.everything(), before);
}

#[test]
fn a_dry_run_and_a_check_change_no_file() {
    let world = World::new();
    world.remote();
    // A release that is refused changes nothing, too.
    for is_refused in [false, true] {
        if is_refused {
            world.engine.base(BASE, true);
        }
        for args in [&["1.1.0", "--dry-run"][..], &["1.1.0", "--check"], &["1.1.0", "--check", "--push"]] {
            let before = world.everything();
            let run = world.release(args);
            assert_eq!(run.code, if is_refused { 3 } else { 0 }, "{args:?}: {}", run.stderr);
            assert_eq!(world.everything(), before, "{args:?}");
        }
    }
    assert!(!world.engine.calls().lines().any(|call| call.starts_with("tag ") || call.starts_with("buildx build ")));
}

#[test]
fn a_check_says_that_a_version_can_be_released() {
    let world = World::new();
    let run = world.release(&["1.1.0", "--check"]).code(0).stdout("");
    let last = run.stderr.lines().next_back().unwrap_or_default().to_owned();
    crate::harness::run::compare(&last, str!["     Checked 1.1.0 can be released; nothing was changed"]);
}
