//! Reports on a comparison in which every text is what a stranger may have written.

use super::{bad_end, data, offences, whole_report};
use assert_cmd::Command;
use std::path::Path;

/// What a patch may call its things: every mark that some form gives a meaning to, and characters that are not seen.
const HOSTILE: &str = "<script>alert(1)</script>]]>\n::error::boo\r\nnot ok 1 x # SKIP y\n| a | `b` ```\n@somebody #12 http://evil.invalid www.evil.invalid \
     [link](x) *b* &lt; \u{1b}[31m\u{7}\u{0} \u{202e}rtl\u{200b} \u{2028}%0A, 並行並行並行並行並行並行並行 \
     aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\nSigned-off-by: x";

/// The comparison with that behind every text in it which is not one of a few fixed words.
fn hostile() -> serde_json::Value {
    fn poison(key: &str, value: &mut serde_json::Value) {
        use serde_json::Value;
        match value {
            Value::String(text) if !matches!(key, "standing" | "mark" | "verdict") => *text += HOSTILE,
            Value::Array(values) => values.iter_mut().for_each(|value| poison(key, value)),
            Value::Object(fields) => fields.iter_mut().for_each(|(key, value)| poison(key, value)),
            _ => {}
        }
    }
    let whole = whole_report("json");
    let mut document: serde_json::Value = serde_json::from_str(&whole).expect("it is JSON");
    document["gate"] = serde_json::json!({"status": 100, "findings": [
        {"status": 100, "message": "x", "divergence": document["scenarios"][0]["divergences"][0]["id"]},
        {"status": 100, "message": "stale", "file": "accepted.toml", "line": 3},
    ]});
    document["scenarios"][0]["divergences"][0]["acceptance"] = serde_json::json!({"standing": "unaccepted"});
    document["scenarios"][0]["divergences"][1]["acceptance"] =
        serde_json::json!({"standing": "accepted", "reason": "x"});
    document["scenarios"][1]["bad_ends"] = serde_json::json!([bad_end("unaccepted")]);
    poison("", &mut document);
    document["scenarios"][1]["bad_ends"][0]["kind"] = "race".into();
    document
}

/// Reports on the hostile comparison, by form.
fn hostile_report(format: &str, more: &[&str]) -> String {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("x.json");
    std::fs::write(&path, hostile().to_string()).expect("it is written");
    let mut command = Command::cargo_bin("lockstep").expect("the program is built");
    command.args(["report", "--format", format, "--from"]).arg(&path).args(more);
    let output = command.write_stdin("Subject: [PATCH 2/2] x\n\nbody\n").output().expect("the program starts");
    let text = String::from_utf8(output.stdout).expect("a report is text");
    assert!(output.status.success(), "{format}: {}", String::from_utf8_lossy(&output.stderr));
    let is_unseen = |character: char| {
        (character.is_control() && character != '\n')
            || matches!(character, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}')
    };
    assert!(format == "json" || !text.contains(is_unseen), "{format}: a character that is not seen");
    text
}

#[test]
fn no_text_of_a_stranger_leaves_its_place_in_a_mail() {
    use textwrap::core::display_width;
    for format in ["text", "sheet"] {
        for line in hostile_report(format, &[]).lines() {
            let begins = |start: &str| line.starts_with(start);
            assert!(!begins("::") && !begins("not ok") && !begins("Signed-off-by"), "{format}: {line}");
            assert!(
                format == "sheet" || display_width(line) <= 72 || line.contains("lk1.") || begins("base-commit: "),
                "{line}"
            );
        }
    }
}

/// A line of Markdown without its spans of code: each ends with a run of as many back-ticks as it began with.
fn outside_code(line: &str) -> String {
    let mut rest = line.replace("\\`", "");
    let mut outside = String::new();
    while let Some(at) = rest.find('`') {
        outside += &rest[..at];
        let run: String = rest[at..].chars().take_while(|character| *character == '`').collect();
        let inside = &rest[at + run.len()..];
        let is_end = |end: usize| !inside[..end].ends_with('`') && !inside[end + run.len()..].starts_with('`');
        let end = inside.match_indices(&run).map(|(end, _)| end).find(|end| is_end(*end)).expect("a span of code ends");
        rest = inside[end + run.len()..].to_owned();
    }
    outside + &rest
}

#[test]
fn no_text_of_a_stranger_leaves_its_cell_in_markdown() {
    let text = hostile_report("markdown", &[]);
    let mut is_code = false;
    for line in text.lines() {
        if line.starts_with("```") {
            is_code = !is_code;
            continue;
        }
        if is_code {
            continue;
        }
        let outside = outside_code(line);
        for mark in ["<script", "@somebody", "#12", "http://", "www.evil", "[link]", "::error::boo\n"] {
            assert!(!outside.contains(mark), "{mark}: {line}");
        }
        if line.starts_with("| M") {
            // The steps are two: four cells between five bars.
            assert_eq!(line.replace("\\|", "").matches('|').count(), 5, "{line}");
        }
    }
    assert!(!is_code, "every fence is closed");
}

#[test]
fn every_line_for_github_is_one_command_of_ours() {
    let text = hostile_report("github", &[]);
    for line in text.lines() {
        let (command, message) = line.strip_prefix("::").and_then(|line| line.split_once("::")).expect("a command");
        let kind = command.split(' ').next().unwrap_or_default();
        assert!(["error", "warning", "notice"].contains(&kind), "{line}");
        let properties: Vec<&str> = command[kind.len()..].trim().split(',').collect();
        let names = properties.iter().map(|property| property.split('=').next().unwrap_or_default());
        assert!(names.clone().all(|name| ["file", "line", "col", "title"].contains(&name)), "{line}");
        assert!(line.len() < 16_000 && !message.is_empty(), "{line}");
    }
    assert!(text.contains("::error file=accepted.toml") && text.contains(",line=3,"), "{text}");
    assert!(text.contains("%250A,"), "what a stranger escaped is no line of ours: {text}");
}

#[test]
fn github_gets_at_most_ten_annotations_of_a_kind() {
    let mut document: serde_json::Value = serde_json::from_str(&whole_report("json")).expect("it is JSON");
    let scenario = document["scenarios"][0].clone();
    document["scenarios"] = serde_json::Value::Array(vec![scenario; 40]);
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("x.json");
    std::fs::write(&path, document.to_string()).expect("it is written");
    let mut command = Command::cargo_bin("lockstep").expect("the program is built");
    let output = command.args(["report", "--format", "github", "--from"]).arg(&path).output().expect("it starts");
    let text = String::from_utf8(output.stdout).expect("a report is text");
    assert_eq!(text.lines().filter(|line| line.starts_with("::warning ")).count(), 10, "{text}");
    assert!(text.contains("110 more are not annotated"), "{text}");
}

#[test]
fn xml_with_hostile_names_is_wellformed() {
    let text = hostile_report("junit", &[]);
    let mut reader = quick_xml::Reader::from_str(&text);
    let mut depth = 0;
    loop {
        match reader.read_event().expect("it is well-formed") {
            quick_xml::events::Event::Start(start) => {
                depth += 1;
                for attribute in start.attributes() {
                    attribute.expect("attributes are well-formed").unescape_value().expect("so are their values");
                }
            }
            quick_xml::events::Event::End(_) => depth -= 1,
            quick_xml::events::Event::Eof => break,
            _ => {}
        }
    }
    assert_eq!(depth, 0);
    assert!(text.contains("<testsuite name=\"gate\"") && text.contains("stale"), "{text}");
}

#[test]
fn ktap_with_hostile_names_has_the_tests_that_it_plans() {
    let text = hostile_report("ktap", &[]);
    let (mut planned, mut found) = ([0; 2], [0; 2]);
    for line in text.lines() {
        let level = usize::from(line.starts_with("  "));
        let line = line.trim_start();
        if let Some(count) = line.strip_prefix("1..") {
            planned[level] = count.parse().expect("a plan is a number");
            found[level] = 0;
        } else if let Some(result) = line.strip_prefix("not ok ").or_else(|| line.strip_prefix("ok ")) {
            found[level] += 1;
            let number = result.split(' ').next().and_then(|number| number.parse().ok());
            assert_eq!(number, Some(found[level]), "{line}");
            assert!(!result.contains('#'), "no directive: {line}");
        } else {
            assert!(line.starts_with("# ") || line == "KTAP version 1", "{line}");
        }
    }
    assert_eq!((planned[0], found[0]), (4, 4), "three comparisons and the gate");
    assert_eq!(planned[1], found[1]);
    assert!(text.ends_with(" gate\n") && text.contains("\nnot ok 4"), "{text}");
}

#[test]
fn json_and_sarif_with_hostile_names_are_valid() {
    let schema = std::fs::read_to_string(data("sarif-schema-2.1.0.json")).expect("the schema is shipped");
    let sarif = hostile_report("sarif", &[]);
    assert_eq!(offences(&schema, &sarif), Vec::<String>::new());
    // What nobody accepted is an error, what somebody did is suppressed, and the rest waits for a judgement.
    let log: serde_json::Value = serde_json::from_str(&sarif).expect("it is JSON");
    let results = log["runs"][0]["results"].as_array().expect("results");
    let levels: Vec<(&str, bool)> =
        results.iter().map(|one| (one["level"].as_str().unwrap_or(""), one["suppressions"].is_array())).collect();
    assert_eq!(levels[0], ("error", false));
    // The last is of ends that every step shows.
    let (last, rest) = levels[1..].split_last().expect("there are more");
    assert_eq!(*last, ("error", false));
    assert!(rest.contains(&("note", true)), "{levels:?}");
    assert!(rest.iter().all(|one| [("warning", false), ("note", true)].contains(one)), "{levels:?}");
    let schema = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/comparison.schema.json");
    let schema = std::fs::read_to_string(schema).expect("the schema is documented");
    let json = hostile_report("json", &[]);
    // Ids have a form of their own, which keeps strangers out of them.
    let others: Vec<String> =
        offences(&schema, &json).into_iter().filter(|offence| !offence.contains("/id: ")).collect();
    assert_eq!(others, Vec::<String>::new());
    assert_eq!(
        serde_json::from_str::<serde_json::Value>(&json).expect("it is JSON"),
        hostile(),
        "json keeps what was saved"
    );
}

#[test]
fn the_page_with_hostile_names_has_no_script_but_its_own() {
    let page = hostile_report("html", &[]);
    assert_eq!(page.matches("<script>").count(), 1);
    assert!(!page.contains("alert(1)</script>") && page.contains("&lt;U+202E&gt;") | page.contains("&#60;U+202E&#62;"));
}

#[test]
fn b4_gets_one_line_or_one_result_for_each_thing_whatever_its_name() {
    let results: serde_json::Value = serde_json::from_str(&hostile_report("b4", &[])).expect("it is JSON");
    assert!(results.as_array().is_some_and(|results| results.iter().all(|result| result["tool"].is_string())));
    let lines = hostile_report("b4", &["--prep"]);
    let begins = ["ERROR: box.M1.", "box.M1.", "ERROR: box.M2.race-1a2b3c4d"];
    assert!(lines.lines().all(|line| begins.iter().any(|begin| line.starts_with(begin))), "{lines}");
    // What nobody accepted fails, and what somebody did is not mentioned.
    assert!(results.as_array().is_some_and(|results| results.iter().any(|one| one["status"] == "fail")), "{results}");
    assert_eq!(lines.lines().filter(|line| line.starts_with("ERROR: ")).count(), 2, "{lines}");
    let hostile = hostile();
    let accepted = hostile["scenarios"][0]["divergences"][1]["id"].as_str().expect("an id");
    let accepted = accepted.split('<').next().unwrap_or_default();
    assert!(!lines.contains(accepted), "{accepted}: {lines}");
}
