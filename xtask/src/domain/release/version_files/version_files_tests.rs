//! Tests of setting versions.

#![expect(
    clippy::disallowed_methods,
    clippy::needless_raw_string_hashes,
    reason = "snapbox looks for its own file, and writes raw strings"
)]

use super::*;
use crate::domain::problem::in_words;
use proptest::prelude::*;
use snapbox::{assert_data_eq, str};

fn version(text: &str) -> ReleaseVersion {
    text.parse().unwrap()
}

fn set(path: &str, text: &str, to: &str) -> Result<(String, Option<String>), Problem> {
    let edit = set_version(path, text.as_bytes(), version(to))?;
    assert_eq!(edit.changed, edit.bytes != text.as_bytes());
    Ok((String::from_utf8(edit.bytes).unwrap(), edit.before))
}

/// Sets 1.1.0 in a text whose versions to change are written as `@`.
fn changes(path: &str, template: &str, before: &str) {
    let (after, found) = set(path, &template.replace('@', before), "1.1.0").unwrap();
    assert_eq!((after, found.as_deref()), (template.replace('@', "1.1.0"), Some(before)), "{path}: {template}");
    let (same, _) = set(path, &template.replace('@', "1.1.0"), "1.1.0").unwrap();
    assert_eq!(same, template.replace('@', "1.1.0"));
}

fn problem(path: &str, text: &str) -> String {
    in_words(&set(path, text, "1.1.0").unwrap_err())
}

#[test]
fn only_the_version_changes_in_json() {
    for template in [
        "{\"version\":\"@\"}",
        "\u{feff}{\r\n\t\"name\": \"1.0.0\",\r\n\t\"version\" : \"@\" ,\r\n\t\"a\": {\"version\": \"1.0.0\"}\r\n}",
        "{\"dependencies\": {\"version\": \"1.0.0\"}, \"a\": \"\\\"version\\\": \\\"1.0.0\\\"\", \"\\u0076ersion\": \"@\"}\n\n",
        "{\"a\": [\"version\", \"1.0.0\"], \"é\": 1e400, \"version\": \"@\", \"b\": 0.10}",
    ] {
        changes("web/package.json", template, "1.0.0");
    }
    let lock = "{\"version\": \"@\", \"lockfileVersion\": 3, \"packages\": {\"\": {\"version\": \"@\"}, \
                \"node_modules/a\": {\"version\": \"1.0.0\"}}}";
    changes("package-lock.json", lock, "1.0.0");
    changes("package-lock.json", "{\"version\": \"@\", \"packages\": []}", "1.0.0");
    changes("package.json", "{\"version\": \"@\"}", "");
    let escaped = set("package.json", "{\"version\": \"1.0\\u002e0\"}", "1.1.0").unwrap();
    assert_eq!(escaped, ("{\"version\": \"1.1.0\"}".to_owned(), Some("1.0.0".to_owned())));
}

#[test]
fn only_the_version_changes_in_toml() {
    for (path, template) in [
        ("taskflow.toml", "schema = 1 # 1.0.0\r\n[project]\r\nversion   =  '@' # \"1.0.0\"\r\nname = \"a\""),
        ("pyproject.toml", "\u{feff}[project]\nversion = \"@\"\ndependencies = [\"a==1.0.0\"]\n"),
        (
            "a/pyproject.toml",
            "[tool.poetry]\nversion = \"\"\"@\"\"\"\n[tool.poetry.dependencies]\nversion = \"1.0.0\"\n",
        ),
        ("pyproject.toml", "[project]\ndynamic = [\"version\"]\n[tool.poetry]\nversion = '''\n@'''\n"),
        ("pyproject.toml", "project.version = \"@\"\ntool.poetry = { version = \"@\" }\n"),
        ("Cargo.toml", "[package]\nname = \"a\"\nversion = \"@\"\n[dependencies]\nb = { version = \"1.0.0\" }\n"),
        ("Cargo.toml", "package.version.workspace = true\n[workspace.package]\nversion = \"\"\"\r\n@\"\"\"\n"),
        ("Cargo.toml", "[workspace.package]\n\"version\" = \"@\" # é"),
    ] {
        changes(path, template, "1.0.0");
    }
    let escaped = set("Cargo.toml", "package.version = \"1.0\\u002E0\" # a", "1.1.0").unwrap();
    assert_eq!(escaped, ("package.version = \"1.1.0\" # a".to_owned(), Some("1.0.0".to_owned())));
}

#[test]
fn a_taskflow_toml_without_a_version_is_left_alone() {
    let text = "schema = 1\n[project]\nname = \"a\"\n";
    assert_eq!(set("taskflow.toml", text, "1.1.0").unwrap(), (text.to_owned(), None));
}

#[test]
fn what_cannot_be_set_is_said() {
    assert_data_eq!(
        problem("backend/setup.cfg", "version = 1.0.0"),
        str![[r#"
xtask cannot set a version in `backend/setup.cfg`
note: it knows where the version stands in `taskflow.toml`, `package.json`, `package-lock.json`, `pyproject.toml`, and `Cargo.toml`
hint: correct `version-files` under `[release]`; another file can take its version from one of these

"#]]
    );
    assert_data_eq!(
        problem("web/package.json", "{\"a\": {\"version\": \"1.0.0\"}}"),
        str![[r#"
`web/package.json` has no version
note: looked for `version`
hint: add a version to it, or correct `version-files` under `[release]`

"#]]
    );
    assert_data_eq!(
        problem("package-lock.json", "{\"packages\": {\"\": {}}}"),
        str![[r#"
`package-lock.json` has no version
note: looked for `version` and `packages."".version`
hint: add a version to it, or correct `version-files` under `[release]`

"#]]
    );
    assert_data_eq!(
        problem("pyproject.toml", "[project]\nname = \"a\"\n"),
        str![[r#"
`pyproject.toml` has no version
note: looked for `project.version` and `tool.poetry.version`
hint: add a version to it, or correct `version-files` under `[release]`

"#]]
    );
    assert_data_eq!(
        problem("pyproject.toml", "[project]\ndynamic = [\"readme\", \"version\"]\n"),
        str![[r#"
`pyproject.toml` has no fixed version: `project.dynamic` contains `version`
 --> pyproject.toml:2:22
note: a build tool determines the version, and xtask does not know from what
hint: remove `version` from `project.dynamic` and write `version = "1.1.0"` there, or correct `version-files` under `[release]`

"#]]
    );
    assert_data_eq!(
        problem("a/Cargo.toml", "[package]\nversion = { workspace = true }\n"),
        str![[r#"
`package.version` in `a/Cargo.toml` is that of the workspace
 --> a/Cargo.toml:2:11
hint: name the Cargo.toml of the workspace instead: correct `version-files` under `[release]`

"#]]
    );
    assert_data_eq!(
        problem("package.json", "{\n  \"version\": 1.1\n}"),
        str![[r#"
`version` in `package.json` must be a string, not a number
 --> package.json:2:14
hint: write the version as a string: `"version": "1.1.0"`

"#]]
    );
    assert_data_eq!(
        problem("Cargo.toml", "[package]\nversion = [1, 0, 0]\n"),
        str![[r#"
`package.version` in `Cargo.toml` must be a string, not an array
 --> Cargo.toml:2:11
hint: write the version as a string: `version = "1.1.0"`

"#]]
    );
    assert_data_eq!(
        problem("taskflow.toml", "[project]\nversion = 1.0\n"),
        str![[r#"
`project.version` in `taskflow.toml` must be a string, not a float
 --> taskflow.toml:2:11
hint: write the version as a string: `version = "1.1.0"`

"#]]
    );
}

#[test]
fn what_the_hints_say_helps() {
    for (path, before, after) in [
        ("package.json", "{\"name\": \"a\"}", "{\"name\": \"a\", \"version\": \"1.0.0\"}"),
        ("package.json", "{\"version\": 1.0}", "{\"version\": \"1.1.0\"}"),
        ("package.json", "{\"version\": \"1\",\n\"version\": \"1\"}", "{\"version\": \"1\"\n}"),
        ("pyproject.toml", "[project]\ndynamic = [\"version\"]\n", "[project]\ndynamic = []\nversion = \"1.1.0\"\n"),
        ("Cargo.toml", "[package]\nversion = 1\n", "[package]\nversion = \"1.1.0\"\n"),
        (
            "Cargo.toml",
            "package.version = \"1.0.0\"\nworkspace.package.version = \"1.0.1\"\n",
            "package.version = \"1.0.1\"\nworkspace.package.version = \"1.0.1\"\n",
        ),
    ] {
        assert!(problem(path, before).contains("\nhint: "), "{before}");
        assert!(set(path, after, "1.1.0").is_ok(), "{after}");
    }
}

#[test]
fn what_is_not_valid_is_said() {
    assert_data_eq!(
        problem("package.json", "{\"version\": \"1.0.0\",\n \"\\u0076ersion\": \"1.0.0\"}"),
        str![[r#"
`package.json` has the key `version` twice
 --> package.json:2:18
hint: remove one of the two lines

"#]]
    );
    assert_data_eq!(
        problem("Cargo.toml", "[package]\nversion = \"1.0.0\"\nversion = \"1.0.0\"\n"),
        str![[r#"
`Cargo.toml` is not valid TOML: duplicate key
 --> Cargo.toml:3:1

"#]]
    );
    assert_data_eq!(
        problem("package-lock.json", "{\"version\": \"1.0.0\",\n \"packages\": {\"\": {\"version\": \"1.0.1\"}}}"),
        str![[r#"
`package-lock.json` has two versions: `packages."".version` is not the same as `version`
 --> package-lock.json:2:32
hint: write the same version in both places

"#]]
    );
    assert_data_eq!(
        problem("package.json", "{\n  // a comment\n  \"version\": \"1.0.0\"\n}"),
        str![[r#"
`package.json` is not valid JSON
 --> package.json:2:3
caused by: key must be a string

"#]]
    );
    assert_data_eq!(
        problem("package.json", "{\"version\": \"1.0.0\""),
        str![[r#"
`package.json` is not valid JSON
 --> package.json:1:19
caused by: EOF while parsing an object

"#]]
    );
    assert_data_eq!(
        problem("package.json", "[{\"version\": \"1.0.0\"}]"),
        str![[r#"
`package.json` must be a JSON object
 --> package.json:1:1

"#]]
    );
    assert_data_eq!(
        problem("package.json", "{\"version\": \"\\ud800\"}"),
        str![[r#"
`version` in `package.json` must be a string, not a string that is not Unicode
 --> package.json:1:13
hint: write the version as a string: `"version": "1.1.0"`

"#]]
    );
    let types = ["null", "{}", "[]", "true"].map(|value| problem("package.json", &format!("{{\"version\": {value}}}")));
    assert_data_eq!(
        types.concat(),
        str![[r#"
`version` in `package.json` must be a string, not null
 --> package.json:1:13
hint: write the version as a string: `"version": "1.1.0"`
`version` in `package.json` must be a string, not an object
 --> package.json:1:13
hint: write the version as a string: `"version": "1.1.0"`
`version` in `package.json` must be a string, not an array
 --> package.json:1:13
hint: write the version as a string: `"version": "1.1.0"`
`version` in `package.json` must be a string, not a boolean
 --> package.json:1:13
hint: write the version as a string: `"version": "1.1.0"`

"#]]
    );
    let latin = set_version("Cargo.toml", b"[package]\nversion = \"1.0.0\" # caf\xe9\n", version("1.1.0"));
    assert_data_eq!(
        in_words(&latin.unwrap_err()),
        str![[r#"
`Cargo.toml` is not in UTF-8, but in an encoding such as ISO 8859-1, and `cargo xtask release` reads text in UTF-8
 --> Cargo.toml:2
hint: convert it with `iconv -f ISO-8859-1 -t UTF-8 Cargo.toml > Cargo.toml.new && mv Cargo.toml.new Cargo.toml`

"#]]
    );
    let kind = kind_of("package.json").unwrap();
    let unchanged = verify(kind, "package.json", "{\"version\": \"1.0.0\"}", version("1.1.0"));
    assert_data_eq!(
        in_words(&unchanged.unwrap_err()),
        str![[r#"
`package.json` would not have version 1.1.0 after the change
note: this is a defect of xtask; the file is not changed

"#]]
    );
}

/// A JSON value of any kind, in any formatting.
fn json_value() -> impl Strategy<Value = String> {
    let blank = "[ \t\r\n]{0,2}";
    let scalar = prop_oneof![
        Just("null".to_owned()),
        "-?[1-9][0-9]{0,3}(\\.[0-9]{1,3})?".prop_map(|number| number),
        string(),
        Just("\"version\"".to_owned()),
        Just("\"1.0.0\"".to_owned()),
    ];
    scalar.prop_recursive(3, 12, 4, move |inner| {
        let member =
            (blank, string(), blank, inner.clone()).prop_map(|(a, key, b, value)| format!("{a}{key}{b}:{value}"));
        prop_oneof![
            (prop::collection::vec(inner, 0..4), blank).prop_map(|(items, end)| format!("[{}{end}]", items.join(","))),
            (prop::collection::vec(member, 0..4), blank)
                .prop_map(|(items, end)| format!("{{{}{end}}}", items.join(","))),
        ]
    })
}

/// A string of JSON, with escapes.
fn string() -> impl Strategy<Value = String> {
    "\"([a-z1.0{}:,é ]|\\\\[\"\\\\/bfnrt]|\\\\u00[4-7][0-9a-f]){0,6}\""
}

fn json_document() -> impl Strategy<Value = (String, String)> {
    let blank = "[ \t\r\n]{0,3}";
    let member = (blank, "\"[a-u]{1,5}\"", blank, blank, json_value(), blank)
        .prop_map(|(a, key, b, c, value, d)| format!("{a}{key}{b}:{c}{value}{d}"))
        .boxed();
    let key =
        prop_oneof![Just("version".to_owned()), Just("\\u0076ersion".to_owned()), Just("versi\\u006fn".to_owned())];
    let members = || prop::collection::vec(member.clone(), 0..4);
    ("\u{feff}?", members(), blank, key, blank, blank, members(), blank).prop_map(
        |(mark, first, a, key, b, c, last, end)| {
            let start = first.iter().fold(String::new(), |text, member| text + member + ",");
            let tail = last.iter().fold(String::new(), |text, member| text + "," + member);
            (format!("{mark}{{{start}{a}\"{key}\"{b}:{c}\""), format!("\"{tail}}}{end}"))
        },
    )
}

fn toml_document() -> impl Strategy<Value = (String, String)> {
    let end = prop_oneof![Just("\n"), Just("\r\n")];
    let line =
        "(# version = \"1\\.0\\.0\"|[a-u]{1,4} = \"1\\.0\\.0\" # é|[a-u]{1,4} = \"\"\"\nversion = '1\\.0\\.0'\"\"\"|)";
    let quotes = prop_oneof![Just("\""), Just("'"), Just("\"\"\""), Just("'''"), Just("\"\"\"\n"), Just("'''\r\n")];
    let header = prop_oneof![
        Just("[package]\nversion ="),
        Just("[ package ] # [x]\r\n  \"version\"\t= "),
        Just("package . version = "),
        Just("[workspace.package]\nversion="),
    ];
    let lines = || (prop::collection::vec(line, 0..3), end.clone());
    ("\u{feff}?", "(# a\n)?", header, quotes, " ?(# 1\\.0\\.0)?", end.clone(), lines()).prop_map(
        |(mark, comment, header, quotes, behind, end, (lines, other))| {
            let mut seen = Vec::new();
            let unique = |line: &String| {
                let key = line.split(' ').next().unwrap_or_default().to_owned();
                let is_new = key.is_empty() || key == "#" || !seen.contains(&key);
                seen.push(key);
                is_new
            };
            let lines: Vec<String> = lines.into_iter().filter(unique).collect();
            let tail = format!("{}{behind}{end}{}", quotes.trim_end(), lines.join(other));
            (format!("{mark}{comment}{header}{quotes}"), tail)
        },
    )
}

fn json_values(text: &str) -> serde_json::Value {
    serde_json::from_str(text.trim_start_matches('\u{feff}')).unwrap()
}

proptest! {
    #[test]
    fn any_json_keeps_everything_else((start, end) in json_document(), before in "[0-9]\\.[0-9]{1,2}\\.[0-9](-rc\\.1)?") {
        let text = format!("{start}{before}{end}");
        let (first, found) = set("package.json", &text, "1.1.0").unwrap();
        prop_assert_eq!(found, Some(before));
        prop_assert_eq!(&first, &format!("{start}1.1.0{end}"));
        let (again, _) = set("package.json", &first, "22.0.10").unwrap();
        prop_assert_eq!(&again, &set("package.json", &text, "22.0.10").unwrap().0);
        let mut values = json_values(&text);
        values["version"] = "1.1.0".into();
        prop_assert_eq!(json_values(&first), values);
    }

    #[test]
    fn any_toml_keeps_everything_else((start, end) in toml_document(), before in "[0-9]\\.[0-9]{1,2}\\.[0-9]") {
        let text = format!("{start}{before}{end}");
        let (first, found) = set("Cargo.toml", &text, "1.1.0").unwrap();
        prop_assert_eq!(found, Some(before));
        prop_assert_eq!(&first, &format!("{start}1.1.0{end}"));
        let (again, _) = set("Cargo.toml", &first, "22.0.10").unwrap();
        prop_assert_eq!(again, set("Cargo.toml", &text, "22.0.10").unwrap().0);
    }

    #[test]
    fn any_bytes_get_an_answer(name in 0..VERSION_FILES.len(), bytes in prop::collection::vec(any::<u8>(), 0..40)) {
        let kind = &VERSION_FILES[name];
        if let Ok(edit) = set_version(kind.name, &bytes, version("1.1.0")) {
            prop_assert!(edit.before.is_some() || kind.name == "taskflow.toml");
        }
    }
}
