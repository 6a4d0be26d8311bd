//! Files that come and go while a context is read, and links that lead nowhere or in circles.

use std::fs;
use std::os::unix::fs::symlink;
use std::sync::atomic::{AtomicBool, Ordering};

use dockerfile::ignore_file::IgnoreFile;
use secretscan::search;
use secretscan::{Detector, Origin, Scanner};
use xtask::effects::context;
use xtask::effects::search_paths;

use super::{plan, sandbox};

#[test]
fn links_are_not_followed() {
    let sandbox = sandbox();
    let folder = sandbox.root.join("frontend");
    symlink("me@host.1:2", folder.join(".#page.tsx")).unwrap();
    symlink(".", folder.join("loop")).unwrap();
    symlink("/etc/passwd", folder.join("outside")).unwrap();
    plan(&sandbox).code(0).stderr("");
}

#[test]
fn what_is_gone_when_it_is_to_be_read_is_left_out() {
    let root = tempfile::tempdir().unwrap();
    let path = |name: &str| root.path().join(name);
    fs::write(path("stays"), "hello\n").unwrap();
    fs::write(path("file"), "").unwrap();
    symlink("stays", path("link")).unwrap();
    fs::create_dir(path("folder")).unwrap();
    let detector = Detector::new(&[], Scanner::new(Vec::new()));
    // As if a walk had listed them as files: gone, below what is a file now, a link now, a folder now.
    let listed = ["gone", "file/below", "link", "folder", "stays"];
    let searched = search(&detector, |feeder| {
        listed.map(|name| search_paths::read_listed(feeder, &path(name), Origin::of_file(name)))
    });
    assert_eq!(searched.result, [false, false, false, false, true]);
    assert_eq!(searched.found, []);
}

#[test]
fn the_answer_is_the_same_while_files_come_and_go() {
    let root = tempfile::tempdir().unwrap();
    let stop = AtomicBool::new(false);
    fs::write(root.path().join("stays"), "").unwrap();
    std::thread::scope(|scope| {
        scope.spawn(|| {
            for round in 0.. {
                let folder = root.path().join(format!("tmp-{}", round % 7));
                fs::create_dir(&folder).unwrap();
                (0..20).for_each(|file| fs::write(folder.join(format!("f{file}")), "x").unwrap());
                fs::remove_dir_all(&folder).unwrap();
                if stop.load(Ordering::SeqCst) {
                    break;
                }
            }
        });
        let detector = Detector::new(&[], Scanner::new(Vec::new()));
        for _ in 0..200 {
            let sent = context::files(root.path(), &IgnoreFile::default()).unwrap();
            assert!(sent.files.iter().any(|file| file.as_os_str() == "stays"));
            let searched = search(&detector, |feeder| {
                for file in &sent.files {
                    search_paths::read_listed(feeder, &root.path().join(file), Origin::of_file("file"));
                }
                search_paths::read_files(feeder, root.path(), ".");
            });
            assert_eq!(searched.found, []);
        }
        stop.store(true, Ordering::SeqCst);
    });
}
