//! What of `alloc` a subject may use; see [`lockstep_facade_std`].

#![no_std]

pub use lockstep_facade_std::{borrow, boxed, collections, fmt, format, rc, slice, str, string, sync, task, vec};
