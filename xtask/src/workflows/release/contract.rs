//! The step of the version: whether it is large enough for the changes of the contract since the release before.

use super::session::{Ended, Session};
use crate::context::Project;
use crate::domain::problem::Problem;
use crate::domain::release::changelog::{AcceptedLine, ContractLine};
use crate::domain::release::version_step::{StepJudgement, described};
use crate::domain::version::ReleaseVersion;
use crate::error::{CliError, ErrorKind};
use crate::workflows::contract_diff::judge_release;

/// The step of a version.
#[derive(Debug, Default)]
pub(super) struct ContractStep {
    /// The changes of the contract.
    pub(super) changes: Vec<ContractLine>,
    /// Those that are accepted with a smaller step.
    pub(super) accepted: Vec<AcceptedLine>,
    /// Facts worth knowing.
    pub(super) notes: Vec<String>,
    /// Facts that deserve attention.
    pub(super) warnings: Vec<String>,
    /// Why the version is refused; empty if it is large enough.
    pub(super) problems: Vec<Problem>,
}

impl From<StepJudgement> for ContractStep {
    fn from(judgement: StepJudgement) -> Self {
        let mut step = Self {
            notes: judgement.notes,
            warnings: judgement.warnings,
            problems: judgement.refusals,
            ..Self::default()
        };
        for judged in judgement.changes {
            let text = described(&judged.change);
            match judged.accepted {
                Some(entry) => {
                    step.accepted.push(AcceptedLine { finding: entry.finding, text, reason: entry.reason });
                }
                None => step.changes.push(ContractLine { level: judged.needs.name().to_owned(), text }),
            }
        }
        step
    }
}

/// Judges the version by the declared contracts. A release that cannot be compared with is a reason to refuse, too.
pub(super) fn judge(project: &Project, version: ReleaseVersion) -> Result<ContractStep, CliError> {
    match judge_release(project, None, version) {
        Ok(judgement) => Ok(judgement.into()),
        Err(error) if error.kind == ErrorKind::Config => {
            Ok(ContractStep { problems: error.problems, ..ContractStep::default() })
        }
        Err(error) => Err(error),
    }
}

/// Judges the version by the candidates, too. An image can differ from that of the last release in what no contract
/// declares.
pub(super) fn judge_candidates(session: &mut Session<'_>, exported: &Project) -> Result<Ended, CliError> {
    let step = ContractStep::from(judge_release(
        session.project,
        Some((exported, &session.candidate_tag()?)),
        session.version,
    )?);
    if !step.problems.is_empty() {
        return Err(CliError::all(ErrorKind::Failed, step.problems));
    }
    session.journal.contract = step.changes;
    session.journal.accepted = step.accepted;
    session.save()?;
    Ok(Ended::Done)
}
