//! The record of a release: what was released, and what was found. Only the steps have times.

use serde::{Deserialize, Serialize};

use super::changelog::{AcceptedLine, ContractLine};

/// The name of the file.
pub const FILE_NAME: &str = "record.json";

/// The version of the record's format.
pub const SCHEMA: u32 = 1;

/// The record.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ReleaseRecord {
    /// The version of the format: [`SCHEMA`].
    pub schema: u32,
    /// The version.
    pub version: String,
    /// The version of the release before; none for the first one.
    pub previous: Option<String>,
    /// The ID of the released commit.
    pub commit: String,
    /// The name of the git tag.
    pub tag: String,
    /// The name of the branch.
    pub branch: String,
    /// The components, in the order of taskflow.toml.
    pub components: Vec<ReleasedComponent>,
    /// The changes of the contract.
    pub contract: Vec<ContractLine>,
    /// The accepted changes of the contract.
    pub accepted: Vec<AcceptedLine>,
    /// What was found and did not prevent the release.
    pub findings: Vec<RecordedFinding>,
    /// The steps, in order.
    pub steps: Vec<RecordedStep>,
}

/// A component of a release.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReleasedComponent {
    /// The name of the component.
    pub component: String,
    /// The reference of its image.
    pub reference: String,
    /// The ID of the image on this machine's engine.
    pub id: String,
    /// The digest in the registry; none without a push.
    pub digest: Option<String>,
    /// The size of the image in bytes.
    pub size_bytes: u64,
    /// The name of the file with the SBOM.
    pub sbom: String,
}

/// A finding of a release.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordedFinding {
    /// The ID of the rule.
    pub rule: String,
    /// The place, in the form that exceptions use.
    pub place: String,
    /// What was found.
    pub message: String,
}

/// A step of a release.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RecordedStep {
    /// The name.
    pub name: String,
    /// How it ended.
    pub state: String,
    /// How long it took, in seconds.
    pub seconds: f64,
}

impl ReleaseRecord {
    /// Returns the content of the file.
    pub fn text(&self) -> String {
        // A structure of texts and numbers is always valid JSON.
        serde_json::to_string_pretty(self).unwrap_or_default() + "\n"
    }

    /// Reads the content of a file; none if it is no record of this format.
    pub fn parse(text: &[u8]) -> Option<Self> {
        serde_json::from_slice(text).ok().filter(|record: &Self| record.schema == SCHEMA)
    }
}

/// Returns the name of the file with the SBOM of a component.
pub fn sbom_file(component: &str) -> String {
    format!("sbom-{component}.cdx.json")
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "snapbox looks for its own file")]
mod tests {
    use super::*;
    use snapbox::{assert_data_eq, str};

    fn record() -> ReleaseRecord {
        ReleaseRecord {
            schema: SCHEMA,
            version: "1.1.0".to_owned(),
            previous: Some("1.0.0".to_owned()),
            commit: "0123456789abcdef0123456789abcdef01234567".to_owned(),
            tag: "v1.1.0".to_owned(),
            branch: "main".to_owned(),
            components: vec![ReleasedComponent {
                component: "frontend".to_owned(),
                reference: "taskflow-frontend:1.1.0".to_owned(),
                id: "sha256:1".to_owned(),
                digest: None,
                size_bytes: 120_000_000,
                sbom: sbom_file("frontend"),
            }],
            contract: vec![ContractLine { level: "minor".to_owned(), text: "new variable `A`".to_owned() }],
            accepted: Vec::new(),
            findings: Vec::new(),
            steps: vec![RecordedStep { name: "build".to_owned(), state: "done".to_owned(), seconds: 12.5 }],
        }
    }

    #[test]
    fn the_record_is_written_in_a_fixed_order() {
        assert_data_eq!(
            record().text(),
            str![[r#"
{
  "schema": 1,
  "version": "1.1.0",
  "previous": "1.0.0",
  "commit": "0123456789abcdef0123456789abcdef01234567",
  "tag": "v1.1.0",
  "branch": "main",
  "components": [
    {
      "component": "frontend",
      "reference": "taskflow-frontend:1.1.0",
      "id": "sha256:1",
      "digest": null,
      "size_bytes": 120000000,
      "sbom": "sbom-frontend.cdx.json"
    }
  ],
  "contract": [
    {
      "level": "minor",
      "text": "new variable `A`"
    }
  ],
  "accepted": [],
  "findings": [],
  "steps": [
    {
      "name": "build",
      "state": "done",
      "seconds": 12.5
    }
  ]
}

"#]]
        );
    }

    #[test]
    fn what_is_written_is_read() {
        assert_eq!(ReleaseRecord::parse(record().text().as_bytes()), Some(record()));
        let other = ReleaseRecord { schema: 2, ..record() };
        assert_eq!(ReleaseRecord::parse(other.text().as_bytes()), None);
        assert_eq!(ReleaseRecord::parse(b"{}"), None);
    }
}
