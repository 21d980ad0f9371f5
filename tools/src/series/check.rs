//! The steps of a series, built and compared: which patch brings and which removes what a client
//! can see.

use crate::cli::arguments::{Options, RepairsArgument};
use crate::cli::selection::memory_model;
use crate::cli::trouble::Trouble;
use crate::compare::{Outcomes, compare_all};
use crate::source::steps::Step;
use crate::workshop::{listing, select_listed};
use lockstep_runner::Bench;
use lockstep_runner::protocol::{Listing, Setting};

/// A series that was run.
#[derive(Clone, Debug)]
pub struct Checked {
    pub steps: Vec<Step>,
    pub outcomes: Outcomes,
}

impl Checked {
    /// Whether every execution stands for each comparison that says anything.
    pub fn is_exhaustive(&self) -> bool {
        self.outcomes.parts().all(|part| part.gap().is_some() || part.is_exhaustive())
    }

    /// How many comparisons say anything.
    pub fn explored(&self) -> usize {
        self.outcomes.parts().filter(|part| part.gap().is_none()).count()
    }
}

/// Where the options say that the variants of a subject run.
pub fn settings(listing: &Listing, options: &Options) -> Result<Vec<Setting>, Trouble> {
    let memory = memory_model(&options.memory)?;
    let both = match options.repairs.unwrap_or(RepairsArgument::None) {
        RepairsArgument::None => &[false][..],
        RepairsArgument::All => &[true],
        RepairsArgument::Both => &[false, true],
    };
    let settings =
        |scenario: String| both.iter().map(move |&repaired| Setting { scenario: scenario.clone(), repaired, memory });
    Ok(select_listed(listing, &options.scenario)?.into_iter().flat_map(settings).collect())
}

/// Compares the steps on the scenarios that the options select.
pub fn check(bench: &mut dyn Bench, steps: Vec<Step>, options: &Options) -> Result<Checked, Trouble> {
    let listing = listing(bench)?;
    let outcomes = compare_all(bench, &listing.variants, &settings(&listing, options)?, options)?;
    Ok(Checked { steps, outcomes })
}
