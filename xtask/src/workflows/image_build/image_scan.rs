//! The search of a built image; an image with a secret in it loses its names.

use process::Runner;

use super::build_outcome::Unfit;
use crate::context::Project;
use crate::domain::docker_argv;
use crate::domain::finding::{Allowed, Day, Exception, Finding, Severity, apply};
use crate::domain::masking;
use crate::domain::plan::ComponentBuild;
use crate::domain::secrets;
use crate::effects::clock;
use crate::effects::docker::{ImageDetails, REMOVAL};
use crate::effects::verdicts::Verdicts;
use crate::workflows::scan::image::{ImageScan, Owner, ScanError, scan_image};
use secretscan::Detector;

/// Searches the images of one build.
pub(super) struct ImageScanner<'a> {
    project: &'a Project,
    /// Runs docker; the secrets in its output are masked.
    runner: Runner,
    detector: &'a Detector,
    verdicts: Verdicts,
    today: Day,
}

/// What was found in an image.
pub(super) enum Judged {
    /// Nothing that is ours to mend.
    Clean {
        /// What its base image holds.
        warnings: Vec<Finding>,
        /// What was looked at.
        scan: ImageScan,
    },
    /// Something that is.
    Unfit(Unfit),
}

impl<'a> ImageScanner<'a> {
    /// One for all images of a build.
    pub(super) fn new(project: &'a Project, detector: &'a Detector) -> Self {
        let runner = project.runner.clone().hiding(&masking::of_found(detector.scanner()));
        Self { project, runner, detector, verdicts: project.verdicts(), today: clock::today() }
    }

    /// What runs the builds.
    pub(super) fn runner(&self) -> &Runner {
        &self.runner
    }

    /// Looks at the image of a component, and takes it away if it holds a secret or cannot be searched.
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
        // An image never changes either; exceptions may be used up by one, so then it is looked at again.
        if exceptions.is_empty() && self.verdicts.layer(id).is_some_and(|findings| findings.is_empty()) {
            let scan = ImageScan::before(&self.verdicts, details);
            return Ok(Judged::Clean { warnings: Vec::new(), scan });
        }
        let owner = Owner { component: Some(&build.name), base: build.facts.final_base.as_deref() };
        let scanned = scan_image(self.project, self.detector, &self.verdicts, (reference, details), owner);
        let mut scan = scanned.inspect_err(|_| drop(self.remove(build)))?;
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
        Ok(Judged::Unfit(Unfit { findings: errors, problems, left: self.remove(build) }))
    }

    /// Takes the names of an image away, so that it is not run, loaded, or pushed by one; the names that could not be
    /// taken away.
    pub(super) fn remove(&self, build: &ComponentBuild) -> Vec<String> {
        let names = build.references.iter().map(ToString::to_string);
        names.filter(|name| !self.runner.clean_up(&docker_argv::untag(name), REMOVAL)).collect()
    }
}
