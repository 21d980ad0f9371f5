//! From comparisons to the document.

use crate::cli::selection::Selection;
use crate::compare::costs::costs;
use crate::compare::{Compared, Outcomes};
use crate::document::{ChangePart, DesignPart, Document, ScenarioPart};
use crate::recorded::{Conditions, Situation, record};
use similar::TextDiff;
use utrace_variants::{DESIGN_SOURCES, DesignSource, Repairs, Scenario, VariantInfo, Words, subject_name};

/// The results as a document.
pub fn document(selection: &Selection, outcomes: &Outcomes) -> Document {
    Document {
        complete: !outcomes.cut_short,
        nondeterminism: outcomes.nondeterminism.clone(),
        variants: selection.variants.iter().map(|variant| design_part(selection, variant)).collect(),
        scenarios: outcomes.compared.iter().map(scenario_part).collect(),
        changes: selection.variants.windows(2).filter_map(|step| change_part(step[0], step[1])).collect(),
        ..Document::of(vec![selection.memory.name().to_owned()])
    }
}

fn source_of(variant: &VariantInfo) -> Option<&'static DesignSource> {
    DESIGN_SOURCES.iter().find(|source| source.variant == variant.name)
}

fn design_part(selection: &Selection, variant: &'static VariantInfo) -> DesignPart {
    let source = source_of(variant);
    let costs = costs(variant, &selection.scenarios, selection.repairs[0], selection.memory);
    DesignPart {
        name: variant.name.to_owned(),
        summary: variant.summary.to_owned(),
        source: source.map(|source| source.file.to_owned()),
        lines: source.map(DesignSource::code_lines),
        costs: costs.paths,
        state_bits: costs.state_bits,
    }
}

fn change_part(from: &VariantInfo, to: &VariantInfo) -> Option<ChangePart> {
    let (before, after) = (source_of(from)?, source_of(to)?);
    let diff = TextDiff::from_lines(before.text, after.text);
    let diff = diff.unified_diff().context_radius(3).header(before.file, after.file).to_string();
    Some(ChangePart { from: from.name.to_owned(), to: to.name.to_owned(), diff })
}

/// The repairs by name.
pub fn repairs_part(repairs: Repairs) -> Vec<String> {
    if repairs.r1 { vec!["R1".to_owned()] } else { Vec::new() }
}

/// A scenario of this repository.
pub fn situation(scenario: &Scenario) -> Situation {
    Situation {
        id: scenario.id.to_string(),
        name: scenario.name.to_string(),
        question: scenario.question.to_string(),
        source: scenario.mail.to_string(),
        program: scenario.program_lines(),
        goals: scenario.goal_names().map(str::to_owned).collect(),
    }
}

fn scenario_part(compared: &Compared) -> ScenarioPart {
    let Compared { scenario, repairs, memory, comparison, seen, ends, repeated } = compared;
    let conditions = Conditions {
        subject: subject_name(*repairs).to_owned(),
        repairs: repairs_part(*repairs),
        memory: *memory,
        repeated: *repeated,
    };
    record(&situation(scenario), &conditions, comparison, seen, ends, &Words)
}
