//! `launch NAME ARG...`: builds the program of the package NAME if it is out of date, and starts it.
//!
//! It is called by cargo's aliases. `cargo run --quiet` prints nothing while it compiles, and `cargo run` prints two
//! lines at each call. This program prints a line when it compiles, and nothing if there is nothing to compile.

mod freshness;

use std::env;
use std::ffi::OsString;
use std::io::{self, IsTerminal, Write};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::SystemTime;

use freshness::Program;

/// The exit code of cargo if compiling fails.
const CANNOT_COMPILE: u8 = 101;

fn main() -> ExitCode {
    let mut args = env::args_os().skip(1);
    let name = args.next().and_then(|name| name.into_string().ok()).unwrap_or_default();
    launch(&name, args).unwrap_or_else(|error| {
        // If standard error is closed, the message is lost.
        let _unheard = writeln!(io::stderr(), "error: cannot start `{name}`: {error}");
        ExitCode::from(CANNOT_COMPILE)
    })
}

/// Starts the program. Returns only if the program cannot be built or started.
fn launch(name: &str, args: impl Iterator<Item = OsString>) -> io::Result<ExitCode> {
    let launcher = env::current_exe()?;
    let program = Program::new(launcher.parent().unwrap_or(Path::new(".")), name);
    if !program.is_fresh(&root()) {
        let began = SystemTime::now();
        if let Some(code) = build(name)? {
            return Ok(ExitCode::from(code));
        }
        program.record(began)?;
    }
    // The program replaces this process, so it gets the signals, and its exit code is returned.
    Err(Command::new(&program.file).args(args).exec())
}

/// Returns the root of the workspace; `cargo run` passes the folder of this package.
fn root() -> PathBuf {
    let package = env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from).unwrap_or_default();
    package.ancestors().nth(2).unwrap_or(&package).to_path_buf()
}

/// Builds a program; returns cargo's exit code if the build fails. On a terminal, cargo shows its progress; otherwise
/// one line is printed.
fn build(name: &str) -> io::Result<Option<u8>> {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut call = Command::new(cargo);
    call.args(["build", "--package", name, "--bin", name]);
    let mut stderr = io::stderr();
    if !stderr.is_terminal() {
        writeln!(stderr, "   Compiling {name}; the first time this takes minutes")?;
        call.arg("--quiet");
    }
    let status = call.status()?;
    let code = status.code().and_then(|code| u8::try_from(code).ok()).unwrap_or(CANNOT_COMPILE);
    Ok((!status.success()).then_some(code))
}
