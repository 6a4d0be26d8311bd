//! Reads the files of a component: its Dockerfile, its ignore file, and the names of what its context would send.

use std::path::{Path, PathBuf};

use dockerfile::ignore_file::{self, AppliedIgnoreFile, pattern_of};

use crate::context::{Project, text_files};
use crate::domain::build_arg::BuildArg;
use crate::domain::config::Component;
use crate::domain::contract::check::{ContextFacts, IgnoreFacts, ReadFile, Weight};
use crate::domain::problem::{Place, Problem};
use crate::effects::context::{self as context_files, ClosedFolder, Sent};
use crate::effects::fs;
use crate::error::{CliError, ErrorKind};
use shown::shown_path;

/// The files of a component.
pub(super) struct Files {
    /// The Dockerfile.
    pub(super) dockerfile: ReadFile,
    /// The ignore file that a build uses, and the one that it does not.
    pub(super) applied: Option<AppliedIgnoreFile>,
    /// The ignore file as the rules see it.
    pub(super) ignore: IgnoreFacts,
    /// The folder of the context.
    pub(super) folder: PathBuf,
    /// What the context would send; none if the ignore file is not valid.
    pub(super) sent: Option<Sent>,
    /// What the context would send, as the rules see it.
    pub(super) context: ContextFacts,
}

impl Files {
    /// Reads the Dockerfile of a component. `args` are the build args of the command line; none if they are not known.
    ///
    /// # Errors
    ///
    /// `ErrorKind::Config` if the file cannot be read.
    pub(super) fn dockerfile(
        project: &Project,
        component: &Component,
        args: Option<&[BuildArg]>,
    ) -> Result<ReadFile, CliError> {
        let text = project.dockerfile(component)?;
        Ok(ReadFile::read(component, &text, args))
    }

    /// Reads the files of a component. `args` are the build args of the command line; none if they are not known.
    ///
    /// # Errors
    ///
    /// `ErrorKind::Config` for a file that cannot be read, and `ErrorKind::Environment` for a folder of the context.
    pub(super) fn read(project: &Project, component: &Component, args: Option<&[BuildArg]>) -> Result<Self, CliError> {
        let dockerfile = Self::dockerfile(project, component, args)?;
        let exists = |path: &str| fs::is_there(&project.root.join(path));
        // A classic builder cannot build a component with its own ignore file; the plan refuses it.
        let applied = ignore_file::applied(&component.dockerfile, &component.context, true, &exists);
        let ignore = ignore_facts(project, component, applied.as_ref())?;
        let folder = project.root.join(&component.context);
        let sent = match &ignore.read {
            Ok(file) => {
                let sent = context_files::files(&folder, file);
                Some(sent.map_err(|closed| closed_folder(component, &ignore.path, &closed))?)
            }
            Err(_) => None,
        };
        let needs_sizes = component.contract.is_some();
        let context = match &sent {
            Some(sent) if needs_sizes => ContextFacts::Known(weights(&folder, sent)),
            Some(_) => ContextFacts::Known(Vec::new()),
            None => ContextFacts::Unknown("the ignore file is not valid".to_owned()),
        };
        Ok(Self { dockerfile, applied, ignore, folder, sent, context })
    }
}

fn ignore_facts(
    project: &Project,
    component: &Component,
    applied: Option<&AppliedIgnoreFile>,
) -> Result<IgnoreFacts, CliError> {
    let Some(applied) = applied else { return Ok(IgnoreFacts::missing(component)) };
    let path = applied.path.clone();
    let text = text_files::read(&path, &project.root.join(&path), "the builder")?;
    Ok(IgnoreFacts::read(path, &text))
}

/// Returns the files with their sizes. A file that disappears is left out.
fn weights(folder: &Path, sent: &Sent) -> Vec<Weight> {
    let weight = |file: &PathBuf| Some(Weight { path: shown_path(file), bytes: fs::size(&folder.join(file))? });
    sent.files.iter().filter_map(weight).collect()
}

/// Returns the error of a folder that the builder would enter and that cannot be read.
fn closed_folder(component: &Component, ignore_file: &str, closed: &ClosedFolder) -> CliError {
    let folder = shown_path(Path::new(&component.context).join(&closed.path));
    let folder = folder.trim_end_matches('/');
    let problem =
        Problem::new(format!("cannot read `{folder}`, a folder of the build context of `{}`", component.name))
            .at(Place::file(folder))
            .cause(closed.error.to_string());
    let or = ", or make the folder readable for the user who builds";
    let problem = if let Some((line, pattern)) = &closed.led_by {
        let leads = format!("`{pattern}` in line {line} of `{ignore_file}` lets the builder look into it");
        problem
            .note(format!("it is excluded, but {leads}"))
            .hint(format!("replace `{pattern}` by patterns that name the folders that they are for{or}"))
    } else {
        let pattern = pattern_of(closed.path.as_os_str().as_encoded_bytes());
        problem.hint(format!("add `{pattern}` to `{ignore_file}`{or}"))
    };
    CliError::new(ErrorKind::Environment, problem)
}
