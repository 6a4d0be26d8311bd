//! Files of every kind, and other repositories beside and inside one.

use super::State;

/// A submodule with a commit.
pub(super) const SUBMODULE: &str = "git clone -q . ../library; git -c protocol.file.allow=always submodule --quiet add ../library vendor; git commit -qm vendor;";

pub(super) const REPOSITORIES: &[State] = &[
    ("a submodule", "SUBMODULE"),
    ("a submodule with a change", "SUBMODULE echo x >> vendor/first.txt"),
    ("a submodule with an untracked file", "SUBMODULE touch vendor/new"),
    ("a submodule at another commit", "SUBMODULE git -C vendor commit -q --allow-empty -m more"),
    (
        "a submodule at another commit, staged",
        "SUBMODULE git -C vendor commit -q --allow-empty -m more; git add vendor",
    ),
    (
        "a submodule whose changes are ignored",
        "SUBMODULE git config -f .gitmodules submodule.vendor.ignore all; git commit -qam ignore; echo x >> vendor/first.txt",
    ),
    (
        "a submodule whose untracked files are ignored",
        "SUBMODULE git config submodule.vendor.ignore untracked; touch vendor/new",
    ),
    (
        "submodules that no status looks into",
        "SUBMODULE git config diff.ignoreSubmodules dirty; echo x >> vendor/first.txt",
    ),
    ("a submodule that was taken out", "SUBMODULE git submodule --quiet deinit vendor"),
    ("a submodule whose folder is gone", "SUBMODULE rm -r vendor"),
    ("a submodule without .gitmodules", "git clone -q . vendor; git add vendor 2> /dev/null; git commit -qm vendor"),
    (
        "a submodule with line ends of its own",
        "SUBMODULE printf 'a\\r\\n' > vendor/c.txt; git -C vendor add .; git -C vendor commit -qm c; sleep 1.1; echo '* text' > vendor/.gitattributes; git -C vendor add .gitattributes; git -C vendor commit -qm r; git add vendor; git commit -qm moved; rm vendor/c.txt; git -C vendor checkout -q c.txt",
    ),
    ("a clone without its submodule", "SUBMODULE git clone -q . ../clone; echo ../clone"),
    ("a repository inside", "git clone -q . inner"),
    ("a repository inside without a commit", "git init -q inner; touch inner/x"),
    ("a repository inside without anything", "git init -q inner"),
    ("a repository inside that is ignored", "git clone -q . inner; echo inner > .git/info/exclude"),
    ("a repository inside a folder", "mkdir folder; git clone -q . ../other; mv ../other folder/inner"),
    ("a repository without a commit inside a folder", "mkdir folder; git init -q folder/inner"),
    ("a file .git that leads nowhere", "mkdir inner; echo 'gitdir: /nonexistent' > inner/.git; touch inner/x"),
    ("an empty folder .git", "mkdir -p inner/.git; touch inner/x"),
    ("a bare repository inside", "git clone -q --bare . inner.git"),
    ("a linked worktree inside", "git worktree add -q -b topic inner"),
    (
        "tracked files where a repository begins",
        "mkdir inner; echo x > inner/x; git add .; git commit -qm x; git init -q inner; touch inner/new",
    ),
    ("a linked worktree", "git worktree add -q -b topic ../linked; touch ../linked/new; echo ../linked"),
    (
        "a bare clone with worktrees",
        "git clone -q --bare . ../p/.bare; echo 'gitdir: ./.bare' > ../p/.git; git -C ../p worktree add -q main main; echo ../p/main",
    ),
    ("a shared clone", "git clone -q --shared . ../shared; touch ../shared/new; echo ../shared"),
    (
        "a shallow clone",
        "git clone -q --depth 1 \"file://$PWD\" ../shallow; git -C ../shallow tag v0.9.0; echo ../shallow",
    ),
    (
        "a clone without files",
        "git config uploadpack.allowFilter true; git clone -q --filter=blob:none \"file://$PWD\" ../partial; touch ../partial/first.txt; echo ../partial",
    ),
    (
        "a clone without trees",
        "git config uploadpack.allowFilter true; git clone -q --filter=tree:0 \"file://$PWD\" ../partial; echo x >> ../partial/first.txt; echo ../partial",
    ),
    (
        "a clone that records what was promised",
        "git config uploadpack.allowFilter true; git clone -q --filter=blob:none \"file://$PWD\" ../partial; git -C ../partial config core.repositoryFormatVersion 1; git -C ../partial config extensions.partialClone origin; touch ../partial/new; echo ../partial",
    ),
    ("a replaced commit", "git replace HEAD HEAD~1; touch first.txt"),
    ("a replaced commit that hides a release", "git replace main $(git commit-tree -m lone 'main^{tree}')"),
    (
        "a replaced file",
        "git replace -f $(git rev-parse HEAD:first.txt) $(git rev-parse HEAD:second.txt); touch first.txt; rm second.txt; git checkout -q second.txt",
    ),
    ("a graft", "git rev-parse HEAD > .git/info/grafts"),
    ("packed references", "git tag -a v1.1.0 -m x; git pack-refs --all; touch new"),
    (
        "packed objects with an index of packs",
        "git repack -qad; git multi-pack-index write; git commit-graph write --reachable",
    ),
    (
        "longer object names",
        "git init -q --object-format=sha256 ../sha256; cp -r a taskflow.toml ../sha256; git -C ../sha256 add .; git -C ../sha256 commit -qm x; touch ../sha256/new; echo ../sha256",
    ),
];

pub(super) const FILES: &[State] = &[
    ("clean", "true"),
    (
        "changes of every kind",
        "echo x >> first.txt; git rm -q --cached second.txt; touch new; mkdir folder; touch folder/x; git mv taskflow.toml moved.toml; cp moved.toml taskflow.toml",
    ),
    ("renamed", "git mv first.txt renamed.txt"),
    ("renamed and changed", "git mv first.txt renamed.txt; echo x >> renamed.txt"),
    ("a file where a folder was", "rm -r a; echo x > a"),
    ("a folder where a file was", "rm first.txt; mkdir first.txt; touch first.txt/x"),
    ("an empty folder where a file was", "rm first.txt; mkdir first.txt"),
    ("a link where a file was", "rm first.txt; ln -s second.txt first.txt"),
    ("a link to a folder where a folder was", "mv a b; ln -s b a"),
    ("a link that leads nowhere", "ln -s nowhere link; git add link; git commit -qm link; ln -s elsewhere other"),
    ("a pipe", "mkfifo pipe"),
    ("a pipe where a file was", "rm first.txt; mkfifo first.txt"),
    ("an empty folder", "mkdir empty"),
    ("a folder with an empty folder", "mkdir -p empty/deep"),
    (
        "a folder of ignored files",
        "echo '*.log' > .gitignore; git add .; git commit -qm x; mkdir logs; touch logs/a.log",
    ),
    ("a folder that ignores itself", "mkdir cache; echo '*' > cache/.gitignore; touch cache/x"),
    (
        "a folder that ignores its files but not its rules",
        "mkdir cache; printf '*\\n!.gitignore\\n' > cache/.gitignore; touch cache/x",
    ),
    ("a tracked file that is ignored", "echo first.txt > .git/info/exclude; echo x >> first.txt"),
    (
        "an ignored folder with a tracked file",
        "mkdir out; touch out/x; git add .; git commit -qm x; echo out/ > .git/info/exclude; touch out/new; echo x > out/x",
    ),
    (
        "a name that is not UTF-8",
        "touch \"$(printf 'caf\\351')\"; mkdir \"$(printf 'd\\377')\"; touch \"$(printf 'd\\377')/x\"",
    ),
    (
        "a tracked name that is not UTF-8",
        "touch \"$(printf 'caf\\351')\"; git add .; git commit -qm x; echo x > \"$(printf 'caf\\351')\"",
    ),
    ("names with signs", "touch -- 'a b' ' lead' 'trail ' 'quo\"te' 'back\\slash' 'R  x' '-n' '{}' '*' '\u{1f600}'"),
    ("a name with a line break and a tab", "touch \"$(printf 'a\\nb')\" \"$(printf 'a\\tb')\""),
    ("a file without a reader", "echo x > secret; chmod 000 secret"),
    (
        "an exec of a rebase",
        "printf '#!/bin/sh\\ncat > /dev/null <<X\\nX\\n' > ../x; git rebase -q --exec 'false' HEAD~1 2> /dev/null || true",
    ),
    ("a bisect", "git commit -q --allow-empty -m third; git bisect start -q HEAD v1.0.0 > /dev/null"),
];
