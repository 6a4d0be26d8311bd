//! The lines about git on this machine.

use std::fs;

use snapbox::str;

use super::super::world::{CONFIG, World};
use super::{says, says_beside_a_refusal};

#[test]
fn changes_of_the_working_tree_are_listed() {
    let world = World::new();
    says(
        &world,
        "git.tree",
        &[],
        str![[r#"
          ok git.tree            the working tree is clean

"#]],
    );
    world.sandbox.write("a/f", "edited\n");
    world.sandbox.write("new file", "");
    says(
        &world,
        "git.tree",
        &[],
        str![[r#"
     refused git.tree            the working tree has 2 changes: `a/f` and `new file`
                                 hint: commit them, or put them aside with `git stash --include-untracked`

"#]],
    );
}

#[test]
fn an_unfinished_operation_is_named() {
    let world = World::new();
    world.sandbox.git(&["switch", "--quiet", "--create", "other"]);
    world.sandbox.write("b/f", "other\n");
    world.sandbox.commit();
    world.sandbox.git(&["switch", "--quiet", "main"]);
    world.sandbox.git(&["merge", "--quiet", "--no-commit", "--no-ff", "other"]);
    says(
        &world,
        "git.tree",
        &[],
        str![[r#"
     refused git.tree            there is an unfinished merge
                                 hint: finish it with `git merge --continue`, or end it with `git merge --abort`

"#]],
    );
    world.sandbox.git(&["merge", "--abort"]);
    world.sandbox.git(&["bisect", "start"]);
    says(
        &world,
        "git.tree",
        &[],
        str![[r#"
     refused git.tree            there is an unfinished bisect
                                 hint: end it with `git bisect reset`

"#]],
    );
}

#[test]
fn a_shallow_clone_is_refused() {
    let world = World::new();
    says(
        &world,
        "git.history",
        &[],
        str![[r#"
          ok git.history         the history is complete

"#]],
    );
    let path = world.remote();
    world.sandbox.commit();
    world.sandbox.git(&["push", "--quiet", "origin", "main"]);
    fs::remove_dir_all(world.sandbox.root.join(".git")).unwrap();
    let url = format!("file://{}", path.display());
    world.sandbox.git(&["clone", "--quiet", "--bare", "--depth=1", &url, ".git"]);
    for (key, value) in [("core.bare", "false"), ("user.name", "Test"), ("user.email", "test@example.org")] {
        world.sandbox.git(&["config", key, value]);
    }
    says(
        &world,
        "git.history",
        &[],
        str![[r#"
     refused git.history         this is a shallow clone: releases may be in the history that was cut off
                                 hint: fetch it with `git fetch --unshallow --tags origin`

"#]],
    );
}

#[test]
fn releases_are_made_from_some_branches() {
    let world = World::new();
    says(
        &world,
        "git.branch",
        &[],
        str![[r#"
          ok git.branch          branch `main`

"#]],
    );
    world.sandbox.git(&["switch", "--quiet", "--create", "release/1"]);
    says(
        &world,
        "git.branch",
        &[],
        str![[r#"
          ok git.branch          branch `release/1`

"#]],
    );
    world.sandbox.git(&["switch", "--quiet", "--create", "fix/it"]);
    says(
        &world,
        "git.branch",
        &[],
        str![[r#"
     refused git.branch          releases are made from `main` and `release/*`, and this is branch `fix/it`
                                 hint: switch to one with `git switch main`, or add it to `branches` under `[release]` in taskflow.toml

"#]],
    );
    world.sandbox.write("taskflow.toml", &format!("{CONFIG}\n[release]\nbranches = [\"v?.x\"]\n"));
    world.sandbox.commit();
    says(
        &world,
        "git.branch",
        &[],
        str![[r#"
     refused git.branch          releases are made from `v?.x`, and this is branch `fix/it`
                                 hint: switch to one with `git switch BRANCH`, or add it to `branches` under `[release]` in taskflow.toml

"#]],
    );
}

#[test]
fn a_head_without_a_branch_or_a_commit_is_refused() {
    let world = World::new();
    world.sandbox.git(&["switch", "--quiet", "--detach"]);
    says(
        &world,
        "git.branch",
        &[],
        str![[r#"
     refused git.branch          HEAD is detached: a release moves a branch
                                 hint: switch to one with `git switch main`

"#]],
    );
    world.sandbox.git(&["switch", "--quiet", "--orphan", "main2"]);
    let fresh = World::in_folder("");
    says(
        &fresh,
        "git.branch",
        &[],
        str![[r#"
     refused git.branch          branch `main` has no commit
                                 hint: make a first commit with `git add --all && git commit --message first`

"#]],
    );
    says_beside_a_refusal(
        &fresh,
        "project.files",
        &[],
        str![[r#"
     skipped project.files       there is no commit

"#]],
    );
}

#[test]
fn a_branch_that_is_not_in_utf8_is_refused() {
    let world = World::new();
    let name = std::os::unix::ffi::OsStringExt::from_vec(b"release/caf\xe9".to_vec());
    let mut command = world.sandbox.program("git", &["switch", "--quiet", "--create"]);
    let name: std::ffi::OsString = name;
    assert!(command.arg(name).status().unwrap().success());
    says(
        &world,
        "git.branch",
        &[],
        str![[r#"
     refused git.branch          the name of branch `release/caf\xe9` is not in UTF-8
                                 hint: switch to one with `git switch main`

"#]],
    );
}

#[test]
fn a_submodule_that_is_not_checked_out_is_refused() {
    let world = World::new();
    says(
        &world,
        "git.submodules",
        &[],
        str![[r#"
          ok git.submodules      no submodule is missing

"#]],
    );
    let id = world.sandbox.git(&["rev-parse", "HEAD"]);
    world.sandbox.write(".gitmodules", "[submodule \"part\"]\n\tpath = a/part\n\turl = ../part.git\n");
    world.sandbox.git(&["update-index", "--add", "--cacheinfo", &format!("160000,{id},a/part")]);
    fs::create_dir(world.sandbox.root.join("a/part")).unwrap();
    world.sandbox.git(&["add", ".gitmodules"]);
    world.sandbox.git(&["commit", "--quiet", "--message=part"]);
    says(
        &world,
        "git.submodules",
        &[],
        str![[r#"
     refused git.submodules      not checked out: `a/part`
                                 hint: check them out with `git submodule update --init --recursive`

"#]],
    );
}

#[test]
fn a_tag_of_the_version_is_refused_in_both_forms() {
    let world = World::new();
    says(
        &world,
        "git.tag",
        &[],
        str![[r#"
          ok git.tag             tag `v1.1.0` does not exist yet

"#]],
    );
    world.sandbox.git(&["tag", "v1.1.0"]);
    says(
        &world,
        "git.tag",
        &[],
        str![[r#"
     refused git.tag             tag `v1.1.0` already exists, at commit [ID-1]
                                 hint: release another version; if the tag was never pushed, delete it with `git tag -d v1.1.0`

"#]],
    );
    world.sandbox.git(&["tag", "--delete", "v1.1.0"]);
    world.sandbox.git(&["tag", "1.1.0"]);
    says(
        &world,
        "git.tag",
        &[],
        str![[r#"
     refused git.tag             tag `1.1.0` already exists, at commit [ID-1]
                                 hint: release another version; if the tag was never pushed, delete it with `git tag -d 1.1.0`

"#]],
    );
}

#[test]
fn git_has_to_know_who_commits() {
    let world = World::new();
    says(
        &world,
        "git.identity",
        &[],
        str![[r#"
          ok git.identity        git has a name and an email address for commits

"#]],
    );
    world.sandbox.git(&["config", "--unset", "user.email"]);
    world.sandbox.git(&["config", "user.useConfigOnly", "true"]);
    says(
        &world,
        "git.identity",
        &[],
        str![[r#"
     refused git.identity        git has no name or email address for commits: no email was given and auto-detection is disabled
                                 hint: set them with `git config user.name NAME` and `git config user.email ADDRESS`

"#]],
    );
}

#[test]
fn a_signature_is_tried() {
    let world = World::new();
    says(
        &world,
        "git.signature",
        &[],
        str![[r#"
     skipped git.signature       `commit.gpgSign` and `tag.gpgSign` are off

"#]],
    );
    world.sandbox.git(&["config", "tag.gpgSign", "true"]);
    world.sandbox.git(&["config", "gpg.program", &world.sandbox.outside("bin/signs").display().to_string()]);
    // A program that signs as gpg does.
    let signature = "-----BEGIN PGP SIGNATURE-----\n\nAAAA\n-----END PGP SIGNATURE-----\n";
    // It reads what it signs: git fails if it cannot write all of it.
    let signs = crate::harness::fakes::on("*").does("while read -r _; do :; done").says(signature);
    let signs = signs.complains("[GNUPG:] SIG_CREATED D 1 8 00 1 KEY\n");
    world.sandbox.fake("signs", [signs]);
    says(
        &world,
        "git.signature",
        &[],
        str![[r#"
          ok git.signature       a trial signature works

"#]],
    );
    let fails = crate::harness::fakes::on("*").complains("gpg: signing failed: No secret key\n").exits(2);
    world.sandbox.fake("signs", [fails]);
    says(
        &world,
        "git.signature",
        &[],
        str![[r#"
     refused git.signature       git cannot sign: gpg failed to sign the data
                                 hint: see why with `git commit-tree -S -m trial HEAD^{tree}`; check `user.signingKey` and `gpg.format`

"#]],
    );
    let run = world.release(&["1.1.0", "--dry-run"]).code(0);
    let line = run.stderr.lines().find(|line| line.contains("git.signature")).unwrap().to_owned();
    crate::harness::run::compare(
        &line,
        str!["     skipped git.signature       no trial signature: a dry run starts no program of yours"],
    );
}
