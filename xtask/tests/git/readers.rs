//! libgit2 and the git program say the same about the same repository.

use std::path::Path;

use xtask::domain::repository_state::RepositoryState;
use xtask::domain::tagging::release_of_git_tag;
use xtask::effects::{git, runner};

use crate::repository::{Repo, bytes};

/// Sorted where the order means nothing.
fn sorted(mut state: RepositoryState) -> RepositoryState {
    state.releases.sort();
    state.changes.sort();
    state
}

fn compare(path: &Path, what: &str) {
    let runner = runner::below(path);
    let release_of = |name: &str| release_of_git_tag(name, "v");
    let by_library = sorted(git::state(&runner, path, &release_of).unwrap());
    let by_program = sorted(git::state_by_program(&runner, path, &release_of).unwrap());
    assert_eq!(by_library, by_program, "{what}");
}

#[test]
fn both_readers_agree() {
    let repo = Repo::new();
    compare(&repo.path, "a release");
    repo.git(&["tag", "v1.0.1"]);
    repo.git(&["tag", "v3.0.0", "HEAD^{tree}"]);
    repo.git(&["tag", "--annotate", "inner", "--message", "x"]);
    repo.git(&["tag", "--annotate", "v1.0.2", "--message", "x", "inner"]);
    repo.git(&["pack-refs", "--all"]);
    repo.git(&["tag", "--annotate", "v1.0.3", "--message", "x"]);
    repo.commit("second");
    compare(&repo.path, "tags of every kind");
    repo.git(&["switch", "--quiet", "--create", "feature/x"]);
    repo.commit("third");
    repo.git(&["tag", "v9.0.0"]);
    repo.git(&["switch", "--quiet", "main"]);
    compare(&repo.path, "an unreachable release");
    repo.git(&["remote", "add", "origin", "https://user:token@example.org/a.git"]);
    std::fs::write(repo.path.join("untracked"), "x").unwrap();
    std::fs::write(repo.path.join("first.txt"), "changed").unwrap();
    repo.git(&["mv", "second.txt", "moved.txt"]);
    let state = git::state(&runner::below(&repo.path), &repo.path, &|name| release_of_git_tag(name, "v")).unwrap();
    assert_eq!(state.origin.as_deref(), Some("https://example.org/a.git"));
    assert!(state.changes.len() >= 3, "{state:?}");
    repo.git(&["reset", "--quiet", "--hard"]);
    compare(&repo.path, "untracked files and a remote");
    repo.git(&["clean", "--quiet", "--force"]);
    repo.git(&["switch", "--quiet", "--detach"]);
    compare(&repo.path, "detached");
    let linked = repo.beside("linked");
    repo.git(&["worktree", "add", "--quiet", "-b", "linked", linked.to_str().unwrap()]);
    compare(&linked, "a worktree");
    let clone = repo.beside("clone");
    let url = format!("file://{}", repo.path.display());
    repo.git(&["clone", "--quiet", "--depth", "1", "--branch", "main", &url, clone.to_str().unwrap()]);
    compare(&clone, "a shallow clone");
    repo.git(&["switch", "--quiet", "main"]);
    drop(repo.try_git(&["merge", "--no-commit", "--no-ff", "feature/x"]));
    let merging = git::state_by_program(&runner::below(&repo.path), &repo.path, &|_| None).unwrap();
    assert!(merging.changes.contains(&"an unfinished merge".to_owned()), "{merging:?}");
}

#[test]
fn names_that_are_no_text_are_shown_byte_by_byte_by_both_readers() {
    let repo = Repo::new();
    let (folder, odd) = (repo.path.join(bytes(b"d\xe9")), |name: &[u8]| repo.path.join(bytes(name)));
    std::fs::create_dir(&folder).unwrap();
    std::fs::write(odd(b"caf\xe9.txt"), "x").unwrap();
    std::fs::write(folder.join("kept"), "x").unwrap();
    repo.commit("latin 1");
    std::fs::write(odd(b"caf\xe9.txt"), "changed").unwrap();
    std::fs::write(folder.join(bytes(b"n\xe8w")), "x").unwrap();
    std::fs::write(odd(b"n\xe9w"), "x").unwrap();
    std::fs::write(odd(b"n\xeaw"), "x").unwrap();
    let expected = [r"caf\xe9.txt", r"d\xe9/n\xe8w", r"n\xe9w", r"n\xeaw"];
    // The repository's own folder may have such a name, too.
    let moved = repo.beside("").join(bytes(b"r\xe9po"));
    std::fs::rename(&repo.path, &moved).unwrap();
    let runner = runner::below(&moved);
    let changes = || git::state(&runner, &moved, &|_| None).unwrap().changes;
    assert_eq!(changes(), expected, "by libgit2");
    compare(&moved, "names in Latin-1");
    std::fs::write(moved.join(".git/info/exclude"), "!x\n").unwrap();
    assert_eq!(changes(), expected, "by libgit2, and by git about changes");
    compare(&moved, "names in Latin-1 and a doubt");
}

/// The questions that xtask asks git about a repository that libgit2 cannot open, counted by a program that passes them
/// on.
fn questions(repo: &Repo) -> usize {
    let (bin, count) = (repo.beside("bin"), repo.beside("count"));
    std::fs::create_dir_all(&bin).unwrap();
    let _not_yet = std::fs::remove_file(&count);
    let found = repo.command("sh").args(["-c", "command -v git"]).output().unwrap();
    let real = String::from_utf8(found.stdout).unwrap();
    let script = format!("#!/bin/sh\necho x >> '{}'\nexec '{}' \"$@\"\n", count.display(), real.trim());
    std::fs::write(bin.join("git"), script).unwrap();
    assert!(repo.command("chmod").arg("+x").arg(bin.join("git")).status().unwrap().success());
    let path = format!("{}:{}", bin.display(), std::env::var("PATH").unwrap());
    let output = repo.tags().env("PATH", path).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    std::fs::read_to_string(count).unwrap_or_default().lines().count()
}

#[test]
fn the_number_of_questions_does_not_grow_with_the_repository() {
    let repo = Repo::empty(&["--object-format=sha256"]);
    repo.commit("first");
    repo.git(&["tag", "--annotate", "v1.0.0", "--message", "x"]);
    let few = questions(&repo);
    assert!((5..15).contains(&few), "{few} questions");
    for number in 1..40 {
        repo.git(&["tag", "--annotate", &format!("v1.{number}.0"), "--message", "x"]);
        std::fs::write(repo.path.join(format!("new-{number}")), "x").unwrap();
    }
    assert_eq!(questions(&repo), few);
}

#[test]
fn a_plain_repository_costs_no_process_and_a_doubt_about_its_files_one() {
    let repo = Repo::new();
    assert_eq!(questions(&repo), 0);
    std::fs::write(repo.path.join(".gitattributes"), "*.txt text\n").unwrap();
    repo.commit("attributes");
    assert_eq!(questions(&repo), 1);
}
