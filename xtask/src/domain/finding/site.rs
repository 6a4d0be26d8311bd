//! Where a finding is.

use std::fmt;

use crate::domain::problem::Place;
use dockerfile::ignore_file::Advice;

/// A file under two names.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileName {
    given: String,
    from_root: String,
}

/// Which name of a file counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Naming {
    /// The path as the user gave it, for messages to people.
    AsGiven,
    /// The path relative to the repository's root, absolute outside of it, for programs and taskflow.toml.
    FromRoot,
}

/// A place in a file; what is not known is none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// The line, from 1.
    pub line: Option<usize>,
    /// The column in characters, from 1.
    pub column: Option<usize>,
}

/// A place in the bytes of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Offset {
    /// The number of bytes before the place.
    pub bytes: u64,
    /// The text, where it was made of the file: `the unpacked text`.
    pub of: Option<&'static str>,
}

/// An image, and whose it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImageName {
    /// Its reference, or the archive that it comes from.
    pub image: String,
    /// The component, where it is the image of one.
    pub component: Option<String>,
}

/// Where something is that a rule is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Site {
    /// A build arg, and what gives it a value.
    BuildArg {
        /// Its name.
        name: String,
        /// The component that takes it.
        component: String,
        /// What gives it a value.
        from: ArgSource,
        /// Where taskflow.toml says so.
        written: Option<Place>,
    },
    /// Another argument of docker: a label, a tag, a target.
    Argument {
        /// Its name: `--tag`, a label's key.
        name: String,
    },
    /// A proxy of the docker client's settings, which becomes an arg of every build.
    Proxy {
        /// Its name: `httpProxy`.
        name: String,
    },
    /// An instruction of a Dockerfile.
    Instruction {
        /// The Dockerfile.
        file: FileName,
        /// Where the instruction stands.
        at: Position,
        /// The keyword, and the name that is set: `ENV API_KEY`; empty for text outside of instructions.
        what: String,
        /// The variable that is set, where one is.
        name: Option<String>,
        /// The component that is built from the Dockerfile, where it is known.
        component: Option<String>,
    },
    /// A file, or a place in one.
    File {
        /// The file.
        file: FileName,
        /// The place in its text.
        at: Position,
        /// The place in its bytes, where it is known.
        offset: Option<Offset>,
        /// How the file can be kept out of the build, where it would be sent to one.
        ignore: Option<Box<Advice>>,
    },
    /// A key of a configuration file.
    Key {
        /// The file.
        file: FileName,
        /// Where the key stands.
        at: Position,
        /// The dotted path of the key: `component.backend.target`.
        key: String,
    },
    /// A part of an image's configuration: `Env API_KEY`, `Labels a.b`, `Cmd`.
    Config {
        /// The image.
        of: ImageName,
        /// The part.
        part: String,
    },
    /// A line of an image's history.
    History {
        /// The image.
        of: ImageName,
        /// The number of the line, from 1.
        entry: usize,
    },
    /// A file of a layer.
    Layer {
        /// The image.
        of: ImageName,
        /// The layer's digest.
        digest: String,
        /// The file; empty for the whole layer.
        path: String,
        /// The place in its bytes.
        offset: Offset,
    },
}

/// What gives a build arg its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ArgSource {
    /// `--build-arg NAME=VALUE`.
    CommandLine,
    /// `--build-arg NAME`: the environment.
    Environment,
    /// Its default in taskflow.toml.
    Default,
    /// Nothing yet; taskflow.toml declares it.
    Declared,
}

impl FileName {
    /// A file whose path is given from the repository's root, or is not known there.
    pub fn new(path: impl Into<String>) -> Self {
        let given = path.into();
        Self { from_root: given.clone(), given }
    }

    /// Names the file from the repository's root, too.
    pub fn set_from_root(&mut self, path: String) {
        self.from_root = path;
    }

    /// The path under one of its names.
    pub fn name(&self, naming: Naming) -> &str {
        match naming {
            Naming::AsGiven => &self.given,
            Naming::FromRoot => &self.from_root,
        }
    }
}

impl Position {
    /// A line, without a column.
    pub fn line(line: usize) -> Self {
        Self { line: Some(line), column: None }
    }
}

impl fmt::Display for Offset {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "byte {}", self.bytes)?;
        self.of.map_or(Ok(()), |text| write!(out, " of {text}"))
    }
}

impl ImageName {
    /// The place of a part of the image, as taskflow.toml names it.
    fn place(&self, part: &str) -> String {
        format!("image:{}:{part}", self.component.as_deref().unwrap_or(&self.image))
    }
}

impl Site {
    /// The place by which taskflow.toml can allow a finding here.
    pub fn place(&self) -> String {
        match self {
            Self::BuildArg { name, .. } => format!("build-arg:{name}"),
            Self::Argument { name, .. } => format!("argument:{name}"),
            Self::Proxy { name } => format!("proxy:{name}"),
            Self::Instruction { file, what, .. } if what.is_empty() => file.from_root.clone(),
            Self::Instruction { file, what, .. } => format!("{}:{what}", file.from_root),
            Self::File { file, .. } => file.from_root.clone(),
            Self::Key { file, key, .. } => format!("{}:{key}", file.from_root),
            Self::Config { of, part } => of.place(part),
            Self::History { of, .. } => of.place("history"),
            Self::Layer { of, path, .. } => of.place(path),
        }
    }

    /// The file of a site that is in one, with the place in it.
    pub fn file(&self) -> Option<(&FileName, Position)> {
        match self {
            Self::Instruction { file, at, .. } | Self::File { file, at, .. } | Self::Key { file, at, .. } => {
                Some((file, *at))
            }
            _ => None,
        }
    }

    /// The file of a site that is in one, to name it from the repository's root.
    pub fn file_mut(&mut self) -> Option<&mut FileName> {
        match self {
            Self::Instruction { file, .. } | Self::File { file, .. } | Self::Key { file, .. } => Some(file),
            _ => None,
        }
    }

    /// Whether the site is a layer as a whole.
    pub fn is_whole_layer(&self) -> bool {
        matches!(self, Self::Layer { path, .. } if path.is_empty())
    }

    /// The site in words.
    pub fn words(&self, naming: Naming) -> String {
        match self {
            Self::BuildArg { name, component, .. } => format!("build arg `{name}` of component `{component}`"),
            Self::Argument { name } => format!("an argument of docker, `{name}`"),
            Self::Proxy { name } => format!("proxy `{name}` of the docker client's settings"),
            Self::Instruction { what, file, at, .. } if what.is_empty() => {
                format!("line {} of `{}`", at.line.unwrap_or_default(), file.name(naming))
            }
            Self::Instruction { what, .. } => format!("`{what}`"),
            Self::File { file, .. } => format!("`{}`", file.name(naming)),
            Self::Key { file, key, .. } => format!("`{}:{key}`", file.name(naming)),
            Self::Config { of, part, .. } => format!("`{part}` in the configuration of `{}`", of.image),
            Self::History { of, entry } => format!("entry {entry} in the history of `{}`", of.image),
            Self::Layer { of, path, .. } if path.is_empty() => format!("a layer of `{}`", of.image),
            Self::Layer { of, path, .. } => format!("`{path}` in a layer of `{}`", of.image),
        }
    }
}
