//! The configuration of images, through stages, triggers and variables.

use std::fmt::Write as _;

use proptest::prelude::*;

use super::describe_tests::read;
use super::{Base, Command, Dockerfile, ImageConfig, Outside, Setting, Value, WorkingDirectory};

fn of_last<T>(text: &str, then: impl FnOnce(ImageConfig<'_>) -> T) -> T {
    let dockerfile = read(text).unwrap();
    then(dockerfile.image_of(dockerfile.stages.len() - 1))
}

fn command(of: &Command) -> String {
    match of {
        Command::Exec(words) => words.iter().map(|word| word.text.as_str()).collect::<Vec<_>>().join("|"),
        Command::Shell(text) => text.text.clone(),
    }
}

fn value(setting: Option<&Setting<'_, &Value>>) -> String {
    setting.map_or("base".to_owned(), |setting| format!("{}@{}", setting.value.text, setting.by.first_line))
}

/// Describes entrypoint and command, each with the line that sets it.
fn started(text: &str) -> [String; 2] {
    of_last(text, |image| {
        let line = |of: Option<String>, by: usize| format!("{}@{by}", of.unwrap_or("none".to_owned()));
        let entrypoint = image.entrypoint.map(|setting| line(Some(command(setting.value)), setting.by.first_line));
        let cmd = image.cmd.map(|setting| line(setting.value.map(command), setting.by.first_line));
        [entrypoint, cmd].map(|of| of.unwrap_or("base".to_owned()))
    })
}

#[test]
fn the_last_value_counts() {
    let text = "FROM a\nUSER b\nSTOPSIGNAL 9\nENV A=1 B=2\nLABEL C=3\nVOLUME /d\nHEALTHCHECK CMD e\nUSER f\n\
                ENV A=4\nLABEL C=5 \"g h\"=6\nVOLUME [\"/i\", \"/d\"]\nSTOPSIGNAL SIGTERM\nHEALTHCHECK NONE\n";
    of_last(text, |image| {
        assert_eq!(value(image.user.as_ref()), "f@8");
        assert_eq!(value(image.stop_signal.as_ref()), "SIGTERM@12");
        let all = |of: &std::collections::BTreeMap<String, Setting<'_, &Value>>| {
            of.iter().map(|(name, setting)| format!("{name}={}", value(Some(setting)))).collect::<Vec<_>>()
        };
        assert_eq!(all(&image.env), ["A=4@9", "B=2@4"]);
        assert_eq!(all(&image.labels), ["C=5@10", "g h=6@10"]);
        let volumes = image.volumes.iter().map(|volume| value(Some(volume)));
        assert_eq!(volumes.collect::<Vec<_>>(), ["/d@6", "/i@11", "/d@11"]);
        let healthcheck = image.healthcheck.unwrap();
        assert_eq!((healthcheck.value, healthcheck.by.first_line), (None, 13));
    });
}

#[test]
fn what_no_instruction_sets_is_the_base_images() {
    of_last("FROM a:1\nRUN USER=b\nCOPY <<E /x\nUSER c\nWORKDIR /d\nE\n# USER e\nONBUILD USER f\n", |image| {
        assert_eq!((image.stages.as_slice(), image.base), (&[0][..], &Base::Image("a:1".to_owned())));
        assert_eq!(image.instructions.len(), 4);
        assert!(image.user.is_none() && image.workdir.is_none() && image.cmd.is_none() && image.entrypoint.is_none());
        assert!(image.shell.is_none() && image.healthcheck.is_none() && image.stop_signal.is_none());
        assert!(image.ports.is_empty() && image.volumes.is_empty() && image.env.is_empty() && image.labels.is_empty());
    });
    let dockerfile = read("FROM scratch\nUSER a\n").unwrap();
    let none = dockerfile.image_of(1);
    assert!(none.user.is_none() && none.stages.is_empty() && none.instructions.is_empty());
    assert_eq!((none.base, dockerfile.image_of(0).base), (&Base::Unknown, &Base::Scratch));
}

#[test]
fn stages_inherit() {
    let text = "FROM a AS x\nUSER b\nEXPOSE 80\nWORKDIR /c\nSHELL [\"bash\", \"-c\"]\nRUN one\n\
                FROM scratch AS y\nUSER no\nFROM x AS z\nWORKDIR d\nEXPOSE 81/udp\nRUN two\nSHELL [\"sh\", \"-c\"]\nRUN three\n";
    of_last(text, |image| {
        assert_eq!((image.stages.as_slice(), image.base), (&[0, 2][..], &Base::Image("a".to_owned())));
        assert_eq!(value(image.user.as_ref()), "b@2");
        let workdir = image.workdir.clone().unwrap();
        assert_eq!((workdir.value, workdir.by.first_line), (WorkingDirectory::Absolute("/c/d".to_owned()), 10));
        assert_eq!(image.ports.iter().map(|port| port.by.first_line).collect::<Vec<_>>(), [3, 11]);
        let shell = |words: Option<&[super::Located]>| words.unwrap()[0].text.clone();
        let runs = image.runs().into_iter().map(|(run, words)| (run.first_line, shell(words)));
        assert_eq!(
            runs.collect::<Vec<_>>(),
            [(6, "bash"), (12, "bash"), (14, "sh")].map(|(at, of)| (at, of.to_owned()))
        );
        assert_eq!(shell(image.shell.map(|setting| setting.value)), "sh");
    });
}

#[test]
fn an_entrypoint_removes_the_command_below() {
    for (text, expected) in [
        ("FROM a\nCMD b", ["base", "b@2"]),
        ("FROM a\nENTRYPOINT b", ["b@2", "none@2"]),
        ("FROM a\nCMD b\nENTRYPOINT c", ["c@3", "b@2"]),
        ("FROM a\nENTRYPOINT b\nCMD c\nENTRYPOINT d", ["d@4", "c@3"]),
        ("FROM a AS x\nCMD b\nFROM x\nENTRYPOINT c", ["c@4", "none@4"]),
        ("FROM a AS x\nCMD b\nFROM x\nENTRYPOINT c\nCMD d", ["c@4", "d@5"]),
        ("FROM a AS x\nENTRYPOINT b\nFROM x\nCMD c", ["b@2", "c@4"]),
        ("FROM a AS x\nCMD b\nENTRYPOINT c\nFROM x\nUSER d", ["c@3", "b@2"]),
        ("FROM a AS x\nONBUILD CMD b\nFROM x\nENTRYPOINT c", ["c@4", "b@2"]),
        ("FROM a AS x\nCMD b\nONBUILD ENTRYPOINT c\nFROM x", ["c@3", "none@3"]),
        ("FROM a\nCMD b\nONBUILD ENTRYPOINT c", ["base", "b@2"]),
        ("FROM a\nENTRYPOINT [\"b\", \"c\"]\nCMD []", ["b|c@2", "@3"]),
    ] {
        assert_eq!(started(text), expected, "{text}");
    }
}

#[test]
fn triggers_apply_in_the_next_stage_without_their_values() {
    let text = "FROM scratch AS x\nENV A=1\nONBUILD USER $A\nONBUILD EXPOSE $A 80\nONBUILD WORKDIR $A\nFROM x AS y\nFROM y\nUSER b\n";
    let dockerfile = read(text).unwrap();
    let user = |stage| value(dockerfile.image_of(stage).user.as_ref());
    assert_eq!([user(0), user(1), user(2)], ["base", "$A@3", "b@8"]);
    let image = dockerfile.image_of(1);
    assert_eq!(image.user.unwrap().value.known(), None);
    assert_eq!(image.workdir.unwrap().value, WorkingDirectory::Unknown);
    assert_eq!(image.ports.len(), 2);
}

#[test]
fn working_directories() {
    let workdir = |from: &str, paths: &[&str]| {
        let mut text = format!("FROM {from}\n");
        for path in paths {
            writeln!(text, "WORKDIR {path}").unwrap();
        }
        match of_last(&text, |image| image.workdir.unwrap().value) {
            WorkingDirectory::Absolute(path) => path,
            WorkingDirectory::RelativeToBase(path) => format!("base: {path}"),
            WorkingDirectory::Unknown => "unknown".to_owned(),
        }
    };
    for (paths, expected) in [
        (&["/app/"][..], "/app"),
        (&["/"], "/"),
        (&["//a//./b/../c/"], "/a/c"),
        (&["/a", "b", "../c/d"], "/a/c/d"),
        (&["/a", "../../../b"], "/b"),
        (&["/a", "/b"], "/b"),
        (&["a"], "base: a"),
        (&["a", "b/../c"], "base: a/c"),
        (&["a", "../..", "b"], "base: ../b"),
        (&["../.."], "base: ../.."),
        (&["a/.."], "base: ."),
        (&["a", "/b"], "/b"),
        (&["/a", "\"\""], "/a"),
        (&["\"b c\""], "base: b c"),
        (&["$X"], "unknown"),
        (&["/a/$X"], "unknown"),
        (&["$X", "b"], "unknown"),
        (&["$X", "b", "/c", "d"], "/c/d"),
        (&["/${X"], "unknown"),
    ] {
        assert_eq!(workdir("a", paths), expected, "{paths:?}");
    }
    for (paths, expected) in [(&["a"][..], "/a"), (&["../b"], "/b"), (&["/a", "$X", "b"], "/a/b"), (&["."], "/")] {
        assert_eq!(workdir("scratch", paths), expected, "{paths:?}");
    }
}

#[test]
fn names_that_are_not_known_stay_as_they_are_written() {
    of_last("FROM a\nENV $A=b C=$D\nLABEL x.$E=f\n", |image| {
        assert_eq!(image.env.keys().collect::<Vec<_>>(), ["$A", "C"]);
        assert_eq!(image.env["C"].value.known(), None);
        assert_eq!(image.labels.keys().collect::<Vec<_>>(), ["x.$E"]);
    });
}

/// A kind of text, by its size and by the lines of each part.
type Kind = (&'static str, fn(usize, &str) -> String);

#[test]
fn twice_the_stages_are_twice_the_work() {
    let lines = "USER a\nWORKDIR b\nEXPOSE 80\nENV A=b\nLABEL C=d\nCMD e\nENTRYPOINT f\nONBUILD WORKDIR g\n";
    let kinds: [Kind; 2] = [
        ("stages", |n, lines| {
            let stage = |at: usize| format!("FROM s{at} AS s{}\n{lines}", at + 1);
            "FROM a AS s0\n".to_owned() + &(0..n).map(stage).collect::<String>()
        }),
        ("instructions", |n, lines| "FROM a\n".to_owned() + &lines.repeat(n)),
    ];
    for (kind, text) in kinds {
        let steps = |n: usize| {
            let dockerfile = Dockerfile::read(&text(n, lines), Outside::Only(&[])).unwrap();
            let last = dockerfile.stages.len() - 1;
            counted::of(|| {
                let image = dockerfile.image_of(last);
                assert_eq!(image.stages.len(), last + 1);
                assert_eq!(image.ports.len(), n);
            })
        };
        let (small, large) = (steps(2_500), steps(5_000));
        assert!(large * 10 <= small * 21, "{kind}: {small} steps become {large}");
        assert!(small > 20_000, "{kind}: {small} steps are not counted");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4_000))]

    #[test]
    fn every_file_has_images(lines in prop::collection::vec(
        "((ONBUILD )?(USER|WORKDIR|EXPOSE|CMD|ENTRYPOINT|STOPSIGNAL|VOLUME) [a-c/$.:0-9-]{1,6}|(ENV|LABEL) [A-C$]=[a-c$]{0,3}\
         |FROM (x|y|a|scratch)( AS (x|y))?|HEALTHCHECK NONE)", 0..14,
    )) {
        let text = format!("FROM a\n{}\n", lines.join("\n"));
        if let Ok(dockerfile) = Dockerfile::read(&text, Outside::Only(&[])) {
            for stage in 0..dockerfile.stages.len() {
                let image = dockerfile.image_of(stage);
                prop_assert_eq!(&image.instructions, &dockerfile.instructions_of(stage));
                prop_assert_eq!(image.stages.last(), Some(&stage));
                prop_assert!(!matches!(image.base, Base::Stage(_)));
                let last = |keyword| image.instructions.iter().rfind(|of| of.keyword() == keyword).map(|of| &of.span);
                prop_assert_eq!(image.user.as_ref().map(|of| &of.by.span), last("USER"));
                prop_assert_eq!(image.workdir.as_ref().map(|of| &of.by.span), last("WORKDIR"));
                prop_assert_eq!(image.entrypoint.as_ref().map(|of| &of.by.span), last("ENTRYPOINT"));
                prop_assert_eq!(image.cmd.is_some(), last("CMD").is_some() || last("ENTRYPOINT").is_some());
                if let Some(Setting { value: WorkingDirectory::Absolute(path), .. }) = &image.workdir {
                    let is_name = |name: &str| !["", ".", ".."].contains(&name);
                    prop_assert!(path == "/" || path[1..].split('/').all(is_name), "{}", path);
                }
            }
        }
    }
}
