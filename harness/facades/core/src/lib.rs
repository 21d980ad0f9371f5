//! What of `core` a subject may use; see [`lockstep_facade_std`].
//!
//! All of it is here but what is named below: what the compiler makes of `derive` and the like names items that have no stable name
//! of their own, so they cannot be listed one by one.

#![no_std]

extern crate core as real;

pub use lockstep_facade_std::{cell, hash, hint, io, panic, prelude, sync, time};
pub use real::*;

/// No assembly.
pub mod arch {}

/// Refuses what the environment of the compiler says.
#[macro_export]
macro_rules! env {
    ($($any:tt)*) => {
        ::core::compile_error!("nothing from outside reaches the machine: pass the value as a constant")
    };
}

/// Refuses what the environment of the compiler says.
#[macro_export]
macro_rules! option_env {
    ($($any:tt)*) => {
        ::core::compile_error!("nothing from outside reaches the machine: pass the value as a constant")
    };
}
