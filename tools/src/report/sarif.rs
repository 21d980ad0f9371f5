//! SARIF 2.1.0, for code scanning.
//!
//! Ends that nobody can want and all steps show are results as well. All divergences of one cause
//! that nobody accepted are one result, at the line that a step changes and that has most to do
//! with it, with the events of the cause as related places; an accepted divergence is a result by
//! itself, suppressed, with the reason. Results keep their identity from run to run by the name of
//! the cause, or of the divergence.

use crate::document::{BadEndPart, DivergencePart, Document, GatePart, OfCause, PlacePart, ScenarioPart, Standing};
use serde_json::{Value, json};

/// The report.
pub fn sarif(document: &Document) -> String {
    let mut notifications: Vec<Value> = Vec::new();
    for finding in document.gate.iter().flat_map(GatePart::other_findings) {
        notifications.push(json!({ "level": "error", "message": { "text": finding.message } }));
    }
    let mut results: Vec<Value> = Vec::new();
    for standing in [Standing::Unaccepted, Standing::Unjudged] {
        results.extend(document.by_cause(standing).iter().map(|group| result_of_cause(document, group)));
    }
    let accepted = document.divergences().filter(|(_, one)| one.standing() == Standing::Accepted);
    results.extend(accepted.map(|(scenario, one)| result(document, scenario, one)));
    let ends = document.bad_ends().map(|(scenario, ends)| result_of_ends(document, scenario, ends));
    let results: Vec<Value> = results.into_iter().chain(ends).collect();
    let rule = |id: &str, name: &str, text: &str| {
        json!({
            "id": id,
            "name": name,
            "shortDescription": { "text": text },
            "fullDescription": { "text": text },
            "help": { "text": "Look at the witness with 'lockstep replay TOKEN'. If the change is meant, 'lockstep accept ID --reason …'." },
            "defaultConfiguration": { "level": "warning" },
        })
    };
    let log = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "Lockstep",
                "version": document.version,
                "rules": [
                    rule("outcome-brought", "OutcomeBrought", "A step of the series brings an outcome that a client can tell."),
                    rule("outcome-removed", "OutcomeRemoved", "A step of the series removes an outcome that a client can tell."),
                    rule("bad-end", "BadEnd", "Every step of the series, the base as well, ends in a race, a panic, stuck threads or a limit."),
                ],
            } },
            "automationDetails": { "id": format!("lockstep/{}/", document.memory.join("-")) },
            "columnKind": "unicodeCodePoints",
            "originalUriBaseIds": { "SRCROOT": { "description": { "text": "The root of the workspace." } } },
            "invocations": [{
                "executionSuccessful": document.complete && document.nondeterminism.is_none(),
                "toolExecutionNotifications": notifications,
            }],
            "results": results,
        }],
    });
    serde_json::to_string_pretty(&log).expect("the log has only strings, numbers and lists") + "\n"
}

fn level(standing: Standing) -> &'static str {
    match standing {
        Standing::Unaccepted => "error",
        Standing::Unjudged => "warning",
        Standing::Accepted => "note",
    }
}

/// Ends that nobody can want and all variants show, where the witness ends so.
fn result_of_ends(document: &Document, scenario: &ScenarioPart, ends: &BadEndPart) -> Value {
    let replay = document.replay(&ends.token);
    let text = format!("{}: {} {} {replay}", scenario.title(), scenario.question, ends.sentence());
    let mut result = json!({
        "ruleId": "bad-end",
        "ruleIndex": 2,
        "level": level(ends.standing()),
        "message": { "text": text },
        "partialFingerprints": { "divergence/v1": ends.id },
        "properties": { "id": ends.id, "token": ends.token },
    });
    if let Some(place) = &ends.place {
        result["locations"] = json!([at(place)]);
    }
    if let Some(acceptance) = ends.acceptance.as_ref().filter(|_| ends.standing() == Standing::Accepted) {
        result["suppressions"] =
            json!([{ "kind": "external", "status": "accepted", "justification": acceptance.words() }]);
    }
    result
}

/// All divergences of a cause; of one without others its own result, at the place of the cause.
fn result_of_cause(document: &Document, group: &OfCause<'_>) -> Value {
    let (scenario, simplest) = group.simplest();
    let mut result = result(document, scenario, simplest);
    if let Some(place) = group.place() {
        result["locations"] = json!([at(place)]);
    }
    let Some(cause) = group.cause else { return result };
    let events = cause.events.iter().filter(|event| event.place.line > 0).map(|event| {
        let mut place = at(&event.place);
        place["message"] = json!({ "text": format!("{}: {}: {}", event.variant, event.thread, event.text) });
        place
    });
    result["relatedLocations"] = events.collect::<Vec<_>>().into();
    let ids: Vec<&str> = group.divergences.iter().map(|(_, one)| &*one.id).collect();
    if let [_] = ids[..] {
        return result;
    }
    let brings = cause.steps.iter().any(|step| step.brought > 0);
    let (rule, index) = if brings { ("outcome-brought", 0) } else { ("outcome-removed", 1) };
    let sentences = group.sentences().join("; ");
    let replay = document.replay(&simplest.token);
    let text = format!("{}: {}: {}; {sentences}; {replay}", cause.title(), cause.counts(), simplest.difference);
    result["ruleId"] = json!(rule);
    result["ruleIndex"] = json!(index);
    result["message"] = json!({ "text": text });
    result["partialFingerprints"] = json!({ "cause/v1": cause.id });
    result["properties"] = json!({ "id": cause.id, "token": simplest.token, "divergences": ids });
    result
}

fn result(document: &Document, scenario: &ScenarioPart, divergence: &DivergencePart) -> Value {
    let (rule, index) =
        if divergence.introduced_by_step_to.is_empty() { ("outcome-removed", 1) } else { ("outcome-brought", 0) };
    let text = format!(
        "{}: {} {} {} {}",
        scenario.title(),
        scenario.question,
        divergence.attribution(),
        divergence.difference,
        document.replay(&divergence.token)
    );
    let mut result = json!({
        "ruleId": rule,
        "ruleIndex": index,
        "level": level(divergence.standing()),
        "message": { "text": text },
        "partialFingerprints": { "divergence/v1": divergence.id },
        "properties": { "id": divergence.id, "token": divergence.token, "absence": divergence.absence },
    });
    if let Some(location) = location(document, divergence) {
        result["locations"] = json!([location]);
    }
    if let Some(acceptance) = divergence.acceptance.as_ref().filter(|_| divergence.standing() == Standing::Accepted) {
        result["suppressions"] =
            json!([{ "kind": "external", "status": "accepted", "justification": acceptance.words() }]);
    }
    result
}

fn at(place: &PlacePart) -> Value {
    let region = json!({ "startLine": place.line, "startColumn": place.column });
    let artifact = json!({ "uri": uri(&place.file), "uriBaseId": "SRCROOT" });
    json!({ "physicalLocation": { "artifactLocation": artifact, "region": region } })
}

/// The first event that differs; where there is none, the file of a variant that shows the outcome.
fn location(document: &Document, divergence: &DivergencePart) -> Option<Value> {
    if let Some(place) = &divergence.place {
        return Some(at(place));
    }
    let sources = document.variants.iter().filter(|variant| divergence.shown_by.contains(&variant.name));
    let file = sources.filter_map(|variant| variant.source.as_ref()).next()?;
    Some(json!({ "physicalLocation": { "artifactLocation": { "uri": uri(file), "uriBaseId": "SRCROOT" } } }))
}

/// A path as a relative reference of RFC 3986.
fn uri(path: &str) -> String {
    let mut uri = String::new();
    for byte in path.replace('\\', "/").bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'.' | b'-' | b'_' | b'~' => uri.push(char::from(byte)),
            _ => uri += &format!("%{byte:02X}"),
        }
    }
    uri
}
