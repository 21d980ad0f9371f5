//! What single executions show of the causes of a divergence, and of ends that nobody can want.

use super::witness::PlacePart;
use serde::{Deserialize, Serialize};

/// An event of one execution, with everything that a reader needs to find it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SeenEventPart {
    /// The variant that was run.
    pub variant: String,
    /// The thread.
    pub thread: String,
    /// What it did.
    pub text: String,
    /// The word for its kind, if it is an access, lock operation, wait or wake.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// What it touched.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub object: Option<String>,
    /// Where in the source of that variant.
    pub place: PlacePart,
}

/// Something in one execution that nobody can want: how it ended, or a warning on the way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct FaultPart {
    /// The variant that was run.
    pub variant: String,
    /// What is wrong, in words.
    pub text: String,
    /// Who did it and where: of a race both accesses, of threads that are stuck each of them.
    pub events: Vec<SeenEventPart>,
}

/// What kind of thing sets two executions apart first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum CauseKind {
    /// The two accesses of a data race that only one of them has.
    Race,
    /// The first event that differs.
    Event,
    /// Under the witness both do the same; other schedules do not show the outcome.
    Unknown,
}

/// What sets the two sides of one step apart under the witness of a divergence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SightPart {
    /// The step, by the variant that it leads to.
    pub step_to: String,
    /// Whether the step brings the outcome; else it removes it.
    pub brings: bool,
    /// What kind of thing it is.
    pub kind: CauseKind,
    /// The two accesses of the race, the first of them first; or the first event that differs, that
    /// of the earlier variant first, as far as either has one there.
    pub events: Vec<SeenEventPart>,
    /// The cause, by its name in the document.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cause: Option<String>,
}

impl FaultPart {
    /// Who did it and where, in a line each.
    pub fn lines(&self) -> impl Iterator<Item = String> + '_ {
        self.events.iter().map(SeenEventPart::line)
    }
}

impl SeenEventPart {
    /// Thread, event and place, in a line.
    pub fn line(&self) -> String {
        let SeenEventPart { thread, text, place, .. } = self;
        match place.line {
            0 => format!("{thread}: {text}"),
            line => format!("{thread}: {text}, at {}:{line}", place.file),
        }
    }
}
