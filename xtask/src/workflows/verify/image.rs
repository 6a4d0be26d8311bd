//! The boxes that need no container: the configuration, the layers, and the files in them.

use std::collections::{BTreeMap, BTreeSet};

use super::boxes::Boxes;
use crate::domain::contract::verify::image::{self, InspectedImage, KnownBase, base_of};
use crate::domain::contract::verify::shipped::{self, Entries, ShippedFile};
use crate::domain::contract::verify::verified::LayerSize;
use crate::domain::contract::verify_rules::{
    IMAGE_BASE, IMAGE_BUILT, IMAGE_COMMAND, IMAGE_ENVIRONMENT, IMAGE_IGNORED_FILES, IMAGE_PORT, IMAGE_SECRETS,
    IMAGE_SIZE, IMAGE_STOP_SIGNAL, IMAGE_USER, IMAGE_WORKDIR,
};
use crate::domain::contract::{RuleText, Verdict};
use crate::domain::finding::Severity;
use crate::domain::lenient::texts;
use crate::domain::text::{count, total};
use crate::effects::docker::{self, EngineError};
use crate::effects::verify::layers::{self, LayerFiles};
use crate::error::CliError;
use crate::workflows::scan::image::{Owner, scan_image};

/// Judges the boxes.
pub(super) fn judge(boxes: &mut Boxes<'_>) -> Result<(), CliError> {
    let (session, found) = (boxes.session, boxes.image);
    let details = &found.details;
    boxes.bases = bases(boxes)?;
    let subject = found.subject();
    let inspected = InspectedImage { id: &details.facts.id, config: &details.config, layers: &details.layers };
    let verdicts: [(RuleText, Verdict); 7] = [
        (IMAGE_BUILT, image::built(&subject, inspected)),
        (IMAGE_BASE, image::base(&subject, inspected, &boxes.bases)),
        (IMAGE_PORT, image::port(&subject, &details.config)),
        (IMAGE_COMMAND, image::command(&subject, inspected, &boxes.bases)),
        (IMAGE_WORKDIR, image::workdir(&subject, &details.config)),
        (IMAGE_STOP_SIGNAL, image::stop_signal(&subject, &details.config)),
        (IMAGE_ENVIRONMENT, image::environment(&subject, &details.config)),
    ];
    for (rule, verdict) in verdicts {
        boxes.put(rule, verdict);
    }
    let (detector, verdicts) = (session.project.detector(), session.project.verdicts());
    let base = session.project.base_of(found.component.name.as_str());
    let owner = Owner { component: Some(found.component.name.as_str()), base: base.as_deref() };
    let scan = scan_image(session.project, &detector, &verdicts, (&found.name, details), owner)?;
    let errors = scan.findings.into_iter().filter(|finding| finding.severity == Severity::Error).collect();
    boxes.put(
        IMAGE_SECRETS,
        match Verdict::of(errors) {
            Verdict::Held(_) => Verdict::Held(Some(format!("{} searched", count(details.layers.len(), "layer")))),
            broken => broken,
        },
    );
    let below = base_of(&details.layers, &boxes.bases).map_or(0, |(_, count)| count);
    let layers = details.layers.iter().enumerate();
    let layer = |(index, digest): (usize, &String)| LayerSize {
        digest: digest.clone(),
        bytes: verdicts.size(digest),
        is_of_base: index < below,
    };
    boxes.layers = layers.map(layer).collect();
    let of_base = boxes.layers.iter().filter(|layer| layer.is_of_base).filter_map(|layer| layer.bytes);
    let base_bytes = (below > 0).then(|| total(of_base));
    boxes.put(IMAGE_SIZE, image::size(&subject, scan.size, base_bytes));
    if boxes.needs(&[IMAGE_IGNORED_FILES]) {
        let verdict = ignored_files(boxes, below)?;
        boxes.put(IMAGE_IGNORED_FILES, verdict);
    }
    Ok(())
}

/// Returns the declared base images as the engine has them; the one in the Dockerfile if none is declared.
fn bases(boxes: &Boxes<'_>) -> Result<Vec<KnownBase>, EngineError> {
    let (project, found) = (boxes.session.project, boxes.image);
    let references: Vec<String> = match &found.contract.base_images {
        Some(declared) => declared.value.iter().map(ToString::to_string).collect(),
        None => project.base_of(found.component.name.as_str()).into_iter().collect(),
    };
    let known = |reference: String| {
        let details = docker::image_details(&boxes.session.bench.runner, &reference)?;
        let found = details.map(|details| (details.layers, texts(&details.config, "Entrypoint")));
        Ok(KnownBase { reference, found })
    };
    references.into_iter().map(known).collect()
}

/// Judges the files above the base image.
fn ignored_files(boxes: &Boxes<'_>, below: usize) -> Result<Verdict, CliError> {
    let (session, found) = (boxes.session, boxes.image);
    let mut files = files(boxes)?;
    let own = found.details.layers.iter().skip(below);
    let mut layers: Vec<(String, Vec<ShippedFile>)> = Vec::new();
    for digest in own {
        let Some(layer) = files.remove(digest) else {
            // An image may contain the same layer twice.
            if layers.iter().any(|(other, _)| other == digest) {
                continue;
            }
            return Ok(Verdict::NotDecided("a layer could not be read".to_owned()));
        };
        layers.push((digest.clone(), layer.files));
    }
    let workdir = found.contract.workdir.as_ref().map_or("/", |workdir| workdir.value.as_str());
    let entries = Entries::new(found.contract.ignore.as_ref().map_or(&[], |ignore| ignore.value.as_slice()));
    let all = layers.iter().flat_map(|(_, files)| files);
    let wanted: BTreeSet<String> =
        all.filter_map(|file| shipped::in_context(file, workdir, &entries)).map(|(path, _)| path.to_owned()).collect();
    let stamps = layers::stamps(&session.project.root.join(&found.component.context), &wanted);
    Ok(shipped::judge(&found.subject(), &layers, &stamps))
}

/// Returns the files of all layers that can be read, by digest.
fn files(boxes: &Boxes<'_>) -> Result<BTreeMap<String, LayerFiles>, CliError> {
    let details = &boxes.image.details;
    let known = details.layers.iter().filter_map(|digest| Some((digest.clone(), boxes.cache.layer(digest)?)));
    let known: BTreeMap<String, LayerFiles> = known.collect();
    if details.layers.iter().all(|digest| known.contains_key(digest)) {
        return Ok(known);
    }
    let read = layers::files(&boxes.session.bench.runner, &details.facts.id, &details.layers);
    let read = read.map_err(EngineError::from)?;
    for (digest, files) in &read {
        boxes.cache.remember_layer(digest, files);
    }
    Ok(read)
}

/// Returns the text of the image's /etc/passwd, if it has one.
fn passwd(boxes: &Boxes<'_>) -> Result<Option<String>, CliError> {
    let mut files = files(boxes)?;
    let mut topmost = boxes.image.details.layers.iter().rev();
    Ok(topmost.find_map(|digest| files.remove(digest)?.passwd))
}

/// Judges the user by the files of the image, without running it.
pub(super) fn user_of_files(boxes: &mut Boxes<'_>) -> Result<(), CliError> {
    if boxes.needs(&[IMAGE_USER]) {
        let found = image::user_of_files(&boxes.image.details.config, passwd(boxes)?.as_deref());
        boxes.put(IMAGE_USER, image::user(&boxes.image.subject(), &found));
    }
    Ok(())
}
