//! Exhaustive search over execution graphs, under any memory model.
//!
//! Promise: every consistent execution graph of a program (who reads from which write, and the coherence order of each location) is
//! built once. After Kokologiannakis, Marmanis, Gladstein and Vafeiadis, "Truly stateless, optimal dynamic partial order reduction" (POPL
//! 2022); the memory model is a predicate on graphs, as in Kokologiannakis, Raad and Vafeiadis, "Model checking for weakly consistent
//! libraries" (PLDI 2019).
//!
//! Limits: threads are functions of what they have read. Models in which reads see writes that come after them in program order
//! (load buffering) are outside. Loops that wait have to say so ([`Label::Await`], locks), or they never end.
//!
//! Deviations: see [`search`](self) for locks, awaits and read-modify-writes. Runs that end with a thread waiting for
//! what was written in the meantime are no executions and are counted apart.

mod clock;
mod label;
mod events;
mod consistency;
mod revisit;
mod search;
mod program;

pub use clock::EVENTS_MAX;
pub use label::{Fence, LOCATIONS_MAX, Label, LocationId, Order};
pub use program::{Change, Counts, Final, Look, Model, Step, Threads, graphs};
pub use search::Ending;
