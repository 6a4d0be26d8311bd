//! Properties of all texts: reading does not panic, and every place is inside the file.

use std::ops::Range;

use proptest::prelude::*;

use super::{Command, Content, Dockerfile, Instruction, Located, Outside, Pair, Source, Value};

/// Fragments with a meaning in Dockerfiles, in any order.
fn soup() -> impl Strategy<Value = String> {
    let part = prop_oneof![
        4 => "(FROM|RUN|COPY|ADD|ARG|ENV|LABEL|CMD|ONBUILD|HEALTHCHECK|SHELL|EXPOSE|USER|AS|NONE) ",
        3 => "(a|b=c|A=\"d e\"|F='g'|--h=i|\\[\"j\", \"k\"\\]|\\$A|\\$\\{B:-l\\}|<<E|<<-'E'|/m|é|=)",
        2 => "( |\n|\r\n|\\\\\n|`\n|\t|\nE\n|\n# n\n)",
        1 => "(# escape=`\n|\u{feff}|\"|'|\\\\|\\$|\\{|\\}|\\[|\\]|<)",
    ];
    prop::collection::vec(part, 0..25).prop_map(|parts| parts.concat())
}

/// Valid instructions in sequence, with comments, continuations and heredocs.
fn sound() -> impl Strategy<Value = String> {
    let line = prop_oneof![
        "(RUN|run|CMD|ENTRYPOINT) [a-z$]{1,6}( \\\\\n( # c\n|\n)?)?[a-z ]{0,3}[a-z]",
        "(ENV|LABEL) [A-C]=[a-z$]{0,3}( \\\\\n)? [A-C]=\"[a-z ]{0,4}\"",
        "ARG [A-C](=[a-z$]{0,3})?",
        "COPY (--link )?[a-z]{1,3} \\\\\n */[a-z]{1,3}",
        "RUN (cat )?<<E( > f)?\n([a-zé# ]{0,6}\n){0,3}E",
        "COPY <<E <<'F' /x\n([a-z$A-C\\\\ ]{0,6}\n){0,2}E\n([a-z]{0,4}\n){0,2}F",
        "FROM [a-z]{1,3}( AS [a-z]{1,3})?",
        "ONBUILD RUN [a-z]{1,3}",
        "ONBUILD COPY <<E /x\n([a-z]{0,3}\n){0,2}E",
        "# [a-zé]{0,5}",
    ];
    let end = prop_oneof![Just("\n"), Just("\r\n"), Just("\n\n")];
    let lines = prop::collection::vec((line, end), 0..12).prop_map(|lines| {
        lines
            .into_iter()
            .map(|(line, end)| if end == "\r\n" { line.replace('\n', end) + end } else { line + end })
            .collect::<String>()
    });
    (prop::bool::ANY, lines).prop_map(|(mark, lines)| format!("{}FROM a\n{lines}", if mark { "\u{feff}" } else { "" }))
}

/// All places in an instruction.
fn places(of: &Instruction) -> Vec<Range<usize>> {
    let text = |of: &Located| vec![of.span.clone()];
    let value = |of: &Value| vec![of.raw.span.clone()];
    let pairs = |of: &[Pair]| {
        of.iter().flat_map(|pair| [Some(&pair.name), pair.value.as_ref()]).flatten().flat_map(value).collect()
    };
    let command = |of: &Command| match of {
        Command::Exec(words) => words.iter().flat_map(text).collect(),
        Command::Shell(shell) => text(shell),
    };
    let mut found: Vec<Range<usize>> = match &of.content {
        Content::Arg(of) | Content::Env(of) | Content::Label(of) => pairs(of),
        Content::From(from) => value(&from.image).into_iter().chain(from.name.iter().flat_map(text)).collect(),
        Content::Run(of) | Content::Cmd(of) | Content::Entrypoint(of) | Content::Healthcheck(Some(of)) => command(of),
        Content::Healthcheck(None) => Vec::new(),
        Content::Shell(words) => words.iter().flat_map(text).collect(),
        Content::Copy(of) | Content::Add(of) => {
            let paths = of.sources.iter().filter_map(|source| match source {
                Source::Path(path) => Some(path),
                Source::Heredoc(_) => None,
            });
            paths.chain([&of.destination]).flat_map(value).collect()
        }
        Content::User(of) | Content::Workdir(of) | Content::Stopsignal(of) => value(of),
        Content::Expose(of) | Content::Volume(of) => of.iter().flat_map(value).collect(),
        Content::Maintainer(of) => text(of),
        Content::Onbuild(inner) => places(inner).into_iter().chain([inner.span.clone()]).collect(),
    };
    found.extend(of.flags.iter().map(|flag| flag.span.clone()));
    found.extend(of.heredocs.iter().flat_map(|heredoc| [heredoc.body.clone(), heredoc.end.clone()]));
    found
}

fn line_of(text: &str, offset: usize) -> usize {
    text.as_bytes()[..offset.min(text.len())].split(|byte| *byte == b'\n').count()
}

fn check(text: &str, dockerfile: &Dockerfile) -> Result<(), TestCaseError> {
    let line = |offset: usize| line_of(text, offset);
    let mut behind = 0;
    for instruction in &dockerfile.instructions {
        let whole = &instruction.span;
        prop_assert!(text.get(whole.clone()).is_some_and(|part| !part.is_empty()), "{whole:?} is no part of the file");
        prop_assert_eq!(line(whole.start), instruction.first_line);
        prop_assert_eq!(line(whole.end), instruction.last_line);
        prop_assert!(whole.start >= behind, "instructions overlap");
        behind = whole.end;
        for place in places(instruction) {
            prop_assert!(text.get(place.clone()).is_some(), "{place:?} is no part of the file");
            prop_assert!(whole.start <= place.start && place.end <= whole.end, "{place:?} is not in {whole:?}");
        }
        let heredocs = match &instruction.content {
            Content::Onbuild(inner) => &inner.heredocs,
            _ => &instruction.heredocs,
        };
        for heredoc in heredocs {
            let body = text.get(heredoc.body.clone()).unwrap();
            prop_assert_eq!(body, heredoc.contents.raw.text.as_str());
            let end = text.get(heredoc.end.clone()).unwrap();
            prop_assert_eq!(end.trim_start_matches('\t'), heredoc.name.as_str());
            prop_assert!(body.is_empty() || body.ends_with('\n'));
        }
    }
    let covered = |at: usize| dockerfile.instructions.iter().any(|instruction| instruction.span.contains(&at));
    let mut offset = 0;
    for part in text.split_inclusive('\n') {
        let first = part.trim_start_matches('\u{feff}').trim_start().chars().next();
        let at = offset + part.len() - part.trim_start_matches('\u{feff}').trim_start().len();
        prop_assert!(first.is_none_or(|first| first == '#') || covered(at), "line {} is in no instruction", line(at));
        offset += part.len();
    }
    Ok(())
}

/// The lines of the instructions according to another parser of Dockerfiles.
fn second_opinion(text: &str) -> Vec<usize> {
    let instructions = parse_dockerfile::parse_iter(text).unwrap().map(Result::unwrap);
    let starts = instructions.map(|instruction| match instruction {
        parse_dockerfile::Instruction::From(of) => of.from.span.start,
        parse_dockerfile::Instruction::Run(of) => of.run.span.start,
        parse_dockerfile::Instruction::Cmd(of) => of.cmd.span.start,
        parse_dockerfile::Instruction::Entrypoint(of) => of.entrypoint.span.start,
        parse_dockerfile::Instruction::Env(of) => of.env.span.start,
        parse_dockerfile::Instruction::Label(of) => of.label.span.start,
        parse_dockerfile::Instruction::Arg(of) => of.arg.span.start,
        parse_dockerfile::Instruction::Copy(of) => of.copy.span.start,
        parse_dockerfile::Instruction::Onbuild(of) => of.onbuild.span.start,
        _ => panic!("no such instruction is made"),
    });
    starts.map(|start| line_of(text, start)).collect()
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused(text in soup()) {
        if let Ok(dockerfile) = Dockerfile::read(&text, Outside::Only(&[])) {
            check(&text, &dockerfile)?;
        }
    }

    #[test]
    fn any_characters_are_read_or_refused(text in "FROM a\n(.|\n){0,40}") {
        if let Ok(dockerfile) = Dockerfile::read(&text, Outside::AtLeast(&["A"])) {
            check(&text, &dockerfile)?;
        }
    }

    #[test]
    fn sound_files_are_read(text in sound()) {
        let dockerfile = Dockerfile::read(&text, Outside::Only(&[]));
        prop_assert!(dockerfile.is_ok(), "{:?}", dockerfile);
        check(&text, &dockerfile.unwrap())?;
    }

    #[test]
    fn another_reader_sees_the_same_instructions(text in sound()) {
        // The other parser knows heredocs only in the first position, and is off by three bytes behind a byte order
        // mark.
        let text = text.replace("cat <<", "<<").replace('\u{feff}', "");
        let dockerfile = Dockerfile::read(&text, Outside::Only(&[])).unwrap();
        let lines: Vec<usize> = dockerfile.instructions.iter().map(|instruction| instruction.first_line).collect();
        prop_assert_eq!(lines, second_opinion(&text));
    }

    #[test]
    fn depth_is_no_danger(depth in 1..20_000_usize, part in "(\\$\\{a:-|\\$\\{a/|ONBUILD |\\[|\\$\\{a#|\"\\$\\{a:+)") {
        let deep = part.repeat(depth.min(65_000 / part.len()));
        let _read_or_refused = Dockerfile::read(&format!("FROM a\nCMD {deep}\nENV a={deep}\n{deep}"), Outside::Only(&[]));
    }

    #[test]
    fn no_secret_in_an_error(text in soup()) {
        let marked = text.replace("b=c", "b=hunter2hunter2").replace(" a", " hunter2hunter2");
        if let Err(error) = Dockerfile::read(&marked, Outside::Only(&[])) {
            let printed = format!("{error} {error:?}");
            prop_assert!(!printed.contains("hunter2"), "{}", printed);
        }
    }
}

#[test]
fn values_of_every_length_are_read_or_refused() {
    let lengths = (0..20).chain([255, 256, 65_530, 65_534, 65_535, 65_536]);
    for length in lengths {
        for letter in ["a", "\\", "\"", "'", "$", "é", "<", "#", " ", "{", "${A:-", "[", ",", "=", "-"] {
            let value = letter.repeat(length);
            for line in [
                "FROM {}",
                "ENV A={}",
                "ENV {}",
                "ARG {}",
                "RUN {}",
                "COPY {} /",
                "RUN <<{}\n{}",
                "# escape={}",
                "EXPOSE {}",
                "CMD [\"{}\"]",
                "ONBUILD {}",
                "{}",
            ] {
                let text = format!("FROM a\n{}\n", line.replace("{}", &value));
                drop(Dockerfile::read(&text, Outside::Only(&[])));
            }
        }
    }
}
