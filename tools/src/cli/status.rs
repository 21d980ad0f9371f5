//! Exit statuses. When several apply the first of this order wins: internal error, usage, a subject
//! that cannot run, nondeterminism, nothing explored or a goal missed, a budget that ended below
//! the required evidence, a change nobody accepted, fine.

use std::process::ExitCode;

/// How a command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// Everything went as asked.
    Fine,
    /// The arguments make no sense, or the result cannot be written where it is wanted.
    Usage,
    /// Nothing was explored, or a scenario never reached what it is about.
    Nothing,
    /// Behaviour and what was accepted do not agree: a divergence that is neither committed nor
    /// accepted, ends that all steps show and nobody can want, a divergence that is not in the
    /// corpus or not as it is recorded there, or an entry of the ledger that matches nothing.
    Unaccepted,
    /// A fault of Lockstep itself.
    Internal,
    /// The run ended, by its time budget or by Ctrl-C, before everything asked for was explored.
    Budget,
    /// The same schedule gave two different executions.
    Nondeterminism,
    /// A subject could not be built or run to an end: it holds what the machine does not see, does
    /// not compile, overran its stack, looped without a choice point, or sleeps in the system.
    Subject,
}

impl Status {
    /// The number a caller of the process sees.
    pub const fn code(self) -> u8 {
        match self {
            Status::Fine => 0,
            Status::Usage => 2,
            Status::Nothing => 4,
            Status::Internal => 70,
            Status::Unaccepted => 100,
            Status::Nondeterminism => 102,
            Status::Budget => 103,
            Status::Subject => lockstep_runner::SUBJECT_FAILED,
        }
    }

    /// Its place in the order of precedence: the graver the higher.
    pub const fn rank(self) -> u8 {
        match self {
            Status::Internal => 7,
            Status::Usage => 6,
            Status::Subject => 5,
            Status::Nondeterminism => 4,
            Status::Nothing => 3,
            Status::Budget => 2,
            Status::Unaccepted => 1,
            Status::Fine => 0,
        }
    }

    /// The one that wins when both apply.
    pub fn and(self, other: Status) -> Status {
        if other.rank() > self.rank() { other } else { self }
    }
}

impl From<Status> for ExitCode {
    fn from(status: Status) -> ExitCode {
        ExitCode::from(status.code())
    }
}

#[cfg(test)]
mod tests {
    use super::Status;

    #[test]
    fn the_graver_status_wins() {
        assert_eq!(Status::Fine.and(Status::Nothing), Status::Nothing);
        assert_eq!(Status::Nondeterminism.and(Status::Nothing), Status::Nondeterminism);
        assert_eq!(Status::Subject.and(Status::Nondeterminism), Status::Subject);
        assert_eq!(Status::Nothing.and(Status::Budget), Status::Nothing);
        assert_eq!(Status::Unaccepted.and(Status::Budget), Status::Budget);
        assert_eq!(Status::Fine.and(Status::Unaccepted), Status::Unaccepted);
        assert_eq!(Status::Usage.and(Status::Internal), Status::Internal);
    }
}
