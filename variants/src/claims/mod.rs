//! The claims of the thread, each as a statement that exploration can decide.
//!
//! Promise: a claim says when and by whom it was made, what it says in our words, and exactly what
//! is checked for it: that no execution shows something, that some execution does, or how the
//! outcome sets of two variants compare. A verdict holds for one variant, one memory model and the
//! scenarios the claim names, and carries its evidence; a refutation carries a witness.
//!
//! Limits: what a claim says of every situation is decided on the scenarios named and no others.
//! Deviation: where a sentence of a mail can be read in two ways, the reading that is checked
//! stands beside it, and the other in the file of the claim.
//!
//! One file a kind of claim: what the tracee reads (`reads_of_stopped`), what it may do before it
//! has the lock (`held`), who excludes whom (`exclusion`), and what a patch changes for a client
//! (`designs`).

mod baseline;
mod claim;
mod compared;
mod decide;
mod decision;
mod dependence;
mod designs;
mod exclusion;
mod explain;
mod files;
mod held;
mod laboratory;
#[cfg(test)]
mod mutants;
mod orderings;
mod reads_of_stopped;
mod recheck;
mod sets;
mod subject;
mod table;
mod text;

pub use baseline::{ANOTHER, Baseline, baseline};
pub use claim::{Asked, Claim, How};
pub use compared::{compare_weakened, comparing_claims};
pub use decide::decide;
pub use decision::{Absent, Decision, Verdict, Witness};
pub use dependence::{Coverage, Dependence, Effects, Searched, Shown, Together, depends, glance, search};
pub use explain::{Explanation, explain};
pub use laboratory::Laboratory;
pub use orderings::{OrderingSite, ordering_sites, what_is_done};
pub use recheck::{Recheck, recheck};
pub use subject::{About, TokenSubject};
pub use table::{evidence_word, table_lines};
pub use text::{claim_lines, decided_lines, decision_lines, token};

/// All claims, in the order of their numbers.
pub fn claims() -> Vec<&'static Claim> {
    let groups = [reads_of_stopped::CLAIMS, held::CLAIMS, exclusion::CLAIMS, designs::CLAIMS];
    let mut claims: Vec<&'static Claim> = groups.iter().flat_map(|group| group.iter()).collect();
    claims.sort_by_key(|claim| claim.number());
    claims
}
