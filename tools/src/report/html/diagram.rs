//! Space-time diagrams: threads are columns, time runs downwards, both variants on one grid of rows
//! (Lamport, CACM 1978).
//!
//! Bars beside a thread are the locks it holds; arrows are wake-ups and reads of what another
//! thread wrote. Rows that a reader does not need are folded into one; an arrow or bar that begins
//! in a fold begins at the fold.

use crate::cli::counted::counted;
use crate::cli::cut::cut;
use crate::document::{EventPart, TracePart, WitnessPart};
use std::collections::BTreeMap;
use utrace_variants::commit_at;

/// Height of a row, of the head, and width of a thread's column, in pixels.
const ROW: usize = 20;
const HEAD: usize = 30;
const LANE: usize = 124;
/// Where the line of a thread stands in its column.
const LINE: usize = 22;
/// Room for labels to the right of the last thread's line.
const ROOM: usize = 240;
/// Width of a character of a label, and where it begins beside its line.
const CHARACTER: usize = 7;
const INDENT: usize = 8;
/// Width of a bar, and bars side by side before they lie on each other.
const BAR: usize = 4;
const BARS_MAX: usize = 4;

/// Both variants, drawn and as a table.
pub struct Diagram {
    /// The rows that are shown, for the table and the steps.
    pub rows: Vec<RowView>,
    /// The two drawings.
    pub sides: [Side; 2],
    /// What else is to be said.
    pub notes: Vec<String>,
}

/// A row of the table.
pub struct RowView {
    /// Its number among those shown.
    pub number: usize,
    /// For a fold how many rows it stands for; else 0.
    pub folded: usize,
    /// `<`, `>`, `!` or a blank.
    pub mark: char,
    /// What each did.
    pub cells: [CellView; 2],
    /// The first row that differs in what a client can see.
    pub is_first: bool,
}

/// One side of a row.
#[derive(Default)]
pub struct CellView {
    /// Thread and event.
    pub text: String,
    /// The function and the place in the source.
    pub place: String,
    /// `observable`, `remark` or nothing.
    pub class: &'static str,
}

/// One variant, drawn.
pub struct Side {
    /// Its name.
    pub name: String,
    /// Size of the drawing.
    pub width: usize,
    /// Size of the drawing.
    pub height: usize,
    /// The threads.
    pub lanes: Vec<Lane>,
    /// Locks held.
    pub bars: Vec<Bar>,
    /// Wake-ups and reads-from.
    pub arrows: Vec<Arrow>,
    /// Events.
    pub dots: Vec<Dot>,
    /// Rows to be highlighted.
    pub bands: Vec<Band>,
    /// Where the first observable difference is.
    pub first: Option<usize>,
}

/// A thread.
pub struct Lane {
    /// Where its line is.
    pub x: usize,
    /// Its name.
    pub name: String,
}

/// A lock held.
pub struct Bar {
    /// Its place and size.
    pub x: usize,
    /// Its place and size.
    pub y: usize,
    /// Its place and size.
    pub height: usize,
    /// Which lock, and by whom.
    pub title: String,
}

/// From an event to one that it woke, or that read what it wrote.
pub struct Arrow {
    /// Its path.
    pub path: String,
    /// `wake` or `reads`.
    pub class: &'static str,
    /// In words.
    pub title: String,
}

/// An event.
pub struct Dot {
    /// Its place.
    pub x: usize,
    /// Its place.
    pub y: usize,
    /// What kind of event.
    pub class: &'static str,
    /// What fits.
    pub label: String,
    /// All of it.
    pub title: String,
}

/// A row across the drawing.
pub struct Band {
    /// Its number among those shown.
    pub number: usize,
    /// Its place.
    pub y: usize,
    /// `fold`, `differs` or nothing.
    pub class: &'static str,
    /// For a fold what it says.
    pub text: String,
}

/// Draws a witness.
pub fn diagram(witness: &WitnessPart) -> Diagram {
    let mut rows: Vec<RowView> = Vec::new();
    // For each event of each side the number of the row that shows it.
    let mut shown_in = [0, 1].map(|side| vec![0_usize; witness.traces[side].events.len()]);
    for (at, row) in witness.rows.iter().enumerate() {
        if row.near {
            let cells = [cell(&witness.traces[0], row.left), cell(&witness.traces[1], row.right)];
            let is_first = Some(at) == witness.first_observable;
            rows.push(RowView { number: rows.len(), folded: 0, mark: row.mark, cells, is_first });
        } else if let Some(fold) = rows.last_mut().filter(|last| last.folded > 0) {
            fold.folded += 1;
        } else {
            let cells = [CellView::default(), CellView::default()];
            rows.push(RowView { number: rows.len(), folded: 1, mark: ' ', cells, is_first: false });
        }
        for (side, event) in [row.left, row.right].into_iter().enumerate() {
            if let Some(place) = event.and_then(|event| shown_in[side].get_mut(event)) {
                *place = rows.len() - 1;
            }
        }
    }
    let sides = [0, 1].map(|side| {
        let drawing = Drawing::new(&witness.traces[side], &shown_in[side], &rows);
        drawing.side(witness.variants[side].clone())
    });
    Diagram { rows, sides, notes: witness.notes.clone() }
}

fn cell(trace: &TracePart, event: Option<usize>) -> CellView {
    let Some(event) = event.and_then(|at| trace.events.get(at)) else { return CellView::default() };
    CellView { text: words(trace, event), place: place(event), class: class_of_text(event) }
}

fn words(trace: &TracePart, event: &EventPart) -> String {
    format!("{}: {}", trace.threads.get(event.thread).map_or("?", String::as_str), event.text)
}

fn place(event: &EventPart) -> String {
    let site =
        event.site.as_ref().map_or(String::new(), |site| format!("in {}, ", with_commit(site, &event.place.file)));
    format!("{site}{}", event.place)
}

/// A function with the commit that it stands for, if it is one of the model.
fn with_commit(function: &str, file: &str) -> String {
    commit_at(file, function).map_or(function.to_owned(), |commit| format!("{function} ({commit})"))
}

fn class_of_text(event: &EventPart) -> &'static str {
    match (event.observable, event.remark) {
        (true, _) => "observable",
        (_, true) => "remark",
        _ => "plain",
    }
}

/// What is needed to place things.
struct Drawing<'a> {
    trace: &'a TracePart,
    shown_in: &'a [usize],
    rows: &'a [RowView],
    /// The column of each thread that has a part in a row that is shown.
    columns: BTreeMap<usize, usize>,
}

impl<'a> Drawing<'a> {
    fn new(trace: &'a TracePart, shown_in: &'a [usize], rows: &'a [RowView]) -> Drawing<'a> {
        let mut columns = BTreeMap::new();
        for (at, event) in trace.events.iter().enumerate() {
            if rows[shown_in[at]].folded == 0 {
                columns.insert(event.thread, 0);
                // Whose write it reads, or who woke it, is part of what is shown.
                let giver = event.from.and_then(|from| trace.events.get(from));
                columns.extend(giver.map(|giver| (giver.thread, 0)));
            }
        }
        columns.values_mut().enumerate().for_each(|(nth, column)| *column = nth);
        Drawing { trace, shown_in, rows, columns }
    }

    fn side(&self, name: String) -> Side {
        let lane = |(thread, column): (&usize, &usize)| Lane {
            x: column * LANE + LINE,
            name: self.trace.threads.get(*thread).cloned().unwrap_or_default(),
        };
        let first = self.rows.iter().find(|row| row.is_first);
        Side {
            name,
            width: self.width(),
            height: HEAD + self.rows.len() * ROW + ROW / 2,
            lanes: self.columns.iter().map(lane).collect(),
            bars: self.bars(),
            arrows: self.arrows(),
            dots: self.dots(),
            bands: self.rows.iter().map(band).collect(),
            first: first.map(|row| HEAD + row.number * ROW),
        }
    }

    fn width(&self) -> usize {
        self.columns.len().saturating_sub(1) * LANE + LINE + ROOM
    }

    fn x(&self, thread: usize) -> Option<usize> {
        self.columns.get(&thread).map(|column| column * LANE + LINE)
    }

    fn y(&self, event: usize) -> usize {
        HEAD + self.shown_in[event] * ROW + ROW / 2
    }

    fn is_shown(&self, event: usize) -> bool {
        self.rows[self.shown_in[event]].folded == 0
    }

    fn dots(&self) -> Vec<Dot> {
        let events = self.trace.events.iter().enumerate().filter(|(at, _)| self.is_shown(*at));
        let dot = |(at, event): (usize, &EventPart)| {
            let class = match class_of_text(event) {
                "plain" if event.kind.as_deref().is_some_and(|kind| kind.contains("lock")) => "lock",
                class => class,
            };
            // A row has one event: its label may go on across the columns of other threads.
            let x = self.x(event.thread)?;
            let label = cut(&event.text, (self.width() - x - INDENT) / CHARACTER);
            Some(Dot {
                x,
                y: self.y(at),
                class,
                label,
                title: format!("{}\n{}", words(self.trace, event), place(event)),
            })
        };
        events.filter_map(dot).collect()
    }

    /// From each acquisition to its release. A wait releases the lock taken last.
    fn bars(&self) -> Vec<Bar> {
        let mut open: BTreeMap<usize, Vec<(String, usize)>> = BTreeMap::new();
        let mut bars = Vec::new();
        for (at, event) in self.trace.events.iter().enumerate() {
            let (Some(kind), Some(object)) = (event.kind.as_deref(), event.object.as_ref()) else { continue };
            let held = open.entry(event.thread).or_default();
            match kind {
                "lock" | "read_lock" => held.push((object.clone(), at)),
                "trylock" if !event.text.ends_with("fails") => held.push((object.clone(), at)),
                "unlock" | "read_unlock" => {
                    if let Some(place) = held.iter().rposition(|(name, _)| name == object) {
                        let (name, since) = held.remove(place);
                        bars.extend(self.bar(event.thread, &name, (since, at), place));
                    }
                }
                "wait" => {
                    if let Some((name, since)) = held.pop() {
                        bars.extend(self.bar(event.thread, &name, (since, at), held.len()));
                    }
                }
                _ => {}
            }
        }
        // What is held at the end is held for ever.
        let last = self.trace.events.len().saturating_sub(1);
        for (thread, held) in &open {
            bars.extend(
                held.iter().enumerate().filter_map(|(nth, (name, since))| self.bar(*thread, name, (*since, last), nth)),
            );
        }
        bars
    }

    fn bar(&self, thread: usize, lock: &str, (from, to): (usize, usize), depth: usize) -> Option<Bar> {
        if self.shown_in[from] == self.shown_in[to] && !self.is_shown(from) {
            return None;
        }
        let thread_name = self.trace.threads.get(thread).map_or("?", String::as_str);
        Some(Bar {
            x: self.x(thread)? - BAR - 3 - depth.min(BARS_MAX - 1) * BAR,
            y: self.y(from),
            height: (self.y(to) - self.y(from)).max(BAR),
            title: format!("{thread_name} holds {lock}"),
        })
    }

    fn arrows(&self) -> Vec<Arrow> {
        let mut arrows = Vec::new();
        for (at, event) in self.trace.events.iter().enumerate() {
            let Some(from) = event.from.filter(|&from| from < at) else { continue };
            let kind = event.kind.as_deref().unwrap_or_default();
            let source = &self.trace.events[from];
            let is_wake = source.kind.as_deref() == Some("wake");
            let is_drawn = is_wake || (self.is_shown(at) && self.is_shown(from) && !kind.contains("lock"));
            let ends = self.x(source.thread).zip(self.x(event.thread));
            // Within one fold only a wake-up still has something to say: from whom to whom.
            let is_drawn = is_drawn && (is_wake || self.shown_in[from] != self.shown_in[at]);
            let (Some((x0, x1)), true) = (ends, is_drawn) else { continue };
            let (y0, y1) = (self.y(from), self.y(at));
            // It arrives from above, beside the label of the event and not across it.
            let (beside, end) = if x0 > x1 { (x1 + 22, x1 + 4) } else { (x1.saturating_sub(22), x1.saturating_sub(4)) };
            let (middle, above) = (y0 + (y1 - y0) / 2, y1.saturating_sub(26).max(y0));
            let verb = if is_wake { "is woken by" } else { "reads what was written by" };
            arrows.push(Arrow {
                path: format!("M{x0} {y0}C{x0} {middle} {beside} {above} {end} {}", y1.saturating_sub(5)),
                class: if is_wake { "wake" } else { "reads" },
                title: format!("{} {verb} {}", words(self.trace, event), words(self.trace, source)),
            });
        }
        arrows
    }
}

fn band(row: &RowView) -> Band {
    let (class, text) = match (row.folded, row.mark) {
        (0, ' ') => ("same", String::new()),
        (0, _) => ("differs", String::new()),
        (count, _) => ("fold", format!("… {}", counted(count, "event"))),
    };
    Band { number: row.number, y: HEAD + row.number * ROW, class, text }
}

#[cfg(test)]
mod tests {
    use super::with_commit;

    #[test]
    fn a_modelled_function_has_its_commit_beside_it() {
        let place = "variants/src/utrace/stopped_lockless.rs:80:9";
        assert_eq!(with_commit("finish_utrace_stop", place), "finish_utrace_stop (d87e8c43aef)");
        assert_eq!(with_commit("finish_utrace_stop", "src/lib.rs:80:9"), "finish_utrace_stop");
    }
}
