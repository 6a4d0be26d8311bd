//! The command line of `release`.

use clap::Args;

use crate::domain::version::ReleaseVersion;

/// Arguments of `release`.
#[expect(clippy::struct_excessive_bools, reason = "each flag of the command line is one")]
#[derive(Debug, Args)]
pub struct ReleaseArgs {
    /// Version to release
    #[arg(value_name = "X.Y.Z", value_parser = released_version)]
    pub version: ReleaseVersion,
    /// Also push branch, tag, and images
    #[arg(long, conflicts_with = "no_push")]
    pub push: bool,
    /// Do not push, even if `push` under `[release]` is true
    #[arg(long)]
    pub no_push: bool,
    /// Also load the images into Minikube
    #[arg(long, conflicts_with = "no_minikube")]
    pub minikube: bool,
    /// Do not load into Minikube, even if `minikube` under `[release]` is true
    #[arg(long)]
    pub no_minikube: bool,
    /// Allow images that are built on stand-ins of base images
    #[arg(long)]
    pub allow_stand_in: bool,
    /// Do not ask for a confirmation
    #[arg(short, long)]
    pub yes: bool,
    /// Run only the preflight, for CI: exit code 0, or 3 if the release would be refused
    #[arg(long, conflicts_with_all = ["dry_run", "resume", "abort"])]
    pub check: bool,
    /// Finish a release that has stopped halfway
    #[arg(long, conflicts_with_all = ["dry_run", "abort"])]
    pub resume: bool,
    /// Undo a release that has stopped halfway
    #[arg(long, conflicts_with = "dry_run")]
    pub abort: bool,
    /// Print the commands without running them
    #[arg(short = 'n', long)]
    pub dry_run: bool,
}

/// Parses the version of a release; other forms are answered with what to write.
fn released_version(text: &str) -> Result<ReleaseVersion, String> {
    text.parse::<ReleaseVersion>().map_err(|error| match ReleaseVersion::meant(text) {
        Some(meant) => format!("{error}; write `{meant}`"),
        None => error.to_string(),
    })
}
