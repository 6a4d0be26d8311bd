//! Compares the configurations of two images, for what taskflow.toml cannot declare.

use std::collections::BTreeSet;

use serde_json::Value;

use super::contract_change::{Changes, ContractChange, words};
use super::rows::{
    CMD_FORM, ENTRYPOINT_CHANGED, SIZE_EXCEEDED, USER_NON_ROOT_TO_ROOT, USER_RESTORED, USER_ROOT_TO_NON_ROOT,
    VOLUME_ADDED, VOLUME_REMOVED,
};
use crate::domain::contract::Verdict;
use crate::domain::contract::declared::Contract;
use crate::domain::contract::verify::Subject;
use crate::domain::contract::verify::image::size;
use crate::domain::lenient::{field, text, texts};

/// Returns the changes from the image of a release to the present one. `contract` is that of the release.
pub fn compare_images(component: &str, contract: &Contract, before: &Value, after: &Value) -> Vec<ContractChange> {
    let mut changes = Changes::of(component);
    let form = |config: &Value| if is_shell_form(config) { "shell form" } else { "exec form" };
    if form(before) != form(after) {
        changes.add(&CMD_FORM, form(before), form(after));
    }
    let entry_point = |config: &Value| texts(config, "Entrypoint");
    if entry_point(before) != entry_point(after) {
        let shown = |config: &Value| format!("entry point {}", words(&entry_point(config)));
        changes.add(&ENTRYPOINT_CHANGED, shown(before), shown(after));
    }
    let user = |config: &Value| match text(config, "User") {
        Some(user) if !user.is_empty() => format!("`{user}`"),
        _ => "`root`".to_owned(),
    };
    match (is_root(before), is_root(after)) {
        (false, true) => changes.add(&USER_NON_ROOT_TO_ROOT, user(before), user(after)),
        (true, false) if contract.user.is_some() || contract.uid.is_some() => {
            changes.add(&USER_RESTORED, user(before), user(after));
        }
        (true, false) => changes.add(&USER_ROOT_TO_NON_ROOT, user(before), user(after)),
        _ => {}
    }
    let volumes = |config: &Value| -> BTreeSet<String> {
        let volumes = field(config, "Volumes").and_then(Value::as_object);
        volumes.into_iter().flat_map(|volumes| volumes.keys()).cloned().collect()
    };
    let (old, new) = (volumes(before), volumes(after));
    old.difference(&new).for_each(|path| changes.add(&VOLUME_REMOVED, format!("`{path}`"), "none"));
    new.difference(&old).for_each(|path| changes.add(&VOLUME_ADDED, "none", format!("`{path}`")));
    changes.found()
}

/// Returns the change of an image that is not below its limit.
pub fn size_exceeded(subject: &Subject<'_>, bytes: u64) -> Option<ContractChange> {
    let limit = subject.contract.max_size_mb.as_ref()?.value;
    let mut changes = Changes::of(subject.component);
    if let Verdict::Broken(_) = size(subject, Some(bytes), None) {
        changes.add(&SIZE_EXCEEDED, format!("below {limit} MB"), format!("{bytes} bytes"));
    }
    changes.found().pop()
}

/// Whether the first process is a shell: builders write the shell form as `/bin/sh -c COMMAND`.
fn is_shell_form(config: &Value) -> bool {
    let (entry_point, command) = (texts(config, "Entrypoint"), texts(config, "Cmd"));
    let first: Vec<&str> = entry_point.iter().chain(&command).map(String::as_str).take(2).collect();
    matches!(first.as_slice(), [shell, "-c"] if shell.rsplit('/').next().is_some_and(|name| name.ends_with("sh")))
}

/// Whether the user of a configuration is root.
fn is_root(config: &Value) -> bool {
    let user = text(config, "User").unwrap_or_default();
    matches!(user.split(':').next().unwrap_or_default(), "" | "root" | "0")
}
