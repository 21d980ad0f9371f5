//! What is called with the local state of a thread.

use super::super::event::{Kind, Place};
use super::super::ticket::Ticket;

/// Does what a thread is about to do that may repeat itself: an operation of that kind, with the
/// two words of a hash of all that is local to the thread. It was given where the stack ends, too.
pub(in crate::sim) type Repeat = extern "C-unwind" fn(Ticket, Kind, Place, usize, u64, u64);
