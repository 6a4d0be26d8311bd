//! Compares the configuration and the layers of an image with the contract.

use serde_json::Value;

use super::subject::Subject;
use crate::domain::contract::Verdict;
use crate::domain::contract::declared::{StopSignal, VariableSource};
use crate::domain::contract::verify_rules::{
    IMAGE_BASE, IMAGE_BUILT, IMAGE_COMMAND, IMAGE_ENVIRONMENT, IMAGE_PORT, IMAGE_SIZE, IMAGE_STOP_SIGNAL, IMAGE_USER,
    IMAGE_WORKDIR,
};
use crate::domain::image::short_id;
use crate::domain::lenient::{field, text, texts};
use crate::domain::text::{count, megabytes, ticked_list};

/// What the engine says about an image.
#[derive(Clone, Copy, Debug)]
pub struct InspectedImage<'a> {
    /// Its ID.
    pub id: &'a str,
    /// Its configuration.
    pub config: &'a Value,
    /// The digests of its unpacked layers, the lowest first.
    pub layers: &'a [String],
}

/// A declared base image, as the engine has it.
#[derive(Clone, Debug)]
pub struct KnownBase {
    /// The reference in the contract.
    pub reference: String,
    /// The digests of its layers, and its entry point; none if the engine does not have it.
    pub found: Option<(Vec<String>, Vec<String>)>,
}

/// Returns how many of the lowest layers of an image are those of a declared base image, and which one it is.
pub fn base_of<'a>(layers: &[String], bases: &'a [KnownBase]) -> Option<(&'a KnownBase, usize)> {
    let known = bases.iter().filter_map(|base| Some((base, &base.found.as_ref()?.0)));
    let below = known.filter(|(_, base)| !base.is_empty() && layers.starts_with(base));
    below.map(|(base, found)| (base, found.len())).max_by_key(|(_, count)| *count)
}

/// Judges whether the build has completed.
pub fn built(subject: &Subject<'_>, image: InspectedImage<'_>) -> Verdict {
    if image.layers.is_empty() {
        let what = format!("`{}` has no layer, so it contains no file", subject.reference);
        return Verdict::Broken(vec![subject.in_image(IMAGE_BUILT, "layers", what)]);
    }
    Verdict::Held(Some(format!("ID {}, {}", short_id(image.id), count(image.layers.len(), "layer"))))
}

/// Judges the size of all layers, `base` of which are those of the base image.
pub fn size(subject: &Subject<'_>, all: Option<u64>, base: Option<u64>) -> Verdict {
    let Some(limit) = &subject.contract.max_size_mb else { return Verdict::Held(None) };
    let Some(all) = all else { return Verdict::NotDecided("a layer could not be read".to_owned()) };
    let parts = base.map_or(String::new(), |base| {
        format!(" (base {}, application {})", megabytes(base), megabytes(all.saturating_sub(base)))
    });
    if all < limit.value.saturating_mul(1_000_000) {
        return Verdict::Held(Some(format!("{} of {} MB{parts}", exactly(all, limit.value), limit.value)));
    }
    let what = format!(
        "`{}` has {}{parts}, and must stay below {} MB",
        subject.reference,
        exactly(all, limit.value),
        limit.value
    );
    Verdict::Broken(vec![subject.at_key(IMAGE_SIZE, "max-size-mb", limit.line, what)])
}

/// Formats a size that is not below a limit; with all digits if it would be shown as the limit itself.
fn exactly(bytes: u64, limit: u64) -> String {
    let shown = megabytes(bytes);
    if shown == format!("{limit}.0 MB") { format!("{bytes} bytes") } else { shown }
}

/// Judges the exposed ports.
pub fn port(subject: &Subject<'_>, config: &Value) -> Verdict {
    let Some(port) = &subject.contract.port else { return Verdict::Held(None) };
    let wanted = format!("{}/{}", port.value, subject.contract.protocol.transport());
    let exposed: Vec<&String> = field(config, "ExposedPorts")
        .and_then(Value::as_object)
        .map(|ports| ports.keys().collect())
        .unwrap_or_default();
    if exposed.len() == 1 && exposed.iter().all(|port| **port == wanted) {
        return Verdict::Held(Some(wanted));
    }
    let found = if exposed.is_empty() { "no port".to_owned() } else { ticked_list(&exposed) };
    let what = format!("`{}` exposes {found}, and must expose `{wanted}` only", subject.reference);
    Verdict::Broken(vec![subject.in_image(IMAGE_PORT, "ExposedPorts", what)])
}

/// Judges the command, and the entry point if the base image is known.
pub fn command(subject: &Subject<'_>, image: InspectedImage<'_>, bases: &[KnownBase]) -> Verdict {
    let Some(wanted) = &subject.contract.command else { return Verdict::Held(None) };
    let command = texts(image.config, "Cmd");
    let entry_point = texts(image.config, "Entrypoint");
    let mut findings = Vec::new();
    if command != wanted.value {
        let what = format!(
            "the command of `{}` is {}, and must be {}",
            subject.reference,
            words(&command),
            words(&wanted.value)
        );
        findings.push(subject.in_image(IMAGE_COMMAND, "Cmd", what));
    }
    let of_base = base_of(image.layers, bases).and_then(|(base, _)| Some(base.found.as_ref()?.1.clone()));
    if of_base.is_some_and(|of_base| of_base != entry_point) && !entry_point.is_empty() {
        let what = format!(
            "`{}` has the entry point {}, which is not that of its base image",
            subject.reference,
            words(&entry_point)
        );
        findings.push(subject.in_image(IMAGE_COMMAND, "Entrypoint", what));
    }
    held(findings, words(&command))
}

/// Shows the words of a command as a Dockerfile has them.
fn words(words: &[String]) -> String {
    let quoted: Vec<String> = words.iter().map(|word| Value::from(word.as_str()).to_string()).collect();
    format!("`[{}]`", quoted.join(", "))
}

/// Judges the working directory.
pub fn workdir(subject: &Subject<'_>, config: &Value) -> Verdict {
    let Some(wanted) = &subject.contract.workdir else { return Verdict::Held(None) };
    let found = text(config, "WorkingDir").unwrap_or_else(|| "/".to_owned());
    let plain = if found == "/" { "/" } else { found.trim_end_matches('/') };
    if plain == wanted.value {
        return Verdict::Held(Some(found));
    }
    let what = format!("the working directory of `{}` is `{found}`, and must be `{}`", subject.reference, wanted.value);
    Verdict::Broken(vec![subject.in_image(IMAGE_WORKDIR, "WorkingDir", what)])
}

/// Judges the stop signal.
pub fn stop_signal(subject: &Subject<'_>, config: &Value) -> Verdict {
    let Some(wanted) = &subject.contract.stop_signal else { return Verdict::Held(None) };
    let found = text(config, "StopSignal")
        .map_or_else(|| StopSignal::parse(StopSignal::DEFAULT), |text| StopSignal::parse(&text));
    if found == wanted.value {
        return Verdict::Held(Some(found.name().to_owned()));
    }
    let (found, wanted) = (found.name(), wanted.value.name());
    let what = format!("the stop signal of `{}` is {found}, and must be {wanted}", subject.reference);
    Verdict::Broken(vec![subject.in_image(IMAGE_STOP_SIGNAL, "StopSignal", what)])
}

/// Judges the variables of the image. The values of secrets are not in the findings.
pub fn environment(subject: &Subject<'_>, config: &Value) -> Verdict {
    let set = texts(config, "Env");
    let value = |name: &str| set.iter().find_map(|entry| entry.strip_prefix(name)?.strip_prefix('='));
    let (reference, mut findings) = (subject.reference, Vec::new());
    for variable in &subject.contract.environment {
        let name = variable.name.as_str();
        let what = match (variable.source, value(name)) {
            (VariableSource::Secret, Some(_)) => {
                format!("`{reference}` contains variable `{name}`, which comes from a Secret at run time")
            }
            (VariableSource::Image, None) => format!("`{reference}` lacks variable `{name}`"),
            (VariableSource::Image, Some(found)) if variable.default.as_deref() != Some(found) => {
                let wanted = variable.default.as_deref().unwrap_or_default();
                format!("variable `{name}` of `{reference}` is not the declared `{wanted}`")
            }
            (VariableSource::ConfigMap, Some(found))
                if !variable.allowed.is_empty() && !variable.allowed.iter().any(|allowed| allowed == found) =>
            {
                format!("variable `{name}` of `{reference}` is none of {}", ticked_list(&variable.allowed))
            }
            _ => continue,
        };
        findings.push(subject.in_image(IMAGE_ENVIRONMENT, &format!("Env {name}"), what));
    }
    held(findings, count(subject.contract.environment.len(), "declared variable"))
}

/// The user of a running container, or of the image's own files.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FoundUser {
    /// The name; none for a user ID without a name.
    pub name: Option<String>,
    /// The user ID; none if the image has no such user.
    pub uid: Option<u32>,
    /// How it was found.
    pub by: &'static str,
}

/// Finds the user of an image without running it: `User` of its configuration, resolved in its /etc/passwd.
pub fn user_of_files(config: &Value, passwd: Option<&str>) -> FoundUser {
    let user = text(config, "User").unwrap_or_else(|| "root".to_owned());
    let user = user.split(':').next().unwrap_or_default().to_owned();
    let entries = passwd.into_iter().flat_map(str::lines).filter_map(|line| {
        let mut fields = line.split(':');
        Some((fields.next()?.to_owned(), fields.nth(1)?.parse::<u32>().ok()?))
    });
    let entries: Vec<(String, u32)> = entries.collect();
    let by = "the configuration and /etc/passwd";
    if let Ok(uid) = user.parse::<u32>() {
        let name = entries.iter().find(|(_, other)| *other == uid).map(|(name, _)| name.clone());
        return FoundUser { name: name.or_else(|| (uid == 0).then(|| "root".to_owned())), uid: Some(uid), by };
    }
    let uid = entries.iter().find(|(name, _)| *name == user).map(|(_, uid)| *uid);
    let uid = uid.or_else(|| (user == "root").then_some(0));
    FoundUser { name: Some(user), uid, by }
}

/// How a user was found if only the configuration was read.
const BY_CONFIGURATION: &str = "the configuration";

/// Judges the user by the configuration alone. It names the user or the ID; the declared name is taken to have the
/// declared ID, which only the files of the image can prove.
pub fn user_of_configuration(subject: &Subject<'_>, config: &Value) -> Verdict {
    let name = subject.contract.user.as_ref().map(|user| user.value.as_str());
    let uid = subject.contract.uid.as_ref().map_or(1, |uid| uid.value);
    let passwd = name.map(|name| format!("{name}:x:{uid}:"));
    let found = FoundUser { by: BY_CONFIGURATION, ..user_of_files(config, passwd.as_deref()) };
    let is_comparable = match (name, &subject.contract.uid) {
        (Some(_), Some(_)) => true,
        (Some(_), None) => found.name.is_some(),
        (None, _) => found.uid.is_some(),
    };
    if is_comparable {
        return match user(subject, &found) {
            // The ID may be a declared one that nothing proves.
            Verdict::Held(_) => Verdict::Held(None),
            verdict => verdict,
        };
    }
    Verdict::NotDecided("only the files of the image have both the name and the ID of the user".to_owned())
}

/// Judges the user.
pub fn user(subject: &Subject<'_>, found: &FoundUser) -> Verdict {
    let FoundUser { name, uid, by } = found;
    let reference = subject.reference;
    let shown = match (name, uid) {
        (Some(name), Some(uid)) => format!("`{name}` (UID {uid})"),
        (Some(name), None) if *by == BY_CONFIGURATION => format!("`{name}`"),
        (Some(name), None) => format!("`{name}`, which /etc/passwd does not have"),
        (None, Some(uid)) => format!("UID {uid}, which has no name"),
        (None, None) => "not known".to_owned(),
    };
    let declared_name = subject.contract.user.as_ref().map(|user| user.value.as_str());
    let declared_uid = subject.contract.uid.as_ref().map(|uid| uid.value);
    let what = if *uid == Some(0) {
        format!("a container of `{reference}` runs as root")
    } else if uid.is_none()
        || declared_uid.is_some_and(|wanted| *uid != Some(wanted))
        || declared_name.is_some_and(|wanted| name.as_deref() != Some(wanted))
    {
        let wanted = match (declared_name, declared_uid) {
            (Some(name), Some(uid)) => format!("`{name}` (UID {uid})"),
            (Some(name), None) => format!("`{name}`"),
            (None, Some(uid)) => format!("UID {uid}"),
            (None, None) => "a user other than root".to_owned(),
        };
        format!("the user of `{reference}` is {shown}, and must be {wanted}")
    } else {
        return Verdict::Held(Some(format!("{shown}, by {by}")));
    };
    Verdict::Broken(vec![subject.in_image(IMAGE_USER, "User", what)])
}

/// Judges the base image by its layers.
pub fn base(subject: &Subject<'_>, image: InspectedImage<'_>, bases: &[KnownBase]) -> Verdict {
    if let Some((base, layers)) = base_of(image.layers, bases) {
        return Verdict::Held(Some(format!("{}, {layers} of {}", base.reference, count(image.layers.len(), "layer"))));
    }
    if let Some(missing) = bases.iter().find(|base| base.found.is_none()) {
        return Verdict::NotDecided(format!("the engine has no image `{}`", missing.reference));
    }
    let label = field(image.config, "Labels").and_then(|labels| text(labels, "org.opencontainers.image.base.name"));
    let names: Vec<&str> = bases.iter().map(|base| base.reference.as_str()).collect();
    let reference = subject.reference;
    let what = match label {
        Some(label) if names.contains(&label.as_str()) => {
            format!(
                "`{label}` has moved since `{reference}` was built: the lowest layers are not those of today's `{label}`"
            )
        }
        Some(label) => format!("`{reference}` was built on `{label}`, and must be built on {}", ticked_list(&names)),
        None => format!(
            "the lowest layers of `{reference}` are not those of {}: it was built on another image, or the base image \
             has moved since",
            ticked_list(&names)
        ),
    };
    Verdict::Broken(vec![subject.in_image(IMAGE_BASE, "base", what)])
}

fn held(findings: Vec<crate::domain::finding::Finding>, figure: String) -> Verdict {
    if findings.is_empty() { Verdict::Held(Some(figure)) } else { Verdict::Broken(findings) }
}

#[cfg(test)]
#[path = "image_tests.rs"]
pub(super) mod tests;
