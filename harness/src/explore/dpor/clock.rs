//! The clocks of the search: happens-before among the steps of one execution.

/// For every process, which is a thread or a store buffer, up to which of its steps something comes
/// before. Signed for the reason that the clocks of the machine are; no execution has so many steps
/// that it matters.
pub(super) type Clock<const PROCESSES: usize> = crate::clock::Clock<i32, PROCESSES>;

/// A step as a point of a clock. Steps are numbered from 0 in the execution, and not in their
/// process.
#[inline(always)]
pub(super) fn point(step: u32) -> usize {
    step as usize + 1
}
