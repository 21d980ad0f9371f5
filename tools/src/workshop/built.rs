//! A package that was built, and runs.

use super::origins::Origins;
use super::package::Package;
use super::runner::Runner;
use super::workspace::Workspace;
use crate::cli::trouble::Trouble;
use lockstep_runner::protocol::{Answer, Request};
use lockstep_runner::{Bench, Failure};
use tempfile::TempPath;

/// The bench of somebody's own code: a program of its own, that names places as its user does.
pub struct Built {
    runner: Runner,
    origins: Origins,
    /// The program; its file is gone with it.
    _program: TempPath,
}

impl Built {
    /// Builds the package and starts it.
    pub fn start(package: &Package, workspace: &Workspace) -> Result<Built, Trouble> {
        let program = package.build(workspace)?;
        let runner = Runner::start(&program)?;
        Ok(Built { runner, origins: package.origins().clone(), _program: program })
    }
}

impl Bench for Built {
    fn ask(&mut self, request: &Request) -> Result<Answer, Failure> {
        let mut answer = self.runner.ask(request).map_err(|failure| match failure {
            Failure::Ended(how) => Failure::Ended(self.origins.text(&how)),
            other => other,
        })?;
        self.origins.restore(&mut answer);
        Ok(answer)
    }
}
