//! What is said while work goes on. A workflow says it to a value of these traits; `ui` shows it.

use super::problem::Problem;

/// What a workflow says before it ends.
pub trait Events {
    /// A step that begins or has ended: a word, and what it is about.
    fn status(&self, word: &str, text: &str);
    /// A fact worth knowing.
    fn note(&self, text: &str);
    /// A fact that is easily missed.
    fn warning(&self, text: &str);
    /// Problems that end nothing.
    fn warnings(&self, problems: &[Problem]);
    /// A line that a tool said.
    fn tool_line(&self, line: &str);
}

/// What happens to the components that are built at the same time; `row` is the place of a component in the plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BuildProgress {
    /// The builder starts.
    Began,
    /// A step starts.
    Step(String),
    /// The step that has just started comes from the cache.
    Cached,
    /// A line of the builder's output.
    Line(String),
    /// The image is searched for secrets.
    Searching,
    /// Nothing more comes.
    Ended,
}

/// Shows the progress of builds that run at the same time.
pub trait BuildRows {
    /// The builds begin; the names are those of the rows.
    fn begin(&mut self, names: &[&str]);
    /// Something happens to the component of a row.
    fn progress(&mut self, row: usize, progress: BuildProgress);
    /// No component has said anything for a while: the steps that have begun are going on.
    fn settle(&mut self);
}
