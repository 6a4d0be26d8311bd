//! Patterns in `${name#…}`, `${name%…}` and `${name/…/…}`: `*`, `?`, and escapes of these two and of the escape itself.

use super::budget::Budget;

/// One step of a pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    Plain(char),
    One,
    Any,
}

/// Parses a pattern; none if it escapes a character that must not be escaped.
fn parse(text: &str) -> Option<Vec<Step>> {
    let mut steps = Vec::new();
    let mut rest = text.chars().peekable();
    while let Some(character) = rest.next() {
        steps.push(match character {
            '*' => Step::Any,
            '?' => Step::One,
            // The substitution's own closing characters need an escape that is not part of the pattern.
            '\\' if matches!(rest.peek(), Some('}' | '/')) => continue,
            '\\' => Step::Plain(rest.next().filter(|next| matches!(next, '*' | '?' | '\\'))?),
            other => Step::Plain(other),
        });
    }
    Some(steps)
}

/// Returns the possible lengths of a match at the start of the text, shortest first; none if the budget is spent.
fn ends(pattern: &[Step], text: &[char], budget: &Budget) -> Option<Vec<usize>> {
    let mut open = vec![0];
    for step in pattern {
        counted::count(open.len());
        if open.is_empty() {
            break;
        }
        if !budget.takes_steps(open.len()) {
            return None;
        }
        open = match step {
            Step::Plain(plain) => after(&open, |at| text.get(at) == Some(plain)),
            Step::One => after(&open, |at| text.get(at).is_some_and(|next| *next != '\n')),
            Step::Any => {
                let mut next: Vec<usize> = Vec::new();
                for at in open {
                    let mut end = at.max(next.last().map_or(0, |last| last + 1));
                    // An earlier position has covered this range already.
                    if at < end {
                        continue;
                    }
                    next.push(end);
                    // No wildcard matches a line end.
                    while text.get(end).is_some_and(|next| *next != '\n') {
                        end += 1;
                        next.push(end);
                    }
                }
                if !budget.takes_steps(next.len()) {
                    return None;
                }
                next
            }
        };
    }
    Some(open)
}

/// Returns the positions after those at which a character matches.
fn after(open: &[usize], matches: impl Fn(usize) -> bool) -> Vec<usize> {
    open.iter().copied().filter(|at| matches(*at)).map(|at| at + 1).collect()
}

/// Removes the shortest or longest match at the start of the value; none if the pattern is not valid.
pub(super) fn without_prefix(pattern: &str, value: &str, longest: bool, budget: &Budget) -> Option<String> {
    let text: Vec<char> = value.chars().collect();
    let ends = ends(&parse(pattern)?, &text, budget)?;
    let end = if longest { ends.last() } else { ends.first() };
    Some(text.into_iter().skip(end.copied().unwrap_or_default()).collect())
}

/// Removes the shortest or longest match at the end of the value; none if the pattern is not valid.
///
/// Pattern and value are reversed, as in the builder. An escape stays before the character that it escapes.
pub(super) fn without_suffix(pattern: &str, value: &str, longest: bool, budget: &Budget) -> Option<String> {
    let mut units: Vec<String> = Vec::new();
    let mut rest = pattern.chars();
    while let Some(first) = rest.next() {
        let escaped = (first == '\\').then(|| rest.next()).flatten();
        units.push(std::iter::once(first).chain(escaped).collect());
    }
    let backwards: String = units.into_iter().rev().collect();
    let rest = without_prefix(&backwards, &value.chars().rev().collect::<String>(), longest, budget)?;
    Some(rest.chars().rev().collect())
}

/// Replaces the first match or all matches by a text, each as long as possible; none if the pattern is not valid.
pub(super) fn replace(pattern: &str, value: &str, (with, all): (&str, bool), budget: &Budget) -> Option<String> {
    let pattern = parse(pattern)?;
    let text: Vec<char> = value.chars().collect();
    let mut replaced = String::new();
    let (mut at, mut last_end, mut done) = (0, None, false);
    while let Some(rest) = text.get(at..) {
        // An empty match directly behind another match does not count.
        if done {
            replaced.extend(rest);
            break;
        }
        let end = ends(&pattern, rest, budget)?.last().map(|length| at + length);
        let end = end.filter(|end| *end > at || last_end != Some(at));
        if let Some(end) = end {
            if !budget.takes(with.len()) {
                return None;
            }
            replaced.push_str(with);
            done = !all;
            last_end = Some(end);
            if end > at {
                at = end;
                continue;
            }
        }
        replaced.extend(rest.first());
        at += 1;
    }
    Some(replaced)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn matches_are_as_short_or_as_long_as_they_can_be() {
        let cut = |pattern: &str, longest| {
            let value = "a.b.a.b";
            (
                without_prefix(pattern, value, longest, &Budget::new()).unwrap(),
                without_suffix(pattern, value, longest, &Budget::new()).unwrap(),
            )
        };
        let both = |prefix: &str, suffix: &str| (prefix.to_owned(), suffix.to_owned());
        assert_eq!(cut("*.", false), both("b.a.b", "a.b.a.b"));
        assert_eq!(cut("*.", true), both("b", "a.b.a.b"));
        assert_eq!(cut(".*", false), both("a.b.a.b", "a.b.a"));
        assert_eq!(cut(".*", true), both("a.b.a.b", "a"));
        assert_eq!(cut("a?b", false), both(".a.b", "a.b."));
        assert_eq!(cut("x", false), both("a.b.a.b", "a.b.a.b"));
        assert_eq!(cut("*", true), both("", ""));
        assert_eq!(cut("*", false), both("a.b.a.b", "a.b.a.b"));
        assert_eq!(cut("", true), both("a.b.a.b", "a.b.a.b"));
    }

    #[test]
    fn replacing_takes_the_first_or_every_match() {
        let replaced = |value: &str, pattern: &str, all| replace(pattern, value, ("X", all), &Budget::new()).unwrap();
        assert_eq!(replaced("abab", "b", false), "aXab");
        assert_eq!(replaced("abab", "b", true), "aXaX");
        assert_eq!(replaced("abab", "a*", false), "X");
        assert_eq!(replaced("abc", "*", true), "X");
        assert_eq!(replaced("abc", "", false), "Xabc");
        assert_eq!(replaced("abc", "", true), "XaXbXcX");
        assert_eq!(replaced("", "*", true), "X");
        assert_eq!(replaced("abc", "?", true), "XXX");
        assert_eq!(replaced("a\nb", "a*b", true), "a\nb");
        assert_eq!(replaced("größe", "ö?e", true), "grX");
    }

    #[test]
    fn escapes_are_for_what_is_special() {
        assert_eq!(parse(r"\*\?\\"), Some(vec![Step::Plain('*'), Step::Plain('?'), Step::Plain('\\')]));
        assert_eq!(parse(r"a\}\/"), Some(vec![Step::Plain('a'), Step::Plain('}'), Step::Plain('/')]));
        assert_eq!(parse(r"\a"), None);
        assert_eq!(parse("a\\"), None);
        assert_eq!(without_suffix(r"\**", "a*b*c", true, &Budget::new()).as_deref(), Some("a"));
        // In the reversed pattern, the escape at the end stands before a character.
        assert_eq!(without_suffix("b*\\", "a*b", false, &Budget::new()).as_deref(), Some("a*b"));
    }
}
