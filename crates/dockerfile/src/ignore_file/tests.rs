//! Tables of Docker's decisions; each row was checked against moby's own matcher.

use super::*;

fn excluded(text: &str, path: &str) -> bool {
    IgnoreFile::parse(text).unwrap().decide(path).excluded
}

/// Rows: an ignore file in one line (`|` ends a line), the paths that are excluded, the paths that are sent.
#[track_caller]
fn table(rows: &[(&str, &[&str], &[&str])]) {
    for (lines, out, sent) in rows {
        let text = lines.replace('|', "\n");
        for path in *out {
            assert!(excluded(&text, path), "`{lines}` should exclude `{path}`");
        }
        for path in *sent {
            assert!(!excluded(&text, path), "`{lines}` should not exclude `{path}`");
        }
    }
}

#[test]
fn patterns_are_anchored_at_the_root_and_take_folders_with_all_that_is_in_them() {
    table(&[
        (
            "node_modules",
            &["node_modules", "node_modules/a", "node_modules/a/b.js"],
            &["web/node_modules", "node_modules2"],
        ),
        ("*.md", &["README.md", ".md", "x.md/a"], &["docs/README.md", "README.MD", "README.md2"]),
        (".env*", &[".env", ".env.local", ".env/x"], &["config/.env", "x.env"]),
        ("tests/", &["tests", "tests/x"], &["a/tests"]),
        ("/a/b", &["a/b", "a/b/c"], &["a", "b", "x/a/b"]),
        ("a/*", &["a/b", "a/b/c"], &["a", "b"]),
        ("a/*/c", &["a/b/c", "a/b/c/d"], &["a/c", "a/b/x/c"]),
        ("a?c", &["abc", "aéc"], &["ac", "a/c", "abbc"]),
        ("*", &["a", ".a", "a/b"], &[]),
        ("*/*", &["a/b", "a/b/c"], &["a"]),
        ("", &[], &["a"]),
        (".", &[], &["a", ".a"]),
        ("..", &[], &["a"]),
        ("/", &[], &["a"]),
    ]);
}

#[test]
fn two_stars_cross_folders() {
    table(&[
        (
            "**/node_modules",
            &["node_modules", "a/node_modules", "a/b/node_modules/c"],
            &["node_modules2", "a/xnode_modules"],
        ),
        ("**/*.md", &["a.md", "x/a.md", "x/y/a.md"], &["a.mdx", "md"]),
        ("**/.env*", &[".env", "a/.env.local"], &["a/x.env"]),
        ("a/**", &["a/b", "a/b/c"], &["a", "ab", "x/a/b"]),
        ("a**", &["a", "ab", "ab/c"], &["b", "x/a"]),
        ("**a", &["a", "ba", "b/ca", "xa/b"], &["ab"]),
        ("**", &["a", "a/b"], &[]),
        ("a/**/b", &["a/b", "a/x/b", "a/x/y/b/z"], &["ab", "a/xb", "x/a/b"]),
        ("a**b", &["ab", "a/b", "ax/b", "ax/y/b"], &["axb"]),
        ("**/a/**/b", &["a/b", "x/a/y/b"], &["b", "xa/b"]),
        ("a/**/*", &["a/b", "a/b/c"], &["a"]),
        ("**/a/**", &["a/b", "x/a/b"], &["a", "x/a", "xa/b"]),
        ("**/", &["a", "a/b"], &[]),
        ("***", &["a", "a/b"], &[]),
    ]);
}

#[test]
fn classes_and_escapes() {
    table(&[
        ("[ab]", &["a", "b", "a/x"], &["c", "ab", "[ab]"]),
        ("[a-c]x", &["ax", "cx"], &["dx", "x"]),
        ("[^a]", &["b", "^"], &["a", "bb"]),
        ("[!a]", &["!", "a"], &["b"]),
        ("a[^b]c", &["axc", "a/c"], &["abc", "ac"]),
        (r"[\]]", &["]"], &["a"]),
        (r"[\-a]", &["-", "a"], &["b"]),
        ("[.]a", &[".a"], &["aa"]),
        (r"\*", &["*"], &["a", r"\*"]),
        (r"\?x", &["?x"], &["ax"]),
        (r"a\ b", &["a b"], &["ab"]),
        (r"\#a|\!b", &["#a", "!b"], &["a", "b"]),
        ("{a,b}", &["{a,b}"], &["a", "b"]),
        ("a]*", &["a]", "a]b"], &["a"]),
        ("(a)+$.*", &["(a)+$.", "(a)+$.x"], &["a$", "(a)+$x"]),
        ("^a", &["^a"], &["a"]),
        // As soon as the pattern needs a regular expression, `^` is an anchor in it.
        ("^a*", &["a", "ab"], &["^a"]),
        ("a^*", &[], &["a^", "a"]),
    ]);
}

#[test]
fn the_last_pattern_that_matches_decides() {
    table(&[
        ("*.md|!README.md", &["a.md"], &["README.md"]),
        ("*.md|!README*.md|README-secret.md", &["a.md", "README-secret.md"], &["README.md"]),
        ("!README.md|*.md", &["README.md"], &[]),
        ("a|!a/b", &["a", "a/c", "a/c/b"], &["a/b", "a/b/c"]),
        // Nothing is excluded at `a`, so `!a` is not tried there and does not count inside.
        ("a/b|!a", &["a/b", "a/b/c"], &["a"]),
        ("a/b|!a|!a/*", &[], &["a/b", "a/b/c"]),
        // `a/b` is not tried on a folder that `a` excludes already.
        ("a|!a/b/c|a/b", &["a/b", "a/b/d"], &["a/b/c"]),
        ("**/a|!x/a/keep", &["a", "a/keep", "x/a/y"], &["x/a/keep", "x/a/keep/z"]),
        ("*|!a|!b/c", &["d", "b", "b/d"], &["a", "a/x", "b/c"]),
        ("**|!**/*.ts", &["a.js", "x/a.js"], &["a.ts", "x/y/a.ts"]),
        ("a|! a/b", &["a/c"], &["a/b"]),
        ("a|!/a/b", &["a/c"], &["a/b"]),
        ("!!a", &[], &["a", "!a"]),
        ("*|!!a", &["a"], &["!a"]),
        ("*|/!a", &["b"], &["a"]),
        ("a|!.|!*", &[], &["a"]),
    ]);
}

#[test]
fn lines_are_read_as_docker_does() {
    table(&[
        ("\u{feff}a", &["a"], &["\u{feff}a"]),
        ("\u{feff}#a|b", &["b"], &["#a"]),
        // A mark on a later line is lost only where the pattern becomes a regular expression.
        ("a|\u{feff}.env*", &["a", ".env", ".env.x"], &["\u{feff}.env"]),
        ("*|!\u{feff}.env*", &["a"], &[".env", ".env.x"]),
        ("a|\u{feff}.env", &["a", "\u{feff}.env"], &[".env"]),
        ("a|\u{feff}**/b|\u{feff}c/**", &["a", "\u{feff}c/d"], &["b", "x/b", "c/d"]),
        ("a|\u{feff}**/b*", &["b", "x/b"], &["c"]),
        ("#a|# b", &[], &["#a", "a", "b"]),
        (" #a", &["#a"], &["a"]),
        ("\ta\t ||  ", &["a"], &[]),
        ("a\r|b\r", &["a", "b"], &[]),
        ("a # b", &["a # b"], &["a"]),
        ("./a//b/../c/", &["a/c"], &["a/b", "a"]),
        ("../a", &[], &["a"]),
        ("/../a", &["a"], &[]),
        ("a/..", &[], &["a"]),
        ("/ a", &["a"], &[" a"]),
        ("é", &["é"], &["e"]),
    ]);
}

#[test]
fn malformed_lines_stop_the_build() {
    let reason = |text: &str| IgnoreFile::parse(text).map(|_| ()).unwrap_err();
    let error = |line, reason| IgnoreError { line, reason };
    for class in ["[", "[a", "[]", "[]a]", "[-a]", "[a-]", "[z-a]", "[^]", "x/[", r"[\", "![", "**/[a"] {
        assert_eq!(reason(&format!("ok\n\n{class}\n")), error(3, IgnoreReason::Class), "{class}");
    }
    for alone in ["!", " !  ", "!/", "! /"] {
        assert_eq!(reason(alone), error(1, IgnoreReason::Alone), "{alone}");
    }
    assert_eq!(reason("a\nb\\"), error(2, IgnoreReason::Escape));
    for regular in [r"a\b", r"src\bin", r"\d", "[*]", "[?a]", "[[a]", r"[\w]", r"\é"] {
        assert_eq!(reason(regular), error(1, IgnoreReason::Regular), "{regular}");
    }
    let line = |length: usize, end: &str| "a".repeat(length) + end;
    assert_eq!(reason(&line(65_536, "")), error(1, IgnoreReason::TooLong));
    assert_eq!(reason(&line(65_536, "\n")), error(1, IgnoreReason::TooLong));
    assert_eq!(reason(&format!("#\n#{}", line(65_535, "\r\n"))), error(2, IgnoreReason::TooLong));
    assert!(IgnoreFile::parse(&line(65_535, "\n")).is_ok() && IgnoreFile::parse(&line(65_535, "")).is_ok());
}

#[test]
fn a_decision_names_its_line() {
    let file = IgnoreFile::parse("# all\n*\n\n!src\nsrc/*.log\n").unwrap();
    let line = |path: &str| (file.decide(path).excluded, file.decide(path).by);
    assert_eq!(line("a/b"), (true, Some(2)));
    assert_eq!(line("src/a/b"), (false, Some(4)));
    assert_eq!(line("src/a.log"), (true, Some(5)));
    assert_eq!(IgnoreFile::parse("a").unwrap().decide("b"), Decision::default());
    assert_eq!(file.decide(""), Decision::default());
    assert_eq!(file.decide("."), Decision::default());
    assert!(IgnoreFile::parse("# a\n\n").unwrap().is_empty() && !file.is_empty());
}

#[test]
fn folders_are_skipped_if_nothing_can_come_back() {
    let skips = |lines: &str, path: &str| IgnoreFile::parse(&lines.replace('|', "\n")).unwrap().may_skip_folder(path);
    for (lines, path) in [
        ("**/node_modules", "web/node_modules"),
        ("**/node_modules|!README.md|!docs/*.md|!src/**", "web/node_modules"),
        ("!**/keep|**/node_modules", "node_modules"),
        ("a|!b/**/c", "a"),
        ("a|!ab", "a"),
        ("a|!?/b/c", "a/x"),
        ("**/.git", ".git"),
        ("*|!src", "docs"),
        ("a|!a/b", "a/c"),
    ] {
        assert!(skips(lines, path), "`{lines}` and `{path}`");
    }
    for (lines, path) in [
        ("a|!a/b", "a"),
        ("a|!a/b/c", "a/b"),
        ("a|!**/b", "a"),
        ("a|!**b", "a"),
        ("a|!*/b", "a"),
        ("a|!?/b/c", "a/b"),
        ("a|![a-z]/x", "a"),
        ("a|!a/**", "a"),
        ("a|!a/b**", "a"),
        ("a|!a**", "a"),
        ("*|!src/main.rs", "src"),
        ("x", "a"),
        ("a|!a", "a"),
        ("a/b|!a/?", "a/b/c/d"),
    ] {
        assert!(!skips(lines, path), "`{lines}` and `{path}`");
    }
}

#[test]
fn our_own_files_prune_what_is_big() {
    let frontend = IgnoreFile::parse(include_str!("../../../../frontend/.dockerignore")).unwrap();
    let backend = IgnoreFile::parse(include_str!("../../../../backend/.dockerignore")).unwrap();
    for path in ["node_modules", "packages/a/node_modules", ".next", ".git", "tests"] {
        assert!(frontend.may_skip_folder(path), "{path}");
    }
    for path in [".venv", "x/__pycache__", ".git", "tests", ".pytest_cache"] {
        assert!(backend.may_skip_folder(path), "{path}");
    }
    for path in ["config/.env", ".env.production", "docs/a.md"] {
        assert!(frontend.decide(path).excluded && backend.decide(path).excluded, "{path}");
    }
}

#[test]
fn the_file_beside_the_dockerfile_replaces_the_one_of_the_context() {
    let applied = |dockerfile: &str, context: &str, is_buildkit: bool, files: &[&str]| {
        let found = applied(dockerfile, context, is_buildkit, &|path| files.contains(&path))?;
        Some((found.path, found.hidden))
    };
    let owned = |path: &str| path.to_owned();
    let both = ["web/Dockerfile.dockerignore", "web/.dockerignore"];
    assert_eq!(applied("web/Dockerfile", "web", true, &both), Some((owned(both[0]), Some(owned(both[1])))));
    assert_eq!(applied("web/Dockerfile", "web/", false, &both), Some((owned(both[1]), None)));
    assert_eq!(applied("web/Dockerfile", "web", true, &both[..1]), Some((owned(both[0]), None)));
    assert_eq!(applied("web/Dockerfile", "web", true, &both[1..]), Some((owned(both[1]), None)));
    assert_eq!(applied("web/Dockerfile", "web", false, &both[..1]), None);
    let elsewhere = ["docker/Web.dockerignore", ".dockerignore"];
    assert_eq!(applied("docker/Web", "", true, &elsewhere), Some((owned(elsewhere[0]), Some(owned(elsewhere[1])))));
    assert_eq!(applied("docker/Web", "", false, &elsewhere), Some((owned(elsewhere[1]), None)));
}

#[test]
fn paths_are_bytes_and_what_is_not_utf8_is_one_character_a_byte() {
    let excluded = |text: &[u8], path: &[u8]| IgnoreFile::parse(text).unwrap().decide(path).excluded;
    assert!(excluded(b"docs", b"docs/caf\xe9"));
    assert!(excluded(b"caf?", b"caf\xe9") && excluded(b"caf??", b"caf\xe2\x82") && !excluded(b"caf?", b"caf\xe2\x82"));
    assert!(excluded(b"*", b"\xff") && excluded(b"**/\xe9*", b"a/\xff") && excluded(b"[^a]", b"\xe9"));
    // The builder converts such a byte of the ignore file to the replacement character.
    assert!(!excluded(b"caf\xe9", b"caf\xe9") && excluded(b"caf\xe9", "caf\u{fffd}".as_bytes()));
}
