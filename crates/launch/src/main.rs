//! `launch NAME ARG...`: starts the program of the package NAME, and builds it first where that is needed.
//!
//! cargo's aliases call it. `cargo run --quiet` says nothing while it compiles, and `cargo run` prints two lines at each
//! call. This program says that it compiles, and is silent when there is nothing to compile.

mod freshness;

use std::env;
use std::ffi::OsString;
use std::io::{self, IsTerminal, Write};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::SystemTime;

use freshness::Program;

/// What cargo exits with when it cannot compile.
const CANNOT_COMPILE: u8 = 101;

fn main() -> ExitCode {
    let mut args = env::args_os().skip(1);
    let name = args.next().and_then(|name| name.into_string().ok()).unwrap_or_default();
    launch(&name, args).unwrap_or_else(|error| {
        // Without standard error there is nowhere to say it.
        let _unheard = writeln!(io::stderr(), "error: cannot start `{name}`: {error}");
        ExitCode::from(CANNOT_COMPILE)
    })
}

/// Returns only if the program cannot be built or started.
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
    // The program takes the place of this process: it gets the signals, and its exit code counts.
    Err(Command::new(&program.file).args(args).exec())
}

/// The root of the workspace. `cargo run` names the folder of this package.
fn root() -> PathBuf {
    let package = env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from).unwrap_or_default();
    package.ancestors().nth(2).unwrap_or(&package).to_path_buf()
}

/// Builds a program, and returns cargo's exit code if it fails. A terminal gets cargo's lines and its bar, a log one line.
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
