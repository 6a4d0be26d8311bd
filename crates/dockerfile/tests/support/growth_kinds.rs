//! Every repeatable element of a Dockerfile.

/// A kind of text, by its size.
pub(crate) type Kind = (&'static str, fn(usize) -> String);

pub(crate) fn lines(number: usize, line: impl Fn(usize) -> String) -> String {
    (0..number).map(|at| line(at) + "\n").collect()
}

/// Every repeatable element of a Dockerfile, by name.
pub(crate) const KINDS: [Kind; 19] = [
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
