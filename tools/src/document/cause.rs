//! What sets the steps of a series apart, once for all outcomes that come of it.

use crate::cli::counted::counted;
use lockstep::BadEnd;
use lockstep_runner::document::{CauseKind, PlacePart, SeenEventPart, in_words};
use serde::{Deserialize, Serialize};

/// One cause of divergences: a data race, or the first event that differs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct CausePart {
    /// The name by which all of it is accepted. It stays when lines move.
    #[cfg_attr(test, schemars(regex(pattern = r"^[A-Za-z0-9_+-]+\.cause-[0-9a-f]{8}$")))]
    pub id: String,
    /// What kind of thing it is.
    pub kind: CauseKind,
    /// `race`, `panic`, `stuck` or `limit`, if a step brings outcomes that end so: the gravest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, schemars(extend("enum" = ["race", "panic", "stuck", "limit"])))]
    pub bad: Option<String>,
    /// The two accesses of the race, or the first event that differs in either variant, in the
    /// simplest witness.
    pub events: Vec<SeenEventPart>,
    /// The statement of the step that has to do with it, if one was found.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub changed: Option<StatementPart>,
    /// Where it is in the code as it is to be: in the last variant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<PlacePart>,
    /// What each step brings and removes through it.
    pub steps: Vec<CauseStepPart>,
    /// Scenarios that show it, by their titles.
    pub scenarios: Vec<String>,
    /// Its divergences, by their names, the simplest first.
    pub divergences: Vec<String>,
    /// The simplest witness, for `lockstep replay`.
    pub token: String,
    /// Preemptions of that witness.
    pub preemptions: usize,
}

/// A statement that a step changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct StatementPart {
    /// The variant that has it.
    pub variant: String,
    /// Its text.
    pub text: String,
    /// Where it is in that variant.
    pub place: PlacePart,
    /// Whether the step takes it away.
    pub removed: bool,
}

/// What a step brings and removes through one cause.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct CauseStepPart {
    /// The step, by the variant that it leads to.
    pub step_to: String,
    /// Outcomes that it brings.
    pub brought: usize,
    /// Outcomes that it removes.
    pub removed: usize,
}

impl CausePart {
    /// What it is, in two words.
    pub fn title(&self) -> &'static str {
        match self.kind {
            CauseKind::Race => "a data race",
            CauseKind::Event => "the first event that differs",
            CauseKind::Unknown => "not shown by the witness, under which both sides do the same",
        }
    }

    /// What outcomes end in that a step brings through it, if nobody can want that.
    pub fn bad_words(&self) -> Option<String> {
        let kind = BadEnd::from_name(self.bad.as_deref()?)?;
        Some(format!("brings outcomes that end in {}", in_words(kind)))
    }

    /// The events that it is, a line each; those of two variants with their variant.
    pub fn event_lines(&self) -> Vec<String> {
        let line = |event: &SeenEventPart| match self.kind {
            CauseKind::Race => event.line(),
            _ => format!("{}: {}", event.variant, event.line()),
        };
        self.events.iter().map(line).collect()
    }

    /// The statement that a step changes, in a line.
    pub fn change(&self) -> Option<String> {
        let StatementPart { variant, text, place, removed } = self.changed.as_ref()?;
        let verb = if *removed { "what goes, as it stands in" } else { "changed by" };
        Some(format!("{verb} {variant}, {}:{}: {text}", place.file, place.line))
    }

    /// What each step brings and removes, in a line.
    pub fn counts(&self) -> String {
        let step = |CauseStepPart { step_to, brought, removed }: &CauseStepPart| {
            let part = |verb: &str, count: usize| (count > 0).then(|| format!("{verb} {}", counted(count, "outcome")));
            let parts = [part("brings", *brought), part("removes", *removed)];
            format!("{step_to} {}", parts.into_iter().flatten().collect::<Vec<_>>().join(" and "))
        };
        let steps: Vec<String> = self.steps.iter().map(step).collect();
        format!("{}, in {}", steps.join("; "), self.scenarios.join(", "))
    }

    /// All of it but the witness, a line each, the first the name.
    pub fn lines(&self) -> Vec<String> {
        let head = [format!("{}: {}", self.id, self.title()), self.counts()];
        head.into_iter().chain(self.change()).chain(self.event_lines()).collect()
    }
}

/// The causes for people, an empty line before each.
pub fn causes_text(causes: &[CausePart]) -> String {
    let text = |cause: &CausePart| {
        let witness = format!("{} ({})", cause.token, counted(cause.preemptions, "preemption"));
        format!("\ncause {}\n  {witness}\n", cause.lines().join("\n  "))
    };
    causes.iter().map(text).collect()
}
