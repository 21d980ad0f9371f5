//! Where the workspace of Lockstep is, and where generated packages are built.

use crate::cli::file_error::FileError;
use crate::cli::files::public_source;
use crate::cli::trouble::Trouble;
use crate::patch::tree_path;
use etcetera::{BaseStrategy, choose_base_strategy};
use std::path::{Component, Path, PathBuf};

/// Where generated code finds the harness, and where it goes.
#[derive(Clone, Debug)]
pub struct Workspace {
    /// The workspace of Lockstep: generated packages depend on its harness.
    pub root: PathBuf,
    /// Where packages are written and built.
    pub build: PathBuf,
}

impl Workspace {
    /// The workspace is the one around the current folder, or the one that this program was built
    /// from.
    pub fn find(build: Option<&Path>) -> Result<Workspace, Trouble> {
        let here = std::env::current_dir().map_err(|error| Trouble::usage(format!("the current folder: {error}")))?;
        let built_from = Path::new(env!("CARGO_MANIFEST_DIR")).parent().map(Path::to_owned);
        let root = here
            .ancestors()
            .map(Path::to_owned)
            .chain(built_from)
            .find(|folder| is_workspace(folder))
            .ok_or_else(|| Trouble::usage("the sources of Lockstep are not found: run it inside its workspace"))?;
        let build = build.map_or_else(|| usual_build(&here, &root), |build| Ok(build.to_owned()))?;
        Ok(Workspace { build: here.join(build), root })
    }

    /// Whether the current folder is in a workspace of Lockstep: there its own designs are what
    /// everything is about that names nothing else.
    pub fn is_here() -> bool {
        std::env::current_dir().is_ok_and(|here| here.ancestors().any(is_workspace))
    }

    /// What a file is called in whatever others read: relative to the workspace if it is in there,
    /// and never by its place on this machine.
    pub fn name(&self, path: &Path) -> String {
        let whole = path.canonicalize().unwrap_or_else(|_| path.to_owned());
        let root = self.root.canonicalize().unwrap_or_else(|_| self.root.clone());
        whole.strip_prefix(&root).map_or_else(|_| public_source(path), |below| below.to_string_lossy().into_owned())
    }

    /// A file as patches name it: from the workspace if it is in there, and else from the current
    /// folder.
    pub fn tree_name(&self, path: &Path) -> Result<String, FileError> {
        let name = PathBuf::from(self.name(path));
        let here = std::env::current_dir().unwrap_or_default();
        let below = name.strip_prefix(&here).unwrap_or(&name);
        let below: PathBuf = below.components().filter(|part| !matches!(part, Component::CurDir)).collect();
        tree_path(&format!("a/{}", below.display())).map_err(|why| {
            let reason = format!("patches cannot name it: {why}: run the command in a folder around all steps");
            FileError::new(path, reason)
        })
    }
}

fn is_workspace(folder: &Path) -> bool {
    folder.join("harness/Cargo.toml").is_file() && folder.join("tools").is_dir()
}

/// Where packages are built if nobody says: in the workspace if the current folder is in there, and
/// else in the user's cache, for the checkout that this program was built from may be somebody
/// else's.
fn usual_build(here: &Path, root: &Path) -> Result<PathBuf, Trouble> {
    if let Some(target) = std::env::var_os("CARGO_TARGET_DIR").filter(|target| !target.is_empty()) {
        return Ok(PathBuf::from(target).join("lockstep"));
    }
    if here.starts_with(root) {
        return Ok(root.join("target/lockstep"));
    }
    let cache = choose_base_strategy().map(|places| places.cache_dir().join("lockstep"));
    cache.map_err(|error| Trouble::usage(format!("{error}: say with --build where packages are built")))
}

/// Whether a module is one of the designs that Lockstep ships, by its name in the workspace.
pub fn is_shipped(name: &str) -> bool {
    name.starts_with("variants/src/utrace/")
}
