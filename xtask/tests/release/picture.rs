//! Everything that a release may change: what must be as it was after an undone release, and equal after two equal ones.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::{self, Write as _};
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use crate::world::World;

/// Caches, logs, and locks of xtask, below the working tree.
const CACHES: [&str; 6] = [
    "target/xtask/logs",
    "target/xtask/minikube/.gitignore",
    "target/xtask/minikube/minikube.json",
    "target/xtask/minikube/minikube.lock",
    "target/xtask/secrets",
    "target/xtask/verify",
];

/// What a git directory always has.
const USUAL: [&str; 5] = ["objects", "refs", "logs", "hooks", "index"];

/// A picture: a value for each thing.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Picture(BTreeMap<String, String>);

impl Picture {
    /// Takes the picture of a world, with the working tree at a root.
    pub(crate) fn of(world: &World, root: &Path) -> Self {
        let mut picture = Self(BTreeMap::new());
        picture.references("ref", &world.git_in(root, &["for-each-ref", "--format=%(refname) %(objectname)"]));
        picture.references("remote", &world.remote_git(&["for-each-ref", "--format=%(refname) %(objectname)"]));
        picture.put("HEAD", &world.git_in(root, &["rev-parse", "--symbolic-full-name", "HEAD"]));
        picture.put("HEAD^{commit}", &world.git_in(root, &["rev-parse", "HEAD"]));
        for entry in world.git_in(root, &["ls-files", "--stage"]).lines() {
            let (entry, path) = entry.split_once('\t').unwrap();
            picture.put(&format!("index {path}"), entry);
        }
        for line in world.git_in(root, &["status", "--porcelain=v1", "--untracked-files=all"]).lines() {
            picture.put(&format!("status {}", &line[3..]), &line[..2]);
        }
        picture.files("file", root, root);
        for (reference, id) in world.engine.tags() {
            picture.put(&format!("engine {reference}"), &id);
        }
        for (reference, id) in world.node.tags() {
            picture.put(&format!("node {reference}"), &id);
        }
        for (reference, digest) in world.engine.pushed() {
            picture.put(&format!("registry {reference}"), &digest);
        }
        for entry in fs::read_dir(world.outside("engine/engine/images")).unwrap() {
            picture.put(&format!("image {}", entry.unwrap().file_name().to_str().unwrap()), "");
        }
        let common = world.git_in(root, &["rev-parse", "--path-format=absolute", "--git-common-dir"]);
        picture.leftovers(Path::new(&common), Path::new(&common));
        picture.leftovers(&world.outside("tmp"), &world.outside("tmp"));
        picture
    }

    /// Takes the picture of the files of a working tree.
    pub(crate) fn files_of(world: &World, root: &Path) -> Self {
        let mut picture = Self(BTreeMap::new());
        picture.put("status", &world.git_in(root, &["status", "--porcelain=v1", "--untracked-files=all"]));
        picture.put("HEAD", &world.git_in(root, &["rev-parse", "--symbolic-full-name", "HEAD"]));
        picture.files("file", root, root);
        picture
    }

    /// Without the candidates in the registry: they stay, and their names mean nothing.
    pub(crate) fn without_candidates(mut self) -> Self {
        self.0.retain(|key, _| !(key.starts_with("registry ") && is_candidate(key)));
        self
    }

    /// With another value for one entry.
    pub(crate) fn with(mut self, key: &str, value: &str) -> Self {
        self.put(key, value);
        self
    }

    /// The value of an entry.
    pub(crate) fn get(&self, key: &str) -> Option<&str> {
        self.0.get(key).map(String::as_str)
    }

    /// The differences to another picture, a line each; empty if there is none.
    pub(crate) fn differences(&self, found: &Self) -> String {
        let mut lines = String::new();
        let keys: BTreeSet<&String> = self.0.keys().chain(found.0.keys()).collect();
        for key in keys {
            let (one, other) = (self.0.get(key), found.0.get(key));
            if one != other {
                writeln!(lines, "{key}\n  expected: {one:?}\n  found:    {other:?}").unwrap();
            }
        }
        lines
    }

    fn put(&mut self, key: &str, value: &str) {
        self.0.insert(key.to_owned(), value.to_owned());
    }

    fn references(&mut self, kind: &str, lines: &str) {
        for line in lines.lines() {
            let (name, object) = line.split_once(' ').unwrap();
            self.put(&format!("{kind} {name}"), object);
        }
    }

    /// The files below a folder, with modes and contents. Caches and logs of xtask are left out: no file that git sees
    /// is among them, which `status` shows.
    fn files(&mut self, kind: &str, root: &Path, folder: &Path) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.strip_prefix(root).unwrap().display().to_string();
            let facts = fs::symlink_metadata(&path).unwrap();
            let is_own = name == ".git" || CACHES.contains(&&*name);
            if is_own {
                continue;
            }
            if facts.is_dir() {
                self.files(kind, root, &path);
                continue;
            }
            let text = String::from_utf8_lossy(&fs::read(&path).unwrap()).into_owned();
            let text = if name.ends_with("record.json") { without_times(&text) } else { text };
            self.put(&format!("{kind} {name}"), &format!("{:o} {text}", facts.mode()));
        }
    }

    /// What a release or git leaves in a folder: locks, and all files beside those that a git directory always has.
    /// Objects that nothing names are left out.
    fn leftovers(&mut self, root: &Path, folder: &Path) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.strip_prefix(root).unwrap().display().to_string();
            let is_usual = USUAL.contains(&name.split('/').next().unwrap());
            let is_lock = path.extension().is_some_and(|extension| extension == "lock");
            if is_lock || !is_usual {
                self.put(&format!("git directory {name}"), if path.is_dir() { "folder" } else { "file" });
            }
            if path.is_dir() && name != "objects" {
                self.leftovers(root, &path);
            }
        }
    }
}

/// Whether an image reference is one of a candidate: `1.0.0-g` and twelve hexadecimal digits.
fn is_candidate(reference: &str) -> bool {
    let commit = reference.rsplit_once("-g").map_or("", |(_, commit)| commit);
    commit.len() == 12 && commit.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// A record without the durations of its steps.
fn without_times(record: &str) -> String {
    let mut record: serde_json::Value = serde_json::from_str(record).unwrap();
    for step in record["steps"].as_array_mut().unwrap() {
        assert!(step["seconds"].take().is_number());
    }
    record.to_string()
}

impl fmt::Debug for Picture {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|(key, value)| writeln!(out, "{key}: {value}"))
    }
}
