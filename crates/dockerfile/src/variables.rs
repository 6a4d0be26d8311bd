//! The variables that an instruction sees, by name.

use rpds::HashTrieMapSync;

use super::expand::Variable;

/// Args that BuildKit defines before the first line; a stage sees one only after `ARG NAME`.
const OF_THE_PLATFORM: [&str; 11] = [
    "BUILDPLATFORM",
    "BUILDOS",
    "BUILDOSVERSION",
    "BUILDARCH",
    "BUILDVARIANT",
    "TARGETPLATFORM",
    "TARGETOS",
    "TARGETOSVERSION",
    "TARGETARCH",
    "TARGETVARIANT",
    "TARGETSTAGE",
];

/// Values by variable name; copies share their contents.
pub(super) type Variables = HashTrieMapSync<String, Variable>;

/// The variables at one place of the file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Scope {
    /// Variables that were set in this stage.
    pub(super) own: Variables,
    /// Variables that ENV has set, which the image keeps.
    pub(super) environment: Variables,
    /// All variables that were set so far, in this stage and in those that it begins from.
    pub(super) all: Variables,
    /// Whether an unknown image may have set further variables.
    pub(super) is_open: bool,
}

impl Scope {
    /// The scope before the first FROM.
    pub(super) fn global() -> Self {
        let all = OF_THE_PLATFORM.map(|name| (name.to_owned(), Variable::Unknown));
        Self { all: all.into_iter().collect(), ..Self::default() }
    }

    pub(super) fn set(&self, name: &str) -> Option<&Variable> {
        self.own.get(name).or_else(|| self.environment.get(name)).or_else(|| self.all.get(name))
    }

    pub(super) fn get(&self, name: &str) -> Variable {
        let otherwise = if self.is_open && is_identifier(name) { Variable::Unknown } else { Variable::Unset };
        self.set(name).cloned().unwrap_or(otherwise)
    }

    /// Returns the value of a variable that the file sets.
    pub(super) fn known(&self, name: &str) -> Option<&str> {
        match self.set(name)? {
            Variable::Set(value) => Some(value),
            Variable::Unset | Variable::Unknown => None,
        }
    }

    pub(super) fn insert(&mut self, name: &str, variable: Variable) {
        self.own.insert_mut(name.to_owned(), variable.clone());
        self.all.insert_mut(name.to_owned(), variable);
    }

    /// Forgets the value of a variable.
    pub(super) fn forget(&mut self, name: &str) {
        self.insert(name, Variable::Unknown);
        self.environment.insert_mut(name.to_owned(), Variable::Unknown);
    }
}

/// Whether a name is an identifier. `$1` and `$?` are no variables of an image.
fn is_identifier(name: &str) -> bool {
    name.starts_with(|first: char| first.is_alphabetic() || first == '_')
}
