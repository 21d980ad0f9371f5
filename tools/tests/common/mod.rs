//! What the tests of the command line share.

use assert_cmd::Command;
use std::process::Output;

/// Runs the program with these arguments and nothing of the environment that mirrors them.
pub fn lockstep(arguments: &[&str]) -> Output {
    let mut command = Command::cargo_bin("lockstep").expect("the program is built");
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("LOCKSTEP_")) {
        command.env_remove(name);
    }
    command.args(arguments).output().expect("the program starts")
}
