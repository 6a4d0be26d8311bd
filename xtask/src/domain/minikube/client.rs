//! The client's version, and what is known to be wrong with it.

use semver::Version;

use super::profile::Runtime;
use crate::domain::lenient::{document, field, text};
use crate::domain::problem::Problem;

/// The first version with `image ls --format json`.
const OLDEST: Version = Version::new(1, 25, 0);

/// A version of the client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientVersion {
    /// As it is said, without the leading `v`.
    pub text: String,
    number: Option<Version>,
}

/// The client's version, as its `version -o json` says it; none where it says none.
pub fn read_version(said: &str) -> Option<ClientVersion> {
    let text = text(&document(said, |value| field(value, "minikubeVersion").is_some())?, "minikubeVersion")?;
    let text = text.trim_start_matches('v').to_owned();
    // A client that was built without its number says 0.0.0-unset.
    let number = text.parse().ok().filter(|number: &Version| number.major > 0);
    Some(ClientVersion { text, number })
}

/// A fault: before which version, with which runtime, what, and where it was reported.
type Fault = (Version, Runtime, &'static str, &'static str);

/// Faults of loading that are known, as far as their end is. Those that no version is free of are no news.
const FAULTS: [Fault; 2] = [
    (
        Version::new(1, 39, 0),
        Runtime::Docker,
        "loading by name keeps the old image while a container uses the tag, and says nothing",
        "kubernetes/minikube#23023",
    ),
    (
        Version::new(1, 38, 0),
        Runtime::Containerd,
        "an import into containerd may end early, and says nothing",
        "kubernetes/minikube#22309",
    ),
];

impl ClientVersion {
    /// Why this version is of no use, if it is not.
    pub fn too_old(&self) -> Option<Problem> {
        let number = self.number.as_ref().filter(|number| **number < OLDEST)?;
        let problem = Problem::new(format!("minikube {number} is too old: it cannot list images as JSON"));
        Some(problem.hint(format!("install minikube {OLDEST} or newer")))
    }

    /// The known faults of this version with a runtime, each as a sentence.
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
        // A candidate of the version that mends it may not have it yet.
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
