//! The command line: what was typed. No defaults that depend on the machine, no validation beyond types.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::builder::PossibleValuesParser;
use clap::{Args, Parser, Subcommand};

use crate::domain::image::Tag;
use crate::domain::minikube::plan::ArchivedImage;
use crate::domain::suites::suite_names;
use crate::domain::version::ReleaseVersion;
use crate::ui::ColorChoice;
use crate::ui::report::Format;
use crate::ui::style::HELP;

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
    /// Build the image of each component, tagged as git says
    Build(BuildArgs),
    /// Show the tags that git gives each component, and why
    Tags(TagsArgs),
    /// Make this machine able to build: an engine, a builder and the base images
    Bootstrap(BootstrapArgs),
    /// Load the images into Minikube, only what is missing, and prove that they are there
    MinikubeLoad(MinikubeLoadArgs),
    /// Write the archive of a load from an export, as the plan of `minikube-load` does
    #[command(hide = true)]
    MinikubeArchive(MinikubeArchiveArgs),
    /// Look for secrets, or list the rules by which they are found
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
    /// Judge JSON lines of `{"id", "name", "value"}` from standard input
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
    /// Components to build; all without any
    #[arg(value_name = "COMPONENT")]
    pub components: Vec<String>,
    /// Set a declared build arg; without a value it is taken from the environment
    // Raw text: clap repeats a value that it cannot parse, and this one may be a secret.
    #[arg(long = "build-arg", value_name = "NAME[=VALUE]")]
    pub build_args: Vec<OsString>,
    /// Tag the images X.Y.Z, whatever git says
    #[arg(long, value_name = "X.Y.Z", conflicts_with = "tag")]
    pub version: Option<ReleaseVersion>,
    /// Tag the images TAG, whatever git says
    #[arg(long, value_name = "TAG")]
    pub tag: Option<Tag>,
    /// Add the tag `latest`, for local use
    #[arg(long)]
    pub latest: bool,
    /// Ignore the layer cache
    #[arg(long)]
    pub no_cache: bool,
    /// Build at most this many components at the same time; all without it
    #[arg(short, long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    pub jobs: Option<u16>,
    /// Start waiting components even after one has failed
    #[arg(long)]
    pub keep_going: bool,
    /// Make the machine able to build first, as `bootstrap` does
    #[arg(long)]
    pub bootstrap: bool,
    /// Print the commands, and do nothing
    #[arg(short = 'n', long)]
    pub dry_run: bool,
}

/// Arguments of `tags`.
#[derive(Debug, Args)]
pub struct TagsArgs {
    /// Components to show; all without any
    #[arg(value_name = "COMPONENT")]
    pub components: Vec<String>,
    /// Show what this branch would get
    // Any bytes that git allows, so no text; a name that begins with a dash is a name all the same.
    #[arg(long, value_name = "NAME", allow_hyphen_values = true)]
    pub branch: Option<OsString>,
}

/// Arguments of `bootstrap`.
#[derive(Debug, Args)]
pub struct BootstrapArgs {
    /// Say what would be done, and do nothing
    #[arg(short = 'n', long)]
    pub dry_run: bool,
}

/// Arguments of `minikube-load`.
#[derive(Debug, Args)]
pub struct MinikubeLoadArgs {
    /// Components to load; all without any
    #[arg(value_name = "COMPONENT")]
    pub components: Vec<String>,
    /// The profile; else `MINIKUBE_PROFILE`, `profile` under `[minikube]`, or minikube's own
    #[arg(short, long, value_name = "NAME")]
    pub profile: Option<String>,
    /// Load every tag of each component that the engine has, not only the one that git gives
    #[arg(long)]
    pub all: bool,
    /// Restart what still runs another image under a loaded tag
    #[arg(long)]
    pub restart: bool,
    /// Give up a call of minikube after this time; without it, a minute or what the size asks for
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..=86_400))]
    pub timeout: Option<u64>,
    /// Print the commands, and load nothing
    #[arg(short = 'n', long)]
    pub dry_run: bool,
}

/// Arguments of `schema`.
#[derive(Debug, Args)]
pub struct SchemaArgs {
    /// Output format: the JSON Schema, or the reference as docs/taskflow-toml.md has it
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT", conflicts_with = "json")]
    pub format: SchemaFormat,
}

/// The forms of the keys of taskflow.toml.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum SchemaFormat {
    // Documentation comments here would make the help longer than its options.
    #[default]
    Json,
    Markdown,
}

/// Arguments of `minikube-archive`.
#[derive(Debug, Args)]
pub struct MinikubeArchiveArgs {
    /// The export, which `docker save ID > FILE` has made
    #[arg(long, value_name = "FILE")]
    pub export: PathBuf,
    /// The archive to write
    #[arg(long, value_name = "FILE")]
    pub archive: PathBuf,
    /// Layers that every node has
    #[arg(long, value_name = "DIGEST", value_delimiter = ',')]
    pub without: Vec<String>,
    /// Images, each with the engine's ID
    #[arg(value_name = "REFERENCE=ID", required = true)]
    pub images: Vec<ArchivedImage>,
}

/// Arguments of `test`.
#[derive(Debug, Args)]
pub struct TestArgs {
    /// Suites to run; all without any
    #[arg(value_name = "SUITE", value_parser = PossibleValuesParser::new(suite_names()))]
    pub suites: Vec<String>,
    /// Run the suites that need the rig's node and engines, too
    #[arg(long)]
    pub rig: bool,
    /// Make the machine able to test first: an engine, base images, a database, a browser
    #[arg(long)]
    pub bootstrap: bool,
    /// Print the commands, and do nothing
    #[arg(short = 'n', long)]
    pub dry_run: bool,
}

impl Command {
    /// The command's name in documents.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Build(_) => "build",
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
