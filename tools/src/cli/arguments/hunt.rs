//! What hunts and their corpus are told.

use super::groups::{
    ExhaustiveOption, JobsOption, MemoryOption, OptionGroup, RepairsOption, ScenarioOption, SeedOption, TimeOption,
    VariantsOption,
};
use crate::cli::shard::Shard;
use clap::{Args, Subcommand};
use std::path::PathBuf;

/// What to do with a corpus.
#[derive(Debug, Subcommand)]
pub enum CorpusCommand {
    /// Lists the cases with their classes and tokens.
    List,
    /// Runs each case and says whether both variants still differ as recorded.
    Replay,
    /// Removes cases whose divergence is gone, and those of which a smaller one of the same class
    /// exists.
    Prune {
        /// Only says what would be removed.
        #[arg(long)]
        check: bool,
        /// How hard it looks.
        #[command(flatten)]
        exhaustive: ExhaustiveOption,
        /// How long.
        #[command(flatten)]
        time: TimeOption,
    },
    /// Compares scenarios that exist and adds a case for each class that the corpus does not have.
    Add {
        /// What is compared.
        #[command(flatten)]
        variants: VariantsOption,
        /// On what.
        #[command(flatten)]
        scenario: ScenarioOption,
        /// In which form.
        #[command(flatten)]
        repairs: RepairsOption,
        /// On which machine.
        #[command(flatten)]
        memory: MemoryOption,
        /// How hard.
        #[command(flatten)]
        exhaustive: ExhaustiveOption,
        /// How long.
        #[command(flatten)]
        time: TimeOption,
    },
}

impl CorpusCommand {
    /// The options that it takes.
    pub(super) fn groups(&self) -> Vec<&dyn OptionGroup> {
        match self {
            CorpusCommand::List | CorpusCommand::Replay => Vec::new(),
            CorpusCommand::Prune { exhaustive, time, .. } => vec![exhaustive, time],
            CorpusCommand::Add { variants, scenario, repairs, memory, exhaustive, time } => {
                vec![variants, scenario, repairs, memory, exhaustive, time]
            }
        }
    }
}

/// How to hunt.
#[derive(Debug, Args)]
pub struct HuntArguments {
    /// Ends when all cases with smaller numbers are done
    #[arg(long, env = "LOCKSTEP_CASES", hide_env = true)]
    pub cases: Option<u64>,

    /// Random schedules of each variant in each case
    #[arg(long, env = "LOCKSTEP_SCHEDULES", default_value_t = 64, hide_env = true, value_parser = clap::value_parser!(u64).range(1..=1_000_000))]
    pub schedules: u64,

    /// Runs of an exhaustive search of a variant in a case, at most: what takes longer is cut down
    /// first; 0 judges nothing
    #[arg(long, env = "LOCKSTEP_SEARCH_MAX", default_value_t = 20_000, hide_env = true)]
    pub search_max: u64,

    /// Judges nothing: every variant runs every schedule twice, the second time in the opposite
    /// order on other stacks, and is compared with itself
    #[arg(long, env = "LOCKSTEP_SOAK", hide_env = true, conflicts_with = "search_max")]
    pub soak: bool,

    /// The K-th of N parts, counted from 1, as in 1/8; 'lockstep merge' puts them together
    #[arg(long, env = "LOCKSTEP_SHARD", default_value_t = Shard::WHOLE, value_name = "K/N", hide_env = true)]
    pub shard: Shard,

    /// Where the hunt keeps what it knows and finds; a hunt that is there goes on
    #[arg(long, env = "LOCKSTEP_DIRECTORY", default_value = "target/hunt", hide_env = true)]
    pub directory: PathBuf,

    /// Where cases are whose classes are known
    #[arg(long, env = "LOCKSTEP_CORPUS", default_value = CORPUS, value_name = "DIRECTORY", hide_env = true)]
    pub corpus: PathBuf,

    /// What is compared.
    #[command(flatten)]
    variants: VariantsOption,

    /// In which form.
    #[command(flatten)]
    repairs: RepairsOption,

    /// On which machine.
    #[command(flatten)]
    memory: MemoryOption,

    /// Which part of chance.
    #[command(flatten)]
    seed: SeedOption,

    /// How long.
    #[command(flatten)]
    time: TimeOption,

    /// On how many threads.
    #[command(flatten)]
    jobs: JobsOption,
}

impl HuntArguments {
    /// The options that it takes.
    pub(super) fn groups(&self) -> Vec<&dyn OptionGroup> {
        vec![&self.variants, &self.repairs, &self.memory, &self.seed, &self.time, &self.jobs]
    }
}

/// The corpus of the project.
pub const CORPUS: &str = "variants/corpus";
