//! Which options the user gave, on the command line or in the environment, so that a configuration
//! does not override them.

use clap::ArgMatches;
use clap::parser::ValueSource;
use std::collections::BTreeSet;

/// Names of the options given.
#[derive(Clone, Debug, Default)]
pub struct GivenOptions(BTreeSet<String>);

impl GivenOptions {
    /// Reads them off what was parsed.
    pub fn of(matches: &ArgMatches) -> GivenOptions {
        let is_given = |name: &str| {
            matches!(matches.value_source(name), Some(ValueSource::CommandLine | ValueSource::EnvVariable))
        };
        GivenOptions(matches.ids().map(|id| id.as_str()).filter(|name| is_given(name)).map(str::to_owned).collect())
    }

    /// Whether the designs that Lockstep ships are named by what only they have.
    pub fn names_designs(&self) -> bool {
        ["scenario", "variants", "repairs"].iter().any(|name| self.has(name))
    }

    /// Whether this one was given.
    pub fn has(&self, name: &str) -> bool {
        self.0.contains(name)
    }
}
