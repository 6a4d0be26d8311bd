//! libgit2 and the git program say the same about the same repository.

use std::path::Path;

use xtask::domain::repository_state::RepositoryState;
use xtask::domain::tagging::release_of_git_tag;
use xtask::effects::git;
use xtask::effects::process::Runner;

use crate::repository::Repo;

/// Sorted where the order means nothing.
fn sorted(mut state: RepositoryState) -> RepositoryState {
    state.releases.sort();
    state.changes.sort();
    state
}

fn compare(path: &Path, what: &str) {
    let runner = Runner::new(path);
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
    let state = git::state(&Runner::new(&repo.path), &repo.path, &|name| release_of_git_tag(name, "v")).unwrap();
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
    let merging = git::state_by_program(&Runner::new(&repo.path), &repo.path, &|_| None).unwrap();
    assert!(merging.changes.contains(&"an unfinished merge".to_owned()), "{merging:?}");
}
