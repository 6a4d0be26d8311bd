//! Findings as problems: those of one rule in one installed package are one, as one decision is to be made about them.

use std::collections::HashMap;

use super::files::secret_file;
use super::finding::{SecretFinding, Severity, Site};
use super::packages::{Package, package_of};
use super::telling::{OF_BASE, or};
use crate::domain::problem::{Place, Problem};
use crate::domain::text::ticked_list;

/// What the findings of a group have in common.
#[derive(Clone, PartialEq, Eq, Hash)]
struct Key<'a> {
    rule: &'static str,
    severity: Severity,
    /// What stands before the path in the place of an exception: `image:web:`, or nothing for files.
    prefix: String,
    /// The image; none for files.
    image: Option<&'a str>,
    package: Package<'a>,
}

/// Problems in the order of the findings, with their severity; a group stands where its first finding does.
pub fn grouped(findings: &[SecretFinding]) -> Vec<(Severity, Problem)> {
    let mut groups: Vec<(Option<Key<'_>>, Vec<&SecretFinding>)> = Vec::new();
    let mut known: HashMap<Key<'_>, usize> = HashMap::new();
    for finding in findings {
        let key = key(finding);
        let group = key.as_ref().and_then(|key| groups.get_mut(*known.get(key)?));
        if let Some((_, members)) = group {
            members.push(finding);
        } else {
            known.extend(key.clone().map(|key| (key, groups.len())));
            groups.push((key, vec![finding]));
        }
    }
    let problem = |(key, members): (Option<Key<'_>>, Vec<&SecretFinding>)| match (key, members.as_slice()) {
        (Some(key), [_, _, ..]) => Some((key.severity, group(&key, &members))),
        (_, [first, ..]) => Some((first.severity, first.problem())),
        (_, []) => None,
    };
    groups.into_iter().filter_map(problem).collect()
}

fn key(finding: &SecretFinding) -> Option<Key<'_>> {
    let (path, image) = match &finding.site {
        Site::File { path, .. } => (path, None),
        Site::Layer { path, image, .. } => (path, Some(image.as_str())),
        _ => return None,
    };
    let package = package_of(path)?;
    let place = finding.site.place();
    let prefix = place.strip_suffix(path.as_str())?.to_owned();
    // What could not be searched has a reason of its own in each file.
    let grouped = !finding.is_unseen();
    grouped.then_some(Key { rule: finding.verdict.rule, severity: finding.severity, prefix, image, package })
}

/// All findings of a group in one message.
fn group(key: &Key<'_>, members: &[&SecretFinding]) -> Problem {
    let Key { rule, severity, prefix, image, package: Package { name, folder } } = key;
    let mut reasons: Vec<&str> = members.iter().map(|finding| finding.verdict.reason.as_str()).collect();
    reasons.sort_unstable();
    reasons.dedup();
    let mut files: Vec<&str> = members.iter().filter_map(|finding| path_of(finding)).collect();
    files.sort_unstable();
    files.dedup();
    let place = image.map_or(String::new(), |image| format!(" in a layer of `{image}`"));
    let message = format!("{} secrets in package `{name}`{place}: {}", members.len(), reasons.join("; "));
    let problem = Problem::new(message).rule(rule).note(format!("they stand in {}", ticked_list(&files)));
    let problem = match image {
        None => problem.at(Place::line(*folder, 0)),
        Some(_) => problem,
    };
    let shared = common_folder(&files);
    let problem = match members.first().map(|finding| &finding.site) {
        _ if *severity == Severity::Warning => return problem.hint(OF_BASE),
        Some(Site::File { ignore: Some(advice), .. }) => {
            let (file, mut patterns): (_, Vec<&str>) =
                (&advice.file, members.iter().filter_map(|finding| pattern_of(finding)).collect());
            patterns.sort_unstable();
            patterns.dedup();
            let pattern = common_folder(&patterns);
            let named = files.iter().find(|path| secret_file(path).is_some()).or(files.first());
            let or = or(named.copied().unwrap_or_default(), ", or take the secrets out of the files");
            problem.note("the files would be sent to the builder").hint(format!("add `{pattern}` to `{file}`{or}"))
        }
        Some(Site::Layer { .. }) => problem
            .note("contract: No Secrets in Image Layers; a file that a later step deletes stays in its layer")
            .hint(format!("remove `{shared}` in the step that installs the package")),
        _ => problem.hint("take the secrets out, and replace them wherever they open something"),
    };
    let can_be_allowed = members.iter().all(|finding| finding.can_be_allowed());
    if can_be_allowed {
        problem.hint(format!(
            "if they are test data that opens nothing, allow them together in taskflow.toml: rule `{rule}`, place \
             `{prefix}{folder}/**`"
        ))
    } else {
        problem
    }
}

fn path_of(finding: &SecretFinding) -> Option<&str> {
    match &finding.site {
        Site::File { path, .. } | Site::Layer { path, .. } => Some(path),
        _ => None,
    }
}

/// The pattern that keeps the file of a finding out of a build.
fn pattern_of(finding: &SecretFinding) -> Option<&str> {
    match &finding.site {
        Site::File { ignore: Some(advice), .. } => Some(&advice.pattern),
        _ => None,
    }
}

/// The innermost folder that holds all files; the file itself where there is only one.
fn common_folder<'a>(files: &[&'a str]) -> &'a str {
    let [first, rest @ ..] = files else { return "" };
    if rest.is_empty() {
        return first;
    }
    let mut folder = first.rsplit_once('/').map_or("", |(folder, _)| folder);
    while !rest.iter().all(|file| file.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))) {
        let Some((above, _)) = folder.rsplit_once('/') else { return "" };
        folder = above;
    }
    folder
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::secrets::Verdict;

    fn in_layer(path: &str, digest: &str) -> SecretFinding {
        let verdict = Verdict { rule: "private-key", reason: "private key".to_owned() };
        let site = Site::Layer {
            image: "shop-web:1.0.0".to_owned(),
            component: Some("web".to_owned()),
            digest: digest.to_owned(),
            path: path.to_owned(),
            offset: 0,
        };
        SecretFinding::new(verdict, site)
    }

    #[test]
    fn one_problem_for_each_package_and_rule() {
        let mut findings: Vec<SecretFinding> =
            (0..12).map(|key| in_layer(&format!("/app/node_modules/a/test/{key}.pem"), "sha256:1")).collect();
        findings.insert(1, in_layer("/app/own.pem", "sha256:1"));
        findings.push(in_layer("/app/node_modules/b/key.pem", "sha256:1"));
        // The same package in another layer is still one decision; a warning is another one.
        findings.push(in_layer("/app/node_modules/a/more/x.pem", "sha256:2"));
        findings
            .push(SecretFinding { severity: Severity::Warning, ..in_layer("/app/node_modules/a/x.pem", "sha256:0") });
        let problems = grouped(&findings);
        let messages: Vec<&str> = problems.iter().map(|(_, problem)| problem.message.as_str()).collect();
        assert_eq!(
            messages,
            [
                "13 secrets in package `a` in a layer of `shop-web:1.0.0`: private key",
                "a secret in `/app/own.pem` in a layer of `shop-web:1.0.0`: private key",
                "a secret in `/app/node_modules/b/key.pem` in a layer of `shop-web:1.0.0`: private key",
                "a secret in `/app/node_modules/a/x.pem` in a layer of `shop-web:1.0.0`: private key",
            ]
        );
        let hints = &problems[0].1.hints;
        assert!(hints[0].contains("remove `/app/node_modules/a` in the step"), "{hints:?}");
        assert!(hints[1].contains("place `image:web:/app/node_modules/a/**`"), "{hints:?}");
    }

    #[test]
    fn the_common_folder_holds_all_files() {
        assert_eq!(common_folder(&["/a/b/c", "/a/b/d/e"]), "/a/b");
        assert_eq!(common_folder(&["/a/b/c", "/a/bc/d"]), "/a");
        assert_eq!(common_folder(&["a/b"]), "a/b");
        assert_eq!(common_folder(&["a", "b"]), "");
    }
}
