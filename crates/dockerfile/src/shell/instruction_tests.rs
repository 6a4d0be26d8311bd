//! The commands of instructions: shell form, exec form, heredocs, and SHELL.

use super::super::{Content, Dockerfile, Outside};
use super::tests::described;

/// Reads the lines behind FROM, and describes the commands of all instructions, each with its text in the file.
fn runs(lines: &str) -> Vec<(String, String)> {
    let text = format!("FROM a\n{lines}\n");
    let dockerfile = Dockerfile::read(&text, Outside::Only(&[])).unwrap();
    let mut shell = None;
    let mut found = Vec::new();
    for instruction in &dockerfile.instructions {
        if let Content::Shell(words) = &instruction.content {
            shell = Some(words.as_slice());
        }
        let commands = instruction.shell_commands(shell);
        found.extend(commands.iter().map(|command| (described(command), text[command.span.clone()].to_owned())));
    }
    found
}

#[track_caller]
fn run(lines: &str, expected: &[&str]) {
    let found: Vec<String> = runs(lines).into_iter().map(|(command, _)| command).collect();
    assert_eq!(found, expected, "{lines}");
}

#[test]
fn forms_of_commands() {
    run("RUN a && b \"$C\"", &["a", "b¦~$C"]);
    run("RUN --mount=type=cache,target=/x a \\\n# b\n && c", &["a", "c"]);
    run("RUN [\"/bin/a\", \"b;c\", \"$D\"]", &["a¦b;c¦$D"]);
    run("RUN [\"sudo\", \"sh\", \"-c\", \"a; b $C\"]", &["sudo > sh > a", "sudo > sh > b¦~$C"]);
    run("RUN []", &[]);
    run(
        "CMD a b\nENTRYPOINT [\"tini\", \"--\", \"c\"]\nHEALTHCHECK CMD d || exit 1",
        &["a¦b", "tini > c", "d", "exit¦1"],
    );
    run("HEALTHCHECK NONE\nCOPY a b\nONBUILD RUN c\nCMD", &[]);
}

#[test]
fn heredocs_as_scripts() {
    run("RUN <<EOF\na\nif b; then c; fi\nEOF\nRUN d", &["a", "b", "c", "d"]);
    run("RUN <<-'EOF'\n\ta\n\tcat <<X\n\tb\n\tX\n\tc\n\tEOF", &["a", "cat", "c"]);
    run("RUN <<EOF bash\na\nEOF", &["bash", "bash > a"]);
    run("RUN bash -e <<-EOF && b\n\ta\n\tEOF", &["bash¦-e", "b", "bash > a"]);
    run("RUN python3 <<EOF\nimport os\nEOF", &["python3"]);
    run("RUN cat <<A > /x && sh <<B\na\nA\nb\nB", &["cat", "sh", "sh > b"]);
    run("RUN <<EOF\n#!/usr/bin/env -S bash -e\na\nEOF", &["a"]);
    run("RUN <<EOF\n#!/usr/bin/python3 -u\nimport os\nEOF", &["python3¦-u"]);
    run("RUN <<EOF\n#!\na\nEOF", &[]);
    run("RUN <<EOF\nEOF", &[]);
}

#[test]
fn variables_of_the_build_are_replaced() {
    run("ARG V=1 W\nENV T=\"b c\"\nRUN a $V ${V}x \"$T\"", &["a¦1¦1x¦b¦c"]);
    // Only values that the file sets, and not those that the script can set.
    run("ARG W\nRUN a $W $X ${V:-1}", &["a¦~$W¦~$X¦~${V:-1}"]);
    run("ARG V=1\nRUN V=2; a $V", &["a¦~$V"]);
    run("ARG V=1\nRUN for V in a b; do a $V; done", &["a¦~$V"]);
    run("ARG V=1\nRUN read V && a $V", &["read¦V", "a¦~$V"]);
    run("ARG V=1\nRUN <<EOF\na $V\nEOF\nCMD a $V", &["a¦1", "a¦~$V"]);
    run("ARG V=\nRUN $V", &[""]);
    run("RUN a $V\nARG V=1\nRUN [\"a\", \"$V\"]", &["a¦~$V", "a¦$V"]);
}

#[test]
fn another_shell() {
    run("SHELL [\"/bin/bash\", \"-o\", \"pipefail\", \"-c\"]\nRUN a | b", &["a", "b"]);
    run("SHELL [\"pwsh\", \"-Command\"]\nRUN a; b", &["pwsh¦-Command¦a; b"]);
    run("SHELL [\"pwsh\", \"-Command\"]\nRUN <<E\na\nE\nRUN [\"b\"]", &["pwsh¦-Command¦a\n", "b"]);
    run("SHELL [\"sudo\", \"sh\", \"-c\"]\nRUN a", &["a"]);
}

#[test]
fn places_are_those_of_the_file() {
    let places = |lines: &str| runs(lines).into_iter().map(|(_, place)| place).collect::<Vec<_>>();
    assert_eq!(places("RUN a \\\n  # x\n  b && c"), ["a \\\n  # x\n  b", "c"]);
    assert_eq!(places("RUN <<-E\n\ta b\n\t\tc\n\tE"), ["a b", "c"]);
    assert_eq!(places("RUN x; bash <<E\n a b\nE"), ["x", "bash", "a b"]);
    assert_eq!(places("RUN [\"sh\", \"-c\", \"a; b\"]\nRUN [\"c\", \"d\"]"), ["a; b", "a; b", "c\", \"d"]);
    assert_eq!(places("RUN <<E\n#!/bin/x y\nE"), ["#!/bin/x y"]);
}
