//! Exceptions in a Dockerfile: `# taskflow: allow RULE -- reason` above an instruction.

use dockerfile::Dockerfile;

use crate::domain::finding::{Finding, Naming, Site};
use crate::domain::problem::{Place, Problem};
use crate::domain::rules::Rules;

/// Length of the shortest text that counts as a reason, in characters.
const SHORTEST_REASON: usize = 10;

/// An exception in a Dockerfile.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Inline {
    /// The line of the comment, from 1.
    line: usize,
    /// The lines of the instruction below it; none if no instruction follows.
    covers: Option<(usize, usize)>,
    rule: String,
    reason: String,
}

/// The exceptions of one Dockerfile.
#[derive(Debug, Default)]
pub struct InlineExceptions {
    file: String,
    found: Vec<Inline>,
}

impl InlineExceptions {
    /// Finds the exceptions of a Dockerfile. Comments in heredocs and inside of instructions are no exceptions.
    pub fn of(file: &str, text: &str, dockerfile: &Dockerfile) -> Self {
        let mut found = Vec::new();
        let mut lines = (1..).zip(text.lines());
        let mut waiting: Vec<Inline> = Vec::new();
        let mut instructions = dockerfile.instructions.iter().peekable();
        while let Some((line, content)) = lines.next() {
            if let Some(instruction) = instructions.next_if(|instruction| instruction.first_line <= line) {
                let covers = Some((instruction.first_line, instruction.last_line));
                found.extend(waiting.drain(..).map(|inline| Inline { covers, ..inline }));
                // The rest of the instruction, with its heredocs.
                for _ in line..instruction.last_line {
                    lines.next();
                }
                continue;
            }
            waiting.extend(comment(content).map(|(rule, reason)| Inline { line, covers: None, rule, reason }));
        }
        found.extend(waiting);
        Self { file: file.to_owned(), found }
    }

    /// Splits findings into those that remain, and those that exceptions allow. Exceptions that are not valid or allow
    /// nothing are problems.
    pub fn apply(&self, rules: Rules, findings: Vec<Finding>) -> (Vec<Finding>, Vec<(Finding, String)>, Vec<Problem>) {
        let mut used = vec![false; self.found.len()];
        let (mut left, mut allowed) = (Vec::new(), Vec::new());
        for finding in findings {
            let line = match &finding.site {
                Site::Instruction { file, at, .. } if file.name(Naming::FromRoot) == self.file => at.line,
                _ => None,
            };
            let fits = |inline: &Inline| {
                let covered =
                    inline.covers.zip(line).is_some_and(|((first, last), line)| (first..=last).contains(&line));
                covered && inline.rule == finding.rule.id && inline.is_complete() && finding.can_be_allowed()
            };
            match self.found.iter().position(fits) {
                Some(at) => {
                    used.iter_mut().skip(at).take(1).for_each(|used| *used = true);
                    let reason = self.found.get(at).map_or(String::new(), |inline| inline.reason.clone());
                    allowed.push((finding, reason));
                }
                None => left.push(finding),
            }
        }
        let unused = self.found.iter().zip(used).filter(|(_, used)| !used);
        let problems = unused.map(|(inline, _)| self.problem(rules, inline)).collect();
        (left, allowed, problems)
    }

    /// Returns the problem of an exception that allows nothing.
    fn problem(&self, rules: Rules, inline: &Inline) -> Problem {
        let place = Place::line(&self.file, inline.line);
        let rule = &inline.rule;
        match rules.find(rule) {
            None if rule.is_empty() => Problem::new("a comment that begins with `taskflow:` is no exception")
                .at(place)
                .hint("write `# taskflow: allow RULE -- REASON`"),
            None => Problem::new(format!("there is no rule `{rule}` for an exception")).at(place).hint(format!(
                "list the rules with {}",
                rules.listed_by().iter().map(|command| format!("`{command}`")).collect::<Vec<_>>().join(" and ")
            )),
            Some(found) if found.never_allowed.is_some() => {
                Problem::new(format!("rule `{rule}` cannot be allowed anywhere")).at(place)
            }
            Some(_) if !inline.is_complete() => Problem::new(format!("the exception for rule `{rule}` has no reason"))
                .at(place)
                .hint(format!("write `# taskflow: allow {rule} -- REASON`, with {SHORTEST_REASON} characters or more")),
            Some(_) => Problem::new(format!("the exception for rule `{rule}` allows nothing"))
                .at(place)
                .note("it applies to the instruction below it")
                .hint("remove it"),
        }
    }
}

impl Inline {
    fn is_complete(&self) -> bool {
        self.reason.chars().count() >= SHORTEST_REASON
    }
}

/// Parses a comment with an exception: the rule and the reason. The rule is empty if the comment has another form.
fn comment(line: &str) -> Option<(String, String)> {
    let rest = line.trim_start().strip_prefix('#')?.trim_start().strip_prefix("taskflow:")?;
    let allowed = rest.trim_start().strip_prefix("allow").and_then(|rest| rest.strip_prefix([' ', '\t']));
    let (rule, reason) = allowed.map_or(("", ""), |rest| rest.split_once("--").unwrap_or((rest, "")));
    Some((rule.trim().to_owned(), reason.trim().to_owned()))
}
