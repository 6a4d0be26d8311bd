//! What is said when xtask itself is broken: where, and never with which values.

use std::backtrace::{Backtrace, BacktraceStatus};
use std::panic::{self, PanicHookInfo};

use super::{say, style};

/// From now on a panic says where it happened. Its own words are left out: they may hold anything, a secret, too.
pub fn keep_quiet() {
    panic::set_hook(Box::new(tell));
}

fn tell(info: &PanicHookInfo<'_>) {
    let place = info.location().map(|place| format!(" at {}:{}", place.file(), place.line())).unwrap_or_default();
    let style = style::ERROR;
    say(&format!("{style}error{style:#}: internal error{place}; what it was about is not shown\n"));
    // It holds names of functions only, and only where RUST_BACKTRACE asks for it.
    let trace = Backtrace::capture();
    if trace.status() == BacktraceStatus::Captured {
        say(&format!("{trace}\n"));
    }
    say("hint: run it again with RUST_BACKTRACE=1, and report what it says\n");
}
