//! The database cluster. It is made once; its random password and port are kept.

use std::fs::{self, File};
use std::io::Read as _;
use std::path::PathBuf;

use anyhow::{Context as _, Result};
use serde::{Deserialize, Serialize};

use super::place::Place;
use super::programs::Programs;
use crate::cache::{self, Cache, remove_tree, text};
use crate::part::names::DATABASE as NAME;
use crate::{ports, ui};
use shown::shown_path;

/// The name of both the role, which is a superuser, and the database.
const ROLE: &str = "taskflow";
/// The networks of containers: the private ranges that engines use, and the loopback.
const NETWORKS: [&str; 4] = ["127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"];

/// What a client needs to connect.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Settings {
    pub(super) port: u16,
    pub(super) password: String,
}

impl Settings {
    /// Reads the settings beside the data.
    pub(super) fn read(place: &Place) -> Option<Self> {
        serde_json::from_slice(&fs::read(file(place)).ok()?).ok()
    }

    /// Writes the settings, readable for the current user only.
    pub(super) fn write(&self, place: &Place) -> Result<()> {
        cache::write(&file(place), &serde_json::to_vec(self)?, 0o600)
    }

    /// Returns the address of the database for a client that knows the server as `host`.
    pub(super) fn url(&self, host: &str) -> String {
        format!("postgresql://{ROLE}:{}@{host}:{}/{ROLE}", self.password, self.port)
    }
}

/// Makes the cluster, if it does not exist.
pub(super) fn create(cache: &Cache, place: &Place, programs: &Programs) -> Result<Settings> {
    if let Some(settings) = Settings::read(place).filter(|_| place.data().is_dir()) {
        return Ok(settings);
    }
    let settings = Settings { port: ports::random()?, password: random_hex(20)? };
    let temporary = place.folder().join("data.tmp");
    remove_tree(&temporary)?;
    remove_tree(&place.data())?;
    ui::step(NAME, &format!("make a cluster in {}", shown_path(place.folder())), || {
        let log = cache.log("database-initdb")?;
        let secret = place.folder().join("password");
        cache::write(&secret, settings.password.as_bytes(), 0o600)?;
        place.own(&secret)?;
        place
            .run(&programs.path("initdb"))
            .args(["--username", ROLE, "--auth=scram-sha-256", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"])
            .arg(format!("--pwfile={}", text(&secret)))
            .arg("--pgdata")
            .arg(&temporary)
            .logged(&log)?;
        fs::remove_file(&secret)?;
        fs::write(temporary.join("pg_hba.conf"), access())?;
        let statement = place.folder().join("create.sql");
        fs::write(&statement, format!("CREATE DATABASE {ROLE};\n"))?;
        place
            .run(&programs.path("postgres"))
            .args(["--single", "-D"])
            .arg(&temporary)
            .arg("postgres")
            .input(&statement)
            .logged(&cache.log("database-create")?)?;
        fs::remove_file(&statement)?;
        settings.write(place)?;
        fs::rename(&temporary, place.data()).context("could not put the cluster in its place")
    })?;
    Ok(settings)
}

/// Returns the access rules: logins with the password, from this machine and its containers.
fn access() -> String {
    let mut text = "local all all scram-sha-256\n".to_owned();
    for network in NETWORKS {
        text.push_str("host all all ");
        text.push_str(network);
        text.push_str(" scram-sha-256\n");
    }
    text
}

fn file(place: &Place) -> PathBuf {
    place.folder().join("settings.json")
}

fn random_hex(bytes: usize) -> Result<String> {
    use std::fmt::Write as _;
    let mut random = vec![0; bytes];
    File::open("/dev/urandom")?.read_exact(&mut random)?;
    Ok(random.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    }))
}

#[cfg(test)]
mod tests {
    use super::{Settings, access, random_hex};

    #[test]
    fn the_address_of_the_database() {
        let settings = Settings { port: 20_001, password: random_hex(20).unwrap() };
        assert_eq!(settings.password.len(), 40);
        let url = settings.url("127.0.0.1");
        assert!(url.starts_with("postgresql://taskflow:") && url.ends_with("@127.0.0.1:20001/taskflow"), "{url}");
    }

    #[test]
    fn nobody_gets_in_without_the_password_or_from_outside() {
        let text = access();
        assert!(text.lines().all(|line| line.ends_with(" scram-sha-256")));
        assert!(!text.contains("0.0.0.0/0") && !text.contains("trust"));
    }
}
