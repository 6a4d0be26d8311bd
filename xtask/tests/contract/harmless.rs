//! Rewrites of the shipped files that change nothing: no rule finds anything.

mod dockerfile;
mod other_files;
mod steps;

use crate::world::{BACKEND, BACKEND_IGNORE, Edit, FRONTEND, FRONTEND_IGNORE, World};

/// A rewrite: the rules that say that they cannot decide, and the edits.
type Rewrite = (&'static [&'static str], &'static [Edit<'static>]);

/// Judges files; returns what is wrong with the verdicts.
fn alarm(world: Result<World, String>, undecided: &[&str]) -> Option<String> {
    let outcome = match world {
        Ok(world) => world.judge(),
        Err(reason) => return Some(reason),
    };
    let is_silent = outcome.broken().is_empty() && outcome.undecided() == undecided;
    (!is_silent).then(|| format!("broken {:?}\n{}", outcome.broken(), outcome.described()))
}

#[test]
fn no_rewrite_raises_an_alarm() {
    let tables = [dockerfile::ROWS, steps::ROWS, other_files::ROWS];
    let rows: Vec<&Rewrite> = tables.into_iter().flatten().collect();
    let failure = |(undecided, edits): &&Rewrite| {
        let alarm = alarm(World::shipped().with(edits), undecided)?;
        let edits: Vec<String> = edits.iter().map(|(path, old, new)| format!("{path}: {old:?} -> {new:?}")).collect();
        Some(format!("== {}\n{alarm}", edits.join("\n")))
    };
    let failures: Vec<String> = rows.iter().copied().filter_map(|row| failure(&row)).collect();
    assert!(failures.is_empty(), "{} of {}:\n\n{}", failures.len(), rows.len(), failures.join("\n"));
    assert!(rows.len() >= 90, "{} rewrites", rows.len());
}

/// A rewrite of a whole file, with its name.
type WholeRewrite = (&'static str, fn(&str) -> String);

/// Rewrites of a whole file.
const WHOLE: [WholeRewrite; 8] = [
    ("CRLF", |text| text.replace('\n', "\r\n")),
    ("byte order mark", |text| format!("\u{feff}{text}")),
    ("no newline at the end", |text| text.trim_end().to_owned()),
    ("blanks at the ends of lines", |text| text.replace('\n', " \n").replace("\\ \n", "\\\n")),
    ("empty lines at the end", |text| format!("{text}\n\n\n")),
    ("no comments", |text| lines_without(text, |line| line.trim_start().starts_with('#'))),
    ("no empty lines", |text| lines_without(text, |line| line.trim().is_empty())),
    ("everything indented", |text| format!("\n{text}").replace('\n', "\n  ").replace("\n  #", "\n#")),
];

fn lines_without(text: &str, is_left_out: fn(&str) -> bool) -> String {
    text.split_inclusive('\n').filter(|line| !is_left_out(line)).collect()
}

#[test]
fn the_form_of_a_file_raises_no_alarm() {
    for file in [FRONTEND, BACKEND, FRONTEND_IGNORE, BACKEND_IGNORE] {
        for (what, rewrite) in WHOLE {
            let alarm = alarm(Ok(World::shipped().rewritten(file, rewrite)), &[]);
            assert!(alarm.is_none(), "{file}, {what}: {}", alarm.unwrap_or_default());
        }
    }
}
