//! Compares the limits of two contracts. A limit that is not declared is endless.

use super::contract_change::Changes;
use super::row::ChangeRow;
use super::rows::{
    RESOURCES_HIGHER, RESOURCES_LOWER, SHUTDOWN_LONGER, SHUTDOWN_SHORTER, SIZE_LIMIT_LOWERED, SIZE_LIMIT_RAISED,
    STARTUP_FASTER, STARTUP_SLOWER,
};
use crate::domain::contract::declared::{Contract, Declared, Resources};

/// A limit: its name, how it is read, its unit, and the rows for a weaker and for a stronger promise.
struct Limit {
    name: &'static str,
    read: fn(&Contract) -> Option<u64>,
    unit: &'static str,
    weaker: &'static ChangeRow,
    stronger: &'static ChangeRow,
}

const LIMITS: [Limit; 7] = [
    Limit {
        name: "max-size-mb",
        read: |contract| value(contract.max_size_mb.as_ref()),
        unit: "MB",
        weaker: &SIZE_LIMIT_RAISED,
        stronger: &SIZE_LIMIT_LOWERED,
    },
    Limit {
        name: "startup-seconds",
        read: |contract| value(contract.startup_seconds.as_ref()),
        unit: "s",
        weaker: &STARTUP_SLOWER,
        stronger: &STARTUP_FASTER,
    },
    Limit {
        name: "stop-grace-seconds",
        read: |contract| value(contract.stop_grace_seconds.as_ref()),
        unit: "s",
        weaker: &SHUTDOWN_LONGER,
        stronger: &SHUTDOWN_SHORTER,
    },
    resource("idle-cpu-millicores", "m", |contract| resources(contract)?.idle_cpu_millicores),
    resource("idle-memory-mib", "MiB", |contract| resources(contract)?.idle_memory_mib),
    resource("load-cpu-millicores", "m", |contract| resources(contract)?.load_cpu_millicores),
    resource("load-memory-mib", "MiB", |contract| resources(contract)?.load_memory_mib),
];

const fn resource(name: &'static str, unit: &'static str, read: fn(&Contract) -> Option<u64>) -> Limit {
    Limit { name, read, unit, weaker: &RESOURCES_HIGHER, stronger: &RESOURCES_LOWER }
}

fn resources(contract: &Contract) -> Option<&Resources> {
    contract.resources.as_ref()
}

fn value(limit: Option<&Declared<u64>>) -> Option<u64> {
    limit.map(|limit| limit.value)
}

pub(super) fn compare(changes: &mut Changes<'_>, before: &Contract, after: &Contract) {
    for Limit { name, read, unit, weaker, stronger } in LIMITS {
        let (before, after) = (read(before), read(after));
        let shown = |limit: Option<u64>| match limit {
            Some(limit) => format!("`{name}` is {limit} {unit}"),
            None => format!("`{name}` is not declared"),
        };
        let endless = |limit: Option<u64>| limit.unwrap_or(u64::MAX);
        if endless(after) > endless(before) {
            changes.add(weaker, shown(before), shown(after));
        } else if endless(after) < endless(before) {
            changes.add(stronger, shown(before), shown(after));
        }
    }
}
