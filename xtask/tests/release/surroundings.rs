//! Two releases at once, working trees, clocks, and disks.

use std::fs;

use crate::picture::Picture;
use crate::stateful_engine::When::{After, Before};
use crate::undisturbed::{is_as_before, is_released};
use crate::world::{PUSHED, World};

/// Waits for a mark.
fn wait_for(world: &World, mark: &str) {
    let begun = std::time::Instant::now();
    while !world.has_mark(mark) {
        assert!(begun.elapsed().as_secs() < 60, "no {mark}");
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
}

#[test]
fn one_of_two_releases_wins_and_the_other_one_names_it() {
    let world = World::new();
    let waits = ": >\"$marks/builds\"; while [ ! -e \"$marks/go\" ]; do sleep 0.02; done";
    world.fault("docker", "wait", "buildx build *./a", Before, waits);
    let first = world.start(PUSHED);
    wait_for(&world, "builds");
    // The program `env` has become xtask.
    let named = format!("another release is running: process {} on ", first.id());
    for args in [PUSHED, &["1.0.1", "--yes"], &["1.0.0", "--resume"], &["1.0.0", "--abort"]] {
        world.release(args).code(2).says(&named);
    }
    for look in ["--check", "--dry-run"] {
        world.release(&["1.0.0", look]).code(2).says(&named);
    }
    fs::write(world.mark("go"), "").unwrap();
    world.finished(&first.wait_with_output().unwrap()).code(0);
    is_released(&world, "the first one");
}

#[test]
fn many_releases_at_once_make_one() {
    let world = World::new();
    let all: Vec<_> = (0..6).map(|_| world.start(PUSHED)).collect();
    let runs = all.into_iter().map(|child| world.finished(&child.wait_with_output().unwrap()));
    let mut winners = 0;
    for run in runs {
        match run.code {
            0 if run.stdout.contains("tiny-a:1.0.0") => winners += 1,
            // Those that came after the end find it finished.
            0 => assert!(run.stderr.contains("is as recorded"), "{run:?}"),
            _ => drop(run.code(2).says("another release is running")),
        }
    }
    assert_eq!(winners, 1);
    is_released(&world, "one of many");
}

#[test]
fn a_check_does_no_harm_to_a_release_that_begins_meanwhile() {
    let world = World::new();
    // The check is slow, and ends while the release builds.
    let slow = "case $(tr '\\0' ' ' </proc/$PPID/cmdline) in *--check*) : >\"$marks/checks\"; \
                while [ ! -e \"$marks/builds\" ]; do sleep 0.02; done ;; esac";
    world.fault("docker", "check", "buildx version", Before, slow);
    let waits = ": >\"$marks/builds\"; while [ ! -e \"$marks/go\" ]; do sleep 0.02; done";
    world.fault("docker", "wait", "buildx build *./b", Before, waits);
    let check = world.start(&["1.0.0", "--check"]);
    wait_for(&world, "checks");
    let release = world.start(PUSHED);
    world.finished(&check.wait_with_output().unwrap()).code(0);
    fs::write(world.mark("go"), "").unwrap();
    world.finished(&release.wait_with_output().unwrap()).code(0);
    is_released(&world, "the release");
}

/// Adds a working tree with another branch, and goes there; returns the one before.
fn linked(world: &mut World) -> std::path::PathBuf {
    let linked = world.outside("linked");
    world.git(&["worktree", "add", "--quiet", "-b", "release/1", linked.to_str().unwrap()]);
    world.git(&["push", "--quiet", "origin", "release/1"]);
    std::mem::replace(&mut world.root, linked)
}

#[test]
fn a_release_from_a_linked_working_tree_leaves_the_other_one_alone() {
    let mut world = World::new();
    let main = linked(&mut world);
    let (before, before_main) = (world.picture(), Picture::files_of(&world, &main));
    let commit = world.git(&["rev-parse", "HEAD"]);
    world.fault("docker", "kill", "tag sha256:* tiny-b:1.0.0", After, "kill -9 $PPID");
    world.release(PUSHED).code(1009);
    world.engine.mend("kill");
    // The other working tree is not the one to undo it in.
    let linked = std::mem::replace(&mut world.root, main.clone());
    for how in ["--abort", "--resume"] {
        world.release(&["1.0.0", how]).code(2).says("was begun in another working tree");
    }
    world.root = linked;
    world.release(&["1.0.0", "--abort"]).code(0);
    assert_eq!(before.differences(&world.picture().without_candidates()), "");
    world.release(PUSHED).code(0);
    assert_eq!(before_main.differences(&Picture::files_of(&world, &main)), "");
    let after = world.picture();
    assert_eq!(after.get("ref refs/heads/main"), Some(commit.as_str()));
    assert_eq!(after.get("ref refs/heads/release/1"), after.get("HEAD^{commit}"));
    assert_eq!(after.get("remote refs/tags/v1.0.0"), after.get("ref refs/tags/v1.0.0"));
    assert!(after.get("status a/package.json").is_none() && after.get("engine tiny-b:1.0.0").is_some());
}

#[test]
fn a_clock_that_jumps_does_no_harm() {
    // The last commit is of the future.
    let mut world = World::new();
    world.set("GIT_COMMITTER_DATE", "2040-01-02T03:04:05Z");
    world.set("GIT_AUTHOR_DATE", "2040-01-02T03:04:05Z");
    world.commit();
    world.git(&["push", "--quiet", "origin", "main"]);
    // The clock goes back by decades.
    for (version, date) in [("1.0.0", "1999-01-02T03:04:05Z"), ("1.0.1", "1998-01-02T03:04:05Z")] {
        world.set("GIT_COMMITTER_DATE", date);
        world.set("GIT_AUTHOR_DATE", date);
        world.release(&[version, "--yes", "--push"]).code(0);
        world.release(&[version, "--yes", "--push"]).code(0).says("is as recorded");
    }
    let record: serde_json::Value =
        serde_json::from_str(&world.read("target/xtask/releases/1.0.1/record.json")).unwrap();
    assert_eq!(record["previous"], "1.0.0");
    assert_eq!(world.git(&["describe", "--tags"]), "v1.0.1");
    assert_eq!(world.remote_git(&["rev-parse", "v1.0.1^{commit}"]), world.git(&["rev-parse", "main"]));
    world.release(&["1.0.0", "--yes"]).code(0).says("is as recorded");
}

#[test]
fn objects_that_cannot_be_written_undo_the_release() {
    let world = World::new();
    world.git(&["gc", "--quiet"]);
    let before = world.picture();
    // Every folder for new objects is taken by a file, which stops root, too.
    for number in 0..=255 {
        let path = world.root.join(format!(".git/objects/{number:02x}"));
        if !path.exists() {
            fs::write(path, "").unwrap();
        }
    }
    world.release(PUSHED).code(1).says("stopped in step `commit`; everything was undone");
    assert_eq!(before.differences(&world.picture().without_candidates()), "");
}

#[test]
fn a_file_that_is_too_large_for_the_disk_undoes_the_release() {
    let world = World::new();
    world.write("b/large", &"large\n".repeat(200_000));
    world.commit();
    world.git(&["push", "--quiet", "origin", "main"]);
    let before = world.picture();
    let plain = world.command(PUSHED);
    let mut command = std::process::Command::new("sh");
    // Without the signal, a write beyond the limit fails, as on a full disk.
    command.args(["-c", "trap '' XFSZ; ulimit -f 1000; shift; exec \"$@\"", "sh"]).args(plain.get_args());
    command
        .env_clear()
        .envs(plain.get_envs().filter_map(|(name, value)| Some((name, value?))))
        .current_dir(&world.root);
    world.finished(&command.output().unwrap()).code(1).says("stopped in step `build`; everything was undone");
    assert_eq!(before.differences(&world.picture().without_candidates()), "");
}

#[test]
fn a_journal_that_cannot_be_written_stops_the_release_before_its_first_change() {
    let world = World::new();
    fs::create_dir_all(world.root.join(".git/taskflow-release/journal.new")).unwrap();
    world.release(PUSHED).code(2).says("journal.json");
    is_as_before(&world, "journal");
}
