//! What `report`, `gate` and `accept` are told.

use super::groups::{BudgetOptions, CompareOptions, FormatOption};
use super::known_name::KnownName;
use clap::Args;
use jiff::civil::Date;
use std::path::PathBuf;

pub(super) const REPORT_EXAMPLES: &str = "\
Forms: text, markdown, github, json, junit, ktap, sarif, html, b4, sheet.

Examples:
  lockstep report --from run.json --format text                 for mail, 72 columns
  lockstep report --from run.json --format markdown >> \"$GITHUB_STEP_SUMMARY\"
  lockstep report --from run.json --format html > run.html
  lockstep report --from run.json --format sheet                which one should we merge?
  lockstep report --from run.json --against old.json            what is new since
  git config b4.review-perpatch-check-cmd 'lockstep report --from run.json --format b4'
  git config b4.prep-perpatch-check-cmd 'lockstep report --from run.json --format b4 --prep'";

pub(super) const GATE_EXAMPLES: &str = "\
Examples:
  lockstep gate                                       as .config/lockstep.toml says
  lockstep gate --save run.json                       keeps what it judged, for reports
  lockstep gate --from run.json                       judges again without running
  lockstep gate --base queue.rs --series main..HEAD   the steps of a series of one's own";

pub(super) const ACCEPT_EXAMPLES: &str = "\
Examples:
  lockstep accept utrace.S7.99b384a5 --reason 'C7: the old one is the bug' --date 2026-11-22
  lockstep accept utrace.S7.99b384a5 --from run.json --reason 'until v2' --expires 2027-03-01
  lockstep accept --list --from run.json              what is not accepted, by cause
  lockstep accept --cause ring.cause-1a2b3c4d --reason 'the reader retries'";

/// What `report` is told.
#[derive(Debug, Args)]
pub struct ReportArguments {
    /// The saved comparison; '-' is standard input
    #[arg(long, env = "LOCKSTEP_FROM", hide_env = true, value_name = "FILE")]
    pub from: PathBuf,
    /// An earlier comparison: what is new since, and what is gone
    #[arg(long, env = "LOCKSTEP_AGAINST", hide_env = true, value_name = "FILE")]
    pub against: Option<PathBuf>,
    /// Shows these claims as well, as 'lockstep claims --format json' printed them
    #[arg(long, env = "LOCKSTEP_CLAIMS", hide_env = true, value_name = "FILE")]
    pub claims: Option<PathBuf>,
    /// Shows this audit as well, as 'lockstep audit --format json' printed it
    #[arg(long, env = "LOCKSTEP_AUDIT", hide_env = true, value_name = "FILE")]
    pub audit: Option<PathBuf>,
    /// Shows these mutants as well, as 'lockstep mutate --format json' printed them
    #[arg(long, env = "LOCKSTEP_MUTANTS", hide_env = true, value_name = "FILE")]
    pub mutants: Option<PathBuf>,
    /// Shows these orderings as well, as 'lockstep explore --relax --format json' printed them
    #[arg(long, env = "LOCKSTEP_ORDERINGS", hide_env = true, value_name = "FILE")]
    pub orderings: Option<PathBuf>,
    /// The commit that the series is based on, to be named in the report
    #[arg(long, env = "LOCKSTEP_BASE_COMMIT", hide_env = true, value_name = "COMMIT")]
    pub base_commit: Option<String>,
    /// With --format b4: lines for 'b4 prep --check' instead of JSON for 'b4 review'
    #[arg(long, env = "LOCKSTEP_PREP", hide_env = true)]
    pub prep: bool,
    /// The form of the report
    #[command(flatten)]
    pub(super) format: FormatOption,
}

/// What `gate` is told beside the configuration.
#[derive(Debug, Args)]
pub struct GateArguments {
    /// The configuration [default: .config/lockstep.toml]
    #[arg(long, env = "LOCKSTEP_CONFIG", hide_env = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Judges a saved comparison instead of running one
    #[arg(long, env = "LOCKSTEP_FROM", hide_env = true, value_name = "FILE")]
    pub from: Option<PathBuf>,
    /// The series to be judged
    #[command(flatten)]
    pub series: SeriesArguments,
    /// Writes new snapshots of a series beside the committed ones
    #[arg(long, env = "LOCKSTEP_PROPOSE", hide_env = true, conflicts_with = "from")]
    pub propose: bool,
    /// Ends that make it red: race, panic, stuck, limit, or none
    #[arg(long, env = "LOCKSTEP_FAIL_ON", hide_env = true, hide_possible_values = true, value_name = "KIND", value_delimiter = ',', value_parser = ["race", "panic", "stuck", "limit", "none"])]
    pub fail_on: Vec<String>,
    /// Keeps what was judged in a file
    #[arg(long, env = "LOCKSTEP_SAVE", hide_env = true, value_name = "FILE")]
    pub save: Option<PathBuf>,
    /// Today, for entries that expire, as in 2026-11-22 [default: in UTC]
    #[arg(long, env = "LOCKSTEP_DATE", hide_env = true, value_name = "DATE", value_parser = crate::cli::date::parse_date)]
    pub date: Option<Date>,
    /// How it is compared, where that is not as configured
    #[command(flatten)]
    pub(super) options: CompareOptions,
}

/// A series of one's own, judged instead of what the configuration names.
#[derive(Clone, Debug, Default, Args)]
pub struct SeriesArguments {
    /// The module that a series changes, instead of 'base'
    #[arg(long, env = "LOCKSTEP_BASE", hide_env = true, value_name = "FILE")]
    pub base: Option<PathBuf>,
    /// A folder of patches, an mbox, or revisions as A..B, instead of 'series'
    #[arg(long, env = "LOCKSTEP_SERIES", hide_env = true, value_name = "PATCHES")]
    pub series: Option<String>,
    /// The file with trait and scenarios, instead of 'subject'
    #[arg(long, env = "LOCKSTEP_SUBJECT", hide_env = true, value_name = "FILE")]
    pub subject: Option<PathBuf>,
    /// Where packages are built [default: target/lockstep or the cache]
    #[arg(long, env = "LOCKSTEP_BUILD", hide_env = true, value_name = "DIR")]
    pub build: Option<PathBuf>,
}

/// What `accept` is told.
#[derive(Debug, Args)]
pub struct AcceptArguments {
    /// One divergence, or the ends that all steps show, as reports and the gate name it
    pub id: Option<String>,
    /// All that comes of this cause and of none before it
    #[arg(long, env = "LOCKSTEP_CAUSE", hide_env = true, value_name = "CAUSE")]
    pub cause: Option<String>,
    /// All of this scenario; beside --cause, what comes of the cause there
    #[arg(long, env = "LOCKSTEP_SCENARIO", hide_env = true, value_name = "SCENARIO")]
    #[arg(value_parser = KnownName::Scenario, hide_possible_values = true)]
    pub scenario: Option<String>,
    /// All that is not accepted
    #[arg(long, env = "LOCKSTEP_ALL", hide_env = true)]
    pub all: bool,
    /// Accepts nothing: lists what is not accepted, by cause
    #[arg(long, env = "LOCKSTEP_LIST", hide_env = true)]
    pub list: bool,
    /// Why it is fine
    #[arg(long, env = "LOCKSTEP_REASON", hide_env = true, required_unless_present = "list")]
    pub reason: Option<String>,
    /// When it was accepted, as in 2026-11-22 [default: today, in UTC]
    #[arg(long, env = "LOCKSTEP_DATE", hide_env = true, value_name = "DATE", value_parser = crate::cli::date::parse_date)]
    pub date: Option<Date>,
    /// The last day on which it counts
    #[arg(long, env = "LOCKSTEP_EXPIRES", hide_env = true, value_name = "DATE", value_parser = crate::cli::date::parse_date)]
    pub expires: Option<Date>,
    /// The comparison that shows it, saved [default: its scenario is compared again]
    #[arg(long, env = "LOCKSTEP_FROM", hide_env = true, value_name = "FILE")]
    pub from: Option<PathBuf>,
    /// The series that shows it
    #[command(flatten)]
    pub series: SeriesArguments,
    /// The configuration [default: .config/lockstep.toml]
    #[arg(long, env = "LOCKSTEP_CONFIG", hide_env = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// How hard it is looked for
    #[command(flatten)]
    pub(super) budget: BudgetOptions,
}
