//! Verifies built images: what the engine says about them, the files in their layers, and running containers.
//!
//! Boxes that measure time or CPU are judged one after the other. The wait for the end of a container with a request
//! that does not end takes longest, so it begins early and goes on beside all other boxes.

mod boxes;
mod containers;
mod database;
mod drain;
mod found;
mod image;
mod load;
mod options;
mod session;
mod start;
mod workbench;

use std::path::Path;
use std::thread::Scope;
use std::time::Duration;

use process::Runner;
use shown::shown_path;

use crate::context::Project;
use crate::domain::contract::declared::Contract;
use crate::domain::contract::verify::verified::{JudgedBox, LayerSize, VerifiedImage};
use crate::domain::contract::verify_rules::VERSION;
use crate::domain::contract::{self, RuleText, Verdict};
use crate::domain::events::Events;
use crate::domain::finding::{Exception, Finding, Severity, apply, sorted};
use crate::domain::problem::Problem;
use crate::domain::secrets;
use crate::domain::text::{count, ticked_list};
use crate::effects::clock::{self, Stopwatch};
use crate::effects::fs;
use crate::effects::threads::joined;
use crate::effects::verify::remembered::{Figures, Remembered};
use crate::effects::verify::this_run;
use crate::error::{CliError, ErrorKind};
use crate::workflows::scan::note_allowed;
use boxes::{Boxes, Later};
use containers::Main;
use found::FoundImage;
pub(crate) use options::VerifyOptions;
use session::Session;

/// The result of verifying images.
#[derive(Debug)]
pub(crate) struct VerifyReport {
    /// The images, in the order of taskflow.toml.
    pub(crate) images: Vec<VerifiedImage>,
    /// The findings of all images that no exception allows, errors first.
    pub(crate) findings: Vec<Finding>,
    /// The duration.
    pub(crate) time: Duration,
    /// Why the command fails; none if all boxes are ticked.
    pub(crate) failure: Option<CliError>,
}

/// Writes the page of a report; the path is relative to the working folder.
///
/// # Errors
///
/// `ErrorKind::Environment` if the file cannot be written.
pub(crate) fn write_page(project: &Project, path: &Path, page: &str) -> Result<(), CliError> {
    fs::write_file(&project.here.join(path), page.as_bytes()).map_err(|error| {
        let problem = Problem::new(format!("cannot write the report to `{}`: {error}", shown_path(path)));
        CliError::new(ErrorKind::Environment, problem)
    })
}

/// Removes what runs that were killed have left: containers, volumes, and servers of databases.
///
/// # Errors
///
/// There is no engine, or a signal.
pub(crate) fn remove_left(runner: &Runner, events: &dyn Events) -> Result<(), CliError> {
    session::remove_left(runner, events, &this_run::label())
}

/// Verifies the images of components.
///
/// # Errors
///
/// `ErrorKind::Usage` for an unknown component; `ErrorKind::Config` if git gives no tag; `ErrorKind::Environment` if
/// there is no engine or an image is missing; `ErrorKind::Interrupted` after a signal.
pub(crate) fn run(project: &Project, options: &VerifyOptions, events: &dyn Events) -> Result<VerifyReport, CliError> {
    let watch = Stopwatch::start();
    let images = found::images(project, options, events)?;
    let session = Session::new(project, events)?;
    let mut judged = all_boxes(&session, options, &images).map_err(session::unfinished)?;
    drop(session);
    let mut problems = Vec::new();
    for (image, boxes) in images.iter().zip(&mut judged) {
        problems.extend(allow(project, events, image, boxes));
    }
    let (mut verified, mut findings) = (Vec::new(), Vec::new());
    for (image, boxes) in images.into_iter().zip(judged) {
        for judged in &boxes.judged {
            if let Verdict::Broken(broken) = &judged.judgement.verdict {
                findings.extend(broken.iter().cloned());
            }
        }
        verified.push(VerifiedImage {
            component: image.component.name.to_string(),
            reference: image.name,
            limit_mb: image.contract.max_size_mb.as_ref().map(|limit| limit.value),
            layers: boxes.layers,
            boxes: boxes.judged,
            id: image.details.facts.id,
        });
    }
    let boxes: Vec<&JudgedBox> = verified.iter().flat_map(|image| &image.boxes).collect();
    problems.extend(sum(&boxes, options.strict));
    let failure = (!problems.is_empty()).then(|| CliError::all(ErrorKind::Failed, problems));
    Ok(VerifyReport { images: verified, findings: sorted(findings), time: watch.elapsed(), failure })
}

/// The boxes of one image, and its layers.
struct ImageBoxes {
    judged: Vec<JudgedBox>,
    layers: Vec<LayerSize>,
}

/// Judges all boxes of all images.
fn all_boxes<'a>(
    session: &'a Session<'a>,
    options: &VerifyOptions,
    images: &'a [FoundImage<'a>],
) -> Result<Vec<ImageBoxes>, CliError> {
    let cache = Remembered::open(&session.project.home, VERSION);
    let cache = &cache;
    std::thread::scope(|scope| {
        let mut running = Vec::new();
        for image in images {
            session.events.status("Verifying", &image.title());
            let identity = identity(&image.contract);
            let id = &image.details.facts.id;
            let known = if options.no_cache { Figures::new() } else { cache.verdicts(id, &identity) };
            let mut boxes = Boxes::new(session, cache, image, known);
            // Threads that still wait for a container must not wait for its end.
            let begun = begin(&mut boxes, scope).inspect_err(|_| session.bench.give_up())?;
            let (main, later) = begun.map_or((None, None), |(main, later)| (Some(main), later));
            running.push((boxes, main, later, identity));
        }
        for (boxes, main, ..) in &mut running {
            if let Some(main) = main {
                containers::finish(boxes, main).inspect_err(|_| session.bench.give_up())?;
            }
        }
        let mut all = Vec::new();
        for (mut boxes, _, later, identity) in running {
            for (rule, verdict) in later.map(joined).transpose()?.unwrap_or_default() {
                boxes.put(rule, verdict);
            }
            let judged = boxes.judged();
            if !options.no_cache || !figures(&judged).is_empty() {
                cache.remember(&boxes.image.details.facts.id, &identity, &figures(&judged));
            }
            all.push(ImageBoxes { judged, layers: boxes.layers });
        }
        Ok(all)
    })
}

/// Judges the boxes of an image up to the health check; returns the container for the others.
fn begin<'scope, 'a>(
    boxes: &mut Boxes<'a>,
    scope: &'scope Scope<'scope, 'a>,
) -> Result<Option<(Main, Option<Later<'scope>>)>, CliError> {
    image::judge(boxes)?;
    if boxes.image.contract.port.is_some() {
        return containers::begin(boxes, scope);
    }
    image::user_of_files(boxes)?;
    Ok(None)
}

/// Returns the verdicts to remember: rules that are held, whose facts cannot change with the machine or the context.
fn figures(boxes: &[JudgedBox]) -> Figures {
    let held = boxes.iter().filter_map(|judged| match &judged.judgement.verdict {
        Verdict::Held(figure) if boxes::is_remembered(&judged.judgement.rule) => {
            Some((judged.judgement.rule.id.to_owned(), figure.clone()))
        }
        _ => None,
    });
    held.collect()
}

/// Returns an identity of a contract: its values, without the lines in taskflow.toml.
fn identity(contract: &Contract) -> String {
    let text = format!("{contract:?}");
    let mut parts = text.split("line: ");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, part| text + part.trim_start_matches(|digit: char| digit.is_ascii_digit()))
}

/// Removes the findings that exceptions allow; returns the problems of exceptions.
fn allow(project: &Project, events: &dyn Events, image: &FoundImage<'_>, boxes: &mut ImageBoxes) -> Vec<Problem> {
    let mut problems = Vec::new();
    let component = &image.component.name;
    let places = [format!("image:{component}:"), format!("{}:component.{component}.", project.config.file_from_root())];
    let (of_contract, of_secrets) =
        (project.config.exceptions_of(contract::FAMILY), project.config.exceptions_of(secrets::FAMILY));
    for judged in &mut boxes.judged {
        let (rule, verdict) = (judged.judgement.rule, &mut judged.judgement.verdict);
        let is_secrets = rule.id == contract::verify_rules::IMAGE_SECRETS.id;
        let concerns = |exception: &&&Exception| {
            let is_here = places.iter().any(|place| exception.place.starts_with(place.as_str()));
            is_here && (is_secrets && exception.rule.family == secrets::FAMILY.name || exception.rule.id == rule.id)
        };
        let exceptions: Vec<&Exception> = of_contract.iter().chain(&of_secrets).filter(concerns).copied().collect();
        if exceptions.is_empty() || matches!(verdict, Verdict::NotDecided(_)) {
            continue;
        }
        let findings = if let Verdict::Broken(findings) = verdict { std::mem::take(findings) } else { Vec::new() };
        let allowed = apply(&exceptions, findings, &clock::today(), &|_| true);
        note_allowed(events, &allowed);
        problems.extend(allowed.problems);
        if !allowed.findings.is_empty() {
            *verdict = Verdict::Broken(allowed.findings);
        } else if let Some((_, reason)) = allowed.allowed.first() {
            *verdict = Verdict::Held(Some(format!("allowed: {reason}")));
        }
    }
    problems
}

/// Returns the problem with the number of boxes that are not ticked; none if the command succeeds.
fn sum(boxes: &[&JudgedBox], strict: bool) -> Option<Problem> {
    let is_error = |findings: &[Finding]| findings.iter().any(|finding| finding.severity == Severity::Error);
    let of = |fits: &dyn Fn(&Verdict) -> bool| -> Vec<RuleText> {
        boxes.iter().filter(|judged| fits(&judged.judgement.verdict)).map(|judged| judged.judgement.rule).collect()
    };
    let broken = of(&|verdict| matches!(verdict, Verdict::Broken(findings) if is_error(findings)));
    let undecided = of(&|verdict| strict && matches!(verdict, Verdict::NotDecided(_)));
    let names = |rules: &[RuleText]| {
        let mut names: Vec<&str> = rules.iter().map(|rule| rule.id).collect();
        names.dedup();
        ticked_list(&names)
    };
    let all = count(boxes.len(), "box").replace("boxs", "boxes");
    let told = match (broken.len(), undecided.len()) {
        (0, 0) => return None,
        (0, undecided_count) => format!("{undecided_count} of {all} not decided: {}", names(&undecided)),
        (broken_count, 0) => format!("{broken_count} of {all} broken: {}", names(&broken)),
        (broken_count, undecided_count) => {
            format!("{broken_count} of {all} broken, and {undecided_count} not decided: {}", names(&broken))
        }
    };
    Some(Problem::new(told))
}
