//! Names, versions and paths that cannot be.

use snapbox::str;

use super::changed;

#[test]
fn names_outside_the_grammar() {
    changed(
        "\"taskflow\"",
        "\"\"",
        str![[r#"
error: invalid `project.name`: the name is empty
 --> taskflow.toml:4:8
  |
4 | name = ""
  |        ^^

"#]],
    );
    changed(
        "\"taskflow\"",
        "\"Taskflow\"",
        str![[r#"
error: invalid `project.name`: `Taskflow` contains uppercase letters, image repositories are lower case
 --> taskflow.toml:4:8
  |
4 | name = "Taskflow"
  |        ^^^^^^^^^^

"#]],
    );
    changed(
        "\"taskflow\"",
        "\"task--flow\"",
        str![[r#"
error: invalid `project.name`: `task--flow` is not lower-case letters and digits with single `.`, `_` or `-` between them
 --> taskflow.toml:4:8
  |
4 | name = "task--flow"
  |        ^^^^^^^^^^^^

"#]],
    );
    changed(
        "[component.frontend]",
        "[component.Frontend]",
        str![[r#"
error: invalid component name: `Frontend` contains uppercase letters, image repositories are lower case
 --> taskflow.toml:7:12
  |
7 | [component.Frontend]
  |            ^^^^^^^^

"#]],
    );
    changed(
        "[project]",
        "[secrets]\ndeclared = [\"MY-TOKEN\", \"\"]\n[project]",
        str![[r#"
error: invalid name of a secret: the text is neither NAME=VALUE nor the name of a variable; it is not shown, as it may be a secret
  --> taskflow.toml:4:13

error: invalid name of a secret: the text is neither NAME=VALUE nor the name of a variable; it is not shown, as it may be a secret
  --> taskflow.toml:4:25

"#]],
    );
    changed(
        "\"taskflow\"",
        &format!("\"{}\"", "a".repeat(240)),
        str![[r#"
error: invalid repository: the repository is 249 bytes long, at most 247 are allowed
 --> taskflow.toml:7:12
  |
7 | [component.frontend]
  |            ^^^^^^^^

error: invalid repository: the repository is 248 bytes long, at most 247 are allowed
  --> taskflow.toml:10:12
   |
10 | [component.backend]
   |            ^^^^^^^

"#]],
    );
}

#[test]
fn versions_that_are_no_release_versions() {
    changed(
        "\"1.0.0\"",
        "\"10000000000.10000000000.10000000000\"",
        str![[r#"
error: invalid `project.version`: `10000000000.10000000000.10000000000` is longer than 32 characters, which leaves no room for the rest of a tag
 --> taskflow.toml:5:11
  |
5 | version = "10000000000.10000000000.10000000000"
  |           ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^

"#]],
    );
    changed(
        "\"1.0.0\"",
        "\"v1.0.0\"",
        str![[r#"
error: invalid `project.version`: `v1.0.0` begins with `v`, which belongs to git tags only
 --> taskflow.toml:5:11
  |
5 | version = "v1.0.0"
  |           ^^^^^^^^

"#]],
    );
    changed(
        "\"1.0.0\"",
        "\"1.0.0-rc.1\"",
        str![[r#"
error: invalid `project.version`: `1.0.0-rc.1` has a pre-release or build part, a release version is only MAJOR.MINOR.PATCH
 --> taskflow.toml:5:11
  |
5 | version = "1.0.0-rc.1"
  |           ^^^^^^^^^^^^

"#]],
    );
    changed(
        "\"1.0.0\"",
        "\"1.0\"",
        str![[r#"
error: invalid `project.version`: `1.0` is not MAJOR.MINOR.PATCH: unexpected end of input while parsing minor version number
 --> taskflow.toml:5:11
  |
5 | version = "1.0"
  |           ^^^^^

"#]],
    );
}

#[test]
fn paths_that_no_component_can_have() {
    changed(
        "\"frontend\"\n",
        "\".\"\n",
        str![[r#"
error: invalid build context for component `frontend`: `.` is the repository root
 --> taskflow.toml:8:11
  |
8 | context = "."
  |           ^^^ the root
note: contract: Build Context, "Never: Repository root"; every file of the repository would be sent to the engine
hint: give the component a folder of its own: `context = "frontend"`

"#]],
    );
    changed(
        "\"frontend\"\n",
        "\"../frontend\"\n",
        str![[r#"
error: invalid build context for component `frontend`: `../frontend` lies outside the repository
 --> taskflow.toml:8:11
  |
8 | context = "../frontend"
  |           ^^^^^^^^^^^^^ outside
hint: a context is a folder inside the repository, with a path relative to taskflow.toml

"#]],
    );
    changed(
        "\"frontend\"\n",
        "\"/srv/frontend\"\n",
        str![[r#"
error: invalid build context for component `frontend`: `/srv/frontend` lies outside the repository
 --> taskflow.toml:8:11
  |
8 | context = "/srv/frontend"
  |           ^^^^^^^^^^^^^^^ outside
hint: a context is a folder inside the repository, with a path relative to taskflow.toml

"#]],
    );
    changed(
        "\"frontend\"\n",
        "\"\"\n",
        str![[r#"
error: the build context of component `frontend` is empty
 --> taskflow.toml:8:11
  |
8 | context = ""
  |           ^^

"#]],
    );
    changed(
        "\"frontend\"\n",
        "\"frontend\"\ndockerfile = \"../Dockerfile\"\n",
        str![[r#"
error: the Dockerfile of component `frontend` is not a file of the repository: `../Dockerfile`
 --> taskflow.toml:9:14
  |
9 | dockerfile = "../Dockerfile"
  |              ^^^^^^^^^^^^^^^
hint: the path is relative to taskflow.toml

"#]],
    );
}

#[test]
fn names_that_git_refuses() {
    changed(
        "name = \"taskflow\"\n",
        "name = \"taskflow\"\ndefault-branch = \"\"\ntag-prefix = \"v..\"\n",
        str![[r#"
error: invalid `project.default-branch`: the name is empty
 --> taskflow.toml:5:18
  |
5 | default-branch = ""
  |                  ^^
hint: write the name of a branch, or remove the key: then the default branch of `origin` counts, or `main`

error: invalid `project.tag-prefix`: git refuses the name `v..`: it contains `..` or `@{`
 --> taskflow.toml:6:14
  |
6 | tag-prefix = "v.."
  |              ^^^^^
hint: write what release tags begin with, such as `v` in `v1.0.0`, or remove the key: then `v` counts

"#]],
    );
    for (value, fault) in [
        (
            "-main",
            str![[r#"
error: invalid `project.default-branch`: git refuses the name `-main`: it begins with `-`
 --> taskflow.toml:5:18
  |
5 | default-branch = "-main"
  |                  ^^^^^^^
hint: write the name of a branch, or remove the key: then the default branch of `origin` counts, or `main`

"#]],
        ),
        (
            "HEAD",
            str![[r#"
error: invalid `project.default-branch`: git refuses the name `HEAD`: `HEAD` is no branch
 --> taskflow.toml:5:18
  |
5 | default-branch = "HEAD"
  |                  ^^^^^^
hint: write the name of a branch, or remove the key: then the default branch of `origin` counts, or `main`

"#]],
        ),
        (
            "my branch",
            str![[r#"
error: invalid `project.default-branch`: git refuses the name `my branch`: it contains a space, a control character, or one of `~ ^ : ? * [` and the backslash
 --> taskflow.toml:5:18
  |
5 | default-branch = "my branch"
  |                  ^^^^^^^^^^^
hint: write the name of a branch, or remove the key: then the default branch of `origin` counts, or `main`

"#]],
        ),
        (
            "a//b",
            str![[r#"
error: invalid `project.default-branch`: git refuses the name `a//b`: it begins or ends with `/`, or contains `//`
 --> taskflow.toml:5:18
  |
5 | default-branch = "a//b"
  |                  ^^^^^^
hint: write the name of a branch, or remove the key: then the default branch of `origin` counts, or `main`

"#]],
        ),
        (
            "main.",
            str![[r#"
error: invalid `project.default-branch`: git refuses the name `main.`: it ends with `.`, or a part of it begins with `.`
 --> taskflow.toml:5:18
  |
5 | default-branch = "main."
  |                  ^^^^^^^
hint: write the name of a branch, or remove the key: then the default branch of `origin` counts, or `main`

"#]],
        ),
        (
            "main.lock",
            str![[r#"
error: invalid `project.default-branch`: git refuses the name `main.lock`: a part of it ends with `.lock`
 --> taskflow.toml:5:18
  |
5 | default-branch = "main.lock"
  |                  ^^^^^^^^^^^
hint: write the name of a branch, or remove the key: then the default branch of `origin` counts, or `main`

"#]],
        ),
    ] {
        changed("name = \"taskflow\"\n", &format!("name = \"taskflow\"\ndefault-branch = \"{value}\"\n"), fault);
    }
}
