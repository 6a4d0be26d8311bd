//! Names of files are bytes: none is lost on the way from a folder to its content, and none reaches a terminal as it is.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;

use dockerfile::ignore_file::{IgnoreFile, pattern_of};
use proptest::prelude::*;
use secretscan::search;
use secretscan::{Detector, Scanner};
use shown::shown_path;
use snapbox::str;
use xtask::effects::context;
use xtask::effects::search_paths;

use super::{plan, sandbox, write};
use crate::harness::planted::{shows_nothing, token};

/// A name in ISO 8859-1, one with a line end, one that clears a terminal, one that turns text around.
const ODD: [&[u8]; 4] = [b"caf\xe9", b"a\nb", b"\x1b[31mc", "\u{202e}gnp".as_bytes()];

#[test]
fn harmless_files_with_odd_names_are_no_obstacle() {
    for name in ODD {
        let sandbox = sandbox();
        write(&sandbox, &[b"frontend/docs/", name, b"/", name, b".txt"].concat(), "hello\n");
        plan(&sandbox).code(0).stderr("");
        sandbox.xtask(&["secrets", "scan", "frontend"]).code(0);
    }
}

#[test]
fn secrets_in_files_with_odd_names_are_found_and_the_names_are_shown_escaped() {
    let sandbox = sandbox();
    for name in ODD {
        write(&sandbox, &[b"frontend/", name, b".txt"].concat(), format!("token = {}\n", token()));
    }
    let run = plan(&sandbox).code(2).stdout("").stderr(str![[r#"
error[github-token]: a secret in `frontend/\u{1b}[31mc.txt`: GitHub token
  --> frontend/\u{1b}[31mc.txt:1
note: the file would be sent to the builder
hint: add `??31mc.txt` to `frontend/.dockerignore`, or take the secret out of the file

error[github-token]: a secret in `frontend/\u{202e}gnp.txt`: GitHub token
  --> frontend/\u{202e}gnp.txt:1
note: the file would be sent to the builder
hint: add `?gnp.txt` to `frontend/.dockerignore`, or take the secret out of the file

error[github-token]: a secret in `frontend/a\u{a}b.txt`: GitHub token
  --> frontend/a\u{a}b.txt:1
note: the file would be sent to the builder
hint: add `a?b.txt` to `frontend/.dockerignore`, or take the secret out of the file

error[github-token]: a secret in `frontend/caf\xe9.txt`: GitHub token
  --> frontend/caf\xe9.txt:1
note: the file would be sent to the builder
hint: add `caf?.txt` to `frontend/.dockerignore`, or take the secret out of the file

"#]]);
    shows_nothing(&run.stderr);
    let document = sandbox.xtask(&["build", "--dry-run", "--json"]).code(2).document();
    let files = document["error"]["problems"].as_array().unwrap().iter().map(|problem| problem["file"].clone());
    let expected = [r"\u{1b}[31mc", r"\u{202e}gnp", r"a\u{a}b", r"caf\xe9"].map(|name| format!("frontend/{name}.txt"));
    assert_eq!(files.collect::<Vec<_>>(), expected);
    for format in ["human", "sarif", "github"] {
        let run = sandbox.xtask(&["secrets", "scan", "frontend", "--format", format, "--color=never"]).code(1);
        for text in [&run.stdout, &run.stderr] {
            assert!(
                !text.contains(['\u{1b}', '\u{202e}']) && !text.lines().any(|line| line.starts_with("b.txt")),
                "{text}"
            );
        }
    }
}

#[test]
fn odd_names_in_archives_are_shown_escaped() {
    let sandbox = sandbox();
    let mut archive = tar::Builder::new(Vec::new());
    for name in ODD {
        let content = format!("token = {}\n", token());
        let mut header = tar::Header::new_ustar();
        header.set_size(content.len() as u64);
        archive.append_data(&mut header, OsStr::from_bytes(name), content.as_bytes()).unwrap();
    }
    write(&sandbox, b"other.tar", archive.into_inner().unwrap());
    let document = sandbox.xtask(&["secrets", "scan", "other.tar", "--json"]).code(1).document();
    let files: BTreeSet<String> = document["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|found| found["file"].as_str().unwrap().to_owned())
        .collect();
    let expected = [r"\u{1b}[31mc", r"\u{202e}gnp", r"a\u{a}b", r"caf\xe9"].map(|name| format!("other.tar!/{name}"));
    assert_eq!(files, expected.into());
}

/// Any name that a file system takes.
fn name() -> impl Strategy<Value = Vec<u8>> {
    let byte = prop_oneof![
        2 => prop::sample::select(b"ab.*?[]\\!# ^-\n\x1b\xe9\xff\xc3\xa9".as_slice()),
        1 => any::<u8>(),
    ];
    let valid = |name: &Vec<u8>| !name.contains(&0) && !name.contains(&b'/') && name != b"." && name != b"..";
    prop::collection::vec(byte, 1..9).prop_filter("a name", valid)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn every_file_of_a_context_is_found_and_can_be_read(names in prop::collection::btree_set(name(), 1..6), folder in name()) {
        let root = tempfile::tempdir().unwrap();
        let folder = PathBuf::from(OsStr::from_bytes(&folder));
        fs::create_dir(root.path().join(&folder)).unwrap();
        let mut written = BTreeSet::new();
        for (at, name) in names.iter().enumerate() {
            let name = OsStr::from_bytes(name);
            let path = if at % 2 == 0 { folder.join(name) } else { PathBuf::from(name) };
            if fs::write(root.path().join(&path), format!("token = {}\n", token())).is_ok() {
                written.insert(path);
            }
        }
        let sent = context::files(root.path(), &IgnoreFile::default()).unwrap();
        prop_assert_eq!(sent.files.iter().cloned().collect::<BTreeSet<_>>(), written.clone());
        let detector = Detector::new(&[], Scanner::new(Vec::new()));
        let found = search(&detector, |feeder| search_paths::read_files(feeder, root.path(), ".")).found;
        let found: BTreeSet<&str> = found.iter().map(|found| found.origin.path.as_str()).collect();
        let shown: BTreeSet<String> = written.iter().map(shown_path).collect();
        prop_assert_eq!(found, shown.iter().map(String::as_str).collect::<BTreeSet<_>>());
        prop_assert_eq!(shown.len(), written.len(), "different names look different");
        for path in &written {
            let pattern = pattern_of(path.as_os_str().as_bytes());
            let sent = context::files(root.path(), &IgnoreFile::parse(&pattern).unwrap()).unwrap();
            prop_assert!(!sent.files.contains(path), "`{}` keeps {:?} out", pattern, path);
        }
    }

    #[test]
    fn no_shown_name_moves_the_cursor_or_ends_its_line(name in name()) {
        let shown = shown_path(OsStr::from_bytes(&name));
        prop_assert!(!shown.chars().any(char::is_control), "{}", shown);
    }
}
