//! Compares the components of two taskflow.toml.

use std::fmt::Display;

use super::contract_change::{Changes, ContractChange, words};
use super::rows::{
    BUILD_ARG_OPTIONAL, BUILD_ARG_REMOVED, BUILD_ARG_REQUIRED, BUILD_CHANGED, BUILD_SECRET_ADDED, CMD_CHANGED,
    COMPONENT_ADDED, COMPONENT_REMOVED, DATABASE_ADDED, DATABASE_REMOVED, PORT_ADDED, PORT_CHANGED, PORT_REMOVED,
    REPOSITORY_RENAMED, ROOT_READ_ONLY, ROOT_WRITABLE, STOP_SIGNAL_CHANGED, USER_NAME, USER_UID, WORKDIR_CHANGED,
};
use super::{bases, environment, health, limits};
use crate::domain::build_arg::DeclaredBuildArg;
use crate::domain::config::{BuildSecret, Component};
use crate::domain::contract::declared::{Contract, Declared, Protocol};

/// Returns the changes from the components of a release to those of now, in the order of the components of now.
pub fn compare(before: &[Component], after: &[Component]) -> Vec<ContractChange> {
    let find = |components: &'_ [Component], name: &Component| {
        components.iter().position(|component| component.name == name.name)
    };
    let mut all = Vec::new();
    for component in after {
        let mut changes = Changes::of(component.name.as_str());
        match find(before, component).and_then(|index| before.get(index)) {
            Some(earlier) => of_component(&mut changes, earlier, component),
            None => changes.add(&COMPONENT_ADDED, "none", format!("`{}`", component.repository)),
        }
        all.extend(changes.found());
    }
    for component in before.iter().filter(|component| find(after, component).is_none()) {
        let mut changes = Changes::of(component.name.as_str());
        changes.add(&COMPONENT_REMOVED, format!("`{}`", component.repository), "none");
        all.extend(changes.found());
    }
    all
}

fn of_component(changes: &mut Changes<'_>, before: &Component, after: &Component) {
    if before.repository != after.repository {
        changes.add(&REPOSITORY_RENAMED, format!("`{}`", before.repository), format!("`{}`", after.repository));
    }
    // A component without a contract promises nothing, as one with an empty contract.
    let nothing = Contract::default();
    let contracts = (before.contract.as_ref().unwrap_or(&nothing), after.contract.as_ref().unwrap_or(&nothing));
    port(changes, contracts);
    runs(changes, contracts);
    environment::compare(changes, &contracts.0.environment, &contracts.1.environment);
    bases::compare(changes, contracts.0.base_images.as_ref(), contracts.1.base_images.as_ref());
    health::compare(changes, contracts.0.health.as_ref(), contracts.1.health.as_ref());
    limits::compare(changes, contracts.0, contracts.1);
    builds(changes, contracts);
    build_args(changes, &before.build_args, &after.build_args);
    build_secrets(changes, &before.build_secrets, &after.build_secrets);
}

fn port(changes: &mut Changes<'_>, (before, after): (&Contract, &Contract)) {
    let shown = |contract: &Contract| {
        let port = contract.port.as_ref()?.value;
        let protocol = match contract.protocol {
            Protocol::Http => "http",
            Protocol::Tcp => "tcp",
            Protocol::Udp => "udp",
        };
        Some(format!("{port} ({protocol})"))
    };
    match (shown(before), shown(after)) {
        (Some(before), Some(after)) if before != after => changes.add(&PORT_CHANGED, before, after),
        (Some(before), None) => changes.add(&PORT_REMOVED, before, "none"),
        (None, Some(after)) => changes.add(&PORT_ADDED, "none", after),
        _ => {}
    }
}

/// What the container runs, and as whom.
fn runs(changes: &mut Changes<'_>, (before, after): (&Contract, &Contract)) {
    let command = |contract: &Contract| contract.command.as_ref().map(|command| words(&command.value));
    changes.key(&CMD_CHANGED, "command", command(before), command(after));
    let workdir = |contract: &Contract| value(contract.workdir.as_ref());
    changes.key(&WORKDIR_CHANGED, "workdir", workdir(before), workdir(after));
    let uid = |contract: &Contract| contract.uid.as_ref().map(|uid| format!("UID {}", uid.value));
    changes.key(&USER_UID, "uid", uid(before), uid(after));
    let user = |contract: &Contract| value(contract.user.as_ref());
    changes.key(&USER_NAME, "user", user(before), user(after));
    let signal = |contract: &Contract| contract.stop_signal.as_ref().map(|signal| signal.value.name().to_owned());
    changes.key(&STOP_SIGNAL_CHANGED, "stop-signal", signal(before), signal(after));
    match (before.read_only_root, after.read_only_root) {
        (false, true) => changes.add(&ROOT_READ_ONLY, "not promised", "read-only"),
        (true, false) => changes.add(&ROOT_WRITABLE, "read-only", "not promised"),
        _ => {}
    }
    match (&before.database, &after.database) {
        (None, Some(database)) => changes.add(&DATABASE_ADDED, "none", database.engine.clone()),
        (Some(database), None) => changes.add(&DATABASE_REMOVED, database.engine.clone(), "none"),
        _ => {}
    }
}

fn value<T: Display>(declared: Option<&Declared<T>>) -> Option<String> {
    declared.map(|declared| format!("`{}`", declared.value))
}

/// What only those who build the image see.
fn builds(changes: &mut Changes<'_>, (before, after): (&Contract, &Contract)) {
    let list = |declared: &Option<Declared<Vec<String>>>| {
        declared.as_ref().map_or("not declared".to_owned(), |list| words(&list.value))
    };
    let limit = |contract: &Contract| {
        contract.max_context_mb.as_ref().map_or("not declared".to_owned(), |limit| format!("{} MB", limit.value))
    };
    for (name, before, after) in [
        ("stages", list(&before.stages), list(&after.stages)),
        ("ignore", list(&before.ignore), list(&after.ignore)),
        ("max-context-mb", limit(before), limit(after)),
    ] {
        if before != after {
            changes.add(&BUILD_CHANGED, format!("`{name}` is {before}"), format!("`{name}` is {after}"));
        }
    }
}

/// Compares build args. Their values are not shown, as they may be secrets by mistake.
fn build_args(changes: &mut Changes<'_>, before: &[DeclaredBuildArg], after: &[DeclaredBuildArg]) {
    let shown = |arg: &DeclaredBuildArg| match arg.default {
        Some(_) => format!("`{}` with a default", arg.name),
        None => format!("`{}` without a default", arg.name),
    };
    for arg in after {
        let earlier = before.iter().find(|earlier| earlier.name == arg.name);
        let (row, was) = match (earlier, &arg.default) {
            (None, None) => (&BUILD_ARG_REQUIRED, "none".to_owned()),
            (None, Some(_)) => (&BUILD_ARG_OPTIONAL, "none".to_owned()),
            (Some(earlier), None) if earlier.default.is_some() => (&BUILD_ARG_REQUIRED, shown(earlier)),
            (Some(earlier), Some(_)) if earlier.default.is_none() => (&BUILD_ARG_OPTIONAL, shown(earlier)),
            (Some(earlier), _) if earlier.default != arg.default => {
                changes.add(&BUILD_ARG_OPTIONAL, shown(earlier), format!("`{}` with another default", arg.name));
                continue;
            }
            _ => continue,
        };
        changes.add(row, was, shown(arg));
    }
    for arg in before.iter().filter(|arg| !after.iter().any(|other| other.name == arg.name)) {
        changes.add(&BUILD_ARG_REMOVED, shown(arg), "none");
    }
}

fn build_secrets(changes: &mut Changes<'_>, before: &[BuildSecret], after: &[BuildSecret]) {
    for secret in after.iter().filter(|secret| !before.iter().any(|other| other.id == secret.id)) {
        changes.add(&BUILD_SECRET_ADDED, "none", format!("`{}` from `{}`", secret.id, secret.variable));
    }
}
