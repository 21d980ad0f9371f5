//! What a subject is to the port.

use crate::protocol::Situation;
use lockstep::Describe;

/// Variants that run on scenarios.
///
/// Variants and scenarios go by number here and by name in messages. The numbers are those of the
/// lists, so both lists are always the same.
pub trait Subject: Sync {
    /// Its name in tokens, and what it is with all repairs made; nothing, if it knows none.
    fn name(&self, repaired: bool) -> Option<String>;

    /// The repairs that it knows.
    fn repairs(&self) -> Vec<String>;

    /// The variants, in the order of the series.
    fn variants(&self) -> Vec<String>;

    /// The scenarios.
    fn scenarios(&self) -> Vec<Situation>;

    /// Makes the world of a scenario and runs the variant in it, as the main thread of an
    /// execution.
    fn run(&self, variant: usize, scenario: usize, repaired: bool);

    /// From now on this mutant runs on the calling OS thread; 0 is the unbroken code.
    fn activate(&self, mutant: u32);

    /// What its words mean.
    fn words(&self) -> &dyn Describe;
}
