//! Finds pods that run another image than the one that has their tag now. A load never restarts them.

use std::collections::BTreeSet;

use serde_json::Value;

use super::argv;
use super::listing::{ListedImage, digest, is_named};
use crate::domain::image::{ImageReference, short_id};
use crate::domain::lenient::{document, list, text};
use crate::domain::problem::Problem;

/// A kind of object whose pods kubectl can restart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum OwnerKind {
    /// A Deployment, which owns its pods through a `ReplicaSet`.
    Deployment,
    /// A `StatefulSet`.
    StatefulSet,
    /// A `DaemonSet`.
    DaemonSet,
}

impl OwnerKind {
    /// Returns the name of the kind for kubectl.
    pub fn name(self) -> &'static str {
        match self {
            Self::Deployment => "deployment",
            Self::StatefulSet => "statefulset",
            Self::DaemonSet => "daemonset",
        }
    }
}

/// An object that owns pods.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Owner {
    /// Its kind.
    pub kind: OwnerKind,
    /// Its name.
    pub name: String,
}

impl Owner {
    /// Returns kind and name for kubectl.
    pub fn argument(&self) -> String {
        format!("{}/{}", self.kind.name(), self.name)
    }
}

/// A container that runs another image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StalePod {
    /// The namespace of the pod.
    pub namespace: String,
    /// The name of the pod.
    pub pod: String,
    /// The name of the container.
    pub container: String,
    /// The reference in the specification of the pod.
    pub reference: ImageReference,
    /// The config digest of the image that it runs.
    pub image_id: String,
    /// The owner that can restart it, if there is one.
    pub owner: Option<Owner>,
}

/// The pods that run another image, and the owners that were restarted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pods {
    /// The containers that run another image.
    pub stale: Vec<StalePod>,
    /// The owners that were restarted, with their namespaces.
    pub restarted: BTreeSet<(String, Owner)>,
    /// Why the pods are not known; none if they are.
    pub unknown: Option<String>,
}

impl Pods {
    /// Returns the owners that can be restarted, with their namespaces, each once.
    pub fn owners(&self) -> BTreeSet<(String, Owner)> {
        let owner = |pod: &StalePod| Some((pod.namespace.clone(), pod.owner.clone()?));
        self.stale.iter().filter_map(owner).collect()
    }

    /// Whether the owner of a pod was restarted.
    pub fn is_restarted(&self, pod: &StalePod) -> bool {
        pod.owner.clone().is_some_and(|owner| self.restarted.contains(&(pod.namespace.clone(), owner)))
    }

    /// Returns a problem for each pod that still runs another image, with the command that replaces it.
    pub fn problems(&self, profile: &str) -> Vec<Problem> {
        let mut told = BTreeSet::new();
        let mut problems = Vec::new();
        for pod in self.stale.iter().filter(|pod| !self.is_restarted(pod)) {
            let StalePod { namespace, pod: name, reference, image_id, owner, .. } = pod;
            let problem = Problem::new(format!(
                "pod `{name}` in namespace `{namespace}` runs another image as `{reference}`: {}",
                short_id(image_id)
            ));
            problems.push(match owner {
                Some(owner) if told.insert((namespace, owner)) => {
                    problem.hint(format!("restart it with `{}`", argv::restart(profile, namespace, &owner.argument())))
                }
                Some(_) => problem,
                None => problem.hint(format!(
                    "nothing makes it again: delete it with `kubectl --context {profile} --namespace {namespace} delete pod {name}`, and start it as you did before"
                )),
            });
        }
        problems
    }
}

/// Returns the containers that run another image than the expected one for their reference; none if the text is no list
/// of pods.
pub fn stale(said: &str, expected: &[(ImageReference, String)], images: &[ListedImage]) -> Option<Vec<StalePod>> {
    let document = document(said, |value| value.get("items").is_some())?;
    Some(list(&document, "items").flat_map(|pod| stale_containers(pod, expected, images)).collect())
}

fn stale_containers(pod: &Value, expected: &[(ImageReference, String)], images: &[ListedImage]) -> Vec<StalePod> {
    let at = |path: &str| pod.pointer(path).and_then(Value::as_str).unwrap_or_default().to_owned();
    // A pod that is being deleted needs no restart.
    if pod.pointer("/metadata/deletionTimestamp").is_some() {
        return Vec::new();
    }
    let (spec, status) = (pod.get("spec").unwrap_or(&Value::Null), pod.get("status").unwrap_or(&Value::Null));
    let mut found = Vec::new();
    for container in list(spec, "containers").chain(list(spec, "initContainers")) {
        let (Some(name), Some(image)) = (text(container, "name"), text(container, "image")) else { continue };
        let Some((reference, id)) = expected.iter().find(|(reference, _)| is_named(&image, reference)) else {
            continue;
        };
        let mut statuses = list(status, "containerStatuses").chain(list(status, "initContainerStatuses"));
        let running = statuses
            .find(|status| text(status, "name").as_ref() == Some(&name) && status.pointer("/state/running").is_some());
        let Some(running) = running.and_then(|status| text(status, "imageID")) else { continue };
        let running = image_id(&running, images);
        if running != *id {
            found.push(StalePod {
                namespace: at("/metadata/namespace"),
                pod: at("/metadata/name"),
                container: name,
                reference: reference.clone(),
                image_id: running,
                owner: owner(pod),
            });
        }
    }
    found
}

/// Returns the config digest of the image that a kubelet names: as `docker://sha256:…`, as `sha256:…`, or by a name
/// with a digest, which is looked up in the node's list.
fn image_id(said: &str, images: &[ListedImage]) -> String {
    let said = said.split_once("://").map_or(said, |(_, rest)| rest);
    match said.split_once('@') {
        None => digest(said),
        Some((_, of_manifest)) => {
            let has = |image: &&ListedImage| image.digests.iter().any(|name| name.ends_with(of_manifest));
            images.iter().find(has).map_or_else(|| of_manifest.to_owned(), |image| image.id.clone())
        }
    }
}

fn owner(pod: &Value) -> Option<Owner> {
    let metadata = pod.get("metadata")?;
    let controller =
        list(metadata, "ownerReferences").find(|owner| owner.get("controller") == Some(&Value::Bool(true)))?;
    let name = text(controller, "name")?;
    match text(controller, "kind")?.as_str() {
        // A Deployment names its ReplicaSets after itself and the hash of their template, which each pod has as a
        // label.
        "ReplicaSet" => {
            let hash = metadata.pointer("/labels/pod-template-hash")?.as_str()?;
            let name = name.strip_suffix(hash)?.strip_suffix('-')?.to_owned();
            Some(Owner { kind: OwnerKind::Deployment, name })
        }
        "StatefulSet" => Some(Owner { kind: OwnerKind::StatefulSet, name }),
        "DaemonSet" => Some(Owner { kind: OwnerKind::DaemonSet, name }),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn pod(owner: &str, image: &str, image_id: &str) -> Value {
        json!({
            "metadata": {"name": "backend-6d5-x", "namespace": "default", "labels": {"pod-template-hash": "6d5"},
                "ownerReferences": [{"kind": owner, "name": "backend-6d5", "controller": true}]},
            "spec": {"containers": [{"name": "app", "image": image}]},
            "status": {"phase": "Running", "containerStatuses": [
                {"name": "app", "imageID": image_id, "state": {"running": {}}}]},
        })
    }

    fn found(pods: &[Value]) -> Vec<StalePod> {
        let reference = ImageReference { repository: "backend".parse().unwrap(), tag: "1".parse().unwrap() };
        let images =
            [ListedImage { id: "sha256:aa".to_owned(), names: Vec::new(), digests: vec!["x@sha256:77".to_owned()] }];
        stale(&json!({ "items": pods }).to_string(), &[(reference, "sha256:aa".to_owned())], &images).unwrap()
    }

    #[test]
    fn only_another_id_under_our_tag_counts() {
        for current in ["docker://sha256:aa", "sha256:AA", "docker-pullable://backend@sha256:77"] {
            assert_eq!(found(&[pod("ReplicaSet", "backend:1", current)]), [], "{current}");
        }
        assert_eq!(found(&[pod("ReplicaSet", "backend:2", "docker://sha256:bb")]), []);
        let mut waiting = pod("ReplicaSet", "backend:1", "docker://sha256:bb");
        waiting["status"]["containerStatuses"][0]["state"] = json!({"waiting": {}});
        let mut ending = pod("ReplicaSet", "backend:1", "docker://sha256:bb");
        ending["metadata"]["deletionTimestamp"] = json!("2026-01-01T00:00:00Z");
        assert_eq!(found(&[waiting, ending]), []);
        let stale = found(&[pod("ReplicaSet", "docker.io/library/backend:1", "docker://sha256:bb")]);
        assert_eq!((stale[0].image_id.as_str(), stale[0].container.as_str()), ("sha256:bb", "app"));
        assert_eq!(found(&[pod("ReplicaSet", "backend:1", "x@sha256:99")])[0].image_id, "sha256:99");
    }

    #[test]
    fn the_owner_is_who_can_be_restarted() {
        let owner = |kind: &str| found(&[pod(kind, "backend:1", "sha256:bb")])[0].owner.clone();
        assert_eq!(owner("ReplicaSet"), Some(Owner { kind: OwnerKind::Deployment, name: "backend".to_owned() }));
        assert_eq!(owner("StatefulSet"), Some(Owner { kind: OwnerKind::StatefulSet, name: "backend-6d5".to_owned() }));
        assert_eq!(owner("DaemonSet").map(|owner| owner.kind), Some(OwnerKind::DaemonSet));
        assert_eq!(owner("Job"), None);
        let mut alone = pod("ReplicaSet", "backend:1", "sha256:bb");
        alone["metadata"]["ownerReferences"] = Value::Null;
        assert_eq!(found(&[alone])[0].owner, None);
    }

    #[test]
    fn what_is_no_list_of_pods_is_none() {
        assert_eq!(stale("error: no such context", &[], &[]), None);
        assert_eq!(stale("{}", &[], &[]), None);
        assert_eq!(stale("{\"items\":null}", &[], &[]), Some(Vec::new()));
    }
}
