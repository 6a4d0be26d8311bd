//! The lines about the remote.

use std::fs;

use snapbox::str;

use super::super::world::World;
use super::{says, says_beside_a_refusal};

#[test]
fn without_a_remote_only_a_push_is_refused() {
    let world = World::new();
    says(
        &world,
        "git.remote",
        &[],
        str![[r#"
     skipped git.remote          there is no remote

"#]],
    );
    says(
        &world,
        "git.push",
        &[],
        str![[r#"
     skipped git.push            branch and tag are not pushed without `--push`

"#]],
    );
    says(
        &world,
        "git.remote",
        &["--push"],
        str![[r#"
     refused git.remote          there is no remote to push to
                                 hint: add one with `git remote add origin URL`, or release without `--push`

"#]],
    );
    says_beside_a_refusal(
        &world,
        "git.push",
        &["--push"],
        str![[r#"
     skipped git.push            no trial push: `git.remote` is refused

"#]],
    );
}

#[test]
fn a_remote_that_answers_gets_a_trial_push() {
    let world = World::new();
    let path = world.remote();
    says(
        &world,
        "git.remote",
        &[],
        str![[r#"
          ok git.remote          remote `origin` has no newer commit and no such tag

"#]],
    );
    says(
        &world,
        "git.push",
        &["--push"],
        str![[r#"
          ok git.push            a trial push works

"#]],
    );
    let hook = world.sandbox.root.join(".git/hooks/pre-push");
    fs::create_dir_all(hook.parent().unwrap()).unwrap();
    fs::write(&hook, "#!/bin/sh\necho 'the tests fail' >&2\nexit 1\n").unwrap();
    fs::set_permissions(&hook, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    says(
        &world,
        "git.push",
        &["--push"],
        str![[r#"
     refused git.push            a trial push fails: the tests fail
                                 hint: see what the hook or the remote says with `git push --dry-run origin main`

"#]],
    );
    let run = world.release(&["1.1.0", "--dry-run", "--push"]).code(0);
    let line = run.stderr.lines().find(|line| line.contains("git.push")).unwrap().to_owned();
    crate::harness::run::compare(
        &line,
        str!["     skipped git.push            no trial push: a dry run starts no program of yours"],
    );
    drop(path);
}

#[test]
fn a_silent_remote_is_a_warning_unless_something_is_pushed() {
    let world = World::new();
    fs::remove_dir_all(world.remote()).unwrap();
    says(
        &world,
        "git.remote",
        &[],
        str![[r#"
     warning git.remote          remote `origin` gives no answer, so its tags are not known: '[BASE]remote.git' does not appear to be a git repository

"#]],
    );
    says(
        &world,
        "git.remote",
        &["--push"],
        str![[r#"
     refused git.remote          remote `origin` gives no answer: '[BASE]remote.git' does not appear to be a git repository
                                 hint: see why with `git ls-remote origin`

"#]],
    );
}

#[test]
fn a_tag_of_the_remote_is_refused_in_both_forms() {
    for tag in ["v1.1.0", "1.1.0"] {
        let world = World::new();
        world.remote();
        world.sandbox.git(&["push", "--quiet", "origin", &format!("HEAD:refs/tags/{tag}")]);
        let (code, line) = world.line("git.remote", &[]);
        assert_eq!(code, 3);
        let expected = str![[r#"
     refused git.remote          remote `origin` already has tag `TAG`
                                 hint: get it with `git fetch --tags origin`, and release another version

"#]];
        crate::harness::run::compare(&line.replace(tag, "TAG"), expected);
    }
}

#[test]
fn a_branch_behind_the_remote_is_refused() {
    let world = World::new();
    world.remote();
    let before = world.sandbox.git(&["rev-parse", "HEAD"]);
    world.sandbox.commit();
    world.sandbox.git(&["push", "--quiet", "origin", "main"]);
    world.sandbox.git(&["reset", "--quiet", "--hard", &before]);
    says(
        &world,
        "git.remote",
        &[],
        str![[r#"
     refused git.remote          branch `main` of remote `origin` has commits that are missing here
                                 hint: get them with `git pull origin main`

"#]],
    );
}
