//! The lines about the files of the project.

use snapbox::str;

use super::super::world::{CONFIG, World};
use super::says;

#[test]
fn the_files_of_the_release_commit_are_named() {
    let world = World::new();
    says(
        &world,
        "project.files",
        &[],
        str![[r#"
          ok project.files       the release commit changes `taskflow.toml` and `CHANGELOG.md`; commits that touch the components: 1

"#]],
    );
    world.sandbox.write("taskflow.toml", &CONFIG.replace("1.0.0", "1.1.0"));
    world.sandbox.write("CHANGELOG.md", "# Changelog\n\n## 1.1.0 - 2026-01-02\n\n- All.\n");
    world.sandbox.commit();
    says(
        &world,
        "project.files",
        &[],
        str![[r#"
          ok project.files       all files have version 1.1.0 already, so HEAD is released as it is; commits that touch the components: 1

"#]],
    );
}

#[test]
fn a_release_without_changes_is_a_warning() {
    let world = World::new();
    world.released("1.0.0");
    world.sandbox.write("README.md", "none of a component\n");
    world.sandbox.commit();
    says(
        &world,
        "project.files",
        &[],
        str![[r#"
     warning project.files       the release commit changes `taskflow.toml` and `CHANGELOG.md`; commits that touch the components: 0

"#]],
    );
}

#[test]
fn files_whose_version_cannot_be_changed_are_refused() {
    let world = World::new();
    let release = "[release]\nversion-files = [\"gone.json\", \"other.json\"]\n";
    world.sandbox.write("taskflow.toml", &format!("{CONFIG}\n{release}"));
    world.sandbox.write("other.json", "{}\n");
    world.sandbox.commit();
    says(
        &world,
        "project.files",
        &[],
        str![[r#"
     refused project.files       `gone.json` has no version to change: the commit has no such file; xtask cannot set a version in `other.json`
                                 hint: commit it, or take it out of `version-files` under `[release]` in taskflow.toml
                                 hint: correct `version-files` under `[release]`; another file can take its version from one of these

"#]],
    );
}

#[test]
fn a_changelog_that_cannot_get_a_section_is_refused_with_the_line() {
    let world = World::new();
    world.sandbox.write("CHANGELOG.md", "# Changelog\n\n<!-- not closed\n\n## 0.9.0 - 2026-01-02\n");
    world.sandbox.commit();
    says(
        &world,
        "project.files",
        &[],
        str![[r#"
     refused project.files       CHANGELOG.md:3: `CHANGELOG.md` cannot get a new section: the comment that begins here does not end
                                 hint: write `-->` at the end of the comment

"#]],
    );
}

#[test]
fn findings_of_the_check_are_counted() {
    let world = World::new();
    says(
        &world,
        "project.check",
        &[],
        str![[r#"
          ok project.check       Dockerfiles and build contexts pass `cargo xtask check`

"#]],
    );
    let contract = "[component.a.contract]\nuser = \"web\"\n";
    world.sandbox.write("taskflow.toml", &format!("{CONFIG}\n{contract}"));
    world.sandbox.commit();
    says(
        &world,
        "project.check",
        &[],
        str![[r#"
     refused project.check       1 error found
                                 hint: see them with `cargo xtask check`, and mend them

"#]],
    );
    world.sandbox.write("taskflow.toml", CONFIG);
    world.sandbox.write("a/Dockerfile", "FROM python\nCOPY f /f\nUSER 1000\n");
    world.sandbox.commit();
    says(
        &world,
        "project.check",
        &[],
        str![[r#"
     warning project.check       Dockerfiles and build contexts pass `cargo xtask check`; 1 warning found

"#]],
    );
}
