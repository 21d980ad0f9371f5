//! Who answers.

use crate::failure::Failure;
use crate::protocol::{
    Answer, Break, Compare, Compared, Explore, Explored, Judged, Listing, LockOrder, Measured, Minimize, Minimized,
    Ordered, Ran, Request, Run, Soon,
};

/// Answers questions about one subject. After a failure it is of no more use, unless it only
/// refused.
pub trait Bench {
    /// The answer to any question.
    fn ask(&mut self, request: &Request) -> Result<Answer, Failure>;

    /// What the subject holds.
    fn list(&mut self) -> Result<Listing, Failure> {
        match self.ask(&Request::List)? {
            Answer::Listed(listing) => Ok(listing),
            other => Err(misplaced(other)),
        }
    }

    /// Compares variants on a scenario.
    fn compare(&mut self, compare: Compare) -> Result<Compared, Failure> {
        match self.ask(&Request::Compare(compare))? {
            Answer::Compared(compared) => Ok(*compared),
            other => Err(misplaced(other)),
        }
    }

    /// Explores one variant on a scenario.
    fn explore(&mut self, explore: Explore) -> Result<Explored, Failure> {
        match self.ask(&Request::Explore(explore))? {
            Answer::Explored(explored) => Ok(explored),
            other => Err(misplaced(other)),
        }
    }

    /// Runs one schedule.
    fn run(&mut self, run: Run) -> Result<Ran, Failure> {
        match self.ask(&Request::Run(run))? {
            Answer::Ran(ran) => Ok(ran),
            other => Err(misplaced(other)),
        }
    }

    /// Looks for the smallest schedule that shows the same.
    fn minimize(&mut self, minimize: Minimize) -> Result<Vec<Minimized>, Failure> {
        match self.ask(&Request::Minimize(minimize))? {
            Answer::Minimized(minimized) => Ok(minimized),
            other => Err(misplaced(other)),
        }
    }

    /// The order in which a variant takes its locks.
    fn lock_order(&mut self, lock_order: LockOrder) -> Result<Ordered, Failure> {
        match self.ask(&Request::LockOrder(lock_order))? {
            Answer::Ordered(ordered) => Ok(ordered),
            other => Err(misplaced(other)),
        }
    }

    /// Whether a client notices a mutant.
    fn judge(&mut self, broken: Break) -> Result<Judged, Failure> {
        match self.ask(&Request::Break(broken))? {
            Answer::Judged(judged) => Ok(judged),
            other => Err(misplaced(other)),
        }
    }

    /// How soon random schedules notice a mutant.
    fn soon(&mut self, soon: Soon) -> Result<Measured, Failure> {
        match self.ask(&Request::Soon(soon))? {
            Answer::Measured(measured) => Ok(measured),
            other => Err(misplaced(other)),
        }
    }
}

/// What an answer to another question says.
fn misplaced(answer: Answer) -> Failure {
    match answer {
        Answer::Refused(why) => Failure::Refused(why),
        _ => Failure::Ended("it answered another question".to_owned()),
    }
}
