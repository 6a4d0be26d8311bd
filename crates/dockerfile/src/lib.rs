//! Reads Dockerfiles and ignore files as BuildKit does. Understands, does not judge, and builds nothing.
//!
//! `Dockerfile::read` follows BuildKit's own reader, its processing of words and its rules for variables (0.34; older
//! builders do the same as far as they go: they lack heredocs, some forms of `${…}`, and blanks in the mark of a heredoc).
//! `facts` is what a build needs to know before it starts.

mod budget;
mod expand;
mod expanded;
mod facts;
mod glob;
mod heredoc;
pub mod ignore_file;
mod instruction;
mod lines;
mod located;
mod model;
mod read;
mod read_error;
mod scope;
mod words;

pub use facts::{DockerfileFacts, read};
pub use located::Located;
pub use model::{
    Base, Command, Content, Dockerfile, Flag, FromClause, Heredoc, Instruction, Pair, Source, Stage, Transfer, Value,
};
pub use read_error::{ReadError, Reason};
pub use scope::Outside;

impl Dockerfile {
    /// Reads the text of a Dockerfile. What stands behind a substitution that a builder would refuse is kept as a
    /// malformed value, since builders only look at the stages that they need.
    pub fn read(text: &str, outside: Outside<'_>) -> Result<Self, ReadError> {
        read::read(text, outside)
    }
}

#[cfg(test)]
mod describe_tests;
#[cfg(test)]
mod growth_tests;
#[cfg(test)]
mod property_tests;
#[cfg(test)]
mod read_tests;
#[cfg(test)]
mod value_tests;

/// The examples of the README, which run as tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
