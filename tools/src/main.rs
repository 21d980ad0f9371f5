//! `lockstep`: the command line of Lockstep. All input and output of the project is here.
//!
//! A command is a function from the selection to text; this file dispatches and turns what happened
//! into an exit status.

mod audit;
mod causes;
mod cli;
mod compare;
mod document;
mod explore;
mod gate;
mod hunt;
mod litmus;
mod mutate;
mod outside;
mod patch;
mod report;
mod series;
mod source;
mod workshop;

use cli::arguments::{Arguments, Command, CorpusCommand, Format, Options};
use cli::given_options::GivenOptions;
use cli::output::{print, written};
use cli::selection::{Selection, select, select_variants_only};
use cli::status::Status;
use cli::trouble::Trouble;
use cli::{command_line, files, listing, manual, session};
use compare::{Outcomes, compare_all, details, judge};
use document::Document;
use explore::{claims, relax, replay};
use hunt::Hunt;
use litmus::LitmusConfig;
use lockstep_runner::{Local, quiet_panics_of_subjects};
use std::path::Path;
use std::process::ExitCode;
use workshop::{Utrace, Workspace, listing as listing_of};

/// What is said without a command where there is nothing that can only be meant.
const ELSEWHERE: &str = "\
Nothing was compared: this is not the repository of Lockstep, whose own designs 'lockstep' compares.

A module of your own, and patches to it as a folder, an mbox or revisions A..B:
  lockstep series check --base FILE --series PATCHES    which patch changes behaviour, and how
  lockstep gate --base FILE --series PATCHES            fails on what nobody accepted
  lockstep explore --base FILE --series PATCHES         all that each step can show
  lockstep mutate --base FILE                           would the scenarios notice a bug?

  lockstep compare --scenario S7                        a question about the designs, from anywhere
  lockstep litmus FILE...                               litmus tests in herd's C format
  lockstep --help                                       all commands and options
";

fn main() -> ExitCode {
    quiet_panics_of_subjects();
    let (arguments, given) = match command_line::read() {
        Ok(parsed) => parsed,
        Err(error) => {
            // Help and version are no errors; they go to standard output.
            let status = if error.use_stderr() { Status::Usage } else { Status::Fine };
            return status.and(written(error.print())).into();
        }
    };
    let status = std::panic::catch_unwind(|| carry_out(&arguments, &given)).unwrap_or_else(|_| {
        Err(Trouble::Internal("this is a fault of lockstep itself, not of what it ran".to_owned()))
    });
    status.unwrap_or_else(|trouble| trouble.say()).into()
}

fn carry_out(arguments: &Arguments, given: &GivenOptions) -> Result<Status, Trouble> {
    let options = &arguments.options();
    // To b4 whatever a checker says on standard error is a failure.
    session::set_verbosity(arguments.general.quiet || options.format == Format::B4, arguments.general.verbose);
    let is_matrix = arguments.command.is_none();
    let makes_reports =
        matches!(arguments.command, None | Some(Command::Compare { .. } | Command::Gate(_) | Command::Report(_)));
    if options.format.is_report() && !makes_reports {
        let message = "this form is for 'compare', 'gate' and 'report': leave --format out, or say --format json";
        return Err(Trouble::usage(message));
    }
    if let Some(path) = arguments.command.as_ref().and_then(kept_in) {
        files::check_place(path)?;
    }
    let selection = match &arguments.command {
        None if !Workspace::is_here() && !given.names_designs() => return Ok(print(ELSEWHERE)),
        Some(Command::List(_)) => return Ok(print(&listing::list(options.format))),
        Some(Command::Claims { claims, explain, .. }) => {
            session::start(options.time);
            return Ok(show(claims::command(claims, *explain, options)?));
        }
        Some(Command::Merge { directories, into, corpus }) => {
            return Ok(print(&hunt::merge(directories, into, corpus)?));
        }
        Some(Command::Report(arguments)) => return Ok(print(&report::command(arguments, options.format)?)),
        Some(Command::Gate(arguments)) => {
            let judged = gate::gate(arguments, options, given)?;
            let text = match options.format {
                Format::Human => gate::human(&judged),
                format => report::of_document(&judged.document, format)?,
            };
            return Ok(print(&text).and(judged.status).and(keep(arguments.save.as_deref(), &judged.document)));
        }
        Some(Command::Accept(arguments)) => return Ok(print(&gate::accept(arguments, options, given)?)),
        Some(Command::Completions { shell }) => return Ok(print(&manual::completions(*shell))),
        Some(Command::Man { command }) => return Ok(print(&manual::page(command.as_deref())?)),
        Some(command) if command.series().is_some() => {
            session::start(options.time);
            return of_series(command, options);
        }
        Some(Command::Replay { .. } | Command::Minimize { .. }) => select_variants_only(options)?,
        Some(Command::Audit { input, observe, .. }) => return Ok(print(&audit::command(input, *observe, options)?)),
        Some(Command::Mutate { input, .. }) => {
            session::start(options.time);
            return mutate::command(input, options).map(show);
        }
        Some(Command::Series { command }) => {
            session::start(options.time);
            return series::command(command, options).map(show);
        }
        _ => select(options, is_matrix)?,
    };
    let compares = matches!(arguments.command, None | Some(Command::Compare { .. } | Command::Hunt(_)));
    if compares && selection.variants.len() < 2 {
        let message = "there is nothing to compare one variant with: name two or more, or use 'lockstep run'";
        return Err(Trouble::usage(message));
    }
    session::start(options.time);
    match &arguments.command {
        Some(Command::Hunt(arguments)) => Ok(show(hunt::hunt(&selection, &Hunt::new(arguments, options))?)),
        Some(Command::Corpus { command, corpus }) => {
            corpus_command(command, corpus, &selection, options.exhaustive_max).map(show)
        }
        Some(Command::Run { .. }) => {
            let (names, settings, mut bench) = (selection.names(), selection.settings(), Local::new(&Utrace));
            let listed = listing_of(&mut bench)?;
            Ok(print(&replay::run_one(&mut bench, &listed, names, &settings, options.seed)?))
        }
        Some(Command::Replay { token, trace, .. }) => {
            Ok(print(&replay::replay(&selection, token, *trace, !options.variants.is_empty())?))
        }
        Some(Command::Minimize { token, .. }) => Ok(print(&replay::minimize(&selection, token)?)),
        Some(Command::Litmus { files, .. }) => {
            let config = LitmusConfig {
                memory: selection.memory,
                jobs: compare::jobs(options),
                executions: options.executions,
                seed: options.seed,
                time: options.time,
                control: &session::CONTROL,
            };
            Ok(litmus::command(files, &config, print))
        }
        Some(Command::Explore { check: Some(path), renew, .. }) => Ok(show(relax::check(path, *renew, options)?)),
        Some(Command::Explore { relax: true, .. }) => Ok(show(relax::command(&selection, options))),
        Some(Command::Explore { exhaustive, .. }) => {
            let (names, settings, mut bench) = (selection.names(), selection.settings(), Local::new(&Utrace));
            let listed = listing_of(&mut bench)?;
            explore::command(&mut bench, &listed, &names, &settings, options, *exhaustive).map(show)
        }
        Some(Command::Compare { save, base_commit, .. }) => {
            let outcomes = compare_designs(&selection, options)?;
            let document = compare::document::document(&selection, &outcomes);
            compared(document, &outcomes, (save.as_deref(), base_commit.as_ref()), options)
        }
        None => {
            let outcomes = compare_designs(&selection, options)?;
            let text = match options.format {
                Format::Human => compare::matrix::matrix(&selection, &outcomes),
                format => report::of_document(&compare::document::document(&selection, &outcomes), format)?,
            };
            Ok(print(&text).and(judge(&outcomes)))
        }
        Some(_) => unreachable!("done above"),
    }
}

/// Prints what a command that judges has to say.
fn show((text, status): (String, Status)) -> Status {
    print(&text).and(status)
}

fn compare_designs(selection: &Selection, options: &Options) -> Result<Outcomes, Trouble> {
    compare_all(&mut Local::new(&Utrace), &selection.names(), &selection.settings(), options)
}

/// Shows a comparison and keeps it.
fn compared(
    mut document: Document,
    outcomes: &Outcomes,
    (save, base_commit): (Option<&Path>, Option<&String>),
    options: &Options,
) -> Result<Status, Trouble> {
    document.base_commit = base_commit.cloned().or(document.base_commit);
    let text = match options.format {
        Format::Human => details(outcomes, &document.causes),
        format => report::of_document(&document, format)?,
    };
    Ok(print(&text).and(judge(outcomes)).and(keep(save, &document)))
}

/// The file in which a command keeps its comparison, if that is asked for.
fn kept_in(command: &Command) -> Option<&Path> {
    match command {
        Command::Compare { save, .. } => save.as_deref(),
        Command::Gate(arguments) => arguments.save.as_deref(),
        _ => None,
    }
}

/// Keeps a comparison. What was printed of it stands, whatever becomes of the file.
fn keep(save: Option<&Path>, document: &Document) -> Status {
    match save.map(|path| files::save(path, &document::text(document))) {
        Some(Err(error)) => Trouble::from(error).say(),
        Some(Ok(())) | None => Status::Fine,
    }
}

/// Carries out a command that is about a series of one's own.
fn of_series(command: &Command, options: &Options) -> Result<Status, Trouble> {
    let input = command.series().expect("the command names one");
    if let Command::Compare { save, base_commit, .. } = command {
        let (document, outcomes) = series::document(input, std::slice::from_ref(options))?;
        return compared(document, &outcomes, (save.as_deref(), base_commit.as_ref()), options);
    }
    if let Command::Explore { relax: true, .. } = command {
        let message = "--relax is about the designs of this repository: leave it out, or leave --base and --series out";
        return Err(Trouble::usage(message));
    }
    let bench = &mut series::bench(input, options)?;
    let listed = &listing_of(bench)?;
    Ok(match command {
        Command::Replay { token, trace, .. } => print(&replay::replay_steps(bench, listed, token, *trace, options)?),
        Command::Minimize { token, .. } => print(&replay::minimize_steps(bench, listed, token, options)?),
        Command::Run { .. } => {
            let (steps, settings) = series::selected(listed, options)?;
            print(&replay::run_one(bench, listed, steps, &settings, options.seed)?)
        }
        Command::Explore { exhaustive, .. } => {
            let (steps, settings) = series::selected(listed, options)?;
            show(explore::command(bench, listed, &steps, &settings, options, *exhaustive)?)
        }
        _ => unreachable!("no other command names a series so"),
    })
}

fn corpus_command(
    command: &CorpusCommand,
    directory: &Path,
    selection: &Selection,
    exhaustive_max: u64,
) -> Result<(String, Status), Trouble> {
    match command {
        CorpusCommand::List => Ok(hunt::corpus::list(directory)?),
        CorpusCommand::Add { .. } => Ok((hunt::corpus::add(directory, selection, exhaustive_max)?, Status::Fine)),
        CorpusCommand::Replay => {
            let replayed = hunt::corpus::replay(directory, true)?;
            Ok((replayed.text, if replayed.changed == 0 { Status::Fine } else { Status::Unaccepted }))
        }
        CorpusCommand::Prune { check, .. } => Ok(hunt::corpus::prune(directory, *check, exhaustive_max)?),
    }
}
