//! Hints about files of build contexts: ignore files, encodings, what is no file.

use std::fs;
use std::process::Command;

use crate::action::actions;
use crate::harness::docker;
use crate::harness::encodings::utf16;
use crate::harness::planted::token;
use crate::harness::sandbox::CONFIG;
use crate::row::{Row, Then, follow, row};
use crate::world::World;

/// A build of both components, with files that hold any bytes.
fn with_bytes(files: &[(&str, &[u8])]) -> World {
    let sandbox = docker::sandbox();
    for tool in ["iconv", "mv", "sed", "tr"] {
        sandbox.real(tool);
    }
    for (path, content) in files {
        fs::create_dir_all(sandbox.root.join(path).parent().unwrap()).unwrap();
        fs::write(sandbox.root.join(path), content).unwrap();
    }
    World::new(sandbox, &["build", "-n"])
}

fn with_utf16() -> World {
    let text = utf16("\u{feff}FROM node:20-alpine\nCOPY . .\nRUN npm ci\n", u16::to_le_bytes);
    with_bytes(&[("frontend/Dockerfile", &text)])
}

fn with_two_encodings() -> World {
    let text = [&utf16("\u{feff}FROM node:20-alpine\n# kä\n", u16::to_le_bytes), b"COPY . .\n".as_slice()].concat();
    with_bytes(&[("frontend/Dockerfile", &text)])
}

fn write_again(world: &mut World) {
    world.sandbox.write("frontend/Dockerfile", "FROM node:20-alpine\nCOPY . .\nRUN npm ci\n");
}

fn with_marks() -> World {
    with_bytes(&[("frontend/Dockerfile", b"FROM node:20-alpine\n\xef\xbb\xbfCOPY . .\nRUN npm ci\n")])
}

fn with_marks_in_the_configuration() -> World {
    let sandbox = docker::sandbox();
    sandbox.real("sed");
    sandbox.write("taskflow.toml", &CONFIG.replace("[project]", "\u{feff}[project]"));
    World::new(sandbox, &["build", "-n"])
}

fn with_a_comment() -> World {
    with_bytes(&[("frontend/.env", b"PLAIN=text\n"), ("frontend/.dockerignore", b".env # local\n")])
}

fn with_a_comment_and_a_token() -> World {
    let text = format!("const token = \"{}\";\n", token());
    with_bytes(&[("frontend/a.ts", text.as_bytes()), ("frontend/.dockerignore", b"a.ts # local\n")])
}

fn with_a_pipe() -> World {
    let world = with_bytes(&[]);
    let path = world.sandbox.root.join("frontend/.dockerignore");
    assert!(Command::new("mkfifo").arg(path).status().unwrap().success());
    world
}

fn without_pipe(world: &mut World) {
    fs::remove_file(world.sandbox.root.join("frontend/.dockerignore")).unwrap();
}

fn a_file_instead(world: &mut World) {
    without_pipe(world);
    world.sandbox.write("frontend/.dockerignore", "node_modules\n");
}

fn with_doubling() -> World {
    let text = format!("FROM node:20-alpine\nENV A=aaaaaaaaaa\n{}", "ENV A=$A$A\n".repeat(40));
    with_bytes(&[("frontend/Dockerfile", text.as_bytes())])
}

/// The hints of this area.
pub(crate) fn rows() -> Vec<Row> {
    vec![
        row("convert it with `{command}`", with_utf16),
        row("write it again, or open it in an editor and save it as UTF-8", with_two_encodings).by_hand(write_again),
        row("take the marks away with `{command}`", with_marks),
        row("take the marks away with `{command}`", with_marks_in_the_configuration),
        row("replace line {line} of `{file}` by `{plain}`{or}", with_a_comment),
        row("replace line {line} of `{file}` by `{plain}`{or}", with_a_comment_and_a_token)
            .by_hand(|world| world.sandbox.write("frontend/a.ts", "const token = read();\n")),
        row("put a file in its place, or take `{shown}` away", with_a_pipe)
            .by_hand(without_pipe)
            .by_hand(a_file_instead),
        row("write the value of this line without variables", with_doubling).by_hand(write_again).then(Then::Works),
    ]
}

#[test]
fn hints_about_files_are_right() {
    follow(&rows());
}

#[test]
fn an_environment_file_is_converted_as_its_warning_says() {
    let texts: [(&str, Vec<u8>); 3] = [
        ("in UTF-16, little endian", utf16("\u{feff}DATABASE_NAME=b\r\n", u16::to_le_bytes)),
        ("in UTF-16, big endian", utf16("DATABASE_NAME=b\n", u16::to_be_bytes)),
        (
            "in UTF-16 in some lines",
            [&utf16("\u{feff}A=1\n", u16::to_le_bytes), b"DATABASE_NAME=b\n".as_slice()].concat(),
        ),
    ];
    for (what, text) in texts {
        let mut world = with_bytes(&[("frontend/.env", &text), ("frontend/.dockerignore", b".env\n")]);
        let told = world.xtask().stderr;
        assert!(told.starts_with(&format!("warning: `frontend/.env` is {what}")), "{told}");
        let [action] = actions(&told).try_into().unwrap();
        let (said, code) = world.act(&action, &told);
        assert_eq!(code, 0, "{said}");
        assert!(world.sandbox.read("frontend/.env").contains("DATABASE_NAME=b"));
        assert!(!world.xtask().stderr.contains("warning"), "{what}");
    }
}
