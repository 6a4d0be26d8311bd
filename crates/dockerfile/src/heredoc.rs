//! The marks of heredocs in a joined line: `<<NAME`, `<<-NAME`, `<<"NAME"`, `3<<NAME`.

use super::budget::Budget;
use super::expand::{Style, Variable, expand};
use super::expanded::Expanded;

/// The mark of a heredoc.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Mark {
    /// The name: the text of the line that ends the heredoc.
    pub(super) name: String,
    /// Whether the builder expands the body: no part of the name is quoted.
    pub(super) expands: bool,
    /// Whether tabs at the beginning of lines are removed: `<<-`.
    pub(super) strips_tabs: bool,
    /// Whether blanks stand before the name. Only builders since 2026 accept such a mark.
    pub(super) has_blanks: bool,
}

/// Returns all marks of a line, in order. The builder looks for them with a backslash as escape, whatever the directive
/// says.
pub(super) fn marks(line: &str) -> Vec<Mark> {
    if !line.contains("<<") {
        return Vec::new();
    }
    // A line with an unclosed quote has no mark.
    let words = processed(line, true, true).unwrap_or_default();
    words.words().into_iter().filter_map(mark).collect()
}

/// Parses a word as a mark; none if it is not one.
pub(super) fn mark(word: &str) -> Option<Mark> {
    let rest = word.trim_start_matches(|first: char| first.is_ascii_digit()).strip_prefix("<<")?;
    let (strips_tabs, rest) = rest.strip_prefix('-').map_or((false, rest), |rest| (true, rest));
    let name = rest.trim_start_matches(['\t', '\n', '\u{c}', '\r', ' ']);
    if name.is_empty() || name.contains('<') {
        return None;
    }
    let (plain, quoted) = (processed(name, false, false)?, processed(name, true, false)?);
    let (&[plain], &[quoted]) = (plain.words().as_slice(), quoted.words().as_slice()) else { return None };
    let count = |text: &str| text.matches(['\'', '"']).count();
    Some(Mark {
        name: plain.to_owned(),
        expands: count(plain) == count(quoted),
        strips_tabs,
        has_blanks: name.len() < rest.len(),
    })
}

fn processed(text: &str, keeps_quotes: bool, keeps_escapes: bool) -> Option<Expanded> {
    let style = Style { escape: '\\', quotes: true, keeps_quotes, keeps_escapes };
    expand(text, style, &Budget::new(), &|_| Variable::Unknown).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_stand_at_the_beginning_of_words() {
        let names = |line: &str| marks(line).into_iter().map(|mark| mark.name).collect::<Vec<_>>();
        assert_eq!(names("RUN <<EOF"), ["EOF"]);
        assert_eq!(names("RUN cat <<a 3<<b > f"), ["a", "b"]);
        assert_eq!(names("RUN cat << EOF"), ["EOF"]);
        for none in
            ["RUN cat <<<a", "RUN a<<b", "RUN $((1<<2))", "RUN echo '<<a'", "RUN <<", "RUN it's <<a", r"RUN \<<a"]
        {
            assert_eq!(names(none), [""; 0], "{none}");
        }
    }

    #[test]
    fn a_quoted_name_expands_nothing() {
        let mark = |word: &str| {
            let mark = mark(word).unwrap();
            (mark.name, mark.expands, mark.strips_tabs)
        };
        let of = |name: &str, expands, strips_tabs| (name.to_owned(), expands, strips_tabs);
        assert_eq!(mark("<<a"), of("a", true, false));
        assert_eq!(mark("<<-a"), of("a", true, true));
        assert_eq!(mark("<<'a'"), of("a", false, false));
        assert_eq!(mark("<<-\"a b\""), of("a b", false, true));
        assert_eq!(mark(r"<<\a"), of("a", true, false));
        assert_eq!(mark("<<$a"), of("$a", true, false));
    }
}
