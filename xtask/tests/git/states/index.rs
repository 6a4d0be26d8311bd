//! Forms and marks of the index, and working trees of which a part is left out or that were copied.

use super::State;

pub(super) const INDEX: &[State] = &[
    ("index version 4", "git update-index --index-version 4; echo x > new"),
    ("a split index", "git update-index --split-index; echo x >> first.txt"),
    ("a split index, clean", "git update-index --split-index"),
    ("an untracked cache", "git config core.untrackedCache true; git status > /dev/null; echo x > new"),
    ("an untracked cache, clean", "git config core.untrackedCache true; git status > /dev/null"),
    ("an untracked cache that is emptied by an ignore rule",
     "git config core.untrackedCache true; echo x > new; git status > /dev/null; echo new > .git/info/exclude"),
    ("a monitor that reports everything",
     "printf '#!/bin/sh\\nprintf \"t\\\\0/\\\\0\"\\n' > .git/hooks/monitor; chmod +x .git/hooks/monitor
      git config core.fsmonitor .git/hooks/monitor; git status > /dev/null; echo x >> first.txt"),
    ("a monitor that reports nothing",
     "printf '#!/bin/sh\\nprintf \"t\\\\0\"\\n' > .git/hooks/monitor; chmod +x .git/hooks/monitor
      git config core.fsmonitor .git/hooks/monitor; git status > /dev/null; git status > /dev/null; echo x >> first.txt"),
    ("an index with offsets for threads", "git config index.threads 2; git update-index --force-write-index || git read-tree HEAD"),
    ("an entry that is not looked at", "git update-index --assume-unchanged first.txt; echo x >> first.txt"),
    ("an entry that is not looked at, deleted", "git update-index --assume-unchanged first.txt; rm first.txt"),
    ("an entry that is left out", "git update-index --skip-worktree first.txt; echo x >> first.txt"),
    ("an entry that is left out, deleted", "git update-index --skip-worktree first.txt; rm first.txt"),
    ("an addition without content", "echo x > new; git add --intent-to-add new"),
    ("an addition without content, deleted", "echo x > new; git add --intent-to-add new; rm new"),
    ("a conflict", "git switch -qc other HEAD~1; echo a > second.txt; git add .; git commit -qm a; git merge main || true"),
    ("a conflict that is resolved, with the way back kept",
     "git switch -qc other HEAD~1; echo a > second.txt; git add .; git commit -qm a; git merge main || true
      echo b > second.txt; git add second.txt; git commit -qm b"),
    ("no index", "rm .git/index"),
    ("an index without entries", "git read-tree --empty"),
    ("an index without a checksum", "git config index.skipHash true; git read-tree HEAD"),
    ("many files", "mkdir many; (cd many; seq 5000 | xargs touch); git add .; git commit -qm many; touch many/new"),
    ("many files, clean", "mkdir many; (cd many; seq 5000 | xargs touch); git add .; git commit -qm many"),
];

/// A folder tree of which a part is left out.
pub(super) const SPARSE: &str =
    "mkdir -p in out/deep; echo a > in/a; echo b > out/b; echo c > out/deep/c; git add .; git commit -qm tree;";

pub(super) const LEFT_OUT: &[State] = &[
    ("a sparse checkout of folders", "SPARSE git sparse-checkout set --cone a in"),
    ("a sparse checkout of folders, changed", "SPARSE git sparse-checkout set --cone a in; echo x >> in/a"),
    ("a sparse checkout of patterns", "SPARSE git sparse-checkout set --no-cone '/*' '!/out/'"),
    ("a sparse checkout with a sparse index", "SPARSE git sparse-checkout set --cone --sparse-index a in"),
    (
        "a sparse checkout with a sparse index, changed",
        "SPARSE git sparse-checkout set --cone --sparse-index a in; echo x >> in/a; touch new",
    ),
    (
        "a file that is back outside of a sparse checkout",
        "SPARSE git sparse-checkout set --cone a in; mkdir -p out; echo other > out/b",
    ),
    (
        "the same file outside of a sparse checkout",
        "SPARSE git sparse-checkout set --cone a in; mkdir -p out; echo b > out/b",
    ),
    (
        "an untracked file outside of a sparse checkout",
        "SPARSE git sparse-checkout set --cone a in; mkdir -p out; echo b > out/new",
    ),
    ("a sparse checkout that was ended", "SPARSE git sparse-checkout set --cone a in; git sparse-checkout disable"),
    (
        "a clone without a checkout",
        "git clone -q --no-checkout . ../bare-tree; cp -r taskflow.toml a ../bare-tree; echo ../bare-tree",
    ),
    ("a copy", "cp -r . ../copy; echo ../copy"),
    ("a copy with its times", "cp -a . ../copy; echo ../copy"),
    ("a moved folder", "cp -a . ../moving; mv ../moving ../moved; echo ../moved"),
    ("touched", "sleep 1.1; touch first.txt"),
    (
        "another text of the same length with the same time",
        "cp -a first.txt ../kept; sleep 1.1; git status > /dev/null; printf fiRst > first.txt; touch -r ../kept first.txt",
    ),
    (
        "written in the same second",
        "printf other > second.txt; git add second.txt; git commit -qm x; printf thing > second.txt",
    ),
    ("times of the future", "touch -d '2040-01-01' first.txt; git status > /dev/null"),
    ("times before 1970", "touch -d '1960-01-01' first.txt"),
];
