//! One file a command: gather facts, decide in the domain, show, do.

mod bootstrap;
mod build;
mod known_values;
mod minikube;
mod repository;
mod secrets;
mod tags;
mod test;
mod text_files;
mod tool_errors;

use std::panic::resume_unwind;
use std::path::{Path, PathBuf};
use std::thread::ScopedJoinHandle;

use process::{Runner, signals};
use serde::Serialize;

use crate::cli::{Cli, Command, Global, SecretsCommand};
use crate::domain::config::{self, Component, Config};
use crate::domain::name::CONTRACT_SECRETS;
use crate::domain::problem::Problem;
use crate::domain::secrets::{Detector, KnownValue, Scanner};
use crate::domain::text::{replaced, shown_path, ticked_list};
use crate::domain::{dockerfile, masking};
use crate::effects::verdicts::Verdicts;
use crate::effects::{environment, fs, known, runner};
use crate::error::{CliError, ErrorKind};
use crate::ui::{self, Ui, json, style};
use tool_errors::{engine_error, run_error};

/// A command's result for `--json`, with the error if there was one.
struct Ending<T> {
    result: Option<T>,
    error: Option<CliError>,
}

/// What every command works with.
struct Context {
    /// The folder we were started in.
    here: PathBuf,
    root: PathBuf,
    config: Config,
    runner: Runner,
    ui: Ui,
    /// The values of declared secrets on this machine.
    known: Vec<KnownValue>,
}

/// Runs a command and says how it ended; returns the exit code.
pub fn run(cli: &Cli) -> u8 {
    style::decide(cli.global.color);
    let ui = Ui { json: cli.global.json, quiet: cli.global.quiet, verbose: cli.global.verbose };
    let started = signals::listen().map_err(|error| internal(&format!("cannot listen to signals: {error}")));
    let name = cli.command.name();
    // The list of rules is the remedy for some mistakes in taskflow.toml, so it does not need that file.
    if let (Ok(()), Command::Secrets(SecretsCommand::Rules)) = (&started, &cli.command) {
        return finish(ui, name, secrets::rules::run(ui));
    }
    let context = started.and_then(|()| load(&cli.global, ui));
    let code = match (&context, &cli.command) {
        (Err(error), _) => finish(ui, name, Ending::<()> { result: None, error: Some(error.clone()) }),
        (Ok(context), Command::Build(args)) => finish(ui, name, build::run(context, args)),
        (Ok(context), Command::Tags(args)) => finish(ui, name, tags::run(context, args)),
        (Ok(context), Command::Bootstrap(args)) => finish(ui, name, bootstrap::run(context, args)),
        (Ok(context), Command::Secrets(SecretsCommand::Scan(args))) => {
            finish(ui, name, secrets::scan::run(context, args))
        }
        (Ok(context), Command::Secrets(SecretsCommand::Rules)) => finish(ui, name, secrets::rules::run(context.ui)),
        (Ok(context), Command::MinikubeLoad(args)) => finish(ui, name, minikube::run(context, args)),
        (Ok(context), Command::Test(args)) => finish(ui, name, test::run(context, args)),
    };
    // A question that was asked in advance may still have no answer.
    signals::end_children();
    code
}

/// Keeps the contract's secrets of the environment out of whatever is said, before anything is read that could be wrong.
pub fn keep_secrets() {
    let names = CONTRACT_SECRETS.map(str::to_owned);
    let known: Vec<KnownValue> =
        known::in_environment(&names).iter().filter_map(|(name, value)| KnownValue::new(name, value)).collect();
    ui::keep(masking::of_known(&known));
}

/// The end after clap has told what is wrong with the arguments: its words again where a document was asked for.
pub fn usage_error(told: &str) -> u8 {
    if environment::wants_json() {
        let first = told.lines().next().unwrap_or_default();
        let tips = told.lines().filter_map(|line| line.strip_prefix("  tip: "));
        let problem = Problem::new(first.trim_start_matches("error: "));
        let error = CliError::new(ErrorKind::Usage, tips.fold(problem, Problem::hint));
        let ui = Ui { json: true, quiet: true, verbose: false };
        ui.document(&json::document::<()>("xtask", None, Some(&error)));
    }
    ErrorKind::Usage.exit_code()
}

fn finish<T: Serialize>(ui: Ui, command: &str, ending: Ending<T>) -> u8 {
    if let Some(error) = &ending.error {
        ui.errors(&error.problems);
    }
    if ui.json {
        ui.document(&json::document(command, ending.result, ending.error.as_ref()));
    }
    ending.error.map_or(0, |error| error.kind.exit_code())
}

impl<T> From<CliError> for Ending<T> {
    fn from(error: CliError) -> Self {
        Self { result: None, error: Some(error) }
    }
}

/// Finds and reads taskflow.toml.
fn load(global: &Global, ui: Ui) -> Result<Context, CliError> {
    let here = environment::current_dir()
        .map_err(|error| environment_error(&format!("the current folder is gone: {error}")))?;
    let path = match &global.config {
        Some(path) => here.join(path),
        None => fs::find_upwards(&here, config::FILE_NAME).ok_or_else(|| no_config(&here))?,
    };
    // As it was given, or the name that everybody knows.
    let shown = global.config.as_ref().map_or(config::FILE_NAME.to_owned(), shown_path);
    let text = text_files::configuration(&shown, &path)?;
    let config = config::parse(&shown, &text).map_err(|problems| CliError::all(ErrorKind::Config, problems))?;
    let root = path.parent().unwrap_or(Path::new("/")).to_path_buf();
    // What a step may read while it runs is as secret as what is declared.
    let for_builds = config.components.iter().flat_map(|component| &component.build_secrets);
    let mut names = config.secrets.clone();
    names.extend(for_builds.map(|secret| secret.variable.to_string()));
    let known = known_values::values(ui, &root, &config, &names)?;
    let known_values = masking::of_known(&known);
    ui::keep(known_values.clone());
    let runner = runner::below(&root).hiding(&known_values).withholding(environment::matching(&names));
    Ok(Context { here, root, config, runner, ui, known })
}

fn no_config(here: &Path) -> CliError {
    let problem = Problem::new(format!("no `{}` in `{}` or any folder above it", config::FILE_NAME, shown_path(here)))
        .hint("run the command inside the repository, or pass `--config FILE`");
    CliError::new(ErrorKind::Config, problem)
}

impl Context {
    /// Who decides what is a secret.
    fn detector(&self) -> Result<Detector, CliError> {
        let scanner = Scanner::new(self.known.clone());
        let scanner = scanner.map_err(|error| internal(&format!("cannot look for this many secrets: {error}")))?;
        Ok(Detector::new(&self.config.secrets, scanner))
    }

    /// What is known of layers that were searched before.
    fn verdicts(&self) -> Verdicts {
        Verdicts::open(&self.root.join("target/xtask/secrets"), &self.config.secrets, &self.known)
    }

    /// The components that were asked for, with their paths checked.
    fn components(&self, names: &[String]) -> Result<Vec<&Component>, CliError> {
        let components = self.config.select(names).map_err(|problem| CliError::new(ErrorKind::Usage, problem))?;
        let check = |component: &&Component| {
            let context = fs::path_facts(&self.root, &component.context);
            let dockerfile = fs::path_facts(&self.root, &component.dockerfile);
            self.config.path_problems(component, context, dockerfile)
        };
        let problems: Vec<Problem> = components.iter().flat_map(check).collect();
        if problems.is_empty() { Ok(components) } else { Err(CliError::all(ErrorKind::Config, problems)) }
    }

    /// The component that an image belongs to, by the image's repository.
    fn component_of(&self, reference: &str) -> Option<&str> {
        let is_of = |component: &&Component| {
            let rest = reference.strip_prefix(component.repository.to_string().as_str());
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with([':', '@']))
        };
        self.config.components.iter().find(is_of).map(|component| component.name.as_str())
    }

    /// The image that a component's Dockerfile builds on, as far as it can be read.
    fn base_of(&self, name: &str) -> Option<String> {
        let component = self.config.components.iter().find(|component| component.name.as_str() == name)?;
        let text = self.dockerfile(component).ok()?;
        dockerfile::read(&text, component.target.as_deref(), &component.overridden_args(&[])).ok()?.final_base
    }

    /// The text of a component's Dockerfile. Bytes that are not UTF-8 may stand in a comment.
    fn dockerfile(&self, component: &Component) -> Result<String, CliError> {
        let text = text_files::read(&component.dockerfile, &self.root.join(&component.dockerfile), "the builder")?;
        Ok(replaced(&text).into_owned())
    }
}

fn internal(message: &str) -> CliError {
    CliError::new(ErrorKind::Internal, Problem::new(message))
}

fn environment_error(message: &str) -> CliError {
    CliError::new(ErrorKind::Environment, Problem::new(message))
}

/// What a thread made; its panic is ours.
fn joined<T>(handle: ScopedJoinHandle<'_, T>) -> T {
    handle.join().unwrap_or_else(|panic| resume_unwind(panic))
}

/// Says once a run which base images are stand-ins.
fn warn_of_stand_ins(ui: Ui, names: &[&str]) {
    if !names.is_empty() {
        let what = if names.len() == 1 {
            "is a stand-in made from packages, not the official image"
        } else {
            "are stand-ins made from packages, not the official images"
        };
        ui.warning(&format!("{} {what}", ticked_list(names)));
    }
}
