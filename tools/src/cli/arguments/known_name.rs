//! Names that completions offer: of memory models, scenarios, variants and claims.

use clap::builder::{PossibleValue, StringValueParser, TypedValueParser};
use lockstep::MemoryModel;
use std::ffi::OsStr;
use utrace_variants::claims::claims;
use utrace_variants::{scenarios, variants};

/// Which names completions offer, and help shows unless it hides them. Any text is read: what uses
/// it says which name is the nearest to one that does not exist, and a subject of one's own has
/// others.
#[derive(Clone, Copy, Debug)]
pub enum KnownName {
    /// Of a memory model.
    Model,
    /// That, or the word for all of them.
    ModelOrAll,
    /// Of a scenario.
    Scenario,
    /// Of a variant.
    Variant,
    /// Of a claim.
    Claim,
}

impl KnownName {
    fn names(self) -> Vec<String> {
        let models = || MemoryModel::ALL.into_iter().map(|model| model.name().to_owned());
        match self {
            KnownName::Model => models().collect(),
            KnownName::ModelOrAll => models().chain(["all".to_owned()]).collect(),
            KnownName::Scenario => scenarios().iter().map(|scenario| scenario.id.to_string()).collect(),
            KnownName::Variant => variants().iter().map(|variant| variant.name.to_owned()).collect(),
            KnownName::Claim => claims().into_iter().map(|claim| claim.id.to_owned()).collect(),
        }
    }
}

impl TypedValueParser for KnownName {
    type Value = String;

    fn parse_ref(
        &self,
        command: &clap::Command,
        option: Option<&clap::Arg>,
        value: &OsStr,
    ) -> Result<String, clap::Error> {
        StringValueParser::new().parse_ref(command, option, value)
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        Some(Box::new(self.names().into_iter().map(PossibleValue::new)))
    }
}
