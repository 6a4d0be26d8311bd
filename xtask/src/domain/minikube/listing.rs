//! Parses the image lists of nodes, in the formats of the client, of docker, and of crictl.

use std::collections::HashMap;

use serde_json::Value;

use crate::domain::image::{ImageReference, Reference};
use crate::domain::lenient::{document, is_list_with, list, text, texts};

/// An image on a node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedImage {
    /// The config digest.
    pub id: String,
    /// The references of the image, as they are listed.
    pub names: Vec<String>,
    /// The references with digests instead of tags, as they are listed.
    pub digests: Vec<String>,
}

/// Returns a digest in the form that is used for comparison: `sha256:` and lower case.
pub fn digest(id: &str) -> String {
    let hex = id.strip_prefix("sha256:").unwrap_or(id);
    format!("sha256:{}", hex.to_ascii_lowercase())
}

/// Parses `image ls --format json` or `crictl images -o json`; none if the text is neither.
pub fn read_list(said: &str) -> Option<Vec<ListedImage>> {
    let image = |value: &Value| {
        let id = digest(&text(value, "id")?);
        Some(ListedImage { id, names: texts(value, "repoTags"), digests: texts(value, "repoDigests") })
    };
    let fits = |value: &Value| value.is_null() || is_list_with(value, "id") || value.get("images").is_some();
    match document(said, fits)? {
        Value::Array(images) => Some(images.iter().filter_map(image).collect()),
        Value::Null => Some(Vec::new()),
        value if value.is_object() && value.get("images").is_some() => {
            Some(list(&value, "images").filter_map(image).collect())
        }
        _ => None,
    }
}

/// Parses `docker images --no-trunc --format '{{json .}}'`, one image on each line; none if the text is no such list.
/// Warnings may stand between the lines, as the client mixes both streams. A text with only warnings is not a list.
pub fn read_docker_lines(said: &str) -> Option<Vec<ListedImage>> {
    let mut images: Vec<ListedImage> = Vec::new();
    let mut places: HashMap<String, usize> = HashMap::new();
    let lines = || said.lines().map(str::trim).filter(|line| !line.is_empty());
    if lines().next().is_some() && !lines().any(|line| line.starts_with('{')) {
        return None;
    }
    for line in lines().filter(|line| line.starts_with('{')) {
        let value: Value = serde_json::from_str(line).ok()?;
        let id = digest(&text(&value, "ID")?);
        let name = format!("{}:{}", text(&value, "Repository")?, text(&value, "Tag")?);
        let names = if name.contains("<none>") { Vec::new() } else { vec![name] };
        if let Some(image) = places.get(&id).and_then(|place| images.get_mut(*place)) {
            image.names.extend(names);
        } else {
            places.insert(id.clone(), images.len());
            images.push(ListedImage { id, names, digests: Vec::new() });
        }
    }
    Some(images)
}

/// Whether a listed name is this reference; runtimes add the default registry.
pub fn is_named(name: &str, reference: &ImageReference) -> bool {
    let wanted = reference.to_string().parse::<Reference>();
    matches!((name.parse::<Reference>(), wanted), (Ok(name), Ok(wanted)) if name.names_the_same(&wanted))
}

impl ListedImage {
    /// Whether the image has this reference.
    pub fn has_name(&self, reference: &str) -> bool {
        let wanted = reference.parse::<Reference>();
        let fits = |name: &String| matches!((name.parse::<Reference>(), &wanted), (Ok(name), Ok(wanted)) if name.names_the_same(wanted));
        self.names.iter().any(fits)
    }
}

/// Returns the IDs of the images with a reference, each once.
pub fn carriers(images: &[ListedImage], reference: &ImageReference) -> Vec<String> {
    let carries = |image: &&ListedImage| image.names.iter().any(|name| is_named(name, reference));
    let mut ids: Vec<String> = images.iter().filter(carries).map(|image| image.id.clone()).collect();
    ids.sort_unstable();
    ids.dedup();
    ids
}

/// Returns names under which a node has an image that a pod with this reference does not find: other names of the
/// expected image, and the same repository and tag in another registry. podman puts `localhost/` before short names.
/// Each name comes with whether it is the expected image.
pub fn other_names(images: &[ListedImage], reference: &ImageReference, expected: &str) -> Vec<(String, bool)> {
    let wanted = reference.to_string().parse::<Reference>();
    let alike = |name: &str| match (name.parse::<Reference>(), &wanted) {
        (Ok(name), Ok(wanted)) => (&name.repository, &name.tag) == (&wanted.repository, &wanted.tag),
        _ => false,
    };
    let of_image = |image: &ListedImage| {
        let is_expected = image.id == expected;
        let others = image.names.iter().filter(|name| !is_named(name, reference));
        others.filter(|name| is_expected || alike(name)).map(|name| (name.clone(), is_expected)).collect::<Vec<_>>()
    };
    images.iter().flat_map(of_image).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reference(tag: &str) -> ImageReference {
        ImageReference { repository: "taskflow-backend".parse().unwrap(), tag: tag.parse().unwrap() }
    }

    #[test]
    fn the_lists_of_all_runtimes_are_read() {
        let docker = r#"[{"id":"9674DCE1","repoDigests":[],"repoTags":["docker.io/library/taskflow-backend:1.0.0"],"size":"2"}]"#;
        let containerd =
            r#"[{"id":"sha256:9674dce1","repoDigests":null,"repoTags":["docker.io/library/taskflow-backend:1.0.0"]}]"#;
        let crictl = r#"{"images":[{"id":"sha256:9674dce1","repoTags":["docker.io/library/taskflow-backend:1.0.0"],"username":""}]}"#;
        for said in [docker, containerd, crictl] {
            assert_eq!(carriers(&read_list(said).unwrap(), &reference("1.0.0")), ["sha256:9674dce1"], "{said}");
        }
        let other =
            r#"[{"id":"a","repoTags":["localhost/taskflow-backend:1.0.0"]},{"id":"b","repoTags":null},{"x":1}]"#;
        let images = read_list(other).unwrap();
        assert_eq!((images.len(), carriers(&images, &reference("1.0.0")).len()), (2, 0));
        assert_eq!(read_list("null"), Some(Vec::new()));
        assert_eq!((read_list("crictl: command not found"), read_list("{}")), (None, None));
    }

    #[test]
    fn names_that_pods_do_not_find_are_told_apart() {
        let image = |id: &str, names: &[&str]| ListedImage {
            id: digest(id),
            names: names.iter().map(|name| (*name).to_owned()).collect(),
            digests: Vec::new(),
        };
        let images = [
            image("aa", &["localhost/taskflow-backend:1", "docker.io/library/taskflow-backend:1"]),
            image("bb", &["example.org/taskflow-backend:1", "taskflow-backend:2", "other:1"]),
        ];
        let found = other_names(&images, &reference("1"), "sha256:aa");
        let expected =
            [("localhost/taskflow-backend:1".to_owned(), true), ("example.org/taskflow-backend:1".to_owned(), false)];
        assert_eq!(found, expected);
    }

    #[test]
    fn lines_of_docker_are_joined_by_id() {
        let line = |name: &str, tag: &str, id: &str| {
            format!("{{\"Repository\":\"{name}\",\"Tag\":\"{tag}\",\"ID\":\"{id}\"}}\r\n")
        };
        let said = [line("taskflow-backend", "1", "sha256:aa"), line("taskflow-backend", "2", "sha256:aa")].concat()
            + &line("<none>", "<none>", "sha256:bb");
        let images = read_docker_lines(&said).unwrap();
        assert_eq!(images.len(), 2);
        assert_eq!(carriers(&images, &reference("2")), ["sha256:aa"]);
        assert!(images[1].names.is_empty());
        assert_eq!(read_docker_lines("Cannot connect to the Docker daemon"), None);
        assert_eq!(read_docker_lines("\r\n"), Some(Vec::new()));
        let warned = format!("WARNING: Error loading config file\r\n{said}");
        assert_eq!(read_docker_lines(&warned).map(|images| images.len()), Some(2));
        assert_eq!(read_docker_lines("{\"Repository\":"), None);
    }

    #[test]
    fn several_carriers_are_all_named() {
        let image = |id: &str| ListedImage {
            id: digest(id),
            names: vec!["taskflow-backend:1".to_owned()],
            digests: Vec::new(),
        };
        assert_eq!(carriers(&[image("bb"), image("aa"), image("bb")], &reference("1")), ["sha256:aa", "sha256:bb"]);
    }
}
