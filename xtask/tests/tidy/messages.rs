//! Every sentence that xtask can say stands in a snapshot of `tests/cli`, `tests/contract`, `tests/release`,
//! `tests/secrets`, `crates/secretscan/tests`, or of a unit test, or in a document that a test compares with what xtask prints, so that somebody has read it. So
//! does what a step of a Dockerfile prints.

use crate::Finding;
use crate::source::{Literal, Source};

/// The shortest part of a sentence that is looked for.
const SHORTEST: usize = 6;

/// Sentences without a snapshot, and why.
const UNSEEN: [(&str, &str); 22] = [
    ("cannot listen to signals:", "only a system without signals says it"),
    ("cannot make a tag from git", "every tag that is made is valid; property tests hold that"),
    ("HEAD names neither a branch nor a commit", "git's readers say that HEAD is broken before"),
    ("` on the command line", "why a given tag is what it is; `tags` does not take one"),
    ("an unfinished revert", "named among the changes of a tree; tests/git makes each one"),
    ("an unfinished cherry-pick", "named among the changes of a tree; tests/git makes each one"),
    ("an unfinished rebase", "named among the changes of a tree; tests/git makes each one"),
    ("an unfinished am or rebase", "named among the changes of a tree; tests/git makes each one"),
    ("/bin/sh -c #(nop)", "docker's words"),
    ("looking for secrets in the image", "only a terminal with bars shows it"),
    ("{json .DriverStatus}", "an argument"),
    ("{json .ClientInfo}", "an argument"),
    ("{json .RegistryConfig}", "an argument"),
    ("A trial of the signature", "the message of a commit that is thrown away"),
    ("there is no time", "git prints the time of every commit"),
    ("of git tag `", "why the candidates of a release have their tag, which only `tags` prints"),
    ("cannot read the answer:", "a terminal that is closed gives an empty answer"),
    (r#"{{.ID}}\t{{.Label ""#, "an argument"),
    (r#"{{.Name}}\t{{.Label ""#, "an argument"),
    ("there is no build for `", "builds with attestations are planned for all images that get them"),
    ("an archive comes before its export", "only a plan with its steps in a wrong order"),
    ("the export was not kept", "only a dry run keeps none, and it writes no archive"),
];

/// Files that know other tools' words, or what secrets look like, and say nothing. What the patterns are called stands
/// in the snapshot of `secrets rules`.
const SILENT: [&str; 15] = [
    "crates/process/src/invocation.rs",
    "xtask/src/domain/build_log.rs",
    "xtask/src/domain/builder_words.rs",
    "xtask/src/domain/contract/verify/answer.rs",
    "xtask/src/domain/docker_words.rs",
    "xtask/src/domain/release/git_argv.rs",
    "xtask/src/domain/release/git_words.rs",
    "xtask/src/domain/registry_words.rs",
    "crates/secretscan/src/assignments/",
    "crates/secretscan/src/check.rs",
    "crates/secretscan/src/documented.rs",
    "crates/secretscan/src/entropy.rs",
    "crates/secretscan/src/patterns/",
    "crates/secretscan/src/value.rs",
    "crates/secretscan/src/words.rs",
];

/// Whether a document is what a command prints: `tests/cli/schema` and `tests/cli/check/pages.rs` compare both.
pub(crate) fn is_printed(name: &str) -> bool {
    ["docs/taskflow-toml.md", "docs/taskflow.schema.json"].contains(&name) || name.starts_with("docs/contract/")
}

/// Sentences that neither a snapshot nor a printed document has, and exceptions that nothing needs any more.
pub(crate) fn check(sources: &[Source], snapshots: &str, printed: &[&str]) -> Vec<Finding> {
    let seen = snapshots.to_owned() + &snapshots_beside(sources);
    let seen = printed.iter().fold(seen, |seen, text| seen + &text.replace("\\\\", "\\"));
    let mut needed = Vec::new();
    let mut findings = Vec::new();
    let speaks = |source: &&Source| !SILENT.iter().any(|silent| source.path.starts_with(silent));
    for source in sources.iter().filter(speaks) {
        for (line, sentence) in sentences(source) {
            if seen.contains(&sentence) {
                continue;
            }
            match UNSEEN.iter().find(|(text, _)| text.trim() == sentence) {
                Some((text, _)) => needed.push(*text),
                None => findings.push(Finding::new(&source.path, line, format!("no snapshot says `{sentence}`"))),
            }
        }
    }
    for (text, _) in UNSEEN.iter().filter(|(text, _)| !needed.contains(text)) {
        findings.push(Finding::new(file!(), 1, format!("the exception `{text}` is not needed")));
    }
    findings
}

/// The sentences that the steps of a Dockerfile print and no snapshot has.
pub(crate) fn of_dockerfile(name: &str, text: &str, snapshots: &str) -> Vec<Finding> {
    let echoes = text.lines().enumerate().flat_map(|(index, line)| {
        let said = line.split("echo \"").skip(1).filter_map(|rest| rest.split('"').next());
        said.map(move |sentence| (index + 1, sentence))
    });
    let unseen = echoes.filter(|(_, sentence)| sentence.contains(' ') && !snapshots.contains(sentence));
    unseen.map(|(line, sentence)| Finding::new(name, line, format!("no snapshot says `{sentence}`"))).collect()
}

/// The text of all snapshots of these tests.
pub(crate) fn snapshots(tests: &[Source]) -> String {
    tests.iter().flat_map(|source| &source.literals).filter_map(snapshot).collect()
}

/// The text of the snapshots of unit tests.
fn snapshots_beside(sources: &[Source]) -> String {
    let literals = sources.iter().flat_map(|source| {
        let begin = source.tests_begin();
        source.literals.iter().filter(move |literal| literal.line > begin)
    });
    literals.filter_map(snapshot).collect()
}

/// The text of a literal that is a snapshot.
fn snapshot(literal: &Literal) -> Option<String> {
    let is_one = literal.before.ends_with("str![[") || literal.before.ends_with("str![");
    is_one.then(|| literal.text.replace("\\\"", "\"") + "\n")
}

/// The fixed parts of the sentences in a file's code, with their lines.
fn sentences(source: &Source) -> Vec<(usize, String)> {
    let end = source.tests_begin();
    let said = source.literals.iter().filter(|literal| literal.line < end && literal.text.contains(' '));
    // Attributes give reasons to readers of the code.
    let said = said.filter(|literal| !literal.before.ends_with("reason ="));
    said.flat_map(|literal| fixed_parts(&literal.text).into_iter().map(|part| (literal.line, part))).collect()
}

/// What is left of a format string without its `{…}`, in lines.
fn fixed_parts(text: &str) -> Vec<String> {
    let text = text.replace("{{", "\u{1}").replace("}}", "\u{2}");
    let mut parts = Vec::new();
    for part in text.split('{') {
        let fixed = part.split_once('}').map_or(part, |(_, rest)| rest);
        let fixed = fixed.replace('\u{1}', "{").replace('\u{2}', "}");
        parts.extend(fixed.lines().map(|line| line.trim().to_owned()));
    }
    parts.retain(|part| part.len() >= SHORTEST);
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unseen(code: &str, test: &str) -> Vec<String> {
        let seen = snapshots(&[Source::read("t.rs", test)]);
        let findings = check(&[Source::read("xtask/src/x.rs", code)], &seen, &["a printed text"]);
        let about_code = findings.into_iter().filter(|finding| finding.file == "xtask/src/x.rs");
        about_code.map(|finding| finding.rule).collect()
    }

    #[test]
    fn a_sentence_without_a_snapshot_is_found() {
        let code = "format!(\"cannot build `{name}` with {builder}: no plugin\")";
        assert_eq!(unseen(code, "").len(), 3);
        assert_eq!(unseen(code, "on(\"cannot build ` with x: no plugin\")").len(), 3, "only snapshots count");
        assert_eq!(unseen(code, "str![[r#\"error: cannot build `a` with b: no plugin\"#]]"), Vec::<String>::new());
        assert_eq!(unseen("const X: &str = \"one two\"; #[cfg(test)]", ""), ["no snapshot says `one two`"]);
        assert_eq!(unseen("const X: &str = \"a printed text\";", ""), Vec::<String>::new());
    }

    #[test]
    fn the_snapshot_of_a_unit_test_counts() {
        let code = "const X: &str = \"one two\";\n#[cfg(test)]\nmod t { f(str![\"one two\"]) }";
        assert_eq!(unseen(code, ""), Vec::<String>::new());
        assert_eq!(unseen(&code.replace("str!", "x!"), "").len(), 1);
    }

    #[test]
    fn a_dockerfile_says_nothing_without_a_snapshot() {
        let text = "FROM a\nRUN x || { echo \"one two\" >&2; echo \"A=b\"; exit 1; }\n";
        assert_eq!(of_dockerfile("Dockerfile", text, "").len(), 1);
        let seen = snapshots(&[Source::read("t.rs", "str![[r#\"one two\"#]]")]);
        assert_eq!(of_dockerfile("Dockerfile", text, &seen), Vec::new());
    }

    #[test]
    fn what_nobody_is_told_needs_none() {
        assert_eq!(unseen("#[expect(x, reason = \"one two\")]", ""), Vec::<String>::new());
        assert_eq!(
            unseen("// \"one two\"\nf(\"one\");\n#[cfg(test)]\nmod t { f(\"one two\") }", ""),
            Vec::<String>::new()
        );
    }

    #[test]
    fn an_exception_that_nothing_needs_is_found() {
        assert_eq!(check(&[], "", &[]).len(), UNSEEN.len());
    }
}
