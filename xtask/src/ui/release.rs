//! Shows a release to people: the preflight, the plan, the question, and the steps.

use super::progress::Board;
use super::{Ui, say, style};
use crate::domain::events::{BuildRows, Events};
use crate::domain::release::events::{ReleaseEvent, ReleaseEvents};
use crate::domain::release::preflight::{Line, LineState};
use crate::domain::release::step::Step;

impl ReleaseEvents for Ui {
    fn release(&self, event: ReleaseEvent<'_>) {
        match event {
            ReleaseEvent::Preflight(lines) => {
                let width = lines.iter().map(|line| line.name.len()).max().unwrap_or_default();
                for line in lines {
                    self.preflight_line(line, width);
                }
            }
            ReleaseEvent::Plan(commands) => commands.iter().for_each(|command| self.status("Plan", command)),
            ReleaseEvent::Question(question) => say(question),
            ReleaseEvent::Begins(step, what) => self.status(word(step), what),
            ReleaseEvent::ToolLine(line) if self.verbose => self.tool_line(line),
            ReleaseEvent::ToolLine(_) => {}
            ReleaseEvent::Undoing => self.status("Undoing", "the release; a second interrupt leaves it half undone"),
        }
    }

    fn rows(&self) -> Box<dyn BuildRows + '_> {
        Box::new(Board::new(*self))
    }
}

impl Ui {
    /// Prints a line of the preflight; with `--quiet`, only those that need attention.
    fn preflight_line(self, line: &Line, width: usize) {
        let style = match line.state {
            LineState::Ok => style::STATUS,
            LineState::Skipped => style::DIM,
            LineState::Warning => style::WARNING,
            LineState::Refused => style::ERROR,
        };
        if self.quiet && matches!(line.state, LineState::Ok | LineState::Skipped) {
            return;
        }
        say(&format!("{style}{:>12}{style:#} {:width$}  {}\n", line.state.name(), line.name, line.text));
        for repair in &line.repairs {
            let note = style::NOTE;
            say(&format!("{:>12} {:width$}  {note}hint{note:#}: {repair}\n", "", ""));
        }
    }
}

/// Returns the word for a step that begins.
fn word(step: Step) -> &'static str {
    match step {
        Step::Commit => "Committing",
        Step::Build => "Preparing",
        Step::Verify => "Verifying",
        Step::Load | Step::Deliver => "Delivering",
        Step::Upload => "Uploading",
        Step::Sign => "Signing",
        Step::Publish => "Publishing",
        Step::Push => "Pushing",
        Step::Promote => "Naming",
        Step::Record => "Recording",
    }
}
