//! Writes text of others into one line of Markdown, so that it stays text.

use shown::printable;

/// Returns the text for a list item: only code in backticks keeps its meaning. Line breaks, control characters and
/// invisible characters are shown as escapes.
pub(super) fn inline(text: &str) -> String {
    let shown = printable(text.trim());
    let mut out = String::with_capacity(shown.len() + 8);
    let mut rest = shown.as_str();
    let mut before = ' ';
    while let Some(first) = rest.chars().next() {
        if first == '`' {
            rest = backticks(rest, &mut out);
            before = '`';
            continue;
        }
        let mut others = rest.chars();
        others.next();
        let next = others.clone().next().unwrap_or(' ');
        let is_special = match first {
            '<' | '[' | ']' | '*' => true,
            '_' => !(before.is_alphanumeric() && next.is_alphanumeric()),
            '&' => next == '#' || next.is_ascii_alphabetic(),
            '~' => next == '~' || before == '~',
            '#' | '+' | '-' | '=' | '>' | '|' => out.is_empty(),
            '.' | ')' => next == ' ' && !out.is_empty() && out.bytes().all(|byte| byte.is_ascii_digit()),
            _ => false,
        };
        if is_special {
            out.push('\\');
        }
        out.push(first);
        before = first;
        rest = others.as_str();
        // `printable` has doubled the backslashes of the text.
        if let (true, Some(behind)) = (first == '\\', rest.strip_prefix('\\')) {
            out.push('\\');
            rest = behind;
        }
    }
    out
}

/// Writes a run of backticks: with the code up to the same run, or as text if there is none. Returns the rest.
fn backticks<'a>(text: &'a str, out: &mut String) -> &'a str {
    let inside = text.trim_start_matches('`');
    let (run, _) = text.split_at(text.len() - inside.len());
    let Some(end) = same_run(inside, run.len()) else {
        run.chars().for_each(|tick| out.extend(['\\', tick]));
        return inside;
    };
    let (code, rest) = inside.split_at(end);
    let (_, rest) = rest.split_at(run.len());
    // A backslash in code stands for itself.
    out.extend([run, &code.replace("\\\\", "\\"), run]);
    rest
}

/// Returns where the first run of exactly this many backticks begins.
fn same_run(text: &str, length: usize) -> Option<usize> {
    let mut at = 0;
    loop {
        let start = at + text.get(at..)?.find('`')?;
        let found = text.get(start..)?;
        let run = found.len() - found.trim_start_matches('`').len();
        if run == length {
            return Some(start);
        }
        at = start + run;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn text_stays_text() {
        for (text, expected) in [
            ("frontend: sort tasks by name", "frontend: sort tasks by name"),
            ("use `a_b` and ``x`y``", "use `a_b` and ``x`y``"),
            ("a ` alone", r"a \` alone"),
            ("``a`", r"\`\`a\`"),
            ("# no heading", r"\# no heading"),
            ("C# is fine - a + b", "C# is fine - a + b"),
            ("- no list", r"\- no list"),
            ("1. no list", r"1\. no list"),
            ("1.0 is no list", "1.0 is no list"),
            ("> no quote", r"\> no quote"),
            ("<script>x</script>", r"\<script>x\</script>"),
            ("[x](http://y) ![z](w)", r"\[x\](http://y) !\[z\](w)"),
            ("**b** and snake_case and __init__", r"\*\*b\*\* and snake_case and \_\_init\_\_"),
            ("a & b &lt; c", r"a & b \&lt; c"),
            ("~~a~~ ~b", r"\~\~a\~\~ ~b"),
            (r"C:\*", r"C:\\\*"),
            (r"`\d+`", r"`\d+`"),
            ("a\nb\u{1b}[31m", r"a\u{a}b\u{1b}\[31m"),
            ("a\u{202e}b", r"a\u{202e}b"),
            ("  ", ""),
        ] {
            assert_eq!(inline(text), expected, "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn the_result_is_one_line_and_keeps_the_letters(text in "[ -~\u{0}-\u{20}é\u{202e}`\\\\<_*#]*") {
            let shown = inline(&text);
            prop_assert!(!shown.chars().any(char::is_control), "{:?}", shown);
            let letters = |text: &str| text.chars().filter(char::is_ascii_uppercase).collect::<String>();
            prop_assert_eq!(letters(&shown), letters(&text));
            prop_assert_eq!(unescaped_ticks(&shown) % 2, 0, "{:?}", shown);
        }
    }

    /// The backticks that no backslash outside of code makes text.
    fn unescaped_ticks(text: &str) -> usize {
        let (mut count, mut rest) = (0, text);
        while let Some(first) = rest.chars().next() {
            if first == '`' {
                let inside = rest.trim_start_matches('`');
                let run = rest.len() - inside.len();
                let Some(end) = same_run(inside, run) else { return count + run };
                count += 2 * run;
                rest = &inside[end + run..];
            } else if first == '\\' {
                rest = rest.get(2..).unwrap_or_else(|| rest.get(1..).unwrap_or_default());
            } else {
                rest = &rest[first.len_utf8()..];
            }
        }
        count
    }
}
