//! How this tool runs its children.

use std::path::Path;

use process::Runner;

use crate::domain::git_argv::LOCATION_VARIABLES;

/// Runs children below a repository's root. Variables that tell git which repository to use were meant for us (a hook
/// sets them), so no child inherits them.
pub fn below(root: &Path) -> Runner {
    Runner::new(root).withholding(LOCATION_VARIABLES)
}
