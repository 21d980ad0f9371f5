//! The parts of the document, the whole before its parts.

use super::cause::CausePart;
use super::since::SincePart;
use lockstep_runner::document::ScenarioPart;
use serde::{Deserialize, Serialize};

/// What `lockstep compare --save` writes and `lockstep report` reads.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(title = "A saved comparison of Lockstep"))]
pub struct Document {
    /// Version of this form.
    #[cfg_attr(test, schemars(extend("const" = super::SCHEMA)))]
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
    /// What sets the steps apart, the gravest first: one for all divergences that come of it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub causes: Vec<CausePart>,
    /// What each step of the series changes in the source, where the variants have sources of their
    /// own.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub changes: Vec<ChangePart>,
    /// What is new since an earlier comparison, if one was named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<SincePart>,
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
    /// The orderings that something depends on, as `lockstep explore --relax --format json` prints
    /// them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub orderings: Option<serde_json::Value>,
}

/// A series of the user's own: what `lockstep replay` must be told beside a token.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
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
#[cfg_attr(test, derive(schemars::JsonSchema))]
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
#[cfg_attr(test, derive(schemars::JsonSchema))]
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
#[cfg_attr(test, derive(schemars::JsonSchema))]
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
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct ChangePart {
    /// The variant before.
    pub from: String,
    /// The variant after.
    pub to: String,
    /// A unified diff of the files that set them apart.
    pub diff: String,
}

/// What the gate said.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct GatePart {
    /// The exit status.
    pub status: u8,
    /// What speaks against the change, the gravest first.
    pub findings: Vec<FindingPart>,
}

/// Something that speaks against the change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct FindingPart {
    /// The exit status that it asks for.
    pub status: u8,
    /// What is wrong, and the remedy.
    pub message: String,
    /// The divergence that it is about, the first if there are several of one cause, or the ends
    /// that all variants show, if they have nobody's acceptance; then reports show it at its own
    /// place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub divergence: Option<String>,
    /// The cause that it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cause: Option<String>,
    /// The file that is to be mended, if it is one of the user's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// The line in that file, from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, schemars(range(min = 1)))]
    pub line: Option<u32>,
}
