//! The table `[gate]` of a configuration, as it is written.

use crate::cli::diagnostic::Diagnostic;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::fmt::Display;
use std::ops::Range;
use toml::Spanned;

/// The table `[gate]`.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Section {
    pub base: Option<Spanned<String>>,
    pub series: Option<Spanned<String>>,
    pub subject: Option<Spanned<String>>,
    pub scenarios: Option<Vec<Spanned<String>>>,
    pub variants: Option<Vec<Spanned<String>>>,
    pub repairs: Option<Spanned<String>>,
    pub memory: Option<Vec<Spanned<String>>>,
    pub required: Option<Spanned<String>>,
    pub required_under: Option<BTreeMap<Spanned<String>, Spanned<String>>>,
    pub required_of: Option<BTreeMap<Spanned<String>, Spanned<String>>>,
    pub fail_on: Option<Vec<Spanned<String>>>,
    pub snapshots: Option<Spanned<String>>,
    pub ledger: Option<Spanned<String>>,
    pub executions: Option<u64>,
    pub exhaustive_max: Option<u64>,
    pub preemptions: Option<u32>,
    pub enumerated: Option<u64>,
    pub seed: Option<u64>,
    pub jobs: Option<u16>,
    pub time: Option<Spanned<String>>,
}

/// What is wrong at a place of the file.
pub type Wrong<'a> = dyn Fn(Range<usize>, &dyn Display) -> Diagnostic + 'a;
