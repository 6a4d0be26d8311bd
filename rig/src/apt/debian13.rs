//! Debian 13's packages on a machine with another release. A separate apt configuration fetches them from the machine's
//! mirror and verifies them with the machine's keyring. They are unpacked into folders of the rig and never installed.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Result;

use super::sources::{Mirror, Source};
use crate::cache::{self, Cache, make_folder, remove_tree, text};
use crate::command::Run;
use crate::failure::Failure;
use crate::{host, ui};

const RELEASE: &str = "trixie";
const KEYRING: &str = "/usr/share/keyrings/debian-archive-keyring.gpg";
/// The settings that this machine's apt needs to reach its mirror; images need them, too.
const ACCESS: [&str; 5] = ["http", "https", "Check-Valid-Until", "Check-Date", "Retries"];

/// An apt configuration that knows only Debian 13.
#[derive(Debug)]
pub struct Debian13 {
    folder: PathBuf,
    mirror: Mirror,
}

impl Debian13 {
    /// Makes the configuration for the machine's mirror.
    ///
    /// # Errors
    ///
    /// A refusal if apt on this machine names no mirror of Debian; an error if its settings cannot be read or written.
    pub fn new(cache: &Cache) -> Result<Self> {
        let mirror = mirror().ok_or_else(|| {
            Failure::refusal("Debian 13's packages are needed, and apt on this machine names no mirror of Debian")
                .hint("use a machine with Debian, or provide by other means what the part provides (rig/README.md)")
        })?;
        let folder = cache.folder("debian13")?;
        Ok(Self { folder, mirror })
    }

    /// Fetches the package lists. Messages are printed for `part`.
    ///
    /// # Errors
    ///
    /// apt fails, or its files cannot be written.
    pub fn refresh(&self, cache: &Cache, part: &str) -> Result<()> {
        let _lock = cache.lock("debian13")?;
        let log = cache.log(&format!("{part}-debian13"))?;
        for folder in ["lists/partial", "archives/partial"] {
            make_folder(&self.folder.join(folder))?;
        }
        cache::write(&self.folder.join("status"), b"", 0o644)?;
        cache::write(&self.packages(), self.source_lines(false).as_bytes(), 0o644)?;
        cache::write(&self.folder.join("sources.list"), self.source_lines(true).as_bytes(), 0o644)?;
        cache::write(&self.access(), access_settings()?.as_bytes(), 0o644)?;
        cache::write(&self.settings(), self.setting_lines()?.as_bytes(), 0o644)?;
        ui::step(part, "refresh the lists of Debian 13's packages (own folder)", || {
            self.apt("apt-get").args(["-o", "APT::Get::List-Cleanup=true", "update"]).logged(&log)
        })
    }

    /// Fetches packages and the upstream tarballs of source packages into a folder, and removes everything else from
    /// it.
    ///
    /// # Errors
    ///
    /// apt fails, or the folder cannot be written.
    pub fn download(&self, cache: &Cache, part: &str, packages: &[&str], sources: &[&str], to: &Path) -> Result<()> {
        let log = cache.log(&format!("{part}-download"))?;
        remove_tree(to)?;
        make_folder(to)?;
        self.apt("apt-get").arg("download").args(packages).folder(to).logged(&log)?;
        for source in sources {
            let fetch = self.apt("apt-get").args(["source", "--download-only", "--tar-only", source]);
            fetch.folder(to).logged(&log)?;
        }
        Ok(())
    }

    /// Returns the path of the list of package sources for this apt.
    pub fn packages(&self) -> PathBuf {
        self.folder.join("packages.list")
    }

    /// Returns the path of the settings for reaching the mirror, such as proxies.
    pub fn access(&self) -> PathBuf {
        self.folder.join("access.conf")
    }

    /// Returns the machine's mirror.
    pub fn mirror(&self) -> &Mirror {
        &self.mirror
    }

    fn settings(&self) -> PathBuf {
        self.folder.join("apt.conf")
    }

    fn apt(&self, program: &str) -> Run {
        Run::new(program).env("APT_CONFIG", self.settings())
    }

    fn source_lines(&self, with_sources: bool) -> String {
        let line = |kind: &str, source: &Source, suite: &str| {
            let keyring = source.signed_by.as_deref().filter(|path| Path::new(path).exists()).unwrap_or(KEYRING);
            format!("{kind} [signed-by={keyring}] {} {suite} main\n", source.uri)
        };
        let main = &self.mirror.main;
        let mut text = line("deb", main, RELEASE) + &line("deb", main, &format!("{RELEASE}-updates"));
        if with_sources {
            text += &line("deb-src", main, RELEASE);
        }
        if let Some(security) = &self.mirror.security {
            text += &line("deb", security, &format!("{RELEASE}-security"));
        }
        text
    }

    /// Returns settings that separate this apt from the system's folders, hooks and pins.
    fn setting_lines(&self) -> Result<String> {
        let folder = text(&self.folder);
        let access = fs::read_to_string(self.access())?;
        Ok(format!(
            "{access}Acquire::Languages \"none\";\n\
             APT::Sandbox::User \"root\";\n\
             Dir::Etc::main \"/dev/null\";\n\
             Dir::Etc::parts \"/dev/null\";\n\
             Dir::Etc::sourcelist \"{folder}/sources.list\";\n\
             Dir::Etc::sourceparts \"/dev/null\";\n\
             Dir::Etc::preferences \"/dev/null\";\n\
             Dir::Etc::preferencesparts \"/dev/null\";\n\
             Dir::State \"{folder}\";\n\
             Dir::State::lists \"{folder}/lists\";\n\
             Dir::State::status \"{folder}/status\";\n\
             Dir::Cache \"{folder}\";\n\
             Dir::Cache::archives \"{folder}/archives\";\n"
        ))
    }
}

/// Returns the Debian mirror that this machine uses; none if the machine does not run Debian.
pub fn mirror() -> Option<Mirror> {
    let release = host::os_release("VERSION_CODENAME").filter(|_| host::os_release("ID").as_deref() == Some("debian"));
    Mirror::of(Path::new("/etc/apt"), &release?)
}

fn access_settings() -> Result<String> {
    let dump = Run::new("apt-config").arg("dump").text(Duration::from_secs(20))?;
    Ok(access_lines(&dump))
}

fn access_lines(dump: &str) -> String {
    let wanted = |line: &&str| {
        let key = line.strip_prefix("Acquire::").and_then(|rest| rest.split([':', ' ']).next());
        key.is_some_and(|key| ACCESS.iter().any(|name| name.eq_ignore_ascii_case(key))) && !line.ends_with(" \"\";")
    };
    dump.lines().filter(wanted).flat_map(|line| [line, "\n"]).collect()
}

#[cfg(test)]
mod tests {
    use super::access_lines;

    #[test]
    fn only_what_reaches_the_mirror_is_taken_over() {
        let dump = "APT::Architecture \"amd64\";\nAcquire \"\";\nAcquire::Check-Valid-Until \"false\";\n\
            Acquire::http \"\";\nAcquire::http::Proxy \"http://proxy.example:3128\";\nAcquire::Languages \"\";\n\
            Acquire::IndexTargets::deb \"\";\nAPT::Update::Post-Invoke:: \"rm -f /x\";\n";
        assert_eq!(
            access_lines(dump),
            "Acquire::Check-Valid-Until \"false\";\nAcquire::http::Proxy \"http://proxy.example:3128\";\n"
        );
    }
}
