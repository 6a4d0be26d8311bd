//! Finds Kubernetes manifests of the repository that would not run the loaded images: they use `latest`, or a pull
//! policy that asks a registry.

use crate::domain::encoding;
use crate::domain::image::{ImageReference, Reference};
use crate::domain::manifests::{Container, LARGEST_MIB, containers};
use crate::domain::problem::{Place, Problem};
use crate::domain::text::ticked_list;
use shown::replaced;

/// Returns the note on files that are larger than the limit, if there are any.
pub fn not_checked(files: &[String]) -> Option<String> {
    let (were, have) = if files.len() == 1 { ("was", "it has") } else { ("were", "they have") };
    let files = (!files.is_empty()).then(|| ticked_list(files))?;
    Some(format!("{files} {were} not checked for images that would not run: {have} more than {LARGEST_MIB} MiB"))
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
    containers(&text).iter().filter_map(|container| check_container(file, container, loaded)).collect()
}

fn check_container(file: &str, container: &Container, loaded: &[ImageReference]) -> Option<Problem> {
    let Container { image: name, line, policy } = container;
    let reference: Reference = name.parse().ok()?;
    let ours = |wanted: &&ImageReference| {
        reference.registry.is_none() && reference.digest.is_none() && reference.repository == wanted.repository
    };
    let ours = loaded.iter().find(ours)?;
    let latest = reference.tag.as_ref().is_none_or(|tag| tag.as_str() == "latest");
    let (line, message) = match policy.as_ref().map(|(policy, line)| (policy.as_str(), *line)) {
        Some(("Always", line)) => {
            (line, format!("a manifest would not run what is loaded: it always asks a registry for `{name}`"))
        }
        None if latest => {
            let message = format!(
                "a manifest would not run what is loaded: `{name}` without a pull policy is asked of a registry"
            );
            (*line, message)
        }
        _ if latest => (*line, format!("a manifest uses `{name}`, which does not say what runs")),
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
    fn all_documents_and_styles_are_read_and_templates_are_not() {
        let flow = "---\n{apiVersion: v1, kind: List, items: [{spec: {image: 'app:latest'}}]}\n";
        let anchored = "---\napiVersion: v1\nkind: Pod\nx: &image app:latest\nspec:\n  image: *image\n";
        assert_eq!(lines(&[flow, anchored].concat()).len(), 2);
        assert_eq!(lines("image: app:latest\n"), Vec::<usize>::new());
        assert_eq!(lines(&pod("      image: {{ .Values.app }}:latest\n      x: [app\n")), Vec::<usize>::new());
    }
}
