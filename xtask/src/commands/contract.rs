//! `contract`: lists the rules of the contract, compares it with a release, and writes it for another tool.

use crate::cli::{
    ContractChangesArgs, ContractDiffArgs, ContractExportArgs, ContractRulesArgs, ExportFormat, RulesFormat, Step,
};
use crate::context::Project;
use crate::documents::contract::ExportDocument;
use crate::documents::contract_diff::{ChangesDocument, ContractDiffDocument};
use crate::documents::rules::RulesDocument;
use crate::domain::contract::change::{self, Needs};
use crate::domain::contract::export::structure_tests;
use crate::domain::contract::{FAMILY, page};
use crate::domain::problem::Problem;
use crate::domain::version::VersionStep;
use crate::error::{CliError, ErrorKind};
use crate::outcome::Outcome;
use crate::ui::{Ui, json};
use crate::workflows::contract_diff::{ContractDiff, DiffOptions, contract_diff};

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

pub(super) fn changes(ui: Ui, args: &ContractChangesArgs) -> Outcome<ChangesDocument> {
    match args.format {
        _ if ui.json => {}
        RulesFormat::Human => ui.change_rows(),
        RulesFormat::Markdown => ui.result(change::page::page().trim_end()),
    }
    Outcome::success(ChangesDocument::table())
}

pub(super) fn diff(
    ui: Ui,
    project: &Project,
    args: &ContractDiffArgs,
) -> Result<Outcome<ContractDiffDocument>, CliError> {
    let step = args.require_step.map(|step| match step {
        Step::Patch => VersionStep::Patch,
        Step::Minor => VersionStep::Minor,
        Step::Major => VersionStep::Major,
    });
    let diff = contract_diff(project, &ui, DiffOptions { from: args.from, step })?;
    if !ui.json {
        show(ui, &diff);
    }
    Ok(Outcome { document: ContractDiffDocument::from(&diff), failure: diff.failure })
}

/// Prints the changes, then what they need together.
fn show(ui: Ui, diff: &ContractDiff) {
    let changes: Vec<_> =
        diff.changes.iter().map(|found| (&found.change, found.needs, found.accepted.as_slice())).collect();
    ui.changes(&changes);
    let (Some(release), Some(needs)) = (&diff.release, diff.needs) else { return };
    let versions: Vec<String> = diff.sufficient.iter().map(ToString::to_string).collect();
    let (tag, versions) = (&release.tag, versions.join(" or "));
    ui.result(&match needs {
        Needs::Refused => format!("refused: no version after `{tag}` can have these changes"),
        Needs::Step(step) if changes.is_empty() => {
            format!("no change since `{tag}`: a {} step is enough, to {versions}", step.name())
        }
        Needs::Step(step) => format!("required after `{tag}`: a {} step, to {versions}", step.name()),
    });
}
