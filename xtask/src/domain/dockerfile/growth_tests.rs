//! Work grows with the text and not faster, and what would grow faster is refused.

use super::{Dockerfile, Outside, ReadError, Reason, read};
use crate::domain::secrets::{Detector, Scanner, dockerfile_findings};
use crate::domain::work;

/// Texts of one kind, by their size.
type Kind = (&'static str, fn(usize) -> String);

fn lines(number: usize, line: impl Fn(usize) -> String) -> String {
    (0..number).map(|at| line(at) + "\n").collect()
}

/// Everything that a Dockerfile can have many of.
const KINDS: [Kind; 19] = [
    ("ENV lines", |n| format!("FROM a\n{}", lines(n, |at| format!("ENV A{at}=b C=$A{at}")))),
    ("ENV pairs in one instruction", |n| format!("FROM a\nENV \\\n{}X=y", lines(n, |at| format!("A{at}=b \\")))),
    ("ARG lines", |n| {
        format!("{}FROM a\n{}", lines(n, |at| format!("ARG A{at}=b")), lines(n, |at| format!("ARG A{at}")))
    }),
    ("stages", |n| lines(n, |at| format!("FROM a AS s{at}\nENV A{at}=b\nCOPY --from=s{} /x /y", at / 2))),
    ("stages from the one before", |n| {
        format!("FROM a AS s0\n{}", lines(n, |at| format!("FROM s{at} AS s{}\nARG B{at}=$A{at}\nENV A{at}=b", at + 1)))
    }),
    ("stages from one with many variables", |n| {
        format!("FROM a AS s\n{}{}", lines(n, |at| format!("ENV A{at}=b")), lines(n, |_| "FROM s".to_owned()))
    }),
    ("stages from one with triggers", |n| {
        format!("FROM a AS s\n{}{}", lines(n, |at| format!("ONBUILD ENV A{at}=b")), lines(n, |_| "FROM s".to_owned()))
    }),
    ("stages from images of their own", |n| lines(n, |at| format!("FROM i{at}\nCOPY --from=x{at} /a /b"))),
    ("a long RUN", |n| format!("FROM a\nRUN true \\\n{}  true\n", lines(n, |at| format!("  && echo $V{at} \\")))),
    ("a long RUN with a mark", |n| {
        format!("FROM a\nRUN cat <<E \\\n{}  true\nE\n", lines(n, |at| format!("  && echo $V{at} \\")))
    }),
    ("RUN in many words", |n| format!("FROM a\nRUN [{}\"x\"]\n", "\"a\", \\\n".repeat(n))),
    ("heredocs", |n| format!("FROM a\n{}", lines(n, |at| format!("COPY <<E{at} /x\ntext $A\nE{at}")))),
    ("heredocs with one name", |n| format!("FROM a\n{}", lines(n, |_| "RUN <<-E\n\ttext\n\tE".to_owned()))),
    ("marks without an end", |n| format!("FROM a\n{}", lines(n, |at| format!("RUN a << E{at}")))),
    ("comments in a continued line", |n| format!("FROM a\nRUN a \\\n{}b\n", "# c\n\n".repeat(n))),
    ("flags", |n| format!("FROM a\nRUN {}true\n", "--mount=type=cache,target=/x \\\n".repeat(n))),
    ("words of EXPOSE", |n| format!("FROM a\nEXPOSE {}1\n", "$P 80 \\\n".repeat(n))),
    ("labels", |n| format!("FROM a\nLABEL {}x=y\n", "a.b=\"c d\" \\\n".repeat(n))),
    ("patterns in substitutions", |n| {
        format!(
            "FROM scratch\nENV A={}\n{}",
            "ab".repeat(50),
            lines(n, |at| format!("ENV B{at}=${{A//a?/x}} C=${{A%b*}}"))
        )
    }),
];

fn steps(text: &str) -> u64 {
    work::of(|| {
        Dockerfile::read(text, Outside::Only(&[])).unwrap();
        read(text, None, &[]).unwrap();
    })
}

#[test]
fn twice_the_text_is_twice_the_work() {
    for (kind, text) in KINDS {
        let (small, large) = (steps(&text(400)), steps(&text(800)));
        assert!(large * 10 <= small * 22, "{kind}: {small} steps become {large}");
        assert!(small > 400, "{kind}: {small} steps are not counted");
    }
}

#[test]
fn twice_the_text_is_twice_the_work_for_the_search_too() {
    let detector = Detector::new(&[], Scanner::new(Vec::new()).unwrap());
    for (kind, text) in KINDS {
        let judged = |text: &str| work::of(|| drop(dockerfile_findings(&detector, (None, "Dockerfile"), text)));
        let (small, large) = (judged(&text(100)), judged(&text(200)));
        assert!(large * 10 <= small * 22, "{kind}: {small} steps become {large}");
    }
}

#[test]
fn large_texts_are_read() {
    for (kind, text) in KINDS {
        assert!(Dockerfile::read(&text(2_000), Outside::Only(&[])).is_ok(), "{kind}");
    }
    let (_, many) = KINDS[0];
    assert_eq!(Dockerfile::read(&many(20_000), Outside::Only(&[])).unwrap().instructions.len(), 20_001);
}

/// Texts that ask for more than they say.
const BLOW_UPS: [Kind; 8] = [
    ("ENV", |n| format!("FROM scratch\nENV A=aaaaaaaaaa\n{}", "ENV A=$A$A\n".repeat(n))),
    ("ARG", |n| format!("ARG A=aaaaaaaaaa\n{}FROM $A\n", "ARG A=$A$A\n".repeat(n))),
    ("a default", |n| format!("FROM scratch\nENV B=b\n{}", "ENV B=${B:-x}$B$B\n".repeat(n))),
    ("an alternative", |n| format!("FROM scratch\nENV B=b\n{}", "ENV B=${B:+$B$B}\n".repeat(n))),
    ("a pattern", |n| format!("FROM scratch\nENV B=b\n{}", "ENV B=${B//b/bb}\n".repeat(n))),
    ("two names", |n| format!("FROM scratch\nENV A=a B=b\n{}", "ENV A=$B$B\nENV B=$A$A\n".repeat(n))),
    ("stages", |n| {
        format!("FROM scratch AS s0\nENV A=aaaa\n{}", lines(n, |at| format!("FROM s{at} AS s{}\nENV A=$A$A", at + 1)))
    }),
    ("a heredoc", |n| format!("FROM scratch\nENV A=aaaa\n{}COPY <<E /f\n$A\nE\n", "ENV A=$A$A\n".repeat(n))),
];

#[test]
fn what_doubles_with_every_line_is_refused_at_its_line_with_bounded_work() {
    for (kind, text) in BLOW_UPS {
        let mut error = None;
        let steps = work::of(|| error = Dockerfile::read(&text(60), Outside::Only(&[])).err());
        let Some(ReadError { line, reason: Reason::TooMuch }) = error else { panic!("{kind}: {error:?}") };
        assert!((10..80).contains(&line), "{kind}: line {line}");
        assert!(steps < 200_000_000, "{kind}: {steps} steps");
        let few = Dockerfile::read(&text(8), Outside::Only(&[]));
        assert!(few.is_ok(), "{kind}: {few:?}");
    }
}

#[test]
fn many_large_values_are_refused_together() {
    let text = format!("FROM scratch\nENV A={}\n{}", "a".repeat(60_000), lines(2_000, |at| format!("ENV B{at}=$A")));
    let error = Dockerfile::read(&text, Outside::Only(&[])).unwrap_err();
    assert_eq!(error.reason, Reason::TooMuch);
    let slow = format!("FROM scratch\nENV A={}\nENV B=${{A//*b/x}}\n", "a".repeat(60_000));
    assert_eq!(
        Dockerfile::read(&slow, Outside::Only(&[])).unwrap_err(),
        ReadError { line: 3, reason: Reason::TooMuch }
    );
}
