//! The subject that Lockstep ships, as the port sees it: in this process, and in packages that hold
//! a copy of its crate.

use super::switches::{activate, listed};
use lockstep::Describe;
use lockstep_runner::Subject;
use lockstep_runner::protocol::Situation;
use utrace_variants::{Repairs, Scenario, Words, run, scenarios, subject_name};

/// All variants that are listed, on all scenarios.
pub struct Glue;

fn repairs(repaired: bool) -> Repairs {
    if repaired { Repairs::ALL } else { Repairs::NONE }
}

/// A scenario to the port.
pub fn situation(scenario: &Scenario) -> Situation {
    Situation {
        id: scenario.id.to_string(),
        name: scenario.name.to_string(),
        question: scenario.question.to_string(),
        source: scenario.mail.to_string(),
        program: scenario.program_lines(),
        goals: scenario.goal_names().map(str::to_owned).collect(),
    }
}

impl Subject for Glue {
    fn name(&self, repaired: bool) -> Option<String> {
        Some(subject_name(repairs(repaired)).to_owned())
    }

    fn repairs(&self) -> Vec<String> {
        vec!["R1".to_owned()]
    }

    fn variants(&self) -> Vec<String> {
        listed().iter().map(|variant| variant.name.to_owned()).collect()
    }

    fn scenarios(&self) -> Vec<Situation> {
        scenarios().iter().map(situation).collect()
    }

    fn run(&self, variant: usize, scenario: usize, repaired: bool) {
        run(&listed()[variant], repairs(repaired), &scenarios()[scenario]);
    }

    fn activate(&self, mutant: u32) {
        activate(mutant);
    }

    fn words(&self) -> &dyn Describe {
        &Words
    }
}
