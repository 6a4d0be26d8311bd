//! Reads `[[allow]]`: checks that an exception is complete, and that it does not cover too much.

use super::Component;
use super::section::{Located, Section, Sink, place};
use crate::domain::finding::{Day, Exception, Rule, fixed_part, is_pattern};
use crate::domain::paths::normalize;
use crate::domain::problem::Problem;
use crate::domain::rules::Rules;
use crate::domain::text::{nearest, ticked_list};

/// Length of the shortest text that counts as a reason, in characters.
const SHORTEST_REASON: usize = 10;

/// Returns the valid exceptions of the file; reports what is wrong with the others.
pub(super) fn exceptions(sink: &Sink, rules: Rules, sections: &[Section<'_>]) -> Vec<Exception> {
    sections.iter().filter_map(|section| exception(sink, rules, section)).collect()
}

fn exception(sink: &Sink, rules: Rules, section: &Section<'_>) -> Option<Exception> {
    let written = place(&sink.file, &sink.source, section.span.clone(), "");
    let place = section.string("place").and_then(|place| checked_place(sink, place));
    let rule = section.string("rule").and_then(|rule| checked_rule(sink, rules, rule));
    let reason = section.string("reason").and_then(|text| reason(sink, "allow", text));
    let expires = section.day("expires").and_then(|day| match day.value.parse::<Day>() {
        Ok(day) => Some(day),
        Err(error) => {
            sink.report(day.span, "", Problem::new(format!("invalid `allow.expires`: {error}")));
            None
        }
    });
    Some(Exception { place: place?, rule: rule?, reason: reason?, expires: expires?, written })
}

/// Checks that a place is a path of the repository, or one of the other places that findings have.
fn checked_place(sink: &Sink, place: Located<String>) -> Option<String> {
    let Located { value, span } = place;
    let other =
        ["build-arg:", "proxy:", "image:"].iter().any(|start| value.len() > start.len() && value.starts_with(start));
    if covers_too_much(&value) {
        let problem = Problem::new(format!("`allow.place` covers too much: `{value}`"))
            .note("a folder or a pattern begins with the name of a folder that is not a whole image or context")
            .hint("name the folder that it is for, such as `image:frontend:/app/node_modules/NAME/**`");
        sink.report(span, "", problem);
        return None;
    }
    if other {
        return Some(value.trim_end_matches('/').to_owned());
    }
    // The place of an instruction consists of its file and what it sets.
    let (path, what) = value
        .split_once(':')
        .map_or((value.as_str(), ""), |(path, _)| (path, value.get(path.len()..).unwrap_or_default()));
    if let Ok(path) = normalize(path) {
        return Some(path + what);
    }
    let problem = Problem::new(format!("`allow.place` is no place of this repository: `{value}`"))
        .hint("give a place as a finding names it in `--json`: a path, `frontend/Dockerfile:ENV NAME`, `image:frontend:/path`");
    sink.report(span, "", problem);
    None
}

/// Whether a place covers everything: a whole image, or a pattern that does not begin with the name of a folder.
fn covers_too_much(place: &str) -> bool {
    match place.strip_prefix("image:").and_then(|rest| rest.split_once(':')) {
        Some((component, path)) => {
            is_pattern(component)
                || !path.is_empty() && path.trim_end_matches('/').is_empty()
                || is_pattern(path) && fixed_part(path).trim_start_matches('/').is_empty()
        }
        None => is_pattern(place) && fixed_part(place).is_empty(),
    }
}

/// Returns the problem of an exception for something that no component has. No build would ever report that it is
/// unused.
pub(super) fn of_nothing(exception: &Exception, components: &[Component]) -> Option<Problem> {
    let place = &exception.place;
    let image = place.strip_prefix("image:").map(|rest| rest.split(':').next().unwrap_or_default());
    let arg = place.strip_prefix("build-arg:");
    let names: Vec<&str> = components.iter().map(|component| component.name.as_str()).collect();
    let args: Vec<&str> =
        components.iter().flat_map(|component| &component.build_args).map(|arg| arg.name.as_str()).collect();
    let (what, known, name) = match (image, arg) {
        (Some(name), _) => ("component", names, name),
        (None, Some(name)) => ("build arg", args, name),
        (None, None) => return of_whole_context(exception, components),
    };
    if known.contains(&name) {
        return None;
    }
    let problem = Problem::new(format!("`allow.place` is about {what} `{name}`, which does not exist"));
    let problem = problem.at(exception.written.clone());
    Some(match nearest(name, &known) {
        Some(near) => problem.hint(format!("did you mean `{near}`?")),
        None => problem,
    })
}

/// Returns the problem of an exception for a component's whole context.
fn of_whole_context(exception: &Exception, components: &[Component]) -> Option<Problem> {
    let place = &exception.place;
    let rest = |component: &&Component| {
        let rest = place.strip_prefix(component.context.as_str());
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/') && !rest.contains(char::is_alphanumeric))
    };
    let component = components.iter().find(rest)?;
    let message = format!("`allow.place` covers the whole context of component `{}`: `{place}`", component.name);
    let hint = format!("name the folder or the file that it is for, such as `{}/tests`", component.context);
    Some(Problem::new(message).at(exception.written.clone()).hint(hint))
}

fn checked_rule(sink: &Sink, rules: Rules, rule: Located<String>) -> Option<Rule> {
    let Located { value, span } = rule;
    match rules.find(&value) {
        Some(Rule { never_allowed: Some(reason), .. }) => {
            let problem = Problem::new(format!("rule `{value}` cannot be allowed anywhere")).note(reason);
            sink.report(span, "", problem);
        }
        Some(rule) => return Some(rule),
        None => {
            let known: Vec<&str> = rules.all().map(|rule| rule.id).collect();
            let problem = Problem::new(format!("there is no rule `{value}`"));
            let problem = match nearest(&value, &known) {
                Some(near) => problem.hint(format!("did you mean `{near}`?")),
                None => problem.hint(format!("list the rules with {}", ticked_list(&rules.listed_by()))),
            };
            sink.report(span, "", problem);
        }
    }
    None
}

/// Checks that a text is a reason.
pub(super) fn reason(sink: &Sink, table: &str, reason: Located<String>) -> Option<String> {
    if reason.value.trim().chars().count() >= SHORTEST_REASON {
        return Some(reason.value);
    }
    let problem = Problem::new(format!("`{table}.reason` gives no reason")).hint("say why this finding is acceptable");
    sink.report(reason.span, "", problem);
    None
}
