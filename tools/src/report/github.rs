//! Annotations of GitHub's workflows, one for each cause, at the line that a step changes and that
//! has most to do with it; without such a line, at the first event that differs.
//!
//! GitHub shows at most ten errors and ten warnings of a step. So no more are printed, what nobody
//! accepted first, and a notice says how many are left. Divergences that were accepted are not
//! annotated, nor are accepted ends that nobody can want and all steps show.

use crate::document::{BadEndPart, Document, GatePart, OfCause, PlacePart, ScenarioPart, Standing};

/// Annotations of one kind that a step may have.
pub const ANNOTATIONS_MAX: usize = 10;

/// Characters of a message and of a title that are worth printing.
const MESSAGE_MAX: usize = 2_000;
const TITLE_MAX: usize = 200;

/// The annotations.
pub fn annotations(document: &Document) -> String {
    let mut errors: Vec<String> = Vec::new();
    // Unaccepted divergences have annotations of their own, at their place.
    for finding in document.gate.iter().flat_map(GatePart::other_findings) {
        let (file, line) = (finding.file.as_ref(), finding.line);
        let place = file.zip(line).map(|(file, line)| PlacePart { file: file.clone(), line, column: 1 });
        errors.push(command("error", place.as_ref(), "Lockstep gate", &finding.message));
    }
    let ends = |standing: Standing, kind: &str| {
        let all = document.bad_ends().filter(move |(_, one)| one.standing() == standing);
        all.map(|(scenario, one)| annotation_of_ends(kind, document, scenario, one)).collect::<Vec<_>>()
    };
    errors.extend(ends(Standing::Unaccepted, "error"));
    let annotations = |standing: Standing, kind: &str| {
        let groups = document.by_cause(standing);
        groups.iter().map(|group| annotation(kind, document, group)).collect::<Vec<_>>()
    };
    errors.extend(annotations(Standing::Unaccepted, "error"));
    let mut warnings = ends(Standing::Unjudged, "warning");
    warnings.extend(annotations(Standing::Unjudged, "warning"));
    let mut text = String::new();
    let mut left = 0;
    for mut lines in [errors, warnings] {
        left += lines.len().saturating_sub(ANNOTATIONS_MAX);
        lines.truncate(ANNOTATIONS_MAX);
        text += &lines.concat();
    }
    let more = if left > 0 { format!("; {left} more are not annotated, see the report") } else { String::new() };
    text + &command("notice", None, "Lockstep", &format!("{}{more}", document.summary()))
}

/// One for all divergences of a cause, at the line of the last step that has to do with it.
fn annotation(kind: &str, document: &Document, group: &OfCause<'_>) -> String {
    let (scenario, simplest) = group.simplest();
    let count = group.divergences.len();
    let title = match group.cause.filter(|_| count > 1) {
        None => format!("{}: {}", scenario.title(), simplest.attribution()),
        Some(cause) => format!("{}: {}", cause.title(), cause.counts()),
    };
    let id = match group.cause.filter(|_| count > 1) {
        None => simplest.id.clone(),
        Some(cause) => format!("{}, with {} and {} more", cause.id, simplest.id, count - 1),
    };
    let head = [scenario.question.clone(), simplest.difference.clone()];
    let tail = [document.replay(&simplest.token), id];
    let message = head.into_iter().chain(group.sentences()).chain(tail).collect::<Vec<_>>().join("\n");
    command(kind, group.place(), &title, &message)
}

/// At the place where the witness ends so.
fn annotation_of_ends(kind: &str, document: &Document, scenario: &ScenarioPart, ends: &BadEndPart) -> String {
    let title = format!("{}: every step ends in {}", scenario.title(), ends.what());
    let replay = document.replay(&ends.token);
    let message = format!("{}\n{}\n{replay}\n{}", scenario.question, ends.sentence(), ends.id);
    command(kind, ends.place.as_ref(), &title, &message)
}

fn command(kind: &str, place: Option<&PlacePart>, title: &str, message: &str) -> String {
    let place = place.map_or(String::new(), |place| {
        format!("file={},line={},col={},", property(&place.file), place.line, place.column)
    });
    let title: String = title.chars().take(TITLE_MAX).collect();
    let message: String = message.chars().take(MESSAGE_MAX).collect();
    format!("::{kind} {place}title={}::{}\n", property(&title), data(&message))
}

fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
