//! The files of a component, as the rules see them.

use std::borrow::Cow;

use dockerfile::ignore_file::{self, IgnoreFile, IgnoreReason};
use dockerfile::{Dockerfile, Outside, ReadError};

use crate::domain::build_arg::BuildArg;
use crate::domain::config::Component;
use crate::domain::manifests::{Container, of_repository};
use crate::domain::problem::SourceText;

/// A Dockerfile as it was read.
#[derive(Debug)]
pub struct ReadFile {
    /// The path of the file from the repository's root.
    pub path: String,
    /// The text.
    pub source: SourceText,
    /// The contents, or the line that is not valid.
    pub read: Result<Dockerfile, ReadError>,
    /// Whether no build arg from outside was taken into account.
    is_as_written: bool,
}

impl ReadFile {
    /// Reads the text of a component's Dockerfile. `args` are the build args of the command line; none if they are not
    /// known, so that declared args without a default can have any value.
    pub fn read(component: &Component, text: &str, args: Option<&[BuildArg]>) -> Self {
        let mut overridden = component.overridden_args(args.unwrap_or_default());
        let mut read = Dockerfile::read(text, Outside::Only(&overridden));
        if let (Ok(file), None) = (&read, args) {
            let open = component.build_args.iter().map(|arg| arg.name.as_str());
            let open: Vec<&str> =
                open.filter(|name| !file.has_default(name)).chain(overridden.iter().copied()).collect();
            if open.len() > overridden.len() {
                read = Dockerfile::read(text, Outside::Only(&open));
                overridden = open;
            }
        }
        let is_as_written = overridden.is_empty();
        Self { path: component.dockerfile.clone(), source: SourceText::new(text), read, is_as_written }
    }

    /// Returns the contents without any build arg from outside.
    pub fn as_written(&self) -> Cow<'_, Result<Dockerfile, ReadError>> {
        if self.is_as_written {
            Cow::Borrowed(&self.read)
        } else {
            Cow::Owned(Dockerfile::read(&self.source.text, Outside::Only(&[])))
        }
    }
}

/// The ignore file of a component.
#[derive(Debug)]
pub struct IgnoreFacts {
    /// The path of the ignore file that a build uses, from the repository's root; the default one if there is none.
    pub path: String,
    /// Whether the file exists.
    pub exists: bool,
    /// The patterns, or the line that is not valid.
    pub read: Result<IgnoreFile, (usize, IgnoreReason)>,
}

impl IgnoreFacts {
    /// Reads the text of an ignore file.
    pub fn read(path: String, text: &[u8]) -> Self {
        let read = IgnoreFile::parse(text).map_err(|error| (error.line, error.reason));
        Self { path, exists: true, read }
    }

    /// The facts of a component without an ignore file.
    pub fn missing(component: &Component) -> Self {
        let path = format!("{}/{}", component.context, ignore_file::FILE_NAME);
        Self { path, exists: false, read: Ok(IgnoreFile::default()) }
    }
}

/// The files that a build context would send.
#[derive(Debug)]
pub enum ContextFacts {
    /// The files.
    Known(Vec<Weight>),
    /// They are not known, for this reason.
    Unknown(String),
}

/// A file and its size.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Weight {
    /// The path relative to the context, as text.
    pub path: String,
    /// The size in bytes.
    pub bytes: u64,
}

/// A container of a manifest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Manifest {
    /// The path of the file from the repository's root.
    pub file: String,
    /// The container.
    pub container: Container,
}

impl Manifest {
    /// Returns the manifests that run the image of a component.
    pub fn of_component(all: &[Self], component: &Component) -> Vec<Self> {
        let is_of = |manifest: &&Self| of_repository(&manifest.container.image, &component.repository);
        all.iter().filter(is_of).cloned().collect()
    }
}
