//! xtask is killed at random moments: while its Nth call of git or docker runs, a random time after that call has begun.
//! Then the release is finished, and in a copy of the world it is undone.
//!
//! `TASKFLOW_MOMENTS` sets the number of moments, `TASKFLOW_SEED` the seed of the first one.

use std::fs;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::parallel;
use crate::stateful_engine::When;
use crate::undisturbed::{expected, is_as_before, is_released};
use crate::world::{PUSHED, Run, World};

/// The number of moments, unless a variable sets another one.
const MOMENTS: u64 = 200;

/// The longest time between the begin of a call and the end of xtask, in milliseconds.
const LONGEST: u64 = 25;

/// A moment, computed from a seed.
#[derive(Clone, Copy, Debug)]
struct Moment {
    seed: u64,
    /// The number of the call, from 1.
    call: u64,
    /// The time after its begin, in milliseconds.
    milliseconds: u64,
}

impl Moment {
    fn of(seed: u64, calls: u64) -> Self {
        // SplitMix64.
        let mut state = seed;
        let mut random = |below: u64| {
            state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
            let mixed = (state ^ (state >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
            let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
            (mixed ^ (mixed >> 31)) % below
        };
        Self { seed, call: random(calls) + 1, milliseconds: random(LONGEST) }
    }

    /// Makes the calls of a world count, and this one send a signal to xtask.
    fn strikes(self, world: &World, signal: &str) {
        let Self { call, milliseconds, .. } = self;
        let count = "printf x >>\"$marks/calls\"; read -r n <\"$marks/calls\" || :";
        let strike = format!("(sleep 0.{milliseconds:03}; kill -{signal} $PPID) >/dev/null 2>&1 &");
        let once =
            format!("[ ${{#n}} -lt {call} ] || [ -e \"$marks/struck\" ] || {{ : >\"$marks/struck\"; {strike} }}");
        for program in ["git", "docker"] {
            world.fault(program, "moment", "*", When::Before, &format!("{count}; {once}"));
        }
    }
}

/// Reads a number from a variable.
fn number(variable: &str, usual: u64) -> u64 {
    std::env::var(variable).map_or(usual, |text| text.parse().unwrap())
}

/// Returns the moments: `share` of those that are asked for, and another seed for each test.
fn moments(world: &World, number_of_moments: u64, first: u64) -> Vec<Moment> {
    let counted = world.copy();
    Moment { seed: 0, call: u64::MAX, milliseconds: 0 }.strikes(&counted, "0");
    counted.release(PUSHED).code(0);
    let calls = fs::read(counted.mark("calls")).unwrap().len();
    assert!(calls > 50, "{calls}");
    let first = number("TASKFLOW_SEED", first);
    (first..first + number_of_moments).map(|seed| Moment::of(seed, calls as u64)).collect()
}

#[test]
fn a_release_that_is_killed_at_any_moment_is_finished_or_undone() {
    let template = World::new();
    let moments = moments(&template, number("TASKFLOW_MOMENTS", MOMENTS), 1);
    let kinds = [const { AtomicUsize::new(0) }; 4];
    parallel::each(moments, |moment| {
        let world = template.copy();
        moment.strikes(&world, "KILL");
        let run = world.release(PUSHED);
        let what = format!("{moment:?}");
        if run.code == 0 {
            // The signal came too late.
            kinds[0].fetch_add(1, Ordering::Relaxed);
            return is_released(&world, &what);
        }
        assert_eq!(run.code, 1009, "{what}: {run:?}");
        let (resumed, aborted) = if moment.seed % 2 == 0 {
            // The children still run.
            let other = template.copy();
            moment.strikes(&other, "KILL");
            let again = other.release(PUSHED);
            assert!([0, 1009].contains(&again.code), "{what}: {again:?}");
            (world, other)
        } else {
            world.settle();
            let copy = world.copy();
            (world, copy)
        };
        let run = resumed.release(&["1.0.0", "--resume"]);
        match run.code {
            0 => is_released(&resumed, &what),
            2 => is_as_before(&resumed, &what),
            _ => panic!("{what}: {run:?}"),
        }
        let run = aborted.release(&["1.0.0", "--abort"]);
        let kind = is_undone(&aborted, &run, &what);
        kinds[kind].fetch_add(1, Ordering::Relaxed);
    });
    let [late, early, undone, public] = kinds.map(AtomicUsize::into_inner);
    println!("{late} too late, {early} before the first step, {undone} undone, {public} public");
    assert!(early > 0 && undone > 0 && public > 0, "{early} {undone} {public}");
}

/// Checks the end of an `--abort`: 1 if nothing was begun, 2 if all is undone, 3 if it is refused and finished instead.
#[track_caller]
fn is_undone(world: &World, run: &Run, what: &str) -> usize {
    match run.code {
        2 => {
            // Nothing was begun, or everything was done.
            let before = expected().before.differences(&world.picture().without_candidates());
            if !before.is_empty() {
                is_released(world, what);
            }
            1
        }
        0 => {
            is_as_before(world, what);
            2
        }
        5 => {
            assert!(run.stderr.contains("is public and cannot be undone"), "{what}: {run:?}");
            let resumed = world.release(&["1.0.0", "--resume"]);
            assert_eq!(resumed.code, 0, "{what}: {resumed:?}");
            is_released(world, what);
            3
        }
        _ => panic!("{what}: {run:?}"),
    }
}

#[test]
fn a_release_that_is_interrupted_at_any_moment_is_undone() {
    let template = World::new();
    let moments = moments(&template, number("TASKFLOW_MOMENTS", MOMENTS) / 4, 100_001);
    let kinds = [const { AtomicUsize::new(0) }; 3];
    parallel::each(moments, |moment| {
        let world = template.copy();
        let (signal, code) = if moment.seed % 2 == 0 { ("INT", 130) } else { ("TERM", 143) };
        moment.strikes(&world, signal);
        let run = world.release(PUSHED);
        let what = format!("{moment:?} {signal}");
        if run.code == 0 {
            // The signal came too late.
            kinds[0].fetch_add(1, Ordering::Relaxed);
            return is_released(&world, &what);
        }
        assert_eq!(run.code, code, "{what}: {run:?}");
        if run.stderr.contains("--resume`") {
            assert!(run.stderr.contains("public already, so nothing was undone"), "{what}: {run:?}");
            let resumed = world.release(&["1.0.0", "--resume"]);
            assert_eq!(resumed.code, 0, "{what}: {resumed:?}");
            kinds[2].fetch_add(1, Ordering::Relaxed);
            return is_released(&world, &what);
        }
        is_as_before(&world, &what);
        kinds[1].fetch_add(1, Ordering::Relaxed);
    });
    let [late, undone, public] = kinds.map(AtomicUsize::into_inner);
    println!("{late} too late, {undone} undone, {public} public");
    assert!(undone > 0 && public > 0, "{undone} {public}");
}
