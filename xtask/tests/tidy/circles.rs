//! No circle of files that use each other, anywhere in the workspace.
//!
//! The names behind `crate::`, `super::`, and `self::` are followed to the file of a module, through `pub use` to the file
//! that has the name. A module that only hands on names of its own children does not use them.

use std::collections::{BTreeMap, BTreeSet};

use crate::Finding;
use crate::paths::{module_of, paths};
use crate::source::Source;

/// The files of one package, by the path of their module.
#[derive(Default)]
struct Package<'a> {
    modules: BTreeMap<Vec<String>, Module<'a>>,
}

struct Module<'a> {
    source: &'a Source,
    /// The paths that code outside of tests uses, with their lines.
    uses: Vec<Use>,
    /// The names that the module hands on, with the path that each has.
    handed_on: BTreeMap<String, Vec<String>>,
}

/// A line, and the path that it uses.
type Use = (usize, Vec<String>);

/// The circles of each package; `sources` are the files below `PACKAGE/src/`.
pub(crate) fn check(sources: &[Source]) -> Vec<Finding> {
    let mut packages: BTreeMap<&str, Package<'_>> = BTreeMap::new();
    for source in sources {
        let Some((package, file)) = source.path.split_once("/src/") else { continue };
        if file.ends_with("tests.rs") || file == "main.rs" {
            continue;
        }
        let path = module_of(file);
        let mut module = Module { source, uses: Vec::new(), handed_on: BTreeMap::new() };
        for used in paths(source).into_iter().filter(|used| used.line < source.tests_begin()) {
            // An import may begin with a child of the module.
            let child = || used.is_import.then(|| [path.as_slice(), used.names.as_slice()].concat());
            let Some(from_root) = used.absolute(&path).or_else(child) else { continue };
            match used.handed_on_as {
                Some(name) if from_root.len() > path.len() && from_root.starts_with(&path) => {
                    module.handed_on.insert(name, from_root);
                }
                _ => module.uses.push((used.line, from_root)),
            }
        }
        packages.entry(package).or_default().modules.insert(path, module);
    }
    packages.values().flat_map(Package::circles).collect()
}

impl Package<'_> {
    /// The module that has a name, through the modules that hand it on.
    fn owner(&self, path: &[String]) -> Option<&Vec<String>> {
        let mut path = path.to_vec();
        for _ in 0..8 {
            let length = (0..=path.len()).rev().find(|length| self.modules.contains_key(&path[..*length]))?;
            let (module, _) = self.modules.get_key_value(&path[..length])?;
            let next = path.get(length).and_then(|name| self.modules[module].handed_on.get(name));
            match next {
                Some(real) => path = [real.as_slice(), &path[length + 1..]].concat(),
                None => return Some(module),
            }
        }
        None
    }

    /// For each circle one finding, at the first use of it.
    fn circles(&self) -> Vec<Finding> {
        let mut edges: BTreeMap<&Vec<String>, BTreeMap<&Vec<String>, usize>> = BTreeMap::new();
        for (path, module) in &self.modules {
            for (line, used) in &module.uses {
                // What is no module of ours is a package, or a name of the file itself.
                let is_ours =
                    used.first().is_some_and(|first| self.modules.keys().any(|known| known.first() == Some(first)));
                let Some(owner) = self.owner(used).filter(|owner| *owner != path && is_ours) else { continue };
                // A name that no module hands on, below a module's parent: of the root, only what stands in it.
                edges.entry(path).or_default().entry(owner).or_insert(*line);
            }
        }
        let reachable = |from: &Vec<String>| {
            let (mut seen, mut waiting) = (BTreeSet::new(), vec![from.clone()]);
            while let Some(next) = waiting.pop() {
                for target in edges.get(&next).into_iter().flat_map(BTreeMap::keys) {
                    if seen.insert((*target).clone()) {
                        waiting.push((*target).clone());
                    }
                }
            }
            seen
        };
        let closure: BTreeMap<&Vec<String>, BTreeSet<Vec<String>>> =
            self.modules.keys().map(|path| (path, reachable(path))).collect();
        let mut told = BTreeSet::new();
        let mut findings = Vec::new();
        for path in self.modules.keys().filter(|path| closure[path].contains(*path)) {
            let circle: BTreeSet<&Vec<String>> = self
                .modules
                .keys()
                .filter(|other| closure[path].contains(*other) && closure[other].contains(path))
                .collect();
            if told.insert(circle.clone()) {
                let file = |module: &Vec<String>| self.modules[module].source.path.as_str();
                let pairs =
                    circle.iter().flat_map(|from| edges[*from].iter().map(move |(to, line)| (*from, *to, line)));
                let pairs = pairs.filter(|(_, to, _)| circle.contains(to));
                let uses: Vec<String> =
                    pairs.map(|(from, to, line)| format!("{}:{line} uses {}", file(from), file(to))).collect();
                let rule = format!("these files use each other: {}", uses.join(", "));
                findings.push(Finding::new(file(path), 1, rule));
            }
        }
        findings
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules(files: &[(&str, &str)]) -> Vec<String> {
        let sources: Vec<Source> =
            files.iter().map(|(path, text)| Source::read(&format!("p/src/{path}"), text)).collect();
        check(&sources).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn circles_are_found() {
        for files in [
            &[("a.rs", "use crate::b::B;"), ("b.rs", "fn f() -> crate::a::A {}")][..],
            &[("a.rs", "//! A.\nuse super::b::{self, B};"), ("b.rs", "use super::a;")],
            &[("m/mod.rs", "pub use x::X;"), ("m/x.rs", "use super::y::Y;"), ("m/y.rs", "use crate::m::X;")],
            &[("a.rs", "use crate::{b::B, c};"), ("b.rs", "use crate::c::C;"), ("c.rs", "use crate::a::A;")],
            &[("m/mod.rs", "mod x;\nuse x::X;\npub fn f() {}"), ("m/x.rs", "use super::f;")],
        ] {
            assert_eq!(rules(files).len(), 1, "{files:?}: {:?}", rules(files));
        }
    }

    #[test]
    fn one_direction_is_none() {
        for files in [
            &[("a.rs", "use crate::b::B;"), ("b.rs", "use std::a::A;")][..],
            &[("m/mod.rs", "pub use x::X;\npub use y::Y;"), ("m/x.rs", "use super::Y;"), ("m/y.rs", "")],
            &[("a.rs", "use crate::b::B;"), ("b.rs", "#[cfg(test)]\nmod tests { use crate::a::A; }")],
            &[("a.rs", "pub(in crate::b) fn f() {}"), ("b.rs", "use crate::a::f;")],
            &[("a.rs", "// use crate::b::B;\nlet x = \"crate::b::B\";"), ("b.rs", "use crate::a::A;")],
        ] {
            assert_eq!(rules(files), Vec::<String>::new(), "{files:?}");
        }
    }
}
