//! The shape of a source file: module documentation, size, no way out by panic.

use crate::Finding;
use crate::source::Source;

/// Lines that a file may have.
const LIMIT: usize = 400;

/// The same for a command, which gathers, decides, shows and does, and no more.
const COMMAND_LIMIT: usize = 250;

/// What no code outside tests does; clippy says so too, but can be told otherwise.
const PANICS: [&str; 6] = [".unwrap()", ".expect(", "panic!", "todo!", "unimplemented!", "unreachable!"];

/// What is wrong with a file's shape.
pub(crate) fn check(source: &Source) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut report = |line, rule: String| findings.push(Finding::new(&source.path, line, rule));
    if !["//! ", "#![doc = include_str!("].iter().any(|begin| source.text.starts_with(begin)) {
        report(1, "begins without `//!` or a README, which says what the file is for".to_owned());
    }
    let lines = source.text.lines().count();
    let limit = if source.path.contains("/commands/") { COMMAND_LIMIT } else { LIMIT };
    if lines > limit {
        report(lines, format!("{lines} lines, at most {limit} are allowed"));
    }
    for (line, code) in source.lines().take_while(|(line, _)| *line < source.tests_begin()) {
        for panic in PANICS.iter().filter(|panic| code.contains(*panic)) {
            report(line, format!("`{panic}` outside tests"));
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules(path: &str, text: &str) -> usize {
        check(&Source::read(path, text)).len()
    }

    #[test]
    fn bad_samples_are_found() {
        assert_eq!(rules("xtask/src/x.rs", "use a;\n"), 1);
        assert_eq!(rules("xtask/src/x.rs", "//! X.\na.unwrap();\n"), 1);
        assert_eq!(rules("xtask/src/x.rs", "//! X.\ntodo!();\n"), 1);
        let long = |lines: usize| format!("//! X.\n{}", "\n".repeat(lines - 1));
        assert_eq!(rules("xtask/src/domain/x.rs", &long(401)), 1);
        assert_eq!(rules("xtask/src/commands/x.rs", &long(251)), 1);
        assert_eq!(rules("xtask/src/commands/x.rs", &long(250)), 0);
    }

    #[test]
    fn good_samples_are_not() {
        assert_eq!(rules("xtask/src/x.rs", "//! X.\n// a.unwrap()\na.unwrap_or(b);\n"), 0);
        assert_eq!(rules("xtask/src/x.rs", "//! X.\n#[cfg(test)]\nmod tests { a.unwrap() }\n"), 0);
        assert_eq!(rules("crates/x/src/lib.rs", "#![doc = include_str!(\"../README.md\")]\n"), 0);
        assert_eq!(rules("xtask/src/x_tests.rs", "//! X.\na.unwrap();\n"), 0);
    }
}
