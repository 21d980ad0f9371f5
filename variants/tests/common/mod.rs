//! Where committed text is kept, for the tests that compare with it.

use insta::Settings;
use std::path::PathBuf;

/// The table of claims among the snapshots, under sequential consistency.
pub const CLAIMS: &str = "claims";

/// The same under the other memory models.
pub const CLAIMS_RELAXED: &str = "claims-relaxed";

/// The folder of the snapshots.
pub fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../snapshots")
}

/// Snapshots are flat and hold nothing but the text.
pub fn settings() -> Settings {
    let mut settings = Settings::clone_current();
    settings.set_snapshot_path(folder());
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings
}
