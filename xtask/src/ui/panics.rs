//! Reports a panic by its location only, because the panic's message may contain any value.

use std::backtrace::{Backtrace, BacktraceStatus};
use std::panic::{self, PanicHookInfo};

use super::{say, style};

/// Installs a panic hook that prints the location of a panic and leaves out its message, which may contain a secret.
pub fn keep_quiet() {
    panic::set_hook(Box::new(report));
}

fn report(info: &PanicHookInfo<'_>) {
    let place = info.location().map(|place| format!(" at {}:{}", place.file(), place.line())).unwrap_or_default();
    let style = style::ERROR;
    say(&format!("{style}error{style:#}: internal error{place}; its message is not shown\n"));
    // A backtrace contains only function names, and is captured only with RUST_BACKTRACE.
    let trace = Backtrace::capture();
    if trace.status() == BacktraceStatus::Captured {
        say(&format!("{trace}\n"));
    }
    say("hint: run it again with RUST_BACKTRACE=1, and report its output\n");
}
