//! Tests of the SBOM: its form, and that it is always the same.

#![expect(
    clippy::disallowed_methods,
    clippy::too_many_lines,
    reason = "snapbox looks for its own file; a document is long"
)]

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use snapbox::{assert_data_eq, str};

use super::*;
use crate::domain::image::Digest;

const LOCK: &str = r#"{"lockfileVersion": 3, "packages": {"": {},
  "node_modules/next": {"version": "16.0.0", "license": "MIT", "resolved": "https://r.example/next.tgz",
    "integrity": "sha256-AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE="},
  "node_modules/@img/sharp": {"version": "0.34.0", "optional": true, "license": "Apache-2.0 AND LGPL-3.0-or-later"},
  "node_modules/a/node_modules/next": {"version": "16.0.0"},
  "node_modules/odd": {"license": "SEE LICENSE IN x"}}}"#;

fn layers() -> Vec<LayerContent> {
    let files = [
        ("etc/os-release", "ID=alpine\nVERSION_ID=3.20\n"),
        ("lib/apk/db/installed", "P:musl\nV:1.2.5-r0\nA:x86_64\nL:MIT\n"),
        ("app/Fast_API-0.1.dist-info/METADATA", "Name: Fast_API\nVersion: 0.1\nLicense-Expression: MIT\n"),
    ];
    let kept = files.map(|(path, text)| (path.to_owned(), text.as_bytes().to_vec()));
    let paths = files.map(|(path, _)| path.to_owned()).to_vec();
    vec![LayerContent { paths, kept: BTreeMap::from(kept), links: BTreeMap::new() }]
}

fn made() -> String {
    let digest: Digest = format!("sha256:{}", "0a".repeat(32)).parse().unwrap();
    let image = SbomImage {
        repository: "taskflow-frontend",
        version: "1.1.0",
        digest: &digest,
        pushed_to: Some("registry.example:5000/team/taskflow-frontend"),
    };
    let sources = SbomSources { lock: Some(("frontend/package-lock.json", LOCK.as_bytes())), layers: &layers() };
    sbom(&image, &sources, 1_795_896_000).unwrap()
}

#[test]
fn the_document_is_always_the_same() {
    assert_eq!(made(), made());
    assert_data_eq!(
        made(),
        str![[r#"
{
  "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
  "bomFormat": "CycloneDX",
  "specVersion": "1.6",
  "version": 1,
  "metadata": {
    "timestamp": "2026-11-28T20:00:00Z",
    "tools": {
      "components": [
        {
          "type": "application",
          "name": "xtask"
        }
      ]
    },
    "component": {
      "type": "container",
      "bom-ref": "pkg:oci/taskflow-frontend@sha256%3A0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a?repository_url=registry.example:5000/team/taskflow-frontend&tag=1.1.0",
      "name": "taskflow-frontend",
      "version": "1.1.0",
      "hashes": [
        {
          "alg": "SHA-256",
          "content": "0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a"
        }
      ],
      "purl": "pkg:oci/taskflow-frontend@sha256%3A0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a?repository_url=registry.example:5000/team/taskflow-frontend&tag=1.1.0"
    }
  },
  "components": [
    {
      "type": "library",
      "bom-ref": "pkg:apk/alpine/musl@1.2.5-r0?arch=x86_64&distro=alpine-3.20",
      "group": "alpine",
      "name": "musl",
      "version": "1.2.5-r0",
      "licenses": [
        {
          "license": {
            "id": "MIT"
          }
        }
      ],
      "purl": "pkg:apk/alpine/musl@1.2.5-r0?arch=x86_64&distro=alpine-3.20"
    },
    {
      "type": "library",
      "bom-ref": "pkg:npm/%40img/sharp@0.34.0",
      "group": "@img",
      "name": "sharp",
      "version": "0.34.0",
      "scope": "optional",
      "licenses": [
        {
          "expression": "Apache-2.0 AND LGPL-3.0-or-later"
        }
      ],
      "purl": "pkg:npm/%40img/sharp@0.34.0"
    },
    {
      "type": "library",
      "bom-ref": "pkg:npm/next@16.0.0",
      "name": "next",
      "version": "16.0.0",
      "hashes": [
        {
          "alg": "SHA-256",
          "content": "0101010101010101010101010101010101010101010101010101010101010101"
        }
      ],
      "licenses": [
        {
          "license": {
            "id": "MIT"
          }
        }
      ],
      "purl": "pkg:npm/next@16.0.0"
    },
    {
      "type": "library",
      "bom-ref": "pkg:npm/odd",
      "name": "odd",
      "licenses": [
        {
          "license": {
            "name": "SEE LICENSE IN x"
          }
        }
      ],
      "purl": "pkg:npm/odd"
    },
    {
      "type": "library",
      "bom-ref": "pkg:pypi/fast-api@0.1",
      "name": "Fast_API",
      "version": "0.1",
      "licenses": [
        {
          "license": {
            "id": "MIT"
          }
        }
      ],
      "purl": "pkg:pypi/fast-api@0.1"
    }
  ]
}

"#]]
    );
}

#[test]
fn the_document_has_the_form_that_the_schema_requires() {
    let document: Value = serde_json::from_str(&made()).unwrap();
    keys(&document, &["$schema", "bomFormat", "specVersion", "version", "metadata", "components"]);
    assert_eq!((&document["bomFormat"], &document["specVersion"]), (&"CycloneDX".into(), &"1.6".into()));
    assert_eq!(document["version"], 1);
    keys(&document["metadata"], &["timestamp", "tools", "component"]);
    assert_eq!(document["metadata"]["timestamp"], "2026-11-28T20:00:00Z");
    let components = document["components"].as_array().unwrap();
    let all: Vec<&Value> = components.iter().chain([&document["metadata"]["component"]]).collect();
    assert_eq!(all.len(), 6, "a package that stands twice is listed once");
    let references: BTreeSet<&str> = all.iter().map(|component| component["bom-ref"].as_str().unwrap()).collect();
    assert_eq!(references.len(), all.len(), "references are unique");
    for component in all {
        check_component(component);
    }
}

/// The parts of the schema's definition of a component that these documents use.
fn check_component(component: &Value) {
    let known = ["type", "bom-ref", "group", "name", "version", "scope", "hashes", "licenses", "purl"];
    keys(component, &known);
    assert!(["library", "container"].contains(&component["type"].as_str().unwrap()));
    assert!(!component["name"].as_str().unwrap().is_empty());
    assert!(component.get("scope").is_none_or(|scope| scope == "optional"));
    assert_purl(component["purl"].as_str().unwrap());
    for hash in component.get("hashes").and_then(Value::as_array).into_iter().flatten() {
        let digits = hash["content"].as_str().unwrap();
        let length = match hash["alg"].as_str().unwrap() {
            "SHA-1" => 40,
            "SHA-256" => 64,
            "SHA-384" => 96,
            "SHA-512" => 128,
            other => panic!("{other}"),
        };
        assert!(digits.len() == length && digits.bytes().all(|digit| digit.is_ascii_hexdigit()), "{digits}");
    }
    let Some(licenses) = component.get("licenses").and_then(Value::as_array) else { return };
    assert_eq!(licenses.len(), 1);
    match (&licenses[0]["expression"], &licenses[0]["license"]) {
        (Value::String(_), Value::Null) => {}
        (Value::Null, license) => assert!(license["id"].is_string() != license["name"].is_string(), "{license}"),
        other => panic!("{other:?}"),
    }
}

fn keys(value: &Value, known: &[&str]) {
    for key in value.as_object().unwrap().keys() {
        assert!(known.contains(&key.as_str()), "{key}");
    }
}

/// `pkg:TYPE/[GROUP/]NAME[@VERSION][?KEY=VALUE&…]`, with escapes for all but a few characters.
fn assert_purl(purl: &str) {
    let (path, qualifiers) = purl.split_once('?').unwrap_or((purl, ""));
    let rest = path.strip_prefix("pkg:").unwrap();
    let plain = |text: &str, others: &str| {
        text.bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-._~%:".contains(&byte) || others.as_bytes().contains(&byte))
    };
    let parts: Vec<&str> = rest.split('/').collect();
    assert!((2..=3).contains(&parts.len()) && parts.iter().all(|part| !part.is_empty() && plain(part, "@")), "{purl}");
    assert!(["npm", "pypi", "apk", "deb", "oci"].contains(&parts[0]), "{purl}");
    assert!(parts[..parts.len() - 1].iter().all(|part| !part.contains('@')), "{purl}");
    assert!(parts[parts.len() - 1].matches('@').count() <= 1, "{purl}");
    let names: Vec<&str> =
        qualifiers.split('&').filter(|pair| !pair.is_empty()).map(|pair| pair.split_once('=').unwrap().0).collect();
    assert!(names.is_sorted() && plain(qualifiers, "=&/"), "{purl}");
}
