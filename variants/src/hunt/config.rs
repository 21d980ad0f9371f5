//! What a hunt is for, and how much it does.

use crate::{Repairs, VariantInfo};
use lockstep::{Control, MemoryModel};

/// What is hunted in, and how much is done for each scenario.
#[derive(Clone, Copy, Debug)]
pub struct HuntConfig<'a> {
    /// The variants, in order of their series: each is compared with the next.
    pub variants: &'a [&'static VariantInfo],
    /// Repairs in all of them.
    pub repairs: Repairs,
    /// The memory model.
    pub memory: MemoryModel,
    /// Random schedules of the first look.
    pub schedules: u64,
    /// Runs of an exhaustive search before it is given up.
    pub exhaustive_max: u64,
    /// Every variant runs every schedule twice and is compared with itself.
    pub soaks: bool,
    /// To cancel from outside.
    pub control: Option<&'a Control>,
}
