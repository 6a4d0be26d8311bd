//! A browser for end-to-end tests and screenshots: Debian's Chromium, unless the machine has one.

use std::path::{Path, PathBuf};

use anyhow::Result;

use crate::apt::{self, Need, need};
use crate::cache::{Cache, text};
use crate::command::find;
use crate::part::names::BROWSER as NAME;
use crate::part::{Part, Status};
use crate::report::State;
use crate::ui;

const PROGRAMS: [&str; 3] = ["chromium", "google-chrome", "google-chrome-stable"];
const FONTS: &str = "/usr/share/fonts";
/// Without a font, pages show empty boxes in place of letters.
const FONT_NEED: Need = need("/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf", "fonts-dejavu-core");

/// The part `browser`.
#[derive(Debug)]
pub struct Browser;

impl Part for Browser {
    fn name(&self) -> &'static str {
        NAME
    }

    fn up(&self, cache: &Cache) -> Result<()> {
        let mut needs = Vec::new();
        if program().is_none() {
            needs.push(need("chromium", "chromium"));
        }
        if !has_fonts(Path::new(FONTS)) {
            needs.push(FONT_NEED);
        }
        apt::ensure(cache, self.name(), &needs)?;
        ui::note(self.name(), &format!("up ({})", self.status(cache).detail));
        Ok(())
    }

    fn down(&self, _: &Cache) -> Result<()> {
        ui::note(self.name(), "nothing to end: it is an installed program");
        Ok(())
    }

    fn status(&self, _: &Cache) -> Status {
        match program() {
            None => Status::new(State::Down, "no Chromium and no Chrome"),
            Some(path) => {
                let path = text(&path);
                let status = if has_fonts(Path::new(FONTS)) {
                    Status::new(State::Up, path.clone())
                } else {
                    Status::new(State::Partial, format!("{path}, but no fonts"))
                };
                status.fact("chromium", path)
            }
        }
    }
}

fn program() -> Option<PathBuf> {
    PROGRAMS.iter().find_map(|name| find(name))
}

/// Whether a folder contains any font that a browser can use.
fn has_fonts(folder: &Path) -> bool {
    let Ok(entries) = folder.read_dir() else {
        return false;
    };
    entries.filter_map(Result::ok).any(|entry| {
        let path = entry.path();
        let font = path.extension().is_some_and(|e| ["ttf", "otf", "ttc"].iter().any(|known| e == *known));
        font || (path.is_dir() && has_fonts(&path))
    })
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::has_fonts;

    #[test]
    fn fonts_are_found_in_folders_below() {
        let root = tempfile::tempdir().unwrap();
        let folder = root.path().join("truetype/x");
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join("fonts.dir"), "").unwrap();
        assert!(!has_fonts(root.path()));
        fs::write(folder.join("x.ttf"), "").unwrap();
        assert!(has_fonts(root.path()));
    }
}
