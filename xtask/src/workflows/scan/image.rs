//! Searches an image of the engine completely: its configuration, its history, and every file of every layer.

use std::collections::{BTreeMap, BTreeSet};
use std::panic::resume_unwind;

use process::{RunError, Runner};

use crate::context::Project;
use crate::domain::docker_argv;
use crate::domain::finding::{Finding, Offset};
use crate::domain::image_archive::{ArchivedImage, images};
use crate::domain::problem::Problem;
use crate::domain::secrets::{
    DescribedImage, InLayer, LayerReport, base_layers_of, image_findings, inherited_history, layer_findings,
};
use crate::domain::text::last_words;
use crate::effects::docker::{self, EngineError, ImageDetails};
use crate::effects::verdicts::{LayerFinding, Verdicts};
use crate::error::{CliError, ErrorKind};
use secretscan::{Detector, LocatedVerdict, Reading, Verdict, rules};
use secretscan::{archive, search};

/// The result of searching an image.
#[derive(Debug, Default)]
pub(crate) struct ImageScan {
    /// The findings.
    pub(crate) findings: Vec<Finding>,
    /// The number of bytes in files that were read for it.
    pub(crate) bytes: u64,
    /// The size of the image; none if a layer was not read.
    pub(crate) size: Option<u64>,
    /// The number of layers that were searched in this run.
    pub(crate) searched: usize,
    /// The number of layers that an earlier run searched.
    pub(crate) remembered: usize,
}

/// Why an image could not be searched.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ScanError {
    /// The engine gave no answer.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// The export ended early.
    #[error("`docker save` did not export the image: {0}")]
    Export(String),
}

impl From<RunError> for ScanError {
    fn from(error: RunError) -> Self {
        Self::Engine(error.into())
    }
}

/// The error of an image that could not be searched.
impl From<ScanError> for CliError {
    fn from(error: ScanError) -> Self {
        match error {
            ScanError::Engine(error) => error.into(),
            ScanError::Export(_) => Self::new(ErrorKind::Failed, Problem::new(error.to_string())),
        }
    }
}

/// The owner of an image that is searched.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Owner<'a> {
    /// The component, if the image belongs to one.
    pub(crate) component: Option<&'a str>,
    /// The base image in its Dockerfile. The image's own metadata is not trusted for this.
    pub(crate) base: Option<&'a str>,
}

impl ImageScan {
    /// Returns the result for an image that was searched before without findings; only its size is known.
    pub(crate) fn before(verdicts: &Verdicts, details: &ImageDetails) -> Self {
        let size = |digest: &String| Some((digest.clone(), verdicts.size(digest)?));
        let sizes = details.layers.iter().filter_map(size).collect();
        let report = LayerReport { digests: details.layers.clone(), sizes, ..LayerReport::default() };
        Self { size: report.size(), ..Self::default() }
    }
}

/// Searches an image.
pub(crate) fn scan_image(
    project: &Project,
    detector: &Detector,
    verdicts: &Verdicts,
    (reference, details): (&str, &ImageDetails),
    owner: Owner<'_>,
) -> Result<ImageScan, ScanError> {
    let runner = &project.runner;
    let mut report = LayerReport { digests: details.layers.clone(), ..LayerReport::default() };
    for digest in &details.layers {
        let found = verdicts.layer(digest).and_then(|found| found.into_iter().map(recalled).collect());
        if let (Some(found), Some(bytes)) = (found, verdicts.size(digest)) {
            report.sizes.insert(digest.clone(), bytes);
            report.found.insert(digest.clone(), found);
            report.seen.insert(digest.clone());
        }
    }
    let remembered = report.seen.len();
    let all = details.layers.iter().all(|digest| report.seen.contains(digest));
    // The engine answers other calls during the export.
    let (described, bytes) = std::thread::scope(|scope| {
        let described = scope.spawn(|| described(project, detector, (reference, details), owner));
        let bytes = if all { Ok(0) } else { export(runner, detector, verdicts, details, &mut report) };
        (described.join().unwrap_or_else(|panic| resume_unwind(panic)), bytes)
    });
    let (mut findings, base) = described?;
    report.base_layers = base.map_or(0, |base| base_layers_of(&details.layers, &base.layers));
    findings.extend(layer_findings(reference, owner.component, &report));
    let searched = report.seen.len() - remembered;
    Ok(ImageScan { findings, bytes: bytes?, size: report.size(), searched, remembered })
}

/// Returns the findings in the metadata of an image and the details of its base image.
fn described(
    project: &Project,
    detector: &Detector,
    (reference, details): (&str, &ImageDetails),
    owner: Owner<'_>,
) -> Result<(Vec<Finding>, Option<ImageDetails>), ScanError> {
    let runner = &project.runner;
    let history = docker::history(runner, &details.facts.id)?;
    // If the engine does not have it any more, everything counts as the project's own.
    let base = owner.base.and_then(|name| docker::image_details(runner, name).ok().flatten());
    let base = base.filter(|base| base.facts.id != details.facts.id);
    let facts = DescribedImage {
        image: reference,
        component: owner.component,
        config: &details.config,
        history: &history,
        base: base.as_ref().map(|base| &base.config),
        text: &details.text,
    };
    let mut findings = image_findings(detector, facts);
    if let Some(base) = base.as_ref().filter(|_| !findings.is_empty()) {
        findings = inherited_history(findings, &history, &docker::history(runner, &base.facts.id)?);
    }
    Ok((findings, base))
}

/// Reads the image's archive once, and adds the findings in its layers to the report; returns the number of bytes read.
fn export(
    runner: &Runner,
    detector: &Detector,
    verdicts: &Verdicts,
    details: &ImageDetails,
    report: &mut LayerReport,
) -> Result<u64, ScanError> {
    let known = |name: &str| verdicts.layer_of(name).is_some_and(|digest| report.seen.contains(&digest));
    let call = docker_argv::save(std::slice::from_ref(&details.facts.id));
    let (searched, code, said) =
        runner.stream(&call, None, |pipe| search(detector, |feeder| archive::read_tar(feeder, pipe, &known)))?;
    if code != Some(0) {
        return Err(ScanError::Export(last_words(&said).to_owned()));
    }
    let content = searched.result.map_err(|error| ScanError::Export(error.to_string()))?;
    let images = images(&content.documents).map_err(|error| ScanError::Export(error.to_string()))?;
    let image = images.into_iter().find(|image| image.diff_ids == details.layers);
    let image = image.ok_or_else(|| ScanError::Export("the archive holds another image".to_owned()))?;
    for (name, digest) in sort_out(detector, &image, &content, &searched.found, report) {
        let findings = report.found.get(&digest).map(|found| found.iter().map(remembered).collect::<Vec<_>>());
        verdicts.remember(&digest, &findings.unwrap_or_default());
        verdicts.name(&name, &digest);
        if let Some(bytes) = report.sizes.get(&digest) {
            verdicts.remember_size(&digest, *bytes);
        }
    }
    Ok(searched.bytes)
}

/// Assigns findings to the layers of an image; returns the layers that were searched, by name and digest.
pub(super) fn sort_out(
    detector: &Detector,
    image: &ArchivedImage,
    content: &archive::Content,
    found: &[LocatedVerdict],
    report: &mut LayerReport,
) -> Vec<(String, String)> {
    let mut by_name: BTreeMap<&str, Vec<InLayer>> = BTreeMap::new();
    for LocatedVerdict { origin, offset, verdict } in found {
        let offset = Offset { bytes: *offset, of: origin.reading.text() };
        let in_layer = InLayer { verdict: verdict.clone(), path: detector.shown(&origin.path), offset };
        by_name.entry(origin.layer.as_str()).or_default().push(in_layer);
    }
    let mut fresh = BTreeSet::new();
    for (name, digest) in image.layers.iter().zip(&image.diff_ids) {
        let target = content.links.get(name).unwrap_or(name);
        // Findings in a layer count even if the layer turns out to be damaged.
        report.found.insert(digest.clone(), by_name.get(target.as_str()).cloned().unwrap_or_default());
        if let Some(bytes) = content.layers.get(target) {
            report.sizes.insert(digest.clone(), *bytes);
            report.seen.insert(digest.clone());
            fresh.insert((name.clone(), digest.clone()));
        } else if content.files.contains(target) {
            report.reasons.insert(digest.clone(), "it is packed in a way that is not known".to_owned());
        } else if let Some(reason) = content.broken.get(target) {
            report.reasons.insert(digest.clone(), reason.clone());
        }
    }
    fresh.into_iter().collect()
}

fn remembered(found: &InLayer) -> LayerFinding {
    let Verdict { rule, reason } = &found.verdict;
    let Offset { bytes, of } = found.offset;
    LayerFinding {
        rule: (*rule).to_owned(),
        reason: reason.clone(),
        path: found.path.clone(),
        offset: bytes,
        offset_of: of.map(str::to_owned),
    }
}

/// Converts a recorded finding; none if its rule or its text is not known any more, so that the layer is searched
/// again.
fn recalled(found: LayerFinding) -> Option<InLayer> {
    let rule = rules::find(&found.rule)?.id;
    let of = Reading::of_text(found.offset_of.as_deref())?.text();
    let offset = Offset { bytes: found.offset, of };
    Some(InLayer { verdict: Verdict { rule, reason: found.reason }, path: found.path, offset })
}
