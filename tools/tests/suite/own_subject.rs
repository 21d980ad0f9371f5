//! A subject that is not of this repository, with a trait and files of its own: compared, replayed, audited, broken; and what
//! cannot be survived named.

use crate::common;
use common::{check_in, lockstep_in, root, said_in, write_in};
use std::path::PathBuf;

fn folder(name: &str) -> PathBuf {
    root().join("tools/tests/data").join(name)
}

const SEMAPHORE: [&str; 4] = ["--base", "semaphore.rs", "--series", "series"];

#[track_caller]
fn check(command: &[&str], status: i32, expected: &str) -> String {
    check_in(&folder("semaphore"), &[command, &SEMAPHORE[..]].concat(), status, expected)
}

#[test]
fn a_module_of_several_files_is_compared_step_by_step_and_its_witness_replays() {
    let text = check(&["series", "check"], 0, "1-count-in-a-file: the same outcomes in all 2 scenarios");
    assert!(
        text.contains("2-take-without-the-lock: other outcomes in 2 of 2 scenarios: inside +2, again +1"),
        "{text}"
    );
    assert!(text.contains("3-take-room-by-compare: other outcomes in 2 of 2 scenarios: inside -2, again -1"), "{text}");
    assert!(text.contains("outcomes of each step: 1/1/3/1 (exhaustive)"), "{text}");
    assert!(text.contains("show a witness with 'lockstep replay TOKEN --base semaphore.rs --series series'"), "{text}");
    let token = text.split_whitespace().find(|word| word.starts_with("lk1.semaphore.inside.")).expect("a witness");
    let shown = check(&["replay", token], 0, "2-take-without-the-lock: outcome ");
    assert!(shown.contains("first observable difference: visitor[1]: 1-count-in-a-file: 1 inside; 2-take"), "{shown}");
    let one = check(&["replay", token, "--trace", "--variants", "3-take-room-by-compare"], 0, "semaphore/count.rs:");
    assert!(!one.contains("2-take-without-the-lock"), "{one}");
    check(&["replay", token, "--variants", "4-more"], 2, "there is no step '4-more'");
    check(&["replay", &token[..token.len() - 3]], 2, "cut");
    check(
        &["replay", "lk1.utrace.S7.sc.m1.x.548b58"],
        2,
        "the token is of the subject 'utrace', and this is 'semaphore'",
    );
    check_in(&root(), &["replay", token], 2, "one of your own is named with --base FILE --series PATCHES");
    check(&["series", "check", "--memory", "power"], 2, "there is no memory model 'power'");
    check(&["series", "check", "--repairs", "all"], 2, "--repairs means nothing to a module of your own");
}

#[test]
fn a_series_is_explored_run_minimized_and_compared_as_the_designs_are() {
    let some = ["--scenario", "inside", "--variants", "base,2-take-without-the-lock"];
    let text = check(&[&["explore", "--exhaustive"], &some[..]].concat(), 0, "inside on base, memory model sc: inside");
    assert!(text.contains("\n1 outcome; exhaustive; ") && text.contains("\n3 outcomes; exhaustive; "), "{text}");
    let token = text.split_whitespace().rfind(|word| word.starts_with("lk1.semaphore.inside.")).expect("an outcome");
    let text = check(&["minimize", token], 0, "2-take-without-the-lock: outcome ");
    let smallest = text.split_whitespace().rfind(|word| word.starts_with("lk1.semaphore.inside.")).expect("a token");
    check(&["replay", smallest], 0, "3-take-room-by-compare: outcome ");
    let text = check(&[&["run"], &some[..]].concat(), 0, "inside on base: inside\ntoken: lk1.semaphore.inside.sc.m1.u");
    assert!(text.contains("/semaphore/semaphore.rs:") && text.contains("/semaphore/subject.rs:"), "{text}");
    check(&["run"], 2, "run needs one scenario");
    check(&["compare", "--scenario", "inside,Inside"], 2, "scenario 'Inside' is named twice: name each once");
    check(&["compare", "--variants", "base"], 2, "--variants means nothing to the comparison of a series");
    check(&["explore", "--variants", "base,base"], 2, "step 'base' is named twice: name each once");
    let text = check(&["compare", "--scenario", "inside"], 0, "base -> 1-count-in-a-file: equal");
    assert!(text.contains("\nexecutions: base "), "{text}");
    let text = check(&["compare", "--scenario", "inside", "--format", "json"], 0, "");
    let document: serde_json::Value = serde_json::from_str(&text).expect("a document");
    assert_eq!(document["series"]["base"], "semaphore.rs");
    check(&["compare", "--scenario", "outside"], 2, "there is no scenario 'outside'");
    check(&["explore", "--relax"], 2, "--relax is about the designs of this repository");
    check_in(&root(), &["minimize", token], 2, "one of your own is named with --base FILE --series PATCHES");
}

/// What the compiler says of a step names the user's file and the step, not the file of the generated package.
#[test]
fn a_step_that_does_not_compile_is_named_with_its_own_file() {
    let place = tempfile::tempdir().expect("a folder");
    for file in ["semaphore.rs", "subject.rs"] {
        std::fs::copy(folder("semaphore").join(file), place.path().join(file)).expect("it is there");
    }
    let module = std::fs::read_to_string(folder("semaphore").join("semaphore.rs")).expect("it is there");
    let first = module.lines().next().expect("it has lines");
    let patch = format!(
        "Subject: [PATCH] semaphore: Ask nobody\n\n--- a/semaphore.rs\n+++ b/semaphore.rs\n@@ -1 +1,2 @@\n {first}\n+const NOBODY: u8 = \"nobody\";\n"
    );
    write_in(place.path(), "series/0001-ask-nobody.patch", &patch);
    let said = said_in(place.path(), &[&["series", "check"], &SEMAPHORE[..]].concat(), 104, "does not compile");
    assert!(said.contains("\nsemaphore.rs:2:20: error"), "{said}");
    assert!(said.contains("(in step '1-ask-nobody')") && !said.contains("step_1"), "{said}");
}

#[test]
fn a_module_of_several_files_is_audited_whole() {
    let text = check(&["audit"], 0, "take: write of count.free is no longer always under lock");
    let is_it = |line: &str| line.split_whitespace().take(3).eq(["is_full", "reads", "count.free"]);
    assert!(text.lines().any(is_it), "{text}");
}

/// A module that takes two locks in either order: only the way back is in the second method.
const CROSSED: &str = "
use crate::subject::Forks;
use lockstep::sync::SpinLock;
pub struct Table { left: SpinLock, right: SpinLock }
impl Table {
    pub fn new() -> Table { Table { left: SpinLock::named(\"left\"), right: SpinLock::named(\"right\") } }
}
impl Forks for Table {
    fn eat(&self) { let _left = self.left.guard(); let _right = self.right.guard(); }
    fn drink(&self) { let _right = self.right.guard(); let _left = self.left.guard(); }
}
";

/// Its questions: two threads, one for each way.
const FORKS: &str = "
use lockstep::thread;
pub trait Forks: Sync { fn eat(&self); fn drink(&self); }
/// Do both come to an end?
pub fn both(forks: &dyn Forks) {
    thread::scope(|scope| {
        scope.spawn(\"first\", || forks.eat());
        scope.spawn(\"second\", || forks.drink());
    });
}
";

#[test]
fn a_cycle_in_the_order_of_locks_is_stated_and_observed() {
    let folder = tempfile::tempdir().expect("a folder");
    let write = |name: &str, text: &str| write_in(folder.path(), name, text);
    write("table.rs", CROSSED);
    write("subject.rs", FORKS);
    write(
        "name.patch",
        "Subject: x\n\n--- a/table.rs\n+++ b/table.rs\n@@ -4 +4 @@\n-pub struct Table { left: SpinLock, right: SpinLock }\n+pub struct Table { right: SpinLock, left: SpinLock }\n",
    );
    let arguments = ["audit", "--observe", "--base", "table.rs", "--series", "name.patch"];
    let text = check_in(folder.path(), &arguments, 0, "the lock order has a cycle: left > right > left");
    assert!(text.contains("observed (sampled 20): left > right, right > left"), "{text}");
    assert!(text.contains("the observed order has a cycle: left > right > left"), "{text}");
}

#[test]
fn a_module_of_several_files_is_broken_in_all_of_them() {
    let folder = tempfile::tempdir().expect("a folder");
    let steps = folder.path().join("steps");
    check(&["series", "materialize", steps.to_str().expect("a path in UTF-8")], 0, "1-count-in-a-file");
    let source = steps.join("src");
    let module = ["mutate", "--base", "steps/step_1.rs", "--subject", "subject.rs"];
    let listed = check_in(&source, &[&module[..], &["--list"]].concat(), 0, "count/take/drop-store/1: without ");
    assert!(listed.contains("step_1/acquire/drop-lock/1: self.lock is not taken\n"), "{listed}");
    let text = check_in(&source, &[&module[..], &["--executions", "100"]].concat(), 0, "score ");
    assert!(text.contains("count  step_1  all\n"), "{text}");
    let (_, killed) = text.split_once("\nkilled (").expect("some are killed");
    assert!(
        killed.contains("  count/take/drop-store/1: ") && killed.contains("  step_1/acquire/drop-lock/1: "),
        "{text}"
    );
    // Two files of one stem are told apart, and what is compiled for tests alone is no part of the protocol.
    let write = |name: &str, text: &str| write_in(folder.path(), name, text);
    write("box.rs", "mod a; mod b; #[cfg(test)] mod tests;");
    write("box/a.rs", "mod queue;");
    write("box/b.rs", "mod queue;");
    write("box/tests.rs", "fn put(w: &W) { w.write_once(1); }");
    write("box/a/queue.rs", "fn put(w: &W) { w.write_once(1); }");
    write("box/b/queue.rs", "fn put(w: &W) { w.write_once(2); }");
    write("subject.rs", FORKS);
    let arguments = ["mutate", "--base", "box.rs", "--list"];
    check_in(folder.path(), &arguments, 104, "box.rs: does not implement the trait Forks: one type must");
    write("box.rs", "mod a; mod b; #[cfg(test)] mod tests; pub struct Box; impl crate::subject::Forks for Box {}");
    let listed = check_in(folder.path(), &arguments, 0, "a/queue/put/drop-store/1: without w.write_once(1);\n");
    assert!(listed.contains("b/queue/put/drop-store/1: without w.write_once(2);\n"), "{listed}");
    assert_eq!(listed.lines().count(), 2, "{listed}");
    write("box.rs", "mod a; mod b; mod c;");
    let expected = "box.rs: says 'mod c;', and there is neither 'box/c.rs' nor 'box/c/mod.rs'";
    check_in(folder.path(), &arguments, 2, expected);
}

/// A ticket whose holder counts down to its turn. Without the call it never comes.
const TICKETS: &str = "
use crate::subject::Tickets;
use lockstep::sync::Atomic;
pub struct Queue { next: Atomic<u32> }
impl Default for Queue {
    fn default() -> Queue { Queue { next: Atomic::named(\"next\", 1) } }
}
impl Tickets for Queue {
    fn take(&self) {
        let mut left = self.next.read_once();
        while left > 0 {
            count_down(&mut left);
        }
        self.next.write_once(1);
    }
}
fn count_down(left: &mut u32) { *left -= 1; }
";

const TAKES: &str = "
use lockstep::thread;
pub trait Tickets: Sync { fn take(&self); }
/// Does everybody get one?
pub fn one_each(tickets: &dyn Tickets) {
    thread::scope(|scope| {
        scope.spawn(\"first\", || tickets.take());
        scope.spawn(\"second\", || tickets.take());
    });
}
";

#[test]
fn a_mutant_that_loops_without_a_choice_point_is_killed_and_said_to_break_down() {
    let folder = tempfile::tempdir().expect("a folder");
    let write = |name: &str, text: &str| write_in(folder.path(), name, text);
    write("tickets.rs", TICKETS);
    write("subject.rs", TAKES);
    let arguments = ["mutate", "--base", "tickets.rs", "--executions", "20"];
    let text = check_in(folder.path(), &arguments, 0, "killed because they broke down, and did so again: ");
    assert!(text.contains("did so again: tickets/take/skip-call/1\n"), "{text}");
    assert!(
        text.contains("  tickets/take/skip-call/1: without count_down(&mut left);\n    one_each, broke down\n"),
        "{text}"
    );
}

#[test]
fn what_an_arc_counts_is_told_at_the_users_own_line_whatever_is_broken() {
    let folder = tempfile::tempdir().expect("a folder");
    let counts = "fn shared(one: &lockstep::sync::Arc<u8>) -> usize { lockstep::sync::Arc::strong_count(one) }";
    write_in(folder.path(), "tickets.rs", &format!("{TICKETS}{counts}\n"));
    write_in(folder.path(), "subject.rs", TAKES);
    let said = said_in(folder.path(), &["mutate", "--base", "tickets.rs", "--list"], 0, "nothing counts as exhaustive");
    let line = TICKETS.lines().count() + 1;
    let told: Vec<&str> = said.lines().filter(|line| line.contains(": strong_count")).collect();
    assert_eq!(told, [format!("  tickets.rs:{line}:53: strong_count: how often an Arc is shared")], "{said}");
}

#[test]
fn what_a_subject_prints_is_no_answer() {
    let folder = tempfile::tempdir().expect("a folder");
    let prints = "println!(\"{{\\\"error\\\":\\\"no\\\"}}\"); print!(\"and more\"); self.next.write_once(1);";
    write_in(folder.path(), "tickets.rs", &TICKETS.replace("self.next.write_once(1);", prints));
    write_in(folder.path(), "subject.rs", TAKES);
    let patch = "Subject: more\n\n--- a/tickets.rs\n+++ b/tickets.rs\n@@ -17 +17,2 @@\n fn count_down(left: &mut u32) { *left -= 1; }\n+// More.\n";
    write_in(folder.path(), "x.patch", patch);
    let arguments = ["series", "check", "--base", "tickets.rs", "--series", "x.patch"];
    let said = said_in(folder.path(), &arguments, 0, "the subject prints to standard output");
    assert!(said.contains("1-more: the same outcomes in the one scenario\n"), "{said}");
}

const UNENDING: [&str; 4] = ["--base", "worker.rs", "--series", "overrun.patch"];

#[test]
fn a_stack_that_is_overrun_is_named_with_thread_and_token() {
    let command = [&["series", "check"], &UNENDING[..]].concat();
    let said = check_in(&folder("unending"), &command, 104, "overran its stack between two choice points");
    assert!(said.contains("two, one of base, 1-wait-for-whoever-began: thread "), "{said}");
    let token = said.split_whitespace().find(|word| word.starts_with("lk1.worker.two.sc.")).expect("a token");
    let command = [&["replay", token], &UNENDING[..]].concat();
    check_in(&folder("unending"), &command, 104, "two, one of 1-wait-for-whoever-began: thread ");
}

/// What the subject says in the same words on standard error is not taken for them.
#[test]
fn an_abort_is_named_with_its_token() {
    let options = ["--base", "worker.rs", "--series", "abort.patch", "--jobs", "1"];
    let command = [&["series", "check"], &options[..]].concat();
    let said = said_in(&folder("unending"), &command, 104, "the process was aborted: a panic that cannot unwind");
    assert!(!said.contains("everything is fine"), "{said}");
    let token = said.split_whitespace().find(|word| word.starts_with("lk1.worker.two.sc.")).expect("a token");
    said_in(&folder("unending"), &[&["replay", token], &options[..4]].concat(), 104, "the process was aborted");
}

#[test]
fn a_loop_without_a_choice_point_is_named_with_thread_and_token() {
    let command = ["series", "check", "--base", "worker.rs", "--series", "loop.patch"];
    let said =
        check_in(&folder("unending"), &command, 104, "10 seconds of processor time: a loop without any choice point");
    assert!(said.contains("two, one of base, 1-wait-for-whoever-began: thread "), "{said}");
    assert!(said.contains("the execution is lk1.worker.two.sc."), "{said}");
}

#[test]
fn equal_outcomes_under_sc_are_not_told_of_orderings_without_a_word() {
    let ring = ["--base", "variants/examples/ring/ring.rs", "--series", "variants/examples/ring/series"];
    let of = |command: &[&str]| {
        let output = lockstep_in(&root(), &[command, &ring].concat());
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        [output.stdout, output.stderr].map(|said| String::from_utf8_lossy(&said).into_owned())
    };
    let advice = "changes memory orderings (try_push: Release becomes Relaxed)";
    let [printed, _] = of(&["series", "check"]);
    assert!(printed.contains("the same outcomes in the one scenario\nmemory model: sc\n"), "{printed}");
    assert!(printed.contains(advice) && printed.contains("look with --memory weak as well"), "{printed}");
    let [printed, _] = of(&["series", "check", "--memory", "weak"]);
    assert!(printed.contains("memory model: weak\n") && !printed.contains("advice"), "{printed}");
    let [_, said] = of(&["compare"]);
    assert!(said.contains(advice), "{said}");
}

#[test]
fn a_mutant_without_an_ordering_counts_under_sc_if_data_race_and_is_not_judged_otherwise() {
    let mutate = ["mutate", "--base", "src/ring.rs", "--memory"];
    let under = |data: &str, memory: &str, expected: &str| {
        check_in(&folder("reported").join(data), &[&mutate[..], &[memory]].concat(), 0, expected)
    };
    let said = under("spsc-race", "sc", "score 1.000, 2 not judged: 12 killed, 0 survived, 0 equivalent");
    assert!(said.contains("weaken-ordering   4/4 ?2"), "{said}");
    assert!(said.contains("not judged: 2 only take an ordering away, of which 'sc' shows only data races"), "{said}");
    // What this model shows it judges.
    let said = under("spsc-race", "weak", "score ");
    assert!(!said.contains("not judged:") && !said.contains(" ?2"), "{said}");
    let ended = lockstep_in(&folder("reported").join("race-in-every-step"), &[&mutate[..], &["sc"]].concat());
    let said = String::from_utf8_lossy(&ended.stderr);
    assert!(said.contains("the code itself, unbroken, ends in a race: full, in_order"), "{said}");
}
