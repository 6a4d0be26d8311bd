//! Renders a problem as text: `error:`, its place, causes, notes and hints.

use std::fmt::Write as _;

use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet as Source};
use anstyle::Style;

use super::style;
use crate::domain::problem::{Place, Problem, Snippet};

/// Renders a problem as an error, with styles and a final line end.
pub fn render(problem: &Problem) -> String {
    render_as(problem, Level::ERROR, ("error", style::ERROR))
}

/// Renders a problem as a warning, with styles and a final line end.
pub fn render_warning(problem: &Problem) -> String {
    render_as(problem, Level::WARNING, ("warning", style::WARNING))
}

fn render_as(problem: &Problem, level: Level<'_>, (word, style): (&str, Style)) -> String {
    let (note, dim) = (style::NOTE, style::DIM);
    let rule = problem.rule.map_or(String::new(), |rule| format!("[{rule}]"));
    let title = format!("{style}{word}{rule}{style:#}: {}\n", problem.message);
    let mut text = match problem.place.as_deref() {
        Some(Place { file, snippet: Some(snippet), .. }) => with_source(problem, level, file, snippet),
        Some(place) => format!("{title}  {dim}-->{dim:#} {}\n", position(place)),
        None => title,
    };
    for cause in &problem.causes {
        let _infallible = writeln!(text, "{dim}caused by{dim:#}: {}", indented(cause));
    }
    for fact in &problem.notes {
        let _infallible = writeln!(text, "{note}note{note:#}: {}", indented(fact));
    }
    for hint in &problem.hints {
        let _infallible = writeln!(text, "{note}hint{note:#}: {}", indented(hint));
    }
    text
}

/// Indents all lines of a text but the first.
fn indented(text: &str) -> String {
    text.replace('\n', "\n  ")
}

fn position(place: &Place) -> String {
    match place.column {
        0 if place.line == 0 => place.file.clone(),
        0 => format!("{}:{}", place.file, place.line),
        column => format!("{}:{}:{column}", place.file, place.line),
    }
}

/// Renders the message with the marked part of its file.
fn with_source(problem: &Problem, level: Level<'_>, file: &str, snippet: &Snippet) -> String {
    let start = snippet.span.start;
    let marked = snippet.source.get(snippet.span.clone()).unwrap_or_default();
    // A table may span many lines; only its first one is marked.
    let end = start + marked.find('\n').unwrap_or(marked.len());
    let annotation = AnnotationKind::Primary.span(start..end);
    let annotation = if snippet.label.is_empty() { annotation } else { annotation.label(snippet.label.as_str()) };
    let source =
        Source::source(snippet.source.as_ref()).line_start(snippet.first_line).path(file).annotation(annotation);
    let title = level.primary_title(problem.message.as_str());
    let title = if let Some(rule) = problem.rule { title.id(rule) } else { title };
    format!("{}\n", Renderer::styled().render(&[title.element(source)]))
}
