//! Heredocs as a builder that knows them reads them: where they end, and where the secrets in them and behind them are.

use crate::harness::docker::sandbox;
use crate::harness::planted::{password, token};
use crate::harness::sandbox::Sandbox;

/// The lines of the findings in a Dockerfile; none where it is fine.
#[track_caller]
fn lines(sandbox: &Sandbox, text: &str) -> Vec<u64> {
    sandbox.write("frontend/Dockerfile", text);
    let run = sandbox.xtask(&["build", "--dry-run", "--json"]);
    let document = run.document();
    assert_eq!(document["error"].is_null(), run.code == 0);
    let problems = document["error"]["problems"].as_array().cloned().unwrap_or_default();
    let mut lines: Vec<u64> = problems.iter().map(|problem| problem["line"].as_u64().unwrap()).collect();
    lines.dedup();
    lines
}

#[test]
fn a_line_end_of_windows_is_no_part_of_the_mark() {
    let sandbox = sandbox();
    let secret = password();
    let text = |text: &str| format!("FROM node:20-alpine\r\n{}", text.replace('\n', "\r\n").replace("{s}", &secret));
    let rows: [(&str, &[u64]); 6] = [
        ("COPY <<EOT /f\nline\nEOT\nUSER 1000\n", &[]),
        ("COPY <<EOT /f\nline\nother\nEOT\nENV APP_TOKEN={s}\nUSER 1000\n", &[6]),
        ("RUN <<EOT\nset -e\nexport APP_TOKEN={s}\nEOT\nUSER 1000\n", &[4]),
        ("COPY <<-\"EOT\" /f\n\tline\n\tEOT\nENV APP_TOKEN={s}", &[5]),
        ("COPY <<EOT /f\nline\nEOT \nENV APP_TOKEN={s}\nEOT\nUSER 1000\n", &[5]),
        ("RUN <<A <<B\na\nA\nexport APP_TOKEN={s}\nB\nUSER 1000\n", &[5]),
    ];
    for (row, expected) in rows {
        assert_eq!(lines(&sandbox, &text(row)), expected, "{row:?}");
    }
}

/// A Dockerfile with heredocs of every form; `{1}` to `{5}` are places for more text.
const FORMS: &str = "\
FROM node:20-alpine AS builder
RUN echo a && \\
    cat <<EOF > /one
first{1}
EOF
RUN cat <<A > /two && cat <<B > /three
{2}second
A
FROM other
B
RUN cat <<-\\EOT > /four
\ttabs $HOME
\tEOT
{3}ENV X=1
RUN <<\"E E\"
echo last{4}
E E
# a comment
USER 1000
COPY <<E /five
end{5}
E";

#[test]
fn heredocs_of_every_form_are_read_to_their_ends() {
    let sandbox = sandbox();
    let secret = password();
    let with = |place: &str, more: &str| {
        let filled = FORMS.replace(place, more);
        ["{1}", "{2}", "{3}", "{4}", "{5}"].iter().fold(filled, |text, place| text.replace(place, ""))
    };
    assert_eq!(lines(&sandbox, &with("{1}", "")), [0_u64; 0]);
    let rows = [
        ("{1}", format!(" && export DB_PASSWORD={secret}"), 4),
        ("{2}", format!("ENV X_TOKEN={}\n", token()), 7),
        ("{3}", format!("ENV DB_PASSWORD={secret}\n"), 14),
        ("{4}", format!(" && export DB_PASSWORD={secret}"), 16),
        ("{5}", format!("\nexport DB_PASSWORD={secret}"), 22),
    ];
    for (place, more, line) in rows {
        assert_eq!(lines(&sandbox, &with(place, &more)), [line], "{place}");
    }
}

#[test]
fn a_text_that_looks_like_a_stage_is_none() {
    let sandbox = sandbox();
    sandbox.write("frontend/Dockerfile", "FROM node:20-alpine\nRUN <<E\nFROM python:3.13-slim\nE\n");
    let document = sandbox.xtask(&["build", "frontend", "--dry-run", "--json"]).code(0).document();
    let bases = document["components"][0]["base_images"].as_array().unwrap().clone();
    assert_eq!(bases.len(), 1, "{bases:?}");
}
