//! The boxes of one image: which are still to be judged, and in which order they are measured.

use std::collections::BTreeMap;
use std::thread::ScopedJoinHandle;

use super::found::FoundImage;
use super::session::Session;
use crate::domain::contract::verify::applicable;
use crate::domain::contract::verify::image::KnownBase;
use crate::domain::contract::verify::verified::{JudgedBox, LayerSize};
use crate::domain::contract::verify_rules::{IMAGE_BASE, IMAGE_IGNORED_FILES, IMAGE_SECRETS, RULES};
use crate::domain::contract::{Judgement, RuleText, Verdict};
use crate::effects::verify::remembered::{Figures, Remembered};
use crate::error::CliError;

/// Rules whose verdict depends on more than the image and the contract, so that it is made anew each time.
const NOT_REMEMBERED: [RuleText; 3] = [IMAGE_BASE, IMAGE_IGNORED_FILES, IMAGE_SECRETS];

/// The reason of a rule that needs requests over HTTP.
pub(super) const HTTP_ONLY: &str = "xtask sends requests over HTTP only";

/// The reason of a rule about an application that does not answer.
pub(super) const NO_ANSWER: &str = "the container gives no answer";

/// Whether the verdict of a rule is remembered for an image.
pub(super) fn is_remembered(rule: &RuleText) -> bool {
    !NOT_REMEMBERED.contains(rule)
}

/// Verdicts on rules.
pub(super) type Verdicts = Vec<(RuleText, Verdict)>;

/// Verdicts that come from a thread.
pub(super) type Later<'scope> = ScopedJoinHandle<'scope, Result<Verdicts, CliError>>;

/// The boxes of an image.
pub(super) struct Boxes<'a> {
    pub(super) session: &'a Session<'a>,
    pub(super) cache: &'a Remembered,
    pub(super) image: &'a FoundImage<'a>,
    /// The layers, the lowest first.
    pub(super) layers: Vec<LayerSize>,
    /// The declared base images; the one in the Dockerfile if none is declared.
    pub(super) bases: Vec<KnownBase>,
    /// Verdicts of earlier runs.
    known: Figures,
    verdicts: BTreeMap<&'static str, Verdict>,
}

impl<'a> Boxes<'a> {
    /// Makes the boxes of an image, with the verdicts of earlier runs.
    pub(super) fn new(
        session: &'a Session<'a>,
        cache: &'a Remembered,
        image: &'a FoundImage<'a>,
        known: Figures,
    ) -> Self {
        Self { session, cache, image, layers: Vec::new(), bases: Vec::new(), known, verdicts: BTreeMap::new() }
    }

    /// Whether one of these rules applies and is not known.
    pub(super) fn needs(&self, rules: &[RuleText]) -> bool {
        rules.iter().any(|rule| applicable(rule, &self.image.contract) && !self.known.contains_key(rule.id))
    }

    /// Sets the verdict on a rule.
    pub(super) fn put(&mut self, rule: RuleText, verdict: Verdict) {
        self.verdicts.insert(rule.id, verdict);
    }

    /// Sets the same reason for rules that cannot be decided.
    pub(super) fn undecided(&mut self, rules: &[RuleText], reason: &str) {
        for rule in rules {
            self.put(*rule, Verdict::NotDecided(reason.to_owned()));
        }
    }

    /// Returns the boxes in the order of the rules.
    pub(super) fn judged(&mut self) -> Vec<JudgedBox> {
        let rules = RULES.iter().filter(|rule| applicable(rule, &self.image.contract));
        let component = self.image.component.name.to_string();
        let judged = rules.map(|rule| {
            let fresh = self.verdicts.remove(rule.id);
            let known = self.known.get(rule.id).map(|figure| Verdict::Held(figure.clone()));
            let (verdict, is_remembered) = match (fresh, known) {
                (Some(Verdict::NotDecided(_)) | None, Some(known)) => (known, true),
                (Some(fresh), _) => (fresh, false),
                (None, None) => (Verdict::NotDecided(HTTP_ONLY.to_owned()), false),
            };
            JudgedBox { judgement: Judgement { component: component.clone(), rule: *rule, verdict }, is_remembered }
        });
        judged.collect()
    }
}
