//! What `lockstep series` is told.

use super::groups::{OptionGroup, SeriesOptions};
use clap::{Args, Subcommand};
use std::path::PathBuf;

/// What to do with a series.
#[derive(Debug, Subcommand)]
pub enum SeriesCommand {
    /// Applies the committed patches and proves that each gives the file that it names, and each
    /// alternative its policy.
    Verify {
        /// The folder with the series [default: variants/series of the workspace].
        folder: Option<PathBuf>,
    },
    /// Writes a package with one module for the base and each patch, and the registry that puts
    /// them behind the trait.
    Materialize {
        /// Where to write it.
        folder: PathBuf,
        /// What the series is.
        #[command(flatten)]
        input: Input,
    },
    /// Builds the steps of a series and compares each with its predecessor.
    Check {
        /// What the series is.
        #[command(flatten)]
        input: Input,
        /// How it is compared.
        #[command(flatten)]
        options: SeriesOptions,
    },
    /// Writes mails that lead from each module to the next, with a cover letter that says what they
    /// do to behaviour.
    Derive {
        /// The module's root, step by step; the files in its folder belong to the step. If there
        /// are any, the mails call the module what the first step calls it.
        #[arg(required = true, num_args = 2.., value_name = "FILE")]
        files: Vec<PathBuf>,
        /// The folder that gets the mails. What stands there as subject and message of a patch is
        /// kept.
        #[arg(long, value_name = "DIR")]
        out: PathBuf,
        /// The file with trait and scenarios [default: subject.rs beside the first file].
        #[arg(long, value_name = "FILE")]
        subject: Option<PathBuf>,
        /// Compare nothing: the cover letter says nothing of behaviour.
        #[arg(long)]
        text_only: bool,
        /// How the steps are compared.
        #[command(flatten)]
        options: SeriesOptions,
    },
}

impl SeriesCommand {
    /// The options that it takes.
    pub(super) fn groups(&self) -> Vec<&dyn OptionGroup> {
        match self {
            SeriesCommand::Verify { .. } | SeriesCommand::Materialize { .. } => Vec::new(),
            SeriesCommand::Check { options, .. } | SeriesCommand::Derive { options, .. } => vec![options],
        }
    }
}

/// A base module and the patches over it.
#[derive(Debug, Args)]
pub struct Input {
    /// The module that the first patch changes [default: the first design].
    #[arg(long, value_name = "FILE", requires = "series")]
    pub base: Option<PathBuf>,
    /// A folder of patches, an mbox, or revisions as A..B
    /// [default: variants/series of the workspace].
    #[arg(long, value_name = "PATCHES", requires = "base")]
    pub series: Option<String>,
    /// The file with trait and scenarios [default: subject.rs beside the base].
    #[arg(long, value_name = "FILE", requires = "base")]
    pub subject: Option<PathBuf>,
    /// Where packages are built [default: target/lockstep or the cache].
    #[arg(long, value_name = "DIR")]
    pub build: Option<PathBuf>,
}
