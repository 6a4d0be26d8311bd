//! Every question that can be asked at once, asked at once: a connection to a node takes longer than all the rest.

use std::panic::resume_unwind;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::ScopedJoinHandle;

use super::images;
use crate::cli::MinikubeLoadArgs;
use crate::commands::repository::state_and_tag;
use crate::commands::{Context, engine_error};
use crate::domain::config::Component;
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
use crate::effects::kubectl::{self, KubectlError};
use crate::effects::manifests::yaml_files;
use crate::effects::minikube::export::{Export, export};
use crate::effects::minikube::workplace::Workplace;
use crate::effects::minikube::{Client, ClientError};
use crate::effects::{environment, signals};
use crate::error::{CliError, ErrorKind};

/// What is known before anything is decided about the nodes.
pub(super) struct Facts {
    pub(super) version: Option<ClientVersion>,
    pub(super) profile: Profile,
    pub(super) runtime: Runtime,
    pub(super) wanted: Vec<WantedImage>,
    /// What the client lists, of all nodes together; otherwise its words.
    pub(super) listed: Result<Vec<ListedImage>, String>,
    pub(super) pods: Result<String, KubectlError>,
    /// An export that was begun in time, if it looked as if one were needed.
    pub(super) export: Option<Export>,
    yaml: Vec<(String, String)>,
    /// What speaks against a load so far.
    pub(super) problems: Vec<Problem>,
}

impl Facts {
    /// What is worth knowing and ends nothing.
    pub(super) fn warn(&self, context: &Context, memory: &mut Memory) {
        let references: Vec<ImageReference> = self.wanted.iter().map(|wanted| wanted.reference.clone()).collect();
        let problems: Vec<Problem> =
            self.yaml.iter().flat_map(|(file, text)| manifests::check(file, text, &references)).collect();
        if !problems.is_empty() {
            context.ui.warnings(&problems);
        }
        // Nobody can do anything about a fault of the newest version, so it is told once.
        if let Some(version) = self.version.as_ref().filter(|version| version.text != memory.told_of) {
            version.faults(self.runtime).iter().for_each(|fault| context.ui.warning(fault));
            memory.told_of.clone_from(&version.text);
        }
    }
}

/// Asks everything; the second time with the profile that the client takes by itself, if that is another one.
pub(super) fn gather(
    context: &Context,
    client: &Client<'_>,
    args: &MinikubeLoadArgs,
) -> Result<(Workplace, Facts), CliError> {
    let components =
        context.config.select(&args.components).map_err(|problem| CliError::new(ErrorKind::Usage, problem))?;
    let (_, tag) = state_and_tag(context, TagRequest::default())?;
    tag.notes.iter().for_each(|note| context.ui.note(note));
    let references =
        |component: &Component| ImageReference { repository: component.repository.clone(), tag: tag.tag.clone() };
    let named: Vec<(&Component, ImageReference)> =
        components.iter().map(|component| (*component, references(component))).collect();
    let chosen = args.profile.clone().or_else(|| environment::text("MINIKUBE_PROFILE").filter(|name| !name.is_empty()));
    let mut chosen = chosen.or_else(|| context.config.minikube_profile.clone());
    loop {
        match ask(context, client, args, &named, chosen.as_deref())? {
            Asked::Facts(workplace, facts) => return Ok((workplace, *facts)),
            Asked::Instead(name) => chosen = Some(name),
        }
    }
}

enum Asked {
    Facts(Workplace, Box<Facts>),
    /// Another profile is meant.
    Instead(String),
}

fn ask(
    context: &Context,
    client: &Client<'_>,
    args: &MinikubeLoadArgs,
    named: &[(&Component, ImageReference)],
    chosen: Option<&str>,
) -> Result<Asked, CliError> {
    let name = chosen.unwrap_or(DEFAULT_PROFILE);
    let workplace = images::workplace(context, name)?;
    let memory = workplace.memory();
    let active = environment::text("MINIKUBE_ACTIVE_DOCKERD").filter(|profile| !profile.is_empty());
    let (written, unneeded) = (AtomicU64::new(0), AtomicBool::new(false));
    let (version, profiles, listed, pods, yaml, hosts, export) = std::thread::scope(|scope| {
        let version = scope.spawn(|| client.version());
        let profiles = scope.spawn(|| client.profiles());
        let listed = scope.spawn(|| client.images(name));
        let pods = scope.spawn(|| kubectl::pods(&context.runner, name));
        let yaml = scope.spawn(|| yaml_files(&context.root));
        let hosts = if active.is_none() { images::on_host(context, args, named) } else { Ok((Vec::new(), Vec::new())) };
        // An export takes as long as an answer of the node: where something is new, it need not wait for that.
        let new = match &hosts {
            Ok((wanted, missing)) if missing.is_empty() => memory.may_be_missing(wanted),
            _ => Vec::new(),
        };
        let ids: Vec<String> = images::unique(new.into_iter().map(|wanted| wanted.image.id.clone()));
        let path = workplace.export();
        let export = (!ids.is_empty() && !args.dry_run).then(|| {
            let (written, unneeded) = (&written, &unneeded);
            scope.spawn(move || export(&context.runner, &ids, &path, written, unneeded))
        });
        let (profiles, listed) = (joined(profiles), joined(listed));
        if profiles.is_err() || listed.is_err() {
            unneeded.store(true, Ordering::SeqCst);
        }
        let export = export.map(joined);
        (joined(version), profiles, listed, joined(pods), joined(yaml), hosts, export)
    });
    if let Some(signal) = signals::received() {
        return Err(CliError::interrupted(signal, "nothing was loaded"));
    }
    let mut problems: Vec<Problem> =
        active.map(|profile| preflight::refuse_active_engine(&profile)).into_iter().collect();
    let (wanted, missing) = match hosts {
        Ok(found) => found,
        Err(error) => {
            problems.extend(engine_error(&error).problems);
            (Vec::new(), Vec::new())
        }
    };
    problems.extend(missing);
    let (version, profile) = of_client(version, profiles, name, chosen.is_some(), &mut problems);
    let (profile, runtime) = match profile {
        Some(Ok(found)) => found,
        Some(Err(instead)) => return Ok(Asked::Instead(instead)),
        None => return Err(images::speaks_against(problems)),
    };
    let listed = listed.map_err(|error| error.to_string());
    let export = export.and_then(Result::ok);
    let facts = Facts { version, profile, runtime, wanted, listed, pods, export, yaml, problems };
    Ok(Asked::Facts(workplace, Box::new(facts)))
}

/// What a thread made; its panic is ours.
pub(super) fn joined<T>(handle: ScopedJoinHandle<'_, T>) -> T {
    handle.join().unwrap_or_else(|panic| resume_unwind(panic))
}

type Chosen = Result<(Profile, Runtime), String>;

/// The client's version and the profile, as far as they can be used; the name of another profile, if that is meant.
fn of_client(
    version: Result<ClientVersion, ClientError>,
    profiles: Result<Vec<Profile>, ClientError>,
    name: &str,
    chosen: bool,
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
                other => Problem::new(other.to_string()),
            });
            return (version, None);
        }
    };
    let active = profiles.iter().find(|profile| profile.active).map(|profile| profile.name.clone());
    if let Some(active) = active.filter(|active| !chosen && active != name) {
        return (version, Some(Err(active)));
    }
    match preflight::choose(&profiles, name) {
        Ok((profile, runtime)) => (version, Some(Ok((profile.clone(), runtime)))),
        Err(problem) => {
            problems.push(problem);
            (version, None)
        }
    }
}
