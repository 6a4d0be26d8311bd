//! How people are told of a secret: the place, the reason, and what to do instead. Never the value.

use super::finding::{ArgSource, SecretFinding, Severity, Site};
use crate::domain::build_arg::is_proxy;
use crate::domain::name::CONTRACT_SECRETS;
use crate::domain::problem::{Place, Problem};
use crate::domain::text::ticked_list;
use dockerfile::ignore_file::{Advice, Habit, Nearly};
use secretscan::Verdict;
use secretscan::rules;
use secretscan::secret_file;

/// The way on from a secret in a base image.
pub(super) const OF_BASE: &str = "it comes with the base image: take one without it, and tell those who make it";

/// The rule of the contract that a secret in a layer breaks.
pub(super) const OF_LAYERS: &str =
    "contract: No Secrets in Image Layers; a file that a later step deletes stays in its layer";

impl SecretFinding {
    /// The finding in words.
    pub fn problem(&self) -> Problem {
        let Verdict { rule, reason } = &self.verdict;
        let message = match &self.site {
            site if self.is_unseen() => format!("{} could not be searched: {reason}", site.words()),
            Site::BuildArg { name, component, .. } => {
                format!("refusing to build `{component}`: build arg `{name}` is a secret: {reason}")
            }
            site => format!("a secret in {}: {reason}", site.words()),
        };
        let mut problem = Problem::new(message).rule(rule);
        if let Some((file, line)) = self.site.file() {
            problem = problem.at(Place::line(file, line.unwrap_or_default()));
        }
        if let Site::BuildArg { written: Some(written), .. } = &self.site {
            problem = problem.at(written.clone());
        }
        let problem = match &self.site {
            Site::Layer { digest, offset, .. } => problem.note(format!("layer {digest}, byte {offset}")),
            Site::File { line: None, offset: Some(offset), .. } if *offset > 0 => {
                problem.note(format!("at byte {offset}"))
            }
            Site::BuildArg { from, .. } => problem.note(match from {
                ArgSource::CommandLine => "its value is given on the command line; it is not shown here",
                ArgSource::Environment => "its value is taken from the environment; it is not shown here",
                ArgSource::Default => "its value is the default in taskflow.toml; it is not shown here",
                ArgSource::Declared => "taskflow.toml declares it",
            }),
            _ => problem,
        };
        if self.is_unseen() {
            match &self.site {
                Site::File { ignore: Some(advice), path, .. } => {
                    kept_out(problem, advice, or(path, ", or mend it: what cannot be searched may hold anything"))
                }
                _ => problem.hint("mend it or take it away: what cannot be searched may hold anything"),
            }
        } else if self.severity == Severity::Warning {
            problem.hint(OF_BASE)
        } else {
            self.remedies(problem)
        }
    }

    fn remedies(&self, problem: Problem) -> Problem {
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
        let problem = match (self.verdict.variable(), &self.site) {
            (Some(name), Site::Layer { .. } | Site::Config { .. } | Site::History { .. }) => problem.hint(format!(
                "give `{name}` to the container from a Kubernetes Secret at run time, and to no step of the build that writes it down"
            )),
            (Some(name), Site::File { .. }) => {
                problem.hint(format!("let the program read `{name}` from its environment, where a Kubernetes Secret puts it"))
            }
            _ => problem,
        };
        let problem = match self.verdict.variable().filter(|_| self.verdict.may_be_chance()) {
            Some(name) if CONTRACT_SECRETS.contains(&name) => problem.hint(format!(
                "give `{name}` a random value on this machine: a word or a number is guessed easily"
            )),
            Some(name) => problem.hint(format!(
                "give `{name}` a random value on this machine, or remove it from `declared` in taskflow.toml if it is no secret"
            )),
            None => problem,
        };
        match &self.site {
            Site::BuildArg { name, component, .. } if is_proxy(name) => problem
                .note("docker gives a proxy to every step of a build")
                .hint(format!(
                    "pass `--build-arg {name}=http://HOST:PORT`, a proxy without a password, such as one on this machine that adds it"
                ))
                .hint(at_build_time(component, name)),
            Site::BuildArg { name, component, .. } => problem
                .note("contract: Build Arguments, \"MUST NOT include secrets or passwords\"; they stay readable in the image")
                .hint(at_run_time(name))
                .hint(at_build_time(component, name)),
            Site::Argument { .. } => problem.hint("take it out, so that docker is not told of it"),
            Site::Proxy { name } => problem
                .note("docker gives it to every step of a build as a build arg")
                .hint(format!("use a proxy without a password, or allow `proxy:{name}` in taskflow.toml"))
                .hint(at_build_time("NAME", &variable_of_proxy(name))),
            Site::Instruction { name, component, .. } => {
                let component = component.as_deref().unwrap_or("NAME");
                let problem = problem.note("contract: No Secrets in Image Layers, \"NEVER use ENV or ARG for secrets\"");
                match name {
                    Some(name) => problem.hint(at_run_time(name)).hint(at_build_time(component, name)),
                    None => problem
                        .hint("take it out: whoever has the image, or the Dockerfile, can read it")
                        .hint(for_a_step(component)),
                }
            }
            Site::File { ignore: Some(advice), path, .. } => {
                let in_name = self.verdict.is_in_name();
                let or = or(path, if in_name { ", or rename it" } else { ", or take the secret out of the file" });
                kept_out(problem.note("the file would be sent to the builder"), advice, or)
            }
            Site::File { .. } if self.verdict.rule == rules::SECRET_FILE => {
                problem.hint("delete the file or move it away, and replace what it holds wherever that opens something")
            }
            Site::File { .. } if self.verdict.is_in_name() => {
                problem.hint("rename it, and replace the secret wherever it opens something")
            }
            Site::File { .. } => problem.hint("take the secret out, and replace it wherever it opens something"),
            Site::Config { .. } | Site::History { .. } => problem
                .note("contract: No Secrets in Image Layers; whoever has the image can read it")
                .hint("take it out of the Dockerfile and of the build args, build again, and replace the secret"),
            Site::Layer { .. } if self.verdict.is_in_name() => problem
                .note(OF_LAYERS)
                .hint("rename it in the step that writes it, and replace the secret wherever it opens something"),
            Site::Layer { .. } => problem
                .note(OF_LAYERS)
                .hint("keep it out of the step that writes it, with `RUN --mount=type=secret`, and replace the secret"),
        }
    }
}

/// The variable that a proxy of docker's settings becomes: `httpProxy` as `HTTP_PROXY`.
fn variable_of_proxy(name: &str) -> String {
    name.to_ascii_uppercase().replace("PROXY", "_PROXY")
}

/// What else can be done with a file that a build would send; nothing where its name alone is refused, whatever it holds.
pub(super) fn or<'a>(path: &str, way: &'a str) -> &'a str {
    if secret_file(path).is_some() { "" } else { way }
}

/// How a file is kept out of a build; `or` is what else can be done.
fn kept_out(mut problem: Problem, advice: &Advice, or: &str) -> Problem {
    let Advice { file, pattern, nearly, hidden, unread } = advice;
    if let Some(hidden) = hidden {
        problem = problem.note(format!("the builder reads `{file}` instead of `{hidden}`"));
    }
    if !unread.is_empty() {
        let are = if unread.len() == 1 { "is" } else { "are" };
        let why = "the builder reads no ignore file in a folder of the build context";
        problem = problem.note(format!("{} {are} not read: {why}", ticked_list(unread)));
    }
    match nearly {
        Some(Nearly { line, text, habit: Habit::Comment(plain) }) => problem
            .note(format!("`{text}` in line {line} of `{file}` is one pattern: nothing behind a pattern is a comment"))
            .hint(format!("replace line {line} of `{file}` by `{plain}`{or}")),
        Some(Nearly { line, text, habit: Habit::AnyFolder }) => problem
            .note(format!("`{text}` in line {line} of `{file}` means the build context's own folder, and no folder below it"))
            .hint(format!("add `{pattern}` to `{file}`{or}")),
        Some(Nearly { line, text, habit: Habit::FromRoot }) => problem
            .note(format!("`{text}` in line {line} of `{file}` begins at the root of the repository; patterns begin at the build context"))
            .hint(format!("add `{pattern}` to `{file}`{or}")),
        None => problem.hint(format!("add `{pattern}` to `{file}`{or}")),
    }
}
