//! Repairs that the lines of a preflight name. git is the real one, and the engine keeps what it is told.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use crate::harness::fakes::on;
use crate::harness::minikube::{profile, profiles, version};
use crate::harness::sandbox::Sandbox;
use crate::harness::stateful_engine::{StatefulEngine, When};
use crate::harness::tiny::{BASE, CONFIG, in_folder, remote};
use crate::release::{engine, released, set};
use crate::row::{Row, Step, Then, follow, row};
use crate::world::World;

/// A preflight.
const CHECK: &[&str] = &["release", "-q", "1.1.0", "--check"];

/// A preflight of a release that is pushed.
const PUSH: &[&str] = &["release", "-q", "1.1.0", "--check", "--push"];

/// A world in which the preflight refuses something.
fn refused(prepare: impl FnOnce(&Sandbox, &StatefulEngine)) -> World {
    released(prepare, CHECK)
}

/// A repository on this branch, whose unfinished merges need no editor.
fn on_branch(args: &[&str]) -> World {
    refused(|sandbox, _| drop(sandbox.git(&[&["switch", "--quiet"], args].concat())))
}

fn merging() -> World {
    let (mut sandbox, _) = in_folder("");
    sandbox.commit();
    sandbox.git(&["switch", "--quiet", "--create", "other"]);
    sandbox.write("b/f", "other\n");
    sandbox.commit();
    sandbox.git(&["switch", "--quiet", "main"]);
    sandbox.git(&["merge", "--quiet", "--no-commit", "--no-ff", "other"]);
    sandbox.set("GIT_EDITOR", ":");
    World::new(sandbox, CHECK)
}

/// A clone with only the last commit.
fn shallow() -> World {
    refused(|sandbox, _| {
        let url = format!("file://{}", remote(sandbox).display());
        sandbox.commit();
        sandbox.git(&["push", "--quiet", "origin", "main"]);
        fs::remove_dir_all(sandbox.root.join(".git")).unwrap();
        sandbox.git(&["init", "--quiet", "--initial-branch=main"]);
        sandbox.git(&["remote", "add", "origin", &url]);
        sandbox.git(&["fetch", "--quiet", "--depth=1", "origin", "main"]);
        sandbox.git(&["reset", "--quiet", "--hard", "FETCH_HEAD"]);
        sandbox.git(&["config", "user.name", "Test"]);
        sandbox.git(&["config", "user.email", "test@example.org"]);
    })
}

fn without_submodule() -> World {
    refused(|sandbox, _| {
        let part = sandbox.outside("part");
        let shown = part.display().to_string();
        // `git submodule` is a script.
        for program in ["sed", "basename", "uname"] {
            sandbox.real(program);
        }
        sandbox.git(&["init", "--quiet", &shown]);
        fs::write(part.join("inner"), "of the submodule\n").unwrap();
        sandbox.git(&["-C", &shown, "add", "inner"]);
        sandbox.git(&["-C", &shown, "commit", "--quiet", "--message=part"]);
        sandbox.git(&["-c", "protocol.file.allow=always", "submodule", "--quiet", "add", &shown, "a/part"]);
        sandbox.commit();
        sandbox.git(&["submodule", "--quiet", "deinit", "--all", "--force"]);
        fs::write(sandbox.outside("home/.gitconfig"), "[protocol \"file\"]\nallow = always\n").unwrap();
    })
}

fn signing() -> World {
    refused(|sandbox, _| {
        sandbox.git(&["config", "commit.gpgSign", "true"]);
        sandbox.git(&["config", "gpg.program", &sandbox.outside("bin/signs").display().to_string()]);
        sandbox.fake("signs", [on("*").exits(2)]);
    })
}

fn commits(world: &mut World) {
    world.sandbox.commit();
}

fn of_git() -> Vec<Row> {
    vec![
        row("commit them, or put them aside with `git stash --include-untracked`", || {
            refused(|sandbox, _| sandbox.write("new", "file\n"))
        })
        .way(&[0])
        .by_hand(commits),
        row("finish it with `git merge --continue`, or end it with `git merge --abort`", merging).way(&[0]).way(&[1]),
        row("end it with `git bisect reset`", || refused(|sandbox, _| drop(sandbox.git(&["bisect", "start"])))),
        row("fetch it with `git fetch --unshallow --tags {remote}`", shallow),
        row(
            "switch to one with `git switch {branch}`, or add it to `branches` under `[release]` in taskflow.toml",
            || on_branch(&["--create", "fix"]),
        )
        .way(&[0])
        .by_hand(|world| set(&world.sandbox, "branches = [\"fix\"]\n")),
        row("switch to one with `git switch {branch}`", || on_branch(&["--detach"])),
        row("make a first commit with `git add --all && git commit --message first`", || {
            World::new(in_folder("").0, CHECK)
        }),
        row("check them out with `git submodule update --init --recursive`", without_submodule),
        row("release another version; if the tag was never pushed, delete it with `git tag -d {tag}`", || {
            refused(|sandbox, _| drop(sandbox.git(&["tag", "v1.1.0"])))
        }),
        row("set them with `git config user.name NAME` and `git config user.email ADDRESS`", || {
            refused(|sandbox, _| {
                for args in [&["--unset", "user.email"][..], &["--unset", "user.name"], &["user.useConfigOnly", "true"]]
                {
                    sandbox.git(&[&["config"], args].concat());
                }
            })
            .fill("NAME", "Test")
            .fill("ADDRESS", "test@example.org")
        }),
        row(
            "see why with `git commit-tree -S -m trial HEAD^{tree}`; check `user.signingKey` and `gpg.format`",
            signing,
        )
        .then(Then::Shows("failed to sign")),
    ]
}

fn of_remotes() -> Vec<Row> {
    vec![
        row("add one with `git remote add origin URL`, or release without `--push`", || {
            let world = released(
                |sandbox, _| {
                    remote(sandbox);
                    sandbox.git(&["remote", "remove", "origin"]);
                },
                PUSH,
            );
            let url = world.sandbox.outside("remote.git").display().to_string();
            world.fill("URL", url)
        }),
        row("see why with `git ls-remote {remote}`", || {
            released(|sandbox, _| fs::remove_dir_all(remote(sandbox)).unwrap(), PUSH)
        })
        .then(Then::Shows("does not appear to be a git repository")),
        row("get it with `git fetch --tags {remote}`, and release another version", || {
            refused(|sandbox, _| {
                remote(sandbox);
                sandbox.git(&["push", "--quiet", "origin", "HEAD:refs/tags/v1.1.0"]);
            })
        })
        .steps(&[Step::Act(0), Step::ByHand(|world| world.call(&["release", "-q", "1.2.0", "--check"]))]),
        row("get them with `git pull {remote} {branch}`", || {
            refused(|sandbox, _| {
                remote(sandbox);
                let before = sandbox.git(&["rev-parse", "HEAD"]);
                sandbox.commit();
                sandbox.git(&["push", "--quiet", "origin", "main"]);
                sandbox.git(&["reset", "--quiet", "--hard", &before]);
            })
        }),
        row("see what the hook or the remote says with `git push --dry-run {remote} {branch}`", || {
            released(
                |sandbox, _| {
                    remote(sandbox);
                    let hook = sandbox.root.join(".git/hooks/pre-push");
                    fs::create_dir_all(hook.parent().unwrap()).unwrap();
                    fs::write(&hook, "#!/bin/sh\necho 'the tests fail' >&2\nexit 1\n").unwrap();
                    fs::set_permissions(&hook, PermissionsExt::from_mode(0o755)).unwrap();
                },
                PUSH,
            )
        })
        .then(Then::Shows("the tests fail")),
    ]
}

/// A repository with a file of versions.
fn with_versions(file: &str, text: &str) -> World {
    refused(|sandbox, _| {
        sandbox.write(file, text);
        set(sandbox, &format!("version-files = [\"{file}\"]\n"));
    })
    .value("version-files", "[]")
}

/// A row: the hint, the file that is refused, and the one that follows the hint.
macro_rules! mends {
    ($hint:expr, $file:expr, $broken:expr, $mended:expr) => {
        row($hint, || with_versions($file, $broken)).by_hand(|world| {
            world.sandbox.write($file, $mended);
            world.sandbox.commit();
        })
    };
}

/// A row: the hint, the changelog that is refused, and the one that follows the hint.
macro_rules! closes {
    ($hint:expr, $broken:expr, $mended:expr) => {
        row($hint, || {
            refused(|sandbox, _| {
                sandbox.write("CHANGELOG.md", $broken);
                sandbox.commit();
            })
        })
        .by_hand(|world| {
            world.sandbox.write("CHANGELOG.md", $mended);
            world.sandbox.commit();
        })
    };
}

fn of_files() -> Vec<Row> {
    const DYNAMIC: &str = "remove `version` from `{table}.dynamic` and write `version = \"{}\"` there, or correct `version-files` under `[release]`";
    const INHERITED: &str = "name the Cargo.toml of the workspace instead: correct `version-files` under `[release]`";
    const UNKNOWN: &str =
        "correct `version-files` under `[release]`; another file can take its version from one of these";
    const MISSING: &str = "add a version to it, or correct `version-files` under `[release]`";
    vec![
        row("commit it, or take it out of `version-files` under `[release]` in taskflow.toml", || {
            refused(|sandbox, _| set(sandbox, "version-files = [\"package.json\"]\n"))
        })
        .by_hand(|world| {
            world.sandbox.write("package.json", "{\"version\": \"1.0.0\"}\n");
            world.sandbox.commit();
        })
        .by_hand(|world| {
            world.sandbox.write("taskflow.toml", CONFIG);
            world.sandbox.commit();
        }),
        mends!(
            "remove one of the two lines",
            "package.json",
            "{\n\"version\": \"1.0.0\",\n\"version\": \"1.0.0\"\n}\n",
            "{\n\"version\": \"1.0.0\"\n}\n"
        ),
        mends!(
            "write the same version in both places",
            "package-lock.json",
            "{\"version\": \"1.0.0\", \"packages\": {\"\": {\"version\": \"1.0.1\"}}}\n",
            "{\"version\": \"1.0.0\", \"packages\": {\"\": {\"version\": \"1.0.0\"}}}\n"
        ),
        mends!(
            "write the version as a string: `{example}`",
            "package.json",
            "{\"version\": 1}\n",
            "{\"version\": \"1.0.0\"}\n"
        ),
        mends!(
            DYNAMIC,
            "pyproject.toml",
            "[project]\nname = \"a\"\ndynamic = [\"version\"]\n",
            "[project]\nname = \"a\"\nversion = \"1.1.0\"\n"
        ),
        row(DYNAMIC, || with_versions("pyproject.toml", "[project]\nname = \"a\"\ndynamic = [\"version\"]\n"))
            .way(&[0])
            .then(Then::Gone),
        row(INHERITED, || with_versions("Cargo.toml", "[package]\nname = \"a\"\nversion.workspace = true\n"))
            .way(&[0])
            .then(Then::Gone),
        row(UNKNOWN, || with_versions("other.json", "{}\n")).way(&[0]).then(Then::Gone),
        mends!(MISSING, "package.json", "{}\n", "{\"version\": \"1.0.0\"}\n"),
        row(MISSING, || with_versions("package.json", "{}\n")).way(&[0]).then(Then::Gone),
        row("commit it with `git add --force {path}`, or name another file as `changelog` under `[release]`", || {
            refused(|sandbox, _| {
                sandbox.write(".gitignore", "target\nCHANGELOG.md\n");
                sandbox.commit();
                sandbox.write("CHANGELOG.md", "# Changes\n");
            })
        })
        .steps(&[Step::Act(0), Step::ByHand(|world| drop(world.sandbox.git(&["commit", "--quiet", "-m", "changes"])))])
        .by_hand(|world| set(&world.sandbox, "changelog = \"NEWS.md\"\n")),
        closes!("write `-->` at the end of the comment", "# Changes\n\n<!-- open\n", "# Changes\n\n<!-- open -->\n"),
        closes!(
            "repeat the marks of this line on a line below the code",
            "# Changes\n\n```\ncode\n",
            "# Changes\n\n```\ncode\n```\n"
        ),
        row("see them with `cargo xtask check`, and mend them", || {
            refused(|sandbox, _| {
                sandbox.write("taskflow.toml", &format!("{CONFIG}\n[component.a.contract]\nuser = \"web\"\n"));
                sandbox.commit();
            })
        })
        .then(Then::Shows("web")),
    ]
}

fn of_images() -> Vec<Row> {
    vec![
        row("pull the real ones with `docker pull {name}`, or allow them with `--allow-stand-in`", || {
            refused(|_, engine| {
                let real = engine.tags()[BASE].clone();
                engine.base(BASE, true);
                let tag = engine.folders()[0].join("tags").join(BASE);
                let shell = format!("echo {} >'{}'; exit 0", &real[7..], tag.display());
                engine.fault("pull", "pull *", When::Before, &shell);
            })
        })
        .way(&[0])
        .way(&[1]),
        row("mend it, and run the command again", || {
            released(
                |sandbox, engine| {
                    set(sandbox, "registry = \"registry.example\"\n");
                    remote(sandbox);
                    engine.fails("odd", "buildx imagetools inspect *", "ERROR: toomanyrequests: rate limit");
                },
                PUSH,
            )
        })
        .by_hand(|world| engine(world).mend("odd")),
        row("install `{program}`, or correct `sign` under `[release]`", || {
            released(
                |sandbox, _| {
                    set(sandbox, "registry = \"registry.example\"\nsign = [\"sign-it\", \"{image}\"]\n");
                    remote(sandbox);
                },
                PUSH,
            )
            .value("sign", "[\"git\", \"{image}\"]")
        })
        .by_hand(|world| world.sandbox.fake("sign-it", []))
        .way(&[0])
        .then(Then::Gone),
        row("see what `minikube profile list` says", || {
            released(
                |sandbox, _| {
                    sandbox.fake("minikube", [on("profile list *").exits(1), on("profile list").says("broken")]);
                },
                &["release", "-q", "1.1.0", "--check", "--minikube"],
            )
        })
        .then(Then::Shows("broken")),
        row(
            "start it with `minikube start --profile {name}`, or choose one with the variable `MINIKUBE_PROFILE`",
            || {
                let (mut sandbox, _) = in_folder("");
                sandbox.commit();
                let none = profiles(&serde_json::json!({"invalid": [], "valid": []})).until("started");
                let start = on("start --profile minikube").does(": >\"$marks/started\"");
                sandbox.fake("minikube", [version("v1.39.0"), none, start, profile("docker", &[""])]);
                sandbox.set("MINIKUBE_PROFILE", "minikube");
                World::new(sandbox, &["release", "-q", "1.1.0", "--check", "--minikube"])
            },
        )
        .way(&[0]),
        row(
            "start it with `minikube start --profile {name}`, or choose one with the variable `MINIKUBE_PROFILE`",
            || {
                let (mut sandbox, _) = in_folder("");
                sandbox.commit();
                sandbox.fake("minikube", [version("v1.39.0"), profile("docker", &[""])]);
                sandbox.set("MINIKUBE_PROFILE", "other");
                World::new(sandbox, &["release", "-q", "1.1.0", "--check", "--minikube"])
                    .value("MINIKUBE_PROFILE", "minikube")
            },
        )
        .way(&[1]),
    ]
}

/// A release with attestations, on an engine that this has prepared.
fn attested(prepare: impl FnOnce(&StatefulEngine)) -> World {
    released(
        |sandbox, engine| {
            remote(sandbox);
            set(sandbox, "registry = \"registry.example:5000/team\"\nattest = true\n");
            engine.has_containerd_store();
            prepare(engine);
        },
        PUSH,
    )
}

/// Takes `attest` out of taskflow.toml.
fn without_attestations(world: &mut World) {
    set(&world.sandbox, "registry = \"registry.example:5000/team\"\n");
}

fn of_attestations() -> Vec<Row> {
    let far = || {
        attested(|engine| {
            let chosen = "[ -e \"$state/chosen\" ] || { printf 'Name: far\\nDriver: remote\\n'; exit 0; }";
            engine.fault("far", "buildx inspect", When::Before, chosen);
            engine.fault("use", "buildx use default", When::Before, ": >\"$state/chosen\"; exit 0");
        })
    };
    vec![
        row("set `\"features\": { \"containerd-snapshotter\": true }` in the engine's daemon.json, {WITHOUT}", || {
            attested(|engine| engine.mend("store"))
        })
        .by_hand(|world| engine(world).has_containerd_store())
        .by_hand(without_attestations),
        row("choose the engine's own with `docker buildx use default`, {WITHOUT}", far)
            .way(&[0])
            .by_hand(without_attestations),
        row("give the registry TLS, {WITHOUT}", || {
            attested(|engine| {
                let plain = r#"echo '{"IndexConfigs":{"registry.example:5000":{"Secure":false}}}'; exit 0"#;
                engine.fault("plain", "info *RegistryConfig*", When::Before, plain);
            })
        })
        .by_hand(|world| engine(world).mend("plain"))
        .by_hand(without_attestations),
        row("install a newer buildx plugin of the docker client, {WITHOUT}", || {
            attested(|engine| engine.fails("none", "buildx version", "docker: unknown command: docker buildx"))
        })
        .by_hand(|world| engine(world).mend("none"))
        .by_hand(without_attestations),
    ]
}

pub(crate) fn rows() -> Vec<Row> {
    [of_git(), of_remotes(), of_files(), of_images(), of_attestations()].into_iter().flatten().collect()
}

#[test]
fn repairs_of_the_preflight_help() {
    follow(&rows());
}
