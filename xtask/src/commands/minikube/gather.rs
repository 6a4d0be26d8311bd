//! Every question that can be asked at once, asked at once: a connection to a node takes longer than all the rest.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::JoinHandle;

use process::signals;

use super::images;
use crate::cli::MinikubeLoadArgs;
use crate::context::Project;
use crate::domain::config::Component;
use crate::domain::events::Events;
use crate::domain::image::ImageReference;
use crate::domain::minikube::client::ClientVersion;
use crate::domain::minikube::listing::ListedImage;
use crate::domain::minikube::manifests;
use crate::domain::minikube::memory::Memory;
use crate::domain::minikube::plan::WantedImage;
use crate::domain::minikube::preflight;
use crate::domain::minikube::profile::{DEFAULT_PROFILE, Profile, Runtime};
use crate::domain::problem::Problem;
use crate::domain::tagging::TagRequest;
use crate::domain::text::total;
use crate::effects::environment;
use crate::effects::kubectl::{self, KubectlError};
use crate::effects::manifests::yaml_files;
use crate::effects::minikube::export::{Export, ExportError, export};
use crate::effects::minikube::workplace::Workplace;
use crate::effects::minikube::{Client, ClientError};
use crate::effects::threads::joined;
use crate::error::{CliError, ErrorKind};
use crate::workflows::tag::state_and_tag;

/// What is known before anything is decided about the nodes.
pub(super) struct Facts {
    pub(super) version: Option<ClientVersion>,
    pub(super) profile: Profile,
    pub(super) runtime: Runtime,
    pub(super) wanted: Vec<WantedImage>,
    /// What the client lists, of all nodes together; otherwise its words.
    pub(super) listed: Result<Vec<ListedImage>, String>,
    /// The same after a load, as the nodes list it.
    pub(super) listed_since: Option<Vec<ListedImage>>,
    /// The pods, asked for in time where it looked as if nothing would be loaded.
    pub(super) pods: Option<JoinHandle<Result<String, KubectlError>>>,
    /// An export that was begun in time, if it looked as if one were needed.
    pub(super) export: Option<Result<Export, ExportError>>,
    yaml: Vec<(String, Vec<u8>)>,
    /// What speaks against a load so far.
    pub(super) problems: Vec<Problem>,
}

impl Facts {
    /// Says what is worth knowing and ends nothing; returns it.
    pub(super) fn warn(&self, project: &Project, memory: &mut Memory) -> Vec<String> {
        let references: Vec<ImageReference> = self.wanted.iter().map(|wanted| wanted.reference.clone()).collect();
        let problems: Vec<Problem> =
            self.yaml.iter().flat_map(|(file, text)| manifests::check(file, text, &references)).collect();
        if !problems.is_empty() {
            project.ui.warnings(&problems);
        }
        // Nobody can do anything about a fault of the newest version, so it is told once.
        if let Some(version) = self.version.as_ref().filter(|version| version.text != memory.told_of) {
            version.faults(self.runtime).iter().for_each(|fault| project.ui.warning(fault));
            memory.told_of.clone_from(&version.text);
        }
        let place = |problem: &Problem| problem.place.as_ref().map(|place| format!(" ({}:{})", place.file, place.line));
        problems.iter().map(|problem| problem.message.clone() + &place(problem).unwrap_or_default()).collect()
    }
}

/// Asks everything; the second time with the profile that the client takes by itself, if that is another one.
pub(super) fn gather(
    project: &Project,
    client: &Client<'_>,
    args: &MinikubeLoadArgs,
) -> Result<(Workplace, Memory, Facts), CliError> {
    let components =
        project.config.select(&args.components).map_err(|problem| CliError::new(ErrorKind::Usage, problem))?;
    let (_, tag) = state_and_tag(project, TagRequest::default())?;
    tag.notes.iter().for_each(|note| project.ui.note(note));
    let references =
        |component: &Component| ImageReference { repository: component.repository.clone(), tag: tag.tag.clone() };
    let named: Vec<(&Component, ImageReference)> =
        components.iter().map(|component| (*component, references(component))).collect();
    let chosen = args.profile.clone().or_else(|| environment::text("MINIKUBE_PROFILE").filter(|name| !name.is_empty()));
    let mut chosen = chosen.or_else(|| project.config.minikube_profile.clone());
    loop {
        match ask(project, client, args, &named, chosen.as_deref())? {
            Asked::Facts(workplace, memory, facts) => return Ok((workplace, memory, *facts)),
            Asked::Instead(name) => chosen = Some(name),
        }
    }
}

enum Asked {
    Facts(Workplace, Memory, Box<Facts>),
    /// Another profile is meant.
    Instead(String),
}

fn ask(
    project: &Project,
    client: &Client<'_>,
    args: &MinikubeLoadArgs,
    named: &[(&Component, ImageReference)],
    chosen: Option<&str>,
) -> Result<Asked, CliError> {
    let name = chosen.unwrap_or(DEFAULT_PROFILE);
    let workplace = images::workplace(project, name, args.dry_run)?;
    let memory = workplace.memory();
    let active = environment::text("MINIKUBE_ACTIVE_DOCKERD").filter(|profile| !profile.is_empty());
    let (written, unneeded) = (AtomicU64::new(0), AtomicBool::new(false));
    let (version, profiles, listed, pods, yaml, hosts, export) = std::thread::scope(|scope| {
        let version = scope.spawn(|| client.version());
        let profiles = scope.spawn(|| client.profiles());
        let listed = scope.spawn(|| client.images(name));
        let yaml = scope.spawn(|| yaml_files(&project.root));
        let hosts = if active.is_none() { images::on_host(project, args, named) } else { Ok((Vec::new(), Vec::new())) };
        // An export takes as long as an answer of the node: where something is new, it need not wait for that.
        let new = match &hosts {
            Ok((wanted, missing)) if missing.is_empty() => memory.may_be_missing(wanted),
            _ => Vec::new(),
        };
        // Nobody needs to wait for it before the end, and one that hangs holds nothing else.
        let pods = (new.is_empty() && !args.dry_run && hosts.is_ok()).then(|| {
            let (runner, name) = (project.runner.clone(), name.to_owned());
            let limit = client.limits().or(kubectl::QUESTION);
            std::thread::spawn(move || kubectl::pods(&runner, &name, limit))
        });
        let bytes = total(new.iter().map(|wanted| wanted.image.least_bytes));
        let ids: Vec<String> = images::unique(new.into_iter().map(|wanted| wanted.image.id.clone()));
        let path = workplace.export();
        let export = (!ids.is_empty() && !args.dry_run).then(|| {
            let (written, unneeded) = (&written, &unneeded);
            scope.spawn(move || export(&project.runner, &ids, path.as_deref(), written, unneeded))
        });
        let (profiles, listed) = (joined(profiles), joined(listed));
        if listed.is_err() || profiles.as_ref().map_or(true, |profiles| instead(profiles, name, chosen).is_some()) {
            unneeded.store(true, Ordering::SeqCst);
        }
        let export = export.map(|export| images::watched(project.ui, images::EXPORTING, "", bytes, &written, export));
        (joined(version), profiles, listed, pods, joined(yaml), hosts, export)
    });
    if let Some(signal) = signals::received() {
        return Err(CliError::interrupted(signal, "nothing was loaded"));
    }
    let mut problems: Vec<Problem> =
        active.map(|profile| preflight::refuse_active_engine(&profile)).into_iter().collect();
    let (wanted, missing) = match hosts {
        Ok(found) => found,
        Err(error) => {
            problems.extend(CliError::from(error).problems);
            (Vec::new(), Vec::new())
        }
    };
    problems.extend(missing);
    let (version, profile) = of_client(version, profiles, name, chosen, &mut problems);
    let (profile, runtime) = match profile {
        Some(Ok(found)) => found,
        Some(Err(instead)) => return Ok(Asked::Instead(instead)),
        None => return Err(images::speaks_against(problems)),
    };
    let listed = listed.map_err(|error| error.to_string());
    let export = export.filter(|made| made.is_ok() || !unneeded.load(Ordering::SeqCst));
    let listed_since = None;
    let facts = Facts { version, profile, runtime, wanted, listed, listed_since, pods, export, yaml, problems };
    Ok(Asked::Facts(workplace, memory, Box::new(facts)))
}

/// The client's own choice, where nobody has made one and it is not this profile.
fn instead<'a>(profiles: &'a [Profile], name: &str, chosen: Option<&str>) -> Option<&'a str> {
    let active = profiles.iter().find(|profile| profile.active).map(|profile| profile.name.as_str());
    active.filter(|active| chosen.is_none() && *active != name)
}

type Chosen = Result<(Profile, Runtime), String>;

/// The client's version and the profile, as far as they can be used; the name of another profile, if that is meant.
fn of_client(
    version: Result<ClientVersion, ClientError>,
    profiles: Result<Vec<Profile>, ClientError>,
    name: &str,
    chosen: Option<&str>,
    problems: &mut Vec<Problem>,
) -> (Option<ClientVersion>, Option<Chosen>) {
    let version = match version {
        Ok(version) => {
            problems.extend(version.too_old());
            Some(version)
        }
        // A client that does not say its version may do all the same.
        Err(_) => None,
    };
    let profiles = match profiles {
        Ok(profiles) => profiles,
        Err(error) => {
            problems.push(match error {
                ClientError::NotFound => preflight::missing_client(),
                ClientError::Unreadable { call, said } => preflight::unreadable(&call, &said),
                other => preflight::silent_client(&other.to_string()),
            });
            return (version, None);
        }
    };
    if let Some(active) = instead(&profiles, name, chosen) {
        return (version, Some(Err(active.to_owned())));
    }
    match preflight::choose(&profiles, name) {
        Ok((profile, runtime)) => (version, Some(Ok((profile.clone(), runtime)))),
        Err(problem) => {
            problems.push(problem);
            (version, None)
        }
    }
}
