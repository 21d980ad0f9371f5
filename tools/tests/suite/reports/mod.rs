//! Every form of report, from one saved comparison that is full of what a stranger's patch may contain.

mod hostile;

use assert_cmd::Command;
use insta::{Settings, assert_snapshot};
use std::path::{Path, PathBuf};
use std::time::Instant;

fn data(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/reports").join(name)
}

/// The report on the saved comparison, with what else is to be said.
fn report(format: &str, more: &[&str], input: &str) -> String {
    let mut command = Command::cargo_bin("lockstep").expect("the program is built");
    command.args(["report", "--format", format, "--from"]).arg(data("box.json")).args(more);
    let output = command.write_stdin(input).output().expect("the program starts");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && said.is_empty(), "{format}: {said}");
    String::from_utf8(output.stdout).expect("a report is text")
}

/// Compares with the snapshot of that name.
#[track_caller]
fn check(name: &str, text: &str) {
    let mut settings = Settings::clone_current();
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| assert_snapshot!(name, text));
}

/// Everything that other commands add.
fn sections() -> Vec<String> {
    let section = |name: &str| [format!("--{name}"), data(&format!("{name}.json")).display().to_string()];
    ["claims", "audit", "mutants", "orderings"].into_iter().flat_map(section).collect()
}

/// The report with what other commands add.
fn whole_report(format: &str) -> String {
    let sections = sections();
    report(format, &sections.iter().map(String::as_str).collect::<Vec<_>>(), "")
}

#[test]
fn mail_keeps_to_72_columns_and_starts_no_line_of_its_own_for_a_stranger() {
    let text = whole_report("text");
    for line in text.lines() {
        assert!(line.chars().count() <= 72 || line.trim().starts_with("lk1."), "{line}");
        for trailer in ["Tested-by", "Reviewed-by", "Signed-off-by"] {
            assert!(!line.contains(trailer), "{line}");
        }
    }
    check("text", &text);
}

#[test]
fn markdown_escapes_links_tags_and_mentions() {
    let text = whole_report("markdown");
    let outside: String = text.split("```").step_by(2).collect();
    let outside: String = outside.replace("\\`", "").split('`').step_by(2).collect();
    assert!(!outside.contains("<script>") && !outside.contains("<img") && !outside.contains("@somebody"), "{outside}");
    assert!(!outside.contains("[link]("), "{outside}");
    check("markdown", &text);
}

#[test]
fn annotations_point_at_the_source_and_escape_their_properties() {
    let text = report("github", &[], "");
    assert!(text.lines().all(|line| line.starts_with("::")), "{text}");
    assert!(text.contains("file=src/new%2C box.rs,line=12,col=9"), "{text}");
    check("github", &text);
}

#[test]
fn junit_is_wellformed() {
    check("junit", &report("junit", &[], ""));
}

#[test]
fn ktap_counts_its_tests() {
    let text = report("ktap", &[], "");
    assert!(text.starts_with("KTAP version 1\n1..3\n"), "{text}");
    check("ktap", &text);
}

#[test]
fn the_sheet_has_a_column_for_each_design() {
    check("sheet", &whole_report("sheet"));
}

/// Checks a document against a schema and returns what is wrong with it.
fn offences(schema: &str, document: &str) -> Vec<String> {
    let read = |text: &str| serde_json::from_str::<serde_json::Value>(text).expect("it is JSON");
    let validator = jsonschema::validator_for(&read(schema)).expect("the schema is one");
    validator.iter_errors(&read(document)).map(|error| format!("{}: {error}", error.instance_path)).collect()
}

#[test]
fn sarif_is_valid_by_the_official_schema() {
    let text = report("sarif", &[], "");
    let schema = std::fs::read_to_string(data("sarif-schema-2.1.0.json")).expect("the schema is shipped");
    assert_eq!(offences(&schema, &text), Vec::<String>::new());
    assert!(!offences(&schema, &text.replace("\"version\": \"2.1.0\"", "\"version\": \"9\"")).is_empty());
    check("sarif", &text);
}

#[test]
fn a_saved_comparison_is_what_its_schema_says() {
    let schema = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/comparison.schema.json");
    let schema = std::fs::read_to_string(schema).expect("the schema is documented");
    let json = whole_report("json");
    assert_eq!(offences(&schema, &json), Vec::<String>::new());
    let folder = tempfile::tempdir().expect("a folder");
    let saved = folder.path().join("run.json");
    let mut command = Command::cargo_bin("lockstep").expect("the program is built");
    command.args(["compare", "--scenario", "S7", "--executions", "100", "--save"]).arg(&saved).assert().success();
    let saved = std::fs::read_to_string(saved).expect("it was saved");
    assert_eq!(offences(&schema, &saved), Vec::<String>::new());
    assert!(
        !offences(&schema, &saved.replace("\"token\"", "\"tokens\"")).is_empty(),
        "the schema refuses what is wrong"
    );
}

#[test]
fn the_page_escapes_what_strangers_wrote() {
    let page = whole_report("html");
    for script in ["<script>alert", "<img", "</pre><script", "<i>both"] {
        assert!(!page.contains(script), "{script}");
    }
    for elsewhere in ["http://", "https://", "src=", "@import", "url(h"] {
        let own = page.replace("[link](http://x)", "").replace("src=x", "");
        assert!(!own.contains(elsewhere), "the page loads something: {elsewhere}");
    }
    // Style and script have their own files; of the page what is made of the comparison is compared.
    let (before, rest) = page.split_once("<style>").expect("the page has a style");
    let (_, rest) = rest.split_once("</style>").expect("it ends");
    let (body, _) = rest.split_once("<script>").expect("the page has a script");
    let before = before.split("<meta http-equiv").next().unwrap_or(before);
    check("html", &format!("{before}{body}"));
}

/// Ends that every step shows.
fn bad_end(standing: &str) -> serde_json::Value {
    serde_json::json!({
        "id": "box.M2.race-1a2b3c4d", "kind": "race", "outcomes": ["0a0a0a0a"], "preemptions": 1,
        "variants": [{"name": "old", "bad": 1, "outcomes": 2}, {"name": "middle", "bad": 1, "outcomes": 1}],
        "ends": ["sim: data race: a writes box"], "token": "lk1.box.M2.sc.m1.u7.0", "place": {"file": "src/new.rs", "line": 4, "column": 2},
        "acceptance": {"standing": standing},
    })
}

#[test]
fn ends_that_every_step_shows_are_told_in_every_form() {
    let told =
        "every step shows outcomes that end in a race: old in 1 of 2, middle in 1 of 1: sim: data race: a writes box";
    let folder = tempfile::tempdir().expect("a folder");
    for (standing, level) in [("unaccepted", "error"), ("accepted", "note"), ("", "warning")] {
        let mut document: serde_json::Value = serde_json::from_str(&report("json", &[], "")).expect("it is JSON");
        let mut ends = bad_end(standing);
        if standing.is_empty() {
            ends.as_object_mut().expect("it is one").remove("acceptance");
        }
        document["scenarios"][1]["bad_ends"] = serde_json::json!([ends]);
        let path = folder.path().join("x.json");
        std::fs::write(&path, document.to_string()).expect("it is written");
        let of = |format: &str, more: &[&str]| {
            let mut command = Command::cargo_bin("lockstep").expect("the program is built");
            command.args(["report", "--format", format, "--from"]).arg(&path).args(more);
            let output = command.write_stdin("Subject: [PATCH 1/2] x\n\nbody\n").output().expect("the program starts");
            assert!(output.status.success(), "{format}: {}", String::from_utf8_lossy(&output.stderr));
            String::from_utf8(output.stdout).expect("a report is text")
        };
        let is_open = standing != "accepted";
        #[track_caller]
        fn has(text: &str, part: &str, expected: bool) {
            assert_eq!(text.contains(part), expected, "'{part}' in\n{text}");
        }
        let lines = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        let text = of("text", &[]);
        has(&lines(&text), &format!("M2 box.M2.race-1a2b3c4d: {told} at src/new.rs:4"), true);
        has(&text, "\n    lk1.box.M2.sc.m1.u7.0\n", true);
        has(
            &of("markdown", &[]),
            &format!(
                "M2, `box.M2.race-1a2b3c4d`{}: {told}",
                if standing.is_empty() { String::new() } else { format!(" ({standing})") }
            ),
            true,
        );
        has(
            &of("github", &[]),
            &format!("::{level} file=src/new.rs,line=4,col=2,title=M2%3A every step ends in a race::"),
            is_open,
        );
        let html = of("html", &[]);
        has(&html, "every step ends in a race", true);
        has(&html, "<strong class=\"bad\">ends in a race</strong>", true);
        has(&of("sheet", &[]), "that end in a race, where every step shows it", true);
        let junit = of("junit", &[]);
        has(&junit, "name=\"no step ends in a race\"", true);
        has(&junit, "every step ends in a race, which nobody accepted", is_open);
        let ktap = of("ktap", &[]);
        has(&ktap, &format!("  {} 3 no step ends in a race\n", if is_open { "not ok" } else { "ok" }), true);
        has(&ktap, "  # Subtest: M2", true);
        let sarif: serde_json::Value = serde_json::from_str(&of("sarif", &[])).expect("it is JSON");
        let results = sarif["runs"][0]["results"].as_array().expect("they are there");
        let result = results.iter().find(|result| result["ruleId"] == "bad-end").expect("one is of ends");
        assert_eq!(result["level"], level);
        assert_eq!(result["suppressions"].is_array(), !is_open);
        let schema = std::fs::read_to_string(data("sarif-schema-2.1.0.json")).expect("the schema is shipped");
        assert_eq!(offences(&schema, &sarif.to_string()), Vec::<String>::new());
        let status = match level {
            "error" => "fail",
            "note" => "pass",
            _ => "warn",
        };
        let b4: serde_json::Value = serde_json::from_str(&of("b4", &[])).expect("it is JSON");
        let result = b4.as_array().and_then(|all| all.iter().find(|one| one["tool"] == "lockstep-ends"));
        assert_eq!(result.expect("one is of ends")["status"], status, "{b4}");
        has(&of("b4", &["--prep"]), "box.M2.race-1a2b3c4d, M2: every step", is_open);
        has(&of("b4", &["--prep"]), "ERROR: box.M2.race", standing == "unaccepted");
        let json = of("json", &[]);
        let schema = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/comparison.schema.json");
        let schema = std::fs::read_to_string(schema).expect("the schema is documented");
        assert_eq!(offences(&schema, &json), Vec::<String>::new());
        has(&json, "\"bad_ends\"", true);
    }
}

#[test]
fn a_comparison_that_came_to_no_end_is_skipped_in_junit() {
    let mut document: serde_json::Value = serde_json::from_str(&whole_report("json")).expect("it is JSON");
    document["scenarios"][0]["complete"] = serde_json::json!(false);
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("x.json");
    std::fs::write(&path, document.to_string()).expect("it is written");
    let mut command = Command::cargo_bin("lockstep").expect("the program is built");
    let output = command.args(["report", "--format", "junit", "--from"]).arg(&path).output().expect("it starts");
    let text = String::from_utf8(output.stdout).expect("a report is text");
    assert_eq!(text.matches("<skipped message=\"the run ended before it was compared\"").count(), 2, "{text}");
}

#[test]
fn b4_gets_results_for_each_patch_and_for_the_series() {
    let patch = |subject: &str| report("b4", &[], &format!("From: a@example.invalid\nSubject: {subject}\n\nbody\n"));
    let status = |text: &str| {
        let results: serde_json::Value = serde_json::from_str(text).expect("it is JSON");
        let results = results.as_array().expect("an array").clone();
        results.iter().map(|result| result["status"].as_str().unwrap_or("").to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(status(&patch("[PATCH v2 1/2] rename")), ["pass", "warn"]);
    assert_eq!(status(&patch("[PATCH v2 2/2] faster")), ["warn", "warn"]);
    assert_eq!(status(&patch("[PATCH v2 0/2] cover")), ["warn", "warn"]);
    assert!(patch("[PATCH 3/7] other").contains("7 patches, the saved comparison 2 steps"));
    check("b4", &patch("[PATCH v2 2/2] faster"));
    let prep = |subject: &str| report("b4", &["--prep"], &format!("Subject: {subject}\n\nbody\n"));
    assert_eq!(prep("[PATCH 1/2] rename"), "");
    check("b4-prep", &prep("[PATCH 2/2] faster"));
}

#[test]
fn what_is_no_saved_comparison_is_refused_in_a_line() {
    let folder = tempfile::tempdir().expect("a folder");
    let check = |text: &[u8], expected: &str| {
        let path = folder.path().join("x.json");
        std::fs::write(&path, text).expect("it is written");
        let mut command = Command::cargo_bin("lockstep").expect("the program is built");
        let output = command.args(["report", "--format", "text", "--from"]).arg(&path).output().expect("it starts");
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(said.contains(expected) && said.lines().count() == 1, "{said}");
    };
    check(b"", "is not a saved comparison");
    check(b"[1, 2]", "is not a saved comparison");
    check(b"\xff\xfe", "cannot be read");
    check(b"{\"schema\": 99}", "is of form 99, this program reads");
    check(b"{\"schema\": 2}", "is damaged: missing field");
    let whole = std::fs::read(data("box.json")).expect("it is there");
    check(&whole[..whole.len() / 2], "is not a saved comparison");
}

#[test]
fn indices_that_lead_nowhere_do_no_harm() {
    let whole = std::fs::read_to_string(data("box.json")).expect("it is there");
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("x.json");
    let wild = whole
        .replace("\"left\": 3", "\"left\": 3000000")
        .replace("\"from\": 4", "\"from\": 99")
        .replace("\"thread\": 2", "\"thread\": 77")
        .replace("\"first_observable\": 8", "\"first_observable\": 8000");
    std::fs::write(&path, wild).expect("it is written");
    for format in ["text", "markdown", "github", "junit", "ktap", "sarif", "html", "sheet"] {
        let mut command = Command::cargo_bin("lockstep").expect("the program is built");
        command.args(["report", "--format", format, "--from"]).arg(&path).assert().success();
    }
}

#[test]
fn reports_on_hundreds_of_divergences_take_less_than_two_seconds() {
    let whole = std::fs::read_to_string(data("box.json")).expect("it is there");
    let mut document: serde_json::Value = serde_json::from_str(&whole).expect("it is JSON");
    let scenario = document["scenarios"][0].clone();
    document["scenarios"] = serde_json::Value::Array(vec![scenario; 200]);
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("large.json");
    std::fs::write(&path, document.to_string()).expect("it is written");
    for format in ["text", "markdown", "github", "junit", "ktap", "sarif", "html", "sheet"] {
        let mut command = Command::cargo_bin("lockstep").expect("the program is built");
        let started = Instant::now();
        let output = command.args(["report", "--format", format, "--from"]).arg(&path).output().expect("it starts");
        assert!(output.status.success() && started.elapsed().as_secs() < 2, "{format}: {:?}", started.elapsed());
        assert!(
            format != "markdown" || output.stdout.len() < 65_536,
            "a comment does not hold {}",
            output.stdout.len()
        );
    }
}
