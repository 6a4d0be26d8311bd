//! Searches built images, and removes the names of those that contain a secret.

use process::Runner;

use super::build_outcome::UnfitImage;
use crate::context::Project;
use crate::domain::docker_argv;
use crate::domain::finding::{Allowed, Day, Exception, Finding, Severity, apply};
use crate::domain::masking;
use crate::domain::plan::ComponentBuild;
use crate::domain::replaced_image::ReplacedImage;
use crate::domain::secrets;
use crate::effects::clock;
use crate::effects::docker::{ImageDetails, REMOVAL};
use crate::effects::verdicts::Verdicts;
use crate::workflows::scan::image::{ImageScan, Owner, ScanError, scan_image};
use secretscan::Detector;

/// Searches the images of one run.
pub(super) struct ImageScanner<'a> {
    project: &'a Project,
    /// Runs docker; masks the secrets in its output.
    runner: Runner,
    detector: &'a Detector,
    verdicts: Verdicts,
    today: Day,
}

/// The result of searching an image.
pub(super) enum Judged {
    /// The image contains nothing that the project has to remove.
    Clean {
        /// The findings in its base image.
        warnings: Vec<Finding>,
        /// What was searched.
        scan: ImageScan,
    },
    /// The image was rejected.
    Unfit(UnfitImage),
}

impl<'a> ImageScanner<'a> {
    /// Makes a scanner for all images of a run.
    pub(super) fn new(project: &'a Project, detector: &'a Detector) -> Self {
        let runner = project.runner.clone().hiding(&masking::of_found(detector.scanner()));
        Self { project, runner, detector, verdicts: project.verdicts(), today: clock::today() }
    }

    /// Returns the runner for the builds.
    pub(super) fn runner(&self) -> &Runner {
        &self.runner
    }

    /// Searches the image of a component; removes its names if it contains a secret or cannot be searched.
    pub(super) fn judge(
        &self,
        build: &ComponentBuild,
        reference: &str,
        details: &ImageDetails,
    ) -> Result<Judged, ScanError> {
        let id = details.facts.id.as_str();
        let prefix = format!("image:{}:", build.name);
        let is_own = |exception: &Exception| exception.place.starts_with(&prefix) && self.today <= exception.expires;
        let exceptions = self.project.config.exceptions_of(secrets::FAMILY);
        let exceptions: Vec<&Exception> = exceptions.into_iter().filter(|exception| is_own(exception)).collect();
        // The verdict on an image never changes, either. With exceptions, the image is searched again, because it has
        // to be known whether they are used.
        if exceptions.is_empty() && self.verdicts.layer(id).is_some_and(|findings| findings.is_empty()) {
            let scan = ImageScan::before(&self.verdicts, details);
            return Ok(Judged::Clean { warnings: Vec::new(), scan });
        }
        let owner = Owner { component: Some(&build.name), base: build.facts.final_base.as_deref() };
        let scanned = scan_image(self.project, self.detector, &self.verdicts, (reference, details), owner);
        let mut scan = scanned.inspect_err(|_| drop(self.remove(build, Some(id))))?;
        let findings = std::mem::take(&mut scan.findings);
        if findings.is_empty() {
            self.verdicts.remember(id, &[]);
        }
        let Allowed { findings, problems, .. } = apply(&exceptions, findings, &self.today, &|_| true);
        let (errors, warnings): (Vec<_>, Vec<_>) =
            findings.into_iter().partition(|finding| finding.severity == Severity::Error);
        if errors.is_empty() && problems.is_empty() {
            return Ok(Judged::Clean { warnings, scan });
        }
        let (left, given_back) = self.remove(build, Some(id));
        Ok(Judged::Unfit(UnfitImage { findings: errors, problems, left, given_back }))
    }

    /// Removes the names of an image, so that nothing runs, loads or pushes it by name. An image that had the release
    /// tag before gets it back, unless it is the same one. Returns the names that could not be removed, and whether
    /// the other image has its tag again.
    pub(super) fn remove(&self, build: &ComponentBuild, id: Option<&str>) -> (Vec<String>, Option<bool>) {
        let same = build.replaces.as_ref().filter(|replaced| id == Some(&replaced.id));
        let names = build.references.iter().chain(same.map(|replaced| &replaced.kept_as)).map(ToString::to_string);
        let left = names.filter(|name| !self.runner.clean_up(&docker_argv::untag(name), REMOVAL)).collect();
        let other = build.replaces.as_ref().filter(|_| same.is_none());
        (left, other.map(|replaced| self.give_back(replaced)))
    }

    /// Gives an image its release tag back; returns whether it has it. If it has not, it keeps its other name.
    pub(super) fn give_back(&self, replaced: &ReplacedImage) -> bool {
        let has_it = self.runner.clean_up(&replaced.give_back(), REMOVAL);
        if has_it {
            self.forget(replaced);
        }
        has_it
    }

    /// Removes the name of its own from an image that has its release tag. Such a name does no harm.
    pub(super) fn forget(&self, replaced: &ReplacedImage) {
        let _harmless = self.runner.clean_up(&replaced.forget(), REMOVAL);
    }
}
