//! `check`: judges components by the rules of the contract and by those about secrets, without an engine.

use crate::cli::{self, CheckArgs};
use crate::context::Context;
use crate::documents::check::CheckDocument;
use crate::domain::contract::checkers::Checker;
use crate::domain::contract::{Judgement, Verdict, page, rules};
use crate::domain::events::Events;
use crate::domain::problem::Problem;
use crate::domain::rules::RULES;
use crate::domain::text::{count, duration, nearest, ticked_all};
use crate::error::{CliError, ErrorKind};
use crate::outcome::Outcome;
use crate::ui::{Ui, report};
use crate::workflows::check::{self, CheckOptions, CheckReport};

/// `--explain` needs no taskflow.toml.
pub(super) fn run(context: &Context, args: &CheckArgs) -> Result<Outcome<CheckDocument>, CliError> {
    let ui = context.ui;
    if let Some(rule) = &args.explain {
        return explain(ui, rule);
    }
    let with = args.with.iter().map(|checker| match checker {
        cli::Checker::Buildkit => Checker::Buildkit,
        cli::Checker::Hadolint => Checker::Hadolint,
    });
    let options = CheckOptions { components: args.components.clone(), no_inline: args.no_inline, with: with.collect() };
    let mut report = check::check(&context.project()?, &ui, &options)?;
    let findings = &report.judged.findings;
    if !ui.json {
        let judgements: Vec<&Judgement> = report.judged.judgements.iter().collect();
        report::show_judgements(ui, args.format, "check", &judgements, findings);
    }
    show_verdicts(ui, &report);
    let failure = report.failure.take();
    Ok(Outcome { document: report.into(), failure })
}

/// Prints what is not decided, and the numbers of verdicts.
fn show_verdicts(ui: Ui, report: &CheckReport) {
    let (mut held, mut undecided) = (0, 0);
    // The rules without a verdict, by component and reason.
    let mut reasons: Vec<((&str, &str), Vec<&str>)> = Vec::new();
    for judgement in &report.judged.judgements {
        match &judgement.verdict {
            Verdict::Held(_) => held += 1,
            Verdict::Broken(_) => {}
            Verdict::NotDecided(reason) => {
                undecided += 1;
                let key = (judgement.component.as_str(), reason.as_str());
                match reasons.iter_mut().find(|(known, _)| *known == key) {
                    Some((_, rules)) => rules.push(judgement.rule.id),
                    None => reasons.push((key, vec![judgement.rule.id])),
                }
            }
        }
    }
    for ((component, reason), rules) in reasons {
        let are = if rules.len() == 1 { "is" } else { "are" };
        ui.note(&format!("{} of `{component}` {are} not decided: {reason}", ticked_all(&rules)));
    }
    let broken = report.judged.judgements.len() - held - undecided;
    let components = count(report.components.len(), "component");
    let verdicts = format!("{held} held, {broken} broken, {undecided} not decided");
    ui.status("Checked", &format!("{components} in {}: {verdicts}", duration(report.time)));
}

/// Prints the page of a rule.
fn explain(ui: Ui, id: &str) -> Result<Outcome<CheckDocument>, CliError> {
    let Some(rule) = RULES.find(id) else {
        let ids: Vec<&str> = RULES.all().map(|rule| rule.id).collect();
        let problem = Problem::new(format!("there is no rule `{id}`"));
        let problem = match nearest(id, &ids) {
            Some(near) => problem.hint(format!("did you mean `{near}`?")),
            None => problem.hint("list the rules with `cargo xtask contract rules` and `cargo xtask secrets rules`"),
        };
        return Err(CliError::new(ErrorKind::Usage, problem));
    };
    let page = rules::all_texts().iter().find(|text| text.id == id).map(page::page);
    if !ui.json {
        ui.result(
            page.as_deref()
                .map_or_else(
                    || format!("{}: {}\n{}", rule.id, rule.what, rule.documentation()),
                    |page| page.trim_end().to_owned(),
                )
                .as_str(),
        );
    }
    Ok(Outcome::success(CheckDocument::explained(&rule, page)))
}
