//! The commands that load whole images, for a dry run: each line can be pasted into a shell, in this order.

use process::shell_quoted;

use super::argv;
use super::profile::Runtime;
use super::script;
use crate::domain::docker_argv;
use crate::domain::image::ImageReference;

/// What is loaded, and where to.
#[derive(Clone, Debug)]
pub struct Preview<'a> {
    /// The profile.
    pub profile: &'a str,
    /// What runs containers on its nodes.
    pub runtime: Runtime,
    /// The nodes' names for the client; none where the profile has one node.
    pub nodes: &'a [Option<String>],
    /// The images that are missing.
    pub references: &'a [ImageReference],
    /// The folder for the archive.
    pub folder: &'a str,
    /// The archive's name, which it also has on the nodes.
    pub archive: &'a str,
}

impl Preview<'_> {
    /// The commands: export, load, what the nodes then have, and the archives' removal.
    pub fn commands(&self) -> Vec<String> {
        if self.references.is_empty() {
            return Vec::new();
        }
        let archive = format!("{}/{}", self.folder.trim_end_matches('/'), self.archive);
        let names: Vec<String> = self.references.iter().map(ToString::to_string).collect();
        let mut commands = vec![
            format!("{} > {}", docker_argv::save(&names), shell_quoted(&archive)),
            argv::load(self.profile, &archive).to_string(),
        ];
        for node in self.nodes {
            let ssh = |script: &str| argv::ssh(self.profile, node.as_deref(), script).to_string();
            // podman takes a short name for one of this machine's own.
            if self.runtime == Runtime::CriO {
                let tag = |name: &String| format!("sudo podman tag localhost/{name} {}{name}", super::CANONICAL);
                commands.extend(names.iter().map(tag).map(|script| ssh(&script)));
            }
            commands.push(ssh(&script::remove_and_ask(self.runtime, self.archive)));
        }
        commands.push(format!("rm {}", shell_quoted(&archive)));
        commands
    }
}
