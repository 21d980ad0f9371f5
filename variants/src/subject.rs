//! The subject as the harness sees it: programs, names, and how words read.

use lockstep::{Abandon, Describe, Heading, MemoryModel, Program, Variant, Weakened, probe};

use crate::scenarios::protocol::Watching;
use crate::scenarios::run::run_watched;
use crate::{Repairs, Scenario, VariantInfo, describe, describe_value};

/// The subject's name in tokens: the repair makes another subject of it, for it changes every
/// design alike.
pub fn subject_name(repairs: Repairs) -> &'static str {
    if repairs.r1 { "utrace+r1" } else { "utrace" }
}

/// The repairs that a subject's name in a token stands for.
pub fn repairs_of(subject: &str) -> Option<Repairs> {
    [Repairs::NONE, Repairs::ALL].into_iter().find(|&repairs| subject_name(repairs) == subject)
}

/// Gives `f` the variants as programs that run the scenario.
pub fn with_programs<R>(
    variants: &[&VariantInfo],
    repairs: Repairs,
    scenario: &Scenario,
    f: impl FnOnce(&[Variant<'_>]) -> R,
) -> R {
    with_altered_programs(variants, (repairs, Watching::NONE, &[]), scenario, f)
}

/// The same, watched for what a claim speaks of, or with the orderings of places taken away.
pub(crate) fn with_altered_programs<R>(
    variants: &[&VariantInfo],
    (repairs, watching, weakened): (Repairs, Watching, &[Weakened]),
    scenario: &Scenario,
    f: impl FnOnce(&[Variant<'_>]) -> R,
) -> R {
    let body = |variant: &VariantInfo| {
        weakened.iter().copied().for_each(probe::weaken);
        let (design, policy) = variant.design(repairs);
        run_watched(design, policy, scenario, watching);
    };
    let bodies: Vec<Box<dyn Fn() + Sync + '_>> =
        variants.iter().map(|&variant| Box::new(move || body(variant)) as Box<dyn Fn() + Sync + '_>).collect();
    let programs: Vec<Variant<'_>> = variants
        .iter()
        .zip(&bodies)
        .map(|(variant, body)| Variant {
            name: variant.name,
            // The world is made of handles and lies on the main thread's stack: nothing there needs
            // dropping.
            program: Program { body: &**body, abandon: Abandon::Unwind },
        })
        .collect();
    f(&programs)
}

/// What stands above a comparison on this scenario. `goals` are its goal names, `program` its
/// program in lines.
pub fn heading<'a>(
    scenario: &'a Scenario,
    repairs: Repairs,
    memory: MemoryModel,
    goals: &'a [&'a str],
    program: &'a [String],
) -> Heading<'a> {
    Heading {
        subject: subject_name(repairs),
        scenario: &scenario.id,
        title: &scenario.name,
        question: &scenario.question,
        program,
        source: &scenario.mail,
        goals,
        memory,
    }
}

/// How the words of the subject read.
#[derive(Clone, Copy, Debug)]
pub struct Words;

impl Describe for Words {
    fn word(&self, word: u64) -> String {
        describe(word)
    }

    fn value(&self, object: &str, value: u64) -> String {
        describe_value(object, value)
    }
}
