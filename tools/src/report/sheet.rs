//! The comparison sheet: what an engineer weighs beside behaviour, one column a design.

use super::claims;
use super::orderings;
use super::table::{Table, head};
use super::tame::one_line;
use super::text::limits;
use crate::cli::counted::counted;
use crate::document::{CostPart, DesignPart, Document, RangePart};
use comfy_table::{ContentArrangement, presets};
use lockstep::BadEnd;

/// The sheet as text.
pub fn sheet(document: &Document) -> String {
    let mut text = "Which one should we merge?\n\n".to_owned();
    for table in tables(document) {
        let mut shown = comfy_table::Table::new();
        shown.load_preset(presets::NOTHING).set_content_arrangement(ContentArrangement::Disabled);
        let row = |cells: &[String]| cells.iter().map(|cell| one_line(cell)).collect::<Vec<_>>();
        shown.set_header(row(&table.head));
        shown.add_rows(table.rows.iter().map(|cells| row(cells)));
        let lines: Vec<String> = shown.to_string().lines().map(|line| line.trim_end().to_owned()).collect();
        text += &format!("{}\n{}\n\n", one_line(&table.caption), lines.join("\n"));
    }
    text += "Costs are counted in executions, least/median/most of all passages of a sample of random\n";
    text += "schedules; a passage counts what its thread does between entering and leaving the function.\n";
    text += &format!("Behaviour rests on: {}.\n", one_line(&limits(document)));
    for (evidence, ids) in document.evidences() {
        text += &format!("evidence of {}: {}\n", counted(ids.len(), "comparison"), one_line(&evidence));
    }
    text
}

/// The sheet as tables.
pub fn tables(document: &Document) -> Vec<Table> {
    let mut tables = vec![source(document), behaviour(document)];
    tables.extend(orderings::table(document));
    let mut paths: Vec<&str> = Vec::new();
    for path in document.variants.iter().flat_map(|variant| &variant.costs).map(|cost| cost.path.as_str()) {
        if !paths.contains(&path) {
            paths.push(path);
        }
    }
    tables.extend(paths.into_iter().map(|path| costs(document, path)));
    tables
}

fn source(document: &Document) -> Table {
    let row = |name: &str, of: &dyn Fn(&DesignPart) -> String| {
        std::iter::once(name.to_owned()).chain(document.variants.iter().map(of)).collect::<Vec<_>>()
    };
    // A bit that all designs use sets none apart.
    let is_common = |bit: &String| document.variants.iter().all(|variant| variant.state_bits.contains(bit));
    let own =
        |variant: &DesignPart| variant.state_bits.iter().filter(|bit| !is_common(bit)).cloned().collect::<Vec<_>>();
    let rows = vec![
        row("lines of code of its own", &|variant| variant.lines.map_or("-".to_owned(), |lines| lines.to_string())),
        row("state bits used", &|variant| variant.state_bits.len().to_string()),
        row("of these not used by all", &|variant| own(variant).join(" ")),
    ];
    Table { caption: "Source and state".to_owned(), head: head(document, ""), rows, ..Table::default() }
}

fn behaviour(document: &Document) -> Table {
    let names = document.variants.iter().map(|variant| variant.name.as_str());
    let mut rows = vec![
        vec!["outcomes, all scenarios".to_owned()],
        vec!["brought by the step to it".to_owned()],
        vec!["removed by the step to it".to_owned()],
        vec!["ends that no subject can want".to_owned()],
    ];
    for (at, name) in names.enumerate() {
        let of = || document.scenarios.iter().flat_map(|scenario| &scenario.variants).filter(|one| one.name == name);
        rows[0].push(of().map(|variant| variant.outcomes.len()).sum::<usize>().to_string());
        let cells = || document.cells().filter(|cell| cell.step == at);
        let is_known = cells().any(|cell| cell.pair.is_some());
        let sum = |count: usize| if is_known { count.to_string() } else { "-".to_owned() };
        rows[1].push(sum(cells().map(|cell| cell.gained()).sum()));
        rows[2].push(sum(cells().map(|cell| cell.lost()).sum()));
        let faults = of().flat_map(|variant| &variant.outcomes).filter(|outcome| is_fault(&outcome.end)).count();
        rows[3].push(faults.to_string());
    }
    for kind in BadEnd::ALL {
        let of_kind = || document.bad_ends().map(|(_, ends)| ends).filter(|ends| ends.kind == kind.name());
        let Some(first) = of_kind().next() else { continue };
        let bad = |name: &str| -> usize {
            of_kind().flat_map(|ends| &ends.variants).filter(|share| share.name == name).map(|share| share.bad).sum()
        };
        let cells = document.variants.iter().map(|variant| bad(&variant.name).to_string());
        let name = format!("that end in {}, where every step shows it", first.what());
        rows.push(std::iter::once(name).chain(cells).collect());
    }
    if document.claims.is_some() {
        for (name, verdict) in [("claims of the thread that it keeps", "holds"), ("claims that it refutes", "refuted")]
        {
            let counts = document.variants.iter().map(|one| claims::count(document, &one.name, verdict).to_string());
            rows.push(std::iter::once(name.to_owned()).chain(counts).collect());
        }
    }
    Table { caption: "Behaviour".to_owned(), head: head(document, ""), rows, ..Table::default() }
}

/// Whether an outcome is a fault, such as a deadlock, and not an end that a subject may want.
fn is_fault(end: &[String]) -> bool {
    end.first().is_some_and(|end| end != "completed" && end != "at rest")
}

/// One of the counts of a path.
type Count = fn(&CostPart) -> RangePart;

fn costs(document: &Document, path: &str) -> Table {
    let kinds: [(&str, Count); 5] = [
        ("lock acquisitions", |cost| cost.locks),
        ("waits for a lock not taken", |cost| cost.lock_waits),
        ("barriers", |cost| cost.barriers),
        ("atomic updates", |cost| cost.updates),
        ("loads and stores", |cost| cost.accesses),
    ];
    let of = |variant: &DesignPart| variant.costs.iter().find(|cost| cost.path == path).cloned();
    let found: Vec<Option<CostPart>> = document.variants.iter().map(of).collect();
    let row = |name: &str, text: &dyn Fn(&CostPart) -> String| {
        let cells = found.iter().map(|cost| cost.as_ref().map_or("-".to_owned(), text));
        std::iter::once(name.to_owned()).chain(cells).collect::<Vec<_>>()
    };
    let mut rows = vec![row("passages", &|cost| cost.passages.to_string())];
    for (name, range) in kinds {
        // A kind that nobody uses on this path says nothing.
        if found.iter().flatten().any(|cost| range(cost).most > 0) {
            rows.push(row(name, &|cost| {
                let RangePart { least, median, most } = range(cost);
                if least == most { least.to_string() } else { format!("{least}/{median}/{most}") }
            }));
        }
    }
    Table { caption: path.to_owned(), head: head(document, ""), rows, ..Table::default() }
}
