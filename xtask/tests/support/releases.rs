//! A repository to release from, with a real engine: its programs can be held at a call, and everything that a release
//! may change can be compared.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

use super::parts::scratch;
use super::rig::Engine;

/// Everything that a release may change: values by name.
pub(crate) type Picture = BTreeMap<String, String>;

/// A component whose image is one file.
pub(crate) const PLAIN: &str = "FROM scratch\nCOPY content /content\nUSER 1000\nCMD [\"/content\"]\n";

/// A program that notes its calls. It waits at a call, if it is told to, until the test lets it go on, and then runs the real program.
const HELD: &str = r#"#!/bin/sh
work='WORK'
printf '%s\n' "NAME $*" >>"$work/calls"
wanted() {
    read -r step pattern <"$work/hold" || return 1
    grep -A1 "\"step\": \"$step\"" "$work/journal.json" 2>/dev/null | grep -q begun || return 1
    case "NAME $*" in $pattern) mv "$work/hold" "$work/held" ;; *) return 1 ;; esac
}
if [ -e "$work/hold" ] && wanted "$@" 2>/dev/null; then
    until [ -e "$work/go" ]; do sleep 0.01; done
    rm "$work/held"
    [ "$(cat "$work/go")" = on ] || exit 1
    'REAL' "$@"
    code=$?
    touch "$work/went"
    exit $code
fi
exec 'REAL' "$@"
"#;

/// A repository with two components, and the programs that its releases use.
pub(crate) struct World {
    folder: tempfile::TempDir,
    /// The root of the repository.
    pub(crate) root: PathBuf,
    /// The name of the project, which no other test has.
    pub(crate) project: String,
    /// The engine.
    pub(crate) engine: Engine,
    /// More variables of xtask.
    pub(crate) env: Vec<(String, String)>,
}

/// A run of `release`.
#[derive(Debug)]
pub(crate) struct Run {
    code: Option<i32>,
    /// The messages.
    pub(crate) said: String,
    /// The document.
    pub(crate) document: Value,
}

impl World {
    /// Makes a repository with these components, each with its Dockerfile, and more text of taskflow.toml.
    pub(crate) fn new(engine: &Engine, components: &[(&str, &str)], config: &str) -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        // The registry and the node keep what earlier runs have left, and IDs of processes come again.
        let moment = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
        let (process, number) = (std::process::id(), NEXT.fetch_add(1, Ordering::SeqCst));
        let project = format!("tf-rel-{moment:x}-{process}-{number}");
        let folder = scratch();
        let root = folder.path().join("repository");
        let mut text = format!("schema = 1\n[project]\nname = \"{project}\"\nversion = \"0.9.0\"\n");
        for (name, dockerfile) in components {
            fs::create_dir_all(root.join(name)).unwrap();
            fs::write(root.join(name).join("Dockerfile"), dockerfile).unwrap();
            fs::write(root.join(name).join("content"), format!("{project} {name}\n")).unwrap();
            text += &["[component.", name, "]\ncontext = \"", name, "\"\n"].concat();
        }
        fs::write(root.join("taskflow.toml"), text + config).unwrap();
        fs::write(root.join(".gitignore"), "/target\n").unwrap();
        fs::create_dir(folder.path().join("bin")).unwrap();
        let world = Self { folder, root, project, engine: engine.clone(), env: Vec::new() };
        for name in ["docker", "git"] {
            world.can_be_held(name, &on_path(name));
        }
        world.git(&["init", "--quiet", "--initial-branch", "main"]);
        world.git(&["config", "user.name", "Test"]);
        world.git(&["config", "user.email", "test@example.org"]);
        world.commit("first");
        world
    }

    /// The usual repository: two components with a file each.
    pub(crate) fn plain(engine: &Engine) -> Self {
        Self::new(engine, &[("a", PLAIN), ("b", PLAIN)], "")
    }

    /// Makes a program that can be held at a call.
    pub(crate) fn can_be_held(&self, name: &str, real: &Path) {
        let work = self.folder.path().to_string_lossy().into_owned();
        let script = HELD.replace("WORK", &work).replace("NAME", name).replace("REAL", &real.to_string_lossy());
        self.program(name, &script);
        let journal = self.root.join(".git/taskflow-release/journal.json");
        let link = self.folder.path().join("journal.json");
        if fs::symlink_metadata(&link).is_err() {
            std::os::unix::fs::symlink(journal, link).unwrap();
        }
    }

    /// Makes a program that only this repository's releases find. Another process writes it, as a file that is open for
    /// writing while another test starts a child could not be run.
    pub(crate) fn program(&self, name: &str, script: &str) {
        let source = self.folder.path().join("source");
        fs::write(&source, script).unwrap();
        let copy = "cat \"$1\" >\"$2\" && chmod 755 \"$2\"";
        let mut shell = Command::new("sh");
        shell.args(["-c", copy, "sh"]).arg(&source).arg(self.folder.path().join("bin").join(name));
        assert!(shell.status().unwrap().success());
    }

    /// What git prints for a call in the repository; it must succeed.
    pub(crate) fn git(&self, args: &[&str]) -> String {
        git(&self.root, args)
    }

    /// Commits everything.
    pub(crate) fn commit(&self, message: &str) {
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "--message", message]);
    }

    /// Makes a bare repository with the branch, as remote `origin`; returns its path.
    pub(crate) fn with_remote(&self) -> PathBuf {
        let path = self.folder.path().join("remote.git");
        let shown = path.to_string_lossy().into_owned();
        self.git(&["clone", "--quiet", "--bare", ".", &shown]);
        self.git(&["remote", "add", "origin", &shown]);
        self.git(&["fetch", "--quiet", "origin"]);
        path
    }

    /// The reference of a component's image on this machine.
    pub(crate) fn reference(&self, component: &str, tag: &str) -> String {
        format!("{}-{component}:{tag}", self.project)
    }

    /// The ID of a component's image.
    pub(crate) fn id(&self, component: &str, tag: &str) -> Option<String> {
        self.engine.id(&self.reference(component, tag))
    }

    /// Builds an image that has nothing to do with a release under a reference; returns its ID.
    pub(crate) fn other_image(&self, reference: &str) -> String {
        let context = self.folder.path().join("other");
        fs::create_dir_all(&context).unwrap();
        fs::write(context.join("Dockerfile"), format!("FROM scratch\nLABEL other={}\n", self.project)).unwrap();
        self.engine.docker(&["build", "--quiet", "--tag", reference, &context.to_string_lossy()]);
        self.engine.id(reference).unwrap()
    }

    /// A `release` of this version that is not yet started. No signal is ignored, whatever the runner of the tests
    /// ignores.
    pub(crate) fn command(&self, version: &str, args: &[&str]) -> Command {
        let mut command = Command::new("env");
        command.args(["--default-signal=HUP,INT,TERM", env!("CARGO_BIN_EXE_xtask"), "release", version, "--json"]);
        command.args(args).current_dir(&self.root);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let path = format!("{}:{}", self.folder.path().join("bin").display(), std::env::var("PATH").unwrap());
        command.env("PATH", path).env_remove("MINIKUBE_PROFILE").env_remove("MINIKUBE_ACTIVE_DOCKERD");
        let env = self.engine.env.iter().chain(&self.env);
        command.envs(env.map(|(name, value)| (name, value)));
        command
    }

    /// Runs `release`.
    pub(crate) fn release(&self, version: &str, args: &[&str]) -> Run {
        Run::of(&self.command(version, args).output().unwrap())
    }

    /// Starts `release --yes`, and waits until it makes a call that matches a pattern of the shell in a step.
    pub(crate) fn held(&self, version: &str, args: &[&str], step: &str, pattern: &str) -> Held<'_> {
        for name in ["held", "go", "went"] {
            drop(fs::remove_file(self.folder.path().join(name)));
        }
        fs::write(self.folder.path().join("hold"), format!("{step} {pattern}\n")).unwrap();
        let mut child = self.command(version, &[&["--yes"], args].concat()).spawn().unwrap();
        let held = self.folder.path().join("held");
        let started = Instant::now();
        while !held.exists() {
            let is_over = child.try_wait().unwrap().is_some() || started.elapsed() > Duration::from_mins(1);
            if is_over {
                // A child that waits for something else must not wait for ever.
                drop(child.kill());
                let run = Run::of(&child.wait_with_output().unwrap());
                panic!("no `{pattern}` in step `{step}`: {}", run.said);
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        Held { world: self, child }
    }

    /// The calls of programs since this was asked the last time.
    pub(crate) fn calls(&self) -> Vec<String> {
        let path = self.folder.path().join("calls");
        let calls = fs::read_to_string(&path).unwrap_or_default();
        drop(fs::remove_file(path));
        calls.lines().map(str::to_owned).collect()
    }

    /// A journal of a release that was begun, if there is one.
    pub(crate) fn journal(&self) -> Option<Value> {
        let text = fs::read(self.root.join(".git/taskflow-release/journal.json")).ok()?;
        Some(serde_json::from_slice(&text).unwrap())
    }

    /// The tag of the candidates of a release that was begun.
    pub(crate) fn candidate_tag(&self) -> String {
        let journal = self.journal().unwrap();
        format!("{}-g{}", journal["version"].as_str().unwrap(), &journal["commit"].as_str().unwrap()[..12])
    }

    /// Everything on this machine that a release may change, other than objects that nothing points to.
    pub(crate) fn picture(&self) -> Picture {
        let mut picture = references(&self.root, "here");
        let mut put = |name: String, value: &str| drop(picture.insert(name, value.to_owned()));
        put("status".to_owned(), &self.git(&["status", "--porcelain", "--untracked-files=all"]));
        put("index".to_owned(), &self.git(&["ls-files", "--stage"]));
        for (name, content) in files(&self.root) {
            let is_state = name.starts_with(".git/")
                && !["objects", "logs", "refs"]
                    .iter()
                    .any(|folder| name.strip_prefix(".git/").unwrap().starts_with(&format!("{folder}/")));
            match name.as_str() {
                ".git/index" | ".git/packed-refs" => {}
                // Their names only: settings and locks.
                _ if is_state => put(format!("file {name}"), ""),
                // What is remembered and logged is no part of a release.
                _ if name.starts_with(".git/") => {}
                _ if name.starts_with("target/") && !name.starts_with("target/xtask/releases/") => {}
                _ => put(format!("file {name}"), &content),
            }
        }
        picture.extend(self.images());
        picture
    }

    /// The images and containers of this test.
    pub(crate) fn images(&self) -> Picture {
        let images = ["image", "ls", "--no-trunc", "--format", "image {{.Repository}}:{{.Tag}} {{.ID}}"];
        // Containers have the labels of their images.
        let title = "container {{.Label \"org.opencontainers.image.title\"}} {{.Names}}";
        let containers = ["ps", "--all", "--no-trunc", "--format", title];
        let listed = [self.engine.docker(&images), self.engine.docker(&containers)].join("\n");
        let ours = listed.lines().filter(|line| line.contains(&self.project));
        ours.filter_map(|line| line.rsplit_once(' ')).map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
    }

    /// Every byte of the repository, and the images.
    pub(crate) fn everything(&self) -> Picture {
        files(&self.root).into_iter().chain(self.images()).collect()
    }

    /// Checks that a release is complete on this machine: references, files, images, and their labels.
    #[track_caller]
    pub(crate) fn is_released(&self, version: &str, ids: &[(&str, String)]) {
        let commit = self.git(&["rev-parse", "HEAD"]);
        let tag = format!("v{version}");
        assert_eq!(self.git(&["rev-parse", &format!("refs/tags/{tag}^{{commit}}")]), commit);
        assert_eq!(self.git(&["cat-file", "-t", &tag]), "tag");
        assert_eq!(self.git(&["status", "--porcelain", "--untracked-files=all"]), "");
        self.git(&["fsck", "--strict", "--no-dangling"]);
        let record = self.record(version);
        assert_eq!((&record["commit"], &record["tag"]), (&commit.as_str().into(), &tag.as_str().into()));
        for (component, id) in ids {
            let reference = self.reference(component, version);
            let format = "{{.Id}} {{index .Config.Labels \"org.opencontainers.image.revision\"}} \
                          {{index .Config.Labels \"org.opencontainers.image.version\"}}";
            let found = self.engine.docker(&["image", "inspect", "--format", format, &reference]);
            assert_eq!(found, format!("{id} {commit} {version}"));
            let components = record["components"].as_array().unwrap();
            let recorded = components.iter().find(|recorded| recorded["component"] == *component).unwrap();
            assert_eq!((&recorded["id"], &recorded["reference"]), (&id.as_str().into(), &reference.as_str().into()));
        }
        // Neither the names of candidates nor containers are left.
        let candidate = format!(":{version}-g");
        let is_left = |name: &String| name.contains(&candidate) || name.starts_with("container ");
        assert_eq!(self.images().into_keys().filter(is_left).collect::<Vec<_>>(), Vec::<String>::new());
        assert!(self.journal().is_none());
    }

    /// The record of a release.
    #[track_caller]
    pub(crate) fn record(&self, version: &str) -> Value {
        let path = self.root.join("target/xtask/releases").join(version).join("record.json");
        serde_json::from_slice(&fs::read(path).unwrap()).unwrap()
    }
}

impl Drop for World {
    fn drop(&mut self) {
        let images = self.images();
        let names = |kind: &str| -> Vec<String> {
            let ours = images.iter().filter_map(|(name, value)| Some((name.strip_prefix(kind)?, value)));
            ours.map(|(name, value)| if kind == "image " { name.to_owned() } else { value.clone() }).collect()
        };
        for container in names("container ") {
            self.engine.docker(&["rm", "--force", "--volumes", &container]);
        }
        self.engine.forget(&names("image ").iter().map(String::as_str).collect::<Vec<_>>());
    }
}

/// A release that waits at a call.
pub(crate) struct Held<'a> {
    world: &'a World,
    child: Child,
}

impl Held<'_> {
    /// Lets the call happen, and waits for the end of the release.
    pub(crate) fn goes_on(self) -> Run {
        self.go("on");
        Run::of(&self.child.wait_with_output().unwrap())
    }

    /// Lets the call happen, does something after a while, and waits for the end of the release.
    pub(crate) fn goes_on_during(self, after: Duration, what: impl FnOnce()) -> Run {
        self.go("on");
        std::thread::sleep(after);
        what();
        Run::of(&self.child.wait_with_output().unwrap())
    }

    /// Kills xtask. The call that it waits for happens all the same, or never.
    pub(crate) fn killed(mut self, call_happens: bool) {
        self.send(Signal::KILL);
        self.child.wait().unwrap();
        self.go(if call_happens { "on" } else { "no more" });
        let gone = self.world.folder.path().join(if call_happens { "went" } else { "held" });
        let started = Instant::now();
        while gone.exists() != call_happens {
            assert!(started.elapsed() < Duration::from_mins(1), "the call does not end");
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// Kills xtask. The call that it waits for begins at once, and nobody waits for its end.
    pub(crate) fn killed_at_once(mut self) {
        self.send(Signal::KILL);
        self.child.wait().unwrap();
        self.go("on");
    }

    /// Sends a signal to xtask, and waits for its end.
    pub(crate) fn interrupted(self, signal: Signal) -> Run {
        self.send(signal);
        let run = Run::of(&self.child.wait_with_output().unwrap());
        // The program that waits was ended with its group.
        drop(fs::remove_file(self.world.folder.path().join("held")));
        run
    }

    fn send(&self, signal: Signal) {
        kill_process(Pid::from_raw(i32::try_from(self.child.id()).unwrap()).unwrap(), signal).unwrap();
    }

    fn go(&self, how: &str) {
        let new = self.world.folder.path().join("go.new");
        fs::write(&new, how).unwrap();
        fs::rename(new, self.world.folder.path().join("go")).unwrap();
    }
}

impl Run {
    fn of(output: &Output) -> Self {
        Self {
            code: output.status.code(),
            said: String::from_utf8_lossy(&output.stderr).into_owned(),
            document: serde_json::from_slice(&output.stdout).unwrap_or_default(),
        }
    }

    /// Checks the exit code, and how the release has ended by its document.
    #[track_caller]
    pub(crate) fn ends(self, code: i32, outcome: &str) -> Self {
        let ended = (self.code, self.document["outcome"].as_str().unwrap_or_default());
        assert_eq!(ended, (Some(code), outcome), "{}\n{:#}", self.said, self.document["errors"]);
        self
    }

    /// Checks that a text was said.
    #[track_caller]
    pub(crate) fn says(self, text: &str) -> Self {
        assert!(self.said.contains(text), "{text:?} was not said:\n{}", self.said);
        self
    }

    /// The IDs of the candidates, by component.
    pub(crate) fn ids(&self) -> Vec<(&str, String)> {
        let images = self.document["release"]["images"].as_array().unwrap();
        let text = |image: &'_ Value, key: &str| image[key].as_str().unwrap().to_owned();
        images.iter().map(|image| (image["component"].as_str().unwrap(), text(image, "id"))).collect()
    }
}

/// Checks that nothing has changed.
#[track_caller]
pub(crate) fn assert_same(before: &Picture, now: &Picture, when: &str) {
    let names: std::collections::BTreeSet<&String> = before.keys().chain(now.keys()).collect();
    let changes = names.into_iter().filter(|name| before.get(*name) != now.get(*name));
    let changes: Vec<_> = changes.map(|name| (name, before.get(name), now.get(name))).collect();
    assert!(changes.is_empty(), "{when}: {changes:#?}");
}

/// What git prints for a call in a folder; it must succeed.
pub(crate) fn git(folder: &Path, args: &[&str]) -> String {
    let output = Command::new("git").args(args).current_dir(folder).env("GIT_OPTIONAL_LOCKS", "0").output().unwrap();
    assert!(output.status.success(), "git {args:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().trim_end().to_owned()
}

/// The references of a repository.
pub(crate) fn references(repository: &Path, place: &str) -> Picture {
    let listed = git(repository, &["for-each-ref", "--format", "%(refname) %(objectname)"]);
    let head = format!("HEAD {}", git(repository, &["symbolic-ref", "HEAD"]));
    let pairs = listed.lines().chain([head.as_str()]).filter_map(|line| line.split_once(' '));
    pairs.map(|(name, object)| (format!("{place} {name}"), object.to_owned())).collect()
}

/// All files below a folder, with their content.
fn files(root: &Path) -> Picture {
    let mut found = Picture::new();
    let mut folders = vec![root.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap().filter_map(Result::ok) {
            let path = entry.path();
            if entry.file_type().unwrap().is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(root).unwrap().to_string_lossy().into_owned();
                found.insert(name, String::from_utf8_lossy(&fs::read(&path).unwrap_or_default()).into_owned());
            }
        }
    }
    found
}

/// A program on PATH.
pub(crate) fn on_path(name: &str) -> PathBuf {
    let path = std::env::var_os("PATH").unwrap();
    std::env::split_paths(&path).map(|folder| folder.join(name)).find(|path| path.is_file()).unwrap()
}
