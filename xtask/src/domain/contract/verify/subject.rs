//! The image that is judged, and the form of its findings.

use crate::domain::contract::declared::Contract;
use crate::domain::contract::{RuleText, Scope};
use crate::domain::finding::{FileName, Finding, ImageName, Position, Site, What};
use crate::domain::text::as_fragment;

/// An image with the contract of its component.
#[derive(Clone, Copy, Debug)]
pub struct Subject<'a> {
    /// The name of the component.
    pub component: &'a str,
    /// The reference of the image.
    pub reference: &'a str,
    /// The path of taskflow.toml, for messages.
    pub file: &'a str,
    /// The contract; empty for a component without one.
    pub contract: &'a Contract,
}

impl Subject<'_> {
    /// Makes a finding about a part of the image's configuration.
    pub fn in_image(&self, rule: RuleText, part: &str, what: String) -> Finding {
        let of = ImageName { image: self.reference.to_owned(), component: Some(self.component.to_owned()) };
        Self::finding(rule, Site::Config { of, part: part.to_owned() }, what)
    }

    /// Makes a finding about what a key of the contract declares.
    pub fn at_key(&self, rule: RuleText, key: &str, line: usize, what: String) -> Finding {
        let key = format!("component.{}.contract.{key}", self.component);
        let site = Site::Key { file: FileName::in_root(self.file), at: Position::line(line), key };
        Self::finding(rule, site, what)
    }

    /// Makes a finding at any site.
    pub fn finding(rule: RuleText, site: Site, what: String) -> Finding {
        let mut finding = Finding::new(rule.rule(), site, What::Sentence(what));
        finding.wanted = Some(format!("contract: {}", rule.section).into());
        finding.remedies = vec![as_fragment(rule.remedy)];
        finding
    }
}

/// Whether a rule applies to a component with this contract.
pub fn applicable(rule: &RuleText, contract: &Contract) -> bool {
    let Scope::Declared(key) = rule.scope else { return true };
    let resource = |limit: fn(&crate::domain::contract::declared::Resources) -> Option<u64>| {
        contract.port.is_some() && contract.resources.as_ref().and_then(limit).is_some()
    };
    match key {
        "base-images" => contract.base_images.is_some(),
        "port" => contract.port.is_some(),
        "command" => contract.command.is_some(),
        "workdir" => contract.workdir.is_some(),
        "max-size-mb" => contract.max_size_mb.is_some(),
        "ignore" => contract.ignore.is_some(),
        "stop-signal" => contract.stop_signal.is_some(),
        "env" => !contract.environment.is_empty(),
        "uid" => contract.uid.is_some() && contract.port.is_some(),
        "startup-seconds" => contract.startup_seconds.is_some() && contract.port.is_some(),
        "stop-grace-seconds" => contract.stop_grace_seconds.is_some() && contract.port.is_some(),
        "read-only-root" => contract.read_only_root && contract.port.is_some(),
        "health" => contract.health.is_some() && contract.port.is_some(),
        "health.unhealthy-status" => {
            let declared = contract.health.as_ref().is_some_and(|health| health.unhealthy_status.is_some());
            declared && contract.database.is_some() && contract.port.is_some()
        }
        "resources.idle-cpu-millicores" => resource(|limits| limits.idle_cpu_millicores),
        "resources.idle-memory-mib" => resource(|limits| limits.idle_memory_mib),
        "resources.load-cpu-millicores" => resource(|limits| limits.load_cpu_millicores),
        "resources.load-memory-mib" => resource(|limits| limits.load_memory_mib),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::config;
    use crate::domain::contract::verify_rules::RULES;

    #[test]
    fn each_rule_applies_to_a_complete_contract_and_few_to_none() {
        let text = include_str!("../../../../../taskflow.toml");
        let config = config::parse("taskflow.toml", text).unwrap();
        let backend = config.components.iter().find(|component| component.name.as_str() == "backend").unwrap();
        let contract = backend.contract.as_ref().unwrap();
        let others: Vec<&str> = RULES.iter().filter(|rule| !applicable(rule, contract)).map(|rule| rule.id).collect();
        assert_eq!(others, [] as [&str; 0]);
        let general: Vec<&str> =
            RULES.iter().filter(|rule| applicable(rule, &Contract::default())).map(|rule| rule.id).collect();
        assert_eq!(general, ["image-built", "image-secrets", "image-user"]);
    }
}
