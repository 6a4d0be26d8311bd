//! What every command starts with (`Context`), and the project that it works on (`Project`).
//!
//! taskflow.toml is read only when a command asks for the project, so commands that need no project work without a
//! valid file.

mod known_values;
pub(crate) mod text_files;

use std::path::{Path, PathBuf};

use process::Runner;

use crate::domain::config::{self, Component, Config};
use crate::domain::masking;
use crate::domain::name::CONTRACT_SECRETS;
use crate::domain::problem::Problem;
use crate::domain::repository_state::RepositoryState;
use crate::domain::tagging::TagDecision;
use crate::effects::verdicts::Verdicts;
use crate::effects::{environment, fs, known, runner};
use crate::error::{CliError, ErrorKind};
use crate::ui::{self, Ui};
use secretscan::{Detector, KnownValue, Scanner};
use shown::replaced;
use shown::shown_path;

/// The common input of all commands.
#[derive(Clone, Debug)]
pub(crate) struct Context {
    /// How the command prints its messages.
    pub(crate) ui: Ui,
    /// The file from `--config`, if given.
    file: Option<PathBuf>,
}

/// A repository with a valid taskflow.toml.
#[derive(Debug)]
pub(crate) struct Project {
    /// The working folder of the process.
    pub(crate) here: PathBuf,
    /// The folder with taskflow.toml.
    pub(crate) root: PathBuf,
    /// The folder below which caches and logs are: the root, or for an exported commit that of the working tree.
    pub(crate) home: PathBuf,
    /// The contents of taskflow.toml.
    pub(crate) config: Config,
    /// Runs other programs in `root`.
    pub(crate) runner: Runner,
    /// The values of declared secrets on this machine.
    known: Vec<KnownValue>,
    /// The state of git and the tag of an exported commit; none for a working tree, whose state is read.
    pub(crate) exported: Option<(RepositoryState, TagDecision)>,
}

/// Masks the values of the contract's secrets in all output. Called first, so that even errors of the start are masked.
pub fn keep_secrets() {
    let names = CONTRACT_SECRETS.map(str::to_owned);
    ui::keep(masking::of_known(&known_values::of(&known::in_environment(&names))));
}

impl Context {
    /// Makes a context; `file` is the file from `--config`, if given.
    pub(crate) fn new(ui: Ui, file: Option<PathBuf>) -> Self {
        Self { ui, file }
    }

    /// Finds and reads taskflow.toml.
    ///
    /// # Errors
    ///
    /// `ErrorKind::Config` if there is no taskflow.toml, or it is not valid; `ErrorKind::Environment` if the current
    /// folder was removed.
    pub(crate) fn project(&self) -> Result<Project, CliError> {
        let here = current_folder()?;
        let path = self.path(&here).ok_or_else(|| no_config(&here))?;
        let shown = self.file.as_ref().map_or(config::FILE_NAME.to_owned(), shown_path);
        let text = text_files::configuration(&shown, &path)?;
        let config = config::parse(&shown, &text).map_err(|problems| CliError::all(ErrorKind::Config, problems))?;
        let root = folder_of(&path);
        // Secrets that build steps may mount are as secret as declared ones.
        let for_builds = config.components.iter().flat_map(|component| &component.build_secrets);
        let mut names = config.secrets.clone();
        names.extend(for_builds.map(|secret| secret.variable.to_string()));
        let folders: Vec<&str> = config.components.iter().map(|component| component.context.as_str()).collect();
        let (known, runner) = self.runner_in(&root, &folders, &names)?;
        Ok(Project { here, home: root.clone(), root, config, runner, known, exported: None })
    }

    /// Returns a runner for commands without a project, in the folder of taskflow.toml or in the current one. It masks
    /// only the contract's secrets, as no others are known.
    ///
    /// # Errors
    ///
    /// `ErrorKind::Environment` if the current folder was removed; `ErrorKind::Config` if this machine has more values
    /// of secrets than can be masked.
    pub(crate) fn runner(&self) -> Result<Runner, CliError> {
        let here = current_folder()?;
        let root = self.path(&here).filter(|path| fs::is_there(path)).map_or(here, |path| folder_of(&path));
        let (_, runner) = self.runner_in(&root, &[], &CONTRACT_SECRETS.map(str::to_owned))?;
        Ok(runner)
    }

    /// Returns the path of taskflow.toml: as given, or in the nearest folder.
    fn path(&self, here: &Path) -> Option<PathBuf> {
        match &self.file {
            Some(path) => Some(here.join(path)),
            None => fs::find_upwards(here, config::FILE_NAME),
        }
    }

    /// Collects the values of these secrets, and masks them in all output from now on.
    fn runner_in(
        &self,
        root: &Path,
        folders: &[&str],
        names: &[String],
    ) -> Result<(Vec<KnownValue>, Runner), CliError> {
        let known = known_values::values(self.ui, root, folders, names)?;
        let values = masking::of_known(&known);
        ui::keep(values.clone());
        Ok((known, runner::below(root).hiding(&values).withholding(environment::declared(names).map(|(name, _)| name))))
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
    /// Returns the project of a commit that was exported to a folder. Its images get this tag.
    ///
    /// # Errors
    ///
    /// `ErrorKind::Config` if the commit has no taskflow.toml, or it is not valid.
    pub(crate) fn exported(&self, root: &Path, state: RepositoryState, tag: TagDecision) -> Result<Self, CliError> {
        let shown = &self.config.file;
        let text = text_files::configuration(shown, &root.join(self.config.file_from_root()))?;
        let config = config::parse(shown, &text).map_err(|problems| CliError::all(ErrorKind::Config, problems))?;
        Ok(Self {
            here: self.here.clone(),
            root: root.to_path_buf(),
            home: self.home.clone(),
            config,
            runner: self.runner.clone().in_root(root),
            known: self.known.clone(),
            exported: Some((state, tag)),
        })
    }

    /// Makes the detector of secrets.
    pub(crate) fn detector(&self) -> Detector {
        Detector::new(&self.config.secrets, Scanner::new(self.known.clone()))
    }

    /// Returns the cache of verdicts on image layers.
    pub(crate) fn verdicts(&self) -> Verdicts {
        Verdicts::open(&self.home.join("target/xtask/secrets"), &self.config.secrets, &self.known)
    }

    /// Returns the components with these names, or all if there are none.
    ///
    /// # Errors
    ///
    /// `ErrorKind::Usage` for an unknown name.
    pub(crate) fn select(&self, names: &[String]) -> Result<Vec<&Component>, CliError> {
        self.config.select(names).map_err(|problem| CliError::new(ErrorKind::Usage, problem))
    }

    /// Returns the components with these names, or all if there are none, and checks their paths.
    ///
    /// # Errors
    ///
    /// `ErrorKind::Usage` for an unknown name; `ErrorKind::Config` for a build context or a Dockerfile that cannot be
    /// used.
    pub(crate) fn components(&self, names: &[String]) -> Result<Vec<&Component>, CliError> {
        let components = self.select(names)?;
        let facts = fs::path_facts(&self.root);
        let check = |component: &&Component| {
            self.config.path_problems(component, facts(&component.context), facts(&component.dockerfile))
        };
        let problems: Vec<Problem> = components.iter().flat_map(check).collect();
        if problems.is_empty() { Ok(components) } else { Err(CliError::all(ErrorKind::Config, problems)) }
    }

    /// Returns the component that an image belongs to, by its repository; none for other images.
    pub(crate) fn component_of(&self, reference: &str) -> Option<&str> {
        let is_of = |component: &&Component| {
            let rest = reference.strip_prefix(component.repository.to_string().as_str());
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with([':', '@']))
        };
        self.config.components.iter().find(is_of).map(|component| component.name.as_str())
    }

    /// Returns the base image in the Dockerfile of a component; none if it is not known.
    pub(crate) fn base_of(&self, name: &str) -> Option<String> {
        let component = self.config.components.iter().find(|component| component.name.as_str() == name)?;
        let text = self.dockerfile(component).ok()?;
        dockerfile::read(&text, component.target.as_deref(), &component.overridden_args(&[])).ok()?.final_base
    }

    /// Returns the text of a component's Dockerfile. Bytes in comments need not be UTF-8.
    ///
    /// # Errors
    ///
    /// `ErrorKind::Config` if the file cannot be read, or has an encoding that builders do not read.
    pub(crate) fn dockerfile(&self, component: &Component) -> Result<String, CliError> {
        let text = text_files::read(&component.dockerfile, &self.root.join(&component.dockerfile), "the builder")?;
        Ok(replaced(&text).into_owned())
    }
}
