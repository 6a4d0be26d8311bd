//! Hints of releases that fail, stop halfway, or are refused. git is the real one, and the engine keeps what it is told.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use crate::harness::fakes::on;
use crate::harness::sandbox::Sandbox;
use crate::harness::stateful_engine::{StatefulEngine, When};
use crate::harness::tiny::{BASE, CONFIG, in_folder, remote};
use crate::row::{Row, Step, Then, follow, row};
use crate::world::World;

/// A release that is made without a question.
pub(crate) const MAKE: &[&str] = &["release", "-q", "1.1.0", "--yes"];

/// A world in which a release of a committed repository is called like this.
pub(crate) fn released(prepare: impl FnOnce(&Sandbox, &StatefulEngine), args: &[&str]) -> World {
    let (sandbox, engine) = in_folder("");
    sandbox.commit();
    prepare(&sandbox, &engine);
    World::new(sandbox, args)
}

/// The engine of a world.
pub(crate) fn engine(world: &World) -> StatefulEngine {
    StatefulEngine::at(&world.sandbox.outside("engine"))
}

/// Adds settings of releases, and commits them.
pub(crate) fn set(sandbox: &Sandbox, settings: &str) {
    sandbox.write("taskflow.toml", &format!("{CONFIG}\n[release]\n{settings}"));
    sandbox.commit();
}

/// A release that was killed while the images were searched.
fn killed(args: &[&str]) -> World {
    released(
        |sandbox, engine| {
            engine.fault("kill", "save *", When::Before, "kill -9 $PPID; rm \"$fault\"; exit 1");
            sandbox.command(MAKE).output().unwrap();
        },
        args,
    )
}

/// A release that cannot be undone whole.
fn stuck(args: &[&str]) -> World {
    released(
        |_, engine| {
            engine.fails("tag", "tag * tiny-b:1.1.0", "Error response from daemon: no space left on device");
            engine.fails("rm", "image rm * tiny-a:1.1.0", "Error response from daemon: the store is read-only");
        },
        args,
    )
}

fn mend(world: &mut World) {
    let engine = engine(world);
    engine.mend("tag");
    engine.mend("rm");
}

fn higher(world: &mut World) {
    world.call(&["release", "-q", "1.1.1", "--yes"]);
}

fn journal(sandbox: &Sandbox) -> std::path::PathBuf {
    sandbox.root.join(".git/taskflow-release/journal.json")
}

/// A journal of another format.
fn foreign() -> World {
    let world = killed(&["release", "-q", "1.1.0", "--abort"]);
    let path = journal(&world.sandbox);
    let text = fs::read_to_string(&path).unwrap().replace("\"schema\": 1", "\"schema\": 9");
    fs::write(path, text).unwrap();
    world
}

/// A remote that runs a script before it takes anything.
fn with_hook(script: &str, args: &[&str]) -> World {
    released(
        |sandbox, _| {
            let hook = remote(sandbox).join("hooks/pre-receive");
            fs::create_dir_all(hook.parent().unwrap()).unwrap();
            fs::write(&hook, format!("#!/bin/sh\nPATH=/usr/bin:/bin\n{script}\n")).unwrap();
            fs::set_permissions(&hook, PermissionsExt::from_mode(0o755)).unwrap();
        },
        args,
    )
}

/// Releases that have to be finished or undone.
fn unfinished() -> Vec<Row> {
    vec![
        row("finish it with `cargo xtask release {version} --resume`", || killed(MAKE)),
        row("undo it with `cargo xtask release {version} --abort`", || killed(MAKE)),
        row("undo the rest with `cargo xtask release {version} --abort`", || stuck(MAKE))
            .steps(&[Step::ByHand(mend), Step::Act(0)]),
        row("run `cargo xtask release {version} --abort` again when the cause is mended", || {
            let world = stuck(&["release", "-q", "1.1.0", "--abort"]);
            world.sandbox.command(MAKE).output().unwrap();
            world
        })
        .steps(&[Step::ByHand(mend), Step::Act(0)])
        .then(Then::Gone),
        row("make it with `cargo xtask release {version}`", || {
            released(|_, _| (), &["release", "-q", "1.1.0", "--resume"])
        })
        // It asks for a confirmation, which nobody gives here.
        .then(Then::Shows("confirm the release with `--yes`")),
        row("finish or undo the release with the version of xtask that began it", foreign).by_hand(|world| {
            let path = journal(&world.sandbox);
            let text = fs::read_to_string(&path).unwrap().replace("\"schema\": 9", "\"schema\": 1");
            fs::write(path, text).unwrap();
        }),
        row("if no version can read it, look at branch, tag, and images, and remove the file", foreign)
            .by_hand(|world| fs::remove_file(journal(&world.sandbox)).unwrap())
            .then(Then::Gone),
        row("make it writable, or move away what is in its place, and run the command again", || {
            released(|sandbox, _| sandbox.write(".git/taskflow-release", "a file\n"), MAKE)
        })
        .by_hand(|world| fs::remove_file(world.sandbox.root.join(".git/taskflow-release")).unwrap()),
        row("run `cargo xtask release {version} --abort` again when `git ls-remote {remote}` gives an answer", || {
            let world = with_hook("mv \"$PWD\" \"${PWD%/*}/gone.git\"; exit 1", &["release", "-q", "1.1.0", "--abort"]);
            world.sandbox.command(&[MAKE, &["--push"]].concat()).output().unwrap();
            world
        })
        .steps(&[
            Step::ByHand(|world| {
                let [gone, remote] = ["gone.git", "remote.git"].map(|name| world.sandbox.outside(name));
                fs::rename(gone, remote).unwrap();
            }),
            Step::Act(1),
            Step::Act(0),
        ])
        .then(Then::Gone),
        row("build it anew with `cargo xtask release {version}`", || {
            released(
                |sandbox, engine| {
                    engine.fault("kill", "tag * tiny-a:1.1.0", When::Before, "kill -9 $PPID; rm \"$fault\"; exit 1");
                    sandbox.command(MAKE).output().unwrap();
                    let journal: serde_json::Value =
                        serde_json::from_slice(&fs::read(journal(sandbox)).unwrap()).unwrap();
                    engine.lose(journal["images"][0]["id"].as_str().unwrap());
                },
                &["release", "-q", "1.1.0", "--resume"],
            )
        })
        .then(Then::Shows("confirm the release with `--yes`")),
    ]
}

/// Releases that are refused or fail.
fn failed() -> Vec<Row> {
    vec![
        row("confirm the release with `--yes`", || released(|_, _| (), &["release", "-q", "1.1.0"])),
        row("repair what the lines marked `refused` name, and run the command again", || {
            released(|sandbox, _| sandbox.write("new", ""), MAKE)
        })
        .by_hand(|world| fs::remove_file(world.sandbox.root.join("new")).unwrap()),
        row("install git; a release writes with it", || {
            released(|sandbox, _| fs::remove_file(sandbox.outside("bin/git")).unwrap(), MAKE)
        })
        .by_hand(|world| world.sandbox.real("git")),
        row("pull the real base image, or allow it with `--allow-stand-in`", || {
            released(
                |_, engine| {
                    let real = engine.tags()[BASE].clone();
                    engine.base(BASE, true);
                    let stand_in = engine.tags()[BASE].clone();
                    engine.base(BASE, false);
                    let tag = engine.folders()[0].join("tags").join(BASE);
                    let shell = format!("echo {} >'{}'; rm \"$fault\"", &stand_in[7..], tag.display());
                    assert_ne!(real, stand_in);
                    let pattern = format!("image inspect tiny-a:1.1.0 tiny-b:1.1.0 {BASE}*");
                    engine.fault("swap", &pattern, When::After, &shell);
                },
                MAKE,
            )
        })
        .way(&[0])
        .by_hand(|world| engine(world).base(BASE, false)),
        row("release a higher version; a version that others may have is never released again", || {
            released(
                |sandbox, engine| {
                    sandbox.command(MAKE).output().unwrap();
                    engine.forget("tiny-b:1.1.0");
                },
                MAKE,
            )
        })
        .by_hand(higher),
        row("commit or undo the edit, and release {version} again", || {
            released(
                |sandbox, engine| {
                    let file = sandbox.root.join("taskflow.toml");
                    let edit = format!("printf '# edited\\n' >>'{}'; rm \"$fault\"", file.display());
                    engine.fault("edit", "buildx build *./a", When::Before, &edit);
                },
                MAKE,
            )
        })
        .by_hand(|world| drop(world.sandbox.git(&["checkout", "--quiet", "taskflow.toml"])))
        .by_hand(|world| world.sandbox.commit()),
        row(
            "see with `git log --oneline -3 {branch}` who moved it, or which hook refuses, and release {version} again",
            || {
                released(
                    |sandbox, engine| {
                        sandbox.commit();
                        let git = format!("git -C '{}' update-ref refs/heads/main HEAD^", sandbox.root.display());
                        engine.fault("move", "tag * tiny-b:1.1.0", When::After, &git);
                    },
                    MAKE,
                )
            },
        )
        .then(Then::Shows("state")),
        row("mend what the remote or the hook says; `git ls-remote {remote}` shows what the remote has", || {
            with_hook("echo no; exit 1", &["release", "-q", "1.1.0", "--yes", "--push"])
        })
        .then(Then::Shows("refs/heads/main")),
    ]
}

/// Releases that others disturb, or whose files cannot be made.
fn disturbed() -> Vec<Row> {
    vec![
        row("go back to it with `git switch {branch}`, and release {version} again", || {
            released(
                |sandbox, engine| {
                    let shell = format!("git -C '{}' switch -q -c other; rm \"$fault\"", sandbox.root.display());
                    engine.fault("switch", "buildx build *./a", When::Before, &shell);
                },
                MAKE,
            )
        }),
        row("see why with {SIGNING_TRIAL}", || {
            released(
                |sandbox, _| {
                    sandbox.git(&["config", "commit.gpgSign", "true"]);
                    sandbox.git(&["config", "gpg.program", &sandbox.outside("bin/signs").display().to_string()]);
                    let signature = "-----BEGIN PGP SIGNATURE-----\n\nAAAA\n-----END PGP SIGNATURE-----\n";
                    let signs = on("*")
                        .does("while read -r _; do :; done")
                        .says(signature)
                        .complains("[GNUPG:] SIG_CREATED D 1 8 00 1 KEY\n")
                        .once();
                    sandbox.fake("signs", [signs, on("*").exits(2)]);
                },
                MAKE,
            )
        })
        .then(Then::Shows("failed to sign")),
        row("run the command in it: `cd {path}`", || {
            let world = killed(&["release", "-q", "1.1.0", "--abort"]);
            let linked = world.sandbox.outside("linked");
            world.sandbox.git(&["worktree", "add", "--quiet", "--detach", &linked.display().to_string()]);
            world.within(linked)
        })
        .by_hand(|world| world.go_to(world.sandbox.root.clone())),
        row("make the folder writable, or free space on its disk", || {
            released(|sandbox, _| sandbox.write("target/xtask/releases", "a file\n"), MAKE)
        })
        .by_hand(|world| fs::remove_file(world.sandbox.root.join("target/xtask/releases")).unwrap()),
        row("write it again with `npm install --package-lock-only`, with npm 7 or newer", || {
            released(
                |sandbox, _| {
                    sandbox.write("a/package-lock.json", "{\"lockfileVersion\": 1, \"dependencies\": {}}\n");
                    sandbox.commit();
                },
                MAKE,
            )
        })
        .by_hand(|world| {
            world.sandbox.write("a/package-lock.json", "{\"lockfileVersion\": 3, \"packages\": {}}\n");
            world.sandbox.commit();
        }),
    ]
}

/// Releases whose images are pushed and signed.
fn published() -> Vec<Row> {
    vec![
        row("release a higher version", || {
            released(
                |sandbox, engine| {
                    set(sandbox, "registry = \"registry.example\"\npush = true\n");
                    remote(sandbox);
                    engine.push_other("registry.example/tiny-b:1.1.0");
                },
                MAKE,
            )
        })
        .by_hand(higher),
        row("run the command alone, or correct `sign` under `[release]` in taskflow.toml", || {
            released(
                |sandbox, _| {
                    set(sandbox, "registry = \"registry.example\"\npush = true\nsign = [\"sign-it\", \"{image}\"]\n");
                    remote(sandbox);
                    sandbox.fake("sign-it", [on("*").complains("no key\n").exits(1)]);
                },
                MAKE,
            )
            .value("sign", "[\"other\", \"{image}\"]")
        })
        .by_hand(|world| world.sandbox.fake("sign-it", [on("*")]))
        .way(&[0])
        .then(Then::Gone),
    ]
}

pub(crate) fn rows() -> Vec<Row> {
    [unfinished(), failed(), disturbed(), published()].into_iter().flatten().collect()
}

#[test]
fn hints_of_releases_help() {
    follow(&rows());
}
