//! The journal of a release: what was decided and done so far. With it, a release can be resumed or undone by another
//! process. It contains no secrets.

use serde::{Deserialize, Serialize};

use super::attestation::SUFFIX;
use super::changelog::{AcceptedLine, ContractLine};
use super::record::RecordedFinding;
use super::step::{STEPS, Step, StepState};
use crate::domain::image::short_id;

/// The version of the format.
const SCHEMA: u32 = 1;

/// What a release has decided and done so far.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Journal {
    /// The version of the format.
    schema: u32,
    /// The version that is released.
    pub version: String,
    /// The working tree in which it is made: the name of its git directory, and its path for messages.
    #[serde(default)]
    pub working_tree: (String, String),
    /// The version of the release before; none for the first one.
    pub previous: Option<String>,
    /// The commit of the release before; none for the first one.
    pub previous_commit: Option<String>,
    /// The branch, after `refs/heads/`.
    pub branch: String,
    /// The name of the git tag.
    pub git_tag: String,
    /// The commit of the branch before the release.
    pub before: String,
    /// The release commit; none until it is made.
    pub commit: Option<String>,
    /// The object of the annotated tag; none until it is made.
    pub tag_object: Option<String>,
    /// The changelog section, which is the message of the tag.
    pub section: String,
    /// The images, one for each component.
    pub images: Vec<JournalImage>,
    /// The remote to push to; none if git is not pushed.
    pub remote: Option<String>,
    /// The prefix of the repositories in the registry; none if images are not pushed.
    pub registry: Option<String>,
    /// Whether pushed images get attestations.
    #[serde(default)]
    pub attest: bool,
    /// The Minikube profile to load into; none if images are not loaded.
    pub profile: Option<String>,
    /// Whether images on stand-ins of base images may be released.
    pub allow_stand_in: bool,
    /// Whether branch and tag are being moved. From then on, index and working tree may have the files of the release.
    #[serde(default)]
    pub moving: bool,
    /// Who can see the release.
    pub reach: Reach,
    /// The time of the release, in seconds since 1970: that of the commit, the tag, and the changelog section.
    pub seconds: i64,
    /// The changes of the contract since the release before.
    pub contract: Vec<ContractLine>,
    /// The changes of the contract that are accepted with a smaller step.
    pub accepted: Vec<AcceptedLine>,
    /// What building and verifying have found that does not stop a release.
    #[serde(default)]
    pub findings: Vec<RecordedFinding>,
    /// The steps that were begun.
    steps: Vec<Entry>,
}

/// Who can see a release.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reach {
    /// It is on this machine only.
    #[default]
    Here,
    /// A push has begun, and the remote has not said yet what it has.
    Uncertain,
    /// The remote has it.
    Public,
}

/// An image of a release.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct JournalImage {
    /// The component.
    pub component: String,
    /// The repository on this machine.
    pub repository: String,
    /// The ID of the candidate; none until it is built.
    pub id: Option<String>,
    /// The size of the candidate in bytes of all its layers.
    pub size_bytes: Option<u64>,
    /// Whether it is known which image had the name of the release before. Until then, the name was not changed.
    #[serde(default)]
    pub named: bool,
    /// The image that had the name of the release before, by its ID; it may be the same one.
    pub replaced: Option<String>,
    /// The digest of the candidate in the registry, with attestations that of its index; none until it is pushed.
    pub digest: Option<String>,
}

/// A step that was begun.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// The step.
    pub step: Step,
    /// Its state.
    pub state: StepState,
    /// The duration in milliseconds, over all attempts.
    pub milliseconds: u64,
}

/// What a release decides before it changes anything.
#[derive(Clone, Debug, Default)]
pub struct Decided {
    /// The version that is released.
    pub version: String,
    /// The working tree: the name of its git directory, and its path for messages.
    pub working_tree: (String, String),
    /// The version of the release before; none for the first one.
    pub previous: Option<String>,
    /// The commit of the release before; none for the first one.
    pub previous_commit: Option<String>,
    /// The branch, after `refs/heads/`.
    pub branch: String,
    /// The name of the git tag.
    pub git_tag: String,
    /// The commit of the branch.
    pub before: String,
    /// The components, each with its repository.
    pub components: Vec<(String, String)>,
    /// The remote to push to.
    pub remote: Option<String>,
    /// The prefix of the repositories in the registry.
    pub registry: Option<String>,
    /// Whether pushed images get attestations.
    pub attest: bool,
    /// The Minikube profile to load into; none if images are not loaded.
    pub profile: Option<String>,
    /// Whether images on stand-ins of base images may be released.
    pub allow_stand_in: bool,
    /// The time of the release, in seconds since 1970.
    pub seconds: i64,
    /// The changes of the contract.
    pub contract: Vec<ContractLine>,
    /// The accepted changes of the contract.
    pub accepted: Vec<AcceptedLine>,
}

impl Journal {
    /// Makes the journal of a release that has changed nothing yet.
    pub fn new(decided: Decided) -> Self {
        let image = |(component, repository)| JournalImage { component, repository, ..JournalImage::default() };
        Self {
            schema: SCHEMA,
            version: decided.version,
            working_tree: decided.working_tree,
            previous: decided.previous,
            previous_commit: decided.previous_commit,
            branch: decided.branch,
            git_tag: decided.git_tag,
            before: decided.before,
            commit: None,
            tag_object: None,
            section: String::new(),
            images: decided.components.into_iter().map(image).collect(),
            remote: decided.remote,
            registry: decided.registry,
            attest: decided.attest,
            profile: decided.profile,
            allow_stand_in: decided.allow_stand_in,
            moving: false,
            reach: Reach::Here,
            seconds: decided.seconds,
            contract: decided.contract,
            accepted: decided.accepted,
            findings: Vec::new(),
            steps: Vec::new(),
        }
    }

    /// Parses a journal.
    ///
    /// # Errors
    ///
    /// Why the text is not a journal of this version of xtask.
    pub fn parse(text: &str) -> Result<Self, String> {
        let journal: Self = serde_json::from_str(text).map_err(|error| error.to_string())?;
        if journal.schema == SCHEMA {
            Ok(journal)
        } else {
            Err(format!("it has format {}, and this xtask reads format {SCHEMA}", journal.schema))
        }
    }

    /// Returns the text of the journal.
    ///
    /// # Errors
    ///
    /// The serializer fails.
    pub fn text(&self) -> Result<String, String> {
        serde_json::to_string_pretty(self).map(|text| text + "\n").map_err(|error| error.to_string())
    }

    /// Returns the first step that is neither done nor skipped.
    pub fn next(&self) -> Option<Step> {
        STEPS.into_iter().find(|step| !matches!(self.state(*step), Some(StepState::Done | StepState::Skipped)))
    }

    /// Returns the state of a step; none if it has not begun.
    pub fn state(&self, step: Step) -> Option<StepState> {
        self.steps.iter().find(|entry| entry.step == step).map(|entry| entry.state)
    }

    /// Records the state of a step, and adds to its duration.
    pub fn put(&mut self, step: Step, state: StepState, milliseconds: u64) {
        match self.steps.iter_mut().find(|entry| entry.step == step) {
            Some(entry) => {
                entry.state = state;
                entry.milliseconds = entry.milliseconds.saturating_add(milliseconds);
            }
            None => self.steps.push(Entry { step, state, milliseconds }),
        }
    }

    /// Returns the steps that were begun, in their order.
    pub fn steps(&self) -> &[Entry] {
        &self.steps
    }

    /// Returns the tag of the candidates; none until the commit is made.
    pub fn candidate_tag(&self) -> Option<String> {
        let commit = self.commit.as_deref()?;
        Some(format!("{}-g{}", self.version, commit.get(..12).unwrap_or(commit)))
    }

    /// Returns the tag under which candidates are pushed with attestations; none if they get none, or until the commit
    /// is made.
    pub fn attested_tag(&self) -> Option<String> {
        self.candidate_tag().filter(|_| self.attest).map(|tag| tag + SUFFIX)
    }

    /// Returns the names of the candidates in the engine, also those with the registry; none until the commit is made.
    pub fn candidate_names(&self) -> Vec<String> {
        let Some(tag) = self.candidate_tag() else { return Vec::new() };
        let (attested, registry) = (self.attested_tag(), self.registry.as_deref());
        let names = |image: &JournalImage| {
            let pushed = |tag: &str| registry.map(|registry| image.pushed_reference(registry, tag));
            [Some(image.reference(&tag)), pushed(&tag), attested.as_deref().and_then(pushed)]
        };
        self.images.iter().flat_map(names).flatten().collect()
    }

    /// Whether the release commit is a new one. A branch whose files already have the version needs none.
    pub fn has_own_commit(&self) -> bool {
        self.commit.as_ref().is_some_and(|commit| *commit != self.before)
    }
}

impl JournalImage {
    /// Returns the reference under a tag on this machine.
    pub fn reference(&self, tag: &str) -> String {
        format!("{}:{tag}", self.repository)
    }

    /// Returns the sentence about the image that loses a name to this one; none if no other image had it.
    pub fn replacement(&self, tag: &str) -> Option<String> {
        let before = self.replaced.as_ref().filter(|before| Some(*before) != self.id.as_ref())?;
        let (name, before) = (self.reference(tag), short_id(before));
        Some(format!("`{name}` named another image before: {before}, which loses the name"))
    }

    /// Returns the reference under a tag in a registry.
    pub fn pushed_reference(&self, registry: &str, tag: &str) -> String {
        format!("{registry}/{}:{tag}", self.repository)
    }
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "snapbox looks for its own file")]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use snapbox::{assert_data_eq, str};

    fn journal() -> Journal {
        Journal::new(Decided {
            version: "1.1.0".to_owned(),
            branch: "main".to_owned(),
            git_tag: "v1.1.0".to_owned(),
            before: "a".repeat(40),
            components: vec![("frontend".to_owned(), "taskflow-frontend".to_owned())],
            ..Decided::default()
        })
    }

    #[test]
    fn a_step_that_was_begun_comes_again() {
        let mut journal = journal();
        assert_eq!(journal.next(), Some(Step::Commit));
        journal.put(Step::Commit, StepState::Begun, 5);
        assert_eq!(journal.next(), Some(Step::Commit));
        journal.put(Step::Commit, StepState::Done, 7);
        assert_eq!((journal.next(), journal.steps()[0].milliseconds), (Some(Step::Build), 12));
        for step in STEPS {
            journal.put(step, StepState::Skipped, 0);
        }
        assert_eq!(journal.next(), None);
    }

    #[test]
    fn a_candidate_is_named_after_its_commit() {
        let mut journal = journal();
        assert_eq!(journal.candidate_tag(), None);
        journal.commit = Some(journal.before.clone());
        assert!(!journal.has_own_commit());
        journal.commit = Some("0123456789abcdef0123456789abcdef01234567".to_owned());
        assert!(journal.has_own_commit());
        let tag = journal.candidate_tag().unwrap();
        assert_eq!(journal.images[0].reference(&tag), "taskflow-frontend:1.1.0-g0123456789ab");
        assert_eq!(
            journal.images[0].pushed_reference("registry.example/team", &tag),
            "registry.example/team/taskflow-frontend:1.1.0-g0123456789ab"
        );
        assert_eq!(journal.candidate_names(), ["taskflow-frontend:1.1.0-g0123456789ab"]);
        journal.registry = Some("r.example".to_owned());
        assert_eq!(
            journal.candidate_names(),
            ["taskflow-frontend:1.1.0-g0123456789ab", "r.example/taskflow-frontend:1.1.0-g0123456789ab"]
        );
        journal.attest = true;
        assert_eq!(journal.candidate_names()[2..], ["r.example/taskflow-frontend:1.1.0-g0123456789ab-attested"]);
    }

    #[test]
    fn an_image_that_loses_its_name_is_named() {
        let image = |id: &str, replaced: Option<&str>| JournalImage {
            repository: "taskflow-frontend".to_owned(),
            id: Some(id.to_owned()),
            replaced: replaced.map(str::to_owned),
            ..JournalImage::default()
        };
        assert_eq!(image("sha256:a", None).replacement("1.1.0"), None);
        assert_eq!(image("sha256:a", Some("sha256:a")).replacement("1.1.0"), None);
        assert_data_eq!(
            image("sha256:a", Some("sha256:0123456789abcdef")).replacement("1.1.0").unwrap(),
            str!["`taskflow-frontend:1.1.0` named another image before: 0123456789ab, which loses the name"]
        );
    }

    #[test]
    fn another_format_is_refused() {
        let text = journal().text().unwrap().replace("\"schema\": 1", "\"schema\": 2");
        assert_eq!(Journal::parse(&text), Err("it has format 2, and this xtask reads format 1".to_owned()));
        assert!(Journal::parse("{").is_err());
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(section in "\\PC*", steps in proptest::collection::vec((0..STEPS.len(), 0u64..9), 0..20)) {
            let mut journal = journal();
            journal.section = section;
            for (step, time) in steps {
                journal.put(STEPS[step], StepState::Begun, time);
            }
            prop_assert_eq!(Journal::parse(&journal.text().unwrap()), Ok(journal));
        }
    }
}
