//! The load-bearing orderings of the document, as `lockstep explore --relax --format json` prints them: which design needs which.
//!
//! Limit: an ordering that no outcome was seen to depend on may still be needed by something that was not explored; the caption says what that
//! rests on.

use super::sheet::head;
use super::table::Table;
use crate::document::Document;
use serde::Deserialize;

/// One ordering of one variant.
#[derive(Debug, Deserialize)]
struct Ordering {
    variant: String,
    function: String,
    ordering: String,
    object: String,
    /// Whether something depends on it; nothing if it was not taken away.
    needed: Option<bool>,
    /// Where that is seen.
    scenario: Option<String>,
    /// The claims that fail without it.
    #[serde(default)]
    claims: Vec<Broken>,
    evidence: Option<String>,
    /// What a client sees without it.
    shows: Option<String>,
    token: Option<String>,
}

/// A claim that fails without an ordering.
#[derive(Debug, Deserialize)]
struct Broken {
    id: String,
}

impl Ordering {
    fn name(&self) -> String {
        format!("{} {} in {}", self.ordering, self.object, self.function)
    }

    fn words(&self) -> String {
        match (self.needed, &self.scenario) {
            (Some(true), Some(scenario)) => {
                let claims: String = self.claims.iter().map(|claim| format!(", {}", claim.id)).collect();
                format!("needed, {scenario}{claims}")
            }
            (Some(true), None) => "needed".to_owned(),
            (Some(false), _) => "not needed".to_owned(),
            (None, _) => "not tried".to_owned(),
        }
    }
}

/// Every place of an ordering with what became of it, those that something depends on first; nothing if the document has none, or none
/// that can be read.
pub fn places(document: &Document) -> Option<Vec<Table>> {
    let all: Vec<Ordering> = serde_json::from_value(document.orderings.clone()?).ok()?;
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let row = |one: &Ordering| {
        let why = if one.needed == Some(true) { text(&one.shows) } else { text(&one.evidence) };
        vec![one.variant.clone(), one.name(), one.words(), why, text(&one.token)]
    };
    let table = |caption: &str, is_needed: bool| Table {
        caption: caption.to_owned(),
        folded: !is_needed,
        head: ["design", "ordering", "without it", "what is seen, or the evidence", "witness"]
            .map(str::to_owned)
            .to_vec(),
        rows: all.iter().filter(|one| (one.needed == Some(true)) == is_needed).map(row).collect(),
        ..Table::default()
    };
    let needed = "without it some outcome is new, or the claims named fail";
    let both = [table(&format!("Orderings that are needed: {needed}"), true), table("All others", false)];
    Some(both.into_iter().filter(|table| !table.rows.is_empty()).collect())
}

/// The orderings that some design needs, with what each design does with them; nothing if the document has none.
pub fn table(document: &Document) -> Option<Table> {
    let all: Vec<Ordering> = serde_json::from_value(document.orderings.clone()?).ok()?;
    let mut names: Vec<String> = all.iter().filter(|one| one.needed == Some(true)).map(Ordering::name).collect();
    names.sort();
    names.dedup();
    let cell = |name: &str, variant: &str| {
        let here = || all.iter().filter(|one| one.variant == variant && one.name() == name);
        // A function may take a lock at several places: the one that is needed counts.
        let shown = here().find(|one| one.needed == Some(true)).or_else(|| here().next());
        shown.map_or("-".to_owned(), Ordering::words)
    };
    let row = |name: &String| {
        let cells = document.variants.iter().map(|variant| cell(name, &variant.name));
        std::iter::once(name.clone()).chain(cells).collect::<Vec<_>>()
    };
    let mut rows = vec![
        std::iter::once("orderings that something depends on".to_owned())
            .chain(document.variants.iter().map(|variant| {
                let needed = all.iter().filter(|one| one.variant == variant.name && one.needed == Some(true));
                needed.count().to_string()
            }))
            .collect::<Vec<_>>(),
    ];
    rows.extend(names.iter().map(row));
    let unneeded = all.iter().filter(|one| one.needed == Some(false));
    let mut evidence: Vec<&str> = unneeded.map(|one| one.evidence.as_deref().unwrap_or("not said")).collect();
    evidence.sort_unstable();
    evidence.dedup();
    let caption = match evidence.as_slice() {
        [] => "Load-bearing orderings".to_owned(),
        some => format!("Load-bearing orderings (not needed: {})", some.join("; ")),
    };
    Some(Table { caption, head: head(document, ""), rows, ..Table::default() })
}
