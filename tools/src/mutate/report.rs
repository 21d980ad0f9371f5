//! What became of the mutants, for people and for programs. No times and no line numbers in what is
//! committed.

use super::fate::{BROKE_DOWN, Fate, MutantStatus};
use super::judge::{Plan, Trial};
use lockstep::BadEnd;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// Counts of fates.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    pub killed: usize,
    pub survived: usize,
    pub equivalent: usize,
    pub not_judged: usize,
}

impl Counts {
    /// Counts these.
    pub fn of<'a>(fates: impl Iterator<Item = &'a Fate>) -> Counts {
        let mut counts = Counts::default();
        for fate in fates {
            match fate {
                Fate::Killed(_) => counts.killed += 1,
                Fate::Survived { .. } => counts.survived += 1,
                Fate::Equivalent { .. } => counts.equivalent += 1,
                Fate::NotJudged => counts.not_judged += 1,
            }
        }
        counts
    }

    /// The share of mutants that were noticed, of all that could be. Nothing if there were none.
    pub fn score(&self) -> Option<f64> {
        let all = self.killed + self.survived;
        (all > 0).then(|| self.killed as f64 / all as f64)
    }

    fn cell(&self) -> String {
        let mut cell = format!("{}/{}", self.killed, self.killed + self.survived);
        if self.equivalent > 0 {
            cell += &format!(" ={}", self.equivalent);
        }
        if self.not_judged > 0 {
            cell += &format!(" ?{}", self.not_judged);
        }
        cell
    }
}

/// What there is to tell.
#[derive(Clone, Copy, Debug)]
pub struct Account<'a> {
    pub results: &'a [(Trial, Fate)],
    pub plan: &'a Plan<'a>,
    /// What was explored.
    pub head: &'a str,
    pub memory: &'a str,
}

/// For people.
pub fn text(account: &Account<'_>) -> String {
    let Account { results, head, memory, .. } = *account;
    let counts = Counts::of(results.iter().map(|(_, fate)| fate));
    let mut text = format!("{head}\n\n{}\n", table(results));
    text += "killed/of those that count; =n equivalent, ?n not judged\n\n";
    text += &not_judged(&counts, memory);
    text += &format!(
        "{}: {} killed, {} survived, {} equivalent\n",
        score(&counts),
        counts.killed,
        counts.survived,
        counts.equivalent
    );
    text += &killers(results);
    text += &growth(account);
    let broke = |fate: &Fate| matches!(fate, Fate::Killed(kill) if kill.how == BROKE_DOWN);
    let broken: Vec<&str> =
        results.iter().filter(|(_, fate)| broke(fate)).map(|(trial, _)| trial.mutant.id.as_str()).collect();
    if !broken.is_empty() {
        text += &format!("killed because they broke down, and did so again: {}\n", broken.join(", "));
    }
    text + &MutantStatus::ALL.map(|status| status.text(results)).concat()
}

/// The score, with what it says nothing of.
fn score(counts: &Counts) -> String {
    let score = counts.score().map_or("no score".to_owned(), |score| format!("score {score:.3}"));
    if counts.not_judged > 0 { format!("{score}, {} not judged", counts.not_judged) } else { score }
}

fn not_judged(counts: &Counts, memory: &str) -> String {
    let takes = match counts.not_judged {
        0 => return String::new(),
        1 => "1 only takes".to_owned(),
        count => format!("{count} only take"),
    };
    format!(
        "not judged: {takes} an ordering away, of which '{memory}' shows only data races: look with --memory weak as well\n"
    )
}

/// What a check that found nothing else has repeated.
pub fn repeated(account: &Account<'_>) -> String {
    let counts = Counts::of(account.results.iter().map(|(_, fate)| fate));
    format!(
        "{} as committed: {} mutants were killed again, each in the scenario that is named; {} survivors and {} equivalent ones were not noticed again, \
         in a part of what is searched otherwise\n'lockstep mutate' without --check searches every execution\n",
        score(&counts),
        counts.killed,
        counts.survived,
        counts.equivalent
    )
}

impl MutantStatus {
    /// Nothing if no mutant is in it.
    fn text(self, results: &[(Trial, Fate)]) -> String {
        let lines: String = results.iter().filter_map(|(trial, fate)| self.lines(trial, fate)).collect();
        if lines.is_empty() { lines } else { format!("\n{}\n{lines}", self.title()) }
    }

    /// What is said of a mutant of this status; nothing if it has another.
    fn lines(self, trial: &Trial, fate: &Fate) -> Option<String> {
        let more = match (self, fate) {
            (MutantStatus::Killed, Fate::Killed(kill)) => Some(kill.to_string()),
            (MutantStatus::Survived, Fate::Survived { note }) => note.clone(),
            (MutantStatus::Equivalent, Fate::Equivalent { reason }) => Some(reason.clone()),
            _ => return None,
        };
        let more = more.map_or(String::new(), |more| format!("    {more}\n"));
        Some(format!("  {}: {}\n{more}", trial.mutant.id, trial.mutant.what))
    }
}

/// Operators down, files across.
fn table(results: &[(Trial, Fate)]) -> String {
    let mut cells: BTreeMap<(&str, &str), Vec<&Fate>> = BTreeMap::new();
    for (trial, fate) in results {
        cells.entry((trial.mutant.operator.name(), trial.mutant.label())).or_default().push(fate);
    }
    let operators: BTreeSet<&str> = cells.keys().map(|(operator, _)| *operator).collect();
    let files: BTreeSet<&str> = cells.keys().map(|(_, file)| *file).collect();
    let count = |wanted: &dyn Fn(&str, &str) -> bool| {
        let chosen = cells.iter().filter(|((operator, file), _)| wanted(operator, file));
        Counts::of(chosen.flat_map(|(_, fates)| fates.iter().copied()))
    };
    let mut table = comfy_table::Table::new();
    table.load_preset(comfy_table::presets::NOTHING);
    let heads = files.iter().map(|file| (*file).to_owned());
    table.set_header(std::iter::once("operator".to_owned()).chain(heads).chain(["all".to_owned()]));
    let row = |name: &str, of: &dyn Fn(&str) -> bool| {
        let mut row = vec![name.to_owned()];
        for file in &files {
            let counts = count(&|operator, found| of(operator) && found == *file);
            row.push(if counts == Counts::default() { String::new() } else { counts.cell() });
        }
        row.push(count(&|operator, _| of(operator)).cell());
        row
    };
    for operator in &operators {
        table.add_row(row(operator, &|found| found == *operator));
    }
    table.add_row(row("all", &|_| true));
    table.lines().map(|line| line.trim_end().to_owned() + "\n").collect()
}

/// Which scenarios killed how many.
fn killers(results: &[(Trial, Fate)]) -> String {
    let mut killers: BTreeMap<&str, usize> = BTreeMap::new();
    for (_, fate) in results {
        if let Fate::Killed(kill) = fate {
            *killers.entry(&kill.scenario).or_default() += 1;
        }
    }
    let mut killers: Vec<(&str, usize)> = killers.into_iter().collect();
    killers.sort_by_key(|&(_, count)| std::cmp::Reverse(count));
    let parts: Vec<String> = killers.iter().map(|(id, count)| format!("{id} {count}")).collect();
    if parts.is_empty() { String::new() } else { format!("first killed by: {}\n", parts.join(", ")) }
}

/// What the scenarios up to one kill, all its situation's with it.
#[derive(Clone, Debug, PartialEq)]
struct Reach {
    situation: String,
    scenarios: usize,
    killed: usize,
    score: Option<f64>,
}

/// The situation of a scenario: `S8` for S8b; any other name stands for itself.
fn situation(id: &str) -> &str {
    let stem = id.strip_suffix(|letter: char| letter.is_ascii_lowercase()).unwrap_or(id);
    let is_numbered = stem
        .strip_prefix('S')
        .is_some_and(|number| !number.is_empty() && number.bytes().all(|digit| digit.is_ascii_digit()));
    if is_numbered { stem } else { id }
}

/// How the score grows, situation by situation. A mutant counts from the scenario that killed it:
/// one before it could have killed it too, with more effort, so these are the least that the sets
/// are worth.
fn reaches(account: &Account<'_>) -> Vec<Reach> {
    let counts = Counts::of(account.results.iter().map(|(_, fate)| fate));
    let mut found: Vec<Reach> = Vec::new();
    for id in &account.plan.scenarios {
        let kills = |fate: &Fate| matches!(fate, Fate::Killed(kill) if kill.scenario == *id);
        let here = account.results.iter().filter(|(_, fate)| kills(fate)).count();
        let before = found.last().map_or((0, 0), |reach| (reach.scenarios, reach.killed));
        if found.last().is_some_and(|reach| reach.situation == situation(id)) {
            found.pop();
        }
        let killed = before.1 + here;
        let score = Counts { killed, survived: counts.killed + counts.survived - killed, ..counts }.score();
        found.push(Reach { situation: situation(id).to_owned(), scenarios: before.0 + 1, killed, score });
    }
    found
}

fn growth(account: &Account<'_>) -> String {
    let reaches = reaches(account);
    let part = |reach: &Reach| format!("{} {:.3}", reach.situation, reach.score.unwrap_or(0.0));
    let parts: Vec<String> = reaches.iter().map(part).collect();
    if parts.len() < 2 { String::new() } else { format!("score of all scenarios up to: {}\n", parts.join(", ")) }
}

/// For programs.
pub fn document(account: &Account<'_>, complete: bool) -> Value {
    let Account { results, head, memory, .. } = *account;
    let reach = |reach: &Reach| {
        json!({
            "up_to": reach.situation,
            "scenarios": reach.scenarios,
            "killed": reach.killed,
            "score": reach.score,
        })
    };
    let counts = Counts::of(results.iter().map(|(_, fate)| fate));
    json!({
        "schema": 1,
        "memory": memory,
        "explored": head,
        "complete": complete,
        "score": counts.score(),
        "killed": counts.killed,
        "survived": counts.survived,
        "equivalent": counts.equivalent,
        "not_judged": counts.not_judged,
        "original_ends": account.plan.originals.all().into_iter().map(original_end).collect::<Vec<_>>(),
        "sets": reaches(account).iter().map(reach).collect::<Vec<_>>(),
        "mutants": results.iter().map(|(trial, fate)| mutant(trial, fate)).collect::<Vec<_>>(),
    })
}

fn original_end((kind, scenarios): (BadEnd, Vec<String>)) -> Value {
    json!({ "kind": kind.name(), "scenarios": scenarios })
}

fn mutant(trial: &Trial, fate: &Fate) -> Value {
    let mutant = &trial.mutant;
    let mut value = json!({
        "id": mutant.id,
        "file": mutant.file,
        "line": mutant.line,
        "function": mutant.function,
        "operator": mutant.operator.name(),
        "ordering": mutant.operator.is_ordering(),
        "what": mutant.what,
    });
    value["status"] = json!(fate.word());
    match fate {
        Fate::Killed(kill) => {
            value["scenario"] = json!(kill.scenario);
            value["how"] = json!(kill.how);
            value["executions"] = json!(kill.executions);
            value["preemptions"] = json!(kill.preemptions);
            value["difference"] = json!(kill.difference);
        }
        Fate::Survived { note } => value["note"] = json!(note),
        Fate::Equivalent { reason } => value["reason"] = json!(reason),
        Fate::NotJudged => {}
    }
    value
}
