//! A problem as text: `error:`, its place, causes, notes and hints.

use std::fmt::Write as _;

use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet as Source};

use super::style;
use crate::domain::problem::{Place, Problem};

/// The whole message, styled, with a line end.
pub fn render(problem: &Problem) -> String {
    let (error, note, dim) = (style::ERROR, style::NOTE, style::DIM);
    let mut text = format!("{error}error{error:#}: {}\n", problem.message);
    if let Some(place) = &problem.place {
        text.push_str(&place_text(place));
    }
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

/// Further lines of a text stand below its first one.
fn indented(text: &str) -> String {
    text.replace('\n', "\n  ")
}

fn place_text(place: &Place) -> String {
    let Some(snippet) = &place.snippet else {
        let column = if place.column == 0 { String::new() } else { format!(":{}", place.column) };
        return format!("  --> {}:{}{column}\n", place.file, place.line);
    };
    let end = snippet.span.end.clamp(snippet.span.start, snippet.source.len());
    // Tables span many lines; the first one says enough.
    let first_line = snippet.source.get(snippet.span.start..end).and_then(|text| text.find('\n'));
    let end = first_line.map_or(end, |length| snippet.span.start + length);
    let annotation = AnnotationKind::Primary.span(snippet.span.start..end);
    let annotation = if snippet.label.is_empty() { annotation } else { annotation.label(snippet.label.as_str()) };
    let source = Source::source(snippet.source.as_ref()).path(place.file.as_str()).annotation(annotation);
    let group = Level::ERROR.no_name().primary_title("").element(source);
    let rendered = Renderer::styled().render(&[group]);
    // The first line would be the title, which we have already.
    let body = rendered.split_once('\n').map_or("", |(_, body)| body);
    format!("{body}\n")
}
