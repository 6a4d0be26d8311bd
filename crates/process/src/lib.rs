#![doc = include_str!("../README.md")]
#![warn(missing_docs)]

mod child;
mod error;
mod follow;
mod hidden_value;
mod invocation;
mod masking;
mod runner;
mod shell;
pub mod signals;
mod stream;

pub use error::RunError;
pub use follow::Log;
pub use hidden_value::HiddenValue;
pub use invocation::{EnvValue, Invocation, User};
pub use masking::Masking;
pub use runner::{Captured, Runner};
pub use shell::shell_quoted;
pub use stream::Stream;
