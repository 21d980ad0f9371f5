//! Two executions under one schedule.

use serde::{Deserialize, Serialize};

/// A place in the source.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlacePart {
    /// The file, from the root of the workspace.
    pub file: String,
    /// The line, from 1.
    pub line: u32,
    /// The column, from 1.
    pub column: u32,
}

/// Two executions under one schedule, row by row.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct WitnessPart {
    /// The variant that shows the outcome and one that does not.
    pub variants: [String; 2],
    /// What each did.
    pub traces: [TracePart; 2],
    /// What stands beside what.
    pub rows: Vec<RowPart>,
    /// The first row that differs once threads run.
    pub first_event: Option<usize>,
    /// The first row that differs in what a client can see.
    pub first_observable: Option<usize>,
    /// What else is to be said: decisions of the schedule that found no place.
    pub notes: Vec<String>,
}

/// What one variant did.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct TracePart {
    /// Names of the threads, by number.
    pub threads: Vec<String>,
    /// All events, in order.
    pub events: Vec<EventPart>,
}

/// One event.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct EventPart {
    /// The thread that did it.
    pub thread: usize,
    /// What happened.
    pub text: String,
    /// The word for its kind, if it is an access, lock operation, wait or wake.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// What it touched.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub object: Option<String>,
    /// Whether a client could see it.
    #[serde(default, skip_serializing_if = "is_false")]
    pub observable: bool,
    /// Whether the subject said it of itself.
    #[serde(default, skip_serializing_if = "is_false")]
    pub remark: bool,
    /// The innermost named site.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub site: Option<String>,
    /// Where in the source, as file:line:column.
    pub place: String,
    /// The event of another thread that it reads from, or that woke it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<usize>,
}

/// What either side did: indices of events. Both, if they did the same or something in each other's place.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct RowPart {
    /// In the first variant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub left: Option<usize>,
    /// In the second.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub right: Option<usize>,
    /// Blank where both did the same; `<`, `>` and `!` as in snapshots.
    pub mark: char,
    /// Whether a reader needs it; what is not is folded.
    pub near: bool,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes references")]
fn is_false(flag: &bool) -> bool {
    !*flag
}
