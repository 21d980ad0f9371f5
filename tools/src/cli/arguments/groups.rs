//! Groups of options. A command takes those that mean something to it; clap refuses the rest, and
//! help does not show it.

use super::known_name::KnownName;
use super::options::{Format, Options, RepairsArgument};
use clap::Args;
use std::time::Duration;

/// Options that mean something to the same commands.
pub trait OptionGroup {
    /// Writes down what was given.
    fn put(&self, options: &mut Options);
}

/// Which variants.
#[derive(Debug, Args)]
pub struct VariantsOption {
    /// Variants, separated by commas [default: the three designs]
    #[arg(long, env = "LOCKSTEP_VARIANTS", hide_env = true)]
    #[arg(value_delimiter = ',', value_parser = KnownName::Variant, hide_possible_values = true)]
    variants: Vec<String>,
}

impl OptionGroup for VariantsOption {
    fn put(&self, options: &mut Options) {
        options.variants.clone_from(&self.variants);
    }
}

/// Which scenarios.
#[derive(Debug, Args)]
pub struct ScenarioOption {
    /// Scenarios, separated by commas [default: all]
    #[arg(long, env = "LOCKSTEP_SCENARIO", hide_env = true)]
    #[arg(value_delimiter = ',', value_parser = KnownName::Scenario, hide_possible_values = true)]
    scenario: Vec<String>,
}

impl OptionGroup for ScenarioOption {
    fn put(&self, options: &mut Options) {
        options.scenario.clone_from(&self.scenario);
    }
}

/// Whether the designs are repaired.
#[derive(Debug, Args)]
pub struct RepairsOption {
    /// The repair R1 in all variants alike [default: both for the matrix, none elsewhere]
    #[arg(long, env = "LOCKSTEP_REPAIRS", hide_env = true)]
    #[arg(value_enum)]
    repairs: Option<RepairsArgument>,
}

impl OptionGroup for RepairsOption {
    fn put(&self, options: &mut Options) {
        options.repairs = self.repairs;
    }
}

/// Under which memory model.
#[derive(Debug, Args)]
pub struct MemoryOption {
    /// Memory model
    #[arg(long, env = "LOCKSTEP_MEMORY", hide_env = true)]
    #[arg(value_name = "MODEL", default_value_t = Options::default().memory, value_parser = KnownName::Model)]
    memory: String,
}

impl OptionGroup for MemoryOption {
    fn put(&self, options: &mut Options) {
        options.memory.clone_from(&self.memory);
    }
}

/// Where chance begins.
#[derive(Debug, Args)]
pub struct SeedOption {
    /// Where random schedules begin
    #[arg(long, env = "LOCKSTEP_SEED", hide_env = true)]
    #[arg(value_name = "N", default_value_t = Options::default().seed)]
    seed: u64,
}

impl OptionGroup for SeedOption {
    fn put(&self, options: &mut Options) {
        options.seed = self.seed;
    }
}

/// How much is sampled.
#[derive(Debug, Args)]
pub struct ExecutionsOption {
    /// Random executions of each variant, of all kinds in turn
    #[arg(long, env = "LOCKSTEP_EXECUTIONS", hide_env = true)]
    #[arg(value_name = "N", default_value_t = Options::default().executions)]
    executions: u64,
}

impl OptionGroup for ExecutionsOption {
    fn put(&self, options: &mut Options) {
        options.executions = self.executions;
    }
}

/// How much is searched exhaustively.
#[derive(Debug, Args)]
pub struct ExhaustiveOption {
    /// Runs of the exhaustive search of each variant, at most; what it does not complete is
    /// enumerated and sampled
    #[arg(long, env = "LOCKSTEP_EXHAUSTIVE_MAX", hide_env = true)]
    #[arg(value_name = "N", default_value_t = Options::default().exhaustive_max)]
    exhaustive_max: u64,
}

impl OptionGroup for ExhaustiveOption {
    fn put(&self, options: &mut Options) {
        options.exhaustive_max = self.exhaustive_max;
    }
}

/// How much is enumerated.
#[derive(Debug, Args)]
pub struct EnumerationOptions {
    /// Every schedule with at most so many preemptions, before the random ones
    #[arg(long, env = "LOCKSTEP_PREEMPTIONS", hide_env = true)]
    #[arg(value_name = "N", default_value_t = Options::default().preemptions)]
    preemptions: u32,
    /// Executions of the enumeration of each variant, at most
    #[arg(long, env = "LOCKSTEP_ENUMERATED", hide_env = true)]
    #[arg(value_name = "N", default_value_t = Options::default().enumerated)]
    enumerated: u64,
}

impl OptionGroup for EnumerationOptions {
    fn put(&self, options: &mut Options) {
        options.preemptions = self.preemptions;
        options.enumerated = self.enumerated;
    }
}

/// How long it may take.
#[derive(Debug, Args)]
pub struct TimeOption {
    /// Stop after 90s, 5m or 1h30m, not counting compilation
    #[arg(long, env = "LOCKSTEP_TIME", hide_env = true)]
    #[arg(value_parser = crate::cli::time::parse_time)]
    time: Option<Duration>,
}

impl OptionGroup for TimeOption {
    fn put(&self, options: &mut Options) {
        options.time = self.time;
    }
}

/// On how many threads.
#[derive(Debug, Args)]
pub struct JobsOption {
    /// OS threads [default: one a core]
    #[arg(long, env = "LOCKSTEP_JOBS", hide_env = true)]
    #[arg(value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    jobs: Option<u16>,
}

impl OptionGroup for JobsOption {
    fn put(&self, options: &mut Options) {
        options.jobs = self.jobs;
    }
}

/// The form of what is printed.
#[derive(Debug, Args)]
pub struct FormatOption {
    /// How to print: human, json, or a form of 'report'
    #[arg(long, env = "LOCKSTEP_FORMAT", hide_env = true)]
    #[arg(value_enum, default_value_t = Options::default().format, hide_possible_values = true)]
    format: Format,
}

impl OptionGroup for FormatOption {
    fn put(&self, options: &mut Options) {
        options.format = self.format;
    }
}

/// How hard a command looks that judges by itself.
#[derive(Debug, Args)]
pub struct BudgetOptions {
    #[command(flatten)]
    seed: SeedOption,
    #[command(flatten)]
    executions: ExecutionsOption,
    #[command(flatten)]
    exhaustive: ExhaustiveOption,
    #[command(flatten)]
    enumeration: EnumerationOptions,
    #[command(flatten)]
    time: TimeOption,
    #[command(flatten)]
    jobs: JobsOption,
}

impl OptionGroup for BudgetOptions {
    fn put(&self, options: &mut Options) {
        self.seed.put(options);
        self.executions.put(options);
        self.exhaustive.put(options);
        self.enumeration.put(options);
        self.time.put(options);
        self.jobs.put(options);
    }
}

/// What a command takes that compares steps which it chooses itself.
#[derive(Debug, Args)]
pub struct SeriesOptions {
    #[command(flatten)]
    scenario: ScenarioOption,
    #[command(flatten)]
    repairs: RepairsOption,
    #[command(flatten)]
    memory: MemoryOption,
    #[command(flatten)]
    budget: BudgetOptions,
    #[command(flatten)]
    format: FormatOption,
}

impl OptionGroup for SeriesOptions {
    fn put(&self, options: &mut Options) {
        self.scenario.put(options);
        self.repairs.put(options);
        self.memory.put(options);
        self.budget.put(options);
        self.format.put(options);
    }
}

/// What a command takes that compares whatever variants it is told.
#[derive(Debug, Args)]
pub struct CompareOptions {
    #[command(flatten)]
    variants: VariantsOption,
    #[command(flatten)]
    series: SeriesOptions,
}

impl OptionGroup for CompareOptions {
    fn put(&self, options: &mut Options) {
        self.variants.put(options);
        self.series.put(options);
    }
}

/// Options of all commands.
#[derive(Debug, Args)]
pub struct GeneralOptions {
    /// Says nothing but results and errors
    #[arg(short, long, global = true, env = "LOCKSTEP_QUIET", hide_env = true, conflicts_with = "verbose")]
    pub quiet: bool,

    /// Says what is being done
    #[arg(short, long, global = true, env = "LOCKSTEP_VERBOSE", hide_env = true)]
    pub verbose: bool,

    /// Print help
    #[arg(short, long, global = true, action = clap::ArgAction::HelpShort)]
    help: Option<bool>,
}
