//! The paths in the code of a file: those of its `use` lines, groups in braces taken apart, and those in its text.

use crate::source::Source;

/// A path in the code.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct CodePath {
    /// Its line, from 1.
    pub(crate) line: usize,
    /// Its names, as they are written.
    pub(crate) names: Vec<String>,
    /// Whether it stands in a `use`, where it may begin with a child of the module.
    pub(crate) is_import: bool,
    /// The name under which a `pub use` hands it on.
    pub(crate) handed_on_as: Option<String>,
}

impl CodePath {
    /// The name behind `crate` or any number of `super`; none where the path begins with anything else.
    pub(crate) fn first_below_root(&self) -> Option<&str> {
        let is_up = |name: &&String| matches!(name.as_str(), "crate" | "super");
        let ups = self.names.iter().take_while(is_up).count();
        self.names.get(ups).filter(|_| ups > 0).map(String::as_str)
    }

    /// The names from the package's root, for a path in a module; none where it leads into another package.
    pub(crate) fn absolute(&self, module: &[String]) -> Option<Vec<String>> {
        match self.names.first()?.as_str() {
            "crate" => Some(self.names[1..].to_vec()),
            "self" => Some([module, &self.names[1..]].concat()),
            "super" => {
                let ups = self.names.iter().take_while(|name| *name == "super").count();
                let base = module.get(..module.len().checked_sub(ups)?)?;
                Some([base, &self.names[ups..]].concat())
            }
            _ => None,
        }
    }
}

/// The names of a file's module: `a/b/mod.rs` and `a/b.rs` are `a::b`.
pub(crate) fn module_of(file: &str) -> Vec<String> {
    let path = file.trim_end_matches(".rs");
    let path = path.strip_suffix("/mod").unwrap_or(path);
    if matches!(path, "lib" | "main") { Vec::new() } else { path.split('/').map(str::to_owned).collect() }
}

/// All paths of a file, in order.
pub(crate) fn paths(source: &Source) -> Vec<CodePath> {
    let mut found = Vec::new();
    let mut after = 0;
    for (offset, word) in words(&source.code) {
        if offset < after {
            continue;
        }
        let line = source.line_at(offset);
        let (before, behind) = (source.code[..offset].trim_end(), &source.code[offset + word.len()..]);
        if word == "use" {
            let statement = behind.split(';').next().unwrap_or(behind);
            after = offset + word.len() + statement.len();
            let start = before.rsplit(['\n', ';', '}']).next().unwrap_or(before);
            let is_public = start.trim_start().starts_with("pub");
            found.extend(flattened(statement).into_iter().map(|(names, name)| CodePath {
                line,
                names,
                is_import: true,
                handed_on_as: is_public.then_some(name),
            }));
        } else if behind.starts_with("::") {
            let is_path = |character: char| character.is_alphanumeric() || matches!(character, '_' | ':');
            let text = behind.split(|character| !is_path(character)).next().unwrap_or(behind);
            after = offset + word.len() + text.len();
            // `pub(in crate::a)` says who may use something.
            if !before.ends_with("(in") {
                let names = format!("{word}{text}").split("::").map(str::to_owned).collect();
                found.push(CodePath { line, names, is_import: false, handed_on_as: None });
            }
        }
    }
    found
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
        if path.len() > 1 && path.last().is_some_and(|last| last == "self") {
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

#[test]
fn paths_are_found_in_imports_and_in_text() {
    let text = "use a::{b, c::{self, D as E}};\npub(crate) use x::Y;\nfn f() -> super::super::z::Z { std::env::var(\"q::r\") }\n\
                pub(in crate::m) fn g() {} // n::o";
    let found = paths(&Source::read("p/src/k/l.rs", text));
    let told: Vec<String> = found.iter().map(|path| format!("{} {}", path.line, path.names.join("::"))).collect();
    assert_eq!(told, ["1 a::b", "1 a::c", "1 a::c::D", "2 x::Y", "3 super::super::z::Z", "3 std::env::var"]);
    assert_eq!(found[3].handed_on_as.as_deref(), Some("Y"));
    assert_eq!(found[4].absolute(&module_of("k/l.rs")).unwrap(), ["z", "Z"]);
    assert_eq!(found[5].absolute(&module_of("k/l.rs")), None);
}
