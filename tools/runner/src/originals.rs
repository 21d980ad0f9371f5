//! What is known of unbroken variants, so that each is explored once and not once for each of its
//! mutants.

use lockstep::Exploration;
use std::collections::BTreeMap;

/// Variant, scenario, whether repaired, and how many executions an exhaustive search may take.
pub(crate) type Key = (usize, usize, bool, u64);

/// Explorations of unbroken variants.
#[derive(Debug, Default)]
pub(crate) struct Originals {
    pub(crate) known: BTreeMap<Key, Exploration>,
}
