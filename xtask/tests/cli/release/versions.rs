//! The version of a release: its forms on the command line, and the files that have it.

use snapbox::str;

use super::world::{CONFIG, World};
use crate::harness::run::compare;

#[test]
fn other_forms_of_a_version_are_answered_with_the_right_one() {
    let world = World::new();
    world.release(&["v1.1.0"]).code(2).stdout("").stderr(str![[r#"
error: invalid value 'v1.1.0' for '<X.Y.Z>': `v1.1.0` begins with `v`, which belongs to git tags only; write `1.1.0`

For more information, try '--help'.

"#]]);
    world.release(&["1.1"]).code(2).stdout("").stderr(str![[r#"
error: invalid value '1.1' for '<X.Y.Z>': `1.1` is not MAJOR.MINOR.PATCH: unexpected end of input while parsing minor version number; write `1.1.0`

For more information, try '--help'.

"#]]);
    world.release(&["01.1.0"]).code(2).stdout("").stderr(str![[r#"
error: invalid value '01.1.0' for '<X.Y.Z>': `01.1.0` is not MAJOR.MINOR.PATCH: invalid leading zero in major version number; write `1.1.0`

For more information, try '--help'.

"#]]);
    world.release(&["1.1.0-rc.1"]).code(2).stdout("").stderr(str![[r#"
error: invalid value '1.1.0-rc.1' for '<X.Y.Z>': `1.1.0-rc.1` has a pre-release or build part, a release version is only MAJOR.MINOR.PATCH

For more information, try '--help'.

"#]]);
    world.release(&["1.1.0+5"]).code(2).stdout("").stderr(str![[r#"
error: invalid value '1.1.0+5' for '<X.Y.Z>': `1.1.0+5` has a pre-release or build part, a release version is only MAJOR.MINOR.PATCH

For more information, try '--help'.

"#]]);
    world.release(&["next"]).code(2).stdout("").stderr(str![[r#"
error: invalid value 'next' for '<X.Y.Z>': `next` is not MAJOR.MINOR.PATCH: unexpected character 'n' while parsing major version number

For more information, try '--help'.

"#]]);
    world.release(&[""]).code(2).stdout("").stderr(str![[r#"
error: invalid value '' for '<X.Y.Z>': `` is not MAJOR.MINOR.PATCH: empty string, expected a semver version

For more information, try '--help'.

"#]]);
    assert_eq!(world.engine.calls(), "");
}

#[test]
fn a_version_has_to_be_higher_than_the_last_release() {
    let world = World::new();
    world.released("1.1.0");
    world.sandbox.write("a/f", "more\n");
    world.sandbox.commit();
    world.release(&["-q", "1.0.9", "--yes"]).code(4).stdout("").stderr(str![[r#"
error: version 1.0.9 is not higher than 1.1.0, the previous release
hint: release 1.1.1 or 1.2.0 or 2.0.0

"#]]);
    world.release(&["-q", "1.1.2", "--check"]).code(0).stdout("").stderr(str![[r#"
warning: version 1.1.2 skips 1.1.1, which is the next one

"#]]);
}

#[test]
fn version_files_keep_everything_but_the_digits() {
    let world = World::new();
    let files = [
        ("web/package.json", "{\r\n\t\"name\": \"web\",\r\n\t\"version\":   \"1.0.0\",  \"x\": 1.50\r\n}"),
        ("api/pyproject.toml", "# 1.0.0 of it\n[project]\nname = 'api'   # name\nversion = '1.0.0' # 1.0.0\n\n\n"),
    ];
    let config = format!("# first\r\n{}", CONFIG.replace('\n', "\r\n").replace("\"1.0.0\"", "'1.0.0'  # it"));
    let release = "[release]\r\nversion-files = [\"web/package.json\", \"api/pyproject.toml\"]\r\n";
    world.sandbox.write("taskflow.toml", &(config + release));
    for (path, text) in files {
        world.sandbox.write(path, text);
    }
    world.sandbox.commit();
    let before = world.sandbox.read("taskflow.toml");
    world.released("1.1.0");
    assert_eq!(world.sandbox.read("taskflow.toml"), before.replace("1.0.0", "1.1.0"));
    assert_eq!(world.sandbox.read("web/package.json"), files[0].1.replace("1.0.0", "1.1.0"));
    let pyproject = files[1].1.replace("version = '1.0.0'", "version = '1.1.0'");
    assert_eq!(world.sandbox.read("api/pyproject.toml"), pyproject);
    let changed = world.sandbox.git(&["diff", "--name-only", "HEAD^", "HEAD"]);
    assert_eq!(changed, "CHANGELOG.md\napi/pyproject.toml\ntaskflow.toml\nweb/package.json");
    assert_eq!(world.sandbox.git(&["status", "--porcelain"]), "");
}

#[test]
fn a_commit_that_has_the_version_and_the_section_is_released_as_it_is() {
    let world = World::new();
    world.sandbox.write("taskflow.toml", &CONFIG.replace("1.0.0", "1.1.0"));
    let section = "## 1.1.0 - 2026-01-02\n\n- Written by hand.\n";
    world.sandbox.write("CHANGELOG.md", &format!("# Changelog\n\n{section}"));
    world.sandbox.commit();
    let before = world.sandbox.git(&["rev-parse", "HEAD"]);
    world.released("1.1.0");
    assert_eq!(world.sandbox.git(&["rev-parse", "HEAD", "v1.1.0^{commit}"]), format!("{before}\n{before}"));
    assert_eq!(world.sandbox.git(&["for-each-ref", "--format=%(contents)", "refs/tags/v1.1.0"]), section.trim());
    assert!(
        world.engine.inspected("tiny-a:1.1.0").contains(&format!("\"org.opencontainers.image.revision\":\"{before}\""))
    );
}

#[test]
fn a_version_that_is_written_beforehand_needs_a_commit_for_the_changelog_only() {
    let world = World::new();
    world.sandbox.write("taskflow.toml", &CONFIG.replace("1.0.0", "1.1.0"));
    world.sandbox.write("CHANGELOG.md", "# Changelog\n\n## Unreleased\n\n- Written by hand.\n");
    world.sandbox.commit();
    world.released("1.1.0");
    assert_eq!(world.sandbox.git(&["diff", "--name-only", "HEAD^", "HEAD"]), "CHANGELOG.md");
    let text = world.sandbox.read("CHANGELOG.md");
    let day = text.split("## 1.1.0 - ").nth(1).and_then(|rest| rest.get(..10)).unwrap().to_owned();
    compare(
        &text.replace(&day, "[DAY]"),
        str![[r#"
# Changelog

## 1.1.0 - [DAY]

- Written by hand.

### Changed

- state (`5e76a14b11cf`)

"#]],
    );
}
