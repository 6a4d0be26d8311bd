//! A PostgreSQL from the machine's packages, in a folder for temporary files. It listens on a socket in that folder only.

use std::fs;
use std::io;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, chown};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use process::{Captured, RunError, Runner, User};

use super::this_run::start_of;
use crate::domain::contract::verify::postgres::{initdb, server};
use crate::domain::contract::verify::run_label::RunLabel;
use crate::domain::text::last_words;
use crate::effects::{environment, threads};

/// The folder in which Debian's packages have the programs of each version.
const VERSIONS: &str = "/usr/lib/postgresql";

/// The beginning of the names of the folders for data.
const FOLDERS: &str = "taskflow-verify-";

/// The file with the label of a folder's run.
const LABEL_FILE: &str = "label";

/// The file with the password, which exists until the cluster is made.
const PASSWORD_FILE: &str = "password";

/// Time limit of making a cluster, and of starting its server.
const LIMIT: Duration = Duration::from_mins(1);

/// The longest time that a server runs.
const LONGEST: Duration = Duration::from_hours(1);

/// Why there is no database.
#[derive(Debug, thiserror::Error)]
pub enum DatabaseError {
    /// A program cannot be run, or a signal was received.
    #[error(transparent)]
    Run(#[from] RunError),
    /// A program failed; holds its last words.
    #[error("`{program}` fails: {words}")]
    Failed {
        /// The program.
        program: &'static str,
        /// Its last words.
        words: String,
    },
    /// The folder for the data cannot be made.
    #[error("cannot write to `{folder}`: {source}", folder = shown::shown_path(.folder))]
    Folder {
        /// The folder.
        folder: PathBuf,
        /// The error of the system.
        source: io::Error,
    },
}

/// Returns the folder with the programs of the newest installed version, or those on PATH.
pub fn programs() -> Option<PathBuf> {
    let numbers = fs::read_dir(VERSIONS).ok().into_iter().flatten();
    let numbers = numbers.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse::<u32>().ok());
    let folders = numbers.map(|number| (number, Path::new(VERSIONS).join(number.to_string()).join("bin")));
    let newest = folders.filter(|(_, bin)| bin.join("initdb").is_file()).max_by_key(|(number, _)| *number);
    let on_path = || environment::program("initdb").and_then(|file| Some(file.parent()?.to_path_buf()));
    newest.map(|(_, bin)| bin).or_else(on_path).filter(|bin| bin.join("postgres").is_file())
}

/// A running server. It ends and its data is removed when the value is dropped.
#[derive(Debug)]
pub struct Server {
    folder: PathBuf,
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<Result<Option<Captured>, RunError>>>,
}

impl Server {
    /// Makes a cluster with this password, and starts its server.
    ///
    /// # Errors
    ///
    /// A [`DatabaseError`]; nothing is left then.
    pub fn start(runner: &Runner, programs: &Path, run: &RunLabel, password: &str) -> Result<Self, DatabaseError> {
        let folder = std::env::temp_dir().join(format!("{FOLDERS}{}-{}", run.process, run.started));
        let mut server = Self { folder, stop: Arc::default(), thread: None };
        let user = unprivileged();
        server
            .make_folder(run, password, user)
            .map_err(|source| DatabaseError::Folder { folder: server.folder.clone(), source })?;
        let answer = runner.capture(&initdb(programs, &server.folder, user), LIMIT)?;
        let _removed_later = fs::remove_file(server.folder.join(PASSWORD_FILE));
        if !answer.success() {
            return Err(DatabaseError::Failed { program: "initdb", words: last_words(&answer.stderr).to_owned() });
        }
        let (runner, stop) = (runner.clone(), Arc::clone(&server.stop));
        let call = self::server(programs, &server.folder, user);
        let is_needed = move |_| !stop.load(Ordering::SeqCst);
        server.thread = Some(std::thread::spawn(move || runner.watch(&call, LONGEST, &mut is_needed.clone())));
        server.wait()?;
        Ok(server)
    }

    /// Returns the folder of the socket.
    pub fn socket_folder(&self) -> PathBuf {
        self.folder.join("run")
    }

    fn make_folder(&self, run: &RunLabel, password: &str, user: Option<User>) -> io::Result<()> {
        let own = |path: &Path| user.map_or(Ok(()), |user| chown(path, Some(user.uid), Some(user.gid)));
        fs::DirBuilder::new().mode(0o755).create(&self.folder)?;
        fs::write(self.folder.join(LABEL_FILE), run.to_string())?;
        fs::DirBuilder::new().mode(0o755).create(self.socket_folder())?;
        let secret = self.folder.join(PASSWORD_FILE);
        let mut file = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&secret)?;
        io::Write::write_all(&mut file, password.as_bytes())?;
        [self.folder.clone(), self.socket_folder(), secret].iter().try_for_each(|path| own(path))
    }

    /// Waits until the server accepts connections.
    fn wait(&mut self) -> Result<(), DatabaseError> {
        let socket = self.socket_folder().join(".s.PGSQL.5432");
        let watch = crate::effects::clock::Stopwatch::start();
        while UnixStream::connect(&socket).is_err() {
            let ended = self.thread.as_ref().is_some_and(JoinHandle::is_finished);
            if ended || watch.elapsed() > LIMIT {
                self.stop.store(true, Ordering::SeqCst);
                let answer = self.thread.take().map(threads::ended).transpose()?.flatten();
                let words = answer.map_or_else(String::new, |answer| last_words(&answer.stderr).to_owned());
                return Err(DatabaseError::Failed { program: "postgres", words });
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        Ok(())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::SeqCst);
        if let Some(thread) = self.thread.take() {
            let _ended = thread.join();
        }
        let _never_made = fs::remove_dir_all(&self.folder);
    }
}

/// Returns the user for the server: PostgreSQL refuses to run as root.
fn unprivileged() -> Option<User> {
    if !environment::root() {
        return None;
    }
    let users = fs::read_to_string("/etc/passwd").unwrap_or_default();
    let user = |wanted: &str| {
        let line = users.lines().find(|line| line.split(':').next() == Some(wanted))?;
        let mut numbers = line.split(':').skip(2);
        Some(User { uid: numbers.next()?.parse().ok()?, gid: numbers.next()?.parse().ok()? })
    };
    user("postgres").or_else(|| user("nobody"))
}

/// Ends the servers of runs that have ended without doing so, and removes their data.
pub fn remove_stale(runner: &Runner, current: &RunLabel) {
    let entries = fs::read_dir(std::env::temp_dir()).into_iter().flatten().filter_map(Result::ok);
    for folder in entries.map(|entry| entry.path()) {
        let name = folder.file_name().map(std::ffi::OsStr::as_encoded_bytes).unwrap_or_default();
        let label = fs::read_to_string(folder.join(LABEL_FILE)).unwrap_or_default();
        let has_ended = label.parse::<RunLabel>().is_ok_and(|run| run.has_ended(current, start_of));
        if !name.starts_with(FOLDERS.as_bytes()) || !has_ended {
            continue;
        }
        let file = fs::read_to_string(folder.join("data/postmaster.pid")).unwrap_or_default();
        let process = file.lines().next().and_then(|line| line.trim().parse::<u32>().ok());
        // The process ID may belong to another process now.
        let of_folder =
            |process: &u32| fs::read_link(format!("/proc/{process}/cwd")).is_ok_and(|here| here.starts_with(&folder));
        if let Some(process) = process.filter(of_folder) {
            runner.clean_up(&crate::domain::contract::verify::postgres::end(process), LIMIT);
        }
        let _left = fs::remove_dir_all(&folder);
    }
}

#[cfg(test)]
#[expect(clippy::needless_raw_string_hashes, reason = "snapbox writes raw strings")]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    /// Programs in a folder that every user can read.
    fn fakes(initdb: &str, postgres: &str) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
        for (name, text) in [("initdb", initdb), ("postgres", postgres)] {
            let path = folder.path().join(name);
            fs::write(&path, format!("#!/bin/sh\n{text}\n")).unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        }
        folder
    }

    #[test]
    fn programs_that_fail_are_named_and_nothing_is_left() {
        let runner = Runner::new(Path::new("/"));
        let run = |number| RunLabel { place: "x".to_owned(), process: number, started: 5, seconds: 1 };
        let start = |number: u32, initdb: &str, postgres: &str| {
            let fakes = fakes(initdb, postgres);
            let error = Server::start(&runner, fakes.path(), &run(number), "password").unwrap_err();
            let left = std::env::temp_dir().join(format!("{FOLDERS}{number}-5"));
            assert!(!left.exists());
            error.to_string()
        };
        let process = std::process::id();
        let failed = start(process, "cat password; echo 'no space left' >&2; exit 1", "exit 0");
        let silent = start(process, "exit 0", "echo 'FATAL: no locale' >&2; exit 1");
        let folder = std::env::temp_dir().join(format!("{FOLDERS}{process}-5"));
        fs::create_dir(&folder).unwrap();
        let taken = Server::start(&runner, Path::new("/"), &run(process), "password").unwrap_err().to_string();
        let _removed_by_the_server = fs::remove_dir_all(&folder);
        let taken = taken.replace(&folder.display().to_string(), "[FOLDER]");
        snapbox::assert_data_eq!(
            [failed, silent, taken].join("\n"),
            snapbox::str![[r#"
`initdb` fails: no space left
`postgres` fails: FATAL: no locale
cannot write to `[FOLDER]`: File exists (os error 17)
"#]]
        );
    }
}
