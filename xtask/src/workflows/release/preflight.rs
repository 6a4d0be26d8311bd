//! The preflight: gathers all facts, and changes nothing.

use shown::printable;

use super::attest;
use super::commit::{ContractLines, ReleaseFiles, release_files};
use super::options::{Mode, ReleaseOptions};
use crate::context::Project;
use crate::domain::image::Reference;
use crate::domain::minikube::preflight::choose;
use crate::domain::minikube::profile::DEFAULT_PROFILE;
use crate::domain::problem::Problem;
use crate::domain::registry::RegistryTools;
use crate::domain::release::git_words::reason;
use crate::domain::release::preflight::{
    BaseFact, GitFacts, Line, RemoteFacts, TakenName, Trial, bases_line, git_lines, names_line, remote_lines,
};
use crate::domain::repository_state::{Head, RepositoryState};
use crate::domain::tagging::default_branch;
use crate::domain::text::{count, ticked_list};
use crate::effects::git::write::{GitWriter, WriteError};
use crate::effects::minikube::Client;
use crate::effects::release::journal_folder::JournalFolder;
use crate::effects::tool::ToolError;
use crate::effects::{clock, docker, environment, registry};
use crate::error::{CliError, ErrorKind};
use crate::workflows::check::{self, Rules, counts};

/// What the preflight is about.
pub(super) struct Subject<'a> {
    pub(super) project: &'a Project,
    pub(super) git: &'a GitWriter<'a>,
    pub(super) folder: &'a JournalFolder,
    pub(super) options: &'a ReleaseOptions,
    pub(super) state: &'a RepositoryState,
    /// The name of the tag to make.
    pub(super) tag: &'a str,
    /// The commit of the release before.
    pub(super) previous: Option<&'a str>,
    /// The remote to push to, or to ask; none if there is none.
    pub(super) remote: Option<&'a str>,
    /// Whether git and images are pushed.
    pub(super) push: bool,
    /// Whether images are loaded into Minikube.
    pub(super) minikube: bool,
    /// What the changelog says about the contract.
    pub(super) contract: ContractLines<'a>,
}

impl Subject<'_> {
    /// Returns all lines, and the Minikube profile to load into.
    ///
    /// # Errors
    ///
    /// A signal, or a program that is missing.
    pub(super) fn lines(&self) -> Result<(Vec<Line>, Option<String>), CliError> {
        let commit = self.state.commit.as_ref().map(|commit| commit.id.as_str());
        let mut lines = git_lines(&GitFacts {
            state: self.state,
            version: self.options.version,
            tag: self.tag,
            settings: &self.project.config.release,
            default_branch: &String::from_utf8_lossy(default_branch(&self.project.config.tags, self.state)),
            identity: self.git.identity_problem()?,
            signature: self.signature(commit)?,
        });
        lines.extend(self.remote_lines(commit)?);
        lines.push(self.files(commit)?);
        lines.push(self.check()?);
        lines.extend(self.engine_lines()?);
        lines.extend(self.registry_lines()?);
        lines.push(attest::line(self.project, self.push)?);
        lines.push(self.signer());
        let (line, profile) = self.minikube()?;
        lines.push(line);
        Ok((lines, profile))
    }

    fn is_dry_run(&self) -> bool {
        self.options.mode == Mode::DryRun
    }

    /// Tries to sign, if git is set to.
    fn signature(&self, commit: Option<&str>) -> Result<Trial, CliError> {
        let asked = self.git.setting("commit.gpgSign")? || self.git.setting("tag.gpgSign")?;
        let Some(commit) = commit.filter(|_| asked) else { return Ok(Trial::NotAsked) };
        if self.is_dry_run() {
            return Ok(Trial::LeftOut("a dry run starts no program of yours"));
        }
        let scratch = self.folder.scratch()?;
        match self.git.signing_problem(commit, &scratch) {
            Ok(None) => Ok(Trial::Works),
            Ok(Some(words)) => Ok(Trial::Fails(words)),
            Err(error) => trial_error(error),
        }
    }

    fn remote_lines(&self, commit: Option<&str>) -> Result<Vec<Line>, CliError> {
        let branch = self.branch();
        let (Some(remote), Some(commit)) = (self.remote, commit) else {
            let push = if self.push { Trial::LeftOut("`git.remote` is refused") } else { Trial::NotAsked };
            return Ok(remote_lines(&RemoteFacts::None, &push, &branch));
        };
        let version = self.options.version;
        let names = [format!("refs/heads/{branch}"), format!("refs/tags/{}", self.tag), format!("refs/tags/{version}")];
        let facts = match self.git.remote_references(remote, &names) {
            Ok(found) => {
                let tags = found.iter().filter_map(|(name, _)| name.strip_prefix("refs/tags/"));
                let head = found.iter().find(|(name, _)| name.starts_with("refs/heads/"));
                let is_ahead = match head {
                    Some((_, theirs)) => !(self.git.has(theirs)? && self.git.is_ancestor(theirs, commit)?),
                    None => false,
                };
                let tags = tags.filter(|name| !name.ends_with("^{}")).map(str::to_owned).collect();
                RemoteFacts::Answers { name: remote.to_owned(), tags, is_ahead }
            }
            Err(WriteError::Tool(ToolError::Refused { words, .. })) => RemoteFacts::Silent(remote.to_owned(), words),
            Err(error) => match trial_error(error)? {
                Trial::Fails(words) => RemoteFacts::Silent(remote.to_owned(), words),
                _ => RemoteFacts::None,
            },
        };
        let answers = matches!(&facts, RemoteFacts::Answers { tags, is_ahead: false, .. } if tags.is_empty());
        let push = match self.push {
            false => Trial::NotAsked,
            true if self.is_dry_run() => Trial::LeftOut("a dry run starts no program of yours"),
            true if !answers => Trial::LeftOut("`git.remote` is refused"),
            true => match self.git.push(remote, &branch, self.tag, (commit, commit), true) {
                Ok(()) => Trial::Works,
                Err(WriteError::Tool(ToolError::Refused { words, .. })) => Trial::Fails(words),
                Err(error) => trial_error(error)?,
            },
        };
        Ok(remote_lines(&facts, &push, &branch))
    }

    /// Returns the name of the branch for display; empty on a detached HEAD.
    fn branch(&self) -> String {
        match &self.state.head {
            Head::Branch(name) => printable(name),
            Head::Detached => String::new(),
        }
    }

    /// Whether the files with the version can be changed, and what the changelog gets.
    fn files(&self, commit: Option<&str>) -> Result<Line, CliError> {
        const NAME: &str = "project.files";
        let Some(commit) = commit else { return Ok(Line::skipped(NAME, "there is no commit")) };
        let found =
            release_files(self.project, self.options.version, (self.previous, commit), clock::now(), self.contract);
        match found {
            Ok(ReleaseFiles { changes, commits, .. }) => {
                let paths: Vec<String> = changes.iter().map(|(path, _)| shown::shown_path(path)).collect();
                let since = format!("commits that touch the components: {commits}");
                let text = match paths.as_slice() {
                    [] => format!(
                        "all files have version {} already, so HEAD is released as it is; {since}",
                        self.options.version
                    ),
                    _ => format!("the release commit changes {}; {since}", ticked_list(&paths)),
                };
                Ok(if commits == 0 && self.previous.is_some() {
                    Line::warning(NAME, text)
                } else {
                    Line::ok(NAME, text)
                })
            }
            Err(error) if error.kind == ErrorKind::Config => Ok(of_problems(NAME, &error)),
            Err(error) => Err(error),
        }
    }

    /// The static check of the contract, and the search for secrets.
    fn check(&self) -> Result<Line, CliError> {
        const NAME: &str = "project.check";
        let judged = self.project.components(&[]).and_then(|components| {
            let detector = self.project.detector();
            check::judge(self.project, &detector, &components, None, Rules { contract: true, inline: true })
        });
        match judged {
            Ok(judged) => {
                let (errors, warnings) = counts(&judged.findings);
                let errors = errors.saturating_add(judged.problems.len());
                if errors > 0 {
                    return Ok(Line::refused(
                        NAME,
                        format!("{} found", count(errors, "error")),
                        "see them with `cargo xtask check`, and mend them",
                    ));
                }
                let text = "Dockerfiles and build contexts pass `cargo xtask check`";
                Ok(match warnings {
                    0 => Line::ok(NAME, text),
                    some => Line::warning(NAME, format!("{text}; {} found", count(some, "warning"))),
                })
            }
            Err(error) if matches!(error.kind, ErrorKind::Interrupted(_)) => Err(error),
            Err(error) => Ok(of_problems(NAME, &error)),
        }
    }

    /// The engine, the images that have names of the release, and the base images.
    fn engine_lines(&self) -> Result<Vec<Line>, CliError> {
        const NAME: &str = "engine";
        let runner = &self.project.runner;
        let facts = match docker::engine_facts(runner) {
            Ok(facts) => facts,
            Err(error) => {
                let error = CliError::from(error);
                if matches!(error.kind, ErrorKind::Interrupted(_)) {
                    return Err(error);
                }
                let line = of_problems(NAME, &error);
                let (names, bases) = ("engine.names", "engine.base-images");
                return Ok(vec![
                    line,
                    Line::skipped(names, "the engine is not known"),
                    Line::skipped(bases, "the engine is not known"),
                ]);
            }
        };
        let version = self.options.version.to_string();
        let components = &self.project.config.components;
        let names: Vec<String> =
            components.iter().map(|component| format!("{}:{version}", component.repository)).collect();
        let mut bases = Vec::new();
        for component in components {
            // What cannot be read is a finding of the check.
            let Ok(text) = self.project.dockerfile(component) else { continue };
            let read = dockerfile::read(&text, component.target.as_deref(), &component.overridden_args(&[]));
            bases.extend(read.map(|facts| facts.base_images).unwrap_or_default());
        }
        let asked: Vec<String> = names.iter().chain(&bases).cloned().collect();
        let found = docker::images(runner, &asked)?;
        let taken = |name: &String| Some(TakenName { reference: name.clone(), id: found.get(name)?.id.clone() });
        let taken: Vec<TakenName> = names.iter().filter_map(taken).collect();
        let base = |name: &String| BaseFact {
            name: name.clone(),
            present: found.contains_key(name),
            stand_in: found.get(name).is_some_and(|image| image.stand_in),
        };
        let bases: Vec<BaseFact> = bases.iter().map(base).collect();
        Ok(vec![
            Line::ok(NAME, format!("engine {}, {}", facts.server_version, facts.builder.describe())),
            names_line(&taken),
            bases_line(&bases, self.options.allow_stand_in),
        ])
    }

    /// What the registry has under the names of the release.
    fn registry_lines(&self) -> Result<Vec<Line>, CliError> {
        const NAME: &str = "registry";
        let settings = &self.project.config.release;
        let Some(prefix) = settings.registry.as_ref().filter(|_| self.push) else {
            let why = if self.push {
                "`registry` under `[release]` is not set"
            } else {
                "images are not pushed without `--push`"
            };
            return Ok(vec![Line::skipped(NAME, why)]);
        };
        let Ok((builder, _)) = docker::builder(&self.project.runner) else {
            return Ok(vec![Line::skipped(NAME, "no docker client")]);
        };
        let tools = RegistryTools::of(&builder);
        let mut lines = Vec::new();
        for component in &self.project.config.components {
            let name = format!("{prefix}/{}:{}", component.repository, self.options.version);
            let Ok(reference) = name.parse::<Reference>() else { continue };
            match registry::digest_of(&self.project.runner, tools, &reference) {
                Ok(None) => lines.push(Line::ok(NAME, format!("`{name}` does not exist yet"))),
                Ok(Some(digest)) => lines.push(Line::warning(
                    NAME,
                    format!("`{name}` already exists as {digest}; the release fails if its image is another one"),
                )),
                Err(error) => {
                    let error = CliError::from(error);
                    if matches!(error.kind, ErrorKind::Interrupted(_)) {
                        return Err(error);
                    }
                    lines.push(of_problems(NAME, &error));
                }
            }
        }
        Ok(lines)
    }

    /// The program that signs images.
    fn signer(&self) -> Line {
        const NAME: &str = "sign";
        let settings = &self.project.config.release;
        let Some(program) = settings.sign.first() else {
            return Line::skipped(NAME, "`sign` under `[release]` is not set");
        };
        if !self.push || settings.registry.is_none() {
            return Line::skipped(NAME, "only images that are pushed to a registry are signed");
        }
        if program.contains('/') || environment::has_program(program) {
            return Line::ok(NAME, format!("`{program}` signs each digest"));
        }
        Line::refused(
            NAME,
            format!("`{program}` is not on PATH"),
            format!("install `{program}`, or correct `sign` under `[release]`"),
        )
    }

    /// The profile to load into, as a load chooses it.
    fn minikube(&self) -> Result<(Line, Option<String>), CliError> {
        const NAME: &str = "minikube";
        if !self.minikube {
            return Ok((Line::skipped(NAME, "images are not loaded without `--minikube`"), None));
        }
        let client = Client::new(&self.project.runner, crate::domain::minikube::limits::Limits::default());
        let profiles = match client.profiles() {
            Ok(profiles) => profiles,
            Err(ToolError::Run(error @ process::RunError::Interrupted(_))) => return Err(error.into()),
            Err(error) => {
                let text = format!("the minikube client gives no answer: {}", error.to_string().trim_end());
                return Ok((Line::refused(NAME, text, "see what `minikube profile list` says"), None));
            }
        };
        let chosen = environment::shown("MINIKUBE_PROFILE").or_else(|| self.project.config.minikube_profile.clone());
        let active = || profiles.iter().find(|profile| profile.active).map(|profile| profile.name.clone());
        let name = chosen.or_else(active).unwrap_or_else(|| DEFAULT_PROFILE.to_owned());
        let line = match choose(&profiles, &name) {
            Ok((_, runtime)) => Line::ok(NAME, format!("profile `{name}` ({})", runtime.name())),
            Err(mut problem) => {
                // `release` has no option for a profile.
                for hint in &mut problem.hints {
                    *hint = hint.replace("with `--profile NAME`", "with the variable `MINIKUBE_PROFILE`");
                }
                of_problems(NAME, &CliError::new(ErrorKind::Environment, problem))
            }
        };
        Ok((line, Some(name)))
    }
}

/// Converts the error of a trial: a program that fails says so in its words, and only a signal ends the preflight.
fn trial_error(error: WriteError) -> Result<Trial, CliError> {
    match error {
        WriteError::Tool(ToolError::Run(error @ process::RunError::Interrupted(_))) => Err(error.into()),
        other => Ok(Trial::Fails(other.to_string())),
    }
}

/// Makes the line of an error: its messages with their causes, and its remedies.
fn of_problems(name: &'static str, error: &CliError) -> Line {
    let said = |problem: &Problem| {
        let causes = problem.causes.iter().map(|cause| reason(cause));
        let text = std::iter::once(problem.message.as_str()).chain(causes).collect::<Vec<_>>().join(": ");
        match problem.place.as_deref().filter(|place| place.line > 0) {
            Some(place) => format!("{}:{}: {text}", place.file, place.line),
            None => text,
        }
    };
    let text: Vec<String> = error.problems.iter().map(said).collect();
    let mut repairs: Vec<String> = error.problems.iter().flat_map(|problem| &problem.hints).cloned().collect();
    repairs.dedup();
    if repairs.is_empty() {
        repairs.push("mend it, and run the command again".to_owned());
    }
    Line { repairs, ..Line::refused(name, text.join("; "), "") }
}
