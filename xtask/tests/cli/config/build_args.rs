//! Build args of taskflow.toml; what stands near a value is never shown.

use snapbox::str;

use super::changed;

#[test]
fn build_args_of_the_file() {
    let args = |text: &str| format!("context = \"frontend\"\n[component.frontend.build-args]\n{text}");
    changed(
        "context = \"frontend\"\n",
        &args("database_URL = { default = \"pl4nted\" }\n"),
        str![[r#"
error: build arg `database_URL` of component `frontend` is a secret
  --> taskflow.toml:10:1
note: build args stay readable in the image history; the value is not shown here
note: contract: Build Arguments, "MUST NOT include secrets or passwords"
hint: remove the build arg and inject `database_URL` from a Kubernetes Secret at run time
hint: for a secret that only the build needs, use `RUN --mount=type=secret` in the Dockerfile

"#]],
    );
    changed(
        "context = \"frontend\"\n",
        &args("NODE-ENV = {}\n"),
        str![[r#"
error: invalid build arg: `NODE-ENV` is not a letter or `_` followed by letters, digits and `_`
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
   |
11 | [component.backend]
   | ^

"#]],
    );
    changed(
        "context = \"frontend\"\n",
        &args("build_args = { TOKEN = \"pl4nted\" }\n"),
        str![[r#"
error: unknown key `component.frontend.build_args`
  --> taskflow.toml:9:1
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
