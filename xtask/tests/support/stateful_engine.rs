//! A docker client whose engine and registry are folders, so that every call finds what the calls before it did.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use sha2::{Digest, Sha256};

/// A client with its engine and its registry.
pub(crate) struct StatefulEngine {
    state: PathBuf,
}

/// When a fault strikes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum When {
    /// Before the call does anything.
    Before,
    /// When the call has done its work.
    After,
}

/// The label of an image that `cargo rig up bases` made.
const STAND_IN: &str = r#"{"dev.taskflow.stand-in":"true"}"#;

impl StatefulEngine {
    /// Puts the client `docker` into the folder `bin`. Its engine is empty; `state` must not exist.
    pub(crate) fn install(bin: &Path, state: &Path) -> Self {
        for folder in ["engine/tags", "engine/images", "registry/tags", "registry/manifests", "faults"] {
            fs::create_dir_all(state.join(folder)).unwrap();
        }
        fs::write(state.join("empty.tar"), [0; 1024]).unwrap();
        let script = format!("#!/bin/sh\nstate='{}'\n{}", state.display(), include_str!("engine.sh"));
        program(&bin.join("docker"), &script);
        Self::at(state)
    }

    /// The client whose state is in this folder.
    pub(crate) fn at(state: &Path) -> Self {
        Self { state: state.to_path_buf() }
    }

    /// Gives the engine a base image.
    pub(crate) fn base(&self, reference: &str, is_stand_in: bool) {
        let labels = if is_stand_in { STAND_IN } else { "null" };
        self.image(reference, &format!(r#"{{"Labels":{labels}}}"#));
    }

    /// Gives the engine an image of one empty layer with this configuration, in place of an earlier one with the
    /// reference; returns its ID.
    pub(crate) fn image(&self, reference: &str, config: &str) -> String {
        let layers = r#"["sha256:5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef"]"#;
        let text = format!(r#"{{"config":{config},"rootfs":{{"type":"layers","diff_ids":{layers}}}}}"#);
        let id = hex_digest(text.as_bytes());
        let folder = self.state.join("engine/images").join(&id);
        fs::create_dir_all(folder.join(format!("{id}.0"))).unwrap();
        fs::create_dir_all(folder.join(format!("{id}.1"))).unwrap();
        fs::write(folder.join(format!("{id}.0/layer.tar")), [0; 1024]).unwrap();
        fs::write(folder.join(format!("{id}.json")), text).unwrap();
        let manifest = format!(r#"{{"Config":"{id}.json","RepoTags":null,"Layers":["{id}.0/layer.tar"]}}"#);
        fs::write(folder.join("manifest"), manifest + "\n").unwrap();
        let inspected = format!(
            r#""Architecture":"amd64","Os":"linux","Size":1024,"Config":{config},"RootFS":{{"Type":"layers","Layers":{layers}}}}}"#
        );
        fs::write(folder.join("inspect"), inspected + "\n").unwrap();
        fs::write(self.tag_file("engine", reference), format!("{id}\n")).unwrap();
        format!("sha256:{id}")
    }

    /// Takes a reference from the engine, and leaves the image.
    pub(crate) fn forget(&self, reference: &str) {
        fs::remove_file(self.tag_file("engine", reference)).unwrap();
    }

    /// Takes an image from the engine, and leaves its references.
    pub(crate) fn lose(&self, id: &str) {
        fs::remove_dir_all(self.state.join("engine/images").join(id.trim_start_matches("sha256:"))).unwrap();
    }

    /// The references of the engine, each with the ID of its image.
    pub(crate) fn tags(&self) -> BTreeMap<String, String> {
        references(&self.state.join("engine/tags"))
    }

    /// The references of the registry, each with its digest.
    pub(crate) fn pushed(&self) -> BTreeMap<String, String> {
        references(&self.state.join("registry/tags"))
    }

    /// Gives the registry another image under a reference; returns its digest.
    pub(crate) fn push_other(&self, reference: &str) -> String {
        let manifest = format!(r#"{{"schemaVersion":2,"config":{{"digest":"sha256:{}"}}}}"#, "0".repeat(64));
        let digest = hex_digest(manifest.as_bytes());
        fs::write(self.state.join("registry/manifests").join(&digest), manifest).unwrap();
        fs::write(self.tag_file("registry", reference), format!("{digest}\n")).unwrap();
        format!("sha256:{digest}")
    }

    /// The build context that the engine got for an image: the archive of its files.
    pub(crate) fn context(&self, reference: &str) -> Vec<u8> {
        let id = &self.tags()[reference];
        let id = id.trim_start_matches("sha256:");
        fs::read(self.state.join(format!("engine/images/{id}/{id}.1/layer.tar"))).unwrap()
    }

    /// What `docker image inspect` says about an image.
    pub(crate) fn inspected(&self, reference: &str) -> String {
        let id = &self.tags()[reference];
        let id = id.trim_start_matches("sha256:");
        fs::read_to_string(self.state.join(format!("engine/images/{id}/inspect"))).unwrap()
    }

    /// Adds a fault: for calls whose arguments, joined by blanks, match a shell pattern, shell text is run before or
    /// after the call. The text is one line, and can end the call: `exit 1`. `$fault` is the fault itself.
    pub(crate) fn fault(&self, name: &str, pattern: &str, when: When, shell: &str) {
        let when = if when == When::Before { "before" } else { "after" };
        let text = format!("{pattern}\n{when}\n{shell}\n");
        let new = self.state.join("fault.new");
        fs::write(&new, text).unwrap();
        fs::rename(new, self.state.join("faults").join(name)).unwrap();
    }

    /// Adds a fault: such calls print a text on standard error and fail, before they do anything.
    pub(crate) fn fails(&self, name: &str, pattern: &str, words: &str) {
        self.fault(name, pattern, When::Before, &format!("printf '%s\\n' '{words}' >&2; exit 1"));
    }

    /// Says from now on that the engine keeps images in the containerd store.
    pub(crate) fn has_containerd_store(&self) {
        let status = r#"echo '[["driver-type","io.containerd.snapshotter.v1"]]'; exit 0"#;
        self.fault("store", "info *DriverStatus*", When::Before, status);
    }

    /// Takes a fault away.
    pub(crate) fn mend(&self, name: &str) {
        fs::remove_file(self.state.join("faults").join(name)).unwrap();
    }

    /// The calls so far, a line each.
    pub(crate) fn calls(&self) -> String {
        fs::read_to_string(self.state.join("calls")).unwrap_or_default()
    }

    /// The calls that the client does not know; a test must end without any.
    pub(crate) fn unexpected(&self) -> String {
        fs::read_to_string(self.state.join("unexpected")).unwrap_or_default()
    }

    /// The folder of the engine and that of the registry: all that they know.
    pub(crate) fn folders(&self) -> [PathBuf; 2] {
        ["engine", "registry"].map(|name| self.state.join(name))
    }

    fn tag_file(&self, part: &str, reference: &str) -> PathBuf {
        self.state.join(part).join("tags").join(reference.replace('/', "%"))
    }
}

/// Writes a program, in place of an earlier one. Another process writes it: a descriptor of ours that some other test's
/// child inherits while it is open for writing would make the system refuse to run it.
pub(crate) fn program(path: &Path, script: &str) {
    let source = path.with_extension("text");
    fs::write(&source, script).unwrap();
    let copy = "cat \"$1\" >\"$2.new\" && chmod 755 \"$2.new\" && mv -f \"$2.new\" \"$2\" && rm \"$1\"";
    let status = Command::new("sh").args(["-c", copy, "sh"]).args([source.as_path(), path]).status().unwrap();
    assert!(status.success());
}

/// The references of a folder, each with what it stands for.
pub(crate) fn references(folder: &Path) -> BTreeMap<String, String> {
    let named = |entry: fs::DirEntry| {
        let reference = entry.file_name().into_string().unwrap().replace('%', "/");
        let text = fs::read_to_string(entry.path()).unwrap();
        (reference, format!("sha256:{}", text.trim().trim_start_matches("sha256:")))
    };
    fs::read_dir(folder).unwrap().map(Result::unwrap).map(named).collect()
}

fn hex_digest(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"))
}
