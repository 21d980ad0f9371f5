//! Two executions under one schedule.

use lockstep::Place;
use serde::{Deserialize, Serialize};
use std::convert::Infallible;
use std::fmt;
use std::str::FromStr;

/// A place in the source.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PlacePart {
    /// The file, from the root of the workspace.
    pub file: String,
    /// The line, from 1; 0 where it is not known.
    pub line: u32,
    /// The column, from 1; 0 where it is not known.
    pub column: u32,
}

impl From<Place> for PlacePart {
    fn from(place: Place) -> PlacePart {
        PlacePart { file: place.file().to_owned(), line: place.line(), column: place.column() }
    }
}

impl fmt::Display for PlacePart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            0 => f.write_str(&self.file),
            line => write!(f, "{}:{line}:{}", self.file, self.column),
        }
    }
}

impl FromStr for PlacePart {
    type Err = Infallible;

    /// A text without line and column names a file alone: the document may be of somebody who knows
    /// no more.
    fn from_str(text: &str) -> Result<PlacePart, Infallible> {
        let mut parts = text.rsplitn(3, ':');
        let mut number = || parts.next()?.parse().ok();
        let (column, line) = (number(), number());
        let place = line.zip(column).zip(parts.next());
        let ((line, column), file) = place.unwrap_or(((0, 0), text));
        Ok(PlacePart { file: file.to_owned(), line, column })
    }
}

/// Places as their text.
mod place_text {
    use super::PlacePart;
    use serde::{Deserialize, Deserializer, Serializer};

    pub fn serialize<S: Serializer>(place: &PlacePart, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(place)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<PlacePart, D::Error> {
        let Ok(place) = String::deserialize(deserializer)?.parse();
        Ok(place)
    }
}

/// Two executions under one schedule, row by row.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
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
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct TracePart {
    /// Names of the threads, by number.
    pub threads: Vec<String>,
    /// All events, in order.
    pub events: Vec<EventPart>,
}

/// One event.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
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
    /// Whether it is never folded: an access of a race, or of a statement that the step changes.
    #[serde(default, skip_serializing_if = "is_false")]
    pub pinned: bool,
    /// The innermost named site.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub site: Option<String>,
    /// Where in the source, as file:line:column.
    #[serde(with = "place_text")]
    #[cfg_attr(feature = "schema", schemars(with = "String"))]
    pub place: PlacePart,
    /// The event of another thread that it reads from, or that woke it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<usize>,
}

impl TracePart {
    /// One of its events with its thread, as in snapshots.
    pub fn line(&self, event: &EventPart) -> String {
        let mark = match (event.observable, event.remark) {
            (true, _) => "* ",
            (_, true) => "# ",
            _ => "",
        };
        let thread = self.threads.get(event.thread).map_or("?", String::as_str);
        format!("{thread}: {mark}{}", event.text)
    }
}

/// What either side did: indices of events. Both, if they did the same or something in each other's
/// place.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct RowPart {
    /// In the first variant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub left: Option<usize>,
    /// In the second.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub right: Option<usize>,
    /// Blank where both did the same; `<`, `>` and `!` as in snapshots.
    #[cfg_attr(feature = "schema", schemars(extend("enum" = [" ", "<", ">", "!"])))]
    pub mark: char,
    /// Whether a reader needs it; what is not is folded.
    pub near: bool,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes references")]
fn is_false(flag: &bool) -> bool {
    !*flag
}

#[cfg(test)]
mod tests {
    use super::PlacePart;

    #[track_caller]
    fn check(text: &str, file: &str, line: u32, column: u32) {
        let Ok(place) = text.parse::<PlacePart>();
        assert_eq!(place, PlacePart { file: file.to_owned(), line, column });
        assert_eq!(place.to_string(), text);
    }

    #[test]
    fn a_place_is_read_as_it_is_written() {
        check("src/a.rs:3:14", "src/a.rs", 3, 14);
        check("C:/a.rs:3:14", "C:/a.rs", 3, 14);
        check("somewhere: here", "somewhere: here", 0, 0);
    }
}
