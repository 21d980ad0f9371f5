//! Exhaustive search over execution graphs, under any memory model.
//!
//! Promise: every consistent execution graph of a program (who reads from which write, and the
//! coherence order of each location) is built once. After Kokologiannakis, Marmanis, Gladstein and
//! Vafeiadis, "Truly stateless, optimal dynamic partial order reduction" (POPL 2022); the memory
//! model is a predicate on graphs, as in Kokologiannakis, Raad and Vafeiadis, "Model checking for
//! weakly consistent libraries" (PLDI 2019).
//!
//! Limits: threads are functions of what they have read. Models in which reads see writes that come
//! after them in program order (load buffering) are outside. Loops that wait have to say so
//! ([`Label::Await`], locks), or they never end.
//!
//! Programs of the simulated machine ([`crate::Program`]) are not searched this way: their
//! operations would have to get their answers from a graph. A program here is a value that
//! implements [`Threads`].
//!
//! Deviations: see `search.rs` for locks and read-modify-writes. Runs that end with a thread
//! waiting for what was written in the meantime are no executions and are counted apart.
//!
//! # Store buffering
//!
//! Two threads write a word each and read that of the other; both may read 0 unless memory is
//! sequentially consistent:
//!
//! ```
//! use lockstep::graph::{Label, Model, Order, Step, Threads, graphs};
//! use std::ops::ControlFlow;
//!
//! #[derive(Default)]
//! struct StoreBuffering([usize; 2]);
//!
//! impl Threads for StoreBuffering {
//!     fn initial(&self) -> Vec<u64> {
//!         vec![0, 0]
//!     }
//!     fn restart(&mut self) -> usize {
//!         self.0 = [0, 0];
//!         2
//!     }
//!     fn advance(&mut self, thread: usize, _answer: u64) -> Step {
//!         self.0[thread] += 1;
//!         let order = Order::Relaxed;
//!         let label = match self.0[thread] {
//!             1 => Label::Write { location: thread, value: 1, order },
//!             2 => Label::Read { location: 1 - thread, order },
//!             _ => Label::End,
//!         };
//!         label.into()
//!     }
//! }
//!
//! let count = |model| graphs(&mut StoreBuffering::default(), model, 1_000, &mut |_, _| ControlFlow::Continue(())).complete;
//! assert_eq!([Model::Sc, Model::Tso, Model::Weak].map(count), [3, 4, 4]);
//! ```

mod clock;
mod label;
mod events;
mod consistency;
mod revisit;
mod search;
mod program;
mod shared;

pub use clock::{EVENTS_MAX, THREADS_MAX};
pub use label::{Fence, LOCATIONS_MAX, Label, LocationId, Order};
pub use program::{Change, Counts, Final, Look, Model, Sources, Step, Threads, graphs};
pub use search::Ending;
pub use shared::{SharedConfig, SharedLook, graphs_shared};
