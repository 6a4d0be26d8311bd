//! Child processes that always end.

mod child;
mod hidden_value;
mod invocation;
mod masking;
mod runner;
mod shell;
pub mod signals;
mod stream;

pub use hidden_value::HiddenValue;
pub use invocation::{EnvValue, Invocation};
pub use masking::Masking;
pub use runner::{Captured, Log, RunError, Runner};
pub use shell::shell_quoted;
pub use stream::Stream;
