//! Hints about the settings of releases.

use crate::arguments::declares;
use crate::row::{Row, Then, follow, row};
use crate::world::World;

/// A sandbox with these settings of releases.
fn sets(settings: &str) -> World {
    declares(&format!("[release]\n{settings}\n"), &["build", "-n"])
}

/// A sandbox that accepts a change of the contract, with one line of the entry left out.
fn accepts_without(key: &str) -> World {
    let lines = ["finding = \"a3f8c21b9d04\"", "version = \"1.2.0\"", "reason = \"no deployment sets this variable\""];
    let lines = lines.into_iter().filter(|line| !line.starts_with(key));
    declares(&lines.fold("[[release.accept]]\n".to_owned(), |text, line| text + line + "\n"), &["build", "-n"])
}

/// Replaces a line of the settings.
fn edit(world: &mut World, old: &str, new: &str) {
    world.edit("taskflow.toml", old, new);
}

/// Entries for the same change.
const TWICE: &str = "\
[[release.accept]]
finding = \"a3f8c21b9d04\"
version = \"1.2.0\"
reason = \"no deployment sets this variable\"
";

pub(crate) fn rows() -> Vec<Row> {
    let mut rows = entries();
    rows.extend(settings());
    rows
}

fn entries() -> Vec<Row> {
    vec![
        row("add the fingerprint of the change, as in `finding = \"a3f8c21b9d04\"`", || accepts_without("finding"))
            .by_hand(|world| world.set("[[release.accept]]", "finding = \"a3f8c21b9d04\""))
            .then(Then::Gone),
        row("add the version in which it is accepted, as in `version = \"1.2.0\"`", || accepts_without("version"))
            .by_hand(|world| world.set("[[release.accept]]", "version = \"1.2.0\"")),
        row("add why a smaller step is enough, as in `reason = \"no deployment sets this variable\"`", || {
            accepts_without("reason")
        })
        .by_hand(|world| world.set("[[release.accept]]", "reason = \"no deployment sets this variable\"")),
        row("remove one of them", || declares(&TWICE.repeat(2), &["build", "-n"]))
            .by_hand(|world| edit(world, TWICE, "")),
        row("remove one of them", || sets("version-files = [\"a\", \"./a\"]"))
            .by_hand(|world| edit(world, ", \"./a\"", "")),
    ]
}

fn settings() -> Vec<Row> {
    vec![
        row("write branches or patterns, as in `branches = [\"main\", \"release/*\"]`, or remove the key", || {
            sets("branches = []")
        })
        .by_hand(|world| world.set("[release]", "branches = [\"main\", \"release/*\"]"))
        .by_hand(|world| edit(world, "branches = []\n", "")),
        row("write branches or patterns, as in `branches = [\"main\", \"release/*\"]`, or remove the key", || {
            sets("branches = [\"a..b\"]")
        })
        .by_hand(|world| world.set("[release]", "branches = [\"main\", \"release/*\"]")),
        row("remove it", || sets("version-files = [\"taskflow.toml\"]"))
            .by_hand(|world| edit(world, "\"taskflow.toml\"", "")),
        row("remove it from `version-files`", || sets("version-files = [\"a\"]\nchangelog = \"a\""))
            .by_hand(|world| edit(world, "[\"a\"]", "[]")),
        row("write the name of a remote, such as `origin`, or remove the key", || sets("remote = \"-x\""))
            .by_hand(|world| world.set("[release]", "remote = \"origin\""))
            .by_hand(|world| edit(world, "remote = \"-x\"\n", "")),
        row("write a host and an optional path, as in `registry.example.org:5000/team`", || {
            sets("registry = \"https://registry.example.org\"")
        })
        .by_hand(|world| world.set("[release]", "registry = \"registry.example.org:5000/team\"")),
        row("write a host and an optional path, as in `registry.example.org:5000/team`", || {
            sets("registry = \"team\"")
        })
        .by_hand(|world| world.set("[release]", "registry = \"registry.example.org:5000/team\"")),
        row("shorten the path", || sets(&format!("registry = \"localhost:5000/{}\"", "a".repeat(240))))
            .by_hand(|world| edit(world, &"a".repeat(240), "a")),
        row("write the words of the command, as in `sign = [\"cosign\", \"sign\", \"{image}\"]`", || {
            sets("sign = [\"cosign\"]")
        })
        .by_hand(|world| world.set("[release]", "sign = [\"cosign\", \"sign\", \"{image}\"]")),
    ]
}

#[test]
fn hints_about_the_settings_of_releases_help() {
    follow(&rows());
}
