//! What became of a mutant, and where a table tells it.

/// What became of a mutant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fate {
    Killed(Kill),
    /// Nobody noticed.
    Survived {
        /// Why an entry in the list of equivalent mutants did not help, if there is one.
        note: Option<String>,
    },
    /// Equal outcomes, exhaustively, in every scenario, and a reviewed reason.
    Equivalent {
        reason: String,
    },
    /// It only takes an ordering away, the memory model shows none, and no plain data race.
    NotJudged,
}

impl Fate {
    /// In a word or two.
    pub fn word(&self) -> &'static str {
        match self {
            Fate::Killed(_) => "killed",
            Fate::Survived { .. } => "survived",
            Fate::Equivalent { .. } => "equivalent",
            Fate::NotJudged => "not judged",
        }
    }

    pub(super) fn in_words(&self) -> String {
        match self {
            Fate::Killed(kill) => kill.to_string(),
            _ => self.word().to_owned(),
        }
    }
}

/// How a mutant was noticed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kill {
    pub scenario: String,
    /// `new`: it shows what the original never does; `lost`: the other way round; else how it broke
    /// down.
    pub how: String,
    /// Executions of the mutant up to the end of the stage that showed it.
    pub executions: u64,
    /// Preemptions of the smallest schedule that shows it.
    pub preemptions: usize,
    pub difference: String,
}

impl std::fmt::Display for Kill {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}, {}", self.scenario, self.how)?;
        match self.preemptions {
            _ if self.how == BROKE_DOWN => Ok(()),
            1 => f.write_str(", 1 preemption"),
            preemptions => write!(f, ", {preemptions} preemptions"),
        }
    }
}

/// How a mutant is noticed that ends the program that runs it, or never ends.
pub const BROKE_DOWN: &str = "broke down";

/// The mutants one by one, by what became of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MutantStatus {
    Killed,
    Survived,
    Equivalent,
}

impl MutantStatus {
    /// In the order of the table: what is left to do first.
    pub(super) const ALL: [MutantStatus; 3] = [MutantStatus::Survived, MutantStatus::Equivalent, MutantStatus::Killed];

    pub(super) fn title(self) -> &'static str {
        match self {
            MutantStatus::Killed => {
                "killed (the first scenario that tells; 'new': it shows what the original never does, 'lost': never what the original does):"
            }
            MutantStatus::Survived => "survived:",
            MutantStatus::Equivalent => "equivalent:",
        }
    }

    /// The status whose section begins with this line.
    pub fn titled(line: &str) -> Option<MutantStatus> {
        MutantStatus::ALL.into_iter().find(|status| status.title() == line)
    }
}
