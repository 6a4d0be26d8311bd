//! Repositories, engines, and nodes of a test, and what both clients of a run said.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde_json::Value;

use crate::parts::{git_init, scratch};
pub(crate) use crate::rig::{Engine, fact};

/// The rig's node is one for all tests, and some stop it or fill it up: until this goes, nobody else has it.
pub(crate) fn alone_with_the_node() -> MutexGuard<'static, ()> {
    static NODE: Mutex<()> = Mutex::new(());
    NODE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A repository whose images are a file each, and no image of another test.
pub(crate) struct Repository {
    _folder: tempfile::TempDir,
    pub(crate) root: PathBuf,
    pub(crate) project: String,
}

impl Repository {
    /// One with these components.
    pub(crate) fn new(components: &[&str]) -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let project = format!("tf-mk-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::SeqCst));
        let dockerfile = "FROM scratch\nCOPY base /base\nCOPY content /content\nCMD [\"/content\"]\n";
        let listed: Vec<(&str, &str)> = components.iter().map(|name| (*name, dockerfile)).collect();
        let (folder, root) = crate::parts::repository(&project, &listed);
        for component in components {
            fs::write(root.join(component).join("base"), format!("{project} {component} {}", "base ".repeat(1000)))
                .unwrap();
            fs::write(root.join(component).join("content"), "first").unwrap();
        }
        fs::remove_dir_all(root.join(".git")).unwrap();
        git_init(&root);
        Self { _folder: folder, root, project }
    }

    /// This checkout's own two components, in a folder of the test's.
    pub(crate) fn taskflow() -> Self {
        let folder = scratch();
        let root = folder.path().join("taskflow");
        let wanted = ["ls-files", "-z", "frontend", "backend", "taskflow.toml", ".gitignore"];
        let files = Command::new("git").args(wanted).current_dir(crate::parts::root()).output().unwrap();
        for name in String::from_utf8(files.stdout).unwrap().split_terminator('\0') {
            let target = root.join(name);
            fs::create_dir_all(target.parent().unwrap()).unwrap();
            fs::copy(crate::parts::root().join(name), target).unwrap();
        }
        let project = format!("tf-mk-real-{}", std::process::id());
        let config = fs::read_to_string(root.join("taskflow.toml")).unwrap();
        fs::write(root.join("taskflow.toml"), config.replace("name = \"taskflow\"", &format!("name = \"{project}\"")))
            .unwrap();
        git_init(&root);
        Self { _folder: folder, root, project }
    }

    /// The reference of a component on the default branch.
    pub(crate) fn reference(&self, component: &str) -> String {
        format!("{}-{component}:1.0.0-main", self.project)
    }

    /// Builds all components under the tag of a clean tree, whatever was changed.
    pub(crate) fn build(&self, engine: &Engine) {
        let mut build = Command::new(env!("CARGO_BIN_EXE_xtask"));
        build.args(["build", "--tag", "1.0.0-main"]).current_dir(&self.root);
        let output = build.envs(engine.env.iter().map(|(name, value)| (name, value))).output().unwrap();
        assert!(output.status.success(), "xtask build: {}", String::from_utf8_lossy(&output.stderr));
    }

    /// Changes one file, but nothing that git would see.
    pub(crate) fn change(&self, component: &str, content: &str) {
        let file = self.root.join(component).join("content");
        fs::write(&file, content).unwrap();
        self.hide_changes(&format!("{component}/content"));
    }

    /// Makes git take a file for unchanged, so that tags stay.
    pub(crate) fn hide_changes(&self, file: &str) {
        let args = ["update-index", "--assume-unchanged", file];
        assert!(Command::new("git").args(args).current_dir(&self.root).status().unwrap().success());
    }

    /// Takes the images away again.
    pub(crate) fn forget(&self, engines: &[&Engine]) {
        for engine in engines {
            let all = engine.docker(&["image", "ls", "--format", "{{.Repository}}:{{.Tag}}"]);
            let ours: Vec<&str> = all.lines().filter(|name| name.starts_with(&self.project)).collect();
            engine.forget(&ours);
        }
    }
}

/// One run of `minikube-load`.
#[derive(Debug)]
pub(crate) struct Load {
    pub(crate) code: Option<i32>,
    pub(crate) said: String,
    pub(crate) document: Value,
}

impl Load {
    /// Takes what came out.
    pub(crate) fn of(output: &Output) -> Self {
        Self {
            code: output.status.code(),
            said: String::from_utf8_lossy(&output.stderr).into_owned(),
            document: serde_json::from_slice(&output.stdout).unwrap_or_default(),
        }
    }

    /// Checks the exit code.
    #[track_caller]
    pub(crate) fn code(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "{}\n{:#}", self.said, self.document);
        self
    }

    /// One image of the document.
    #[track_caller]
    pub(crate) fn image(&self, component: &str) -> &Value {
        let images = self.document["images"].as_array().unwrap();
        images.iter().find(|image| image["component"] == component).unwrap()
    }

    /// How an image came to the first node.
    #[track_caller]
    pub(crate) fn how(&self, component: &str) -> &str {
        self.image(component)["nodes"][0]["how"].as_str().unwrap_or("not at all")
    }

    /// The proof: the same ID was expected and found, on every node.
    #[track_caller]
    pub(crate) fn proven(&self, component: &str) -> String {
        let image = self.image(component);
        for node in image["nodes"].as_array().unwrap() {
            assert_eq!(node["found_id"], image["expected_id"], "{}\n{image:#}", self.said);
            assert_eq!(node["found_ids"].as_array().unwrap().len(), 1);
            assert_eq!(node["proven"], true);
        }
        image["expected_id"].as_str().unwrap().to_owned()
    }

    /// Checks that a text was said.
    #[track_caller]
    pub(crate) fn says(&self, text: &str) -> &Self {
        assert!(self.said.contains(text), "{text:?} was not said:\n{}", self.said);
        self
    }
}

/// Makes a program out of a script. Another process writes it: a file of ours that is open for writing while another
/// test starts a child could not be run.
pub(crate) fn program(path: &Path, script: &str) {
    let source = path.with_extension("source");
    fs::write(&source, script).unwrap();
    let copy = "cat \"$1\" >\"$2\" && chmod 755 \"$2\"";
    assert!(Command::new("sh").args(["-c", copy, "sh"]).arg(&source).arg(path).status().unwrap().success());
}
