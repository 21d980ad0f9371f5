//! Every claim can fail: for each there is a design broken by hand, or a rule of the kernel taken
//! away, by which its verdict turns.
//!
//! Promise: what a claim of executions speaks of is shown by the mutant in the scenario named, and
//! not by the design that it was made from; a claim that compares variants gets the other verdict
//! when one of the two is replaced. Everything under sequential consistency and exhaustive, but for
//! C4 and C8: what they speak of no broken design shows there, for both are about what a processor
//! may reorder; the mutation is a scheduler that orders nothing, under the weak model.

use lockstep::{
    Abandon, CompareConfig, Exploration, ExploreConfig, MemoryModel, Outcome, Program, Strategy, Weakened, explore,
};

use super::claim::{Asked, Claim, LOCKED, LOCKLESS, REMOVED, Statement, against, alone};
use super::decision::Verdict;
use super::laboratory::{scenario_of, variant_of};
use super::subject::TokenSubject;
use super::{Laboratory, claims, decide};
use crate::mutants::{Mutant, Mutation};
use crate::scenarios::run::run_watched;
use crate::utrace::Design;

fn claim(id: &str) -> &'static Claim {
    claims().into_iter().find(|claim| claim.id == id).expect("the claim exists")
}

fn predicate(claim: &Claim) -> fn(&Outcome) -> bool {
    match claim.statement {
        Statement::Never(_, shows) | Statement::Sometimes(_, shows) => shows,
        _ => panic!("{} compares variants", claim.id),
    }
}

fn shows(claim: &Claim, exploration: &Exploration) -> bool {
    exploration.outcomes.iter().any(|seen| predicate(claim)(&seen.outcome))
}

/// What the claim speaks of is shown by the mutant and not by the original, in one of the scenarios
/// that decide it.
#[track_caller]
fn check(id: &str, mutation: Mutation, original: &'static str, scenario: &str) {
    let claim = claim(id);
    assert!(claim.scenarios.contains(&scenario), "{id} is not decided on {scenario}");
    let (inner, policy) = variant_of(original).design(crate::Repairs::NONE);
    let mutant = Mutant { inner, mutation };
    let explored = |design: &(dyn Design + Sync), executions: u64| {
        let body = || run_watched(design, policy, scenario_of(scenario), claim.watching());
        let program = Program { body: &body, abandon: Abandon::Unwind };
        let config = ExploreConfig { strategy: Strategy::Exhaustive, executions, ..ExploreConfig::default() };
        explore(&program, &config)
    };
    // What is broken shows soon.
    let (broken, whole) = (explored(&mutant, 5_000), explored(inner, 200_000));
    assert!(shows(claim, &broken), "{id} in {scenario}: {mutation:?} is not noticed");
    assert!(
        whole.evidence.is_exhaustive() && !shows(claim, &whole),
        "{id} in {scenario}: the design shows it as it is"
    );
}

/// The same with a scheduler that orders nothing, under the weak model.
#[track_caller]
fn check_scheduler(id: &str, variant: &str, scenario: &str) {
    let claim = claim(id);
    assert!(claim.scenarios.contains(&scenario), "{id} is not decided on {scenario}");
    let explored = |subject: TokenSubject| {
        subject.with_programs(&[variant_of(variant)], scenario_of(scenario), |programs| {
            let (strategy, memory) = (Strategy::Bounded { preemptions: 1 }, MemoryModel::Weak);
            let config = ExploreConfig { strategy, memory, executions: 4_000, ..ExploreConfig::default() };
            explore(&programs[0].program, &config)
        })
    };
    let weakened = Weakened { file: "kernel/sched.rs", at: None };
    assert!(shows(claim, &explored(TokenSubject::weakened(weakened))), "{id} in {scenario}: the barrier is not missed");
    assert!(!shows(claim, &explored(TokenSubject::AS_IT_IS)), "{id} in {scenario}: the design shows it as it is");
}

/// The verdict of a claim that compares variants, on these scenarios alone.
fn verdict(id: &str, scenarios: &'static [&'static str], asked: Asked) -> Verdict {
    // A claim lives as long as the program; a test's few may.
    let claim: &'static Claim = Box::leak(Box::new(Claim { scenarios, ..*claim(id) }));
    decide(claim, asked, &CompareConfig::default(), &mut Laboratory::default()).verdict
}

#[test]
fn claims_about_reads_of_stopped_can_fail() {
    check("C1", Mutation::ClearedAndNotWoken, LOCKLESS, "S3");
    check("C2", Mutation::WithoutFinishJctl, LOCKLESS, "S8e");
    check("C3", Mutation::ClearedBehindWakeup, LOCKLESS, "S2");
    check("C5", Mutation::ClearedBehindWakeup, LOCKLESS, "S2");
    check("C5b", Mutation::ClearedBehindWakeup, LOCKLESS, "S2");
    check("C6", Mutation::ClearedBehindWakeup, LOCKLESS, "S5");
    check("C7", Mutation::ClearedAndNotWoken, LOCKLESS, "S3");
    check("C17", Mutation::TakenOverInName, LOCKED, "S1");
}

#[test]
fn claims_about_what_a_killed_task_may_do_can_fail() {
    check("C10", Mutation::TakesAllForStopped, LOCKED, "S10c");
    check("C10b", Mutation::TakesAllForStopped, LOCKED, "S8f");
    check("C15", Mutation::TakesAllForStopped, LOCKED, "S8e");
    check("C15", Mutation::WithoutFinishJctl, REMOVED, "S8e");
    check("C20", Mutation::TakesAllForStopped, LOCKED, "S8");
}

#[test]
fn claims_about_who_excludes_whom_can_fail() {
    check("C13", Mutation::DoStopWithoutSiglock, LOCKED, "S6b");
}

/// No mutation is needed: the designs show it where another group stop begins, and not where none
/// does.
#[test]
fn the_claim_about_what_lies_before_get_signal_fails_with_a_second_group_stop() {
    let check = |scenarios: &'static [&'static str], expected: Verdict| {
        assert_eq!(verdict("C18", scenarios, alone(LOCKED)), expected, "{scenarios:?}");
    };
    check(&["S10b"], Verdict::Holds);
    check(&["S10e"], Verdict::Refuted);
}

#[test]
fn claims_about_what_a_processor_reorders_can_fail() {
    check_scheduler("C4", LOCKED, "S4");
    check_scheduler("C8", "no-siglock-for-the-look", "S3");
}

#[test]
fn claims_about_what_a_patch_changes_can_turn() {
    let check = |id: &str, scenarios: &'static [&'static str], asked: Asked, expected: Verdict| {
        assert_eq!(verdict(id, scenarios, asked), expected, "{id}: {asked:?}");
    };
    // Callers that ask nobody, in place of those that ask fatal_signal_pending.
    check("C9", &["S7"], against("a1-stopped-locked", LOCKED), Verdict::Holds);
    check("C9", &["S7"], against("own-words-stopped-locked", LOCKED), Verdict::Refuted);
    check("C19", &["S7"], against("a1-stopped-locked", LOCKED), Verdict::Refuted);
    check("C19", &["S7"], against("own-words-stopped-locked", LOCKED), Verdict::Holds);
    // Nothing a dying task does is another's business, but to call back when it is reaped.
    check("C11", &["S9b"], against(REMOVED, LOCKED), Verdict::Holds);
    check("C11", &["S9b"], against("reap-reported", LOCKED), Verdict::Refuted);
    // Nothing in the place of spin_unlock_wait.
    check("C12", &["S8e"], against(REMOVED, "unlock-wait-lock-unlock"), Verdict::Holds);
    check("C12", &["S8e"], against("a6-no-finish-stop", "unlock-wait-lock-unlock"), Verdict::Refuted);
    // A look without the lock, and one with it.
    check("C16", &["S15"], against(LOCKLESS, LOCKED), Verdict::Refuted);
    check("C16", &["S15"], against("own-words-stopped-locked", LOCKED), Verdict::Holds);
    check("C16b", &["S3"], against(LOCKLESS, LOCKED), Verdict::Holds);
    check("C16b", &["S7"], against("a1-stopped-lockless", LOCKED), Verdict::Refuted);
}

/// A claim without a mutation here is one whose predicate may be unable to fail.
#[test]
fn no_claim_is_forgotten() {
    let source = include_str!("mutants.rs");
    for claim in claims() {
        let is_decided = !matches!(claim.statement, Statement::Elsewhere(_));
        assert!(!is_decided || source.contains(&format!("(\"{}\", ", claim.id)), "{} has no mutation", claim.id);
    }
}
