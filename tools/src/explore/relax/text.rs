//! The table of orderings as text, for the terminal and to be committed.
//!
//! Promise: nothing volatile: no lines of the source but in tokens, no times, no numbers of
//! executions but those that evidence names.

use super::rows::{Row, TogetherPart};
use comfy_table::{ContentArrangement, Table, presets};
use lockstep::Evidence;
use std::collections::BTreeMap;
use utrace_variants::claims::ANOTHER;

/// How the text of one memory model begins.
pub(super) const HEAD: &str = "orderings taken away one at a time, memory model ";

/// What stands between a variant and the place in the head of its witnesses.
pub(super) const WITHOUT: &str = ": without ";

/// What the words of the table mean.
const LEGEND: &str = "\
What shows when the ordering is taken away. race: plain data are unordered; outcome: clients see something else that is new; C4: that
claim fails or, if it says 'sometimes' and the design never shows it, comes true; free: none of these in any of the scenarios in which
some of 401 executions passed the place, all exhausted (never); free 24/25: none, and 24 of 25 were exhausted; in the others only
faults were looked for, under the evidence below; ?: not explored; -: the design has no such place. Of a place that something depends
on, the claims are those that a glance shows: there may be more.
";

/// The table, what it rests on, and the witnesses.
pub fn text(
    rows: &[Row],
    (together, weakest): (&[TogetherPart], Option<Evidence>),
    (memory, scenarios): (&str, &[&str]),
) -> String {
    let mut text = format!("{HEAD}{memory}\non {}\n\n", scenarios.join(" "));
    text += &table(rows);
    text += &format!("\n{LEGEND}");
    if let Some(weakest) = weakest {
        text += &format!("the least of it: {weakest}\n");
    }
    for TogetherPart { places, what, shown } in together {
        let places: Vec<String> = places.iter().map(|(done, function)| format!("{done} in {function}")).collect();
        let shown: Vec<String> = shown.iter().map(|(variant, scenario)| format!("{variant} {scenario}")).collect();
        text += &format!("\neach free alone, and one of them is needed: {}\n", places.join("; "));
        text += &format!("  without all of them {what}\n  {}\n", shown.join(", "));
    }
    text + &witnesses(rows)
}

fn table(rows: &[Row]) -> String {
    let mut variants: Vec<&str> = Vec::new();
    let mut lines: BTreeMap<(&str, String), Vec<&Row>> = BTreeMap::new();
    for row in rows {
        if !variants.contains(&&*row.variant) {
            variants.push(&row.variant);
        }
        lines.entry((&row.function, row.what_is_done())).or_default().push(row);
    }
    let mut table = Table::new();
    table.load_preset(presets::NOTHING).set_content_arrangement(ContentArrangement::Disabled);
    table.set_header(["function", "ordering"].into_iter().chain(variants.iter().copied()));
    for ((function, done), of_line) in lines {
        let cell = |variant: &&str| {
            let own = of_line.iter().find(|row| row.variant == **variant);
            own.map_or("-".to_owned(), |row| row.cell())
        };
        table.add_row([function.to_owned(), done].into_iter().chain(variants.iter().map(cell)));
    }
    table.to_string().lines().map(|line| line.trim().to_owned() + "\n").collect()
}

fn witnesses(rows: &[Row]) -> String {
    let mut text = String::new();
    for row in rows.iter().filter(|row| !row.shown.is_empty()) {
        text += &format!("\n{}{WITHOUT}{} in {}\n", row.variant, row.what_is_done(), row.function);
        for shown in &row.shown {
            // What a claim says stands in the table of claims; of two variants compared the outcome
            // is what replays.
            let said = match &shown.claim {
                None => format!("shows {}", shown.what),
                Some(claim) if shown.what.starts_with(ANOTHER) => format!("touches {claim}: {}", shown.what),
                Some(claim) => format!("touches {claim}"),
            };
            text += &format!("  {} {said}\n    {}\n", shown.scenario, shown.token);
        }
    }
    text
}
