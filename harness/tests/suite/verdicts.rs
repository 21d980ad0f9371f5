//! What a comparison says of a pair of variants, and when it says nothing.

use crate::common;
use lockstep::probe::observe;
use lockstep::{CompareConfig, Comparison, Variant, Verdict, compare};

/// Two programs that differ, compared.
fn compared(config: &CompareConfig<'_>) -> Comparison {
    let (one, other) = (|| observe(1_u64), || observe(2_u64));
    let variants = [
        Variant { name: "one", program: common::program(&one) },
        Variant { name: "other", program: common::program(&other) },
    ];
    compare(&variants, config)
}

#[test]
fn what_was_not_explored_has_no_verdict() {
    let nothing = CompareConfig { exhaustive_max: 0, enumerated_max: 0, sampled: 0, ..CompareConfig::default() };
    let comparison = compared(&nothing);
    assert!(comparison.evidence().is_nothing() && !comparison.cancelled);
    assert_eq!((comparison.pairs.as_slice(), comparison.divergences.as_slice()), (&[][..], &[][..]));
    for some in [
        CompareConfig { exhaustive_max: 1, ..nothing },
        CompareConfig { enumerated_max: 1, ..nothing },
        CompareConfig { sampled: 1, ..nothing },
    ] {
        assert_eq!(compared(&some).pairs[0].verdict, Verdict::Incomparable);
    }
}
