//! Collects the facts for `domain::git_doubt`: whether libgit2 is known to read this repository as git does.

use std::collections::HashSet;
use std::ffi::OsStr;
use std::fs;
use std::io::Read;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use git2::{Index, Repository};

use crate::domain::git_answers::SUBMODULE_MODE;
use crate::domain::git_argv::LOCATION_VARIABLES;
use crate::domain::git_doubt::{
    Doubt, FOLLOWED, MOST_ENTRIES, READING_VARIABLES, UNREAD_FILES, fatal_rule, is_plain_ignore_file, of_entry,
    of_reading_variable, of_setting,
};
use crate::effects::environment;
use shown::printable;

/// The largest ignore file that is read, in bytes; a larger one is a doubt.
const MOST_IGNORE_RULES: u64 = 1024 * 1024;

/// Returns a reason to ask the git program; the cheapest checks come first.
pub(super) fn doubt(repository: &Repository, work_tree: &Path) -> Result<Option<Doubt>, git2::Error> {
    if let Some(doubt) = of_environment().or_else(|| of_files(repository)) {
        return Ok(Some(doubt));
    }
    if has_replaced_objects(repository)? {
        return Ok(Some(Doubt::Replaced));
    }
    if let Some(doubt) = of_settings(repository)? {
        return Ok(Some(doubt));
    }
    let index = repository.index()?;
    Ok(if index.len() > MOST_ENTRIES { Some(Doubt::Large) } else { of_entries(repository, &index, work_tree) })
}

fn of_environment() -> Option<Doubt> {
    let location = LOCATION_VARIABLES.into_iter().find(|name| !FOLLOWED.contains(name) && environment::is_set(name));
    let reading = || {
        let value = |name: &&'static str| Some((*name, environment::variable(name)?));
        READING_VARIABLES.iter().filter_map(value).find_map(|(name, value)| of_reading_variable(name, &value))
    };
    location.map(Doubt::Variable).or_else(reading)
}

/// Checks attributes outside of the working tree, settings that libgit2 does not read, and ignore rules for all
/// repositories.
fn of_files(repository: &Repository) -> Option<Doubt> {
    let user = environment::git_settings_folder();
    let info = repository.commondir().join("info");
    let attributes = [Some(info.join("attributes")), user.as_ref().map(|user| user.join("attributes"))];
    let unread = UNREAD_FILES.map(|path| Some(PathBuf::from(path)));
    let found = attributes.into_iter().chain(unread).flatten().find(|path| path.symlink_metadata().is_ok());
    if let Some(path) = found {
        return Some(Doubt::File(printable(path.as_os_str().as_bytes())));
    }
    let ignored = [Some(info.join("exclude")), user.map(|user| user.join("ignore"))];
    ignored.into_iter().flatten().find_map(|path| of_ignore_file(&path))
}

fn has_replaced_objects(repository: &Repository) -> Result<bool, git2::Error> {
    let grafts = repository.commondir().join("info/grafts");
    Ok(grafts.symlink_metadata().is_ok() || repository.references_glob("refs/replace/*")?.next().is_some())
}

fn of_settings(repository: &Repository) -> Result<Option<Doubt>, git2::Error> {
    let config = repository.config()?;
    let mut entries = config.entries(None)?;
    while let Some(entry) = entries.next() {
        let entry = entry?;
        let value = if entry.has_value() { entry.value_bytes() } else { b"true" };
        if let Some(doubt) = of_setting(entry.name_bytes(), value) {
            return Ok(Some(doubt));
        }
    }
    Ok(None)
}

/// Checks the flags of the entries, and the folders that contain them.
fn of_entries(repository: &Repository, index: &Index, work_tree: &Path) -> Option<Doubt> {
    let mut folders: HashSet<Vec<u8>> = HashSet::from([Vec::new()]);
    for entry in index.iter() {
        let path = entry.path.as_slice();
        if let Some(doubt) = of_entry(entry.mode, entry.flags, entry.flags_extended, path) {
            return Some(doubt);
        }
        if path == b".gitattributes" || path.ends_with(b"/.gitattributes") {
            return Some(Doubt::File(printable(path)));
        }
        let mut folder = path;
        while let Some(end) = folder.iter().rposition(|byte| *byte == b'/') {
            folder = folder.get(..end).unwrap_or_default();
            // The folders above a known folder are known, too.
            if !folders.insert(folder.to_vec()) {
                break;
            }
        }
    }
    // All rules are checked before libgit2 is asked about a folder, since it must not use rules that it reads
    // differently.
    let mut untracked = Vec::new();
    let found = folders.iter().find_map(|folder| of_folder(work_tree, folder, &folders, &mut untracked));
    found.or_else(|| untracked.into_iter().find_map(|folder| of_untracked_folder(repository, &folder)))
}

/// Checks attributes, ignore rules and other repositories in a folder with tracked files; adds folders without tracked
/// files to `untracked`.
fn of_folder(
    work_tree: &Path,
    folder: &[u8],
    tracked: &HashSet<Vec<u8>>,
    untracked: &mut Vec<Vec<u8>>,
) -> Option<Doubt> {
    let path = work_tree.join(OsStr::from_bytes(folder));
    // A folder that has disappeared, or is no folder any more, contains nothing.
    for entry in fs::read_dir(&path).ok()?.flatten() {
        let name = entry.file_name();
        let inside =
            if folder.is_empty() { name.as_bytes().to_vec() } else { [folder, b"/", name.as_bytes()].concat() };
        match name.as_bytes() {
            b".git" if folder.is_empty() => {}
            b".git" => return Some(Doubt::Folder(printable(folder))),
            b".gitattributes" => return Some(Doubt::File(printable(&inside))),
            b".gitignore" => {
                if let Some(doubt) = of_ignore_file(&entry.path()) {
                    return Some(doubt);
                }
            }
            _ if entry.file_type().is_ok_and(|kind| kind.is_dir()) && !tracked.contains(&inside) => {
                untracked.push(inside);
            }
            _ => {}
        }
    }
    None
}

/// Returns the doubt if a folder without tracked files is not ignored.
fn of_untracked_folder(repository: &Repository, folder: &[u8]) -> Option<Doubt> {
    let as_folder = [folder, b"/"].concat();
    let ignored = repository.is_path_ignored(Path::new(OsStr::from_bytes(&as_folder)));
    (!ignored.is_ok_and(|ignored| ignored)).then(|| Doubt::Folder(printable(folder)))
}

fn of_ignore_file(path: &Path) -> Option<Doubt> {
    let found = path.symlink_metadata().ok()?;
    let rules = || -> std::io::Result<Vec<u8>> {
        let mut text = Vec::new();
        fs::File::open(path)?.take(MOST_IGNORE_RULES).read_to_end(&mut text)?;
        Ok(text)
    };
    // If this is not a file, one of the two reads it differently. If it cannot be read, git has to judge.
    let plain =
        found.is_file() && found.len() < MOST_IGNORE_RULES && rules().is_ok_and(|text| is_plain_ignore_file(&text));
    (!plain).then(|| Doubt::IgnoreRules(printable(path.as_os_str().as_bytes())))
}

/// Returns the ignore file, with its line, that would crash libgit2 if it were asked for changes.
///
/// Files below the top of a working tree cannot: the name of their folder remains in their rules.
pub(super) fn fatal_ignore_file(repository: &Repository, work_tree: &Path) -> Option<(PathBuf, usize)> {
    let user = environment::git_settings_folder().map(|user| user.join("ignore"));
    let mut files = Vec::from_iter(user);
    let of_repository = |repository: &Repository, work_tree: &Path| {
        let configured = repository.config().and_then(|config| config.get_path("core.excludesfile")).ok();
        let own = [work_tree.join(".gitignore"), repository.commondir().join("info/exclude")];
        own.into_iter().chain(configured)
    };
    files.extend(of_repository(repository, work_tree));
    let mut folders = submodules(repository, work_tree);
    while let Some(folder) = folders.pop() {
        // A submodule that is not checked out has no rules.
        let Ok(submodule) = Repository::open(&folder) else { continue };
        files.extend(of_repository(&submodule, &folder));
        folders.extend(submodules(&submodule, &folder));
    }
    let line = |path: &Path| path.is_file().then(|| fs::read(path).ok()).flatten().and_then(|text| fatal_rule(&text));
    files.into_iter().find_map(|path| line(&path).map(|line| (path, line)))
}

fn submodules(repository: &Repository, work_tree: &Path) -> Vec<PathBuf> {
    let Ok(index) = repository.index() else { return Vec::new() };
    let submodules = index.iter().filter(|entry| entry.mode == SUBMODULE_MODE);
    submodules.map(|entry| work_tree.join(OsStr::from_bytes(&entry.path))).collect()
}
