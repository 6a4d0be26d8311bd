//! Makes the runner of child processes.

use std::path::Path;

use process::Runner;

use crate::domain::git_argv::LOCATION_VARIABLES;

/// Makes a runner for children below a repository's root. Children do not inherit the variables that select git's
/// repository, which a hook sets for xtask itself.
pub fn below(root: &Path) -> Runner {
    Runner::new(root).withholding(LOCATION_VARIABLES)
}
