//! A secret in its place.

use crate::domain::problem::Place;
use dockerfile::ignore_file::Advice;
use secretscan::Verdict;
use secretscan::rules;

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Severity {
    /// It ends the command.
    Error,
    /// It is said: it lies in a base image, which is not ours.
    Warning,
}

impl Severity {
    /// The name in documents.
    pub fn name(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
        }
    }
}

/// A secret, where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SecretFinding {
    /// Which rule found it, and why it is one.
    pub verdict: Verdict,
    /// How bad it is.
    pub severity: Severity,
    /// Where it stands.
    pub site: Site,
}

/// Where a secret stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Site {
    /// A build arg, and who gives its value.
    BuildArg {
        /// Its name.
        name: String,
        /// The component that takes it.
        component: String,
        /// Who gives the value.
        from: ArgSource,
        /// Where taskflow.toml says so.
        written: Option<Place>,
    },
    /// Something else that docker is told: a label, a tag, a target.
    Argument {
        /// Its name: `--tag`, a label's key.
        name: String,
    },
    /// A proxy of the docker client's settings, which becomes an arg of every build.
    Proxy {
        /// Its name: `httpProxy`.
        name: String,
    },
    /// An instruction of a Dockerfile.
    Instruction {
        /// The Dockerfile.
        file: String,
        /// Its line.
        line: usize,
        /// The keyword, and the name that is set: `ENV API_KEY`.
        what: String,
        /// The variable that is set, where one is.
        name: Option<String>,
        /// The component that is built from it, where it is known.
        component: Option<String>,
    },
    /// A file, or a place in one.
    File {
        /// Its path.
        path: String,
        /// The line, from 1, where it is known.
        line: Option<usize>,
        /// The offset in bytes, where it is known.
        offset: Option<u64>,
        /// How it can be kept out of the build, where it would be sent to one.
        ignore: Option<Box<Advice>>,
    },
    /// A part of an image's configuration: `Env API_KEY`, `Labels a.b`, `Cmd`.
    Config {
        /// The image.
        image: String,
        /// The component, where it is one's image.
        component: Option<String>,
        /// The part.
        part: String,
    },
    /// A line of an image's history, the first one is 1.
    History {
        /// The image.
        image: String,
        /// The component, where it is one's image.
        component: Option<String>,
        /// Which line.
        entry: usize,
    },
    /// A file of a layer.
    Layer {
        /// The image.
        image: String,
        /// The component, where it is one's image.
        component: Option<String>,
        /// The layer's digest.
        digest: String,
        /// The file.
        path: String,
        /// The offset in bytes.
        offset: u64,
    },
}

/// Who gives the value of a build arg.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ArgSource {
    /// `--build-arg NAME=VALUE`.
    CommandLine,
    /// `--build-arg NAME`: the environment.
    Environment,
    /// Its default in taskflow.toml.
    Default,
    /// Nobody yet; taskflow.toml declares it.
    Declared,
}

impl Site {
    /// The place by which taskflow.toml can allow a finding here.
    pub fn place(&self) -> String {
        let image = |component: &Option<String>, image: &str, rest: &str| {
            format!("image:{}:{rest}", component.as_deref().unwrap_or(image))
        };
        match self {
            Self::BuildArg { name, .. } => format!("build-arg:{name}"),
            Self::Argument { name, .. } => format!("argument:{name}"),
            Self::Proxy { name } => format!("proxy:{name}"),
            Self::Instruction { file, what, .. } if what.is_empty() => file.clone(),
            Self::Instruction { file, what, .. } => format!("{file}:{what}"),
            Self::File { path, .. } => path.clone(),
            Self::Config { image: name, component, part } => image(component, name, part),
            Self::History { image: name, component, .. } => image(component, name, "history"),
            Self::Layer { image: name, component, path, .. } => image(component, name, path),
        }
    }

    /// The file and line of a place that has one.
    pub fn file(&self) -> Option<(&str, Option<usize>)> {
        match self {
            Self::Instruction { file, line, .. } => Some((file, Some(*line))),
            Self::File { path, line, .. } => Some((path, *line)),
            _ => None,
        }
    }

    /// The place in words.
    pub fn words(&self) -> String {
        match self {
            Self::BuildArg { name, component, .. } => format!("build arg `{name}` of component `{component}`"),
            Self::Argument { name } => format!("an argument of docker, `{name}`"),
            Self::Proxy { name } => format!("proxy `{name}` of the docker client's settings"),
            Self::Instruction { what, file, line, .. } if what.is_empty() => format!("line {line} of `{file}`"),
            Self::Instruction { what, .. } => format!("`{what}`"),
            Self::File { path, .. } => format!("`{path}`"),
            Self::Config { image, part, .. } => format!("`{part}` in the configuration of `{image}`"),
            Self::History { image, entry, .. } => format!("entry {entry} in the history of `{image}`"),
            Self::Layer { image, path, .. } if path.is_empty() => format!("a layer of `{image}`"),
            Self::Layer { image, path, .. } => format!("`{path}` in a layer of `{image}`"),
        }
    }
}

impl SecretFinding {
    /// An error at a site.
    pub fn new(verdict: Verdict, site: Site) -> Self {
        Self { verdict, severity: Severity::Error, site }
    }

    /// Whether it is about something that could not be searched.
    pub fn is_unseen(&self) -> bool {
        self.verdict.is_unseen()
    }

    /// Whether it may be allowed at all: a whole layer that nobody has seen may hold anything.
    pub fn can_be_allowed(&self) -> bool {
        let whole_layer = matches!(&self.site, Site::Layer { path, .. } if path.is_empty());
        !whole_layer && rules::find(self.verdict.rule).is_some_and(|rule| rule.can_be_allowed)
    }
}
