//! Reads Dockerfiles and ignore files as BuildKit does. It parses them; it does not judge or build them.
//!
//! `Dockerfile::read` follows BuildKit's own reader, word processing and rules for variables (0.34). Older builders
//! agree as far as their features go: they lack heredocs, some forms of `${…}`, and blanks in the mark of a heredoc.
//! `facts` returns what a build needs before it starts, `Dockerfile::image_of` the configuration of the image that a
//! stage makes, and `shell` the commands of a script.

mod budget;
mod expand;
mod expanded;
mod facts;
mod glob;
mod heredoc;
pub mod ignore_file;
mod image;
mod instruction;
mod lines;
mod located;
mod model;
mod port;
mod read;
mod read_error;
mod scope;
pub mod shell;
mod variables;
mod words;
mod workdir;

pub use facts::{DockerfileFacts, read};
pub use image::{ImageConfig, Setting};
pub use located::Located;
pub use model::{
    Base, Command, Content, Dockerfile, Flag, FromClause, Heredoc, Instruction, Pair, Source, Stage, Transfer, Value,
};
pub use port::{Port, Protocol};
pub use read_error::{ReadError, Reason};
pub use scope::Outside;
pub use workdir::WorkingDirectory;

impl Dockerfile {
    /// Reads the text of a Dockerfile. A substitution that a builder would refuse gives a value that is marked as
    /// malformed, since builders process only the stages that they need.
    ///
    /// # Errors
    ///
    /// The first line that is not valid in a Dockerfile. The error holds the line number and the reason, and no text of
    /// the file.
    pub fn read(text: &str, outside: Outside<'_>) -> Result<Self, ReadError> {
        read::read(text, outside)
    }
}

#[cfg(test)]
mod describe_tests;
#[cfg(test)]
mod growth_tests;
#[cfg(test)]
mod image_tests;
#[cfg(test)]
mod port_tests;
#[cfg(test)]
mod property_tests;
#[cfg(test)]
mod read_tests;
#[cfg(test)]
mod value_tests;

/// Runs the examples of the README as tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
