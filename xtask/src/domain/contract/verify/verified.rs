//! Verified images: the boxes, the figures, and the layers.

use crate::domain::contract::{Judgement, Verdict};
use crate::domain::finding::Naming;
use crate::domain::image::short_id;

/// An image with its boxes.
#[derive(Clone, Debug, PartialEq)]
pub struct VerifiedImage {
    /// The name of the component.
    pub component: String,
    /// The reference.
    pub reference: String,
    /// The engine's ID.
    pub id: String,
    /// The limit of its size, in megabytes.
    pub limit_mb: Option<u64>,
    /// Its layers, the lowest first.
    pub layers: Vec<LayerSize>,
    /// The boxes, in the order of the rules.
    pub boxes: Vec<JudgedBox>,
}

/// A layer of an image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LayerSize {
    /// The digest of the unpacked layer.
    pub digest: String,
    /// The size of its files in bytes; none if it could not be read.
    pub bytes: Option<u64>,
    /// Whether it belongs to the base image.
    pub is_of_base: bool,
}

/// A box: a judgement, and whether it was made in an earlier run.
#[derive(Clone, Debug, PartialEq)]
pub struct JudgedBox {
    /// The judgement.
    pub judgement: Judgement,
    /// Whether it is remembered.
    pub is_remembered: bool,
}

impl VerifiedImage {
    /// Returns the reference and the ID, for messages.
    pub fn title(&self) -> String {
        format!("{} ({})", self.reference, short_id(&self.id))
    }

    /// Returns the size of all layers in bytes; none if one could not be read.
    pub fn size(&self) -> Option<u64> {
        self.layers.iter().map(|layer| layer.bytes).try_fold(0_u64, |sum, bytes| Some(sum.saturating_add(bytes?)))
    }
}

impl JudgedBox {
    /// Returns what was measured, what is wrong, or why nothing can be said, in one line.
    pub fn text(&self) -> String {
        let text = match &self.judgement.verdict {
            Verdict::Held(figure) => figure.clone().unwrap_or_else(|| self.judgement.rule.what.to_owned()),
            Verdict::NotDecided(reason) => format!("not decided: {reason}"),
            Verdict::Broken(findings) => {
                let first = findings.first().map(|finding| finding.message(Naming::AsGiven)).unwrap_or_default();
                match findings.len() {
                    0 | 1 => first,
                    more => format!("{first}; and {} more", more - 1),
                }
            }
        };
        if self.is_remembered { format!("{text} (remembered)") } else { text }
    }
}

/// Returns the number of boxes that are ticked, broken, and not decided, in words.
pub fn summary(images: &[VerifiedImage]) -> String {
    let boxes = || images.iter().flat_map(|image| &image.boxes);
    let of = |name: &str| boxes().filter(|judged| judged.judgement.verdict.name() == name).count();
    let (held, broken, not_decided) = (of("held"), of("broken"), of("not-decided"));
    let all = boxes().count();
    let boxes = if all == 1 { "box" } else { "boxes" };
    let broken = if broken > 0 { format!(", {broken} broken") } else { String::new() };
    let not_decided = if not_decided > 0 { format!(", {not_decided} not decided") } else { String::new() };
    format!("{held} of {all} {boxes}{broken}{not_decided}")
}
