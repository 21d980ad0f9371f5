//! What a reader is told of single executions: what sets the two sides of a step apart, and who did
//! where what nobody can want.

use crate::document::{CauseKind, FaultPart, SeenEventPart, SightPart};
use lockstep::{Aligned, CompareConfig, Describe, Divergence, End, Execution, TraceLine, Variant, aligned, run};

/// An execution of a variant.
pub(crate) struct NamedExecution<'a> {
    pub(crate) name: &'a str,
    pub(crate) execution: &'a Execution,
}

impl NamedExecution<'_> {
    fn event(&self, line: &TraceLine) -> SeenEventPart {
        SeenEventPart {
            variant: self.name.to_owned(),
            thread: line.thread.clone(),
            text: line.text.clone(),
            kind: line.touched.as_ref().map(|touched| touched.kind.name().to_owned()),
            object: line.touched.as_ref().map(|touched| touched.object.clone()),
            place: line.place.into(),
        }
    }

    /// The accesses of the race that the execution ends in, if it does.
    fn race(&self, lines: &[TraceLine]) -> Option<Vec<SeenEventPart>> {
        matches!(self.execution.end, End::Race(_))
            .then(|| lines.iter().filter(|line| line.races).map(|line| self.event(line)).collect())
    }

    /// How the execution ends, if nobody can want that, and its warnings.
    pub(crate) fn faults(&self, lines: &[TraceLine]) -> Vec<FaultPart> {
        let warning = |line: &TraceLine| FaultPart {
            variant: self.name.to_owned(),
            text: line.text.clone(),
            events: vec![self.event(line)],
        };
        let mut faults: Vec<FaultPart> = lines.iter().filter(|line| line.warns).map(warning).collect();
        if self.execution.end.is_fault() {
            let own = lines.iter().filter(|line| line.ends).map(|line| self.event(line)).collect();
            faults.push(FaultPart {
                variant: self.name.to_owned(),
                text: self.execution.outcome.end.to_string(),
                events: self.race(lines).filter(|events| !events.is_empty()).unwrap_or(own),
            });
        }
        faults
    }
}

/// What is wrong on either side and not on both: how it ends, and warnings.
pub(crate) fn faults(sides: [&NamedExecution<'_>; 2], aligned: &Aligned) -> Vec<FaultPart> {
    let [left, right] = [sides[0].faults(&aligned.left), sides[1].faults(&aligned.right)];
    let is_in = |others: &[FaultPart], one: &FaultPart| {
        let thread = |fault: &FaultPart| fault.events.first().map(|event| event.thread.clone());
        others.iter().any(|other| other.text == one.text && thread(other) == thread(one))
    };
    let only_left: Vec<FaultPart> = left.iter().filter(|one| !is_in(&right, one)).cloned().collect();
    let only_right = right.into_iter().filter(|one| !is_in(&left, one));
    only_left.into_iter().chain(only_right).collect()
}

/// What sets the two sides of each step apart that brings or removes the outcome of a divergence,
/// under its witness.
pub(crate) fn sights(
    programs: &[Variant<'_>],
    divergence: &Divergence,
    config: &CompareConfig<'_>,
    words: &dyn Describe,
) -> Vec<SightPart> {
    let attribution = &divergence.attribution;
    let introduced = attribution.introduced.iter().map(|&to| (to, true));
    let mut steps: Vec<(usize, bool)> = introduced.chain(attribution.removed.iter().map(|&to| (to, false))).collect();
    steps.sort_unstable();
    let sight = |(to, brings): (usize, bool)| {
        let [earlier, later] = [to - 1, to].map(|variant| {
            let Variant { name, program } = &programs[variant];
            (*name, run(program, &divergence.witness, &config.run()))
        });
        let [earlier, later] = [&earlier, &later].map(|(name, execution)| NamedExecution { name, execution });
        let aligned = aligned((earlier.execution, later.execution), words);
        let (kind, events) = apart(&earlier, &later, &aligned, brings);
        SightPart { step_to: later.name.to_owned(), brings, kind, events, cause: None }
    };
    steps.into_iter().map(sight).collect()
}

fn apart(
    earlier: &NamedExecution<'_>,
    later: &NamedExecution<'_>,
    aligned: &Aligned,
    brings: bool,
) -> (CauseKind, Vec<SeenEventPart>) {
    let races = [earlier.race(&aligned.left), later.race(&aligned.right)];
    let race = match races {
        [Some(one), None] | [None, Some(one)] => Some(one),
        [Some(one), Some(other)] if !are_alike(&one, &other) => Some(if brings { other } else { one }),
        _ => None,
    };
    if let Some(race) = race.filter(|race| !race.is_empty()) {
        return (CauseKind::Race, race);
    }
    let Some(row) = aligned.first_event.map(|at| &aligned.rows[at]) else { return (CauseKind::Unknown, Vec::new()) };
    let left = aligned.left_line(row).map(|line| earlier.event(line));
    let right = aligned.right_line(row).map(|line| later.event(line));
    (CauseKind::Event, left.into_iter().chain(right).collect())
}

/// Whether two races are of the same accesses, whatever was read and written.
fn are_alike(one: &[SeenEventPart], other: &[SeenEventPart]) -> bool {
    let what = |events: &[SeenEventPart]| {
        let mut all: Vec<_> =
            events.iter().map(|one| (one.thread.clone(), one.kind.clone(), one.object.clone())).collect();
        all.sort();
        all
    };
    what(one) == what(other)
}
