//! What was compared, as parts of a document: they cross the port, and reports are made of them.

mod query;
mod scenario;
mod sight;
mod witness;

pub use query::{Standing, gravity, in_words};
pub use scenario::*;
pub use sight::*;
pub use witness::*;
