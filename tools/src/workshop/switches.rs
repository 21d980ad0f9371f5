//! What [`super::utrace`] asks of the crate that it runs. In this process that is the crate as it
//! is; a generated package has a file of this name of its own.

use utrace_variants::VariantInfo;

/// The variants.
pub fn listed() -> &'static [VariantInfo] {
    utrace_variants::variants()
}

/// The crate as it is knows no mutants.
pub fn activate(mutant: u32) {
    debug_assert_eq!(mutant, 0, "a mutant runs in a package of its own");
}
