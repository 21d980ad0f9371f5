//! The list of scenarios and variants.

use crate::cli::arguments::Format;
use serde::Serialize;
use utrace_variants::{scenarios, variants};

#[derive(Serialize)]
struct Listed<'a> {
    scenarios: Vec<ListedScenario<'a>>,
    variants: Vec<ListedVariant<'a>>,
}

#[derive(Serialize)]
struct ListedScenario<'a> {
    id: &'a str,
    name: &'a str,
    question: &'a str,
    source: &'a str,
    goals: Vec<&'a str>,
}

#[derive(Serialize)]
struct ListedVariant<'a> {
    name: &'a str,
    summary: &'a str,
    main_series: bool,
}

/// Everything that options can name.
pub fn list(format: Format) -> String {
    match format {
        Format::Json => json(),
        _ => human(),
    }
}

fn human() -> String {
    let mut text = String::from("scenarios:\n");
    for scenario in scenarios() {
        text += &format!("  {:5} {}\n        {} ({})\n", scenario.id, scenario.name, scenario.question, scenario.mail);
    }
    text += "\nvariants (* the series that is compared by default):\n";
    for variant in variants() {
        let mark = if variant.main_series { '*' } else { ' ' };
        text += &format!("{mark} {:27} {}\n", variant.name, variant.summary);
    }
    text
}

fn json() -> String {
    let scenario = |scenario: &'static utrace_variants::Scenario| ListedScenario {
        id: &scenario.id,
        name: &scenario.name,
        question: &scenario.question,
        source: &scenario.mail,
        goals: scenario.goal_names().collect(),
    };
    let variant = |variant: &'static utrace_variants::VariantInfo| ListedVariant {
        name: variant.name,
        summary: variant.summary,
        main_series: variant.main_series,
    };
    let listed = Listed {
        scenarios: scenarios().iter().map(scenario).collect(),
        variants: variants().iter().map(variant).collect(),
    };
    serde_json::to_string_pretty(&listed).expect("the list has only strings and flags") + "\n"
}
