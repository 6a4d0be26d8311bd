//! Asks everything that can be asked at the same time, because the connection to a node takes longer than everything
//! else.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use process::{RunError, signals};

use super::engine_images::{EngineImages, on_engine};
use super::export::exporting;
use super::interruption::before_the_load;
use super::pods::EarlyQuestion;
use super::progress::watched;
use super::session::LoadOptions;
use crate::context::Project;
use crate::domain::config::Component;
use crate::domain::image::ImageReference;
use crate::domain::minikube::client::ClientVersion;
use crate::domain::minikube::events::LoadEvents;
use crate::domain::minikube::images::{WantedImage, unique_ids};
use crate::domain::minikube::listing::ListedImage;
use crate::domain::minikube::memory::Memory;
use crate::domain::minikube::profile::{DEFAULT_PROFILE, Profile, Runtime, is_profile_name};
use crate::domain::minikube::{limits, manifests, preflight};
use crate::domain::problem::Problem;
use crate::domain::tagging::TagRequest;
use crate::domain::text::total;
use crate::effects::docker::EngineError;
use crate::effects::manifests::{YamlFiles, yaml_files};
use crate::effects::minikube::Client;
use crate::effects::minikube::export::{Export, ExportError, export};
use crate::effects::minikube::workplace::{Workplace, WorkplaceError};
use crate::effects::threads::joined;
use crate::effects::tool::ToolError;
use crate::effects::{environment, kubectl};
use crate::error::{CliError, ErrorKind};
use crate::workflows::tag::state_and_tag;
use shown::shown_path;

/// The facts that are known before decisions about the nodes. They are never changed.
pub(super) struct Facts {
    pub(super) version: Option<ClientVersion>,
    pub(super) profile: Profile,
    pub(super) runtime: Runtime,
    pub(super) wanted: Vec<WantedImage>,
    /// The images that the client lists, of all nodes together; none if it did not answer.
    pub(super) listed: Option<Vec<ListedImage>>,
    /// The problems of the repository's manifests.
    pub(super) manifest_problems: Vec<Problem>,
    /// YAML files that are too large to be checked.
    pub(super) manifests_not_checked: Vec<String>,
    /// The problems that prevent a load so far.
    pub(super) problems: Vec<Problem>,
}

/// Work that was begun early, for a later phase.
pub(super) struct Begun {
    /// An export, if an image seemed to be new.
    pub(super) export: Option<Result<Export, ExportError>>,
    /// The question about pods, if no image seemed to be new.
    pub(super) pods: Option<EarlyQuestion>,
}

/// The results of the first phase.
pub(super) struct Gathered {
    pub(super) facts: Facts,
    pub(super) begun: Begun,
    pub(super) workplace: Workplace,
    /// The facts that earlier runs recorded.
    pub(super) memory: Memory,
}

/// Asks everything; a second time, if the client uses another profile than the one that was tried first.
pub(super) fn gather(
    project: &Project,
    client: &Client<'_>,
    options: &LoadOptions,
    events: &dyn LoadEvents,
) -> Result<Gathered, CliError> {
    let components = project.select(&options.components)?;
    let (_, tag) = state_and_tag(project, TagRequest::default())?;
    tag.notes.iter().for_each(|note| events.note(note));
    let named: Vec<(&Component, ImageReference)> =
        components.iter().map(|component| (*component, component.reference(tag.tag.clone()))).collect();
    let of_variable = || environment::shown("MINIKUBE_PROFILE");
    let mut chosen = options.profile.clone().or_else(of_variable).or_else(|| project.config.minikube_profile.clone());
    let questions = Questions { project, client, options, events, named: &named };
    loop {
        match questions.ask(chosen.as_deref().unwrap_or(DEFAULT_PROFILE), chosen.is_some())? {
            Asked::Gathered(gathered) => return Ok(*gathered),
            Asked::Instead(name) => chosen = Some(name),
        }
    }
}

/// The result of a round of questions.
enum Asked {
    Gathered(Box<Gathered>),
    /// The client uses the profile with this name by default.
    Instead(String),
}

/// The input that all rounds of questions share.
struct Questions<'a> {
    project: &'a Project,
    client: &'a Client<'a>,
    options: &'a LoadOptions,
    events: &'a dyn LoadEvents,
    named: &'a [(&'a Component, ImageReference)],
}

/// The answers to questions that were asked at the same time.
struct Answers {
    version: Result<ClientVersion, ToolError>,
    profiles: Result<Vec<Profile>, ToolError>,
    listed: Result<Vec<ListedImage>, ToolError>,
    engine: Result<EngineImages, EngineError>,
    yaml: YamlFiles,
    begun: Begun,
}

impl Questions<'_> {
    fn ask(&self, name: &str, is_chosen: bool) -> Result<Asked, CliError> {
        let workplace = workplace(self.project, name, self.options.dry_run)?;
        let memory = workplace.memory();
        let active = environment::shown("MINIKUBE_ACTIVE_DOCKERD");
        let answers = self.answers(name, is_chosen, active.is_none(), &workplace, &memory);
        if let Some(signal) = signals::received() {
            return Err(before_the_load(signal));
        }
        let mut problems: Vec<Problem> =
            active.iter().map(|profile| preflight::refuse_active_engine(profile)).collect();
        let engine = answers.engine.unwrap_or_else(|error| {
            problems.extend(CliError::from(error).problems);
            EngineImages::default()
        });
        problems.extend(engine.missing);
        // A client that does not print its version may work nevertheless.
        let version = answers.version.ok();
        problems.extend(version.as_ref().and_then(ClientVersion::too_old));
        let (profile, runtime) = match profile_of(answers.profiles, name, is_chosen) {
            ProfileChoice::This(profile, runtime) => (profile, runtime),
            ProfileChoice::Other(name) => return Ok(Asked::Instead(name)),
            ProfileChoice::Unusable(problem) => {
                problems.push(*problem);
                return Err(CliError::all(ErrorKind::Environment, problems));
            }
        };
        let references: Vec<ImageReference> = engine.wanted.iter().map(|wanted| wanted.reference.clone()).collect();
        let manifest_problems =
            answers.yaml.read.iter().flat_map(|(file, text)| manifests::check(file, text, &references)).collect();
        let (listed, wanted) = (answers.listed.ok(), engine.wanted);
        let facts = Facts {
            version,
            profile,
            runtime,
            wanted,
            listed,
            manifest_problems,
            manifests_not_checked: answers.yaml.too_large,
            problems,
        };
        Ok(Asked::Gathered(Box::new(Gathered { facts, begun: answers.begun, workplace, memory })))
    }

    fn answers(
        &self,
        name: &str,
        is_chosen: bool,
        asks_engine: bool,
        workplace: &Workplace,
        memory: &Memory,
    ) -> Answers {
        let Self { project, client, options, events, named } = *self;
        let (written, unneeded) = (AtomicU64::new(0), AtomicBool::new(false));
        std::thread::scope(|scope| {
            let version = scope.spawn(|| client.version());
            let profiles = scope.spawn(|| client.profiles());
            let listed = scope.spawn(|| client.images(name));
            let yaml = scope.spawn(|| yaml_files(&project.root));
            let engine = if asks_engine { on_engine(project, options, named) } else { Ok(EngineImages::default()) };
            // An export takes as long as an answer of the node, so it starts before that answer if an image is new.
            let new = match &engine {
                Ok(found) if found.missing.is_empty() => memory.may_be_missing(&found.wanted),
                _ => Vec::new(),
            };
            let pods = (new.is_empty() && !options.dry_run && engine.is_ok()).then(|| {
                let (runner, name) = (project.runner.clone(), name.to_owned());
                let limit = client.limits().or(limits::CLUSTER);
                std::thread::spawn(move || kubectl::pods(&runner, &name, limit))
            });
            let bytes = total(new.iter().map(|wanted| wanted.image.least_bytes));
            let (ids, path) = (unique_ids(new), workplace.export());
            let export = (!ids.is_empty() && !options.dry_run).then(|| {
                let (written, unneeded) = (&written, &unneeded);
                scope.spawn(move || export(&project.runner, &ids, Some(&path), written, unneeded))
            });
            let (profiles, listed) = (joined(profiles), joined(listed));
            let is_useless = |profiles: &Vec<Profile>| instead(profiles, name, is_chosen).is_some();
            if listed.is_err() || profiles.as_ref().map_or(true, is_useless) {
                unneeded.store(true, Ordering::SeqCst);
            }
            let export = export.map(|export| watched(events, exporting(bytes), &written, export));
            // An export that was given up says nothing about the engine.
            let export = export.filter(|made| made.is_ok() || !unneeded.load(Ordering::SeqCst));
            let (version, yaml) = (joined(version), joined(yaml));
            Answers { version, profiles, listed, engine, yaml, begun: Begun { export, pods } }
        })
    }
}

/// Returns the workplace of a profile.
fn workplace(project: &Project, profile: &str, dry_run: bool) -> Result<Workplace, CliError> {
    if !is_profile_name(profile) {
        let problem = Problem::new(format!("`{profile}` is not the name of a minikube profile"));
        return Err(CliError::new(
            ErrorKind::Usage,
            problem.hint("see the names with `minikube profile list`, and choose one with `--profile NAME`"),
        ));
    }
    if dry_run {
        return Ok(Workplace::look(&project.home, &project.config.project, profile));
    }
    Ok(Workplace::open(&project.home, &project.config.project, profile)?)
}

/// The error of a workplace that cannot be used.
impl From<WorkplaceError> for CliError {
    fn from(error: WorkplaceError) -> Self {
        let problem = match &error {
            WorkplaceError::Busy(_) => {
                Problem::new(error.to_string()).hint("wait until it has ended, and run the command again")
            }
            WorkplaceError::Io { folder, source } => {
                Problem::new(format!("cannot write to `{}`", shown_path(folder))).cause(source.to_string())
            }
        };
        Self::new(ErrorKind::Environment, problem)
    }
}

/// Returns the client's default profile, if none was chosen and it is not this one.
fn instead<'a>(profiles: &'a [Profile], name: &str, is_chosen: bool) -> Option<&'a str> {
    let active = profiles.iter().find(|profile| profile.active).map(|profile| profile.name.as_str());
    active.filter(|active| !is_chosen && *active != name)
}

/// Which profile is used, according to the client.
enum ProfileChoice {
    This(Profile, Runtime),
    /// Another profile is the default.
    Other(String),
    Unusable(Box<Problem>),
}

fn profile_of(profiles: Result<Vec<Profile>, ToolError>, name: &str, is_chosen: bool) -> ProfileChoice {
    let profiles = match profiles {
        Ok(profiles) => profiles,
        Err(error) => {
            return ProfileChoice::Unusable(Box::new(match error {
                ToolError::Run(RunError::NotFound(_)) => preflight::missing_client(),
                ToolError::Refused { call, words } => preflight::unreadable(&call, &words),
                ToolError::Run(error) => preflight::silent_client(&error.to_string()),
            }));
        }
    };
    if let Some(active) = instead(&profiles, name, is_chosen) {
        return ProfileChoice::Other(active.to_owned());
    }
    match preflight::choose(&profiles, name) {
        Ok((profile, runtime)) => ProfileChoice::This(profile.clone(), runtime),
        Err(problem) => ProfileChoice::Unusable(Box::new(problem)),
    }
}
