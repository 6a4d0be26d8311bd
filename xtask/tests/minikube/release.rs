//! `xtask release --minikube` with the real client and a real node: the candidates and the released images are found
//! there by their IDs, and after a failure neither name is there.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::sync::MutexGuard;

use crate::parts::engine;
use crate::releases::{Picture, Run, World, assert_same};
use crate::rig::{Engine, fact};
use crate::world::alone_with_the_node;

/// A repository to release from, and the node.
struct OnNode {
    _alone: MutexGuard<'static, ()>,
    world: World,
    node: Engine,
}

impl OnNode {
    /// With an engine of the classic store or of the containerd store; none if a part is missing.
    fn new(test: &str, containerd: bool) -> Option<Self> {
        let host = if containerd {
            let current = |name: &str| fact(test, "engine-current", name);
            Engine::at(&current("docker_host")?, Some(&current("docker_config")?))
        } else {
            engine(test).then(Engine::own)?
        };
        let node = |name: &str| fact(test, "node", name);
        let (client, home, socket) = (PathBuf::from(node("minikube")?), node("minikube_home")?, node("docker_host")?);
        let alone = alone_with_the_node();
        let mut world = World::plain(&host);
        world.can_be_held("minikube", &client);
        world.program("kubectl", "#!/bin/sh\necho 'error: context \"minikube\" does not exist' >&2\nexit 1\n");
        world.env.push(("MINIKUBE_HOME".to_owned(), home));
        Some(Self { _alone: alone, world, node: Engine::at(&socket, None) })
    }

    /// The names that the node has of this project, with their IDs.
    fn names(&self) -> Picture {
        let listed = self.node.docker(&["image", "ls", "--no-trunc", "--format", "{{.Repository}}:{{.Tag}} {{.ID}}"]);
        let ours = listed.lines().filter(|line| line.contains(&self.world.project));
        ours.filter_map(|line| line.split_once(' ')).map(|(name, id)| (name.to_owned(), id.to_owned())).collect()
    }

    /// Checks that the node has the images of a release under both names.
    #[track_caller]
    fn is_on_node(&self, version: &str, run: &Run) {
        self.world.is_released(version, &run.ids());
        let names = self.names();
        let candidate = run.document["release"]["candidate_tag"].as_str().unwrap();
        for (component, id) in run.ids() {
            for tag in [version, candidate] {
                let found = names.get(&self.world.reference(component, tag));
                // The containerd store identifies an image by its manifest, and a node by its configuration.
                let expected = self.configuration(&id);
                assert_eq!(found, Some(&expected), "{component} {tag}: {names:#?}");
            }
        }
    }

    /// The digest of the configuration of an image.
    fn configuration(&self, id: &str) -> String {
        let folder = crate::parts::scratch();
        let archive = folder.path().join("image.tar");
        self.world.engine.docker(&["save", "--output", &archive.to_string_lossy(), id]);
        let mut manifest = std::process::Command::new("tar");
        manifest.args(["--extract", "--to-stdout", "--file"]).arg(&archive).arg("manifest.json");
        let manifest: serde_json::Value = serde_json::from_slice(&manifest.output().unwrap().stdout).unwrap();
        let name = manifest[0]["Config"].as_str().unwrap();
        format!("sha256:{}", name.trim_end_matches(".json").rsplit('/').next().unwrap())
    }
}

impl Drop for OnNode {
    fn drop(&mut self) {
        self.node.forget(&self.names().keys().map(String::as_str).collect::<Vec<_>>());
    }
}

fn a_release_is_on_the_node_or_not_at_all(test: &str, containerd: bool) {
    let Some(minikube) = OnNode::new(test, containerd) else { return };
    let world = &minikube.world;
    let before = world.picture();
    world.release("1.0.0", &["--minikube", "--dry-run"]).ends(0, "nothing-done").says("profile `minikube`");
    // The candidates are on the node when git refuses.
    let hook = world.root.join(".git/hooks/reference-transaction");
    fs::write(&hook, "#!/bin/sh\n[ \"$1\" != prepared ]\n").unwrap();
    fs::set_permissions(&hook, fs::Permissions::from_mode(0o755)).unwrap();
    world.release("1.0.0", &["--minikube", "--yes"]).ends(1, "undone").says("stopped in step `publish`");
    fs::remove_file(hook).unwrap();
    assert_same(&before, &world.picture(), "after the refusal");
    assert_eq!(minikube.names(), Picture::new());
    // Both names are on the node when the release is killed.
    world.held("1.0.0", &["--minikube"], "record", "docker image rm *-a:*").killed(false);
    assert_eq!(minikube.names().len(), 4);
    world.release("1.0.0", &["--abort"]).ends(0, "undone");
    assert_same(&before, &world.picture(), "after `--abort`");
    assert_eq!(minikube.names(), Picture::new());
    let run = world.release("1.0.0", &["--minikube", "--yes"]).ends(0, "released");
    minikube.is_on_node("1.0.0", &run);
}

#[test]
fn from_the_classic_store() {
    a_release_is_on_the_node_or_not_at_all("from_the_classic_store", false);
}

#[test]
fn from_the_containerd_store() {
    a_release_is_on_the_node_or_not_at_all("from_the_containerd_store", true);
}

#[test]
fn a_load_that_is_cut_off_is_undone_or_finished() {
    let Some(minikube) = OnNode::new("a_load_that_is_cut_off_is_undone_or_finished", false) else { return };
    let world = &minikube.world;
    let before = world.picture();
    for step in ["load", "deliver"] {
        world.held("1.0.0", &["--minikube"], step, "minikube image load *").killed(true);
        world.release("1.0.0", &["--abort"]).ends(0, "undone");
        assert_same(&before, &world.picture(), step);
        assert_eq!(minikube.names(), Picture::new(), "{step}");
    }
    let held = world.held("1.0.0", &["--minikube"], "load", "minikube image load *");
    held.interrupted(rustix::process::Signal::INT).ends(130, "undone");
    assert_same(&before, &world.picture(), "after Ctrl-C");
    assert_eq!(minikube.names(), Picture::new());
    world.held("1.0.0", &["--minikube"], "load", "minikube image load *").killed(false);
    let run = world.release("1.0.0", &["--resume"]).ends(0, "released");
    minikube.is_on_node("1.0.0", &run);
}
