//! All parts. A new part is a file here and an entry in [`ALL`].

use crate::cache::Cache;
use crate::part::{Part, Status};
use crate::report::{Entry, Report};

pub mod bases;
pub mod browser;
pub mod containerd_node;
pub mod database;
pub mod engine;
pub mod engine_current;
pub mod engine_spare;
pub mod node;
pub mod registry;

/// Every part, in an order in which needed parts come first.
pub const ALL: &[&dyn Part] = &[
    &engine::Engine,
    &bases::Bases,
    &database::Database,
    &browser::Browser,
    &registry::Registry,
    &node::Node,
    &engine_current::EngineCurrent,
    &engine_spare::EngineSpare,
    &containerd_node::ContainerdNode,
];

/// Returns the state of every part.
pub fn report(cache: &Cache) -> Report {
    let entry = |part: &&dyn Part| {
        let Status { state, detail, facts } = part.status(cache);
        Entry { name: part.name(), state, detail, facts }
    };
    Report { schema: 1, parts: ALL.iter().map(entry).collect() }
}

/// Returns the named parts and those they need, in the order in which they are brought up.
pub fn with_needs(names: &[String]) -> Vec<&'static dyn Part> {
    let mut wanted: Vec<&str> = names.iter().map(String::as_str).collect();
    for part in ALL.iter().rev().filter(|part| names.iter().any(|name| name == part.name())) {
        wanted.extend(part.needs());
    }
    ALL.iter().copied().filter(|part| wanted.contains(&part.name())).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{ALL, engine_current, node, with_needs};

    fn order(names: &[&str]) -> Vec<&'static str> {
        let names: Vec<String> = names.iter().map(|&name| name.to_owned()).collect();
        with_needs(&names).iter().map(|part| part.name()).collect()
    }

    #[test]
    fn what_a_part_needs_comes_first_and_once() {
        assert_eq!(order(&["bases"]), ["engine", "bases"]);
        assert_eq!(order(&["browser", "bases", "engine"]), ["engine", "bases", "browser"]);
        assert_eq!(order(&["database"]), ["database"]);
    }

    #[test]
    fn every_need_is_a_part_that_stands_before() {
        for (index, part) in ALL.iter().enumerate() {
            for need in part.needs() {
                assert!(ALL[..index].iter().any(|earlier| earlier.name() == *need));
            }
        }
    }

    #[test]
    fn every_go_module_of_a_part_has_its_version_and_its_checksum() {
        for set in std::iter::once(&node::MINIKUBE).chain(engine_current::SETS) {
            let sums: BTreeSet<&str> = set.sums.lines().filter_map(|line| line.split(' ').next()).collect();
            let required = set.module.lines().filter_map(|line| line.strip_prefix('\t')?.split(' ').next());
            let missing: Vec<&str> =
                required.filter(|name| !set.packages.contains(name)).filter(|name| !sums.contains(name)).collect();
            assert!(missing.is_empty(), "{}: {missing:?}", set.name);
            for package in set.packages {
                assert!(set.module.contains(package), "{package}");
            }
        }
    }
}
