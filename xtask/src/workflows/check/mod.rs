//! Checks components without an engine: the contract, and secrets in everything that a build would send.

mod checkers;
mod files;
mod secrets;

use std::time::Duration;

use crate::context::Project;
use crate::domain::build_arg::BuildArg;
use crate::domain::config::Component;
use crate::domain::contract::check::{self, InlineExceptions, Manifest, RequiredEntries, Subject};
use crate::domain::contract::checkers::Checker;
use crate::domain::contract::declared::Contract;
use crate::domain::contract::{self, Judgement, Verdict};
use crate::domain::events::Events;
use crate::domain::finding::{ArgSource, Exception, Finding, Naming, Severity, apply, sorted};
use crate::domain::manifests::containers;
use crate::domain::problem::Problem;
use crate::domain::rules::RULES;
use crate::domain::secrets::FAMILY as SECRETS;
use crate::domain::text::count;
use crate::effects::clock::{self, Stopwatch};
use crate::effects::manifests::yaml_files;
use crate::effects::threads::{both, mapped};
use crate::error::{CliError, ErrorKind};
use files::Files;
use secretscan::Detector;
use shown::replaced;

/// The options of a check.
#[derive(Clone, Debug, Default)]
pub(crate) struct CheckOptions {
    /// The components; all if empty.
    pub(crate) components: Vec<String>,
    /// Whether exceptions in Dockerfiles are ignored.
    pub(crate) no_inline: bool,
    /// Checkers that other projects make, which are run, too.
    pub(crate) with: Vec<Checker>,
}

/// The verdicts and findings on components.
#[derive(Debug, Default)]
pub(crate) struct Judged {
    /// The verdicts by the rules of the contract, with findings that exceptions allow.
    pub(crate) judgements: Vec<Judgement>,
    /// The findings that no exception allows, of all families.
    pub(crate) findings: Vec<Finding>,
    /// The findings that an exception allows, with its reason.
    pub(crate) allowed: Vec<(Finding, String)>,
    /// Problems of exceptions.
    pub(crate) problems: Vec<Problem>,
}

/// The result of a check.
pub(crate) struct CheckReport {
    /// The names of the components.
    pub(crate) components: Vec<String>,
    /// The verdicts and findings.
    pub(crate) judged: Judged,
    /// The duration.
    pub(crate) time: Duration,
    /// Why the check failed: findings, or exceptions that allow nothing; none if it succeeded.
    pub(crate) failure: Option<CliError>,
}

/// Checks components.
///
/// # Errors
///
/// If nothing was checked: `ErrorKind::Usage` for an unknown component; `ErrorKind::Config` or `Environment` for files
/// that cannot be read.
pub(crate) fn check(project: &Project, events: &dyn Events, options: &CheckOptions) -> Result<CheckReport, CliError> {
    let watch = Stopwatch::start();
    let components = project.components(&options.components)?;
    let detector = project.detector();
    let mut judged =
        judge(project, &detector, &components, None, Rules { contract: true, inline: !options.no_inline })?;
    note_allowed(events, &judged.allowed);
    judged.findings.extend(checkers::findings(project, events, &components, &options.with)?);
    let problems: Vec<Problem> =
        std::mem::take(&mut judged.problems).into_iter().chain(sum(&judged.findings)).collect();
    let failure = (!problems.is_empty()).then(|| CliError::all(ErrorKind::Failed, problems));
    let components = components.iter().map(|component| component.name.to_string()).collect();
    Ok(CheckReport { components, judged, time: watch.elapsed(), failure })
}

/// Returns the problem with the number of errors; none if there are none.
fn sum(findings: &[Finding]) -> Option<Problem> {
    let (errors, warnings) = counts(findings);
    if errors == 0 {
        return None;
    }
    let warnings = if warnings == 0 { String::new() } else { format!(" and {}", count(warnings, "warning")) };
    let problem = Problem::new(format!("{}{warnings} found", count(errors, "error")));
    Some(problem.hint("explain a rule with `cargo xtask check --explain RULE`"))
}

/// Returns the number of errors and of warnings.
pub(crate) fn counts(findings: &[Finding]) -> (usize, usize) {
    let errors = findings.iter().filter(|finding| finding.severity == Severity::Error).count();
    (errors, findings.len().saturating_sub(errors))
}

/// Sends a note for each finding that an exception allows.
pub(crate) fn note_allowed(events: &dyn Events, allowed: &[(Finding, String)]) {
    for (finding, reason) in allowed {
        let site = finding.site.words(Naming::AsGiven);
        events.note(&format!("`{}` is allowed in {site}: {reason}", finding.rule.id));
    }
}

/// Which rules are judged.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rules {
    /// Whether the rules of the contract are judged, beside those about secrets.
    pub(crate) contract: bool,
    /// Whether exceptions in Dockerfiles apply.
    pub(crate) inline: bool,
}

/// Judges components by the rules of all families. `args` are the build args of the command line; none if they are not
/// known, as outside of a build.
///
/// # Errors
///
/// `ErrorKind::Config` or `Environment` for files that cannot be read.
pub(crate) fn judge(
    project: &Project,
    detector: &Detector,
    components: &[&Component],
    args: Option<&[(BuildArg, ArgSource)]>,
    rules: Rules,
) -> Result<Judged, CliError> {
    let given = args.map(|args| args.iter().map(|(arg, _)| arg.clone()).collect::<Vec<_>>());
    let args = args.unwrap_or_default();
    let files = mapped(components, |component| Files::read(project, component, given.as_deref()));
    let files: Vec<Files> = files.into_iter().collect::<Result<_, CliError>>()?;
    let read: Vec<(&Component, Files)> = components.iter().copied().zip(files).collect();
    let (secrets, mut judgements) = if rules.contract {
        both(|| secrets::findings(detector, &read, args), || judgements(project, &read))
    } else {
        (secrets::findings(detector, &read, args), Vec::new())
    };
    hide_secrets(&mut judgements, detector, &secrets);
    let broken = judgements.iter().filter_map(|judgement| match &judgement.verdict {
        Verdict::Broken(findings) => Some(findings.clone()),
        Verdict::Held(_) | Verdict::NotDecided(_) => None,
    });
    let findings = secrets.into_iter().chain(broken.flatten()).collect();
    let mut judged = Judged { judgements, ..Judged::default() };
    judged.allow(project, &read, args, findings, rules);
    Ok(judged)
}

/// Hides secrets in the findings of judgements. `secrets` are the findings about secrets.
fn hide_secrets(judgements: &mut [Judgement], detector: &Detector, secrets: &[Finding]) {
    for judgement in judgements {
        if let Verdict::Broken(findings) = &mut judgement.verdict {
            for finding in findings {
                finding.hide_secrets(&|text| detector.shown(text), secrets);
            }
        }
    }
}

/// Judges components by the rules of the contract. The findings may show secrets.
fn judgements(project: &Project, components: &[(&Component, Files)]) -> Vec<Judgement> {
    let none = Contract::default();
    let manifests = manifests(project, components);
    let entries = RequiredEntries::of(components.iter().filter_map(|(component, _)| component.contract.as_ref()));
    let judged = mapped(components, |(component, files)| {
        let manifests = Manifest::of_component(&manifests, component);
        let subject = Subject {
            component,
            config_file: &project.config.file,
            contract: component.contract.as_ref().unwrap_or(&none),
            file: &files.dockerfile,
            ignore: &files.ignore,
            entries: &entries,
            context: &files.context,
            manifests: &manifests,
        };
        check::judge(&subject)
    });
    judged.into_iter().flatten().collect()
}

/// Returns the containers of the repository's manifests that run images of components.
fn manifests(project: &Project, components: &[(&Component, Files)]) -> Vec<Manifest> {
    let mut found = Vec::new();
    let repositories: Vec<String> = components.iter().map(|(component, _)| component.repository.to_string()).collect();
    for (file, text) in yaml_files(&project.root).read {
        let text = replaced(&text);
        // A cheap test, which most files fail.
        if repositories.iter().any(|repository| text.contains(repository)) {
            found.extend(containers(&text).into_iter().map(|container| Manifest { file: file.clone(), container }));
        }
    }
    found
}

impl Judged {
    /// Removes the findings that exceptions allow: those in Dockerfiles first, then those in taskflow.toml.
    fn allow(
        &mut self,
        project: &Project,
        components: &[(&Component, Files)],
        args: &[(BuildArg, ArgSource)],
        mut findings: Vec<Finding>,
        rules: Rules,
    ) {
        for (_, files) in components.iter().filter(|_| rules.inline && rules.contract) {
            let Ok(dockerfile) = &files.dockerfile.read else { continue };
            let inline = InlineExceptions::of(&files.dockerfile.path, &files.dockerfile.source.text, dockerfile);
            let (left, allowed, problems) = inline.apply(RULES, findings);
            findings = left;
            self.allowed.extend(allowed);
            self.problems.extend(problems);
        }
        let is_judged = |exception: &&Exception| {
            let id = exception.rule.id;
            rules.contract && check::RULES.iter().any(|rule| rule.text.id == id)
        };
        let mut exceptions = project.config.exceptions_of(SECRETS);
        exceptions.extend(project.config.exceptions_of(contract::FAMILY).into_iter().filter(is_judged));
        let looked_at = |place: &str| is_looked_at(project, components, args, place);
        let result = apply(&exceptions, findings, &clock::today(), &looked_at);
        self.findings = sorted(result.findings);
        self.allowed.extend(result.allowed);
        self.problems.extend(result.problems);
        let allowed = &self.allowed;
        for judgement in &mut self.judgements {
            if let Verdict::Broken(findings) = &mut judgement.verdict {
                findings.retain(|finding| !allowed.iter().any(|(allowed, _)| allowed == finding));
                if findings.is_empty() {
                    judgement.verdict = Verdict::Held(Some("by an exception".to_owned()));
                }
            }
        }
    }
}

/// Whether a place of an exception belongs to these components. Places in images are searched when there is an image.
fn is_looked_at(
    project: &Project,
    components: &[(&Component, Files)],
    args: &[(BuildArg, ArgSource)],
    place: &str,
) -> bool {
    let file = place.split(':').next();
    let of_component = |(component, files): &(&Component, Files)| {
        let inside = place.strip_prefix(component.context.as_str());
        let inside = inside.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
        let declared = |name: &str| component.build_args.iter().any(|arg| arg.name.as_str() == name);
        let key = place.strip_prefix(project.config.file_from_root()).and_then(|rest| rest.strip_prefix(":component."));
        inside
            || file == Some(component.dockerfile.as_str())
            || file == Some(files.ignore.path.as_str())
            || key.is_some_and(|key| key.split('.').next() == Some(component.name.as_str()))
            || place.strip_prefix("build-arg:").is_some_and(declared)
    };
    let given = |name: &str| args.iter().any(|(arg, _)| arg.name.as_str() == name);
    components.iter().any(of_component) || place.strip_prefix("build-arg:").is_some_and(given)
}
