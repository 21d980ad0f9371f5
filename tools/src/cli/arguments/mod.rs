//! The command line. Every option has a mirror in the environment: `--seed` is `LOCKSTEP_SEED`.

mod examples;
mod mutate;
mod reports;
mod series;

pub use mutate::MutateInput;
use reports::{ACCEPT_EXAMPLES, GATE_EXAMPLES, REPORT_EXAMPLES};
pub use reports::{AcceptArguments, GateArguments, ReportArguments, SeriesArguments};
pub use series::{Input, SeriesCommand};

use crate::cli::shard::Shard;
use clap::{Args, CommandFactory, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;

/// Says what each patch of a series does to the behaviour of concurrent code.
///
/// Without a command: compares the three designs of utrace's stop/resume protocol on all scenarios,
/// as they were in 2009 and with three repairs, and prints the matrix.
#[derive(Debug, Parser)]
#[command(name = "lockstep", version, max_term_width = 100, after_help = EXAMPLES, disable_help_flag = true)]
pub struct Arguments {
    /// What to do; the whole comparison if nothing is said.
    #[command(subcommand)]
    pub command: Option<Command>,

    /// Options of all commands.
    #[command(flatten)]
    pub options: Options,
}

const EXAMPLES: &str = "\
Examples:
  lockstep                                  the matrix of all scenarios
  lockstep compare --scenario S7            one scenario, with witnesses
  lockstep replay TOKEN                     one witness, in every design
  lockstep gate                             judges by .config/lockstep.toml and the snapshots
  lockstep list                             scenarios and variants
  lockstep series check --base slot.rs --series patches/
  lockstep audit                            locks and fields, and what each patch changes in them

Every option has a mirror in the environment: --seed is LOCKSTEP_SEED.
Exit status, the gravest first: 70 internal error, 2 usage, 104 a subject could not be built or run
to an end, 102 nondeterminism, 4 nothing explored or a goal missed, 103 ended before everything was
explored or below the required evidence, 100 a change nobody accepted or news from a hunt, 0 fine.";

const COMPARE_EXAMPLES: &str = "\
Examples:
  lockstep compare --scenario S7                      with witnesses
  lockstep compare --scenario S8 --variants stopped-removed,a3-lock-always
  lockstep compare --repairs both --save run.json     everything, for reports
  lockstep compare --scenario S7 --format markdown    any form of report at once";

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Lists scenarios and variants.
    List,
    /// Runs one execution of each variant on one scenario and prints its trace.
    Run {
        /// A series of one's own in place of the designs.
        #[command(flatten)]
        input: Input,
    },
    /// Runs litmus tests in herd's C format, as the kernel uses it, and prints what herd prints.
    Litmus {
        /// Litmus files.
        #[arg(required = true, value_name = "FILE")]
        files: Vec<PathBuf>,
    },
    /// Verifies, builds, compares or writes a patch series.
    Series {
        /// What to do with it.
        #[command(subcommand)]
        command: SeriesCommand,
    },
    /// Shows which shared fields a module touches under which locks, and what each step of a series
    /// changes in that.
    Audit {
        /// What the series is.
        #[command(flatten)]
        input: Input,
        /// Builds and runs each step too, and shows the order of locks that executions take.
        #[arg(long)]
        observe: bool,
    },
    /// Breaks the designs on purpose, in many ways, and tells how many of the broken ones the
    /// comparison notices.
    Mutate {
        /// What is broken.
        #[command(flatten)]
        input: MutateInput,
    },
    /// Compares variants on scenarios and shows each divergence with its witness.
    #[command(after_help = COMPARE_EXAMPLES)]
    Compare {
        /// Keeps the comparison in a file, for 'report' and 'gate'
        #[arg(long, env = "LOCKSTEP_SAVE", hide_env = true, value_name = "FILE")]
        save: Option<PathBuf>,
        /// The commit that the series is based on, to be named in reports
        #[arg(long, env = "LOCKSTEP_BASE_COMMIT", hide_env = true, value_name = "COMMIT")]
        base_commit: Option<String>,
        /// A series of one's own in place of the designs.
        #[command(flatten)]
        input: Input,
    },
    /// Explores each variant by itself and shows its outcomes, how often each was seen, and what
    /// the set rests on.
    Explore {
        /// Every execution that matters, whatever the budget in executions; Ctrl-C and --time end
        /// it with what was found.
        #[arg(long)]
        exhaustive: bool,
        /// Takes the orderings of the kernel and of the designs away, one at a time, and shows
        /// which of them some outcome depends on.
        #[arg(long, conflicts_with = "exhaustive")]
        relax: bool,
        /// Looks whether what '--relax' printed into this file still holds, by its witnesses
        #[arg(long, requires = "relax", value_name = "FILE")]
        check: Option<PathBuf>,
        /// Writes the tokens of that file anew whose places have only moved
        #[arg(long, requires = "check")]
        renew: bool,
        /// A series of one's own in place of the designs.
        #[command(flatten)]
        input: Input,
    },
    /// Decides the claims of the thread for each design, with the witness of each refutation.
    ///
    /// `--memory all` decides them under every memory model.
    Claims {
        /// Claims, such as C12 [default: all]
        #[arg(value_name = "CLAIM")]
        claims: Vec<String>,
        /// Shows the execution that decides a claim beside the nearest one that does not.
        #[arg(long)]
        explain: bool,
    },
    /// Runs generated scenarios until the budget is used or Ctrl-C, and minimizes each class of
    /// divergences that it finds.
    Hunt(HuntArguments),
    /// Merges the parts of a hunt.
    Merge {
        /// Directories of the parts.
        #[arg(required = true, value_name = "DIRECTORY")]
        directories: Vec<PathBuf>,
        /// Where the whole goes.
        #[arg(long, value_name = "DIRECTORY")]
        into: PathBuf,
        /// Where cases are whose classes are known.
        #[arg(long, default_value = CORPUS, value_name = "DIRECTORY")]
        corpus: PathBuf,
    },
    /// Divergences that were found and kept, one text file each.
    Corpus {
        /// What to do with them.
        #[command(subcommand)]
        command: CorpusCommand,
        /// Where they are.
        #[arg(long, global = true, default_value = CORPUS, value_name = "DIRECTORY")]
        corpus: PathBuf,
    },
    /// Writes a saved comparison as a report.
    #[command(after_help = REPORT_EXAMPLES)]
    Report(ReportArguments),
    /// Compares as the configuration says and fails on what nobody accepted.
    #[command(after_help = GATE_EXAMPLES)]
    Gate(GateArguments),
    /// Accepts one divergence, with a reason, in the ledger.
    #[command(after_help = ACCEPT_EXAMPLES)]
    Accept(AcceptArguments),
    /// Prints completions for a shell.
    Completions {
        /// The shell.
        shell: clap_complete::Shell,
    },
    /// Prints the manual page of lockstep or of one command.
    Man {
        /// The command; the whole if nothing is said.
        command: Option<String>,
    },
    /// Shows the execution that a token names, in every variant.
    Replay {
        /// A token, as reports and snapshots print it.
        token: String,
        /// Prints the whole trace of each variant.
        #[arg(long)]
        trace: bool,
        /// A series of one's own in place of the designs.
        #[command(flatten)]
        input: Input,
    },
    /// Looks for the smallest schedule that shows what each variant shows under a token.
    Minimize {
        /// A token, as reports, snapshots and 'run' print it.
        token: String,
        /// A series of one's own in place of the designs.
        #[command(flatten)]
        input: Input,
    },
}

impl Command {
    /// The series that the command is about, in place of the designs, if it names one.
    pub fn series(&self) -> Option<&Input> {
        let input = match self {
            Command::Run { input }
            | Command::Compare { input, .. }
            | Command::Explore { input, .. }
            | Command::Replay { input, .. }
            | Command::Minimize { input, .. } => input,
            _ => return None,
        };
        input.base.is_some().then_some(input)
    }
}

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
    },
    /// Compares scenarios that exist and adds a case for each class that the corpus does not have.
    Add,
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
}

/// The corpus of the project.
pub const CORPUS: &str = "variants/corpus";

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

/// Options that say what is explored, and the form of the result last.
const EVERYTHING: [&str; 12] = [
    "variants",
    "scenario",
    "repairs",
    "memory",
    "seed",
    "executions",
    "exhaustive_max",
    "preemptions",
    "enumerated",
    "time",
    "jobs",
    "format",
];

/// The command line as it is read and described: each command shows only the options that say
/// something to it.
pub fn definition() -> clap::Command {
    let mut definition = without_empty_mirrors(Arguments::command());
    let options: Vec<clap::Arg> = definition.get_arguments().cloned().collect();
    let names: Vec<String> = definition.get_subcommands().map(|command| command.get_name().to_owned()).collect();
    for name in names {
        // A command that has an option already does not get it from above.
        let hidden = options.iter().filter(|option| irrelevant(&name).contains(&option.get_id().as_str()));
        let hidden: Vec<clap::Arg> = hidden.map(|option| option.clone().hide(true)).collect();
        let hidden = hidden.into_iter().chain(options.iter().filter_map(|option| narrower(&name, option)));
        definition = definition.mut_subcommand(&name, |command| match examples::examples(&name) {
            Some(examples) => command.args(hidden).after_help(examples),
            None => command.args(hidden),
        });
    }
    let hidden = || options.iter().filter(|option| EVERYTHING.contains(&option.get_id().as_str()));
    for name in ["verify", "materialize"] {
        definition = definition.mut_subcommand("series", |series| {
            series.mut_subcommand(name, |command| command.args(hidden().map(|option| option.clone().hide(true))))
        });
    }
    definition.build();
    definition
}

/// An option of all commands whose usual value is another one for the command of that name.
fn narrower(name: &str, option: &clap::Arg) -> Option<clap::Arg> {
    let help = match (name, option.get_id().as_str()) {
        ("run", "scenario") => "The scenario",
        ("litmus", "executions") => "Random executions of the machine by which each proof is checked",
        ("litmus", "time") => "Stop after 90s, 5m or 1h30m; the files share it, and what is not proven by then is said",
        ("run", "repairs") => "The repair R1 in all variants alike: none or all [default: none]",
        _ => return None,
    };
    Some(option.clone().help(help).hide_possible_values(true))
}

/// A variable of the environment that is empty is as one that is not set.
fn without_empty_mirrors(command: clap::Command) -> clap::Command {
    let is_empty = |name: &std::ffi::OsStr| std::env::var_os(name).is_some_and(|value| value.is_empty());
    let mirrored = |option: clap::Arg| match option.get_env().is_some_and(is_empty) {
        true => option.env(clap::builder::Resettable::Reset),
        false => option,
    };
    command.mut_args(mirrored).mut_subcommands(without_empty_mirrors)
}

impl Arguments {
    /// Options that say nothing to the command: giving them is a mistake worth a word.
    pub fn irrelevant(&self, name: &str) -> &'static [&'static str] {
        match self.command {
            Some(Command::Claims { explain: true, .. }) => &["variants", "scenario", "repairs", "format"],
            Some(Command::Series { command: SeriesCommand::Verify { .. } | SeriesCommand::Materialize { .. } }) => {
                &EVERYTHING
            }
            Some(Command::Explore { relax: true, .. }) => &["repairs"],
            Some(Command::Explore { exhaustive: true, .. }) => {
                &["seed", "executions", "exhaustive_max", "preemptions", "enumerated"]
            }
            _ => irrelevant(name),
        }
    }
}

/// Options that say nothing to the command of that name. Its help does not show them.
pub fn irrelevant(name: &str) -> &'static [&'static str] {
    match name {
        "series" | "mutate" => &["variants"],
        "list" | "report" | "audit" => &EVERYTHING[..EVERYTHING.len() - 1],
        "completions" | "man" | "merge" => &EVERYTHING,
        "claims" => &["variants", "scenario", "repairs"],
        "hunt" => &["scenario", "executions", "exhaustive_max", "preemptions", "enumerated", "format"],
        "corpus" => &["seed", "executions", "preemptions", "enumerated", "jobs", "format"],
        "accept" => &["variants", "scenario", "repairs", "memory", "format"],
        "litmus" => &["variants", "scenario", "repairs", "exhaustive_max", "preemptions", "enumerated", "format"],
        "run" => &["executions", "exhaustive_max", "preemptions", "enumerated", "time", "jobs", "format"],
        "replay" | "minimize" => &EVERYTHING[1..],
        "explore" => &["exhaustive_max"],
        _ => &[],
    }
}
