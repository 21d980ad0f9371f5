//! Completions for shells, and manual pages: both are made of the definition of the command line.

use crate::cli::arguments::definition;
use crate::cli::trouble::Trouble;
use crate::cli::value_error::ValueError;
use clap_complete::Shell;
use clap_mangen::Man;

/// Completions for a shell.
pub fn completions(shell: Shell) -> String {
    let mut text = Vec::new();
    clap_complete::generate(shell, &mut definition(), "lockstep", &mut text);
    String::from_utf8_lossy(&text).into_owned()
}

/// The manual page of the program, or of one command.
pub fn page(command: Option<&str>) -> Result<String, Trouble> {
    let whole = definition();
    let shown = match command {
        None => whole,
        Some(name) => {
            let found = whole.find_subcommand(name).cloned();
            let known = whole.get_subcommands().map(clap::Command::get_name);
            found.ok_or_else(|| ValueError::unknown("command", name, known))?
        }
    };
    let mut text = Vec::new();
    Man::new(shown)
        .render(&mut text)
        .map_err(|error| Trouble::Internal(format!("the page could not be made: {error}")))?;
    Ok(String::from_utf8_lossy(&text).into_owned())
}
