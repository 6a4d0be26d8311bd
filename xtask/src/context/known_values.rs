//! Collects the values of declared secrets on this machine, and reports files that cannot be read.

use std::path::Path;

use process::HiddenValue;

use crate::domain::events::Events;
use crate::domain::problem::Problem;
use crate::domain::text::ticked_list;
use crate::effects::known::{self, Known, Unread};
use crate::error::{CliError, ErrorKind};
use crate::ui::Ui;
use secretscan::{KnownValue, LONGEST_VALUE};
use shown::shown_path;

/// Limit on the number of values; each one is searched for in a dozen forms.
const MOST: usize = 1000;

/// Returns the values of these names from the environment, and from the environment files of the root and of `folders`.
/// Warns of values whose references expand to too much, and of files that cannot be read.
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
    let known = of(&values);
    if known.len() > MOST {
        let files: Vec<String> = files.iter().map(shown_path).collect();
        let message =
            format!("this machine has {} values of declared secrets, at most {MOST} can be looked for", known.len());
        let hint = format!("remove the values that are not used any more from {}", ticked_list(&files));
        return Err(CliError::new(ErrorKind::Config, Problem::new(message).hint(hint)));
    }
    Ok(known)
}

/// Returns these values in the forms in which they are looked for.
pub(super) fn of(values: &[(String, HiddenValue)]) -> Vec<KnownValue> {
    values.iter().filter_map(|(name, value)| KnownValue::new(name, value.reveal().as_encoded_bytes())).collect()
}

/// Returns the warning for an environment file that cannot be read, or that loaders read differently.
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
