//! Searches the configuration and the history of an image (contract: No Secrets in Image Layers).

use serde_json::Value;

use super::report::{of_base, secret};
use crate::domain::finding::{Finding, ImageName, Site};
use secretscan::TextKind;
use secretscan::{Detector, Verdict, distinct, rules};
use secretscan::{history_args, judge_command};

/// The metadata of an image.
#[derive(Clone, Copy, Debug)]
pub struct DescribedImage<'a> {
    /// The reference of the image, or the path of its archive.
    pub image: &'a str,
    /// The component that the image belongs to, if any.
    pub component: Option<&'a str>,
    /// The configuration: the object with `Env`, `Labels`, `Cmd`.
    pub config: &'a Value,
    /// How each layer was made, the oldest first.
    pub history: &'a [String],
    /// The configuration of the base image, if it is known.
    pub base: Option<&'a Value>,
    /// All other metadata, as JSON.
    pub text: &'a str,
}

impl DescribedImage<'_> {
    fn name(&self) -> ImageName {
        ImageName { image: self.image.to_owned(), component: self.component.map(str::to_owned) }
    }
}

/// Returns the secrets in the metadata. Secrets from the base image are warnings, since the project cannot remove them.
pub fn image_findings(detector: &Detector, facts: DescribedImage<'_>) -> Vec<Finding> {
    let mut search = Search { detector, facts, findings: Vec::new() };
    search.config("", facts.config, facts.base);
    for (index, created_by) in facts.history.iter().enumerate() {
        for verdict in of_history(detector, created_by) {
            search.findings.push(secret(verdict, Site::History { of: facts.name(), entry: index + 1 }));
        }
    }
    // For example, an author or a comment.
    for verdict in detector.judge_text_all(facts.text, TextKind::Text) {
        search.report("other text", verdict, false);
    }
    search.findings
}

/// Changes findings in history lines that the base image has, too, into warnings.
pub fn inherited_history(findings: Vec<Finding>, history: &[String], base: &[String]) -> Vec<Finding> {
    let common = history.iter().zip(base).take_while(|(own, base)| own == base).count();
    let judged = |finding: Finding| match &finding.site {
        Site::History { entry, .. } if *entry <= common => of_base(finding),
        _ => finding,
    };
    findings.into_iter().map(judged).collect()
}

/// Removes the numbers from an engine's description of an image: they are sizes, which nobody wrote into the image.
pub fn without_numbers(value: Value) -> Value {
    match value {
        Value::Number(_) => Value::Null,
        Value::Array(items) => items.into_iter().map(without_numbers).collect(),
        Value::Object(fields) => fields.into_iter().map(|(key, value)| (key, without_numbers(value))).collect(),
        other => other,
    }
}

struct Search<'a> {
    detector: &'a Detector,
    facts: DescribedImage<'a>,
    findings: Vec<Finding>,
}

impl Search<'_> {
    fn report(&mut self, part: &str, verdict: Verdict, inherited: bool) {
        let finding = secret(verdict, Site::Config { of: self.facts.name(), part: self.detector.shown(part) });
        self.findings.push(if inherited { of_base(finding) } else { finding });
    }

    /// Searches every text of a configuration, by its path; `base` is the same part of the base image's configuration.
    fn config(&mut self, path: &str, value: &Value, base: Option<&Value>) {
        let inherited = base == Some(value);
        match (path, value) {
            ("Env", Value::Array(entries)) => {
                let known = base.and_then(Value::as_array);
                for entry in entries {
                    let text = entry.as_str().unwrap_or_default();
                    let (name, value) = text.split_once('=').unwrap_or((text, ""));
                    let value = Some(value).filter(|value| !value.is_empty());
                    let of_value = value.map(|value| self.detector.judge_all(name, Some(value))).unwrap_or_default();
                    for verdict in with_name(self.detector, of_value, name) {
                        self.report(&format!("Env {name}"), verdict, known.is_some_and(|known| known.contains(entry)));
                    }
                }
            }
            ("Labels", Value::Object(labels)) => {
                for (name, text) in labels {
                    let of_value = self.detector.judge_all(name, text.as_str());
                    for verdict in with_name(self.detector, of_value, name) {
                        let known = base.and_then(|base| base.get(name));
                        self.report(&format!("Labels {name}"), verdict, known == Some(text));
                    }
                }
            }
            (_, Value::Object(fields)) => {
                for (key, value) in fields {
                    let inner = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
                    self.config(&inner, value, base.and_then(|base| base.get(key)));
                }
            }
            (_, Value::Array(words)) if words.iter().all(Value::is_string) => {
                let words: Vec<&str> = words.iter().filter_map(Value::as_str).collect();
                // Each text of `OnBuild` is an instruction; the texts of other lists are the words of one command.
                let lines = if path == "OnBuild" {
                    words.iter().map(|word| (*word).to_owned()).collect()
                } else {
                    vec![words.join(" ")]
                };
                let found = lines.iter().flat_map(|line| judge_instruction(self.detector, line)).collect();
                for verdict in distinct(found) {
                    self.report(path, verdict, inherited);
                }
            }
            (_, Value::Array(items)) => items.iter().for_each(|item| self.config(path, item, None)),
            (_, Value::String(text)) => {
                for verdict in self.detector.judge_text_all(text, TextKind::Text) {
                    self.report(path, verdict, inherited);
                }
            }
            _ => {}
        }
    }
}

/// Returns the verdicts on a value and on the name before it.
fn with_name(detector: &Detector, mut of_value: Vec<Verdict>, name: &str) -> Vec<Verdict> {
    of_value.extend(detector.judge_text_all(name, TextKind::Text));
    distinct(of_value)
}

/// Judges a line of a history, in the format of either builder; each rule once.
fn of_history(detector: &Detector, created_by: &str) -> Vec<Verdict> {
    // The line without the args that are secret; they follow each other in it.
    let (mut others, mut rest) = (String::new(), created_by);
    let mut found = Vec::new();
    for (name, value) in history_args(created_by).into_iter().filter(|(_, value)| !value.is_empty()) {
        let of_arg = detector.judge_all(&name, Some(&value));
        let arg = format!(" {name}={value}");
        if let Some((before, after)) = rest.split_once(&arg).filter(|_| !of_arg.is_empty()) {
            others.push_str(before);
            rest = after;
        }
        found.extend(of_arg);
    }
    others.push_str(rest);
    found.extend(judge_instruction(detector, &others));
    distinct(found)
}

/// Judges an instruction in text form: `ENV A=b`, `/bin/sh -c #(nop)  ENV A=b`, `RUN /bin/sh -c …`; each rule once.
pub(super) fn judge_instruction(detector: &Detector, text: &str) -> Vec<Verdict> {
    let text = text.strip_prefix("/bin/sh -c #(nop) ").unwrap_or(text).trim();
    let (keyword, rest) = text.split_once(' ').unwrap_or((text, ""));
    if ["ENV", "ARG", "LABEL"].contains(&keyword.to_ascii_uppercase().as_str()) {
        let (name, value) = rest.split_once('=').or_else(|| rest.split_once(' ')).unwrap_or((rest, ""));
        let value = Some(value).filter(|value| !value.is_empty());
        let mut found = detector.judge_all(name.trim(), value);
        // The value of a declared name is one secret, whatever it looks like.
        if found.first().is_none_or(|verdict| verdict.rule != rules::DECLARED_NAME) {
            found.extend(judge_command(detector, rest));
        }
        return distinct(found);
    }
    judge_command(detector, text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use secretscan::Scanner;
    use serde_json::json;

    #[test]
    fn all_secrets_of_one_place_are_found() {
        let two = concat!("postgresql://app:", "kD93mPq0Lx7R@db/app gh", "p_kD93mPq0Lx7RtY5uWz2aBc8dEf4gHi6jKl1n");
        let config = json!({
            "Env": [format!("NOTE={two}"), format!("DATABASE_URL={two}"), format!("OPTIONS=--password=h4nter2 {two}")],
            "Labels": {"note": two},
            "Cmd": ["run", two],
        });
        let history = [
            format!("ENV NOTE={two}"),
            format!("|1 NOTE={two} /bin/sh -c make"),
            format!("|1 DATABASE_URL={two} /bin/sh -c make"),
            format!("RUN /bin/sh -c make {two}"),
        ];
        let detector = Detector::new(&["DATABASE_URL".to_owned()], Scanner::new(Vec::new()));
        let facts = DescribedImage {
            image: "a:1",
            component: Some("a"),
            config: &config,
            history: &history,
            base: None,
            text: two,
        };
        let shown = |finding: &Finding| match &finding.site {
            Site::History { entry, .. } => format!("history {entry}: {}", finding.rule.id),
            site => format!("{}: {}", site.place(), finding.rule.id),
        };
        let mut found: Vec<String> = image_findings(&detector, facts).iter().map(shown).collect();
        found.sort();
        let both = |place: &str| ["github-token", "url-password"].map(|rule| format!("{place}: {rule}"));
        let mut expected: Vec<String> =
            ["image:a:Cmd", "image:a:Env NOTE", "image:a:Env OPTIONS", "image:a:Labels note", "image:a:other text"]
                .into_iter()
                .chain(["history 1", "history 2", "history 4"])
                .flat_map(both)
                .collect();
        expected.push("image:a:Env OPTIONS: command-line-secret".to_owned());
        for place in ["image:a:Env DATABASE_URL", "history 3"] {
            expected.extend(["declared-name", "github-token"].map(|rule| format!("{place}: {rule}")));
        }
        expected.sort();
        assert_eq!(found, expected);
    }
}
