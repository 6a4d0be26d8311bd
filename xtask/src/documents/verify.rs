//! The document of `verify`.

use serde::Serialize;

use super::findings::FindingDocument;
use super::milliseconds;
use crate::domain::contract::Verdict;
use crate::domain::contract::verify::verified::{JudgedBox, LayerSize, VerifiedImage};
use crate::workflows::verify::VerifyReport;

/// The images, the boxes, and the findings.
#[derive(Serialize)]
pub(crate) struct VerifyDocument {
    images: Vec<ImageDocument>,
    judgements: Vec<JudgementDocument>,
    duration_ms: u64,
}

#[derive(Serialize)]
struct ImageDocument {
    component: String,
    reference: String,
    id: String,
    /// The size of all layers; absent if one could not be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    size_bytes: Option<u64>,
    layers: Vec<LayerDocument>,
}

#[derive(Serialize)]
struct LayerDocument {
    digest: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    bytes: Option<u64>,
    of_base: bool,
}

#[derive(Serialize)]
struct JudgementDocument {
    component: String,
    rule: &'static str,
    what: &'static str,
    verdict: &'static str,
    /// What was measured, for a rule that is held.
    #[serde(skip_serializing_if = "Option::is_none")]
    figure: Option<String>,
    /// Why the rule is not decided.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    remembered: bool,
    findings: Vec<FindingDocument>,
    documentation: String,
}

impl From<&VerifyReport> for VerifyDocument {
    fn from(report: &VerifyReport) -> Self {
        Self {
            images: report.images.iter().map(ImageDocument::from).collect(),
            judgements: report.images.iter().flat_map(|image| &image.boxes).map(JudgementDocument::from).collect(),
            duration_ms: milliseconds(report.time),
        }
    }
}

impl From<&VerifiedImage> for ImageDocument {
    fn from(image: &VerifiedImage) -> Self {
        let layer = |LayerSize { digest, bytes, is_of_base }: &LayerSize| LayerDocument {
            digest: digest.clone(),
            bytes: *bytes,
            of_base: *is_of_base,
        };
        Self {
            component: image.component.clone(),
            reference: image.reference.clone(),
            id: image.id.clone(),
            size_bytes: image.size(),
            layers: image.layers.iter().map(layer).collect(),
        }
    }
}

impl From<&JudgedBox> for JudgementDocument {
    fn from(judged: &JudgedBox) -> Self {
        let rule = judged.judgement.rule;
        let (figure, reason, findings) = match &judged.judgement.verdict {
            Verdict::Held(figure) => (figure.clone(), None, Vec::new()),
            Verdict::NotDecided(reason) => (None, Some(reason.clone()), Vec::new()),
            Verdict::Broken(findings) => (None, None, findings.iter().map(FindingDocument::from).collect()),
        };
        Self {
            component: judged.judgement.component.clone(),
            rule: rule.id,
            what: rule.what,
            verdict: judged.judgement.verdict.name(),
            figure,
            reason,
            remembered: judged.is_remembered,
            findings,
            documentation: rule.rule().documentation(),
        }
    }
}
