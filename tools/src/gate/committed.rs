//! What the committed snapshots say: for each scenario which outcomes which variants show.
//!
//! Only identities are read. The words around them are for people; they may change with the
//! renderer without a change of behaviour.

use crate::cli::file_error::FileError;
use crate::document::ScenarioPart;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// One committed comparison: a scenario, with or without repairs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Committed {
    /// The file.
    pub file: String,
    /// Whether it is the part with the repairs.
    pub is_repaired: bool,
    /// Id of the scenario.
    pub scenario: String,
    /// The memory model.
    pub memory: String,
    /// The variants.
    pub variants: Vec<String>,
    /// Outcomes that all variants show.
    pub common: BTreeSet<String>,
    /// Outcomes that some show, with those that do.
    pub divergences: BTreeMap<String, Vec<String>>,
    /// Outcomes that all variants show and that end as nobody can want, by the kind of end.
    pub bad_ends: BTreeMap<String, BTreeSet<String>>,
}

impl Committed {
    /// Whether it is of this scenario, with repairs or without as that is, under whatever memory
    /// model.
    pub fn is_scenario(&self, scenario: &ScenarioPart) -> bool {
        self.scenario == scenario.id && self.is_repaired != scenario.repairs.is_empty()
    }

    /// Whether it is of the same variants.
    pub fn has_variants_of(&self, scenario: &ScenarioPart) -> bool {
        let names: BTreeSet<&String> = scenario.variants.iter().map(|variant| &variant.name).collect();
        self.variants.iter().collect::<BTreeSet<_>>() == names
    }
}

/// Where outcomes begin that end badly in all variants; behind it stands the kind.
const BAD_ENDS: &str = "ends badly in all, ";

/// What stands between the two parts of a snapshot.
pub const SEPARATOR: &str = "==== with the repair ";

/// Reads every snapshot of the folder.
pub fn read(folder: &Path) -> Result<Vec<Committed>, FileError> {
    let failed = |error: std::io::Error| {
        FileError::unread(folder, format!("{error}; 'snapshots' in the configuration names the folder"))
    };
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        if path.extension().is_some_and(|extension| extension == "snap") {
            files.push(path);
        }
    }
    files.sort();
    let mut committed = Vec::new();
    for path in files {
        let text = std::fs::read_to_string(&path).map_err(|error| FileError::unread(&path, error))?;
        committed.extend(parts(&path, &text)?);
    }
    Ok(committed)
}

/// The text of a snapshot. Insta's own head ends with the second line of dashes.
pub fn body(text: &str) -> &str {
    text.splitn(3, "---\n").last().unwrap_or(text)
}

/// The parts of one snapshot. A file that holds something else than a comparison has none; one that
/// was cut off is no snapshot.
fn parts(file: &Path, text: &str) -> Result<Vec<Committed>, FileError> {
    let text = body(text);
    let (plain, repaired) = match text.find(SEPARATOR) {
        Some(at) => (&text[..at], Some(&text[at..])),
        None => (text, None),
    };
    let mut parts = Vec::new();
    for (text, is_repaired) in [(Some(plain), false), (repaired, true)] {
        parts.extend(text.map(|text| part(file, text, is_repaired)).transpose()?.flatten());
    }
    Ok(parts)
}

fn part(file: &Path, text: &str, is_repaired: bool) -> Result<Option<Committed>, FileError> {
    let mut lines = text.lines().filter(|line| !line.starts_with(SEPARATOR)).skip_while(|line| line.is_empty());
    let Some((scenario, _)) = lines.next().and_then(|line| line.split_once(": ")) else { return Ok(None) };
    let mut part = Committed {
        file: file.display().to_string(),
        is_repaired,
        scenario: scenario.to_owned(),
        ..Committed::default()
    };
    let mut in_common = false;
    let mut kind: Option<&str> = None;
    let mut divergence = None;
    let mut is_whole = false;
    for line in lines {
        if let Some(memory) = line.strip_prefix("Memory model: ") {
            part.memory = memory.to_owned();
        } else if line == "shown by all:" {
            in_common = true;
            is_whole = true;
        } else if let Some(name) = line.strip_prefix(BAD_ENDS) {
            (in_common, kind) = (false, Some(name.trim_end_matches(':')));
        } else if let (Some(kind), true) = (kind, line.starts_with("  ")) {
            // Below the outcomes, and deeper, stand the ends in words.
            let ids = line.split_whitespace().filter(|word| is_outcome(word) && !line.starts_with("   "));
            part.bad_ends.entry(kind.to_owned()).or_default().extend(ids.map(str::to_owned));
        } else if let Some(id) = line.strip_prefix("divergence ") {
            kind = None;
            divergence = Some(id.to_owned());
        } else if let (Some(id), Some(shown)) = (&divergence, line.strip_prefix("  shown by ")) {
            let by = shown.split(';').next().unwrap_or(shown);
            part.divergences.insert(id.clone(), by.split(", ").map(str::to_owned).collect());
            divergence = None;
        } else if in_common && line.starts_with("  ") {
            part.common.extend(line.split_whitespace().filter(|word| is_outcome(word)).map(str::to_owned));
        } else {
            (in_common, kind) = (false, None);
            // Between the memory model and the goals each variant has a line.
            let is_head = !part.memory.is_empty() && part.common.is_empty() && part.divergences.is_empty();
            if let Some((name, _)) = line.split_once(": ").filter(|(name, _)| is_head && !name.contains([' ', ','])) {
                part.variants.push(name.to_owned());
            }
        }
    }
    // Every comparison says what all variants show, if only that it is nothing.
    match is_whole {
        true => Ok(Some(part)),
        false => {
            let what = "is cut off: it names a scenario and no outcomes; restore it, or write it anew";
            Err(FileError::is(file, what))
        }
    }
}

fn is_outcome(word: &str) -> bool {
    word.len() == 8 && word.bytes().all(|byte| byte.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "---\nsource: variants/tests/snapshots.rs\n---\nS7: a name\nA question: really?\nSource: a mail\n  \
        task 0: idle\nMemory model: sc\n\none: exhaustive\ntwo: exhaustive\ngoal, sometimes: it dies\n\none -> two: extends (+1 -0)\n\
        shown by all:\n  09e9e77e 114ac246\n\ndivergence 99b384a5\n  shown by two; never by one\n\n\
        ==== with the repair R1 ====\n\nS7: a name\nMemory model: sc\n\none: exhaustive\ntwo: exhaustive\n\nshown by all:\n  nothing\n";

    #[test]
    fn both_parts_are_read() {
        let parts = parts(Path::new("S7.snap"), TEXT).expect("it is whole");
        assert_eq!(parts.len(), 2);
        assert_eq!((parts[0].is_repaired, parts[1].is_repaired), (false, true));
        assert_eq!(parts[0].scenario, "S7");
        assert_eq!(parts[0].variants, ["one", "two"]);
        assert_eq!(parts[0].common, BTreeSet::from(["09e9e77e".to_owned(), "114ac246".to_owned()]));
        assert_eq!(parts[0].divergences, BTreeMap::from([("99b384a5".to_owned(), vec!["two".to_owned()])]));
        assert!(parts[1].common.is_empty() && parts[1].divergences.is_empty());
        assert!(parts[0].bad_ends.is_empty());
    }

    #[test]
    fn ends_that_nobody_can_want_are_read_by_kind_and_not_out_of_their_words() {
        let ends = "ends badly in all, race:\n  09e9e77e\n    sim: data race: deadbeef of x\nends badly in all, stuck:\n  114ac246\n    stuck\n      a waits for lock 0badcafe\n\ndivergence 99";
        let parts = parts(Path::new("S7.snap"), &TEXT.replacen("\ndivergence 99", ends, 1)).expect("it is whole");
        let set = |id: &str| BTreeSet::from([id.to_owned()]);
        assert_eq!(
            parts[0].bad_ends,
            BTreeMap::from([("race".to_owned(), set("09e9e77e")), ("stuck".to_owned(), set("114ac246"))])
        );
        assert_eq!(parts[0].common.len(), 2);
        assert_eq!(parts[0].divergences.len(), 1);
    }

    #[test]
    fn a_file_without_a_comparison_has_no_parts() {
        assert_eq!(parts(Path::new("x.snap"), ""), Ok(Vec::new()));
        assert_eq!(parts(Path::new("x.snap"), "---\nsource: x\n---\nclaims\nC1 holds\n"), Ok(Vec::new()));
    }

    #[test]
    fn a_file_that_was_cut_off_is_refused_wherever_that_was() {
        let begins = TEXT.find("S7: ").expect("it has a head");
        let (common, second) =
            (TEXT.find("shown by all").expect("a first part"), TEXT.rfind("S7: ").expect("a second"));
        for at in [begins + 6, common - 1, second + 6, TEXT.rfind("shown by all").expect("a second part") - 1] {
            let cut = parts(Path::new("x.snap"), &TEXT[..at]);
            assert!(
                cut.as_ref().is_err_and(|error| error.to_string().starts_with("x.snap is cut off")),
                "{at}: {cut:?}"
            );
        }
    }
}
