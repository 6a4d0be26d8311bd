//! The document of `build`.

use serde::Serialize;

use super::findings::FindingDocument;
use super::milliseconds;
use crate::domain::plan::ComponentBuild;
use crate::workflows::image_build::{BuildOutcome, BuildReport, UnfitImage};
use shown::shown_path;

/// The images that were built, or would be built.
#[derive(Serialize)]
pub(crate) struct BuildDocument {
    tag: String,
    dry_run: bool,
    /// Whether the contract was checked before the build.
    checked: bool,
    builder: String,
    bootstrap: Vec<String>,
    components: Vec<ComponentResult>,
}

/// The result of one component.
#[derive(Serialize)]
struct ComponentResult {
    name: String,
    references: Vec<String>,
    command: String,
    base_images: Vec<BaseImageResult>,
    outcome: &'static str,
    image_id: Option<String>,
    replaced: Option<ReplacedResult>,
    size_bytes: Option<u64>,
    steps: Option<usize>,
    steps_cached: Option<usize>,
    duration_ms: Option<u64>,
    log: Option<String>,
    findings: Vec<FindingDocument>,
    secrets_searched_bytes: Option<u64>,
}

/// The image that had the release tag before.
#[derive(Serialize)]
struct ReplacedResult {
    reference: String,
    image_id: String,
    kept_as: String,
}

#[derive(Serialize)]
struct BaseImageResult {
    name: String,
    present: bool,
    stand_in: bool,
}

impl From<BuildReport> for BuildDocument {
    /// If the build was refused after the machine was changed, the document contains only the steps of `bootstrap`.
    fn from(report: BuildReport) -> Self {
        let components = report.plan.iter().flat_map(|plan| plan.builds.iter().zip(&report.outcomes));
        Self {
            tag: report.plan.as_ref().map(|plan| plan.tag.tag.to_string()).unwrap_or_default(),
            dry_run: report.dry_run,
            checked: report.checked,
            builder: report.builder,
            bootstrap: report.bootstrap,
            components: components.map(|(build, outcome)| ComponentResult::new(build, outcome)).collect(),
        }
    }
}

impl ComponentResult {
    fn new(build: &ComponentBuild, outcome: &BuildOutcome) -> Self {
        let (name, time, log) = match outcome {
            BuildOutcome::Unfit { time, log, .. } => ("secret-found", Some(time), Some(log)),
            BuildOutcome::Built { time, log, .. } => ("built", Some(time), Some(log)),
            BuildOutcome::Failed { time, log, .. } => ("failed", Some(time), Some(log)),
            BuildOutcome::Broken { .. } | BuildOutcome::NoImage { .. } => ("failed", None, None),
            BuildOutcome::Interrupted(_) => ("interrupted", None, None),
            BuildOutcome::NotStarted => ("not-started", None, None),
        };
        let (image, steps, searched) = match outcome {
            BuildOutcome::Built { image, steps, scan, .. } => (Some(image), Some(*steps), Some(scan.bytes)),
            _ => (None, None, None),
        };
        let replaced = match outcome {
            BuildOutcome::Built { replaced, .. } => replaced.as_ref(),
            _ => None,
        };
        let findings = match outcome {
            BuildOutcome::Built { warnings: findings, .. }
            | BuildOutcome::Unfit { unfit: UnfitImage { findings, .. }, .. } => findings.as_slice(),
            _ => &[],
        };
        let bases = build.bases.iter().map(|base| BaseImageResult {
            name: base.name.clone(),
            present: base.present,
            stand_in: base.stand_in,
        });
        Self {
            name: build.name.clone(),
            references: build.references.iter().map(ToString::to_string).collect(),
            command: build.invocation.to_string(),
            base_images: bases.collect(),
            outcome: name,
            image_id: image.map(|image| image.id.clone()),
            replaced: replaced.map(|before| ReplacedResult {
                reference: before.reference.to_string(),
                image_id: before.id.clone(),
                kept_as: before.kept_as.to_string(),
            }),
            size_bytes: image.map(|image| image.size_bytes),
            steps: steps.map(|(steps, _)| steps),
            steps_cached: steps.map(|(_, cached)| cached),
            duration_ms: time.copied().map(milliseconds),
            log: log.map(shown_path),
            findings: findings.iter().map(FindingDocument::from).collect(),
            secrets_searched_bytes: searched,
        }
    }
}
