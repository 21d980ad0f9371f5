//! Programs that some tests need and not every machine has.

use std::path::PathBuf;

/// Set by `.ci/run`, which installs the programs: then nothing is skipped.
const NEEDED: &str = "LOCKSTEP_TESTS_SKIP_NOTHING";

/// The first of these programs that is on the path. Without any the test is to return; why is said here.
pub fn find(names: &[&str], remedy: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let found = names.iter().find_map(|name| {
        std::env::split_paths(&path).map(|folder| folder.join(name)).find(|program| program.is_file())
    });
    if found.is_none() {
        let message = format!("{} is not installed: {remedy}", names[0]);
        assert!(std::env::var_os(NEEDED).is_none(), "{message}");
        eprintln!("skipped: {message}");
    }
    found
}
