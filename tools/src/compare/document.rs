//! From comparisons to the document.

use crate::causes::{self, Sources};
use crate::cli::selection::Selection;
use crate::compare::Outcomes;
use crate::compare::costs::costs;
use crate::document::{ChangePart, DesignPart, Document};
use similar::TextDiff;
use utrace_variants::{DESIGN_SOURCES, DesignSource, VariantInfo};

/// The results as a document.
pub fn document(selection: &Selection, outcomes: &Outcomes) -> Document {
    let mut document = Document {
        complete: !outcomes.cut_short,
        nondeterminism: outcomes.nondeterminism(),
        variants: selection.variants.iter().map(|variant| design_part(selection, variant)).collect(),
        scenarios: outcomes.parts().cloned().collect(),
        changes: selection.variants.windows(2).filter_map(|step| change_part(step[0], step[1])).collect(),
        ..Document::of(vec![selection.memory.name().to_owned()])
    };
    causes::put(&mut document, &sources(selection));
    document
}

/// The sources of the designs, for those who look for causes; other variants have none of their
/// own.
pub fn sources(selection: &Selection) -> Sources {
    let files = |variant: &VariantInfo| {
        source_of(variant).map(|source| (source.file.to_owned(), source.text.to_owned())).into_iter().collect()
    };
    Sources::new(selection.variants.iter().map(|variant| (variant.name.to_owned(), files(variant))))
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
