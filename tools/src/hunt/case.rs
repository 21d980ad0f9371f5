//! One case of the corpus: a divergence with everything that is needed to see it again, as a small
//! text file.
//!
//! ```text
//! lockstep-case 1
//! class stopped-lockless task: system call let through | stopped-removed task: system call aborted
//! shown-by stopped-lockless
//! not-by stopped-removed
//! found seed 0, case 17
//! evidence exhaustive: the second variant never shows it
//! minimized yes
//! token lk1.utrace.M1f2e3d4c.sc.m1.x.548b58
//! lockstep-scenario 1
//! …
//! ```
//!
//! Promise: a case is replayed from its file alone, and the file says at which line it is damaged.

use super::error::CaseError;
use crate::cli::file_error::FileError;
use crate::cli::files::fingerprint;
use lockstep::{MemoryModel, RunConfig, Schedule, Token, run};
use std::path::Path;
use utrace_variants::hunt::{Class, ProvenDivergence, class_of};
use utrace_variants::{
    Repairs, Scenario, VariantInfo, read_scenario, repairs_of, subject_name, variants, with_programs, write_scenario,
};

const HEAD: &str = "lockstep-case 1";

/// The first line of the scenario within a case.
const SCENARIO_HEAD: &str = "lockstep-scenario";

/// What stands behind every case that a hunt finds.
const EVIDENCE: &str = "exhaustive: the second variant never shows it";

/// How the names of files of cases end.
pub const ENDING: &str = "case";

/// A divergence that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Case {
    pub class: Class,
    pub shown_by: String,
    pub not_by: String,
    /// Where it comes from, in words.
    pub found: String,
    pub evidence: String,
    pub is_minimized: bool,
    pub repairs: Repairs,
    pub memory: MemoryModel,
    pub schedule: Schedule,
    pub scenario: Scenario,
}

/// The names of the two variants, and the rest that a divergence does not say of itself.
pub struct Origin<'a> {
    pub variants: &'a [&'static VariantInfo],
    pub repairs: Repairs,
    pub memory: MemoryModel,
    pub found: String,
}

impl Case {
    pub fn new(scenario: &Scenario, divergence: &ProvenDivergence, is_minimized: bool, origin: &Origin<'_>) -> Case {
        let mut scenario = scenario.clone();
        // What was cut down is not what its number stands for any more; a scenario that was written
        // down keeps its name.
        if scenario.mail == "generated" {
            scenario.id = format!("M{}", fingerprint(&scenario.program_lines().join("\n"))).into();
            scenario.name = "found by generation".into();
            // They are the whole state chart.
            scenario.goals = Vec::new().into();
        }
        Case {
            class: divergence.class.clone(),
            shown_by: origin.variants[divergence.shown_by].name.to_owned(),
            not_by: origin.variants[divergence.not_by].name.to_owned(),
            found: origin.found.clone(),
            evidence: EVIDENCE.to_owned(),
            is_minimized,
            repairs: origin.repairs,
            memory: origin.memory,
            schedule: divergence.witness.clone(),
            scenario,
        }
    }

    pub fn token(&self) -> Token {
        Token {
            subject: subject_name(self.repairs).to_owned(),
            scenario: self.scenario.id.to_string(),
            memory: self.memory,
            schedule: self.schedule.clone(),
        }
    }

    /// How many choices its schedule makes otherwise than usual.
    pub fn decisions(&self) -> usize {
        match &self.schedule {
            Schedule::Explicit(explicit) => explicit.decisions.len(),
            Schedule::Path(path) => path.len(),
            // Nothing that was minimized is random.
            Schedule::Uniform { .. } | Schedule::Pct { .. } | Schedule::Pos { .. } => usize::MAX,
        }
    }

    /// A case of each class has a name of its own.
    pub fn file_name(&self) -> String {
        format!("{}.{ENDING}", fingerprint(&format!("{} {}", subject_name(self.repairs), self.class)))
    }

    pub fn write(&self) -> String {
        let Case { class, shown_by, not_by, found, evidence, .. } = self;
        let minimized = if self.is_minimized { "yes" } else { "no" };
        format!(
            "{HEAD}\nclass {class}\nshown-by {shown_by}\nnot-by {not_by}\nfound {found}\nevidence {evidence}\n\
             minimized {minimized}\ntoken {}\n{}",
            self.token(),
            write_scenario(&self.scenario)
        )
    }

    /// Reads the text of a case.
    pub fn read(text: &str) -> Result<Case, CaseError> {
        let mut fields = Fields { lines: text.lines().enumerate().peekable() };
        fields.head()?;
        let class = Class(fields.next("class")?.to_owned());
        let (shown_by, not_by) = (fields.variant("shown-by")?, fields.variant("not-by")?);
        let found = fields.next("found")?.to_owned();
        let evidence = fields.next("evidence")?.to_owned();
        let is_minimized = match fields.next("minimized")? {
            "yes" => true,
            "no" => false,
            other => return Err(CaseError::at(7, format!("minimized is yes or no, not '{other}'"))),
        };
        let token: Token = fields.next("token")?.parse().map_err(|error| CaseError::at(8, error))?;
        let at = text.find(&format!("\n{SCENARIO_HEAD}"));
        let at = at.ok_or_else(|| CaseError::at(9, "the scenario is missing"))?;
        // Blank lines keep the numbers of lines right.
        let before = text[..=at].matches('\n').count();
        let scenario = read_scenario(&text[at + 1..]).map_err(|error| CaseError::behind(before, error))?;
        let repairs = repairs_of(&token.subject).ok_or_else(|| {
            CaseError::at(8, format!("the token is of '{}', which does not exist here", token.subject))
        })?;
        if token.scenario != scenario.id {
            let reason = format!("the token is of scenario {}, the file has {}", token.scenario, scenario.id);
            return Err(CaseError::at(8, reason));
        }
        let Token { memory, schedule, .. } = token;
        Ok(Case { class, shown_by, not_by, found, evidence, is_minimized, repairs, memory, schedule, scenario })
    }

    /// Reads a file.
    pub fn load(path: &Path) -> Result<Case, FileError> {
        let text = std::fs::read_to_string(path).map_err(|error| FileError::new(path, error))?;
        Case::read(&text).map_err(|error| FileError::new(path, error))
    }

    /// Runs its schedule on both variants: the class of what they show differently; nothing if they
    /// show the same.
    pub fn replay(&self) -> Option<Class> {
        let of = |name: &str| variants().iter().find(|variant| variant.name == name).expect("checked when it was read");
        let config = RunConfig { memory: self.memory, ..RunConfig::default() };
        with_programs(&[of(&self.shown_by), of(&self.not_by)], self.repairs, &self.scenario, |programs| {
            let [first, second] = [0, 1].map(|at| run(&programs[at].program, &self.schedule, &config));
            class_of((&self.shown_by, &self.not_by), (&first, &second))
        })
    }
}

struct Fields<'a> {
    lines: std::iter::Peekable<std::iter::Enumerate<std::str::Lines<'a>>>,
}

impl<'a> Fields<'a> {
    fn head(&mut self) -> Result<(), CaseError> {
        match self.lines.next() {
            Some((_, line)) if line.trim_end() == HEAD => Ok(()),
            _ => Err(CaseError::at(1, format!("expected '{HEAD}', the first line of a case of this version"))),
        }
    }

    /// The next line, which begins with this word.
    fn next(&mut self, name: &str) -> Result<&'a str, CaseError> {
        let Some((number, line)) = self.lines.next() else {
            return Err(CaseError::new(format!("the file ends before its '{name}'")));
        };
        let rest = line.strip_prefix(name).and_then(|rest| rest.strip_prefix(' '));
        rest.map(str::trim).ok_or_else(|| CaseError::at(number + 1, format!("expected '{name}'")))
    }

    fn variant(&mut self, name: &str) -> Result<String, CaseError> {
        let number = self.lines.peek().map_or(0, |(number, _)| number + 1);
        let variant = self.next(name)?;
        let is_known = variants().iter().any(|known| known.name == variant);
        let unknown = || CaseError::at(number, format!("there is no variant '{variant}'"));
        is_known.then(|| variant.to_owned()).ok_or_else(unknown)
    }
}
