//! Shapes in which the kernel's primitives order more or less than their counterparts in C++.

use super::check_weak;

/// Reported: f06.
#[test]
fn a_read_comes_before_a_later_release() {
    let threads = |last: &str| {
        format!(
            "P0(int *a, int *b) {{ WRITE_ONCE(*a, 2); smp_store_release(b, 1); }}
             P1(int *a, int *b) {{ int r0; r0 = READ_ONCE(*b); {last} }}"
        )
    };
    check_weak(&threads("smp_store_release(a, 1);"), "exists (a=2 /\\ 1:r0=1)", "Never");
    check_weak(&threads("WRITE_ONCE(*a, 1);"), "exists (a=2 /\\ 1:r0=1)", "Sometimes");
    check_weak(&threads("xchg_release(a, 1);"), "exists (a=2 /\\ 1:r0=1)", "Never");
    // It reads what it overwrites.
    let exchange = "int r1; r1 = cmpxchg_release(a, 0, 1);";
    check_weak(&threads(exchange), "exists (a=2 /\\ 1:r0=1 /\\ 1:r1=0)", "Never");
    check_weak(&threads("xchg_relaxed(a, 1);"), "exists (a=2 /\\ 1:r0=1)", "Sometimes");
}

#[test]
fn a_full_barrier_is_for_all_who_come_after_it_by_any_chain() {
    // ISA2 with a relaxed write in the middle.
    let threads = |middle: &str| {
        format!(
            "P0(int *x, int *y) {{ WRITE_ONCE(*x, 1); smp_mb(); WRITE_ONCE(*y, 1); }}
             P1(int *y, int *z) {{ int r0; {middle} }}
             P2(int *x, int *z) {{ int r0; int r1; r0 = smp_load_acquire(z); r1 = READ_ONCE(*x); }}"
        )
    };
    let condition = "exists (1:r0=1 /\\ 2:r0=1 /\\ 2:r1=0)";
    check_weak(&threads("r0 = smp_load_acquire(y); WRITE_ONCE(*z, 1);"), condition, "Never");
    check_weak(&threads("r0 = READ_ONCE(*y); WRITE_ONCE(*z, 1);"), condition, "Sometimes");
    check_weak(&threads("r0 = READ_ONCE(*y); smp_rmb(); WRITE_ONCE(*z, 1);"), condition, "Sometimes");
    check_weak(&threads("r0 = xchg_relaxed(y, 2); smp_wmb(); WRITE_ONCE(*z, 1);"), condition, "Never");
    // Z6.2: the write at the end of the chain is overwritten.
    let threads = |middle: &str| {
        format!(
            "P0(int *x, int *y) {{ WRITE_ONCE(*x, 1); smp_mb(); WRITE_ONCE(*y, 1); }}
             P1(int *y, int *z) {{ int r0; r0 = READ_ONCE(*y); {middle} }}
             P2(int *x, int *z) {{ int r0; WRITE_ONCE(*z, 2); smp_mb(); r0 = READ_ONCE(*x); }}"
        )
    };
    let condition = "exists (1:r0=1 /\\ z=2 /\\ 2:r0=0)";
    check_weak(&threads("smp_store_release(z, 1);"), condition, "Never");
    check_weak(&threads("WRITE_ONCE(*z, 1);"), condition, "Sometimes");
}

#[test]
fn a_read_barrier_orders_neither_writes_nor_what_an_atomic_without_a_result_reads() {
    let threads = |last: &str| {
        format!(
            "P0(int *x, atomic_t *y) {{ WRITE_ONCE(*x, 2); smp_wmb(); atomic_set(y, 1); }}
             P1(int *x, atomic_t *y) {{ int r0; int r1; {last} }}"
        )
    };
    let written = |barrier: &str| threads(&format!("r0 = atomic_read(y); {barrier} WRITE_ONCE(*x, 1);"));
    check_weak(&written("smp_rmb();"), "exists (1:r0=1 /\\ x=2)", "Sometimes");
    check_weak(&written("smp_mb();"), "exists (1:r0=1 /\\ x=2)", "Never");
    let read = |update: &str| threads(&format!("{update} smp_rmb(); r1 = READ_ONCE(*x);"));
    check_weak(&read("atomic_inc(y);"), "exists (y=2 /\\ 1:r1=0)", "Sometimes");
    check_weak(&read("r0 = atomic_inc_return_relaxed(y);"), "exists (y=2 /\\ 1:r1=0)", "Never");
}
