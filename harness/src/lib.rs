//! Lockstep: deterministic simulation and differential testing of concurrent code along a patch
//! series.
//!
//! Promise: every variant of a protocol runs under identical schedules in one simulated machine,
//! and what a client can tell afterwards is compared as sets. Limits: what was not explored is not
//! known; every result carries its [`Evidence`], and only an exhaustive one means never. Nothing
//! that the memory model leaves out is shown.
//!
//! # A first comparison
//!
//! Two counters, one of which loses an increment:
//!
//! ```
//! use lockstep::sync::{Atomic, Ordering, SpinLock};
//! use lockstep::{Abandon, CompareConfig, Program, Variant, Verdict, compare, probe, thread};
//!
//! fn locked() {
//!     let (lock, count) = (SpinLock::named("lock"), Atomic::named("count", 0_u32));
//!     thread::scope(|scope| {
//!         for number in 0..2 {
//!             scope.spawn(("adder", number), move || {
//!                 let _guard = lock.guard();
//!                 count.write_once(count.read_once() + 1);
//!             });
//!         }
//!     });
//!     probe::observe(u64::from(count.load(Ordering::Relaxed)));
//! }
//!
//! fn lockless() {
//!     let count = Atomic::named("count", 0_u32);
//!     thread::scope(|scope| {
//!         for number in 0..2 {
//!             scope.spawn(("adder", number), move || count.write_once(count.read_once() + 1));
//!         }
//!     });
//!     probe::observe(u64::from(count.load(Ordering::Relaxed)));
//! }
//!
//! let program = |body| Program { body, abandon: Abandon::Unwind };
//! let variants = [
//!     Variant { name: "locked", program: program(&locked) },
//!     Variant { name: "lockless", program: program(&lockless) },
//! ];
//! let comparison = compare(&variants, &CompareConfig::default());
//! assert_eq!(comparison.pairs[0].verdict, Verdict::Extends);
//! assert_eq!(comparison.divergences.len(), 1);
//! ```
//!
//! # Words
//!
//! - **scenario**: the operations that each thread performs; data. **variant**: one implementation.
//! - **schedule**: a value that decides every choice of an execution ([`Schedule`]). **token**: its
//!   text ([`Token`]).
//! - **choice point**: where the schedule is asked who goes on, or which of several alternatives
//!   happens. **step**: what a thread does from one choice point to the next. **preemption**:
//!   giving way while able to run.
//! - **event**: one access, lock operation, wait, wake-up, call or return. **footprint**: the
//!   objects it touches, known before it runs.
//! - **trace**: all events of an execution, in order. **history**: what is observable of them, by
//!   thread and by observer.
//! - **execution**: one run of one variant under one schedule ([`run`]). **end**: how it ended
//!   ([`End`]).
//! - **outcome**: everything a client can tell afterwards: histories and end ([`Outcome`]).
//! - **livelock**: an end in which threads go round in loops, reading what nobody is left to write
//!   ([`End::Livelock`]).
//! - **bad end**: an end that no subject can want: a race, a panic, stuck threads, a limit
//!   ([`BadEnd`]).
//! - **divergence**: an outcome that some variants show and others do not. **witness**: a schedule
//!   that shows an outcome.
//! - **refinement**: all outcomes of the second variant are outcomes of the first
//!   ([`Verdict::Refines`]).
//! - **evidence**: how much was explored ([`Evidence`]). **gap**: what executions have missed
//!   ([`Gaps`]). **happens-before**: as Lamport's.
//! - **site**: a named place (operation, hook, function) to which keys are relative. **key**: where
//!   a choice happens ([`Key`]).
//!
//! # Layers
//!
//! ```text
//!   differential   many variants: comparison, attribution, minimization, rendering
//!   explore        many executions of one variant: sampling, enumeration, replay
//!   sync, thread, probe   what subject code calls
//!   sim            one execution: threads, choice points, memory
//!   schedule       what decides an execution
//! ```

mod clock;
mod schedule;
mod sim;
pub mod sync;
pub mod thread;
pub mod probe;
mod explore;
mod token;
mod differential;
#[cfg(feature = "proptest")]
pub mod schedules;

pub use differential::*;
pub use explore::*;
pub use schedule::{Decision, Explicit, Key, Schedule, Step, THREADS_MAX, scramble};
pub use sim::{
    Abandon, BadEnd, Blocked, End, Event, Fault, Footprint, Gaps, Kind, Label, MemoryModel, OBSERVERS_MAX, ObjectId,
    Place, Weakened, What, is_simulated,
};
#[cfg(unix)]
pub use sim::{Farewell, LastWords, on_abort, on_stack_overrun};
pub use token::{MACHINE_VERSION, Token, TokenError};
