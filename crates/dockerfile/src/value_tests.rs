//! Values as the builder sees them: quotes, escapes, substitutions, and the scopes of variables.
//!
//! BuildKit (0.34) gives the same result for every row; tests/engine gives some of them to a real builder.

use super::describe_tests::{described, read};
use super::{Content, Dockerfile, Outside, Value};

/// Returns the value of the last LABEL.
fn label(text: &str, outside: Outside<'_>) -> Value {
    let dockerfile = Dockerfile::read(text, outside).unwrap();
    let Content::Label(pairs) = &dockerfile.instructions.last().unwrap().content else { panic!("no label at the end") };
    pairs.last().unwrap().value.clone().unwrap()
}

/// Substitutes in a stage where `A` is `x.y.z`, `E` is empty and `U` has no value.
fn substituted(word: &str) -> Option<String> {
    let value = label(&format!("FROM scratch\nENV A=x.y.z E=\nLABEL l={word}\n"), Outside::Only(&[]));
    value.known().map(str::to_owned)
}

#[test]
fn substitutions() {
    for (word, expected) in [
        ("$A", "x.y.z"),
        ("${A}b", "x.y.zb"),
        ("$A.b$E$U!", "x.y.z.b!"),
        ("${A:-b}${E:-b}${U:-b}", "x.y.zbb"),
        ("${A-b}${E-b}${U-b}", "x.y.zb"),
        ("${A:+b}${E:+b}${U:+b}", "b"),
        ("${A+b}${E+b}${U+b}", "bb"),
        ("${A:?b}${E?b}", "x.y.z"),
        ("${U:-$A}", "x.y.z"),
        ("${U:-${E:-${A}}}", "x.y.z"),
        ("${U:-\"a b\"}", "a b"),
        ("${U:-'$A'}", "$A"),
        ("${U:-a\\}b}", "a}b"),
        ("${A#*.}", "y.z"),
        ("${A##*.}", "z"),
        ("${A%.*}", "x.y"),
        ("${A%%.*}", "x"),
        ("${A#?}", ".y.z"),
        ("${A#y}", "x.y.z"),
        ("${A%\\*}", "x.y.z"),
        ("${A/./-}", "x-y.z"),
        ("${A//./-}", "x-y-z"),
        ("${A//./}", "xyz"),
        ("${A/.*./-}", "x-z"),
        ("\"${A/y/a b}\"", "x.a b.z"),
        ("${A//\\//-}", "x.y.z"),
        ("${A#${U:-x}.}", "y.z"),
        ("a$", "a$"),
        ("$1$?$@", ""),
        ("$$A", "A"),
        ("a$-b", "ab"),
        ("$é", ""),
    ] {
        assert_eq!(substituted(word).as_deref(), Some(expected), "{word}");
    }
}

#[test]
fn quotes_and_escapes() {
    for (word, expected) in [
        ("'$A \"b\"'", "$A \"b\""),
        ("\"$A 'b'\"", "x.y.z 'b'"),
        ("\"\\$A \\\" \\\\ \\a\"", "$A \" \\ \\a"),
        ("\\$A\\a\\\\b", "$Aa\\b"),
        ("a\\ b", "a b"),
        ("'a\\'", "a\\"),
        ("a'b'\"c\"d", "abcd"),
        ("\"\"", ""),
        ("a=b", "a=b"),
        ("<<a", "<<a"),
        ("\"a`b\"", "a`b"),
    ] {
        assert_eq!(substituted(word).as_deref(), Some(expected), "{word}");
    }
}

#[test]
fn what_a_builder_refuses_is_marked() {
    for word in [
        "${A", "${}", "${A:}", "${A:x}", "${A=b}", "${A^^}", "${A:#b}", "${A/b}", "${U?b}", "${E:?b}", "${A#\\b}",
        "${{A}}",
    ] {
        let value = label(&format!("FROM scratch\nENV A=b E=\nLABEL l={word}\n"), Outside::Only(&[]));
        assert!(value.is_malformed && value.known().is_none() && value.text == word, "{word}: {value:?}");
    }
    let legacy = described("FROM a\nENV A it's $B\nLABEL b=\"c");
    assert_eq!(legacy, ["1 FROM a", "2 ENV A it's $B(malformed)", "3 LABEL b=\"c(malformed)"]);
}

#[test]
fn references_are_named() {
    let value = |word: &str| label(&format!("FROM a\nARG K=1\nENV S=\"${{K}}\"\nLABEL l={word}\n"), Outside::Only(&[]));
    let names = |value: &Value| value.names.join(",");
    let both = value("$K-${S:+$T}");
    assert_eq!(
        (names(&both).as_str(), both.unknown.as_slice(), both.text.as_str()),
        ("K,S,T", &["T".to_owned()][..], "1-$T")
    );
    // A word that is not used does not affect the value.
    let unused = value("${K:-$T}");
    assert_eq!((names(&unused).as_str(), unused.known()), ("K,T", Some("1")));
    let outside = value("https://me:$PASSWORD@b/${TAG:-1}");
    assert_eq!(outside.text, "https://me:$PASSWORD@b/${TAG:-1}");
    assert_eq!(outside.unknown, ["PASSWORD", "TAG"]);
    assert_eq!(value("'$K'").names, [""; 0]);
    assert_eq!(value("${K#$T}").unknown, ["T", "K"]);
}

#[test]
fn args_before_the_first_from_count_in_from_lines_only() {
    let known = |text: &str| label(text, Outside::Only(&[])).known().map(str::to_owned);
    assert_eq!(known("ARG A=b\nFROM scratch\nLABEL l=\"$A\"").as_deref(), Some(""));
    assert_eq!(known("ARG A=b\nFROM scratch\nARG A\nLABEL l=$A").as_deref(), Some("b"));
    assert_eq!(known("ARG A=b\nFROM scratch\nARG A=c\nLABEL l=$A").as_deref(), Some("c"));
    assert_eq!(known("ARG A=b\nARG B=$A$C\nFROM scratch\nARG B\nLABEL l=$B").as_deref(), Some("b"));
    assert_eq!(known("ARG A=b\nARG A\nFROM scratch\nARG A\nLABEL l=$A").as_deref(), Some("b"));
    assert_eq!(
        described("ARG A=b\nFROM $A AS c\nFROM c$A\nFROM ${B}\nFROM ${B:-d}\nFROM $TARGETARCH"),
        ["1 ARG A=b", "2 FROM b as c", "3 FROM cb", "4 FROM (unset B)", "5 FROM d", "6 FROM $TARGETARCH(?TARGETARCH)"]
    );
}

#[test]
fn env_and_args_of_a_stage() {
    let known = |text: &str| label(text, Outside::Only(&[])).known().map(str::to_owned);
    for (text, expected) in [
        ("ARG A=b\nENV A=c\nLABEL l=$A", "c"),
        ("ENV A=c\nARG A=b\nLABEL l=$A", "b"),
        ("ENV A=c\nARG A\nLABEL l=$A", "c"),
        ("ENV A=b\nENV A=c B=$A\nLABEL l=$B$A", "bc"),
        ("ARG A=b\nARG B=$A\nLABEL l=$B", "b"),
        ("ENV A=b\nENV $A=c\nLABEL l=$b", "c"),
        ("ENV PATH=/a:$PATH\nLABEL l=$PATH", "/a:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"),
        ("ARG A=b\nLABEL l=$A\nARG A=c\nLABEL l=$A", "c"),
    ] {
        assert_eq!(known(&format!("FROM scratch\n{text}")).as_deref(), Some(expected), "{text}");
    }
    assert_eq!(known("FROM scratch\nARG A=b B=$A\nLABEL l=$B"), None, "the engine of 20.10 and BuildKit 0.34 differ");
}

#[test]
fn stages_inherit() {
    let known = |text: &str| label(text, Outside::Only(&[])).known().map(str::to_owned);
    let base = "FROM scratch AS a\nENV A=b\nARG B=c\nARG A=d\n";
    assert_eq!(known(&format!("{base}FROM a\nLABEL l=$A$B")).as_deref(), Some("bc"), "the environment wins");
    assert_eq!(known(&format!("{base}FROM scratch\nLABEL l=$A$B")).as_deref(), Some(""));
    assert_eq!(known(&format!("{base}FROM a AS b\nFROM b\nLABEL l=$A")).as_deref(), Some("b"));
    assert_eq!(known("FROM img AS a\nENV A=b\nFROM a\nLABEL l=$A").as_deref(), Some("b"));
    assert_eq!(known("FROM img AS a\nENV A=b\nFROM a\nLABEL l=$B"), None, "the image may have set it");
    assert_eq!(known("FROM img\nENV A=b\nENV $B=c\nLABEL l=$A"), None, "it may be the one that is set");
    let trigger = "FROM scratch AS a\nENV A=b\nONBUILD ENV A=c\nFROM a\n";
    assert_eq!(known(&format!("{trigger}LABEL l=$A")), None);
    assert_eq!(known(&format!("{trigger}ENV A=d\nLABEL l=$A")).as_deref(), Some("d"));
}

#[test]
fn what_comes_from_outside_is_unknown() {
    let text = "ARG A=b\nARG C\nFROM scratch\nARG A\nARG C\nARG TARGETARCH\nARG HTTP_PROXY=d\n";
    let value = |word: &str, outside| {
        let value = label(&format!("{text}LABEL l={word}"), outside);
        value.known().map(str::to_owned)
    };
    assert_eq!(value("$A", Outside::Only(&[])).as_deref(), Some("b"));
    assert_eq!(value("$A", Outside::Only(&["A"])), None);
    assert_eq!(value("${A:+e}", Outside::Only(&["A"])), None, "an empty value may be given");
    assert_eq!(value("${C:-e}", Outside::Only(&["A"])).as_deref(), Some("e"));
    assert_eq!(value("${C:-e}", Outside::AtLeast(&["A"])), None);
    assert_eq!(value("$B", Outside::AtLeast(&["B"])).as_deref(), Some(""), "no ARG asks for it");
    for name in ["$TARGETARCH", "$HTTP_PROXY"] {
        assert_eq!(value(name, Outside::Only(&[])), None, "{name}");
    }
}

#[test]
fn only_some_instructions_are_expanded() {
    let text = "FROM scratch\nENV A=b\nUSER $A\nWORKDIR /$A\nEXPOSE $A ${A}/tcp\nVOLUME [\"/$A\"]\nSTOPSIGNAL $A\n\
                COPY --chown=$A $A \"$A\" '$A'\nRUN echo $A\nCMD [\"$A\"]\nENTRYPOINT $A\nHEALTHCHECK CMD $A\nMAINTAINER $A\n";
    assert_eq!(
        described(text)[2..],
        [
            "3 USER b",
            "4 WORKDIR /b",
            "5 EXPOSE b | b/tcp",
            "6 VOLUME /b",
            "7 STOPSIGNAL b",
            "8 COPY --chown=$A b | b -> $A",
            "9 RUN echo $A",
            "10 CMD [$A]",
            "11 ENTRYPOINT $A",
            "12 HEALTHCHECK $A",
            "13 MAINTAINER $A",
        ]
    );
    let dockerfile = read("# escape=`\nFROM scratch\nENV A=b\nWORKDIR c:\\$A`$A\n").unwrap();
    let Content::Workdir(folder) = &dockerfile.instructions[2].content else { panic!() };
    assert_eq!(folder.text, "c:\\b$A");
}
