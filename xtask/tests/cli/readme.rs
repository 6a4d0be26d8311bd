//! What the README shows of the commands that need no engine is what they say.

use crate::harness::planted::address;
use crate::harness::sandbox::Sandbox;

const README: &str = include_str!("../../../README.md");

/// The console blocks as commands and what stands below each.
fn shown() -> Vec<(&'static str, String)> {
    let mut commands: Vec<(&str, String)> = Vec::new();
    for block in README.split("```console\n").skip(1) {
        for line in block.split("```").next().unwrap().lines() {
            if let Some(command) = line.strip_prefix("$ cargo xtask ") {
                commands.push((command, String::new()));
            } else {
                let (_, text) = commands.last_mut().unwrap();
                text.push_str(line);
                text.push('\n');
            }
        }
    }
    commands
}

/// A repository with the taskflow.toml of this one.
fn repository(change: impl Fn(&str) -> String) -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write("taskflow.toml", &change(include_str!("../../../taskflow.toml")));
    sandbox.commit();
    sandbox
}

#[test]
fn the_readme_shows_what_is_said() {
    let mut compared = 0;
    for (command, expected) in shown() {
        let misspelt = expected.contains("contxt");
        let sandbox = repository(|config| {
            if misspelt { config.replace("context = \"backend\"", "contxt = \"backend\"") } else { config.to_owned() }
        });
        let scan = command.starts_with("secrets scan backend/");
        if scan {
            sandbox.write("backend/settings.py", &format!("DSN = \"{}\"\n", address()));
        }
        let needs_no_engine = scan || command.starts_with("tags") || misspelt || command.contains("DATABASE_URL");
        if needs_no_engine {
            let run = sandbox.xtask(&command.split(' ').collect::<Vec<_>>());
            let expected = expected.replace("0.0 s", "[TIME]");
            assert_eq!(format!("{}{}", run.stderr, run.stdout), expected, "$ cargo xtask {command}");
            compared += 1;
        }
    }
    assert_eq!(compared, 5, "the README shows `tags` twice, two refusals, and a search");
}
