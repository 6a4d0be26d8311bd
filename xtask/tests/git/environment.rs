//! What the environment says: CI systems, hooks, options.

use crate::repository::{Repo, document, reason_of, tag_of};

fn detached() -> Repo {
    let repo = Repo::new();
    repo.commit("second");
    repo.git(&["switch", "--quiet", "--detach"]);
    repo
}

#[test]
fn a_ci_branch_counts_when_its_commit_is_head() {
    let repo = detached();
    let head = repo.head();
    let github = |sha: &str, reference: &str| document(repo.tags().env("GITHUB_SHA", sha).env("GITHUB_REF", reference));
    let branch = github(&head, "refs/heads/feature/x");
    assert_eq!(tag_of(&branch), "1.0.0-feature.x");
    assert!(reason_of(&branch).starts_with("branch `feature/x` (GITHUB_REF)"), "{branch}");
    assert_eq!(tag_of(&github(&head, "refs/pull/7/merge")), "1.0.0-pr-7");
    assert_eq!(tag_of(&github(&head, "refs/tags/v9.0.0")), format!("1.0.0-{}", repo.short()));
    let stale = "0000000000000000000000000000000000000000";
    assert_eq!(tag_of(&github(stale, "refs/heads/feature/x")), format!("1.0.0-{}", repo.short()));
    assert_eq!(tag_of(&github(stale, "refs/pull/7/merge")), format!("1.0.0-{}", repo.short()));
}

#[test]
fn a_branch_of_head_comes_before_ci_but_not_before_a_pull_request() {
    let repo = Repo::new();
    repo.commit("second");
    let head = repo.head();
    let gitlab = |name: &str, value: &str| tag_of(&document(repo.tags().env("CI_COMMIT_SHA", &head).env(name, value)));
    assert_eq!(gitlab("CI_COMMIT_BRANCH", "other"), "1.0.0-main");
    assert_eq!(gitlab("CI_MERGE_REQUEST_IID", "3"), "1.0.0-pr-3");
}

#[test]
fn an_option_comes_before_a_variable_and_both_before_head() {
    let repo = Repo::new();
    repo.commit("second");
    let by_variable = document(repo.tags().env("TASKFLOW_BRANCH", "from-variable"));
    assert_eq!(tag_of(&by_variable), "1.0.0-from-variable");
    assert!(reason_of(&by_variable).contains("(TASKFLOW_BRANCH)"), "{by_variable}");
    let by_option = document(repo.tags().env("TASKFLOW_BRANCH", "from-variable").args(["--branch", "from-option"]));
    assert_eq!(tag_of(&by_option), "1.0.0-from-option");
    assert_eq!(tag_of(&document(repo.tags().env("TASKFLOW_BRANCH", ""))), "1.0.0-main");
}

#[test]
fn a_hook_sees_its_own_repository() {
    let repo = Repo::new();
    let xtask = env!("CARGO_BIN_EXE_xtask");
    // git sets GIT_DIR and GIT_INDEX_FILE for hooks; a commit from a linked worktree sets an absolute GIT_DIR.
    let hook = format!(
        "#!/bin/sh\nenv | grep '^GIT_' > \"{0}/environment\"\n'{xtask}' tags > \"{0}/tags\" 2>&1\n",
        repo.beside("").display()
    );
    let path = repo.path.join(".git/hooks/pre-commit");
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(&path, hook).unwrap();
    assert!(repo.command("chmod").args(["+x", path.to_str().unwrap()]).status().unwrap().success());
    let linked = Repo::at(repo.beside("linked"));
    repo.git(&["worktree", "add", "--quiet", "-b", "topic", linked.path.to_str().unwrap()]);
    for (repo, expected) in [(&repo, "t-a:1.0.0-main.dirty"), (&linked, "t-a:1.0.0-topic.dirty")] {
        repo.commit("from-the-hook");
        let said = std::fs::read_to_string(repo.beside("tags")).unwrap();
        assert!(said.contains(expected), "{said}");
        let environment = std::fs::read_to_string(repo.beside("environment")).unwrap();
        assert!(environment.contains("GIT_INDEX_FILE="), "{environment}");
    }
}

#[test]
fn git_dir_is_followed_as_git_follows_it() {
    let (repo, other) = (Repo::new(), Repo::new());
    repo.commit("second");
    other.git(&["switch", "--quiet", "--create", "elsewhere"]);
    let git_dir = repo.path.join(".git");
    let followed = document(repo.tags().env("GIT_DIR", &git_dir));
    assert_eq!(tag_of(&followed), "1.0.0-main");
    // Another repository's git folder with this working tree: HEAD is the other's.
    let mixed = document(repo.tags().env("GIT_DIR", other.path.join(".git")).env("GIT_WORK_TREE", &repo.path));
    assert!(tag_of(&mixed).starts_with("1.0.0-elsewhere"), "{mixed}");
    let wrong = crate::repository::error_of(repo.tags().env("GIT_DIR", "/nonexistent"));
    assert_eq!(wrong, "`GIT_DIR` is set to `/nonexistent`, which is not a git repository");
    // A format that libgit2 does not know is followed by the git program just the same.
    let newer = Repo::empty(&["--object-format=sha256"]);
    newer.commit("first");
    newer.git(&["tag", "v7.0.0"]);
    let by_program = document(repo.tags().env("GIT_DIR", newer.path.join(".git")).env("GIT_WORK_TREE", &repo.path));
    assert!(tag_of(&by_program).starts_with("7.0.0-main"), "{by_program}");
    // Without a working tree that holds taskflow.toml there is no answer.
    let error = crate::repository::error_of(
        repo.tags().env("GIT_DIR", other.path.join(".git")).env("GIT_WORK_TREE", &other.path),
    );
    assert!(error.contains("is outside the working tree that git was told to use"), "{error}");
}

#[test]
fn the_friends_of_git_dir_are_followed_too() {
    let repo = Repo::new();
    assert_eq!(repo.tag(), "1.0.0");
    // With an index that is not there, everything is deleted and untracked at once.
    let index = repo.beside("no-such-index");
    assert_eq!(tag_of(&document(repo.tags().env("GIT_INDEX_FILE", index))), "1.0.0-main.dirty");
    // The search upwards, from the folder of taskflow.toml, ends below a ceiling.
    let below = repo.path.join("a");
    std::fs::copy(repo.path.join("taskflow.toml"), below.join("taskflow.toml")).unwrap();
    assert_eq!(tag_of(&document(repo.tags().current_dir(&below))), "1.0.0-main.dirty");
    let error = crate::repository::error_of(repo.tags().current_dir(&below).env("GIT_CEILING_DIRECTORIES", &repo.path));
    assert!(error.ends_with("is not inside a git repository"), "{error}");
}

#[test]
fn a_head_outside_the_branches_is_no_branch() {
    let repo = Repo::new();
    repo.commit("second");
    repo.git(&["update-ref", "refs/foo/main", "HEAD"]);
    repo.git(&["symbolic-ref", "HEAD", "refs/foo/main"]);
    assert_eq!(repo.tag(), format!("1.0.0-{}", repo.short()));
}

#[test]
fn no_child_inherits_what_tells_git_where_to_look() {
    let repo = Repo::new();
    let bin = repo.beside("bin");
    std::fs::create_dir(&bin).unwrap();
    let record = repo.beside("record");
    let fake = format!("#!/bin/sh\nenv >> '{}'\nexit 1\n", record.display());
    std::fs::write(bin.join("docker"), fake).unwrap();
    assert!(repo.command("chmod").arg("+x").arg(bin.join("docker")).status().unwrap().success());
    let path = format!("{}:{}", bin.display(), std::env::var("PATH").unwrap());
    let mut build = repo.command(env!("CARGO_BIN_EXE_xtask"));
    build
        .arg("build")
        .env("PATH", path)
        .env("GIT_DIR", repo.path.join(".git"))
        .env("GIT_INDEX_FILE", repo.path.join(".git/index"));
    assert_eq!(build.output().unwrap().status.code(), Some(2));
    let environment = std::fs::read_to_string(record).unwrap();
    assert!(environment.contains("PATH="), "the fake was called");
    assert!(!environment.contains("GIT_DIR=") && !environment.contains("GIT_INDEX_FILE="), "{environment}");
}

#[test]
fn a_hook_that_changes_its_folder_sees_the_same_tree() {
    let repo = Repo::new();
    let hook = format!(
        "#!/bin/sh\ncd a && '{}' tags > '{}' 2>&1\n",
        env!("CARGO_BIN_EXE_xtask"),
        repo.beside("tags").display()
    );
    let path = repo.path.join(".git/hooks/post-commit");
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(&path, hook).unwrap();
    assert!(repo.command("chmod").args(["+x", path.to_str().unwrap()]).status().unwrap().success());
    repo.commit("second");
    let said = std::fs::read_to_string(repo.beside("tags")).unwrap();
    assert!(said.starts_with("t-a:1.0.0-main  "), "{said}");
}

/// Settings outside the repository, each with the files below `home` that hold them and the variables that name them.
type Outside = (&'static str, &'static [(&'static str, &'static str)], &'static [(&'static str, &'static str)]);

const OUTSIDE: &[Outside] = &[
    ("the user's settings", &[(".gitconfig", "[core]\n\tautocrlf = input\n")], &[]),
    ("the user's settings in the other place", &[(".config/git/config", "[core]\n\tautocrlf = input\n")], &[]),
    ("the user's attributes", &[(".config/git/attributes", "*.txt text\n")], &[]),
    ("the user's ignore rules", &[(".config/git/ignore", "new*\n!new\n")], &[]),
    ("plain ignore rules", &[(".config/git/ignore", "new\n")], &[]),
    ("an exclude file", &[(".gitconfig", "[core]\n\texcludesFile = ~/excludes\n"), ("excludes", "new\n")], &[]),
    ("another folder of settings", &[("xdg/git/attributes", "*.txt text\n")], &[("XDG_CONFIG_HOME", "HOME/xdg")]),
    ("a file of settings by variable", &[("x", "[core]\n\tautocrlf = true\n")], &[("GIT_CONFIG_GLOBAL", "HOME/x")]),
    ("a file of all users by variable", &[("x", "[core]\n\tfileMode = false\n")], &[("GIT_CONFIG_SYSTEM", "HOME/x")]),
    (
        "a setting by variables",
        &[],
        &[("GIT_CONFIG_COUNT", "1"), ("GIT_CONFIG_KEY_0", "core.fileMode"), ("GIT_CONFIG_VALUE_0", "false")],
    ),
    ("a setting of the command line", &[], &[("GIT_CONFIG_PARAMETERS", "'core.filemode'='false'")]),
    ("replaced objects that do not count", &[], &[("GIT_NO_REPLACE_OBJECTS", "1")]),
    ("another place for replaced objects", &[], &[("GIT_REPLACE_REF_BASE", "refs/elsewhere/")]),
    ("nothing", &[], &[("GIT_CONFIG_GLOBAL", ""), ("GIT_CONFIG_SYSTEM", "/dev/null")]),
];

#[test]
fn settings_outside_the_repository_count_as_git_counts_them() {
    for (name, files, variables) in OUTSIDE {
        let repo = Repo::new();
        std::fs::write(repo.path.join("crlf.txt"), "a\r\n").unwrap();
        repo.commit("second");
        let home = repo.beside("home");
        for (path, text) in *files {
            let path = home.join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        // What each setting makes a difference to.
        std::fs::write(repo.path.join("new"), "x").unwrap();
        std::fs::write(repo.path.join("crlf.txt"), "a\r\n").unwrap();
        let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
        std::fs::set_permissions(repo.path.join("first.txt"), mode).unwrap();
        let within = |mut command: std::process::Command| {
            command.env("HOME", &home).env_remove("GIT_CONFIG_GLOBAL").env_remove("GIT_CONFIG_SYSTEM");
            for (name, value) in *variables {
                command.env(name, value.replace("HOME", home.to_str().unwrap()));
            }
            command
        };
        let mut status = within(repo.command("git"));
        let status = status.args(["--no-optional-locks", "status", "--porcelain"]).output().unwrap();
        let lines = String::from_utf8(status.stdout).unwrap();
        let listed: Vec<&str> = lines.lines().map(|line| &line[3..]).collect();
        let document = document(&mut within(repo.tags()));
        assert_eq!(document["changes"], serde_json::json!(listed), "{name}");
    }
}

#[test]
fn a_git_folder_with_a_name_that_is_no_text_is_followed_by_both_readers() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;

    let repo = Repo::new();
    repo.commit("second");
    let latin = OsStr::from_bytes(b"caf\xe9 \\ \x1b");
    let other = Repo::at(repo.beside("other"));
    repo.git(&["clone", "--quiet", repo.path.to_str().unwrap(), other.path.to_str().unwrap()]);
    other.git(&["switch", "--quiet", "--create", "topic"]);
    let moved = repo.beside("moved").join(latin);
    std::fs::create_dir_all(moved.parent().unwrap()).unwrap();
    std::fs::rename(other.path.join(".git"), &moved).unwrap();
    let tags = || {
        let mut tags = repo.tags();
        tags.env("GIT_DIR", &moved).env("GIT_WORK_TREE", &repo.path);
        tags
    };
    assert_eq!(tag_of(&document(&mut tags())), "1.0.0-topic");
    // An attribute is a doubt that only the git program settles.
    std::fs::create_dir_all(moved.join("info")).unwrap();
    std::fs::write(moved.join("info/attributes"), "* text=auto\n").unwrap();
    assert_eq!(tag_of(&document(&mut tags())), "1.0.0-topic");
    let gone = repo.beside("gone").join(latin);
    let said = crate::repository::error_of(repo.tags().env("GIT_DIR", &gone));
    assert!(said.contains(r"/gone/caf\xe9 \\ \u{1b}`, which is not a git repository"), "{said}");
}
