//! Encodings: a byte order mark changes nothing, UTF-16 is refused at its file, and the command that is told converts it.

use std::fs;
use std::process::Command;

use snapbox::str;

use super::{plan, sandbox};
use crate::harness::encodings::{Order, utf16};
use crate::harness::planted::password;
use crate::harness::sandbox::{CONFIG, Sandbox};

/// The forms in which UTF-16 is written: the mark before the text, the order of bytes, and what the form is called.
const FORMS: [(&str, Order, &str); 4] = [
    ("\u{feff}", u16::to_le_bytes, "UTF-16, little endian"),
    ("", u16::to_le_bytes, "UTF-16, little endian"),
    ("\u{feff}", u16::to_be_bytes, "UTF-16, big endian"),
    ("", u16::to_be_bytes, "UTF-16, big endian"),
];

fn put(sandbox: &Sandbox, path: &str, content: &[u8]) {
    fs::write(sandbox.root.join(path), content).unwrap();
}

/// Runs the command that a message gives, in the root of the repository.
#[track_caller]
fn follow(sandbox: &Sandbox, told: &str) {
    let command = told.split("with `").nth(1).and_then(|rest| rest.split('`').next()).unwrap();
    let status = Command::new("sh").args(["-ec", command]).current_dir(&sandbox.root).status().unwrap();
    assert!(status.success(), "{command}");
}

#[test]
fn utf16_is_told_at_its_file_and_the_command_converts_it() {
    let texts = [
        ("frontend/Dockerfile", "# käse\nFROM node:20-alpine\nCOPY . .\nRUN npm ci\n", 2),
        ("frontend/.dockerignore", "# käse\nnode_modules\n", 2),
        ("taskflow.toml", &CONFIG.replace("schema", "# käse\nschema"), 2),
        ("frontend/.env", "PLAIN=käse\n", 0),
    ];
    for (file, text, code) in texts {
        for (mark, order, form) in FORMS {
            let sandbox = sandbox();
            sandbox.write("frontend/.dockerignore", ".env\n");
            put(&sandbox, file, &utf16(&format!("{mark}{text}"), order));
            let run = plan(&sandbox).code(code);
            let first = run.stderr.lines().next().unwrap();
            assert!(first.contains(&format!("`{file}` is in {form}")), "{first}");
            follow(&sandbox, &run.stderr);
            assert_eq!(sandbox.read(file), text, "{file} after its conversion");
            plan(&sandbox).code(0).stderr("");
        }
    }
}

#[test]
fn text_of_two_encodings_is_told() {
    for (file, rest) in [("frontend/Dockerfile", "USER 1000\n"), ("frontend/.dockerignore", "docs\n")] {
        let sandbox = sandbox();
        sandbox.write("frontend/.dockerignore", "node_modules\n");
        let text = sandbox.read(file);
        put(&sandbox, file, &[text.as_bytes(), utf16(rest, u16::to_le_bytes).as_slice()].concat());
        let run = plan(&sandbox).code(2);
        assert!(
            run.stderr.contains(&format!("`{file}` is in UTF-16 in some lines and in UTF-8 in others")),
            "{}",
            run.stderr
        );
        follow(&sandbox, &run.stderr);
        assert_eq!(sandbox.read(file), format!("{text}{rest}"));
        plan(&sandbox).code(0).stderr("");
    }
}

#[test]
fn what_is_said_of_encodings() {
    let sandbox = sandbox();
    put(&sandbox, "frontend/Dockerfile", &utf16("\u{feff}FROM node:20-alpine\n", u16::to_le_bytes));
    plan(&sandbox).code(2).stdout("").stderr(str![[r#"
error: `frontend/Dockerfile` is in UTF-16, little endian, and the builder reads text in UTF-8
  --> frontend/Dockerfile
hint: convert it with `iconv -f UTF-16 -t UTF-8 frontend/Dockerfile > frontend/Dockerfile.new && mv frontend/Dockerfile.new frontend/Dockerfile`

"#]]);
    let text = [utf16("\u{feff}FROM kä\n", u16::to_le_bytes).as_slice(), b"USER 1\n"].concat();
    put(&sandbox, "frontend/Dockerfile", &text);
    plan(&sandbox).code(2).stdout("").stderr(str![[r#"
error: `frontend/Dockerfile` is in UTF-16 in some lines and in UTF-8 in others, and the builder reads text in UTF-8
  --> frontend/Dockerfile
hint: write it again, or open it in an editor and save it as UTF-8

"#]]);
    put(&sandbox, "frontend/Dockerfile", b"FROM\0 a\n");
    plan(&sandbox).code(2).stdout("").stderr(str![[r#"
error: `frontend/Dockerfile` has NUL bytes in it, and the builder reads text in UTF-8
  --> frontend/Dockerfile
hint: convert it with `tr -d '\000\376\377' < frontend/Dockerfile > frontend/Dockerfile.new && mv frontend/Dockerfile.new frontend/Dockerfile`

"#]]);
    put(&sandbox, "frontend/Dockerfile", b"\xff\xfe\0\0F\0\0\0");
    plan(&sandbox).code(2).stdout("").stderr(str![[r#"
error: `frontend/Dockerfile` is in UTF-32, and the builder reads text in UTF-8
  --> frontend/Dockerfile
hint: convert it with `iconv -f UTF-32 -t UTF-8 frontend/Dockerfile > frontend/Dockerfile.new && mv frontend/Dockerfile.new frontend/Dockerfile`

"#]]);
    put(&sandbox, "frontend/Dockerfile", b"FROM node:20-alpine\n\xef\xbb\xbfRUN npm ci\n");
    plan(&sandbox).code(2).stdout("").stderr(str![[r#"
error[dockerfile-valid]: `frontend/Dockerfile` cannot be built: the line begins with a byte order mark, which the builder takes for a part of the instruction
  --> frontend/Dockerfile:2
note: contract: Validation Checklist, "Docker build completes without errors"
hint: take the marks away with `sed -i 's/^\xef\xbb\xbf//' frontend/Dockerfile`

"#]]);
    put(&sandbox, "frontend/Dockerfile", b"FROM node:20-alpine\n");
    put(&sandbox, "frontend/.env", &utf16("\u{feff}A=b\n", u16::to_be_bytes));
    sandbox.write("frontend/.dockerignore", ".env\n");
    plan(&sandbox).code(0).stderr(str![[r#"
warning: `frontend/.env` is in UTF-16, big endian, and what loads it reads text in UTF-8; convert it with `iconv -f UTF-16 -t UTF-8 frontend/.env > frontend/.env.new && mv frontend/.env.new frontend/.env`

"#]]);
    put(&sandbox, "taskflow.toml", b"\xef\xbb\xbfschema = 1\n\xef\xbb\xbf[project]\nname = \"x\"\n");
    plan(&sandbox).code(2).stdout("").stderr(str![[r#"
error: taskflow.toml is not valid TOML: the line begins with a byte order mark
  --> taskflow.toml:2:2
hint: take the marks away with `sed -i 's/^\xef\xbb\xbf//' taskflow.toml`

"#]]);
}

#[test]
fn a_mark_before_a_text_changes_nothing() {
    let mark = "\u{feff}";
    let sandbox = sandbox();
    for file in ["frontend/Dockerfile", "taskflow.toml"] {
        let text = sandbox.read(file);
        sandbox.write(file, &format!("{mark}{text}"));
    }
    sandbox.write("frontend/.dockerignore", &format!("{mark}.env\r\n"));
    sandbox.write("frontend/.env", &format!("{mark}API_TOKEN={}\n", password()));
    plan(&sandbox).code(0).stderr("");
    sandbox.write("frontend/.dockerignore", &format!("{mark}# none\r\n"));
    plan(&sandbox).code(2);
}

#[test]
fn a_mark_before_the_escape_directive_leaves_it_one() {
    let sandbox = sandbox();
    let lines = |text: &str| {
        let text = format!("\u{feff}# escape=`\nFROM node:20-alpine\n{text}{}\n", password());
        sandbox.write("frontend/Dockerfile", &text);
        let document = sandbox.xtask(&["build", "--dry-run", "--json"]).code(2).document();
        let problems = document["error"]["problems"].as_array().unwrap().clone();
        problems.iter().map(|problem| problem["line"].as_u64().unwrap()).collect::<Vec<_>>()
    };
    assert_eq!(lines("ENV A=1 `\n    API_TOKEN="), [4]);
    assert_eq!(lines("ENV P=c:\\\nENV API_TOKEN="), [4]);
}

#[test]
fn letters_of_an_old_encoding_in_a_comment_are_no_obstacle() {
    let sandbox = sandbox();
    put(&sandbox, "frontend/Dockerfile", b"# K\xe4se\nFROM node:20-alpine\n");
    put(&sandbox, "frontend/.dockerignore", b"# K\xe4se\nnode_modules\n");
    plan(&sandbox).code(0).stderr("");
}
