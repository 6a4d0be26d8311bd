//! The environment of the containers that `verify` starts.

use process::HiddenValue;

use crate::domain::contract::declared::{Contract, VariableSource};

/// The variables of a container: those that may be shown, and those that are secret.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Variables {
    /// Names and values that may be shown.
    pub plain: Vec<(String, String)>,
    /// Names and secret values.
    pub secret: Vec<(String, HiddenValue)>,
}

/// Returns the variables for a container. `random` returns a new secret, `database` is the address of the database.
pub fn variables(contract: &Contract, database: Option<&HiddenValue>, random: &mut dyn FnMut() -> String) -> Variables {
    let mut variables = Variables::default();
    let of_database = contract.database.as_ref().map(|database| database.variable.as_str());
    for variable in &contract.environment {
        let name = variable.name.to_string();
        if of_database == Some(name.as_str()) {
            continue;
        }
        match variable.source {
            VariableSource::Secret => {
                let value = variable.example.clone().unwrap_or_else(&mut *random);
                variables.secret.push((name, HiddenValue::new(value)));
            }
            VariableSource::ConfigMap => {
                let value = variable.example.as_ref().or(variable.default.as_ref()).or(variable.allowed.first());
                variables.plain.extend(value.map(|value| (name, value.clone())));
            }
            // The image has its own value.
            VariableSource::Image => {}
        }
    }
    if let (Some(name), Some(address)) = (of_database, database) {
        variables.secret.push((name.to_owned(), address.clone()));
    }
    variables
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::contract::declared::{Database, RuntimeVariable};

    #[test]
    fn each_variable_gets_the_value_of_its_source() {
        let variable = |name: &str, source, example: Option<&str>, allowed: &[&str]| RuntimeVariable {
            name: name.parse().unwrap(),
            source,
            required: true,
            default: None,
            allowed: allowed.iter().map(|value| (*value).to_owned()).collect(),
            example: example.map(str::to_owned),
            line: 1,
        };
        let contract = Contract {
            environment: vec![
                variable("DATABASE_URL", VariableSource::Secret, None, &[]),
                variable("SIGNING", VariableSource::Secret, None, &[]),
                variable("MODE", VariableSource::ConfigMap, None, &["production", "development"]),
                variable("URL", VariableSource::ConfigMap, Some("http://127.0.0.1:1"), &[]),
                variable("UNSET", VariableSource::ConfigMap, None, &[]),
                variable("PORT", VariableSource::Image, None, &[]),
            ],
            database: Some(Database {
                engine: "postgresql".to_owned(),
                variable: "DATABASE_URL".parse().unwrap(),
                line: 1,
            }),
            ..Contract::default()
        };
        let address = HiddenValue::new("address");
        let found = variables(&contract, Some(&address), &mut || "random".to_owned());
        let plain = [("MODE", "production"), ("URL", "http://127.0.0.1:1")];
        assert_eq!(found.plain, plain.map(|(name, value)| (name.to_owned(), value.to_owned())));
        let secret = [("SIGNING", "random"), ("DATABASE_URL", "address")];
        assert_eq!(found.secret, secret.map(|(name, value)| (name.to_owned(), HiddenValue::new(value))));
    }
}
