//! A registry for tests: Debian's docker-registry on a loopback address, where docker clients and engines accept HTTP.
//! It has no users, and is empty after each start.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context as _, Result};

use crate::apt::{self, need};
use crate::cache::{self, Cache, remove_tree, text};
use crate::command::find;
use crate::part::names::REGISTRY as NAME;
use crate::part::{Part, Status};
use crate::report::State;
use crate::service::{Launch, Service};
use crate::{ports, ui};

/// The line of the settings that has the port.
const ADDRESS: &str = "  addr: 127.0.0.1:";

/// The part `registry`.
#[derive(Debug)]
pub struct Registry;

impl Part for Registry {
    fn name(&self) -> &'static str {
        NAME
    }

    fn up(&self, cache: &Cache) -> Result<()> {
        apt::ensure(cache, NAME, &[need("docker-registry", "docker-registry")])?;
        let server = Server::look(cache);
        let answers = || server.port().is_some_and(ports::answers);
        if !server.service.adopt(answers)? {
            server.start(cache)?;
        }
        ui::note(NAME, &format!("up ({})", self.status(cache).detail));
        Ok(())
    }

    fn down(&self, cache: &Cache) -> Result<()> {
        if !Server::look(cache).service.stop()? {
            ui::note(NAME, "was not up");
        }
        Ok(())
    }

    fn status(&self, cache: &Cache) -> Status {
        let server = Server::look(cache);
        let Some(record) = server.service.process() else {
            return Status::new(State::Down, "no registry");
        };
        let process = record.pid;
        match server.port().filter(|port| ports::answers(*port)) {
            None => Status::new(State::Partial, format!("registry (process {process}) does not answer")),
            Some(port) => Status::new(State::Up, format!("registry on port {port} (process {process})"))
                .fact("address", format!("127.0.0.1:{port}")),
        }
    }
}

/// The server, whether it runs or not.
struct Server {
    folder: PathBuf,
    service: Service,
}

impl Server {
    fn look(cache: &Cache) -> Self {
        let folder = cache.root().join(NAME);
        let service = Service {
            part: NAME,
            what: "the registry",
            program: "docker-registry",
            mark: format!("serve {}", text(&folder.join("config.yml"))),
            record: folder.join("process.json"),
            log: cache.root().join(format!("logs/{NAME}.log")),
        };
        Self { folder, service }
    }

    fn file(&self) -> PathBuf {
        self.folder.join("config.yml")
    }

    /// Returns the port of its settings.
    fn port(&self) -> Option<u16> {
        let settings = fs::read_to_string(self.file()).ok()?;
        settings.lines().find_map(|line| line.strip_prefix(ADDRESS)?.parse().ok())
    }

    /// Starts it without data, on the port that it had before if that is free.
    fn start(&self, cache: &Cache) -> Result<()> {
        cache.folder(NAME)?;
        let data = self.folder.join("data");
        remove_tree(&data)?;
        let port = self.port().filter(|port| ports::is_free(*port)).map_or_else(ports::random, Ok)?;
        let file = self.file();
        cache::write(&file, settings(&text(&data), port).as_bytes(), 0o644)?;
        let program = find("docker-registry").context("docker-registry is not there")?;
        let args = ["serve".to_owned(), text(&file)];
        self.service.start(&Launch { program: &program, args: &args, path: None }, || ports::answers(port))
    }
}

fn settings(data: &str, port: u16) -> String {
    let data = data.replace('\\', "\\\\").replace('"', "\\\"");
    format!(
        "version: 0.1
log:
  level: warn
storage:
  filesystem:
    rootdirectory: \"{data}\"
  delete:
    enabled: true
http:
{ADDRESS}{port}
"
    )
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::{Server, settings};
    use crate::cache::Cache;

    #[test]
    fn the_port_is_kept_in_the_settings() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().as_os_str().to_owned();
        let cache = Cache::locate(|name| (name == "TASKFLOW_RIG_DIR").then(|| root.clone())).unwrap();
        let server = Server::look(&cache);
        assert_eq!(server.port(), None);
        cache.folder("registry").unwrap();
        fs::write(server.file(), settings("/x \"y\"/data", 25_011)).unwrap();
        assert_eq!(server.port(), Some(25_011));
        let text = fs::read_to_string(server.file()).unwrap();
        assert!(text.contains(r#"rootdirectory: "/x \"y\"/data""#), "{text}");
        assert!(text.contains("addr: 127.0.0.1:"), "only this machine reaches it: {text}");
    }
}
