//! The name of a memory model, as help and completions show it.

use clap::builder::{PossibleValue, StringValueParser, TypedValueParser};
use lockstep::MemoryModel;
use std::ffi::OsStr;

/// Which names help shows. Any text is read: what uses it says which model is the nearest to one
/// that does not exist.
#[derive(Clone, Copy, Debug)]
pub enum ModelName {
    /// The name of a model.
    One,
    /// That, or the word for all of them.
    OneOrAll,
}

impl TypedValueParser for ModelName {
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
        let all = matches!(self, ModelName::OneOrAll).then_some("all");
        Some(Box::new(MemoryModel::ALL.into_iter().map(MemoryModel::name).chain(all).map(PossibleValue::new)))
    }
}
