//! The mirrors of options in the environment.

use clap::builder::{BoolishValueParser, Resettable};
use clap::{Arg, ArgAction, Command};

/// Every option that has a name has a mirror, which follows from it. Flags are read as people write
/// them there: `1`, `true`, `yes`.
pub fn with_mirrors(command: Command) -> Command {
    let mirrored = |option: Arg| {
        let option = match option.get_action() {
            ArgAction::SetTrue => option.value_parser(BoolishValueParser::new()),
            ArgAction::Help | ArgAction::Version => return option,
            _ => option,
        };
        match option.get_long() {
            Some(name) if option.get_env().is_none() => {
                let mirror = format!("LOCKSTEP_{}", name.replace('-', "_").to_uppercase());
                option.env(mirror).hide_env(true)
            }
            _ => option,
        }
    };
    command.mut_args(mirrored).mut_subcommands(with_mirrors)
}

/// A variable of the environment that is empty is as one that is not set.
pub fn without_empty_mirrors(command: Command) -> Command {
    let is_empty = |name: &std::ffi::OsStr| std::env::var_os(name).is_some_and(|value| value.is_empty());
    let mirrored = |option: Arg| match option.get_env().is_some_and(is_empty) {
        true => option.env(Resettable::Reset),
        false => option,
    };
    command.mut_args(mirrored).mut_subcommands(without_empty_mirrors)
}

#[cfg(test)]
mod tests {
    use super::super::definition;

    #[test]
    fn every_option_has_the_mirror_that_its_name_says() {
        fn check(command: &clap::Command, count: &mut usize) {
            for option in command.get_arguments() {
                let Some(name) = option.get_long().filter(|name| !["help", "version"].contains(name)) else { continue };
                let mirror = format!("LOCKSTEP_{}", name.to_uppercase().replace('-', "_"));
                let found = option.get_env().and_then(std::ffi::OsStr::to_str);
                assert_eq!(found, Some(&*mirror), "--{name} of '{}'", command.get_name());
                *count += 1;
            }
            command.get_subcommands().for_each(|command| check(command, count));
        }
        let mut count = 0;
        check(&definition(), &mut count);
        assert!(count > 100, "{count} options were looked at");
    }
}
