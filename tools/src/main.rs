//! `lockstep`: the command line of Lockstep. All input and output of the project is here.
//!
//! A command is a function from the selection to text; this file parses, dispatches and turns what happened into an exit status.

mod arguments;
mod audit;
mod claiming;
mod comparing;
mod conditions;
mod costs;
mod counted;
mod declared;
mod diagnostic;
mod document;
mod execution;
mod exploring;
mod gate;
mod given;
mod ledger;
mod files;
mod fold;
mod hunt;
mod listing;
mod litmus;
mod manual;
mod matrix;
mod module;
mod mutate;
mod outside;
mod patch;
mod recorded;
mod rust;
mod relaxing;
mod report;
mod saving;
mod selection;
mod series;
mod session;
mod shard;
mod shown;
mod status;
mod witness;
mod steps;
mod trouble;
mod watch;
mod workshop;

use arguments::{Arguments, Command, CorpusCommand, Format};
use clap::FromArgMatches;
use clap::parser::ValueSource;
use comparing::{Outcomes, compare_all};
use given::Given;
use hunt::Hunt;
use litmus::LitmusConfig;
use lockstep::render;
use selection::{Selection, select, select_variants_only};
use status::Status;
use std::io::Write;
use std::path::Path;
use std::process::ExitCode;
use utrace_variants::{Words, heading, with_programs};

fn main() -> ExitCode {
    quiet_panics_of_subjects();
    let (arguments, given) = match parse() {
        Ok(parsed) => parsed,
        Err(error) => {
            let error = hinted(error);
            // Help and version are no errors; they go to standard output.
            let status = if error.use_stderr() { Status::Usage } else { Status::Fine };
            return status.and(written(error.print())).into();
        }
    };
    let status = std::panic::catch_unwind(|| carry_out(&arguments, &given)).unwrap_or_else(|_| {
        session::say("this is a fault of lockstep itself, not of what it ran");
        Status::Internal
    });
    status.into()
}

/// Adds to what is wrong with the arguments where it comes from, or how the same is said.
fn hinted(mut error: clap::Error) -> clap::Error {
    use clap::error::{ContextKind, ContextValue};
    let text = |kind| match error.get(kind) {
        Some(ContextValue::String(text)) => text.clone(),
        _ => String::new(),
    };
    let argument = text(ContextKind::InvalidArg);
    let hint = if error.kind() == clap::error::ErrorKind::UnknownArgument {
        let scenario = selection::find_scenario(&argument);
        scenario.ok().map(|scenario| format!("a scenario is named with '--scenario {}'", scenario.id))
    } else {
        let option = argument.trim_start_matches('-').split_whitespace().next().unwrap_or_default();
        let mirror = format!("LOCKSTEP_{}", option.replace('-', "_").to_uppercase());
        let value = text(ContextKind::InvalidValue);
        let is_there = !value.is_empty() && std::env::var(&mirror).is_ok_and(|there| there == value);
        is_there.then(|| format!("the value comes from the environment, where {mirror} is set"))
    };
    if let Some(hint) = hint {
        error.insert(ContextKind::Suggested, ContextValue::StyledStrs(vec![hint.into()]));
    }
    error
}

/// Reads the command line. Options that would be ignored are refused.
fn parse() -> Result<(Arguments, Given), clap::Error> {
    let mut command = arguments::definition();
    let matches = command.clone().try_get_matches()?;
    let arguments = Arguments::from_arg_matches(&matches)?;
    let given = matches.subcommand().map_or(&matches, |(_, given)| given);
    let names = Given::of(given);
    let is_given = |option: &&&str| given.value_source(option) == Some(ValueSource::CommandLine);
    let name = matches.subcommand_name().unwrap_or_default();
    for (option, names) in [("scenario", &arguments.options.scenario), ("variants", &arguments.options.variants)] {
        if names.iter().any(|name| name.trim().is_empty()) {
            let message = format!("--{option} names one that is empty: leave the option out, or name what is meant");
            return Err(command.error(clap::error::ErrorKind::InvalidValue, message));
        }
    }
    match arguments.irrelevant(name).iter().find(is_given) {
        None => Ok((arguments, names)),
        Some(option) => {
            let option = option.replace('_', "-");
            let message = format!("--{option} means nothing to '{name}': leave it out");
            Err(command.error(clap::error::ErrorKind::ArgumentConflict, message))
        }
    }
}

/// A panic of a subject is an outcome, not news: only panics of Lockstep itself are printed.
fn quiet_panics_of_subjects() {
    let usual = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        if !lockstep::is_simulated() {
            usual(info);
        }
    }));
}

fn carry_out(arguments: &Arguments, given: &Given) -> Status {
    let options = &arguments.options;
    session::set_verbosity(options.quiet, options.verbose);
    let is_matrix = arguments.command.is_none();
    let makes_reports =
        matches!(arguments.command, None | Some(Command::Compare { .. } | Command::Gate(_) | Command::Report(_)));
    if options.format.is_report() && !makes_reports {
        return usage("this form is for 'compare', 'gate' and 'report': leave --format out, or say --format json");
    }
    let wanted = match &arguments.command {
        Some(Command::List) => return print(&listing::list(options.format)),
        Some(Command::Claims { claims, explain }) => {
            session::start(options.time);
            return match claiming::command(claims, *explain, options) {
                Ok((text, status)) => print(&text).and(status),
                Err(message) => usage(&message),
            };
        }
        Some(Command::Merge { directories, into, corpus }) => {
            return finish(hunt::merge(directories, into, corpus).map(|text| (text, Status::Fine)));
        }
        Some(Command::Report(arguments)) => return show(report::command(arguments, options.format)),
        Some(Command::Gate(arguments)) => {
            return match gate::gate(arguments, options, given) {
                Ok(judged) => {
                    let text = match options.format {
                        Format::Human => Ok(gate::human(&judged)),
                        format => report::of_document(&judged.document, format),
                    };
                    show(text).and(judged.status)
                }
                Err(trouble) => trouble.say(),
            };
        }
        Some(Command::Accept(arguments)) => {
            return gate::accept(arguments, options, given).map_or_else(|trouble| trouble.say(), |text| print(&text));
        }
        Some(Command::Completions { shell }) => return show(Ok(manual::completions(*shell))),
        Some(Command::Man { command }) => return show(manual::page(command.as_deref())),
        Some(Command::Replay { token, trace, input }) if input.base.is_some() => {
            session::start(options.time);
            return series::replay_command(token, *trace, input, options, print);
        }
        Some(Command::Replay { .. } | Command::Minimize { .. }) => select_variants_only(options),
        Some(Command::Audit { input, observe }) => return audit::command(input, *observe, options, print),
        Some(Command::Mutate { input }) => {
            session::start(options.time);
            return mutate::command(input, options, print);
        }
        Some(Command::Series { command }) => {
            session::start(options.time);
            return series::command(command, options, print);
        }
        _ => select(options, is_matrix),
    };
    let selection = match wanted {
        Ok(selection) => selection,
        Err(message) => return usage(&message),
    };
    let compares = matches!(arguments.command, None | Some(Command::Compare { .. } | Command::Hunt(_)));
    if compares && selection.variants.len() < 2 {
        return usage("there is nothing to compare one variant with: name two or more, or use 'lockstep run'");
    }
    session::start(options.time);
    let text = match &arguments.command {
        Some(Command::Hunt(arguments)) => return finish(hunt::hunt(&selection, &Hunt::new(arguments, options))),
        Some(Command::Corpus { command, corpus }) => {
            return finish(corpus_command(command, corpus, &selection, options.exhaustive_max));
        }
        Some(Command::Run) => execution::run_one(&selection, options.seed),
        Some(Command::Replay { token, trace, .. }) => {
            execution::replay(&selection, token, *trace, !options.variants.is_empty())
        }
        Some(Command::Minimize { token }) => execution::minimize(&selection, token),
        Some(Command::Litmus { files }) => {
            let config = LitmusConfig {
                memory: selection.memory,
                jobs: comparing::jobs(options),
                executions: options.executions,
                seed: options.seed,
                time: options.time,
                control: &session::CONTROL,
            };
            return litmus::command(files, &config, print);
        }
        Some(Command::Explore { check: Some(path), renew, .. }) => {
            return finish(relaxing::check(path, *renew, options));
        }
        Some(Command::Explore { exhaustive, relax, .. }) => {
            let (text, status) = match relax {
                true => relaxing::command(&selection, options),
                false => exploring::command(&selection, options, *exhaustive),
            };
            return print(&text).and(status);
        }
        Some(Command::Compare { save, base_commit }) => {
            let outcomes = compare_all(&selection, options);
            let mut document = saving::document(&selection, &outcomes);
            document.base_commit.clone_from(base_commit);
            if let Some(Err(message)) = save.as_ref().map(|path| files::save(path, &document::text(&document))) {
                return usage(&message);
            }
            let text = match options.format {
                Format::Human => Ok(details(&selection, &outcomes)),
                format => report::of_document(&document, format),
            };
            return show(text).and(judge(&outcomes));
        }
        None => {
            let outcomes = compare_all(&selection, options);
            let text = match options.format {
                Format::Human => Ok(matrix::matrix(&selection, &outcomes)),
                format => report::of_document(&saving::document(&selection, &outcomes), format),
            };
            return show(text).and(judge(&outcomes));
        }
        Some(_) => unreachable!("done above"),
    };
    show(text)
}

/// Prints the result, or says why there is none.
fn show(text: Result<String, String>) -> Status {
    match text {
        Ok(text) => print(&text),
        Err(message) => usage(&message),
    }
}

/// Prints what a command that judges has to say.
fn finish(result: Result<(String, Status), String>) -> Status {
    match result {
        Ok((text, status)) => print(&text).and(status),
        Err(message) => usage(&message),
    }
}

fn corpus_command(
    command: &CorpusCommand,
    directory: &Path,
    selection: &Selection,
    exhaustive_max: u64,
) -> Result<(String, Status), String> {
    match command {
        CorpusCommand::List => Ok((hunt::corpus::list(directory)?, Status::Fine)),
        CorpusCommand::Add => Ok((hunt::corpus::add(directory, selection, exhaustive_max)?, Status::Fine)),
        CorpusCommand::Replay => {
            let replayed = hunt::corpus::replay(directory, true)?;
            Ok((replayed.text, if replayed.changed == 0 { Status::Fine } else { Status::Unaccepted }))
        }
        CorpusCommand::Prune { check } => hunt::corpus::prune(directory, *check, exhaustive_max),
    }
}

fn usage(message: &str) -> Status {
    session::say(message);
    Status::Usage
}

/// Writes the result.
fn print(text: &str) -> Status {
    let mut output = anstream::stdout();
    written(output.write_all(text.as_bytes()).and_then(|()| output.flush()))
}

/// What became of the result. A reader that went away, as `head` does, is no error; that there is no room where the caller wants it is the
/// caller's to mend.
fn written(result: std::io::Result<()>) -> Status {
    match result {
        Ok(()) => Status::Fine,
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Status::Fine,
        Err(error) => usage(&format!("the result could not be written to standard output: {error}")),
    }
}

/// Each comparison as the snapshots show it.
fn details(selection: &Selection, outcomes: &Outcomes) -> String {
    let mut parts = Vec::new();
    for compared in &outcomes.compared {
        let goals: Vec<&str> = compared.scenario.goal_names().collect();
        let program = compared.scenario.program_lines();
        let heading = heading(compared.scenario, compared.repairs, selection.memory, &goals, &program);
        let text = with_programs(&selection.variants, compared.repairs, compared.scenario, |programs| {
            render(&heading, programs, &compared.comparison, &Words)
        });
        parts.push(text);
    }
    parts.join("\n")
}

/// What the run was worth, said on standard error where it is less than asked.
fn judge(outcomes: &Outcomes) -> Status {
    let mut status = Status::Fine;
    if outcomes.cut_short {
        session::say_cut_short();
        status = status.and(Status::Budget);
    }
    if let Some(mismatch) = &outcomes.nondeterminism {
        session::say(&format!("nondeterminism: {mismatch}"));
        status = status.and(Status::Nondeterminism);
    }
    for compared in &outcomes.compared {
        if let Some(unshared) = compared.comparison.unshared {
            session::say(&format!("{}: nothing was explored: {unshared}", compared.scenario.id));
            status = status.and(Status::Nothing);
        }
    }
    let executions: u64 = outcomes.compared.iter().map(|compared| compared.comparison.executions()).sum();
    if executions == 0 {
        session::say_nothing_explored();
        status = status.and(Status::Nothing);
    }
    status
}
