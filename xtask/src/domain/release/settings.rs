//! The settings under `[release]` in taskflow.toml.

use regex::Regex;

use crate::domain::version::ReleaseVersion;

/// The changelog if `changelog` is not set.
pub const CHANGELOG: &str = "CHANGELOG.md";

/// The word in `sign` that stands for the reference of an image.
pub const IMAGE_PLACEHOLDER: &str = "{image}";

/// The pattern that allows branches besides the default branch if `branches` is not set.
pub const RELEASE_BRANCHES: &str = "release/*";

/// The settings of a release.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReleaseSettings {
    /// Patterns of the branches from which releases are made; empty for the default branch and `release/*`.
    pub branches: Vec<String>,
    /// The files besides taskflow.toml that contain the version, relative to taskflow.toml, normalized.
    pub version_files: Vec<String>,
    /// The changelog, relative to taskflow.toml, normalized.
    pub changelog: String,
    /// The git remote to push to; none for the remote of release tags.
    pub remote: Option<String>,
    /// The text before the repository of an image that is pushed: a registry with an optional path.
    pub registry: Option<String>,
    /// Whether a release is pushed without `--push`.
    pub push: bool,
    /// Whether a release is loaded into Minikube without `--minikube`.
    pub minikube: bool,
    /// The version step that a new required variable needs.
    pub required_variable: RequiredVariableStep,
    /// The words of a command that signs an image, one of which contains `{image}`; empty for no signature.
    pub sign: Vec<String>,
    /// Whether pushed images get attestations.
    pub attest: bool,
    /// The changes of contracts that are accepted with a smaller step.
    pub accepted: Vec<AcceptedChange>,
}

impl Default for ReleaseSettings {
    fn default() -> Self {
        Self {
            branches: Vec::new(),
            version_files: Vec::new(),
            changelog: CHANGELOG.to_owned(),
            remote: None,
            registry: None,
            push: false,
            minikube: false,
            required_variable: RequiredVariableStep::Minor,
            sign: Vec::new(),
            attest: false,
            accepted: Vec::new(),
        }
    }
}

/// The version step that a new required variable needs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RequiredVariableStep {
    /// A minor step, by the words of the contract.
    #[default]
    Minor,
    /// A major step: a deployment that does not set the variable fails.
    Major,
}

impl RequiredVariableStep {
    /// The names in taskflow.toml.
    pub const NAMES: [&str; 2] = ["minor", "major"];

    /// Parses a name of taskflow.toml.
    pub fn parse(name: &str) -> Option<Self> {
        match name {
            "minor" => Some(Self::Minor),
            "major" => Some(Self::Major),
            _ => None,
        }
    }
}

/// A change of a contract that is accepted with a smaller step, in one version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AcceptedChange {
    /// The fingerprint of the change: 12 hex digits.
    pub finding: String,
    /// The version in which it is accepted.
    pub version: ReleaseVersion,
    /// Why it is accepted.
    pub reason: String,
    /// The line of the entry in taskflow.toml.
    pub line: usize,
}

impl ReleaseSettings {
    /// Whether releases are made from a branch.
    pub fn releases_from(&self, branch: &str, default_branch: &str) -> bool {
        if self.branches.is_empty() {
            return branch == default_branch || branch_matches(RELEASE_BRANCHES, branch);
        }
        self.branches.iter().any(|pattern| branch_matches(pattern, branch))
    }
}

/// Whether a pattern matches a branch. `*` stands for any text without `/`, `**` for any text, and `?` for one
/// character other than `/`.
pub fn branch_matches(pattern: &str, branch: &str) -> bool {
    let mut expression = String::from(r"(?s)\A");
    let mut letters = pattern.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '*' if letters.next_if_eq(&'*').is_some() => expression += ".*",
            '*' => expression += "[^/]*",
            '?' => expression += "[^/]",
            other => expression += &regex::escape(&other.to_string()),
        }
    }
    Regex::new(&(expression + r"\z")).is_ok_and(|expression| expression.is_match(branch))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_match_whole_names() {
        for (pattern, branch, expected) in [
            ("main", "main", true),
            ("main", "maintenance", false),
            ("release/*", "release/1.0", true),
            ("release/*", "release/1.0/fix", false),
            ("release/**", "release/1.0/fix", true),
            ("release/*", "xrelease/1", false),
            ("v?.x", "v1.x", true),
            ("v?.x", "v10.x", false),
            ("*", "größe", true),
            ("*", "a/b", false),
            ("a.b", "aXb", false),
        ] {
            assert_eq!(branch_matches(pattern, branch), expected, "{pattern} {branch}");
        }
    }

    #[test]
    fn without_patterns_the_default_branch_and_release_branches_count() {
        let mut settings = ReleaseSettings::default();
        let allowed = |settings: &ReleaseSettings, branch| settings.releases_from(branch, "trunk");
        assert!(allowed(&settings, "trunk") && allowed(&settings, "release/2"));
        assert!(!allowed(&settings, "main") && !allowed(&settings, "feature/x"));
        settings.branches = vec!["main".to_owned()];
        assert!(allowed(&settings, "main") && !allowed(&settings, "trunk") && !allowed(&settings, "release/2"));
    }

    #[test]
    fn names_of_taskflow_toml_are_all_parsed() {
        assert!(RequiredVariableStep::NAMES.iter().all(|name| RequiredVariableStep::parse(name).is_some()));
        assert_eq!(RequiredVariableStep::parse("patch"), None);
    }
}
