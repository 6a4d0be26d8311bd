//! Compares the declared base images of two contracts.

use std::collections::BTreeSet;

use super::contract_change::Changes;
use super::rows::{BASE_ADDED, BASE_DIGEST, BASE_FAMILY, BASE_OTHER, BASE_REMOVED, BASE_VERSION};
use crate::domain::contract::check::is_minimal;
use crate::domain::contract::declared::Declared;
use crate::domain::image::{Reference, Tag};
use crate::domain::text::ticked_all;

type Declaration<'a> = Option<&'a Declared<Vec<Reference>>>;

pub(super) fn compare(changes: &mut Changes<'_>, before: Declaration<'_>, after: Declaration<'_>) {
    let old = before.map_or(&[][..], |declared| declared.value.as_slice());
    let new = after.map_or(&[][..], |declared| declared.value.as_slice());
    for reference in new.iter().filter(|reference| !is_minimal(reference) && !old.contains(reference)) {
        let was = if old.is_empty() { "not declared".to_owned() } else { list(old) };
        changes.add(&BASE_OTHER, was, format!("`{reference}`"));
    }
    let (Some(_), Some(_)) = (before, after) else {
        let shown = |declaration: Declaration<'_>| declaration.map(|declared| list(&declared.value));
        // The row of the key itself is never used: one side does not declare it.
        return changes.key(&BASE_ADDED, "base-images", shown(before), shown(after));
    };
    let names: BTreeSet<String> = old.iter().chain(new).map(name).collect();
    for each in names {
        let of = |list: &[Reference]| list.iter().filter(|other| name(other) == each).cloned().collect::<Vec<_>>();
        of_repository(changes, &of(old), &of(new));
    }
}

/// Compares the references with the same registry and repository.
fn of_repository(changes: &mut Changes<'_>, old: &[Reference], new: &[Reference]) {
    if old.is_empty() {
        return changes.add(&BASE_ADDED, "none", list(new));
    }
    if new.is_empty() {
        return changes.add(&BASE_REMOVED, list(old), "none");
    }
    let families = |list: &[Reference]| list.iter().map(|reference| split(reference).0).collect::<BTreeSet<_>>();
    let versions = |list: &[Reference]| list.iter().map(|reference| split(reference).1).collect::<BTreeSet<_>>();
    let digests = |list: &[Reference]| list.iter().map(ToString::to_string).collect::<BTreeSet<_>>();
    let (family, version) = (families(old) != families(new), versions(old) != versions(new));
    if family {
        changes.add(&BASE_FAMILY, list(old), list(new));
    }
    if version {
        changes.add(&BASE_VERSION, list(old), list(new));
    }
    if !family && !version && digests(old) != digests(new) {
        changes.add(&BASE_DIGEST, list(old), list(new));
    }
}

fn list(references: &[Reference]) -> String {
    let names: Vec<String> = references.iter().map(ToString::to_string).collect();
    ticked_all(&names)
}

/// Returns a reference without its tag and its digest.
fn name(reference: &Reference) -> String {
    Reference { tag: None, digest: None, ..reference.clone() }.to_string()
}

/// Divides a tag into the family of its image (`alpine`, `slim`, or neither) and the rest, which is the version:
/// `20-alpine3.22` has the family `alpine`.
fn split(reference: &Reference) -> (String, String) {
    let tag = reference.tag.as_ref().map(Tag::as_str).unwrap_or_default();
    let (mut family, mut version) = (String::new(), Vec::new());
    for part in tag.split(['-', '_']) {
        match part.strip_prefix("alpine") {
            Some(release) => {
                "alpine".clone_into(&mut family);
                version.extend(Some(release).filter(|release| !release.is_empty()));
            }
            None if part == "slim" => part.clone_into(&mut family),
            None => version.push(part),
        }
    }
    (family, version.join("-"))
}
