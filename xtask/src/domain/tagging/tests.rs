//! Tables and properties of `tagging`.

use std::collections::HashMap;

use super::*;
use crate::domain::repository_state::{Commit, ReleaseTag};
use proptest::prelude::*;

const HEAD: &str = "0123456789abcdef0123456789abcdef01234567";

fn version(text: &str) -> ReleaseVersion {
    text.parse().unwrap()
}

fn settings(declared: Option<&str>) -> TagSettings {
    TagSettings { tag_prefix: "v".to_owned(), default_branch: Some("main".to_owned()), version: declared.map(version) }
}

fn branch(name: &str) -> RepositoryState {
    RepositoryState {
        head: Head::Branch(name.as_bytes().to_vec()),
        commit: Some(Commit { id: HEAD.to_owned(), seconds: 0 }),
        releases: Vec::new(),
        highest_release: None,
        changes: Vec::new(),
        missing_submodules: Vec::new(),
        shallow: false,
        origin: None,
        origin_default_branch: None,
        remotes: Vec::new(),
        uncertain: None,
    }
}

fn release(name: &str, commit: &str) -> ReleaseTag {
    let version = release_of_git_tag(name, "v").unwrap();
    ReleaseTag { version, name: name.to_owned(), commit: commit.to_owned() }
}

fn decided(settings: &TagSettings, state: &RepositoryState) -> Result<TagDecision, Problem> {
    decide(settings, state, &TagRequest::default())
}

fn tag(settings: &TagSettings, state: &RepositoryState) -> String {
    decided(settings, state).unwrap().tag.to_string()
}

fn slug(name: &str) -> String {
    Slug::of_branch(name.as_bytes(), 50).to_string()
}

#[test]
fn a_release_is_a_clean_tree_at_a_release_tag_on_the_default_branch_or_detached() {
    let at_tag = RepositoryState { releases: vec![release("v1.2.3", HEAD)], ..branch("main") };
    assert_eq!(tag(&settings(None), &at_tag), "1.2.3");
    let detached = RepositoryState { head: Head::Detached, ..at_tag.clone() };
    assert_eq!(tag(&settings(None), &detached), "1.2.3");
    let reason = decided(&settings(None), &detached).unwrap().reason;
    assert_eq!(reason, "release tag `v1.2.3` at HEAD, clean tree");
    let elsewhere = RepositoryState { head: Head::Branch(b"fix".to_vec()), ..at_tag.clone() };
    assert_eq!(tag(&settings(None), &elsewhere), "1.2.3-fix");
    let dirty = RepositoryState { changes: vec!["a".to_owned()], ..at_tag };
    assert_eq!(tag(&settings(None), &dirty), "1.2.3-main.dirty");
}

#[test]
fn the_default_branch_is_configured_or_the_remotes_or_main() {
    let at_tag = RepositoryState { releases: vec![release("v1.2.3", HEAD)], ..branch("trunk") };
    let unset = TagSettings { default_branch: None, ..settings(None) };
    assert_eq!(tag(&unset, &at_tag), "1.2.3-trunk");
    let remote = RepositoryState { origin_default_branch: Some(b"trunk".to_vec()), ..at_tag };
    assert_eq!(tag(&unset, &remote), "1.2.3");
    assert_eq!(tag(&settings(None), &remote), "1.2.3-trunk", "taskflow.toml comes first");
}

#[test]
fn the_base_is_the_higher_of_tag_and_declaration() {
    let tagged = RepositoryState { highest_release: Some(version("1.1.0")), ..branch("kubernetes") };
    assert_eq!(tag(&settings(None), &tagged), "1.1.0-kubernetes");
    assert_eq!(tag(&settings(Some("1.2.0")), &tagged), "1.2.0-kubernetes");
    let behind = decided(&settings(Some("1.0.0")), &tagged).unwrap();
    assert_eq!(behind.tag.to_string(), "1.1.0-kubernetes");
    assert_eq!(behind.notes, ["taskflow.toml says version 1.0.0, the release tag 1.1.0 is higher and is used"]);
    assert_eq!(tag(&settings(Some("1.0.0")), &branch("kubernetes")), "1.0.0-kubernetes");
}

#[test]
fn no_version_is_an_error_that_names_both_ways_to_give_one() {
    let problem = decided(&settings(None), &branch("main")).unwrap_err();
    assert_eq!(problem.message, "cannot determine the version: no release tag is reachable from HEAD");
    assert!(problem.hints.iter().any(|hint| hint.contains("git tag") && hint.contains("version =")), "{problem:?}");
    let shallow = RepositoryState { shallow: true, highest_release: Some(version("1.0.0")), ..branch("main") };
    assert!(decided(&settings(None), &shallow).unwrap_err().message.contains("shallow clone"));
    assert_eq!(tag(&settings(Some("2.0.0")), &shallow), "2.0.0-main");
}

#[test]
fn a_detached_head_is_named_by_its_commit() {
    let state = RepositoryState { head: Head::Detached, ..branch("x") };
    assert_eq!(tag(&settings(Some("1.0.0")), &state), "1.0.0-g0123456789ab");
    let dirty = RepositoryState { changes: vec!["a".to_owned()], ..state };
    assert_eq!(tag(&settings(Some("1.0.0")), &dirty), "1.0.0-g0123456789ab.dirty");
}

#[test]
fn slugs_are_readable_where_they_can_be() {
    assert_eq!(slug("kubernetes"), "kubernetes");
    assert_eq!(slug("feature/login"), "feature.login");
    assert_eq!(slug("JIRA-123"), "JIRA-123");
    assert_eq!(slug("2026/11"), "2026.11");
    assert_eq!(slug("feature.a"), "feature-a-2f16241a");
    assert_eq!(slug("feature_a"), "feature-a-14d425a9");
    assert_eq!(Slug::of_branch(b"caf\xe9", 50).as_str(), "caf-dafd66c0");
    for hashed in [
        "007",
        "a/007",
        "gabcdef0",
        "pr-12",
        "latest",
        "dirty",
        "x/dirty",
        "kubernetes-deadbeef",
        "-a",
        "a-",
        "a//b",
        "\u{1f600}",
        "$(reboot)",
        "a;b",
        "--help",
        "a b",
    ] {
        let made = slug(hashed);
        assert_ne!(made, hashed.replace('/', "."), "{hashed}");
        assert!(made.rsplit_once('-').is_some_and(|(_, hash)| hash.len() == 8), "{made}");
    }
    assert!(slug("\u{1f600}").starts_with("b-"));
}

#[test]
fn a_changed_branch_name_is_said_once() {
    let decision = decided(&settings(Some("1.0.0")), &branch("feature/login")).unwrap();
    assert_eq!(decision.notes, ["branch `feature/login` is `feature.login` in tags"]);
    assert_eq!(decision.reason, "branch `feature/login` (HEAD), version 1.0.0 from taskflow.toml");
    assert!(decided(&settings(Some("1.0.0")), &branch("plain")).unwrap().notes.is_empty());
}

#[test]
fn a_pull_request_has_its_own_form_and_no_release_tag() {
    let at_tag = RepositoryState { releases: vec![release("v1.2.3", HEAD)], head: Head::Detached, ..branch("x") };
    let ci = CiReference { variable: "GITHUB_REF", names: CiName::PullRequest(12) };
    let request = TagRequest { ci: Some(ci), ..TagRequest::default() };
    let decision = decide(&settings(None), &at_tag, &request).unwrap();
    assert_eq!((decision.tag.as_str(), decision.kind), ("1.2.3-pr-12", TagKind::PullRequest));
    assert_eq!(decision.reason, "pull request 12 (GITHUB_REF), version 1.2.3 from release tag `v1.2.3`");
    let asked = TagRequest { branch: Some((b"topic".to_vec(), "--branch")), ..request };
    assert_eq!(decide(&settings(None), &at_tag, &asked).unwrap().tag.as_str(), "1.2.3-topic");
}

#[test]
fn the_branch_comes_from_the_request_then_head_then_ci() {
    let ci = Some(CiReference { variable: "CI_COMMIT_BRANCH", names: CiName::Branch(b"from-ci".to_vec()) });
    let request = TagRequest { ci: ci.clone(), ..TagRequest::default() };
    let detached = RepositoryState { head: Head::Detached, ..branch("x") };
    let settings = settings(Some("1.0.0"));
    let decision = decide(&settings, &detached, &request).unwrap();
    assert_eq!(decision.tag.as_str(), "1.0.0-from-ci");
    assert_eq!(decision.reason, "branch `from-ci` (CI_COMMIT_BRANCH), version 1.0.0 from taskflow.toml");
    assert_eq!(decide(&settings, &branch("topic"), &request).unwrap().tag.as_str(), "1.0.0-topic");
    let asked = TagRequest { branch: Some((b"asked".to_vec(), "--branch")), ci, given: None };
    assert_eq!(decide(&settings, &branch("topic"), &asked).unwrap().tag.as_str(), "1.0.0-asked");
}

#[test]
fn a_ci_branch_other_than_the_default_one_gets_no_release_tag() {
    let at_tag = RepositoryState { releases: vec![release("v1.2.3", HEAD)], head: Head::Detached, ..branch("x") };
    let ci = |name: &str| {
        let ci = CiReference { variable: "GITHUB_REF", names: CiName::Branch(name.as_bytes().to_vec()) };
        let request = TagRequest { ci: Some(ci), ..TagRequest::default() };
        decide(&settings(None), &at_tag, &request).unwrap().tag.to_string()
    };
    assert_eq!(ci("main"), "1.2.3");
    assert_eq!(ci("topic"), "1.2.3-topic");
}

#[test]
fn what_the_command_line_gives_stands_above_git() {
    let given = Some(("2.0.0".parse().unwrap(), "--version"));
    let request = TagRequest { given, ..TagRequest::default() };
    let unborn = RepositoryState { commit: None, changes: vec!["a".to_owned()], ..branch("main") };
    let decision = decide(&settings(None), &unborn, &request).unwrap();
    assert_eq!((decision.tag.as_str(), decision.kind), ("2.0.0", TagKind::Given));
    assert_eq!(decision.notes, ["the tree has changes: `a`", "the tag `2.0.0` does not say that the tree has changes"]);
}

#[test]
fn a_branch_without_commits_is_an_error_of_its_own() {
    let unborn = RepositoryState { commit: None, ..branch("main") };
    let problem = decided(&settings(Some("1.0.0")), &unborn).unwrap_err();
    assert_eq!(problem.message, "branch `main` has no commit yet");
}

#[test]
fn both_forms_of_a_release_tag_must_agree() {
    let releases = vec![release("v1.2.3", HEAD), release("1.2.3", "ffff")];
    let state = RepositoryState { releases, highest_release: Some(version("1.2.3")), ..branch("topic") };
    let problem = decided(&settings(None), &state).unwrap_err();
    assert_eq!(problem.message, "the release tags `1.2.3` and `v1.2.3` name different commits");
    let agreeing = RepositoryState { releases: vec![release("v1.2.3", "a"), release("1.2.3", "a")], ..state };
    assert_eq!(tag(&settings(None), &agreeing), "1.2.3-topic");
}

#[test]
fn a_missing_submodule_is_said() {
    let state = RepositoryState { missing_submodules: vec!["vendor/x".to_owned()], ..branch("main") };
    let notes = decided(&settings(Some("1.0.0")), &state).unwrap().notes;
    assert_eq!(notes, ["submodule `vendor/x` is not checked out: its files are missing from what is built"]);
}

#[test]
fn git_tags_count_only_in_their_exact_form() {
    for good in ["v1.2.3", "1.2.3"] {
        assert_eq!(release_of_git_tag(good, "v"), Some(version("1.2.3")), "{good}");
    }
    for bad in
        ["v1", "v1.0", "v01.0.0", "v1.0.0-rc.1", "v1.0.0+b", "frontend-v1.0.0", "backend/v1.0.0", "vv1.0.0", "nightly"]
    {
        assert_eq!(release_of_git_tag(bad, "v"), None, "{bad}");
    }
    assert_eq!(release_of_git_tag("release-1.0.0", "release-"), Some(version("1.0.0")));
    assert_eq!(release_of_git_tag("1.0.0", ""), Some(version("1.0.0")));
    for other in ["1.0.0", "v1.0.0", "web/v1.0.0", "release-v1.0.0"] {
        assert_eq!(release_of_git_tag(other, "release-"), None, "{other} belongs to something else");
    }
    assert_eq!(release_of_git_tag("v1.0.0", ""), None);
}

/// Branch names of any bytes, and names that are nearly alike.
fn branch_name() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        proptest::collection::vec(1_u8..=255, 1..90),
        "[a-c./_-]{1,6}".prop_map(String::into_bytes),
        "[a-zA-Z0-9/-]{1,70}".prop_map(String::into_bytes),
        "(g|pr-|x-)[0-9a-f]{1,12}(/dirty)?".prop_map(String::into_bytes),
    ]
}

/// All forms of tags that other states of the same repository could have.
fn other_forms() -> impl Strategy<Value = String> {
    prop_oneof![
        "[0-9a-f]{12}".prop_map(|hex| format!("g{hex}")),
        (1_u64..).prop_map(|number| format!("pr-{number}")),
        Just("latest".to_owned()),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(20_000))]

    #[test]
    fn every_branch_has_a_valid_tag_that_is_also_semver(name in branch_name(), dirty in any::<bool>(), long in any::<bool>()) {
        let mut state = branch("x");
        state.head = Head::Branch(name);
        if dirty {
            state.changes.push("file".to_owned());
        }
        let version = if long { "9999999999.9999999999.9999999999" } else { "10.20.30" };
        let made = tag(&settings(Some(version)), &state);
        prop_assert!(made.len() <= MAX_BYTES, "{}", made);
        let parsed = semver::Version::parse(&made);
        prop_assert!(parsed.is_ok(), "{}", made);
        prop_assert!(!parsed.unwrap().pre.is_empty());
        prop_assert_eq!(&made, &tag(&settings(Some(version)), &state), "the same state gives the same tag");
    }

    #[test]
    fn different_branches_never_share_a_tag(names in proptest::collection::vec(branch_name(), 2..6)) {
        let mut taken: HashMap<String, Vec<u8>> = HashMap::new();
        for name in names {
            let made = Slug::of_branch(&name, 50).to_string();
            // Another branch may be called like the slug of a branch, with either separator.
            for rival in [made.clone().into_bytes(), made.replace('.', "/").into_bytes()] {
                let rivals = Slug::of_branch(&rival, 50).to_string();
                prop_assert_eq!(rivals == made, rival == name, "{} against {:?}", made, rival);
            }
            let owner = taken.entry(made).or_insert_with(|| name.clone());
            prop_assert_eq!(&*owner, &name);
        }
    }

    #[test]
    fn no_branch_can_take_the_tag_of_another_form(name in branch_name(), form in other_forms()) {
        prop_assert!(Slug::of_branch(form.as_bytes(), 50).as_str() != form);
        let made = Slug::of_branch(&name, 50).to_string();
        prop_assert!(made != form);
        prop_assert!(made.strip_suffix(".dirty").is_none() && made != "dirty", "{}", made);
    }
}
