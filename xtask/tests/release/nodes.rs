//! xtask is killed while images are loaded into a Minikube node, before and after they have their names.

use crate::parallel;
use crate::stateful_engine::When::{After, Before};
use crate::world::World;

/// The arguments of a release that is loaded, and not pushed.
const LOADED: &[&str] = &["1.0.0", "--yes", "--minikube"];

/// Kills xtask and all its children, of which each leads a group. One of them would wait for minutes for the image.
const ALL_DIE: &str = "kids=; for stat in /proc/[0-9]*/stat; do \
    { read -r id name state parent rest <\"$stat\"; } 2>/dev/null || continue; \
    [ \"$parent\" != $PPID ] || [ $id = $$ ] || kids=\"$kids $id\"; done; \
    kill -9 $PPID; for kid in $kids; do kill -9 -$kid; done; kill -9 $$";

#[test]
fn a_load_that_is_killed_is_finished_or_undone() {
    let world = World::new();
    let before = world.picture();
    world.release(LOADED).code(0);
    let released = world.picture();
    let calls = ["image load *", "ssh *", "image ls *"];
    let cases = ["load", "deliver"].into_iter().flat_map(|step| calls.map(|call| (step, call)));
    let cases = cases.flat_map(|(step, call)| [(step, call, Before), (step, call, After)]);
    let cases = cases.flat_map(|(step, call, when)| [(step, call, when, "--resume"), (step, call, when, "--abort")]);
    parallel::each(cases.collect(), |(step, call, when, how)| {
        let what = format!("{step} {call} {when:?} {how}");
        let world = World::new();
        // The journal says in which step the call is made.
        let journal = world.root.join(".git/taskflow-release/journal.json").display().to_string();
        let is_there = format!("grep -A1 '\"step\": \"{step}\"' '{journal}' | grep -q begun");
        let kill = format!("{{ : >\"$marks/killed\"; {ALL_DIE}; }}");
        world.fault("minikube", "kill", call, when, &format!("[ -e \"$marks/killed\" ] || ! {is_there} || {kill}"));
        let run = world.release(LOADED);
        if run.code == 0 && call == "ssh *" {
            // This step needs no such call.
            return assert_eq!(released.differences(&world.picture()), "", "{what}");
        }
        assert_eq!(run.code, 1009, "{what}: {run:?}");
        assert_eq!(world.running_step().unwrap(), step, "{what}");
        let run = world.release(&["1.0.0", how]);
        assert_eq!(run.code, 0, "{what}: {run:?}");
        let expected = if how == "--resume" { &released } else { &before };
        assert_eq!(expected.differences(&world.picture()), "", "{what}");
    });
}
