//! Removes names from the nodes of a Minikube profile.

use process::Runner;

use crate::domain::minikube::argv;
use crate::domain::minikube::limits::Limits;
use crate::domain::release::leftovers;
use crate::effects::minikube::Client;

/// Removes names from all nodes; returns a sentence about each name that a node may still have.
pub(super) fn remove(runner: &Runner, profile: &str, names: &[String]) -> Vec<String> {
    let client = Client::new(runner, Limits::default());
    client.clean_up(&argv::remove(profile, names));
    // The client reports success whatever it has done; the list decides.
    let listed = client.images(profile);
    let may_have = |name: &&String| match &listed {
        Ok(images) => images.iter().any(|image| image.has_name(name)),
        Err(_) => true,
    };
    let left = names.iter().filter(may_have);
    left.map(|name| leftovers::node_may_have(profile, name, &argv::remove(profile, std::slice::from_ref(name))))
        .collect()
}
