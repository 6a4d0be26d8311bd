//! Runs programs to their end; their output goes to a log or is returned as text.

use std::ffi::OsString;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, Result};
use process::{Captured, Invocation, Log, RunError, Runner};

use shown::shown_path;

use crate::failure::Failure;

/// A program to run. Its standard input is empty unless a file is given.
#[derive(Clone, Debug)]
pub struct Run {
    /// The name of the program in messages; for a wrapper such as `unshare`, the program that it starts.
    name: String,
    call: Invocation,
}

impl Run {
    /// Makes a run of a program by name or path.
    pub fn new(program: impl Into<OsString>) -> Self {
        let call = Invocation::new(program, [""; 0]).env("LC_ALL", "C.UTF-8");
        Self { name: shown_path(&call.program), call }
    }

    /// Makes a run of a bash script in namespaces of its own: none of its processes and mounts outlives this process,
    /// however it ends.
    pub fn contained(script: &Path) -> Self {
        let run = Self::new("setpriv")
            .args(["--pdeathsig", "KILL", "--", "unshare", "--fork", "--kill-child", "--pid", "--mount-proc"])
            .args(["--mount", "--propagation", "private", "bash"])
            .arg(script);
        Self { name: shown_path(script), ..run }
    }

    /// Makes a run of a program that the kernel ends together with this process, however it ends.
    pub fn tied(program: &Path) -> Self {
        let run = Self::new("setpriv").args(["--pdeathsig", "KILL", "--"]).arg(program);
        Self { name: shown_path(program), ..run }
    }

    /// Adds an argument.
    #[must_use]
    pub fn arg(self, arg: impl Into<OsString>) -> Self {
        self.args([arg])
    }

    /// Adds arguments.
    #[must_use]
    pub fn args<A: Into<OsString>>(self, args: impl IntoIterator<Item = A>) -> Self {
        Self { call: self.call.args(args), ..self }
    }

    /// Sets a variable.
    #[must_use]
    pub fn env(self, name: &str, value: impl Into<OsString>) -> Self {
        Self { call: self.call.env(name, value), ..self }
    }

    /// Sets the folder to run in.
    #[must_use]
    pub fn folder(self, path: &Path) -> Self {
        Self { call: self.call.within(path), ..self }
    }

    /// Runs the program as another user, with only that group.
    #[must_use]
    pub fn user(self, user: u32, group: u32) -> Self {
        Self { call: self.call.as_user(user, group), ..self }
    }

    /// Reads standard input from a file.
    #[must_use]
    pub fn input(self, file: &Path) -> Self {
        Self { call: self.call.reading(file), ..self }
    }

    /// Runs the program to its end, with all output in `log`.
    ///
    /// # Errors
    ///
    /// The program cannot be started, is interrupted, or fails; the last lines of the log are hints then.
    pub fn logged(self, log: &Path) -> Result<()> {
        let mut file = new_log(log)?;
        let kept = Log { writer: &mut file, path: log };
        let code = runner().follow(&self.call, Some(kept), |_, _| ()).map_err(|error| self.error(error))?;
        self.judge(code, log)
    }

    /// Runs the program with its standard output as the input of another one, and everything else in `log`.
    ///
    /// # Errors
    ///
    /// One of the programs cannot be started, is interrupted, or fails; the last lines of the log are hints then.
    pub fn piped_to(self, to: &Self, log: &Path) -> Result<()> {
        let mut file = new_log(log)?;
        let kept = Log { writer: &mut file, path: log };
        let codes = runner().pipe(&self.call, &to.call, Some(kept), |_, _| ());
        let [own, other] = codes.map_err(|error| self.error(error))?;
        // The reading program is judged first: if it fails, the writing one fails, too.
        to.judge(other, log)?;
        self.judge(own, log)
    }

    /// Runs the program and returns its standard output.
    ///
    /// # Errors
    ///
    /// The program cannot be started, exceeds the limit, or fails; the error contains its output.
    pub fn text(self, limit: Duration) -> Result<String> {
        let output = self.output(limit)?;
        if output.success() {
            return Ok(output.stdout.trim_end().to_owned());
        }
        let said = output.stderr.trim();
        Err(Failure::new(format!("{} failed ({}): {said}", self.name, ending(output.code))).into())
    }

    /// Runs the program and returns its output and exit code.
    ///
    /// # Errors
    ///
    /// The program cannot be started, is interrupted, or exceeds the limit.
    pub fn output(&self, limit: Duration) -> Result<Captured> {
        runner().capture(&self.call, limit).map_err(|error| self.error(error))
    }

    fn judge(&self, code: Option<i32>, log: &Path) -> Result<()> {
        if code == Some(0) {
            return Ok(());
        }
        Err(with_log(Failure::new(format!("{} failed ({})", self.name, ending(code))), log).into())
    }

    fn error(&self, error: RunError) -> anyhow::Error {
        match error {
            RunError::TimedOut { .. } => Failure::new(format!("{} failed (took too long)", self.name)).into(),
            RunError::NotFound(_) | RunError::Io { .. } => {
                anyhow::Error::new(error).context(format!("could not start {}", self.name))
            }
            other => other.into(),
        }
    }
}

/// Paths of children are relative to the working folder of this process, unless a call sets a folder.
fn runner() -> Runner {
    Runner::new(Path::new("."))
}

fn new_log(path: &Path) -> Result<File> {
    File::create(path).with_context(|| format!("could not write {}", shown_path(path)))
}

fn ending(code: Option<i32>) -> String {
    code.map_or("ended by a signal".to_owned(), |code| format!("exit status: {code}"))
}

/// Adds the path and the last lines of a log to a failure, as hints.
pub fn with_log(failure: Failure, log: &Path) -> Failure {
    let text = fs::read(log).map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default();
    let lines: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).collect();
    let last = lines.iter().skip(lines.len().saturating_sub(8));
    last.fold(failure.hint(format!("the log is {}; its last lines:", shown_path(log))), |failure, line| {
        failure.hint(format!("  {line}"))
    })
}

/// Returns the `PATH` of this process with folders in front, and with the system's folders that a user's `PATH` may
/// lack.
///
/// # Errors
///
/// A folder has a colon in its path.
pub fn path_with(folders: &[PathBuf]) -> Result<OsString> {
    let ours = std::env::var_os("PATH").unwrap_or_default();
    let system = ["/usr/sbin", "/sbin"].map(PathBuf::from);
    let all = folders.iter().cloned().chain(std::env::split_paths(&ours)).chain(system);
    std::env::join_paths(all).context("the cache folder's name has a colon in it")
}

/// Returns the path of a program: on `PATH`, or in the folders for system programs that a user's `PATH` may lack.
pub fn find(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path)
        .chain(["/usr/local/sbin", "/usr/sbin", "/sbin"].map(PathBuf::from))
        .map(|folder| folder.join(program))
        .find(|file| file.is_file())
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::Run;

    #[test]
    fn a_program_that_hangs_is_ended() {
        let start = Instant::now();
        let error = Run::new("sleep").arg("60").text(Duration::from_millis(100)).unwrap_err();
        assert_eq!(error.to_string(), "sleep failed (took too long)");
        assert!(start.elapsed() < Duration::from_secs(5));
    }

    #[test]
    fn a_program_that_is_missing_is_named() {
        let error = Run::new("no-such-program").text(Duration::from_secs(5)).unwrap_err();
        assert_eq!(
            format!("{error:#}"),
            "could not start no-such-program: `no-such-program` is not installed or not on PATH"
        );
    }

    #[test]
    fn a_failure_shows_what_the_program_said() {
        let error = Run::new("sh").args(["-c", "echo why >&2; exit 3"]).text(Duration::from_secs(5)).unwrap_err();
        assert_eq!(error.to_string(), "sh failed (exit status: 3): why");
        let killed = Run::new("sh").args(["-c", "kill -KILL $$"]).text(Duration::from_secs(5)).unwrap_err();
        assert_eq!(killed.to_string(), "sh failed (ended by a signal): ");
    }

    #[test]
    fn a_failure_names_the_log_and_its_end() {
        let folder = tempfile::tempdir().unwrap();
        let log = folder.path().join("x.log");
        let error = Run::new("sh").args(["-c", "echo why; exit 3"]).logged(&log).unwrap_err();
        let failure = error.downcast_ref::<crate::failure::Failure>().unwrap();
        assert!(failure.to_string().contains("sh failed"));
        assert!(failure.hints().iter().any(|hint| hint.contains("x.log")));
        assert!(failure.hints().iter().any(|hint| hint.trim() == "why"));
    }

    #[test]
    fn of_two_programs_the_one_that_fails_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let log = folder.path().join("x.log");
        let piped = |from: &str, to: &str| {
            let [from, to] = [("sh", from), ("bash", to)].map(|(shell, script)| Run::new(shell).args(["-c", script]));
            from.piped_to(&to, &log).map_err(|error| error.to_string())
        };
        assert_eq!(piped("echo data", "cat >/dev/null"), Ok(()));
        assert_eq!(piped("echo data; exit 4", "cat >/dev/null").unwrap_err(), "sh failed (exit status: 4)");
        assert_eq!(piped("yes", "exit 5").unwrap_err(), "bash failed (exit status: 5)");
    }
}
