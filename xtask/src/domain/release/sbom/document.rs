//! The document of CycloneDX.

use serde::Serialize;
use serde_json::Value;

use super::package::{Package, purl};
use crate::domain::image::Digest;
use crate::domain::text::rfc3339;

/// The image that a document describes.
#[derive(Clone, Copy, Debug)]
pub struct SbomImage<'a> {
    /// The repository, `taskflow-frontend`, without a registry.
    pub repository: &'a str,
    /// The version, which is its tag.
    pub version: &'a str,
    /// The digest in the registry, or the ID of the image without a push.
    pub digest: &'a Digest,
    /// The repository with its registry, if the image was pushed.
    pub pushed_to: Option<&'a str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Document<'a> {
    #[serde(rename = "$schema")]
    schema: &'a str,
    bom_format: &'a str,
    spec_version: &'a str,
    version: u32,
    metadata: Metadata<'a>,
    components: Vec<Component<'a>>,
}

#[derive(Serialize)]
struct Metadata<'a> {
    timestamp: String,
    tools: Tools<'a>,
    component: Component<'a>,
}

#[derive(Serialize)]
struct Tools<'a> {
    components: [Tool<'a>; 1],
}

#[derive(Serialize)]
struct Tool<'a> {
    r#type: &'a str,
    name: &'a str,
}

#[derive(Serialize)]
struct Component<'a> {
    r#type: &'a str,
    #[serde(rename = "bom-ref")]
    bom_ref: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    group: Option<&'a str>,
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    scope: Option<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    hashes: Vec<Hash<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    licenses: Option<Value>,
    purl: &'a str,
}

#[derive(Serialize)]
struct Hash<'a> {
    alg: &'a str,
    content: &'a str,
}

/// Returns the text of the document. No two packages have the same package URL.
pub(super) fn text(image: &SbomImage<'_>, packages: &[Package], seconds: i64) -> String {
    let digest = image.digest.to_string();
    let name = image.repository.rsplit('/').next().unwrap_or(image.repository);
    // In this type of package URL, the colon of a digest is escaped.
    let identity = purl("oci", None, name, None, &[]) + "@" + &digest.replace(':', "%3A");
    let qualifiers = purl(
        "oci",
        None,
        name,
        None,
        &[("repository_url", image.pushed_to.unwrap_or_default()), ("tag", image.version)],
    );
    let identity = identity + qualifiers.find('?').and_then(|at| qualifiers.get(at..)).unwrap_or_default();
    let hashes = digest.strip_prefix("sha256:").map(|content| Hash { alg: "SHA-256", content });
    let document = Document {
        schema: "http://cyclonedx.org/schema/bom-1.6.schema.json",
        bom_format: "CycloneDX",
        spec_version: "1.6",
        version: 1,
        metadata: Metadata {
            timestamp: rfc3339(seconds),
            tools: Tools { components: [Tool { r#type: "application", name: "xtask" }] },
            component: Component {
                r#type: "container",
                bom_ref: &identity,
                group: None,
                name: image.repository,
                version: Some(image.version),
                scope: None,
                hashes: hashes.into_iter().collect(),
                licenses: None,
                purl: &identity,
            },
        },
        components: packages.iter().map(component).collect(),
    };
    // A structure of texts and numbers is always valid JSON.
    serde_json::to_string_pretty(&document).unwrap_or_default() + "\n"
}

fn component(package: &Package) -> Component<'_> {
    Component {
        r#type: "library",
        bom_ref: &package.purl,
        group: package.group.as_deref(),
        name: &package.name,
        version: package.version.as_deref(),
        scope: package.is_optional.then_some("optional"),
        hashes: package.hashes.iter().map(|(alg, content)| Hash { alg, content }).collect(),
        licenses: package.license.as_ref().map(super::license::License::document),
        purl: &package.purl,
    }
}
