//! The operations behind the primitives: announce, give way if the schedule says so, perform.
//!
//! A frequent operation is two functions that are not inlined, one that announces it and contains a
//! specialized choice point, and one that performs it; subject code stays small. Between the two,
//! in the subject's own function, the thread takes its turn (see [`Handle::announce`] for why
//! there).

mod accesses;
mod admission;
mod announce;
mod locks;
mod polling;
mod results;
mod threads;
mod waits;

pub(crate) use accesses::*;
pub(crate) use admission::{compute, end_faulty, fail, never_get, never_go_on};
pub(crate) use locks::*;
pub(crate) use results::drop_handle;
pub(in crate::sim) use results::let_go_of_own;
pub(crate) use threads::{join, join_own, spawn};
pub(crate) use waits::*;
