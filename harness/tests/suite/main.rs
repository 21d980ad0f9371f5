//! The tests of the harness that need no process of their own, in one program: what they share is compiled once.
#![allow(missing_docs)]

mod anything;
mod common;
mod memory_models;
mod model;
#[macro_use]
#[path = "../../benches/workload/mod.rs"]
mod workload;

mod alignment;
mod atomics;
mod control;
mod ends;
mod enumeration;
mod exhaustive;
mod explorers;
mod footprints;
mod giving_way;
mod graphs;
mod identity;
mod locks;
mod memory;
mod minimization;
mod overclaims;
#[cfg(target_arch = "x86_64")]
mod polling;
mod races;
mod relaxed_search;
mod repetition;
mod sampling;
mod schedules;
mod shared_ends;
mod std_shapes;
mod threads;
mod totality;
mod unshared;
mod verdicts;
mod waiting;
