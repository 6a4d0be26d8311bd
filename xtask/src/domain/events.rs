//! Events of a workflow while it runs. A workflow sends them to a value of these traits; `ui` shows them.

use super::problem::Problem;

/// Receives the messages of a workflow.
pub trait Events {
    /// A step begins or has ended; `word` is the status word, `text` the object.
    fn status(&self, word: &str, text: &str);
    /// A fact worth knowing.
    fn note(&self, text: &str);
    /// A fact that deserves attention.
    fn warning(&self, text: &str);
    /// Problems that do not stop the workflow.
    fn warnings(&self, problems: &[Problem]);
    /// A line that a tool printed.
    fn tool_line(&self, line: &str);
}

/// An event of one of the components that are built at the same time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BuildProgress {
    /// The builder starts.
    Began,
    /// A step starts.
    Step(String),
    /// The step that has just started comes from the layer cache.
    Cached,
    /// A line of the builder's output.
    Line(String),
    /// The image is searched for secrets.
    Searching,
    /// The build of the component has ended.
    Ended,
}

/// Shows the progress of builds that run at the same time. `row` is the index of a component in the plan.
pub trait BuildRows {
    /// The builds begin; `names` are the components, one for each row.
    fn begin(&mut self, names: &[&str]);
    /// An event of the component in a row.
    fn progress(&mut self, row: usize, progress: BuildProgress);
    /// No builder has printed anything for a while, so the steps that have started are still running.
    fn settle(&mut self);
}
