//! Child processes that end before we go on: their output goes to a log or comes back as text.

use std::ffi::{OsStr, OsString};
use std::fs::{self, File};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};

use crate::failure::Failure;

/// A program to run, with nothing on its standard input.
#[derive(Debug)]
pub struct Run {
    program: OsString,
    command: Command,
}

/// What a program said.
#[derive(Debug)]
pub struct Output {
    /// How it ended; none if it was ended for taking too long.
    pub status: Option<ExitStatus>,
    /// Its standard output.
    pub stdout: String,
    /// Its standard error.
    pub stderr: String,
}

impl Output {
    /// True if the program ended in time and well.
    pub fn success(&self) -> bool {
        self.status.is_some_and(|status| status.success())
    }
}

impl Run {
    /// A program by name or path.
    pub fn new(program: impl AsRef<OsStr>) -> Self {
        let mut command = Command::new(&program);
        command.stdin(Stdio::null()).env("LC_ALL", "C.UTF-8");
        Self { program: program.as_ref().to_os_string(), command }
    }

    /// A script for bash, in namespaces of its own: none of its processes and mounts outlives us, however we end.
    pub fn contained(script: &Path) -> Self {
        let mut run = Self::new("setpriv")
            .args(["--pdeathsig", "KILL", "--", "unshare", "--fork", "--kill-child", "--pid", "--mount-proc"])
            .args(["--mount", "--propagation", "private", "bash"])
            .arg(script);
        run.program = script.into();
        run
    }

    /// A program that does not outlive us, however we end.
    pub fn tied(program: &Path) -> Self {
        let mut run = Self::new("setpriv").args(["--pdeathsig", "KILL", "--"]).arg(program);
        run.program = program.into();
        run
    }

    /// Adds an argument.
    #[must_use]
    pub fn arg(mut self, arg: impl AsRef<OsStr>) -> Self {
        self.command.arg(arg);
        self
    }

    /// Adds arguments.
    #[must_use]
    pub fn args<A: AsRef<OsStr>>(mut self, args: impl IntoIterator<Item = A>) -> Self {
        self.command.args(args);
        self
    }

    /// Sets a variable.
    #[must_use]
    pub fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.command.env(name, value);
        self
    }

    /// Sets the folder to run in.
    #[must_use]
    pub fn folder(mut self, path: &Path) -> Self {
        self.command.current_dir(path);
        self
    }

    /// Runs as another user, with that group only.
    #[must_use]
    pub fn user(mut self, user: u32, group: u32) -> Self {
        self.command.uid(user).gid(group);
        self
    }

    /// Reads standard input from a pipe or a file.
    #[must_use]
    pub fn stdin(mut self, from: impl Into<Stdio>) -> Self {
        self.command.stdin(from);
        self
    }

    /// Starts it with its output on a pipe for another program.
    pub fn piped(mut self) -> Result<Child> {
        self.command.stdout(Stdio::piped()).stderr(Stdio::null());
        self.spawn()
    }

    /// Runs it to the end with all output in `log`; a failure shows the last lines of it.
    pub fn logged(mut self, log: &Path) -> Result<()> {
        let file = File::create(log).with_context(|| format!("could not write {}", log.display()))?;
        self.command.stdout(file.try_clone()?).stderr(file);
        let status = self.spawn()?.wait()?;
        if status.success() {
            return Ok(());
        }
        Err(with_log(Failure::new(format!("{} failed ({status})", self.name())), log).into())
    }

    /// Runs it and gives its standard output; a failure shows what it said.
    pub fn text(self, limit: Duration) -> Result<String> {
        let name = self.name();
        let output = self.output(limit)?;
        if output.success() {
            return Ok(output.stdout.trim_end().to_owned());
        }
        let ending = output.status.map_or("took too long".to_owned(), |status| status.to_string());
        let said = output.stderr.trim();
        Err(Failure::new(format!("{name} failed ({ending}): {said}")).into())
    }

    /// Runs it and gives all it said; one that takes longer than `limit` is ended.
    pub fn output(mut self, limit: Duration) -> Result<Output> {
        self.command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = self.spawn()?;
        let end = Instant::now() + limit;
        let stdout = collect(child.stdout.take());
        let stderr = collect(child.stderr.take());
        let left = || end.saturating_duration_since(Instant::now());
        // Both ends of the output are closed when the program is done, or someone else still holds them.
        let stdout = stdout.recv_timeout(left());
        let stderr = stderr.recv_timeout(left());
        let mut status = child.try_wait()?;
        while status.is_none() && !left().is_zero() {
            thread::sleep(Duration::from_millis(2));
            status = child.try_wait()?;
        }
        if status.is_none() {
            let _ = child.kill();
            child.wait()?;
        }
        Ok(Output { status, stdout: stdout.unwrap_or_default(), stderr: stderr.unwrap_or_default() })
    }

    fn spawn(&mut self) -> Result<Child> {
        self.command.spawn().with_context(|| format!("could not start {}", self.name()))
    }

    fn name(&self) -> String {
        self.program.to_string_lossy().into_owned()
    }
}

/// Adds a log's path and last lines to a failure.
pub fn with_log(failure: Failure, log: &Path) -> Failure {
    let text = fs::read(log).map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default();
    let lines: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).collect();
    let last = lines.iter().skip(lines.len().saturating_sub(8));
    last.fold(failure.hint(format!("the log is {}; its last lines:", log.display())), |failure, line| {
        failure.hint(format!("  {line}"))
    })
}

/// A program's path: on `PATH`, or in the folders for system programs that a user's `PATH` may lack.
pub fn find(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path)
        .chain(["/usr/local/sbin", "/usr/sbin", "/sbin"].map(PathBuf::from))
        .map(|folder| folder.join(program))
        .find(|file| file.is_file())
}

fn collect(pipe: Option<impl std::io::Read + Send + 'static>) -> mpsc::Receiver<String> {
    let (send, receive) = mpsc::channel();
    thread::spawn(move || {
        let mut bytes = Vec::new();
        if let Some(mut pipe) = pipe {
            let _ = pipe.by_ref().read_to_end(&mut bytes);
        }
        let _ = send.send(String::from_utf8_lossy(&bytes).into_owned());
    });
    receive
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::Run;

    #[test]
    fn a_program_that_hangs_is_ended() {
        let start = Instant::now();
        let output = Run::new("sleep").arg("60").output(Duration::from_millis(100)).unwrap();
        assert!(output.status.is_none());
        assert!(start.elapsed() < Duration::from_secs(5));
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
}
