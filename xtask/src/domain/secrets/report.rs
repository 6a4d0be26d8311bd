//! Makes findings of verdicts: what was found, the reason, and the remedies, never the value.

use std::borrow::Cow;

use super::rules::rule;
use crate::domain::build_arg::is_proxy;
use crate::domain::finding::{ArgSource, Finding, Naming, Position, Severity, Site, What};
use crate::domain::name::CONTRACT_SECRETS;
use crate::domain::text::ticked_list;
use dockerfile::ignore_file::{Advice, Habit, Nearly};
use secretscan::Verdict;
use secretscan::rules;
use secretscan::secret_file;

/// The remedy for a secret in a base image.
pub(super) const OF_BASE: &str = "it comes with the base image: take one without it, and report it to its maintainers";

/// The rule of the contract that a secret in a layer breaks.
pub(super) const OF_LAYERS: &str =
    "contract: No Secrets in Image Layers; a file that a later step deletes stays in its layer";

/// The parts of a finding besides its rule, its site, and its reason.
#[derive(Default)]
struct Report {
    wanted: Option<&'static str>,
    notes: Vec<String>,
    remedies: Vec<String>,
}

/// Makes the finding of a secret at a site.
pub fn secret(verdict: Verdict, site: Site) -> Finding {
    let rule = rule(verdict.rule);
    let reason = &verdict.reason;
    let what = match &site {
        _ if verdict.is_not_searched() => What::AroundSite("", format!(" could not be searched: {reason}")),
        Site::BuildArg { name, component, .. } => {
            What::Sentence(format!("refusing to build `{component}`: build arg `{name}` is a secret: {reason}"))
        }
        _ => What::AroundSite("a secret in ", format!(": {reason}")),
    };
    let Report { wanted, notes, remedies } = Report::of(&verdict, &site);
    Finding {
        wanted: wanted.map(Cow::Borrowed),
        notes,
        remedies,
        variable: verdict.variable().map(str::to_owned),
        reason: Some(verdict.reason),
        ..Finding::new(rule, site, what)
    }
}

/// Changes a finding into one in a base image, which the project cannot remove.
pub(super) fn of_base(finding: Finding) -> Finding {
    let finding = Finding { severity: Severity::Warning, ..finding };
    if is_not_searched(&finding) {
        return finding;
    }
    Finding { wanted: None, remedies: vec![OF_BASE.to_owned()], ..finding }
}

/// Whether a finding is about something that could not be searched.
pub fn is_not_searched(finding: &Finding) -> bool {
    finding.rule.id == rules::NOT_SEARCHED
}

/// Returns the number of secrets that findings stand for.
pub fn secret_count<'a>(findings: impl IntoIterator<Item = &'a Finding>) -> usize {
    findings.into_iter().map(|finding| verdict_of(finding).count()).fold(0, usize::saturating_add)
}

/// Returns the verdict from which a finding was made.
pub(super) fn verdict_of(finding: &Finding) -> Verdict {
    Verdict { rule: finding.rule.id, reason: finding.reason.clone().unwrap_or_default() }
}

impl Report {
    fn of(verdict: &Verdict, site: &Site) -> Self {
        let report = match site {
            Site::Layer { digest, offset, .. } => Self::default().note(format!("layer {digest}, {offset}")),
            Site::File { at: Position { line: None, .. }, offset: Some(offset), .. } if offset.bytes > 0 => {
                Self::default().note(format!("at {offset}"))
            }
            Site::BuildArg { from, .. } => Self::default().note(match from {
                ArgSource::CommandLine => "its value is given on the command line; it is not shown here",
                ArgSource::Environment => "its value is taken from the environment; it is not shown here",
                ArgSource::Default => "its value is the default in taskflow.toml; it is not shown here",
                ArgSource::Declared => "taskflow.toml declares it",
            }),
            _ => Self::default(),
        };
        if !verdict.is_not_searched() {
            return report.remedies(verdict, site);
        }
        match site {
            Site::File { ignore: Some(advice), file, .. } => {
                let or = or(file.name(Naming::AsGiven), ", or mend it: what cannot be searched may hold anything");
                report.kept_out(advice, or)
            }
            _ => report.remedy("mend it or take it away: what cannot be searched may hold anything"),
        }
    }

    fn wanted(self, wanted: &'static str) -> Self {
        Self { wanted: Some(wanted), ..self }
    }

    fn note(mut self, text: impl Into<String>) -> Self {
        self.notes.push(text.into());
        self
    }

    fn remedy(mut self, text: impl Into<String>) -> Self {
        self.remedies.push(text.into());
        self
    }

    fn remedies(self, verdict: &Verdict, site: &Site) -> Self {
        let at_run_time = |name: &str| format!("remove it, and inject `{name}` from a Kubernetes Secret at run time");
        let at_build_time = |component: &str, name: &str| {
            let id = name.to_ascii_lowercase();
            format!(
                "for a secret that only the build needs, declare `[component.{component}.build-secrets.{id}]` with \
                 `env = \"{name}\"`, and read /run/secrets/{id} in `RUN --mount=type=secret,id={id} …`"
            )
        };
        let for_a_step = |component: &str| {
            format!(
                "what a step needs while it runs is mounted and leaves no layer: declare \
                 `[component.{component}.build-secrets.ID]` with `env = \"VARIABLE\"`, and read /run/secrets/ID in \
                 `RUN --mount=type=secret,id=ID …`"
            )
        };
        let report = match (verdict.variable(), site) {
            (Some(name), Site::Layer { .. } | Site::Config { .. } | Site::History { .. }) => self.remedy(format!(
                "give `{name}` to the container from a Kubernetes Secret at run time, and to no step of the build that writes it down"
            )),
            (Some(name), Site::File { .. }) => {
                self.remedy(format!("let the program read `{name}` from its environment, where a Kubernetes Secret puts it"))
            }
            _ => self,
        };
        let report = match verdict.variable().filter(|_| verdict.may_be_chance()) {
            Some(name) if CONTRACT_SECRETS.contains(&name) => report.remedy(format!(
                "give `{name}` a random value on this machine: a word or a number is guessed easily"
            )),
            Some(name) => report.remedy(format!(
                "give `{name}` a random value on this machine, or remove it from `declared` in taskflow.toml if it is no secret"
            )),
            None => report,
        };
        match site {
            Site::BuildArg { name, component, .. } if is_proxy(name) => report
                .note("docker gives a proxy to every step of a build")
                .remedy(format!(
                    "pass `--build-arg {name}=http://HOST:PORT`, a proxy without a password, such as one on this machine that adds it"
                ))
                .remedy(at_build_time(component, name)),
            Site::BuildArg { name, component, .. } => report
                .wanted("contract: Build Arguments, \"MUST NOT include secrets or passwords\"; they stay readable in the image")
                .remedy(at_run_time(name))
                .remedy(at_build_time(component, name)),
            Site::Argument { .. } => report.remedy("take it out, so that docker does not receive it"),
            Site::Proxy { name } => report
                .note("docker gives it to every step of a build as a build arg")
                .remedy(format!("use a proxy without a password, or allow `proxy:{name}` with `[[allow]]` in taskflow.toml"))
                .remedy(at_build_time("NAME", &variable_of_proxy(name))),
            Site::Instruction { name, component, .. } => {
                let component = component.as_deref().unwrap_or("NAME");
                let report = report.wanted("contract: No Secrets in Image Layers, \"NEVER use ENV or ARG for secrets\"");
                match name {
                    Some(name) => report.remedy(at_run_time(name)).remedy(at_build_time(component, name)),
                    None => report
                        .remedy("take it out: whoever has the image, or the Dockerfile, can read it")
                        .remedy(for_a_step(component)),
                }
            }
            Site::File { ignore: Some(advice), file, .. } => {
                let in_name = verdict.is_in_name();
                let or = or(file.name(Naming::AsGiven), if in_name { ", or rename it" } else { ", or take the secret out of the file" });
                report.note("the file would be sent to the builder").kept_out(advice, or)
            }
            Site::File { .. } if verdict.rule == rules::SECRET_FILE => {
                report.remedy("delete the file or move it away, and replace what it holds wherever that opens something")
            }
            Site::File { .. } if verdict.is_in_name() => {
                report.remedy("rename it, and replace the secret wherever it opens something")
            }
            Site::File { .. } | Site::Key { .. } => report.remedy("take the secret out, and replace it wherever it opens something"),
            Site::Config { .. } | Site::History { .. } => report
                .wanted("contract: No Secrets in Image Layers; whoever has the image can read it")
                .remedy("take it out of the Dockerfile and of the build args, build again, and replace the secret"),
            Site::Layer { .. } if verdict.is_in_name() => report
                .wanted(OF_LAYERS)
                .remedy("rename it in the step that writes it, and replace the secret wherever it opens something"),
            Site::Layer { .. } => report
                .wanted(OF_LAYERS)
                .remedy("keep it out of the step that writes it, with `RUN --mount=type=secret`, and replace the secret"),
        }
    }

    /// Adds how to exclude a file from a build; `or` is the alternative.
    fn kept_out(mut self, advice: &Advice, or: &str) -> Self {
        let Advice { file, pattern, nearly, hidden, unread } = advice;
        if let Some(hidden) = hidden {
            self = self.note(format!("the builder reads `{file}` instead of `{hidden}`"));
        }
        if !unread.is_empty() {
            let are = if unread.len() == 1 { "is" } else { "are" };
            let why = "the builder reads no ignore file in a folder of the build context";
            self = self.note(format!("{} {are} not read: {why}", ticked_list(unread)));
        }
        match nearly {
            Some(Nearly { line, text, habit: Habit::Comment(plain) }) => self
                .note(format!("`{text}` in line {line} of `{file}` is one pattern: nothing behind a pattern is a comment"))
                .remedy(format!("replace line {line} of `{file}` by `{plain}`{or}")),
            Some(Nearly { line, text, habit: Habit::AnyFolder }) => self
                .note(format!("`{text}` in line {line} of `{file}` means the build context's own folder, and no folder below it"))
                .remedy(format!("add `{pattern}` to `{file}`{or}")),
            Some(Nearly { line, text, habit: Habit::FromRoot }) => self
                .note(format!("`{text}` in line {line} of `{file}` begins at the root of the repository; patterns begin at the build context"))
                .remedy(format!("add `{pattern}` to `{file}`{or}")),
            None => self.remedy(format!("add `{pattern}` to `{file}`{or}")),
        }
    }
}

/// Returns the variable that a proxy in docker's settings becomes: `httpProxy` as `HTTP_PROXY`.
fn variable_of_proxy(name: &str) -> String {
    name.to_ascii_uppercase().replace("PROXY", "_PROXY")
}

/// Returns the alternative for a file that a build would send; empty if its name alone is refused, whatever it
/// contains.
pub(super) fn or<'a>(path: &str, way: &'a str) -> &'a str {
    if secret_file(path).is_some() { "" } else { way }
}
