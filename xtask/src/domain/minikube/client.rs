//! The version of the minikube client, and its known defects.

use semver::Version;

use super::profile::Runtime;
use crate::domain::lenient::{document, field, text};
use crate::domain::problem::Problem;

/// The first version with `image ls --format json`.
const OLDEST: Version = Version::new(1, 25, 0);

/// The version of the client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientVersion {
    /// The version as the client prints it, without the leading `v`.
    pub text: String,
    number: Option<Version>,
}

/// Reads the version from `minikube version -o json`; none if it contains none.
pub fn read_version(said: &str) -> Option<ClientVersion> {
    let text = text(&document(said, |value| field(value, "minikubeVersion").is_some())?, "minikubeVersion")?;
    let text = text.trim_start_matches('v').to_owned();
    // A client that was built without a version number prints 0.0.0-unset.
    let number = text.parse().ok().filter(|number: &Version| number.major > 0);
    Some(ClientVersion { text, number })
}

/// A known defect: the version that fixes it, the runtime that it affects, a description, and the address of its
/// report.
type Fault = (Version, Runtime, &'static str, &'static str);

/// Known defects of loading that some version fixes. Defects without a fix are not listed, since there is no remedy to
/// name.
const FAULTS: [Fault; 2] = [
    (
        Version::new(1, 39, 0),
        Runtime::Docker,
        "loading by name keeps the old image while a container uses the tag, without an error",
        "kubernetes/minikube#23023",
    ),
    (
        Version::new(1, 38, 0),
        Runtime::Containerd,
        "an import into containerd may end early, without an error",
        "kubernetes/minikube#22309",
    ),
];

impl ClientVersion {
    /// Returns the problem if this version is too old.
    pub fn too_old(&self) -> Option<Problem> {
        let number = self.number.as_ref().filter(|number| **number < OLDEST)?;
        let problem = Problem::new(format!("minikube {number} is too old: it cannot list images as JSON"));
        Some(problem.hint(format!("install minikube {OLDEST} or newer")))
    }

    /// Returns the known defects of this version with a runtime, each as a sentence.
    pub fn faults(&self, runtime: Runtime) -> Vec<String> {
        let Some(number) = &self.number else { return Vec::new() };
        let applies = |(fixed, of, ..): &&Fault| number < fixed && *of == runtime;
        let sentence = |(_, _, what, link): &Fault| format!("minikube {}: {what} ({link})", self.text);
        FAULTS.iter().filter(applies).map(sentence).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(text: &str) -> ClientVersion {
        read_version(&format!(r#"{{"commit":"","minikubeVersion":"{text}"}}"#)).unwrap()
    }

    #[test]
    fn faults_end_with_the_version_that_mends_them() {
        let count = |text: &str, runtime| version(text).faults(runtime).len();
        assert_eq!([count("v1.38.1", Runtime::Docker), count("v1.38.1", Runtime::Containerd)], [1, 0]);
        assert_eq!([count("v1.37.0", Runtime::Docker), count("v1.37.0", Runtime::Containerd)], [1, 1]);
        assert_eq!(count("v1.39.0", Runtime::Docker), 0);
        // A pre-release of the version that contains the fix may lack it.
        assert_eq!(count("v1.39.0-beta.0", Runtime::Docker), 1);
        assert_eq!(count("v1.30.0", Runtime::CriO), 0);
    }

    #[test]
    fn versions_without_a_number_are_taken_as_they_are() {
        for unknown in ["v0.0.0-unset", "master"] {
            let version = version(unknown);
            assert_eq!((version.too_old(), version.faults(Runtime::Docker)), (None, Vec::new()));
        }
        assert_eq!(read_version("{}"), None);
        assert_eq!(read_version("v1.38.1"), None);
        assert!(version("v1.24.0").too_old().is_some() && version("v1.25.0").too_old().is_none());
    }
}
