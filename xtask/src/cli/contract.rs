//! The command line of `contract`.

use clap::{Args, Subcommand};

use crate::domain::version::ReleaseVersion;

/// The commands below `contract`.
#[derive(Debug, Subcommand)]
pub enum ContractCommand {
    /// List the rules
    Rules(ContractRulesArgs),
    /// Write what a contract says about the image as tests of another tool
    Export(ContractExportArgs),
    /// Compare the contracts with those of a release, and show the version step that the changes need
    Diff(ContractDiffArgs),
    /// List the kinds of changes, each with the version step that it needs
    Changes(ContractChangesArgs),
}

/// Arguments of `contract diff`.
#[derive(Debug, Args)]
pub struct ContractDiffArgs {
    /// Compare with this release, in place of the highest one in the history of HEAD
    #[arg(long, value_name = "X.Y.Z")]
    pub from: Option<ReleaseVersion>,
    /// Fail if the changes need a larger step than this one
    #[arg(long, value_enum, value_name = "STEP")]
    pub require_step: Option<Step>,
}

/// The steps of a version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
#[expect(missing_docs, reason = "docs of the variants would make clap print the long help")]
pub enum Step {
    Patch,
    Minor,
    Major,
}

/// Arguments of `contract changes`.
#[derive(Debug, Args)]
pub struct ContractChangesArgs {
    /// Output format: a line for each row, or the page docs/contract/changes.md
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT", conflicts_with = "json")]
    pub format: RulesFormat,
}

/// Arguments of `contract export`.
#[derive(Debug, Args)]
pub struct ContractExportArgs {
    /// Component whose contract is written
    #[arg(value_name = "COMPONENT")]
    pub component: String,
    /// Tool that reads the tests
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT", conflicts_with = "json")]
    pub format: ExportFormat,
}

/// The output formats of `contract export`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
#[expect(missing_docs, reason = "docs of the variants would make clap print the long help")]
pub enum ExportFormat {
    #[default]
    ContainerStructureTest,
}

/// Arguments of `contract rules`.
#[derive(Debug, Args)]
pub struct ContractRulesArgs {
    /// Output format: a line for each rule, or the index of docs/contract/
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT", conflicts_with = "json")]
    pub format: RulesFormat,
}

/// The output formats of `contract rules`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
#[expect(missing_docs, reason = "docs of the variants would make clap print the long help")]
pub enum RulesFormat {
    #[default]
    Human,
    Markdown,
}
