//! The committed tables of claims: every claim, for every variant that it asks about, under every
//! memory model, with what each verdict rests on.
//!
//! Under sequential consistency they are decided anew in every run of the tests. Under the other
//! models that takes minutes: `.ci/soak claims`. Whether their witnesses replay is tested always,
//! from the committed tokens.

mod common;

use insta::assert_snapshot;
use lockstep::{CompareConfig, MemoryModel, RunConfig, Token, run};
use utrace_variants::claims::{
    Decision, Laboratory, TokenSubject, Verdict, claim_lines, claims, decide, decided_lines, table_lines, token,
};
use utrace_variants::{scenarios, variants};

/// Sequential consistency is exhausted, total store order wherever 20,000 executions of each variant are enough. Under the weak model, and where
/// they are not, schedules with one preemption or choice of memory are made, as many as a test has time for, and samples; a
/// verdict says what it rests on. `lockstep claims` has the time to do more. The number of OS threads changes nothing.
fn config(memory: MemoryModel) -> CompareConfig<'static> {
    let exhaustive_max = match memory {
        MemoryModel::Sc => 400_000,
        MemoryModel::Weak => 2_000,
        _ => 20_000,
    };
    let exhausted = memory == MemoryModel::Sc;
    CompareConfig {
        exhaustive_max,
        preemptions: Some(1),
        enumerated_max: if exhausted { 8_000 } else { 2_000 },
        sampled: if exhausted { 3_000 } else { 300 },
        confirmed: if exhausted { 12_000 } else { 600 },
        jobs: 2,
        memory,
        ..CompareConfig::default()
    }
}

fn decisions_under(memory: MemoryModel) -> Vec<Decision> {
    let mut laboratory = Laboratory::default();
    let asked = claims().into_iter().flat_map(|claim| claim.asked.iter().map(move |&asked| (claim, asked)));
    asked.map(|(claim, asked)| decide(claim, asked, &config(memory), &mut laboratory)).collect()
}

/// The decisions under each of the models, side by side: none knows of another.
fn decisions(models: &[MemoryModel]) -> Vec<Decision> {
    std::thread::scope(|scope| {
        let threads: Vec<_> = models.iter().map(|&memory| scope.spawn(move || decisions_under(memory))).collect();
        threads.into_iter().flat_map(|thread| thread.join().expect("claims are decided")).collect()
    })
}

fn text(decisions: &[Decision]) -> String {
    let mut lines = table_lines(decisions);
    for claim in claims() {
        lines.push(String::new());
        lines.extend(claim_lines(claim).into_iter().chain(decided_lines(claim, decisions)));
    }
    lines.join("\n")
}

/// Decides the claims under the models and compares with the snapshot of that name.
fn check(snapshot: &str, models: &[MemoryModel]) {
    let decisions = decisions(models);
    let mut witnesses = 0;
    for decision in &decisions {
        witnesses += u32::from(replays(decision));
        let refuted = decision.verdict == Verdict::Refuted;
        let proven = decision.evidence.is_exhaustive() || decision.witness.is_some();
        assert!(!refuted || proven, "{} is refuted by nothing", decision.claim.id);
    }
    assert!(witnesses > 0, "some claims are refuted or shown by a witness");
    common::settings().bind(|| assert_snapshot!(snapshot, text(&decisions)));
}

#[test]
fn claims_are_decided_as_committed_and_their_witnesses_replay() {
    check(common::CLAIMS, &[MemoryModel::Sc]);
}

#[test]
#[ignore = "minutes: .ci/soak claims"]
fn claims_are_decided_as_committed_beyond_sequential_consistency() {
    check(common::CLAIMS_RELAXED, &[MemoryModel::Tso, MemoryModel::Weak]);
}

/// Reads the token of a decision back and runs it: it ends in the witness's outcome, in the variant that shows it and not in the other.
fn replays(decision: &Decision) -> bool {
    let (Some(token), Some(witness)) = (token(decision), &decision.witness) else { return false };
    let token: Token = token.to_string().parse().expect("a token is read back");
    let subject = TokenSubject::from_name(&token.subject).expect("the subject is known");
    let scenario = scenarios().iter().find(|scenario| scenario.id == token.scenario).expect("so is the scenario");
    let config = RunConfig { memory: token.memory, ..RunConfig::default() };
    let outcome = |name: &str| {
        let variant = variants().iter().find(|variant| variant.name == name).expect("so is the variant");
        subject.with_programs(&[variant], scenario, |programs| {
            run(&programs[0].program, &token.schedule, &config).outcome.id
        })
    };
    assert_eq!(outcome(witness.variant), witness.outcome, "{token} on {}", witness.variant);
    if let Some(absent) = witness.absent {
        assert_ne!(outcome(absent.variant), witness.outcome, "{token} on {}", absent.variant);
    }
    true
}
