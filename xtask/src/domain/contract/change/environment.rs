//! Compares the variables of two contracts.

use super::contract_change::Changes;
use super::rows::{
    ENV_ADDED_OPTIONAL, ENV_ADDED_REQUIRED, ENV_DEFAULT_CHANGED, ENV_NOW_OPTIONAL, ENV_NOW_REQUIRED, ENV_REMOVED,
    ENV_SECRET, ENV_SOURCE, ENV_VALUES_NARROWED, ENV_VALUES_WIDENED,
};
use crate::domain::contract::declared::{RuntimeVariable, VariableSource};
use crate::domain::text::ticked_all;

pub(super) fn compare(changes: &mut Changes<'_>, before: &[RuntimeVariable], after: &[RuntimeVariable]) {
    for variable in after {
        match before.iter().find(|earlier| earlier.name == variable.name) {
            Some(earlier) => of_variable(changes, earlier, variable),
            None if must_be_set(variable) => changes.add(&ENV_ADDED_REQUIRED, "none", shown(variable)),
            None => changes.add(&ENV_ADDED_OPTIONAL, "none", shown(variable)),
        }
    }
    for variable in before.iter().filter(|variable| !after.iter().any(|other| other.name == variable.name)) {
        changes.add(&ENV_REMOVED, shown(variable), "none");
    }
}

/// Whether a deployment has to set the variable.
fn must_be_set(variable: &RuntimeVariable) -> bool {
    variable.required && variable.default.is_none() && variable.source != VariableSource::Image
}

fn shown(variable: &RuntimeVariable) -> String {
    let from = match variable.source {
        VariableSource::ConfigMap => "from a ConfigMap",
        VariableSource::Secret => "from a Secret",
        VariableSource::Image => "from the image",
    };
    let need = if must_be_set(variable) { "required" } else { "optional" };
    format!("`{}` {from}, {need}", variable.name)
}

fn of_variable(changes: &mut Changes<'_>, before: &RuntimeVariable, after: &RuntimeVariable) {
    let name = &after.name;
    match (must_be_set(before), must_be_set(after)) {
        (false, true) => changes.add(&ENV_NOW_REQUIRED, shown(before), shown(after)),
        (true, false) => changes.add(&ENV_NOW_OPTIONAL, shown(before), shown(after)),
        // A default that appears or goes is one of the two rows above, unless the variable is optional anyway.
        _ if before.default != after.default => {
            let default = |variable: &RuntimeVariable| match &variable.default {
                Some(value) => format!("`{name}` is `{value}` by default"),
                None => format!("`{name}` has no default"),
            };
            changes.add(&ENV_DEFAULT_CHANGED, default(before), default(after));
        }
        _ => {}
    }
    if before.source != after.source {
        let is_secret = |variable: &RuntimeVariable| variable.source == VariableSource::Secret;
        let row = if is_secret(before) == is_secret(after) { &ENV_SOURCE } else { &ENV_SECRET };
        changes.add(row, shown(before), shown(after));
    }
    let accepts =
        |variable: &RuntimeVariable, value: &String| variable.allowed.is_empty() || variable.allowed.contains(value);
    let loses = |from: &RuntimeVariable, to: &RuntimeVariable| {
        from.allowed.is_empty() && !to.allowed.is_empty() || from.allowed.iter().any(|value| !accepts(to, value))
    };
    let values = |variable: &RuntimeVariable| {
        if variable.allowed.is_empty() {
            format!("`{name}` accepts any value")
        } else {
            format!("`{name}` accepts {}", ticked_all(&variable.allowed))
        }
    };
    if loses(before, after) {
        changes.add(&ENV_VALUES_NARROWED, values(before), values(after));
    }
    if loses(after, before) {
        changes.add(&ENV_VALUES_WIDENED, values(before), values(after));
    }
}
