//! What others have done before or during a release: other branches, other working trees, processes that were left.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use snapbox::str;

use super::world::World;
use crate::harness::fakes::on;
use crate::harness::stateful_engine::When;

#[test]
fn another_branch_that_is_checked_out_meanwhile() {
    let world = World::new();
    let shell = format!("git -C '{}' switch -q -c other", world.sandbox.root.display());
    world.engine.fault("switch", "buildx build *./a", When::Before, &shell);
    world.release(&["-q", "1.1.0", "--yes"]).code(1).stdout("").stderr(str![[r#"
error: branch `main` is no longer checked out here
note: release 1.1.0 stopped in step `publish`; everything was undone
hint: go back to it with `git switch main`, and release 1.1.0 again

"#]]);
    assert_eq!(world.sandbox.git(&["tag"]), "");
}

#[test]
fn a_changelog_that_git_ignores_is_not_overwritten() {
    let world = World::new();
    world.sandbox.write(".gitignore", "target\nCHANGELOG.md\n");
    world.sandbox.commit();
    world.sandbox.write("CHANGELOG.md", "# Of somebody\n");
    world.release(&["-q", "1.1.0", "--yes"]).code(3).stdout("").stderr(str![[r#"
     refused project.files       `CHANGELOG.md` is not in the commit, and a file of this name is here, which git ignores
                                 hint: commit it with `git add --force CHANGELOG.md`, or name another file as `changelog` under `[release]`
error: release 1.1.0 is refused by 1 check of the preflight
note: nothing was changed
hint: repair what the lines marked `refused` name, and run the command again

"#]]);
    assert_eq!(world.sandbox.read("CHANGELOG.md"), "# Of somebody\n");
}

#[test]
fn a_changelog_that_appears_meanwhile_is_not_overwritten() {
    // Before the commit is made, and after it.
    for pattern in ["image inspect tiny-a:1.1.0 tiny-b:1.1.0 *", "buildx build *./a"] {
        let world = World::new();
        world.sandbox.write(".gitignore", "target\nCHANGELOG.md\n");
        world.sandbox.commit();
        let shell = format!("echo mine >'{}'", world.sandbox.root.join("CHANGELOG.md").display());
        world.engine.fault("appears", pattern, When::After, &shell);
        let run = world.release(&["-q", "1.1.0", "--yes"]).code(1).stdout("");
        if pattern.starts_with("image") {
            run.stderr(str![[r#"
error: `CHANGELOG.md` is not in the commit, and a file of this name is here, which git ignores
  --> CHANGELOG.md
note: release 1.1.0 stopped in step `commit`; everything was undone
hint: commit it with `git add --force CHANGELOG.md`, or name another file as `changelog` under `[release]`

"#]]);
        } else {
            run.stderr(str![[r#"
error: the working tree was edited in files that the release changes
caused by: CHANGELOG.md is not in the commit, and would be overwritten
note: release 1.1.0 stopped in step `publish`; everything was undone
hint: commit or undo the edit, and release 1.1.0 again

"#]]);
        }
        assert_eq!(world.sandbox.read("CHANGELOG.md"), "mine\n");
        assert_eq!(world.sandbox.git(&["tag"]), "");
    }
}

#[test]
fn a_signature_that_fails_after_the_preflight() {
    let world = World::new();
    world.sandbox.git(&["config", "tag.gpgSign", "true"]);
    world.sandbox.git(&["config", "gpg.program", &world.sandbox.outside("bin/signs").display().to_string()]);
    let signature = "-----BEGIN PGP SIGNATURE-----\n\nAAAA\n-----END PGP SIGNATURE-----\n";
    let signs = on("*").says(signature).complains("[GNUPG:] SIG_CREATED D 1 8 00 1 KEY\n").once();
    world.sandbox.fake("signs", [signs, on("*").exits(2)]);
    world.release(&["-q", "1.1.0", "--yes"]).code(1).stdout("").stderr(str![[r#"
error: git could not sign git tag `v1.1.0`
caused by: error: gpg failed to sign the data
  error: unable to sign the tag
note: release 1.1.0 stopped in step `commit`; everything was undone
hint: see why with `git commit-tree -S -m trial HEAD^{tree}`; check `user.signingKey` and `gpg.format`

"#]]);
}

#[test]
fn a_release_of_another_working_tree() {
    let world = World::new();
    world.engine.fault("kill", "save *", When::Before, "kill -9 $PPID; rm \"$fault\"; exit 1");
    world.release(&["-q", "1.1.0", "--yes"]).code(1009);
    let linked = world.sandbox.outside("linked");
    world.sandbox.git(&["worktree", "add", "--quiet", "--detach", &linked.display().to_string()]);
    let mut command = world.sandbox.command(&["release", "-q", "1.1.0", "--resume"]);
    let run = world.finished(&command.current_dir(linked).output().unwrap());
    run.code(2).stdout("").stderr(str![[r#"
error: release 1.1.0 was begun in another working tree
note: its files are in `[BASE]repository`
hint: run the command in it: `cd [BASE]repository`

"#]]);
    world.release(&["-q", "1.1.0", "--resume"]).code(0);
}

#[test]
fn references_that_cannot_be_put_back_are_named() {
    let world = World::new();
    let hook = world.remote().join("hooks/pre-receive");
    fs::create_dir_all(hook.parent().unwrap()).unwrap();
    fs::write(&hook, "#!/bin/sh\nexit 1\n").unwrap();
    let own = world.sandbox.root.join(".git/hooks/reference-transaction");
    fs::create_dir_all(own.parent().unwrap()).unwrap();
    let script =
        "#!/bin/sh\nwhile read old new name; do case $1$new$name in prepared0000*refs/tags/*) exit 1;; esac; done\n";
    fs::write(&own, script).unwrap();
    for hook in [&hook, &own] {
        fs::set_permissions(hook, PermissionsExt::from_mode(0o755)).unwrap();
    }
    world.release(&["-q", "1.1.0", "--yes", "--push"]).code(1).stdout("").stderr(str![[r#"
error: the push to remote `origin` failed
caused by: error: failed to push some refs to '[BASE]remote.git'
note: release 1.1.0 stopped in step `push`, and not all was undone
note: branch and tag could not be put back: fatal: ref updates aborted by hook
hint: mend what the remote or the hook says; `git ls-remote origin` shows what the remote has
hint: undo the rest with `cargo xtask release 1.1.0 --abort`

"#]]);
    fs::remove_file(own).unwrap();
    world.release(&["-q", "1.1.0", "--abort"]).code(0);
    assert_eq!(world.sandbox.git(&["tag"]), "");
}
