//! A minikube client with one profile, whose node is a folder and keeps the images that it gets.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use super::stateful_engine::{When, program, references};

/// A client and its node.
pub(crate) struct StatefulNode {
    state: PathBuf,
}

impl StatefulNode {
    /// Puts the client `minikube` into the folder `bin`. Its node has no image; `state` must be there.
    pub(crate) fn install(bin: &Path, state: &Path) -> Self {
        for folder in ["node/tags", "node/images", "node/files", "node/bin", "node-faults"] {
            fs::create_dir_all(state.join(folder)).unwrap();
        }
        let script = format!("#!/bin/sh\nstate='{}'\n{}", state.display(), include_str!("node.sh"));
        program(&bin.join("minikube"), &script);
        program(&state.join("node/bin/docker"), &script);
        program(&state.join("node/bin/sudo"), "#!/bin/sh\nexec \"$@\"\n");
        Self { state: state.to_path_buf() }
    }

    /// The references of the node, each with the ID of its image.
    pub(crate) fn tags(&self) -> BTreeMap<String, String> {
        references(&self.state.join("node/tags"))
    }

    /// Adds a fault, as the engine's faults are.
    pub(crate) fn fault(&self, name: &str, pattern: &str, when: When, shell: &str) {
        let when = if when == When::Before { "before" } else { "after" };
        fs::write(self.state.join("node-faults").join(name), format!("{pattern}\n{when}\n{shell}\n")).unwrap();
    }

    /// Takes a fault away.
    pub(crate) fn mend(&self, name: &str) {
        fs::remove_file(self.state.join("node-faults").join(name)).unwrap();
    }
}
