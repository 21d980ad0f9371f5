//! A verdict in herd's form.
//!
//! As herd 7.58 prints it, without its `Time` and `Hash` lines. Where the exploration was not
//! exhaustive, a line `Evidence` says what it was, and neither *Never*, *Always* nor what follows
//! from them is said. A line `Model` says where a test is C11's, and not the kernel's.

use super::ast::{Item, Operand, Program, Proposition, Quantifier};
use super::threads::ROUNDS_MAX;
use super::types;
use super::verdict::{Observation, Verdict};
use lockstep::MemoryModel;
use std::fmt::Write;

/// The verdict of a program, with an empty line behind it.
pub fn render(program: &Program, verdict: &Verdict, memory: MemoryModel) -> String {
    let mut text = String::new();
    let quantifier = program.condition.quantifier;
    let kind = match quantifier {
        Quantifier::Exists => "Allowed",
        Quantifier::NotExists => "Forbidden",
        Quantifier::Forall => "Required",
    };
    let name = &program.name;
    line(&mut text, format_args!("Test {name} {kind}"));
    line(&mut text, format_args!("States {}", verdict.states.len()));
    let shown: Vec<String> = program.shown().into_iter().map(|item| item_text(program, item)).collect();
    for state in &verdict.states {
        let of =
            |((text, item), value): ((&String, Item), &i64)| format!("{text}={};", value_text(program, item, *value));
        let values: Vec<String> = shown.iter().zip(program.shown()).zip(state).map(of).collect();
        line(&mut text, format_args!("{}", values.join(" ")));
    }
    line(&mut text, format_args!("{}", verdict.answer(quantifier)));
    // Witnesses of a forbidden condition are the states that do not show it.
    let (for_it, against_it) = match quantifier {
        Quantifier::Exists | Quantifier::Forall => (verdict.positive, verdict.negative),
        Quantifier::NotExists => (verdict.negative, verdict.positive),
    };
    line(&mut text, format_args!("Witnesses\nPositive: {for_it} Negative: {against_it}"));
    for flag in &verdict.flags {
        line(&mut text, format_args!("Flag {flag}"));
    }
    let condition = proposition_text(program, &program.condition.proposition, Above::Top);
    line(&mut text, format_args!("Condition {quantifier} ({condition})"));
    let observation = verdict.observation();
    line(&mut text, format_args!("Observation {name} {observation} {} {}", verdict.positive, verdict.negative));
    if !verdict.evidence.is_exhaustive() {
        let rest = match observation {
            Observation::Unproven if verdict.positive == 0 => {
                format!("; positive states: {}", verdict.evidence.absence())
            }
            Observation::Unproven => format!("; negative states: {}", verdict.evidence.absence()),
            Observation::Never | Observation::Sometimes | Observation::Always => String::new(),
        };
        line(&mut text, format_args!("Evidence {name} {}{rest}", verdict.evidence));
    }
    if verdict.is_cut {
        line(
            &mut text,
            format_args!("Limit {name} loops that go on doing something are followed for {ROUNDS_MAX} rounds"),
        );
    }
    if program.is_c11 && memory == MemoryModel::Weak {
        line(&mut text, format_args!("Model {name} RC11, not the kernel's: the test uses C11's operations"));
    }
    text.push('\n');
    text
}

fn line(text: &mut String, line: std::fmt::Arguments<'_>) {
    writeln!(text, "{line}").expect("writing to a string succeeds");
}

fn item_text(program: &Program, item: Item) -> String {
    match item {
        Item::Register { thread, register } => format!("{thread}:{}", program.threads[thread].registers[register].name),
        Item::Location(location) => format!("[{}]", program.locations[location].name),
    }
}

/// A value of an item: a number, or the name of what has that address.
fn value_text(program: &Program, item: Item, value: i64) -> String {
    match program.location_at(value) {
        Some(location) => program.locations[location].name.clone(),
        None if types::is_address(value) => "an address behind a variable".to_owned(),
        None => program.type_of(item).text(value),
    }
}

/// What stands around a proposition; herd writes parentheses only where this needs them.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Above {
    Top,
    And,
    Or,
    Implies,
}

fn proposition_text(program: &Program, proposition: &Proposition, above: Above) -> String {
    let join = |parts: &[Proposition], here: Above, between: &str| {
        let parts: Vec<String> = parts.iter().map(|part| proposition_text(program, part, here)).collect();
        parts.join(between)
    };
    let (text, parenthesized) = match proposition {
        Proposition::Truth(truth) => (truth.to_string(), false),
        Proposition::Equal(item, operand) => {
            let operand = match operand {
                Operand::Constant(constant) => value_text(program, *item, *constant),
                Operand::Item(other) => item_text(program, *other),
            };
            (format!("{}={operand}", item_text(program, *item)), false)
        }
        Proposition::Not(inner) => (format!("not ({})", proposition_text(program, inner, Above::Top)), false),
        Proposition::And(parts) => (join(parts, Above::And, " /\\ "), matches!(above, Above::Implies)),
        Proposition::Or(parts) => (join(parts, Above::Or, " \\/ "), matches!(above, Above::And | Above::Implies)),
        Proposition::Implies(first, second) => {
            let first = proposition_text(program, first, Above::Implies);
            let second = proposition_text(program, second, Above::Implies);
            (format!("{first} => {second}"), matches!(above, Above::And | Above::Or))
        }
    };
    if parenthesized { format!("({text})") } else { text }
}
