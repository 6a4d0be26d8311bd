//! The question before a release: `--yes`, no terminal, and each answer on one.

use snapbox::str;

use super::world::World;
use crate::harness::run::compare;

#[test]
fn without_a_terminal_a_release_has_to_be_confirmed() {
    let world = World::new();
    let before = world.everything();
    world.release(&["-q", "1.1.0"]).code(2).stdout("").stderr(str![[r#"
error: cannot ask for a confirmation: standard input or standard error is no terminal
hint: confirm the release with `--yes`

"#]]);
    assert_eq!(world.everything(), before);
}

#[test]
fn a_release_is_made_after_a_yes() {
    for answer in ["y\n", "Yes\n", " YES \n"] {
        let world = World::new();
        let (code, said) = world.on_a_terminal("-q 1.1.0", answer);
        assert_eq!(code, 0, "{said}");
        assert!(said.contains("tiny-a:1.1.0\ntiny-b:1.1.0\n"), "{said}");
        assert_eq!(world.sandbox.git(&["describe"]), "v1.1.0");
    }
}

#[test]
fn the_plan_is_shown_before_the_question() {
    let world = World::new();
    let (code, said) = world.on_a_terminal("1.1.0", "n\n");
    assert_eq!(code, 0);
    compare(
        &said,
        str![[r#"
          ok git.tree            the working tree is clean
          ok git.history         the history is complete
          ok git.branch          branch `main`
          ok git.submodules      no submodule is missing
          ok git.tag             tag `v1.1.0` does not exist yet
          ok git.identity        git has a name and an email address for commits
     skipped git.signature       `commit.gpgSign` and `tag.gpgSign` are off
     skipped git.remote          there is no remote
     skipped git.push            branch and tag are not pushed without `--push`
          ok project.files       the release commit changes `taskflow.toml` and `CHANGELOG.md`; commits that touch the components: 1
          ok project.check       Dockerfiles and build contexts pass `cargo xtask check`
          ok engine              engine 26.1.5, BuildKit through buildx 0.16.2
          ok engine.names        no image has a tag of this release yet
          ok engine.base-images  the engine has all base images
     skipped registry            images are not pushed without `--push`
     skipped attest              `attest` under `[release]` is not set
     skipped sign                `sign` under `[release]` is not set
     skipped minikube            images are not loaded without `--minikube`
note: no release is in the history of HEAD, so nothing is compared: the first release can have any version, and 1.0.0 is usual
        Plan git commit-tree -p [ID-1] -F <message> <tree>
        Plan git tag --annotate --cleanup=verbatim --file <section> v1.1.0 <commit>
        Plan git checkout-index --all --prefix=<export>/
        Plan cd <export> && docker build --tag tiny-a:1.1.0-g<commit> ./a
        Plan cd <export> && docker build --tag tiny-b:1.1.0-g<commit> ./b
        Plan cargo xtask verify a --tag 1.1.0-g<commit>
        Plan cargo xtask verify b --tag 1.1.0-g<commit>
        Plan docker tag tiny-a:1.1.0-g<commit> tiny-a:1.1.0
        Plan docker tag tiny-b:1.1.0-g<commit> tiny-b:1.1.0
        Plan git update-ref --stdin  # refs/heads/main to <commit>, refs/tags/v1.1.0 to <tag>, both or none
Release 1.1.0? [y/N] n
     Stopped nothing was changed

"#]],
    );
}

#[test]
fn every_other_answer_changes_nothing() {
    // The fourth one closes the terminal.
    for answer in ["n\n", "\n", "yess\n", "\u{4}"] {
        let world = World::new();
        let before = world.everything();
        let (code, said) = world.on_a_terminal("-q 1.1.0", answer);
        assert_eq!(code, 0, "{answer:?}: {said}");
        assert_eq!(world.everything(), before, "{answer:?}");
    }
}

#[test]
fn an_interrupt_at_the_question_changes_nothing() {
    let world = World::new();
    let before = world.everything();
    let (code, said) = world.on_a_terminal("-q 1.1.0", "\u{3}");
    assert_eq!(code, 130, "{said}");
    compare(
        &said,
        str![[r#"
Release 1.1.0? [y/N] ^C
error: interrupted by Ctrl-C: nothing was changed

"#]],
    );
    assert_eq!(world.everything(), before);
}
