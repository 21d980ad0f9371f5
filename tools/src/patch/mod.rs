//! Patches as text: mails, unified diffs, and applying them.
//!
//! Promise: what `git format-patch` writes is read, and what is read is applied exactly or refused
//! with the patch, the hunk and the nearest place that would match. Nothing here touches a file.
//! Limits: patches to text; no binary patches, links, copies, mode changes or quoted paths.
//! Deviation: `git am` applies a hunk at an offset and says so in passing; here an offset is an
//! error, for a variant must be the code that was reviewed.

mod apply;
mod diff;
mod error;
#[cfg(test)]
mod fuzz;
mod mail;
mod make;
mod mbox;
mod path;
mod subject;
mod thread;

pub use apply::apply;
pub use diff::FileDiff;
pub use error::PatchError;
pub use mail::{Mail, parse_mails};
pub use make::hunks;
pub use path::{below, same_file, tree_path};
pub use subject::MailSubject;
pub use thread::read_thread;
