//! Which of the mutants that are noticed at all each scenario notices by itself, not only as the
//! first.
//!
//! Promise: a scenario that is said to notice a mutant does so within the bound on preemptions or
//! the random executions. Limits: it may notice more with more effort. A check repeats one mutant
//! of each scenario, the one that is named; the counts are those of whoever wrote the table.

use super::crew::ask_each;
use super::fate::Fate;
use super::judge::{Plan, Trial, notices};
use crate::cli::trouble::Trouble;
use crate::workshop::Runner;
use serde_json::{Value, json};
use std::collections::BTreeMap;

const TITLE: &str = "noticed by each scenario alone, by function, with the first that it notices:";
const NAMED: &str = ", such as ";
const NONE: &str = "none";

/// What one scenario notices.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Noticed {
    scenario: String,
    /// How many mutants of each function.
    functions: BTreeMap<String, usize>,
    /// The first of them.
    named: Option<String>,
}

impl Noticed {
    fn none(scenario: &str) -> Noticed {
        Noticed { scenario: scenario.to_owned(), functions: BTreeMap::new(), named: None }
    }

    fn line(&self) -> String {
        let Noticed { scenario, functions, named } = self;
        let all: usize = functions.values().sum();
        let parts: Vec<String> = functions.iter().map(|(function, count)| format!("{function} {count}")).collect();
        match named {
            Some(named) => format!("  {scenario}: {all} ({}){NAMED}{named}\n", parts.join(", ")),
            None => format!("  {scenario}: {NONE}\n"),
        }
    }
}

/// The section of the table.
pub fn text(all: &[Noticed]) -> String {
    format!("\n{TITLE}\n{}", all.iter().map(Noticed::line).collect::<String>())
}

/// For programs.
pub fn document(all: &[Noticed]) -> Value {
    let one = |noticed: &Noticed| {
        json!({
            "scenario": noticed.scenario,
            "noticed": noticed.functions.values().sum::<usize>(),
            "functions": noticed.functions,
            "first": noticed.named,
        })
    };
    all.iter().map(one).collect()
}

/// Asks every scenario about every mutant that was noticed somewhere.
pub fn measure(plan: &Plan<'_>, results: &[(Trial, Fate)]) -> Result<Vec<Noticed>, Trouble> {
    let killed: Vec<&Trial> =
        results.iter().filter(|(_, fate)| matches!(fate, Fate::Killed(_))).map(|(trial, _)| trial).collect();
    of_each(plan, |scenario, runner| {
        let mut noticed = Noticed::none(scenario);
        for trial in &killed {
            if notices(plan, trial, runner, scenario)? {
                *noticed.functions.entry(trial.mutant.function.clone()).or_default() += 1;
                noticed.named.get_or_insert_with(|| trial.mutant.id.clone());
            }
        }
        Ok(noticed)
    })
}

/// What a committed table says of each scenario, where the mutant that is named is noticed again. A
/// scenario that does not notice it any more is said to notice none, so that the table differs.
/// Nothing if the table has no such section.
pub fn repeat(plan: &Plan<'_>, results: &[(Trial, Fate)], table: &str) -> Result<Option<Vec<Noticed>>, Trouble> {
    let Some((_, section)) = table.split_once(&format!("\n{TITLE}\n")) else { return Ok(None) };
    let recorded: Vec<Noticed> = section.lines().take_while(|line| line.starts_with("  ")).filter_map(read).collect();
    let of_scenarios = of_each(plan, |scenario, runner| {
        let none = Noticed::none(scenario);
        let Some(recorded) = recorded.iter().find(|recorded| recorded.scenario == *scenario) else { return Ok(none) };
        let Some(named) = &recorded.named else { return Ok(none) };
        let is_noticed = match results.iter().find(|(trial, _)| trial.mutant.id == *named) {
            Some((trial, _)) => notices(plan, trial, runner, scenario)?,
            None => false,
        };
        Ok(if is_noticed { recorded.clone() } else { none })
    });
    of_scenarios.map(Some)
}

fn read(line: &str) -> Option<Noticed> {
    let (scenario, rest) = line.trim().split_once(": ")?;
    if rest == NONE {
        return Some(Noticed::none(scenario));
    }
    let (counts, named) = rest.split_once(NAMED)?;
    let (_, counts) = counts.strip_suffix(')')?.split_once(" (")?;
    let count = |part: &str| {
        let (function, count) = part.rsplit_once(' ')?;
        Some((function.to_owned(), count.parse().ok()?))
    };
    let functions: Option<BTreeMap<String, usize>> = counts.split(", ").map(count).collect();
    Some(Noticed { functions: functions?, named: Some(named.to_owned()), ..Noticed::none(scenario) })
}

/// The answers about the scenarios that the run came to, in their order.
fn of_each(
    plan: &Plan<'_>,
    ask: impl Fn(&String, &mut Runner) -> Result<Noticed, Trouble> + Sync,
) -> Result<Vec<Noticed>, Trouble> {
    let answers =
        ask_each((plan.program, plan.jobs), &plan.scenarios, |scenario, runner| ask(scenario, runner).map(Some))?;
    Ok(answers.into_iter().flatten().collect())
}

#[cfg(test)]
mod tests {
    use super::{Noticed, read};

    #[test]
    fn a_line_is_read_as_it_is_printed() {
        let functions = [("do_stop".to_owned(), 2), ("stop".to_owned(), 11)].into();
        let named = Some("stopped_locked/stop/drop-lock/1".to_owned());
        for noticed in [Noticed { scenario: "S6".to_owned(), functions, named }, Noticed::none("S5")] {
            assert_eq!(read(noticed.line().trim_end()), Some(noticed));
        }
        assert_eq!(read("  S5: 3 of them"), None);
    }
}
