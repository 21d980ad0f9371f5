//! A subject in this process.

use crate::bench::Bench;
use crate::failure::Failure;
use crate::lock_order;
use crate::originals::Originals;
use crate::protocol::{Answer, Listing, LockOrder, Ordered, Request, Setting, Situation};
use crate::subject::Subject;
use crate::watchdog::{self, CONTROL, Running};
use lockstep::{Abandon, MemoryModel, Program, RunConfig, STEPS_MAX, Schedule, Token, Variant, run};
use std::collections::BTreeSet;

/// Answers by running the subject here. What cannot be survived ends the process, see
/// [`crate::watchdog`].
pub struct Local<'a> {
    pub(crate) subject: &'a dyn Subject,
    pub(crate) originals: Originals,
}

impl<'a> Local<'a> {
    /// A bench for this subject.
    pub fn new(subject: &'a dyn Subject) -> Local<'a> {
        Local { subject, originals: Originals::default() }
    }

    fn listing(&self) -> Listing {
        Listing {
            subject: self.subject.name(false).unwrap_or_default(),
            repaired: self.subject.name(true),
            variants: self.subject.variants(),
            scenarios: self.subject.scenarios(),
        }
    }

    /// The number of a variant.
    pub(crate) fn variant(&self, name: &str) -> Result<usize, Failure> {
        let found = self.subject.variants().iter().position(|variant| variant == name);
        found.ok_or_else(|| Failure::Refused(format!("there is no variant '{name}'")))
    }

    /// The number of a scenario, and what it is.
    pub(crate) fn scenario(&self, id: &str) -> Result<(usize, Situation), Failure> {
        let found = self.subject.scenarios().into_iter().enumerate().find(|(_, situation)| situation.id == id);
        found.ok_or_else(|| Failure::Refused(format!("there is no scenario '{id}'")))
    }

    /// The name of the subject, with its repairs or without.
    pub(crate) fn name(&self, repaired: bool) -> Result<String, Failure> {
        self.subject.name(repaired).ok_or_else(|| Failure::Refused("the subject knows no repairs".to_owned()))
    }

    /// The repairs that were made.
    pub(crate) fn repairs(&self, repaired: bool) -> Vec<String> {
        if repaired { self.subject.repairs() } else { Vec::new() }
    }

    /// Runs these variants, by name, in a setting; all, if none is named. They are written down for
    /// last words.
    pub(crate) fn with_variants<R>(
        &self,
        setting: &Setting,
        names: &[String],
        go_on: impl FnOnce(&[Variant<'_>]) -> R,
    ) -> Result<R, Failure> {
        let (scenario, _) = self.scenario(&setting.scenario)?;
        let all = self.subject.variants();
        let names = if names.is_empty() { &all } else { names };
        let numbers: Vec<usize> = names.iter().map(|name| self.variant(name)).collect::<Result<_, _>>()?;
        self.begin(setting, names.join(", "))?;
        let (subject, repaired) = (self.subject, setting.repaired);
        let bodies: Vec<_> =
            numbers.into_iter().map(|variant| move || subject.run(variant, scenario, repaired)).collect();
        let all = names.iter().zip(&bodies);
        let variants: Vec<Variant<'_>> = all.map(|(name, body)| Variant { name, program: program(body) }).collect();
        Ok(go_on(&variants))
    }

    /// Writes down what runs from now on, for last words.
    pub(crate) fn begin(&self, setting: &Setting, variants: String) -> Result<(), Failure> {
        let Setting { scenario, repaired, memory } = setting;
        let subject = self.name(*repaired)?;
        watchdog::begin(Running { subject, scenario: scenario.clone(), variants, memory: *memory });
        Ok(())
    }

    /// Where a token runs.
    pub(crate) fn setting(&self, token: &Token) -> Result<Setting, Failure> {
        let named =
            [false, true].into_iter().find(|&repaired| self.subject.name(repaired).as_ref() == Some(&token.subject));
        let repaired = named.ok_or_else(|| {
            let own = self.subject.name(false).unwrap_or_default();
            Failure::Refused(format!("the token is of the subject '{}', and this is '{own}'", token.subject))
        })?;
        let setting = Setting { scenario: token.scenario.clone(), repaired, memory: token.memory };
        let gone = |_| Failure::Refused(format!("the token's scenario '{}' is gone", token.scenario));
        self.scenario(&setting.scenario).map_err(gone)?;
        Ok(setting)
    }

    /// The order of locks that random executions of a variant show, over all scenarios.
    fn ordered(&self, LockOrder { variant, executions: seeds }: &LockOrder) -> Result<Ordered, Failure> {
        let (mut order, mut executions) = (BTreeSet::new(), 0);
        for situation in self.subject.scenarios() {
            let setting = Setting { scenario: situation.id, repaired: false, memory: MemoryModel::Sc };
            self.with_variants(&setting, std::slice::from_ref(variant), |variants| {
                for seed in 0..*seeds {
                    let execution = run(&variants[0].program, &Schedule::uniform(seed), &watched(MemoryModel::Sc));
                    order.extend(lock_order::order(&execution));
                    executions += 1;
                }
            })?;
        }
        Ok(Ordered { order, executions })
    }
}

impl Bench for Local<'_> {
    fn ask(&mut self, request: &Request) -> Result<Answer, Failure> {
        Ok(match request {
            Request::List => Answer::Listed(self.listing()),
            Request::Compare(compare) => Answer::Compared(Box::new(self.compared(compare)?)),
            Request::Explore(explore) => Answer::Explored(self.explored(explore)?),
            Request::Run(run) => Answer::Ran(self.ran(run)?),
            Request::Minimize(minimize) => Answer::Minimized(self.minimized(minimize)?),
            Request::LockOrder(lock_order) => Answer::Ordered(self.ordered(lock_order)?),
            Request::Break(broken) => Answer::Judged(self.judged(broken)?),
            Request::Soon(soon) => Answer::Measured(self.measured(soon)?),
        })
    }
}

/// What a body runs; stacks that still wait at the end of an execution are unwound.
pub(crate) fn program(body: &(dyn Fn() + Sync)) -> Program<'_> {
    Program { body, abandon: Abandon::Unwind }
}

/// Tells the watchdog whose executions come now: what they do not survive they may never end. How
/// they are to be run.
pub(crate) fn begin(token: &Token, variant: &Variant<'_>) -> RunConfig<'static> {
    let Token { subject, scenario, memory, .. } = token.clone();
    watchdog::begin(Running { subject, scenario, variants: variant.name.to_owned(), memory });
    watched(token.memory)
}

/// How one execution is run, under the eyes of the watchdog.
pub(crate) fn watched(memory: MemoryModel) -> RunConfig<'static> {
    RunConfig { memory, steps_max: STEPS_MAX, control: Some((&CONTROL, 0)) }
}
