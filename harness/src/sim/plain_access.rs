//! The accesses of plain data that later ones may race with.

use super::clock::Clock;
use super::event::Place;

/// Who accessed a plain object, and when by their own clocks.
pub(super) struct PlainAccess {
    pub(super) writes: Clock,
    pub(super) reads: Clock,
    pub(super) last_write: Option<Place>,
    pub(super) last_read: Option<Place>,
}
