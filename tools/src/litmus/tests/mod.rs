//! The whole road from text to verdict, on the table of reference results, and the parser against
//! texts that make no sense.

mod kernel;
mod mutated;
mod refused;
mod table;

use super::compact;
use super::error::LitmusError;
use super::flag::Flag;
use super::search::SearchConfig;
use super::text;
use super::verdict::{self, Verdict, ask};
use lockstep::MemoryModel;
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

/// Test data by name.
fn read(name: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/litmus");
    std::fs::read_to_string(folder.join(name)).expect("the test data exist")
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
