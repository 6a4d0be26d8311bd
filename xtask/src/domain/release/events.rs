//! Events of a release while it runs. The workflow sends them to a value of `ReleaseEvents`; `ui` shows them.

use super::preflight::Line;
use super::step::Step;
use crate::domain::events::BuildRows;
use crate::domain::minikube::events::LoadEvents;

/// An event of a release.
#[derive(Clone, Copy, Debug)]
pub enum ReleaseEvent<'a> {
    /// The preflight has ended with these lines.
    Preflight(&'a [Line]),
    /// What the release would do; each entry is a line.
    Plan(&'a [String]),
    /// A question that is answered at the terminal.
    Question(&'a str),
    /// A step begins.
    Begins(Step, &'a str),
    /// A line of a program's output.
    ToolLine(&'a str),
    /// What was done so far is being undone.
    Undoing,
}

/// Receives the events of a release.
pub trait ReleaseEvents: LoadEvents {
    /// Handles an event.
    fn release(&self, event: ReleaseEvent<'_>);
    /// Returns the rows for builds.
    fn rows(&self) -> Box<dyn BuildRows + '_>;
}
