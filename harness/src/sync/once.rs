//! Something that is done once, in the shape of the standard library's.

use super::once_lock::OnceLock;

/// Something that is done once, by whoever comes first; others wait meanwhile. See
/// [`std::sync::Once`].
#[derive(Debug, Default)]
pub struct Once {
    done: OnceLock<()>,
}

impl Once {
    /// It was not done yet.
    #[track_caller]
    pub fn new() -> Once {
        Once { done: OnceLock::new() }
    }

    /// Does it, unless it was done. When this returns it was done, by whomever.
    #[track_caller]
    pub fn call_once(&self, act: impl FnOnce()) {
        self.done.get_or_init(act);
    }

    /// Whether it was done and the calling thread sees that.
    #[track_caller]
    pub fn is_completed(&self) -> bool {
        self.done.get().is_some()
    }
}
