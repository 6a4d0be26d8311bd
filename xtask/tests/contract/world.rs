//! The files of a repository as texts, and the verdicts on them.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::LazyLock;

use dockerfile::ignore_file;
use secretscan::{Detector, Scanner};
use xtask::domain::config::{Component, Config, FILE_NAME, parse};
use xtask::domain::contract::check::{
    self, ContextFacts, IgnoreFacts, Manifest, ReadFile, RequiredEntries, Subject, Weight,
};
use xtask::domain::contract::declared::Contract;
use xtask::domain::contract::{Judgement, Verdict};
use xtask::domain::finding::Finding;
use xtask::domain::manifests::{containers, may_be_manifest};
use xtask::domain::name::CONTRACT_SECRETS;
use xtask::domain::secrets::dockerfile_findings;

pub(crate) const FRONTEND: &str = "frontend/Dockerfile";
pub(crate) const BACKEND: &str = "backend/Dockerfile";
pub(crate) const FRONTEND_IGNORE: &str = "frontend/.dockerignore";
pub(crate) const BACKEND_IGNORE: &str = "backend/.dockerignore";
pub(crate) const TOML: &str = FILE_NAME;

/// A literal replacement in a file: the file, the old text, and the new one. An empty old text creates the file.
pub(crate) type Edit<'a> = (&'a str, &'a str, &'a str);

/// The shipped files that the rules read.
static SHIPPED: LazyLock<World> = LazyLock::new(|| {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let read = |path: &str| (path.to_owned(), std::fs::read_to_string(root.join(path)).unwrap());
    World { files: [FRONTEND, BACKEND, FRONTEND_IGNORE, BACKEND_IGNORE, TOML].map(read).into() }
});

static SHIPPED_CONFIG: LazyLock<Config> = LazyLock::new(|| SHIPPED.config());

/// A detector that knows the contract's secrets, and no value of them. It is costly to make.
static DETECTOR: LazyLock<Detector> =
    LazyLock::new(|| Detector::new(&CONTRACT_SECRETS.map(str::to_owned), Scanner::new(Vec::new())));

/// The files of a repository, by path.
#[derive(Clone, Debug)]
pub(crate) struct World {
    pub(crate) files: BTreeMap<String, String>,
}

/// The verdicts on all components.
pub(crate) struct Outcome {
    pub(crate) judgements: Vec<Judgement>,
    /// The secrets in the Dockerfiles.
    pub(crate) secrets: Vec<Finding>,
}

impl World {
    /// The shipped files.
    pub(crate) fn shipped() -> Self {
        SHIPPED.clone()
    }

    /// Returns the files with the edits applied, or why an edit does not fit: it must match exactly once.
    pub(crate) fn with(mut self, edits: &[Edit<'_>]) -> Result<Self, String> {
        for (path, old, new) in edits {
            if old.is_empty() {
                if self.files.insert((*path).to_owned(), (*new).to_owned()).is_some() {
                    return Err(format!("{path} exists already"));
                }
                continue;
            }
            let text = self.files.get_mut(*path).ok_or_else(|| format!("there is no {path}"))?;
            let matches = text.matches(old).count();
            if matches != 1 {
                return Err(format!("{path} has {matches} times: {old:?}"));
            }
            *text = text.replacen(old, new, 1);
        }
        Ok(self)
    }

    /// Files with one text changed as a whole.
    pub(crate) fn rewritten(mut self, path: &str, rewrite: impl Fn(&str) -> String) -> Self {
        let text = self.files.get_mut(path).unwrap();
        *text = rewrite(text);
        self
    }

    /// Returns the parsed taskflow.toml.
    ///
    /// # Panics
    ///
    /// If it is not valid.
    pub(crate) fn config(&self) -> Config {
        parse(TOML, &self.files[TOML]).unwrap_or_else(|problems| panic!("{problems:#?}"))
    }

    /// Judges the components whose files are not as shipped; all, if all are. The verdicts on the shipped files are known.
    pub(crate) fn judge(&self) -> Outcome {
        let judgements = self.with_changed(|config, component| self.judge_component(config, component));
        let secrets = self.with_changed(|_, component| {
            let path = component.dockerfile.as_str();
            dockerfile_findings(&DETECTOR, (Some(component.name.as_str()), path), &self.files[path])
        });
        Outcome { judgements, secrets }
    }

    fn with_changed<T>(&self, judge: impl Fn(&Config, &Component) -> Vec<T>) -> Vec<T> {
        let changed = (self.files[TOML] != SHIPPED.files[TOML]).then(|| self.config());
        let config = changed.as_ref().unwrap_or(&SHIPPED_CONFIG);
        let is_judged = |component: &&Component| changed.is_some() || self.concerns(component);
        config.components.iter().filter(is_judged).flat_map(|component| judge(config, component)).collect()
    }

    /// Whether a file of a component or a manifest is not as shipped.
    fn concerns(&self, component: &Component) -> bool {
        let is_whole = self.files == SHIPPED.files;
        let is_changed = |(path, text): (&String, &String)| {
            let is_inside = path.strip_prefix(&component.context).is_some_and(|rest| rest.starts_with('/'));
            (is_inside || may_be_manifest(Path::new(path))) && SHIPPED.files.get(path) != Some(text)
        };
        is_whole || self.files.iter().any(is_changed)
    }

    /// Judges one component, as the workflow does with what it reads.
    pub(crate) fn judge_component(&self, config: &Config, component: &Component) -> Vec<Judgement> {
        let file = ReadFile::read(component, &self.files[&component.dockerfile], None);
        let exists = |path: &str| self.files.contains_key(path);
        let ignore = match ignore_file::applied(&component.dockerfile, &component.context, true, &exists) {
            Some(applied) => IgnoreFacts::read(applied.path.clone(), self.files[&applied.path].as_bytes()),
            None => IgnoreFacts::missing(component),
        };
        let none = Contract::default();
        let subject = Subject {
            component,
            config_file: &config.file,
            contract: component.contract.as_ref().unwrap_or(&none),
            file: &file,
            ignore: &ignore,
            entries: &RequiredEntries::of(&component.contract),
            context: &self.context(component, &ignore),
            manifests: &Manifest::of_component(&self.manifests(), component),
        };
        check::judge(&subject)
    }

    fn context(&self, component: &Component, ignore: &IgnoreFacts) -> ContextFacts {
        let Ok(patterns) = &ignore.read else {
            return ContextFacts::Unknown("the ignore file is not valid".to_owned());
        };
        let inside = |(path, text): (&String, &String)| {
            let path = path.strip_prefix(&component.context)?.strip_prefix('/')?;
            let bytes = text.len() as u64;
            (!patterns.decide(path).excluded).then(|| Weight { path: path.to_owned(), bytes })
        };
        ContextFacts::Known(self.files.iter().filter_map(inside).collect())
    }

    fn manifests(&self) -> Vec<Manifest> {
        let mut found = Vec::new();
        for file in self.files.keys().filter(|path| may_be_manifest(Path::new(path))) {
            let of_file = containers(&self.files[file]).into_iter();
            found.extend(of_file.map(|container| Manifest { file: file.clone(), container }));
        }
        found
    }
}

impl Outcome {
    /// Returns the findings of broken rules.
    pub(crate) fn findings(&self) -> Vec<Finding> {
        let broken = self.judgements.iter().filter_map(|judgement| match &judgement.verdict {
            Verdict::Broken(findings) => Some(findings.clone()),
            Verdict::Held(_) | Verdict::NotDecided(_) => None,
        });
        broken.flatten().collect()
    }

    /// Returns the IDs of the broken rules of the contract, and of the secrets' family by its name.
    pub(crate) fn broken(&self) -> BTreeSet<&'static str> {
        let broken = self.judgements.iter().filter(|judgement| matches!(judgement.verdict, Verdict::Broken(_)));
        broken.map(|judgement| judgement.rule.id).chain(self.secrets.iter().map(|secret| secret.rule.family)).collect()
    }

    /// Returns the IDs of the rules that are not decided, in order.
    pub(crate) fn undecided(&self) -> Vec<&'static str> {
        let undecided = self.judgements.iter().filter(|judgement| matches!(judgement.verdict, Verdict::NotDecided(_)));
        undecided.map(|judgement| judgement.rule.id).collect()
    }

    /// Describes the verdicts, for messages of tests.
    pub(crate) fn described(&self) -> String {
        let rendered = anstream::adapter::strip_str(&xtask::ui::report::human::text(&self.findings())).to_string();
        let undecided = self.judgements.iter().filter_map(|judgement| match &judgement.verdict {
            Verdict::NotDecided(reason) => Some(format!("not decided: {}: {reason}\n", judgement.rule.id)),
            Verdict::Held(_) | Verdict::Broken(_) => None,
        });
        let secrets = self.secrets.iter().map(|secret| format!("secret: {}\n", secret.rule.id));
        rendered + &undecided.chain(secrets).collect::<String>()
    }
}
