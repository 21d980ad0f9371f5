//! Which of the mutants that are noticed at all each scenario notices by itself, not only as the first.
//!
//! Promise: a scenario that is said to notice a mutant does so within the bound on preemptions or the random executions. Limits: it may notice more
//! with more effort. A check repeats one mutant of each scenario, the one that is named; the counts are those of whoever wrote the table.

use super::judge::{Fate, Plan, Trial, notices};
use crate::session;
use crate::workshop::Runner;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

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
pub fn measure(plan: &Plan<'_>, results: &[(Trial, Fate)]) -> Result<Vec<Noticed>, String> {
    let killed: Vec<&Trial> =
        results.iter().filter(|(_, fate)| matches!(fate, Fate::Killed(_))).map(|(trial, _)| trial).collect();
    let ask = |(number, id): &(usize, String), runner: &mut Runner| {
        let mut noticed = Noticed { scenario: id.clone(), functions: BTreeMap::new(), named: None };
        for trial in &killed {
            if notices(plan, trial, runner, &[(*number, id.clone())])? {
                *noticed.functions.entry(trial.mutant.function.clone()).or_default() += 1;
                noticed.named.get_or_insert_with(|| trial.mutant.id.clone());
            }
        }
        Ok(noticed)
    };
    of_each(plan, &plan.scenarios, ask)
}

/// What a committed table says of each scenario, where the mutant that is named is noticed again. A scenario that does not notice it any
/// more is said to notice none, so that the table differs. Nothing if the table has no such section.
pub fn repeat(plan: &Plan<'_>, trials: &[Trial], table: &str) -> Result<Option<Vec<Noticed>>, String> {
    let Some((_, section)) = table.split_once(&format!("\n{TITLE}\n")) else { return Ok(None) };
    let lines: Vec<&str> = section.lines().take_while(|line| line.starts_with("  ")).collect();
    let ask = |(number, id): &(usize, String), runner: &mut Runner| {
        let none = Noticed { scenario: id.clone(), functions: BTreeMap::new(), named: None };
        let Some(recorded) = lines.iter().find_map(|line| read(line).filter(|read| read.scenario == *id)) else {
            return Ok(none);
        };
        let named = recorded.named.as_ref().and_then(|named| trials.iter().find(|trial| trial.mutant.id == *named));
        let is_noticed = match named {
            Some(trial) => notices(plan, trial, runner, &[(*number, id.clone())])?,
            None => recorded.named.is_none(),
        };
        Ok(if is_noticed { recorded } else { none })
    };
    of_each(plan, &plan.scenarios, ask).map(Some)
}

fn read(line: &str) -> Option<Noticed> {
    let (scenario, rest) = line.trim().split_once(": ")?;
    let scenario = scenario.to_owned();
    if rest == NONE {
        return Some(Noticed { scenario, functions: BTreeMap::new(), named: None });
    }
    let (counts, named) = rest.split_once(NAMED)?;
    let (_, counts) = counts.strip_suffix(')')?.split_once(" (")?;
    let count = |part: &str| {
        let (function, count) = part.rsplit_once(' ')?;
        Some((function.to_owned(), count.parse().ok()?))
    };
    let functions: Option<BTreeMap<String, usize>> = counts.split(", ").map(count).collect();
    Some(Noticed { scenario, functions: functions?, named: Some(named.to_owned()) })
}

/// The answers about each scenario, in their order, asked side by side.
fn of_each(
    plan: &Plan<'_>,
    scenarios: &[(usize, String)],
    ask: impl Fn(&(usize, String), &mut Runner) -> Result<Noticed, String> + Sync,
) -> Result<Vec<Noticed>, String> {
    let next = AtomicUsize::new(0);
    let found: Mutex<BTreeMap<usize, Noticed>> = Mutex::new(BTreeMap::new());
    let work = || -> Result<(), String> {
        let mut runner = Runner::start(plan.program)?;
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            let Some(scenario) = scenarios.get(at).filter(|_| !session::is_ending()) else { return Ok(()) };
            let noticed = ask(scenario, &mut runner)?;
            found.lock().expect("nobody panics while holding it").insert(at, noticed);
        }
    };
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..plan.jobs).map(|_| scope.spawn(work)).collect();
        workers.into_iter().try_for_each(|worker| worker.join().expect("workers do not panic"))
    })?;
    Ok(found.into_inner().expect("nobody panics while holding it").into_values().collect())
}

#[cfg(test)]
mod tests {
    use super::{Noticed, read};

    #[test]
    fn a_line_is_read_as_it_is_printed() {
        let functions = [("do_stop".to_owned(), 2), ("stop".to_owned(), 11)].into();
        let named = Some("stopped_locked/stop/drop-lock/1".to_owned());
        for noticed in [
            Noticed { scenario: "S6".to_owned(), functions, named },
            Noticed { scenario: "S5".to_owned(), functions: [].into(), named: None },
        ] {
            assert_eq!(read(noticed.line().trim_end()), Some(noticed));
        }
        assert_eq!(read("  S5: 3 of them"), None);
    }
}
