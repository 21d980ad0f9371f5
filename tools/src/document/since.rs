//! What is new since an earlier comparison of the same.
//!
//! Promise: only what both have compared is called new or gone; a scenario that one of them did not
//! compare to its end is said to be so. Limit: causes and outcomes go by their names, so a
//! statement that was rewritten makes another cause of the same outcomes.

use super::{Document, ScenarioPart};
use crate::cli::counted::counted;
use serde::{Deserialize, Serialize};

/// What is new since an earlier comparison, and what is gone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct SincePart {
    /// In a sentence.
    pub summary: String,
    /// One by one: new causes and what is gone of old ones, then divergences and ends.
    pub changes: Vec<SinceChangePart>,
}

/// One thing that is new, gone, or shown by others.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct SinceChangePart {
    /// `new`, `gone`, `moved` for what other variants show now, or `not compared`.
    #[cfg_attr(test, schemars(extend("enum" = ["new", "gone", "moved", "not compared"])))]
    pub change: String,
    /// The name of the cause, the divergence or the ends, or the title of the scenario.
    pub name: String,
    /// The scenario; nothing of a cause, which may have several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scenario: Option<String>,
    /// What it is, in words.
    pub what: String,
}

/// A divergence or ends that all show, as it is compared with another.
struct Finding {
    name: String,
    shown_by: Vec<String>,
    what: String,
}

/// What the document has and the earlier one had not, and the other way round.
pub fn since(old: &Document, new: &Document) -> SincePart {
    let mut changes = Vec::new();
    let change = |change: &str, name: &str, scenario: Option<String>, what: String| SinceChangePart {
        change: change.to_owned(),
        name: name.to_owned(),
        scenario,
        what,
    };
    for (word, here, there) in [("new", new, old), ("gone", old, new)] {
        let is_unknown = |id: &str| !there.causes.iter().any(|cause| cause.id == id);
        let causes = here.causes.iter().filter(|cause| is_unknown(&cause.id));
        changes.extend(causes.map(|cause| change(word, &cause.id, None, cause.lines()[1..].join("; "))));
    }
    let mut same = 0;
    for scenario in &new.scenarios {
        let title = scenario.title();
        let before = old.scenarios.iter().find(|other| is_same(other, scenario));
        let Some(before) = before.filter(|before| before.gap().is_none() && scenario.gap().is_none()) else {
            changes.push(change(
                "not compared",
                &title,
                None,
                "one of the two did not compare it to its end".to_owned(),
            ));
            continue;
        };
        let (was, is) = (findings(before), findings(scenario));
        for one in &is {
            match was.iter().find(|other| other.name == one.name) {
                Some(other) if other.shown_by == one.shown_by => same += 1,
                Some(other) => {
                    let what = format!("shown by {} before; {}", other.shown_by.join(", "), one.what);
                    changes.push(change("moved", &one.name, Some(title.clone()), what));
                }
                None => changes.push(change("new", &one.name, Some(title.clone()), one.what.clone())),
            }
        }
        let gone = was.iter().filter(|one| !is.iter().any(|other| other.name == one.name));
        changes.extend(gone.map(|one| change("gone", &one.name, Some(title.clone()), one.what.clone())));
    }
    let lost = old.scenarios.iter().filter(|scenario| !new.scenarios.iter().any(|other| is_same(other, scenario)));
    let what = "only the earlier comparison has it";
    changes.extend(lost.map(|scenario| change("not compared", &scenario.title(), None, what.to_owned())));
    SincePart { summary: summary(&changes, same), changes }
}

/// Whether both are of one scenario of one subject under one memory model.
fn is_same(one: &ScenarioPart, other: &ScenarioPart) -> bool {
    (&one.subject, &one.id, &one.memory) == (&other.subject, &other.id, &other.memory)
}

fn findings(scenario: &ScenarioPart) -> Vec<Finding> {
    let ends = scenario.bad_ends.iter().map(|ends| Finding {
        name: ends.id.clone(),
        shown_by: Vec::new(),
        what: ends.sentence(),
    });
    let divergences = scenario.divergences.iter().map(|one| Finding {
        name: one.id.clone(),
        shown_by: one.shown_by.clone(),
        what: format!("{}: {}", one.attribution(), one.difference),
    });
    ends.chain(divergences).collect()
}

fn summary(changes: &[SinceChangePart], same: usize) -> String {
    let count = |word: &str, is_cause: bool| {
        changes.iter().filter(|one| one.change == word && one.scenario.is_none() == is_cause).count()
    };
    let (causes, new, gone) = (count("new", true), count("new", false), count("gone", false));
    let moved = count("moved", false);
    let apart = count("not compared", true);
    let mut parts = Vec::new();
    parts.push(match (new, causes) {
        (0, 0) => "nothing is new".to_owned(),
        (new, 0) => format!("{new} new, of causes that were there"),
        (new, causes) => format!("{new} new, {}", counted(causes, "new cause")),
    });
    parts.push(format!("{gone} gone"));
    parts.extend((moved > 0).then(|| format!("{moved} shown by others now")));
    parts.push(format!("{same} as before"));
    parts.extend((apart > 0).then(|| format!("{} not compared by both", counted(apart, "comparison"))));
    parts.join("; ")
}
