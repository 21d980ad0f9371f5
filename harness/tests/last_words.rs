//! A frame that overruns its stack between two choice points ends the process, but not without a word.

#![cfg(unix)]

use lockstep::{Abandon, Program, RunConfig, Schedule, on_stack_overrun, run, thread};
use std::fmt::Write;
use std::hint::black_box;
use std::process::Command;

/// Set in the process that overruns its stack.
const CHILD: &str = "LOCKSTEP_TEST_OVERRUN";

fn last_words(out: &mut dyn Write, thread: usize) -> std::fmt::Result {
    writeln!(out, "thread {thread} overran its stack")
}

/// Far more than a simulated thread has, touched page by page without any choice point.
#[expect(unconditional_recursion, reason = "it is to overrun the stack")]
fn recurse(depth: u64) -> u64 {
    let page = black_box([depth; 512]);
    recurse(depth + 1) + page[(depth % 512) as usize]
}

fn overrun() {
    thread::scope(|scope| {
        scope.spawn("careful", || {});
        scope.spawn("careless", || black_box(recurse(0)));
    });
}

#[test]
fn a_stack_overrun_names_its_thread_and_ends_with_the_status_asked_for() {
    if std::env::var_os(CHILD).is_some() {
        on_stack_overrun(last_words, 104);
        run(&Program { body: &overrun, abandon: Abandon::Unwind }, &Schedule::in_order(), &RunConfig::default());
        unreachable!("the process has ended");
    }
    let output = Command::new(std::env::current_exe().expect("a test has a file"))
        .args(["--exact", "a_stack_overrun_names_its_thread_and_ends_with_the_status_asked_for", "--nocapture"])
        .env(CHILD, "1")
        .output()
        .expect("the child starts");
    assert_eq!(output.status.code(), Some(104), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(String::from_utf8_lossy(&output.stderr).contains("thread 2 overran its stack"));
}
