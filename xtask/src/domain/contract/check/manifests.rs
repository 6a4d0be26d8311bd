//! Manifests of the repository that run the image of a component.

use super::check_rule::CheckRule;
use super::facts::Manifest;
use super::subject::{Subject, at_file};
use crate::domain::contract::rule::{JudgedBy, RuleText, Scope, Verdict};
use crate::domain::finding::{Finding, Severity};
use crate::domain::image::Reference;

/// Holds the rule `manifest-tag`.
pub(super) const MANIFEST_TAG: CheckRule = CheckRule {
    text: RuleText {
        id: "manifest-tag",
        severity: Severity::Error,
        what: "manifest that runs an image of a component without a version",
        section: "Tag Naming, \"`latest` … NEVER in production\"",
        scope: Scope::General,
        command: JudgedBy::Check,
        why: "A manifest with `latest`, or without a tag, does not say what runs, and a rollback has nothing to go \
              back to.",
        good: "# k8s/web.yaml\n# image: taskflow-frontend:1.0.0\n",
        bad: "# k8s/web.yaml\n# image: taskflow-frontend:latest\n",
        remedy: "Name the tag that `cargo xtask tags` shows, or a digest.",
        page: "docs/contract/manifest-tag.md",
    },
    applies: |subject| !subject.manifests.is_empty(),
    judge: manifest_tag,
};

/// Holds the rule `manifest-pull-policy`.
pub(super) const MANIFEST_PULL_POLICY: CheckRule = CheckRule {
    text: RuleText {
        id: "manifest-pull-policy",
        severity: Severity::Error,
        what: "manifest with a pull policy that does not fit its cluster",
        section: "Image Pull Policy",
        scope: Scope::General,
        command: JudgedBy::Check,
        why: "Minikube runs images that were loaded into it, which no registry has: only `Never` uses them always. In \
              the cloud, `IfNotPresent` pulls an image once. Files in a folder or with a name that has the word \
              `minikube` or `local` are for Minikube, those with `cloud`, `prod`, or `production` for the cloud; in \
              other files, both policies are right.",
        good: "# k8s/minikube/web.yaml\n# imagePullPolicy: Never\n",
        bad: "# k8s/minikube/web.yaml\n# imagePullPolicy: Always\n",
        remedy: "Set `imagePullPolicy: Never` for Minikube, and `IfNotPresent` for the cloud.",
        page: "docs/contract/manifest-pull-policy.md",
    },
    applies: |subject| !subject.manifests.is_empty(),
    judge: manifest_pull_policy,
};

fn manifest_tag(subject: &Subject<'_>) -> Verdict {
    let rule = &MANIFEST_TAG.text;
    let findings = subject.manifests.iter().filter_map(|Manifest { file, container }| {
        let reference = container.image.parse::<Reference>().ok()?;
        let moves = reference.tag.as_ref().is_none_or(|tag| tag.as_str() == "latest");
        (moves && reference.digest.is_none()).then(|| {
            let what = format!("a manifest runs `{}`, which does not say what runs", container.image);
            let finding = at_file(rule, file, Some(container.line), what);
            let remedy = format!("name the version, as in `image: {}:1.0.0`", subject.component.repository);
            Finding { remedies: vec![remedy], ..finding }
        })
    });
    Verdict::of(findings.collect())
}

/// The cluster that a manifest is for, by the words of its path.
fn wanted_policy(file: &str) -> Option<&'static str> {
    let words: Vec<String> = file.split(['/', '.', '-', '_']).map(str::to_ascii_lowercase).collect();
    let has = |names: &[&str]| words.iter().any(|word| names.contains(&word.as_str()));
    if has(&["minikube", "local"]) {
        Some("Never")
    } else if has(&["cloud", "prod", "production"]) {
        Some("IfNotPresent")
    } else {
        None
    }
}

fn manifest_pull_policy(subject: &Subject<'_>) -> Verdict {
    let rule = &MANIFEST_PULL_POLICY.text;
    let findings = subject.manifests.iter().filter_map(|Manifest { file, container }| {
        let written = container.policy.as_ref().map(|(policy, line)| (policy.as_str(), *line));
        let wanted = wanted_policy(file);
        let fits = match (wanted, written.map(|(policy, _)| policy)) {
            (Some(wanted), Some(policy)) => wanted == policy,
            // Without a policy, Kubernetes uses `IfNotPresent` for every tag but `latest`, which has its own rule.
            (wanted, None) => wanted != Some("Never"),
            (None, Some(policy)) => ["Never", "IfNotPresent"].contains(&policy),
        };
        if fits {
            return None;
        }
        let what = match written {
            Some((policy, _)) => format!("a manifest runs `{}` with the pull policy `{policy}`", container.image),
            None => format!("a manifest runs `{}` without a pull policy", container.image),
        };
        let line = written.map_or(container.line, |(_, line)| line);
        let remedy = match wanted {
            Some(wanted) => format!("write `imagePullPolicy: {wanted}`"),
            None => {
                "write `imagePullPolicy: Never` for Minikube, `imagePullPolicy: IfNotPresent` for the cloud".to_owned()
            }
        };
        Some(Finding { remedies: vec![remedy], ..at_file(rule, file, Some(line), what) })
    });
    Verdict::of(findings.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_of_a_path_name_the_cluster() {
        assert_eq!(wanted_policy("k8s/minikube/web.yaml"), Some("Never"));
        assert_eq!(wanted_policy("k8s/web-local.yml"), Some("Never"));
        assert_eq!(wanted_policy("deploy/Production/web.yaml"), Some("IfNotPresent"));
        assert_eq!(wanted_policy("k8s/locale.yaml"), None);
    }
}
