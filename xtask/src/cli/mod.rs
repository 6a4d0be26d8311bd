//! The command line, as it was typed: no defaults that depend on the machine, and no validation beyond types.

mod contract;
mod release;

use std::ffi::OsString;
use std::path::PathBuf;

use clap::builder::PossibleValuesParser;
use clap::{Args, Parser, Subcommand};

use crate::domain::image::Tag;
use crate::domain::minikube::plan::ArchivedImage;
use crate::domain::suites::suite_names;
use crate::domain::version::ReleaseVersion;
use crate::ui::ColorChoice;
use crate::ui::report::{Format, JudgementFormat};
use crate::ui::style::HELP;
pub use contract::*;
pub use release::ReleaseArgs;

/// Build, check and load the images of this repository
#[derive(Debug, Parser)]
#[command(name = "xtask", bin_name = "cargo xtask", version, styles = HELP, max_term_width = 100)]
pub struct Cli {
    /// Options of every command.
    #[command(flatten)]
    pub global: Global,
    /// The command.
    #[command(subcommand)]
    pub command: Command,
}

/// Options of every command.
#[derive(Clone, Debug, Args)]
pub struct Global {
    /// Use this file instead of the nearest taskflow.toml
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Print one JSON document on standard output
    #[arg(long, global = true)]
    pub json: bool,
    /// When to use colours
    #[arg(long, global = true, value_enum, default_value_t, value_name = "WHEN")]
    pub color: ColorChoice,
    /// Show the output of the tools that are run
    #[arg(short, long, global = true, conflicts_with = "quiet")]
    pub verbose: bool,
    /// Show only warnings and errors
    #[arg(short, long, global = true)]
    pub quiet: bool,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Build the image of each component, with tags from the state of git
    Build(BuildArgs),
    /// Check Dockerfiles, ignore files and build contexts against the contract, without an engine
    Check(CheckArgs),
    /// Verify the built images and running containers against the contract
    Verify(VerifyArgs),
    /// Release a version: commit, build, verify, tag, and push it, all or nothing
    Release(ReleaseArgs),
    /// List the rules of the contract, compare it with a release, or write it for another tool
    #[command(subcommand)]
    Contract(ContractCommand),
    /// Show the tags that the state of git gives each component, with the reasons
    Tags(TagsArgs),
    /// Install what building needs: an engine, a builder and the base images
    Bootstrap(BootstrapArgs),
    /// Load the images into Minikube, only the missing layers, and verify that they are there
    MinikubeLoad(MinikubeLoadArgs),
    /// Write the archive that `minikube-load` sends, from an export of the engine
    #[command(hide = true)]
    MinikubeArchive(MinikubeArchiveArgs),
    /// Search for secrets, or list the rules of the search
    #[command(subcommand)]
    Secrets(SecretsCommand),
    /// Print the JSON Schema of taskflow.toml, for editors, or its reference
    Schema(SchemaArgs),
    /// Run the tests of the repository
    Test(TestArgs),
}

/// The commands below `secrets`.
#[derive(Debug, Subcommand)]
pub enum SecretsCommand {
    /// Look for secrets in a file, a folder, an image archive, an image, or standard input
    Scan(ScanArgs),
    /// List the rules
    Rules,
}

/// Arguments of `secrets scan`.
#[derive(Debug, Args)]
pub struct ScanArgs {
    /// Files, folders, image archives, images of the engine, or `-` for standard input
    #[arg(value_name = "PATH|-|IMAGE", required_unless_present = "stdin_args", conflicts_with = "stdin_args")]
    pub targets: Vec<OsString>,
    /// Read JSON lines of `{"id", "name", "value"}` from standard input
    #[arg(long)]
    pub stdin_args: bool,
    /// Output format for findings
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT", conflicts_with = "json")]
    pub format: Format,
}

/// Arguments of `build`.
#[expect(clippy::struct_excessive_bools, reason = "each flag of the command line is one")]
#[derive(Clone, Debug, Args)]
pub struct BuildArgs {
    /// Components to build; all by default
    #[arg(value_name = "COMPONENT")]
    pub components: Vec<String>,
    /// Set a declared build arg; without a value, the value comes from the environment
    // Raw text: clap repeats a value that it cannot parse, and this one may be a secret.
    #[arg(long = "build-arg", value_name = "NAME[=VALUE]")]
    pub build_args: Vec<OsString>,
    /// Tag the images X.Y.Z, overriding the state of git
    #[arg(long, value_name = "X.Y.Z", conflicts_with = "tag")]
    pub version: Option<ReleaseVersion>,
    /// Tag the images TAG, overriding the state of git
    #[arg(long, value_name = "TAG")]
    pub tag: Option<Tag>,
    /// Add the tag `latest`, for local use
    #[arg(long)]
    pub latest: bool,
    /// Ignore the layer cache
    #[arg(long)]
    pub no_cache: bool,
    /// Build at most this many components at the same time; all by default
    #[arg(short, long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    pub jobs: Option<u16>,
    /// Start waiting components even after one has failed
    #[arg(long)]
    pub keep_going: bool,
    /// Run `bootstrap` first
    #[arg(long)]
    pub bootstrap: bool,
    /// Build although the contract is broken; secrets are refused in any case
    #[arg(long)]
    pub no_check: bool,
    /// Print the commands without running them
    #[arg(short = 'n', long)]
    pub dry_run: bool,
}

/// Arguments of `verify`.
#[derive(Debug, Args)]
pub struct VerifyArgs {
    /// Components to verify; all by default
    #[arg(value_name = "COMPONENT")]
    pub components: Vec<String>,
    /// Verify the images with this tag, in place of the one that git gives
    #[arg(long, value_name = "TAG")]
    pub tag: Option<Tag>,
    /// Measure everything anew, even for an image that was verified before
    #[arg(long)]
    pub no_cache: bool,
    /// Fail if a box is not decided
    #[arg(long)]
    pub strict: bool,
    /// Also write the boxes, the figures, and the sizes of the layers to a page of HTML
    #[arg(long, value_name = "FILE")]
    pub report: Option<PathBuf>,
    /// Output format for findings
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT", conflicts_with = "json")]
    pub format: JudgementFormat,
}

/// Arguments of `check`.
#[derive(Clone, Debug, Args)]
pub struct CheckArgs {
    /// Components to check; all by default
    #[arg(value_name = "COMPONENT")]
    pub components: Vec<String>,
    /// Explain a rule: what it wants, why, and how to mend a finding
    #[arg(long, value_name = "RULE", conflicts_with_all = ["components", "with", "no_inline", "format"])]
    pub explain: Option<String>,
    /// Also run these checkers, if they are installed
    #[arg(long, value_enum, value_name = "CHECKER", value_delimiter = ',')]
    pub with: Vec<Checker>,
    /// Ignore exceptions in Dockerfiles
    #[arg(long)]
    pub no_inline: bool,
    /// Output format for findings
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT", conflicts_with = "json")]
    pub format: JudgementFormat,
}

/// Checkers that other projects make.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
#[expect(missing_docs, reason = "docs of the variants would make clap print the long help")]
pub enum Checker {
    Buildkit,
    Hadolint,
}

/// Arguments of `tags`.
#[derive(Debug, Args)]
pub struct TagsArgs {
    /// Components to show; all by default
    #[arg(value_name = "COMPONENT")]
    pub components: Vec<String>,
    /// Show the tags that this branch would get
    // A branch name may contain any bytes that git allows, and may begin with a dash.
    #[arg(long, value_name = "NAME", allow_hyphen_values = true)]
    pub branch: Option<OsString>,
}

/// Arguments of `bootstrap`.
#[derive(Debug, Args)]
pub struct BootstrapArgs {
    /// Print the steps without running them
    #[arg(short = 'n', long)]
    pub dry_run: bool,
}

/// Arguments of `minikube-load`.
#[derive(Debug, Args)]
pub struct MinikubeLoadArgs {
    /// Components to load; all by default
    #[arg(value_name = "COMPONENT")]
    pub components: Vec<String>,
    /// Profile to load into; by default `MINIKUBE_PROFILE`, then `profile` under `[minikube]`, then minikube's own
    #[arg(short, long, value_name = "NAME")]
    pub profile: Option<String>,
    /// Load every tag of each component that the engine has, not only the current one
    #[arg(long)]
    pub all: bool,
    /// Restart workloads that still run another image under a loaded tag
    #[arg(long)]
    pub restart: bool,
    /// Time limit for each call of minikube; by default a minute, or more for large images
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..=86_400))]
    pub timeout: Option<u64>,
    /// Print the commands without running them
    #[arg(short = 'n', long)]
    pub dry_run: bool,
}

/// Arguments of `schema`.
#[derive(Debug, Args)]
pub struct SchemaArgs {
    /// Output format: the JSON Schema, or the reference in docs/taskflow-toml.md
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT", conflicts_with = "json")]
    pub format: SchemaFormat,
}

/// The output formats of `schema`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
#[expect(missing_docs, reason = "docs of the variants would make clap print the long help")]
pub enum SchemaFormat {
    #[default]
    Json,
    Markdown,
}

/// Arguments of `minikube-archive`.
#[derive(Debug, Args)]
pub struct MinikubeArchiveArgs {
    /// Export, made with `docker save ID > FILE`
    #[arg(long, value_name = "FILE")]
    pub export: PathBuf,
    /// Archive to write
    #[arg(long, value_name = "FILE")]
    pub archive: PathBuf,
    /// Layers to leave out, which every node has
    #[arg(long, value_name = "DIGEST", value_delimiter = ',')]
    pub without: Vec<String>,
    /// Images to put into the archive, each with the engine's ID
    #[arg(value_name = "REFERENCE=ID", required = true)]
    pub images: Vec<ArchivedImage>,
}

/// Arguments of `test`.
#[derive(Debug, Args)]
pub struct TestArgs {
    /// Suites to run; all by default
    #[arg(value_name = "SUITE", value_parser = PossibleValuesParser::new(suite_names()))]
    pub suites: Vec<String>,
    /// Also run the suites that need the rig's node and engines
    #[arg(long)]
    pub rig: bool,
    /// First provide what the tests need: an engine, base images, a database, a browser
    #[arg(long)]
    pub bootstrap: bool,
    /// Print the commands without running them
    #[arg(short = 'n', long)]
    pub dry_run: bool,
}

impl Command {
    /// Returns the name of the command, for documents.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Build(_) => "build",
            Self::Verify(_) => "verify",
            Self::Check(_) => "check",
            Self::Release(_) => "release",
            Self::Contract(ContractCommand::Rules(_)) => "contract rules",
            Self::Contract(ContractCommand::Export(_)) => "contract export",
            Self::Contract(ContractCommand::Diff(_)) => "contract diff",
            Self::Contract(ContractCommand::Changes(_)) => "contract changes",
            Self::Tags(_) => "tags",
            Self::Bootstrap(_) => "bootstrap",
            Self::MinikubeLoad(_) => "minikube-load",
            Self::MinikubeArchive(_) => "minikube-archive",
            Self::Secrets(SecretsCommand::Scan(_)) => "secrets scan",
            Self::Secrets(SecretsCommand::Rules) => "secrets rules",
            Self::Schema(_) => "schema",
            Self::Test(_) => "test",
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_consistent() {
        super::Cli::command().debug_assert();
    }
}
