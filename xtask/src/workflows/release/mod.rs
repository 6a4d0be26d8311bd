//! Releases a version: everything is built and verified under names that mean nothing, and the names that mean something
//! are set last and together. Until others can have seen it, a failure undoes everything; afterwards it is finished.

mod abort;
mod attest;
mod candidates;
mod commit;
mod contract;
mod finished;
mod left_behind;
mod on_nodes;
mod options;
mod preflight;
mod publish;
mod push;
mod record;
mod release_errors;
mod session;
mod steps;
mod undo;

use process::shell_quoted;
use shown::printable;

use crate::context::Project;
use crate::domain::problem::Problem;
use crate::domain::release::events::{ReleaseEvent, ReleaseEvents};
use crate::domain::release::journal::{Decided, Journal, Reach};
use crate::domain::release::plan::{Planned, commands};
use crate::domain::release::preflight::{Line, LineState, passes};
use crate::domain::repository_state::{Head, RepositoryState};
use crate::domain::text::count;
use crate::domain::version::ReleaseVersion;
use crate::effects::clock::{self, Stopwatch};
use crate::effects::git::write::GitWriter;
use crate::effects::release::journal_folder::{JournalFolder, JournalFolderError};
use crate::effects::terminal::{self, Answer};
use crate::error::{CliError, ErrorKind};
use crate::workflows::tag::state;
use commit::ContractLines;
use contract::ContractStep;
pub(crate) use options::{Mode, ReleaseEnd, ReleaseOptions, ReleaseReport};
use preflight::Subject;
use session::Session;

/// Makes, checks, plans, resumes, or undoes a release.
///
/// # Errors
///
/// If nothing was done: `ErrorKind::Usage`, `Config`, `Environment`, or `Interrupted`. The report contains a failure
/// after something was done, and one of the kinds `Preflight` and `VersionStep` if the release was refused.
pub(crate) fn release(
    project: &Project,
    events: &dyn ReleaseEvents,
    options: &ReleaseOptions,
) -> Result<ReleaseReport, CliError> {
    let watch = Stopwatch::start();
    let git = GitWriter::open(&project.runner, &project.root)?;
    let mut folder = JournalFolder::look(&git);
    if !matches!(options.mode, Mode::Check | Mode::DryRun) {
        folder.lock(&options.version.to_string())?;
        left_behind::wait(project, events, &mut folder)?;
    } else if let Some(running) = folder.running() {
        return Err(JournalFolderError::Busy(running).into());
    }
    let mut report = match (folder.journal()?, options.mode) {
        (Some(journal), mode) => begun(project, events, options, git, folder, journal, mode),
        (None, Mode::Resume | Mode::Abort) => nothing_begun(project, &git, options),
        (None, _) => fresh(project, events, options, git, folder),
    }?;
    report.time = watch.elapsed();
    Ok(report)
}

/// Goes on with a release that was begun: resumes or undoes it, or refuses everything else.
fn begun(
    project: &Project,
    events: &dyn ReleaseEvents,
    options: &ReleaseOptions,
    git: GitWriter<'_>,
    folder: JournalFolder,
    journal: Journal,
    mode: Mode,
) -> Result<ReleaseReport, CliError> {
    let own = journal.version == options.version.to_string();
    if !own || !matches!(mode, Mode::Resume | Mode::Abort) {
        return Err(unfinished(&journal));
    }
    let (name, path) = &journal.working_tree;
    if git.working_tree()?.0 != *name && git.has_working_tree(name) {
        let problem = Problem::new(format!("release {} was begun in another working tree", journal.version))
            .note(format!("its files are in `{path}`"))
            .hint(format!("run the command in it: `cd {}`", shell_quoted(path)));
        return Err(CliError::new(ErrorKind::Usage, problem));
    }
    let mut session = Session { project, events, git, folder, journal, version: options.version, record: None };
    let (end, failure) = if mode == Mode::Resume { steps::run(&mut session) } else { abort::abort(&mut session)? };
    Ok(of_session(session, end, failure, Vec::new()))
}

/// Refuses a release while another one, or an earlier attempt, is half done.
fn unfinished(journal: &Journal) -> CliError {
    let version = &journal.version;
    let step = journal.next().map_or("record", |step| step.name());
    let problem = Problem::new(format!("release {version} is not finished: it stopped in step `{step}`"))
        .hint(format!("finish it with `cargo xtask release {version} --resume`"));
    let undo = format!("undo it with `cargo xtask release {version} --abort`");
    CliError::new(ErrorKind::Preflight, if journal.reach == Reach::Public { problem } else { problem.hint(undo) })
}

/// Reports that there is nothing to resume or to undo.
fn nothing_begun(project: &Project, git: &GitWriter<'_>, options: &ReleaseOptions) -> Result<ReleaseReport, CliError> {
    let state = state(project)?;
    if options.mode == Mode::Resume
        && let Some(report) = finished::look(project, git, &state, options)?
    {
        return Ok(report);
    }
    let what = if options.mode == Mode::Resume { "resume" } else { "undo" };
    let version = options.version;
    let problem = Problem::new(format!("there is nothing to {what}: no release of {version} is unfinished here"));
    let problem = match options.mode {
        Mode::Resume => problem.hint(format!("make it with `cargo xtask release {version}`")),
        _ => problem.note("only a release that has stopped halfway can be undone"),
    };
    Err(CliError::new(ErrorKind::Usage, problem))
}

/// Begins a release: the preflight, the step of the contract, the plan, the question, and then all steps.
fn fresh(
    project: &Project,
    events: &dyn ReleaseEvents,
    options: &ReleaseOptions,
    git: GitWriter<'_>,
    folder: JournalFolder,
) -> Result<ReleaseReport, CliError> {
    let state = state(project)?;
    if let Some(report) = finished::look(project, &git, &state, options)? {
        return Ok(report);
    }
    let settings = &project.config.release;
    let push = options.push.unwrap_or(settings.push);
    let minikube = options.minikube.unwrap_or(settings.minikube);
    let tag = format!("{}{}", project.config.tags.tag_prefix, options.version);
    let previous = previous(&state);
    // The preflight comes first, so that everything is said at once.
    let (contract, not_judged) = match contract::judge(project, options.version) {
        Err(error) if !matches!(error.kind, ErrorKind::Interrupted(_)) => (ContractStep::default(), Some(error)),
        judged => (judged?, None),
    };
    let remote = settings.remote.clone().or_else(|| state.release_remote().map(|remote| printable(&remote.name)));
    let subject = Subject {
        project,
        git: &git,
        folder: &folder,
        options,
        state: &state,
        tag: &tag,
        previous: previous.as_ref().map(|(_, commit)| commit.as_str()),
        remote: remote.as_deref(),
        push,
        minikube,
        contract: ContractLines { changes: &contract.changes, accepted: &contract.accepted },
    };
    let (lines, profile) = subject.lines()?;
    events.release(ReleaseEvent::Preflight(&lines));
    let mut report = ReleaseReport::nothing_done(options.version, lines);
    contract.warnings.iter().for_each(|warning| events.warning(warning));
    contract.notes.iter().for_each(|note| events.note(note));
    report.failure = match (refusal(options.version, &report.preflight), not_judged.or_else(|| too_small(&contract))) {
        (Some(refused), Some(other)) => Some(CliError::all(refused.kind, [refused.problems, other.problems].concat())),
        (refused, other) => refused.or(other),
    };
    if report.failure.is_some() || options.mode == Mode::Check {
        return Ok(report);
    }
    let journal = Journal::new(Decided {
        version: options.version.to_string(),
        working_tree: git.working_tree()?,
        previous: previous.as_ref().map(|(version, _)| version.to_string()),
        previous_commit: previous.map(|(_, commit)| commit),
        branch: branch(&state),
        git_tag: tag,
        before: state.commit.as_ref().map(|commit| commit.id.clone()).unwrap_or_default(),
        components: project
            .config
            .components
            .iter()
            .map(|component| (component.name.to_string(), component.repository.to_string()))
            .collect(),
        remote: remote.filter(|_| push),
        registry: settings.registry.clone().filter(|_| push),
        attest: settings.attest && push && settings.registry.is_some(),
        profile: profile.filter(|_| minikube),
        allow_stand_in: options.allow_stand_in,
        seconds: clock::now(),
        contract: contract.changes,
        accepted: contract.accepted,
    });
    let contexts: Vec<&str> = project.config.components.iter().map(|component| component.context.as_str()).collect();
    report.plan = commands(&Planned { journal: &journal, contexts: &contexts, sign: &settings.sign });
    if options.mode == Mode::DryRun {
        return Ok(report);
    }
    if !options.yes && !is_confirmed(events, options.version, &report.plan)? {
        return Ok(report);
    }
    let (lines, plan) = (report.preflight, report.plan);
    let mut session = Session { project, events, git, folder, journal, version: options.version, record: None };
    session.save()?;
    let (end, failure) = steps::run(&mut session);
    let report = of_session(session, end, failure, lines);
    Ok(ReleaseReport { plan, ..report })
}

/// Returns the highest release that is reachable from HEAD, with its commit.
fn previous(state: &RepositoryState) -> Option<(ReleaseVersion, String)> {
    let version = state.highest_release?;
    let release = state.releases.iter().find(|release| release.version == version)?;
    Some((version, release.commit.clone()))
}

fn branch(state: &RepositoryState) -> String {
    match &state.head {
        Head::Branch(name) => printable(name),
        Head::Detached => String::new(),
    }
}

/// Returns the error of a preflight that refuses the release.
fn refusal(version: ReleaseVersion, lines: &[Line]) -> Option<CliError> {
    if passes(lines) {
        return None;
    }
    let many = lines.iter().filter(|line| line.state == LineState::Refused).count();
    let problem = Problem::new(format!("release {version} is refused by {} of the preflight", count(many, "check")))
        .note("nothing was changed")
        .hint("repair what the lines marked `refused` name, and run the command again");
    Some(CliError::new(ErrorKind::Preflight, problem))
}

/// Returns the error of a version step that is too small for the changes of the contract.
fn too_small(contract: &ContractStep) -> Option<CliError> {
    let problems = contract.problems.clone();
    (!problems.is_empty()).then(|| CliError::all(ErrorKind::VersionStep, problems))
}

/// Asks the person at the terminal.
fn is_confirmed(events: &dyn ReleaseEvents, version: ReleaseVersion, plan: &[String]) -> Result<bool, CliError> {
    events.release(ReleaseEvent::Plan(plan));
    if !terminal::can_answer() {
        let problem = Problem::new("cannot ask for a confirmation: standard input or standard error is no terminal")
            .hint("confirm the release with `--yes`");
        return Err(CliError::new(ErrorKind::Usage, problem));
    }
    events.release(ReleaseEvent::Question(&format!("Release {version}? [y/N] ")));
    let answer = terminal::answer().map_err(|error| {
        CliError::new(ErrorKind::Environment, Problem::new(format!("cannot read the answer: {error}")))
    })?;
    match answer {
        Answer::Line(line) => Ok(matches!(line.to_lowercase().as_str(), "y" | "yes")),
        Answer::Signal(signal) => {
            events.release(ReleaseEvent::Question("\n"));
            Err(CliError::interrupted(signal, "nothing was changed"))
        }
    }
}

fn of_session(session: Session<'_>, end: ReleaseEnd, failure: Option<CliError>, lines: Vec<Line>) -> ReleaseReport {
    let report = ReleaseReport::nothing_done(session.version, lines);
    ReleaseReport { journal: Some(session.journal), folder: session.record, end, failure, ..report }
}
