//! Compares the health checks of two contracts.

use serde_json::Value;

use super::contract_change::Changes;
use super::rows::{HEALTH_ADDED, HEALTH_BODY_EXTENDED, HEALTH_CHANGED, HEALTH_REMOVED};
use crate::domain::contract::declared::Health;

pub(super) fn compare(changes: &mut Changes<'_>, before: Option<&Health>, after: Option<&Health>) {
    match (before, after) {
        (None, None) => {}
        (None, Some(after)) => changes.add(&HEALTH_ADDED, "none", call(after)),
        (Some(before), None) => changes.add(&HEALTH_REMOVED, call(before), "none"),
        (Some(before), Some(after)) => both(changes, before, after),
    }
}

fn call(health: &Health) -> String {
    format!("`{} {}` answers {}", health.method, health.path, health.healthy_status)
}

fn both(changes: &mut Changes<'_>, before: &Health, after: &Health) {
    if call(before) != call(after) {
        changes.add(&HEALTH_CHANGED, call(before), call(after));
    }
    let status = |health: &Health| health.unhealthy_status.map(|status| status.to_string());
    changes.key(&HEALTH_CHANGED, "health.unhealthy-status", status(before), status(after));
    for (name, before, after) in [
        ("health.healthy-body", &before.healthy_body, &after.healthy_body),
        ("health.unhealthy-body", &before.unhealthy_body, &after.unhealthy_body),
    ] {
        let shown = |body: &Option<String>| body.as_ref().map(|body| format!("`{body}`"));
        if before.as_deref().zip(after.as_deref()).is_some_and(|(before, after)| is_same(before, after)) {
            continue;
        }
        let extended = before.as_deref().zip(after.as_deref()).is_some_and(|(before, after)| extends(before, after));
        let row = if extended { &HEALTH_BODY_EXTENDED } else { &HEALTH_CHANGED };
        changes.key(row, name, shown(before), shown(after));
    }
}

fn is_same(before: &str, after: &str) -> bool {
    before == after
        || matches!((serde_json::from_str::<Value>(before), serde_json::from_str::<Value>(after)), (Ok(before), Ok(after)) if before == after)
}

/// Whether a body has all fields of another one with the same values.
fn extends(before: &str, after: &str) -> bool {
    let (Ok(Value::Object(before)), Ok(Value::Object(after))) =
        (serde_json::from_str(before), serde_json::from_str(after))
    else {
        return false;
    };
    before.iter().all(|(name, value)| after.get(name) == Some(value))
}
