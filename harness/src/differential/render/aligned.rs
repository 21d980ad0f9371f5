//! Two executions under one schedule, row by row.
//!
//! Promise: each event of either execution stands in exactly one row, in its order; a row with two
//! sides holds the same event twice, or two that stand in each other's place. Limit: which of
//! several equal events belong together is the guess of a line diff (Myers, Algorithmica 1986), for
//! variants need not do the same number of things.

use super::Describe;
use super::lines::{TraceLine, trace_lines};
use crate::explore::Execution;
use crate::sim::Kind;
use similar::{Algorithm, DiffOp, capture_diff_slices};

/// Equal lines kept before and after a difference.
const CONTEXT: usize = 2;

/// Rows shown before the place where a client can first tell the two apart.
const BEFORE_MAX: usize = 24;

/// Rows shown from there on. What follows is a consequence; whoever wants it replays the witness.
const AFTER_MAX: usize = 12;

/// Two traces, aligned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Aligned {
    /// The lines of the first execution.
    pub left: Vec<TraceLine>,
    /// Those of the second.
    pub right: Vec<TraceLine>,
    /// What either did, by row.
    pub rows: Vec<AlignedRow>,
    /// The first row that differs. Before the first thread is started nothing is concurrent: how
    /// variants differ there is no news.
    pub first_event: Option<usize>,
    /// The first row that differs in something a client can see.
    pub first_observable: Option<usize>,
}

/// What either side did. Both, if they did the same, or something in each other's place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AlignedRow {
    /// Line of the first execution.
    pub left: Option<usize>,
    /// Line of the second.
    pub right: Option<usize>,
    /// Whether both did the same.
    pub is_equal: bool,
    /// Whether a reader needs the row: equal stretches are to be folded, and so is what lies far
    /// before and after the first observable difference, for differences there are how the variants
    /// do things, not what comes of it.
    pub is_near: bool,
}

impl AlignedRow {
    /// `<` and `>` for what only one side did, `!` where they did different things.
    pub fn mark(&self) -> char {
        match (self.left, self.right) {
            _ if self.is_equal => ' ',
            (Some(_), Some(_)) => '!',
            (Some(_), None) => '<',
            _ => '>',
        }
    }
}

impl Aligned {
    /// What the first execution did in a row.
    pub fn left_line(&self, row: &AlignedRow) -> Option<&TraceLine> {
        row.left.map(|at| &self.left[at])
    }

    /// What the second execution did in a row.
    pub fn right_line(&self, row: &AlignedRow) -> Option<&TraceLine> {
        row.right.map(|at| &self.right[at])
    }

    fn lines(&self, row: &AlignedRow) -> impl Iterator<Item = &TraceLine> {
        self.left_line(row).into_iter().chain(self.right_line(row))
    }

    fn is_observable(&self, row: &AlignedRow) -> bool {
        self.lines(row).any(|line| line.observable)
    }

    /// Rows that are never folded: what a client sees, what the subject says of itself, and both
    /// accesses of a race.
    fn is_kept(&self, row: &AlignedRow) -> bool {
        self.lines(row).any(|line| line.observable || line.remark || line.races)
    }

    fn find_differences(&mut self) {
        let is_spawn = |row: &AlignedRow| self.left_line(row).is_some_and(|line| line.text == Kind::Spawn.name());
        let started = self.rows.iter().position(is_spawn).unwrap_or(0);
        let differs = self.rows[started..].iter().position(|row| !row.is_equal);
        let first_observable = self.rows.iter().position(|row| !row.is_equal && self.is_observable(row));
        self.first_event = differs.map(|at| started + at);
        self.first_observable = first_observable;
    }

    /// Marks what a reader needs.
    fn mark_near(&mut self) {
        let differing: Vec<usize> = (0..self.rows.len()).filter(|&at| !self.rows[at].is_equal).collect();
        let center = self.first_observable.or(differing.first().copied()).unwrap_or(self.rows.len());
        let is_near = |at: usize| {
            let next = differing.partition_point(|&other| other < at);
            let before = next.checked_sub(1).map(|before| at - differing[before]);
            let after = differing.get(next).map(|&after| after - at);
            before.into_iter().chain(after).any(|distance| distance <= CONTEXT)
        };
        let mut near: Vec<bool> = self.rows.iter().map(|row| self.is_kept(row)).collect();
        // Rows before the center are counted from it backwards, so that the window is full of what
        // matters.
        (0..center).rev().filter(|&at| is_near(at)).take(BEFORE_MAX).for_each(|at| near[at] = true);
        (center..self.rows.len()).filter(|&at| is_near(at)).take(AFTER_MAX).for_each(|at| near[at] = true);
        self.rows.iter_mut().zip(near).for_each(|(row, near)| row.is_near = near);
    }
}

/// Aligns the traces of two executions.
pub fn aligned(executions: (&Execution, &Execution), describe: &dyn Describe) -> Aligned {
    let (left, right) = (trace_lines(executions.0, describe), trace_lines(executions.1, describe));
    let rows = rows(&left, &right);
    let mut aligned = Aligned { left, right, rows, first_event: None, first_observable: None };
    aligned.find_differences();
    aligned.mark_near();
    aligned
}

fn rows(left: &[TraceLine], right: &[TraceLine]) -> Vec<AlignedRow> {
    let cells = |lines: &[TraceLine]| lines.iter().map(TraceLine::cell).collect::<Vec<_>>();
    let (left, right) = (cells(left), cells(right));
    let row = |left_at: Option<usize>, right_at: Option<usize>| {
        let is_equal = left_at.zip(right_at).is_some_and(|(left_at, right_at)| left[left_at] == right[right_at]);
        AlignedRow { left: left_at, right: right_at, is_equal, is_near: false }
    };
    let mut rows = Vec::new();
    for op in capture_diff_slices(Algorithm::Myers, &left, &right) {
        let (_, old, new) = op.as_tag_tuple();
        match op {
            DiffOp::Equal { .. } | DiffOp::Replace { .. } => {
                // Side by side as far as both have lines.
                let at = |range: &std::ops::Range<usize>, nth: usize| (nth < range.len()).then(|| range.start + nth);
                rows.extend((0..old.len().max(new.len())).map(|nth| row(at(&old, nth), at(&new, nth))));
            }
            DiffOp::Delete { .. } => rows.extend(old.map(|at| row(Some(at), None))),
            DiffOp::Insert { .. } => rows.extend(new.map(|at| row(None, Some(at)))),
        }
    }
    rows
}
