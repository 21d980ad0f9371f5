//! The parser against texts that make no sense, and its limits.

use super::super::text;
use super::super::text::limits::{DEPTH_MAX, LOCATIONS_MAX, REGISTERS_MAX, STATEMENTS_MAX, THREADS_MAX};
use super::{check_states, test};

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

#[test]
fn what_is_nested_as_deep_as_may_be_runs() {
    let text = format!("P0(int *x) {{ {} r0 = {}1{}; }}", "if (1) ".repeat(30), "-(".repeat(15), ")".repeat(15));
    check_states(&text, "exists (0:r0=0)", &[&[-1]]);
}
