//! Whether plain accesses race.
//!
//! Promise: of the executions explored, one in which a plain access and another access to the same
//! location, one of them a write, are not ordered by happens-before, is found. Limits:
//! happens-before is that of the harness's plain data, which is C11's, while the kernel's model has
//! rules of its own for plain accesses; a program that orders them by dependencies alone is said to
//! race, and so is one that races only with the write that a failing compare-and-exchange does not
//! make. Deviation: herd under the kernel's model counts the flagged executions among the others,
//! and so do we, but it looks for races under that model, we under the model that is asked for.
//!
//! The values come from relaxed accesses; beside each location that has plain accesses lies one
//! cell of plain data for each thread. A plain access touches the cells of all threads, a marked
//! one only that of its own. So two marked accesses never meet in a cell, and two accesses of which
//! one is plain always do.

use super::ast::{LocationId, Program};
use lockstep::sync::Plain;

/// The cells of an execution, by location and thread; none where races are not looked for.
pub struct Shadows {
    cells: Vec<Plain<u8>>,
    threads: usize,
}

impl Shadows {
    /// Races are not looked for.
    pub fn none() -> Shadows {
        Shadows { cells: Vec::new(), threads: 0 }
    }

    /// Cells for all locations.
    pub fn new(program: &Program) -> Shadows {
        let threads = program.threads.len();
        let mut cells = Vec::with_capacity(program.locations.len() * threads);
        for location in 0..program.locations.len() {
            let number = u32::try_from(location).expect("the number of locations is limited");
            cells.extend((0..threads).map(|_| Plain::named(("location", number), 0)));
        }
        Shadows { cells, threads }
    }

    /// A read is about to be made.
    pub fn read(&self, location: LocationId, thread: usize, plain: bool) {
        for cell in self.touched(location, thread, plain) {
            cell.get();
        }
    }

    /// A write, or a read-modify-write, is about to be made.
    pub fn write(&self, location: LocationId, thread: usize, plain: bool) {
        for cell in self.touched(location, thread, plain) {
            cell.set(0);
        }
    }

    fn touched(&self, location: LocationId, thread: usize, plain: bool) -> &[Plain<u8>] {
        if self.threads == 0 {
            return &[];
        }
        let all = &self.cells[location * self.threads..][..self.threads];
        if plain { all } else { &all[thread..=thread] }
    }
}
