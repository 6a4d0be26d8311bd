//! The targets of `secrets scan`: a path, standard input, or an image of the engine.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::path::Path;

use process::signals;
use serde_json::Value;

use super::image::{Owner, scan_image, sort_out};
use crate::context::Project;
use crate::domain::finding::{FileName, Finding, Offset, Position, Site};
use crate::domain::image_archive::{ArchiveError, ArchivedImage, images};
use crate::domain::problem::Problem;
use crate::domain::secrets::{
    DescribedImage, LayerReport, dockerfile_findings, image_findings, layer_findings, secret,
};
use crate::effects::search_paths::{self, Form};
use crate::effects::verdicts::Verdicts;
use crate::effects::{docker, fs};
use crate::error::{CliError, ErrorKind};
use secretscan::archive::Content;
use secretscan::{
    Detector, LocatedVerdict, Origin, Packing, Reading, START, Verdict, not_searched, plain_text, search as search_text,
};
use shown::shown_path;

/// A target that was searched.
pub(crate) struct Target {
    /// The name of the target, as the user gave it.
    pub(crate) name: String,
    /// Its kind: `files`, `archive`, `image`, or `image-archive`.
    pub(crate) kind: &'static str,
    /// The number of bytes that were searched.
    pub(crate) bytes: u64,
    /// The number of layers; none if the target is not an image.
    pub(crate) layers: Option<usize>,
    /// The number of layers that an earlier run searched; none if the target is not an image.
    pub(crate) layers_remembered: Option<usize>,
}

type Searched = (Target, Vec<Finding>);

/// Searches one target.
pub(crate) fn search(
    project: &Project,
    detector: &Detector,
    verdicts: &Verdicts,
    given: &OsStr,
) -> Result<Searched, CliError> {
    let target = &shown_path(given);
    if given == "-" {
        let input = search_paths::standard_input().map_err(|error| unreadable(target, &error))?;
        return stream(project, detector, input, target);
    }
    let path = project.here.join(given);
    match search_paths::form(&path) {
        Ok(Form::Folder) => Ok(files(detector, &path, target)),
        Ok(Form::Layout) => {
            let searched = search_text(detector, |feeder| search_paths::read_layout(feeder, &path));
            let archived = searched.result.map_err(|error| ended(target, &error))?;
            of_archive(project, detector, target, &archived, searched.bytes, &searched.found)
        }
        Ok(Form::File) => {
            let searched = search_text(detector, |feeder| search_paths::read_file_archive(feeder, &path, target));
            if let Some(archived) = searched.result.map_err(|error| ended(target, &error))? {
                return of_archive(project, detector, target, &archived, searched.bytes, &searched.found);
            }
            Ok(files(detector, &path, target))
        }
        Ok(Form::Stream) => {
            let file = search_paths::opened(&path).map_err(|error| unreadable(target, &error))?;
            stream(project, detector, file, target)
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound && given.to_str().is_some() => {
            image(project, detector, verdicts, target)
        }
        Err(error) => Err(unreadable(target, &error)),
    }
}

/// Searches a stream, which can be read only once.
fn stream(
    project: &Project,
    detector: &Detector,
    reader: impl std::io::Read,
    target: &str,
) -> Result<Searched, CliError> {
    let searched = search_text(detector, |feeder| search_paths::read_stream(feeder, reader, target));
    if let Some(signal) = signals::received() {
        return Err(CliError::interrupted(signal, "the search is not complete"));
    }
    if let Some(archived) = searched.result.map_err(|error| ended(target, &error))? {
        return of_archive(project, detector, target, &archived, searched.bytes, &searched.found);
    }
    let findings = searched.found.iter().map(|found| of_text(detector, &found.origin.path, found, None));
    Ok((of_files(target, searched.bytes), findings.collect()))
}

fn ended(target: &str, error: &std::io::Error) -> CliError {
    let problem = Problem::new(format!("cannot read `{target}` to its end")).cause(error.to_string());
    CliError::new(ErrorKind::Failed, problem)
}

fn unreadable(target: &str, error: &std::io::Error) -> CliError {
    CliError::new(ErrorKind::Environment, Problem::new(format!("cannot read `{target}`")).cause(error.to_string()))
}

fn image(project: &Project, detector: &Detector, verdicts: &Verdicts, target: &str) -> Result<Searched, CliError> {
    let details = docker::image_details(&project.runner, target)?;
    let details = details.ok_or_else(|| {
        let problem = Problem::new(format!("there is neither a file nor an image `{target}`"));
        let hint = "give the path of a file, a folder, or an archive, or the reference of an image that the engine has";
        CliError::new(ErrorKind::Usage, problem.hint(hint))
    })?;
    let component = project.component_of(target);
    let base = component.and_then(|name| project.base_of(name));
    let owner = Owner { component, base: base.as_deref() };
    let scan = scan_image(project, detector, verdicts, (target, &details), owner)?;
    let document = Target {
        name: target.to_owned(),
        kind: "image",
        bytes: scan.bytes,
        layers: Some(scan.searched + scan.remembered),
        layers_remembered: Some(scan.remembered),
    };
    Ok((document, scan.findings))
}

fn files(detector: &Detector, path: &Path, target: &str) -> Searched {
    let searched = search_text(detector, |feeder| search_paths::read_files(feeder, path, target));
    let read = searched.result;
    let mut findings: Vec<Finding> = Vec::new();
    // Dockerfiles that are searched instruction by instruction.
    let mut judged: BTreeSet<&str> = BTreeSet::new();
    for (name, path) in read.iter().filter(|(name, _)| is_dockerfile(name)) {
        // If it cannot be read again, the findings of the first reading remain.
        let Ok(text) = fs::read(path) else { continue };
        let start = text.get(..START).unwrap_or(&text);
        if matches!(Packing::of(start, name), Packing::Plain | Packing::Utf16) {
            findings.extend(dockerfile_findings(detector, (None, name), &String::from_utf8_lossy(&plain_text(&text))));
            judged.insert(name);
        }
    }
    let is_other = |found: &LocatedVerdict| found.verdict.is_of_name() || !judged.contains(found.origin.path.as_str());
    for found in searched.found.into_iter().filter(is_other) {
        let line = read
            .get(&found.origin.path)
            .filter(|_| found.origin.reading == Reading::AsStored)
            .and_then(|path| search_paths::line_of(path, found.offset));
        findings.push(of_text(detector, &found.origin.path, &found, line));
    }
    findings.sort_by(|first, second| first.site.file().cmp(&second.site.file()));
    (of_files(target, searched.bytes), findings)
}

/// Makes the finding of a verdict in a text with the path `path`.
fn of_text(
    detector: &Detector,
    path: &str,
    LocatedVerdict { origin, offset, verdict }: &LocatedVerdict,
    line: Option<usize>,
) -> Finding {
    let line = line.filter(|_| verdict.has_a_line());
    let offset = (!verdict.is_of_name()).then_some(Offset { bytes: *offset, of: origin.reading.text() });
    at(detector, path, line, offset, verdict.clone())
}

fn at(detector: &Detector, path: &str, line: Option<usize>, offset: Option<Offset>, verdict: Verdict) -> Finding {
    let (file, at) = (FileName::new(detector.shown(path)), Position { line, column: None });
    let site = Site::File { file, at, offset, ignore: None };
    secret(verdict, site)
}

fn of_files(name: &str, bytes: u64) -> Target {
    Target { name: name.to_owned(), kind: "files", bytes, layers: None, layers_remembered: None }
}

/// Returns the findings in an archive: in its images, and in files that belong to none of them.
fn of_archive(
    project: &Project,
    detector: &Detector,
    target: &str,
    archived: &Content,
    bytes: u64,
    found: &[LocatedVerdict],
) -> Result<Searched, CliError> {
    let images = match images(&archived.documents) {
        // A tar that contains no image, or only a part of one.
        Err(ArchiveError::NoManifest) => Vec::new(),
        Err(_) if archived.cut.is_some() => Vec::new(),
        images => images.map_err(|error| {
            let problem = Problem::new(format!("cannot search `{target}` as an image"));
            CliError::new(ErrorKind::Failed, problem.cause(error.to_string()))
        })?,
    };
    let mut findings = Vec::new();
    let (mut of_images, mut configs) = (BTreeSet::new(), BTreeSet::new());
    for image in &images {
        let name = image.references.first().map_or(target, String::as_str);
        let component = project.component_of(name);
        let config = image.config.get("config").cloned().unwrap_or(Value::Null);
        let (history, text) = (history(image), other_text(image));
        let facts =
            DescribedImage { image: name, component, config: &config, history: &history, base: None, text: &text };
        findings.extend(image_findings(detector, facts));
        let mut report = LayerReport { digests: image.diff_ids.clone(), ..LayerReport::default() };
        sort_out(detector, image, archived, found, &mut report);
        findings.extend(layer_findings(name, component, &report));
        // Layers without a digest are not covered by the reports above.
        let layers = image.layers.iter().zip(&image.diff_ids).map(|(layer, _)| layer);
        configs.insert(image.config_name.as_str());
        of_images.extend(layers.map(|layer| archived.links.get(layer).unwrap_or(layer).as_str()));
    }
    let is_other = |found: &&LocatedVerdict| {
        let Origin { layer, path, .. } = found.origin.as_ref();
        // A configuration was searched part by part.
        !(of_images.contains(layer.as_str()) || layer.is_empty() && configs.contains(path.as_str()))
    };
    let others = found.iter().filter(is_other);
    findings.extend(others.map(|found| {
        let inner = format!("{}{}", found.origin.layer, found.origin.path);
        // Data behind the end of an archive is in none of its files.
        let path = if inner.is_empty() { target.to_owned() } else { format!("{target}!/{inner}") };
        of_text(detector, &path, found, None)
    }));
    let broken = archived.broken.iter().filter(|(name, _)| !of_images.contains(name.as_str()));
    findings.extend(
        broken.map(|(name, reason)| at(detector, &format!("{target}!/{name}"), None, None, not_searched(reason))),
    );
    findings.extend(archived.cut.iter().map(|reason| at(detector, target, None, None, not_searched(reason))));
    let name = target.to_owned();
    if images.is_empty() {
        return Ok((Target { kind: "archive", ..of_files(&name, bytes) }, findings));
    }
    let layers = images.iter().map(|image| image.layers.len()).sum();
    let document = Target { name, kind: "image-archive", bytes, layers: Some(layers), layers_remembered: Some(0) };
    Ok((document, findings))
}

/// Returns how each layer was made, with the builder's comments.
fn history(image: &ArchivedImage) -> Vec<String> {
    let entries = image.config.get("history").and_then(Value::as_array);
    let text = |entry: &Value| {
        let said = ["created_by", "comment", "author"].map(|key| entry.get(key).and_then(Value::as_str));
        said.into_iter().flatten().filter(|text| !text.is_empty()).collect::<Vec<_>>().join(" # ")
    };
    entries.into_iter().flatten().map(text).collect()
}

/// Returns the other texts of an image's configuration: author and comment.
fn other_text(image: &ArchivedImage) -> String {
    let fields = image.config.as_object().into_iter().flatten();
    let others = fields.filter(|(key, _)| !["config", "container_config", "history", "rootfs"].contains(&key.as_str()));
    others.map(|(_, value)| value.to_string()).collect::<Vec<_>>().join("\n")
}

/// Whether a path is that of a Dockerfile: `Dockerfile`, `Dockerfile.web`, `web.Dockerfile`.
fn is_dockerfile(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path).to_lowercase();
    let ignore_file = name.ends_with("ignore");
    !ignore_file && (name == "dockerfile" || name.starts_with("dockerfile.") || name.ends_with(".dockerfile"))
}
