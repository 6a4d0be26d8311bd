//! `xtask release --minikube` with the real client and a real node: the released images are found there by their
//! IDs, and after a failure none of their names is there.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::Command;
use std::sync::MutexGuard;

use serde_json::Value;

use crate::parts::{engine, scratch};
use crate::releases::{Picture, World, assert_same};
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

    /// Checks that the node has the images of the release in its document or journal under these tags, and no others.
    #[track_caller]
    fn has(&self, release: &Value, tags: &[&str]) {
        let names = self.names();
        let images = release["images"].as_array().unwrap();
        for tag in tags {
            for image in images {
                let [component, id] = ["component", "id"].map(|key| image[key].as_str().unwrap());
                // The containerd store identifies an image by its manifest, and a node by its configuration.
                let expected = self.configuration(id);
                let found = names.get(&self.world.reference(component, tag));
                assert_eq!(found, Some(&expected), "{component} {tag}: {names:#?}");
            }
        }
        assert_eq!(names.len(), images.len() * tags.len(), "{names:#?}");
    }

    /// The digest of the configuration of an image.
    fn configuration(&self, id: &str) -> String {
        let folder = scratch();
        let archive = folder.path().join("image.tar");
        self.world.engine.docker(&["save", "--output", &archive.to_string_lossy(), id]);
        let mut manifest = Command::new("tar");
        manifest.args(["--extract", "--to-stdout", "--file"]).arg(&archive).arg("manifest.json");
        let manifest: Value = serde_json::from_slice(&manifest.output().unwrap().stdout).unwrap();
        let name = manifest[0]["Config"].as_str().unwrap();
        format!("sha256:{}", name.trim_end_matches(".json").rsplit('/').next().unwrap())
    }
}

impl Drop for OnNode {
    fn drop(&mut self) {
        self.node.forget(&self.names().keys().map(String::as_str).collect::<Vec<_>>());
    }
}

#[test]
fn a_release_that_is_undone_is_not_on_the_node() {
    let Some(minikube) = OnNode::new("a_release_that_is_undone_is_not_on_the_node", false) else { return };
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
    minikube.has(&world.journal().unwrap(), &["1.0.0", &world.candidate_tag()]);
    world.release("1.0.0", &["--abort"]).ends(0, "undone");
    assert_same(&before, &world.picture(), "after `--abort`");
    assert_eq!(minikube.names(), Picture::new());
}

#[test]
fn a_release_from_the_containerd_store_that_is_resumed_is_on_the_node() {
    let test = "a_release_from_the_containerd_store_that_is_resumed_is_on_the_node";
    let Some(minikube) = OnNode::new(test, true) else { return };
    let world = &minikube.world;
    // A call of minikube still waits on the node for the images.
    world.held("1.0.0", &["--minikube"], "deliver", "minikube image load *").killed(false);
    let run = world.release("1.0.0", &["--resume"]).ends(0, "released");
    world.is_released("1.0.0", &run.ids());
    // The names of candidates stay: some runtimes would remove an image with all its names.
    let candidate = run.document["release"]["candidate_tag"].as_str().unwrap();
    minikube.has(&run.document["release"], &["1.0.0", candidate]);
}
