//! The branch and the pull request in the environment variables of CI systems.
//!
//! Such variables may be stale (a job that checks out another commit, a shell that inherited them). They are used only
//! if the same system's commit variable names the commit of HEAD.

/// What a CI system says about the commit that it builds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CiReference {
    /// The variable that names the branch or pull request.
    pub variable: &'static str,
    /// The branch or pull request.
    pub names: CiName,
}

/// A branch or a pull request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CiName {
    /// A branch: its name as bytes.
    Branch(Vec<u8>),
    /// A pull or merge request: its number.
    PullRequest(u64),
}

/// The format of a variable.
#[derive(Clone, Copy)]
enum Form {
    /// The name of a branch.
    Branch,
    /// `refs/heads/…` for a branch; anything else is ignored.
    HeadsReference,
    /// `refs/pull/N/…` for a pull request; anything else is ignored.
    PullReference,
    /// The number of a pull request.
    Number,
    /// A URL that ends in the number of a pull request.
    Url,
}

/// For each system: the variable of its commit, then those of pull request and branch.
const SYSTEMS: [(&str, &[(&str, Form)]); 8] = [
    ("GITHUB_SHA", &[("GITHUB_REF", Form::PullReference), ("GITHUB_REF", Form::HeadsReference)]),
    ("CI_COMMIT_SHA", &[("CI_MERGE_REQUEST_IID", Form::Number), ("CI_COMMIT_BRANCH", Form::Branch)]),
    (
        "BUILD_SOURCEVERSION",
        &[("BUILD_SOURCEBRANCH", Form::PullReference), ("BUILD_SOURCEBRANCH", Form::HeadsReference)],
    ),
    ("BITBUCKET_COMMIT", &[("BITBUCKET_PR_ID", Form::Number), ("BITBUCKET_BRANCH", Form::Branch)]),
    ("BUILDKITE_COMMIT", &[("BUILDKITE_PULL_REQUEST", Form::Number), ("BUILDKITE_BRANCH", Form::Branch)]),
    (
        "CIRCLE_SHA1",
        &[("CIRCLE_PR_NUMBER", Form::Number), ("CIRCLE_PULL_REQUEST", Form::Url), ("CIRCLE_BRANCH", Form::Branch)],
    ),
    ("GIT_COMMIT", &[("CHANGE_ID", Form::Number), ("BRANCH_NAME", Form::Branch)]),
    ("DRONE_COMMIT_SHA", &[("DRONE_PULL_REQUEST", Form::Number), ("DRONE_BRANCH", Form::Branch)]),
];

/// Returns the branch or pull request in the environment; none if the environment is about another commit than HEAD.
///
/// `variable` returns the bytes of a variable that is set and not empty.
pub fn ci_reference(variable: &dyn Fn(&str) -> Option<Vec<u8>>, head: &str) -> Option<CiReference> {
    SYSTEMS.iter().filter(|(commit, _)| variable(commit).as_deref() == Some(head.as_bytes())).find_map(|(_, names)| {
        names.iter().find_map(|(name, form)| {
            let names = named(&variable(name)?, *form)?;
            Some(CiReference { variable: name, names })
        })
    })
}

fn named(value: &[u8], form: Form) -> Option<CiName> {
    let number = |text: &[u8]| {
        let digits = std::str::from_utf8(text).ok().filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()))?;
        digits.parse().ok().filter(|number| *number > 0).map(CiName::PullRequest)
    };
    // Some systems set the variable to `HEAD` if they know no branch.
    let branch = |name: &[u8]| (!name.is_empty() && name != b"HEAD").then(|| CiName::Branch(name.to_vec()));
    match form {
        Form::Branch => branch(value),
        Form::HeadsReference => branch(value.strip_prefix(b"refs/heads/")?),
        Form::PullReference => number(value.strip_prefix(b"refs/pull/")?.split(|byte| *byte == b'/').next()?),
        Form::Number => number(value),
        Form::Url => number(value.rsplit(|byte| *byte == b'/').next()?),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashMap;

    const HEAD: &str = "0123456789abcdef0123456789abcdef01234567";

    fn reference(variables: &[(&str, &str)]) -> Option<CiReference> {
        let variables: HashMap<&str, &str> = variables.iter().copied().collect();
        ci_reference(&|name| variables.get(name).map(|value| value.as_bytes().to_vec()), HEAD)
    }

    #[expect(clippy::unnecessary_wraps, reason = "is compared with an answer that may be none")]
    fn branch(variable: &'static str, name: &str) -> Option<CiReference> {
        Some(CiReference { variable, names: CiName::Branch(name.as_bytes().to_vec()) })
    }

    #[expect(clippy::unnecessary_wraps, reason = "is compared with an answer that may be none")]
    fn pull_request(variable: &'static str, number: u64) -> Option<CiReference> {
        Some(CiReference { variable, names: CiName::PullRequest(number) })
    }

    #[test]
    fn every_system_names_branches_and_pull_requests() {
        let found = |commit, name, value| reference(&[(commit, HEAD), (name, value)]);
        let github = |value| found("GITHUB_SHA", "GITHUB_REF", value);
        assert_eq!(github("refs/heads/a/b"), branch("GITHUB_REF", "a/b"));
        assert_eq!(github("refs/pull/12/merge"), pull_request("GITHUB_REF", 12));
        assert_eq!(github("refs/tags/v1.0.0"), None);
        let azure = |value| found("BUILD_SOURCEVERSION", "BUILD_SOURCEBRANCH", value);
        assert_eq!(azure("refs/heads/x"), branch("BUILD_SOURCEBRANCH", "x"));
        assert_eq!(azure("refs/pull/7/merge"), pull_request("BUILD_SOURCEBRANCH", 7));
        for (commit, name, value, number) in [
            ("CI_COMMIT_SHA", "CI_MERGE_REQUEST_IID", "3", 3),
            ("BITBUCKET_COMMIT", "BITBUCKET_PR_ID", "4", 4),
            ("BUILDKITE_COMMIT", "BUILDKITE_PULL_REQUEST", "5", 5),
            ("CIRCLE_SHA1", "CIRCLE_PULL_REQUEST", "https://example.org/o/r/pull/6", 6),
            ("CIRCLE_SHA1", "CIRCLE_PR_NUMBER", "8", 8),
            ("GIT_COMMIT", "CHANGE_ID", "9", 9),
            ("DRONE_COMMIT_SHA", "DRONE_PULL_REQUEST", "10", 10),
        ] {
            assert_eq!(found(commit, name, value), pull_request(name, number));
        }
        for (commit, name) in [
            ("CI_COMMIT_SHA", "CI_COMMIT_BRANCH"),
            ("BITBUCKET_COMMIT", "BITBUCKET_BRANCH"),
            ("BUILDKITE_COMMIT", "BUILDKITE_BRANCH"),
            ("CIRCLE_SHA1", "CIRCLE_BRANCH"),
            ("GIT_COMMIT", "BRANCH_NAME"),
            ("DRONE_COMMIT_SHA", "DRONE_BRANCH"),
        ] {
            assert_eq!(found(commit, name, "topic"), branch(name, "topic"));
        }
    }

    #[test]
    fn variables_about_another_commit_do_not_count() {
        assert_eq!(reference(&[("GITHUB_SHA", "ffff"), ("GITHUB_REF", "refs/heads/x")]), None);
        assert_eq!(reference(&[("GITHUB_REF", "refs/heads/x")]), None);
        let mixed =
            [("GITHUB_SHA", "ffff"), ("GITHUB_REF", "refs/heads/x"), ("GIT_COMMIT", HEAD), ("BRANCH_NAME", "y")];
        assert_eq!(reference(&mixed), branch("BRANCH_NAME", "y"));
    }

    #[test]
    fn no_branch_is_guessed_from_what_names_none() {
        assert_eq!(reference(&[("GIT_COMMIT", HEAD), ("BRANCH_NAME", "HEAD")]), None);
        assert_eq!(reference(&[("GITHUB_SHA", HEAD), ("GITHUB_REF", "refs/heads/")]), None);
    }

    #[test]
    fn a_pull_request_comes_before_its_branch() {
        let buildkite = |pull_request| {
            let commit = ("BUILDKITE_COMMIT", HEAD);
            reference(&[commit, ("BUILDKITE_PULL_REQUEST", pull_request), ("BUILDKITE_BRANCH", "b")])
        };
        assert_eq!(buildkite("5"), pull_request("BUILDKITE_PULL_REQUEST", 5));
        assert_eq!(buildkite("false"), branch("BUILDKITE_BRANCH", "b"));
    }
}
