//! Releases that are loaded into Minikube.

use snapbox::str;

use super::world::{CONFIG, World};
use crate::harness::fakes::on;
use crate::harness::run::compare;
use crate::harness::stateful_engine::When;
use crate::harness::stateful_node::StatefulNode;

/// A world with a node.
fn with_node() -> (World, StatefulNode) {
    let world = World::new();
    let node = StatefulNode::install(&world.sandbox.outside("bin"), &world.sandbox.outside("engine"));
    world.sandbox.fake("kubectl", [on("* get pods *").says("{\"items\":[]}")]);
    world.sandbox.real("sleep");
    (world, node)
}

#[test]
fn a_release_is_loaded_before_and_after_it_has_its_name() {
    let (world, node) = with_node();
    let run = world.release(&["1.1.0", "--yes", "--minikube"]).code(0).stdout("tiny-a:1.1.0\ntiny-b:1.1.0\n");
    let lines: Vec<&str> = run.stderr.lines().filter(|line| line.contains("inikube")).collect();
    compare(
        &lines.join("\n"),
        str![[r#"
          ok minikube            profile `minikube` (docker)
  Delivering the images with tag `1.1.0-g[ID-1]` into Minikube
     Loading `tiny-a:1.1.0-g[ID-1]` and `tiny-b:1.1.0-g[ID-1]` into profile `minikube` (docker, 1 node)
  Delivering the images with tag `1.1.0` into Minikube
     Loading `tiny-a:1.1.0` and `tiny-b:1.1.0` into profile `minikube` (docker, 1 node)
"#]],
    );
    let tags = node.tags();
    for name in ["tiny-a:1.1.0", "tiny-b:1.1.0"] {
        assert_eq!(tags[name], world.engine.tags()[name]);
    }
}

#[test]
fn taskflow_toml_can_ask_for_the_load() {
    let (world, node) = with_node();
    world.sandbox.write("taskflow.toml", &format!("{CONFIG}\n[release]\nminikube = true\n"));
    world.sandbox.commit();
    world.release(&["-q", "1.1.0", "--yes", "--no-minikube"]).code(0);
    assert!(node.tags().is_empty());
    world.release(&["-q", "1.1.1", "--yes"]).code(0);
    assert!(node.tags().contains_key("tiny-a:1.1.1"));
}

#[test]
fn a_dry_run_prints_the_loads() {
    let (world, _node) = with_node();
    let before = world.everything();
    let run = world.release(&["-q", "1.1.0", "--dry-run", "--minikube"]).code(0).stderr("");
    let lines: Vec<&str> = run.stdout.lines().filter(|line| line.contains("minikube")).collect();
    compare(
        &lines.join("\n"),
        str![[r#"
cargo xtask minikube-load  # of the images with tag 1.1.0-g<commit>
cargo xtask minikube-load  # of the images with tag 1.1.0
"#]],
    );
    assert_eq!(world.everything(), before);
}

#[test]
fn a_failure_takes_the_images_from_the_node() {
    let (world, node) = with_node();
    world.engine.fails("full", "tag * tiny-b:1.1.0", "Error response from daemon: no space left on device");
    world.release(&["-q", "1.1.0", "--yes", "--minikube"]).code(1);
    assert!(node.tags().is_empty(), "{:?}", node.tags());
    assert_eq!(world.sandbox.git(&["tag"]), "");
}

#[test]
fn an_image_that_stays_on_the_node_is_named() {
    let (world, node) = with_node();
    world.engine.fails("full", "tag * tiny-b:1.1.0", "Error response from daemon: no space left on device");
    node.fault("stays", "image rm *", When::Before, "exit 0");
    world.release(&["-q", "1.1.0", "--yes", "--minikube"]).code(1).stdout("").stderr(str![[r#"
error: `docker tag sha256:[ID-1] tiny-b:1.1.0` failed
caused by: Error response from daemon: no space left on device
note: release 1.1.0 stopped in step `publish`, and not all was undone
note: profile `minikube` may keep `tiny-a:1.1.0-g[ID-2]`; remove it with `minikube image rm tiny-a:1.1.0-g[ID-2] --profile minikube`
note: profile `minikube` may keep `tiny-b:1.1.0-g[ID-2]`; remove it with `minikube image rm tiny-b:1.1.0-g[ID-2] --profile minikube`
hint: run it alone to see its output: `docker tag sha256:[ID-1] tiny-b:1.1.0`
hint: undo the rest with `cargo xtask release 1.1.0 --abort`

"#]]);
    node.mend("stays");
    world.release(&["-q", "1.1.0", "--abort"]).code(0);
    assert!(node.tags().is_empty(), "{:?}", node.tags());
}

#[test]
fn a_load_that_does_not_arrive_undoes_the_release() {
    let (world, node) = with_node();
    for (name, pattern) in [("lies", "image load *"), ("refuses", "ssh * docker load *")] {
        node.fault(name, pattern, When::Before, "exit 0");
    }
    let run = world.release(&["-q", "1.1.0", "--yes", "--minikube"]).code(1).stdout("");
    assert!(run.stderr.contains("release 1.1.0 stopped in step `load`; everything was undone"), "{}", run.stderr);
    assert!(node.tags().is_empty());
    assert_eq!(world.sandbox.git(&["tag"]), "");
}
