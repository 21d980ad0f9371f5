//! The whole road from text to verdict, on the table of reference results, and the parser against
//! texts that make no sense.

mod kernel;

use super::ast::Program;
use super::compact;
use super::error::LitmusError;
use super::flag::Flag;
use super::graphs;
use super::interpret::fits;
use super::placing::placed;
use super::search::{SearchConfig, final_states};
use super::text;
use super::text::limits::{DEPTH_MAX, LOCATIONS_MAX, REGISTERS_MAX, STATEMENTS_MAX, THREADS_MAX};
use super::verdict::{self, Verdict, ask};
use lockstep::MemoryModel;
use proptest::prelude::*;
use std::path::Path;
use std::time::Instant;

/// A row of `kernel-model.tsv`.
struct Row {
    name: String,
    class: String,
    primitives: String,
    lkmm: String,
    sc: String,
    tso: String,
    initial: String,
    program: String,
    condition: String,
}

/// Test data by name.
fn read(name: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/litmus");
    std::fs::read_to_string(folder.join(name)).expect("the test data exist")
}

fn kernel_model() -> Vec<Row> {
    let table = read("kernel-model.tsv");
    let mut lines = table.lines();
    let header: Vec<&str> = lines.next().expect("the table has a header").split('\t').collect();
    let column = |name: &str| header.iter().position(|known| *known == name).expect("the table has the column");
    let rows = lines.map(|line| {
        let cells: Vec<&str> = line.split('\t').collect();
        let cell = |name: &str| cells[column(name)].to_owned();
        Row {
            name: cell("name"),
            class: cell("class"),
            primitives: cell("primitives"),
            lkmm: cell("lkmm"),
            sc: cell("sc"),
            tso: cell("tso"),
            initial: cell("init"),
            program: cell("program"),
            condition: cell("condition"),
        }
    });
    rows.collect()
}

fn search(executions: u64) -> SearchConfig<'static> {
    SearchConfig { memory: MemoryModel::Sc, jobs: 1, executions, samples: 300, seed: 0, end: None, control: None }
}

/// What was seen, as a quantifier, whether or not it is proven.
fn seen(verdict: &Verdict) -> &'static str {
    match (verdict.positive, verdict.negative) {
        (0, _) => "Never",
        (_, 0) => "Always",
        _ => "Sometimes",
    }
}

/// What is outside of the language.
const REFUSED: [&str; 1] = ["MP+onceassign+derefonce: 1:48: not supported: the primitive 'rcu_assign_pointer'"];

/// Executions of each program; some need more to be exhausted, and what was seen is compared all
/// the same.
const EXECUTIONS: u64 = 20_000;

/// What the machine shows of a row under a model; or why the row is refused.
fn verdict(row: &Row, memory: MemoryModel) -> Result<Verdict, LitmusError> {
    match compact::parse(&row.name, &row.initial, &row.program, &row.condition) {
        Ok(program) => {
            let search = SearchConfig { memory, ..search(EXECUTIONS) };
            Ok(ask(&program, &search).expect("the program is within the limits"))
        }
        Err(error) => {
            assert!(error.is_refusal(), "{}: {error}", row.name);
            Err(error)
        }
    }
}

/// All rows that are not refused show what their column of the table says.
#[track_caller]
fn check_column(memory: MemoryModel, column: impl Fn(&Row) -> &str) {
    let mut wrong = Vec::new();
    let mut refused = Vec::new();
    for row in kernel_model() {
        match verdict(&row, memory) {
            Ok(verdict) if seen(&verdict) == column(&row) => {}
            Ok(verdict) => wrong.push(format!("{}: {} instead of {}", row.name, seen(&verdict), column(&row))),
            Err(refusal) => refused.push(format!("{}: {refusal}", row.name)),
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(refused, REFUSED);
}

#[test]
fn the_kernel_model_table_agrees_under_sc() {
    check_column(MemoryModel::Sc, |row| &row.sc);
}

#[test]
fn the_kernel_model_table_agrees_under_tso() {
    check_column(MemoryModel::Tso, |row| &row.tso);
}

impl Row {
    /// Whether the weak model is to say what the kernel's model says: where that agrees with C11's,
    /// and where the rules of locks make it agree.
    fn binds(&self) -> bool {
        self.class == "basic" || self.class == "RC11-over-allows" && self.primitives.contains("lock")
    }

    /// Why the weak model says what it says.
    fn reason(&self, weak: &str) -> &'static str {
        let is_dependency = self.class.contains("needs-dep");
        match (self.lkmm.as_str(), weak) {
            ("Never", "Never") if is_dependency => "the same: nothing is read before it is written, dependency or not",
            ("Never", "Never") if self.primitives.contains("lock") => "the same, by the rules of locks",
            ("Never", "Never") => "the same, for a read comes before a later release, acquired or not",
            ("Never", "Sometimes") if is_dependency => "a dependency orders; here none does",
            ("Sometimes", "Never") => "load buffering, which a machine without promises never shows",
            (lkmm, weak) if lkmm == weak => "the same",
            (lkmm, weak) => panic!("{}: {weak} instead of {lkmm}, and there is no reason for it", self.name),
        }
    }
}

/// The kernel's name of a test that the table of reference results lacks: what a thread has read is
/// handed on by its locks. The kernel's model does not say so, the rule for locks does.
const WRC_UNLOCK_LOCK: [&str; 2] = [
    "T0: W(x,1,once) | T1: L(s); r0=R(x,once); U(s); L(t); W(y,1,once); U(t) | T2: r1=R(y,once); F(rmb); r2=R(x,once)",
    "exists (1:r0=1 /\\ 2:r1=1 /\\ 2:r2=0)",
];

/// Executions of each program in the comparison of two searches.
const COMPARED: u64 = 3_000;

/// The machine enumerates schedules, the other search execution graphs; where both complete, they
/// have to show the same states.
#[test]
fn the_machine_shows_the_states_that_graphs_show() {
    for (memory, complete_min) in [(MemoryModel::Sc, 60), (MemoryModel::Tso, 40), (MemoryModel::Weak, 60)] {
        let mut complete = 0;
        for row in kernel_model() {
            let parsed = compact::parse(&row.name, &row.initial, &row.program, &row.condition);
            let Ok(program) = parsed else { continue };
            let search = SearchConfig { memory, ..search(COMPARED) };
            let program = placed(&program);
            if !fits(&program) {
                continue;
            }
            let graphs = graphs::search(&program, &search);
            let machine = final_states(&program, &search);
            let machine = verdict::seen(&program, &machine).expect("the program is within the limits");
            let name = format!("{} {}", memory.name(), row.name);
            assert!(machine.states.is_subset(&graphs.states), "{name}: the machine shows more");
            if machine.evidence.is_exhaustive() {
                complete += 1;
                assert_eq!(machine.states, graphs.states, "{name}");
            }
        }
        assert!(complete >= complete_min, "{}: only {complete} programs were enumerated", memory.name());
    }
}

/// The table of `harness/docs/weak.md`: every test of which the kernel's model and C11's do not
/// agree, or that is refused.
fn weak_table() -> String {
    let mut table = String::from("| test | class | kernel | `weak` | why |\n|---|---|---|---|---|\n");
    for row in kernel_model() {
        let (weak, reason) = match verdict(&row, MemoryModel::Weak) {
            Ok(verdict) => {
                let weak = seen(&verdict);
                assert!(!row.binds() || weak == row.lkmm, "{}: {weak} instead of {}", row.name, row.lkmm);
                (weak, row.reason(weak))
            }
            Err(_) => ("refused", "RCU is not supported"),
        };
        if row.class != "basic" {
            table += &format!("| {} | {} | {} | {weak} | {reason} |\n", row.name, row.class, row.lkmm);
        }
    }
    let [program, condition] = WRC_UNLOCK_LOCK;
    let program = compact::parse("WRC-unlock-lock", "", program, condition).expect("the program is right");
    let verdict = ask(&program, &SearchConfig { memory: MemoryModel::Weak, ..search(EXECUTIONS) });
    let weak = seen(&verdict.expect("the program is within the limits"));
    table + &format!("| WRC-unlock-lock | locks | Sometimes | {weak} | locks hand on what was read, too |\n")
}

#[test]
fn the_kernel_model_table_agrees_under_the_weak_model_or_the_document_says_why_not() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../harness/docs/weak.md");
    let text = std::fs::read_to_string(path).expect("the document exists");
    let table = weak_table();
    assert!(text.ends_with(&table), "harness/docs/weak.md has to end with this table:\n{table}");
}

/// What is seen of a text under the weak model, by both searches.
#[track_caller]
fn check_weak(threads: &str, condition: &str, expected: &str) {
    let program = text::parse(&test("", threads, condition)).expect("the text is right");
    let verdict = ask(&program, &SearchConfig { memory: MemoryModel::Weak, ..search(EXECUTIONS) });
    let verdict = verdict.expect("the program is within the limits");
    assert!(verdict.evidence.is_exhaustive());
    assert_eq!(seen(&verdict), expected, "{threads}");
}

/// Reported: f04.
#[test]
fn a_write_barrier_is_not_cumulative_over_reads() {
    let threads = |barrier: &str| {
        format!(
            "P0(int *a) {{ WRITE_ONCE(*a, 1); }}
             P1(int *a, int *b) {{ int r0; r0 = READ_ONCE(*a); {barrier} }}
             P2(int *a, int *b) {{ int r0; int r1; r0 = READ_ONCE(*b); smp_rmb(); r1 = READ_ONCE(*a); }}"
        )
    };
    let condition = "exists (1:r0=1 /\\ 2:r0=1 /\\ 2:r1=0)";
    check_weak(&threads("smp_wmb(); WRITE_ONCE(*b, 1);"), condition, "Sometimes");
    check_weak(&threads("smp_mb(); WRITE_ONCE(*b, 1);"), condition, "Never");
    check_weak(&threads("smp_store_release(b, 1);"), condition, "Never");
}

/// Threads that exclude each other, and of which each reads what the next one writes.
fn excluding(threads: usize, enter: &str, leave: &str) -> String {
    let thread = |nth: usize| {
        let next = (nth + 1) % threads;
        format!(
            "P{nth}(int *g, int *x{nth}, int *x{next}) {{
                int r2 = {enter}; int r1; WRITE_ONCE(*x{nth}, 1); r1 = READ_ONCE(*x{next}); {leave}
            }}\n"
        )
    };
    (0..threads).map(thread).collect()
}

/// What each of so many threads has in a local variable.
fn each(threads: usize, register: &str, value: i64) -> String {
    let one = |nth: usize| format!("{nth}:{register}={value}");
    (0..threads).map(one).collect::<Vec<_>>().join(" /\\ ")
}

/// Reported: f12, which took more than a minute.
#[test]
fn threads_that_a_filter_lets_exclude_each_other_are_proven_to_within_few_graphs() {
    for (count, enter, wanted) in
        [(5, "xchg_acquire(g, 1)", 0), (4, "cmpxchg_acquire(g, 0, 1)", 0), (4, "xchg(g, 1) == 0", 1)]
    {
        let threads = excluding(count, enter, "smp_store_release(g, 0);");
        let condition = format!("filter ({})\nexists ({})", each(count, "r2", wanted), each(count, "r1", 0));
        let program = text::parse(&test("", &threads, &condition)).expect("the text is right");
        for memory in [MemoryModel::Sc, MemoryModel::Tso, MemoryModel::Weak] {
            let verdict =
                ask(&program, &SearchConfig { memory, ..search(EXECUTIONS) }).expect("it is within the limits");
            assert!(verdict.evidence.is_exhaustive(), "{enter}: {}", memory.name());
            // Somebody is the last one, and sees what the next one wrote.
            let others = (1 << count) - 2;
            assert_eq!((verdict.positive, verdict.negative), (0, others), "{enter}: {}", memory.name());
        }
    }
}

#[test]
fn a_filter_leaves_the_states_that_pass_it_whether_it_is_assumed_or_not() {
    let threads = excluding(3, "xchg_acquire(g, 1)", "smp_store_release(g, 0);");
    let asked = |filter: &str| {
        let text = test("", &threads, &format!("filter {filter}\nexists ({})", each(3, "r1", 0)));
        let program = text::parse(&text).expect("the text is right");
        ask(&program, &SearchConfig { memory: MemoryModel::Weak, ..search(EXECUTIONS) })
            .expect("it is within the limits")
    };
    for wanted in [each(3, "r2", 0), "0:r2=1".to_owned(), "0:r2=0 /\\ 1:r2=1".to_owned()] {
        let (assumed, judged) = (asked(&format!("({wanted})")), asked(&format!("(~(~({wanted})))")));
        assert!(assumed.evidence.is_exhaustive() && judged.evidence.is_exhaustive(), "{wanted}");
        assert!(!assumed.states.is_empty(), "{wanted}");
        assert_eq!(assumed.states, judged.states, "{wanted}");
    }
}

/// What is seen under a model whose executions have no predicate on graphs.
#[track_caller]
fn check_lax(threads: &str, condition: &str, expected: &str, races: bool) {
    let program = text::parse(&test("", threads, condition)).expect("the text is right");
    let search = SearchConfig { memory: MemoryModel::TsoLaxLocks, ..search(EXECUTIONS) };
    let verdict = ask(&program, &search).expect("the program is within the limits");
    assert!(verdict.evidence.is_exhaustive(), "{threads}");
    assert_eq!(seen(&verdict), expected, "{threads}");
    assert_eq!(verdict.flags.contains(&Flag::DataRace), races, "{threads}");
}

#[test]
fn the_machine_proves_where_a_model_has_no_graphs() {
    let buffering = |between: [&str; 2]| {
        format!(
            "P0(int *x, int *y, spinlock_t *s) {{ int r0; WRITE_ONCE(*x, 1); {} r0 = READ_ONCE(*y); }}
             P1(int *x, int *y, spinlock_t *t) {{ int r0; WRITE_ONCE(*y, 1); {} r0 = READ_ONCE(*x); }}",
            between[0], between[1]
        )
    };
    let condition = "exists (0:r0=0 /\\ 1:r0=0)";
    check_lax(&buffering(["smp_mb();"; 2]), condition, "Never", false);
    check_lax(&buffering(["spin_lock(s);", "spin_lock(t);"]), condition, "Sometimes", false);
    let passing = "P0(int *x, int *y) { WRITE_ONCE(*x, 1); WRITE_ONCE(*y, 1); }
                   P1(int *x, int *y) { int r0; int r1; r0 = READ_ONCE(*y); r1 = READ_ONCE(*x); }";
    check_lax(passing, "exists (1:r0=1 /\\ 1:r1=0)", "Never", false);
    check_lax(&passing.replace("READ_ONCE(*x)", "*x"), "exists (1:r0=1 /\\ 1:r1=0)", "Never", true);
    check_lax(passing, "forall (1:r0=0 \\/ 1:r1=1)", "Always", false);
}

#[test]
fn who_waits_for_a_lock_does_nothing_behind_it() {
    // No execution comes to what stands behind the locks of P1, for P0 never frees the first one.
    for (behind, flag) in [("WRITE_ONCE(*x, 2 / 0);", Flag::DivisionByZero), ("spin_unlock(u);", Flag::LockMisuse)] {
        let flags = |first: &str| {
            let threads = format!(
                "P0(int *x, spinlock_t *s) {{ spin_lock(s); {first} }}
                 P1(int *x, spinlock_t *s, spinlock_t *t, spinlock_t *u) {{
                     int r0; spin_lock(t); r0 = READ_ONCE(*x); if (r0) {{ spin_lock(s); {behind} }} spin_unlock(t);
                 }}"
            );
            let program = text::parse(&test("", &threads, "exists (x=1)")).expect("the text is right");
            let verdict = ask(&program, &search(EXECUTIONS)).expect("the program is within the limits");
            assert!(verdict.evidence.is_exhaustive(), "{threads}");
            verdict.flags
        };
        assert_eq!(flags("WRITE_ONCE(*x, 1);"), [Flag::Deadlock].into());
        assert_eq!(flags("WRITE_ONCE(*x, 1); spin_unlock(s);"), [flag].into());
    }
}

#[test]
fn a_search_of_the_machine_that_its_time_ends_proves_nothing() {
    let thread = |nth: usize| format!("P{nth}(int *x) {{ r0 = xchg(x, {nth}); r1 = xchg(x, r0 + 1); }}\n");
    let threads: String = (0..6).map(thread).collect();
    let program = text::parse(&test("", &threads, "exists (x=99)")).expect("the text is right");
    let end = Some(Instant::now());
    let search = SearchConfig { memory: MemoryModel::TsoLaxLocks, end, ..search(u64::MAX) };
    let verdict = ask(&program, &search).expect("the program is within the limits");
    assert!(verdict.is_unproven());
}

#[test]
fn both_notations_give_the_same_program() {
    let rows = kernel_model();
    let row = rows.iter().find(|row| row.name == "SB+poonceonces").expect("the table has store buffering");
    let compact = compact::parse("sb", &row.initial, &row.program, &row.condition).expect("the row is in the language");
    assert_eq!(text::parse(&read("sb.litmus")), Ok(compact));
}

/// A test with this initial state, these threads and this condition.
fn test(initial: &str, threads: &str, condition: &str) -> String {
    format!("C test\n{{{initial}}}\n{threads}\n{condition}\n")
}

/// The message for a text that cannot be run.
#[track_caller]
fn check(text: &str, expected: &str) {
    let error = text::parse(text).expect_err("the text is wrong");
    assert_eq!(error.to_string(), expected);
}

/// The message for a thread with this body.
#[track_caller]
fn check_body(body: &str, expected: &str) {
    check(&test("", &format!("P0(int *x, spinlock_t *s)\n{{ int r0;\n{body}\n}}"), "exists (x=1)"), expected);
}

#[test]
fn syntax_errors_say_what_was_expected_and_where() {
    check("", "1:1: expected 'C' and the name of the test, found nothing");
    check("x test\n{}", "1:1: expected 'C' and the name of the test, found 'x'");
    check("C\n{}", "1:2: expected the name of the test behind 'C'");
    check("C test", "1:7: expected the initial state in braces, found the end of the file");
    check("C test\nsome words", "2:11: expected the initial state in braces, found the end of the file");
    check("C test (* no end", "1:8: this comment has no end: expected '*)'");
    check("C test\n{ x=1 y=2; }", "2:7: expected ';', found 'y'");
    check("C test\n{ x=010; }", "2:5: number '010': C reads a leading 0 as octal and herd does not; write it without");
    check(&test("", "", "exists (x=1)"), "4:1: expected a thread, such as 'P0(int *x)', found 'exists'");
    check(
        &test("", "P1(int *x) {}", "exists (x=1)"),
        "3:1: expected thread P0, found 'P1': threads are P0, P1 and so on",
    );
    check(
        &test("", "P0(int x) {}", "exists (x=1)"),
        "3:8: expected '*': parameters are pointers to shared variables, found 'x'",
    );
    check(&test("", "P0(int *x) {", "exists (x=1)"), "4:1: expected a statement or '}', found 'exists'");
    check(&test("", "P0(int *x) {", ""), "5:1: expected a statement or '}', found the end of the file");
    check_body("WRITE_ONCE(*x, 1)", "6:1: expected ';', found '}'");
    check_body("WRITE_ONCE(x, 1);", "5:12: expected '*x', found 'x'");
    check_body("r0 = smp_mb();", "5:6: 'smp_mb' gives back no value");
    check_body("r0 = ;", "5:6: expected an expression, found ';'");
    check_body("int r0;", "5:5: 'r0' is declared already");
}

#[test]
fn a_missing_condition_is_an_error() {
    let threads = "P0(int *x) { WRITE_ONCE(*x, 1); }";
    check(
        &test("", threads, ""),
        "5:1: expected a condition: 'exists', '~exists' or 'forall', found the end of the file",
    );
    check(
        &test("", threads, "exists"),
        "5:1: expected a register such as 1:r0, or a shared variable, found the end of the file",
    );
    check(&test("", threads, "exists (x=1"), "5:1: expected ')', found the end of the file");
    check(&test("", threads, "exists (x=1) x"), "4:14: expected '/\\', '\\/' or the end of the file, found 'x'");
}

#[test]
fn undeclared_variables_are_errors() {
    check_body("r0 = r1;", "5:6: 'r1' is undeclared, and this thread never sets it");
    check_body("r0 = READ_ONCE(*y);", "5:17: 'y' is undeclared, and this thread never sets it");
    check(
        &test("", "P0(int *x) { } P1(int *y) { WRITE_ONCE(*x, 1); }", "exists (x=1)"),
        "3:41: 'x' is undeclared in this thread: add it to the parameters, as in 'int *x'",
    );
    check(&test("", "P0(int *x) { }", "exists (y=1)"), "4:9: the shared variable 'y' is undeclared");
    check(&test("", "P0(int *x) { }", "exists (0:r0=1)"), "4:9: '0:r0' is undeclared: P0 has no variable 'r0'");
    check(&test("", "P0(int *x) { }", "exists (1:r0=1)"), "4:9: '1:r0': there is no thread P1");
    check(&test("1:r0=1;", "P0(int *x) { }", "exists (x=1)"), "2:2: '1:r0': there is no thread P1");
}

#[test]
fn what_is_not_supported_is_refused_with_its_reason() {
    check_body("rcu_read_lock();", "5:1: not supported: 'rcu_read_lock': RCU and SRCU");
    check_body("synchronize_srcu(x);", "5:1: not supported: 'synchronize_srcu': RCU and SRCU");
    check_body(
        "smp_mumble();",
        "5:1: not supported: the unknown primitive 'smp_mumble'; see tools/docs/litmus.md for those that are known",
    );
    let ways = "write it with 'if', and with the condition of the loop if it ends one";
    check_body("return;", &format!("5:1: not supported: 'return': {ways}"));
    check_body("while (1) break;", &format!("5:11: not supported: 'break': {ways}"));
    check_body("r0 = r0++;", "5:8: not supported: the operator '++' in an expression: make it a statement of its own");
    check_body(
        "smp_store_release(&x, 1);",
        "5:19: not supported: '&x', the address of a pointer: 'x' itself is the address of the shared variable",
    );
    check_body(
        "r0 = &r0;",
        "5:6: not supported: '&r0', the address of a local variable: it is only taken for what a compare-and-exchange expects",
    );
    check_body(
        "x = 1;",
        "5:1: not supported: 'x' is set, a pointer to a shared variable: *x is the variable; keep other addresses in a local one",
    );
    check_body("*7 = 1;", "5:1: not supported: the number 7 as an address: only shared variables have one");
    check_body("int a[2];", "5:6: not supported: local arrays: use a variable for each element");
    check_body(
        "struct s r1;",
        "5:1: not supported: type 'struct': there are integers, pointers to them and spinlock_t",
    );
    check_body("struct srcu_struct r1;", "5:1: not supported: 'srcu_struct': RCU and SRCU");
    check_body("spinlock_t t;", "5:1: not supported: local locks: nobody else can take them; make them shared");
    check_body(
        "r0 = atomic_load_explicit(x, memory_order_release);",
        "5:30: not supported: 'memory_order_release' here: C11 says nothing of what that means",
    );
    check("LISA test\n{}", "1:1: not supported: tests in the language 'LISA': write it in C, as in 'C name'");
    let error = text::parse(&test("", "P0(int *x) { rcu_read_lock(); }", "exists (x=1)")).expect_err("RCU is refused");
    assert!(error.is_refusal());
}

#[test]
fn limits_are_errors_that_name_them() {
    let threads = |count: usize| (0..count).map(|nth| format!("P{nth}(int *x) {{ }}\n")).collect::<String>();
    assert!(text::parse(&test("", &threads(THREADS_MAX), "exists (x=1)")).is_ok());
    check(
        &test("", &threads(THREADS_MAX + 1), "exists (x=1)"),
        &format!("{}:1: more threads than the limit of {THREADS_MAX}", THREADS_MAX + 3),
    );
    let locations: String = (0..=LOCATIONS_MAX).map(|nth| format!("x{nth}=1;")).collect();
    check(&test(&locations, "P0(int *x) { }", "exists (x=1)"), "2:788: more shared variables than the limit of 128");
    let registers: String = (0..=REGISTERS_MAX).map(|nth| format!("int r{nth};")).collect();
    check(
        &test("", &format!("P0(int *x) {{ {registers} }}"), "exists (x=1)"),
        "3:520: more local variables in one thread than the limit of 64",
    );
    let statements = "smp_mb();".repeat(STATEMENTS_MAX + 1);
    check(
        &test("", &format!("P0(int *x) {{ {statements} }}"), "exists (x=1)"),
        "3:9014: more statements in all threads together than the limit of 1000",
    );
    let expected = "nested deeper, or in one expression more operators, than the limit of 64";
    for (open, close) in [("r0 = ", ";"), ("", "")] {
        let body = format!("{open}{}{close}", if open.is_empty() { "{" } else { "-(" }.repeat(DEPTH_MAX + 1));
        let text = test("", &format!("P0(int *x) {{ int r0; {body} }}"), "exists (x=1)");
        let error = text::parse(&text).expect_err("it is too deep").to_string();
        assert!(error.ends_with(expected), "{error}");
    }
    let sum = format!("r0 = 1{};", " + 1".repeat(100_000));
    let error = text::parse(&test("", &format!("P0(int *x) {{ int r0; {sum} }}"), "exists (x=1)"));
    assert!(error.expect_err("it has too many operators").to_string().ends_with(expected));
    let condition = format!("exists {}x=1", "~(".repeat(100_000));
    let error = text::parse(&test("", "P0(int *x) { }", &condition)).expect_err("it is too deep").to_string();
    assert!(error.ends_with(expected), "{error}");
}

/// The final states of a program.
#[track_caller]
fn check_states(threads: &str, condition: &str, expected: &[&[i64]]) {
    let program = text::parse(&test("", threads, condition)).expect("the test is right");
    let verdict = ask(&program, &search(EXECUTIONS)).expect("the program is within the limits");
    assert!(verdict.evidence.is_exhaustive());
    let states: Vec<&[i64]> = verdict.states.iter().map(Vec::as_slice).collect();
    assert_eq!(states, expected);
}

#[test]
fn expressions_are_those_of_c() {
    let value = |expression: &str, expected: i64| {
        check_states(&format!("P0(int *x) {{ int r0 = {expression}; }}"), "exists (0:r0=0)", &[&[expected]]);
    };
    value("1 + 2 * 3 - 4 / 2", 5);
    value("10 - 4 - 3", 3);
    value("1 | 6 & 3 ^ 8", 11);
    value("2 == 1 + 1", 1);
    value("1 < 2 == 1", 1);
    value("-3 * -(2)", 6);
    value("!5 + ~0", -1);
    value("0x10 != 16", 0);
    value("(int)(7) >= 7", 1);
    value("2147483647 + 1", i64::from(i32::MIN));
    value("7 % 4 << 2 >> 1", 6);
    value("0 && 1 / 0 || 2", 1);
    value("1 ? 2 : 3", 2);
}

#[test]
fn what_is_nested_as_deep_as_may_be_runs() {
    let text = format!("P0(int *x) {{ {} r0 = {}1{}; }}", "if (1) ".repeat(30), "-(".repeat(15), ")".repeat(15));
    check_states(&text, "exists (0:r0=0)", &[&[-1]]);
}

#[test]
fn propositions_bind_as_in_herd() {
    let holds = |proposition: &str, expected: bool| {
        let text = test("x=1; y=2;", "P0(int *x, int *y) { }", &format!("exists {proposition}"));
        let program = text::parse(&text).expect("the test is right");
        let verdict = ask(&program, &search(EXECUTIONS)).expect("the program is within the limits");
        assert_eq!(verdict.positive == 1, expected, "{proposition}");
    };
    holds("x=1 \\/ y=1 /\\ false", true);
    holds("~x=2 /\\ y=2", true);
    holds("not (x=1 /\\ y=2)", false);
    holds("x=2 => false /\\ y=1", false);
    holds("x==1 /\\ y<>1 /\\ [x]!=2", true);
    holds("x=[y]", false);
}

#[test]
fn herds_comments_are_comments_outside_of_code_only() {
    let threads = "(* one *) P0(int *x) { if (*x == 0) { *x = 2; } /* two */ } // three";
    check_states(threads, "exists (* four (* five *) *) (x=1)", &[&[2]]);
}

const SOURCES: [&str; 10] = [
    "atomics",
    "cmpxchg",
    "deadlock",
    "iriw",
    "lb",
    "locked-increments",
    "mp-forbidden",
    "racy-increments",
    "sb",
    "trylock-filter",
];

/// Words that the language knows, to be strewn into right texts.
const WORDS: [&str; 42] = [
    "{",
    "}",
    "(",
    ")",
    ";",
    "*",
    "&",
    "/*",
    "(*",
    "if",
    "else",
    "int",
    "spin_lock(s);",
    "READ_ONCE(*x)",
    "~",
    "/\\",
    "exists",
    "filter",
    "0:r0",
    "=",
    "-1",
    "/ 0",
    "9223372036854775808",
    "é",
    "while (r0)",
    "for (;;)",
    "do",
    "&x",
    "**",
    "[1]",
    "&& 1",
    "?",
    ": 2",
    "r9 = x;",
    "*r9 = 1;",
    "unsigned char",
    "<<= 3",
    "++",
    "smp_mb__after_atomic();",
    "atomic_load_explicit(x, memory_order_seq_cst)",
    "atomic_inc(x);",
    "x = &x;",
];

/// A text with pieces taken out, doubled and strewn in.
fn mutated() -> impl Strategy<Value = String> {
    let change = (any::<prop::sample::Index>(), 0_usize..12, prop::sample::select(WORDS.as_slice()), 0_u8..3);
    (prop::sample::select(SOURCES.as_slice()), prop::collection::vec(change, 1..6)).prop_map(|(name, changes)| {
        let mut text: Vec<char> = read(&format!("{name}.litmus")).chars().collect();
        for (at, length, word, kind) in changes {
            let at = at.index(text.len() + 1);
            let end = (at + length).min(text.len());
            let piece: Vec<char> = if kind == 0 { text[at..end].to_vec() } else { word.chars().collect() };
            let removed = if kind == 1 { at..end } else { at..at };
            text.splice(removed, if kind == 1 { Vec::new() } else { piece });
        }
        text.into_iter().collect()
    })
}

/// What a text says runs, if it is a test at all.
fn run_if_right(text: &str) -> Option<Program> {
    let program = text::parse(text).ok()?;
    ask(&program, &search(50)).expect("the program is within the limits");
    Some(program)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_parsed_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let text = String::from_utf8_lossy(&bytes);
        let _ = text::parse(&text);
        let _ = text::parse(&format!("C test\n{{}}\nP0(int *x) {{ {text}"));
    }

    #[test]
    fn a_mutated_test_is_run_or_refused(text in mutated()) {
        run_if_right(&text);
    }
}
