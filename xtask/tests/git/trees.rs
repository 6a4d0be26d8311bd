//! The working tree: changes of every kind, unfinished operations, submodules, what git does not show.

use crate::repository::{Repo, document};

#[test]
fn changes_of_every_kind_make_it_dirty() {
    for change in ["modified", "staged", "deleted", "untracked", "untracked folder", "mode", "renamed"] {
        let repo = Repo::new();
        match change {
            "modified" => std::fs::write(repo.path.join("first.txt"), "other").unwrap(),
            "staged" => {
                std::fs::write(repo.path.join("first.txt"), "other").unwrap();
                repo.git(&["add", "--all"]);
            }
            "deleted" => std::fs::remove_file(repo.path.join("first.txt")).unwrap(),
            "untracked" => std::fs::write(repo.path.join("new"), "x").unwrap(),
            "untracked folder" => {
                std::fs::create_dir(repo.path.join("folder")).unwrap();
                std::fs::write(repo.path.join("folder/new"), "x").unwrap();
            }
            "mode" => drop(repo.command("chmod").args(["+x", "first.txt"]).status().unwrap()),
            _ => drop(repo.git(&["mv", "first.txt", "renamed.txt"])),
        }
        assert_eq!(repo.tag(), "1.0.0-main.dirty", "{change}");
    }
}

#[test]
fn ignored_files_and_touched_files_do_not_make_it_dirty() {
    let repo = Repo::empty(&[]);
    std::fs::write(repo.path.join(".gitignore"), ".env\n/target\n").unwrap();
    repo.commit("first");
    repo.git(&["tag", "v1.0.0"]);
    std::fs::write(repo.path.join("a/.env"), "X=1").unwrap();
    std::fs::create_dir(repo.path.join("target")).unwrap();
    std::fs::write(repo.path.join("target/log"), "x").unwrap();
    std::fs::write(repo.path.join("first.txt"), "first").unwrap();
    assert_eq!(repo.tag(), "1.0.0");
}

#[test]
fn a_change_that_git_was_told_not_to_see() {
    let repo = Repo::new();
    repo.git(&["update-index", "--skip-worktree", "first.txt"]);
    std::fs::write(repo.path.join("first.txt"), "other").unwrap();
    assert_eq!(repo.tag(), "1.0.0", "git status is clean; `release` builds from an export for this reason");
}

#[test]
fn unfinished_operations_make_it_dirty() {
    for operation in ["merge", "rebase", "cherry-pick", "revert", "bisect"] {
        let repo = Repo::new();
        repo.git(&["switch", "--quiet", "--create", "other"]);
        std::fs::write(repo.path.join("first.txt"), "theirs").unwrap();
        repo.git(&["commit", "--quiet", "--all", "--message", "theirs"]);
        repo.git(&["switch", "--quiet", "main"]);
        std::fs::write(repo.path.join("first.txt"), "ours").unwrap();
        repo.git(&["commit", "--quiet", "--all", "--message", "ours"]);
        match operation {
            "bisect" => drop(repo.git(&["bisect", "start"])),
            "revert" => drop(repo.try_git(&["revert", "--no-edit", "other"])),
            _ => drop(repo.try_git(&[operation, "other"])),
        }
        let tag = repo.tag();
        assert!(tag.strip_suffix(".dirty").is_some(), "{operation}: {tag}");
    }
}

/// A repository with three commits on a branch, the first one released.
fn three_commits() -> Repo {
    let repo = Repo::new();
    repo.commit("second");
    repo.commit("third");
    repo
}

#[test]
fn a_command_of_a_rebase_sees_a_clean_commit() {
    let repo = three_commits();
    let commits = [repo.git(&["rev-parse", "HEAD~1"]), repo.head()];
    let run = format!("'{}' tags >> ../said 2>&1", env!("CARGO_BIN_EXE_xtask"));
    repo.git(&["rebase", "--quiet", "--exec", &run, "HEAD~2"]);
    let said = std::fs::read_to_string(repo.beside("said")).unwrap();
    let tags: Vec<&str> = said.lines().filter_map(|line| line.split(' ').next()).collect();
    let expected: Vec<String> = commits.iter().map(|commit| format!("t-a:1.0.0-g{}", &commit[..12])).collect();
    assert_eq!(tags, expected, "{said}");
}

#[test]
fn a_command_of_a_rebase_that_changes_files_sees_the_change() {
    let repo = three_commits();
    let run = format!("echo x > new; '{}' tags > ../said 2>&1; rm new", env!("CARGO_BIN_EXE_xtask"));
    repo.git(&["rebase", "--quiet", "--exec", &run, "HEAD~1"]);
    let said = std::fs::read_to_string(repo.beside("said")).unwrap();
    assert!(said.contains("`an unfinished rebase` and `new`"), "{said}");
    assert!(said.contains(&format!("t-a:1.0.0-{}.dirty ", repo.short())), "{said}");
}

#[test]
fn a_stop_of_a_rebase_counts_only_with_changes() {
    let repo = three_commits();
    let editor = "sed -i 's/^pick/edit/'";
    let stopped = repo.command("git").env("GIT_SEQUENCE_EDITOR", editor).args(["rebase", "-i", "HEAD~1"]).output();
    assert!(stopped.unwrap().status.success());
    assert_eq!(repo.tag(), format!("1.0.0-{}", repo.short()), "stopped at a commit");
    std::fs::write(repo.path.join("third.txt"), "other").unwrap();
    assert_eq!(repo.tag(), format!("1.0.0-{}.dirty", repo.short()));
    repo.git(&["checkout", "--quiet", "--", "third.txt"]);
    repo.git(&["rebase", "--continue"]);
    assert_eq!(repo.tag(), "1.0.0-main");
}

#[test]
fn a_command_of_a_bisect_sees_a_clean_commit() {
    let repo = three_commits();
    repo.commit("fourth");
    repo.git(&["bisect", "start", "HEAD", "v1.0.0"]);
    let run = format!("'{}' tags >> ../said 2>&1", env!("CARGO_BIN_EXE_xtask"));
    repo.git(&["bisect", "run", "sh", "-c", &run]);
    let said = std::fs::read_to_string(repo.beside("said")).unwrap();
    assert!(said.contains("t-a:1.0.0-g") && !said.contains(".dirty"), "{said}");
}

fn with_submodule() -> Repo {
    let library = Repo::new();
    let repo = Repo::new();
    let url = library.path.to_str().unwrap();
    repo.git(&["-c", "protocol.file.allow=always", "submodule", "--quiet", "add", url, "vendor"]);
    repo.commit("second");
    repo
}

#[test]
fn a_submodule_that_is_clean_dirty_or_moved() {
    let repo = with_submodule();
    assert_eq!(repo.tag(), "1.0.0-main");
    let inner = Repo::at(repo.path.join("vendor"));
    std::fs::write(inner.path.join("first.txt"), "other").unwrap();
    assert_eq!(repo.tag(), "1.0.0-main.dirty", "changed");
    inner.git(&["checkout", "--quiet", "--", "first.txt"]);
    assert_eq!(repo.tag(), "1.0.0-main");
    std::fs::write(inner.path.join("untracked"), "x").unwrap();
    assert_eq!(repo.tag(), "1.0.0-main.dirty", "untracked");
    std::fs::remove_file(inner.path.join("untracked")).unwrap();
    inner.commit("moved");
    assert_eq!(repo.tag(), "1.0.0-main.dirty", "moved");
}

#[test]
fn a_submodule_that_was_never_checked_out() {
    let repo = with_submodule();
    let clone = repo.beside("clone");
    repo.git(&["clone", "--quiet", repo.path.to_str().unwrap(), clone.to_str().unwrap()]);
    let document = document(&mut Repo::at(clone).tags());
    assert_eq!(document["dirty"], false);
    let note = "submodule `vendor` is not checked out: its files are missing from what is built";
    assert_eq!(document["notes"][0], note);
}

#[test]
fn a_repository_inside_the_repository_counts_as_untracked() {
    let repo = Repo::new();
    std::fs::create_dir(repo.path.join("nested")).unwrap();
    let nested = Repo::at(repo.path.join("nested"));
    nested.git(&["init", "--quiet"]);
    nested.commit("inner");
    assert_eq!(repo.tag(), "1.0.0-main.dirty");
}
