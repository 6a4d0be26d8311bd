//! No circle of files that use each other, anywhere in the workspace.
//!
//! The names behind `crate::`, `super::`, and `self::` are followed to the file of a module, through `pub use` to the file
//! that has the name. A module that only hands on names of its own children does not use them.

use std::collections::{BTreeMap, BTreeSet};

use crate::Finding;
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
        let path = module_path(file);
        let (uses, handed_on) = uses(source, &path);
        packages.entry(package).or_default().modules.insert(path, Module { source, uses, handed_on });
    }
    packages.values().flat_map(Package::circles).collect()
}

/// `a/b/mod.rs` and `a/b.rs` are the module `a::b`.
fn module_path(file: &str) -> Vec<String> {
    let path = file.trim_end_matches(".rs");
    let path = path.strip_suffix("/mod").unwrap_or(path);
    if path == "lib" { Vec::new() } else { path.split('/').map(str::to_owned).collect() }
}

/// What the code of a file uses, and what it hands on.
fn uses(source: &Source, module: &[String]) -> (Vec<Use>, BTreeMap<String, Vec<String>>) {
    let end = source.tests_begin();
    let (mut used, mut handed_on) = (Vec::new(), BTreeMap::new());
    let mut after = 0;
    for (offset, word) in words(&source.code) {
        let line = source.line_at(offset);
        if offset < after || line >= end {
            continue;
        }
        if word == "use" {
            let length = source.code[offset..].find(';').unwrap_or(source.code.len() - offset);
            let statement = &source.code[offset + word.len()..offset + length];
            let is_public = source.code[..offset].trim_end().ends_with([')', 'b']);
            let is_public = is_public
                && source.code[..offset]
                    .trim_end()
                    .rsplit(['\n', ';', '}'])
                    .next()
                    .is_some_and(|before| before.trim_start().starts_with("pub"));
            for (path, name) in flattened(statement) {
                let Some(path) = absolute(&path, module) else { continue };
                if is_public && path.len() > module.len() && path.starts_with(module) {
                    handed_on.insert(name, path);
                } else {
                    used.push((line, path));
                }
            }
            after = offset + length;
        } else if matches!(word, "crate" | "super") && source.code[offset + word.len()..].starts_with("::") {
            let text: String = source.code[offset..]
                .chars()
                .take_while(|character| character.is_alphanumeric() || matches!(character, '_' | ':'))
                .collect();
            after = offset + text.len();
            let path: Vec<String> = text.split("::").map(str::to_owned).collect();
            // `pub(in crate::a)` says who may use something.
            let is_visibility = source.code[..offset].trim_end().ends_with("(in");
            used.extend(absolute(&path, module).filter(|_| !is_visibility).map(|path| (line, path)));
        }
    }
    (used, handed_on)
}

/// The words of the code with their places.
fn words(code: &str) -> impl Iterator<Item = (usize, &str)> {
    let is_word = |character: char| character.is_alphanumeric() || character == '_';
    let mut at = 0;
    code.split(move |character| !is_word(character)).filter_map(move |word| {
        let offset = at;
        at = offset + word.len();
        at += code[at..].chars().next().map_or(0, char::len_utf8);
        (!word.is_empty()).then_some((offset, word))
    })
}

/// `a::{b, c::d as e}` as `a::b` with the name `b`, and `a::c::d` with the name `e`.
fn flattened(statement: &str) -> Vec<(Vec<String>, String)> {
    let statement = statement.trim();
    let Some((head, group)) = statement.split_once('{') else {
        let (path, name) = statement.split_once(" as ").unwrap_or((statement, ""));
        let mut path: Vec<String> = path.split("::").map(|part| part.trim().to_owned()).collect();
        if path.last().is_some_and(|last| last == "self") {
            path.pop();
        }
        let name = if name.is_empty() { path.last().cloned().unwrap_or_default() } else { name.trim().to_owned() };
        return vec![(path, name)];
    };
    let inner = group.rsplit_once('}').map_or(group, |(inner, _)| inner);
    let (mut depth, mut start, mut parts) = (0, 0, Vec::new());
    for (at, character) in inner.char_indices() {
        match character {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                parts.push(&inner[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(&inner[start..]);
    let parts = parts.into_iter().filter(|part| !part.trim().is_empty());
    parts.flat_map(|part| flattened(&format!("{head}{}", part.trim()))).collect()
}

/// A path from the package's root; none for other packages.
fn absolute(path: &[String], module: &[String]) -> Option<Vec<String>> {
    let first = path.first()?;
    match first.as_str() {
        "crate" => Some(path[1..].to_vec()),
        "self" => Some([module, &path[1..]].concat()),
        "super" => {
            let ups = path.iter().take_while(|part| *part == "super").count();
            let base = module.get(..module.len().checked_sub(ups)?)?;
            Some([base, &path[ups..]].concat())
        }
        // A child of the module, as in `pub use child::Name`; others are packages.
        _ => Some([module, path].concat()),
    }
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
