//! What `lockstep mutate` is told.

use clap::Args;
use std::path::PathBuf;

/// What is broken, and how much time it may take.
#[derive(Debug, Args)]
pub struct MutateInput {
    /// A module of your own, with all its files [default: the three designs].
    #[arg(long, value_name = "FILE")]
    pub base: Option<PathBuf>,
    /// The file with trait and scenarios [default: subject.rs beside the base].
    #[arg(long, value_name = "FILE", requires = "base")]
    pub subject: Option<PathBuf>,
    /// Files of the shipped subject, such as utrace/reset.rs, by commas [default: the designs].
    #[arg(long, value_name = "FILES", value_delimiter = ',', conflicts_with = "base")]
    pub files: Vec<String>,
    /// The reviewed list of equivalent mutants
    /// [default: variants/equivalent.toml, or equivalent.toml beside the base].
    #[arg(long, value_name = "FILE")]
    pub equivalent: Option<PathBuf>,
    /// Search every execution beyond sc too, within --exhaustive-max.
    #[arg(long)]
    pub prove: bool,
    /// After how many executions each kind of random schedule notices it.
    #[arg(long)]
    pub strategies: bool,
    /// Also what each scenario notices by itself.
    #[arg(long)]
    pub each: bool,
    /// Repeat what this table says, and fail with the difference.
    #[arg(long, value_name = "FILE", conflicts_with = "list")]
    pub check: Option<PathBuf>,
    /// Where packages are built [default: target/lockstep or the cache].
    #[arg(long, value_name = "DIR")]
    pub build: Option<PathBuf>,
    /// Write the mutants down and run nothing.
    #[arg(long)]
    pub list: bool,
}
