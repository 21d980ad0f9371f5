//! What a memory model cannot show of a series.

use crate::source::error::SourceError;
use crate::source::orderings;
use crate::source::steps::Step;

/// Advice where a patch changes memory orderings and none of these models is weak enough for them
/// to matter: then equal outcomes say nothing of that change.
pub fn of_orderings(steps: &[Step], models: &[&str]) -> Result<Vec<String>, SourceError> {
    let Some(&model) = models.first().filter(|_| !models.contains(&"weak")) else { return Ok(Vec::new()) };
    let why = if models.contains(&"tso") {
        "under tso, where stores land late and nothing else moves, most orderings make no difference".to_owned()
    } else {
        format!("under {model} no ordering makes a difference")
    };
    let all = steps.iter().map(|step| orderings::stated(&step.module.named())).collect::<Result<Vec<_>, _>>()?;
    let pairs = steps.iter().skip(1).zip(all.windows(2));
    let advice = pairs.filter_map(|(step, pair)| {
        let changes = orderings::changes(&pair[0], &pair[1]);
        let first = changes.first()?;
        let more = if changes.len() > 1 { format!(", and {} more", changes.len() - 1) } else { String::new() };
        let name = &step.name;
        Some(format!("{name} changes memory orderings ({first}{more}), and {why}: look with --memory weak as well"))
    });
    Ok(advice.collect())
}
