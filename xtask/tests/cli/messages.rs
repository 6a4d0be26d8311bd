//! Messages for moments that a test cannot make.

use dockerfile::Dockerfile;
use dockerfile::Outside;
use dockerfile::ignore_file::IgnoreFile;
use process::RunError;
use snapbox::str;
use xtask::domain::bootstrap::base_problem;
use xtask::domain::image::Reference;
use xtask::domain::problem::{Place, Problem, SourceText};
use xtask::error::ErrorKind;

use crate::harness::run::{compare, rendered};

#[test]
fn base_images_that_cannot_be_had() {
    compare(
        &rendered(&base_problem("node:20-alpine", "no such host")),
        str![[r#"
error: cannot get the base image `node:20-alpine`
caused by: no such host
hint: make a stand-in from packages with `cargo rig up bases`

"#]],
    );
    compare(
        &rendered(&base_problem("debian:12", "no such host")),
        str![[r#"
error: cannot get the base image `debian:12`
caused by: no such host
hint: fetch it with `docker pull debian:12`, or load it from an archive with `docker load --input FILE`

"#]],
    );
}

#[test]
fn a_part_of_a_file_stands_below_an_error_and_below_a_warning() {
    let source = SourceText::new("FROM a\nENV B=c\n");
    let place = Place::in_source("a/Dockerfile", &source, 7..10, "here");
    let problem = Problem::new("this stands here").rule("some-rule").at(place).note("a fact");
    let warning = anstream::adapter::strip_str(&xtask::ui::diagnostic::render_warning(&problem)).to_string();
    compare(
        &(rendered(&problem) + &warning),
        str![[r#"
error[some-rule]: this stands here
 --> a/Dockerfile:2:1
  |
2 | ENV B=c
  | ^^^ here
note: a fact
warning[some-rule]: this stands here
 --> a/Dockerfile:2:1
  |
2 | ENV B=c
  | ^^^ here
note: a fact

"#]],
    );
}

#[test]
fn a_program_that_takes_too_long() {
    let error = RunError::TimedOut { program: "docker".to_owned(), seconds: 20 };
    compare(&error.to_string(), str!["`docker` gave no answer within 20 s"]);
}

#[test]
fn exit_codes_say_what_was_done() {
    let code = |kind: ErrorKind| kind.exit_code();
    assert_eq!(code(ErrorKind::Failed), 1);
    for nothing_done in [ErrorKind::Usage, ErrorKind::Config, ErrorKind::Environment, ErrorKind::Refused] {
        assert_eq!(code(nothing_done), 2);
    }
    assert_eq!(code(ErrorKind::Internal), 101);
    assert_eq!([code(ErrorKind::Interrupted(2)), code(ErrorKind::Interrupted(15))], [130, 143]);
}

#[test]
fn image_references_of_other_tools() {
    let message = |text: &str| text.parse::<Reference>().unwrap_err().to_string();
    compare(
        &message(&"a".repeat(64)),
        str![
            "the repository `aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa` looks like an image ID"
        ],
    );
    compare(&message("Taskflow"), str!["the repository `Taskflow` contains uppercase letters"]);
    compare(
        &message("a@sha256:1"),
        str!["the digest `sha256:1` is not an algorithm, a colon and its hex digits, `sha256:` with 64 of them"],
    );
    compare(&message("-host:5000/a"), str!["the registry `-host:5000` is not a host name with an optional port"]);
}

#[test]
fn ignore_files_that_stop_a_build() {
    let message = |text: &str| {
        let error = IgnoreFile::parse(text).unwrap_err();
        format!("line {}: {error}", error.line)
    };
    compare(&message(&"a".repeat(65_536)), str!["line 1: the line has more than 65,535 bytes"]);
    compare(&message("a\n!"), str!["line 2: `!` stands without a pattern"]);
    compare(
        &message("[z-a]"),
        str!["line 1: the character class is malformed: it needs members, ranges from low to high, and a `]`"],
    );
    compare(&message("a\\"), str![[r"line 1: the backslash at the end escapes nothing"]]);
    compare(
        &message(r"src\bin"),
        str![[
            r"line 1: a backslash before a letter or digit, and `*`, `?` or `[` in a character class do not mean themselves to Docker"
        ]],
    );
}

#[test]
fn dockerfiles_that_cannot_be_read() {
    let message = |text: &str| {
        let error = Dockerfile::read(text, Outside::Only(&[])).unwrap_err();
        format!("line {}: {error}\n", error.line)
    };
    let whole = ["", "ARG A", "RUN a", "# escape=x", "# syntax=a\n# syntax=b"].map(message);
    let lines = [
        "PASSWORD=hunter2",
        "USER",
        "COPY a",
        "COPY a <<E\nE",
        "RUN <<E\nhunter2",
        "CMD [\"hunter2\", 1]",
        "SHELL hunter2",
        "ENV A=b hunter2",
        "ENV =hunter2",
        "FROM b hunter2",
        "FROM b AS hunter/2",
        "HEALTHCHECK hunter2",
        "ONBUILD FROM b",
        &format!("# {}", "hunter2".repeat(10_000)),
    ]
    .map(|line| message(&format!("FROM a\n{line}")));
    compare(
        &[whole.concat(), lines.concat()].concat(),
        str![[r#"
line 1: there is no instruction
line 1: there is no `FROM`
line 1: only `ARG` can stand before the first `FROM`
line 1: the escape character is neither a backslash nor a backtick
line 2: a parser directive stands there twice
line 2: the line begins with no instruction
line 2: `USER` has no argument
line 2: `COPY` has no destination
line 2: `COPY` cannot copy to a heredoc
line 2: the heredoc has no end
line 2: the JSON array holds something else than strings
line 2: `SHELL` is no JSON array
line 2: `ENV` is neither `NAME=VALUE` pairs nor `NAME VALUE`
line 2: `ENV` has a value without a name
line 2: `FROM` is neither `FROM IMAGE` nor `FROM IMAGE AS NAME`
line 2: the stage's name is not letters, digits, `-`, `_` and `.` behind a letter
line 2: `HEALTHCHECK` is neither `CMD` with a command nor `NONE` alone
line 2: this instruction cannot stand behind `ONBUILD`
line 2: the line has more than 65,535 bytes

"#]],
    );
}
