//! The label of everything that a run of `verify` starts, so that a later run can remove what a killed one has left.

use std::fmt;
use std::str::FromStr;

/// The key of the label.
pub const LABEL: &str = "dev.taskflow.verify";

/// The age after which a run has certainly ended, in seconds. A run takes about a minute.
const LONGEST: u64 = 3600;

/// A run of `verify`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunLabel {
    /// The machine since its start, and its namespace of processes: process IDs are valid only there.
    pub place: String,
    /// The process ID.
    pub process: u32,
    /// The start of the process, in ticks of the kernel: process IDs are used again.
    pub started: u64,
    /// The time of the run, in seconds since 1970.
    pub seconds: u64,
}

impl fmt::Display for RunLabel {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { place, process, started, seconds } = self;
        write!(out, "{place}-{process}-{started}-{seconds}")
    }
}

impl FromStr for RunLabel {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let mut parts = text.rsplitn(4, '-');
        let mut number = || parts.next().and_then(|part| part.parse::<u64>().ok()).ok_or(());
        let (seconds, started, process) = (number()?, number()?, number()?);
        let place = parts.next().filter(|place| !place.is_empty()).ok_or(())?.to_owned();
        Ok(Self { place, process: u32::try_from(process).map_err(|_| ())?, started, seconds })
    }
}

impl RunLabel {
    /// Whether this run has ended, as `current` sees it. `starts` returns the start of a process that is alive.
    pub fn has_ended(&self, current: &Self, starts: impl Fn(u32) -> Option<u64>) -> bool {
        let too_old = current.seconds.saturating_sub(self.seconds) > LONGEST;
        too_old || self.place == current.place && starts(self.process) != Some(self.started)
    }
}

/// Returns those of the things with a label whose run has ended. Each line is the name of a thing and its label, with a
/// tabulator between them. A label that cannot be read is left alone.
pub fn ended<'a>(listing: &'a str, current: &RunLabel, starts: impl Fn(u32) -> Option<u64>) -> Vec<&'a str> {
    let lines = listing.lines().filter_map(|line| line.trim().split_once('\t'));
    lines
        .filter(|(_, label)| label.parse::<RunLabel>().is_ok_and(|run| run.has_ended(current, &starts)))
        .map(|(name, _)| name)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn run(place: &str, process: u32, started: u64, seconds: u64) -> RunLabel {
        RunLabel { place: place.to_owned(), process, started, seconds }
    }

    #[test]
    fn a_run_has_ended_if_its_process_is_gone_or_it_is_old() {
        let current = run("a-1", 9, 90, 10_000);
        let starts = |process| (process == 7).then_some(70);
        for (other, ended) in [
            (run("a-1", 7, 70, 9_990), false),
            // The process ID belongs to another process now.
            (run("a-1", 7, 71, 9_990), true),
            (run("a-1", 8, 70, 9_990), true),
            // Another machine, or a container with processes of its own: only the age decides.
            (run("b-1", 8, 70, 9_990), false),
            (run("b-1", 7, 70, 1_000), true),
            // The clock went back.
            (run("a-1", 7, 70, 20_000), false),
        ] {
            assert_eq!(other.has_ended(&current, starts), ended, "{other}");
        }
    }

    #[test]
    fn only_things_of_ended_runs_are_listed() {
        let current = run("a", 9, 90, 100);
        let listing = "one\ta-7-70-99\ntwo\ta-8-80-99\n\nthree\tnobody knows\nfour\na\tb\tc\n";
        assert_eq!(ended(listing, &current, |process| (process == 7).then_some(70)), ["two"]);
    }

    proptest! {
        #[test]
        fn a_label_is_read_back(place in "[a-f0-9-]{1,20}", process: u32, started: u64, seconds: u64) {
            let label = run(&place, process, started, seconds);
            prop_assert_eq!(label.to_string().parse(), Ok(label));
        }

        #[test]
        fn no_text_is_a_danger(text in ".{0,40}") {
            let _label_or_nothing = text.parse::<RunLabel>();
        }
    }
}
