//! Patches as text: mails, unified diffs, and applying them.
//!
//! Promise: what `git format-patch` writes is read, and what is read is applied exactly or refused with the patch, the
//! hunk and the nearest place that would match. Nothing here touches a file. Limits: text patches to files that exist;
//! no binary patches, new files, removals, copies, mode changes or quoted paths. Deviation: `git am` applies a hunk at
//! an offset and says so in passing; here an offset is an error, for a variant must be the code that was reviewed.

mod apply;
mod diff;
#[cfg(test)]
mod fuzz;
mod mail;
mod make;
mod path;

pub use apply::apply;
pub use mail::{Mail, parse_mails};
pub use make::hunks;
pub use path::same_file;
