//! The working directory of an image: each WORKDIR is relative to the one before it.

use super::model::{Base, Value};

/// The working directory of an image, without `.`, `..` and repeated slashes as far as they can be resolved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WorkingDirectory {
    /// A path from the root.
    Absolute(String),
    /// A path from the base image's working directory, which is `/` unless that image sets one. `.` is that folder
    /// itself, and `..` can stand at the beginning only.
    RelativeToBase(String),
    /// Not known: it depends on a variable whose value is not known.
    Unknown,
}

/// The working directory while the instructions of an image are applied. Each step takes time in proportion to its own
/// text, not to the path so far.
pub(super) struct Current<'a> {
    from: From,
    /// The number of `..` at the beginning.
    above: usize,
    names: Vec<&'a str>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum From {
    Root,
    Base,
    Unknown,
}

impl<'a> Current<'a> {
    /// The working directory of the base.
    pub(super) fn of(base: &Base) -> Self {
        let from = if matches!(base, Base::Scratch) { From::Root } else { From::Base };
        Self { from, above: 0, names: Vec::new() }
    }

    /// Applies one WORKDIR. An empty path changes nothing.
    pub(super) fn enter(&mut self, path: &'a Value) {
        counted::count(path.text.len() + 1);
        let Some(path) = path.known() else {
            self.from = From::Unknown;
            return;
        };
        if path.starts_with('/') {
            *self = Self { from: From::Root, above: 0, names: Vec::new() };
        }
        for name in path.split('/') {
            match name {
                "" | "." => {}
                ".." => {
                    if self.names.pop().is_none() && self.from == From::Base {
                        self.above += 1;
                    }
                }
                name => self.names.push(name),
            }
        }
    }

    /// Returns the working directory at the end.
    pub(super) fn finish(self) -> WorkingDirectory {
        let path = self.names.join("/");
        match self.from {
            From::Unknown => WorkingDirectory::Unknown,
            From::Root => WorkingDirectory::Absolute(format!("/{path}")),
            From::Base if self.above == 0 && path.is_empty() => WorkingDirectory::RelativeToBase(".".to_owned()),
            From::Base => {
                let path = "../".repeat(self.above) + &path;
                WorkingDirectory::RelativeToBase(path.trim_end_matches('/').to_owned())
            }
        }
    }
}
