//! Tables and properties of `tagging`.

use std::collections::HashMap;

use super::*;
use crate::domain::repository_state::Commit;
use proptest::prelude::*;

fn version(text: &str) -> ReleaseVersion {
    text.parse().unwrap()
}

fn settings(declared: Option<&str>) -> TagSettings {
    TagSettings { tag_prefix: "v".to_owned(), default_branch: Some("main".to_owned()), version: declared.map(version) }
}

fn branch(name: &str) -> RepositoryState {
    RepositoryState {
        head: Head::Branch(name.as_bytes().to_vec()),
        commit: Some(Commit { id: "0123456789abcdef0123456789abcdef01234567".to_owned(), seconds: 0 }),
        releases_at_head: Vec::new(),
        highest_release: None,
        changes: Vec::new(),
        shallow: false,
        origin: None,
        origin_default_branch: None,
    }
}

fn tag(settings: &TagSettings, state: &RepositoryState) -> String {
    decide(settings, state).unwrap().tag.to_string()
}

#[test]
fn a_release_is_a_clean_tree_at_a_release_tag_on_the_default_branch_or_detached() {
    let at_tag = RepositoryState { releases_at_head: vec![version("1.2.3")], ..branch("main") };
    assert_eq!(tag(&settings(None), &at_tag), "1.2.3");
    let detached = RepositoryState { head: Head::Detached, ..at_tag.clone() };
    assert_eq!(tag(&settings(None), &detached), "1.2.3");
    let elsewhere = RepositoryState { head: Head::Branch(b"fix".to_vec()), ..at_tag.clone() };
    assert_eq!(tag(&settings(None), &elsewhere), "1.2.3-fix");
    let dirty = RepositoryState { changes: vec!["a".to_owned()], ..at_tag };
    assert_eq!(tag(&settings(None), &dirty), "1.2.3-main.dirty");
}

#[test]
fn the_default_branch_is_configured_or_the_remotes_or_main() {
    let at_tag = RepositoryState { releases_at_head: vec![version("1.2.3")], ..branch("trunk") };
    let unset = TagSettings { default_branch: None, ..settings(None) };
    assert_eq!(tag(&unset, &at_tag), "1.2.3-trunk");
    let remote = RepositoryState { origin_default_branch: Some("trunk".to_owned()), ..at_tag };
    assert_eq!(tag(&unset, &remote), "1.2.3");
    assert_eq!(tag(&settings(None), &remote), "1.2.3-trunk", "taskflow.toml comes first");
}

#[test]
fn the_base_is_the_higher_of_tag_and_declaration() {
    let tagged = RepositoryState { highest_release: Some(version("1.1.0")), ..branch("kubernetes") };
    assert_eq!(tag(&settings(None), &tagged), "1.1.0-kubernetes");
    assert_eq!(tag(&settings(Some("1.2.0")), &tagged), "1.2.0-kubernetes");
    let behind = decide(&settings(Some("1.0.0")), &tagged).unwrap();
    assert_eq!(behind.tag.to_string(), "1.1.0-kubernetes");
    assert_eq!(behind.notes, ["taskflow.toml says version 1.0.0, the release tag 1.1.0 is higher and is used"]);
    assert_eq!(tag(&settings(Some("1.0.0")), &branch("kubernetes")), "1.0.0-kubernetes");
}

#[test]
fn no_version_is_an_error_that_names_both_ways_to_give_one() {
    let problem = decide(&settings(None), &branch("main")).unwrap_err();
    assert_eq!(problem.message, "cannot tell the version: no release tag is reachable from HEAD");
    assert!(problem.hints.iter().any(|hint| hint.contains("git tag") && hint.contains("version =")), "{problem:?}");
    let shallow = RepositoryState { shallow: true, highest_release: Some(version("1.0.0")), ..branch("main") };
    assert!(decide(&settings(None), &shallow).unwrap_err().message.contains("shallow clone"));
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
    let base = version("1.0.0");
    let slug = |name: &str| branch_slug(name.as_bytes(), &base);
    assert_eq!(slug("kubernetes"), "kubernetes");
    assert_eq!(slug("feature/login"), "feature.login");
    assert_eq!(slug("JIRA-123"), "JIRA-123");
    assert_eq!(slug("2026/11"), "2026.11");
    assert_eq!(slug("feature.a"), "feature-a-2f16241a");
    assert_eq!(slug("feature_a"), "feature-a-14d425a9");
    assert_eq!(branch_slug(b"caf\xe9", &base), "caf-dafd66c0");
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
    ] {
        let made = slug(hashed);
        assert_ne!(made, hashed.replace('/', "."), "{hashed}");
        assert!(made.rsplit_once('-').is_some_and(|(_, hash)| hash.len() == 8), "{made}");
    }
    assert!(slug("\u{1f600}").starts_with("b-"));
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
}

/// Whatever bytes a branch may have, and names that are nearly alike.
fn branch_name() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        proptest::collection::vec(1_u8..=255, 1..90),
        "[a-c./_-]{1,6}".prop_map(String::into_bytes),
        "[a-zA-Z0-9/-]{1,70}".prop_map(String::into_bytes),
        "(g|pr-|x-)[0-9a-f]{1,12}(/dirty)?".prop_map(String::into_bytes),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn every_branch_has_a_valid_tag_that_is_also_semver(name in branch_name(), dirty in any::<bool>()) {
        let mut state = branch("x");
        state.head = Head::Branch(name);
        if dirty {
            state.changes.push("file".to_owned());
        }
        let made = tag(&settings(Some("10.20.30")), &state);
        prop_assert!(made.len() <= MAX_BYTES, "{}", made);
        let parsed = semver::Version::parse(&made);
        prop_assert!(parsed.is_ok(), "{}", made);
        prop_assert!(!parsed.unwrap().pre.is_empty());
    }

    #[test]
    fn different_branches_never_share_a_tag(names in proptest::collection::vec(branch_name(), 2..40)) {
        let base = version("1.0.0");
        let mut taken: HashMap<String, Vec<u8>> = HashMap::new();
        for name in names {
            let slug = branch_slug(&name, &base);
            let owner = taken.entry(slug).or_insert_with(|| name.clone());
            prop_assert_eq!(&*owner, &name);
        }
    }
}
