//! The sites of findings.

use std::fmt;

use crate::domain::problem::Place;
use dockerfile::ignore_file::Advice;

/// The path of a file in two forms.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileName {
    given: String,
    from_root: String,
}

/// Which path of a file is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Naming {
    /// The path as the user gave it, for messages to people.
    AsGiven,
    /// The path relative to the repository's root, or absolute outside of it, for programs and taskflow.toml.
    FromRoot,
}

/// A position in a file, as far as it is known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// The line, from 1.
    pub line: Option<usize>,
    /// The column in characters, from 1.
    pub column: Option<usize>,
}

/// A position in the bytes of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Offset {
    /// The number of bytes before the position.
    pub bytes: u64,
    /// The text whose bytes are counted, if it is not the file itself: `the unpacked text`.
    pub of: Option<&'static str>,
}

/// An image and its component.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImageName {
    /// The reference of the image, or the path of its archive.
    pub image: String,
    /// The component that the image belongs to, if any.
    pub component: Option<String>,
}

/// The site of a finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Site {
    /// A build arg.
    BuildArg {
        /// Its name.
        name: String,
        /// The component that declares it.
        component: String,
        /// Where its value comes from.
        from: ArgSource,
        /// The place of its declaration in taskflow.toml.
        written: Option<Place>,
    },
    /// Another argument of docker: a label, a tag, a target.
    Argument {
        /// The name of the option, or the key of the label.
        name: String,
    },
    /// A proxy in the docker client's settings, which becomes an arg of every build.
    Proxy {
        /// Its name: `httpProxy`.
        name: String,
    },
    /// An instruction of a Dockerfile.
    Instruction {
        /// The path of the Dockerfile.
        file: FileName,
        /// The position of the instruction.
        at: Position,
        /// The keyword and the name that it sets: `ENV API_KEY`; empty for text outside of instructions.
        what: String,
        /// The variable that is set, if any.
        name: Option<String>,
        /// The component that is built from the Dockerfile, if it is known.
        component: Option<String>,
    },
    /// A file, or a place in one.
    File {
        /// The path of the file.
        file: FileName,
        /// The position in its text.
        at: Position,
        /// The position in its bytes, if it is known.
        offset: Option<Offset>,
        /// How to exclude the file from the build context, if a build would send it.
        ignore: Option<Box<Advice>>,
    },
    /// A key of a configuration file.
    Key {
        /// The path of the file.
        file: FileName,
        /// The position of the key.
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
    /// A file in a layer.
    Layer {
        /// The image.
        of: ImageName,
        /// The layer's digest.
        digest: String,
        /// The path of the file; empty for the whole layer.
        path: String,
        /// The position in its bytes.
        offset: Offset,
    },
}

/// Where the value of a build arg comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ArgSource {
    /// The command line: `--build-arg NAME=VALUE`.
    CommandLine,
    /// The environment: `--build-arg NAME`.
    Environment,
    /// The default in taskflow.toml.
    Default,
    /// No value yet; taskflow.toml declares the arg.
    Declared,
}

impl FileName {
    /// Makes a file name with the same path in both forms.
    pub fn new(path: impl Into<String>) -> Self {
        let given = path.into();
        Self { from_root: given.clone(), given }
    }

    /// Makes the name of a file in the root folder; the given path may lead to it from another folder.
    pub fn in_root(path: impl Into<String>) -> Self {
        let given: String = path.into();
        Self { from_root: given.rsplit('/').next().unwrap_or_default().to_owned(), given }
    }

    /// Sets the path from the repository's root.
    pub fn set_from_root(&mut self, path: String) {
        self.from_root = path;
    }

    /// Returns the path in one of its forms.
    pub fn name(&self, naming: Naming) -> &str {
        match naming {
            Naming::AsGiven => &self.given,
            Naming::FromRoot => &self.from_root,
        }
    }
}

impl Position {
    /// Makes the position of a line, without a column.
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
    /// Returns the place of a part of the image, as taskflow.toml names it.
    fn place(&self, part: &str) -> String {
        format!("image:{}:{part}", self.component.as_deref().unwrap_or(&self.image))
    }
}

impl Site {
    /// Returns the place by which an exception in taskflow.toml can allow a finding here.
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

    /// Returns the file of the site, with the position in it; none for sites that are not in a file.
    pub fn file(&self) -> Option<(&FileName, Position)> {
        match self {
            Self::Instruction { file, at, .. } | Self::File { file, at, .. } | Self::Key { file, at, .. } => {
                Some((file, *at))
            }
            _ => None,
        }
    }

    /// Returns the file of the site, for setting its path from the repository's root.
    pub fn file_mut(&mut self) -> Option<&mut FileName> {
        match self {
            Self::Instruction { file, .. } | Self::File { file, .. } | Self::Key { file, .. } => Some(file),
            _ => None,
        }
    }

    /// Whether the site is a whole layer.
    pub fn is_whole_layer(&self) -> bool {
        matches!(self, Self::Layer { path, .. } if path.is_empty())
    }

    /// Describes the site in words.
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
