//! The ban after a build: an image with a secret in it is taken away again.

use process::Runner;

use super::outcome::Unfit;
use crate::commands::secrets::image::{ImageScan, Owner, ScanError, scan_image};
use crate::context::Project;
use crate::domain::docker_argv;
use crate::domain::masking;
use crate::domain::plan::ComponentBuild;
use crate::domain::secrets::Allowed;
use crate::domain::secrets::Day;
use crate::domain::secrets::Exception;
use crate::domain::secrets::SecretFinding;
use crate::domain::secrets::Severity;
use crate::domain::secrets::Site;
use crate::domain::secrets::apply;
use crate::effects::clock;
use crate::effects::docker::{ImageDetails, REMOVAL};
use crate::effects::verdicts::Verdicts;
use secretscan::Detector;

/// Who looks at images.
pub(super) struct Guard<'a> {
    project: &'a Project,
    /// Runs docker, and keeps quiet about every secret that docker tells of.
    runner: Runner,
    detector: &'a Detector,
    verdicts: Verdicts,
    today: Day,
}

/// What was found in an image.
pub(super) enum Guarded {
    /// Nothing that is ours to mend.
    Clean {
        /// What its base image holds.
        warnings: Vec<SecretFinding>,
        /// What was looked at.
        scan: ImageScan,
    },
    /// Something that is.
    Unfit(Unfit),
}

impl<'a> Guard<'a> {
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
    ) -> Result<Guarded, ScanError> {
        let id = details.facts.id.as_str();
        let prefix = format!("image:{}:", build.name);
        let is_own = |exception: &&Exception| exception.place.starts_with(&prefix) && self.today <= exception.expires;
        let exceptions: Vec<Exception> = self.project.config.exceptions.iter().filter(is_own).cloned().collect();
        // An image never changes either; exceptions may be used up by one, so then it is looked at again.
        if exceptions.is_empty() && self.verdicts.layer(id).is_some_and(|findings| findings.is_empty()) {
            let scan = ImageScan::before(&self.verdicts, details);
            return Ok(Guarded::Clean { warnings: Vec::new(), scan });
        }
        let owner = Owner { component: Some(&build.name), base: build.facts.final_base.as_deref() };
        let scanned = scan_image(self.project, self.detector, &self.verdicts, (reference, details), owner);
        let mut scan = scanned.inspect_err(|_| drop(self.remove(build)))?;
        let findings = std::mem::take(&mut scan.findings);
        if findings.is_empty() {
            self.verdicts.remember(id, &[]);
        }
        let Allowed { findings, problems, .. } = apply(&exceptions, findings, &self.today, &Site::place, &|_| true);
        let (errors, warnings): (Vec<_>, Vec<_>) =
            findings.into_iter().partition(|finding| finding.severity == Severity::Error);
        if errors.is_empty() && problems.is_empty() {
            return Ok(Guarded::Clean { warnings, scan });
        }
        Ok(Guarded::Unfit(Unfit { findings: errors, problems, left: self.remove(build) }))
    }

    /// Nobody shall run, load, or push it by its name; the names that are still there.
    pub(super) fn remove(&self, build: &ComponentBuild) -> Vec<String> {
        let names = build.references.iter().map(ToString::to_string);
        names.filter(|name| !self.runner.take_back(&docker_argv::untag(name), REMOVAL)).collect()
    }
}
