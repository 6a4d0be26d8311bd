//! The search before a build: build args, other arguments of docker, and the files that would be sent.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::report::secret;
use crate::domain::build_arg::BuildArg;
use crate::domain::build_arg::DeclaredBuildArg;
use crate::domain::build_arg::is_proxy;
use crate::domain::config::Component;
use crate::domain::finding::{ArgSource, FileName, Finding, Offset, Position, Site};
use dockerfile::ignore_file::Advice;
use process::HiddenValue;
use process::Invocation;
use secretscan::Detector;
use secretscan::LocatedVerdict;
use secretscan::MatchRule;
use secretscan::Reading;
use secretscan::TextKind;
use secretscan::Verdict;
use secretscan::distinct;
use secretscan::is_mixed;
use secretscan::verdict;
use shown::{MASK, replaced};

/// Returns the secrets among the build args of the command line, whose values `filled_build_args` has filled in. An arg
/// that several components take is reported once.
pub fn build_arg_findings(
    detector: &Detector,
    components: &[&Component],
    args: &[(BuildArg, ArgSource)],
) -> Vec<Finding> {
    let of_arg = |(arg, from): &(BuildArg, ArgSource)| -> Option<Vec<Finding>> {
        let name = arg.name.as_str();
        let takes = |component: &&&Component| component.build_args.iter().any(|known| known.name == arg.name);
        let component = components.iter().find(takes).or(components.first())?;
        // If the name was lost, as in `--build-arg =VALUE`, the secret itself may stand in its place.
        let mut found = detector.judge_text_all(name, TextKind::Text);
        found.extend(detector.judge_all(name, arg.value.as_ref().and_then(HiddenValue::text)));
        let address = arg.value.as_ref().filter(|_| is_proxy(name));
        let site = Site::BuildArg {
            name: detector.shown(name),
            component: component.name.to_string(),
            from: *from,
            written: None,
        };
        Some(secrets_at(&site, with_credentials(found, address)))
    };
    args.iter().filter_map(of_arg).flatten().collect()
}

/// Returns the secrets among the build args that taskflow.toml declares, by their names and defaults.
pub fn declared_arg_findings(detector: &Detector, component: &Component) -> Vec<Finding> {
    let of_arg = |arg: &DeclaredBuildArg| {
        let found = detector.judge_all(arg.name.as_str(), arg.default.as_ref().and_then(HiddenValue::text));
        let site = Site::BuildArg {
            name: arg.name.to_string(),
            component: component.name.to_string(),
            from: if arg.default.is_some() { ArgSource::Default } else { ArgSource::Declared },
            written: Some(arg.written.clone()),
        };
        secrets_at(&site, found)
    };
    component.build_args.iter().flat_map(of_arg).collect()
}

/// Returns the secrets in a call of docker: in tags, labels, and the target, which may contain names from git.
pub fn call_findings(detector: &Detector, call: &Invocation) -> Vec<Finding> {
    let mut option = "";
    let mut findings = Vec::new();
    let words: Vec<Cow<'_, str>> = call.args.iter().map(|word| replaced(word.as_encoded_bytes())).collect();
    for word in words.iter().map(AsRef::as_ref) {
        let label = if option == "--label" { word.split_once('=') } else { None };
        let name = match (label, word.starts_with('-')) {
            (Some((key, _)), _) => key,
            (None, true) => word.split('=').next().unwrap_or_default(),
            (None, false) => option,
        };
        let found = detector.judge_text_all(word, TextKind::Text);
        findings.extend(secrets_at(&Site::Argument { name: detector.shown(name) }, found));
        option = if word.starts_with('-') { word } else { "" };
    }
    findings
}

/// Returns the secrets in the proxies of the docker client's settings, which become args of every build.
pub fn proxy_findings(detector: &Detector, proxies: &[(String, HiddenValue)]) -> Vec<Finding> {
    let of_proxy = |(name, value): &(String, HiddenValue)| -> Option<Vec<Finding>> {
        let found = with_credentials(detector.judge_text_all(value.text()?, TextKind::Text), Some(value));
        Some(secrets_at(&Site::Proxy { name: detector.shown(name) }, found))
    };
    proxies.iter().filter_map(of_proxy).flatten().collect()
}

/// Returns a finding for each verdict on one place.
fn secrets_at(site: &Site, found: Vec<Verdict>) -> Vec<Finding> {
    found.into_iter().map(|verdict| secret(verdict, site.clone())).collect()
}

/// Returns the verdicts on a proxy and on the credentials in its address, each rule once.
fn with_credentials(found: Vec<Verdict>, address: Option<&HiddenValue>) -> Vec<Verdict> {
    distinct(found.into_iter().chain(address.and_then(proxy_credentials)).collect())
}

/// Returns the secret in the address of a proxy: a password, with or without a scheme before it, or a token in the
/// place of the user.
fn proxy_credentials(address: &HiddenValue) -> Option<Verdict> {
    let address = address.text()?;
    let rest = address.split_once("://").map_or(address, |(_, rest)| rest);
    // A password may contain any character, so the last `@` ends it.
    let (credentials, _) = rest.rsplit_once('@')?;
    let (user, password) = credentials.split_once(':').unwrap_or((credentials, ""));
    let is_token = user.len() >= 16 && is_mixed(user.as_bytes());
    (!password.is_empty() || is_token).then(|| verdict(&MatchRule::Pattern("url-password")))
}

/// Returns the secrets in the files of a build context. `files` are all files that would be sent and `found` the
/// verdicts on them, both by their paths for display, relative to the repository. `advice` returns how a file can be
/// excluded, `line_of` the line of an offset.
pub fn context_findings<F>(
    detector: &Detector,
    files: &BTreeMap<String, F>,
    found: Vec<LocatedVerdict>,
    advice: &dyn Fn(&F) -> Advice,
    line_of: &dyn Fn(&F, u64) -> Option<usize>,
) -> Vec<Finding> {
    // A secret in the name of a file must not appear in the pattern that excludes the file.
    let any = |text: &str| detector.shown(text).replace(MASK, "*");
    let at = |path: &str, file: Option<&F>, line, offset, verdict| {
        let ignore = file.map(|file| Box::new(advice(file).map_texts(&any)));
        let at = Position { line, column: None };
        secret(verdict, Site::File { file: FileName::new(detector.shown(path)), at, offset, ignore })
    };
    let finding = |LocatedVerdict { origin, offset, verdict }: LocatedVerdict| {
        let whole = files.get(&origin.path);
        let has_a_line = verdict.has_a_line() && origin.reading == Reading::AsStored;
        let line = whole.filter(|_| has_a_line).and_then(|file| line_of(file, offset));
        let offset = (!verdict.is_of_name()).then_some(Offset { bytes: offset, of: origin.reading.text() });
        // A file in an archive is excluded with the archive.
        let mut outer = origin.path.match_indices("!/").filter_map(|(at, _)| files.get(origin.path.get(..at)?));
        at(&origin.path, whole.or_else(|| outer.next()), line, offset, verdict)
    };
    found.into_iter().map(finding).collect()
}
