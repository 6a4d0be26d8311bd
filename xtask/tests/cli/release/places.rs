//! Where a release is made, and what of the working tree gets into the images.

use std::fs;
use std::path::PathBuf;

use super::world::World;
use crate::harness::run::Run;

/// The files of the build context that the engine got for an image.
fn sent(world: &World, reference: &str) -> Vec<(String, String)> {
    let archive = world.engine.context(reference);
    let mut archive = tar::Archive::new(archive.as_slice());
    let mut files = Vec::new();
    for entry in archive.entries().unwrap() {
        let mut entry = entry.unwrap();
        let path = entry.path().unwrap().display().to_string();
        if entry.header().entry_type().is_file() {
            files.push((path, std::io::read_to_string(&mut entry).unwrap()));
        }
    }
    files
}

/// Runs `release` in a folder.
fn within(world: &World, folder: PathBuf, args: &[&str]) -> Run {
    let mut command = world.sandbox.command(&[&["release"], args].concat());
    world.finished(&command.current_dir(folder).output().unwrap())
}

#[test]
fn what_is_not_committed_is_not_in_the_images() {
    let world = World::new();
    world.sandbox.write(".gitignore", "target\n.env\n*.local\n");
    world.sandbox.write("a/.dockerignore", ".env\n");
    world.sandbox.commit();
    world.sandbox.write("a/notes.local", "not committed\n");
    world.sandbox.write("a/.env", "NOT=COMMITTED\n");
    world.sandbox.git(&["update-index", "--skip-worktree", "a/f"]);
    world.sandbox.write("a/f", "edited, and git does not look\n");
    world.released("1.1.0");
    let files = sent(&world, "tiny-a:1.1.0");
    let names: Vec<&str> = files.iter().map(|(path, _)| path.as_str()).collect();
    assert_eq!(names, ["./.dockerignore", "./Dockerfile", "./f"]);
    assert_eq!(files[2].1, "file of a\n");
    assert_eq!(world.sandbox.read("a/f"), "edited, and git does not look\n");
    assert_eq!(world.sandbox.read("a/.env"), "NOT=COMMITTED\n");
}

#[test]
fn an_edit_during_the_build_is_neither_in_the_images_nor_lost() {
    let world = World::new();
    let edit = format!("printf edited >'{}'", world.sandbox.root.join("a/f").display());
    world.engine.fault("edit", "buildx build *./a", crate::harness::stateful_engine::When::Before, &edit);
    world.released("1.1.0");
    assert_eq!(sent(&world, "tiny-a:1.1.0")[1].1, "file of a\n");
    assert_eq!(world.sandbox.read("a/f"), "edited");
    assert_eq!(world.sandbox.git(&["status", "--porcelain"]), "M a/f");
}

#[test]
fn taskflow_toml_can_be_in_a_folder_of_the_repository() {
    let world = World::in_folder("apps/shop/");
    world.sandbox.write("other/f", "of another project\n");
    world.sandbox.commit();
    let folder = world.sandbox.root.join("apps/shop");
    within(&world, folder.join("a"), &["1.1.0", "--yes"]).code(0).stdout("tiny-a:1.1.0\ntiny-b:1.1.0\n");
    let changed = world.sandbox.git(&["diff", "--name-only", "HEAD^", "HEAD"]);
    assert_eq!(changed, "apps/shop/CHANGELOG.md\napps/shop/taskflow.toml");
    assert_eq!(sent(&world, "tiny-b:1.1.0")[1], ("./f".to_owned(), "file of b\n".to_owned()));
    assert!(folder.join("target/xtask/releases/1.1.0/record.json").is_file());
    assert_eq!(world.sandbox.git(&["status", "--porcelain"]), "");
    within(&world, folder, &["1.1.0"]).code(0);
}

#[test]
fn a_release_can_be_made_in_a_linked_working_tree() {
    let world = World::new();
    world.sandbox.git(&["switch", "--quiet", "--create", "elsewhere"]);
    let linked = world.sandbox.outside("linked");
    world.sandbox.git(&["worktree", "add", "--quiet", &linked.display().to_string(), "main"]);
    let before = world.sandbox.git(&["rev-parse", "elsewhere"]);
    within(&world, linked.clone(), &["1.1.0", "--yes"]).code(0);
    assert_eq!(world.sandbox.git(&["rev-parse", "elsewhere", "v1.1.0^"]), format!("{before}\n{before}"));
    assert_eq!(world.sandbox.git(&["rev-parse", "main"]), world.sandbox.git(&["rev-parse", "v1.1.0^{commit}"]));
    assert_eq!(world.sandbox.git(&["-C", &linked.display().to_string(), "status", "--porcelain"]), "");
    assert!(fs::read_to_string(linked.join("taskflow.toml")).unwrap().contains("1.1.0"));
    assert!(world.sandbox.read("taskflow.toml").contains("1.0.0"));
}

#[test]
fn files_of_submodules_are_in_the_images() {
    let world = World::new();
    let part = world.sandbox.outside("part");
    let shown = part.display().to_string();
    world.sandbox.git(&["init", "--quiet", "--initial-branch=main", &shown]);
    fs::write(part.join("inner"), "of the submodule\n").unwrap();
    world.sandbox.git(&["-C", &shown, "add", "inner"]);
    world.sandbox.git(&["-C", &shown, "commit", "--quiet", "--message=part"]);
    world.sandbox.git(&["-c", "protocol.file.allow=always", "submodule", "--quiet", "add", &shown, "a/part"]);
    world.sandbox.commit();
    world.released("1.1.0");
    let files = sent(&world, "tiny-a:1.1.0");
    assert!(files.contains(&("./part/inner".to_owned(), "of the submodule\n".to_owned())), "{files:?}");
    assert_eq!(world.sandbox.git(&["status", "--porcelain"]), "");
}

#[test]
fn a_repository_that_ignores_nothing_stays_clean() {
    let world = World::new();
    fs::remove_file(world.sandbox.root.join(".gitignore")).unwrap();
    world.sandbox.commit();
    world.released("1.1.0");
    assert_eq!(world.sandbox.git(&["status", "--porcelain", "--ignored"]), "!! target/");
}
