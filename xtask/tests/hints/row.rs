//! A row: a hint, the world that prints it, and what its reader does.

use std::io::Write;
use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::action::actions;
use crate::world::World;

/// What must hold after a hint was followed.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Then {
    /// xtask exits with 0, and does not print the message.
    Works,
    /// The message is not printed again; another one may be.
    Gone,
    /// xtask prints this on standard output, and may still exit with another code: the hint is about a part of the work.
    Prints(&'static str),
    /// The hint's commands do the work: they exit with 0, and nothing else is run.
    Done,
    /// The hint's commands print this, which is what the reader looks for.
    Shows(&'static str),
}

/// One step of a reader who follows the hint.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Step {
    /// The action of this number, from 0.
    Act(usize),
    /// An edit whose content only the reader knows.
    ByHand(fn(&mut World)),
}

/// One hint.
pub(crate) struct Row {
    /// The hint as the code writes it.
    pub(crate) hint: &'static str,
    world: fn() -> World,
    pub(crate) ways: Vec<Vec<Step>>,
    then: Then,
    root: bool,
}

/// A row that carries out all actions of a hint; xtask works afterwards.
pub(crate) fn row(hint: &'static str, world: fn() -> World) -> Row {
    Row { hint, world, ways: Vec::new(), then: Then::Works, root: false }
}

impl Row {
    /// One way to follow the hint: these actions, from 0.
    pub(crate) fn way(mut self, actions: &'static [usize]) -> Self {
        self.ways.push(actions.iter().copied().map(Step::Act).collect());
        self
    }

    /// One way to follow the hint: an edit.
    pub(crate) fn by_hand(mut self, edit: fn(&mut World)) -> Self {
        self.ways.push(vec![Step::ByHand(edit)]);
        self
    }

    /// One way to follow the hint: actions and edits, one after the other.
    pub(crate) fn steps(mut self, steps: &[Step]) -> Self {
        self.ways.push(steps.to_vec());
        self
    }

    /// Only root can make this world; for anybody else the row is left out, loudly.
    pub(crate) fn needs_root(mut self) -> Self {
        self.root = true;
        self
    }

    /// What holds afterwards.
    pub(crate) fn then(mut self, then: Then) -> Self {
        self.then = then;
        self
    }

    /// Follows the hint in one way; without any, by all actions.
    fn follow(&self, way: Option<&[Step]>) {
        let mut world = (self.world)();
        let (printed, code) = world.before();
        let (message, hint) = block_with(&printed, self.hint);
        let found = actions(&hint);
        let mut shown = String::new();
        assert!(way.is_some() || !found.is_empty(), "`{hint}` asks for nothing that can be carried out");
        let all: Vec<Step> = (0..found.len()).map(Step::Act).collect();
        for step in way.unwrap_or(&all) {
            match step {
                Step::ByHand(edit) => edit(&mut world),
                Step::Act(index) => {
                    let action = found.get(*index).unwrap_or_else(|| panic!("`{hint}` has no action {index}"));
                    let (said, code) = world.act(action, &message);
                    // What shows a fault may end as the fault does.
                    let only_looks = matches!(self.then, Then::Shows(_));
                    assert!(code == 0 || only_looks, "{action:?} exits with {code}: {said}");
                    shown += &said;
                }
            }
        }
        match self.then {
            Then::Shows(text) => {
                assert!(shown.contains(text), "`{hint}` does not show `{text}`: {shown}");
                return;
            }
            Then::Done => return,
            Then::Works | Then::Gone | Then::Prints(_) => {}
        }
        let after = world.xtask();
        let said = format!("after `{hint}`: exit code {code}, then {}\n{}", after.code, after.stderr);
        if let Then::Prints(text) = self.then {
            assert!(after.stdout.contains(text), "{said}");
            return;
        }
        assert!(!messages(&after.stderr).contains(&message), "{said}");
        assert_ne!(after.code, 101, "{said}");
        if matches!(self.then, Then::Works) {
            assert_eq!(after.code, 0, "{said}");
        }
    }
}

/// Follows all hints of a table in all ways, and says all that did not work.
pub(crate) fn follow(rows: &[Row]) {
    let mut failed = Vec::new();
    for row in rows {
        if row.root && !xtask::effects::environment::root() {
            let _unheard = writeln!(std::io::stderr(), "SKIPPED `{}`: only root can make its world", row.hint);
            continue;
        }
        let ways: Vec<Option<&[Step]>> = match row.ways.as_slice() {
            [] => vec![None],
            ways => ways.iter().map(|way| Some(way.as_slice())).collect(),
        };
        for way in ways {
            if catch_unwind(AssertUnwindSafe(|| row.follow(way))).is_err() {
                failed.push(format!("{way:?} of `{}`", row.hint));
            }
        }
    }
    assert!(failed.is_empty(), "{} hints do not help:\n{}", failed.len(), failed.join("\n"));
}

/// The first line of the message that has a hint, and the hint as it is printed.
fn block_with(printed: &str, hint: &str) -> (String, String) {
    let mut message = "";
    let mut hints: Vec<(&str, String)> = Vec::new();
    let mut in_hint = false;
    for line in printed.lines() {
        let tip = line.strip_prefix("  tip: ").map(|tip| tip.replace('\'', "`"));
        if let Some(text) = repair(line) {
            hints.push((message, text.to_owned()));
            in_hint = false;
        } else if let Some(text) = line.strip_prefix("hint: ").map(str::to_owned).or(tip) {
            hints.push((message, text));
            in_hint = true;
        } else if let (true, Some(more)) = (in_hint, line.strip_prefix("  ")) {
            let (_, text) = hints.last_mut().unwrap();
            text.push('\n');
            text.push_str(more);
        } else {
            in_hint = false;
            message = if is_message(line) { line } else { message };
        }
    }
    let found = hints.iter().find(|(_, text)| matches(hint, text));
    let (message, text) = found.unwrap_or_else(|| panic!("`{hint}` is not printed:\n{printed}"));
    ((*message).to_owned(), text.clone())
}

/// The first lines of all messages.
fn messages(printed: &str) -> Vec<String> {
    printed.lines().filter(|line| is_message(line)).map(str::to_owned).collect()
}

/// The repair in a line of a preflight.
pub(crate) fn repair(line: &str) -> Option<&str> {
    line.strip_prefix("            ")?.trim_start().strip_prefix("hint: ")
}

fn is_message(line: &str) -> bool {
    if line.trim_start().starts_with("refused ") {
        return true;
    }
    ["error", "warning"].iter().any(|word| line.strip_prefix(word).is_some_and(|rest| rest.starts_with([':', '['])))
}

/// Whether a text is what a pattern says; `{…}` in the pattern stands for any text.
pub(crate) fn matches(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('{');
    let Some(mut rest) = text.strip_prefix(parts.next().unwrap_or_default()) else { return false };
    let fixed: Vec<&str> = parts.map(|part| part.split_once('}').map_or(part, |(_, fixed)| fixed)).collect();
    let Some((last, others)) = fixed.split_last() else { return rest.is_empty() };
    for part in others {
        let Some(at) = rest.find(part) else { return false };
        rest = &rest[at + part.len()..];
    }
    rest.ends_with(last)
}

#[test]
fn patterns_stand_for_whole_texts() {
    assert!(matches("a `{x}` b", "a `1` b") && matches("{a} b {c}", "1 b 2") && matches("a", "a"));
    assert!(!matches("a", "ab") && !matches("a {x} b", "a 1 c") && !matches("a `{x}` b", "a `1` b c"));
}
