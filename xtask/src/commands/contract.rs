//! `contract`: lists the rules of the contract, and writes a contract for another tool.

use crate::cli::{ContractExportArgs, ContractRulesArgs, ExportFormat, RulesFormat};
use crate::context::Project;
use crate::documents::contract::ExportDocument;
use crate::documents::rules::RulesDocument;
use crate::domain::contract::export::structure_tests;
use crate::domain::contract::{FAMILY, page};
use crate::domain::problem::Problem;
use crate::error::{CliError, ErrorKind};
use crate::outcome::Outcome;
use crate::ui::{Ui, json};

pub(super) fn rules(ui: Ui, args: &ContractRulesArgs) -> Outcome<RulesDocument> {
    let rules = (FAMILY.rules)();
    match args.format {
        _ if ui.json => {}
        RulesFormat::Human => ui.rules(&rules),
        RulesFormat::Markdown => ui.result(page::index().trim_end()),
    }
    Outcome::success(RulesDocument::from(rules.as_slice()))
}

pub(super) fn export(
    ui: Ui,
    project: &Project,
    args: &ContractExportArgs,
) -> Result<Outcome<ExportDocument>, CliError> {
    let components = project.select(std::slice::from_ref(&args.component))?;
    let contract = components.first().and_then(|component| component.contract.as_ref());
    let Some(contract) = contract else {
        let problem = Problem::new(format!("component `{}` has no contract", args.component))
            .hint(format!("declare it in taskflow.toml: `[component.{}.contract]`", args.component));
        return Err(CliError::new(ErrorKind::Config, problem));
    };
    let ExportFormat::ContainerStructureTest = args.format;
    let file = structure_tests(contract);
    if !ui.json {
        ui.document(&json::text(&file));
    }
    Ok(Outcome::success(ExportDocument { component: args.component.clone(), file }))
}
