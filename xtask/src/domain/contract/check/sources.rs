//! Where the sources of a build are: the folders of stages into which the whole build context was copied.

use dockerfile::{Base, Content, Dockerfile, Instruction, Located, Source, Transfer};
use rpds::RedBlackTreeSet;

use super::mounts::mounts;
use super::origins::{Origin, named_origin, origins};

/// Limit on the length of a path; the kernel refuses longer ones.
const LONGEST_PATH: usize = 4096;

/// The folders with sources at the end of each stage, by the stage's index.
#[derive(Debug, Default)]
pub(super) struct SourceFolders(Vec<RedBlackTreeSet<String>>);

/// The folder of the instructions of a stage, as the names from the root; none if it is not known.
#[derive(Clone, Debug)]
pub(super) struct Folder(Option<Vec<String>>);

impl Default for Folder {
    fn default() -> Self {
        Self(Some(Vec::new()))
    }
}

impl Folder {
    /// Follows a WORKDIR; other instructions change nothing.
    pub(super) fn follow(&mut self, instruction: &Instruction) {
        let Content::Workdir(path) = &instruction.content else { return };
        let Some(path) = path.known() else {
            self.0 = None;
            return;
        };
        if path.starts_with('/') {
            self.0 = Some(Vec::new());
        }
        let Some(names) = &mut self.0 else { return };
        enter(names, path);
        if names.len() > LONGEST_PATH {
            self.0 = None;
        }
    }

    /// Returns a path that is relative to the folder.
    pub(super) fn join(&self, path: &str) -> Option<String> {
        let mut names = if path.starts_with('/') { Vec::new() } else { self.0.clone()? };
        counted::count(names.len());
        enter(&mut names, path);
        let path = format!("/{}", names.join("/"));
        (path.len() <= LONGEST_PATH).then_some(path)
    }
}

/// Follows a path, without `.`, `..`, and doubled slashes.
fn enter(names: &mut Vec<String>, path: &str) {
    for name in path.split('/').filter(|name| !name.is_empty() && *name != ".") {
        counted::count(1);
        if name == ".." {
            names.pop();
        } else {
            names.push(name.to_owned());
        }
    }
}

impl SourceFolders {
    /// Follows all stages of a Dockerfile.
    pub(super) fn of(file: &Dockerfile) -> Self {
        let mut folders = Self::default();
        let mut ends: Vec<Folder> = Vec::new();
        for (number, stage) in file.stages.iter().enumerate() {
            let base = match stage.base {
                Base::Stage(base) => Some(base),
                _ => None,
            };
            let mut folder = base.and_then(|base| ends.get(base).cloned()).unwrap_or_default();
            let mut found = base.and_then(|base| folders.0.get(base).cloned()).unwrap_or_default();
            for instruction in file.added_by(number) {
                folder.follow(instruction);
                let (Content::Copy(transfer) | Content::Add(transfer)) = &instruction.content else { continue };
                if folders.are_copied_by(file, instruction, transfer)
                    && let Some(path) = transfer.destination.known().and_then(|path| folder.join(path))
                {
                    found.insert_mut(path);
                }
            }
            folders.0.push(found);
            ends.push(folder);
        }
        folders
    }

    /// Whether COPY or ADD copies all sources: the whole build context, or a folder of a stage that has it.
    fn are_copied_by(&self, file: &Dockerfile, instruction: &Instruction, transfer: &Transfer) -> bool {
        let mut paths = known_paths(transfer);
        match origins(file, instruction).first() {
            Some(Origin::Context) => paths.any(is_whole_context),
            Some(Origin::Stage(stage)) => paths.any(|path| self.are_in(*stage, path)),
            _ => false,
        }
    }

    /// Whether a path of a stage is a folder with sources, or a folder above one.
    pub(super) fn are_in(&self, stage: usize, path: &str) -> bool {
        let Some(folders) = self.0.get(stage) else { return false };
        let path = from_root(path);
        let path = path.trim_end_matches("/**").trim_end_matches("/*").trim_end_matches('/');
        let below = format!("{path}/");
        folders.contains(path) || folders.range(below.clone()..).next().is_some_and(|found| found.starts_with(&below))
    }

    /// Returns the path that a step copies from a mount although it holds sources; none if there is none.
    pub(super) fn copied_from_mounts(
        &self,
        file: &Dockerfile,
        instruction: &Instruction,
        shell: Option<&[Located]>,
        folder: &Folder,
    ) -> Option<String> {
        let mounts = mounts(instruction);
        if mounts.is_empty() {
            return None;
        }
        for command in instruction.shell_commands(shell).iter() {
            if !command.program().is_some_and(|program| COPIERS.contains(&program)) {
                continue;
            }
            let words = command.words.iter().skip(1).map(|word| word.text.as_str());
            for path in words.filter(|word| !word.starts_with('-')).filter_map(|word| folder.join(word)) {
                let holds = mounts.iter().filter(|mount| mount.is_bind()).any(|mount| {
                    let inside = mount.target.and_then(|target| folder.join(target)).and_then(|target| {
                        let rest = path.strip_prefix(target.trim_end_matches('/'))?;
                        (rest.is_empty() || rest.starts_with('/')).then_some(rest)
                    });
                    let Some(inside) = inside else { return false };
                    let path = format!("{}/{inside}", mount.source.unwrap_or("/"));
                    match mount.from.map(|name| named_origin(file, instruction, name)) {
                        None => is_whole_context(&path),
                        Some(Origin::Stage(stage)) => self.are_in(stage, &path),
                        Some(_) => false,
                    }
                });
                if holds {
                    return Some(path);
                }
            }
        }
        None
    }
}

/// Programs that copy files.
const COPIERS: [&str; 4] = ["cp", "mv", "rsync", "install"];

/// Returns the paths that COPY or ADD copies, as far as they are known.
pub(super) fn known_paths(transfer: &Transfer) -> impl Iterator<Item = &str> {
    transfer.sources.iter().filter_map(|source| match source {
        Source::Path(path) => path.known(),
        Source::Heredoc(_) => None,
    })
}

/// Whether a path of the build context is all of it.
pub(super) fn is_whole_context(path: &str) -> bool {
    matches!(from_root(path).as_str(), "/" | "/*" | "/**")
}

/// Returns a path from the root, without `.`, `..`, and doubled slashes.
fn from_root(path: &str) -> String {
    let mut names = Vec::new();
    enter(&mut names, path);
    format!("/{}", names.join("/"))
}
