//! The candidates of a release: built from an export of the release commit, verified, and loaded.

use super::contract::judge_candidates;
use super::publish::keep_names;
use super::session::{Ended, Session};
use crate::domain::contract::verify::verified::summary;
use crate::domain::finding::{Finding, Naming, Severity};
use crate::domain::image::{Tag, short_id};
use crate::domain::problem::Problem;
use crate::domain::release::record::RecordedFinding;
use crate::domain::release::step::Step;
use crate::domain::text::{megabytes, ticked_list};
use crate::effects::docker;
use crate::error::{CliError, ErrorKind};
use crate::workflows::image_build::{self, BuildOptions, BuildOutcome};
use crate::workflows::load;
use crate::workflows::load::session::LoadOptions;
use crate::workflows::verify::{self, VerifyOptions};

/// Builds the candidates. Those that an earlier attempt has built stay.
pub(super) fn build(session: &mut Session<'_>) -> Result<Ended, CliError> {
    let tag = session.candidate_tag()?;
    let names: Vec<String> = session.journal.images.iter().map(|image| image.reference(tag.as_str())).collect();
    session.begin(Step::Build, &ticked_list(&names));
    let present = docker::images(&session.project.runner, &names)?;
    let is_built = session
        .journal
        .images
        .iter()
        .zip(&names)
        .all(|(image, name)| image.id.is_some() && present.get(name).map(|image| &image.id) == image.id.as_ref());
    if is_built {
        return Ok(Ended::Done);
    }
    let project = session.exported(tag)?;
    let options = BuildOptions { verbose: false, ..BuildOptions::default() };
    let mut report = {
        let mut rows = session.events.rows();
        image_build::build(&project, session.events, &mut *rows, &options)?
    };
    let built = report.plan.iter().flat_map(|plan| plan.builds.iter().zip(&report.outcomes));
    for (build, outcome) in built {
        let BuildOutcome::Built { image, .. } = outcome else { continue };
        if let Some(entry) = session.journal.images.iter_mut().find(|entry| entry.component == build.name) {
            entry.id = Some(image.id.clone());
            entry.size_bytes = Some(image.size_bytes);
        }
        let stand_ins: Vec<&str> =
            build.bases.iter().filter(|base| base.stand_in).map(|base| base.name.as_str()).collect();
        if !stand_ins.is_empty() && !session.journal.allow_stand_in {
            report.failure = Some(on_stand_ins(&build.name, &stand_ins));
        }
        session.events.status(
            "Built",
            &format!("{}  {}  {}", build.first_reference(), short_id(&image.id), megabytes(image.size_bytes)),
        );
    }
    session.save()?;
    report.failure.map_or(Ok(Ended::Done), Err)
}

/// Refuses an image on a stand-in that appeared after the preflight.
fn on_stand_ins(component: &str, stand_ins: &[&str]) -> CliError {
    let problem = Problem::new(format!("`{component}` was built on a stand-in: {}", ticked_list(stand_ins)))
        .hint("pull the real base image, or allow it with `--allow-stand-in`");
    CliError::new(ErrorKind::Refused, problem)
}

/// Verifies the candidates.
pub(super) fn verify(session: &mut Session<'_>) -> Result<Ended, CliError> {
    let tag = session.candidate_tag()?;
    session.begin(Step::Verify, "the candidates against the contract");
    let project = session.exported(tag)?;
    let report = verify::run(&project, &VerifyOptions::default(), session.events)?;
    session.events.status("Verified", &summary(&report.images));
    session.journal.findings = report.findings.iter().map(recorded).collect();
    let Some(mut failure) = report.failure else { return judge_candidates(session, &project) };
    let errors = report.findings.iter().filter(|finding| finding.severity == Severity::Error);
    let mut problems: Vec<Problem> = errors.map(Finding::problem).collect();
    problems.append(&mut failure.problems);
    Err(CliError::all(failure.kind, problems))
}

fn recorded(finding: &Finding) -> RecordedFinding {
    RecordedFinding {
        rule: finding.rule.id.to_owned(),
        place: finding.site.place(),
        message: finding.message(Naming::FromRoot),
    }
}

/// Loads the candidates into Minikube.
pub(super) fn load(session: &mut Session<'_>) -> Result<Ended, CliError> {
    let tag = session.candidate_tag()?;
    load_as(session, Step::Load, tag)
}

/// Loads the released images into Minikube.
pub(super) fn deliver(session: &mut Session<'_>) -> Result<Ended, CliError> {
    let tag = session.version_tag()?;
    if session.journal.profile.is_some() {
        keep_names(session)?;
    }
    load_as(session, Step::Deliver, tag)
}

fn load_as(session: &mut Session<'_>, step: Step, tag: Tag) -> Result<Ended, CliError> {
    let Some(profile) = session.journal.profile.clone() else { return Ok(Ended::Skipped) };
    session.begin(step, &format!("the images with tag `{tag}` into Minikube"));
    let project = session.exported(tag)?;
    let options = LoadOptions { profile: Some(profile), ..LoadOptions::default() };
    let report = load::run(&project, &options, session.events)?;
    report.failure.map_or(Ok(Ended::Done), Err)
}
