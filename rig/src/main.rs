//! Entry point of `cargo rig`; everything else is in the library, where tests can use it.

use std::process::ExitCode;

fn main() -> ExitCode {
    rig::main()
}
