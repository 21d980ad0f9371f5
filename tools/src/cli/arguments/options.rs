//! Options of all commands.

use clap::{Args, ValueEnum};

/// How results are printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people.
    Human,
    /// For programs.
    Json,
    /// For mail: 72 columns.
    Text,
    /// For pull requests.
    Markdown,
    /// Annotations of GitHub's workflows.
    Github,
    /// JUnit's XML.
    Junit,
    /// The kernel's test protocol.
    Ktap,
    /// SARIF 2.1.0.
    Sarif,
    /// One self-contained page.
    Html,
    /// The checker protocols of b4, for the patch on standard input.
    B4,
    /// What the designs cost and change, on one page.
    Sheet,
}

impl Format {
    /// Whether it is a form of report, made of a whole comparison.
    pub fn is_report(self) -> bool {
        !matches!(self, Format::Human | Format::Json)
    }
}

/// Which repairs all designs get.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum RepairsArgument {
    /// The designs as they were.
    None,
    /// R1.
    All,
    /// Once without, once with.
    Both,
}

/// Options of all commands.
#[derive(Clone, Debug, Args)]
pub struct Options {
    /// Print help
    #[arg(short, long, global = true, action = clap::ArgAction::HelpShort)]
    help: Option<bool>,

    /// Variants, separated by commas [default: the three designs]
    #[arg(long, global = true, env = "LOCKSTEP_VARIANTS", value_delimiter = ',', hide_env = true)]
    pub variants: Vec<String>,

    /// Scenarios, separated by commas [default: all]
    #[arg(long, global = true, env = "LOCKSTEP_SCENARIO", value_delimiter = ',', hide_env = true)]
    pub scenario: Vec<String>,

    /// The repair R1 in all variants alike [default: both for the matrix, none elsewhere]
    #[arg(long, global = true, env = "LOCKSTEP_REPAIRS", value_enum, hide_env = true)]
    pub repairs: Option<RepairsArgument>,

    /// Memory model
    #[arg(long, global = true, env = "LOCKSTEP_MEMORY", default_value = "sc", hide_env = true)]
    pub memory: String,

    /// Where random schedules begin
    #[arg(long, global = true, env = "LOCKSTEP_SEED", value_name = "N", default_value_t = 0, hide_env = true)]
    pub seed: u64,

    /// Random executions of each variant, of all kinds in turn
    #[arg(
        long,
        global = true,
        env = "LOCKSTEP_EXECUTIONS",
        value_name = "N",
        default_value_t = 4_000,
        hide_env = true
    )]
    pub executions: u64,

    /// Runs of the exhaustive search of each variant, at most; what it does not complete is
    /// enumerated and sampled
    #[arg(
        long,
        global = true,
        env = "LOCKSTEP_EXHAUSTIVE_MAX",
        value_name = "N",
        default_value_t = 400_000,
        hide_env = true
    )]
    pub exhaustive_max: u64,

    /// Every schedule with at most so many preemptions, before the random ones
    #[arg(long, global = true, env = "LOCKSTEP_PREEMPTIONS", value_name = "N", default_value_t = 1, hide_env = true)]
    pub preemptions: u32,

    /// Executions of the enumeration of each variant, at most
    #[arg(
        long,
        global = true,
        env = "LOCKSTEP_ENUMERATED",
        value_name = "N",
        default_value_t = 20_000,
        hide_env = true
    )]
    pub enumerated: u64,

    /// Stop after 90s, 5m or 1h30m, and print what was found
    #[arg(long, global = true, env = "LOCKSTEP_TIME", value_parser = crate::cli::time::parse_time, hide_env = true)]
    pub time: Option<std::time::Duration>,

    /// OS threads [default: one a core]
    #[arg(long, global = true, env = "LOCKSTEP_JOBS", value_name = "N", hide_env = true, value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub jobs: Option<u16>,

    /// How to print results: human, json, or a form of 'report'
    #[arg(long, global = true, env = "LOCKSTEP_FORMAT", value_enum, default_value = "human", hide_env = true)]
    #[arg(hide_possible_values = true)]
    pub format: Format,

    /// Says nothing but results and errors
    #[arg(short, long, global = true, env = "LOCKSTEP_QUIET", hide_env = true, conflicts_with = "verbose")]
    pub quiet: bool,

    /// Says what is being done
    #[arg(short, long, global = true, env = "LOCKSTEP_VERBOSE", hide_env = true)]
    pub verbose: bool,
}
