//! What tests of others are written in, each way by a small one with its answer.

use super::search::SearchConfig;
use super::text;
use super::verdict::{Verdict, ask};
use super::{flag::Flag, render};
use lockstep::MemoryModel;
use lockstep::MemoryModel::{Sc, Tso, Weak};

fn judged(text: &str, memory: MemoryModel) -> (super::ast::Program, Verdict) {
    let program = text::parse(text).unwrap_or_else(|error| panic!("{error}\n{text}"));
    let search = SearchConfig { memory, jobs: 1, executions: 500_000, samples: 200, seed: 0, end: None, control: None };
    let verdict = ask(&program, &search).expect("the program is within the limits");
    (program, verdict)
}

/// How often the condition's proposition holds.
#[track_caller]
fn check(text: &str, memory: MemoryModel, expected: &str) {
    let (_, verdict) = judged(text, memory);
    assert_eq!(verdict.observation().to_string(), expected, "{}\n{text}", memory.name());
}

/// A test with this initial state, these threads and this condition.
fn test(initial: &str, threads: &str, condition: &str) -> String {
    format!("C test\n{{{initial}}}\n{threads}\n{condition}\n")
}

/// One thread alone, under each model.
#[track_caller]
fn check_alone(initial: &str, threads: &str, condition: &str) {
    for memory in [Sc, Tso, Weak] {
        check(&test(initial, threads, condition), memory, "Always");
    }
}

#[test]
fn a_barrier_for_an_atomic_operation_is_none_without_one() {
    let threads = |between: &str| {
        format!(
            "P0(int *x, atomic_t *y, atomic_t *z) {{ int r0; WRITE_ONCE(*x, 1); {between} r0 = atomic_read(y); }}
             P1(int *x, atomic_t *y) {{ int r0; atomic_set(y, 1); smp_mb(); r0 = READ_ONCE(*x); }}"
        )
    };
    let check_both = |between: &str, weak: &str, tso: &str| {
        let text = test("", &threads(between), "exists (0:r0=0 /\\ 1:r0=0)");
        check(&text, Weak, weak);
        check(&text, Tso, tso);
    };
    check_both("smp_mb();", "Never", "Never");
    check_both("smp_mb__before_atomic();", "Sometimes", "Sometimes");
    check_both("smp_mb__after_atomic();", "Sometimes", "Sometimes");
    check_both("smp_mb__after_spinlock();", "Sometimes", "Sometimes");
    check_both("smp_mb__after_unlock_lock();", "Sometimes", "Sometimes");
    check_both("smp_mb__before_atomic(); atomic_set(z, 1);", "Sometimes", "Sometimes");
    check_both("smp_mb__before_atomic(); atomic_inc(z);", "Never", "Never");
    check_both("atomic_inc(z); smp_mb__after_atomic();", "Never", "Never");
    check_both("atomic_inc(z);", "Sometimes", "Never");
    check_both("if (1) smp_mb__before_atomic(); atomic_inc(z);", "Never", "Never");
    check_both("atomic_inc(z); if (1) { smp_mb__after_atomic(); }", "Never", "Never");
    check_both("if (0) atomic_inc(z); smp_mb__after_atomic();", "Sometimes", "Sometimes");
}

#[test]
fn what_is_written_behind_an_atomic_operation_is_not_ordered_by_its_barrier() {
    let threads = "P0(int *x, int *y, atomic_t *z) { int r0; atomic_inc(z); WRITE_ONCE(*x, 1); smp_mb__after_atomic(); r0 = READ_ONCE(*y); }
         P1(int *x, int *y) { int r0; WRITE_ONCE(*y, 1); smp_mb(); r0 = READ_ONCE(*x); }";
    check(&test("", threads, "exists (0:r0=0 /\\ 1:r0=0)"), Weak, "Sometimes");
}

#[test]
fn a_barrier_before_an_atomic_operation_does_not_order_a_store_of_one() {
    let threads = "P0(int *x, atomic_t *y) { WRITE_ONCE(*x, 1); smp_mb__before_atomic(); atomic_set(y, 1); }
         P1(int *x, atomic_t *y) { int r0; int r1; r0 = atomic_read_acquire(y); r1 = READ_ONCE(*x); }";
    let text = test("", threads, "exists (1:r0=1 /\\ 1:r1=0)");
    check(&text, Weak, "Sometimes");
    check(&text.replace("atomic_set(y, 1)", "atomic_inc(y)"), Weak, "Never");
}

#[test]
fn a_barrier_behind_a_lock_is_one() {
    let threads = "P0(int *x, int *y, spinlock_t *s) { int r0; WRITE_ONCE(*x, 1); spin_lock(s); smp_mb__after_spinlock(); r0 = READ_ONCE(*y); spin_unlock(s); }
         P1(int *x, int *y) { int r0; WRITE_ONCE(*y, 1); smp_mb(); r0 = READ_ONCE(*x); }";
    let text = test("", threads, "exists (0:r0=0 /\\ 1:r0=0)");
    check(&text, Weak, "Never");
    check(&text.replace("smp_mb__after_spinlock();", ""), Weak, "Sometimes");
    let unlocked = text.replace("spin_lock(s);", "").replace("spin_unlock(s);", "");
    check(&unlocked, Weak, "Sometimes");
}

#[test]
fn integers_wrap_as_their_types_do() {
    check_alone("x=2147483647;", "P0(atomic_t *x) { atomic_inc(x); }", "exists (x=-2147483648)");
    check_alone("int x=2147483647;", "P0(int *x) { WRITE_ONCE(*x, *x + 1); }", "exists (x=-2147483648)");
    check_alone("long x=2147483647;", "P0(long *x) { WRITE_ONCE(*x, *x + 1); }", "exists (x=2147483648)");
    check_alone("unsigned x;", "P0(unsigned *x) { *x = *x - 1; }", "exists (x=4294967295)");
    check_alone("u8 x=255;", "P0(u8 *x) { *x = *x + 1; }", "exists (x=0)");
    check_alone("char x=127;", "P0(char *x) { *x = *x + 1; }", "exists (x=-128)");
    check_alone("s16 x=32767;", "P0(s16 *x) { r0 = *x + 1; *x = r0; }", "exists (x=-32768 /\\ 0:r0=32768)");
    check_alone("atomic64_t x=2147483647;", "P0(atomic64_t *x) { atomic64_inc(x); }", "exists (x=2147483648)");
    check_alone("", "P0(int *x) { unsigned long r0 = -1; }", "exists (0:r0=-1)");
    check_alone("", "P0(int *x) { r0 = -1 < 1U; r1 = -1 < 1; }", "exists (0:r0=0 /\\ 0:r1=1)");
    check_alone("", "P0(int *x) { bool r0 = 7; r1 = (char)300; }", "exists (0:r0=1 /\\ 0:r1=44)");
}

#[test]
fn unsigned_values_are_printed_as_such() {
    let (program, verdict) = judged(&test("", "P0(u64 *x) { *x = -1; }", "exists (x=-1)"), Sc);
    let text = render::render(&program, &verdict, Sc);
    assert!(text.contains("\n[x]=18446744073709551615;\n"), "{text}");
}

const MESSAGE_PASSING: &str = "C test
prose before the braces: \"quoted { braces }\" and (* a comment { *) words
key=value
{}
P0(volatile int *a, volatile int *b)
{
    WRITE_ONCE(*a, 1);
    smp_store_release(b, 1);
}
P1(volatile int *a, volatile int *b)
{
    r0 = smp_load_acquire(b);
    r1 = READ_ONCE(*a);
}
exists (1:r0=1 /\\ 1:r1=0)
";

#[test]
fn registers_need_no_declaration_and_prose_may_come_first() {
    check(MESSAGE_PASSING, Weak, "Never");
    check(&MESSAGE_PASSING.replace("smp_load_acquire(b)", "READ_ONCE(*b)"), Weak, "Sometimes");
    let named = MESSAGE_PASSING.replace("C test", "C C-MP(a)+[b]-1.0");
    assert_eq!(text::parse(&named).expect("the name is one").name, "C-MP(a)+[b]-1.0");
}

#[test]
fn addresses_are_values() {
    let threads = "P0(int *x, int **p) { WRITE_ONCE(*x, 2); smp_store_release(p, x); }
         P1(int **p) { int *r0; int r1; r0 = smp_load_acquire(p); r1 = READ_ONCE(*r0); }";
    check(&test("int z=7; int *p=z; int x=1;", threads, "exists (1:r0=x /\\ 1:r1=1)"), Weak, "Never");
    check(&test("z=7; p=&z; x=1;", threads, "exists (1:r0=z /\\ 1:r1=7)"), Weak, "Sometimes");
    let (program, verdict) = judged(&test("int z; int *p=z;", threads, "exists (1:r0=x)"), Sc);
    let text = render::render(&program, &verdict, Sc);
    assert!(text.contains("\n1:r0=x;\n") && text.contains("\n1:r0=z;\n") && text.contains("(1:r0=x)"), "{text}");
}

#[test]
fn arrays_and_sums_of_addresses_name_elements() {
    check_alone(
        "int a[3] = {1, 2, 3};",
        "P0(int *a) { r0 = a[1]; r1 = READ_ONCE(*(a + 2)); r2 = *&a[0]; a[0] = 5; int *r3 = a + 1; *r3 = 6; }",
        "exists (0:r0=2 /\\ 0:r1=3 /\\ 0:r2=1 /\\ a[0]=5 /\\ [a[1]]=6)",
    );
    check_alone("x=1;", "P0(int *x) { r0 = 0; r1 = READ_ONCE(*(x + (r0 & 128))); }", "exists (0:r1=1)");
}

#[test]
fn an_address_of_nothing_is_told() {
    let (_, verdict) =
        judged(&test("", "P0(int *x) { r0 = READ_ONCE(*x); r1 = READ_ONCE(*r0); }", "exists (0:r1=0)"), Weak);
    assert!(verdict.states.is_empty() && verdict.flags.contains(&Flag::InvalidAddress));
}

#[test]
fn locks_are_words_with_values() {
    check_alone("", "P0(spinlock_t *s) { spin_lock(s); }", "exists (s=1)");
    check_alone("", "P0(spinlock_t *s) { spin_lock(s); spin_unlock(s); }", "exists (s=0)");
    let threads = "P0(spinlock_t *s) { WRITE_ONCE(*s, 1); r0 = READ_ONCE(*s); }
         P1(spinlock_t *s) { int r0 = spin_trylock(s); }";
    let (_, verdict) = judged(&test("", threads, "exists (1:r0=0)"), Weak);
    assert_eq!(verdict.observation().to_string(), "Sometimes");
    assert!(verdict.flags.contains(&Flag::MixedLockAccesses));
}

#[test]
fn branches_need_no_braces_and_operators_stop_early() {
    check_alone("", "P0(int *x) { if (0) r0 = 1; else r0 = 2; }", "exists (0:r0=2)");
    check_alone("", "P0(int *x) { if (1) if (0) r0 = 1; else r0 = 2; }", "exists (0:r0=2)");
    // What is not needed is not read: no race, and no other value.
    let threads = "P0(int *x, int *y) { r0 = 1 || READ_ONCE(*x); r1 = 0 && READ_ONCE(*x); r2 = 5 ^ 3; }";
    check_alone("", threads, "exists (0:r0=1 /\\ 0:r1=0 /\\ 0:r2=6)");
    check_alone("", "P0(int *x) { r0 = 1 || 1 / 0; r1 = 0 && 1 / 0; }", "exists (0:r0=1 /\\ 0:r1=0)");
}

#[test]
fn loops_count_and_wait() {
    check_alone("", "P0(int *x) { for (r0 = 0; r0 < 5; r0++) { r1 += 2; } }", "exists (0:r0=5 /\\ 0:r1=10)");
    check_alone("", "P0(int *x) { do { r0 += 1; } while (r0 < 3); while (r0 < 7) r0 *= 2; }", "exists (0:r0=12)");
    let waiting = "P0(int *x, int *y) { WRITE_ONCE(*x, 1); smp_store_release(y, 1); }
         P1(int *x, int *y) { while (smp_load_acquire(y) == 0) ; r0 = READ_ONCE(*x); }";
    for memory in [Sc, Tso, Weak] {
        check(&test("", waiting, "exists (1:r0=1)"), memory, "Always");
    }
    check(&test("", &waiting.replace("smp_load_acquire(y)", "READ_ONCE(*y)"), "exists (1:r0=0)"), Weak, "Sometimes");
    let spin = "P0(int *s, int *c) { while (xchg_acquire(s, 1)) ; *c = *c + 1; smp_store_release(s, 0); }";
    let both = format!("{spin}\n{}", spin.replace("P0", "P1"));
    check(&test("", &both.replace("xchg_acquire(s, 1)", "cmpxchg_acquire(s, 0, 1)"), "exists (c=2)"), Weak, "Always");
}

#[test]
fn a_loop_that_goes_on_for_ever_proves_nothing() {
    let text = test("", "P0(int *x) { for (;;) { *x = *x + 1; } } P1(int *x) { r0 = 1; }", "exists (1:r0=2)");
    let (program, verdict) = judged(&text, Sc);
    assert!(verdict.is_unproven() && verdict.is_cut);
    let printed = render::render(&program, &verdict, Sc);
    assert!(
        printed.contains("\nLimit test loops that go on doing something are followed for 32 rounds\n"),
        "{printed}"
    );
    let never = test("", "P0(int *x) { while (READ_ONCE(*x) == 0) ; }", "exists (x=1)");
    let (_, verdict) = judged(&never, Sc);
    assert!(verdict.states.is_empty() && verdict.flags.contains(&Flag::Deadlock));
}

#[test]
fn thirty_two_threads_are_not_too_many() {
    let threads: String = (0..32).map(|nth| format!("P{nth}(int *x{nth}) {{ WRITE_ONCE(*x{nth}, 1); }}\n")).collect();
    check(&test("", &threads, "exists (x31=1)"), Weak, "Always");
}

#[test]
fn more_of_the_kernels_primitives_are_known() {
    check_alone(
        "x=-3;",
        "P0(atomic_t *x) { r0 = atomic_add_negative_acquire(2, x); r1 = atomic_add_negative(2, x); }",
        "exists (0:r0=1 /\\ 0:r1=0)",
    );
    check_alone(
        "",
        "P0(atomic_t *x) { r0 = atomic_inc_not_zero(x); atomic_set(x, 1); r1 = atomic_inc_not_zero(x); }",
        "exists (0:r0=0 /\\ 0:r1=1 /\\ x=2)",
    );
    check_alone(
        "x=1;",
        "P0(int *x) { int r0 = 2; r1 = try_cmpxchg(x, &r0, 5); r2 = try_cmpxchg(x, &r0, 5); }",
        "exists (0:r0=1 /\\ 0:r1=0 /\\ 0:r2=1 /\\ x=5)",
    );
}

#[test]
fn tests_of_c11_are_read_and_say_that_rc11_is_their_model() {
    let threads = |store: &str, load: &str| {
        format!(
            "P0(atomic_int *x, int *y) {{ *y = 1; atomic_store_explicit(x, 1, memory_order_{store}); }}
             P1(atomic_int *x, int *y) {{ int r0 = atomic_load_explicit(x, memory_order_{load}); int r1 = 7; if (r0) r1 = *y; }}"
        )
    };
    let condition = "exists (1:r0=1 /\\ 1:r1=0)";
    let (program, verdict) = judged(&test("[x]=0;", &threads("release", "acquire"), condition), Weak);
    assert_eq!(verdict.observation().to_string(), "Never");
    assert!(verdict.flags.is_empty());
    let printed = render::render(&program, &verdict, Weak);
    assert!(printed.contains("\nModel test RC11, not the kernel's: the test uses C11's operations\n"), "{printed}");
    let (_, verdict) = judged(&test("[x]=0;", &threads("relaxed", "acquire"), condition), Weak);
    assert_eq!(verdict.observation().to_string(), "Sometimes");
    assert!(verdict.flags.contains(&Flag::DataRace));
}

#[test]
fn sequentially_consistent_accesses_are_those_of_c11() {
    let threads = |load: &str| {
        format!(
            "P0(atomic_int *x, atomic_int *y) {{ atomic_store(x, 1); int r0 = atomic_load_explicit(y, memory_order_{load}); }}
             P1(atomic_int *x, atomic_int *y) {{ *y = 1; int r0 = *x; }}"
        )
    };
    check(&test("", &threads("seq_cst"), "exists (0:r0=0 /\\ 1:r0=0)"), Weak, "Never");
    check(&test("", &threads("acquire"), "exists (0:r0=0 /\\ 1:r0=0)"), Weak, "Sometimes");
}

#[test]
fn a_failing_compare_and_exchange_of_c11_tells_the_value() {
    let call = |name: &str| {
        format!(
            "P0(atomic_int *x, int *e) {{ int r0 = atomic_compare_exchange_{name}_explicit(x, e, 5, memory_order_seq_cst, memory_order_relaxed); }}"
        )
    };
    check_alone("x=1; e=2;", &call("strong"), "exists (0:r0=0 /\\ e=1 /\\ x=1)");
    check_alone("x=1; e=1;", &call("strong"), "exists (0:r0=1 /\\ e=1 /\\ x=5)");
    check(&test("x=1; e=1;", &call("weak"), "exists (0:r0=0 /\\ x=1)"), Sc, "Sometimes");
    check_alone(
        "x=1;",
        "P0(atomic_int *x) { r0 = atomic_fetch_add(x, 2); r1 = atomic_exchange(x, 9); atomic_thread_fence(memory_order_seq_cst); }",
        "exists (0:r0=1 /\\ 0:r1=3 /\\ x=9)",
    );
}

#[test]
fn races_are_found_without_enumerating_schedules() {
    let thread = |nth: usize| format!("P{nth}(int *x, int *y) {{ r0 = *x; *y = r0 + 1; r1 = *y; *x = r1; }}\n");
    let threads: String = (0..4).map(thread).collect();
    let (_, verdict) = judged(&test("", &threads, "exists (x=9)"), Tso);
    assert!(verdict.flags.contains(&Flag::DataRace));
    let guarded = "P0(int *x, spinlock_t *s) { spin_lock(s); *x = *x + 1; spin_unlock(s); }";
    let both = format!("{guarded}\n{}", guarded.replace("P0", "P1"));
    for memory in [Sc, Tso, Weak] {
        let (_, verdict) = judged(&test("", &both, "exists (x=2)"), memory);
        assert_eq!((verdict.observation().to_string().as_str(), verdict.flags.len()), ("Always", 0));
        let unguarded = both.replace("spin_lock(s);", "").replace("spin_unlock(s);", "");
        let (_, verdict) = judged(&test("", &unguarded, "exists (x=2)"), memory);
        assert!(verdict.flags.contains(&Flag::DataRace));
    }
}

#[test]
fn barriers_order_plain_accesses_as_well() {
    let threads = |write: &str, read: &str| {
        format!(
            "P0(int *x, int *f) {{ *x = 1; {write} WRITE_ONCE(*f, 1); }}
             P1(int *x, int *f) {{ r0 = READ_ONCE(*f); {read} if (r0) r1 = *x; }}"
        )
    };
    let is_racy = |write, read| {
        let (_, verdict) = judged(&test("", &threads(write, read), "exists (1:r0=1 /\\ 1:r1=0)"), Weak);
        verdict.flags.contains(&Flag::DataRace)
    };
    assert!(!is_racy("smp_wmb();", "smp_rmb();"));
    assert!(!is_racy("smp_mb();", "smp_mb();"));
    assert!(is_racy("", "smp_rmb();"));
    assert!(is_racy("smp_wmb();", ""));
}

#[test]
fn a_filter_leaves_out_what_it_does_not_let_pass() {
    let thread = |nth: usize| {
        format!(
            "P{nth}(int *s, int *x{nth}) {{ r2 = xchg_acquire(s, 1); WRITE_ONCE(*x{nth}, 1); smp_store_release(s, 0); }}\n"
        )
    };
    let threads: String = (0..3).map(thread).collect();
    let text = test("", &threads, "filter (0:r2=0 /\\ 1:r2=0 /\\ 2:r2=0)\nexists (x0=1 /\\ s=0)");
    check(&text, Weak, "Always");
    let (_, verdict) = judged(&text.replace("1:r2=0", "1:r2=1"), Weak);
    assert!(verdict.positive > 0 && verdict.flags.is_empty());
}
