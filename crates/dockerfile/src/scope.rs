//! The variables that an instruction sees. Before the first FROM, args apply to FROM lines only. In a stage, they are
//! its own args and environment, on top of those of the stage or image that it begins from.
//!
//! These are BuildKit's rules. With the classic builder, ENV takes precedence over a later ARG, and a stage does not
//! inherit the args of the stage that it begins from.

use super::budget::Budget;
use super::expand::{Style, Variable, expand};
use super::located::Located;
use super::model::{Base, Pair, Value};
use super::variables::{Scope, Variables};

/// The args that get a value from outside the Dockerfile. The values are not passed in, because they may be secrets.
#[derive(Clone, Copy, Debug)]
pub enum Outside<'a> {
    /// Exactly these.
    Only(&'a [&'a str]),
    /// At least these. Other args without a default may get a value, too, and so are unknown.
    AtLeast(&'a [&'a str]),
}

/// Args that docker clients pass by themselves if their configuration has a proxy; letter case is ignored.
const PROXIES: [&str; 5] = ["HTTP_PROXY", "HTTPS_PROXY", "FTP_PROXY", "NO_PROXY", "ALL_PROXY"];

/// The environment of `FROM scratch`.
const SCRATCH_PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

impl Scope {
    /// The scope at the start of a stage; `stages` are the scopes at the ends of the earlier stages.
    pub(super) fn of_stage(base: &Base, stages: &[Self]) -> Self {
        match base {
            Base::Scratch => {
                let mut scope = Self::default();
                scope.environment.insert_mut("PATH".to_owned(), Variable::Set(SCRATCH_PATH.into()));
                scope
            }
            // The image's environment takes precedence over args that came after it.
            Base::Stage(stage) => {
                Self { own: Variables::new_sync(), ..stages.get(*stage).cloned().unwrap_or_default() }
            }
            Base::Image(_) | Base::Unknown => Self { is_open: true, ..Self::default() },
        }
    }

    /// The scope of another build, which is unknown: for instructions behind ONBUILD.
    pub(super) fn of_another_build() -> Self {
        Self { is_open: true, ..Self::default() }
    }

    /// Expands a text as the builder does.
    pub(super) fn value(&self, raw: Located, style: Style, budget: &Budget) -> Value {
        match expand(&raw.text, style, budget, &|name| self.get(name)) {
            Ok(found) => Value {
                text: found.text,
                names: found.names,
                unknown: found.unknown,
                unset: found.unset,
                is_malformed: false,
                raw,
            },
            Err(_) => Value { text: raw.text.clone(), is_malformed: true, raw, ..Value::default() },
        }
    }

    /// Applies an ENV; all its values were expanded before.
    pub(super) fn set_env(&mut self, pairs: &[Pair]) {
        for pair in pairs {
            match (pair.name.known(), &pair.value) {
                (Some(name), Some(value)) => {
                    self.insert(name, known(value));
                    self.environment.insert_mut(name.to_owned(), known(value));
                }
                // The name is unknown, so any variable may be set.
                _ => *self = Self::of_another_build(),
            }
        }
    }

    /// Applies one name of an ARG; `global` is the scope before the first FROM, if the ARG is in a stage.
    pub(super) fn set_arg(&mut self, name: &str, value: Option<&Value>, outside: Outside<'_>, global: Option<&Self>) {
        let (given, may_be_given) = match outside {
            Outside::Only(given) => (given, false),
            Outside::AtLeast(given) => (given, true),
        };
        let inherited = || global.and_then(|global| global.set(name)).cloned();
        let variable = if given.contains(&name) || PROXIES.iter().any(|proxy| proxy.eq_ignore_ascii_case(name)) {
            Variable::Unknown
        } else if let Some(value) = value {
            known(value)
        } else if let Some(inherited) = inherited() {
            inherited
        } else if may_be_given {
            Variable::Unknown
        } else {
            return;
        };
        self.insert(name, variable);
    }
}

fn known(value: &Value) -> Variable {
    value.known().map_or(Variable::Unknown, |text| Variable::Set(text.into()))
}
