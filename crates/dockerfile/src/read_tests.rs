//! Parsing and places: lines, comments, continuations, heredocs and the forms of every instruction.
//!
//! BuildKit's own reader (0.34) agrees on every text. There are two intended differences: a mark with a blank and
//! without an end is not a mark here, and the instruction behind ONBUILD must be valid.

use super::describe_tests::{described, read, refused};
use super::{Base, Content, Reason};

#[track_caller]
fn reads(text: &str, expected: &[&str]) {
    assert_eq!(described(text), expected, "{text:?}");
}

#[test]
fn comments_and_empty_lines_are_no_instructions() {
    reads("# a\n\n  # b\nFROM a\n\t\n# c\n  RUN b\n#", &["4 FROM a", "7 RUN b"]);
    reads("from a\nrUn B\nFROM c aS D", &["1 FROM a", "2 RUN B", "3 FROM c as D"]);
    reads("FROM a\r\nRUN b\r\n", &["1 FROM a", "2 RUN b"]);
    reads("\u{feff}FROM a\nRUN b", &["1 FROM a", "2 RUN b"]);
    reads("\u{feff}# escape=`\nFROM a\nRUN b`\nc", &["2 FROM a", "3-4 RUN bc"]);
    reads("FROM a\nRUN b # c\nUSER d # e", &["1 FROM a", "2 RUN b # c", "3 USER d # e"]);
}

#[test]
fn lines_go_on_behind_a_backslash() {
    reads("FROM a\nRUN b \\\n  c", &["1 FROM a", "2-3 RUN b   c"]);
    reads("FROM a\nRUN b \\  \t\nc\nRUN d", &["1 FROM a", "2-3 RUN b c", "4 RUN d"]);
    reads("FROM a\nRUN b \\\n# c\n\n   # d \\\n  \n e", &["1 FROM a", "2-7 RUN b  e"]);
    reads("FROM a\nRUN b \\\n  # c\n  && d", &["1 FROM a", "2-4 RUN b   && d"]);
    reads("FROM a\nRUN b \\", &["1 FROM a", "2 RUN b"]);
    reads("FROM a\nRUN b \\\n# c", &["1 FROM a", "2-3 RUN b"]);
    reads("FROM a\nCO\\\nPY b c", &["1 FROM a", "2-3 COPY b -> c"]);
    reads("FROM a\r\nRUN b \\\r\nc\r\n", &["1 FROM a", "2-3 RUN b c"]);
    reads("\\\nFROM a", &["1-2 FROM a"]);
}

#[test]
fn an_escaped_backslash_goes_on_nowhere() {
    reads("FROM a\nCOPY b c:\\\\\nRUN d", &["1 FROM a", "2 COPY b -> c:\\", "3 RUN d"]);
    reads("FROM a\nRUN b \\\\\nRUN d", &["1 FROM a", "2 RUN b \\\\", "3 RUN d"]);
    reads("FROM a\nRUN b \\\\\\\nRUN d", &["1 FROM a", "2 RUN b \\\\\\", "3 RUN d"]);
    reads("# escape=`\nFROM a\nRUN b ``\nRUN c\\\nRUN d", &["2 FROM a", "3 RUN b ``", "4 RUN c\\", "5 RUN d"]);
}

#[test]
fn directives_count_on_the_very_first_lines() {
    let escape = |text: &str| read(&format!("{text}\nFROM a\n")).unwrap().escape;
    for text in
        ["# escape=`", "#ESCAPE = `  ", "# syntax=x\n# escape=`", "# check=skip=all\n#escape=`", "\u{feff}#escape=`"]
    {
        assert_eq!(escape(text), '`', "{text}");
    }
    for text in
        ["", "# a\n# escape=`", "\n# escape=`", "# a=b\n# escape=`", "# escape\n#escape=`", "# syntax=\n#escape=`"]
    {
        assert_eq!(escape(text), '\\', "{text}");
    }
    let dockerfile = read("# check=x\n#  syntax = docker/dockerfile:1 \nFROM a\n").unwrap();
    let syntax = dockerfile.syntax.unwrap();
    assert_eq!((syntax.text.as_str(), syntax.span), ("docker/dockerfile:1", 22..41));
    assert_eq!(refused("# escape=x\nFROM a\n"), (1, Reason::Escape));
    assert_eq!(refused("# syntax=a\n# escape=`\n# escape=`\nFROM a\n"), (3, Reason::DirectiveTwice));
}

#[test]
fn heredocs_end_where_their_name_stands() {
    reads("FROM a\nRUN <<EOF\nb\n# c\n\nEOF\nRUN d", &["1 FROM a", r"2-6 RUN <<EOF {EOF: b\n# c\n\n}", "7 RUN d"]);
    reads("FROM a\nRUN cat <<EOF > f && x\nb\nEOF", &["1 FROM a", r"2-4 RUN cat <<EOF > f && x {EOF: b\n}"]);
    reads("FROM a\nRUN bash -e <<-EOT\n\tb\n\t\tc\n\tEOT\n", &["1 FROM a", r"2-5 RUN bash -e <<-EOT {EOT: b\nc\n}"]);
    reads("FROM a\nRUN cat <<a <<b\n1\na\n2\nb\n", &["1 FROM a", r"2-6 RUN cat <<a <<b {a: 1\n} {b: 2\n}"]);
    reads("FROM a\nRUN <<EOF\nEOF\n", &["1 FROM a", "2-3 RUN <<EOF {EOF: }"]);
    reads("FROM a\r\nRUN <<EOF\r\nb\r\nEOF\r\n", &["1 FROM a", r"2-4 RUN <<EOF {EOF: b\r\n}"]);
    reads("FROM a\nRUN <<'E F'\nb\nE F\n", &["1 FROM a", r"2-4 RUN <<'E F' {E F: b\n}"]);
    reads("FROM a\nRUN cat \\\n<<EOF \\\n| b\nc \\\nEOF\n", &["1 FROM a", r"2-6 RUN cat <<EOF | b {EOF: c \\\n}"]);
    reads("FROM a\nRUN --mount=type=x <<EOF\nb\nEOF", &["1 FROM a", r"2-4 RUN --mount=type=x <<EOF {EOF: b\n}"]);
    for (text, line) in
        [("FROM a\nRUN <<EOF\nb\n", 2), ("FROM a\nRUN <<-EOF\n  EOF\n", 2), ("FROM a\nRUN <<a <<b\nb\na\n", 2)]
    {
        assert_eq!(refused(text), (line, Reason::Heredoc), "{text:?}");
    }
}

#[test]
fn heredocs_of_copy_are_files() {
    reads("FROM a\nCOPY <<EOF /x\nb\nEOF\n", &["1 FROM a", r"2-4 COPY <<EOF -> /x {EOF: b\n}"]);
    reads(
        "FROM a\nCOPY <<a <<\"b\" c /x/\n1\na\n2\nb\n",
        &["1 FROM a", r"2-6 COPY <<a | <<b | c -> /x/ {a: 1\n} {b: 2\n}"],
    );
    reads("FROM a\nADD --chmod=700 <<-a /x\n\t1\n\ta\n", &["1 FROM a", r"2-4 ADD --chmod=700 <<a -> /x {a: 1\n}"]);
    let text = "FROM scratch\nARG A=1\nCOPY <<a <<'b' /x/\n$A \"$A\" '$A' \\$A ${A:+x} $B\na\n$A\nb\n";
    let copy = r#"3-7 COPY <<a | <<b -> /x/ {a: 1 \"1\" \'1\' $A x \n(unset B)} {b: $A\n}"#;
    reads(text, &["1 FROM scratch", "2 ARG A=1", copy]);
    assert_eq!(refused("FROM a\nCOPY b <<EOF\nEOF\n"), (2, Reason::HeredocDestination("COPY")));
    let dockerfile = read("FROM a\nCOPY <<a /x\n1\n2\na\n").unwrap();
    let heredoc = &dockerfile.instructions[1].heredocs[0];
    assert_eq!((heredoc.body.clone(), heredoc.end.clone()), (19..23, 23..24));
}

#[test]
fn what_looks_like_a_heredoc_is_none() {
    for run in
        ["cat <<<a", "echo $((1<<2))", "a<<b", "echo '<<a'", "echo \"<<a\"", "[\"sh\", \"<<a\"]", "it's <<a", "cat <<"]
    {
        assert_eq!(described(&format!("FROM a\nRUN {run}\nRUN b\n")).len(), 3, "{run}");
    }
    reads("FROM a\nCMD cat <<a\nRUN b", &["1 FROM a", "2 CMD cat <<a", "3 RUN b"]);
    // Only builders since 2026 accept a blank before the name; without an end, the text is not treated as a mark.
    reads("FROM a\nRUN cat << a\nb\na\n", &["1 FROM a", r"2-4 RUN cat << a {a: b\n}"]);
    reads("FROM a\nRUN echo $((1 << 2))\nRUN b", &["1 FROM a", "2 RUN echo $((1 << 2))", "3 RUN b"]);
}

#[test]
fn commands_are_arrays_or_texts() {
    reads(
        r#"FROM a
CMD ["b", "c\n\"\u00e9"]"#,
        &["1 FROM a", "2 CMD [b|c\n\"\u{e9}]"],
    );
    reads("FROM a\nCMD [ \\\n  \"b\", \\\n# c\n  \"d\" \\\n]", &["1 FROM a", "2-6 CMD [b|d]"]);
    for shell in ["['b']", "[\"b\",]", "[\"b\"] # c", "[\"b\"", "[ -f b ]", "[[ -f b ]]", "{\"a\": \"b\"}", "\"b\""] {
        reads(&format!("FROM a\nENTRYPOINT {shell}"), &["1 FROM a", &format!("2 ENTRYPOINT {shell}")]);
    }
    reads("FROM a\nENTRYPOINT []\nCMD []\nCMD", &["1 FROM a", "2 ENTRYPOINT []", "3 CMD []", "4 CMD"]);
    reads("FROM a\nSHELL [\"/bin/bash\", \"-c\"]", &["1 FROM a", "2 SHELL [/bin/bash|-c]"]);
    reads("FROM a\nHEALTHCHECK NONE", &["1 FROM a", "2 HEALTHCHECK NONE"]);
    reads(
        "FROM a\nhealthcheck --interval=5s --retries=3 \\\n cmd curl -f b || exit 1",
        &["1 FROM a", "2-3 HEALTHCHECK --interval=5s --retries=3 curl -f b || exit 1"],
    );
    reads("FROM a\nHEALTHCHECK CMD [\"b\"]", &["1 FROM a", "2 HEALTHCHECK [b]"]);
    for (text, reason) in [
        ("RUN [\"a\", 1]", Reason::NotStrings),
        ("CMD [[\"a\"]]", Reason::NotStrings),
        ("COPY [null, \"a\"]", Reason::NotStrings),
        ("SHELL bash -c", Reason::ShellForm),
        ("SHELL []", Reason::NoArgument("SHELL")),
        ("HEALTHCHECK", Reason::NoArgument("HEALTHCHECK")),
        ("HEALTHCHECK CMD", Reason::Healthcheck),
        ("HEALTHCHECK CMD []", Reason::Healthcheck),
        ("HEALTHCHECK NONE b", Reason::Healthcheck),
        ("HEALTHCHECK curl b", Reason::Healthcheck),
    ] {
        assert_eq!(refused(&format!("FROM a\n{text}\n")), (2, reason), "{text}");
    }
}

#[test]
fn flags_come_first() {
    reads("FROM --platform=$BUILDPLATFORM a AS b", &["1 FROM --platform=$BUILDPLATFORM a as b"]);
    reads(
        "FROM a\nRUN --mount=type=secret,id=b \\\n  --network=none cat --c",
        &["1 FROM a", "2-3 RUN --mount=type=secret,id=b --network=none cat --c"],
    );
    reads(
        "FROM a\nCOPY --link --from=b --chown=\"c:d e\" --exclude='*.f' g /h",
        &["1 FROM a", "2 COPY --link --from=b --chown=c:d e --exclude=*.f g -> /h"],
    );
    reads("FROM a\nRUN -- --b", &["1 FROM a", "2 RUN --b"]);
    reads(
        "FROM a\nADD --checksum=sha256:0 https://b/c /d",
        &["1 FROM a", "2 ADD --checksum=sha256:0 https://b/c -> /d"],
    );
    let dockerfile = read("FROM a\nRUN --mount=type=cache,\\\ntarget=/b c").unwrap();
    let run = &dockerfile.instructions[1];
    assert_eq!(run.flag("mount"), Some("type=cache,target=/b"));
    assert_eq!(run.flags[0].span, 11..41);
}

#[test]
fn pairs_are_split_as_the_builder_does() {
    reads("FROM scratch\nENV A=b C=\"d e\" F='g h' I=j\\ k", &["1 FROM scratch", "2 ENV A=b | C=d e | F=g h | I=j k"]);
    reads("FROM scratch\nENV A b  c\\ d \"e f\"", &["1 FROM scratch", "2 ENV A b  c d e f"]);
    reads("FROM scratch\nENV A=b \\\n # c\n    D=e\\\n f=g", &["1 FROM scratch", "2-5 ENV A=b | D=e | f=g"]);
    reads("FROM scratch\nENV A= B=\"\" C=d=e", &["1 FROM scratch", "2 ENV A= | B= | C=d=e"]);
    reads("FROM scratch\nENV A = b", &["1 FROM scratch", "2 ENV A = b"]);
    reads("FROM scratch\nLABEL a.b=\"c\" \"d e\"=f", &["1 FROM scratch", "2 LABEL a.b=c | d e=f"]);
    reads("FROM scratch\nARG A\nARG B= C=\"d e\" F", &["1 FROM scratch", "2 ARG A", "3 ARG B= | C=d e | F"]);
    reads("# escape=`\nFROM scratch\nENV A=b` c B=\\d C=`\"", &["2 FROM scratch", "3 ENV A=b c | B=\\d | C=\""]);
    reads("FROM scratch\nENV A=\"b\\\"c\" D='e\\' F=\"g\\h\"", &["1 FROM scratch", "2 ENV A=b\"c | D=e\\ | F=g\\h"]);
    for (text, reason) in [
        ("ENV", Reason::NoArgument("ENV")),
        ("ENV A", Reason::NoPair("ENV")),
        ("ENV A=b C", Reason::NoPair("ENV")),
        ("ENV =b", Reason::NoName("ENV")),
        ("LABEL a", Reason::NoPair("LABEL")),
        ("ARG", Reason::NoArgument("ARG")),
        ("ARG =b", Reason::NoName("ARG")),
    ] {
        assert_eq!(refused(&format!("FROM a\n{text}\n")), (2, reason), "{text}");
    }
}

#[test]
fn the_other_instructions() {
    reads("FROM a\nWORKDIR \"/b c\"\nWORKDIR d e", &["1 FROM a", "2 WORKDIR /b c", "3 WORKDIR d e"]);
    reads("FROM a\nUSER 0\nUSER b:c", &["1 FROM a", "2 USER 0", "3 USER b:c"]);
    reads("FROM a\nEXPOSE 80 443/tcp \\\n 53/udp", &["1 FROM a", "2-3 EXPOSE 80 | 443/tcp | 53/udp"]);
    reads("FROM a\nVOLUME [\"/b\", \"/c d\"]\nVOLUME /e /f", &["1 FROM a", "2 VOLUME /b | /c d", "3 VOLUME /e | /f"]);
    reads(
        "FROM a\nSTOPSIGNAL SIGQUIT\nMAINTAINER b <c@d>",
        &["1 FROM a", "2 STOPSIGNAL SIGQUIT", "3 MAINTAINER b <c@d>"],
    );
    reads("FROM a\nCOPY [\"b c\", \"d\", \"/e\"]\nADD f g", &["1 FROM a", "2 COPY b c | d -> /e", "3 ADD f -> g"]);
    reads(
        "FROM a\nONBUILD COPY . /b\nONBUILD ENV C=\"d $E\"",
        &["1 FROM a", "2 ONBUILD 2 COPY . -> /b", "3 ONBUILD 3 ENV C=d $E(?E)"],
    );
    reads("FROM a\nONBUILD RUN <<EOF\nb\nEOF", &["1 FROM a", r"2-4 ONBUILD 2-4 RUN <<EOF {EOF: b\n}"]);
    for (text, reason) in [
        ("COPY b", Reason::NoDestination("COPY")),
        ("ADD [\"b\"]", Reason::NoDestination("ADD")),
        ("USER", Reason::NoArgument("USER")),
        ("EXPOSE", Reason::NoArgument("EXPOSE")),
        ("VOLUME []", Reason::NoArgument("VOLUME")),
        ("ONBUILD", Reason::NoArgument("ONBUILD")),
        ("ONBUILD FROM b", Reason::Onbuild),
        ("ONBUILD ONBUILD RUN b", Reason::Onbuild),
        ("ONBUILD MAINTAINER b", Reason::Onbuild),
        ("ONBUILD COPY b", Reason::NoDestination("COPY")),
        ("PASSWORD=hunter2", Reason::Unknown),
        ("FROM", Reason::NoArgument("FROM")),
        ("FROM b c", Reason::From),
        ("FROM b AS", Reason::From),
        ("FROM b AS c d", Reason::From),
        ("FROM b AS 1c", Reason::StageName),
        ("FROM b AS c/d", Reason::StageName),
    ] {
        assert_eq!(refused(&format!("FROM a\n{text}\n")), (2, reason), "{text}");
    }
    assert_eq!(refused("# a\n\n"), (1, Reason::Empty));
    assert_eq!(refused(""), (1, Reason::Empty));
    assert_eq!(refused("ARG A\n"), (1, Reason::NoStage));
    assert_eq!(refused("ARG A\n\nRUN a\nFROM a"), (3, Reason::BeforeFrom));
    assert_eq!(refused(&format!("FROM a\n# {}\n", "x".repeat(65_535))), (2, Reason::TooLong));
}

#[test]
fn places_are_places_in_the_file() {
    let text = "\u{feff}FROM é\nENV A=\"b c\" \\\n  # d\n  E=f\nRUN g \\\n h\n";
    let dockerfile = read(text).unwrap();
    let [_, env, run] = dockerfile.instructions.as_slice() else { panic!() };
    let Content::Env(pairs) = &env.content else { panic!() };
    let value = pairs[0].value.as_ref().unwrap();
    assert_eq!(&text[pairs[0].name.raw.span.clone()], "A");
    assert_eq!(&text[value.raw.span.clone()], "\"b c\"");
    assert_eq!(&text[pairs[1].value.as_ref().unwrap().raw.span.clone()], "f");
    assert_eq!(&text[env.span.clone()], "ENV A=\"b c\" \\\n  # d\n  E=f");
    let Content::Run(super::Command::Shell(shell)) = &run.content else { panic!() };
    assert_eq!((shell.text.as_str(), &text[shell.span.clone()]), ("g  h", "g \\\n h"));
    assert_eq!(&text[shell.place(3..4)], "h");
}

#[test]
fn stages_have_names_numbers_and_bases() {
    let text =
        "ARG A=img\nFROM scratch AS One\nRUN a\nFROM one\nFROM ${A}:1 AS two\nFROM $B AS three\nFROM One AS one\n";
    let dockerfile = read(text).unwrap();
    let stages: Vec<_> = dockerfile.stages.iter().map(|stage| (stage.name.as_deref(), stage.base.clone())).collect();
    assert_eq!(
        stages,
        [
            (Some("one"), Base::Scratch),
            (None, Base::Stage(0)),
            (Some("two"), Base::Image("img:1".to_owned())),
            (Some("three"), Base::Unknown),
            (Some("one"), Base::Stage(0)),
        ]
    );
    assert_eq!(dockerfile.stages[0].instructions, 1..3);
    let of = |line: usize| dockerfile.instructions.iter().find(|one| one.first_line == line).unwrap().stage;
    assert_eq!([of(1), of(3), of(4)], [None, Some(0), Some(1)]);
    let built = |target| dockerfile.built_stage(target);
    assert_eq!(
        [built(None), built(Some("ONE")), built(Some("2")), built(Some("9"))],
        [Some(4), Some(4), Some(2), None]
    );
}

#[test]
fn the_image_of_a_stage_comes_from_its_chain() {
    let text = "FROM scratch AS a\nUSER a\nONBUILD USER b\nONBUILD WORKDIR /b\nFROM scratch AS c\nUSER c\nFROM a AS d\nEXPOSE 1\nONBUILD USER e\n";
    let dockerfile = read(text).unwrap();
    let lines = |stage| dockerfile.instructions_of(stage).iter().map(|one| one.first_line).collect::<Vec<_>>();
    assert_eq!(lines(2), [1, 2, 3, 4, 3, 4, 7, 8, 9]);
    assert_eq!(lines(1), [5, 6]);
    assert_eq!(lines(0), [1, 2, 3, 4]);
    let last_user = dockerfile.instructions_of(2).into_iter().rfind(|one| one.keyword() == "USER").unwrap();
    assert!(matches!(&last_user.content, Content::User(user) if user.known() == Some("b")));
}
