//! Ends that nobody can want and all variants show: told once for each kind, by a name that says how they end.

use lockstep::sync::{Plain, SpinLock};
use lockstep::{
    Abandon, BadEnd, CompareConfig, Comparison, Control, Describe, Heading, MemoryModel, Program, Variant, compare,
    probe, render, shared_ends, thread,
};

/// Two threads write one datum; what the first observes is not the end.
fn writes(observed: u64) {
    let number = Plain::named("number", 0_u32);
    thread::scope(|scope| {
        scope.spawn("first", || {
            probe::observe(observed);
            number.set(1);
        });
        scope.spawn("second", || number.set(2));
    });
}

fn race() {
    writes(1);
}

fn other_race() {
    race();
}

/// The race, and threads that take two locks in either order.
fn cross(race: bool) {
    let (left, right) = (SpinLock::named("left"), SpinLock::named("right"));
    thread::scope(|scope| {
        for (name, first, second) in [("there", &left, &right), ("back", &right, &left)] {
            scope.spawn(name, move || {
                let _first = first.guard();
                let _second = second.guard();
            });
        }
    });
    if race {
        writes(1);
    }
}

fn both() {
    cross(true);
}

fn stuck() {
    cross(false);
}

fn panics() {
    panic!("always");
}

fn fine() {
    probe::observe(1);
}

fn compared(bodies: &[&'static (dyn Fn() + Sync)], config: &CompareConfig<'_>) -> Comparison {
    let names = ["one", "two", "three"];
    let variant = |(at, body): (usize, &&'static (dyn Fn() + Sync))| Variant {
        name: names[at],
        program: Program { body: *body, abandon: Abandon::Unwind },
    };
    let variants: Vec<Variant<'_>> = bodies.iter().enumerate().map(variant).collect();
    compare(&variants, config)
}

/// The kinds that all show, with how many outcomes of each variant end so.
#[track_caller]
fn check(bodies: &[&'static (dyn Fn() + Sync)], expected: &[(BadEnd, &[usize])]) {
    let comparison = compared(bodies, &CompareConfig::default());
    let found: Vec<(BadEnd, Vec<usize>)> =
        shared_ends(&comparison).into_iter().map(|one| (one.kind, one.counts)).collect();
    let expected: Vec<(BadEnd, Vec<usize>)> = expected.iter().map(|(kind, counts)| (*kind, counts.to_vec())).collect();
    assert_eq!(found, expected);
}

#[test]
fn ends_are_told_where_all_variants_show_them_and_else_are_divergences() {
    let races = compared(&[&race, &race], &CompareConfig::default());
    let count = races.explorations[0].outcomes.len();
    check(&[&race, &other_race], &[(BadEnd::Race, &[count, count])]);
    check(&[&stuck, &both], &[(BadEnd::Stuck, &[1, 1])]);
    check(&[&both, &both, &both], &[(BadEnd::Race, &[count; 3]), (BadEnd::Stuck, &[1; 3])]);
    check(&[&panics, &panics], &[(BadEnd::Panic, &[1, 1])]);
    check(&[&race, &fine], &[]);
    check(&[&fine, &fine], &[]);
}

#[test]
fn a_comparison_that_came_to_no_end_tells_nothing() {
    let control = Control::new();
    control.cancel();
    let config = CompareConfig { control: Some(&control), ..CompareConfig::default() };
    assert_eq!(shared_ends(&compared(&[&race, &race], &config)), []);
}

#[test]
fn the_name_says_how_they_end_and_not_what_is_observed_before() {
    let id = |bodies: &[&'static (dyn Fn() + Sync)]| {
        let shared = shared_ends(&compared(bodies, &CompareConfig::default()));
        shared.iter().map(|one| one.id("box", "S1").to_string()).collect::<Vec<_>>()
    };
    let race_id = id(&[&race, &race]).remove(0);
    assert!(race_id.starts_with("box.S1.race-"), "{race_id}");
    assert_eq!(id(&[&|| writes(7), &|| writes(7)]), std::slice::from_ref(&race_id));
    assert_eq!(race_id.parse::<lockstep::DivergenceId>().map(|id| id.to_string()), Ok(race_id.clone()));
    assert_ne!(id(&[&|| panic!("once"), &|| panic!("once")]), id(&[&panics, &panics]));
}

struct Words;

impl Describe for Words {
    fn word(&self, word: u64) -> String {
        word.to_string()
    }
}

#[test]
fn a_snapshot_lists_them_with_their_outcomes_below_what_all_show() {
    let program = Program { body: &stuck, abandon: Abandon::Unwind };
    let variants = ["one", "two"].map(|name| Variant { name, program });
    let comparison = compare(&variants, &CompareConfig::default());
    let heading = Heading {
        subject: "box",
        scenario: "S1",
        title: "locks",
        question: "Stuck?",
        program: &[],
        source: "here",
        goals: &[],
        memory: MemoryModel::Sc,
    };
    let text = render(&heading, &variants, &comparison, &Words);
    let (_, ends) = text.split_once("ends badly in all, stuck:\n").expect("it is there");
    let id = shared_ends(&comparison)[0].outcomes[0];
    assert_eq!(
        ends,
        format!(
            "  {id}\n    deadlock\n      there waits for lock right\n      back waits for lock left\n      main waits for end of there\n"
        )
    );
}
