//! A release tag that is built again, on an engine that forgets images without a name.

use crate::release_tags::a_release_tag_never_changes_in_silence;
use crate::world::{Engine, fact};

#[test]
fn a_release_tag_that_is_built_again_in_the_containerd_store() {
    let test = "a_release_tag_that_is_built_again_in_the_containerd_store";
    let current = |name: &str| fact(test, "engine-current", name);
    let (Some(host), Some(config)) = (current("docker_host"), current("docker_config")) else { return };
    a_release_tag_never_changes_in_silence("containerd", &Engine::at(&host, Some(&config)).env);
}
