//! A place whose orderings are taken away.

use super::event::Place;

/// A place of the source, or all of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Weakened {
    /// How the path of the file ends.
    pub file: &'static str,
    /// Line and column; nothing for the whole file.
    pub at: Option<(u32, u32)>,
}

impl Weakened {
    pub(super) fn covers(&self, place: Place) -> bool {
        self.at.is_none_or(|at| at == (place.line(), place.column())) && place.file().ends_with(self.file)
    }
}
