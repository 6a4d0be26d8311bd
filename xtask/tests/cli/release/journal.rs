//! The journal and the lock of a release: unreadable ones, another release's, and one of a running process.

use std::fs;
use std::fs::File;

use snapbox::str;

use super::world::World;
use crate::harness::run::Run;

/// A release that was killed in a step.
fn killed(world: &World, version: &str, pattern: &str) {
    world.engine.fault("kill", pattern, crate::harness::stateful_engine::When::Before, "kill -9 $PPID; exit 1");
    world.release(&["-q", version, "--yes"]).code(1009);
    world.engine.mend("kill");
}

/// A run after `killed`, without the note on children that were still ending.
fn settled(run: Run) -> Run {
    let lines = run.stderr.lines().filter(|line| !line.starts_with("note: waiting for processes of a killed release"));
    let stderr = lines.fold(String::new(), |text, line| text + line + "\n");
    Run { stderr, ..run }
}

#[test]
fn an_unfinished_release_has_to_be_ended_first() {
    let world = World::new();
    killed(&world, "1.1.0", "save *");
    for args in [
        &["1.1.0", "--yes"][..],
        &["1.2.0", "--yes"],
        &["1.2.0", "--resume"],
        &["1.2.0", "--abort"],
        &["1.1.0", "--check"],
        &["1.1.0", "-n"],
    ] {
        settled(world.release(args)).code(3).stdout("").stderr(str![[r#"
error: release 1.1.0 is not finished: it stopped in step `build`
hint: finish it with `cargo xtask release 1.1.0 --resume`
hint: undo it with `cargo xtask release 1.1.0 --abort`

"#]]);
    }
    world.release(&["-q", "1.1.0", "--abort"]).code(0).stdout("").stderr("");
    world.release(&["-q", "1.2.0", "--check"]).code(0);
}

#[test]
fn an_unfinished_release_is_undone() {
    let world = World::new();
    let before = (world.sandbox.git(&["for-each-ref"]), world.engine.tags());
    killed(&world, "1.1.0", "tag * tiny-b:1.1.0");
    settled(world.release(&["1.1.0", "--abort"])).code(0).stdout("").stderr(str![[r#"
     Undoing the release; a second interrupt leaves it half undone
      Undone release 1.1.0; everything is as it was before

"#]]);
    assert_eq!((world.sandbox.git(&["for-each-ref"]), world.engine.tags()), before);
    assert!(!world.sandbox.root.join(".git/taskflow-release").exists());
}

#[test]
fn an_unfinished_release_is_finished() {
    let world = World::new();
    killed(&world, "1.1.0", "tag * tiny-b:1.1.0");
    world
        .release(&["1.1.0", "--resume"])
        .code(0)
        .stdout(str![[r#"
tiny-a:1.1.0
tiny-b:1.1.0

"#]])
        .stderr(str![[r#"
  Publishing 1.1.0 as git tag `v1.1.0`
    Released 1.1.0 at [ID-1] in [TIME]
      Record `target/xtask/releases/1.1.0`

"#]]);
    world.release(&["1.1.0"]).code(0);
}

#[test]
fn a_journal_that_cannot_be_read_is_named() {
    let world = World::new();
    let folder = world.sandbox.root.join(".git/taskflow-release");
    fs::create_dir(&folder).unwrap();
    fs::write(folder.join("journal.json"), "{").unwrap();
    world.release(&["1.1.0", "--yes"]).code(2).stdout("").stderr(str![[r#"
error: cannot read the journal `[BASE]repository/.git/taskflow-release/journal.json`: EOF while parsing an object at line 1 column 1
hint: finish or undo the release with the version of xtask that began it
hint: if no version can read it, look at branch, tag, and images, and remove the file

"#]]);
    fs::remove_file(folder.join("journal.json")).unwrap();
    fs::create_dir(folder.join("journal.json")).unwrap();
    world.release(&["1.1.0", "--yes"]).code(2).stdout("").stderr(str![[r#"
error: cannot use `[BASE]repository/.git/taskflow-release/journal.json`: Is a directory (os error 21)
hint: make it writable, or move away what is in its place, and run the command again

"#]]);
}

#[test]
fn a_journal_of_another_format_is_named() {
    let world = World::new();
    killed(&world, "1.1.0", "save *");
    let path = world.sandbox.root.join(".git/taskflow-release/journal.json");
    let text = fs::read_to_string(&path).unwrap().replace("\"schema\": 1", "\"schema\": 9");
    fs::write(path, text).unwrap();
    settled(world.release(&["1.1.0", "--abort"])).code(2).stdout("").stderr(str![[r#"
error: cannot read the journal `[BASE]repository/.git/taskflow-release/journal.json`: it has format 9, and this xtask reads format 1
hint: finish or undo the release with the version of xtask that began it
hint: if no version can read it, look at branch, tag, and images, and remove the file

"#]]);
}

#[test]
fn the_process_that_holds_the_lock_is_named() {
    let world = World::new();
    let folder = world.sandbox.root.join(".git/taskflow-release");
    fs::create_dir(&folder).unwrap();
    let lock = folder.join("lock");
    fs::write(&lock, "process 4711 on build.example releases 1.0.1\n").unwrap();
    // A lock that nobody holds any more is no obstacle.
    world.release(&["-q", "1.1.0", "--resume"]).code(2).stderr(str![[r#"
error: there is nothing to resume: no release of 1.1.0 is unfinished here
hint: make it with `cargo xtask release 1.1.0`

"#]]);
    fs::create_dir_all(&folder).unwrap();
    fs::write(&lock, "process 4711 on build.example releases 1.0.1\n").unwrap();
    let held = File::open(&lock).unwrap();
    held.lock().unwrap();
    world.release(&["1.1.0", "--yes"]).code(2).stdout("").stderr(str![[r#"
error: another release is running: process 4711 on build.example releases 1.0.1
hint: wait until it has ended, and run the command again

"#]]);
    fs::write(&lock, "").unwrap();
    world.release(&["1.1.0", "--yes"]).code(2).stdout("").stderr(str![[r#"
error: another release is running: it has just begun
hint: wait until it has ended, and run the command again

"#]]);
    // The facts that a check would see are changing.
    world.release(&["-q", "1.1.0", "--check"]).code(2);
}

#[test]
fn two_releases_at_once_make_one() {
    let world = World::new();
    let started = world.sandbox.outside("engine/started");
    let shell = format!(": >'{}'; sleep 0.5", started.display());
    world.engine.fault("slow", "save *", crate::harness::stateful_engine::When::Before, &shell);
    let first = world.sandbox.command(&["release", "-q", "1.1.0", "--yes"]).spawn().unwrap();
    while !started.exists() {
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    let second = world.release(&["-q", "1.2.0", "--yes"]).code(2);
    let expected = format!("another release is running: process {} on ", first.id());
    assert!(second.stderr.contains(&expected), "{}", second.stderr);
    world.finished(&first.wait_with_output().unwrap()).code(0);
    assert_eq!(world.sandbox.git(&["describe"]), "v1.1.0");
}

#[test]
fn a_folder_that_cannot_be_made_is_named() {
    let world = World::new();
    world.sandbox.write(".git/taskflow-release", "a file\n");
    world.release(&["-q", "1.1.0", "--yes"]).code(2).stdout("").stderr(str![[r#"
error: cannot use `[BASE]repository/.git/taskflow-release/lock`: File exists (os error 17)
hint: make it writable, or move away what is in its place, and run the command again

"#]]);
}
