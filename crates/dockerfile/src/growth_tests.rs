//! The work grows linearly with the text; what would grow faster is refused.

#[path = "../tests/support/growth_kinds.rs"]
mod growth_kinds;

use growth_kinds::{KINDS, Kind, lines};

use super::{Dockerfile, Outside, ReadError, Reason, read};

fn steps(text: &str) -> u64 {
    counted::of(|| {
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
fn large_texts_are_read() {
    for (kind, text) in KINDS {
        assert!(Dockerfile::read(&text(2_000), Outside::Only(&[])).is_ok(), "{kind}");
    }
    let (_, many) = KINDS[0];
    assert_eq!(Dockerfile::read(&many(20_000), Outside::Only(&[])).unwrap().instructions.len(), 20_001);
}

/// Short texts that expand to long values.
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
        let steps = counted::of(|| error = Dockerfile::read(&text(60), Outside::Only(&[])).err());
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
