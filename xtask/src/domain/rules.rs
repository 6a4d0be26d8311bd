//! The table of all rules, by family. To add a family, add it to `RULES`.

use super::finding::{Family, Rule};
use super::{contract, secrets};

/// All rules of xtask.
pub const RULES: Rules = Rules::of(&[secrets::FAMILY, contract::FAMILY]);

/// The rules of several families.
#[derive(Clone, Copy, Debug)]
pub struct Rules {
    families: &'static [Family],
}

impl Rules {
    /// Makes the table of the rules of these families.
    pub const fn of(families: &'static [Family]) -> Self {
        Self { families }
    }

    /// Returns all rules, in the order of the families.
    pub fn all(self) -> impl Iterator<Item = Rule> {
        self.families.iter().flat_map(|family| (family.rules)())
    }

    /// Returns the rule with this ID.
    pub fn find(self, id: &str) -> Option<Rule> {
        self.all().find(|rule| rule.id == id)
    }

    /// Returns the commands that list the rules.
    pub fn listed_by(self) -> Vec<&'static str> {
        self.families.iter().map(|family| family.listed_by).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_has_a_name_of_its_own_a_family_and_a_sentence() {
        let mut names: Vec<&str> = RULES.all().map(|rule| rule.id).collect();
        names.sort_unstable();
        let many = names.len();
        names.dedup();
        assert!(many > 100 && names.len() == many, "{many} rules have {} names", names.len());
        for family in RULES.families {
            for rule in (family.rules)() {
                assert_eq!(rule.family, family.name, "{}", rule.id);
                assert!(!rule.what.is_empty() && RULES.find(rule.id) == Some(rule), "{}", rule.id);
                assert!(rule.documentation().starts_with("docs/"), "{}", rule.id);
            }
        }
        assert_eq!(RULES.find("nosuch"), None);
    }
}
