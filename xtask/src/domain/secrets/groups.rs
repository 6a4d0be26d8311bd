//! Merges the findings of one rule in one installed package, since they need only one decision.

use std::collections::HashMap;

use super::packages::{Package, package_of};
use super::report::{OF_BASE, OF_LAYERS, is_not_searched, or, secret_count, verdict_of};
use crate::domain::finding::{FileName, Finding, Naming, Position, Severity, Site, What};
use crate::domain::text::ticked_list;
use secretscan::rules;
use secretscan::secret_file;

/// How many patterns for an ignore file a message shows.
const PATTERNS: usize = 5;

/// The properties that the findings of a group share.
#[derive(Clone, PartialEq, Eq, Hash)]
struct Key<'a> {
    rule: &'static str,
    severity: Severity,
    /// The package's folder, as an exception names it.
    place: String,
    /// The image; none for files.
    image: Option<&'a str>,
    package: Package<'a>,
}

/// Returns the findings for people: each group is one finding, in the place of its first one.
pub fn merged(findings: &[Finding]) -> Vec<Finding> {
    let mut groups: Vec<(Option<Key<'_>>, Vec<&Finding>)> = Vec::new();
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
    let one = |(key, members): (Option<Key<'_>>, Vec<&Finding>)| match (key, members.as_slice()) {
        (Some(key), [first, _, ..]) => Some(group(&key, first, &members)),
        (_, [first, ..]) => Some((*first).clone()),
        (_, []) => None,
    };
    groups.into_iter().filter_map(one).collect()
}

fn key(finding: &Finding) -> Option<Key<'_>> {
    let (path, image) = match &finding.site {
        Site::File { file, .. } => (file.name(Naming::AsGiven), None),
        Site::Layer { path, of, .. } => (path.as_str(), Some(of.image.as_str())),
        _ => return None,
    };
    let package = package_of(path)?;
    // The path may begin differently, but ends with the same names.
    let inside = path.strip_prefix(package.folder)?;
    let place = finding.site.place().strip_suffix(inside)?.to_owned();
    // Findings of `not-searched` have a different reason in each file.
    let grouped = !is_not_searched(finding);
    grouped.then_some(Key { rule: finding.rule.id, severity: finding.severity, place, image, package })
}

/// Merges the findings of a group.
fn group(key: &Key<'_>, first: &Finding, members: &[&Finding]) -> Finding {
    let Key { rule, severity, place, image, package: Package { name, folder } } = key;
    let mut reasons: Vec<&str> = members.iter().filter_map(|finding| finding.reason.as_deref()).collect();
    reasons.sort_unstable();
    reasons.dedup();
    let reasons = reasons.join("; ");
    let mut files: Vec<&str> = members.iter().filter_map(|finding| path_of(finding)).collect();
    files.sort_unstable();
    files.dedup();
    let of_image = image.map_or(String::new(), |image| format!(" in a layer of `{image}`"));
    let secrets = secret_count(members.iter().copied());
    let what = format!("{secrets} secrets in package `{name}`{of_image}: {reasons}");
    let mut site = first.site.clone();
    match &mut site {
        Site::File { file, at, .. } => (*file, *at) = (FileName::new(*folder), Position::default()),
        Site::Layer { path, .. } => (*folder).clone_into(path),
        _ => {}
    }
    let mut notes = vec![format!("they are in {}", ticked_list(&files))];
    let new = Finding { severity: *severity, ..Finding::new(first.rule, site, What::Sentence(what)) };
    if *severity == Severity::Warning {
        return Finding { notes, remedies: vec![OF_BASE.to_owned()], ..new };
    }
    let shared = common_folder(&files);
    let in_name = members.iter().all(|finding| verdict_of(finding).is_in_name());
    let (mut wanted, mut remedies) = (None, Vec::new());
    match &first.site {
        Site::File { ignore: Some(advice), .. } => {
            let ignore_file = &advice.file;
            let patterns = covering(members.iter().filter_map(|finding| pattern_of(finding)).collect());
            let named = files.iter().find(|path| secret_file(path).is_some()).or(files.first());
            let other = if in_name { ", or rename them" } else { ", or take the secrets out of the files" };
            let or = or(named.copied().unwrap_or_default(), other);
            notes.push("the files would be sent to the builder".to_owned());
            if let Some(more) = patterns.len().checked_sub(PATTERNS).filter(|more| *more > 0) {
                notes.push(format!("patterns needed besides those of the hints: {more}; the next build names them"));
            }
            let patterns = patterns.into_iter().take(PATTERNS);
            remedies.extend(patterns.map(|pattern| format!("add `{pattern}` to `{ignore_file}`{or}")));
        }
        Site::Layer { .. } => {
            wanted = Some(OF_LAYERS.into());
            remedies.push(format!("remove `{shared}` in the step that installs the package"));
        }
        _ if *rule == rules::SECRET_FILE => {
            let way = "delete the files or move them away, and replace what they hold wherever that opens something";
            remedies.push(way.to_owned());
        }
        _ if in_name => {
            remedies.push("rename them, and replace the secrets wherever they open something".to_owned());
        }
        _ => remedies.push("take the secrets out, and replace them wherever they open something".to_owned()),
    }
    if members.iter().all(|finding| finding.can_be_allowed()) {
        remedies.push(format!(
            "if they are test data that opens nothing, allow them together with `[[allow]]` in taskflow.toml: rule \
             `{rule}`, place `{place}/**`"
        ));
    }
    Finding { wanted, notes, remedies, ..new }
}

fn path_of(finding: &Finding) -> Option<&str> {
    match &finding.site {
        Site::File { file, .. } => Some(file.name(Naming::AsGiven)),
        Site::Layer { path, .. } => Some(path),
        _ => None,
    }
}

/// Returns the pattern that excludes the file of a finding from a build.
fn pattern_of(finding: &Finding) -> Option<&str> {
    match &finding.site {
        Site::File { ignore: Some(advice), .. } => Some(&advice.pattern),
        _ => None,
    }
}

/// Returns the fewest patterns that exclude all files: one for each file or folder of the build context that contains
/// some of them.
fn covering(mut patterns: Vec<&str>) -> Vec<&str> {
    patterns.sort_unstable();
    patterns.dedup();
    let chunks = patterns.chunk_by(|one, next| outermost(one) == outermost(next));
    let shared = chunks.filter_map(|chunk| match (common_folder(chunk), chunk) {
        ("", [first, ..]) => Some(outermost(first)),
        ("", []) => None,
        (folder, _) => Some(folder),
    });
    shared.collect()
}

/// Returns the outermost folder of a path; the path itself if it has none.
fn outermost(path: &str) -> &str {
    path.split('/').next().unwrap_or(path)
}

/// Returns the innermost folder that contains all files; the file itself if there is only one.
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
    use crate::domain::finding::{ImageName, Offset};
    use crate::domain::problem::Problem;
    use crate::domain::secrets::report::{of_base, secret};
    use dockerfile::ignore_file::Advice;
    use dockerfile::ignore_file::IgnoreFile;
    use proptest::prelude::*;
    use secretscan::Verdict;

    fn in_layer(path: &str, digest: &str) -> Finding {
        let verdict = Verdict { rule: "private-key", reason: "private key".to_owned() };
        let site = Site::Layer {
            of: ImageName { image: "shop-web:1.0.0".to_owned(), component: Some("web".to_owned()) },
            digest: digest.to_owned(),
            path: path.to_owned(),
            offset: Offset { bytes: 0, of: None },
        };
        secret(verdict, site)
    }

    #[test]
    fn one_problem_for_each_package_and_rule() {
        let mut findings: Vec<Finding> =
            (0..12).map(|key| in_layer(&format!("/app/node_modules/a/test/{key}.pem"), "sha256:1")).collect();
        findings.insert(1, in_layer("/app/own.pem", "sha256:1"));
        findings.push(in_layer("/app/node_modules/b/key.pem", "sha256:1"));
        // The same package in another layer needs the same decision; a warning needs another one.
        findings.push(in_layer("/app/node_modules/a/more/x.pem", "sha256:2"));
        findings.push(of_base(in_layer("/app/node_modules/a/x.pem", "sha256:0")));
        let problems: Vec<Problem> = merged(&findings).iter().map(Finding::problem).collect();
        let messages: Vec<&str> = problems.iter().map(|problem| problem.message.as_str()).collect();
        assert_eq!(
            messages,
            [
                "13 secrets in package `a` in a layer of `shop-web:1.0.0`: private key",
                "a secret in `/app/own.pem` in a layer of `shop-web:1.0.0`: private key",
                "a secret in `/app/node_modules/b/key.pem` in a layer of `shop-web:1.0.0`: private key",
                "a secret in `/app/node_modules/a/x.pem` in a layer of `shop-web:1.0.0`: private key",
            ]
        );
        let hints = &problems[0].hints;
        assert!(hints[0].contains("remove `/app/node_modules/a` in the step"), "{hints:?}");
        assert!(hints[1].contains("place `image:web:/app/node_modules/a/**`"), "{hints:?}");
    }

    proptest! {
        #[test]
        fn patterns_exclude_every_file(
            paths in proptest::collection::vec("[ab?]{1,2}(/[ab]{1,2}){0,3}", 1..9),
        ) {
            let patterns = covering(paths.iter().map(String::as_str).collect());
            let ignore = IgnoreFile::parse(&patterns.join("\n")).unwrap();
            for path in &paths {
                prop_assert!(ignore.decide(path).excluded, "{path} is not excluded by {patterns:?}");
            }
            prop_assert!(patterns.iter().all(|pattern| !pattern.is_empty()), "{patterns:?}");
        }

        #[test]
        fn no_message_of_a_package_names_nothing(
            paths in proptest::collection::vec("[ab](/[ab]){0,3}", 2..6), depth in 0..3_usize, at_root in any::<bool>(),
        ) {
            let folder = "web/vendor/acme/x";
            // The build context is a folder above the package, or the package itself.
            let context = ["web/", "web/vendor/", "web/vendor/acme/x/"][depth];
            let finding = |path: &String| {
                let whole = format!("{folder}/{path}");
                let inner = &whole[context.len()..];
                let advice = Advice::new(&IgnoreFile::default(), ".dockerignore", "web", inner.as_bytes());
                let ignore = (!at_root).then(|| Box::new(advice));
                let verdict = Verdict { rule: "private-key", reason: "private key".to_owned() };
                let (file, at) = (FileName::new(whole), Position::default());
                secret(verdict, Site::File { file, at, offset: None, ignore })
            };
            let findings: Vec<Finding> = paths.iter().map(finding).collect();
            for problem in merged(&findings).iter().map(Finding::problem) {
                let empty = |text: &String| text.contains("``");
                prop_assert!(!problem.hints.iter().chain(&problem.notes).any(empty), "{problem:?}");
            }
        }
    }

    #[test]
    fn the_common_folder_holds_all_files() {
        assert_eq!(common_folder(&["/a/b/c", "/a/b/d/e"]), "/a/b");
        assert_eq!(common_folder(&["/a/b/c", "/a/bc/d"]), "/a");
        assert_eq!(common_folder(&["a/b"]), "a/b");
        assert_eq!(common_folder(&["a", "b"]), "");
    }
}
