//! The configuration of the image: port, command, working directory, stop signal, and environment.

use dockerfile::{Command, Port, WorkingDirectory};

use super::check_rule::CheckRule;
use super::subject::{Subject, exec_words, json_array};
use crate::domain::contract::declared::{StopSignal, VariableSource};
use crate::domain::contract::rule::{JudgedBy, RuleText, Scope, Verdict};
use crate::domain::finding::{Finding, Severity};

/// Holds the rule `port`.
pub(super) const PORT: CheckRule = CheckRule {
    text: RuleText {
        id: "port",
        severity: Severity::Error,
        what: "image that exposes another port than the declared one, or none",
        section: "Exposed Port",
        scope: Scope::Declared("port"),
        command: JudgedBy::Check,
        why: "Services and manifests send requests to the declared port. `EXPOSE` is how an image says where it \
              listens.",
        good: "FROM node:20-alpine\nEXPOSE 3000\n",
        bad: "FROM node:20-alpine\nEXPOSE 8080\n",
        remedy: "Write one `EXPOSE` with the declared port, and let the application listen there.",
        page: "docs/contract/port.md",
    },
    applies: |subject| subject.contract.port.is_some(),
    judge: port,
};

/// Holds the rule `command`.
pub(super) const COMMAND: CheckRule = CheckRule {
    text: RuleText {
        id: "command",
        severity: Severity::Error,
        what: "image with another command than the declared one, or none",
        section: "Entry Command",
        scope: Scope::Declared("command"),
        command: JudgedBy::Check,
        why: "The command is a part of the contract: a change of it needs a new major version. An `ENTRYPOINT` would \
              become the program, and the command its arguments.",
        good: "FROM node:20-alpine\nCMD [\"node\", \"server.js\"]\n",
        bad: "FROM node:20-alpine\nCMD [\"npm\", \"start\"]\n",
        remedy: "Write the declared words in exec form, without an `ENTRYPOINT`.",
        page: "docs/contract/command.md",
    },
    applies: |subject| subject.contract.command.is_some(),
    judge: command,
};

/// Holds the rule `exec-form`.
pub(super) const EXEC_FORM: CheckRule = CheckRule {
    text: RuleText {
        id: "exec-form",
        severity: Severity::Error,
        what: "command or entrypoint in shell form",
        section: "Entry Command, Graceful Shutdown",
        scope: Scope::Advised,
        command: JudgedBy::Check,
        why: "In shell form, a shell is the first process of the container. It does not pass the stop signal on, so \
              the application is killed in the middle of its requests.",
        good: "FROM alpine:3.22\nCMD [\"sleep\", \"60\"]\n",
        bad: "FROM alpine:3.22\nCMD sleep 60\n",
        remedy: "Write a JSON array, with double quotes and without a comment behind it.",
        page: "docs/contract/exec-form.md",
    },
    applies: |_| true,
    judge: exec_form,
};

/// Holds the rule `workdir`.
pub(super) const WORKDIR: CheckRule = CheckRule {
    text: RuleText {
        id: "workdir",
        severity: Severity::Error,
        what: "image with another working directory than the declared one",
        section: "Entry Command, \"Working Directory\"",
        scope: Scope::Declared("workdir"),
        command: JudgedBy::Check,
        why: "The command finds its files relative to the working directory.",
        good: "FROM node:20-alpine\nWORKDIR /app\n",
        bad: "FROM node:20-alpine\nWORKDIR /srv\n",
        remedy: "Let the last `WORKDIR` of the final stage be the declared directory, as an absolute path.",
        page: "docs/contract/workdir.md",
    },
    applies: |subject| subject.contract.workdir.is_some(),
    judge: workdir,
};

/// Holds the rule `stop-signal`.
pub(super) const STOP_SIGNAL: CheckRule = CheckRule {
    text: RuleText {
        id: "stop-signal",
        severity: Severity::Error,
        what: "image with another stop signal than the declared one",
        section: "Graceful Shutdown, \"SIGTERM\"",
        scope: Scope::Declared("stop-signal"),
        command: JudgedBy::Check,
        why: "Kubernetes sends the stop signal of the image. An application that waits for another one is killed \
              after the grace period.",
        good: "FROM node:20-alpine\nSTOPSIGNAL SIGTERM\n",
        bad: "FROM node:20-alpine\nSTOPSIGNAL SIGKILL\n",
        remedy: "Remove `STOPSIGNAL`, or name the declared signal. Without it, the signal is SIGTERM.",
        page: "docs/contract/stop-signal.md",
    },
    applies: |subject| subject.contract.stop_signal.is_some(),
    judge: stop_signal,
};

/// Holds the rule `environment`.
pub(super) const ENVIRONMENT: CheckRule = CheckRule {
    text: RuleText {
        id: "environment",
        severity: Severity::Error,
        what: "variable in the image with another value than the declared one, or a missing one",
        section: "Environment Variables, \"injected at runtime\"",
        scope: Scope::Declared("env"),
        command: JudgedBy::Check,
        why: "One image runs in every environment, so values that differ come from outside. Values that the image must \
              bring are declared with `from = \"image\"`.",
        good: "# taskflow.toml: [component.web.contract.env.PORT] from = \"image\", default = \"3000\"\nFROM node:20-alpine\nENV PORT=3000\n",
        bad: "# taskflow.toml: [component.web.contract.env.BACKEND_URL] from = \"config-map\"\nFROM node:20-alpine\nENV BACKEND_URL=http://backend:8000\n",
        remedy: "Remove the variable from the final stage, or set the declared value. A change of the contract is a \
                 change of `env` in taskflow.toml.",
        page: "docs/contract/environment.md",
    },
    applies: |subject| !subject.contract.environment.is_empty(),
    judge: environment,
};

fn port(subject: &Subject<'_>) -> Verdict {
    let rule = &PORT.text;
    let (image, declared) = match (subject.image(), &subject.contract.port) {
        (Ok(image), Some(declared)) => (image, declared),
        (Err(verdict), _) => return verdict,
        (_, None) => return Verdict::Held(None),
    };
    let transport = subject.contract.protocol.transport();
    let remedy = match transport {
        "tcp" => format!("write `EXPOSE {}`", declared.value),
        other => format!("write `EXPOSE {}/{other}`", declared.value),
    };
    let finish = |finding: Finding| Finding { remedies: vec![remedy.clone()], ..finding };
    let (mut findings, mut unknown, mut is_exposed) = (Vec::new(), None, false);
    for port in &image.ports {
        let wrong = match &port.value {
            Port::Exposed { numbers, protocol } => {
                let is_declared = *numbers.start() == declared.value && *numbers.end() == declared.value;
                if is_declared && protocol.as_str() == transport {
                    is_exposed = true;
                    continue;
                }
                let numbers = match (numbers.start(), numbers.end()) {
                    (start, end) if start == end => start.to_string(),
                    (start, end) => format!("{start}-{end}"),
                };
                format!("{numbers}/{protocol}")
            }
            Port::Unknown(_) => {
                unknown = Some(port.by.first_line);
                continue;
            }
            // `dockerfile-valid` reports it.
            Port::Invalid(_) => return Verdict::NotDecided("a port is not valid".to_owned()),
        };
        let what = format!("the image exposes {wrong}, and the contract wants only {}/{transport}", declared.value);
        findings.push(finish(subject.at_all(rule, port.by, what)));
    }
    if findings.is_empty() && !is_exposed {
        if let Some(line) = unknown {
            return Verdict::NotDecided(format!(
                "the port in line {line} depends on a build arg without a known value"
            ));
        }
        let what = format!("the image exposes no port, and the contract wants {}/{transport}", declared.value);
        findings.push(finish(subject.at_key(rule, "contract.port", declared.line, what)));
    }
    Verdict::of(findings)
}

fn command(subject: &Subject<'_>) -> Verdict {
    let rule = &COMMAND.text;
    let (image, declared) = match (subject.image(), &subject.contract.command) {
        (Ok(image), Some(declared)) => (image, declared),
        (Err(verdict), _) => return verdict,
        (_, None) => return Verdict::Held(None),
    };
    let shell_form = || Verdict::NotDecided("the command is in shell form".to_owned());
    let remedy = format!("write `CMD {}`", json_array(&declared.value));
    let mut findings = Vec::new();
    if let Some(entrypoint) = &image.entrypoint {
        match exec_words(entrypoint.value) {
            None => return shell_form(),
            Some(words) if words.is_empty() => {}
            Some(_) => {
                let what = "`ENTRYPOINT` makes the command the arguments of another program".to_owned();
                let finding = subject.at_all(rule, entrypoint.by, what);
                findings.push(Finding { remedies: vec!["remove `ENTRYPOINT`".to_owned(), remedy.clone()], ..finding });
            }
        }
    }
    let written = image.cmd.as_ref().and_then(|cmd| Some((cmd.value?, cmd.by)));
    match written.map(|(command, by)| (exec_words(command), by)) {
        Some((None, _)) => return shell_form(),
        Some((Some(words), by)) if words != declared.value => {
            let what = "the command is not the declared one".to_owned();
            findings.push(Finding { remedies: vec![remedy], ..subject.at_all(rule, by, what) });
        }
        Some(_) => {}
        None => {
            let what = "the image has no command of its own".to_owned();
            let finding = subject.at_key(rule, "contract.command", declared.line, what);
            findings.push(Finding { remedies: vec![remedy], ..finding });
        }
    }
    Verdict::of(findings)
}

fn exec_form(subject: &Subject<'_>) -> Verdict {
    let rule = &EXEC_FORM.text;
    let image = match subject.image() {
        Ok(image) => image,
        Err(verdict) => return verdict,
    };
    let entrypoint = image.entrypoint.as_ref().map(|entrypoint| (entrypoint.value, entrypoint.by, "ENTRYPOINT"));
    let cmd = image.cmd.as_ref().and_then(|cmd| Some((cmd.value?, cmd.by, "CMD")));
    let mut findings = Vec::new();
    for (command, by, keyword) in [entrypoint, cmd].into_iter().flatten() {
        if let Command::Shell(text) = command
            && !text.text.trim().is_empty()
        {
            let finding = subject.at_all(rule, by, format!("`{keyword}` is in shell form"));
            let words: Vec<&str> = text.text.split_whitespace().collect();
            let is_plain = text
                .text
                .chars()
                .all(|letter| letter.is_alphanumeric() || letter == ' ' || "./_-:=@,".contains(letter));
            let remedy = if is_plain {
                format!("write `{keyword} {}`", json_array(&words))
            } else {
                format!("write `{keyword}` as a JSON array of words, as in `{keyword} [\"node\", \"server.js\"]`")
            };
            let looks_like_json = text.text.trim_start().starts_with('[');
            let notes = looks_like_json
                .then(|| "it looks like a JSON array, and is none: strings need double quotes".to_owned());
            findings.push(Finding { notes: notes.into_iter().collect(), remedies: vec![remedy], ..finding });
        }
    }
    Verdict::of(findings)
}

fn workdir(subject: &Subject<'_>) -> Verdict {
    let rule = &WORKDIR.text;
    let (image, declared) = match (subject.image(), &subject.contract.workdir) {
        (Ok(image), Some(declared)) => (image, declared),
        (Err(verdict), _) => return verdict,
        (_, None) => return Verdict::Held(None),
    };
    let remedy = format!("write `WORKDIR {}`", declared.value);
    let finding = match image.workdir.as_ref().map(|workdir| (&workdir.value, workdir.by)) {
        Some((WorkingDirectory::Absolute(path), _)) if *path == declared.value => return Verdict::Held(None),
        Some((WorkingDirectory::Absolute(path), by)) => {
            subject.at_all(rule, by, format!("the working directory is `{path}`, not `{}`", declared.value))
        }
        Some((WorkingDirectory::RelativeToBase(path), by)) => {
            subject.at_all(rule, by, format!("the working directory is `{path}` below that of the base image"))
        }
        Some((WorkingDirectory::Unknown, by)) => {
            let line = by.first_line;
            let reason = format!("the working directory in line {line} depends on a build arg without a known value");
            return Verdict::NotDecided(reason);
        }
        None => {
            let what = format!("the image sets no working directory, and the contract wants `{}`", declared.value);
            subject.at_key(rule, "contract.workdir", declared.line, what)
        }
    };
    Verdict::Broken(vec![Finding { remedies: vec![remedy], ..finding }])
}

fn stop_signal(subject: &Subject<'_>) -> Verdict {
    let rule = &STOP_SIGNAL.text;
    let (image, declared) = match (subject.image(), &subject.contract.stop_signal) {
        (Ok(image), Some(declared)) => (image, declared),
        (Err(verdict), _) => return verdict,
        (_, None) => return Verdict::Held(None),
    };
    let Some(set) = &image.stop_signal else {
        if declared.value.name() == StopSignal::DEFAULT {
            return Verdict::Held(None);
        }
        let name = declared.value.name();
        let what = format!("the image sets no stop signal, and the contract wants {name}");
        let finding = subject.at_key(rule, "contract.stop-signal", declared.line, what);
        return Verdict::Broken(vec![Finding { remedies: vec![format!("write `STOPSIGNAL {name}`")], ..finding }]);
    };
    let Some(text) = set.value.known() else {
        let line = set.by.first_line;
        return Verdict::NotDecided(format!("the signal in line {line} depends on a build arg without a known value"));
    };
    let signal = StopSignal::parse(text);
    if signal == declared.value {
        return Verdict::Held(None);
    }
    let what = format!("the stop signal is {}, not {}", signal.name(), declared.value.name());
    let remedy = format!("write `STOPSIGNAL {}`", declared.value.name());
    Verdict::Broken(vec![Finding { remedies: vec![remedy], ..subject.at_all(rule, set.by, what) }])
}

fn environment(subject: &Subject<'_>) -> Verdict {
    let rule = &ENVIRONMENT.text;
    let image = match subject.image() {
        Ok(image) => image,
        Err(verdict) => return verdict,
    };
    let (mut findings, mut unknown) = (Vec::new(), None);
    for variable in &subject.contract.environment {
        let name = variable.name.as_str();
        let key = format!("contract.env.{name}");
        match (image.env.get(name), &variable.default, variable.source) {
            (None, Some(default), VariableSource::Image) => {
                let what = format!("the image does not set `{name}`");
                let finding = subject.at_key(rule, &key, variable.line, what);
                findings.push(Finding { remedies: vec![format!("write `ENV {name}={default}`")], ..finding });
            }
            // The search for secrets reports a secret in `ENV`.
            (_, _, VariableSource::Secret) | (None, _, _) => {}
            (Some(set), default, _) => match set.value.known() {
                None => unknown = Some(set.by.first_line),
                Some(value) if default.as_deref() == Some(value) => {}
                Some(_) => {
                    let (what, remedy) = match default {
                        Some(default) => (
                            format!("the image sets `{name}` to another value than the declared one"),
                            format!("write `ENV {name}={default}`"),
                        ),
                        None => (
                            format!("the image sets `{name}`, which comes from outside"),
                            format!(
                                "remove it, or declare its value: `default` under `[component.{}.{key}]`",
                                subject.component.name
                            ),
                        ),
                    };
                    findings.push(Finding { remedies: vec![remedy], ..subject.at_all(rule, set.by, what) });
                }
            },
        }
    }
    match unknown {
        Some(line) if findings.is_empty() => {
            Verdict::NotDecided(format!("a variable in line {line} depends on a build arg without a known value"))
        }
        _ => Verdict::of(findings),
    }
}
