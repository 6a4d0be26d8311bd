//! The real client and a real node, with images from both kinds of engines.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::MutexGuard;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::json;

use crate::parts::{root, scratch};
use crate::world::{Engine, Load, Repository, alone_with_the_node, fact, program};

/// The node and its client.
struct Real {
    _alone: MutexGuard<'static, ()>,
    /// The folder of a client that counts calls, and of what it needs.
    bin: tempfile::TempDir,
    client: PathBuf,
    home: String,
    node: Engine,
    /// What the client keeps on the node.
    files: PathBuf,
    mounts: String,
}

impl Real {
    fn new(test: &str) -> Option<Self> {
        let alone = alone_with_the_node();
        let node = |name: &str| fact(test, "node", name);
        let (client, home, host) = (PathBuf::from(node("minikube")?), node("minikube_home")?, node("docker_host")?);
        let bin = scratch();
        let script = format!(
            "#!/bin/sh\nprintf '%s\\n' \"$*\" >>{calls}\n\
             cut_off() {{ truncate -s $(($(stat -c %s \"$1\") / 2)) \"$1\"; }}\n\
             case \"$CUT $1 $2\" in 'always image load' | 'load image load') cut_off \"$3\" ;; 'always cp '*) cut_off \"$2\" ;; esac\n\
             exec {client} \"$@\"\n",
            calls = bin.path().join("calls").display(),
            client = client.display()
        );
        program(&bin.path().join("minikube"), &script);
        // A repository of a test has no alias for xtask.
        let cargo = format!("#!/bin/sh\nshift\nexec '{}' \"$@\"\n", env!("CARGO_BIN_EXE_xtask"));
        program(&bin.path().join("cargo"), &cargo);
        let (files, mounts) = (PathBuf::from(node("files")?).join("images"), node("mount_namespace")?);
        Some(Self { _alone: alone, bin, client, home, node: Engine::at(&host, None), files, mounts })
    }

    /// `minikube-load` for a repository with the images of an engine, not yet started. No signal is ignored, whatever
    /// whoever started these tests ignores.
    fn command(&self, repository: &Repository, host: &Engine) -> Command {
        let path = format!("{}:{}", self.bin.path().display(), std::env::var("PATH").unwrap());
        let mut command = Command::new("env");
        let xtask = ["--default-signal=INT,TERM", env!("CARGO_BIN_EXE_xtask"), "minikube-load", "--json"];
        command.args(xtask).current_dir(&repository.root);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command.env("PATH", path).env("MINIKUBE_HOME", &self.home).env("CUT", "");
        command.env_remove("MINIKUBE_PROFILE").env_remove("MINIKUBE_ACTIVE_DOCKERD");
        command.envs(host.env.iter().map(|(name, value)| (name, value)));
        command
    }

    /// Runs it.
    fn load(&self, repository: &Repository, host: &Engine, env: &[(&str, &str)]) -> Load {
        let _none_yet = fs::remove_file(self.bin.path().join("calls"));
        Load::of(&self.command(repository, host).envs(env.iter().copied()).output().unwrap())
    }

    /// A line that a person pastes into a shell.
    fn paste(&self, repository: &Repository, host: &Engine, line: &str) {
        let path = format!("{}:{}", self.bin.path().display(), std::env::var("PATH").unwrap());
        let mut shell = Command::new("sh");
        shell.args(["-c", line]).current_dir(&repository.root).stdin(Stdio::null());
        shell.envs(host.env.iter().map(|(name, value)| (name, value)));
        let output = shell.env("PATH", path).env("MINIKUBE_HOME", &self.home).env("CUT", "").output().unwrap();
        assert!(output.status.success(), "{line}: {}", String::from_utf8_lossy(&output.stderr));
    }

    /// The calls of the last run that reach the node, by their first words.
    fn calls(&self) -> Vec<String> {
        let calls = fs::read_to_string(self.bin.path().join("calls")).unwrap_or_default();
        let words = calls.lines().map(|line| line.split(' ').take(2).collect::<Vec<_>>().join(" "));
        let mut reaching: Vec<String> =
            words.filter(|call| call != "profile list" && !call.starts_with("version")).collect();
        reaching.sort();
        reaching
    }

    /// Puts a small file system where the client copies archives, or takes it away.
    fn small_disk(&self, size: Option<&str>) {
        let folder = "/var/lib/minikube";
        let mounts = format!("--mount={}", self.mounts);
        let mut command = Command::new("nsenter");
        match size {
            Some(size) => {
                command.args([&mounts, "mount", "-t", "tmpfs", "-o", &format!("size={size}"), "tmpfs", folder])
            }
            None => command.args([&mounts, "umount", folder]),
        };
        assert!(command.status().unwrap().success());
    }

    /// What is left of our archives on the node; whatever an earlier run has left is not ours.
    fn left(&self) -> Vec<String> {
        let own = std::process::id().to_string();
        let entries = fs::read_dir(&self.files).into_iter().flatten().filter_map(Result::ok);
        entries
            .map(|entry| entry.file_name().to_string_lossy().into_owned())
            .filter(|name| name.starts_with("tf-mk") && name.split('-').any(|part| part == own))
            .collect()
    }

    /// What the client keeps in its cache of images.
    fn cached(&self) -> usize {
        let cache = Path::new(&self.home).join(".minikube/cache/images");
        let found = Command::new("find")
            .arg(cache)
            .args(["-name", &format!("tf-mk*-{}*", std::process::id())])
            .output()
            .unwrap();
        String::from_utf8(found.stdout).unwrap().lines().count()
    }
}

fn current(test: &str) -> Option<Engine> {
    let (host, config) = (fact(test, "engine-current", "docker_host")?, fact(test, "engine-current", "docker_config")?);
    Some(Engine::at(&host, Some(&config)))
}

/// First load, unchanged, one file changed: the real images.
fn both_images(test: &str, real: &Real, host: &Engine) {
    let repository = Repository::taskflow();
    repository.build(host);
    let first = real.load(&repository, host, &[]).code(0);
    for component in ["frontend", "backend"] {
        let id = first.proven(component);
        assert_eq!(real.node.id(&repository.reference(component)), Some(id), "{test}");
        assert_eq!(first.image(component)["outcome"], "loaded");
    }
    let unchanged = real.load(&repository, host, &[]).code(0);
    assert_eq!([unchanged.how("frontend"), unchanged.how("backend")], ["present", "present"]);
    assert_eq!(real.calls(), ["image ls"], "one question, and nothing else that reaches the node");
    let page = repository.root.join("frontend/app/page.tsx");
    let source = fs::read_to_string(&page).unwrap();
    fs::write(&page, source.replace("\"/tasks\"", "\"/tasks?changed\"")).unwrap();
    repository.hide_changes("frontend/app/page.tsx");
    repository.build(host);
    let changed = real.load(&repository, host, &[]).code(0);
    assert_eq!([changed.how("frontend"), changed.how("backend")], ["thin", "present"]);
    assert_ne!(changed.proven("frontend"), first.proven("frontend"));
    assert_eq!(real.node.id(&repository.reference("frontend")), Some(changed.proven("frontend")));
    assert_eq!(real.calls(), ["image load", "image ls", "ssh --profile"], "two besides the preflight's one");
    let (sent, saved) =
        (changed.image("frontend")["bytes_sent"].as_u64(), changed.image("frontend")["bytes_saved"].as_u64());
    assert!(sent.unwrap() * 20 < saved.unwrap(), "{sent:?} sent, {saved:?} saved");
    assert_eq!((real.left(), real.cached()), (Vec::new(), 0), "something stays with the client or on the node");
    // What was put together on the node is whole: it runs.
    let reference = repository.reference("frontend");
    let run = ["run", "--rm", "--network", "none", &reference, "node", "--check", "server.js"];
    real.node.docker(&run);
    repository.forget(&[host, &real.node]);
}

#[test]
fn both_images_from_the_classic_store() {
    let test = "both_images_from_the_classic_store";
    let Some(real) = Real::new(test) else { return };
    both_images(test, &real, &Engine::own());
}

#[test]
fn both_images_from_the_containerd_store() {
    let test = "both_images_from_the_containerd_store";
    let (Some(real), Some(host)) = (Real::new(test), current(test)) else { return };
    both_images(test, &real, &host);
}

/// With the images of each engine.
fn with_both(test: &str, work: impl Fn(&Real, &Engine, &Repository)) {
    let (Some(real), Some(current)) = (Real::new(test), current(test)) else { return };
    for host in [Engine::own(), current] {
        let repository = Repository::new(&["app"]);
        repository.build(&host);
        work(&real, &host, &repository);
        repository.forget(&[&host, &real.node]);
    }
}

#[test]
fn the_commands_of_a_dry_run_load_the_images_when_they_are_pasted() {
    let test = "the_commands_of_a_dry_run_load_the_images_when_they_are_pasted";
    let (Some(real), Some(current)) = (Real::new(test), current(test)) else { return };
    for host in [Engine::own(), current] {
        let repository = Repository::new(&["app", "other"]);
        repository.build(&host);
        let paste_the_plan = || {
            let _built = fs::remove_dir_all(repository.root.join("target/xtask"));
            let dry = Load::of(&real.command(&repository, &host).arg("--dry-run").output().unwrap()).code(0);
            assert!(!repository.root.join("target/xtask").exists(), "a dry run writes nothing");
            for line in dry.document["commands"].as_array().unwrap() {
                real.paste(&repository, &host, line.as_str().unwrap());
            }
            let left: Vec<_> = fs::read_dir(repository.root.join("target/xtask/minikube")).unwrap().collect();
            assert!(left.is_empty() && real.left().is_empty(), "{left:?} {:?}", real.left());
            dry
        };
        let has_both = |dry: &Load| {
            for component in ["app", "other"] {
                let expected = dry.image(component)["expected_id"].as_str().map(str::to_owned);
                assert_eq!(real.node.id(&repository.reference(component)), expected, "{component}");
            }
            let load = real.load(&repository, &host, &[]).code(0);
            assert_eq!([load.how("app"), load.how("other")], ["present", "present"]);
        };
        let whole = paste_the_plan();
        assert!(!whole.document["commands"].to_string().contains("--without"), "{:#}", whole.document);
        has_both(&whole);
        // Of a changed image, only the layers go that the node lacks.
        repository.change("app", "second");
        repository.build(&host);
        let thin = paste_the_plan();
        assert!(thin.document["commands"][1].as_str().unwrap().contains("--without sha256:"), "{:#}", thin.document);
        has_both(&thin);
        repository.forget(&[&host, &real.node]);
    }
}

#[test]
fn the_name_that_podman_gives_an_image_is_mended_as_the_message_says() {
    let test = "the_name_that_podman_gives_an_image_is_mended_as_the_message_says";
    let Some(real) = Real::new(test) else { return };
    let (host, repository) = (Engine::own(), Repository::new(&["app"]));
    repository.build(&host);
    real.load(&repository, &host, &[]).code(0);
    let (reference, local) = (repository.reference("app"), format!("localhost/{}", repository.reference("app")));
    real.node.docker(&["tag", &reference, &local]);
    real.node.forget(&[&reference]);
    let tag = format!("minikube image tag {local} docker.io/library/{reference} --profile minikube");
    real.paste(&repository, &host, &tag);
    assert_eq!(real.load(&repository, &host, &[]).code(0).how("app"), "present");
    real.node.forget(&[&local]);
    repository.forget(&[&host, &real.node]);
}

#[test]
fn a_tag_that_a_running_container_uses() {
    with_both("a_tag_that_a_running_container_uses", |real, host, repository| {
        let reference = repository.reference("app");
        // With a program that needs no other file.
        let dockerfile = "FROM node:20-alpine AS tools\nFROM scratch\nCOPY --from=tools /bin/busybox /bin/busybox\n\
            COPY content /content\nCMD [\"/bin/busybox\", \"sleep\", \"600\"]\n";
        fs::write(repository.root.join("app/Dockerfile"), dockerfile).unwrap();
        repository.hide_changes("app/Dockerfile");
        repository.build(host);
        let old = real.load(repository, host, &[]).code(0).proven("app");
        let container = real.node.docker(&["run", "--detach", "--network", "none", "--stop-timeout", "1", &reference]);
        repository.change("app", "second");
        repository.build(host);
        let load = real.load(repository, host, &[]).code(0);
        let new = load.proven("app");
        assert_eq!(real.node.id(&reference), Some(new.clone()));
        assert_ne!(new, old);
        let held = real.node.docker(&["inspect", "--format", "{{.State.Running}} {{.Image}}", &container]);
        assert_eq!(held, format!("true {old}"), "the container goes on with what it has");
        real.node.docker(&["rm", "--force", &container]);
        real.node.forget(&[&old]);
    });
}

#[test]
fn a_tag_that_was_moved_on_the_node() {
    with_both("a_tag_that_was_moved_on_the_node", |real, host, repository| {
        let reference = repository.reference("app");
        let right = real.load(repository, host, &[]).code(0).proven("app");
        let other = Repository::new(&["other"]);
        other.build(&real.node);
        real.node.docker(&["tag", &other.reference("other"), &reference]);
        let load = real.load(repository, host, &[]).code(0);
        assert_eq!((load.image("app")["outcome"].as_str(), load.proven("app")), (Some("loaded"), right.clone()));
        assert_eq!(real.node.id(&reference), Some(right));
        other.forget(&[&real.node]);
    });
}

#[test]
fn a_node_that_was_restarted_between() {
    let test = "a_node_that_was_restarted_between";
    let Some(real) = Real::new(test) else { return };
    let (host, repository) = (Engine::own(), Repository::new(&["app"]));
    repository.build(&host);
    let before = real.load(&repository, &host, &[]).code(0).proven("app");
    for verb in ["down", "up"] {
        let rig = Command::new("cargo").args(["rig", verb, "node"]).current_dir(root()).output().unwrap();
        assert!(rig.status.success(), "{}", String::from_utf8_lossy(&rig.stderr));
        if verb == "down" {
            let load = real.load(&repository, &host, &[]).code(2);
            load.says("node `minikube` of profile `minikube`");
        }
    }
    let after = real.load(&repository, &host, &[]).code(0);
    assert_eq!((after.how("app"), after.proven("app")), ("present", before));
    repository.change("app", "second");
    repository.build(&host);
    assert_eq!(real.load(&repository, &host, &[]).code(0).how("app"), "thin");
    repository.forget(&[&host, &real.node]);
}

#[test]
fn an_archive_that_was_cut_off_on_its_way() {
    with_both("an_archive_that_was_cut_off_on_its_way", |real, host, repository| {
        let load = real.load(repository, host, &[("CUT", "always")]).code(1);
        load.says("did not take effect on node `minikube`").says("`minikube image load` exited with 0");
        load.says("the runtime of node `minikube` said:");
        assert_eq!(load.image("app")["nodes"][0]["found_id"], json!(null));
        let load = real.load(repository, host, &[("CUT", "load")]).code(0);
        load.says("trying once more");
        assert_eq!(real.node.id(&repository.reference("app")), Some(load.proven("app")));
        assert_eq!(real.left(), Vec::<String>::new());
    });
}

#[test]
fn ctrl_c_leaves_nothing_on_the_node() {
    let test = "ctrl_c_leaves_nothing_on_the_node";
    let Some(real) = Real::new(test) else { return };
    let (host, repository) = (Engine::own(), Repository::new(&["app"]));
    // Large enough to be on its way for a while.
    let file = fs::File::create(repository.root.join("app/base")).unwrap();
    file.set_len(1_500_000_000).unwrap();
    repository.hide_changes("app/base");
    repository.build(&host);
    let calls = real.bin.path().join("calls");
    let called = || fs::read_to_string(&calls).unwrap_or_default().contains("image load");
    for (moment, has_come) in [("called", &called as &dyn Fn() -> bool), ("under way", &|| !real.left().is_empty())] {
        drop(fs::remove_file(&calls));
        let child = real.command(&repository, &host).spawn().unwrap();
        let begun = Instant::now();
        while !has_come() {
            assert!(begun.elapsed() < Duration::from_mins(2), "the load was never {moment}");
            std::thread::sleep(Duration::from_millis(20));
        }
        kill_process(Pid::from_child(&child), Signal::INT).unwrap();
        let load = Load::of(&child.wait_with_output().unwrap()).code(130);
        load.says("interrupted by Ctrl-C: the load was not finished");
        assert_eq!(real.left(), Vec::<String>::new(), "{moment}");
        assert_eq!(real.node.id(&repository.reference("app")), None);
    }
    repository.forget(&[&host, &real.node]);
}

#[test]
fn a_node_without_space() {
    let test = "a_node_without_space";
    let Some(real) = Real::new(test) else { return };
    // The node may have been restarted by another test, and its mounts with it.
    let status = Command::new("cargo").args(["rig", "status", "--json"]).current_dir(root()).output().unwrap();
    let status: serde_json::Value = serde_json::from_slice(&status.stdout).unwrap();
    let node = status["parts"].as_array().unwrap().iter().find(|part| part["name"] == "node").unwrap();
    let real = Real { mounts: node["facts"]["mount_namespace"].as_str().unwrap().to_owned(), ..real };
    let (host, repository) = (Engine::own(), Repository::new(&["app"]));
    // Nothing that packs well, and nothing that an earlier run can have left on the node.
    let noise = (0..400_000_u32).fold(String::new(), |text, number| {
        text + &(number ^ std::process::id()).wrapping_mul(2_654_435_761).to_string()
    });
    fs::write(repository.root.join("app/base"), &noise).unwrap();
    repository.hide_changes("app/base");
    repository.build(&host);
    real.small_disk(Some("2m"));
    let short = real.load(&repository, &host, &[]);
    real.small_disk(None);
    let short = short.code(2);
    short.says("node `minikube` has 2.1 MB free on `/var/lib/minikube`, loading needs 3.9 MB");
    assert_eq!(real.node.id(&repository.reference("app")), None);
    // The disk fills up after the node was asked: only the proof can tell.
    real.load(&repository, &host, &[]).code(0);
    repository.change("app", &noise.chars().rev().collect::<String>());
    repository.build(&host);
    real.small_disk(Some("1m"));
    let load = real.load(&repository, &host, &[]);
    real.small_disk(None);
    let load = load.code(1);
    load.says("did not take effect on node `minikube`").says("another image");
    let load = real.load(&repository, &host, &[]).code(0);
    assert_eq!(real.node.id(&repository.reference("app")), Some(load.proven("app")));
    assert!(real.client.is_file());
    repository.forget(&[&host, &real.node]);
}
