//! Variants, ready to run.

use crate::explore::Program;

/// One implementation, ready to run a scenario.
#[derive(Clone, Copy, Debug)]
pub struct Variant<'a> {
    /// Its name.
    pub name: &'a str,
    /// What it runs.
    pub program: Program<'a>,
}
