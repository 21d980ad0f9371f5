//! JUnit's XML: a suite for each scenario, a case for each step of the series.
//!
//! Ends that nobody can want and all steps show have a case for each kind. A case fails when its
//! step brings or removes an outcome that nobody accepted, and is an error when the scenario missed
//! a goal. What the gate found beside divergences is an error of a case of its own.

use crate::cli::counted::counted;
use crate::cli::trouble::Trouble;
use crate::document::{BadEndPart, DivergencePart, Document, GatePart, ScenarioPart, Standing};
use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};

/// The report.
pub fn junit(document: &Document) -> Result<String, Trouble> {
    let mut report = Report::new("lockstep");
    for scenario in &document.scenarios {
        let mut suite = TestSuite::new(format!("{}: {}", scenario.title(), scenario.name));
        for step in document.variants.windows(2) {
            suite.add_test_case(case(document, scenario, &step[0].name, &step[1].name));
        }
        for ends in &scenario.bad_ends {
            suite.add_test_case(case_of_ends(document, scenario, ends));
        }
        if let Some(evidence) = scenario.evidence() {
            suite.add_property(("evidence", evidence.to_string().as_str()));
        }
        suite.add_property(("memory", scenario.memory.as_str()));
        report.add_test_suite(suite);
    }
    if let Some(gate) = &document.gate {
        let mut suite = TestSuite::new("gate");
        suite.add_test_case(gate_case(gate));
        report.add_test_suite(suite);
    }
    report.to_string().map_err(|error| Trouble::Internal(format!("the XML could not be written: {error}")))
}

/// What the gate found beside divergences: it belongs to no step.
fn gate_case(gate: &GatePart) -> TestCase {
    let found: Vec<&str> = gate.other_findings().map(|finding| finding.message.as_str()).collect();
    let status = if found.is_empty() {
        TestCaseStatus::success()
    } else {
        let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
        status.set_type("gate").set_message(found[0]).set_description(found.join("\n"));
        status
    };
    let mut case = TestCase::new("evidence, goals and ledger", status);
    case.set_classname("gate");
    case
}

fn case(document: &Document, scenario: &ScenarioPart, from: &str, to: &str) -> TestCase {
    let missed: Vec<&str> = scenario.missed().collect();
    let changes: Vec<&DivergencePart> =
        scenario.divergences.iter().filter(|divergence| divergence.is_of_step_to(to)).collect();
    let said = || changes.iter().map(|divergence| said(document, divergence)).collect::<Vec<_>>().join("\n");
    let open = changes.iter().filter(|divergence| divergence.standing() != Standing::Accepted).count();
    let status = if let Some(gap) = scenario.gap() {
        let mut status = TestCaseStatus::skipped();
        status.set_message(gap);
        status
    } else if !missed.is_empty() {
        let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
        status.set_type("goal").set_message(format!("no execution reached: {}", missed.join("; ")));
        status
    } else if open > 0 {
        let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
        let message = format!("{} that nobody accepted", counted(open, "divergence"));
        status.set_type("divergence").set_message(message);
        status.set_description(said());
        status
    } else {
        TestCaseStatus::success()
    };
    let is_success = matches!(status, TestCaseStatus::Success { .. });
    let mut case = TestCase::new(format!("{from} -> {to}"), status);
    case.set_classname(format!("{}.{}", scenario.subject, scenario.id));
    if is_success && !changes.is_empty() {
        case.set_system_out(said());
    }
    case
}

/// Ends that nobody can want and all steps show: a case for each kind.
fn case_of_ends(document: &Document, scenario: &ScenarioPart, ends: &BadEndPart) -> TestCase {
    let standing = ends.acceptance.as_ref().map_or(String::new(), |acceptance| format!(" ({})", acceptance.words()));
    let said = format!("{}{standing}: {}\n  {}", ends.id, ends.sentence(), document.replay(&ends.token));
    let is_accepted = ends.standing() == Standing::Accepted;
    let status = if is_accepted {
        TestCaseStatus::success()
    } else {
        let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
        let message = format!("every step ends in {}, which nobody accepted", ends.what());
        status.set_type("bad-end").set_message(message).set_description(said.clone());
        status
    };
    let mut case = TestCase::new(format!("no step ends in {}", ends.what()), status);
    case.set_classname(format!("{}.{}", scenario.subject, scenario.id));
    if is_accepted {
        case.set_system_out(said);
    }
    case
}

fn said(document: &Document, divergence: &DivergencePart) -> String {
    let DivergencePart { id, difference, token, .. } = divergence;
    let acceptance = divergence.acceptance.as_ref();
    let standing = acceptance.map_or(String::new(), |acceptance| format!(" ({})", acceptance.words()));
    format!("{id}{standing}: {}: {difference}\n  {}", divergence.attribution(), document.replay(token))
}
