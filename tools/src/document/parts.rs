//! The parts of the document, the whole before its parts.

use serde::{Deserialize, Serialize};

/// What `lockstep compare --save` writes.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Document {
    /// See [`super::SCHEMA`].
    pub schema: u32,
    /// The version of Lockstep that wrote it.
    pub version: String,
    /// The version of the machine, as in tokens.
    pub machine: u32,
    /// The memory models.
    pub memory: Vec<String>,
    /// The commit that the series is based on, if its author said so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base_commit: Option<String>,
    /// The series whose steps are compared, if it is one of the user's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub series: Option<SeriesPart>,
    /// Whether everything asked for was compared.
    pub complete: bool,
    /// Where the same schedule gave two executions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nondeterminism: Option<String>,
    /// The variants, in the order of the series.
    pub variants: Vec<DesignPart>,
    /// A part for each scenario, once for each set of repairs.
    pub scenarios: Vec<ScenarioPart>,
    /// What each step of the series changes in the source, where the variants have sources of their own.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub changes: Vec<ChangePart>,
    /// What the gate said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gate: Option<GatePart>,
    /// The claims, as `lockstep claims --format json` prints them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub claims: Option<serde_json::Value>,
    /// The audit of the series, as `lockstep audit --format json` prints it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub audit: Option<serde_json::Value>,
    /// The mutants, as `lockstep mutate --format json` prints them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mutants: Option<serde_json::Value>,
    /// The orderings that something depends on, as `lockstep explore --relax --format json` prints them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub orderings: Option<serde_json::Value>,
}

/// A series of the user's own: what `lockstep replay` must be told beside a token.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeriesPart {
    /// The module that the first patch changes.
    pub base: String,
    /// A folder of patches, an mbox, or revisions.
    pub series: String,
    /// The file with trait and scenarios, if it is not the usual one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// Tells the sources that were compared from others: the steps, and trait and scenarios.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sources: Option<String>,
}

/// A variant.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct DesignPart {
    /// Its name.
    pub name: String,
    /// What it is, in a line.
    pub summary: String,
    /// The file that sets it apart from the others, if one does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// Lines of code in that file: neither blank nor comments.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lines: Option<usize>,
    /// What its executions cost, by path through the protocol.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub costs: Vec<CostPart>,
    /// Its state bits, as executions were seen to use them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub state_bits: Vec<String>,
}

/// What one path through the protocol costs, counted in executions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CostPart {
    /// The path.
    pub path: String,
    /// Passages that were counted.
    pub passages: u64,
    /// Lock acquisitions of a passage.
    pub locks: RangePart,
    /// Waits for a lock that is not taken, of a passage.
    pub lock_waits: RangePart,
    /// Memory barriers, those inside locks not counted.
    pub barriers: RangePart,
    /// Atomic read-modify-writes.
    pub updates: RangePart,
    /// Loads and stores of shared words.
    pub accesses: RangePart,
}

/// Least, middle and most of what was counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RangePart {
    /// The least.
    pub least: u64,
    /// The median; of an even number the lower of the two in the middle.
    pub median: u64,
    /// The most.
    pub most: u64,
}

/// What a step of the series changes in the source.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ChangePart {
    /// The variant before.
    pub from: String,
    /// The variant after.
    pub to: String,
    /// A unified diff of the files that set them apart.
    pub diff: String,
}

/// One scenario compared.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ScenarioPart {
    /// The subject, as in tokens: the repairs make another subject of it.
    pub subject: String,
    /// Its id.
    pub id: String,
    /// The memory model.
    pub memory: String,
    /// A few words.
    pub name: String,
    /// What it asks.
    pub question: String,
    /// Where the question comes from.
    pub source: String,
    /// Whether all variants were explored. If not, there are no verdicts and no divergences.
    pub complete: bool,
    /// Repairs made in all variants alike.
    pub repairs: Vec<String>,
    /// What each thread does, a line a thread.
    pub program: Vec<String>,
    /// What must be reachable, or the scenario misses its subject.
    pub goals: Vec<GoalPart>,
    /// Schedules that were run more than once, to see whether they run the same.
    #[serde(default)]
    pub repeated: u64,
    /// Executions were made and nothing was explored: what was seen, and the likely cause. Then there are no verdicts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unshared: Option<String>,
    /// What each variant showed.
    pub variants: Vec<VariantPart>,
    /// Every pair of variants.
    pub pairs: Vec<PairPart>,
    /// Every outcome that not all variants show, those with the simplest witness first.
    pub divergences: Vec<DivergencePart>,
    /// Ends that no subject can want and that all variants show, once for each kind.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub bad_ends: Vec<BadEndPart>,
}

/// A goal of a scenario.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct GoalPart {
    /// What is reached, as a statement.
    pub name: String,
    /// Whether some execution of some variant reached it.
    pub reached: bool,
}

/// What one variant showed.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct VariantPart {
    /// Its name.
    pub name: String,
    /// What stands behind its outcomes.
    pub evidence: EvidencePart,
    /// Executions made.
    pub executions: u64,
    /// Executions cut off by the step limit.
    pub cut: u64,
    /// The outcomes, by identity.
    pub outcomes: Vec<OutcomePart>,
}

/// How much was explored.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct EvidencePart {
    /// In words.
    pub text: String,
    /// Every schedule was covered.
    pub exhaustive: bool,
    /// Every schedule with at most so many preemptions was covered.
    pub preemptions: Option<u32>,
    /// Executions of an enumeration beyond that.
    pub enumerated: u64,
    /// Random executions.
    pub sampled: u64,
    /// Where the random ones began.
    pub seed: Option<u64>,
    /// Executions cut off by the step limit; this and what follows without those of what was covered.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub cut: u64,
    /// Executions ended by another limit of the machine.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub limited: u64,
    /// Executions in which a choice had more alternatives than were offered.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub left_out: u64,
    /// Executions that did not do what was asked of them.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub strayed: u64,
    /// Executions that called what the machine does not see.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub unseen: u64,
}

/// Everything a client can tell after an execution.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct OutcomePart {
    /// Its identity.
    pub id: String,
    /// Executions that ended in it.
    pub count: u64,
    /// What was observed, by thread and by observer.
    pub history: Vec<ColumnPart>,
    /// How the execution ended.
    pub end: Vec<String>,
}

/// The history of one thread or observer.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ColumnPart {
    /// Its name.
    pub name: String,
    /// What was observed, in order.
    pub entries: Vec<String>,
}

/// Two variants, and what the second is to the first.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct PairPart {
    /// The earlier variant.
    pub first: String,
    /// The later one.
    pub second: String,
    /// `equal`, `refines`, `extends` or `incomparable`.
    pub verdict: String,
    /// Outcomes that only the second shows.
    pub gained: usize,
    /// Outcomes that only the first shows.
    pub lost: usize,
    /// What both rest on, in words.
    pub evidence: String,
}

/// An outcome that some variants show and others do not.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct DivergencePart {
    /// The name by which it is accepted: subject, scenario and outcome.
    pub id: String,
    /// The outcome.
    pub outcome: String,
    /// Variants that show it.
    pub shown_by: Vec<String>,
    /// Variants that do not.
    pub not_by: Vec<String>,
    /// What their not showing it means: never, not within a bound, not observed.
    pub absence: String,
    /// Steps of the series that bring it, by the variant they lead to.
    pub introduced_by_step_to: Vec<String>,
    /// Steps that remove it.
    pub removed_by_step_to: Vec<String>,
    /// Preemptions of the witness.
    pub preemptions: usize,
    /// The witness, for `lockstep replay`.
    pub token: String,
    /// How the two under the witness end, where that is not the same, and what a client can first tell, in a sentence.
    pub difference: String,
    /// The first event that differs, in a sentence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_event: Option<String>,
    /// Where that event is in the source of the later variant, or of the earlier one if only that has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<PlacePart>,
    /// Both traces under the witness.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub witness: Option<WitnessPart>,
    /// The divergence that has these traces, the other side first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub same_witness_as: Option<String>,
    /// What the gate makes of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acceptance: Option<AcceptancePart>,
}

/// Ends of one kind that no subject can want and that all variants show: no divergence tells them.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct BadEndPart {
    /// The name by which they are accepted: subject, scenario, and the kind with how they end.
    pub id: String,
    /// `race`, `panic`, `stuck` or `limit`.
    pub kind: String,
    /// The outcomes that all variants show and that end so.
    pub outcomes: Vec<String>,
    /// How many outcomes of each variant end so, in the order of the series.
    pub variants: Vec<BadShare>,
    /// How they end, that of the witness first.
    pub ends: Vec<String>,
    /// Preemptions of the witness.
    pub preemptions: usize,
    /// The witness, for `lockstep replay`.
    pub token: String,
    /// Where the witness ends so in the source of the last variant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<PlacePart>,
    /// What the gate makes of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acceptance: Option<AcceptancePart>,
}

/// How many outcomes of one variant end badly in one way.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct BadShare {
    /// Its name.
    pub name: String,
    /// Outcomes that end so.
    pub bad: usize,
    /// All its outcomes.
    pub outcomes: usize,
}

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

/// What the gate makes of a divergence, or of ends that all variants show.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AcceptancePart {
    /// `committed` in a snapshot, `accepted` in the ledger, or `unaccepted`.
    pub standing: String,
    /// Why it was accepted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// When, as its author said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date: Option<String>,
}

/// What the gate said.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GatePart {
    /// The exit status.
    pub status: u8,
    /// What speaks against the change, the gravest first.
    pub findings: Vec<FindingPart>,
}

/// Something that speaks against the change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FindingPart {
    /// The exit status that it asks for.
    pub status: u8,
    /// What is wrong, and the remedy.
    pub message: String,
    /// The divergence that it is about, or the ends that all variants show, if they have nobody's acceptance; then reports show it
    /// at its own place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub divergence: Option<String>,
    /// The file that is to be mended, if it is one of the user's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// The line in that file, from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<u32>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes references")]
fn is_zero(count: &u64) -> bool {
    *count == 0
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes references")]
fn is_false(flag: &bool) -> bool {
    !*flag
}
