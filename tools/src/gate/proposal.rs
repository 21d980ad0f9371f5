//! Snapshots of a series, proposed: each stands beside the committed one as `.snap.new` until
//! somebody accepts it, with `cargo insta review` or by renaming it.

use super::committed::{SEPARATOR, body};
use crate::cli::file_error::FileError;
use crate::cli::files;
use crate::document::ScenarioPart;
use lockstep_runner::protocol::Compared;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// What stands above a snapshot.
const HEAD: &str = "---\nsource: lockstep gate\n---\n";

/// Writes what is not as committed, and removes what was proposed earlier and is. The files
/// written.
pub fn propose(folder: &Path, compared: &[Compared]) -> Result<Vec<PathBuf>, FileError> {
    let mut texts: BTreeMap<String, [Option<&str>; 2]> = BTreeMap::new();
    for Compared { part, snapshot, .. } in compared {
        if let Some(text) = snapshot {
            texts.entry(name(part)).or_default()[usize::from(part.is_repaired())] = Some(text);
        }
    }
    let mut proposed = Vec::new();
    for (name, [plain, repaired]) in texts {
        let repaired = repaired.map(|text| format!("{SEPARATOR}R1 ====\n\n{text}"));
        let parts: Vec<&str> = plain.into_iter().chain(repaired.as_deref()).collect();
        let text = parts.join("\n");
        let (committed, new) = (folder.join(&name), folder.join(format!("{name}.new")));
        if std::fs::read_to_string(&committed).is_ok_and(|old| body(&old) == text) {
            match std::fs::remove_file(&new) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                    return Err(FileError::new(&new, error));
                }
                _ => continue,
            }
        }
        files::write(&new, &format!("{HEAD}{text}"))?;
        proposed.push(new);
    }
    Ok(proposed)
}

/// The file of a scenario; under another memory model than the usual one the model is in its name.
fn name(part: &ScenarioPart) -> String {
    match part.memory.as_str() {
        "sc" => format!("{}.snap", part.id),
        memory => format!("{}-{memory}.snap", part.id),
    }
}
