//! The command line. Every option has a mirror in the environment: `--seed` is `LOCKSTEP_SEED`.

mod examples;
mod groups;
mod hunt;
mod known_name;
mod mirrors;
mod mutate;
mod options;
mod reports;
mod series;

use groups::{
    BudgetOptions, CompareOptions, ExecutionsOption, FormatOption, GeneralOptions, JobsOption, MemoryOption,
    OptionGroup, RepairsOption, ScenarioOption, SeedOption, SeriesOptions, TimeOption, VariantsOption,
};
pub use hunt::{CORPUS, CorpusCommand, HuntArguments};
use known_name::KnownName;
use mirrors::{with_mirrors, without_empty_mirrors};
pub use mutate::MutateInput;
pub use options::{Format, Options, RepairsArgument};
use reports::{ACCEPT_EXAMPLES, GATE_EXAMPLES, REPORT_EXAMPLES};
pub use reports::{AcceptArguments, GateArguments, ReportArguments, SeriesArguments};
pub use series::{Input, SeriesCommand};

use clap::{CommandFactory, Parser, Subcommand};
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

    /// How to compare everything.
    #[command(flatten)]
    compare: CompareOptions,

    /// Options of all commands.
    #[command(flatten)]
    pub general: GeneralOptions,
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
    List(FormatOption),
    /// Runs one execution of each variant on one scenario and prints its trace.
    Run {
        /// A series of one's own in place of the designs.
        #[command(flatten)]
        input: Input,
        /// Which variants.
        #[command(flatten)]
        variants: VariantsOption,
        /// Which scenario.
        #[command(flatten)]
        scenario: ScenarioOption,
        /// In which form.
        #[command(flatten)]
        repairs: RepairsOption,
        /// On which machine.
        #[command(flatten)]
        memory: MemoryOption,
        /// Where chance begins.
        #[command(flatten)]
        seed: SeedOption,
    },
    /// Runs litmus tests in herd's C format, as the kernel uses it, and prints what herd prints.
    Litmus {
        /// Litmus files.
        #[arg(required = true, value_name = "FILE")]
        files: Vec<PathBuf>,
        /// On which machine.
        #[command(flatten)]
        memory: MemoryOption,
        /// Where chance begins.
        #[command(flatten)]
        seed: SeedOption,
        /// How much is sampled.
        #[command(flatten)]
        executions: ExecutionsOption,
        /// How long.
        #[command(flatten)]
        time: TimeOption,
        /// On how many threads.
        #[command(flatten)]
        jobs: JobsOption,
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
        /// The form of what is printed.
        #[command(flatten)]
        format: FormatOption,
    },
    /// Breaks the designs on purpose, in many ways, and tells how many of the broken ones the
    /// comparison notices.
    Mutate {
        /// What is broken.
        #[command(flatten)]
        input: MutateInput,
        /// How it is noticed.
        #[command(flatten)]
        options: SeriesOptions,
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
        /// How it is compared.
        #[command(flatten)]
        options: CompareOptions,
    },
    /// Explores each variant by itself and shows its outcomes, how often each was seen, and what
    /// the set rests on.
    Explore {
        /// Every execution that matters, whatever the budget in executions; Ctrl-C and --time end
        /// it with what was found.
        #[arg(long)]
        exhaustive: bool,
        /// Takes orderings away, one by one: on which does an outcome depend?
        #[arg(long, conflicts_with = "exhaustive")]
        relax: bool,
        /// Looks whether this table of '--relax' still holds, by its witnesses
        #[arg(long, requires = "relax", value_name = "FILE")]
        check: Option<PathBuf>,
        /// Writes the tokens of that file anew whose places have only moved
        #[arg(long, requires = "check")]
        renew: bool,
        /// A series of one's own in place of the designs.
        #[command(flatten)]
        input: Input,
        /// How it is explored.
        #[command(flatten)]
        options: CompareOptions,
    },
    /// Decides the claims of the thread for each design, with the witness of each refutation.
    ///
    /// `--memory all` decides them under every memory model.
    Claims {
        /// Claims, such as C12 [default: all]
        #[arg(value_name = "CLAIM", value_parser = KnownName::Claim, hide_possible_values = true)]
        claims: Vec<String>,
        /// Shows the execution that decides a claim beside the nearest one that does not.
        #[arg(long)]
        explain: bool,
        /// On which machine.
        #[command(flatten)]
        memory: MemoryOption,
        /// How hard.
        #[command(flatten)]
        budget: BudgetOptions,
        /// The form of what is printed.
        #[command(flatten)]
        format: FormatOption,
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
        /// Which variants.
        #[command(flatten)]
        variants: VariantsOption,
    },
    /// Looks for the smallest schedule that shows what each variant shows under a token.
    Minimize {
        /// A token, as reports, snapshots and 'run' print it.
        token: String,
        /// A series of one's own in place of the designs.
        #[command(flatten)]
        input: Input,
        /// Which variants.
        #[command(flatten)]
        variants: VariantsOption,
    },
}

impl Command {
    /// The series that the command is about, in place of the designs, if it names one.
    pub fn series(&self) -> Option<&Input> {
        let input = match self {
            Command::Run { input, .. }
            | Command::Compare { input, .. }
            | Command::Explore { input, .. }
            | Command::Replay { input, .. }
            | Command::Minimize { input, .. } => input,
            _ => return None,
        };
        input.base.is_some().then_some(input)
    }

    /// The options that it takes.
    fn groups(&self) -> Vec<&dyn OptionGroup> {
        match self {
            Command::List(format) | Command::Audit { format, .. } => vec![format],
            Command::Run { variants, scenario, repairs, memory, seed, .. } => {
                vec![variants, scenario, repairs, memory, seed]
            }
            Command::Litmus { memory, seed, executions, time, jobs, .. } => vec![memory, seed, executions, time, jobs],
            Command::Series { command } => command.groups(),
            Command::Mutate { options, .. } => vec![options],
            Command::Compare { options, .. } | Command::Explore { options, .. } => vec![options],
            Command::Claims { memory, budget, format, .. } => vec![memory, budget, format],
            Command::Hunt(arguments) => arguments.groups(),
            Command::Corpus { command, .. } => command.groups(),
            Command::Report(arguments) => vec![&arguments.format],
            Command::Gate(arguments) => vec![&arguments.options],
            Command::Accept(arguments) => vec![&arguments.budget],
            Command::Replay { variants, .. } | Command::Minimize { variants, .. } => vec![variants],
            Command::Merge { .. } | Command::Completions { .. } | Command::Man { .. } => Vec::new(),
        }
    }
}

/// The command line as it is read and described.
pub fn definition() -> clap::Command {
    let mut definition = without_empty_mirrors(with_mirrors(Arguments::command()));
    let names: Vec<String> = definition.get_subcommands().map(|command| command.get_name().to_owned()).collect();
    for name in names {
        definition = definition.mut_subcommand(&name, |command| {
            let command = command.mut_args(|option| narrower(&name, option));
            match examples::examples(&name) {
                Some(examples) => command.after_help(examples),
                None => command,
            }
        });
    }
    definition.build();
    definition
}

/// An option that means less, or more, to the command of that name than to others.
fn narrower(name: &str, option: clap::Arg) -> clap::Arg {
    let help = match (name, option.get_id().as_str()) {
        ("run", "scenario") => "The scenario",
        ("litmus", "executions") => "Random executions of the machine by which each proof is checked",
        ("litmus", "time") => "Stop after 90s, 5m or 1h30m; the files share it, and what is not proven by then is said",
        ("run", "repairs") => "The repair R1 in all variants alike: none or all [default: none]",
        ("explore", "exhaustive_max") => "With --relax: runs of each exhaustive search, at most",
        ("claims", "memory") => return option.value_parser(KnownName::ModelOrAll),
        _ => return option,
    };
    option.help(help).hide_possible_values(true)
}

impl Arguments {
    /// The options of the command.
    pub fn options(&self) -> Options {
        let mut options = Options::default();
        let groups = self.command.as_ref().map_or_else(|| vec![&self.compare as &dyn OptionGroup], Command::groups);
        for group in groups {
            group.put(&mut options);
        }
        options
    }

    /// Options that mean nothing beside another one that is there.
    pub fn idle(&self) -> &'static [&'static str] {
        match self.command {
            Some(Command::Claims { explain: true, .. }) => &["format"],
            Some(Command::Explore { relax: true, .. }) => &["repairs"],
            Some(Command::Explore { exhaustive: true, .. }) => {
                &["seed", "executions", "exhaustive_max", "preemptions", "enumerated"]
            }
            Some(Command::Explore { .. }) => &["exhaustive_max"],
            _ => &[],
        }
    }
}
