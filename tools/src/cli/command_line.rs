//! The command line as it is read, and what is wrong with it.

use super::arguments::{self, Arguments};
use super::given_options::GivenOptions;
use super::selection::find_scenario;
use clap::builder::Resettable;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::parser::ValueSource;
use clap::{Arg, ArgMatches, Command, Error, FromArgMatches};

/// Reads the command line. Options that would be ignored are refused.
pub fn read() -> Result<(Arguments, GivenOptions), Error> {
    let definition = arguments::definition();
    let matches = matches(&definition).map_err(|error| explained(error, &definition))?;
    let arguments = Arguments::from_arg_matches(&matches)?;
    let options = arguments.options();
    let given = matches.subcommand().map_or(&matches, |(_, given)| given);
    for (option, names) in [("scenario", &options.scenario), ("variants", &options.variants)] {
        if names.iter().any(|name| name.trim().is_empty()) {
            let message = format!("--{option} names one that is empty: leave the option out, or name what is meant");
            return Err(definition.clone().error(ErrorKind::InvalidValue, message));
        }
    }
    match arguments.idle().iter().find(|option| is_written(given, option)) {
        None => Ok((arguments, GivenOptions::of(given))),
        Some(option) => {
            let name = matches.subcommand_name().unwrap_or_default();
            Err(means_nothing(&definition, &format!("--{}", option.replace('_', "-")), name))
        }
    }
}

/// What was given, on the command line or in the environment.
///
/// Without a command, `lockstep` takes options that not all commands take. In front of a command
/// nobody would look at them; so they are refused there, and their mirrors are not even read.
fn matches(definition: &Command) -> Result<ArgMatches, Error> {
    let unmirrored = |option: Arg| match option.is_global_set() {
        true => option,
        false => option.env(Resettable::Reset),
    };
    let matches = definition.clone().mut_args(unmirrored).try_get_matches()?;
    let Some(name) = matches.subcommand_name() else { return definition.clone().try_get_matches() };
    let mut in_front = definition.get_arguments().filter(|option| !option.is_global_set());
    match in_front.find(|option| is_written(&matches, option.get_id().as_str())).and_then(Arg::get_long) {
        None => Ok(matches),
        Some(option) => {
            let message = format!("--{option} is in front of '{name}': put it behind, if that takes it");
            Err(definition.clone().error(ErrorKind::ArgumentConflict, message))
        }
    }
}

/// Whether an option is on the command line.
fn is_written(matches: &ArgMatches, option: &str) -> bool {
    matches.value_source(option) == Some(ValueSource::CommandLine)
}

/// Adds to what is wrong with the arguments where it comes from, or how the same is said.
fn explained(mut error: Error, definition: &Command) -> Error {
    let text = |kind| match error.get(kind) {
        Some(ContextValue::String(text)) => text.clone(),
        _ => String::new(),
    };
    let argument = text(ContextKind::InvalidArg);
    let hint = if error.kind() == ErrorKind::UnknownArgument {
        if let Some(command) = stranger(definition, &argument) {
            return means_nothing(definition, &argument, &command);
        }
        let scenario = find_scenario(&argument);
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

/// The command that does not take an option which others do.
fn stranger(definition: &Command, argument: &str) -> Option<String> {
    let option = argument.strip_prefix("--").filter(|option| is_known(definition, option))?;
    // What clap says does not name the command.
    let matches = lenient(definition.clone()).try_get_matches().ok()?;
    let (mut command, mut matches, mut names) = (definition, &matches, Vec::new());
    while let Some((name, inner)) = matches.subcommand() {
        (command, matches) = (command.find_subcommand(name)?, inner);
        names.push(name);
    }
    // In front of its own commands it may stand too early, and then one of them takes it.
    let takes = command.has_subcommands() || command.get_arguments().any(|known| known.get_long() == Some(option));
    (!takes).then(|| names.join(" "))
}

/// The definition that reads of a wrong command line what it can.
fn lenient(command: Command) -> Command {
    command.ignore_errors(true).mut_subcommands(lenient)
}

/// Whether some command has the option of that name.
fn is_known(command: &Command, option: &str) -> bool {
    command.get_arguments().any(|known| known.get_long() == Some(option))
        || command.get_subcommands().any(|command| is_known(command, option))
}

fn means_nothing(definition: &Command, option: &str, command: &str) -> Error {
    definition
        .clone()
        .error(ErrorKind::ArgumentConflict, format!("{option} means nothing to '{command}': leave it out"))
}
