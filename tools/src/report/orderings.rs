//! The load-bearing orderings of the document, as `lockstep explore --relax` prints and the
//! repository keeps them: which design needs which, under which memory model.
//!
//! Limit: an ordering that no outcome was seen to depend on may still be needed by something that
//! was not explored; the caption says what that rests on.

use super::table::{Table, head};
use crate::document::Document;
use crate::explore::relax::Row;
use utrace_variants::commit_at;

/// Every place of an ordering with what became of it, those that something depends on first;
/// nothing if the document has none, or none that can be read.
pub fn places(document: &Document) -> Option<Vec<Table>> {
    let all: Vec<Row> = serde_json::from_value(document.orderings.clone()?).ok()?;
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let row = |one: &Row| {
        let why = if one.needed == Some(true) { text(&one.shows) } else { text(&one.evidence) };
        let model = one.memory.as_ref().map_or(String::new(), |memory| format!(" ({memory})"));
        vec![format!("{}{model}", one.variant), name_with_commit(one), words(one), why, text(&one.token)]
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

/// The orderings that some design needs, with what each design does with them; nothing if the
/// document has none.
pub fn table(document: &Document) -> Option<Table> {
    let all: Vec<Row> = serde_json::from_value(document.orderings.clone()?).ok()?;
    let needed = || all.iter().filter(|row| row.needed == Some(true));
    let mut names: Vec<String> = needed().map(name).collect();
    names.sort();
    names.dedup();
    let mut models: Vec<Option<&str>> = all.iter().map(|row| row.memory.as_deref()).collect();
    models.dedup();
    let cell = |name_of: &String, variant: &str| {
        let under = |model: &Option<&str>| {
            let here = || {
                let own = all.iter().filter(|row| row.variant == variant && row.memory.as_deref() == *model);
                own.filter(|row| name(row) == *name_of)
            };
            // A function may take a lock at several places: the one that is needed counts.
            let shown = here().find(|row| row.needed == Some(true)).or_else(|| here().next())?;
            Some(match model {
                Some(model) if models.len() > 1 => format!("{model}: {}", words(shown)),
                _ => words(shown),
            })
        };
        let said: Vec<String> = models.iter().filter_map(under).collect();
        if said.is_empty() { "-".to_owned() } else { said.join("; ") }
    };
    let row = |name: &String| {
        let cells = document.variants.iter().map(|variant| cell(name, &variant.name));
        std::iter::once(name.clone()).chain(cells).collect::<Vec<_>>()
    };
    let count = |variant: &str| {
        let mut own: Vec<(&str, String)> =
            needed().filter(|row| row.variant == variant).map(|row| (&*row.function, row.what_is_done())).collect();
        own.sort();
        own.dedup();
        own.len().to_string()
    };
    let counts = document.variants.iter().map(|variant| count(&variant.name));
    let mut rows: Vec<Vec<String>> =
        vec![std::iter::once("orderings that something depends on".to_owned()).chain(counts).collect()];
    rows.extend(names.iter().map(row));
    Some(Table { caption: caption(&all), head: head(document, ""), rows, ..Table::default() })
}

fn name(row: &Row) -> String {
    format!("{} {} in {}", row.ordering, row.object, row.function)
}

/// The same, with the commit that the function stands for, if it is one of the model.
fn name_with_commit(row: &Row) -> String {
    let commit = row.place.as_deref().and_then(|place| commit_at(place, &row.function));
    commit.map_or(name(row), |commit| format!("{} ({commit})", name(row)))
}

fn words(row: &Row) -> String {
    match (row.needed, &row.scenario) {
        (Some(true), Some(scenario)) => {
            let claims: String =
                row.shown.iter().filter_map(|one| one.claim.as_ref()).map(|claim| format!(", {claim}")).collect();
            let why = if row.is_for_plain_data() { "for plain data, " } else { "" };
            format!("needed, {why}{scenario}{claims}")
        }
        (Some(true), None) => "needed".to_owned(),
        (Some(false), _) if row.exhausted < row.scenarios => {
            format!("not needed, {}/{} scenarios exhausted", row.exhausted, row.scenarios)
        }
        (Some(false), _) => "not needed".to_owned(),
        (None, _) => "not tried".to_owned(),
    }
}

/// What it rests on that some are not needed.
fn caption(all: &[Row]) -> String {
    let unneeded = all.iter().filter(|row| row.needed == Some(false));
    let mut evidence: Vec<&str> = unneeded.map(|row| row.evidence.as_deref().unwrap_or("not said")).collect();
    evidence.sort_unstable();
    evidence.dedup();
    match evidence.as_slice() {
        [] => "Load-bearing orderings".to_owned(),
        some if some.len() <= 3 => format!("Load-bearing orderings (not needed: {})", some.join("; ")),
        _ => "Load-bearing orderings (not needed: as far as each line says)".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::{Row, name_with_commit};

    #[track_caller]
    fn check(place: &str, expected: &str) {
        let row = serde_json::json!({
            "variant": "a", "function": "do_stop", "ordering": "lock", "object": "siglock", "place": place,
            "needed": null, "evidence": null, "scenario": null,
        });
        let row: Row = serde_json::from_value(row).expect("a row reads");
        assert_eq!(name_with_commit(&row), expected);
    }

    #[test]
    fn a_modelled_function_has_its_commit_beside_it() {
        check("variants/src/utrace/stopped_removed.rs:130", "lock siglock in do_stop (28b2774bf46)");
        check("src/lib.rs:130", "lock siglock in do_stop");
    }
}
