//! What the builders really send of a context, and what the model of ignore files says they send.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::process::{Command, Stdio};

use dockerfile::ignore_file::{self, Folder, IgnoreFile};

use crate::parts::{docker, engine, scratch};

/// The files of the context; folders and one link come with them.
const FILES: [&str; 33] = [
    ".env",
    ".env.local",
    ".git/HEAD",
    ".git/refs/heads/main",
    "Makefile",
    "README.md",
    "a b/c d.txt",
    "app/.env",
    "app/.env.production",
    "app/a.test.ts",
    "app/a.ts",
    "app/api/health/route.ts",
    "app/keep.txt",
    "app/node_modules/x/index.js",
    "app/node_modules/x/keep.txt",
    "app/node_modules/x/README.md",
    "app/README.md",
    "build/output.js",
    "build/logs/a.log",
    "build/logs/keep/b.log",
    "docs/a.md",
    "docs/deep/er/a.md",
    "docs/deep/er/b.txt",
    "node_modules/y/index.js",
    "node_modules/y/keep.txt",
    "node_modules2/z.js",
    "odd/[x]",
    "odd/!x",
    "odd/#x",
    "odd/*",
    "odd/{a,b}",
    "odd/\u{e9}",
    "tests/test_a.py",
];

/// Ignore files; `|` ends a line.
const IGNORE_FILES: [&str; 44] = [
    "Dockerfile|.dockerignore",
    "node_modules",
    "/node_modules/",
    "**/node_modules",
    "**/node_modules|!**/keep.txt",
    "**/node_modules|!app/node_modules/x/keep.txt",
    "!**/keep.txt|**/node_modules",
    "node_modules|app|!app/node_modules/x/keep.txt|!docs",
    "*.md",
    "**/*.md|!README.md",
    "*.md|!README*.md|README.md",
    ".env*",
    "**/.env*|!**/.env.production",
    "*|!app|!docs/deep",
    "*|!app/api",
    "**|!**/*.ts",
    "**|!docs/**/*.md",
    "docs/**",
    "docs/*|!docs/deep/er/b.txt",
    "docs/*/er",
    "docs/**/a.md",
    "app/?.ts",
    "app/[a-c].*|!app/[!x].ts",
    "[^a]*",
    "build/logs|!build/logs/keep",
    "build|!build/logs/keep/b.log|build/logs",
    "build/logs|!build",
    "build/logs|!build|!build/*",
    "node_modules**",
    "**s",
    "a b",
    "odd/\\[x]|odd/\\*",
    "odd/!x|odd/#x",
    "odd/{a,b}|odd/\u{e9}",
    "\u{feff}docs|#app| #x| \ttests \t",
    "docs|\u{feff}app*",
    "*|!\u{feff}app*",
    "docs|\u{feff}app",
    "docs|\u{feff}**/*.md|\u{feff}app/**",
    "./app/../docs//deep/|../x",
    "*|!.|!..",
    "*/*|!*/deep",
    "**/x|**/.git|!.git/HEAD",
    "*|! app|!/docs/a.md|docs/a.md",
];

/// The context with an ignore file in it.
fn write_context(root: &Path, ignore_file: &str, name: &str) {
    std::fs::write(root.join("Dockerfile"), "FROM scratch\nCOPY . /\n").unwrap();
    std::fs::write(root.join(name), ignore_file.replace('|', "\n")).unwrap();
    for file in FILES {
        let path = root.join(file);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, "x").unwrap();
    }
    std::os::unix::fs::symlink("docs", root.join("link")).unwrap();
}

/// The files and links below a folder.
fn listing(root: &Path, folder: &str, found: &mut BTreeSet<String>) {
    for entry in std::fs::read_dir(root.join(folder)).unwrap().map(Result::unwrap) {
        let name = entry.file_name().into_string().unwrap();
        let path = if folder.is_empty() { name } else { format!("{folder}/{name}") };
        if entry.file_type().unwrap().is_dir() {
            listing(root, &path, found);
        } else {
            found.insert(path);
        }
    }
}

fn files_in(root: &Path) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    listing(root, "", &mut found);
    found
}

/// What the model sends of these files, pruning folders on its way as a walk would.
fn sent(ignore_file: &IgnoreFile, files: &BTreeSet<String>, is_buildkit: bool) -> BTreeSet<String> {
    let is_sent = |path: &&String| {
        let mut folder = Folder::default();
        for (at, _) in path.match_indices('/') {
            folder = ignore_file.enter(&folder, &path[..at]);
            assert_eq!(ignore_file.may_skip(&folder), ignore_file.may_skip_folder(&path[..at]), "{path}");
            let skipped = if is_buildkit {
                ignore_file.may_skip(&folder)
            } else {
                ignore_file.is_skipped_by_the_classic_builder(&folder)
            };
            if skipped {
                return false;
            }
        }
        let decision = ignore_file.decide_inside(&folder, path);
        assert_eq!(decision, ignore_file.decide(path), "{path}");
        !decision.excluded
    };
    files.iter().filter(is_sent).cloned().collect()
}

#[test]
fn buildkit_sends_what_the_model_says() {
    if !engine("buildkit_sends_what_the_model_says") {
        return;
    }
    for text in IGNORE_FILES {
        let (context, output) = (scratch(), scratch());
        write_context(context.path(), text, ".dockerignore");
        assert_eq!(built(context.path(), output.path()), expected(context.path(), ".dockerignore", true), "`{text}`");
    }
}

#[test]
fn buildkit_obeys_the_file_beside_the_dockerfile() {
    if !engine("buildkit_obeys_the_file_beside_the_dockerfile") {
        return;
    }
    for text in ["docs|*.md", ""] {
        let (context, output) = (scratch(), scratch());
        write_context(context.path(), "*|!Makefile", ".dockerignore");
        std::fs::write(context.path().join("Dockerfile.dockerignore"), text.replace('|', "\n")).unwrap();
        let exists = |path: &str| context.path().join(path).exists();
        let applied = ignore_file::applied("Dockerfile", "", true, &exists).unwrap();
        assert_eq!(applied.hidden.as_deref(), Some(".dockerignore"));
        assert_eq!(built(context.path(), output.path()), expected(context.path(), &applied.path, true), "`{text}`");
    }
}

#[test]
fn names_are_bytes_to_buildkit_and_to_the_model() {
    if !engine("names_are_bytes_to_buildkit_and_to_the_model") {
        return;
    }
    let names: [&[u8]; 5] = [b"caf\xe9.txt", b"caf\xe2\x82.txt", b"a\nb.txt", b"\xff", "caf\u{fffd}.txt".as_bytes()];
    let patterns: [&[u8]; 8] =
        [b"docs", b"caf?.txt", b"caf??.txt", b"caf*", b"caf\xe9.txt", b"caf\xe9*", b"[^c]*", b"a?b.txt\n\xff"];
    for pattern in patterns {
        let (context, output) = (scratch(), scratch());
        for name in names {
            std::fs::write(context.path().join(OsStr::from_bytes(name)), "x").unwrap();
        }
        std::fs::write(context.path().join("Dockerfile"), "FROM scratch\nCOPY . /\n").unwrap();
        std::fs::write(context.path().join(".dockerignore"), pattern).unwrap();
        let local = format!("type=local,dest={}", output.path().display());
        docker(&["buildx", "build", "--quiet", "--output", &local, context.path().to_str().unwrap()]);
        let list = |folder: &Path| -> BTreeSet<Vec<u8>> {
            let entries = std::fs::read_dir(folder).unwrap();
            entries.map(|entry| entry.unwrap().file_name().into_encoded_bytes()).collect()
        };
        let file = IgnoreFile::parse(pattern).unwrap();
        let sent = list(context.path()).into_iter().filter(|name| !file.decide(name).excluded);
        assert_eq!(list(output.path()), sent.collect(), "{}", pattern.escape_ascii());
    }
}

#[test]
fn the_classic_builder_sends_what_the_model_says() {
    if !engine("the_classic_builder_sends_what_the_model_says") {
        return;
    }
    for (at, text) in IGNORE_FILES.iter().enumerate() {
        let (context, output) = (scratch(), scratch());
        write_context(context.path(), text, ".dockerignore");
        let image = Image::build_classic(context.path(), &format!("tf-ignore-{}-{at}", std::process::id()));
        image.copy_to(output.path());
        assert_eq!(files_in(output.path()), expected(context.path(), ".dockerignore", false), "`{text}`");
    }
}

#[test]
fn builders_refuse_what_the_model_refuses() {
    if !engine("builders_refuse_what_the_model_refuses") {
        return;
    }
    for text in ["[", "docs|[a-]", "!", "a|! /", "a\\", "\\\u{e9}"] {
        let context = scratch();
        write_context(context.path(), text, ".dockerignore");
        assert!(IgnoreFile::parse(&text.replace('|', "\n")).is_err(), "`{text}`");
        let build = |command: &mut Command| command.arg(context.path()).stderr(Stdio::null()).status().unwrap();
        let output = format!("type=local,dest={}", context.path().join("out").display());
        assert!(!build(Command::new("docker").args(["buildx", "build", "--output", &output])).success(), "`{text}`");
        let mut classic = Command::new("docker");
        classic.args(["build", "--quiet"]).env("DOCKER_BUILDKIT", "0").stdout(Stdio::null());
        assert!(!build(&mut classic).success(), "`{text}`");
    }
}

fn expected(context: &Path, ignore_file: &str, is_buildkit: bool) -> BTreeSet<String> {
    let text = std::fs::read_to_string(context.join(ignore_file)).unwrap();
    sent(&IgnoreFile::parse(&text).unwrap(), &files_in(context), is_buildkit)
}

/// Builds a context with BuildKit and lists what has arrived.
fn built(context: &Path, output: &Path) -> BTreeSet<String> {
    let local = format!("type=local,dest={}", output.display());
    docker(&["buildx", "build", "--quiet", "--output", &local, context.to_str().unwrap()]);
    files_in(output)
}

/// An image that goes away with its container at the end of a test, however it ends.
struct Image(String);

impl Image {
    fn build_classic(context: &Path, tag: &str) -> Self {
        let image = Self(tag.to_owned());
        let mut build = Command::new("docker");
        build.args(["build", "--quiet", "--tag", tag]).arg(context).env("DOCKER_BUILDKIT", "0");
        let output = build.output().unwrap();
        assert!(output.status.success(), "{tag}: {}", String::from_utf8_lossy(&output.stderr));
        image
    }

    /// The files of the image, without what the engine adds to a container.
    fn copy_to(&self, folder: &Path) {
        docker(&["create", "--name", &self.0, &self.0, "none"]);
        docker(&["cp", &format!("{}:/", self.0), folder.to_str().unwrap()]);
        for added in [".dockerenv", "dev", "etc", "proc", "sys"] {
            let path = folder.join(added);
            let _not_there = if path.is_dir() { std::fs::remove_dir_all(path) } else { std::fs::remove_file(path) };
        }
    }
}

impl Drop for Image {
    fn drop(&mut self) {
        for what in [&["rm", "--force"][..], &["image", "rm", "--force"]] {
            let mut remove = Command::new("docker");
            drop(remove.args(what).arg(&self.0).stdout(Stdio::null()).stderr(Stdio::null()).status());
        }
    }
}
