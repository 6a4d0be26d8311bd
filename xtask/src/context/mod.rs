//! What a command starts with (`Context`), and the project that it works on (`Project`).
//!
//! taskflow.toml is read when a command asks for the project, so a command that needs none works without a valid file.

mod known_values;
pub(crate) mod text_files;

use std::path::{Path, PathBuf};

use process::Runner;

use crate::domain::config::{self, Component, Config};
use crate::domain::masking;
use crate::domain::name::CONTRACT_SECRETS;
use crate::domain::problem::Problem;
use crate::effects::verdicts::Verdicts;
use crate::effects::{environment, fs, known, runner};
use crate::error::{CliError, ErrorKind};
use crate::ui::{self, Ui};
use secretscan::{Detector, KnownValue, Scanner};
use shown::replaced;
use shown::shown_path;

/// What every command starts with.
#[derive(Clone, Debug)]
pub(crate) struct Context {
    /// How much the command says, and in which form.
    pub(crate) ui: Ui,
    /// The file that `--config` names.
    file: Option<PathBuf>,
}

/// A repository with a valid taskflow.toml.
#[derive(Debug)]
pub(crate) struct Project {
    /// The folder that the command was started in.
    pub(crate) here: PathBuf,
    /// The folder that holds taskflow.toml.
    pub(crate) root: PathBuf,
    /// The content of taskflow.toml.
    pub(crate) config: Config,
    /// Runs other programs in `root`.
    pub(crate) runner: Runner,
    /// The values of declared secrets on this machine.
    known: Vec<KnownValue>,
}

/// Masks the values of the contract's secrets in all output, before anything is read that could be wrong.
pub fn keep_secrets() {
    let names = CONTRACT_SECRETS.map(str::to_owned);
    let known: Vec<KnownValue> = known::in_environment(&names)
        .iter()
        .filter_map(|(name, value)| KnownValue::new(name, value.reveal().as_encoded_bytes()))
        .collect();
    ui::keep(masking::of_known(&known));
}

impl Context {
    /// A context with the file of `--config`, if one was given.
    pub(crate) fn new(ui: Ui, file: Option<PathBuf>) -> Self {
        Self { ui, file }
    }

    /// Finds and reads taskflow.toml.
    ///
    /// # Errors
    ///
    /// `ErrorKind::Config` where there is no file, or it is not valid; `ErrorKind::Environment` where the current
    /// folder is gone.
    pub(crate) fn project(&self) -> Result<Project, CliError> {
        let here = current_folder()?;
        let path = self.path(&here).ok_or_else(|| no_config(&here))?;
        let shown = self.file.as_ref().map_or(config::FILE_NAME.to_owned(), shown_path);
        let text = text_files::configuration(&shown, &path)?;
        let config = config::parse(&shown, &text).map_err(|problems| CliError::all(ErrorKind::Config, problems))?;
        let root = folder_of(&path);
        // What a step may read while it runs is as secret as what is declared.
        let for_builds = config.components.iter().flat_map(|component| &component.build_secrets);
        let mut names = config.secrets.clone();
        names.extend(for_builds.map(|secret| secret.variable.to_string()));
        let folders: Vec<&str> = config.components.iter().map(|component| component.context.as_str()).collect();
        let (known, runner) = self.runner_in(&root, &folders, &names)?;
        Ok(Project { here, root, config, runner, known })
    }

    /// Runs other programs without a project: in the folder of taskflow.toml, or in the current one. Only the contract's
    /// secrets are masked, as the names of others are not known.
    ///
    /// # Errors
    ///
    /// `ErrorKind::Environment` where the current folder is gone; `ErrorKind::Config` where this machine has more values
    /// of secrets than can be masked.
    pub(crate) fn runner(&self) -> Result<Runner, CliError> {
        let here = current_folder()?;
        let root = self.path(&here).filter(|path| fs::is_there(path)).map_or(here, |path| folder_of(&path));
        let (_, runner) = self.runner_in(&root, &[], &CONTRACT_SECRETS.map(str::to_owned))?;
        Ok(runner)
    }

    /// The path of taskflow.toml: as given, or the nearest one.
    fn path(&self, here: &Path) -> Option<PathBuf> {
        match &self.file {
            Some(path) => Some(here.join(path)),
            None => fs::find_upwards(here, config::FILE_NAME),
        }
    }

    /// Looks for the values of these secrets, and masks them in all output from now on.
    fn runner_in(
        &self,
        root: &Path,
        folders: &[&str],
        names: &[String],
    ) -> Result<(Vec<KnownValue>, Runner), CliError> {
        let known = known_values::values(self.ui, root, folders, names)?;
        let values = masking::of_known(&known);
        ui::keep(values.clone());
        Ok((known, runner::below(root).hiding(&values).withholding(environment::matching(names))))
    }
}

fn current_folder() -> Result<PathBuf, CliError> {
    environment::current_dir().map_err(|error| {
        CliError::new(ErrorKind::Environment, Problem::new(format!("the current folder is gone: {error}")))
    })
}

fn folder_of(path: &Path) -> PathBuf {
    path.parent().unwrap_or(Path::new("/")).to_path_buf()
}

fn no_config(here: &Path) -> CliError {
    let problem = Problem::new(format!("no `{}` in `{}` or any folder above it", config::FILE_NAME, shown_path(here)))
        .hint("run the command inside the repository, or pass `--config FILE`");
    CliError::new(ErrorKind::Config, problem)
}

impl Project {
    /// Decides what is a secret.
    ///
    /// # Errors
    ///
    /// `ErrorKind::Internal` where this machine has too many values of secrets.
    pub(crate) fn detector(&self) -> Result<Detector, CliError> {
        let scanner = Scanner::new(self.known.clone())
            .map_err(|error| CliError::internal(&format!("cannot look for this many secrets: {error}")))?;
        Ok(Detector::new(&self.config.secrets, scanner))
    }

    /// What is known of layers that were searched before.
    pub(crate) fn verdicts(&self) -> Verdicts {
        Verdicts::open(&self.root.join("target/xtask/secrets"), &self.config.secrets, &self.known)
    }

    /// The components of these names, or all without any.
    ///
    /// # Errors
    ///
    /// `ErrorKind::Usage` for an unknown name.
    pub(crate) fn select(&self, names: &[String]) -> Result<Vec<&Component>, CliError> {
        self.config.select(names).map_err(|problem| CliError::new(ErrorKind::Usage, problem))
    }

    /// The components of these names, or all without any, with their paths checked.
    ///
    /// # Errors
    ///
    /// `ErrorKind::Usage` for an unknown name; `ErrorKind::Config` for a context or a Dockerfile that cannot be used.
    pub(crate) fn components(&self, names: &[String]) -> Result<Vec<&Component>, CliError> {
        let components = self.select(names)?;
        let check = |component: &&Component| {
            let context = fs::path_facts(&self.root, &component.context);
            let dockerfile = fs::path_facts(&self.root, &component.dockerfile);
            self.config.path_problems(component, context, dockerfile)
        };
        let problems: Vec<Problem> = components.iter().flat_map(check).collect();
        if problems.is_empty() { Ok(components) } else { Err(CliError::all(ErrorKind::Config, problems)) }
    }

    /// The component that an image belongs to, by the image's repository.
    pub(crate) fn component_of(&self, reference: &str) -> Option<&str> {
        let is_of = |component: &&Component| {
            let rest = reference.strip_prefix(component.repository.to_string().as_str());
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with([':', '@']))
        };
        self.config.components.iter().find(is_of).map(|component| component.name.as_str())
    }

    /// The image that a component's Dockerfile builds on, as far as it can be read.
    pub(crate) fn base_of(&self, name: &str) -> Option<String> {
        let component = self.config.components.iter().find(|component| component.name.as_str() == name)?;
        let text = self.dockerfile(component).ok()?;
        dockerfile::read(&text, component.target.as_deref(), &component.overridden_args(&[])).ok()?.final_base
    }

    /// The text of a component's Dockerfile. Bytes that are not UTF-8 may stand in a comment.
    ///
    /// # Errors
    ///
    /// `ErrorKind::Config` where the file cannot be read, or is in an encoding that the builder does not read.
    pub(crate) fn dockerfile(&self, component: &Component) -> Result<String, CliError> {
        let text = text_files::read(&component.dockerfile, &self.root.join(&component.dockerfile), "the builder")?;
        Ok(replaced(&text).into_owned())
    }
}
