//! Hints about the state of git. git is the real one.

use std::fs;
use std::os::unix::fs::chown;
use std::process::Command;

use crate::harness::docker;
use crate::harness::fakes::on;
use crate::harness::sandbox::{CONFIG, Sandbox};
use crate::row::{Row, Step, Then, follow, row};
use crate::world::World;

/// The tags of a repository; hints can call git.
fn tags(sandbox: Sandbox) -> World {
    sandbox.real("git");
    // Who commits here.
    fs::write(sandbox.outside("home/.gitconfig"), "[user]\nname = Test\nemail = test@example.org\n").unwrap();
    World::new(sandbox, &["tags"])
}

/// A repository whose taskflow.toml declares no version.
fn undeclared() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write("taskflow.toml", &CONFIG.replace("version = \"1.0.0\"\n", ""));
    sandbox.commit();
    sandbox
}

/// A clone with only the last commit of a repository with a release tag below it.
fn shallow() -> World {
    clone(&["--depth", "1"])
}

/// A clone of a repository with a release tag below the last commit.
fn clone(options: &[&str]) -> World {
    let origin = undeclared();
    origin.git(&["tag", "v1.2.0"]);
    origin.commit();
    let clone = Sandbox::empty();
    fs::remove_dir(&clone.root).unwrap();
    let kept = clone.outside("origin");
    fs::rename(&origin.root, &kept).unwrap();
    let url = format!("file://{}", kept.display());
    let git = |args: &[&str]| {
        let output = Command::new("git").args(args).env("GIT_CONFIG_GLOBAL", "/dev/null").output().unwrap();
        assert!(output.status.success(), "git {args:?}: {}", String::from_utf8_lossy(&output.stderr));
    };
    git(&[&["clone", "--quiet"], options, &[&url, &clone.root.display().to_string()]].concat());
    tags(clone)
}

/// A repository that belongs to another user; only root can make one.
fn foreign() -> World {
    let sandbox = Sandbox::new();
    for path in [".", ".git"] {
        chown(sandbox.root.join(path), Some(65_534), None).unwrap();
    }
    tags(sandbox)
}

/// Rows of repositories that only the git program can read.
fn without_the_program() -> [Row; 2] {
    [
        row("install git, or a newer version of it", || {
            let sandbox = Sandbox::new();
            sandbox.git(&["config", "core.repositoryFormatVersion", "1"]);
            sandbox.git(&["config", "extensions.partialClone", "origin"]);
            World::new(sandbox, &["tags"])
        })
        .by_hand(|world| world.sandbox.real("git")),
        row("install git", || {
            let sandbox = Sandbox::new();
            sandbox.write(".gitignore", "*.log\n!//\n");
            sandbox.commit();
            World::new(sandbox, &["tags"])
        })
        .by_hand(|world| world.sandbox.real("git")),
    ]
}

pub(crate) fn rows() -> Vec<Row> {
    let mut rows = vec![
        row("run `git init` and make a first commit", || tags(Sandbox::without_git()))
            .steps(&[Step::Act(0), Step::ByHand(|world| world.sandbox.commit())]),
        row("make a first commit; `build` also takes the tag itself, as `--tag TAG`", || {
            let sandbox = Sandbox::without_git();
            sandbox.git(&["init", "--quiet", "--initial-branch=main"]);
            sandbox.fake("docker", docker::builds_everything());
            World::new(sandbox, &["build", "-n"]).fill("TAG", "1.0.0-main")
        })
        .way(&[0])
        .by_hand(|world| world.sandbox.commit()),
        row("run the command in a clone that has one", || {
            let sandbox = Sandbox::new();
            sandbox.git(&["config", "core.bare", "true"]);
            tags(sandbox)
        })
        .by_hand(|world| {
            let clone = world.sandbox.outside("clone");
            world.sandbox.git(&["clone", "--quiet", ".", &clone.display().to_string()]);
            world.go_to(clone);
        }),
        row("unset `GIT_DIR`, or set it to the repository's git folder", || {
            let mut world = tags(Sandbox::new());
            world.sandbox.set("GIT_DIR", "/nonexistent");
            world
        })
        .way(&[0])
        .by_hand(|world| world.sandbox.set("GIT_DIR", ".git")),
        row("unset `GIT_DIR` and `GIT_WORK_TREE`, or run the command in that working tree", || {
            let mut sandbox = Sandbox::new();
            let other = sandbox.outside("other");
            sandbox.git(&["clone", "--quiet", ".", &other.display().to_string()]);
            sandbox.set("GIT_DIR", other.join(".git").display().to_string());
            sandbox.set("GIT_WORK_TREE", other.display().to_string());
            tags(sandbox)
        })
        .way(&[0, 1])
        .by_hand(|world| world.go_to(world.sandbox.outside("other"))),
        row("fetch the history with `git fetch --unshallow --tags {remote}`, or set `version` under `[project]` in taskflow.toml", || {
            shallow().value("version", "\"2.0.0\"")
        })
        .way(&[0])
        .way(&[1]),
        row("fetch the history with {fetch}", || {
            let mut world = shallow();
            world.sandbox.fake("docker", [on("image inspect *").complains("Error: No such image\n").exits(1)]);
            world.call(&["contract", "diff"]);
            world
        }),
        row("set `version` under `[project]` in taskflow.toml", || {
            let world = shallow().value("version", "\"2.0.0\"");
            world.sandbox.git(&["remote", "remove", "origin"]);
            world
        }),
        row("fetch the tags with `git fetch --tags {remote}`, or set `version` under `[project]` in taskflow.toml", || {
            clone(&["--no-tags"]).value("version", "\"2.0.0\"")
        })
        .way(&[0])
        .way(&[1]),
        row("set `version = \"{version}\"` under `[project]` in taskflow.toml", || {
            let sandbox = undeclared();
            sandbox.git(&["tag", "v1.2.0"]);
            sandbox.git(&["checkout", "--quiet", "--orphan", "fresh"]);
            sandbox.commit();
            tags(sandbox)
        }),
        row("make one with `git tag -a {tag} -m 1.0.0`, or set `version = \"1.0.0\"` under `[project]` in taskflow.toml", || tags(undeclared()))
            .way(&[0])
            .way(&[1]),
        row("look at it with `git fsck` and `git reflog`", || {
            let sandbox = Sandbox::new();
            fs::write(sandbox.root.join(".git/HEAD"), format!("{}\n", "1".repeat(40))).unwrap();
            tags(sandbox)
        })
        .way(&[0, 1])
        .then(Then::Shows("HEAD")),
        row("look at it with `git status` and `git fsck`", || {
            let sandbox = Sandbox::new();
            fs::write(sandbox.root.join(".git/index"), "no index").unwrap();
            tags(sandbox)
        })
        .way(&[0, 1])
        .then(Then::Shows("index")),
        row("delete the wrong one with `git tag -d {one}` or `git tag -d {two}`", || {
            let sandbox = undeclared();
            sandbox.git(&["tag", "v1.0.0"]);
            sandbox.commit();
            sandbox.git(&["tag", "1.0.0"]);
            tags(sandbox)
        })
        .way(&[0])
        .way(&[1]),
            // Only root can give files away.
        row("trust it with `git config --global --add safe.directory {path}`", foreign).needs_root(),
    ];
    rows.extend(without_the_program());
    rows
}

#[test]
fn hints_about_git_help() {
    follow(&rows());
}
