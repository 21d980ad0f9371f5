//! What the options name of a series: its steps, and the package that runs them.

use super::revisions::module_at;
use super::source::read_series;
use super::verify::BASE;
use crate::cli::arguments::{Input, Options};
use crate::cli::trouble::Trouble;
use crate::source::module::Module;
use crate::source::steps::{Step, steps};
use crate::workshop::{
    Package, Steps, Workspace, is_shipped, look_at, own_package, own_subject, package_name, shipped_package,
};
use std::path::{Path, PathBuf};

/// The repairs are those of the subject that Lockstep ships.
pub fn refuse_repairs(base: Option<&Path>, workspace: &Workspace, options: &Options) -> Result<(), Trouble> {
    match base.filter(|base| !is_shipped(&workspace.name(base))) {
        Some(base) if options.repairs.is_some() => {
            let base = base.display();
            let message = format!("--repairs means nothing to a module of your own, which {base} is: leave it out");
            Err(Trouble::usage(message))
        }
        _ => Ok(()),
    }
}

/// What means nothing to the comparison of a series.
pub fn refuse_for_comparison(base: Option<&Path>, workspace: &Workspace, options: &Options) -> Result<(), Trouble> {
    if !options.variants.is_empty() {
        return Err(Trouble::usage(
            "--variants means nothing to the comparison of a series: all its steps are compared",
        ));
    }
    refuse_repairs(base, workspace, options)
}

/// The steps that the options name, and the package that runs them.
pub fn prepare(input: &Input, workspace: &Workspace) -> Result<(Vec<Step>, Package), Trouble> {
    let steps = prepare_steps(input, workspace)?;
    let package = package(workspace, &base(input, workspace), &steps, input.subject.as_deref())?;
    Ok((steps, package))
}

/// The steps that the options name: of the shipped series if they name none.
pub fn prepare_steps(input: &Input, workspace: &Workspace) -> Result<Vec<Step>, Trouble> {
    begun(input, workspace).map(|(steps, _)| steps)
}

/// The module that the first patch changes.
pub fn base(input: &Input, workspace: &Workspace) -> PathBuf {
    input.base.clone().unwrap_or_else(|| workspace.root.join(BASE))
}

/// The steps, and for a range of revisions the commit where it begins.
pub fn begun(input: &Input, workspace: &Workspace) -> Result<(Vec<Step>, Option<String>), Trouble> {
    let base = base(input, workspace);
    let committed = workspace.root.join("variants/series").display().to_string();
    let series = read_series(input.series.as_ref().unwrap_or(&committed))?;
    let name = workspace.name(&base);
    let module = match &series.begin {
        Some(commit) => module_at(commit, &base, &name)?,
        None => Module::read(&base, &name)?,
    };
    Ok((steps(module, &series.mails)?, series.begin))
}

/// The package that runs these steps of a module at `base`.
pub fn package(workspace: &Workspace, base: &Path, steps: &[Step], subject: Option<&Path>) -> Result<Package, Trouble> {
    if is_shipped(&workspace.name(base)) {
        return shipped_package(workspace, Steps::Series(steps));
    }
    let (path, text) = own_subject(base, subject)?;
    let unseen = look_at(workspace, (&path, &text), steps)?;
    own_package(workspace, &package_name(base), (&path, &text), steps, &unseen)
}
