//! Compares the present images with the contract, and with the images of the release, as far as the engine has them.

use super::{ComparedImage, ComparedRelease};
use crate::context::Project;
use crate::domain::config::{Component, Config};
use crate::domain::contract::change::ContractChange;
use crate::domain::contract::change::images::{compare_images, size_exceeded};
use crate::domain::contract::declared::Contract;
use crate::domain::contract::verify::Subject;
use crate::domain::contract::verify::image::{self, InspectedImage};
use crate::domain::contract::{self, Verdict};
use crate::domain::finding::{Finding, apply};
use crate::domain::image::Tag;
use crate::domain::text::total;
use crate::effects::clock;
use crate::effects::docker::{self, ImageDetails};
use crate::error::{CliError, ErrorKind};

/// What the images show.
#[derive(Debug, Default)]
pub(crate) struct ComparedImages {
    /// The images that were compared.
    pub(crate) images: Vec<ComparedImage>,
    /// Where their configuration breaks the contract.
    pub(crate) differences: Vec<Finding>,
    /// The changes that only images show.
    pub(crate) changes: Vec<ContractChange>,
}

/// Compares the images of all components under a tag with their contracts, and with the images of a release. Without an
/// engine or an image, a note says so.
///
/// # Errors
///
/// `ErrorKind::Interrupted` after a signal; `ErrorKind::Environment` if the engine stops to answer.
pub(crate) fn compared_images(
    project: &Project,
    tag: &Tag,
    earlier: Option<(&ComparedRelease, &Config)>,
    notes: &mut Vec<String>,
) -> Result<ComparedImages, CliError> {
    let mut found = ComparedImages::default();
    let nothing = Contract::default();
    for component in &project.config.components {
        let reference = component.reference(tag.clone()).to_string();
        let details = match details(project, &reference) {
            Ok(Some(details)) => details,
            Ok(None) => {
                notes.push(format!("the engine does not have `{reference}`, so it is not compared with the contract"));
                continue;
            }
            Err(error) if matches!(error.kind, ErrorKind::Interrupted(_)) => return Err(error),
            Err(error) => {
                let texts =
                    error.problems.iter().flat_map(|problem| [&problem.message].into_iter().chain(&problem.causes));
                let texts: Vec<&str> = texts.map(String::as_str).collect();
                notes.push(format!("the images are not compared: {}", texts.join(": ")));
                return Ok(ComparedImages::default());
            }
        };
        let contract = component.contract.as_ref().unwrap_or(&nothing);
        let name = component.name.as_str();
        let subject = Subject { component: name, reference: &reference, file: &project.config.file, contract };
        found.differences.extend(differences(&subject, &details));
        found.changes.extend(size(project, &details).and_then(|bytes| size_exceeded(&subject, bytes)));
        if let Some((release, config)) = earlier {
            found.changes.extend(since_release(project, (release, config), component, &details, notes)?);
        }
        let id = details.facts.id;
        found.images.push(ComparedImage { component: name.to_owned(), reference, id });
    }
    // Unused and expired exceptions are reported by `check` and `verify`, which judge all rules.
    let exceptions = project.config.exceptions_of(contract::FAMILY);
    found.differences = apply(&exceptions, found.differences, &clock::today(), &|_| false).findings;
    Ok(found)
}

fn details(project: &Project, reference: &str) -> Result<Option<ImageDetails>, CliError> {
    Ok(docker::image_details(&project.runner, reference)?)
}

/// Returns where the configuration of an image breaks the contract.
fn differences(subject: &Subject<'_>, details: &ImageDetails) -> Vec<Finding> {
    let config = &details.config;
    let inspected = InspectedImage { id: &details.facts.id, config, layers: &details.layers };
    let verdicts = [
        image::port(subject, config),
        // Without base images, the entry point is not compared with that of the base image.
        image::command(subject, inspected, &[]),
        image::workdir(subject, config),
        image::stop_signal(subject, config),
        image::environment(subject, config),
        image::user_of_configuration(subject, config),
    ];
    let broken = verdicts.into_iter().filter_map(|verdict| match verdict {
        Verdict::Broken(findings) => Some(findings),
        Verdict::Held(_) | Verdict::NotDecided(_) => None,
    });
    broken.flatten().collect()
}

/// Returns the size of an image, which a build counts layer by layer; none if a layer was never counted.
fn size(project: &Project, details: &ImageDetails) -> Option<u64> {
    let known = project.verdicts();
    let layers: Option<Vec<u64>> = details.layers.iter().map(|digest| known.size(digest)).collect();
    layers.filter(|layers| !layers.is_empty()).map(total)
}

/// Compares an image with that of the release.
fn since_release(
    project: &Project,
    (release, config): (&ComparedRelease, &Config),
    component: &Component,
    details: &ImageDetails,
    notes: &mut Vec<String>,
) -> Result<Vec<ContractChange>, CliError> {
    let Some(earlier) = config.components.iter().find(|earlier| earlier.name == component.name) else {
        return Ok(Vec::new());
    };
    let reference = format!("{}:{}", earlier.repository, release.version);
    let Some(before) = self::details(project, &reference)? else {
        notes.push(format!(
            "the engine does not have `{reference}`, so entry point, volumes, and root of both images are not compared"
        ));
        return Ok(Vec::new());
    };
    let contract = earlier.contract.clone().unwrap_or_default();
    Ok(compare_images(component.name.as_str(), &contract, &before.config, &details.config))
}
