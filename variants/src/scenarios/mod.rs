//! Scenarios: the situations the thread argues over, as data.
//!
//! A scenario is a value: the tasks and their programs, the engines and their answers, the tracers
//! and their calls, and the goals without which an execution has missed its subject. It owns or
//! borrows for ever what it consists of, so that a generator can build one at run time and a
//! shrinker can cut it down.
//!
//! One question a file, `s01` to `s13`; from `s14` on they were found by generated scenarios.
//! Variants of a situation stand in the same file with a letter behind the id. Those whose source
//! is a mutant were written because a broken design passed all others (`lockstep mutate`).

pub mod program;
pub mod well_formed;
pub mod text;
pub mod words;
mod client;
pub mod world;
pub mod monitors;
pub mod protocol;
pub mod perform;
pub mod run;
pub mod s01_taken_over;
pub mod s02_resume_stop_resume;
pub mod s03_false_positive;
pub mod s04_wake_up_is_a_barrier;
pub mod s05_continue_behind_wakeup;
pub mod s06_kill_against_do_stop;
pub mod s07_killed_at_syscall_entry;
pub mod s08_kill_against_control;
pub mod s09_dying_and_dead;
pub mod s10_continue_then_kill;
pub mod s11_examine_against_kill;
pub mod s12_two_engines;
pub mod s13_attach_and_barrier;
pub mod s14_kill_in_exit_report;
pub mod s15_kill_then_step;
pub mod s16_detach_from_dying;

use std::sync::OnceLock;

use self::program::Scenario;

/// All scenarios, in the order of their ids.
pub fn scenarios() -> &'static [Scenario] {
    static SCENARIOS: OnceLock<Vec<Scenario>> = OnceLock::new();
    SCENARIOS.get_or_init(|| {
        [
            s01_taken_over::scenarios(),
            s02_resume_stop_resume::scenarios(),
            s03_false_positive::scenarios(),
            s04_wake_up_is_a_barrier::scenarios(),
            s05_continue_behind_wakeup::scenarios(),
            s06_kill_against_do_stop::scenarios(),
            s07_killed_at_syscall_entry::scenarios(),
            s08_kill_against_control::scenarios(),
            s09_dying_and_dead::scenarios(),
            s10_continue_then_kill::scenarios(),
            s11_examine_against_kill::scenarios(),
            s12_two_engines::scenarios(),
            s13_attach_and_barrier::scenarios(),
            s14_kill_in_exit_report::scenarios(),
            s15_kill_then_step::scenarios(),
            s16_detach_from_dying::scenarios(),
        ]
        .concat()
    })
}
