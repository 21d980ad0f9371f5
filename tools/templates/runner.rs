//! Runs the variants of one subject for `lockstep`: one request a line on standard input, one answer a line on standard
//! output, both JSON. What the subject prints there is told from answers by the word before these, which the subject does
//! not know. The module `glue` says what the subject is. Written by `lockstep`; changes here are lost.

mod document;
mod glue;
mod held;
mod recorded;
mod shown;
mod watch;
mod witness;

use glue::Words;
use lockstep::{
    CompareConfig, Comparison, Divergence, Exploration, ExploreConfig, Heading, MemoryModel, Nondeterminism, Program,
    RANDOM_STRATEGIES, RunConfig, STEPS_MAX, Schedule, Soon, SoonConfig, Strategy, Token, Variant, explore,
    explore_nearby, minimize, render, repeat, repeat_again, run, soon,
};
use recorded::{Conditions, Situation, record};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, Write};
use watch::{CONTROL, Running};
use witness::{difference, look, look_at_ends};

/// Explorations of unbroken variants, by variant, scenario, whether repaired, and how many executions they may cover.
type Known = BTreeMap<(usize, usize, bool, u64), Exploration>;

fn main() {
    let usual = std::panic::take_hook();
    // A panic of the subject is an outcome, not news.
    std::panic::set_hook(Box::new(move |info| {
        if !lockstep::is_simulated() {
            usual(info);
        }
    }));
    // From now on what cannot be survived ends the program with a message.
    watch::start(SUBJECT_FAILED, || ());
    let word = std::env::var("LOCKSTEP_ANSWER").unwrap_or_default();
    let mut known = Known::new();
    for line in std::io::stdin().lock().lines() {
        let Ok(line) = line else { break };
        let answer = match serde_json::from_str(&line) {
            Ok(request) => answer(&request, &mut known),
            Err(error) => json!({ "error": error.to_string() }),
        };
        let mut out = std::io::stdout().lock();
        // The subject may have left a line open.
        if writeln!(out, "\n{word}{answer}").and_then(|()| out.flush()).is_err() {
            break;
        }
    }
}

fn answer(request: &Value, known: &mut Known) -> Value {
    match request["kind"].as_str() {
        Some("list") => list(),
        Some("compare") => compared(request),
        Some("replay") => replayed(request),
        Some("order") => ordered(request),
        Some("break") => broken(request, known),
        Some("soon") => noticed(request, known),
        _ => json!({ "error": format!("no such request: {request}") }),
    }
}

fn list() -> Value {
    let ids = glue::scenarios().into_iter().map(|situation| situation.id);
    json!({ "variants": glue::variants(), "scenarios": ids.collect::<Vec<_>>() })
}

fn number(request: &Value, name: &str) -> u64 {
    request[name].as_u64().unwrap_or(0)
}

fn memory(request: &Value) -> MemoryModel {
    request["memory"].as_str().and_then(MemoryModel::from_name).unwrap_or(MemoryModel::Sc)
}

fn program(body: &(dyn Fn() + Sync)) -> Program<'_> {
    Program { body, abandon: glue::ABANDON }
}

/// The exit status of a subject that could not be run to an end.
const SUBJECT_FAILED: u8 = 104;

/// Writes down what runs from now on, for last words.
fn begin(situation: &Situation, repaired: bool, variants: String, memory: MemoryModel) {
    watch::begin(Running { subject: glue::subject(repaired), scenario: situation.id.clone(), variants, memory });
}

/// How one execution is run, under the eyes of the watchdog.
fn watched(memory: MemoryModel) -> RunConfig<'static> {
    RunConfig { memory, steps_max: STEPS_MAX, control: Some((&CONTROL, 0)) }
}

/// The execution that a token names, in these variants.
fn replayed(request: &Value) -> Value {
    let refuse = |message: String| json!({ "error": message });
    let token: Token = match request["token"].as_str().unwrap_or_default().parse() {
        Ok(token) => token,
        Err(error) => return refuse(format!("{error}")),
    };
    let Some(repaired) = [false, true].into_iter().find(|&repaired| glue::subject(repaired) == token.subject) else {
        return refuse(format!("the token is of the subject '{}', and this is '{}'", token.subject, glue::subject(false)));
    };
    let scenarios = glue::scenarios();
    let Some(scenario) = scenarios.iter().position(|one| one.id == token.scenario) else {
        return refuse(format!("the token's scenario '{}' is gone", token.scenario));
    };
    let Situation { id, question, .. } = &scenarios[scenario];
    let shown = with_variants(request, scenario, repaired, |variants| {
        shown::replay_text(&token, variants, &Words, request["trace"] == json!(true))
    });
    json!({ "text": format!("{id}: {question}\n{shown}") })
}

/// The order of locks that random executions of a variant show, over all scenarios.
fn ordered(request: &Value) -> Value {
    let (variant, seeds) = (number(request, "variant") as usize, number(request, "executions"));
    let (mut order, mut executions) = (BTreeSet::new(), 0);
    for (scenario, situation) in glue::scenarios().iter().enumerate() {
        begin(situation, false, glue::variants().swap_remove(variant), MemoryModel::Sc);
        let body = move || glue::run(variant, scenario, false);
        for seed in 0..seeds {
            order.extend(held::order(&run(&program(&body), &Schedule::uniform(seed), &watched(MemoryModel::Sc))));
            executions += 1;
        }
    }
    json!({ "order": order, "executions": executions })
}

/// The variants that a request names, on a scenario.
fn with_variants<R>(request: &Value, scenario: usize, repaired: bool, go_on: impl FnOnce(&[Variant<'_>]) -> R) -> R {
    let wanted = request["variants"].as_array().cloned().unwrap_or_default();
    let wanted: Vec<usize> = wanted.iter().filter_map(Value::as_u64).map(|variant| variant as usize).collect();
    let names = glue::variants();
    let body = |variant: usize| move || glue::run(variant, scenario, repaired);
    let bodies: Vec<_> = wanted.iter().map(|&variant| body(variant)).collect();
    let variants: Vec<Variant<'_>> = wanted
        .iter()
        .zip(&bodies)
        .map(|(&variant, body)| Variant { name: &names[variant], program: program(body) })
        .collect();
    go_on(&variants)
}

/// All variants compared on one scenario.
fn compared(request: &Value) -> Value {
    let scenario = number(request, "scenario") as usize;
    with_variants(request, scenario, request["repaired"] == json!(true), |variants| compared_with(request, variants))
}

fn compared_with(request: &Value, variants: &[Variant<'_>]) -> Value {
    let (scenario, repaired) = (number(request, "scenario") as usize, request["repaired"] == json!(true));
    let config = CompareConfig {
        exhaustive_max: number(request, "exhaustive_max"),
        preemptions: Some(number(request, "preemptions") as u32),
        enumerated_max: number(request, "enumerated"),
        sampled: number(request, "executions"),
        confirmed: number(request, "executions").saturating_mul(3),
        seed: number(request, "seed"),
        jobs: number(request, "jobs").max(1) as usize,
        memory: memory(request),
        control: Some(&CONTROL),
        ..CompareConfig::default()
    };
    let situation = &glue::scenarios()[scenario];
    let names: Vec<&str> = variants.iter().map(|variant| variant.name).collect();
    begin(situation, repaired, names.join(", "), config.memory);
    let repetition = repeat(variants, &config);
    let comparison = repetition.compare(variants, &config);
    let repetition = repeat_again(repetition, variants, &comparison, &config);
    let seen: Vec<_> = comparison.divergences.iter().map(|one| look(variants, one, &config, &Words)).collect();
    let ends = look_at_ends(variants, &comparison, &config);
    let conditions = Conditions {
        subject: glue::subject(repaired),
        repairs: glue::repairs(repaired),
        memory: config.memory,
        repeated: repetition.schedules,
    };
    let differs = |found: &Nondeterminism| {
        let token = conditions.token(situation, &found.schedule);
        format!("{}, {token}: {}", variants[found.variant].name, found.parting)
    };
    json!({
        "part": record(situation, &conditions, &comparison, &seen, &ends, &Words),
        "snapshot": snapshot(situation, &conditions, variants, &comparison),
        "nondeterminism": repetition.nondeterminism.as_ref().map(differs),
        "divergences": comparison.divergences.iter().map(attribution).collect::<Vec<_>>(),
    })
}

/// The comparison as it is committed and reviewed; nothing if it came to no end.
fn snapshot(
    situation: &Situation,
    conditions: &Conditions,
    variants: &[Variant<'_>],
    comparison: &Comparison,
) -> Option<String> {
    let goals: Vec<&str> = situation.goals.iter().map(String::as_str).collect();
    let heading = Heading {
        subject: &conditions.subject,
        scenario: &situation.id,
        title: &situation.name,
        question: &situation.question,
        program: &situation.program,
        source: &situation.source,
        goals: &goals,
        memory: conditions.memory,
    };
    (!comparison.cancelled).then(|| render(&heading, variants, comparison, &Words))
}

/// What is said of a divergence beside what its part holds.
fn attribution(one: &Divergence) -> Value {
    json!({ "shown": one.shown, "introduced": one.attribution.introduced, "removed": one.attribution.removed })
}

/// Variant, scenario, and whether it is repaired.
fn situation(request: &Value) -> (usize, usize, bool) {
    (number(request, "variant") as usize, number(request, "scenario") as usize, request["repaired"] == json!(true))
}

/// What runs with this mutant; with none, if it is 0.
fn with_mutant(request: &Value, mutant: u32) -> impl Fn() + Sync {
    let (variant, scenario, repaired) = situation(request);
    move || {
        glue::activate(mutant);
        glue::run(variant, scenario, repaired);
    }
}

/// One mutant against its original on one scenario: does a client see the difference?
fn broken(request: &Value, known: &mut Known) -> Value {
    let (variant, scenario, repaired) = situation(request);
    let [sound, mutated] = [0, number(request, "mutant") as u32].map(|mutant| with_mutant(request, mutant));
    let variants = [
        Variant { name: "original", program: program(&sound) },
        Variant { name: "mutant", program: program(&mutated) },
    ];
    let search = Search::of(request);
    begin(&glue::scenarios()[scenario], repaired, "original, mutant".to_owned(), search.memory);
    let original = known.entry((variant, scenario, repaired, search.exhaustive_max)).or_insert_with(|| search.all(&variants[0].program));
    // What confirms one mutant must not change what is known when the next comes: the order of requests means nothing.
    let mut original = original.clone();
    let mut found: Option<Exploration> = None;
    for stage in search.stages() {
        let more = search.stage(&variants[1].program, stage);
        match &mut found {
            Some(found) => found.merge(more),
            None => found = Some(more),
        }
        let mutant = found.as_ref().expect("set above");
        if let Some(schedule) = search.only_first(mutant, &mut original, &variants[0].program) {
            return search.kill("new", mutant.executions, &schedule, (&variants[1], &variants[0]));
        }
        if mutant.evidence.is_exhaustive() {
            break;
        }
    }
    let mut mutant = found.expect("there are stages");
    // What the original shows and samples of the mutant do not is for the search that covers the mutant.
    let waits = search.exact && !search.covers && !mutant.evidence.is_exhaustive();
    if waits {
        return json!({ "killed": false, "exhaustive": false, "executions": mutant.executions });
    }
    if let Some(schedule) = search.only_first(&original, &mut mutant, &variants[1].program) {
        return search.kill("lost", mutant.executions, &schedule, (&variants[0], &variants[1]));
    }
    let exhaustive = original.evidence.is_exhaustive() && mutant.evidence.is_exhaustive();
    json!({ "killed": false, "exhaustive": exhaustive, "executions": mutant.executions })
}

/// How many executions each kind of random schedule takes to notice a mutant: until one shows what the other side, searched whole, never does.
fn noticed(request: &Value, known: &mut Known) -> Value {
    let (variant, scenario, repaired) = situation(request);
    let [sound, mutated] = [0, number(request, "mutant") as u32].map(|mutant| with_mutant(request, mutant));
    let (sound, mutated) = (program(&sound), program(&mutated));
    let search = Search { exact: true, ..Search::of(request) };
    begin(&glue::scenarios()[scenario], repaired, "original, mutant".to_owned(), search.memory);
    let original = known.entry((variant, scenario, repaired, search.exhaustive_max)).or_insert_with(|| search.all(&sound));
    let found = search.all(&mutated);
    let shows_more = |one: &Exploration, other: &Exploration| {
        other.evidence.is_exhaustive() && one.outcomes.ids().any(|id| !other.outcomes.contains(id))
    };
    let (how, shown_by, other) = if shows_more(&found, original) {
        ("new", &mutated, &*original)
    } else if shows_more(original, &found) {
        ("lost", &sound, &found)
    } else {
        return json!({ "how": "unknown" });
    };
    let (seeds, limit) = (number(request, "seeds"), number(request, "limit"));
    let config = SoonConfig { memory: search.memory, seeds, limit, control: Some(&CONTROL) };
    let median = |strategy: Strategy| match soon(shown_by, strategy, &config, |glance| !other.outcomes.contains(glance.id())) {
        Soon::After(executions) => json!(executions),
        Soon::Beyond(_) => Value::Null,
    };
    json!({ "how": how, "medians": RANDOM_STRATEGIES.map(median) })
}

/// How much is explored of each.
struct Search {
    preemptions: u32,
    enumerated: u64,
    executions: u64,
    seed: u64,
    memory: MemoryModel,
    /// Executions of an exhaustive search.
    exhaustive_max: u64,
    /// The original is covered: what it does not show it never shows.
    exact: bool,
    /// The mutant is covered, too.
    covers: bool,
}

/// Outcomes around whose witnesses the other side is searched.
const CONFIRMED_MAX: usize = 12;

/// How many times as many random executions must not show an outcome before it counts as the other side's alone.
const CONFIRM: u64 = 3;

impl Search {
    fn of(request: &Value) -> Search {
        Search {
            preemptions: number(request, "preemptions") as u32,
            enumerated: number(request, "enumerated"),
            executions: number(request, "executions"),
            seed: number(request, "seed"),
            memory: memory(request),
            exhaustive_max: number(request, "exhaustive_max"),
            exact: request["exact"] == json!(true),
            covers: request["covers"] == json!(true),
        }
    }

    /// What is explored of a mutant one after the other: cheap first.
    fn stages(&self) -> Vec<(Strategy, u64)> {
        match (self.exact, self.covers) {
            (_, true) => [self.covering(), self.sampling()].concat(),
            (true, false) => self.bounded(),
            (false, false) => [self.bounded(), self.sampling()].concat(),
        }
    }

    fn bounded(&self) -> Vec<(Strategy, u64)> {
        (0..=self.preemptions).map(|preemptions| (Strategy::Bounded { preemptions }, self.enumerated)).collect()
    }

    fn sampling(&self) -> Vec<(Strategy, u64)> {
        vec![(Strategy::Portfolio { length: None }, self.executions)]
    }

    fn covering(&self) -> Vec<(Strategy, u64)> {
        vec![(Strategy::Exhaustive, self.exhaustive_max)]
    }

    fn config(&self, (strategy, executions): (Strategy, u64)) -> ExploreConfig<'static> {
        let (seed, memory, control) = (self.seed, self.memory, Some(&CONTROL));
        ExploreConfig { strategy, executions, seed, memory, control, ..ExploreConfig::default() }
    }

    fn stage(&self, program: &Program<'_>, stage: (Strategy, u64)) -> Exploration {
        explore(program, &self.config(stage))
    }

    /// All that is known of the original: every execution if it is to be covered and that are not too many.
    fn all(&self, program: &Program<'_>) -> Exploration {
        let covering = if self.exact { self.covering() } else { Vec::new() };
        let stages = [covering, self.bounded(), self.sampling()].concat();
        let mut total = self.stage(program, stages[0]);
        for &stage in &stages[1..] {
            if !total.evidence.is_exhaustive() {
                total.merge(self.stage(program, stage));
            }
        }
        total
    }

    /// A schedule of an outcome that the first has shown and the second does not show, looked for once more.
    fn only_first(&self, first: &Exploration, second: &mut Exploration, program: &Program<'_>) -> Option<Schedule> {
        let config = watched(self.memory);
        let missing = |second: &Exploration| -> Vec<Schedule> {
            let only = first.outcomes.iter().filter(|seen| !second.outcomes.contains(seen.outcome.id));
            let mut only: Vec<(u64, Schedule)> = only.map(|seen| (seen.first, seen.witness.clone())).collect();
            only.sort();
            only.into_iter().map(|(_, schedule)| schedule).collect()
        };
        let mut left = missing(second);
        if left.is_empty() || second.evidence.is_exhaustive() {
            return left.into_iter().next();
        }
        for schedule in left.iter().take(CONFIRMED_MAX) {
            second.merge(explore_nearby(program, schedule, &config));
        }
        left = missing(second);
        if left.is_empty() {
            return None;
        }
        let more = self.config((Strategy::Portfolio { length: None }, self.executions * CONFIRM));
        second.merge(explore(program, &ExploreConfig { skip: self.executions, ..more }));
        // Beyond those that were looked for above there can be more: none counts that the second shows around the very schedule.
        while let Some(schedule) = missing(second).into_iter().next() {
            second.merge(explore_nearby(program, &schedule, &config));
            if missing(second).first() == Some(&schedule) {
                return Some(schedule);
            }
        }
        None
    }

    /// `shown_by` shows under the schedule what the other never did.
    fn kill(&self, how: &str, executions: u64, schedule: &Schedule, sides: (&Variant<'_>, &Variant<'_>)) -> Value {
        let (shown_by, not_by) = sides;
        let config = watched(self.memory);
        let outcome = run(&shown_by.program, schedule, &config).outcome.id;
        let (witness, preemptions) = minimize(&shown_by.program, schedule, outcome, &config);
        let [with, without] = [shown_by, not_by].map(|variant| run(&variant.program, &witness, &config));
        json!({
            "killed": true,
            "how": how,
            "executions": executions,
            "preemptions": preemptions,
            "difference": difference((shown_by.name, not_by.name), (&with, &without), &Words),
        })
    }
}
