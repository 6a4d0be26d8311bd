//! Attributes of files, and the user's settings.

use super::State;

/// A committed file with CRLF, before rules for line ends are added.
pub(super) const CRLF: &str =
    "printf 'a\\r\\nb\\r\\n' > crlf.txt; git add .; git commit -qm crlf; git branch other; sleep 1.1;";
/// Commits rules that the next words give.
pub(super) const RULES: &str =
    "rule() { echo \"$1\" > .gitattributes; git add .gitattributes; git commit -qm rules; };";

pub(super) const ATTRIBUTES: &[State] = &[
    ("text=auto over CRLF", "CRLF RULES rule '* text=auto'"),
    ("text=auto over CRLF, touched", "CRLF RULES rule '* text=auto'; touch crlf.txt"),
    ("text=auto over CRLF, written again", "CRLF RULES rule '* text=auto'; rm crlf.txt; git checkout -q crlf.txt"),
    (
        "text=auto over CRLF, another branch and back",
        "CRLF RULES rule '* text=auto'; git switch -q other; git switch -q main",
    ),
    ("text over CRLF", "CRLF RULES rule '*.txt text'"),
    ("text over CRLF, touched", "CRLF RULES rule '*.txt text'; touch crlf.txt"),
    ("text over CRLF, written again", "CRLF RULES rule '*.txt text'; rm crlf.txt; git checkout -q crlf.txt"),
    ("text over CRLF, a fresh clone", "CRLF RULES rule '*.txt text'; git clone -q . ../fresh; echo ../fresh"),
    ("text over CRLF, a copy", "CRLF RULES rule '*.txt text'; cp -r . ../copy; echo ../copy"),
    ("text over CRLF, a copy with its times", "CRLF RULES rule '*.txt text'; cp -a . ../copy; echo ../copy"),
    ("eol=crlf over CRLF", "CRLF RULES rule '*.txt text eol=crlf'; touch crlf.txt"),
    ("eol=crlf over LF", "RULES rule '*.txt eol=crlf'; touch first.txt"),
    ("eol=crlf over LF, written again", "RULES rule '*.txt eol=crlf'; rm first.txt; git checkout -q first.txt"),
    ("eol=lf over CRLF", "CRLF RULES rule '*.txt eol=lf'; touch crlf.txt"),
    ("the old word crlf", "CRLF RULES rule '*.txt crlf'; touch crlf.txt"),
    ("-text over CRLF", "CRLF RULES rule '*.txt -text'; touch crlf.txt"),
    ("binary", "CRLF RULES rule '*.txt binary'; touch crlf.txt"),
    (
        "a macro",
        "CRLF RULES rule '[attr]plain text eol=lf'; echo '*.txt plain' >> .gitattributes; git commit -qam more; touch crlf.txt",
    ),
    ("rules that are not committed", "CRLF echo '*.txt text' > .gitattributes; touch crlf.txt"),
    (
        "rules that are ignored",
        "CRLF echo .gitattributes > .gitignore; git add .; git commit -qm x; echo '*.txt text' > .gitattributes; touch crlf.txt",
    ),
    (
        "rules in a folder",
        "mkdir sub; printf 'a\\r\\n' > sub/x; git add .; git commit -qm x; sleep 1.1; echo '* text' > sub/.gitattributes; git add .; git commit -qm rules; touch sub/x",
    ),
    (
        "rules in a folder above",
        "mkdir -p up/sub; printf 'a\\r\\n' > up/sub/x; git add .; git commit -qm x; sleep 1.1; echo '* text' > up/.gitattributes; touch up/sub/x",
    ),
    ("rules that are deleted in the working tree", "CRLF RULES rule '*.txt text'; rm .gitattributes; touch crlf.txt"),
    (
        "rules that are a link",
        "CRLF echo '*.txt text' > rules; ln -s rules .gitattributes; git add .; git commit -qm x; touch crlf.txt",
    ),
    ("rules of the repository alone", "CRLF echo '*.txt text' > .git/info/attributes; touch crlf.txt"),
    (
        "rules that a setting names",
        "CRLF echo '*.txt text' > ../rules; git config core.attributesFile \"$PWD/../rules\"; touch crlf.txt",
    ),
    (
        "a filter",
        "git config filter.up.clean 'tr a-z A-Z'; git config filter.up.smudge 'tr A-Z a-z'; RULES rule '*.up filter=up'; echo hello > a.up; git add .; git commit -qm up; touch a.up",
    ),
    (
        "a filter, written again",
        "git config filter.up.clean 'tr a-z A-Z'; git config filter.up.smudge 'tr A-Z a-z'; RULES rule '*.up filter=up'; echo hello > a.up; git add .; git commit -qm up; rm a.up; git checkout -q a.up",
    ),
    (
        "a filter that came later",
        "echo hello > a.up; git add .; git commit -qm up; sleep 1.1; git config filter.up.clean 'tr a-z A-Z'; RULES rule '*.up filter=up'; touch a.up",
    ),
    (
        "a filter that is missing",
        "RULES rule '*.up filter=nosuch'; echo hello > a.up; git add .; git commit -qm up; touch a.up",
    ),
    (
        "an identifier",
        "RULES rule '*.c ident'; echo '$Id$' > a.c; git add .; git commit -qm c; rm a.c; git checkout -q a.c; touch a.c",
    ),
    (
        "an encoding",
        "RULES rule '*.u text working-tree-encoding=UTF-16LE'; printf 'a\\0b\\0\\n\\0' > a.u; git add .; git commit -qm u; touch a.u",
    ),
    (
        "an encoding that came later",
        "printf 'a\\0b\\0\\n\\0' > a.u; git add .; git commit -qm u; sleep 1.1; RULES rule '*.u text working-tree-encoding=UTF-16LE'; touch a.u",
    ),
    ("attributes that change nothing", "RULES rule '*.txt linguist-vendored export-ignore'; touch first.txt"),
];

pub(super) const SETTINGS: &[State] = &[
    ("autocrlf=input", "CRLF git config core.autocrlf input; touch crlf.txt"),
    (
        "autocrlf=input, a file with CRLF is new",
        "git config core.autocrlf input; printf 'a\\r\\n' > new.txt; git add . 2> /dev/null; git commit -qm new; touch new.txt",
    ),
    ("autocrlf=true", "git config core.autocrlf true; touch first.txt"),
    ("autocrlf=true over CRLF", "CRLF git config core.autocrlf true; touch crlf.txt"),
    ("autocrlf=true, written again", "git config core.autocrlf true; rm first.txt; git checkout -q first.txt"),
    ("eol=crlf by setting", "CRLF git config core.eol crlf; echo '* text=auto' > .gitattributes; touch crlf.txt"),
    ("modes that do not count", "git config core.fileMode false; chmod +x first.txt"),
    ("modes that count", "chmod +x first.txt"),
    (
        "links that are files",
        "ln -s first.txt link; git add .; git commit -qm link; git config core.symlinks false; rm link; printf first.txt > link",
    ),
    ("letters of another case", "git config core.ignoreCase true; mv first.txt tmp; mv tmp FIRST.txt"),
    (
        "an ignore rule of another case",
        "git config core.ignoreCase true; echo '*.LOG' > .git/info/exclude; touch a.log",
    ),
    ("composed letters", "git config core.precomposeUnicode true; printf x > \"$(printf 'u\\314\\210')\""),
    ("times that are not trusted", "git config core.trustCTime false; chmod 600 first.txt"),
    ("little stat data", "git config core.checkStat minimal; cp -a . ../copy; echo ../copy"),
    (
        "stat data that is ignored",
        "git config core.ignoreStat true; git checkout -q HEAD~1; git checkout -q main; echo x >> first.txt",
    ),
    (
        "an exclude file by setting",
        "echo '*.log' > ../excludes; git config core.excludesFile \"$PWD/../excludes\"; touch a.log",
    ),
    ("the exclude file of the repository", "echo '*.log' > .git/info/exclude; touch a.log b.txt"),
    (
        "untracked files that a status does not show",
        "git config status.showUntrackedFiles no; echo x > new; echo x >> first.txt",
    ),
    ("names relative to a folder", "git config status.relativePaths false; mkdir sub; touch sub/new"),
    (
        "renames that are shown",
        "git config status.renames copies; git mv first.txt moved.txt; cp second.txt copied.txt; git add .",
    ),
    ("names without quotes", "git config core.quotePath false; touch \"$(printf 'caf\\351')\" größe"),
    (
        "another working tree",
        "git config core.worktree \"$PWD/../tree\"; mkdir ../tree; cp -r a taskflow.toml first.txt second.txt ../tree; git --work-tree=../tree status > /dev/null; printf 'gitdir: %s\\n' \"$PWD/.git\" > ../tree/.git; echo ../tree",
    ),
    (
        "settings of a worktree",
        "git config extensions.worktreeConfig true; git config --worktree core.fileMode false; chmod +x first.txt",
    ),
    (
        "settings on a condition",
        "printf '[core]\\n\\tfileMode = false\\n' > ../more; git config includeIf.hasconfig:remote.*.url:https://example.org/**.path \"$PWD/../more\"; git remote add origin https://example.org/a; chmod +x first.txt",
    ),
    (
        "settings that are included",
        "printf '[core]\\n\\tfileMode = false\\n' > ../more; git config include.path \"$PWD/../more\"; chmod +x first.txt",
    ),
];
