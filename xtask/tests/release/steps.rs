//! xtask is killed in each step, by the program that it has called. Then the release is finished, or undone.
//!
//! The called program survives, as programs do whose parent is killed. In one half of the cases it goes on when the
//! next xtask is already there; in the other half, it is killed, too.

use std::io::Read as _;

use crate::parallel;
use crate::stateful_engine::When::{After, Before};
use crate::undisturbed::{is_as_before, is_released};
use crate::world::{PUSHED, Run, World, read_until};

/// A moment: the program, a pattern for its arguments, and the step.
type Moment = (&'static str, &'static str, &'static str);

const MOMENTS: [Moment; 20] = [
    ("git", "*push*--dry-run*", ""),
    ("git", "*commit-tree*", "commit"),
    ("git", "* tag --annotate*", "commit"),
    ("git", "*checkout-index*", "build"),
    ("docker", "buildx build *./a", "build"),
    ("docker", "buildx build *./b", "build"),
    ("docker", "ps --all *", "verify"),
    ("docker", "push *tiny-a:*", "upload"),
    ("docker", "push *tiny-b:*", "upload"),
    ("signer", "*", "sign"),
    ("git", "*read-tree -m -u --dry-run *", "publish"),
    ("docker", "tag sha256:* tiny-a:1.0.0", "publish"),
    ("docker", "tag sha256:* tiny-b:1.0.0", "publish"),
    ("git", "*update-ref*--stdin*", "publish"),
    ("git", "*read-tree -m -u [0-9a-f]*", "publish"),
    ("git", "*push --atomic --porcelain -- *", "push"),
    ("docker", "buildx imagetools create *tiny-a:1.0.0 *", "promote"),
    ("docker", "buildx imagetools create *tiny-b:1.0.0 *", "promote"),
    ("docker", "image rm *tiny-a:1.0.0-g*", "record"),
    ("docker", "image rm *registry.test/team/tiny-b:*", "record"),
];

/// Those of them whose program changes something that the next xtask must not change at the same time.
const DANGEROUS: [&str; 7] = [
    "*checkout-index*",
    "buildx build *./b",
    "push *tiny-b:*",
    "tag sha256:* tiny-b:1.0.0",
    "*update-ref*--stdin*",
    "*read-tree -m -u [0-9a-f]*",
    "*push --atomic --porcelain -- *",
];

/// Whether the remote has the release when the program has ended.
fn is_public(step: &str, is_done: bool) -> bool {
    ["promote", "record"].contains(&step) || step == "push" && is_done
}

/// A world in which xtask was killed at a moment. The program that did it waits for the mark `go`, or is killed, too.
fn killed((program, pattern, step): Moment, when: crate::stateful_engine::When, waits: bool) -> World {
    let world = World::new();
    let end = if waits { "while [ ! -e \"$marks/go\" ]; do sleep 0.02; done" } else { "kill -9 $$" };
    let text = format!("[ -e \"$marks/reached\" ] || {{ : >\"$marks/reached\"; kill -9 $PPID; {end}; }}");
    world.fault(program, "kill", pattern, when, &text);
    world.release(PUSHED).code(1009);
    assert_eq!(world.running_step().unwrap_or_default(), step, "{pattern}");
    world
}

#[test]
fn a_release_that_is_killed_with_its_child_is_finished_or_undone() {
    let cases = MOMENTS.into_iter().flat_map(|moment| [(moment, Before), (moment, After)]);
    parallel::each(cases.collect(), |(moment, when)| {
        let what = format!("{moment:?} {when:?}");
        let world = killed(moment, when, false);
        // The other builds go on.
        world.settle();
        let other = world.copy();
        ends(&world, &world.release(&["1.0.0", "--resume"]), moment, &what);
        let is_public = is_public(moment.2, when == After);
        is_undone(&other, &other.release(&["1.0.0", "--abort"]), moment, is_public, &what);
    });
}

#[test]
fn a_child_that_survives_is_waited_for() {
    let moments = MOMENTS.into_iter().filter(|(_, pattern, _)| DANGEROUS.contains(pattern));
    let cases = moments
        .flat_map(|moment| [(moment, Before, "--resume"), (moment, Before, "--abort"), (moment, After, "--abort")]);
    parallel::each(cases.collect(), |(moment, when, how)| {
        let what = format!("{moment:?} {when:?} {how}");
        let world = killed(moment, when, true);
        let mut next = world.start(&["1.0.0", how]);
        // It waits, and does nothing before the other one goes on.
        let (mut said, mut told) = read_until(&mut next, "waiting for processes of a killed release");
        std::fs::write(world.mark("go"), "").unwrap();
        told.read_to_string(&mut said).unwrap();
        let mut run = world.finished(&next.wait_with_output().unwrap());
        run.stderr = said;
        if how == "--resume" {
            return ends(&world, &run, moment, &what);
        }
        is_undone(&world, &run, moment, is_public(moment.2, true), &what);
    });
}

#[test]
fn a_release_that_is_interrupted_in_any_step_is_undone() {
    let cases = MOMENTS.into_iter().flat_map(|moment| [(moment, Before), (moment, After)]);
    parallel::each(cases.collect(), |((program, pattern, step), when)| {
        let what = format!("{pattern} {when:?}");
        let world = World::new();
        // The program does not end by itself; the signal is passed on to it.
        let text = "[ -e \"$marks/reached\" ] || { : >\"$marks/reached\"; kill -INT $PPID; sleep 60; }";
        world.fault(program, "interrupt", pattern, when, text);
        let run = world.release(PUSHED);
        assert_eq!(run.code, 130, "{what}: {run:?}");
        if !is_public(step, when == After) {
            let undone = format!("release 1.0.0 stopped in step `{step}`; everything was undone");
            assert!(step.is_empty() || run.stderr.contains(&undone), "{what}: {run:?}");
            return is_as_before(&world, &what);
        }
        assert!(run.stderr.contains("it is public already, so nothing was undone"), "{what}: {run:?}");
        assert!(run.stderr.contains("finish it with `cargo xtask release 1.0.0 --resume`"), "{what}: {run:?}");
        let resumed = world.release(&["1.0.0", "--resume"]);
        assert_eq!(resumed.code, 0, "{what}: {resumed:?}");
        is_released(&world, &what);
    });
}

/// Checks the end of a `--resume`.
#[track_caller]
fn ends(world: &World, run: &Run, (_, _, step): Moment, what: &str) {
    if step.is_empty() {
        assert_eq!(run.code, 2, "{what}: {run:?}");
        return is_as_before(world, what);
    }
    assert_eq!(run.code, 0, "{what}: {run:?}");
    is_released(world, what);
}

/// Checks the end of an `--abort`: all is undone, or it is refused and the release can be finished.
#[track_caller]
fn is_undone(world: &World, run: &Run, (_, _, step): Moment, is_public: bool, what: &str) {
    if is_public {
        assert_eq!(run.code, 5, "{what}: {run:?}");
        assert!(run.stderr.contains("is public and cannot be undone"), "{what}: {run:?}");
        let resumed = world.release(&["1.0.0", "--resume"]);
        assert_eq!(resumed.code, 0, "{what}: {resumed:?}");
        return is_released(world, what);
    }
    assert_eq!(run.code, if step.is_empty() { 2 } else { 0 }, "{what}: {run:?}");
    is_as_before(world, what);
}
