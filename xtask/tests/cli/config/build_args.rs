//! Build args of taskflow.toml; what stands near a value is never shown.

use snapbox::str;

use super::{changed, refused};

#[test]
fn build_args_of_the_file() {
    let args = |text: &str| format!("context = \"frontend\"\n[component.frontend.build-args]\n{text}");
    changed(
        "context = \"frontend\"\n",
        &args("database_URL = { default = \"pl4nted\" }\n"),
        str![[r#"
error[declared-name]: refusing to build `frontend`: build arg `database_URL` is a secret: its name is declared as a secret
  --> taskflow.toml:10:1
note: taskflow.toml declares it
note: contract: Build Arguments, "MUST NOT include secrets or passwords"; they stay readable in the image
hint: remove it, and inject `database_URL` from a Kubernetes Secret at run time
hint: for a secret that only the build needs, declare `[component.frontend.build-secrets.database_url]` with `env = "database_URL"`, and read /run/secrets/database_url in `RUN --mount=type=secret,id=database_url …`

"#]],
    );
    changed(
        "context = \"frontend\"\n",
        &args("NODE-ENV = {}\n"),
        str![[r#"
error: invalid build arg: the text is neither NAME=VALUE nor the name of a variable; it is not shown, as it may be a secret
  --> taskflow.toml:10:1

"#]],
    );
    changed(
        "context = \"frontend\"\n",
        &args("NODE_ENV = { value = \"production\" }\n"),
        str![[r#"
error: unknown key `component.frontend.build-args.NODE_ENV.value`
  --> taskflow.toml:10:14
note: known here: `default`

"#]],
    );
    changed(
        "context = \"frontend\"\n",
        &args("NODE_ENV = \"production\"\n"),
        str![[r#"
error: `component.frontend.build-args.NODE_ENV` must be a table, not a string
  --> taskflow.toml:10:12

"#]],
    );
}

#[test]
fn a_value_at_another_mistake_is_not_shown() {
    let args = |text: &str| format!("context = \"frontend\"\n{text}");
    changed(
        "context = \"frontend\"\n",
        &args("build-args = { TOKEN = { default = \"pl4nted } }\n"),
        str![[r#"
error: taskflow.toml is not valid TOML: missing key for inline table element, expected `,`
  --> taskflow.toml:11:1

"#]],
    );
    changed(
        "context = \"frontend\"\n",
        &args("build_args = { TOKEN = \"pl4nted\" }\n"),
        str![[r#"
error: unknown key `component.frontend.build_args`
 --> taskflow.toml:9:1
  |
9 | build_args
  | ^^^^^^^^^^ not known here
hint: did you mean `build-args`?

"#]],
    );
    changed(
        "context = \"frontend\"\n",
        &args("[component.frontend.build-args]\nDATABASE_URL = \"pl4nted\"\n"),
        str![[r#"
error: `component.frontend.build-args.DATABASE_URL` must be a table, not a string
  --> taskflow.toml:10:16

"#]],
    );
}

#[test]
fn lines_and_keys_that_may_hold_a_value_are_not_shown() {
    // A whole component on one line, with something wrong beside the value.
    let args = "build-args = { API = { default = \"pl4nted\" } }";
    let inline =
        format!("schema = 1\n[project]\nname = \"a\"\n[component]\nfrontend = {{ context = \"nosuch\", {args} }}\n");
    refused(
        &inline,
        str![[r#"
error: the build context of component `frontend` is missing: `nosuch`
  --> taskflow.toml:5:24
hint: create the folder, or correct the path; it is relative to taskflow.toml

"#]],
    );
    refused(
        &inline.replace("nosuch", ".."),
        str![[r#"
error: invalid build context for component `frontend`: `..` lies outside the repository
  --> taskflow.toml:5:24
hint: a context is a folder inside the repository, with a path relative to taskflow.toml

"#]],
    );
    // A value that never ends, and one under a misspelt table.
    changed(
        "[component.backend]",
        "[component.frontend.build-args.API]\ndefault = \"\"\"\n[x\npl4nted\n[component.backend]",
        str![[r#"
error: taskflow.toml is not valid TOML: invalid multi-line basic string, expected `"`
  --> taskflow.toml:16:1

"#]],
    );
    changed(
        "[component.backend]",
        "buildparams = { API = { default = \"pl4nted\" } }\n[component.backend]",
        str![[r#"
error: unknown key `component.frontend.buildparams`
  --> taskflow.toml:10:1
   |
10 | buildparams
   | ^^^^^^^^^^^ not known here
hint: did you mean `build-args`?

"#]],
    );
    changed(
        "[component.backend]",
        "buildparams = { API = { default = \"pl4nted }\n[component.backend]",
        str![[r#"
error: taskflow.toml is not valid TOML: missing key for inline table element, expected `,`
  --> taskflow.toml:11:1

"#]],
    );
    // A value in the key itself.
    changed(
        "[component.backend]",
        "build-args = { \"API=pl4nted\" = 3 }\n[component.backend]",
        str![[r#"
error: `component.frontend.build-args.<not shown>` must be a table, not an integer
  --> taskflow.toml:10:32

"#]],
    );
    changed(
        "[component.backend]",
        "\"API=pl4nted\" = 3\n[component.backend]",
        str![[r#"
error: unknown key `component.frontend.<not shown>`
  --> taskflow.toml:10:1
note: known here: `context`, `dockerfile`, `target`, `build-args`, `build-secrets`, and `contract`

"#]],
    );
}

#[test]
fn a_secret_in_a_place_that_was_misread_is_not_shown() {
    changed(
        "[component.backend]",
        "TOKEN = \"pl4nted\"\n[component.backend]",
        str![[r#"
error: unknown key `component.frontend.TOKEN`
  --> taskflow.toml:10:1
   |
10 | TOKEN
   | ^^^^^ not known here
note: known here: `context`, `dockerfile`, `target`, `build-args`, `build-secrets`, and `contract`

"#]],
    );
    let table = concat!("[secrets]\nDATABASE_URL = \"postgres://u:", "pl4nted@h/db\"\n[component.backend]");
    changed(
        "[component.backend]",
        table,
        str![[r#"
error: unknown key `secrets.DATABASE_URL`
  --> taskflow.toml:11:1
note: known here: `declared` and `allow`

"#]],
    );
    let list = concat!("[secrets]\ndeclared = [\"postgres://u:", "pl4nted@h/db\", 7]\n[component.backend]");
    changed(
        "[component.backend]",
        list,
        str![[r#"
error: invalid name of a secret: the text is neither NAME=VALUE nor the name of a variable; it is not shown, as it may be a secret
  --> taskflow.toml:11:13

error: `secrets.declared` must be a list of strings, not an integer
  --> taskflow.toml:11:42

"#]],
    );
    let several = "build-args = { N = {\n  defualt = \"pl4nted\"\n} }\n[component.backend]";
    changed(
        "[component.backend]",
        several,
        str![[r#"
error: unknown key `component.frontend.build-args.N.defualt`
  --> taskflow.toml:11:3
hint: did you mean `default`?

"#]],
    );
    let bracket =
        "[component.frontend.build-args.N]\ndefault = \"\"\"\n[x\n\"\"\"\nbad = \"pl4nted\"\n[component.backend]";
    changed(
        "[component.backend]",
        bracket,
        str![[r#"
error: unknown key `component.frontend.build-args.N.bad`
  --> taskflow.toml:14:1
note: known here: `default`

"#]],
    );
}
