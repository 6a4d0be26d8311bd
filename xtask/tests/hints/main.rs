//! Every hint that xtask prints is carried out as it is printed, and must change the outcome.
//!
//! A row names a hint, builds a world in which the hint is printed, and says which actions to carry out. The command or
//! edit is always taken from the printed text (`action.rs`), never from the row. Afterwards the same command runs again:
//! it works, or the message with the hint is gone.
//!
//! How to add a row for a new hint:
//!
//! 1. Add `row("the hint as the code writes it", world_function)` to the table of its area (`git.rs`, `secrets.rs`, …);
//!    `{name}` in it stands for any text.
//! 2. `world_function` returns a `World`: a sandbox with fakes, and the arguments of xtask that print the hint.
//!    `.fill("NAME", "value")` says what a reader puts in the place of a placeholder.
//! 3. Without more, the row carries out all actions of the hint, one after the other. Where a hint offers a choice,
//!    `.way(&[0]).way(&[1])` carries out each in a world of its own. `.by_hand(function)` is for an edit whose content
//!    only the reader knows, or that is in no form below; the function edits the world.
//! 4. The default is that xtask then exits with 0. `.then(Then::Gone)` accepts another problem, and
//!    `.then(Then::Shows("text"))` is for a command that only shows something.
//!
//! What counts as an action of a hint, always in backticks (`actions` in `action.rs` has all forms):
//!
//! - a command that begins with one of `action::PROGRAMS` and has an argument: `git fetch --tags`;
//! - an option: "pass `--latest`"; a variable: "set `NAME=VALUE`", "unset `NAME`"; another word: "did you mean `X`?";
//! - a line of a file: "add `LINE` to `FILE`", "replace line 2 of `FILE` by `LINE`";
//! - a key of taskflow.toml: "set `KEY` under `[TABLE]`", "correct `KEY` under …"; a table: "declare `[TABLE]`".
//!
//! `complete.rs` fails for a hint without a row, for an action that no row carries out, and for a row without a hint. A
//! hint that is neither a command nor an edit stands in `complete::WORDS`, with the reason.
#![expect(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "tests talk to the outside and may fail by panic, their helpers too"
)]

mod action;
mod arguments;
mod causes;
mod complete;
mod config;
mod contract;
mod engine;
mod files;
mod git;
mod minikube;
mod registries;
mod release;
mod release_preflight;
mod release_settings;
mod remedies;
mod row;
mod secrets;
mod verify;
mod world;

#[expect(dead_code, reason = "shared with the tests of the command line, which use all of it")]
#[path = "../cli/harness/mod.rs"]
mod harness;
#[expect(dead_code, reason = "shared with the tests of tidiness, which use all of it")]
#[path = "../tidy/source.rs"]
mod source;

use row::Row;

/// All tables.
fn rows() -> Vec<Row> {
    [
        arguments::rows(),
        causes::rows(),
        config::rows(),
        contract::rows(),
        engine::rows(),
        files::rows(),
        git::rows(),
        minikube::rows(),
        registries::rows(),
        release::rows(),
        release_preflight::rows(),
        release_settings::rows(),
        remedies::rows(),
        secrets::rows(),
        verify::rows(),
    ]
    .into_iter()
    .flatten()
    .collect()
}
