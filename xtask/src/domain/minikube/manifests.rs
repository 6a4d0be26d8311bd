//! Finds Kubernetes manifests of the repository that would not run the loaded images: they use `latest`, or a pull
//! policy that asks a registry.
//!
//! Manifests are parsed with saphyr, which implements YAML 1.2 with positions and is maintained. A line-based reader
//! would be misled by anchors, flow style and several documents in one file. Templates are not YAML and are skipped.

use std::path::Path;

use saphyr::{LoadableYamlNode, MarkedYaml};

use crate::domain::encoding;
use crate::domain::image::{ImageReference, Reference};
use crate::domain::problem::{Place, Problem};
use crate::domain::text::ticked_list;
use shown::replaced;

/// The size of the largest file that is considered a manifest, in bytes.
const LARGEST: u64 = 1024 * 1024;

/// Folders whose contents do not belong to the repository.
const FOREIGN: [&str; 4] = ["node_modules", "target", "venv", "vendor"];

/// Whether a folder with this name can contain manifests of the repository. Hidden folders contain workflows and the
/// like.
pub fn may_hold_manifests(folder: &str) -> bool {
    !folder.starts_with('.') && !FOREIGN.contains(&folder)
}

/// Whether a file with this name can be a manifest.
pub fn may_be_manifest(file: &Path) -> bool {
    file.extension().is_some_and(|extension| extension == "yaml" || extension == "yml")
}

/// Whether a file of this size, in bytes, is read.
pub fn is_read(bytes: u64) -> bool {
    bytes <= LARGEST
}

/// Returns the note on files that are larger than the limit, if there are any.
pub fn not_checked(files: &[String]) -> Option<String> {
    let (were, have) = if files.len() == 1 { ("was", "it has") } else { ("were", "they have") };
    let files = (!files.is_empty()).then(|| ticked_list(files))?;
    Some(format!("{files} {were} not checked for images that would not run: {have} more than {} MiB", LARGEST >> 20))
}

/// Returns the problems of a file, for the references that are loaded.
pub fn check(file: &str, text: &[u8], loaded: &[ImageReference]) -> Vec<Problem> {
    let names_ours = |text: &str| loaded.iter().any(|reference| text.contains(&reference.repository.to_string()));
    if let Some(encoding) = encoding::foreign(text) {
        // In every encoding, names of images are ASCII.
        let ascii: String = text.iter().filter(|byte| **byte != 0).map(|byte| char::from(*byte)).collect();
        return if names_ours(&ascii) { vec![encoding.problem(file, "kubectl")] } else { Vec::new() };
    }
    let text = replaced(text);
    // A cheap test, which most files fail.
    if !names_ours(&text) {
        return Vec::new();
    }
    let documents = MarkedYaml::load_from_str(text.strip_prefix('\u{feff}').unwrap_or(&text)).unwrap_or_default();
    let is_manifest = |document: &&MarkedYaml<'_>| ["apiVersion", "kind"].iter().all(|key| at(document, key).is_some());
    let mut problems = Vec::new();
    for document in documents.iter().filter(is_manifest) {
        walk(document, &mut |container| problems.extend(check_container(file, container, loaded)));
    }
    problems
}

fn at<'a, 'b>(node: &'a MarkedYaml<'b>, key: &str) -> Option<&'a MarkedYaml<'b>> {
    node.data.as_mapping_get(key)
}

/// Visits every mapping with an image, at any depth.
fn walk(node: &MarkedYaml<'_>, found: &mut impl FnMut(&MarkedYaml<'_>)) {
    if let Some(mapping) = node.data.as_mapping() {
        if mapping.iter().any(|(key, _)| key.data.as_str() == Some("image")) {
            found(node);
        }
        for (_, value) in mapping {
            walk(value, found);
        }
    } else if let Some(items) = node.data.as_sequence() {
        for item in items {
            walk(item, found);
        }
    }
}

fn check_container(file: &str, container: &MarkedYaml<'_>, loaded: &[ImageReference]) -> Option<Problem> {
    let image = at(container, "image")?;
    let name = image.data.as_str()?;
    let reference: Reference = name.parse().ok()?;
    let ours = |wanted: &&ImageReference| {
        reference.registry.is_none() && reference.digest.is_none() && reference.repository == wanted.repository
    };
    let ours = loaded.iter().find(ours)?;
    let policy = at(container, "imagePullPolicy");
    let latest = reference.tag.as_ref().is_none_or(|tag| tag.as_str() == "latest");
    let (line, message) = match policy.and_then(|policy| policy.data.as_str()) {
        Some("Always") => {
            let line = policy.map_or(0, |policy| policy.span.start.line());
            (line, format!("a manifest would not run what is loaded: it always asks a registry for `{name}`"))
        }
        None if latest => {
            let message = format!(
                "a manifest would not run what is loaded: `{name}` without a pull policy is asked of a registry"
            );
            (image.span.start.line(), message)
        }
        _ if latest => (image.span.start.line(), format!("a manifest uses `{name}`, which does not say what runs")),
        _ => return None,
    };
    let problem = Problem::new(message).at(Place::line(file, line));
    Some(problem.hint(format!("use `image: {ours}` with `imagePullPolicy: Never`")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &str) -> Vec<usize> {
        let loaded = [ImageReference { repository: "app".parse().unwrap(), tag: "1.0.0-main".parse().unwrap() }];
        let problems = check("k8s/app.yaml", text.as_bytes(), &loaded);
        problems.iter().map(|problem| problem.place.as_ref().unwrap().line).collect()
    }

    fn pod(container: &str) -> String {
        format!("apiVersion: v1\nkind: Pod\nspec:\n  containers:\n    - name: app\n{container}")
    }

    #[test]
    fn only_what_would_not_run_the_loaded_image_is_told() {
        assert_eq!(lines(&pod("      image: app:latest\n")), [6]);
        assert_eq!(lines(&pod("      image: docker.io/library/app\n      imagePullPolicy: Never\n")), [6]);
        assert_eq!(lines(&pod("      image: app:1.0.0-main\n      imagePullPolicy: Always\n")), [7]);
        for good in [
            "      image: app:1.0.0-main\n",
            "      image: app:1.0.0-main\n      imagePullPolicy: Never\n",
            "      image: app:1.0.0-main\n      imagePullPolicy: IfNotPresent\n",
            "      image: registry.example.org/app:latest\n",
            "      image: other-app:latest\n",
        ] {
            assert_eq!(lines(&pod(good)), Vec::<usize>::new(), "{good}");
        }
    }

    #[test]
    fn only_small_yaml_files_of_the_repository_are_read() {
        assert!(may_hold_manifests("k8s") && may_hold_manifests("targets"));
        assert!(!may_hold_manifests(".github") && !may_hold_manifests("node_modules") && !may_hold_manifests("target"));
        let may = |name: &str| may_be_manifest(Path::new(name));
        assert!(may("a/b.yaml") && may("b.yml") && !may("b.json") && !may("yaml"));
        assert!(is_read(0) && is_read(LARGEST) && !is_read(LARGEST + 1));
    }

    #[test]
    fn all_documents_and_styles_are_read_and_templates_are_not() {
        let flow = "---\n{apiVersion: v1, kind: List, items: [{spec: {image: 'app:latest'}}]}\n";
        let anchored = "---\napiVersion: v1\nkind: Pod\nx: &image app:latest\nspec:\n  image: *image\n";
        assert_eq!(lines(&[flow, anchored].concat()).len(), 2);
        assert_eq!(lines("image: app:latest\n"), Vec::<usize>::new());
        assert_eq!(lines(&pod("      image: {{ .Values.app }}:latest\n      x: [app\n")), Vec::<usize>::new());
    }
}
