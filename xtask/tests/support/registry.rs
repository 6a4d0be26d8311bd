//! What a real registry has, asked without docker.

use std::collections::BTreeMap;

use serde_json::{Value, json};

/// The kinds of manifests that a client accepts.
const MANIFESTS: &str = "application/vnd.docker.distribution.manifest.v2+json, \
     application/vnd.docker.distribution.manifest.list.v2+json, application/vnd.oci.image.manifest.v1+json, \
     application/vnd.oci.image.index.v1+json";

/// A manifest in a registry.
struct Manifest {
    kind: String,
    digest: String,
    text: Vec<u8>,
}

fn agent() -> ureq::Agent {
    ureq::Agent::config_builder().http_status_as_error(false).build().into()
}

fn manifest(address: &str, repository: &str, reference: &str) -> Option<Manifest> {
    let url = format!("http://{address}/v2/{repository}/manifests/{reference}");
    let mut answer = agent().get(&url).header("Accept", MANIFESTS).call().unwrap();
    let header = |name: &str| answer.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let (kind, digest) = (header("Content-Type").to_owned(), header("Docker-Content-Digest").to_owned());
    match answer.status().as_u16() {
        404 => None,
        200 => Some(Manifest { kind, digest, text: answer.body_mut().read_to_vec().unwrap() }),
        status => panic!("{url}: {status}"),
    }
}

fn put(address: &str, repository: &str, tag: &str, kind: &str, text: &[u8]) {
    let url = format!("http://{address}/v2/{repository}/manifests/{tag}");
    let answer = agent().put(&url).header("Content-Type", kind).send(text).unwrap();
    assert_eq!(answer.status().as_u16(), 201, "{url}");
}

/// The digest that a registry has under a tag.
pub(crate) fn digest(address: &str, repository: &str, tag: &str) -> Option<String> {
    manifest(address, repository, tag).map(|manifest| manifest.digest)
}

/// Everything that a registry has behind a reference, as bytes by digest: the manifests of an index, and the blobs of
/// each manifest.
pub(crate) fn content(address: &str, repository: &str, reference: &str) -> BTreeMap<String, Vec<u8>> {
    let mut all = BTreeMap::new();
    let mut left = vec![reference.to_owned()];
    while let Some(next) = left.pop() {
        let Manifest { digest, text, .. } = manifest(address, repository, &next).unwrap();
        let document: Value = serde_json::from_slice(&text).unwrap();
        let digests = |key: &str| -> Vec<String> {
            let list = document[key].as_array().cloned().unwrap_or_default();
            list.iter().map(|part| part["digest"].as_str().unwrap().to_owned()).collect()
        };
        left.extend(digests("manifests"));
        let config = document["config"]["digest"].as_str().map(str::to_owned);
        for blob in digests("layers").into_iter().chain(config) {
            let url = format!("http://{address}/v2/{repository}/blobs/{blob}");
            let mut answer = agent().get(&url).call().unwrap();
            assert_eq!(answer.status().as_u16(), 200, "{url}");
            all.insert(blob, answer.body_mut().read_to_vec().unwrap());
        }
        all.insert(digest, text);
    }
    all
}

/// Everything that a registry has: digests by `repository:tag`.
pub(crate) fn tags(address: &str) -> BTreeMap<String, String> {
    let list = |path: &str, key: &str| -> Vec<String> {
        let text = agent().get(&format!("http://{address}{path}")).call().unwrap().body_mut().read_to_string();
        let document: Value = serde_json::from_str(&text.unwrap()).unwrap();
        let names = document[key].as_array().cloned().unwrap_or_default();
        names.iter().filter_map(Value::as_str).map(str::to_owned).collect()
    };
    let mut all = BTreeMap::new();
    for repository in list("/v2/_catalog?n=100000", "repositories") {
        for tag in list(&format!("/v2/{repository}/tags/list"), "tags") {
            // Another test may have removed it meanwhile.
            if let Some(digest) = digest(address, &repository, &tag) {
                all.insert(format!("{repository}:{tag}"), digest);
            }
        }
    }
    all
}

/// Gives the manifest under a tag another tag.
pub(crate) fn copy_tag(address: &str, repository: &str, from: &str, to: &str) {
    let manifest = manifest(address, repository, from).unwrap();
    put(address, repository, to, &manifest.kind, &manifest.text);
}

/// Puts an index of one image, the manifest under `from`, under a tag.
pub(crate) fn put_index(address: &str, repository: &str, from: &str, to: &str) {
    let manifest = manifest(address, repository, from).unwrap();
    let kind = "application/vnd.oci.image.index.v1+json";
    let entry = json!({
        "mediaType": manifest.kind, "digest": manifest.digest, "size": manifest.text.len(),
        "platform": { "architecture": "amd64", "os": "linux" },
    });
    let index = json!({ "schemaVersion": 2, "mediaType": kind, "manifests": [entry] });
    put(address, repository, to, kind, index.to_string().as_bytes());
}
