//! The values of declared secrets that this machine has, and what could not be read of them.

use std::path::Path;

use crate::domain::events::Events;
use crate::domain::problem::Problem;
use crate::domain::text::ticked_list;
use crate::effects::known::{self, Known, Unread};
use crate::error::{CliError, ErrorKind};
use crate::ui::Ui;
use secretscan::{KnownValue, LONGEST_VALUE};
use shown::shown_path;

/// How many values are looked for; each one is searched in a dozen forms.
const MOST: usize = 1000;

/// The values of these names in the environment, and in the environment files of the root and of `folders`. A value that
/// refers to too much, and a file that was not read, is a warning.
pub(super) fn values(ui: Ui, root: &Path, folders: &[&str], names: &[String]) -> Result<Vec<KnownValue>, CliError> {
    let Known { values, files, too_long, unread } = known::known(root, folders, names);
    for (path, why) in &unread {
        ui.warning(&unread_settings(&shown_path(path), why));
    }
    for (path, value) in &too_long {
        let (file, name, line) = (shown_path(path), &value.name, value.line);
        let limit = LONGEST_VALUE / 1024;
        ui.warning(&format!(
            "`{name}` in line {line} of `{file}` refers to other variables for more than {limit} KiB: its value is known as \
             it is written, not as it is loaded"
        ));
    }
    let known: Vec<KnownValue> =
        values.iter().filter_map(|(name, value)| KnownValue::new(name, value.reveal().as_encoded_bytes())).collect();
    if known.len() > MOST {
        let files: Vec<String> = files.iter().map(shown_path).collect();
        let message =
            format!("this machine has {} values of declared secrets, at most {MOST} can be looked for", known.len());
        let hint = format!("remove the values that are not used any more from {}", ticked_list(&files));
        return Err(CliError::new(ErrorKind::Config, Problem::new(message).hint(hint)));
    }
    Ok(known)
}

/// Why the values of an environment file are not known, or not as others read them.
fn unread_settings(path: &str, why: &Unread) -> String {
    const MISSED: &str = "the values of secrets in it are not looked for";
    match why {
        Unread::File(error) => format!("`{path}` was not read: {error}; {MISSED}"),
        Unread::TooLarge => format!("`{path}` was not read: it has more than 4 MiB; {MISSED}"),
        Unread::Encoding(encoding) => {
            let problem = encoding.problem(path, "what loads it");
            format!("{}; {}", problem.message, problem.hints.join("; "))
        }
    }
}
