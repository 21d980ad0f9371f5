//! Comparisons of what was selected, one after the other, until all are done or the run is to end:
//! of any subject, for a bench runs it.

pub mod costs;
pub mod document;
pub mod ends;
pub mod matrix;

use crate::cli::arguments::Options;
use crate::cli::progress::Progress;
use crate::cli::session;
use crate::cli::status::Status;
use crate::cli::trouble::Trouble;
use crate::document::{CausePart, ScenarioPart, causes_text};
use lockstep::{CompareConfig, MemoryModel};
use lockstep_runner::Bench;
use lockstep_runner::protocol::{Compare, Compared, Effort, Setting};

/// What was compared, and what went wrong.
#[derive(Clone, Debug, Default)]
pub struct Outcomes {
    pub compared: Vec<Compared>,
    /// How many comparisons were asked for.
    pub wanted: usize,
    /// Not everything was compared.
    pub cut_short: bool,
}

impl Outcomes {
    /// Takes over what was compared under another memory model.
    pub fn append(&mut self, other: Outcomes) {
        self.compared.extend(other.compared);
        self.wanted += other.wanted;
        self.cut_short |= other.cut_short;
    }

    /// The comparisons, as parts of a document.
    pub fn parts(&self) -> impl Iterator<Item = &ScenarioPart> {
        self.compared.iter().map(|compared| &compared.part)
    }

    /// The first comparison in which the same schedule gave two executions, in a sentence.
    pub fn nondeterminism(&self) -> Option<String> {
        self.compared.iter().find_map(Compared::mismatch)
    }
}

/// How much the options ask for.
pub fn effort(options: &Options) -> Effort {
    Effort {
        exhaustive_max: options.exhaustive_max,
        preemptions: options.preemptions,
        enumerated: options.enumerated,
        executions: options.executions,
        seed: options.seed,
    }
}

/// How programs are compared in this process without a bench, as the options ask.
pub fn config(options: &Options, memory: MemoryModel) -> CompareConfig<'static> {
    effort(options).config(memory, jobs(options))
}

/// OS threads that the options ask for.
pub fn jobs(options: &Options) -> usize {
    let cores = || std::thread::available_parallelism().map_or(1, usize::from);
    options.jobs.map_or_else(cores, usize::from)
}

/// Runs of the exhaustive search of each variant in a first look.
const LOOK: u64 = 4_000;

/// A first look at each comparison, where there are several or time is limited: most are done with
/// it, and whoever ends the run early has something of all. What it exhausts reads as if it had
/// been given more; everything else is compared again.
fn first_look(effort: Effort, may_end_early: bool) -> Option<Effort> {
    (may_end_early && effort.exhaustive_max > LOOK).then(|| Effort {
        exhaustive_max: LOOK,
        enumerated: effort.enumerated.min(LOOK / 2),
        // Three times as many confirm.
        executions: effort.executions.min(LOOK / 8),
        ..effort
    })
}

/// Compares the variants in every one of these settings.
pub fn compare_all(
    bench: &mut dyn Bench,
    variants: &[String],
    wanted: &[Setting],
    options: &Options,
) -> Result<Outcomes, Trouble> {
    let whole = effort(options);
    let progress = Progress::new(wanted.len());
    let mut compared: Vec<Option<Compared>> = wanted.iter().map(|_| None).collect();
    let mut left: Vec<usize> = (0..wanted.len()).collect();
    let may_end_early = wanted.len() > 1 || options.time.is_some();
    for effort in first_look(whole, may_end_early).into_iter().chain([whole]) {
        let mut open = Vec::new();
        for at in left {
            let setting = &wanted[at];
            if session::is_ending() {
                open.push(at);
                continue;
            }
            progress.says(&setting.scenario);
            let (setting, variants) = (setting.clone(), variants.to_vec());
            let one = match bench.compare(Compare { setting, variants, effort, jobs: jobs(options) }) {
                Ok(one) => one,
                Err(_) if session::is_ending() => {
                    open.push(at);
                    continue;
                }
                Err(failure) => return Err(Trouble::of_failure(&wanted[at].scenario, failure)),
            };
            let part = &one.part;
            if !part.complete && session::is_ending() {
                open.push(at);
                // What ended early says less than what a first look has said.
                compared[at].get_or_insert(one);
                continue;
            }
            session::tell(&format!(
                "{} on {}: {} executions, {}; divergences: {}",
                part.id,
                part.subject,
                part.executions(),
                part.evidence().unwrap_or_default(),
                part.divergences.len()
            ));
            // A subject that does not repeat itself is cancelled, and does not repeat itself next
            // time either.
            if part.is_exhaustive() || !part.complete || part.unshared.is_some() || effort == whole {
                progress.advances();
            } else {
                open.push(at);
            }
            compared[at] = Some(one);
        }
        left = open;
    }
    let cut_short = !left.is_empty();
    Ok(Outcomes { compared: compared.into_iter().flatten().collect(), wanted: wanted.len(), cut_short })
}

/// Ends that nobody can want, then the causes of all differences, then each comparison as the
/// snapshots show it, and how many executions that took.
pub fn details(outcomes: &Outcomes, causes: &[CausePart]) -> String {
    let text = |Compared { part, snapshot, .. }: &Compared| {
        let text = match snapshot {
            Some(text) => text.clone(),
            None => format!("{}: {}\n", part.title(), part.gap().unwrap_or_default()),
        };
        let counts: Vec<String> = part.variants.iter().map(|one| format!("{} {}", one.name, one.executions)).collect();
        format!("{text}executions: {}\n", counts.join(", "))
    };
    let head = ends::text(outcomes.parts()) + causes_text(causes).trim_start();
    let head = if head.is_empty() { head } else { format!("{head}\n") };
    head + &outcomes.compared.iter().map(text).collect::<Vec<_>>().join("\n")
}

/// What the run was worth, said on standard error where it is less than asked.
pub fn judge(outcomes: &Outcomes) -> Status {
    let mut status = Status::Fine;
    if outcomes.cut_short {
        session::say_cut_short();
        status = status.and(Status::Budget);
    }
    if let Some(mismatch) = outcomes.nondeterminism() {
        session::say(&format!("nondeterminism: {mismatch}"));
        status = status.and(Status::Nondeterminism);
    }
    for part in outcomes.parts() {
        if let Some(nothing) = part.nothing_explored() {
            session::say(&format!("{}: {nothing}", part.id));
            status = status.and(Status::Nothing);
        }
    }
    if outcomes.parts().map(ScenarioPart::executions).sum::<u64>() == 0 {
        session::say_nothing_explored();
        status = status.and(Status::Nothing);
    }
    status
}
