//! Properties of all scripts: no text makes the reader panic, and the work grows linearly.

use proptest::prelude::*;

use super::{ShellCommand, commands};
use crate::{Dockerfile, Outside};

/// Fragments with a meaning in scripts, in any order.
fn soup() -> impl Strategy<Value = String> {
    let part = prop_oneof![
        4 => "(if|then|fi|for|in|do|done|case|esac|\\{|\\}|!|function|sudo|env|sh -c|bash|eval|xargs|A=b|\\[\\[|\\]\\]) ",
        3 => "( a|b\\$c|\\$\\{d|\\$\\(|\\$\\(\\(|\\)|`|\"|'|\\\\|\\$'|é|<\\(|<<E|<<-'E'|<<<|2>|&>|=\\(|x=\\()",
        2 => "( |\n|\r\n|\\\\\n|\nE\n|;|;;|&&|\\||&|#|\\(|\\(\\(|\\}|>|<)",
    ];
    prop::collection::vec(part, 0..18).prop_map(|parts| parts.concat())
}

fn check(script: &str, found: &[ShellCommand]) -> Result<(), TestCaseError> {
    for command in found {
        prop_assert!(!command.words.is_empty());
        prop_assert!(script.get(command.span.clone()).is_some_and(|place| !place.is_empty()), "{:?}", command);
        prop_assert!(command.through.len() <= 400);
    }
    Ok(())
}

/// Writes a word so that a shell reads it as it is: with single quotes, double quotes, or escapes.
fn quoted(word: &str, style: u8) -> String {
    match style {
        0 => format!("'{}'", word.replace('\'', "'\\''")),
        1 => {
            let escaped = |character: char| {
                if "\"\\$`".contains(character) { format!("\\{character}") } else { character.into() }
            };
            format!("\"{}\"", word.chars().map(escaped).collect::<String>())
        }
        _ if word.is_empty() || word.contains('\n') => quoted(word, 0),
        _ => word.chars().flat_map(|character| ['\\', character]).collect(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(20_000))]

    #[test]
    fn any_script_is_read(script in soup()) {
        check(&script, &commands(&script))?;
    }

    #[test]
    fn any_characters_are_read(script in "(.|\n){0,30}") {
        check(&script, &commands(&script))?;
    }

    #[test]
    fn scripts_of_instructions_are_read(script in soup(), form in 0..4) {
        let line = match form {
            0 => format!("RUN {}", script.replace('\n', " \\\n")),
            1 => format!("RUN <<'END'\n{script}\nEND"),
            2 => format!("RUN bash <<-END\n{script}\nEND"),
            _ => format!("SHELL [\"sh\", \"-c\"]\nRUN {}", serde_json::to_string(&["sh", "-c", &script]).unwrap()),
        };
        let text = format!("FROM a\n{line}\n");
        if let Ok(dockerfile) = Dockerfile::read(&text, Outside::Only(&[])) {
            for (run, shell) in dockerfile.image_of(0).runs() {
                for command in run.shell_commands(shell).iter() {
                    prop_assert!(text.get(command.span.clone()).is_some());
                    prop_assert!(run.span.start <= command.span.start && command.span.end <= run.span.end);
                }
            }
        }
    }

    #[test]
    fn quoted_words_are_read_as_they_are(
        words in prop::collection::vec(("(.|\n|[ '\"$`;&|<>()#*\\\\é]){0,6}", 0..3_u8), 0..5),
        separator in "( ;|\n|&&| \\|\\| )",
    ) {
        let words = words.into_iter().filter(|(word, _)| !word.contains('\r')).collect::<Vec<_>>();
        let line = words.iter().fold("program".to_owned(), |line, (word, style)| line + " " + &quoted(word, *style));
        let found = commands(&format!("{line}{separator}{line}"));
        prop_assert_eq!(found.len(), 2);
        for command in found {
            prop_assert!(command.words.iter().all(|word| word.is_literal));
            let texts: Vec<&str> = command.words.iter().skip(1).map(|word| word.text.as_str()).collect();
            prop_assert_eq!(texts, words.iter().map(|(word, _)| word.as_str()).collect::<Vec<_>>());
        }
    }

    #[test]
    fn a_script_in_a_script_has_the_same_commands(script in soup()) {
        let outer = commands(&format!("sh -c '{}'", script.replace('\'', "'\\''")));
        let inner = commands(&script);
        // One level less is left inside.
        prop_assume!(inner.iter().all(|command| command.through.len() < 10));
        prop_assert_eq!(outer.len(), inner.len());
        for (outer, inner) in outer.iter().zip(&inner) {
            prop_assert_eq!(&outer.words, &inner.words);
            prop_assert_eq!(&outer.through[1..], inner.through.as_slice());
        }
    }
}

/// Repeatable elements of scripts, alone and in each other.
const PARTS: [&str; 40] = [
    "a b; ",
    "a && ",
    "a\n",
    "$(",
    "$(a) ",
    "`a` ",
    "`",
    "\"",
    "'",
    "\\",
    "${",
    "${a:-",
    "$((",
    "$(( '(' ) ) ",
    "((",
    "(",
    "{ ",
    "case a in ",
    "case a in b) ",
    "sudo ",
    "sh -c ",
    "sh -c 'a' ",
    "eval ",
    "eval a; ",
    "a <<E\n",
    "a <<E ",
    "bash <<E\n",
    "sh <<E\nb\nE\n",
    "<(",
    "a=(",
    "A=b ",
    "> f ",
    "# a\n",
    "[[ ",
    "\"$(",
    "sh -c \"$(a)\" ",
    "xargs env A=b ",
    "for a in ",
    "$a",
    "é",
];

fn steps(script: &str) -> u64 {
    counted::of(|| drop(commands(script)))
}

#[test]
fn twice_the_script_is_at_most_twice_the_work() {
    for part in PARTS {
        for other in ["", "\n", "E\n", ")", "'", "\" ", "}"] {
            for behind in ["", "a", "E\n", "`", ")"] {
                let script = |n: usize| format!("{part}{other}").repeat(n) + behind;
                let (small, large) = (steps(&script(400)), steps(&script(800)));
                assert!(large * 10 <= small * 23, "{part:?} {other:?} {behind:?}: {small} steps become {large}");
                assert!(small >= 400, "{part:?} {other:?} {behind:?}: {small} steps are not counted");
            }
        }
    }
}

#[test]
fn long_chains_before_a_script_are_no_danger() {
    let script = |n: usize| format!("{}sh -c '{}'", "sudo ".repeat(n), "a;".repeat(n));
    let (small, large) = (steps(&script(2_000)), steps(&script(4_000)));
    assert!(large * 10 <= small * 23, "{small} steps become {large}");
}
