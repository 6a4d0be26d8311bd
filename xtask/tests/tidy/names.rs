//! Names and values are bytes: nothing turns them into text that has lost some, and names are shown by `shown` alone.

use crate::Finding;
use crate::source::Source;

/// What replaces bytes that are not UTF-8, or leaves a value out that has some, and what to use instead.
const LOSSY: [(&str, &str); 5] = [
    (".display()", "show a path with `shown::shown_path`"),
    (".to_string_lossy(", "pass it on as `OsStr`, or show it with `shown::printable`"),
    ("env::var(", "read a variable with `env::var_os`"),
    ("env::vars(", "read the variables with `env::vars_os`"),
    ("env::args(", "read the arguments with `env::args_os`"),
];

/// The lossy conversions in the code of a file; its tests may show what they like.
pub(crate) fn check(source: &Source) -> Vec<Finding> {
    let end = source.tests_begin();
    let lines = source.lines().take_while(|(line, _)| *line < end);
    let found = lines.flat_map(|(line, code)| {
        let lossy = LOSSY.iter().filter(move |(call, _)| code.contains(call));
        lossy.map(move |(call, instead)| Finding::new(&source.path, line, format!("`{call}` loses bytes: {instead}")))
    });
    found.collect()
}

#[test]
fn lossy_conversions_are_found() {
    let lines =
        |code: &str| check(&Source::read("x/src/y.rs", code)).iter().map(|found| found.line).collect::<Vec<_>>();
    let bad = [
        "format!(\"{}\", path.display())",
        "name.to_string_lossy()",
        "std::env::var(\"A\")",
        "env::vars()",
        "let x =\n    path\n    .display();",
    ];
    assert_eq!(bad.map(|code| lines(code).len()), [1; 5]);
    let good = "// path.display()\nenv::var_os(\"A\"); env::vars_os(); shown_path(path); \"env::var(\";\n\
                #[cfg(test)]\nmod tests { fn f() { path.display() } }\n";
    assert_eq!(lines(good), Vec::<usize>::new());
}
